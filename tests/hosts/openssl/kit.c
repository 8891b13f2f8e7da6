/* kit.c: see kit.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include "kit.h"

static _Atomic int num_passed, num_failed; /* counted in threads, too */

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

static void note(char *to, size_t len, const char *words, unsigned long number)
{
  size_t have = strlen(to);

  snprintf(to + have, len - have, "%s%lx ", words, number);
}

/* Set before the adapter is attached, so it is called on by it. */
static void note_alert(const SSL *ssl, int where, int ret)
{
  struct seen *seen = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

  if (seen != NULL && (where & SSL_CB_ALERT)) {
    note(seen->alerts, sizeof seen->alerts,
         (where & SSL_CB_READ) ? "in " : "out ", (unsigned long)ret);
  }
}

void context_note(SSL_CTX *ctx, struct seen *seen)
{
  SSL_CTX_set_app_data(ctx, seen);
  SSL_CTX_set_info_callback(ctx, note_alert);
}

/* Empties the error queue. */
static void note_queue(struct seen *seen)
{
  unsigned long code;
  const char *data;
  int flags;

#if OPENSSL_VERSION_NUMBER >= 0x30000000L
  while ((code = ERR_get_error_all(NULL, NULL, NULL, &data, &flags)) != 0) {
#else
  while ((code = ERR_get_error_line_data(NULL, NULL, &data, &flags)) != 0) {
#endif
    note(seen->queue, sizeof seen->queue,
         (flags & ERR_TXT_STRING) && data != NULL ? data : "", code);
  }
}

static void note_result(SSL *ssl, struct seen *seen)
{
  const unsigned char *alpn;
  unsigned len;

  SSL_get0_alpn_selected(ssl, &alpn, &len);
  snprintf(seen->result, sizeof seen->result,
           "finished %d, %s, %s, reused %d, ALPN %.*s, verify %ld",
           SSL_is_init_finished(ssl), SSL_get_version(ssl),
           SSL_get_cipher_name(ssl), (int)SSL_session_reused(ssl), (int)len,
           len > 0 ? (const char *)alpn : "", SSL_get_verify_result(ssl));
}

void pair_init(struct pair *pair, const struct pki *pki, int version)
{
  memset(pair, 0, sizeof *pair);
  pair->client_ctx = SSL_CTX_new(TLS_client_method());
  pair->server_ctx = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_max_proto_version(pair->client_ctx, version);
  SSL_CTX_set_max_proto_version(pair->server_ctx, version);
  identity_use(pair->server_ctx, &pki->server);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(pair->client_ctx), pki->ca.cert);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(pair->server_ctx), pki->ca.cert);
  SSL_CTX_set_verify(pair->client_ctx, SSL_VERIFY_PEER, NULL);
  context_note(pair->client_ctx, &pair->client_seen);
  context_note(pair->server_ctx, &pair->server_seen);
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

static void diagnose(SSL *ssl, int ret, tlsdiag_verdict *out)
{
  memset(out, 0, sizeof *out);
  out->size = sizeof *out;
  tlsdiag_ssl_diagnose(ssl, ret, out);
}

/* One call forward: handshake first, then a byte out, then a byte in. */
static int forward(SSL *ssl)
{
  char byte = 'x';
  int ret;

  if (!SSL_is_init_finished(ssl)) {
    return SSL_do_handshake(ssl);
  }
  if (SSL_get_app_data(ssl) != NULL) {
    return SSL_read(ssl, &byte, 1);
  }
  ret = SSL_write(ssl, &byte, 1);
  if (ret == 1) {
    SSL_set_app_data(ssl, ssl);
  }
  return ret;
}

static void step(SSL *ssl, struct seen *seen, tlsdiag_verdict *says)
{
  if (seen->error != SSL_ERROR_NONE && seen->error != SSL_ERROR_WANT_READ &&
      seen->error != SSL_ERROR_WANT_WRITE) {
    return;
  }
  ERR_clear_error();
  seen->ret = forward(ssl);
  seen->error = SSL_get_error(ssl, seen->ret);
  if (seen->error == SSL_ERROR_SSL || seen->error == SSL_ERROR_SYSCALL) {
    diagnose(ssl, seen->ret, says);
    note_queue(seen);
  }
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
    step(pair->client, &pair->client_seen, &pair->client_says);
    step(pair->server, &pair->server_seen, &pair->server_says);
    after = bytes_moved(pair);
    idle = after == before ? idle + 1 : 0;
  }
  if (pair->client_says.size == 0) {
    diagnose(pair->client, pair->client_seen.ret, &pair->client_says);
  }
  if (pair->server_says.size == 0) {
    diagnose(pair->server, pair->server_seen.ret, &pair->server_says);
  }
  note_result(pair->client, &pair->client_seen);
  note_result(pair->server, &pair->server_seen);
}

void pair_again(struct pair *pair)
{
  memset(&pair->client_says, 0, sizeof pair->client_says);
  memset(&pair->server_says, 0, sizeof pair->server_says);
  memset(&pair->client_seen, 0, sizeof pair->client_seen);
  memset(&pair->server_seen, 0, sizeof pair->server_seen);
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
  SSL_CTX_free(pair->host_ctx);
  ERR_clear_error();
}
