/* mod_tlsdiag.c: why TLS handshakes with this Apache server fail.
 *
 *   TLSDiag on             in the main server: one warning in the error log
 * each TLSDiagLog FILE        and there one JSON line each
 *
 * mod_ssl offers each SSL_CTX it makes through an optional hook; what happens
 * on it is watched from there. */
#include <httpd.h>
#include <http_config.h>
#include <http_connection.h>
#include <http_log.h>
#include <http_protocol.h>
#include <apr_strings.h>
#include <apr_time.h>
#include <mod_ssl_openssl.h>
#include <tlsdiag/openssl.h>
#include "verdict_json.h"

typedef struct {
  int on;
  const char *log_name;
  apr_file_t *log;
} tlsdiag_conf;

module AP_MODULE_DECLARE_DATA tlsdiag_module;

static uint64_t now_us(void)
{
  return (uint64_t)apr_time_now();
}

static const char *name_of(unsigned registry, unsigned value)
{
  const char *name = tlsdiag_name(registry, value);

  return name != NULL ? name : "-";
}

/* The requested name, or "-": bytes off the wire may hold anything, so it is
 * escaped. */
static const char *server_name(apr_pool_t *pool,
                               const tlsdiag_client_hello *hello)
{
  char *name = apr_pstrmemdup(pool, (const char *)hello->server_name.ptr,
                              hello->server_name.len);

  return hello->server_name.len > 0 ? ap_escape_logitem(pool, name) : "-";
}

static void log_json(tlsdiag_conf *conf, const char *client, SSL *ssl,
                     const tlsdiag_verdict *verdict)
{
  struct verdict_line line = {
      .client = client, .flow = tlsdiag_ssl_flow(ssl), .verdict = verdict};
  char text[16384];
  apr_size_t len;

  tlsdiag_ssl_client_hello(ssl, &line.format, &line.hello);
  len = verdict_json(&line, text, sizeof text - 1);
  if (conf->log != NULL && len < sizeof text - 1) {
    text[len++] = '\n';
    apr_file_write(conf->log, text, &len); /* opened to append: one write */
  }
}

static void on_report(SSL *ssl, const tlsdiag_verdict *verdict, void *arg)
{
  server_rec *server = arg;
  tlsdiag_conf *conf =
      ap_get_module_config(server->module_config, &tlsdiag_module);
  conn_rec *c = SSL_get_app_data(ssl); /* mod_ssl keeps it there */
  const tlsdiag_cause *best = &verdict->causes[0];
  tlsdiag_client_hello hello = {.size = sizeof hello};
  const char *client;
  tlsdiag_bytes msg;
  unsigned format, lowest;

  if (c == NULL || verdict->noise) {
    return;
  }
  if (tlsdiag_ssl_client_hello(ssl, &format, &msg) == TLSDIAG_STATUS_OK) {
    tlsdiag_client_hello_decode(msg.ptr, msg.len, format, &hello, NULL);
  }
  lowest = hello.version_min != 0 ? hello.version_min : hello.version_max;
  client =
      apr_psprintf(c->pool, "%s:%d", c->client_ip, (int)c->client_addr->port);
  ap_log_cerror(APLOG_MARK, APLOG_WARNING, 0, c,
                "tlsdiag: cause=%s confidence=%u party=%s stage=%s sni=%s "
                "versions=%s..%s advice=\"%s\"",
                name_of(TLSDIAG_REGISTRY_CAUSE, best->id), best->confidence,
                name_of(TLSDIAG_REGISTRY_PARTY, best->party),
                name_of(TLSDIAG_REGISTRY_STAGE, verdict->stage),
                server_name(c->pool, &hello),
                name_of(TLSDIAG_REGISTRY_VERSION, lowest),
                name_of(TLSDIAG_REGISTRY_VERSION, hello.version_max),
                tlsdiag_cause_text(best->id, TLSDIAG_SECTION_ADVICE));
  log_json(conf, client, ssl, verdict);
}

/* mod_ssl's hook: a context is configured. */
static int on_init_server(server_rec *server, apr_pool_t *pool, int is_proxy,
                          SSL_CTX *ctx)
{
  tlsdiag_conf *conf =
      ap_get_module_config(server->module_config, &tlsdiag_module);
  tlsdiag_ssl_options options = {.size = sizeof options,
                                 .report = on_report,
                                 .report_arg = server,
                                 .now_us = now_us};

  (void)pool;
  return is_proxy || !conf->on ||
                 tlsdiag_ssl_ctx_attach(ctx, &options) == TLSDIAG_STATUS_OK
             ? OK
             : HTTP_INTERNAL_SERVER_ERROR;
}

static int open_log(apr_pool_t *pool, apr_pool_t *plog, apr_pool_t *ptemp,
                    server_rec *server)
{
  (void)plog, (void)ptemp;
  for (; server != NULL; server = server->next) {
    tlsdiag_conf *conf =
        ap_get_module_config(server->module_config, &tlsdiag_module);
    if (conf->log_name != NULL && conf->log == NULL &&
        apr_file_open(&conf->log, ap_server_root_relative(pool, conf->log_name),
                      APR_WRITE | APR_APPEND | APR_CREATE, APR_OS_DEFAULT,
                      pool) != APR_SUCCESS) {
      ap_log_error(APLOG_MARK, APLOG_ERR, 0, server, "tlsdiag: cannot open %s",
                   conf->log_name);
      return HTTP_INTERNAL_SERVER_ERROR;
    }
  }
  return OK;
}

static void *create_conf(apr_pool_t *pool, server_rec *server)
{
  tlsdiag_conf *conf = apr_pcalloc(pool, sizeof *conf);

  (void)server;
  conf->on = -1;
  return conf;
}

static void *merge_conf(apr_pool_t *pool, void *base, void *add)
{
  tlsdiag_conf *conf = apr_pmemdup(pool, add, sizeof *conf);
  const tlsdiag_conf *parent = base;

  conf->on = conf->on < 0 ? parent->on : conf->on;
  conf->log_name = conf->log_name != NULL ? conf->log_name : parent->log_name;
  return conf;
}

static const char *set_on(cmd_parms *cmd, void *dir, int on)
{
  tlsdiag_conf *conf =
      ap_get_module_config(cmd->server->module_config, &tlsdiag_module);

  (void)dir;
  conf->on = on;
  return NULL;
}

static const char *set_log(cmd_parms *cmd, void *dir, const char *name)
{
  tlsdiag_conf *conf =
      ap_get_module_config(cmd->server->module_config, &tlsdiag_module);

  (void)dir;
  conf->log_name = name;
  return NULL;
}

static const command_rec commands[] = {
    AP_INIT_FLAG("TLSDiag", set_on, NULL, RSRC_CONF,
                 "whether failed handshakes are explained"),
    AP_INIT_TAKE1("TLSDiagLog", set_log, NULL, RSRC_CONF,
                  "file for one JSON line each"),
    {NULL, {NULL}, NULL, 0, RAW_ARGS, NULL}};

static void register_hooks(apr_pool_t *pool)
{
  (void)pool;
  APR_OPTIONAL_HOOK(ssl, init_server, on_init_server, NULL, NULL,
                    APR_HOOK_MIDDLE);
  ap_hook_open_logs(open_log, NULL, NULL, APR_HOOK_MIDDLE);
}

module AP_MODULE_DECLARE_DATA tlsdiag_module = {
    STANDARD20_MODULE_STUFF, NULL, NULL, create_conf, merge_conf, commands,
    register_hooks,          0};
