/* special.c: ways of use rather than ways to fail. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <openssl/err.h>
#include "kit.h"

static const char *name_of(const tlsdiag_verdict *verdict)
{
  return tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, verdict->causes[0].id);
}

/* `other` is a second cause that says the same less exactly, or `cause`. */
static void expect_either(const char *what, SSL *ssl,
                          const tlsdiag_verdict *verdict, unsigned outcome,
                          unsigned cause, unsigned other)
{
  char text[200];
  unsigned i;
  int right;

  snprintf(text, sizeof text, "%s: got %s, outcome %u", what, name_of(verdict),
           verdict->outcome);
  right = verdict->outcome == outcome &&
          (verdict->causes[0].id == cause || verdict->causes[0].id == other);
  check(right, text);
  if (right) {
    return;
  }
  for (i = 0;
       ssl != NULL && i < tlsdiag_flow_num_observations(tlsdiag_ssl_flow(ssl));
       i++) {
    tlsdiag_observation o = {.size = sizeof o};
    tlsdiag_flow_observation(tlsdiag_ssl_flow(ssl), i, &o);
    tlsdiag_observation_text(&o, text, sizeof text);
    fprintf(stderr, "    %s\n", text);
  }
}

static void expect(const char *what, SSL *ssl, const tlsdiag_verdict *verdict,
                   unsigned outcome, unsigned cause)
{
  expect_either(what, ssl, verdict, outcome, cause, cause);
}

/* What is also right, when less is known: half a hello may tell nothing, and
 * an SSLv2 hello is too old as well as in the wrong format. */
static unsigned weaker(unsigned cause)
{
  switch (cause) {
  case TLSDIAG_CAUSE_CLIENT_ABORTED:
    return TLSDIAG_CAUSE_UNKNOWN;
  case TLSDIAG_CAUSE_SSLV2_HELLO_REFUSED:
    return TLSDIAG_CAUSE_VERSION_CLIENT_TOO_OLD;
  default:
    return cause;
  }
}

/* A server that is sent these bytes and then, perhaps, the end. */
static void raw_input(const char *what, const void *bytes, size_t len, int end,
                      unsigned outcome, unsigned cause, const struct pki *pki)
{
  tlsdiag_verdict verdict = {.size = sizeof verdict};
  struct pair pair;
  SSL *ssl;
  BIO *in = BIO_new(BIO_s_mem());
  int ret;

  pair_init(&pair, pki, TLS1_3_VERSION);
  pair_attach(&pair);
  ssl = SSL_new(pair.server_ctx);
  BIO_set_mem_eof_return(in, end ? 0 : -1);
  BIO_write(in, bytes, (int)len);
  SSL_set_bio(ssl, in, BIO_new(BIO_s_mem()));
  ERR_clear_error();
  ret = SSL_accept(ssl);
  check(ret <= 0, what);
  tlsdiag_ssl_diagnose(ssl, ret, &verdict);
  expect_either(what, ssl, &verdict, outcome, cause, weaker(cause));
  SSL_free(ssl);
  pair_free(&pair);
}

