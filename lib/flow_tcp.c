/* flow_tcp.c: what TCP says: who opened, who acknowledged what, who closed and
 * how, and whether a reset is the peer's own. */
#include "flow.h"
#include "versioned.h"

static void raise_count(struct flow *f, unsigned kind, unsigned from,
                        uint32_t size, uint64_t offset, uint32_t t)
{
  struct observed *o = observed_find(f, kind, from);

  if (o == NULL) {
    o = observe_at(f, kind, from, 0, 0, offset, t);
  }
  if (o != NULL) {
    o->a += o->a < UINT32_MAX;
    o->b = size > o->b ? size : o->b;
  }
}

static void note_syn(struct flow *f, const tlsdiag_segment *g, uint32_t t)
{
  struct side *s = &f->side[g->from];

  s->mss = g->mss;
  s->ttl = g->ttl;
  s->ip_id = g->ip_id;
  if (s->num_syns < UINT8_MAX) {
    s->num_syns++;
  }
  if ((g->tcp_flags & TLSDIAG_TCP_ACK) != 0) {
    if ((f->state & FLOW_SYN_ACK) == 0) {
      observe_at(f, TLSDIAG_OBS_SYN_ACK, g->from, g->mss, g->ttl, 0, t);
      f->rtt = t;
    }
    f->state |= FLOW_SYN_ACK;
    return;
  }
  if ((f->state & FLOW_SYN) != 0) {
    raise_count(f, TLSDIAG_OBS_SYN_REPEATED, g->from, 0, 0, t);
    return;
  }
  f->state |= FLOW_SYN;
  observe_at(f, TLSDIAG_OBS_SYN, g->from, g->mss, g->ttl, 0, t);
}

/* RFC 791 leaves the IP-ID to the sender.  Where it counted up before, a jump
 * far away is somebody else's; 0 with DF is what a kernel sends when it has no
 * socket left, and says nothing. */
static unsigned ip_id_evidence(const struct side *s, const tlsdiag_segment *g)
{
  uint16_t step = (uint16_t)(g->ip_id - s->ip_id);

  if ((s->flags & SIDE_ID_STEADY) == 0 || g->ip_id == 0 ||
      (g->flags & TLSDIAG_SEGMENT_NO_IP_ID) != 0 || step <= 4096) {
    return 0;
  }
  return TLSDIAG_PATH_IP_ID;
}

/* Every packet of one side starts from the same TTL and travels the same way,
 * give or take a hop where routes are shared out.  A forger is another number
 * of hops away, or another system with another TTL to start from. */
static unsigned ttl_evidence(const struct side *s, const tlsdiag_segment *g)
{
  unsigned lower = s->ttl < g->ttl ? s->ttl : g->ttl;
  unsigned higher = s->ttl < g->ttl ? g->ttl : s->ttl;

  return lower != 0 && higher - lower > 2 ? TLSDIAG_PATH_TTL : 0;
}

/* Sooner after the last byte of the other side than half the round trip that
 * the handshake of TCP took: it cannot have come from there. */
static unsigned speed_evidence(const struct flow *f, const tlsdiag_segment *g,
                               uint32_t t)
{
  const struct side *peer = &f->side[g->from ^ 1];

  if (g->from != TLSDIAG_FROM_SERVER || f->rtt < 500 || peer->sent == 0 ||
      peer->acked >= peer->sent) {
    return 0;
  }
  return t - peer->last_data < f->rtt / 2 ? TLSDIAG_PATH_TOO_FAST : 0;
}

/* A reset without ACK answers a packet that was not expected, with that
 * packet's acknowledgment as its number; any other stands at the next byte. */
static unsigned sequence_evidence(const struct side *s,
                                  const tlsdiag_segment *g)
{
  if ((g->flags & TLSDIAG_SEGMENT_OUT_OF_WINDOW) == 0 || s->num_segments == 0) {
    return 0;
  }
  return TLSDIAG_PATH_SEQUENCE;
}

