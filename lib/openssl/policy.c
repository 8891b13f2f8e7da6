/* policy.c: an SSL's own configuration as a tlsdiag_policy, read when its
 * handshake has failed: by then all callbacks that change it have run. */
#include <string.h>
#include "watch.h"

static int count_ciphers(SSL *ssl)
{
  int count = sk_SSL_CIPHER_num(SSL_get_ciphers(ssl));

  return count > 0 ? count : 0;
}

size_t policy_room(SSL *ssl)
{
  return SSL_is_server(ssl) ? sizeof(tlsdiag_policy) +
                                  (size_t)count_ciphers(ssl) * sizeof(uint16_t)
                            : 0;
}

static int version_enabled(SSL *ssl, long version)
{
  static const struct {
    int version;
    uint64_t off;
  } switches[] = {{TLS1_VERSION, SSL_OP_NO_TLSv1},
                  {TLS1_1_VERSION, SSL_OP_NO_TLSv1_1},
                  {TLS1_2_VERSION, SSL_OP_NO_TLSv1_2},
                  {TLS1_3_VERSION, SSL_OP_NO_TLSv1_3}};
  long min = SSL_get_min_proto_version(ssl);
  long max = SSL_get_max_proto_version(ssl);
  uint64_t options = SSL_get_options(ssl);
  size_t i;

  for (i = 0; i < sizeof switches / sizeof switches[0]; i++) {
    if (switches[i].version == version && (options & switches[i].off) != 0) {
      return 0;
    }
  }
  return version >= min && (max == 0 || version <= max);
}

/* Walks the certificates that are loaded and puts the current one back. */
static uint32_t certificate_flags(SSL *ssl)
{
  X509 *current = SSL_get_certificate(ssl);
  uint32_t flags = 0;
  long more;

  if (current == NULL || SSL_get_privatekey(ssl) == NULL) {
    return 0; /* a callback may still bring one */
  }
  for (more = SSL_set_current_cert(ssl, SSL_CERT_SET_FIRST); more == 1;
       more = SSL_set_current_cert(ssl, SSL_CERT_SET_NEXT)) {
    X509 *cert = SSL_get_certificate(ssl);
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
  SSL_select_current_cert(ssl, current);
  return flags;
}

const tlsdiag_policy *policy_read(SSL *ssl, void *mem)
{
  STACK_OF(SSL_CIPHER) *ciphers = SSL_get_ciphers(ssl);
  tlsdiag_policy *policy = mem;
  uint16_t *list = (uint16_t *)(void *)(policy + 1);
  int i, count = count_ciphers(ssl);
  uint16_t version;

  memset(policy, 0, sizeof *policy);
  policy->size = sizeof *policy;
  policy->flags = certificate_flags(ssl);
  for (version = TLS1_VERSION; version <= TLS1_3_VERSION; version++) {
    if (version_enabled(ssl, version)) {
      policy->version_min =
          policy->version_min == 0 ? version : policy->version_min;
      policy->version_max = version;
    }
  }
  policy->cipher_suites = list;
  policy->num_cipher_suites = (uint16_t)count;
  for (i = 0; i < count; i++) {
    *list++ = SSL_CIPHER_get_protocol_id(sk_SSL_CIPHER_value(ciphers, i));
  }
  return policy;
}
