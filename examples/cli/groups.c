#include "groups.h"

#include <stdlib.h>
#include <string.h>

enum {
  MAX_CLIENTS = 4096,
  MAX_RECORDS = 1 << 16,
  LOOK_BACK = 64,
  ALL_OF = 2048 /* of so many connections the good ones count too */
};

void groups_init(struct groups *g)
{
  size_t len = tlsdiag_tracker_size(MAX_CLIENTS);

  memset(g, 0, sizeof *g);
  g->memory = malloc(len);
  if (g->memory == NULL ||
      tlsdiag_tracker_init(g->memory, len, MAX_CLIENTS, &g->tracker) !=
          TLSDIAG_STATUS_OK) {
    g->tracker = NULL;
  }
}

void groups_free(struct groups *g)
{
  free(g->memory);
  free(g->record);
  memset(g, 0, sizeof *g);
}

/* FNV-1a over an address and a number. */
static uint32_t address_hash(const uint8_t *addr, uint16_t number)
{
  uint32_t hash = 0x811c9dc5u;
  unsigned i;

  for (i = 0; i < 16; i++) {
    hash = (hash ^ addr[i]) * 0x01000193u;
  }
  hash = (hash ^ (number & 0xffu)) * 0x01000193u;
  return (hash ^ number >> 8) * 0x01000193u;
}

static uint32_t server_key(const struct conn *c)
{
  return address_hash(c->key.addr[!c->client], c->key.port[!c->client]);
}

/* Good connections are many and say something only beside a bad one of the
 * same client.  In a long capture they count once that one was seen. */
static int is_worth_it(struct groups *g, const struct conn *c, unsigned outcome)
{
  uint32_t hash = address_hash(c->key.addr[c->client], 0);
  uint64_t *word = &g->failed[hash / 64 % GROUP_FILTER];
  uint64_t bit = (uint64_t)1 << hash % 64;

  if (outcome != TLSDIAG_OUTCOME_COMPLETED) {
    *word |= bit;
    return 1;
  }
  return c->index < ALL_OF || (*word & bit) != 0;
}

/* The record that this group continues: one of the same client and cause that
 * has a member in common. */
static struct group_record *record_find(struct groups *g, const struct conn *c,
                                        uint16_t cause,
                                        const tlsdiag_track *track)
{
  size_t at = g->num_records;
  size_t stop = at > LOOK_BACK ? at - LOOK_BACK : 0;

  while (at > stop) {
    struct group_record *r = &g->record[--at];
    uint32_t i;

    if (r->cause != cause || r->family != c->key.family ||
        memcmp(r->client, c->key.addr[c->client], sizeof r->client) != 0) {
      continue;
    }
    for (i = 0; i < track->num_attempts; i++) {
      if (track->attempts[i].id == r->member[r->num_members - 1]) {
        return r;
      }
    }
  }
  return NULL;
}

static struct group_record *record_new(struct groups *g, const struct conn *c)
{
  struct group_record *r;

  if (g->num_records >= MAX_RECORDS) {
    return NULL;
  }
  if (g->num_records == g->room) {
    size_t room = g->room > 0 ? g->room * 2 : 16;

    r = realloc(g->record, room * sizeof *r);
    if (r == NULL) {
      return NULL;
    }
    g->record = r;
    g->room = room;
  }
  r = &g->record[g->num_records++];
  memset(r, 0, sizeof *r);
  r->family = c->key.family;
  memcpy(r->client, c->key.addr[c->client], sizeof r->client);
  return r;
}

static void member_add(struct group_record *r, uint64_t index)
{
  uint32_t at = r->num_members;

  while (at > 0 && r->member[at - 1] > index) {
    at--;
  }
  if ((at > 0 && r->member[at - 1] == index) ||
      r->num_members == GROUP_MEMBERS) {
    return;
  }
  memmove(&r->member[at + 1], &r->member[at],
          (r->num_members - at) * sizeof r->member[0]);
  r->member[at] = index;
  r->num_members++;
}

static void record_group(struct groups *g, const struct conn *c,
                         const tlsdiag_track *track, const tlsdiag_group *group)
{
  struct group_record *r = record_find(g, c, group->cause, track);
  uint32_t i;

  if (r == NULL) {
    r = record_new(g, c);
  }
  if (r == NULL) {
    return;
  }
  r->cause = group->cause;
  r->pattern = group->pattern;
  r->confidence = group->confidence;
  r->party = group->party;
  /* What happens again is told where it began. */
  if (r->num_members == 0 || track->attempts[group->first].id < r->first) {
    r->first = track->attempts[group->first].id;
  }
  for (i = 0; i < track->num_attempts; i++) {
    if (group->members >> i & 1) {
      member_add(r, track->attempts[i].id);
    }
  }
}

static void tell_members(struct analysis *a, struct conn *c,
                         const tlsdiag_track *track, const tlsdiag_group *group)
{
  const uint64_t frame = watch_last_frame(c->watch);
  uint32_t i;

  for (i = 0; i < track->num_attempts; i++) {
    uint64_t id = track->attempts[i].id;
    struct conn *member;

    if ((group->explained >> i & 1) == 0) {
      continue;
    }
    member = id == c->index ? c : analysis_kept(a, id);
    if (member != NULL && member->watch != NULL) {
      watch_group(member->watch, group, a->now_us, frame);
    }
  }
}

void groups_ended(struct groups *g, struct analysis *a, struct conn *c,
                  unsigned outcome)
{
  const tlsdiag_track *track = NULL;
  tlsdiag_attempt attempt;
  tlsdiag_group group;

  if (g->tracker == NULL || !is_worth_it(g, c, outcome) ||
      tlsdiag_attempt_from_flow(c->watch->flow, c->index, server_key(c),
                                &attempt) != TLSDIAG_STATUS_OK ||
      tlsdiag_tracker_add(g->tracker, c->key.addr[c->client],
                          sizeof c->key.addr[0], &attempt,
                          &track) != TLSDIAG_STATUS_OK) {
    return;
  }
  group.size = sizeof group;
  if (track != NULL && track->num_attempts > 1 &&
      tlsdiag_track_classify(track, &group) == TLSDIAG_STATUS_OK &&
      group.cause != TLSDIAG_CAUSE_NONE) {
    tell_members(a, c, track, &group);
    record_group(g, c, track, &group);
  }
}
