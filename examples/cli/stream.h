/* stream.h: one direction of a TCP connection put in order.
 *
 * Bytes go to the library as soon as they are next.  Segments ahead of a hole
 * are held, within limits; a hole that the other side has acknowledged, or
 * that outlives the limits or the connection, is given up as a gap. */
#ifndef TLSDIAG_CLI_STREAM_H
#define TLSDIAG_CLI_STREAM_H

#include "conn.h"
#include "watch.h"

/* Shared by all connections of a capture. */
struct streams {
  size_t held_bytes;
  uint64_t num_out_of_order;
  uint64_t num_retransmitted;
  uint64_t num_gaps;
  uint64_t gap_bytes;
  uint64_t num_copies; /* the same packet captured twice */
};

/* A piece of a stream as it came off the wire. */
struct piece {
  const uint8_t *bytes;
  uint64_t t_us;
  uint64_t frame;
  uint32_t seq;
  uint32_t len;  /* captured */
  uint32_t wire; /* sent */
};

/* TLSDIAG_FROM_* of an endpoint of the key. */
unsigned conn_from(const struct conn *c, unsigned side);

/* Stream offset of a sequence number; 0 for what lies before the start. */
uint64_t half_offset(const struct half *h, uint32_t seq);

void stream_take(struct streams *s, struct conn *c, unsigned side,
                 struct piece piece);
/* The other side acknowledged everything below `ack`.  at_once: a hole is
 * given up without waiting for packets that may come late. */
void stream_acked(struct streams *s, struct conn *c, unsigned side,
                  uint32_t ack, int at_once, uint64_t t_us, uint64_t frame);
/* Gives up every hole and delivers what was held behind it. */
void stream_flush(struct streams *s, struct conn *c, unsigned side,
                  uint64_t t_us, uint64_t frame);
/* Frees what is held without delivering it. */
void stream_forget(struct streams *s, struct half *h);

#endif
