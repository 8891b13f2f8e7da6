/* changes.c: what each case changes in a pair of contexts that would else
 * succeed. */
#include <string.h>
#include "changes.h"

/* ---- what the hellos offer ---- */

/* Another context, as one keeps its certificate of each kind. */
void no_certificate(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_free(p->server_ctx);
  p->server_ctx = SSL_CTX_new(TLS_server_method());
  context_note(p->server_ctx, &p->server_seen);
  SSL_CTX_set_max_proto_version(
      p->server_ctx, (int)SSL_CTX_get_max_proto_version(p->client_ctx));
}

void no_change(struct pair *p, const struct pki *k)
{
  (void)p, (void)k;
}

void no_shared_cipher(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_set_cipher_list(p->client_ctx, "ECDHE-ECDSA-AES128-GCM-SHA256");
  SSL_CTX_set_cipher_list(p->server_ctx, "ECDHE-ECDSA-AES256-GCM-SHA384");
  SSL_CTX_set_ciphersuites(p->client_ctx, "TLS_AES_128_GCM_SHA256");
  SSL_CTX_set_ciphersuites(p->server_ctx, "TLS_AES_256_GCM_SHA384");
}

void no_shared_group(struct pair *p, const struct pki *k)
{
  (void)k; /* P-256 stays for the certificate's sake */
  SSL_CTX_set1_groups_list(p->client_ctx, "X25519:P-256");
  SSL_CTX_set1_groups_list(p->server_ctx, "P-384:P-521");
}

void certificate_curve(struct pair *p, const struct pki *k)
{
  identity_use(p->server_ctx, &k->p384);
  SSL_CTX_set1_groups_list(p->client_ctx, "X25519:P-256");
}

void no_shared_sigalg(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_set1_sigalgs_list(p->client_ctx, "ECDSA+SHA512");
  SSL_CTX_set1_sigalgs_list(p->server_ctx, "ECDSA+SHA256");
}

void sigalg_of_other_key(struct pair *p, const struct pki *k)
{
  (void)k; /* the server has an ECDSA key */
  SSL_CTX_set1_sigalgs_list(p->client_ctx, "RSA-PSS+SHA256:RSA+SHA256");
}

void other_key(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_set_cipher_list(p->client_ctx, "ECDHE-RSA-AES128-GCM-SHA256");
}

void retry_request(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_set1_groups_list(p->client_ctx, "X25519:P-384");
  SSL_CTX_set1_groups_list(p->server_ctx, "P-384");
}

void rsa_key(struct pair *p, const struct pki *k)
{
  no_certificate(p, k);
  identity_use(p->server_ctx, &k->rsa);
}

void sigalg_of_other_curve(struct pair *p, const struct pki *k)
{
  identity_use(p->server_ctx, &k->p384);
  SSL_CTX_set1_sigalgs_list(p->client_ctx, "ECDSA+SHA256");
}

void client_too_old(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_set_max_proto_version(p->server_ctx, TLS1_3_VERSION);
  SSL_CTX_set_min_proto_version(p->server_ctx, TLS1_3_VERSION);
}

void server_too_old(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_set_min_proto_version(p->client_ctx, TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(p->server_ctx, TLS1_2_VERSION);
}

void fallback(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_set_max_proto_version(p->server_ctx, TLS1_3_VERSION);
  SSL_CTX_set_mode(p->client_ctx, SSL_MODE_SEND_FALLBACK_SCSV);
}

/* ---- the server's certificate ---- */

void expired(struct pair *p, const struct pki *k)
{
  identity_use(p->server_ctx, &k->expired);
}

void not_yet_valid(struct pair *p, const struct pki *k)
{
  identity_use(p->server_ctx, &k->future);
}

void untrusted(struct pair *p, const struct pki *k)
{
  identity_use(p->server_ctx, &k->stranger);
}

void incomplete(struct pair *p, const struct pki *k)
{
  identity_use(p->server_ctx, &k->inner);
}

void weak_key(struct pair *p, const struct pki *k)
{
  no_certificate(p, k);
  SSL_CTX_set_security_level(p->server_ctx, 0);
  SSL_CTX_set_security_level(p->client_ctx, 2);
  identity_use(p->server_ctx, &k->weak);
}

void wrong_purpose(struct pair *p, const struct pki *k)
{
  identity_use(p->server_ctx, &k->not_server);
}

void other_name(struct pair *p, const struct pki *k)
{
  (void)k;
  X509_VERIFY_PARAM_set1_host(SSL_CTX_get0_param(p->client_ctx), "bad.example",
                              0);
}

void no_crl(struct pair *p, const struct pki *k)
{
  (void)k;
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(p->client_ctx),
                              X509_V_FLAG_CRL_CHECK);
}

void unverified(struct pair *p, const struct pki *k)
{
  untrusted(p, k); /* a bad verify result that does not matter */
  SSL_CTX_set_verify(p->client_ctx, SSL_VERIFY_NONE, NULL);
}

static int no_status(SSL *ssl, void *arg)
{
  (void)ssl, (void)arg;
  return 0; /* a client that must have an OCSP response */
}

void status_missing(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_set_tlsext_status_type(p->client_ctx, TLSEXT_STATUSTYPE_ocsp);
  SSL_CTX_set_tlsext_status_cb(p->client_ctx, no_status);
}

/* ---- the client's certificate ---- */

