/* hello.h: what the readers of ClientHello and ServerHello share (internal).
 */
#ifndef TLSDIAG_LIB_HELLO_H
#define TLSDIAG_LIB_HELLO_H

#include "reader.h"
#include "tlsdiag/tlsdiag.h"

enum hello_side { HELLO_CLIENT = 0, HELLO_SERVER = 1 };

/* One hello while it is being read. */
struct hello {
  uint64_t present;           /* TLSDIAG_HAS_* bits */
  uint64_t seen;              /* extension rows met, see extensions.c */
  uint64_t others;            /* a hash set of the types without a row */
  struct rd_fault fault;      /* the first fault of the message */
  struct rd_fault body_fault; /* of the extension being read */
  void *out;                  /* the public struct of this side */
  tlsdiag_anomaly *anomalies; /* in *out */
  uint32_t num_anomalies;
  uint32_t length; /* of the body, as the header claims */
  unsigned side;   /* enum hello_side */
  unsigned num_extensions;
  unsigned last_type;      /* of the last extension */
  unsigned is_retry;       /* 1: a HelloRetryRequest */
  unsigned has_duplicates; /* 1: look for them, perhaps there are */
  unsigned is_cut;         /* 1: less of the body than its header claims */
  tlsdiag_bytes unused;    /* where views go that the struct does not keep */
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

static inline int hello_has(const struct hello *h, unsigned has)
{
  return (h->present >> has & 1) != 0;
}

/* hello_anomaly counts an anomaly and keeps it while there is room. */
void hello_anomaly(struct hello *h, unsigned kind, unsigned field,
                   size_t offset);

/* hello_open reads the handshake header of a message of the given type and
 * leaves its body, or what there is of it, in *body. */
int hello_open(struct hello *h, struct reader *r, unsigned format,
               unsigned type, struct reader *body);

/* hello_close turns what was found into a status and *where. */
int hello_close(struct hello *h, tlsdiag_where *where);

/* where_set writes a fault for the caller; where may be NULL. */
void where_set(tlsdiag_where *where, const struct rd_fault *fault);

#endif
