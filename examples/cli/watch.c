#include "watch.h"

#include <stdlib.h>
#include <string.h>

/* Room for the certificates of a usual TLS 1.2 server in one message; memory
 * that no message needs is never touched. */
enum {
  FLOW_ROOM = 6144,
  WATCHES_PER_BLOCK = 64,
  FEED_TURNS = 1 << 16,
  RAW_MAX = 18 << 10,
  PAGE_RECORD = 512
};

int watchpool_init(struct watchpool *pool, size_t limit)
{
  size_t align = sizeof(uint64_t);

  memset(pool, 0, sizeof *pool);
  pool->limit = limit;
  pool->flow_len = tlsdiag_flow_size(FLOW_ROOM);
  pool->stride =
      (sizeof(struct watch) + pool->flow_len + align - 1) / align * align;
  pool->free_list = malloc(limit * sizeof *pool->free_list);
  return pool->free_list == NULL ? -1 : 0;
}

void watchpool_free(struct watchpool *pool)
{
  size_t i;

  for (i = 0; i < pool->num_blocks; i++) {
    free(pool->blocks[i]);
  }
  free(pool->blocks);
  free(pool->free_list);
  memset(pool, 0, sizeof *pool);
}

static struct watch *watch_at(struct watch *block, size_t stride, size_t i)
{
  return (struct watch *)(void *)((char *)block + i * stride);
}

static int watchpool_grow(struct watchpool *pool)
{
  struct watch **blocks;
  struct watch *block;
  size_t count = pool->limit - pool->num_blocks * WATCHES_PER_BLOCK;
  size_t i;

  if (count > WATCHES_PER_BLOCK) {
    count = WATCHES_PER_BLOCK;
  }
  blocks = realloc(pool->blocks, (pool->num_blocks + 1) * sizeof *blocks);
  if (blocks == NULL) {
    return -1;
  }
  pool->blocks = blocks;
  block = malloc(count * pool->stride);
  if (block == NULL) {
    return -1;
  }
  pool->blocks[pool->num_blocks++] = block;
  for (i = count; i-- > 0;) {
    pool->free_list[pool->num_free++] = watch_at(block, pool->stride, i);
  }
  return 0;
}

void watch_restart(struct watchpool *pool, struct watch *w, uint8_t proto)
{
  tlsdiag_flow_options options;

  free(w->hello);
  memset(w, 0, offsetof(struct watch, frame));
  memset(&options, 0, sizeof options);
  options.size = sizeof options;
  options.flags = TLSDIAG_FLOW_STOP_AT_MESSAGE | TLSDIAG_FLOW_WALL_CLOCK;
  if (proto == PROTO_UDP) {
    options.flags |= TLSDIAG_FLOW_DATAGRAM;
  }
  w->flow = (tlsdiag_flow *)(void *)(w + 1);
  (void)tlsdiag_flow_init(w->flow, pool->flow_len, &options);
}

struct watch *watch_new(struct watchpool *pool, uint8_t proto)
{
  struct watch *w;

  if (pool->count >= pool->limit ||
      (pool->num_free == 0 && watchpool_grow(pool) != 0)) {
    return NULL;
  }
  w = pool->free_list[--pool->num_free];
  pool->count++;
  w->hello = NULL;
  watch_restart(pool, w, proto);
  return w;
}

void watch_drop(struct watchpool *pool, struct watch *w)
{
  free(w->hello);
  w->hello = NULL;
  pool->free_list[pool->num_free++] = w;
  pool->count--;
}

/* TLS 1.3 hides the type of a record: a server that sends a long one after
 * the client's Finished and something more is past the handshake. */
static void note_kind(struct watch *w, unsigned index)
{
  tlsdiag_observation seen;

  seen.size = sizeof seen;
  if (tlsdiag_flow_observation(w->flow, index, &seen) != TLSDIAG_STATUS_OK) {
    return;
  }
  switch (seen.kind) {
  case TLSDIAG_OBS_APPLICATION_DATA:
    w->data_seen |= (uint8_t)(1u << seen.from);
    break;
  case TLSDIAG_OBS_PROTECTED_RECORD:
    if (seen.from == TLSDIAG_FROM_CLIENT) {
      w->num_protected = w->num_protected == 0 ? 1 : 2;
    } else if (w->num_protected == 2 && seen.a >= PAGE_RECORD) {
      w->data_seen = 3;
    }
    break;
  case TLSDIAG_OBS_CLIENT_HELLO:
  case TLSDIAG_OBS_SERVER_HELLO:
  case TLSDIAG_OBS_ALERT:
    w->spoke_tls = 1;
    break;
  default:
    break;
  }
}

