/* ways.c: what programs do with TLS besides a handshake and what they do with
 * their callbacks; the adapter must come along or keep out of the way. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <openssl/err.h>
#include "changes.h"

static void expect(const char *what, const tlsdiag_verdict *verdict,
                   unsigned outcome, unsigned cause)
{
  char text[160];

  snprintf(text, sizeof text, "%s: got %s, outcome %u", what,
           tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, verdict->causes[0].id),
           verdict->outcome);
  check(verdict->outcome == outcome && verdict->causes[0].id == cause, text);
}

static void expect_success(const char *what, const struct pair *pair)
{
  expect(what, &pair->client_says, TLSDIAG_OUTCOME_COMPLETED,
         TLSDIAG_CAUSE_NONE);
  expect(what, &pair->server_says, TLSDIAG_OUTCOME_COMPLETED,
         TLSDIAG_CAUSE_NONE);
}

static tlsdiag_verdict ask(SSL *ssl, int ret)
{
  tlsdiag_verdict verdict = {.size = sizeof verdict};

  tlsdiag_ssl_diagnose(ssl, ret, &verdict);
  return verdict;
}

/* A first handshake, and its session. */
static SSL_SESSION *first(struct pair *pair)
{
  SSL_SESSION *session;

  pair_join(pair, 17 * 1024);
  pair_run(pair);
  session = SSL_get1_session(pair->client);
  SSL_set_shutdown(pair->client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_set_shutdown(pair->server, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  pair_part(pair);
  pair_again(pair);
  return session;
}

static void by_session_id(const struct pki *pki)
{
  SSL_SESSION *session;
  struct pair pair;

  pair_init(&pair, pki, TLS1_2_VERSION);
  SSL_CTX_set_options(pair.server_ctx, SSL_OP_NO_TICKET);
  SSL_CTX_set_session_id_context(pair.server_ctx, (const unsigned char *)"x",
                                 1);
  pair_attach(&pair);
  session = first(&pair);
  check(!SSL_SESSION_has_ticket(session), "a session without a ticket");
  pair_join(&pair, 17 * 1024);
  SSL_set_session(pair.client, session);
  pair_run(&pair);
  check(SSL_session_reused(pair.client) == 1, "resumed by its id");
  expect_success("resumed by session id", &pair);
  SSL_SESSION_free(session);
  pair_free(&pair);
}

/* TLS 1.3 data before the handshake; the server may take it or not. */
static void early_data(const struct pki *pki, int taken)
{
  SSL_SESSION *session;
  struct pair pair;
  char byte;
  size_t n;

  pair_init(&pair, pki, TLS1_3_VERSION);
  SSL_CTX_set_max_early_data(pair.server_ctx, 1024);
  pair_attach(&pair);
  session = first(&pair);
  pair_join(&pair, 17 * 1024);
  SSL_set_session(pair.client, session);
  check(SSL_write_early_data(pair.client, "x", 1, &n) == 1, "early data");
  if (taken) {
    check(SSL_read_early_data(pair.server, &byte, 1, &n) ==
              SSL_READ_EARLY_DATA_SUCCESS,
          "early data are read");
    SSL_read_early_data(pair.server, &byte, 1, &n);
  }
  pair_run(&pair);
  check((SSL_get_early_data_status(pair.client) == SSL_EARLY_DATA_ACCEPTED) ==
            taken,
        "early data are taken or not");
  expect_success(taken ? "early data" : "early data refused", &pair);
  SSL_SESSION_free(session);
  pair_free(&pair);
}

/* Records after the handshake change nothing of a verdict. */
static void key_update(const struct pki *pki)
{
  struct pair pair;
  char byte;

  pair_init(&pair, pki, TLS1_3_VERSION);
  pair_attach(&pair);
  pair_join(&pair, 17 * 1024);
  pair_run(&pair);
  check(SSL_key_update(pair.client, SSL_KEY_UPDATE_REQUESTED) == 1 &&
            SSL_write(pair.client, "y", 1) == 1 &&
            SSL_read(pair.server, &byte, 1) == 1 &&
            SSL_write(pair.server, "y", 1) == 1 &&
            SSL_read(pair.client, &byte, 1) == 1,
        "new keys and data");
  pair.client_says = ask(pair.client, 1);
  pair.server_says = ask(pair.server, 1);
  expect_success("key update", &pair);
  pair_free(&pair);
}

/* The certificate is asked for when all else is done, and does not please. */
static void late_certificate(const struct pki *pki)
{
  tlsdiag_verdict verdict;
  struct pair pair;
  char byte;
  int ret;

  pair_init(&pair, pki, TLS1_3_VERSION);
  identity_use(pair.client_ctx, &pki->stranger);
  SSL_CTX_set_post_handshake_auth(pair.client_ctx, 1);
  pair_attach(&pair);
  pair_join(&pair, 17 * 1024);
  check(SSL_connect(pair.client) <= 0 && SSL_accept(pair.server) <= 0 &&
            SSL_connect(pair.client) == 1 && SSL_accept(pair.server) == 1,
        "a handshake without a client's certificate");
  SSL_set_verify(pair.server, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                 NULL);
  check(SSL_verify_client_post_handshake(pair.server) == 1 &&
            SSL_do_handshake(pair.server) == 1,
        "the certificate is asked for");
  SSL_read(pair.client, &byte, 1);
  ERR_clear_error();
  ret = SSL_read(pair.server, &byte, 1);
  check(ret <= 0 && SSL_get_error(pair.server, ret) == SSL_ERROR_SSL,
        "and refused");
  verdict = ask(pair.server, ret);
  expect("late certificate, server", &verdict, TLSDIAG_OUTCOME_FAILED,
         TLSDIAG_CAUSE_CLIENT_CERTIFICATE_UNTRUSTED);
  ERR_clear_error();
  ret = SSL_read(pair.client, &byte, 1);
  check(ret <= 0 && SSL_get_error(pair.client, ret) == SSL_ERROR_SSL,
        "the client hears of it");
  verdict = ask(pair.client, ret);
  expect("late certificate, client", &verdict, TLSDIAG_OUTCOME_FAILED,
         TLSDIAG_CAUSE_CLIENT_CERTIFICATE_UNTRUSTED);
  pair_free(&pair);
}

/* A program that always asks gets an answer each time, also to a failure that
 * comes after the success: in TLS 1.3 a client is done before its certificate
 * is looked at. */
static void asked_twice(const struct pki *pki)
{
  tlsdiag_verdict verdict;
  struct pair pair;
  char byte;
  int ret;

  pair_init(&pair, pki, TLS1_3_VERSION);
  client_certificate_wanted(&pair, pki);
  pair_attach(&pair);
  pair_join(&pair, 17 * 1024);
  SSL_connect(pair.client);
  SSL_accept(pair.server);
  ret = SSL_connect(pair.client);
  check(ret == 1, "the client is done");
  verdict = ask(pair.client, ret);
  check(verdict.outcome != TLSDIAG_OUTCOME_FAILED, "and knows of no failure");
  SSL_accept(pair.server);
  ERR_clear_error();
  ret = SSL_read(pair.client, &byte, 1);
  check(ret <= 0, "but there was one");
  verdict = ask(pair.client, ret);
  expect("asked twice", &verdict, TLSDIAG_OUTCOME_FAILED,
         TLSDIAG_CAUSE_CLIENT_CERTIFICATE_MISSING);
  pair_free(&pair);
}

/* DTLS is left alone, and not disturbed. */
static void datagrams(const struct pki *pki)
{
  static uint64_t mem[TLSDIAG_SSL_MIN / 8];
  struct pair pair;
  BIO *a, *b;
  int i;

  pair_init(&pair, pki, TLS1_2_VERSION);
  SSL_CTX_free(pair.client_ctx);
  SSL_CTX_free(pair.server_ctx);
  pair.client_ctx = SSL_CTX_new(DTLS_client_method());
  pair.server_ctx = SSL_CTX_new(DTLS_server_method());
  identity_use(pair.server_ctx, &pki->server);
  pair_attach(&pair);
  pair.client = SSL_new(pair.client_ctx);
  pair.server = SSL_new(pair.server_ctx);
  BIO_new_bio_pair(&a, 65536, &b, 65536);
  SSL_set_bio(pair.client, a, a);
  SSL_set_bio(pair.server, b, b);
  SSL_set_connect_state(pair.client);
  SSL_set_accept_state(pair.server);
  check(tlsdiag_ssl_attach(pair.client, mem, sizeof mem, NULL) ==
            TLSDIAG_STATUS_E_USAGE,
        "DTLS is not watched");
  for (i = 0; i < 20; i++) {
    SSL_do_handshake(pair.client);
    SSL_do_handshake(pair.server);
  }
  check(tlsdiag_ssl_flow(pair.client) == NULL, "DTLS has no flow");
  ERR_clear_error();
  pair_free(&pair);
}

/* -- callbacks and contexts -- */

static int calls;

static void own_message(int write_p, int version, int type, const void *buf,
                        size_t len, SSL *ssl, void *arg)
{
  (void)version;
  calls++;
  if (arg != NULL) {
    tlsdiag_ssl_observe(write_p, type, buf, len, ssl);
  }
}

/* A callback that is set later replaces the adapter's: the program gets its
 * messages, and verdicts if it passes them on. */
static void replaced(const struct pki *pki, int passes_on)
{
  struct pair pair;

  calls = 0;
  pair_init(&pair, pki, TLS1_3_VERSION);
  no_shared_cipher(&pair, pki);
  pair_attach(&pair);
  SSL_CTX_set_msg_callback(pair.server_ctx, own_message);
  SSL_CTX_set_msg_callback_arg(pair.server_ctx, passes_on ? &calls : NULL);
  pair_join(&pair, 17 * 1024);
  pair_run(&pair);
  check(calls > 3, "the program's own callback is called");
  check(tlsdiag_ssl_client_hello(pair.server, &(unsigned){0},
                                 &(tlsdiag_bytes){0}) ==
            (passes_on ? TLSDIAG_STATUS_OK : TLSDIAG_STATUS_E_ABSENT),
        "the hello is seen when it is passed on");
  expect("own callback", &pair.server_says, TLSDIAG_OUTCOME_FAILED,
         TLSDIAG_CAUSE_NO_SHARED_CIPHER);
  pair_free(&pair);
}

/* SSLs that were made before are not watched; what the program asks about
 * them is answered from what OpenSSL knows. */
static void attached_late(const struct pki *pki)
{
  struct pair pair;

  pair_init(&pair, pki, TLS1_3_VERSION);
  expired(&pair, pki);
  pair_join(&pair, 17 * 1024);
  pair_attach(&pair);
  pair_run(&pair);
  check(pair.client_seen.error == SSL_ERROR_SSL, "it fails as it would");
  check(pair.client_says.causes[0].id ==
            TLSDIAG_CAUSE_SERVER_CERTIFICATE_EXPIRED,
        "OpenSSL's own error is known");
  pair_free(&pair);
}

/* Little memory: the flow has to be told before all is over, and long messages
 * are kept nowhere. */
static void little_memory(const struct pki *pki)
{
  tlsdiag_ssl_options opts = {.size = sizeof opts, .storage = TLSDIAG_SSL_MIN};
  unsigned char names[3000];
  tlsdiag_bytes msg;
  unsigned format;
  struct pair pair;
  size_t i;

  pair_init(&pair, pki, TLS1_2_VERSION);
  expired(&pair, pki);
  for (i = 0; i < sizeof names; i += 200) {
    memset(names + i, 'a', 200);
    names[i] = 199;
  }
  SSL_CTX_set_alpn_protos(pair.client_ctx, names, sizeof names);
  check(tlsdiag_ssl_ctx_attach(pair.client_ctx, &opts) == 0 &&
            tlsdiag_ssl_ctx_attach(pair.server_ctx, &opts) == 0,
        "attach");
  pair_join(&pair, 17 * 1024);
  pair_run(&pair);
  check(tlsdiag_ssl_client_hello(pair.server, &format, &msg) ==
            TLSDIAG_STATUS_E_STORAGE,
        "a hello too long to keep");
  expect("little memory, client", &pair.client_says, TLSDIAG_OUTCOME_FAILED,
         TLSDIAG_CAUSE_SERVER_CERTIFICATE_EXPIRED);
  expect("little memory, server", &pair.server_says, TLSDIAG_OUTCOME_FAILED,
         TLSDIAG_CAUSE_SERVER_CERTIFICATE_EXPIRED);
  pair_free(&pair);
}

/* The context goes first, its SSLs later, unasked. */
static void context_gone(const struct pki *pki)
{
  struct pair pair;

  pair_init(&pair, pki, TLS1_3_VERSION);
  no_shared_group(&pair, pki);
  pair_attach(&pair);
  pair_join(&pair, 17 * 1024);
  SSL_connect(pair.client);
  SSL_accept(pair.server);
  SSL_CTX_free(pair.client_ctx);
  SSL_CTX_free(pair.server_ctx);
  pair.client_ctx = pair.server_ctx = NULL;
  expect("context freed", &(tlsdiag_verdict[]){ask(pair.server, -1)}[0],
         TLSDIAG_OUTCOME_FAILED, TLSDIAG_CAUSE_NO_SHARED_GROUP);
  pair_free(&pair);
}

/* -- jobs and threads -- */

static void in_jobs(const struct pki *pki)
{
  struct pair pair;

  pair_init(&pair, pki, TLS1_3_VERSION);
  SSL_CTX_set_mode(pair.client_ctx, SSL_MODE_ASYNC);
  SSL_CTX_set_mode(pair.server_ctx, SSL_MODE_ASYNC);
  expired(&pair, pki);
  pair_attach(&pair);
  pair_join(&pair, 17 * 1024);
  pair_run(&pair);
  expect("in jobs, client", &pair.client_says, TLSDIAG_OUTCOME_FAILED,
         TLSDIAG_CAUSE_SERVER_CERTIFICATE_EXPIRED);
  expect("in jobs, server", &pair.server_says, TLSDIAG_OUTCOME_FAILED,
         TLSDIAG_CAUSE_SERVER_CERTIFICATE_EXPIRED);
  pair_free(&pair);
}

enum { NUM_THREADS = 4, NUM_ROUNDS = 8 };

struct worker {
  pthread_t thread;
  struct pair pair; /* its own SSLs of the shared contexts */
  int right;
};

static void *work(void *arg)
{
  struct worker *w = arg;
  int i;

  for (i = 0; i < NUM_ROUNDS; i++) {
    pair_again(&w->pair);
    pair_join(&w->pair, 17 * 1024);
    pair_run(&w->pair);
    w->right +=
        w->pair.server_says.causes[0].id == TLSDIAG_CAUSE_NO_SHARED_GROUP &&
        w->pair.client_says.outcome == TLSDIAG_OUTCOME_FAILED;
    pair_part(&w->pair);
  }
  return NULL;
}

static void in_threads(const struct pki *pki)
{
  static struct worker workers[NUM_THREADS];
  struct pair shared;
  int i, right = 0;

  pair_init(&shared, pki, TLS1_3_VERSION);
  no_shared_group(&shared, pki);
  SSL_CTX_set_info_callback(shared.client_ctx,
                            NULL); /* it notes in one place */
  SSL_CTX_set_info_callback(shared.server_ctx, NULL);
  pair_attach(&shared);
  for (i = 0; i < NUM_THREADS; i++) {
    memset(&workers[i], 0, sizeof workers[i]);
    workers[i].pair.client_ctx = shared.client_ctx;
    workers[i].pair.server_ctx = shared.server_ctx;
    pthread_create(&workers[i].thread, NULL, work, &workers[i]);
  }
  for (i = 0; i < NUM_THREADS; i++) {
    pthread_join(workers[i].thread, NULL);
    right += workers[i].right;
  }
  check(right == NUM_THREADS * NUM_ROUNDS, "as right in four threads");
  pair_free(&shared);
}

void run_ways(const struct pki *pki)
{
  by_session_id(pki);
  early_data(pki, 1);
  early_data(pki, 0);
  key_update(pki);
  late_certificate(pki);
  asked_twice(pki);
  datagrams(pki);
  replaced(pki, 0);
  replaced(pki, 1);
  attached_late(pki);
  little_memory(pki);
  context_gone(pki);
  in_jobs(pki);
  in_threads(pki);
}
