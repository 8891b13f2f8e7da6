/* shared_tracks.c: see shared_tracks.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <hiredis/adapters/libuv.h>
#include "shared_tracks.h"

enum { CLIENTS = 1024 }; /* whose tracks are kept here: 600 bytes each */

/* Requests are answered in the order they were made, so the first in the queue
 * is the one that has waited longest. */
struct request {
  struct request *next;
  uint64_t due;
  tlsdiag_track all; /* this server's own; the others' are merged into it */
  shared_tracks_done *done;
  void *arg;
};

struct shared_tracks {
  uv_loop_t *loop;
  uv_timer_t timer; /* for the first request */
  struct request *first, **last;
  redisAsyncContext *redis; /* NULL while it is away */
  uint64_t retry_at;
  char host[64];
  int port, is_away;
  uint32_t server;
  void *memory; /* of own */
  tlsdiag_tracker *own;
};

/* -- the connection: made when it is needed, dropped when it fails -- */

/* Said once, until it answers again. */
static void complain(struct shared_tracks *t, const char *what)
{
  if (!t->is_away) {
    fprintf(stderr, "redis: %s; only own connections are compared\n", what);
  }
  t->is_away = 1;
}

static void lost(struct shared_tracks *t)
{
  t->redis = NULL;
  t->retry_at = uv_now(t->loop) + SHARED_TRACKS_PAUSE_MS;
  complain(t, "away or too slow");
}

/* hiredis frees the context after either of these two. */
static void on_connect(const redisAsyncContext *redis, int status)
{
  struct shared_tracks *t = redis->data;

  if (status != REDIS_OK && t->redis == redis) {
    lost(t);
  }
}

static void on_disconnect(const redisAsyncContext *redis, int status)
{
  struct shared_tracks *t = redis->data;

  (void)status;
  if (t->redis == redis) {
    lost(t);
  }
}

static redisAsyncContext *connection_of(struct shared_tracks *t)
{
  redisAsyncContext *redis;

  if (t->redis != NULL || t->host[0] == '\0' || uv_now(t->loop) < t->retry_at) {
    return t->redis;
  }
  redis = redisAsyncConnect(t->host, t->port);
  if (redis == NULL) {
    lost(t);
    return NULL;
  }
  if (redis->err != 0 || redisLibuvAttach(redis, t->loop) != REDIS_OK) {
    redisAsyncFree(redis);
    lost(t);
    return NULL;
  }
  redis->data = t;
  redisAsyncSetConnectCallback(redis, on_connect);
  redisAsyncSetDisconnectCallback(redis, on_disconnect);
  t->redis = redis;
  return redis;
}

/* -- requests -- */

/* All requests that wait are answered without Redis: hiredis calls on_reply
 * for each. */
static void give_up(struct shared_tracks *t)
{
  redisAsyncContext *redis = t->redis;

  if (redis != NULL) {
    t->redis = NULL;
    redisAsyncFree(redis);
  }
}

static void on_late(uv_timer_t *timer)
{
  struct shared_tracks *t = timer->data;

  give_up(t);
  lost(t);
}

static void watch_first(struct shared_tracks *t)
{
  uint64_t now = uv_now(t->loop);

  uv_timer_stop(&t->timer);
  if (t->first != NULL && !uv_is_closing((uv_handle_t *)&t->timer)) {
    uv_timer_start(&t->timer, on_late,
                   t->first->due > now ? t->first->due - now : 0, 0);
  }
}

/* What the hash holds: server, track, server, track. */
static void merge_reply(const redisReply *reply, tlsdiag_track *all)
{
  tlsdiag_track one;
  size_t i;

  for (i = 1; i < reply->elements; i += 2) {
    const redisReply *value = reply->element[i];

    memset(&one, 0, sizeof one);
    if (value->type == REDIS_REPLY_STRING &&
        tlsdiag_track_import(&one, (const uint8_t *)value->str, value->len) ==
            TLSDIAG_STATUS_OK) { /* else somebody else's bytes: not ours */
      tlsdiag_track_merge(all, &one);
    }
  }
}

static void on_reply(redisAsyncContext *redis, void *reply, void *arg)
{
  struct shared_tracks *t = redis->data;
  struct request *r = arg;
  const redisReply *hash = reply;

  t->first = r->next;
  if (t->first == NULL) {
    t->last = &t->first;
  }
  watch_first(t);
  if (hash != NULL && hash->type == REDIS_REPLY_ARRAY) {
    t->is_away = 0;
    merge_reply(hash, &r->all);
  } else if (hash != NULL && hash->type == REDIS_REPLY_ERROR) {
    complain(t, hash->str);
  }
  r->done(r->arg, &r->all);
  free(r);
}

/* Writes before it reads: of two servers at the same time at least one sees
 * both attempts. */
static int ask(struct shared_tracks *t, const char *client, struct request *r)
{
  redisAsyncContext *redis = connection_of(t);
  uint8_t bytes[TLSDIAG_TRACK_EXPORT_MAX];
  size_t len = tlsdiag_track_export(&r->all, bytes, sizeof bytes);

  if (redis == NULL) {
    return -1;
  }
  redisAsyncCommand(redis, NULL, NULL, "HSET tlsdiag:%s %08x %b", client,
                    t->server, bytes, len);
  redisAsyncCommand(redis, NULL, NULL, "EXPIRE tlsdiag:%s %d", client,
                    SHARED_TRACKS_EXPIRE_S);
  return redisAsyncCommand(redis, on_reply, r, "HGETALL tlsdiag:%s", client) ==
                 REDIS_OK
             ? 0
             : -1;
}

void shared_tracks_add(struct shared_tracks *t, const char *client,
                       const tlsdiag_attempt *attempt, shared_tracks_done *done,
                       void *arg)
{
  struct request *r = calloc(1, sizeof *r);
  const tlsdiag_track *own;

  tlsdiag_tracker_add(t->own, (const uint8_t *)client, strlen(client), attempt,
                      &own);
  if (r == NULL) {
    done(arg, own);
    return;
  }
  r->all = *own;
  r->done = done;
  r->arg = arg;
  r->due = uv_now(t->loop) + SHARED_TRACKS_MS;
  if (ask(t, client, r) != 0) {
    done(arg, own);
    free(r);
    return;
  }
  *t->last = r;
  t->last = &r->next;
  if (t->first == r) {
    watch_first(t);
  }
}

/* -- begin and end -- */

struct shared_tracks *shared_tracks_open(uv_loop_t *loop, uint32_t server,
                                         const char *host, int port)
{
  size_t len = tlsdiag_tracker_size(CLIENTS);
  struct shared_tracks *t = calloc(1, sizeof *t);

  if (t == NULL || (t->memory = malloc(len)) == NULL ||
      tlsdiag_tracker_init(t->memory, len, CLIENTS, &t->own) !=
          TLSDIAG_STATUS_OK) {
    free(t != NULL ? t->memory : NULL);
    free(t);
    return NULL;
  }
  t->loop = loop;
  t->last = &t->first;
  t->server = server;
  t->port = port;
  snprintf(t->host, sizeof t->host, "%s", host != NULL ? host : "");
  uv_timer_init(loop, &t->timer);
  t->timer.data = t;
  return t;
}

static void on_closed(uv_handle_t *handle)
{
  struct shared_tracks *t = handle->data;

  free(t->memory);
  free(t);
}

void shared_tracks_close(struct shared_tracks *t)
{
  uv_close((uv_handle_t *)&t->timer, on_closed);
  give_up(t);
}
