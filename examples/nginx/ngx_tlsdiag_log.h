/* ngx_tlsdiag_log.h: the line of the error log, the same for both modules. */
#ifndef NGX_TLSDIAG_LOG_H
#define NGX_TLSDIAG_LOG_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <tlsdiag/tlsdiag.h>

/* msg: the ClientHello, of length 0 if none is known. */
void ngx_tlsdiag_log(ngx_log_t *log, const tlsdiag_bytes *msg, unsigned format,
                     const tlsdiag_verdict *verdict);

#endif