static void not_tls(const struct pki *pki)
{
  static const char http[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  static const char ssh[] = "SSH-2.0-OpenSSH_9.2\r\n";
  static const char proxy[] = "PROXY TCP4 192.0.2.1 192.0.2.2 1 443\r\n";
  static const uint8_t begun[] = {0x16, 3, 1, 2, 0, 1, 0, 1};
  static const uint8_t sslv2[] = {0x80, 0x1c, 1, 0,    2,  0,  3,  0,  0,  0,
                                  0x10, 1,    0, 0x80, 1,  2,  3,  4,  5,  6,
                                  7,    8,    9, 10,   11, 12, 13, 14, 15, 16};

  raw_input("plain HTTP", http, sizeof http - 1, 0, TLSDIAG_OUTCOME_NOT_TLS,
            TLSDIAG_CAUSE_PLAIN_HTTP_TO_TLS_PORT, pki);
  raw_input("SSH", ssh, sizeof ssh - 1, 0, TLSDIAG_OUTCOME_NOT_TLS,
            TLSDIAG_CAUSE_NON_TLS_TO_TLS_PORT, pki);
  raw_input("PROXY header", proxy, sizeof proxy - 1, 0, TLSDIAG_OUTCOME_NOT_TLS,
            TLSDIAG_CAUSE_PROXY_PROTOCOL_UNEXPECTED, pki);
  raw_input("nothing but a close", "", 0, 1, TLSDIAG_OUTCOME_INCOMPLETE,
            TLSDIAG_CAUSE_CONNECTION_PROBE, pki);
  raw_input("SSLv2 hello", sslv2, sizeof sslv2, 0, TLSDIAG_OUTCOME_FAILED,
            TLSDIAG_CAUSE_SSLV2_HELLO_REFUSED, pki);
  raw_input("half a hello", begun, sizeof begun, 1, TLSDIAG_OUTCOME_FAILED,
            TLSDIAG_CAUSE_CLIENT_ABORTED, pki);
}

/* The same pair again: TLS 1.2 by session, TLS 1.3 by ticket. */
static void resumption(const struct pki *pki, int version)
{
  SSL_SESSION *session;
  struct pair pair;

  pair_init(&pair, pki, version);
  pair_attach(&pair);
  pair_join(&pair, 17 * 1024);
  pair_run(&pair);
  session = SSL_get1_session(pair.client);
  /* An SSL that is freed without this takes its session along. */
  SSL_set_shutdown(pair.client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_set_shutdown(pair.server, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  pair_part(&pair);
  pair_again(&pair);
  pair_join(&pair, 17 * 1024);
  SSL_set_session(pair.client, session);
  pair_run(&pair);
  check(SSL_session_reused(pair.client) == 1, "the session is resumed");
  expect("resumption, client", pair.client, &pair.client_says,
         TLSDIAG_OUTCOME_COMPLETED, TLSDIAG_CAUSE_NONE);
  expect("resumption, server", pair.server, &pair.server_says,
         TLSDIAG_OUTCOME_COMPLETED, TLSDIAG_CAUSE_NONE);
  SSL_SESSION_free(session);
  pair_free(&pair);
}

static void turn(SSL *a, SSL *b)
{
  char byte;
  int i;

  for (i = 0; i < 20; i++) {
    ERR_clear_error();
    SSL_read(a, &byte, 1);
    SSL_read(b, &byte, 1);
  }
}

static void renegotiation(const struct pki *pki, int allowed)
{
  tlsdiag_verdict verdict = {.size = sizeof verdict};
  struct pair pair;
  int ret;

  pair_init(&pair, pki, TLS1_2_VERSION);
#ifdef SSL_OP_ALLOW_CLIENT_RENEGOTIATION
  if (allowed) {
    SSL_CTX_set_options(pair.server_ctx, SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
  }
#endif
  if (!allowed) {
    SSL_CTX_set_options(pair.server_ctx, SSL_OP_NO_RENEGOTIATION);
  }
  pair_attach(&pair);
  pair_join(&pair, 17 * 1024);
  pair_run(&pair);
  check(SSL_renegotiate(pair.client) == 1, "renegotiation is asked for");
  ret = SSL_do_handshake(pair.client);
  turn(pair.server, pair.client);
  ERR_clear_error();
  if (!SSL_is_init_finished(pair.client)) {
    ret = SSL_do_handshake(pair.client);
  }
  tlsdiag_ssl_diagnose(pair.client, ret, &verdict);
  if (allowed) {
    expect("renegotiation", pair.client, &verdict, TLSDIAG_OUTCOME_COMPLETED,
           TLSDIAG_CAUSE_NONE);
  } else {
    expect("renegotiation refused", pair.client, &verdict,
           TLSDIAG_OUTCOME_FAILED, TLSDIAG_CAUSE_RENEGOTIATION_REFUSED);
  }
  pair_free(&pair);
}

/* SSL_clear: a failure, then a success on the same SSLs, then a failure. */
static void cleared(const struct pki *pki)
{
  struct pair pair;

  pair_init(&pair, pki, TLS1_2_VERSION);
  pair_attach(&pair);
  pair_join(&pair, 17 * 1024);
  SSL_set_cipher_list(pair.client, "ECDHE-ECDSA-AES128-GCM-SHA256");
  SSL_set_cipher_list(pair.server, "ECDHE-ECDSA-AES256-GCM-SHA384");
  pair_run(&pair);
  expect("before SSL_clear", pair.server, &pair.server_says,
         TLSDIAG_OUTCOME_FAILED, TLSDIAG_CAUSE_NO_SHARED_CIPHER);
  SSL_clear(pair.client);
  SSL_clear(pair.server);
  (void)BIO_reset(SSL_get_rbio(pair.client));
  (void)BIO_reset(SSL_get_rbio(pair.server));
  SSL_set_cipher_list(pair.server, "ECDHE-ECDSA-AES128-GCM-SHA256");
  pair_again(&pair);
  pair_run(&pair);
  expect("after SSL_clear, server", pair.server, &pair.server_says,
         TLSDIAG_OUTCOME_COMPLETED, TLSDIAG_CAUSE_NONE);
  expect("after SSL_clear, client", pair.client, &pair.client_says,
         TLSDIAG_OUTCOME_COMPLETED, TLSDIAG_CAUSE_NONE);
  pair_free(&pair);
}

/* -- callbacks -- */

struct counts {
  int messages, infos, reports;
  unsigned cause;
};
static struct counts counts;

static void count_message(int write_p, int version, int type, const void *buf,
                          size_t len, SSL *ssl, void *arg)
{
  (void)write_p, (void)version, (void)type, (void)buf, (void)len, (void)ssl;
  ((struct counts *)arg)->messages++;
}

static void count_info(const SSL *ssl, int where, int ret)
{
  (void)ssl, (void)where, (void)ret;
  counts.infos++;
}

static void count_report(SSL *ssl, const tlsdiag_verdict *verdict, void *arg)
{
  struct counts *c = arg;

  c->reports++;
  c->cause = verdict->causes[0].id;
  check(tlsdiag_ssl_flow(ssl) != NULL, "the flow can be asked in a report");
}

static void chained(const struct pki *pki)
{
  tlsdiag_ssl_options opts = {.size = sizeof opts};
  tlsdiag_ssl_options bad = {.size = 1};
  tlsdiag_client_hello hello = {.size = sizeof hello};
  tlsdiag_bytes msg;
  unsigned format;
  struct pair pair;

  memset(&counts, 0, sizeof counts);
  opts.next_msg = count_message;
  opts.next_arg = &counts;
  opts.report = count_report;
  opts.report_arg = &counts;
  pair_init(&pair, pki, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(pair.client_ctx, "ECDHE-ECDSA-AES128-GCM-SHA256");
  SSL_CTX_set_cipher_list(pair.server_ctx, "ECDHE-ECDSA-AES256-GCM-SHA384");
  SSL_CTX_set_info_callback(pair.server_ctx, count_info);
  check(tlsdiag_ssl_ctx_attach(pair.server_ctx, &bad) == TLSDIAG_STATUS_E_USAGE,
        "an absurd size is refused");
  check(tlsdiag_ssl_ctx_attach(pair.server_ctx, &opts) == 0, "attach");
  check(tlsdiag_ssl_ctx_attach(pair.server_ctx, &opts) == 0, "attach again");
  pair_join(&pair, 17 * 1024);
  SSL_connect(pair.client);
  SSL_accept(pair.server);
  check(counts.messages > 3, "the message callback is called on");
  check(counts.infos > 3, "the info callback is called on");
  check(counts.reports == 0, "no report before the end");
  check(tlsdiag_ssl_client_hello(pair.server, &format, &msg) == 0, "hello");
  check(tlsdiag_client_hello_decode(msg.ptr, msg.len, format, &hello, NULL) ==
                0 &&
            hello.server_name.len == 12 &&
            memcmp(hello.server_name.ptr, "good.example", 12) == 0,
        "the hello's name");
  check(tlsdiag_ssl_flow(pair.client) == NULL, "the client is not watched");
  pair_part(&pair);
  check(counts.reports == 1 && counts.cause == TLSDIAG_CAUSE_NO_SHARED_CIPHER,
        "one report when the SSL is freed");
  pair_free(&pair);
}

/* SSL_dup copies pointers, and must not copy this one. */
static void copied(const struct pki *pki)
{
  static uint64_t mem[TLSDIAG_SSL_MIN / 8];
  struct pair pair;
  SSL *ssl, *copy;

  pair_init(&pair, pki, TLS1_3_VERSION);
  ssl = SSL_new(pair.server_ctx);
  check(tlsdiag_ssl_attach(ssl, mem, sizeof mem, NULL) == 0, "attach");
  copy = SSL_dup(ssl);
  check(copy != NULL && tlsdiag_ssl_flow(ssl) != NULL &&
            tlsdiag_ssl_flow(copy) == NULL,
        "a copy is not watched");
  SSL_free(copy);
  SSL_free(ssl);
  pair_free(&pair);
}

/* Memory of the caller, the smallest and too small. */
static void lent(const struct pki *pki)
{
  static uint64_t mem[TLSDIAG_SSL_MIN / 8];
  unsigned char names[400];
  tlsdiag_ssl_options opts = {.size = sizeof opts};
  tlsdiag_verdict verdict = {.size = sizeof verdict};
  tlsdiag_bytes msg;
  unsigned format;
  struct pair pair;

  memset(&counts, 0, sizeof counts);
  opts.next_msg = count_message;
  opts.next_arg = &counts;
  pair_init(&pair, pki, TLS1_3_VERSION);
  pair_join(&pair, 17 * 1024);
  check(tlsdiag_ssl_attach(pair.server, mem, sizeof mem - 8, NULL) ==
            TLSDIAG_STATUS_E_STORAGE,
        "too little memory is refused");
  check(tlsdiag_ssl_attach(pair.server, mem, sizeof mem, &opts) == 0,
        "the least memory is enough");
  memset(names, 'a', sizeof names);
  names[0] = names[200] = 199;
  SSL_set_alpn_protos(pair.client, names, sizeof names);
  pair_run(&pair);
  tlsdiag_ssl_diagnose(pair.server, 1, &verdict);
  expect("lent memory", pair.server, &verdict, TLSDIAG_OUTCOME_COMPLETED,
         TLSDIAG_CAUSE_NONE);
  check(counts.messages > 3, "lent: the message callback is called on");
  check(tlsdiag_ssl_client_hello(pair.server, &format, &msg) ==
            TLSDIAG_STATUS_E_STORAGE,
        "no room for the hello");
  tlsdiag_ssl_detach(pair.server);
  check(tlsdiag_ssl_flow(pair.server) == NULL, "detached");
  pair_free(&pair);
}

/* -- an allocator that can refuse, for "no memory, no watching" -- */

static int refuse;

static void *refusing_malloc(size_t size, const char *file, int line)
{
  (void)line;
  return refuse && strstr(file, "attach.c") != NULL ? NULL : malloc(size);
}

static void *plain_realloc(void *ptr, size_t size, const char *file, int line)
{
  (void)file, (void)line;
  return realloc(ptr, size);
}

static void plain_free(void *ptr, const char *file, int line)
{
  (void)file, (void)line;
  free(ptr);
}

void allocator_install(void)
{
  check(CRYPTO_set_mem_functions(refusing_malloc, plain_realloc, plain_free) ==
            1,
        "own allocator");
}

static void no_memory(const struct pki *pki)
{
  struct pair pair;

  pair_init(&pair, pki, TLS1_3_VERSION);
  pair_attach(&pair);
  pair_join(&pair, 17 * 1024);
  refuse = 1;
  pair_run(&pair);
  check(SSL_is_init_finished(pair.client) && SSL_is_init_finished(pair.server),
        "a handshake without memory to watch it");
  check(pair.client_seen.error == SSL_ERROR_WANT_READ &&
            pair.client_seen.queue[0] == '\0',
        "nothing on the error queue");
  check(tlsdiag_ssl_flow(pair.server) == NULL, "not watched");
  refuse = 0;
  pair_free(&pair);
}

/* -- blocking sockets -- */

struct end {
  SSL *ssl;
  int ret;
  tlsdiag_verdict says;
};

static void *accept_in_thread(void *arg)
{
  struct end *end = arg;
  unsigned long before, after;

  end->ret = SSL_accept(end->ssl);
  before = ERR_peek_error();
  errno = 4711;
  end->says.size = sizeof end->says;
  tlsdiag_ssl_diagnose(end->ssl, end->ret, &end->says);
  check(errno == 4711, "errno is left alone");
  after = ERR_peek_error();
  check(before == after, "the error queue is left alone");
  return NULL;
}

static void blocking(const struct pki *pki, int reset)
{
  struct end end = {0};
  struct pair pair;
  pthread_t thread;
  char hello[4096];
  BIO *out = BIO_new(BIO_s_mem());
  SSL *client;
  int fd[2], len;

  pair_init(&pair, pki, TLS1_3_VERSION);
  pair_attach(&pair);
  check(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0, "socketpair");
  end.ssl = SSL_new(pair.server_ctx);
  SSL_set_fd(end.ssl, fd[1]);
  client = SSL_new(pair.client_ctx);
  SSL_set_bio(client, BIO_new(BIO_s_mem()), out);
  SSL_connect(client);
  len = BIO_read(out, hello, sizeof hello);
  check(len > 0 && write(fd[0], hello, (size_t)len) == len, "hello written");
  pthread_create(&thread, NULL, accept_in_thread, &end);
  if (reset) {
    /* Closing with unread data in the queue makes the peer's read fail. */
    char byte;
    check(recv(fd[0], &byte, 1, MSG_PEEK) == 1, "the server answers");
    close(fd[0]);
  } else {
    shutdown(fd[0], SHUT_WR);
  }
  pthread_join(thread, NULL);
  check(end.ret <= 0, "the handshake fails");
  check(end.says.end_how == (reset ? TLSDIAG_CLOSE_RST : TLSDIAG_CLOSE_FIN),
        reset ? "a reset is told from a close" : "a close is seen");
  expect_either(reset ? "reset in mid-handshake" : "close in mid-handshake",
                end.ssl, &end.says, TLSDIAG_OUTCOME_FAILED,
                TLSDIAG_CAUSE_CLIENT_ABORTED,
                reset ? TLSDIAG_CAUSE_RESET_DURING_HANDSHAKE
                      : TLSDIAG_CAUSE_SERVER_CERTIFICATE_REJECTED);
  SSL_free(client);
  SSL_free(end.ssl);
  if (!reset) {
    close(fd[0]);
  }
  close(fd[1]);
  pair_free(&pair);
}

static uint64_t clock_us;

static uint64_t fake_clock(void)
{
  return clock_us;
}

static void patience_lost(const struct pki *pki)
{
  tlsdiag_ssl_options opts = {.size = sizeof opts, .now_us = fake_clock};
  tlsdiag_verdict verdict = {.size = sizeof verdict};
  struct pair pair;
  int ret;

  pair_init(&pair, pki, TLS1_3_VERSION);
  tlsdiag_ssl_ctx_attach(pair.client_ctx, &opts);
  pair_join(&pair, 17 * 1024);
  clock_us = 1700000000000000;
  ret = SSL_connect(pair.client);
  clock_us += 5000000;
  check(tlsdiag_ssl_diagnose(pair.client, ret, &verdict) == 0, "diagnose");
  expect("no answer", pair.client, &verdict, TLSDIAG_OUTCOME_FAILED,
         TLSDIAG_CAUSE_NO_RESPONSE_TO_CLIENT_HELLO);
  pair_free(&pair);
}

void run_special(const struct pki *pki)
{
  not_tls(pki);
  resumption(pki, TLS1_2_VERSION);
  resumption(pki, TLS1_3_VERSION);
  renegotiation(pki, 1);
  renegotiation(pki, 0);
  cleared(pki);
  chained(pki);
  copied(pki);
  lent(pki);
  no_memory(pki);
  blocking(pki, 0);
  blocking(pki, 1);
  patience_lost(pki);
}
