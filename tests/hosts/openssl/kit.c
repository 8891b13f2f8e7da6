/* kit.c: see kit.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include "kit.h"

static int num_passed, num_failed;

void check_at(const char *file, int line, int ok, const char *what)
{
  if (ok) {
    num_passed++;
    return;
  }
  num_failed++;
  fprintf(stderr, "%s:%d: FAILED: %s\n", file, line, what);
}

int checks_done(void)
{
  printf("%d checks passed, %d failed\n", num_passed, num_failed);
  return num_failed != 0;
}

static void add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
  X509V3_CTX ctx;
  X509_EXTENSION *ext;

  X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
  ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
  if (ext != NULL) {
    X509_add_ext(cert, ext, -1);
    X509_EXTENSION_free(ext);
  }
}

static void identity_make(struct identity *id, const struct identity *issuer,
                          const char *name, long from, long to)
{
  static long serial = 1;
  const struct identity *by = issuer != NULL ? issuer : id;
  X509_NAME *subject;
  EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, NULL);
  char names[64];

  id->key = NULL;
  EVP_PKEY_keygen_init(ctx);
  EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, NID_X9_62_prime256v1);
  EVP_PKEY_keygen(ctx, &id->key);
  EVP_PKEY_CTX_free(ctx);
  id->cert = X509_new();
  X509_set_version(id->cert, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(id->cert), serial++);
  X509_gmtime_adj(X509_getm_notBefore(id->cert), from);
  X509_gmtime_adj(X509_getm_notAfter(id->cert), to);
  subject = X509_get_subject_name(id->cert);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             (const unsigned char *)name, -1, -1, 0);
  X509_set_issuer_name(id->cert, X509_get_subject_name(by->cert));
  X509_set_pubkey(id->cert, id->key);
  if (issuer == NULL) {
    add_extension(id->cert, id->cert, NID_basic_constraints,
                  "critical,CA:TRUE");
  } else {
    snprintf(names, sizeof names, "DNS:%s", name);
    add_extension(id->cert, issuer->cert, NID_subject_alt_name, names);
  }
  X509_sign(id->cert, by->key, EVP_sha256());
}

void pki_make(struct pki *pki)
{
  const long day = 86400;

  identity_make(&pki->ca, NULL, "test CA", -day, 30 * day);
  identity_make(&pki->server, &pki->ca, "good.example", -day, 30 * day);
  identity_make(&pki->expired, &pki->ca, "good.example", -9 * day, -2 * day);
  identity_make(&pki->client, &pki->ca, "client.example", -day, 30 * day);
  identity_make(&pki->stranger, NULL, "good.example", -day, 30 * day);
}

static void identity_free(struct identity *id)
{
  X509_free(id->cert);
  EVP_PKEY_free(id->key);
}

void pki_free(struct pki *pki)
{
  identity_free(&pki->ca);
  identity_free(&pki->server);
  identity_free(&pki->expired);
  identity_free(&pki->client);
  identity_free(&pki->stranger);
}

void pair_init(struct pair *pair, const struct pki *pki, int version)
{
  memset(pair, 0, sizeof *pair);
  pair->client_ctx = SSL_CTX_new(TLS_client_method());
  pair->server_ctx = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_max_proto_version(pair->client_ctx, version);
  SSL_CTX_set_max_proto_version(pair->server_ctx, version);
  SSL_CTX_use_certificate(pair->server_ctx, pki->server.cert);
  SSL_CTX_use_PrivateKey(pair->server_ctx, pki->server.key);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(pair->client_ctx), pki->ca.cert);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(pair->server_ctx), pki->ca.cert);
  SSL_CTX_set_verify(pair->client_ctx, SSL_VERIFY_PEER, NULL);
}

void pair_attach(struct pair *pair)
{
  check(tlsdiag_ssl_ctx_attach(pair->client_ctx, NULL) == 0, "attach client");
  check(tlsdiag_ssl_ctx_attach(pair->server_ctx, NULL) == 0, "attach server");
}

void pair_join(struct pair *pair, size_t room)
{
  BIO *a, *b;

  pair->client = SSL_new(pair->client_ctx);
  pair->server = SSL_new(pair->server_ctx);
  BIO_new_bio_pair(&a, room, &b, room);
  SSL_set_bio(pair->client, a, a);
  SSL_set_bio(pair->server, b, b);
  SSL_set_connect_state(pair->client);
  SSL_set_accept_state(pair->server);
  SSL_set_tlsext_host_name(pair->client, "good.example");
}

/* One call forward: handshake first, then a byte out, then a byte in. */
static void step(SSL *ssl, int *ret, int *error, unsigned long *code)
{
  char byte = 'x';

  if (*error != SSL_ERROR_NONE && *error != SSL_ERROR_WANT_READ &&
      *error != SSL_ERROR_WANT_WRITE) {
    return;
  }
  ERR_clear_error();
  if (!SSL_is_init_finished(ssl)) {
    *ret = SSL_do_handshake(ssl);
  } else if (SSL_get_app_data(ssl) == NULL) {
    *ret = SSL_write(ssl, &byte, 1);
    if (*ret == 1) {
      SSL_set_app_data(ssl, ssl);
    }
  } else {
    *ret = SSL_read(ssl, &byte, 1);
  }
  *error = SSL_get_error(ssl, *ret);
  *code = ERR_peek_error();
}

static void diagnose(SSL *ssl, int ret, tlsdiag_verdict *out)
{
  memset(out, 0, sizeof *out);
  out->size = sizeof *out;
  tlsdiag_ssl_diagnose(ssl, ret, out);
}

static uint64_t bytes_moved(const struct pair *pair)
{
  return BIO_number_read(SSL_get_rbio(pair->client)) +
         BIO_number_read(SSL_get_rbio(pair->server));
}

void pair_run(struct pair *pair)
{
  uint64_t before, after = 0;
  int turns, idle = 0;

  for (turns = 0; turns < 20000 && idle < 3; turns++) {
    before = after;
    step(pair->client, &pair->client_ret, &pair->client_error,
         &pair->client_code);
    if (pair->client_error == SSL_ERROR_SSL) {
      diagnose(pair->client, pair->client_ret, &pair->client_says);
    }
    step(pair->server, &pair->server_ret, &pair->server_error,
         &pair->server_code);
    if (pair->server_error == SSL_ERROR_SSL) {
      diagnose(pair->server, pair->server_ret, &pair->server_says);
    }
    after = bytes_moved(pair);
    idle = after == before ? idle + 1 : 0;
  }
  if (pair->client_says.size == 0) {
    diagnose(pair->client, pair->client_ret, &pair->client_says);
  }
  if (pair->server_says.size == 0) {
    diagnose(pair->server, pair->server_ret, &pair->server_says);
  }
}

void pair_part(struct pair *pair)
{
  SSL_free(pair->client);
  SSL_free(pair->server);
  pair->client = pair->server = NULL;
}

void pair_free(struct pair *pair)
{
  pair_part(pair);
  SSL_CTX_free(pair->client_ctx);
  SSL_CTX_free(pair->server_ctx);
  ERR_clear_error();
}
