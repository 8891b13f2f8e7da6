/* hello.h: what the readers of ClientHello and ServerHello share (internal).
 */
#ifndef TLSDIAG_LIB_HELLO_H
#define TLSDIAG_LIB_HELLO_H

#include "extension_rows.h"
#include "reader.h"
#include "tlsdiag/tlsdiag.h"

enum hello_side { HELLO_CLIENT = 0, HELLO_SERVER = 1 };

/* One hello while it is being read. */
struct hello {
  uint64_t present;           /* TLSDIAG_HAS_* bits */
  uint64_t seen;              /* TLSDIAG_HAS_* bits of the extensions met */
  uint64_t broken;            /* those with a fault in the body */
  uint64_t others;            /* a hash set of the types without a row */
  struct rd_fault fault;      /* the first fault of the message */
  struct rd_fault body_fault; /* of the extension being read */
  const struct extension_row *rows; /* of this side */
  void *out;                        /* the public struct of this side */
  tlsdiag_anomaly *anomalies;       /* in *out */
  uint32_t num_anomalies;
  uint32_t length; /* of the body, as the header claims */
  unsigned side;   /* enum hello_side */
  unsigned num_extensions;
  unsigned last_type;         /* of the last extension */
  unsigned is_retry;          /* 1: a HelloRetryRequest */
  unsigned repeated_quarters; /* where a type may come twice, see u16set.h */
  unsigned body_offset;       /* of the body in the message */
  size_t body_have;           /* what there is of it */
};

static inline tlsdiag_bytes rd_view(struct reader r)
{
  tlsdiag_bytes view;

  view.ptr = r.pos;
  view.len = rd_left(&r);
  return view;
}

static inline struct reader view_reader(tlsdiag_bytes view,
                                        struct rd_fault *fault)
{
  struct reader r;

  rd_init(&r, view.ptr, view.len, fault);
  return r;
}

static inline uint64_t hello_bit(unsigned has)
{
  return (uint64_t)1 << has;
}

/* Marks a member as there unless reading it failed. */
static inline void hello_seen(struct hello *h, const struct reader *r,
                              unsigned has)
{
  h->present |= (uint64_t)(unsigned)rd_ok(r) << has;
}

static inline void mark_grease(struct hello *h)
{
  h->present |= hello_bit(TLSDIAG_HAS_GREASE);
}

static inline int hello_has(const struct hello *h, unsigned has)
{
  return (h->present >> has & 1) != 0;
}

/* hello_init begins to read a hello into *out, with its anomalies. */
static inline void hello_init(struct hello *h, unsigned side, void *out,
                              tlsdiag_anomaly *anomalies)
{
  h->present = 0;
  h->seen = 1; /* bit 0: the empty row of the extension table */
  h->broken = 0;
  h->others = 0;
  h->fault.field = 0;
  h->fault.offset = 0;
  h->fault.want = 0;
  h->fault.have = 0;
  h->body_fault.field = 0;
  h->rows = extension_rows[side];
  h->out = out;
  h->anomalies = anomalies;
  h->num_anomalies = 0;
  h->length = 0;
  h->side = side;
  h->num_extensions = 0;
  h->last_type = 0;
  h->is_retry = 0;
  h->repeated_quarters = 0;
  h->body_offset = 0;
  h->body_have = 0;
}

/* Where a message of no bytes is, so that a reader never stands at NULL. */
extern const uint8_t hello_nothing[1];

/* hello_anomaly counts an anomaly and keeps it while there is room. */
void hello_anomaly(struct hello *h, unsigned kind, unsigned field,
                   size_t offset);

/* hello_body takes h->length bytes, or what there is of them. */
static inline struct reader hello_body(struct hello *h, struct reader *r)
{
  struct reader body;

  h->body_offset = (unsigned)rd_offset(r);
  h->body_have = h->length < rd_left(r) ? h->length : rd_left(r);
  body = rd_sub(r, h->body_have, TLSDIAG_FIELD_HANDSHAKE_BODY);
  if (rd_left(r) != 0) {
    hello_anomaly(h, TLSDIAG_ANOMALY_LENGTH_MISMATCH,
                  TLSDIAG_FIELD_HANDSHAKE_LENGTH, rd_offset(r));
  }
  return body;
}

/* Where the message ends, as far as it is there. */
static inline size_t hello_end(const struct hello *h)
{
  return h->body_offset + h->body_have;
}

/* dtls_header_read reads the second part of a DTLS handshake header. */
void dtls_header_read(struct hello *h, struct reader *r);

/* struct {
 *   HandshakeType msg_type;
 *   uint24 length;
 *   ...
 * } Handshake;                                    RFC 8446 section 4
 * hello_open reads the header of a message of the given type and leaves its
 * body, or what there is of it, in *body. */
static inline int hello_open(struct hello *h, struct reader r, unsigned format,
                             unsigned type, struct reader *body)
{
  unsigned is_there = rd_left(&r) != 0;
  unsigned first = rd_u8(&r, TLSDIAG_FIELD_HANDSHAKE_TYPE);

  if (is_there && first != type) {
    return TLSDIAG_STATUS_E_ABSENT;
  }
  h->length = rd_u24(&r, TLSDIAG_FIELD_HANDSHAKE_LENGTH);
  if (format == TLSDIAG_FORMAT_DTLS) {
    struct reader rest = r;

    dtls_header_read(h, &rest);
    r = rest;
  }
  *body = hello_body(h, &r);
  return TLSDIAG_STATUS_OK;
}

/* hello_close turns what was found into the status to return, and *where. */
int hello_close(struct hello *h, int status, tlsdiag_where *where);

/* where_set writes a fault for the caller; where may be NULL. */
void where_set(tlsdiag_where *where, const struct rd_fault *fault);

#endif
