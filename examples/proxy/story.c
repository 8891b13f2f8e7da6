/* story.c: see story.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>
#include "../hosts/verdict_json.h"
#include "story.h"

enum { HELD_MAX = 65536 }; /* of a client whose hello is not complete */

static char line_text[16384];
static size_t most_held;

uint64_t now_us(void)
{
  uv_timeval64_t now;

  uv_gettimeofday(&now);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_usec;
}

tlsdiag_flow *story_flow(struct story *story)
{
  return (tlsdiag_flow *)(void *)story->memory;
}

void story_begin(struct story *story, uint64_t id, void (*told)(struct story *))
{
  tlsdiag_flow_options options = {.size = sizeof options,
                                  .flags = TLSDIAG_FLOW_WALL_CLOCK};

  story->id = id;
  story->told = told;
  tlsdiag_flow_init(story_flow(story), sizeof story->memory, &options);
}

/* The hello within the bytes held; *msg lives until the next call. */
static int find_hello(const struct story *story, tlsdiag_bytes *msg,
                      unsigned *format, tlsdiag_where *where)
{
  static uint8_t scratch[HELD_MAX];
  unsigned protocol = 0;

  tlsdiag_recognise(story->held, story->held_len, TLSDIAG_FROM_CLIENT,
                    &protocol);
  *format = protocol == TLSDIAG_PROTOCOL_SSLV2 ? TLSDIAG_FORMAT_SSLV2
                                               : TLSDIAG_FORMAT_TLS;
  return tlsdiag_find_handshake(story->held, story->held_len, scratch,
                                sizeof scratch, msg, where);
}

int story_hold(struct story *s, const uint8_t *data, size_t len,
               tlsdiag_client_hello *hello)
{
  uint8_t *held = realloc(s->held, s->held_len + len);
  tlsdiag_where where;
  tlsdiag_bytes msg;
  unsigned format;
  int rc;

  if (held == NULL) {
    return HELLO_TOO_LONG;
  }
  memcpy(held + s->held_len, data, len);
  s->held = held;
  s->held_len += len;
  most_held = s->held_len > most_held ? s->held_len : most_held;
  if (s->held_len < s->needed) {
    return HELLO_MORE; /* it cannot be whole yet: do not look again */
  }
  rc = find_hello(s, &msg, &format, &where);
  if (rc == TLSDIAG_STATUS_OK) {
    rc = tlsdiag_client_hello_decode(msg.ptr, msg.len, format, hello, NULL);
    return rc == TLSDIAG_STATUS_E_ABSENT ? HELLO_OTHER : HELLO_WHOLE;
  }
  if (rc == TLSDIAG_STATUS_MORE && s->held_len + where.want <= HELD_MAX) {
    s->needed = s->held_len + where.want;
    return HELLO_MORE;
  }
  return rc == TLSDIAG_STATUS_MORE || rc == TLSDIAG_STATUS_E_STORAGE
             ? HELLO_TOO_LONG
             : HELLO_NOT_TLS;
}

void story_drop_held(struct story *story)
{
  free(story->held);
  story->held = NULL;
  story->held_len = 0;
}

size_t story_most_held(void)
{
  return most_held;
}

void story_refuse(struct story *story, uint8_t code, uint8_t alert[7])
{
  const uint8_t bytes[7] = {21, 3, 3, 0, 2, 2, code};

  memcpy(alert, bytes, sizeof bytes);
  tlsdiag_flow_feed(story_flow(story), TLSDIAG_FROM_SERVER, now_us(), bytes,
                    sizeof bytes, NULL);
  tlsdiag_flow_close(story_flow(story), TLSDIAG_FROM_SERVER,
                     TLSDIAG_CLOSE_LOCAL, now_us());
}

static tlsdiag_verdict verdict_of(struct story *story)
{
  tlsdiag_verdict verdict = {.size = sizeof verdict};

  tlsdiag_classify(story_flow(story), &verdict);
  return verdict;
}

