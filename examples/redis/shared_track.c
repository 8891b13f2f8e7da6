/* shared_track.c: see shared_track.h. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <hiredis/hiredis.h>
#include "shared_track.h"

enum { PATIENCE_MS = 100, PAUSE_S = 2 };

/* NULL while Redis is away; then it is not asked again for a while. */
static redisContext *connection_of(struct shared_tracks *tracks)
{
  struct timeval patience = {0, PATIENCE_MS * 1000};
  redisContext *redis = tracks->connection;

  if (redis != NULL && redis->err == 0) {
    return redis;
  }
  if (redis != NULL) {
    redisFree(redis);
    tracks->connection = NULL;
  }
  if (time(NULL) < tracks->retry_at) {
    return NULL;
  }
  redis = redisConnectWithTimeout(tracks->host, tracks->port, patience);
  if (redis == NULL || redis->err != 0) {
    if (redis != NULL) {
      redisFree(redis);
    }
    tracks->retry_at = time(NULL) + PAUSE_S;
    return NULL;
  }
  redisSetTimeout(redis, patience);
  tracks->connection = redis;
  return redis;
}

/* What the hash holds: name, track, name, track.  The server's own is set
 * apart. */
static void read_reply(const redisReply *reply, const char *server,
                       tlsdiag_track *own, tlsdiag_track *all)
{
  tlsdiag_track one;
  size_t i;

  for (i = 0; reply->type == REDIS_REPLY_ARRAY && i + 1 < reply->elements;
       i += 2) {
    const redisReply *name = reply->element[i], *value = reply->element[i + 1];

    memset(&one, 0, sizeof one);
    if (value->type != REDIS_REPLY_STRING ||
        tlsdiag_track_import(&one, (const uint8_t *)value->str, value->len) !=
            TLSDIAG_STATUS_OK) {
      continue; /* somebody else's bytes: not ours to judge */
    }
    tlsdiag_track_merge(all, &one);
    if (strcmp(name->str, server) == 0) {
      *own = one;
    }
  }
}

int shared_track_add(struct shared_tracks *tracks, const char *client,
                     const tlsdiag_attempt *attempt, tlsdiag_track *all)
{
  uint8_t bytes[TLSDIAG_TRACK_EXPORT_MAX];
  redisContext *redis = connection_of(tracks);
  redisReply *reply;
  tlsdiag_track own;
  char key[128];
  size_t len;
  int shared = 0;

  memset(&own, 0, sizeof own);
  memset(all, 0, sizeof *all);
  snprintf(key, sizeof key, "tlsdiag:%s", client);
  reply = redis != NULL ? redisCommand(redis, "HGETALL %s", key) : NULL;
  if (reply != NULL) {
    shared = reply->type == REDIS_REPLY_ARRAY;
    read_reply(reply, tracks->server, &own, all);
    freeReplyObject(reply);
  }
  tlsdiag_track_add(&own, attempt);
  tlsdiag_track_merge(all, &own);
  if (shared) {
    len = tlsdiag_track_export(&own, bytes, sizeof bytes);
    redisAppendCommand(redis, "HSET %s %s %b", key, tracks->server, bytes, len);
    redisAppendCommand(redis, "EXPIRE %s %d", key, tracks->expire_s);
    for (len = 0; len < 2; len++) {
      void *answer = NULL;
      if (redisGetReply(redis, &answer) == REDIS_OK) {
        freeReplyObject(answer);
      }
    }
  }
  return shared;
}

void shared_tracks_close(struct shared_tracks *tracks)
{
  if (tracks->connection != NULL) {
    redisFree(tracks->connection);
    tracks->connection = NULL;
  }
}
