/* diagnose.c: what OpenSSL knows at the end, told to the flow; the answer. */
#include <errno.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include "watch.h"

enum { MAX_HINTS = 4, ALERT_OFFSET = 1000 };

/* The queue holds what this thread met since it was last cleared; the first
 * entry of the TLS code names the fault, later ones follow from it. */
static unsigned long first_tls_error(void)
{
  unsigned long first = ERR_peek_error();
  unsigned long last = ERR_peek_last_error();

  return ERR_GET_LIB(first) != ERR_LIB_SSL && ERR_GET_LIB(last) == ERR_LIB_SSL
             ? last
             : first;
}

static int is_waiting(int kind)
{
  return kind != SSL_ERROR_SSL && kind != SSL_ERROR_SYSCALL &&
         kind != SSL_ERROR_ZERO_RETURN;
}

void watch_note_error(SSL *ssl, struct watch *watch, int ret)
{
  int saved = errno;
  int kind = SSL_get_error(ssl, ret);

  if (watch->error_code == 0) {
    watch->error_code = (uint32_t)first_tls_error();
  }
  if (is_waiting(watch->error_kind)) {
    watch->error_kind = kind;
    watch->error_errno = kind == SSL_ERROR_SYSCALL ? saved : 0;
  }
  errno = saved;
}

static int reason_of(const struct watch *watch)
{
  return ERR_GET_LIB(watch->error_code) == ERR_LIB_SSL
             ? ERR_GET_REASON(watch->error_code)
             : 0;
}

static int is_eof(const struct watch *watch)
{
#ifdef SSL_R_UNEXPECTED_EOF_WHILE_READING
  if (reason_of(watch) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    return 1;
  }
#endif
  return watch->error_kind == SSL_ERROR_SYSCALL ||
         watch->error_kind == SSL_ERROR_ZERO_RETURN;
}

/* Reasons from 1000 on only repeat the alert that was received, and that was
 * fed as it came; a failed verification speaks by its result. */
static void hint_error(const SSL *ssl, struct watch *watch, tlsdiag_flow *flow)
{
  tlsdiag_hint hints[MAX_HINTS];
  size_t count = MAX_HINTS, i;
  char text[256];
  int reason = reason_of(watch);

  if (watch->error_code == 0 || reason >= ALERT_OFFSET || is_eof(watch) ||
      reason == SSL_R_CERTIFICATE_VERIFY_FAILED || watch->not_tls) {
    return; /* of what is not TLS the bytes say more than OpenSSL */
  }
  memset(hints, 0, sizeof hints);
  for (i = 0; i < MAX_HINTS; i++) {
    hints[i].size = sizeof hints[i];
  }
  ERR_error_string_n(watch->error_code, text, sizeof text);
  if (tlsdiag_text_scan((const uint8_t *)text, strlen(text), hints,
                        sizeof hints[0], &count) != TLSDIAG_STATUS_OK) {
    return;
  }
  for (i = 0; i < count && i < MAX_HINTS; i++) {
    hints[i].side = watch_own_side(ssl) == TLSDIAG_FROM_CLIENT
                        ? TLSDIAG_PARTY_CLIENT
                        : TLSDIAG_PARTY_SERVER;
    tlsdiag_flow_hint(flow, &hints[i], watch_now(watch));
  }
}

/* The verify result is set whether or not it mattered (SSL_VERIFY_NONE keeps
 * it too): it counts when this side ended the handshake for a certificate. */
static int certificate_refused(const struct watch *watch)
{
  switch (watch->own_alert - 1) {
  case SSL_AD_BAD_CERTIFICATE:
  case SSL_AD_UNSUPPORTED_CERTIFICATE:
  case SSL_AD_CERTIFICATE_REVOKED:
  case SSL_AD_CERTIFICATE_EXPIRED:
  case SSL_AD_CERTIFICATE_UNKNOWN:
  case SSL_AD_UNKNOWN_CA:
    return 1;
  default:
    return reason_of(watch) == SSL_R_CERTIFICATE_VERIFY_FAILED;
  }
}

/* Of a leaf that came alone and whose issuer is not known two things may be
 * true: the issuer is an intermediate that should have come along, or a root
 * that is not trusted. */
static int is_lone_leaf(const SSL *ssl, long result)
{
  STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
  X509 *leaf = sk_X509_num(chain) == 1 ? sk_X509_value(chain, 0) : NULL;

  return (result == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
          result == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE) &&
         leaf != NULL &&
         X509_NAME_cmp(X509_get_subject_name(leaf),
                       X509_get_issuer_name(leaf)) != 0;
}

/* What the verification means for the certificate of the other side. */
static void read_verify(const SSL *ssl, const struct watch *watch, int client,
                        tlsdiag_hint *hint)
{
  long result = SSL_get_verify_result(ssl);

  hint->code = (uint32_t)result;
  hint->cause[0] = verify_cause(result, !client);
  hint->weight[0] = 98;
  if (client && is_lone_leaf(ssl, result)) {
    hint->cause[0] = TLSDIAG_CAUSE_SERVER_CERTIFICATE_UNTRUSTED;
    hint->weight[0] = 72;
    hint->cause[1] = TLSDIAG_CAUSE_SERVER_CERTIFICATE_CHAIN_INCOMPLETE;
    hint->weight[1] = 70;
  } else if (hint->cause[0] == TLSDIAG_CAUSE_NONE &&
             reason_of(watch) == SSL_R_CERTIFICATE_VERIFY_FAILED) {
    /* The program's own callback said no, and not why. */
    hint->cause[0] = client ? TLSDIAG_CAUSE_SERVER_CERTIFICATE_REJECTED
                            : TLSDIAG_CAUSE_CLIENT_CERTIFICATE_REJECTED;
    hint->weight[0] = 90;
  }
}

