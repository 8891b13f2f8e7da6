#include "analysis.h"

#include <string.h>

#include "dtls.h"
#include "tcp.h"

enum {
  CONNS_MAX = 1 << 18,
  WATCHES_MAX = 1 << 15,
  LINGER_CLOSED_US = 100000, /* the last packets may come late */
  LINGER_RESET_US = 500000,  /* so may data of a side that was reset */
  LINGER_TOLD_US = 1000000,  /* repeated packets are no connection */
  KEEP_US = 60000000,        /* a client that tries again does it soon */
  KEEP_MAX = 64,
  QUEUES_US = 5000,
  SWEEP_US = 30000000,
  SYN_IDLE_US = 150000000, /* longer than a SYN is repeated */
  IDLE_US = 600000000      /* longer than a server waits for a client */
};

int analysis_init(struct analysis *a, link_peel *peel,
                  const struct analysis_calls *calls)
{
  memset(a, 0, sizeof *a);
  a->peel = peel;
  a->calls = *calls;
  if (conntable_init(&a->table, CONNS_MAX) != 0) {
    return -1;
  }
  if (watchpool_init(&a->watches, WATCHES_MAX) != 0) {
    conntable_free(&a->table);
    return -1;
  }
  return 0;
}

void analysis_free(struct analysis *a)
{
  size_t span = conntable_span(&a->table);
  size_t i;

  for (i = 0; i < span; i++) {
    struct conn *c = conntable_at(&a->table, i);

    if (c != NULL) {
      stream_forget(&a->streams, &c->half[0]);
      stream_forget(&a->streams, &c->half[1]);
      if (c->watch != NULL) {
        watch_drop(&a->watches, c->watch);
      }
    }
  }
  conntable_free(&a->table);
  watchpool_free(&a->watches);
}

static void forget(struct analysis *a, struct conn *c)
{
  connqueue_leave(c);
  conntable_remove(&a->table, c);
}

static int outcome_of(struct analysis *a, struct conn *c)
{
  return a->calls.ended != NULL ? a->calls.ended(a->calls.arg, a, c) : -1;
}

/* Delivers what is left to the flow.  Returns 1 if its verdict may still gain
 * by other connections. */
static int end(struct analysis *a, struct conn *c)
{
  int outcome;

  if (c->flags & (CONN_ENDED | CONN_DONE)) {
    return 0;
  }
  c->flags |= CONN_ENDED;
  if (c->key.proto == PROTO_TCP) {
    tcp_end(&a->streams, c, a->now_us, a->frame);
  } else {
    dtls_end(c, a->now_us, a->frame);
  }
  stream_forget(&a->streams, &c->half[0]);
  stream_forget(&a->streams, &c->half[1]);
  outcome = outcome_of(a, c);
  return outcome >= 0 && outcome != TLSDIAG_OUTCOME_COMPLETED;
}

/* The last word on a connection.  What is left of it is a few bytes to know
 * late packets by. */
static void tell(struct analysis *a, struct conn *c)
{
  if (c->flags & CONN_DONE) {
    return;
  }
  (void)end(a, c);
  if (c->queue == &a->kept) {
    a->num_kept--;
  }
  connqueue_leave(c);
  a->calls.done(a->calls.arg, c);
  c->flags |= CONN_DONE;
  if (c->watch != NULL) {
    watch_drop(&a->watches, c->watch);
    c->watch = NULL;
  }
}

static void finish(struct analysis *a, struct conn *c)
{
  tell(a, c);
  forget(a, c);
}

static void retire(struct analysis *a, struct conn *c)
{
  tell(a, c);
  connqueue_add(&a->told, c, a->now_us + LINGER_TOLD_US);
}

/* Ends a connection.  Returns 1 if it is kept for others to shed light on. */
static int end_and_keep(struct analysis *a, struct conn *c)
{
  if (!end(a, c)) {
    return 0;
  }
  connqueue_leave(c);
  connqueue_add(&a->kept, c, a->now_us + KEEP_US);
  a->num_kept++;
  return 1;
}

static void end_due(struct analysis *a, struct connqueue *q)
{
  struct conn *c;

  while ((c = connqueue_due(q, a->now_us)) != NULL) {
    if (!end_and_keep(a, c)) {
      retire(a, c);
    }
  }
}

