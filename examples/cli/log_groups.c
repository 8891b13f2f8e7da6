#include "log_groups.h"

#include <stdlib.h>
#include <string.h>

enum {
  MAX_EVENTS = 1 << 20 /* then they are judged, oldest logs first */
};

struct log_groups {
  struct log_list events;   /* struct log_event */
  struct log_list attempts; /* tlsdiag_attempt, as events refer to them */
  struct counter clients;
  struct log_list groups; /* struct log_group */
  struct log_list files;  /* const char * */
  uint32_t generation;    /* of the attempts: a flush begins a new one */
  int reserved_;
};

/* ---- lists ---- */

static struct log_event *event_at(const struct log_groups *g, size_t i)
{
  return (struct log_event *)g->events.items + i;
}

static struct log_group *group_at(const struct log_groups *g, size_t i)
{
  return (struct log_group *)g->groups.items + i;
}

struct log_groups *log_groups_of(struct tool *t)
{
  if (t->log_groups == NULL) {
    t->log_groups = calloc(1, sizeof *t->log_groups);
    if (t->log_groups != NULL) {
      t->log_groups->generation = 1;
    }
  }
  return t->log_groups;
}

void log_groups_file(struct log_groups *g, const char *name)
{
  const char **file = log_list_add(&g->files, sizeof *file, UINT32_MAX);

  if (file != NULL) {
    *file = name;
  }
  counter_restart(&g->clients);
}

struct counter *log_groups_clients(struct log_groups *g)
{
  return &g->clients;
}

/* ---- all events ---- */

static int by_time(const void *a, const void *b)
{
  const struct log_event *x = *(struct log_event *const *)a;
  const struct log_event *y = *(struct log_event *const *)b;

  if (x->t_us != y->t_us) {
    return x->t_us < y->t_us ? -1 : 1;
  }
  return x->place < y->place ? -1 : x->place > y->place;
}

/* One log is in order already; those of several servers rarely are. */
static void sort(struct log_event **events, size_t count)
{
  size_t i;

  for (i = 1; i < count && by_time(&events[i - 1], &events[i]) <= 0; i++) {
  }
  if (i < count) {
    qsort(events, count, sizeof *events, by_time);
  }
}

/* Events by client: behind[c] is where those of client c end. */
static void distribute(const struct log_groups *g, struct log_event **sorted,
                       size_t *behind)
{
  size_t i;

  memset(behind, 0, (g->clients.list.count + 1) * sizeof *behind);
  for (i = 0; i < g->events.count; i++) {
    behind[event_at(g, i)->client + 1]++;
  }
  for (i = 0; i < g->clients.list.count; i++) {
    behind[i + 1] += behind[i];
  }
  for (i = 0; i < g->events.count; i++) {
    sorted[behind[event_at(g, i)->client]++] = event_at(g, i);
  }
}

static void judge_all(struct log_groups *g)
{
  size_t count = g->events.count;
  struct log_event **sorted = calloc(count + 1, sizeof *sorted);
  struct log_step *steps = calloc(count + 1, sizeof *steps);
  size_t *behind = calloc(g->clients.list.count + 2, sizeof *behind);
  size_t from = 0;
  size_t i;

  if (sorted != NULL && steps != NULL && behind != NULL) {
    distribute(g, sorted, behind);
    for (i = 0; i < g->clients.list.count; i++) {
      if (behind[i] - from > 1) {
        sort(sorted + from, behind[i] - from);
        log_story(&g->groups, g->attempts.items, sorted + from,
                  behind[i] - from, steps);
      }
      from = behind[i];
    }
  }
  free(sorted);
  free(steps);
  free(behind);
  g->events.count = 0;
  g->attempts.count = 0;
  g->generation++;
}

/* ---- one line ---- */

static uint32_t hash32(const struct log_span *s, uint64_t seed)
{
  uint64_t h = log_hash(s->ptr, s->len, seed);

  return (uint32_t)(h ^ h >> 32);
}