/* A SYN, and a reset for an answer. */
static int is_refusal(const struct flow *f, const tlsdiag_segment *g)
{
  return g->from == TLSDIAG_FROM_SERVER &&
         (f->state & (FLOW_SYN | FLOW_SYN_ACK)) == FLOW_SYN &&
         f->side[g->from].num_segments == 0;
}

static void note_reset(struct flow *f, const tlsdiag_segment *g, uint32_t t)
{
  struct side *s = &f->side[g->from];
  const struct side *peer = &f->side[g->from ^ 1];
  unsigned bits;
  struct observed *o;

  if (is_refusal(f, g)) {
    if (observed_find(f, TLSDIAG_OBS_REFUSED, g->from) == NULL) {
      observe_at(f, TLSDIAG_OBS_REFUSED, g->from, 0, g->ttl, 0, t);
    }
    s->was_reset = RESET_SEEN;
    return;
  }
  bits = ttl_evidence(s, g) | ip_id_evidence(s, g) | sequence_evidence(s, g) |
         (s->was_reset == 0 ? speed_evidence(f, g, t) : 0);
  /* Nobody resets a connection that was just reset under him. */
  if (peer->was_reset != 0 && s->was_reset == 0 && peer->closed != 0) {
    bits |= TLSDIAG_PATH_BOTH_SIDES;
  }
  s->was_reset = RESET_SEEN;
  if (bits == 0) {
    if (s->sent != 0 && g->seq > s->sent + 1) { /* a FIN counts as a byte */
      s->was_reset = RESET_BEHIND_HOLE;
    }
    return;
  }
  o = observed_find(f, TLSDIAG_OBS_RESET_EVIDENCE, g->from);
  if (o == NULL) {
    o = observe_at(f, TLSDIAG_OBS_RESET_EVIDENCE, g->from, 0,
                   ((uint32_t)g->ttl << 8) | s->ttl, s->offset, t);
  }
  if (o != NULL) {
    o->a |= bits;
  }
}

/* IP-ID is steady once it has gone up by a little between two packets. */
static void learn_ip_id(struct side *s, const tlsdiag_segment *g)
{
  uint16_t step = (uint16_t)(g->ip_id - s->ip_id);

  if ((g->flags & TLSDIAG_SEGMENT_NO_IP_ID) != 0) {
    return;
  }
  if (s->num_segments >= 1 && step >= 1 && step <= 64) {
    s->flags |= SIDE_ID_STEADY;
  }
  s->ip_id = g->ip_id;
}

static void note_payload(struct flow *f, const tlsdiag_segment *g, uint32_t t)
{
  struct side *s = &f->side[g->from];
  uint64_t end = g->seq + g->payload_len;

  if (s->num_segments < UINT8_MAX) {
    s->num_segments++;
  }
  if (g->payload_len > s->largest) {
    s->largest =
        (uint16_t)(g->payload_len < UINT16_MAX ? g->payload_len : UINT16_MAX);
  }
  if (end > s->sent && end - s->sent < (1u << 30)) {
    s->sent = end;
  }
  s->last_data = t;
  if ((g->flags & TLSDIAG_SEGMENT_RETRANSMITTED) != 0 && s->finished == 0) {
    raise_count(f, TLSDIAG_OBS_RETRANSMITTED, g->from, g->payload_len, g->seq,
                t);
  }
  if (s->was_reset != 0 &&
      observed_find(f, TLSDIAG_OBS_DATA_AFTER_RESET, g->from) == NULL) {
    observe_at(f, TLSDIAG_OBS_DATA_AFTER_RESET, g->from, 0, 0, g->seq, t);
  }
}