struct conn *analysis_kept(const struct analysis *a, uint64_t index)
{
  struct conn *c = a->kept.last;

  while (c != NULL && c->index != index) {
    c = c->before;
  }
  return c;
}

static void queues_run(struct analysis *a)
{
  struct conn *c;

  a->queues_us = a->now_us;
  end_due(a, &a->closed);
  end_due(a, &a->reset);
  while (a->kept.first != NULL &&
         (a->num_kept > KEEP_MAX || connqueue_due(&a->kept, a->now_us))) {
    retire(a, a->kept.first);
  }
  while ((c = connqueue_due(&a->told, a->now_us)) != NULL) {
    forget(a, c);
  }
}

static void sweep(struct analysis *a)
{
  size_t span = conntable_span(&a->table);
  size_t i;

  a->swept_us = a->now_us;
  for (i = 0; i < span; i++) {
    struct conn *c = conntable_at(&a->table, i);
    uint64_t limit;

    if (c == NULL || c->queue != NULL) {
      continue;
    }
    limit = ((c->half[0].flags | c->half[1].flags) & HALF_FED) ? IDLE_US
                                                               : SYN_IDLE_US;
    if (c->last_us < a->now_us && a->now_us - c->last_us > limit) {
      finish(a, c);
    }
  }
}

/* The clock follows the later of two packets that agree, so that one packet
 * with a wild time does not make every connection look idle. */
static void tick(struct analysis *a, uint64_t t_us)
{
  uint64_t agreed = t_us < a->previous_us ? t_us : a->previous_us;

  if (a->frame == 1) {
    a->first_us = t_us;
    a->now_us = t_us;
    a->swept_us = t_us;
  } else if (agreed > a->now_us) {
    a->now_us = agreed;
    if (a->now_us - a->queues_us > QUEUES_US) {
      queues_run(a);
    }
    if (a->now_us - a->swept_us > SWEEP_US) {
      sweep(a);
    }
  }
  a->previous_us = t_us;
}

/* Makes room by finishing the connection that was silent longest, as far as a
 * sample tells. */
static void evict(struct analysis *a, int watched)
{
  struct conn *c = watched && a->kept.first != NULL
                       ? a->kept.first
                       : conntable_oldest(&a->table, watched);

  if (c == NULL) {
    return;
  }
  a->num_evicted += !(c->flags & (CONN_ENDED | CONN_DONE));
  finish(a, c);
}

/* A packet behind a long pause is ahead of the clock, which waits for a second
 * one to agree. */
static void touch(const struct analysis *a, struct conn *c,
                  const struct packet *p)
{
  c->last_us = p->t_us > a->now_us ? p->t_us : a->now_us;
}

static struct conn *open_conn(struct analysis *a, const struct conn_key *key,
                              const struct packet *p)
{
  struct conn *c;

  if (a->table.count >= a->table.limit) {
    evict(a, 0);
  }
  if (a->watches.count >= a->watches.limit) {
    evict(a, 1);
  }
  c = conntable_add(&a->table, conntable_tag(&a->table, key), key);
  if (c == NULL) {
    a->num_unwatched++;
    return NULL;
  }
  c->client = SIDE_UNKNOWN;
  c->start_us = p->t_us;
  c->first_frame = p->frame;
  touch(a, c, p);
  c->watch = watch_new(&a->watches, key->proto);
  if (c->watch == NULL) {
    a->num_unwatched++;
  }
  return c;
}

/* Data flows and the handshake went well, or it never was one: all that is
 * kept is the fact, in a few bytes. */
static void drop_watch(struct analysis *a, struct conn *c)
{
  if (outcome_of(a, c) == TLSDIAG_OUTCOME_COMPLETED) {
    c->flags |= CONN_COMPLETED;
  } else if (!c->watch->spoke_tls) {
    c->flags |= CONN_NOT_TLS;
  } else {
    return;
  }
  watch_drop(&a->watches, c->watch);
  c->watch = NULL;
}

static void queue_closed(struct analysis *a, struct conn *c,
                         enum tcp_end_kind kind)
{
  if (kind == TCP_OPEN || (c->queue != NULL && kind == TCP_CLOSED)) {
    return;
  }
  if (c->queue != &a->reset) {
    connqueue_leave(c);
    if (kind == TCP_RESET) {
      connqueue_add(&a->reset, c, a->now_us + LINGER_RESET_US);
    } else {
      connqueue_add(&a->closed, c, a->now_us + LINGER_CLOSED_US);
    }
  }
}

