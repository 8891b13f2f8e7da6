/* sight.h: how much of a connection was seen (internal).
 *
 * What was not seen did not happen for that: an end, a silence or the size of a
 * record means something only where what it depends on was seen. */
#ifndef TLSDIAG_LIB_SIGHT_H
#define TLSDIAG_LIB_SIGHT_H

#include "facts.h"

/* TCP facts, and among them no opening: what was said first is not known. */
int sight_is_late(const struct flow *f);

/* Too little was seen to tell what an end, or the size of a record, means:
 * one direction, no beginning, or not what the peer has read.  Where the server
 * has said nothing, nothing of it can be missing. */
int sight_is_blind(const struct flow *f, const struct facts *k);

/* The observation ended in mid-talk, or not all of the talk was seen: the
 * client has no answer yet, or a service that knows STARTTLS may still be asked
 * for it.  HTTP has no such step on the way. */
int sight_is_open_talk(const struct flow *f, const struct facts *k);

/* The observation stopped in a handshake that may have gone on: nothing had
 * been silent for long, and nothing was lost, or it was sent again just now (no
 * TCP waits less, RFC 6298). */
int sight_is_only_cut(const struct flow *f, const struct facts *k,
                      const struct observed *o);

#endif
