/* ngx_http_tlsdiag_module.c: why TLS handshakes with this server fail.
 *
 *   tlsdiag on;                in http {}: one warning in the error log for
 * each tlsdiag_log FILE;          and there one JSON line for each
 *
 *   $tlsdiag_cause $tlsdiag_party $tlsdiag_confidence $tlsdiag_ja3 $tlsdiag_ja4
 *
 * nginx lets some failures through its handshake, to answer them in HTTP: a
 * plain request on a TLS port, and a missing or bad client certificate.  They
 * are told in the log phase. */
#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include "ngx_tlsdiag_log.h"
#include "verdict_json.h"

typedef struct {
  ngx_flag_t on;
  ngx_open_file_t *log;
} tlsdiag_conf;

extern ngx_module_t ngx_http_tlsdiag_module;

/* -- the lines -- */

static const char *cause_name(unsigned cause)
{
  return tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, cause);
}

/* The decoded hello of a connection; 0 when there is none. */
static int hello_of(SSL *ssl, tlsdiag_client_hello *hello, unsigned *format,
                    tlsdiag_bytes *msg)
{
  ngx_memzero(hello, sizeof *hello);
  hello->size = sizeof *hello;
  if (ssl == NULL || tlsdiag_ssl_client_hello(ssl, format, msg) != 0) {
    return 0;
  }
  tlsdiag_client_hello_decode(msg->ptr, msg->len, *format, hello, NULL);
  return 1;
}

static void log_json(tlsdiag_conf *conf, ngx_connection_t *c, SSL *ssl,
                     const tlsdiag_verdict *verdict)
{
  static char text[16384];
  struct verdict_line line = {.flow = tlsdiag_ssl_flow(ssl),
                              .verdict = verdict};
  u_char client[NGX_SOCKADDR_STRLEN + 1], server[NGX_SOCKADDR_STRLEN + 1];
  ngx_str_t name = {NGX_SOCKADDR_STRLEN, server};
  size_t len;

  len = ngx_sock_ntop(c->sockaddr, c->socklen, client, NGX_SOCKADDR_STRLEN, 1);
  client[len] = '\0';
  if (ngx_connection_local_sockaddr(c, &name, 1) == NGX_OK) {
    server[name.len] = '\0';
    line.server = (const char *)server;
  }
  line.client = (const char *)client;
  if (ssl != NULL) {
    tlsdiag_ssl_client_hello(ssl, &line.format, &line.hello);
  }
  len = verdict_json(&line, text, sizeof text - 1);
  if (len < sizeof text - 1) {
    text[len++] = '\n';
    ngx_write_fd(conf->log->fd, text, len);
  }
}

static void log_failure(ngx_connection_t *c, SSL *ssl,
                        const tlsdiag_verdict *verdict)
{
  tlsdiag_conf *conf =
      ngx_http_cycle_get_module_main_conf(ngx_cycle, ngx_http_tlsdiag_module);
  tlsdiag_bytes msg = {NULL, 0};
  unsigned format = TLSDIAG_FORMAT_TLS;

  if (conf == NULL || !conf->on) {
    return;
  }
  if (ssl != NULL) {
    tlsdiag_ssl_client_hello(ssl, &format, &msg);
  }
  ngx_tlsdiag_log(c->log, &msg, format, verdict);
  if (conf->log != NULL) {
    log_json(conf, c, ssl, verdict);
  }
}

/* The adapter calls this when a handshake that failed is given up. */
static void on_report(SSL *ssl, const tlsdiag_verdict *verdict, void *arg)
{
  ngx_connection_t *c = ngx_ssl_get_connection(ssl);

  (void)arg;
  if (c != NULL && !verdict->noise) {
    log_failure(c, ssl, verdict);
  }
}

/* -- failures that become an HTTP answer -- */

/* ssl_verify_client in nginx's configuration of a server. */
enum { VERIFY_OFF, VERIFY_ON, VERIFY_OPTIONAL, VERIFY_OPTIONAL_NO_CA };

static SSL *ssl_of(ngx_http_request_t *r)
{
  return r->connection->ssl != NULL ? r->connection->ssl->connection : NULL;
}

