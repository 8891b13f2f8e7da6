/* alert.c: alerts, whose numbers OpenSSL tells even where the wire hides them.
 *
 * Which side sent one is told by the direction of the callback: the reason
 * code of an error does not say. */
#include <string.h>
#include <openssl/err.h>
#include "watch.h"

enum { ALERT = 21, DATA = 23, FATAL = 2 };

/* An alert that was protected on the wire.  A capture shows no more than that
 * there is one; here its number is known.  Warnings that end nothing are not
 * worth a hint. */
static void protected_alert(SSL *ssl, struct watch *watch, unsigned from,
                            int written, const uint8_t *msg)
{
  unsigned code = msg[1];
  tlsdiag_flow *flow;
  tlsdiag_hint hint;
  int client = (from == TLSDIAG_FROM_CLIENT) == (written != 0);

  if (msg[0] != FATAL && code != SSL_AD_NO_RENEGOTIATION &&
      code != SSL_AD_USER_CANCELLED) {
    if (!SSL_is_init_finished(ssl)) {
      watch_flush(ssl, watch, from);
    }
    watch->side[from].pending = 0;
    return;
  }
  watch->side[from].pending = 0;
  memset(&hint, 0, sizeof hint);
  hint.size = sizeof hint;
  hint.stack = TLSDIAG_STACK_OPENSSL;
  hint.alert = (uint16_t)code;
  hint.side = client ? TLSDIAG_PARTY_CLIENT : TLSDIAG_PARTY_SERVER;
  hint.nature = written ? TLSDIAG_NATURE_SENT : TLSDIAG_NATURE_RECEIVED;
  flow = watch_flow(ssl, watch);
  if (flow != NULL) {
    tlsdiag_flow_hint(flow, &hint, watch_now(watch));
  }
}

/* OpenSSL 3 answers the end of the stream with decode_error: the close came
 * first, the alert is its echo. */
static int close_before_alert(SSL *ssl, struct watch *watch, unsigned peer)
{
#ifdef SSL_R_UNEXPECTED_EOF_WHILE_READING
  unsigned long code = ERR_peek_last_error();
  tlsdiag_flow *flow;

  if (ERR_GET_LIB(code) == ERR_LIB_SSL &&
      ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    watch_feed_rest(ssl, watch, peer);
    flow = watch_flow(ssl, watch);
    if (flow != NULL) {
      tlsdiag_flow_close(flow, peer, TLSDIAG_CLOSE_FIN, watch_now(watch));
    }
    return 1;
  }
#else
  (void)ssl, (void)watch, (void)peer;
#endif
  return 0;
}

void watch_alert(SSL *ssl, struct watch *watch, unsigned from, int written,
                 const uint8_t *msg, size_t len)
{
  struct direction *side = &watch->side[from];

  if (len != 2) {
    return;
  }
  watch->any_alert |= msg[0] == FATAL;
  if (written && msg[0] == FATAL) {
    watch->own_alert = (uint8_t)(1 + msg[1]);
    watch_note_error(ssl, watch, 1);
    watch_flush(ssl, watch, 1 - from);
    if (close_before_alert(ssl, watch, 1 - from)) {
      side->pending = 0;
      return;
    }
  }
  if (side->shielded || side->header[0] == DATA) {
    protected_alert(ssl, watch, from, written, msg);
  } else {
    watch_plain(ssl, watch, from, ALERT, msg, len);
  }
}