int story_completed(struct story *story)
{
  return verdict_of(story).outcome == TLSDIAG_OUTCOME_COMPLETED;
}

static void print_verdict(struct story *story)
{
  tlsdiag_verdict verdict = verdict_of(story);
  struct verdict_line line = {.client = story->client,
                              .flow = story_flow(story),
                              .verdict = &verdict,
                              .id = story->id};

  if (verdict.outcome == TLSDIAG_OUTCOME_FAILED ||
      verdict.outcome == TLSDIAG_OUTCOME_NOT_TLS) {
    line.server = story->server[0] != '\0' ? story->server : NULL;
    if (find_hello(story, &line.hello, &line.format, NULL) !=
        TLSDIAG_STATUS_OK) {
      line.hello.len = 0;
    }
    verdict_json(&line, line_text, sizeof line_text);
    puts(line_text);
  }
}

/* The client without its port: that is who falls back. */
static void client_of(const struct story *story, char out[ADDRESS_TEXT])
{
  int len = (int)(strrchr(story->client, ':') - story->client);

  snprintf(out, ADDRESS_TEXT, "%.*s", len, story->client);
}

/* The bit of a connection in its track, 0 if it fell out. */
static uint32_t bit_of(const tlsdiag_track *track, uint64_t id)
{
  uint32_t i;

  for (i = 0; i < track->num_attempts; i++) {
    if (track->attempts[i].id == id) {
      return 1u << i;
    }
  }
  return 0;
}

/* The best group that the connection belongs to, and the track it was found
 * in.  While an older one of the same client is better, the oldest attempt is
 * left out. */
static tlsdiag_group group_with(const tlsdiag_track *all, uint64_t id,
                                tlsdiag_track *track)
{
  tlsdiag_group group = {.size = sizeof group};
  uint32_t skip, i;

  for (skip = 0; skip < TLSDIAG_MAX_ATTEMPTS; skip++) {
    memset(track, 0, sizeof *track);
    for (i = skip; i < all->num_attempts; i++) {
      tlsdiag_track_add(track, &all->attempts[i]);
    }
    tlsdiag_track_classify(track, &group);
    if (group.cause == TLSDIAG_CAUSE_NONE ||
        (group.members & bit_of(track, id)) != 0) {
      return group;
    }
  }
  group.cause = TLSDIAG_CAUSE_NONE;
  return group;
}

static void on_known(void *arg, const tlsdiag_track *all)
{
  struct story *story = arg;
  tlsdiag_track track;
  tlsdiag_group group = group_with(all, story->id, &track);
  char client[ADDRESS_TEXT];

  if (group.cause != TLSDIAG_CAUSE_NONE &&
      (group.explained & bit_of(&track, story->id)) != 0) {
    tlsdiag_flow_group(story_flow(story), &group, now_us());
  }
  print_verdict(story);
  if (group.cause != TLSDIAG_CAUSE_NONE) {
    client_of(story, client);
    group_json(client, &track, &group, line_text, sizeof line_text);
    puts(line_text);
  }
  fflush(stdout);
  story->told(story);
}

/* FNV-1a: the same upstream is the same server for all who share. */
static uint32_t server_key(const char *text)
{
  uint32_t hash = 0x811c9dc5u;

  for (; *text != '\0'; text++) {
    hash = (hash ^ (uint8_t)*text) * 0x01000193u;
  }
  return hash;
}

void story_tell(struct story *story, struct shared_tracks *tracks)
{
  tlsdiag_attempt attempt;
  char client[ADDRESS_TEXT];

  if (tlsdiag_attempt_from_flow(story_flow(story), story->id,
                                server_key(story->server),
                                &attempt) != TLSDIAG_STATUS_OK) {
    story->told(story);
    return;
  }
  client_of(story, client);
  shared_tracks_add(tracks, client, &attempt, on_known, story);
}
