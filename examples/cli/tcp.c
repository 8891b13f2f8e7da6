#include "tcp.h"

#include <string.h>

enum {
  COPY_US = 200,        /* closer than any retransmission */
  COPY_ID_US = 100000,  /* the same IP-ID as well */
  WINDOW_MAX = 1 << 26, /* beyond: no segment of this stream */
  WINDOW_BEHIND = 1 << 20,
  FED_MAX = 256 << 10 /* no handshake is longer */
};

static int32_t seq_ahead(uint32_t a, uint32_t b)
{
  uint32_t d = a - b;

  return d <= INT32_MAX ? (int32_t)d : -(int32_t)(UINT32_MAX - d) - 1;
}

/* Captures on "any" interface or on a mirror port hold packets twice.  A copy
 * is not a retransmission and must not look like one. */
static int is_copy(const struct half *h, const struct packet *p)
{
  uint64_t apart = p->t_us - h->last_us;

  if (!(h->flags & HALF_SEEN) || p->seq != h->last_seq ||
      p->ack != h->last_ack || p->payload_wire != h->last_len ||
      p->tcp_flags != h->last_flags || p->ip_id != h->last_ip_id) {
    return 0;
  }
  return apart <= (p->ip_id != 0 ? COPY_ID_US : COPY_US);
}

static void remember(struct half *h, const struct packet *p)
{
  h->last_us = p->t_us;
  h->last_seq = p->seq;
  h->last_ack = p->ack;
  h->last_len = p->payload_wire;
  h->last_flags = p->tcp_flags;
  h->last_ip_id = p->ip_id;
  h->flags |= HALF_SEEN;
  if ((p->tcp_flags & (TCP_ACK | TCP_RST)) == TCP_ACK) {
    h->acked = p->ack;
    h->flags |= HALF_ACKS;
  }
}

/* What an acknowledgement says about where the other stream starts.  `h` is
 * the side that sent it. */
static void start_acked(const struct half *h, struct half *other,
                        const struct packet *p)
{
  int from_start = (h->flags & HALF_EXACT) && h->offset == 0;
  int32_t lead;

  if (!(other->flags & HALF_STARTED)) {
    other->next = p->ack;
    other->flags |= HALF_STARTED;
    if ((p->tcp_flags & TCP_SYN) || from_start) {
      other->flags |= HALF_EXACT;
    }
    return;
  }
  lead = seq_ahead(p->ack, other->next);
  if (from_start && !(p->tcp_flags & TCP_SYN) && !(other->flags & HALF_FED) &&
      other->held == NULL && (lead > WINDOW_MAX || lead < -WINDOW_BEHIND)) {
    other->next = p->ack; /* several SYN/ACKs: this one was believed */
  }
}

/* Learns where a stream starts: from its SYN, else from what the other side
 * acknowledges, else from its first segment. */
static void start(struct conn *c, unsigned side, const struct packet *p)
{
  struct half *h = &c->half[side];

  if ((p->tcp_flags & TCP_SYN) && !(h->flags & HALF_FED)) {
    h->next = p->seq + 1;
    h->offset = 0;
    h->flags |= HALF_STARTED | HALF_EXACT;
  } else if (!(h->flags & HALF_STARTED)) {
    h->next = p->seq;
    h->flags |= HALF_STARTED;
  }
  if ((p->tcp_flags & (TCP_ACK | TCP_RST)) == TCP_ACK) {
    start_acked(h, &c->half[!side], p);
  }
}

/* RFC 8446 section 5.1 and RFC 5246 appendix E.2: what a ClientHello and a
 * ServerHello look like at the start of a stream. */
static unsigned first_message(const uint8_t *at, size_t len)
{
  if (len >= 6 && at[0] == 22 && at[1] == 3) {
    return at[5];
  }
  if (len >= 5 && (at[0] & 0x80) && at[2] == 1 &&
      (at[3] == 3 || (at[3] == 0 && at[4] == 2))) {
    return 1;
  }
  return 0;
}

/* Without a SYN the first payload tells who is the client: a hello does, else
 * the side with the lower port is taken for the server. */
