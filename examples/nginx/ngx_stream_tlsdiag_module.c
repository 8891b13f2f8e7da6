/* ngx_stream_tlsdiag_module.c: why TLS handshakes that pass through this proxy
 * fail, from their bytes alone.
 *
 *   tlsdiag on;             in a server {} of stream {}: one warning in the
 * error log for each handshake that fails
 *
 *   $tlsdiag_cause $tlsdiag_party $tlsdiag_confidence $tlsdiag_sni $tlsdiag_ja4
 *   $tlsdiag_json           the whole verdict; for log_format ... escape=none
 *
 * The hello is read in the preread phase, the rest in a filter; both only
 * look.  A server {} with TLS of its own gets the line in the error log too. */
#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_stream.h>
#include "ngx_tlsdiag_log.h"
#include "verdict_json.h"

typedef struct {
  ngx_flag_t on;
} tlsdiag_conf;

typedef struct {
  tlsdiag_flow flow;
  tlsdiag_verdict verdict;
  tlsdiag_bytes hello; /* copied */
  unsigned format;
  uint64_t fed;  /* of the client's bytes */
  uint64_t sent; /* of them seen in the filter */
  unsigned last; /* who spoke last */
  unsigned closed : 1;
  unsigned judged : 1;
  unsigned whole : 1; /* the hello, or that there is none */
} tlsdiag_ctx;

extern ngx_module_t ngx_stream_tlsdiag_module;
static ngx_stream_filter_pt next_filter;

/* NULL where there is no TLS to look at: it is off, or the session is UDP, or
 * its TLS ends in this very server, and what comes out of it is no hello. */
static tlsdiag_ctx *ctx_of(ngx_stream_session_t *s)
{
  tlsdiag_conf *conf =
      ngx_stream_get_module_srv_conf(s, ngx_stream_tlsdiag_module);
  tlsdiag_flow_options options = {.size = sizeof options,
                                  .flags = TLSDIAG_FLOW_WALL_CLOCK};
  tlsdiag_ctx *ctx = ngx_stream_get_module_ctx(s, ngx_stream_tlsdiag_module);

  if (ctx != NULL || !conf->on || s->connection->type != SOCK_STREAM ||
      s->ssl) {
    return ctx;
  }
  ctx = ngx_pcalloc(s->connection->pool, sizeof *ctx);
  if (ctx != NULL) {
    tlsdiag_flow_init(&ctx->flow, sizeof ctx->flow, &options);
    ngx_stream_set_ctx(s, ctx, ngx_stream_tlsdiag_module);
  }
  return ctx;
}

static void close_flow(tlsdiag_ctx *ctx, unsigned from, unsigned how)
{
  tlsdiag_flow_close(&ctx->flow, from, how, ngx_tlsdiag_now_us());
  ctx->closed = 1;
}

/* -- looking -- */

static void keep_hello(ngx_stream_session_t *s, tlsdiag_ctx *ctx,
                       const tlsdiag_bytes *msg)
{
  u_char *copy = ngx_pnalloc(s->connection->pool, msg->len);

  if (copy != NULL) {
    ngx_memcpy(copy, msg->ptr, msg->len);
    ctx->hello.ptr = copy;
    ctx->hello.len = msg->len;
    ctx->format =
        msg->ptr[0] & 0x80 ? TLSDIAG_FORMAT_SSLV2 : TLSDIAG_FORMAT_TLS;
  }
}

/* NGX_AGAIN while the hello is incomplete, so that a split one is read; never
 * NGX_OK, which would keep ssl_preread from running. */
