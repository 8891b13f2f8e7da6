/* cost.c: handshakes to be counted, by callgrind or by the bytes they ask for.
 *
 *   cost WATCHED VERSION RESUMED COUNT
 *
 * Prints the bytes asked of the allocator per handshake, both sides. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "kit.h"

static unsigned long long bytes;

static void *counting_malloc(size_t size, const char *file, int line)
{
  (void)file, (void)line;
  bytes += size;
  return malloc(size);
}

static void *counting_realloc(void *ptr, size_t size, const char *file,
                              int line)
{
  (void)file, (void)line;
  bytes += size;
  return realloc(ptr, size);
}

static void counting_free(void *ptr, const char *file, int line)
{
  (void)file, (void)line;
  free(ptr);
}

/* A bare handshake, without the questions pair_run asks. */
static void handshake(struct pair *pair, SSL_SESSION **session)
{
  char byte;
  int i;

  pair_join(pair, 17 * 1024);
  if (*session != NULL) {
    SSL_set_session(pair->client, *session);
  }
  for (i = 0; i < 4; i++) {
    SSL_do_handshake(pair->client);
    SSL_do_handshake(pair->server);
  }
  SSL_read(pair->client, &byte, 1);
  if (!SSL_is_init_finished(pair->client) ||
      !SSL_is_init_finished(pair->server)) {
    fputs("the handshake failed\n", stderr);
    exit(1);
  }
  SSL_set_shutdown(pair->client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_set_shutdown(pair->server, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  if (*session == NULL) {
    *session = SSL_get1_session(pair->client);
  }
  pair_part(pair);
}

int main(int argc, char **argv)
{
  SSL_SESSION *session = NULL, *none = NULL;
  struct pair pair;
  struct pki pki;
  unsigned long long before;
  int i, count, resumed;

  if (argc != 5) {
    return 2;
  }
  CRYPTO_set_mem_functions(counting_malloc, counting_realloc, counting_free);
  resumed = atoi(argv[3]);
  count = atoi(argv[4]);
  pki_make(&pki);
  pair_init(&pair, &pki,
            strcmp(argv[2], "1.3") == 0 ? TLS1_3_VERSION : TLS1_2_VERSION);
  SSL_CTX_set_info_callback(pair.client_ctx, NULL); /* the tests' own */
  SSL_CTX_set_info_callback(pair.server_ctx, NULL);
  if (atoi(argv[1])) {
    pair_attach(&pair);
  }
  handshake(&pair, &session); /* fills OpenSSL's caches */
  before = bytes;
  for (i = 0; i < count; i++) {
    SSL_SESSION_free(none);
    none = NULL;
    handshake(&pair, resumed ? &session : &none);
  }
  printf("%llu\n", (bytes - before) / (unsigned)(count > 0 ? count : 1));
  SSL_SESSION_free(none);
  SSL_SESSION_free(session);
  pair_free(&pair);
  pki_free(&pki);
  return 0;
}
