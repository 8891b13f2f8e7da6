#include "stream.h"

#include <stdlib.h>
#include <string.h>

/* What one direction and a whole capture may hold, counting a segment's own
 * overhead so that tiny segments are not free. */
enum {
  HOLD_OVERHEAD = 64,
  HOLD_DIRECTION = 128 << 10,
  HOLD_CAPTURE = 32 << 20,
  /* Packets may reach a capture a little out of order (several receive
   * queues): an acknowledged hole is given up only after a few more. */
  HOLE_PATIENCE = 4
};

unsigned conn_from(const struct conn *c, unsigned side)
{
  return side == c->client ? TLSDIAG_FROM_CLIENT : TLSDIAG_FROM_SERVER;
}

/* How far sequence number a lies ahead of b (RFC 9293 section 3.4). */
static int32_t seq_ahead(uint32_t a, uint32_t b)
{
  uint32_t d = a - b;

  return d <= INT32_MAX ? (int32_t)d : -(int32_t)(UINT32_MAX - d) - 1;
}

uint64_t half_offset(const struct half *h, uint32_t seq)
{
  int64_t offset = (int64_t)h->offset + seq_ahead(seq, h->next);

  return offset < 0 ? 0 : (uint64_t)offset;
}

static void step(struct half *h, uint32_t count)
{
  h->next += count;
  h->offset += count;
}

static void gap(struct streams *s, struct conn *c, unsigned side,
                uint32_t missing, uint64_t t_us, uint64_t frame)
{
  s->num_gaps++;
  s->gap_bytes += missing;
  if (c->watch != NULL) {
    watch_gap(c->watch, conn_from(c, side), t_us, missing, frame);
  }
  step(&c->half[side], missing);
}

/* Delivers a piece that starts at or before `next` and ends behind it. */
static void deliver(struct streams *s, struct conn *c, unsigned side,
                    struct piece p)
{
  struct half *h = &c->half[side];
  uint32_t old = h->next - p.seq;
  uint32_t known = old < p.len ? old : p.len;

  p.bytes += known;
  p.len -= known;
  p.wire -= old;
  if (p.len > 0) {
    h->flags |= HALF_FED;
    if (c->watch != NULL) {
      watch_feed(c->watch, conn_from(c, side), p.t_us, p.bytes, p.len, p.frame);
    }
    step(h, p.len);
  }
  if (p.wire > p.len) {
    gap(s, c, side, p.wire - p.len, p.t_us, p.frame);
  }
}

static void held_free(struct streams *s, struct half *h, struct held *held)
{
  s->held_bytes -= held->len + HOLD_OVERHEAD;
  h->held_bytes -= held->len + HOLD_OVERHEAD;
  free(held);
}

static struct piece held_piece(const struct held *held)
{
  struct piece p;

  p.bytes = held->bytes;
  p.t_us = held->t_us;
  p.frame = held->frame;
  p.seq = held->seq;
  p.len = held->len;
  p.wire = held->wire;
  return p;
}

static void drain(struct streams *s, struct conn *c, unsigned side)
{
  struct half *h = &c->half[side];

  while (h->held != NULL && seq_ahead(h->held->seq, h->next) <= 0) {
    struct held *held = h->held;

    h->held = held->next;
    if (seq_ahead(held->seq + held->wire, h->next) > 0) {
      deliver(s, c, side, held_piece(held));
    }
    held_free(s, h, held);
  }
  if (h->held == NULL) {
    h->waits = 0;
  }
}

/* Gives up the bytes before the first held segment, and what follows on from
 * there is delivered. */
static void skip_hole(struct streams *s, struct conn *c, unsigned side)
{
  struct half *h = &c->half[side];

  gap(s, c, side, h->held->seq - h->next, h->held->t_us, h->held->frame);
  h->waits = 0;
  drain(s, c, side);
}

static void hold(struct streams *s, struct conn *c, unsigned side,
                 const struct piece *p)
{
  struct half *h = &c->half[side];
  struct held **at = &h->held;
  struct held *held;

  while (*at != NULL && seq_ahead(p->seq, (*at)->seq) > 0) {
    at = &(*at)->next;
  }
  if (*at != NULL && (*at)->seq == p->seq && (*at)->len >= p->len) {
    s->num_retransmitted++;
    return;
  }
  held = malloc(sizeof *held + p->len);
  if (held == NULL) {
    return; /* the hole grows by one segment */
  }
  held->frame = p->frame;
  held->t_us = p->t_us;
  held->seq = p->seq;
  held->len = p->len;
  held->wire = p->wire;
  memcpy(held->bytes, p->bytes, p->len);
  held->next = *at;
  *at = held;
  h->held_bytes += p->len + HOLD_OVERHEAD;
  s->held_bytes += p->len + HOLD_OVERHEAD;
  s->num_out_of_order++;
  while (h->held != NULL &&
         (h->held_bytes > HOLD_DIRECTION || s->held_bytes > HOLD_CAPTURE)) {
    skip_hole(s, c, side);
  }
}

void stream_take(struct streams *s, struct conn *c, unsigned side,
                 struct piece p)
{
  struct half *h = &c->half[side];

  if (seq_ahead(p.seq, h->next) > 0) {
    hold(s, c, side, &p);
    return;
  }
  if (seq_ahead(p.seq + p.wire, h->next) <= 0) {
    s->num_retransmitted++;
    return;
  }
  deliver(s, c, side, p);
  drain(s, c, side);
}

void stream_acked(struct streams *s, struct conn *c, unsigned side,
                  uint32_t ack, int at_once, uint64_t t_us, uint64_t frame)
{
  struct half *h = &c->half[side];
  int32_t lead;

  if ((h->flags & HALF_FIN) && seq_ahead(ack, h->fin_seq) > 0) {
    ack = h->fin_seq;
  }
  lead = seq_ahead(ack, h->next);
  /* One more than the data is the acknowledgement of a FIN. */
  if (lead <= 1) {
    h->waits = 0;
    return;
  }
  h->waits++;
  if (h->waits <= HOLE_PATIENCE && !at_once) {
    return;
  }
  if (h->held == NULL) {
    gap(s, c, side, (uint32_t)lead, t_us, frame);
    h->waits = 0;
  } else if (seq_ahead(h->held->seq, ack) <= 0) {
    skip_hole(s, c, side);
  }
}

void stream_flush(struct streams *s, struct conn *c, unsigned side,
                  uint64_t t_us, uint64_t frame)
{
  struct half *h = &c->half[side];
  uint32_t ack = c->half[!side].acked;

  while (h->held != NULL) {
    skip_hole(s, c, side);
  }
  if ((h->flags & HALF_FIN) && seq_ahead(ack, h->fin_seq) > 0) {
    ack = h->fin_seq;
  }
  if ((c->half[!side].flags & HALF_ACKS) && seq_ahead(ack, h->next) > 1) {
    gap(s, c, side, ack - h->next, t_us, frame);
  }
}

void stream_forget(struct streams *s, struct half *h)
{
  while (h->held != NULL) {
    struct held *held = h->held;

    h->held = held->next;
    held_free(s, h, held);
  }
}