static ngx_int_t on_preread(ngx_stream_session_t *s)
{
  static uint8_t scratch[16384];
  ngx_connection_t *c = s->connection;
  tlsdiag_ctx *ctx = ctx_of(s);
  tlsdiag_bytes msg;
  ngx_buf_t *b = c->buffer;
  size_t len;
  int rc;

  if (ctx == NULL || ctx->whole) {
    return NGX_DECLINED;
  }
  if (b == NULL) {
    return NGX_AGAIN;
  }
  len = (size_t)(b->last - b->pos);
  tlsdiag_flow_feed(&ctx->flow, TLSDIAG_FROM_CLIENT, ngx_tlsdiag_now_us(),
                    b->pos + ctx->fed, len - ctx->fed, NULL);
  ctx->fed = len;
  rc = tlsdiag_find_handshake(b->pos, len, scratch, sizeof scratch, &msg, NULL);
  if (rc == TLSDIAG_STATUS_MORE && b->last < b->end) {
    return NGX_AGAIN;
  }
  ctx->whole = 1;
  if (rc == TLSDIAG_STATUS_OK) {
    keep_hello(s, ctx, &msg);
  }
  return NGX_DECLINED;
}

static void look(tlsdiag_ctx *ctx, unsigned from, const u_char *data,
                 size_t len)
{
  if (from == TLSDIAG_FROM_CLIENT) { /* what preread gave comes again */
    uint64_t known = ctx->fed > ctx->sent ? ctx->fed - ctx->sent : 0;
    size_t skip = known < len ? (size_t)known : len;

    ctx->sent += len;
    data += skip;
    len -= skip;
  }
  if (len > 0) {
    tlsdiag_flow_feed(&ctx->flow, from, ngx_tlsdiag_now_us(), data, len, NULL);
    ctx->last = from;
  }
}

static ngx_int_t on_data(ngx_stream_session_t *s, ngx_chain_t *in,
                         ngx_uint_t from_upstream)
{
  tlsdiag_ctx *ctx = ctx_of(s);
  unsigned from = from_upstream ? TLSDIAG_FROM_SERVER : TLSDIAG_FROM_CLIENT;
  ngx_connection_t *source = from_upstream && s->upstream
                                 ? s->upstream->peer.connection
                                 : s->connection;
  ngx_chain_t *link;

  for (link = in; ctx != NULL && link != NULL; link = link->next) {
    if (ngx_buf_in_memory(link->buf) && link->buf->last > link->buf->pos) {
      look(ctx, from, link->buf->pos,
           (size_t)(link->buf->last - link->buf->pos));
    }
    if (link->buf->last_buf) {
      close_flow(ctx, from,
                 source != NULL && source->read->error ? TLSDIAG_CLOSE_RST
                                                       : TLSDIAG_CLOSE_FIN);
    }
  }
  return next_filter(s, in, from_upstream);
}

/* -- judging -- */

/* How a session ended in which the filter saw no side close.  nginx forgets
 * that a timer expired once it acted on it; but with both sides connected and
 * none of them closed, proxy_timeout is all that can end a session. */
static void close_unseen(ngx_stream_session_t *s, tlsdiag_ctx *ctx)
{
  ngx_event_t *read = s->connection->read;

  if (read->timedout) {
    close_flow(ctx, TLSDIAG_FROM_CLIENT, TLSDIAG_CLOSE_TIMEOUT);
  } else if (read->error || read->eof || read->pending_eof) {
    close_flow(ctx, TLSDIAG_FROM_CLIENT,
               read->error ? TLSDIAG_CLOSE_RST : TLSDIAG_CLOSE_FIN);
  } else if (s->upstream != NULL && s->upstream->connected) {
    close_flow(ctx, 1 - ctx->last, TLSDIAG_CLOSE_TIMEOUT);
  } else {
    close_flow(ctx, TLSDIAG_FROM_SERVER, TLSDIAG_CLOSE_FIN);
  }
}

static const tlsdiag_verdict *judge(ngx_stream_session_t *s, tlsdiag_ctx *ctx)
{
  if (!ctx->judged) {
    ctx->judged = 1;
    if (!ctx->closed) {
      close_unseen(s, ctx);
    }
    ctx->verdict.size = sizeof ctx->verdict;
    tlsdiag_classify(&ctx->flow, &ctx->verdict);
  }
  return &ctx->verdict;
}

