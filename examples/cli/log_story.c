#include "log_story.h"

#include <string.h>

enum {
  MAX_GROUPS = 1 << 16,
  SAME_CONNECTION = 8,         /* steps back */
  CONNECTION_US = 20 * 1000000 /* lines of one are no further apart */
};
#define STORY_US ((uint64_t)3600 * 1000000) /* no pattern reaches further */
#define SOON_US ((uint64_t)62 * 1000000)

/* ---- lines become steps ---- */

/* A second line that says the same is a second connection, unless it says
 * less than a line of its own: not even who it is about. */
static int is_continued(const struct log_step *s, const struct log_event *e)
{
  int is_other = (e->connection & LOG_IS_CONNECTION) != 0 &&
                 e->attempt != s->first && e->attempt != s->latest;

  return ((e->connection ^ s->connection) & ~(uint32_t)LOG_IS_LEARNT) == 0 &&
         e->t_us >= s->t_us && e->t_us - s->t_us <= CONNECTION_US &&
         (is_other || (e->connection & LOG_IS_LEARNT) != 0);
}

static int is_surer(const tlsdiag_attempt *attempts, const struct log_event *a,
                    const struct log_event *b)
{
  return attempts[a->attempt].confidence > attempts[b->attempt].confidence;
}

/* Events in order of time become steps, in place; returns how many. */
static size_t fold(const tlsdiag_attempt *attempts,
                   struct log_event *const *events, size_t count,
                   struct log_step *steps)
{
  size_t num = 0;
  size_t i;

  for (i = 0; i < count; i++) {
    const struct log_event *e = events[i];
    size_t at = num;
    size_t stop = num > SAME_CONNECTION ? num - SAME_CONNECTION : 0;

    while (at > stop && !is_continued(&steps[at - 1], e)) {
      at--;
    }
    if (at > stop) {
      struct log_step *s = &steps[at - 1];

      s->latest = e->attempt;
      if (is_surer(attempts, e, s->event)) {
        s->event = e;
      }
      continue;
    }
    steps[num].event = e;
    steps[num].t_us = e->t_us;
    steps[num].first = e->attempt;
    steps[num].latest = e->attempt;
    steps[num].connection = e->connection;
    num++;
  }
  return num;
}

/* An id is a step of the client: the track is made of one client's steps. */
static tlsdiag_attempt attempt_of(const tlsdiag_attempt *attempts,
                                  const struct log_step *s, size_t id)
{
  tlsdiag_attempt a = attempts[s->event->attempt];

  a.t_us = s->t_us;
  a.id = id;
  a.server = LOG_PLACE_FILE(s->event->place) + 1;
  if (a.name_hash == 0) {
    a.name_hash = s->event->name + 1ull;
  }
  return a;
}

static void add_member(struct log_group *r, uint64_t place)
{
  uint32_t i;

  for (i = 0; i < r->num_members; i++) {
    if (r->member[i] == place) {
      return;
    }
  }
  r->count++;
  if (r->num_members < LOG_GROUP_MEMBERS) {
    r->member[r->num_members++] = place;
  }
}

struct story {
  struct log_list *groups;
  const tlsdiag_attempt *attempts;
  const struct log_step *steps;
  tlsdiag_track track;
  size_t first_group; /* of this client */
  size_t open;        /* one more than the group of the newest step */
  size_t num_alike;   /* so many of the newest say the same */
  size_t added;       /* steps that the track has seen */
};

static struct log_group *group_at(const struct story *s, size_t i)
{
  return (struct log_group *)s->groups->items + i;
}

static int is_in_track(const struct story *s, uint64_t step)
{
  uint32_t i;

  for (i = 0; i < s->track.num_attempts; i++) {
    if (s->track.attempts[i].id == step) {
      return 1;
    }
  }
  return 0;
}

/* The group that this one continues: of the same cause, and its last member is
 * in the track still.  Else a new one; 0 without room, else one more than its
 * index. */
