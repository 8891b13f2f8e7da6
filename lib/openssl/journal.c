/* journal.c: what went by, noted with as little work as can be.
 *
 * Nearly all handshakes succeed, and then nobody asks: so the messages are
 * only copied while all goes well.  When somebody asks, or the room is full,
 * a flow is made and told all of it in order. */
#include <string.h>
#include "watch.h"

enum {
  MAX_PLAINTEXT = 16384, /* RFC 8446 section 5.1 */
  MORE = 512             /* bytes at least to ask for */
};

/* The head of one entry; its data follow, padded. */
struct entry {
  uint32_t t;   /* units of 10 us since the first */
  uint32_t len; /* of the data */
  uint8_t from, kind;
  uint8_t header[RECORD_HEADER_LEN];
  uint8_t padding_;
};

static const uint8_t zeros[1024];

uint64_t watch_now(const struct watch *watch)
{
  return watch->opts.now_us != NULL ? watch->opts.now_us() : 0;
}

static size_t padded(size_t len)
{
  return (len + 3) / 4 * 4;
}

/* ---- telling the flow ---- */

/* A record whose content is to be seen, under the version of its header. */
static void tell_plain(struct watch *watch, const struct entry *e,
                       const uint8_t *data, uint64_t t_us)
{
  uint8_t header[RECORD_HEADER_LEN];
  size_t len = e->len;

  memcpy(header, e->header, sizeof header);
  do {
    size_t part = len < MAX_PLAINTEXT ? len : MAX_PLAINTEXT;
    header[3] = (uint8_t)(part >> 8);
    header[4] = (uint8_t)part;
    tlsdiag_flow_feed(watch->flow, e->from, t_us, header, sizeof header, NULL);
    tlsdiag_flow_feed(watch->flow, e->from, t_us, data, part, NULL);
    data += part;
    len -= part;
  } while (len > 0);
}

/* A message of which the flow looks at the head alone: zeros do for the rest.
 * They may come in records of any size (RFC 5246 section 6.2.1). */
static void tell_outline(struct watch *watch, const struct entry *e,
                         const uint8_t *data, uint64_t t_us)
{
  size_t left = (size_t)data[1] << 16 | (size_t)data[2] << 8 | data[3];
  struct entry rest = *e;

  tell_plain(watch, e, data, t_us);
  while (left > 0) {
    rest.len = (uint32_t)(left < sizeof zeros ? left : sizeof zeros);
    tell_plain(watch, &rest, zeros, t_us);
    left -= rest.len;
  }
}

static void tell_shape(struct watch *watch, const struct entry *e,
                       uint64_t t_us)
{
  size_t len = (size_t)e->header[3] << 8 | e->header[4];

  tlsdiag_flow_feed(watch->flow, e->from, t_us, e->header, sizeof e->header,
                    NULL);
  while (len > 0) {
    size_t part = len < sizeof zeros ? len : sizeof zeros;
    tlsdiag_flow_feed(watch->flow, e->from, t_us, zeros, part, NULL);
    len -= part;
  }
}

static void tell(struct watch *watch, const struct entry *e,
                 const uint8_t *data)
{
  uint64_t t_us = watch->start_us + (uint64_t)e->t * 10;

  switch (e->kind) {
  case JOURNAL_PLAIN:
    tell_plain(watch, e, data, t_us);
    break;
  case JOURNAL_OUTLINE:
    tell_outline(watch, e, data, t_us);
    break;
  case JOURNAL_SHAPE:
    tell_shape(watch, e, t_us);
    break;
  default:
    tlsdiag_flow_feed(watch->flow, e->from, t_us, data, e->len, NULL);
    break;
  }
}

static uint8_t *bytes_of(struct room *room)
{
  return (uint8_t *)(room + 1);
}

static void tell_all(struct watch *watch)
{
  struct room *room;
  struct entry e;
  size_t at;

  for (room = watch->first; room != NULL; room = room->next) {
    for (at = 0; at < room->used; at += sizeof e + padded(e.len)) {
      memcpy(&e, bytes_of(room) + at, sizeof e);
      tell(watch, &e, bytes_of(room) + at + sizeof e);
    }
  }
}

/* ---- the flow ---- */

/* The own configuration, in the lent room if there is enough left of it, else
 * behind the flow. */
