/* server.c: a TLS server that says why handshakes fail.
 *
 *   server CERT KEY [PORT [CA]]    CA: clients must show a certificate of it
 *
 * What tlsdiag adds to a server is marked. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <tlsdiag/openssl.h> /* tlsdiag */

/* tlsdiag: asked once, after SSL_accept has failed. */
static void say_why(SSL *ssl, int ret)
{
  tlsdiag_verdict why = {.size = sizeof why};
  char text[2048];

  if (tlsdiag_ssl_diagnose(ssl, ret, &why) != TLSDIAG_STATUS_OK) {
    return;
  }
  tlsdiag_explain(tlsdiag_ssl_flow(ssl), &why, 0, text, sizeof text);
  printf("%s (%u %%): %s\n",
         tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, why.causes[0].id),
         why.causes[0].confidence, text);
  fflush(stdout);
}

static SSL_CTX *make_context(char **argv, int argc)
{
  SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

  if (ctx == NULL || SSL_CTX_use_certificate_chain_file(ctx, argv[1]) != 1 ||
      SSL_CTX_use_PrivateKey_file(ctx, argv[2], SSL_FILETYPE_PEM) != 1 ||
      (argc > 4 && SSL_CTX_load_verify_locations(ctx, argv[4], NULL) != 1)) {
    ERR_print_errors_fp(stderr);
    exit(2);
  }
  if (argc > 4) {
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       NULL);
  }
  tlsdiag_ssl_ctx_attach(ctx, NULL); /* tlsdiag */
  return ctx;
}

static int listen_on(int port)
{
  struct sockaddr_in address = {.sin_family = AF_INET};
  socklen_t len = sizeof address;
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

  address.sin_port = htons((uint16_t)port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) != 0 ||
      listen(fd, 16) != 0 ||
      getsockname(fd, (struct sockaddr *)&address, &len) != 0) {
    perror("server");
    exit(2);
  }
  fprintf(stderr, "port %d\n", ntohs(address.sin_port));
  return fd;
}

int main(int argc, char **argv)
{
  static const char answer[] = "HTTP/1.0 200 OK\r\n\r\nhello\n";
  struct timeval patience = {.tv_sec = 5};
  SSL_CTX *ctx;
  int listener;

  if (argc < 3) {
    fprintf(stderr, "usage: %s CERT KEY [PORT [CA]]\n", argv[0]);
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  ctx = make_context(argv, argc);
  listener = listen_on(argc > 3 ? atoi(argv[3]) : 0);
  for (;;) {
    int fd = accept(listener, NULL, NULL), ret;
    SSL *ssl = SSL_new(ctx);

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    SSL_set_fd(ssl, fd);
    ERR_clear_error();
    ret = SSL_accept(ssl);
    if (ret == 1) {
      SSL_write(ssl, answer, sizeof answer - 1);
      SSL_shutdown(ssl);
    } else {
      say_why(ssl, ret); /* tlsdiag */
    }
    SSL_free(ssl);
    close(fd);
  }
}