static void hint_verify(const SSL *ssl, struct watch *watch, tlsdiag_flow *flow)
{
  int client = watch_own_side(ssl) == TLSDIAG_FROM_CLIENT;
  tlsdiag_hint hint;

  memset(&hint, 0, sizeof hint);
  read_verify(ssl, watch, client, &hint);
  if (!certificate_refused(watch) || hint.cause[0] == TLSDIAG_CAUSE_NONE) {
    return;
  }
  hint.size = sizeof hint;
  hint.stack = TLSDIAG_STACK_OPENSSL;
  hint.alert = 0xffff;
  hint.side = client ? TLSDIAG_PARTY_CLIENT : TLSDIAG_PARTY_SERVER;
  hint.nature = TLSDIAG_NATURE_DETECTED;
  hint.num_causes = hint.cause[1] == TLSDIAG_CAUSE_NONE ? 1 : 2;
  tlsdiag_flow_hint(flow, &hint, watch_now(watch));
}

static void close_flow(struct watch *watch, tlsdiag_flow *flow, unsigned own)
{
  uint64_t now = watch_now(watch);

  if (is_eof(watch)) {
    int reset = watch->error_errno == ECONNRESET || watch->error_errno == EPIPE;
    tlsdiag_flow_close(flow, 1 - own,
                       reset ? TLSDIAG_CLOSE_RST : TLSDIAG_CLOSE_FIN, now);
  } else if (watch->error_kind == SSL_ERROR_WANT_READ ||
             watch->error_kind == SSL_ERROR_WANT_WRITE) {
    tlsdiag_flow_close(flow, 1 - own, TLSDIAG_CLOSE_TIMEOUT, now);
  } else {
    tlsdiag_flow_close(flow, own, TLSDIAG_CLOSE_LOCAL, now);
  }
}

int watch_end(SSL *ssl, struct watch *watch, int ret)
{
  unsigned own = watch_own_side(ssl);
  tlsdiag_flow *flow;

  if (watch->ended) {
    return watch->live;
  }
  if (ret <= 0) {
    watch_note_error(ssl, watch, ret);
  }
  watch_feed_rest(ssl, watch, 1 - own);
  watch->ended = 1;
  flow = watch_flow(ssl, watch);
  if (flow == NULL) {
    return 0;
  }
  hint_error(ssl, watch, flow);
  hint_verify(ssl, watch, flow);
  close_flow(watch, flow, own);
  return 1;
}

void watch_report(SSL *ssl, struct watch *watch)
{
  tlsdiag_verdict verdict;

  if (watch->opts.report == NULL || !watch->started || watch->ended ||
      (SSL_is_init_finished(ssl) && !watch->any_alert) ||
      !watch_end(ssl, watch, 1)) {
    return;
  }
  memset(&verdict, 0, sizeof verdict);
  verdict.size = sizeof verdict;
  tlsdiag_classify(watch->flow, &verdict);
  if (verdict.outcome == TLSDIAG_OUTCOME_FAILED ||
      verdict.outcome == TLSDIAG_OUTCOME_NOT_TLS) {
    watch->opts.report(ssl, &verdict, watch->opts.report_arg);
  }
}

/* After a success nothing is over: in TLS 1.3 a client is done before its
 * certificate is looked at. */
static int look(SSL *ssl, struct watch *watch, int ret)
{
  return ret > 0 ? watch_flow(ssl, watch) != NULL : watch_end(ssl, watch, ret);
}

int tlsdiag_ssl_diagnose(SSL *ssl, int ret, tlsdiag_verdict *out)
{
  struct watch *watch;
  int saved = errno, rc;

  if (ssl == NULL || out == NULL) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  watch = watch_of(ssl);
  if (watch == NULL) {
    watch = watch_make(ssl, 0);
  }
  if (watch == NULL || !look(ssl, watch, ret)) {
    rc = TLSDIAG_STATUS_E_ABSENT;
  } else {
    rc = tlsdiag_classify(watch->flow, out);
  }
  errno = saved;
  return rc;
}

const tlsdiag_flow *tlsdiag_ssl_flow(const SSL *ssl)
{
  struct watch *watch = ssl == NULL ? NULL : watch_of(ssl);

  return watch == NULL ? NULL : watch_flow((SSL *)(uintptr_t)ssl, watch);
}

int tlsdiag_ssl_client_hello(const SSL *ssl, unsigned *format,
                             tlsdiag_bytes *msg)
{
  const struct watch *watch;

  if (ssl == NULL || format == NULL || msg == NULL) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  watch = watch_of(ssl);
  if (watch == NULL || watch->hello_len == 0) {
    return TLSDIAG_STATUS_E_ABSENT;
  }
  if (watch->hello == NULL) {
    return TLSDIAG_STATUS_E_STORAGE;
  }
  *format = TLSDIAG_FORMAT_TLS;
  msg->ptr = watch->hello;
  msg->len = watch->hello_len;
  return TLSDIAG_STATUS_OK;
}