static const tlsdiag_policy *find_policy(SSL *ssl, struct watch *watch,
                                         size_t len)
{
  struct room *room = watch->last;
  size_t at = (room->used + 7) / 8 * 8;

  if (watch->opts.server_policy != NULL || len == 0) {
    return watch->opts.server_policy;
  }
  if (!watch->lent) {
    return policy_read(ssl, watch, (uint8_t *)watch->flow + TLSDIAG_FLOW_MIN);
  }
  return at + len <= room->len ? policy_read(ssl, watch, bytes_of(room) + at)
                               : NULL;
}

/* A journal that is told is also kept: the ClientHello stands in it. */
tlsdiag_flow *watch_flow(SSL *ssl, struct watch *watch)
{
  tlsdiag_flow_options opts = {sizeof opts, 0, NULL};
  size_t len;

  if (watch->live || watch->lost) {
    return watch->live ? watch->flow : NULL;
  }
  len = watch->opts.flags & TLSDIAG_SSL_NO_POLICY ? 0 : policy_room(ssl);
  if (!watch->lent) {
    watch->flow = watch_malloc(TLSDIAG_FLOW_MIN + len);
  }
  if (watch->flow == NULL) {
    watch->lost = 1;
    return NULL;
  }
  opts.flags = watch->opts.now_us != NULL ? TLSDIAG_FLOW_WALL_CLOCK : 0;
  opts.server_policy = find_policy(ssl, watch, len);
  tlsdiag_flow_init(watch->flow, TLSDIAG_FLOW_MIN, &opts);
  watch->live = 1;
  tell_all(watch);
  return watch->flow;
}

void journal_reset(struct watch *watch)
{
  while (watch->first->next != NULL) {
    struct room *room = watch->first->next;
    watch->first->next = room->next;
    watch->may_ask += room->len + (uint32_t)sizeof *room;
    OPENSSL_free(room);
  }
  watch->last = watch->first;
  watch->first->used = 0;
  if (!watch->lent) {
    OPENSSL_free(watch->flow);
    watch->flow = NULL;
  }
}

/* ---- noting ---- */

/* Room for an entry of `need` bytes, or NULL. */
static struct room *room_for(struct watch *watch, size_t need)
{
  struct room *room = watch->last;
  size_t len = sizeof *room + (need < MORE ? MORE : need);

  if (need <= room->len - room->used) {
    return room;
  }
  if (len > watch->may_ask) {
    return NULL;
  }
  room = watch_malloc(len);
  if (room != NULL) {
    room->next = NULL;
    room->len = (uint32_t)(len - sizeof *room);
    room->used = 0;
    watch->may_ask -= (uint32_t)len;
    watch->last->next = room;
    watch->last = room;
  }
  return room;
}

static uint32_t time_of(struct watch *watch)
{
  uint64_t now, t;

  if (watch->opts.now_us == NULL) {
    return 0;
  }
  now = watch->opts.now_us();
  if (!watch->active) {
    watch->start_us = now;
  }
  t = now > watch->start_us ? (now - watch->start_us) / 10 : 0;
  return t < UINT32_MAX ? (uint32_t)t : UINT32_MAX;
}

const uint8_t *journal_add(SSL *ssl, struct watch *watch, unsigned from,
                           unsigned kind, unsigned type, const uint8_t *data,
                           size_t len)
{
  size_t need = sizeof(struct entry) + padded(len);
  struct room *room = watch->live ? NULL : room_for(watch, need);
  struct entry e;
  uint8_t *to;

  e.t = time_of(watch);
  e.len = (uint32_t)len;
  e.from = (uint8_t)from;
  e.kind = (uint8_t)kind;
  memcpy(e.header, watch->side[from].header, sizeof e.header);
  e.header[0] = (uint8_t)type;
  e.padding_ = 0;
  watch->started = watch->active = 1;
  if (room == NULL) {
    if (watch_flow(ssl, watch) != NULL) {
      tell(watch, &e, data);
    }
    return NULL;
  }
  to = bytes_of(room) + room->used;
  memcpy(to, &e, sizeof e);
  if (len != 0) {
    memcpy(to + sizeof e, data, len);
  }
  room->used += (uint32_t)need;
  return to + sizeof e;
}
