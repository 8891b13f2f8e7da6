/* attach.c: which SSL is watched, where its memory comes from, when it goes.
 *
 * Both kinds of attachment meet in the ex_data of the SSL, so that the message
 * callback needs no argument of its own. */
#include <errno.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include "watch.h"

/* The two ex_data indexes: asked of OpenSSL once a process, never changed. */
static CRYPTO_ONCE index_once = CRYPTO_ONCE_STATIC_INIT;
static int ssl_index = -1;
static int context_index = -1;

enum {
  WATCH_LEN = sizeof(struct watch) + sizeof(struct room),
  /* What follows the first record of most handshakes. */
  REST_OF_HANDSHAKE = 320
};

#if OPENSSL_VERSION_NUMBER >= 0x30000000L
typedef void **dup_target;
#else
typedef void *dup_target;
#endif

static void watch_free(struct watch *watch)
{
  if (!watch->lent) {
    journal_reset(watch);
    OPENSSL_free(watch);
  }
}

static void ssl_freed(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx,
                      long argl, void *argp)
{
  struct watch *watch = ptr;

  (void)ad, (void)idx, (void)argl, (void)argp;
  if (watch == NULL) {
    return;
  }
  watch_report(parent, watch);
  watch_free(watch);
}

/* SSL_dup copies pointers: the copy must not share the original's memory. */
static int ssl_copied(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from,
                      dup_target from_d, int idx, long argl, void *argp)
{
  (void)to, (void)from, (void)idx, (void)argl, (void)argp;
  *(void **)from_d = NULL;
  return 1;
}

static void context_freed(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx,
                          long argl, void *argp)
{
  (void)parent, (void)ad, (void)idx, (void)argl, (void)argp;
  while (ptr != NULL) {
    struct watch_context *context = ptr;

    ptr = context->previous;
    OPENSSL_free(context);
  }
}

static void make_indexes(void)
{
  ssl_index = SSL_get_ex_new_index(0, NULL, NULL, ssl_copied, ssl_freed);
  context_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, context_freed);
}

/* A server may unload its modules and keep OpenSSL (Apache does when it reads
 * its configuration again): what is not there any more must not be called.
 * What SSLs were left keep their memory. */
#if defined(__GNUC__)
__attribute__((destructor)) static void unloaded(void)
{
  if (ssl_index >= 0) {
    CRYPTO_free_ex_index(CRYPTO_EX_INDEX_SSL, ssl_index);
    CRYPTO_free_ex_index(CRYPTO_EX_INDEX_SSL_CTX, context_index);
  }
}
#endif

static int have_indexes(void)
{
  return CRYPTO_THREAD_run_once(&index_once, make_indexes) == 1 &&
         ssl_index >= 0 && context_index >= 0;
}

struct watch *watch_of(const SSL *ssl)
{
  return ssl_index < 0 ? NULL : SSL_get_ex_data(ssl, ssl_index);
}

struct watch_context *watch_context_of(const SSL *ssl)
{
  /* A servername callback may move an SSL to a context that is not watched;
   * then it goes on with what it has. */
  return context_index < 0
             ? NULL
             : SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), context_index);
}

void watch_restart(struct watch *watch)
{
  struct watch old;

  journal_reset(watch);
  old = *watch;
  memset(watch, 0, sizeof *watch);
  watch->opts = old.opts;
  watch->next_info = old.next_info;
  watch->flow = old.flow;
  watch->first = watch->last = old.first;
  watch->may_ask = old.may_ask;
  watch->lent = old.lent;
}

/* No memory means no watching; OpenSSL's caller must not notice the attempt:
 * SSL_get_error reads the error queue and errno. */
void *watch_malloc(size_t size)
{
  int saved = errno;
  void *mem;

  ERR_set_mark();
  mem = OPENSSL_malloc(size);
  ERR_pop_to_mark();
  errno = saved;
  return mem;
}

