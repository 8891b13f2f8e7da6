/* shared_track.h: the tracks of clients, shared by several servers in Redis.
 *
 * Each server writes a field of its own in the hash of a client, so no two ever
 * write the same place, and reads all of them: merging is associative and
 * commutative, so any server sees the whole.  Keys expire.  When Redis is slow
 * or away, a call gives the server's own attempt alone, at once. */
#ifndef SHARED_TRACK_H
#define SHARED_TRACK_H

#include <tlsdiag/tlsdiag.h>

struct shared_tracks {
  const char *host; /* of Redis */
  int port;
  const char *server; /* this server's name among them */
  int expire_s;       /* how long a client's attempts count */
  void *connection;   /* private; zero at first */
  long retry_at;      /* private */
};

/* Adds the attempt to the client's track and gives all that is known of the
 * client: 1 from all servers, 0 only this attempt. */
int shared_track_add(struct shared_tracks *tracks, const char *client,
                     const tlsdiag_attempt *attempt, tlsdiag_track *all);
void shared_tracks_close(struct shared_tracks *tracks);

#endif
