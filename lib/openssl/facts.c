/* facts.c: an OpenSSL configuration as a tlsdiag_policy, and an OpenSSL
 * certificate verdict as a cause. */
#include <string.h>
#include <openssl/x509_vfy.h>
#include "watch.h"

size_t policy_room(SSL_CTX *ctx)
{
  int count = sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(ctx));

  return count > 0 ? (size_t)count * sizeof(uint16_t) : 0;
}

static int version_enabled(SSL_CTX *ctx, long version)
{
  static const struct {
    int version;
    uint64_t off;
  } switches[] = {{TLS1_VERSION, SSL_OP_NO_TLSv1},
                  {TLS1_1_VERSION, SSL_OP_NO_TLSv1_1},
                  {TLS1_2_VERSION, SSL_OP_NO_TLSv1_2},
                  {TLS1_3_VERSION, SSL_OP_NO_TLSv1_3}};
  long min = SSL_CTX_get_min_proto_version(ctx);
  long max = SSL_CTX_get_max_proto_version(ctx);
  uint64_t options = SSL_CTX_get_options(ctx);
  size_t i;

  for (i = 0; i < sizeof switches / sizeof switches[0]; i++) {
    if (switches[i].version == version && (options & switches[i].off) != 0) {
      return 0;
    }
  }
  return version >= min && (max == 0 || version <= max);
}

/* Walks the certificates that are loaded and puts the current one back. */
static uint32_t certificate_flags(SSL_CTX *ctx)
{
  X509 *current = SSL_CTX_get0_certificate(ctx);
  uint32_t flags = 0;
  long more;

  if (current == NULL) {
    return 0; /* a callback may still bring one */
  }
  for (more = SSL_CTX_set_current_cert(ctx, SSL_CERT_SET_FIRST); more == 1;
       more = SSL_CTX_set_current_cert(ctx, SSL_CERT_SET_NEXT)) {
    X509 *cert = SSL_CTX_get0_certificate(ctx);
    EVP_PKEY *key = cert != NULL ? X509_get0_pubkey(cert) : NULL;
    int type = key != NULL ? EVP_PKEY_base_id(key) : EVP_PKEY_NONE;

    if (type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS) {
      flags |= TLSDIAG_POLICY_RSA_CERTIFICATE;
    } else if (type == EVP_PKEY_EC) {
      flags |= TLSDIAG_POLICY_ECDSA_CERTIFICATE;
    } else if (type != EVP_PKEY_NONE) {
      flags |= TLSDIAG_POLICY_RSA_CERTIFICATE |
               TLSDIAG_POLICY_ECDSA_CERTIFICATE; /* no claim either way */
    }
  }
  SSL_CTX_select_current_cert(ctx, current);
  return flags;
}

void policy_read(SSL_CTX *ctx, tlsdiag_policy *policy, uint16_t *suites)
{
  STACK_OF(SSL_CIPHER) *ciphers = SSL_CTX_get_ciphers(ctx);
  int i, count = sk_SSL_CIPHER_num(ciphers);
  uint16_t version;

  memset(policy, 0, sizeof *policy);
  policy->size = sizeof *policy;
  policy->flags = certificate_flags(ctx);
  for (version = TLS1_VERSION; version <= TLS1_3_VERSION; version++) {
    if (version_enabled(ctx, version)) {
      policy->version_min =
          policy->version_min == 0 ? version : policy->version_min;
      policy->version_max = version;
    }
  }
  for (i = 0; i < count; i++) {
    suites[i] = SSL_CIPHER_get_protocol_id(sk_SSL_CIPHER_value(ciphers, i));
  }
  policy->num_cipher_suites = count > 0 ? (uint16_t)count : 0;
  policy->cipher_suites = suites;
}

/* Two causes a row: of the server's certificate, of the client's. */
static const struct {
  uint8_t result; /* X509_V_ERR_* */
  uint8_t server, client;
} verify_causes[] = {
#define ROW(result, server, client)                                            \
  {                                                                            \
    X509_V_ERR_##result, TLSDIAG_CAUSE_SERVER_CERTIFICATE_##server,            \
        TLSDIAG_CAUSE_CLIENT_CERTIFICATE_##client                              \
  }
    ROW(UNABLE_TO_GET_ISSUER_CERT, CHAIN_INCOMPLETE, UNTRUSTED),
    ROW(UNABLE_TO_GET_ISSUER_CERT_LOCALLY, UNTRUSTED, UNTRUSTED),
    ROW(UNABLE_TO_VERIFY_LEAF_SIGNATURE, CHAIN_INCOMPLETE, UNTRUSTED),
    ROW(DEPTH_ZERO_SELF_SIGNED_CERT, UNTRUSTED, UNTRUSTED),
    ROW(SELF_SIGNED_CERT_IN_CHAIN, UNTRUSTED, UNTRUSTED),
    ROW(CERT_UNTRUSTED, UNTRUSTED, UNTRUSTED),
    ROW(CERT_CHAIN_TOO_LONG, UNTRUSTED, UNTRUSTED),
    ROW(CERT_NOT_YET_VALID, NOT_YET_VALID, REJECTED),
    ROW(CERT_HAS_EXPIRED, EXPIRED, EXPIRED),
    ROW(CERT_REVOKED, REVOKED, REVOKED),
    ROW(HOSTNAME_MISMATCH, NAME_MISMATCH, REJECTED),
    ROW(IP_ADDRESS_MISMATCH, NAME_MISMATCH, REJECTED),
    ROW(EMAIL_MISMATCH, NAME_MISMATCH, REJECTED),
    ROW(INVALID_PURPOSE, UNSUPPORTED, UNSUPPORTED),
    ROW(INVALID_CA, UNSUPPORTED, UNSUPPORTED),
    ROW(UNHANDLED_CRITICAL_EXTENSION, UNSUPPORTED, UNSUPPORTED),
    ROW(EE_KEY_TOO_SMALL, WEAK, REJECTED),
    ROW(CA_KEY_TOO_SMALL, WEAK, REJECTED),
    ROW(CA_MD_TOO_WEAK, WEAK, REJECTED),
    ROW(CERT_SIGNATURE_FAILURE, REJECTED, REJECTED),
    ROW(CERT_REJECTED, REJECTED, REJECTED),
    ROW(UNABLE_TO_GET_CRL, REJECTED, REJECTED),
    ROW(CRL_HAS_EXPIRED, REJECTED, REJECTED),
#undef ROW
};

uint16_t verify_cause(long result, int of_client)
{
  size_t i;

  for (i = 0; i < sizeof verify_causes / sizeof verify_causes[0]; i++) {
    if (verify_causes[i].result == result) {
      return of_client ? verify_causes[i].client : verify_causes[i].server;
    }
  }
  return TLSDIAG_CAUSE_NONE;
}
