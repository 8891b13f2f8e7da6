/* ngx_tlsdiag_log.h: what both modules do alike: they watch the TLS of a server
 * and write the line of the error log. */
#ifndef NGX_TLSDIAG_LOG_H
#define NGX_TLSDIAG_LOG_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <tlsdiag/openssl.h>

/* msg: the ClientHello, of length 0 if none is known. */
void ngx_tlsdiag_log(ngx_log_t *log, const tlsdiag_bytes *msg, unsigned format,
                     const tlsdiag_verdict *verdict);

uint64_t ngx_tlsdiag_now_us(void);

/* Has `report` called for handshakes that fail under ctx, which may be NULL. */
ngx_int_t ngx_tlsdiag_attach(ngx_conf_t *cf, SSL_CTX *ctx,
                             tlsdiag_ssl_report report);

#endif