/* What is the same in lent memory and in the allocator's. */
static void watch_init(struct watch *watch, const tlsdiag_ssl_options *opts,
                       void *room, size_t len)
{
  memset(watch, 0, sizeof *watch);
  watch->opts = *opts;
  watch->first = watch->last = room;
  watch->first->next = NULL;
  watch->first->len = len < UINT32_MAX ? (uint32_t)len : UINT32_MAX;
  watch->first->used = 0;
}

struct watch *watch_make(SSL *ssl, size_t len)
{
  const struct watch_context *context = watch_context_of(ssl);
  struct watch *watch;
  int saved = errno;
  size_t max;

  if (context == NULL) {
    return NULL;
  }
  max = context->opts.storage - WATCH_LEN - TLSDIAG_FLOW_MIN;
  len = len + REST_OF_HANDSHAKE < max ? len + REST_OF_HANDSHAKE : max;
  ERR_set_mark();
  watch = OPENSSL_malloc(WATCH_LEN + len);
  if (watch != NULL) {
    watch_init(watch, &context->opts, watch + 1, len);
    watch->next_info = context->next_info;
    watch->may_ask = (uint32_t)(max - len);
    if (SSL_set_ex_data(ssl, ssl_index, watch) != 1) {
      OPENSSL_free(watch);
      watch = NULL;
    }
  }
  ERR_pop_to_mark();
  errno = saved;
  return watch;
}

static void on_message_chained(int write_p, int version, int content_type,
                               const void *buf, size_t len, SSL *ssl, void *arg)
{
  const tlsdiag_ssl_options *opts = arg;
  tlsdiag_ssl_msg_callback next = opts->next_msg;
  void *next_arg = opts->next_arg;

  watch_observe(write_p, version, content_type, buf, len, ssl, NULL);
  next(write_p, version, content_type, buf, len, ssl, next_arg);
}

static tlsdiag_ssl_msg_callback message_callback(const tlsdiag_ssl_options *o)
{
  return o->next_msg != NULL ? on_message_chained : watch_observe;
}

/* The end of a handshake call is the only moment when errno and the error
 * queue still tell of it. */
static void note_exit(const SSL *ssl, struct watch *watch, int ret)
{
  if (SSL_want_read(ssl) && BIO_should_retry(SSL_get_rbio(ssl))) {
    watch->error_kind = SSL_ERROR_WANT_READ; /* the usual one, told cheaply */
  } else {
    watch_note_error((SSL *)(uintptr_t)ssl, watch, ret);
  }
}

/* The usual one: nothing to call on. */
static void on_info(const SSL *ssl, int where, int ret)
{
  struct watch *watch;

  if ((where & SSL_CB_EXIT) && (where & (SSL_ST_CONNECT | SSL_ST_ACCEPT)) &&
      ret <= 0) {
    watch = watch_of(ssl);
    if (watch != NULL && !watch->ended) {
      note_exit(ssl, watch, ret);
    }
  }
}

static void on_info_chained(const SSL *ssl, int where, int ret)
{
  const struct watch *watch = watch_of(ssl);
  const struct watch_context *context = watch_context_of(ssl);

  on_info(ssl, where, ret);
  if (watch != NULL && watch->next_info != NULL) {
    watch->next_info(ssl, where, ret); /* whatever context ssl moved to */
  } else if (context != NULL && context->next_info != NULL) {
    context->next_info(ssl, where, ret);
  }
}

/* RFC-style versioned struct: takes what the caller's size covers. */
static int options_read(tlsdiag_ssl_options *to,
                        const tlsdiag_ssl_options *from)
{
  memset(to, 0, sizeof *to);
  if (from != NULL) {
    const uint8_t *raw = (const uint8_t *)from;
    size_t i;
    if (from->size < sizeof from->size || from->size > 4096) {
      return TLSDIAG_STATUS_E_USAGE;
    }
    for (i = sizeof *to; i < from->size; i++) {
      if (raw[i] != 0) {
        return TLSDIAG_STATUS_E_USAGE;
      }
    }
    memcpy(to, from, from->size < sizeof *to ? from->size : sizeof *to);
  }
  to->size = sizeof *to;
  if (to->storage == 0) {
    to->storage = TLSDIAG_SSL_STORAGE;
  }
  return to->storage < TLSDIAG_SSL_MIN ? TLSDIAG_STATUS_E_STORAGE
                                       : TLSDIAG_STATUS_OK;
}