void client_certificate_wanted(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_set_verify(p->server_ctx,
                     SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
}

void client_certificate_good(struct pair *p, const struct pki *k)
{
  client_certificate_wanted(p, k);
  identity_use(p->client_ctx, &k->client);
}

void client_certificate_strange(struct pair *p, const struct pki *k)
{
  client_certificate_wanted(p, k);
  identity_use(p->client_ctx, &k->stranger);
}

void client_certificate_expired(struct pair *p, const struct pki *k)
{
  client_certificate_wanted(p, k);
  identity_use(p->client_ctx, &k->client_expired);
}

void client_certificate_of_server(struct pair *p, const struct pki *k)
{
  client_certificate_wanted(p, k);
  identity_use(p->client_ctx, &k->server);
}

/* ---- names ---- */

static const unsigned char http[] = "\x08http/1.1";

static int alpn_none(SSL *ssl, const unsigned char **out, unsigned char *len,
                     const unsigned char *in, unsigned in_len, void *arg)
{
  (void)ssl, (void)out, (void)len, (void)in, (void)in_len, (void)arg;
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static int alpn_first(SSL *ssl, const unsigned char **out, unsigned char *len,
                      const unsigned char *in, unsigned in_len, void *arg)
{
  (void)ssl, (void)in_len, (void)arg;
  *out = in + 1;
  *len = in[0];
  return SSL_TLSEXT_ERR_OK;
}

void alpn(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_set_alpn_protos(p->client_ctx, http, sizeof http - 1);
  SSL_CTX_set_alpn_select_cb(p->server_ctx, alpn_none, NULL);
}

void alpn_good(struct pair *p, const struct pki *k)
{
  alpn(p, k);
  SSL_CTX_set_alpn_select_cb(p->server_ctx, alpn_first, NULL);
}

static int name_unknown(SSL *ssl, int *alert, void *arg)
{
  (void)ssl, (void)arg;
  *alert = SSL_AD_UNRECOGNIZED_NAME;
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

void unknown_name(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_set_tlsext_servername_callback(p->server_ctx, name_unknown);
}

/* A context of its own for the name, and not watched. */
static int name_known(SSL *ssl, int *alert, void *arg)
{
  (void)alert;
  SSL_set_SSL_CTX(ssl, arg);
  return SSL_TLSEXT_ERR_OK;
}

static void hosted(struct pair *p, const struct identity *id)
{
  p->host_ctx = SSL_CTX_new(TLS_server_method());
  context_note(p->host_ctx, &p->server_seen);
  identity_use(p->host_ctx, id);
  SSL_CTX_set_tlsext_servername_callback(p->server_ctx, name_known);
  SSL_CTX_set_tlsext_servername_arg(p->server_ctx, p->host_ctx);
}

void host_good(struct pair *p, const struct pki *k)
{
  identity_use(p->server_ctx, &k->stranger);
  hosted(p, &k->server);
}

void host_expired(struct pair *p, const struct pki *k)
{
  hosted(p, &k->expired);
}

/* ---- pre-shared keys ---- */

static unsigned psk_client(SSL *ssl, const char *hint, char *identity,
                           unsigned identity_len, unsigned char *psk,
                           unsigned psk_len)
{
  (void)ssl, (void)hint, (void)psk_len;
  strncpy(identity, "somebody", identity_len);
  memset(psk, 1, 32);
  return 32;
}

static unsigned psk_server(SSL *ssl, const char *identity, unsigned char *psk,
                           unsigned psk_len)
{
  (void)ssl, (void)identity, (void)psk_len;
  memset(psk, 1, 32);
  return 32;
}

static unsigned psk_other(SSL *ssl, const char *identity, unsigned char *psk,
                          unsigned psk_len)
{
  (void)ssl, (void)identity, (void)psk_len;
  memset(psk, 2, 32);
  return 32;
}

static unsigned psk_unknown(SSL *ssl, const char *identity, unsigned char *psk,
                            unsigned psk_len)
{
  (void)ssl, (void)identity, (void)psk, (void)psk_len;
  return 0;
}

void psk_good(struct pair *p, const struct pki *k)
{
  no_certificate(p, k);
  SSL_CTX_set_psk_client_callback(p->client_ctx, psk_client);
  SSL_CTX_set_psk_server_callback(p->server_ctx, psk_server);
  SSL_CTX_set_cipher_list(p->client_ctx, "PSK");
  SSL_CTX_set_cipher_list(p->server_ctx, "PSK");
}

void psk_wrong(struct pair *p, const struct pki *k)
{
  psk_good(p, k);
  SSL_CTX_set_psk_server_callback(p->server_ctx, psk_other);
}

void psk_stranger(struct pair *p, const struct pki *k)
{
  psk_good(p, k);
  SSL_CTX_set_psk_server_callback(p->server_ctx, psk_unknown);
}

/* ---- programs that say no ---- */

static int veto(int ok, X509_STORE_CTX *store)
{
  (void)ok, (void)store;
  return 0;
}

void client_vetoes(struct pair *p, const struct pki *k)
{
  (void)k; /* without a word why: the verify result stays X509_V_OK */
  SSL_CTX_set_verify(p->client_ctx, SSL_VERIFY_PEER, veto);
}

static int no_hello(SSL *ssl, int *alert, void *arg)
{
  (void)ssl, (void)arg;
  *alert = SSL_AD_ACCESS_DENIED;
  return SSL_CLIENT_HELLO_ERROR;
}

void server_vetoes(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_set_client_hello_cb(p->server_ctx, no_hello, NULL);
}

static int no_cert_cb(SSL *ssl, void *arg)
{
  (void)ssl, (void)arg;
  return 0;
}

void certificate_callback_fails(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_set_cert_cb(p->server_ctx, no_cert_cb, NULL);
}