/* Where a log does not tell the name it is taken for the same: most are of one
 * site, and a client that steps down may land on any of its servers. */
static uint32_t name_of(const struct log_line *line)
{
  static const struct log_span none = {(const uint8_t *)"", 0};
  const struct log_span *name = line->name.ptr != NULL   ? &line->name
                                : line->site.ptr != NULL ? &line->site
                                                         : &none;

  return hash32(name, 2);
}

/* A client's port, or a number that each connection has of its own, or at
 * least the process that wrote the line; and what it is. */
static uint32_t connection_of(const struct log_groups *g,
                              const struct log_line *line)
{
  const struct log_span *id = line->port.len > 0 ? &line->port : &line->tag;
  int is_own = id->len > 0 && (line->port.len > 0 || line->is_tag_of_one);
  int is_learnt = line->client.ptr < line->all.ptr;

  return (hash32(id, g->files.count) & ~(uint32_t)LOG_IS_MASK) |
         (is_own ? LOG_IS_CONNECTION : 0u) | (is_learnt ? LOG_IS_LEARNT : 0u);
}

/* Keeps what the message says, once. */
static int refer(struct log_groups *g, struct log_message *message)
{
  tlsdiag_attempt *a;

  if (message->generation != g->generation) {
    a = log_list_add(&g->attempts, sizeof *a, MAX_EVENTS);
    if (a == NULL) {
      return -1;
    }
    *a = message->attempt;
    message->place = (uint32_t)g->attempts.count - 1;
    message->generation = g->generation;
  }
  return 0;
}

void log_groups_add(struct log_groups *g, const struct log_line *line,
                    uint64_t number, uint32_t client,
                    struct log_message *message)
{
  struct log_event *e;

  if (g->files.count == 0 || client == COUNTED_NONE || line->t_us == 0 ||
      line->is_upstream || !message->has_attempt) {
    return;
  }
  if (g->events.count == MAX_EVENTS || g->attempts.count == MAX_EVENTS) {
    judge_all(g);
  }
  if (refer(g, message) != 0 ||
      (e = log_list_add(&g->events, sizeof *e, MAX_EVENTS)) == NULL) {
    return;
  }
  e->t_us = line->t_us;
  e->place = LOG_PLACE(g->files.count - 1, number);
  e->client = client;
  e->attempt = message->place;
  e->connection = connection_of(g, line);
  e->name = name_of(line);
}

/* ---- the end ---- */

static int by_begin(const void *a, const void *b)
{
  const struct log_group *x = a;
  const struct log_group *y = b;

  if (x->t_us != y->t_us) {
    return x->t_us < y->t_us ? -1 : 1;
  }
  return x->first < y->first ? -1 : x->first > y->first;
}

size_t log_groups_count(const struct log_groups *g)
{
  return g->groups.count;
}

const struct log_group *log_groups_at(const struct log_groups *g, size_t i)
{
  return group_at(g, i);
}

size_t log_groups_num_files(const struct log_groups *g)
{
  return g->files.count;
}

const char *log_groups_name(const struct log_groups *g, uint32_t file)
{
  return ((const char *const *)g->files.items)[file];
}

struct log_span log_groups_client(const struct log_groups *g,
                                  const struct log_group *group)
{
  const struct counted *c = counter_at(&g->clients, group->client);
  struct log_span text = {c->text, c->len};

  return text;
}

void log_groups_end(struct tool *t)
{
  struct log_groups *g = t->log_groups;

  if (g == NULL) {
    return;
  }
  judge_all(g);
  if (g->groups.count > 0) {
    qsort(g->groups.items, g->groups.count, sizeof(struct log_group), by_begin);
    if (t->options->json) {
      log_groups_json(t, g);
    } else {
      log_groups_people(t, g);
    }
  }
  free(g->events.items);
  free(g->attempts.items);
  counter_free(&g->clients);
  free(g->groups.items);
  free(g->files.items);
  free(g);
  t->log_groups = NULL;
}
