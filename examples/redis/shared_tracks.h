/* shared_tracks.h: the tracks of clients, shared by several servers in Redis,
 * for a program that runs on libuv.
 *
 * Each server keeps the tracks of its own connections and writes them into a
 * field of its own of the client's hash, so no two ever write the same place;
 * it reads the fields of all.  Merging is associative, commutative and
 * idempotent, so any server sees the whole.  Keys expire.
 *
 * Nothing here waits.  Redis that is slow, hangs or is away costs what the
 * other servers saw, and no connection more than SHARED_TRACKS_MS. */
#ifndef SHARED_TRACKS_H
#define SHARED_TRACKS_H

#include <stdint.h>
#include <uv.h>
#include <tlsdiag/tlsdiag.h>

enum {
  SHARED_TRACKS_MS = 100,        /* a request may take */
  SHARED_TRACKS_PAUSE_MS = 2000, /* not asked again after it took longer */
  SHARED_TRACKS_EXPIRE_S = 600   /* no pattern looks further back */
};

struct shared_tracks;

/* What is known of the client: of this server, and of the others if Redis
 * answered. */
typedef void shared_tracks_done(void *arg, const tlsdiag_track *all);

/* server: a random number that tells this process from all others; host:
 * Redis, as digits, or NULL to share with nobody.  NULL: no memory. */
struct shared_tracks *shared_tracks_open(uv_loop_t *loop, uint32_t server,
                                         const char *host, int port);
/* Adds an attempt to the client's track; done is called once, perhaps at
 * once. */
void shared_tracks_add(struct shared_tracks *tracks, const char *client,
                       const tlsdiag_attempt *attempt, shared_tracks_done *done,
                       void *arg);
/* Whoever waits is answered first.  The loop has to run to the end after. */
void shared_tracks_close(struct shared_tracks *tracks);

#endif