static void settle_client(struct watchpool *pool, struct conn *c, unsigned side,
                          const struct packet *p)
{
  unsigned message = first_message(p->payload, p->payload_len);

  if (c->client == SIDE_UNKNOWN) {
    if (p->tcp_flags & TCP_SYN) {
      c->client = (uint8_t)(p->tcp_flags & TCP_ACK ? !side : side);
    } else if (p->payload_len > 0) {
      c->client = (uint8_t)(message == 1                             ? side
                            : message == 2                           ? !side
                            : c->key.port[side] < c->key.port[!side] ? !side
                                                                     : side);
    }
    return;
  }
  /* TCP's roles are not always TLS's: in active FTP the server connects and
   * the client says hello on the connection it accepted. */
  if (message == 1 && side != c->client && c->watch != NULL &&
      !((c->half[0].flags | c->half[1].flags) & HALF_FED)) {
    c->client = (uint8_t)side;
    watch_restart(pool, c->watch, c->key.proto);
  }
}

static void tell_segment(struct conn *c, unsigned side, const struct packet *p)
{
  const struct half *h = &c->half[side];
  uint32_t first = p->seq + (p->tcp_flags & TCP_SYN ? 1 : 0);
  int32_t ahead = seq_ahead(first, h->next);
  tlsdiag_segment seg;

  memset(&seg, 0, sizeof seg);
  seg.size = sizeof seg;
  seg.from = (uint8_t)conn_from(c, side);
  seg.tcp_flags = p->tcp_flags;
  seg.ttl = p->hops;
  seg.ip_id = p->ip_id;
  seg.window = p->window;
  seg.mss = p->mss;
  seg.payload_len = p->payload_wire;
  seg.seq = half_offset(h, first);
  seg.ack = half_offset(&c->half[!side], p->ack);
  seg.t_us = p->t_us;
  if (ahead > WINDOW_MAX || ahead < -WINDOW_BEHIND) {
    seg.flags |= TLSDIAG_SEGMENT_OUT_OF_WINDOW;
  } else if (p->payload_wire > 1 && ahead < 0) {
    seg.flags |= TLSDIAG_SEGMENT_RETRANSMITTED;
  } else if (p->payload_wire == 1 && ahead < -1) {
    seg.flags |= TLSDIAG_SEGMENT_RETRANSMITTED; /* -1 is a keepalive */
  }
  if (p->dont_fragment) {
    seg.flags |= TLSDIAG_SEGMENT_DONT_FRAGMENT;
  }
  if (!p->has_ip_id) {
    seg.flags |= TLSDIAG_SEGMENT_NO_IP_ID;
  }
  watch_segment(c->watch, &seg, p->frame);
}

static void close_half(struct conn *c, unsigned side, unsigned how,
                       uint64_t t_us, uint64_t frame)
{
  struct half *h = &c->half[side];

  if (h->flags & HALF_CLOSED) {
    return;
  }
  h->flags |= HALF_CLOSED;
  if (c->watch != NULL && c->client != SIDE_UNKNOWN) {
    watch_close(c->watch, conn_from(c, side), how, t_us, frame);
  }
}

/* A FIN counts once everything before it has been delivered. */
static void try_fin(struct conn *c, unsigned side, uint64_t t_us,
                    uint64_t frame)
{
  struct half *h = &c->half[side];

  if ((h->flags & HALF_FIN) && seq_ahead(h->next, h->fin_seq) >= 0) {
    close_half(c, side, TLSDIAG_CLOSE_FIN, t_us, frame);
  }
}

/* Once application data flows both ways, a connection teaches nothing more
 * until it closes. */
static void try_lean(struct streams *s, struct conn *c)
{
  const struct watch *w = c->watch;

  if (w->data_seen == 3 || w->data_bytes > FED_MAX) {
    c->flags |= CONN_LEAN;
    stream_forget(s, &c->half[0]);
    stream_forget(s, &c->half[1]);
  }
}

static void take_payload(struct streams *s, struct conn *c, unsigned side,
                         const struct packet *p)
{
  struct half *h = &c->half[side];
  struct piece piece;

  piece.bytes = p->payload;
  piece.len = p->payload_len;
  piece.wire = p->payload_wire;
  piece.seq = p->seq + (p->tcp_flags & TCP_SYN ? 1 : 0);
  piece.t_us = p->t_us;
  piece.frame = p->frame;
  if (seq_ahead(piece.seq, h->next) > WINDOW_MAX ||
      seq_ahead(piece.seq, h->next) < -WINDOW_BEHIND) {
    return;
  }
  stream_take(s, c, side, piece);
  try_fin(c, side, p->t_us, p->frame);
  if (c->watch != NULL) {
    try_lean(s, c);
  }
}

/* `side` is the one whose bytes are acknowledged.  A FIN ends the time in
 * which packets that came late to the capture can be hoped for. */