static size_t json(ngx_stream_session_t *s, tlsdiag_ctx *ctx, char *text,
                   size_t len)
{
  u_char client[NGX_SOCKADDR_STRLEN + 1];
  struct verdict_line line = {.client = (const char *)client,
                              .flow = &ctx->flow,
                              .verdict = judge(s, ctx),
                              .hello = ctx->hello,
                              .format = ctx->format};
  size_t n = ngx_sock_ntop(s->connection->sockaddr, s->connection->socklen,
                           client, NGX_SOCKADDR_STRLEN, 1);

  client[n] = '\0';
  return verdict_json(&line, text, len);
}

static ngx_int_t on_log_phase(ngx_stream_session_t *s)
{
  tlsdiag_ctx *ctx = ctx_of(s);
  const tlsdiag_verdict *verdict;

  if (ctx == NULL) {
    return NGX_OK;
  }
  verdict = judge(s, ctx);
  if (!verdict->noise && (verdict->outcome == TLSDIAG_OUTCOME_FAILED ||
                          verdict->outcome == TLSDIAG_OUTCOME_NOT_TLS)) {
    ngx_tlsdiag_log(s->connection->log, &ctx->hello, ctx->format, verdict);
  }
  return NGX_OK;
}

/* The TLS of a stream server itself.  The adapter calls this when a handshake
 * that failed is given up: after the session's log phase, so there is a line in
 * the error log, and no variable. */
static void on_report(SSL *ssl, const tlsdiag_verdict *verdict, void *arg)
{
  ngx_connection_t *c = ngx_ssl_get_connection(ssl);
  tlsdiag_bytes msg = {NULL, 0};
  unsigned format = TLSDIAG_FORMAT_TLS;

  (void)arg;
  if (c != NULL && !verdict->noise) {
    tlsdiag_ssl_client_hello(ssl, &format, &msg);
    ngx_tlsdiag_log(c->log, &msg, format, verdict);
  }
}

static ngx_int_t attach(ngx_conf_t *cf)
{
  ngx_stream_core_main_conf_t *core =
      ngx_stream_conf_get_module_main_conf(cf, ngx_stream_core_module);
  ngx_stream_core_srv_conf_t **servers = core->servers.elts;
  ngx_uint_t i;

  for (i = 0; i < core->servers.nelts; i++) {
    void **confs = servers[i]->ctx->srv_conf;
    tlsdiag_conf *conf = confs[ngx_stream_tlsdiag_module.ctx_index];
    ngx_stream_ssl_conf_t *ssl = confs[ngx_stream_ssl_module.ctx_index];

    if (conf->on &&
        ngx_tlsdiag_attach(cf, ssl->ssl.ctx, on_report) != NGX_OK) {
      return NGX_ERROR;
    }
  }
  return NGX_OK;
}

/* -- variables -- */

enum { CAUSE, PARTY, CONFIDENCE, SNI, JA4, JSON };

static size_t print_variable(ngx_stream_session_t *s, tlsdiag_ctx *ctx,
                             uintptr_t which, char *text, size_t len)
{
  tlsdiag_client_hello hello = {.size = sizeof hello};
  const tlsdiag_cause *best = &judge(s, ctx)->causes[0];
  const char *name;

  if (which == JSON) {
    return json(s, ctx, text, len);
  }
  if (which == CONFIDENCE) {
    return (size_t)(ngx_snprintf((u_char *)text, len, "%ud", best->confidence) -
                    (u_char *)text);
  }
  if (which == SNI || which == JA4) {
    if (ctx->hello.len == 0) {
      return 0;
    }
    tlsdiag_client_hello_decode(ctx->hello.ptr, ctx->hello.len, ctx->format,
                                &hello, NULL);
    if (which == JA4) {
      return tlsdiag_ja4(&hello, text, len) == 0 ? ngx_strlen(text) : 0;
    }
    len = ngx_min(len, hello.server_name.len);
    ngx_memcpy(text, hello.server_name.ptr, len);
    return len;
  }
  name = which == CAUSE ? tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, best->id)
                        : tlsdiag_name(TLSDIAG_REGISTRY_PARTY, best->party);
  len = ngx_min(len, ngx_strlen(name));
  ngx_memcpy(text, name, len);
  return len;
}

