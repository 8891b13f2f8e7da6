/* watch.h: one connection as the library sees it, with the frame numbers that
 * tie each observation to the capture. */
#ifndef TLSDIAG_CLI_WATCH_H
#define TLSDIAG_CLI_WATCH_H

#include "conn.h"

/* Watches are cut from blocks and reused: the newest one freed comes first,
 * for its memory is still warm. */
struct watchpool {
  struct watch **blocks;
  struct watch **free_list;
  size_t num_blocks;
  size_t num_free;
  size_t stride;
  size_t flow_len;
  size_t count;
  size_t limit;
};

int watchpool_init(struct watchpool *pool, size_t limit);
void watchpool_free(struct watchpool *pool);

/* NULL when the limit is reached or memory is out. */
struct watch *watch_new(struct watchpool *pool, uint8_t proto);
void watch_drop(struct watchpool *pool, struct watch *w);

/* Forgets everything and starts anew (the roles were the other way round). */
void watch_restart(struct watchpool *pool, struct watch *w, uint8_t proto);

/* The library's flow calls, each followed by noting the frame for whatever
 * was learnt. */
void watch_segment(struct watch *w, const tlsdiag_segment *segment,
                   uint64_t frame);
void watch_feed(struct watch *w, unsigned from, uint64_t t_us,
                const uint8_t *data, size_t len, uint64_t frame);
/* The other connections that explain this one; the frame is the one that ended
 * the last of them. */
void watch_group(struct watch *w, const tlsdiag_group *group, uint64_t t_us,
                 uint64_t frame);
/* The frame of the last observation, 0 without any. */
uint64_t watch_last_frame(const struct watch *w);
void watch_gap(struct watch *w, unsigned from, uint64_t t_us, uint64_t missing,
               uint64_t frame);
void watch_close(struct watch *w, unsigned from, unsigned how, uint64_t t_us,
                 uint64_t frame);

#endif