/* What nginx itself found wrong with the client's certificate, as its own error
 * log words it.  It forgives what ssl_verify_client says it may: `optional` a
 * certificate that is not there, `optional_no_ca` also one of an unknown CA. */
static size_t certificate_error(ngx_http_request_t *r, SSL *ssl, char *text,
                                size_t len)
{
  ngx_http_ssl_srv_conf_t *conf =
      ngx_http_get_module_srv_conf(r, ngx_http_ssl_module);
  long result = SSL_get_verify_result(ssl);
  X509 *cert = SSL_get_peer_certificate(ssl);
  u_char *end = (u_char *)text;

  X509_free(cert);
  if (conf->verify == VERIFY_OFF || r->err_status != NGX_HTTP_BAD_REQUEST) {
    return 0;
  }
  if (result != X509_V_OK && (conf->verify != VERIFY_OPTIONAL_NO_CA ||
                              !ngx_ssl_verify_error_optional(result))) {
    end = ngx_snprintf((u_char *)text, len,
                       "client SSL certificate verify error: (%l:%s)", result,
                       X509_verify_cert_error_string(result));
  } else if (cert == NULL && conf->verify == VERIFY_ON) {
    end = ngx_snprintf((u_char *)text, len,
                       "client sent no required SSL certificate");
  }
  return (size_t)(end - (u_char *)text);
}

static void hint(tlsdiag_flow *flow, const char *text, size_t len)
{
  tlsdiag_hint hints[4];
  size_t count = 4, i;

  ngx_memzero(hints, sizeof hints);
  for (i = 0; i < 4; i++) {
    hints[i].size = sizeof hints[i];
  }
  tlsdiag_text_scan((const uint8_t *)text, len, hints, sizeof hints[0], &count);
  for (i = 0; i < count && i < 4; i++) {
    tlsdiag_flow_hint(flow, &hints[i], 0);
  }
}

/* 1 when the request is one that nginx refused for reasons of TLS. */
static int request_verdict(ngx_http_request_t *r, tlsdiag_verdict *verdict)
{
  tlsdiag_flow flow;
  const tlsdiag_flow *seen = &flow;
  SSL *ssl = ssl_of(r);
  char text[256];
  size_t len = ssl != NULL ? certificate_error(r, ssl, text, sizeof text) : 0;

  ngx_memzero(verdict, sizeof *verdict);
  verdict->size = sizeof *verdict;
  tlsdiag_flow_init(&flow, sizeof flow, NULL);
  if (ssl == NULL) { /* what the client sent instead of a hello */
    tlsdiag_flow_feed(&flow, TLSDIAG_FROM_CLIENT, 0, r->request_line.data,
                      r->request_line.len, NULL);
    tlsdiag_flow_close(&flow, TLSDIAG_FROM_SERVER, TLSDIAG_CLOSE_LOCAL, 0);
  } else if (len > 0) {
    hint(&flow, text, len);
  } else {
    seen = tlsdiag_ssl_flow(ssl);
  }
  if (seen != NULL) {
    tlsdiag_classify(seen, verdict);
  }
  return ssl == NULL || len > 0;
}

static ngx_int_t on_log_phase(ngx_http_request_t *r)
{
  tlsdiag_verdict verdict;

  if (r == r->main && r->http_connection->ssl && request_verdict(r, &verdict)) {
    log_failure(r->connection, ssl_of(r), &verdict);
  }
  return NGX_OK;
}

/* -- variables -- */

enum { CAUSE, PARTY, CONFIDENCE, JA3, JA4 };

