/* story.h: what is known of a connection, and the lines that tell it. */
#ifndef STORY_H
#define STORY_H

#include <tlsdiag/tlsdiag.h>
#include "../redis/shared_tracks.h"
#include "address.h"

struct story {
  uint64_t memory[TLSDIAG_FLOW_MIN / 8];
  uint8_t *held; /* the client's first bytes */
  size_t held_len, needed;
  char client[ADDRESS_TEXT], server[ADDRESS_TEXT]; /* server "": none yet */
  uint64_t id;
  void (*told)(struct story *story);
};

uint64_t now_us(void);
/* The story is zeros before. */
void story_begin(struct story *story, uint64_t id,
                 void (*told)(struct story *));
tlsdiag_flow *story_flow(struct story *story);
/* Keeps the client's bytes until its hello is whole; it points into what is
 * held and a buffer of the next call. */
enum { HELLO_MORE, HELLO_WHOLE, HELLO_OTHER, HELLO_TOO_LONG, HELLO_NOT_TLS };
int story_hold(struct story *story, const uint8_t *data, size_t len,
               tlsdiag_client_hello *hello);
void story_drop_held(struct story *story);
size_t story_most_held(void);
/* Notes that the proxy itself answers with this fatal alert. */
void story_refuse(struct story *story, uint8_t code, uint8_t alert[7]);
int story_completed(struct story *story);
/* Lays the connection beside its client's others, then writes one line if its
 * handshake died, and one if several connections explain each other.  Calls
 * story->told after that, perhaps at once. */
void story_tell(struct story *story, struct shared_tracks *tracks);

#endif
