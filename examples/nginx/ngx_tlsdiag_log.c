/* ngx_tlsdiag_log.c: see ngx_tlsdiag_log.h. */
#include "ngx_tlsdiag_log.h"

static const char *version_name(unsigned version)
{
  const char *name = tlsdiag_name(TLSDIAG_REGISTRY_VERSION, version);

  return name != NULL ? name : "-";
}

/* A name off the wire may hold anything; the error log escapes nothing. */
static int is_plain_name(const tlsdiag_bytes *name)
{
  size_t i;

  for (i = 0; i < name->len; i++) {
    if (name->ptr[i] <= ' ' || name->ptr[i] > '~') {
      return 0;
    }
  }
  return name->len > 0 && name->len < 256;
}

void ngx_tlsdiag_log(ngx_log_t *log, const tlsdiag_bytes *msg, unsigned format,
                     const tlsdiag_verdict *verdict)
{
  const tlsdiag_cause *best = &verdict->causes[0];
  tlsdiag_client_hello hello = {.size = sizeof hello};

  if (msg->len > 0) {
    tlsdiag_client_hello_decode(msg->ptr, msg->len, format, &hello, NULL);
  }
  if (!is_plain_name(&hello.server_name)) {
    hello.server_name.ptr = (const uint8_t *)"-";
    hello.server_name.len = 1;
  }
  ngx_log_error(NGX_LOG_WARN, log, 0,
                "tlsdiag: cause=%s confidence=%ud party=%s stage=%s sni=%*s "
                "versions=%s..%s advice=\"%s\"",
                tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, best->id),
                best->confidence,
                tlsdiag_name(TLSDIAG_REGISTRY_PARTY, best->party),
                tlsdiag_name(TLSDIAG_REGISTRY_STAGE, verdict->stage),
                hello.server_name.len, hello.server_name.ptr,
                /* Before TLS 1.3 a hello names its highest version only. */
                version_name(hello.version_min != 0 ? hello.version_min
                                                    : hello.version_max),
                version_name(hello.version_max),
                tlsdiag_cause_text(best->id, TLSDIAG_SECTION_ADVICE));
}

uint64_t ngx_tlsdiag_now_us(void)
{
  ngx_time_t *now = ngx_timeofday();

  return (uint64_t)now->sec * 1000000 + (uint64_t)now->msec * 1000;
}

ngx_int_t ngx_tlsdiag_attach(ngx_conf_t *cf, SSL_CTX *ctx,
                             tlsdiag_ssl_report report)
{
  tlsdiag_ssl_options opts = {
      .size = sizeof opts, .report = report, .now_us = ngx_tlsdiag_now_us};
  int rc = ctx == NULL ? TLSDIAG_STATUS_OK : tlsdiag_ssl_ctx_attach(ctx, &opts);

  if (rc != TLSDIAG_STATUS_OK) {
    ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "tlsdiag: cannot attach: %d", rc);
    return NGX_ERROR;
  }
  return NGX_OK;
}
