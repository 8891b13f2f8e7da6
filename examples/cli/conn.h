/* conn.h: what the tool keeps of one connection while packets come in.
 *
 * Three parts, by how long they are needed: `struct conn` for as long as the
 * connection is known (small: a busy capture holds very many), `struct watch`
 * with the library's flow while the handshake can still teach something, and
 * `struct held` for segments that arrived ahead of a hole. */
#ifndef TLSDIAG_CLI_CONN_H
#define TLSDIAG_CLI_CONN_H

#include <tlsdiag/tlsdiag.h>

#include "packet.h"

struct connqueue;

/* Endpoints in a fixed order, so that both directions of a connection have one
 * key.  No padding: compared as bytes. */
struct conn_key {
  uint8_t addr[2][16];
  uint16_t port[2];
  uint8_t family;
  uint8_t proto;
  uint8_t zero[2];
};

/* A segment that is ahead of what its direction is waiting for. */
struct held {
  struct held *next; /* by sequence number */
  uint64_t frame;
  uint64_t t_us;
  uint32_t seq;
  uint32_t len;  /* captured */
  uint32_t wire; /* sent */
  uint8_t bytes[];
};

enum {
  HALF_STARTED = 0x01, /* `next` is known */
  HALF_EXACT = 0x02,   /* its stream is seen from the first byte on */
  HALF_FIN = 0x04,     /* fin_seq is known */
  HALF_CLOSED = 0x08,  /* the library was told */
  HALF_SEEN = 0x10,    /* a packet of this side was seen */
  HALF_FED = 0x20,     /* payload of this side was delivered */
  HALF_ACKS = 0x40,    /* `acked` is set */
  HALF_RESET = 0x80    /* this side sent a reset */
};

/* One direction. */
struct half {
  uint64_t offset;  /* stream offset of `next` */
  uint64_t last_us; /* newest packet, to know a copy of it */
  struct held *held;
  uint32_t next; /* sequence number expected */
  uint32_t fin_seq;
  uint32_t held_bytes;
  uint32_t last_seq;
  uint32_t last_ack;
  uint32_t last_len;
  uint32_t acked; /* of the other side's bytes, when HALF_ACKS */
  uint16_t last_ip_id;
  uint8_t last_flags;
  uint8_t flags;
  uint16_t waits; /* segments that came while a hole was open */
};

/* The library's view of a connection, and what ties it to the capture. */
struct watch {
  uint8_t *hello; /* copy of the first ClientHello, for its names */
  uint32_t hello_len;
  uint8_t hello_format; /* TLSDIAG_FORMAT_* */
  uint8_t hello_is_raw; /* it never became whole: records as they came */
  uint8_t hello_done;   /* nothing more is added to it */
  uint8_t num_tagged;
  uint8_t data_seen;     /* bit TLSDIAG_FROM_*: application data of that side */
  uint8_t spoke_tls;     /* a TLS message of either side was seen */
  uint8_t num_protected; /* encrypted records of a TLS 1.3 client */
  uint32_t data_bytes;   /* fed so far */
  uint64_t frame[TLSDIAG_MAX_OBSERVATIONS]; /* where each was learnt */
  tlsdiag_flow *flow;                       /* behind this struct */
};

enum { SIDE_UNKNOWN = 2 };

enum {
  CONN_LEAN = 0x1,      /* data flows: nothing to learn until it closes */
  CONN_ENDED = 0x2,     /* its flow knows all it ever will */
  CONN_DONE = 0x10,     /* told; kept to know late packets of it */
  CONN_COMPLETED = 0x4, /* its watch was dropped after a good handshake */
  CONN_NOT_TLS = 0x8    /* its watch was dropped: another protocol */
};

struct conn {
  struct conn_key key;
  uint32_t tag;   /* hash of the key */
  uint8_t client; /* which endpoint of the key, or SIDE_UNKNOWN */
  uint8_t flags;  /* CONN_* */
  uint8_t in_use;
  uint8_t reserved_;
  uint64_t index; /* in the order of the first packets */
  uint64_t start_us;
  uint64_t first_frame;
  uint64_t last_us;
  uint64_t deadline_us; /* when closing */
  struct conn *next;    /* in a queue or the free list */
  struct conn *before;  /* in a queue */
  struct connqueue *queue;
  struct watch *watch; /* NULL once there is nothing to learn */
  struct half half[2]; /* by endpoint of the key */
};

#endif
