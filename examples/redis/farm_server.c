/* farm_server.c: one of several TLS servers that explain together what a client
 * went through on all of them.
 *
 *   farm_server CERT KEY NAME REDIS-PORT
 *
 * One JSON line for each handshake; `group` is what the client's attempts on
 * all servers say together. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <tlsdiag/openssl.h>
#include "shared_track.h"

static uint64_t now_us(void)
{
  struct timespec now;

  clock_gettime(CLOCK_REALTIME, &now);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static const char *cause(unsigned id)
{
  return tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, id);
}

static void explain(struct shared_tracks *tracks, const char *client, SSL *ssl,
                    int ret)
{
  static uint64_t count;
  tlsdiag_verdict verdict = {.size = sizeof verdict};
  tlsdiag_group group = {.size = sizeof group};
  tlsdiag_attempt attempt;
  tlsdiag_track all;
  uint64_t id = (uint64_t)getpid() << 32 | ++count;
  int shared;

  if (tlsdiag_ssl_diagnose(ssl, ret, &verdict) != TLSDIAG_STATUS_OK ||
      tlsdiag_attempt_from_flow(tlsdiag_ssl_flow(ssl), id, (uint32_t)getpid(),
                                &attempt) != TLSDIAG_STATUS_OK) {
    return;
  }
  shared = shared_track_add(tracks, client, &attempt, &all);
  tlsdiag_track_classify(&all, &group);
  printf("{\"server\":\"%s\",\"client\":\"%s\",\"cause\":\"%s\","
         "\"shared\":%s,\"attempts\":%u,\"group\":\"%s\",\"confidence\":%u}\n",
         tracks->server, client, cause(verdict.causes[0].id),
         shared ? "true" : "false", all.num_attempts, cause(group.cause),
         group.confidence);
  fflush(stdout);
}

static int listen_anywhere(void)
{
  struct sockaddr_in address = {.sin_family = AF_INET};
  socklen_t len = sizeof address;
  int fd = socket(AF_INET, SOCK_STREAM, 0);

  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) != 0 ||
      listen(fd, 16) != 0 ||
      getsockname(fd, (struct sockaddr *)&address, &len) != 0) {
    perror("farm_server");
    exit(2);
  }
  fprintf(stderr, "port %d\n", ntohs(address.sin_port));
  return fd;
}

int main(int argc, char **argv)
{
  struct shared_tracks tracks = {.host = "127.0.0.1", .expire_s = 60};
  tlsdiag_ssl_options options = {.size = sizeof options, .now_us = now_us};
  struct timeval patience = {.tv_sec = 5};
  SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
  int listener;

  if (argc != 5 || SSL_CTX_use_certificate_chain_file(ctx, argv[1]) != 1 ||
      SSL_CTX_use_PrivateKey_file(ctx, argv[2], SSL_FILETYPE_PEM) != 1) {
    fprintf(stderr, "usage: %s CERT KEY NAME REDIS-PORT\n", argv[0]);
    return 2;
  }
  tracks.server = argv[3];
  tracks.port = atoi(argv[4]);
  signal(SIGPIPE, SIG_IGN);
  tlsdiag_ssl_ctx_attach(ctx, &options);
  listener = listen_anywhere();
  for (;;) {
    struct sockaddr_in peer;
    socklen_t len = sizeof peer;
    int fd = accept(listener, (struct sockaddr *)&peer, &len);
    SSL *ssl = SSL_new(ctx);

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    SSL_set_fd(ssl, fd);
    ERR_clear_error();
    explain(&tracks, inet_ntoa(peer.sin_addr), ssl, SSL_accept(ssl));
    SSL_free(ssl);
    close(fd);
  }
}