/* The info callback that was there before the adapter's. */
static info_callback found_info(SSL_CTX *ctx, const struct watch_context *old)
{
  return old != NULL ? old->next_info : SSL_CTX_get_info_callback(ctx);
}

int tlsdiag_ssl_ctx_attach(SSL_CTX *ctx, const tlsdiag_ssl_options *opts)
{
  struct watch_context *context;
  tlsdiag_ssl_options read;
  int rc = options_read(&read, opts);

  if (ctx == NULL || rc != TLSDIAG_STATUS_OK || !have_indexes()) {
    return ctx == NULL || rc == TLSDIAG_STATUS_OK ? TLSDIAG_STATUS_E_USAGE : rc;
  }
  context = OPENSSL_malloc(sizeof *context);
  if (context == NULL) {
    return TLSDIAG_STATUS_E_STORAGE;
  }
  context->opts = read;
  context->previous = SSL_CTX_get_ex_data(ctx, context_index);
  context->next_info = found_info(ctx, context->previous);
  memset(&context->probed, 0, sizeof context->probed);
  if (!(read.flags & TLSDIAG_SSL_NO_POLICY) && read.server_policy == NULL) {
    probe_context(ctx, &context->probed);
  }
  if (SSL_CTX_set_ex_data(ctx, context_index, context) != 1) {
    OPENSSL_free(context);
    return TLSDIAG_STATUS_E_STORAGE;
  }
  SSL_CTX_set_msg_callback(ctx, message_callback(&read));
  SSL_CTX_set_msg_callback_arg(ctx, &context->opts);
  if (!(read.flags & TLSDIAG_SSL_NO_INFO_CALLBACK)) {
    SSL_CTX_set_info_callback(ctx, context->next_info != NULL ? on_info_chained
                                                              : on_info);
  }
  return TLSDIAG_STATUS_OK;
}

int tlsdiag_ssl_attach(SSL *ssl, void *mem, size_t mem_len,
                       const tlsdiag_ssl_options *opts)
{
  tlsdiag_ssl_options read;
  struct watch *watch = mem;
  int rc = options_read(&read, opts);

  if (ssl == NULL || mem == NULL || SSL_is_dtls(ssl) || !have_indexes()) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  if (rc != TLSDIAG_STATUS_OK || mem_len < TLSDIAG_SSL_MIN) {
    return rc != TLSDIAG_STATUS_OK ? rc : TLSDIAG_STATUS_E_STORAGE;
  }
  tlsdiag_ssl_detach(ssl);
  watch_init(watch, &read, (uint8_t *)mem + sizeof *watch + TLSDIAG_FLOW_MIN,
             mem_len - WATCH_LEN - TLSDIAG_FLOW_MIN);
  watch->flow = (tlsdiag_flow *)(void *)(watch + 1);
  watch->lent = 1;
  if (SSL_set_ex_data(ssl, ssl_index, watch) != 1) {
    return TLSDIAG_STATUS_E_STORAGE;
  }
  SSL_set_msg_callback(ssl, message_callback(&read));
  SSL_set_msg_callback_arg(ssl, &watch->opts);
  return TLSDIAG_STATUS_OK;
}

void tlsdiag_ssl_detach(SSL *ssl)
{
  struct watch *watch = watch_of(ssl);
  struct watch_context *context;

  if (watch == NULL) {
    return;
  }
  SSL_set_ex_data(ssl, ssl_index, NULL);
  if (!watch->lent) {
    watch_free(watch);
    return;
  }
  context = watch_context_of(ssl);
  if (context != NULL) {
    SSL_set_msg_callback(ssl, message_callback(&context->opts));
    SSL_set_msg_callback_arg(ssl, &context->opts);
  } else {
    SSL_set_msg_callback(ssl, watch->opts.next_msg);
    SSL_set_msg_callback_arg(ssl, watch->opts.next_arg);
  }
}