static void take_ack(struct streams *s, struct conn *c, unsigned side,
                     const struct packet *p)
{
  stream_acked(s, c, side, p->ack, (p->tcp_flags & TCP_FIN) != 0, p->t_us,
               p->frame);
  try_fin(c, side, p->t_us, p->frame);
}

static void take_close(struct streams *s, struct conn *c, unsigned side,
                       const struct packet *p)
{
  struct half *h = &c->half[side];
  uint32_t first = p->seq + (p->tcp_flags & TCP_SYN ? 1 : 0);

  if ((c->flags & CONN_LEAN)) {
    h->next = first + p->payload_wire;
  }
  if (p->tcp_flags & TCP_FIN) {
    h->flags |= HALF_FIN;
    h->fin_seq = first + p->payload_wire;
    try_fin(c, side, p->t_us, p->frame);
  }
  if ((p->tcp_flags & TCP_RST) && seq_ahead(first, h->next) <= WINDOW_MAX &&
      seq_ahead(first, h->next) >= -WINDOW_BEHIND) {
    if (!(c->flags & CONN_LEAN)) {
      stream_flush(s, c, side, p->t_us, p->frame);
    }
    try_fin(c, side, p->t_us, p->frame);
    close_half(c, side, TLSDIAG_CLOSE_RST, p->t_us, p->frame);
    h->flags |= HALF_RESET;
  }
}

static enum tcp_end_kind has_closed(const struct conn *c)
{
  unsigned both = c->half[0].flags & c->half[1].flags;

  if ((c->half[0].flags | c->half[1].flags) & HALF_RESET) {
    return TCP_RESET;
  }
  return both & HALF_CLOSED ? TCP_CLOSED : TCP_OPEN;
}

int tcp_is_reuse(const struct conn *c, unsigned side, const struct packet *p)
{
  const struct half *h = &c->half[side];

  if ((p->tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST)) != TCP_SYN ||
      !(h->flags & HALF_STARTED)) {
    return 0;
  }
  return h->offset != 0 || p->seq + 1 != h->next || has_closed(c) != TCP_OPEN;
}

/* What a connection under way does not need any more with each segment. */
static void settle(struct watchpool *pool, struct conn *c, unsigned side,
                   const struct packet *p)
{
  unsigned both = c->half[0].flags & c->half[1].flags;

  if ((both & HALF_STARTED) && (both & HALF_FED) && !(p->tcp_flags & TCP_SYN)) {
    return;
  }
  start(c, side, p);
  settle_client(pool, c, side, p);
}

enum tcp_end_kind tcp_take(struct streams *s, struct watchpool *pool,
                           struct conn *c, unsigned side,
                           const struct packet *p)
{
  struct half *h = &c->half[side];

  if (is_copy(h, p)) {
    s->num_copies++;
    return TCP_OPEN;
  }
  settle(pool, c, side, p);
  remember(h, p);
  if (c->watch != NULL && c->client != SIDE_UNKNOWN) {
    tell_segment(c, side, p);
  }
  if (!(c->flags & CONN_LEAN)) {
    if ((p->tcp_flags & (TCP_ACK | TCP_RST)) == TCP_ACK) {
      take_ack(s, c, !side, p);
    }
    if (p->payload_wire > 0) {
      take_payload(s, c, side, p);
    }
  }
  if (p->tcp_flags & (TCP_FIN | TCP_RST)) {
    take_close(s, c, side, p);
  }
  return has_closed(c);
}

/* The direction whose held segments came first; the client's if none is
 * held. */
static unsigned flush_first(const struct conn *c)
{
  const struct held *a = c->half[0].held;
  const struct held *b = c->half[1].held;

  if (a == NULL || b == NULL) {
    return a == NULL && b == NULL ? c->client : a == NULL;
  }
  return b->frame < a->frame;
}

void tcp_end(struct streams *s, struct conn *c, uint64_t t_us, uint64_t frame)
{
  unsigned first;
  unsigned last;

  if (c->watch == NULL || c->client == SIDE_UNKNOWN) {
    return;
  }
  first = flush_first(c);
  stream_flush(s, c, first, t_us, frame);
  try_fin(c, first, t_us, frame);
  stream_flush(s, c, !first, t_us, frame);
  try_fin(c, !first, t_us, frame);
  if (has_closed(c) == TCP_OPEN) {
    /* What was left half sent counts: the server's, unless it had closed. */
    last = c->half[!c->client].flags & HALF_CLOSED ? c->client : !c->client;
    close_half(c, last, TLSDIAG_CLOSE_END_OF_CAPTURE, t_us, frame);
  }
}