/* Packets come in bursts: the connection of the one before is looked at
 * first. */
static struct conn *find_conn(struct analysis *a, const struct conn_key *key)
{
  struct conn *c = a->latest;

  if (c == NULL || !c->in_use || !conn_key_equal(&c->key, key)) {
    c = conntable_find(&a->table, conntable_tag(&a->table, key), key);
    a->latest = c;
  }
  return c;
}

/* The connection that a packet belongs to, if it is worth a look: NULL for
 * stray packets, and for those of a connection that is over or teaches nothing
 * more. */
static struct conn *conn_for(struct analysis *a, const struct conn_key *key,
                             unsigned side, const struct packet *p)
{
  struct conn *c = find_conn(a, key);
  unsigned news = p->tcp_flags & (TCP_SYN | TCP_FIN | TCP_RST);

  if (c != NULL && (news & TCP_SYN) && tcp_is_reuse(c, side, p)) {
    finish(a, c);
    c = NULL;
  }
  if (c != NULL) {
    c->last_us = a->now_us;
    return (c->flags & CONN_ENDED) || ((c->flags & CONN_LEAN) && news == 0)
               ? NULL
               : c;
  }
  if (p->payload_wire == 0 && !(news & TCP_SYN)) {
    a->num_stray++;
    return NULL;
  }
  c = open_conn(a, key, p);
  if (c != NULL) {
    c->index = a->num_conns++;
  }
  return c;
}

static void segment(struct analysis *a, const struct packet *p)
{
  struct conn_key key;
  unsigned side = conn_key_make(&key, p);
  struct conn *c = conn_for(a, &key, side, p);

  if (c == NULL) {
    return;
  }
  queue_closed(a, c, tcp_take(&a->streams, &a->watches, c, side, p));
  if ((c->flags & CONN_LEAN) && c->watch != NULL && !a->keep_completed) {
    drop_watch(a, c);
  }
}

static void datagram(struct analysis *a, const struct packet *p)
{
  struct conn_key key;
  struct conn *c;
  unsigned side;

  if (!dtls_is_record(p->payload, p->payload_len)) {
    return;
  }
  side = conn_key_make(&key, p);
  c = find_conn(a, &key);
  if (c == NULL) {
    if (!dtls_is_hello(p->payload, p->payload_len)) {
      return;
    }
    c = open_conn(a, &key, p);
    if (c == NULL) {
      return;
    }
    c->index = a->num_conns++;
  }
  touch(a, c, p);
  if (!(c->flags & CONN_ENDED)) {
    dtls_take(c, side, p);
  }
}

void analysis_frame(struct analysis *a, uint64_t t_us, const uint8_t *bytes,
                    size_t len)
{
  struct packet p;
  struct view v;

  a->frame++;
  a->num_bytes += len;
  tick(a, t_us);
  v.at = bytes;
  v.len = len;
  p.frame = a->frame;
  p.t_us = t_us;
  switch (net_read(v, a->peel(&v), &p)) {
  case NET_SEGMENT:
    a->num_segments++;
    segment(a, &p);
    break;
  case NET_DATAGRAM:
    a->num_datagrams++;
    datagram(a, &p);
    break;
  case NET_FRAGMENT:
    a->num_fragments++;
    break;
  case NET_CUT:
    a->num_cut++;
    break;
  case NET_OTHER:
  case NET_NOT_IP:
  default:
    a->num_other++;
    break;
  }
}

void analysis_end(struct analysis *a)
{
  size_t span = conntable_span(&a->table);
  size_t i;

  /* All end before any is told: each may shed light on each. */
  if (a->previous_us > a->now_us) {
    a->now_us = a->previous_us;
  }
  for (i = 0; i < span; i++) {
    struct conn *c = conntable_at(&a->table, i);

    if (c != NULL) {
      (void)end_and_keep(a, c);
    }
  }
  for (i = 0; i < span; i++) {
    struct conn *c = conntable_at(&a->table, i);

    if (c != NULL) {
      finish(a, c);
    }
  }
}