static ngx_int_t get_variable(ngx_stream_session_t *s,
                              ngx_stream_variable_value_t *v, uintptr_t which)
{
  tlsdiag_ctx *ctx = ctx_of(s);
  size_t room = which == JSON ? 16384 : 256, len = 0;
  char *text = ctx != NULL ? ngx_pnalloc(s->connection->pool, room) : NULL;

  if (text != NULL) {
    len = print_variable(s, ctx, which, text, room);
  }
  v->not_found = len == 0 || len > room;
  v->valid = !v->not_found;
  v->data = (u_char *)text;
  v->len = (unsigned)len;
  return NGX_OK;
}

static const struct {
  ngx_str_t name;
  uintptr_t which;
} variables[] = {{ngx_string("tlsdiag_cause"), CAUSE},
                 {ngx_string("tlsdiag_party"), PARTY},
                 {ngx_string("tlsdiag_confidence"), CONFIDENCE},
                 {ngx_string("tlsdiag_sni"), SNI},
                 {ngx_string("tlsdiag_ja4"), JA4},
                 {ngx_string("tlsdiag_json"), JSON}};

static ngx_int_t add_variables(ngx_conf_t *cf)
{
  ngx_uint_t i;

  for (i = 0; i < sizeof variables / sizeof variables[0]; i++) {
    ngx_str_t name = variables[i].name;
    ngx_stream_variable_t *v =
        ngx_stream_add_variable(cf, &name, NGX_STREAM_VAR_NOCACHEABLE);

    if (v == NULL) {
      return NGX_ERROR;
    }
    v->get_handler = get_variable;
    v->data = variables[i].which;
  }
  return NGX_OK;
}

/* -- configuration -- */

static void *create_conf(ngx_conf_t *cf)
{
  tlsdiag_conf *conf = ngx_pcalloc(cf->pool, sizeof *conf);

  if (conf != NULL) {
    conf->on = NGX_CONF_UNSET;
  }
  return conf;
}

static char *merge_conf(ngx_conf_t *cf, void *parent, void *child)
{
  tlsdiag_conf *from = parent, *conf = child;

  (void)cf;
  ngx_conf_merge_value(conf->on, from->on, 0);
  return NGX_CONF_OK;
}

static ngx_int_t install(ngx_conf_t *cf)
{
  ngx_stream_core_main_conf_t *core =
      ngx_stream_conf_get_module_main_conf(cf, ngx_stream_core_module);
  ngx_stream_handler_pt *preread =
      ngx_array_push(&core->phases[NGX_STREAM_PREREAD_PHASE].handlers);
  ngx_stream_handler_pt *log =
      ngx_array_push(&core->phases[NGX_STREAM_LOG_PHASE].handlers);

  if (preread == NULL || log == NULL) {
    return NGX_ERROR;
  }
  *preread = on_preread;
  *log = on_log_phase;
  next_filter = ngx_stream_top_filter;
  ngx_stream_top_filter = on_data;
  return attach(cf);
}

static ngx_command_t commands[] = {
    {ngx_string("tlsdiag"),
     NGX_STREAM_MAIN_CONF | NGX_STREAM_SRV_CONF | NGX_CONF_FLAG,
     ngx_conf_set_flag_slot, NGX_STREAM_SRV_CONF_OFFSET,
     offsetof(tlsdiag_conf, on), NULL},
    ngx_null_command};

static ngx_stream_module_t context = {add_variables, install,     NULL,
                                      NULL,          create_conf, merge_conf};

ngx_module_t ngx_stream_tlsdiag_module = {
    NGX_MODULE_V1, &context, commands, NGX_STREAM_MODULE,
    NULL,          NULL,     NULL,     NULL,
    NULL,          NULL,     NULL,     NGX_MODULE_V1_PADDING};