static ngx_int_t get_variable(ngx_http_request_t *r,
                              ngx_http_variable_value_t *v, uintptr_t which)
{
  tlsdiag_client_hello hello;
  tlsdiag_verdict verdict;
  tlsdiag_bytes msg;
  unsigned format;
  char *text = ngx_pnalloc(r->pool, 64);
  int ok = text != NULL && r->http_connection->ssl;

  if (ok && (which == JA3 || which == JA4)) {
    ok = hello_of(ssl_of(r), &hello, &format, &msg) &&
         (which == JA3 ? tlsdiag_ja3(&hello, text, 64)
                       : tlsdiag_ja4(&hello, text, 64)) == 0;
  } else if (ok) {
    request_verdict(r, &verdict);
    if (which == CONFIDENCE) {
      *ngx_sprintf((u_char *)text, "%ud", verdict.causes[0].confidence) = '\0';
    } else {
      text = (char *)(uintptr_t)(which == CAUSE
                                     ? cause_name(verdict.causes[0].id)
                                     : tlsdiag_name(TLSDIAG_REGISTRY_PARTY,
                                                    verdict.causes[0].party));
    }
  }
  v->not_found = !ok;
  v->valid = ok;
  v->no_cacheable = 0;
  if (ok) {
    v->data = (u_char *)text;
    v->len = ngx_strlen(text);
  }
  return NGX_OK;
}

static const struct {
  ngx_str_t name;
  uintptr_t which;
} variables[] = {{ngx_string("tlsdiag_cause"), CAUSE},
                 {ngx_string("tlsdiag_party"), PARTY},
                 {ngx_string("tlsdiag_confidence"), CONFIDENCE},
                 {ngx_string("tlsdiag_ja3"), JA3},
                 {ngx_string("tlsdiag_ja4"), JA4}};

static ngx_int_t add_variables(ngx_conf_t *cf)
{
  ngx_uint_t i;

  for (i = 0; i < sizeof variables / sizeof variables[0]; i++) {
    ngx_str_t name = variables[i].name;
    ngx_http_variable_t *v = ngx_http_add_variable(cf, &name, 0);

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

static char *init_conf(ngx_conf_t *cf, void *raw)
{
  tlsdiag_conf *conf = raw;

  (void)cf;
  ngx_conf_init_value(conf->on, 0);
  return NGX_CONF_OK;
}

/* Each server {} with TLS has a context of its own. */
static ngx_int_t attach(ngx_conf_t *cf)
{
  tlsdiag_conf *conf =
      ngx_http_conf_get_module_main_conf(cf, ngx_http_tlsdiag_module);
  ngx_http_core_main_conf_t *core =
      ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
  ngx_http_core_srv_conf_t **servers = core->servers.elts;
  ngx_http_handler_pt *handler;
  ngx_uint_t i;

  if (!conf->on) {
    return NGX_OK;
  }
  for (i = 0; i < core->servers.nelts; i++) {
    ngx_http_ssl_srv_conf_t *ssl =
        servers[i]->ctx->srv_conf[ngx_http_ssl_module.ctx_index];

    if (ngx_tlsdiag_attach(cf, ssl->ssl.ctx, on_report) != NGX_OK) {
      return NGX_ERROR;
    }
  }
  handler = ngx_array_push(&core->phases[NGX_HTTP_LOG_PHASE].handlers);
  if (handler == NULL) {
    return NGX_ERROR;
  }
  *handler = on_log_phase;
  return NGX_OK;
}

static char *set_log(ngx_conf_t *cf, ngx_command_t *cmd, void *raw)
{
  tlsdiag_conf *conf = raw;
  ngx_str_t *words = cf->args->elts;

  (void)cmd;
  conf->log = ngx_conf_open_file(cf->cycle, &words[1]);
  return conf->log != NULL ? NGX_CONF_OK : NGX_CONF_ERROR;
}

static ngx_command_t commands[] = {
    {ngx_string("tlsdiag"), NGX_HTTP_MAIN_CONF | NGX_CONF_FLAG,
     ngx_conf_set_flag_slot, NGX_HTTP_MAIN_CONF_OFFSET,
     offsetof(tlsdiag_conf, on), NULL},
    {ngx_string("tlsdiag_log"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, set_log,
     NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},
    ngx_null_command};

static ngx_http_module_t context = {
    add_variables, attach, create_conf, init_conf, NULL, NULL, NULL, NULL};

ngx_module_t ngx_http_tlsdiag_module = {
    NGX_MODULE_V1, &context, commands, NGX_HTTP_MODULE,
    NULL,          NULL,     NULL,     NULL,
    NULL,          NULL,     NULL,     NGX_MODULE_V1_PADDING};
