/* analysis.h: packets of one capture in, finished connections out. */
#ifndef TLSDIAG_CLI_ANALYSIS_H
#define TLSDIAG_CLI_ANALYSIS_H

#include "connqueue.h"
#include "conntable.h"
#include "link.h"
#include "net.h"
#include "stream.h"
#include "watch.h"

struct analysis;

/* Who is told of connections.  Each one is told twice, and between the two a
 * later connection may shed light on it. */
struct analysis_calls {
  /* [opt] It has ended, or nothing more is to be learnt of it.  Returns its
   * TLSDIAG_OUTCOME_* so far, -1 if it has none. */
  int (*ended)(void *arg, struct analysis *a, struct conn *c);
  /* The last word.  After it returns what was watched is gone. */
  void (*done)(void *arg, const struct conn *c);
  void *arg;
};

struct analysis {
  struct conntable table;
  struct watchpool watches;
  struct streams streams;
  struct connqueue closed; /* both FIN */
  struct connqueue reset;
  struct connqueue kept; /* ended; later ones may shed light on them */
  struct connqueue told; /* done with; known for a while longer */
  size_t num_kept;
  struct conn *latest; /* of the packet before; may be free by now */
  link_peel *peel;
  struct analysis_calls calls;
  int keep_completed; /* they are wanted too */
  int reserved_;
  uint64_t now_us;      /* the capture's own clock: it never goes back */
  uint64_t previous_us; /* time of the packet before */
  uint64_t queues_us;   /* when the queues were last looked at */
  uint64_t swept_us;
  uint64_t first_us;
  uint64_t frame;
  uint64_t num_bytes;
  uint64_t num_conns;
  uint64_t num_segments;
  uint64_t num_datagrams;
  uint64_t num_fragments;
  uint64_t num_cut;   /* the snapshot length cut into a header */
  uint64_t num_other; /* no IP, or neither TCP nor UDP */
  uint64_t num_evicted;
  uint64_t num_stray;     /* of connections that are over or never began */
  uint64_t num_unwatched; /* no memory to look into them */
};

int analysis_init(struct analysis *a, link_peel *peel,
                  const struct analysis_calls *calls);
/* One frame as captured, with its time. */
void analysis_frame(struct analysis *a, uint64_t t_us, const uint8_t *bytes,
                    size_t len);
/* The connection of that index if it has ended and is not told yet. */
struct conn *analysis_kept(const struct analysis *a, uint64_t index);
/* The capture ends: all that is open is finished too. */
void analysis_end(struct analysis *a);
void analysis_free(struct analysis *a);

#endif
