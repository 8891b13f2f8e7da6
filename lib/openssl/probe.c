/* probe.c: the groups and signature algorithms of an SSL_CTX.
 *
 * OpenSSL has functions that set these lists and none that read them back (up
 * to 3.4).  But a ClientHello shows them: so the context is asked for one, in
 * memory, which goes nowhere. */
#include <errno.h>
#include <string.h>
#include <openssl/err.h>
#include "watch.h"

static void ignore_info(const SSL *ssl, int where, int ret)
{
  (void)ssl, (void)where, (void)ret;
}

/* An SSL that would send its ClientHello into `out`, and that calls none of
 * the program's callbacks on the way. */
static SSL *make_client(SSL_CTX *ctx, BIO *out)
{
  SSL *ssl = SSL_new(ctx);
  BIO *in = BIO_new(BIO_s_mem());

  if (ssl == NULL || in == NULL || SSL_is_dtls(ssl) ||
      SSL_set_ssl_method(ssl, TLS_method()) != 1) {
    SSL_free(ssl);
    BIO_free(in);
    return NULL;
  }
  BIO_up_ref(out);
  SSL_set_bio(ssl, in, out);
  SSL_set_info_callback(ssl, ignore_info); /* without one, the context's is
                                              called */
  SSL_set_msg_callback(ssl, NULL);
#ifndef OPENSSL_NO_PSK
  SSL_set_psk_client_callback(ssl, NULL);
#endif
  SSL_set_psk_use_session_callback(ssl, NULL);
  SSL_clear_mode(ssl, SSL_MODE_ASYNC);
  SSL_set_connect_state(ssl);
  return ssl;
}

static uint16_t copy_list(uint16_t *to, const tlsdiag_bytes *list)
{
  tlsdiag_iter it;
  uint16_t n = 0;

  tlsdiag_iter_init(&it, list);
  while (n < MAX_PROBED && tlsdiag_next_u16(&it, &to[n])) {
    n++;
  }
  return n;
}

static void read_hello(struct probed *out, BIO *bio)
{
  tlsdiag_client_hello hello;
  char *data;
  long len = BIO_get_mem_data(bio, &data);

  memset(&hello, 0, sizeof hello);
  hello.size = sizeof hello;
  if (len > RECORD_HEADER_LEN &&
      tlsdiag_client_hello_decode((const uint8_t *)data + RECORD_HEADER_LEN,
                                  (size_t)len - RECORD_HEADER_LEN,
                                  TLSDIAG_FORMAT_TLS, &hello,
                                  NULL) == TLSDIAG_STATUS_OK) {
    out->num_groups = copy_list(out->groups, &hello.supported_groups);
    out->num_sigalgs = copy_list(out->sigalgs, &hello.signature_algorithms);
  }
}

void probe_context(SSL_CTX *ctx, struct probed *out)
{
  int saved = errno;
  BIO *bio;
  SSL *ssl;

  memset(out, 0, sizeof *out);
  if (SSL_CTX_get_ssl_method(ctx) == TLS_client_method()) {
    return; /* its hellos are seen anyway */
  }
  if (ERR_peek_error() != 0) {
    return; /* a handshake begins by clearing the queue: it is not ours */
  }
  bio = BIO_new(BIO_s_mem());
  ssl = bio != NULL ? make_client(ctx, bio) : NULL;
  if (ssl != NULL) {
    SSL_connect(ssl);
    read_hello(out, bio);
  }
  SSL_free(ssl);
  BIO_free(bio);
  ERR_clear_error();
  errno = saved;
}
