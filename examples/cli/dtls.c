#include "dtls.h"

#include "stream.h"
#include "watch.h"

enum {
  RECORD_HEADER = 13,
  CLIENT_HELLO = 1,
  SERVER_HELLO = 2,
  HELLO_VERIFY_REQUEST = 3,
  FED_MAX = 64 << 10 /* no handshake is longer */
};

int dtls_is_record(const uint8_t *at, size_t len)
{
  return len > 0 && at[0] >= 20 && at[0] <= 63;
}

/* RFC 6347 section 4.1: type, version (254.x, or 1.0 of the first OpenSSL),
 * epoch 0, sequence number, length; then the handshake type. */
int dtls_is_hello(const uint8_t *at, size_t len)
{
  return len > RECORD_HEADER && at[0] == 22 &&
         (at[1] == 0xfe || (at[1] == 1 && at[2] == 0)) && at[3] == 0 &&
         at[4] == 0 && at[RECORD_HEADER] >= CLIENT_HELLO &&
         at[RECORD_HEADER] <= HELLO_VERIFY_REQUEST;
}

void dtls_take(struct conn *c, unsigned side, const struct packet *p)
{
  struct half *h = &c->half[side];
  struct watch *w = c->watch;

  if (w == NULL || (c->flags & CONN_LEAN)) {
    return;
  }
  if (c->client == SIDE_UNKNOWN) {
    c->client =
        (uint8_t)(p->payload[RECORD_HEADER] == CLIENT_HELLO ? side : !side);
  }
  h->flags |= HALF_FED;
  h->offset += p->payload_wire;
  watch_feed(w, conn_from(c, side), p->t_us, p->payload, p->payload_len,
             p->frame);
  if (w->data_bytes > FED_MAX) {
    c->flags |= CONN_LEAN;
  }
}

void dtls_end(struct conn *c, uint64_t t_us, uint64_t frame)
{
  if (c->watch != NULL && c->client != SIDE_UNKNOWN) {
    watch_close(c->watch, TLSDIAG_FROM_SERVER, TLSDIAG_CLOSE_END_OF_CAPTURE,
                t_us, frame);
  }
}