static size_t open_group(struct story *s, const tlsdiag_group *group)
{
  size_t at = s->groups->count;
  size_t stop = s->first_group + SAME_CONNECTION < at ? at - SAME_CONNECTION
                                                      : s->first_group;
  struct log_group *r;

  for (; at > stop; at--) {
    r = group_at(s, at - 1);
    if (r->cause == group->cause && r->pattern == group->pattern &&
        is_in_track(s, r->latest)) {
      return at;
    }
  }
  r = log_list_add(s->groups, sizeof *r, MAX_GROUPS);
  if (r == NULL) {
    return 0;
  }
  memset(r, 0, sizeof *r);
  r->client = s->steps[0].event->client;
  r->t_us = s->track.attempts[group->first].t_us;
  r->first = s->steps[s->track.attempts[group->first].id].event->place;
  r->cause = group->cause;
  r->pattern = group->pattern;
  return s->groups->count;
}

static void record(struct story *s, const tlsdiag_group *group)
{
  const tlsdiag_attempt *a = s->track.attempts;
  struct log_group *r;
  uint32_t i;

  s->open = open_group(s, group);
  if (s->open == 0) {
    return;
  }
  r = group_at(s, s->open - 1);
  r->party = group->party;
  if (group->confidence > r->confidence) {
    r->confidence = group->confidence;
  }
  for (i = 0; i < s->track.num_attempts; i++) {
    if (group->members >> i & 1) {
      r->is_mixed |= a[i].cause != a[group->first].cause;
      if (r->count == 0 || a[i].id > r->latest) {
        add_member(r, s->steps[a[i].id].event->place);
        r->latest = a[i].id;
      }
    }
  }
}

/* Lines that hold no hello make groups within a minute only, but for probes:
 * the windows of lib/patterns.inc. */
static int reaches_far(const tlsdiag_attempt *a)
{
  return a->hello_len != 0 || a->cause == TLSDIAG_CAUSE_CONNECTION_PROBE;
}

static void add_step(struct story *s, size_t i)
{
  tlsdiag_attempt a = attempt_of(s->attempts, &s->steps[i], i);

  tlsdiag_track_add(&s->track, &a);
  s->num_alike =
      i > 0 && s->steps[i].event->attempt == s->steps[i - 1].event->attempt
          ? s->num_alike + 1
          : 0;
}

/* Once all of a track says the same, one more of it does not change that. */
static int goes_on(struct story *s, size_t i)
{
  if (s->num_alike <= TLSDIAG_MAX_ATTEMPTS) {
    return 0;
  }
  if (s->open > 0 && group_at(s, s->open - 1)->latest + 1 == i) {
    add_member(group_at(s, s->open - 1), s->steps[i].event->place);
    group_at(s, s->open - 1)->latest = i;
  }
  return 1;
}

static void take_step(struct story *s, size_t i)
{
  const struct log_step *step = &s->steps[i];
  uint64_t apart = i > 0 ? step->t_us - step[-1].t_us : UINT64_MAX;
  tlsdiag_group group;

  if (apart > STORY_US) {
    memset(&s->track, 0, sizeof s->track);
    s->num_alike = 0;
  }
  if (apart > SOON_US && !reaches_far(&s->attempts[step->event->attempt])) {
    return; /* added when the next one is near */
  }
  if (i > 0 && s->added < i) {
    add_step(s, i - 1);
  }
  add_step(s, i);
  s->added = i + 1;
  if (goes_on(s, i) || s->track.num_attempts < 2) {
    return;
  }
  memset(&group, 0, sizeof group);
  group.size = sizeof group;
  if (tlsdiag_track_classify(&s->track, &group) == TLSDIAG_STATUS_OK &&
      group.cause != TLSDIAG_CAUSE_NONE) {
    record(s, &group);
  }
}

void log_story(struct log_list *groups, const tlsdiag_attempt *attempts,
               struct log_event *const *events, size_t count,
               struct log_step *steps)
{
  struct story s;
  size_t num = fold(attempts, events, count, steps);
  size_t i;

  memset(&s, 0, sizeof s);
  s.groups = groups;
  s.attempts = attempts;
  s.steps = steps;
  s.first_group = groups->count;
  for (i = 0; i < num; i++) {
    take_step(&s, i);
  }
}