int tlsdiag_flow_segment(tlsdiag_flow *flow, const tlsdiag_segment *segment)
{
  struct flow *f = flow_of(flow);
  tlsdiag_segment g;
  struct side *s;
  uint32_t t;

  if (flow == NULL ||
      versioned_in(&g, sizeof g, segment) != TLSDIAG_STATUS_OK || g.from > 1) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  t = flow_time(f, g.t_us);
  f->state |= FLOW_HAS_TCP;
  s = &f->side[g.from];
  s->flags |= SIDE_SEEN;
  if ((g.tcp_flags & TLSDIAG_TCP_ACK) != 0 &&
      g.ack > f->side[g.from ^ 1].acked && g.ack < (1ull << 48)) {
    f->side[g.from ^ 1].acked = g.ack;
  }
  if ((g.tcp_flags & TLSDIAG_TCP_RST) != 0) {
    note_reset(f, &g, t);
    return TLSDIAG_STATUS_OK;
  }
  if ((g.tcp_flags & TLSDIAG_TCP_SYN) != 0) {
    note_syn(f, &g, t);
    return TLSDIAG_STATUS_OK;
  }
  s->flags |= SIDE_BEYOND_SYN;
  if (s->ttl == 0) {
    s->ttl = g.ttl;
  }
  if (g.payload_len != 0) {
    note_payload(f, &g, t);
  }
  learn_ip_id(s, &g);
  return TLSDIAG_STATUS_OK;
}

/* ---- the end ---- */

static uint32_t silence_ms(const struct flow *f, uint32_t t)
{
  uint32_t last = f->side[0].last_data > f->side[1].last_data
                      ? f->side[0].last_data
                      : f->side[1].last_data;

  return t > last ? (t - last) / 100 : 0;
}

/* Bytes that had all the time to be acknowledged and were not. */
static void note_unacknowledged(struct flow *f, unsigned from, uint32_t t)
{
  const struct side *s = &f->side[from];

  if ((f->side[from ^ 1].flags & SIDE_SEEN) != 0 && s->sent > s->acked &&
      silence_ms(f, t) >= 500 &&
      observed_find(f, TLSDIAG_OBS_UNACKNOWLEDGED, from) == NULL) {
    observe_at(f, TLSDIAG_OBS_UNACKNOWLEDGED, from,
               saturate32(s->sent - s->acked), saturate32(s->sent), s->acked,
               t);
  }
}

/* Facts that only the end can tell. */
static void summarise(struct flow *f, unsigned closer, unsigned how, uint32_t t)
{
  unsigned from;

  for (from = 0; from < 2; from++) {
    /* A FIN ends its own direction only; any other end ends both. */
    if (from == closer || how != TLSDIAG_CLOSE_FIN) {
      first_bytes_end(f, from, t);
      if (f->side[from].mode == MODE_RECORDS) {
        message_cut(f, from, t);
      }
    }
    note_unacknowledged(f, from, t);
  }
  if ((f->state & FLOW_ENDED) != 0) {
    return;
  }
  f->state |= FLOW_ENDED;
  if ((f->state & FLOW_HAS_TCP) != 0 &&
      ((f->side[0].flags & SIDE_SEEN) == 0) !=
          ((f->side[1].flags & SIDE_SEEN) == 0)) {
    observe_at(f, TLSDIAG_OBS_ONE_SIDED, (f->side[1].flags & SIDE_SEEN) != 0, 0,
               0, 0, t);
  }
}

int tlsdiag_flow_close(tlsdiag_flow *flow, unsigned from, unsigned how,
                       uint64_t t_us)
{
  struct flow *f = flow_of(flow);
  struct side *s;
  uint32_t t;

  if (flow == NULL || from > 1 || how < TLSDIAG_CLOSE_FIN ||
      how > TLSDIAG_CLOSE_END_OF_CAPTURE) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  t = flow_time(f, t_us);
  s = &f->side[from];
  f->message = NULL;
  summarise(f, from, how, t);
  if (s->closed == TLSDIAG_CLOSE_RST || s->closed == how) {
    return TLSDIAG_STATUS_OK;
  }
  observe_at(f, TLSDIAG_OBS_CLOSE, from, how, silence_ms(f, t), s->offset, t);
  if (how == TLSDIAG_CLOSE_FIN || how == TLSDIAG_CLOSE_RST) {
    s->closed = (uint8_t)how;
    s->fin_at = s->offset;
  }
  if (how == TLSDIAG_CLOSE_RST && s->was_reset == 0) {
    s->was_reset = RESET_SEEN;
  }
  return TLSDIAG_STATUS_OK;
}
