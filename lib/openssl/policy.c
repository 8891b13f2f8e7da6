/* policy.c: an SSL's own configuration as a tlsdiag_policy, read when its
 * handshake has failed: by then all callbacks that change it have run. */
#include <string.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include "watch.h"

static int count_ciphers(SSL *ssl)
{
  int count = sk_SSL_CIPHER_num(SSL_get_ciphers(ssl));

  return count > 0 ? count : 0;
}

size_t policy_room(SSL *ssl)
{
  return SSL_is_server(ssl)
             ? sizeof(tlsdiag_policy) +
                   ((size_t)count_ciphers(ssl) + 2 * (size_t)MAX_PROBED) *
                       sizeof(uint16_t)
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

static int curve_of(EVP_PKEY *key)
{
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
  char name[32];

  return EVP_PKEY_get_group_name(key, name, sizeof name, NULL) == 1
             ? OBJ_sn2nid(name)
             : NID_undef;
#else
  return EC_GROUP_get_curve_name(EC_KEY_get0_group(EVP_PKEY_get0_EC_KEY(key)));
#endif
}

/* The TLS number of the curves that certificates of the web use. */
static uint16_t group_of(EVP_PKEY *key)
{
  switch (curve_of(key)) {
  case NID_X9_62_prime256v1:
    return 23;
  case NID_secp384r1:
    return 24;
  case NID_secp521r1:
    return 25;
  default:
    return 0;
  }
}

static void note_certificate(tlsdiag_policy *policy, X509 *cert)
{
  EVP_PKEY *key = cert != NULL ? X509_get0_pubkey(cert) : NULL;
  int type = key != NULL ? EVP_PKEY_base_id(key) : EVP_PKEY_NONE;

  if (type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS) {
    policy->flags |= TLSDIAG_POLICY_RSA_CERTIFICATE;
  } else if (type == EVP_PKEY_EC) {
    policy->flags |= TLSDIAG_POLICY_ECDSA_CERTIFICATE;
    policy->ecdsa_group = group_of(key);
  } else if (type != EVP_PKEY_NONE) {
    policy->flags |= TLSDIAG_POLICY_RSA_CERTIFICATE |
                     TLSDIAG_POLICY_ECDSA_CERTIFICATE; /* no claim either way */
  }
}

/* Did the server come to look for a certificate?  Before that a callback may
 * still bring one. */
static int chose_certificate(const struct watch *watch)
{
  return ERR_GET_LIB(watch->error_code) == ERR_LIB_SSL &&
         (ERR_GET_REASON(watch->error_code) == SSL_R_NO_SHARED_CIPHER ||
          ERR_GET_REASON(watch->error_code) ==
              SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM);
}

/* Walks the certificates that are loaded and puts the current one back. */
static void read_certificates(SSL *ssl, const struct watch *watch,
                              tlsdiag_policy *policy)
{
  X509 *current = SSL_get_certificate(ssl);
  long more;

  if (current == NULL && chose_certificate(watch)) {
    policy->flags |= TLSDIAG_POLICY_NO_CERTIFICATE;
  }
  if (current == NULL || SSL_get_privatekey(ssl) == NULL) {
    return;
  }
  for (more = SSL_set_current_cert(ssl, SSL_CERT_SET_FIRST); more == 1;
       more = SSL_set_current_cert(ssl, SSL_CERT_SET_NEXT)) {
    note_certificate(policy, SSL_get_certificate(ssl));
  }
  SSL_select_current_cert(ssl, current);
}

/* The SSL may have been given other groups than its context.  It cannot be
 * asked for them, but for how many it shares with its peer: when it shares
 * some, the list would say nothing; when none, the context's list tells what
 * to add. */
static int shares_no_group(SSL *ssl)
{
  return SSL_get1_groups(ssl, NULL) > 0 && SSL_get_shared_group(ssl, -1) == 0;
}

/* The same of signature algorithms; but of those it shares none may fit its
 * certificate, so the list counts as long as it holds one that is shared. */
static int knows_sigalgs(SSL *ssl, const struct probed *probed)
{
  unsigned char sig, hash;
  unsigned i;

  if (SSL_get_shared_sigalgs(ssl, 0, NULL, NULL, NULL, &sig, &hash) <= 0) {
    return 1;
  }
  for (i = 0; i < probed->num_sigalgs; i++) {
    if (probed->sigalgs[i] == ((unsigned)hash << 8 | sig)) {
      return 1;
    }
  }
  return 0;
}

static void read_probed(SSL *ssl, tlsdiag_policy *policy, uint16_t *list)
{
  const struct watch_context *context = watch_context_of(ssl);
  const struct probed *probed;

  if (context == NULL) {
    return;
  }
  probed = &context->probed;
  policy->groups = list;
  policy->signature_algorithms = list + MAX_PROBED;
  if (shares_no_group(ssl)) {
    policy->num_groups = probed->num_groups;
    memcpy(list, probed->groups, sizeof probed->groups);
  }
  if (knows_sigalgs(ssl, probed)) {
    policy->num_signature_algorithms = probed->num_sigalgs;
    memcpy(list + MAX_PROBED, probed->sigalgs, sizeof probed->sigalgs);
  }
}

const tlsdiag_policy *policy_read(SSL *ssl, const struct watch *watch,
                                  void *mem)
{
  STACK_OF(SSL_CIPHER) *ciphers = SSL_get_ciphers(ssl);
  tlsdiag_policy *policy = mem;
  uint16_t *list = (uint16_t *)(void *)(policy + 1);
  int i, count = count_ciphers(ssl);
  uint16_t version;

  memset(policy, 0, sizeof *policy);
  policy->size = sizeof *policy;
  read_certificates(ssl, watch, policy);
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
  read_probed(ssl, policy, list);
  return policy;
}