/* Observations are only ever appended: those behind the last one tagged were
 * learnt from this frame, be it from its bytes or from what is missing. */
static void watch_tag(struct watch *w, uint64_t frame)
{
  unsigned count = tlsdiag_flow_num_observations(w->flow);

  while (w->num_tagged < count && w->num_tagged < TLSDIAG_MAX_OBSERVATIONS) {
    note_kind(w, w->num_tagged);
    w->frame[w->num_tagged++] = frame;
  }
}

void watch_segment(struct watch *w, const tlsdiag_segment *segment,
                   uint64_t frame)
{
  (void)tlsdiag_flow_segment(w->flow, segment);
  watch_tag(w, frame);
}

/* A hello that outgrew the flow's room shows only its beginning. */
static int is_whole_hello(unsigned format, const tlsdiag_bytes *message)
{
  size_t body;

  if (format != TLSDIAG_FORMAT_TLS) {
    return format == TLSDIAG_FORMAT_SSLV2 || message->ptr[0] == 1;
  }
  if (message->len < 4 || message->ptr[0] != 1) {
    return 0;
  }
  body = (size_t)message->ptr[1] << 16 | (size_t)message->ptr[2] << 8 |
         message->ptr[3];
  return body + 4 <= message->len;
}

/* Keeps the first ClientHello: its name, protocols and fingerprint are wanted
 * only if the connection is reported, and decoded only then. */
static void keep_hello(struct watch *w)
{
  tlsdiag_bytes message;
  unsigned from;
  unsigned format;

  if (w->hello_done ||
      tlsdiag_flow_message(w->flow, &from, &format, &message) !=
          TLSDIAG_STATUS_OK ||
      from != TLSDIAG_FROM_CLIENT || message.len == 0 ||
      !is_whole_hello(format, &message)) {
    return;
  }
  free(w->hello);
  w->hello = malloc(message.len);
  w->hello_is_raw = 0;
  w->hello_done = 1;
  if (w->hello != NULL) {
    memcpy(w->hello, message.ptr, message.len);
    w->hello_len = (uint32_t)message.len;
    w->hello_format = (uint8_t)format;
  }
}

/* A hello may never become whole; a name read from half of it is still a
 * name.  Until the whole one comes its records are kept as they are. */
static void keep_raw(struct watch *w, const uint8_t *data, size_t len)
{
  size_t have = w->hello != NULL ? w->hello_len : 0;
  uint8_t *raw;

  if (w->hello_done || have >= RAW_MAX ||
      (have == 0 && (len == 0 || data[0] != 22))) {
    return;
  }
  if (len > RAW_MAX - have) {
    len = RAW_MAX - have;
  }
  raw = realloc(w->hello, have + len);
  if (raw == NULL) {
    return;
  }
  memcpy(raw + have, data, len);
  w->hello = raw;
  w->hello_len = (uint32_t)(have + len);
  w->hello_format = TLSDIAG_FORMAT_TLS;
  w->hello_is_raw = 1;
  w->hello_done = w->spoke_tls; /* that was all of it */
}

void watch_feed(struct watch *w, unsigned from, uint64_t t_us,
                const uint8_t *data, size_t len, uint64_t frame)
{
  const uint8_t *all = data;
  size_t all_len = len;
  size_t used;
  int turns;

  w->data_bytes += (uint32_t)len;
  for (turns = 0; turns < FEED_TURNS; turns++) {
    used = 0;
    if (tlsdiag_flow_feed(w->flow, from, t_us, data, len, &used) !=
        TLSDIAG_STATUS_MESSAGE) {
      break;
    }
    keep_hello(w);
    data += used;
    len -= used;
  }
  watch_tag(w, frame);
  if (from == TLSDIAG_FROM_CLIENT) {
    keep_raw(w, all, all_len);
  }
}

void watch_gap(struct watch *w, unsigned from, uint64_t t_us, uint64_t missing,
               uint64_t frame)
{
  (void)tlsdiag_flow_gap(w->flow, from, t_us, missing);
  watch_tag(w, frame);
}

uint64_t watch_last_frame(const struct watch *w)
{
  return w->num_tagged > 0 ? w->frame[w->num_tagged - 1] : 0;
}

void watch_group(struct watch *w, const tlsdiag_group *group, uint64_t t_us,
                 uint64_t frame)
{
  (void)tlsdiag_flow_group(w->flow, group, t_us);
  (void)watch_tag(w, frame);
}

void watch_close(struct watch *w, unsigned from, unsigned how, uint64_t t_us,
                 uint64_t frame)
{
  (void)tlsdiag_flow_close(w->flow, from, how, t_us);
  watch_tag(w, frame);
}
