/* Every scenario of tests/cases, whole, byte by byte, split at every place,
 * and with too little room. */
#include <criterion/criterion.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "scenario.h"

/* Criterion runs in the project's top directory. */
static const char cases[] = "tests/cases/*.md";

enum { DENSE = 640, STEP = 41 };

struct run {
  const struct scenario *s;
  struct played whole;
  unsigned num_failed;
};

static void report(struct run *r, const char *how, const char *why,
                   const struct played *p)
{
  r->num_failed++;
  fprintf(stderr, "%s: %s\n  %s: %s\n%s\n", r->s->path, r->s->title, how, why,
          scenario_describe(p));
}

/* The same observations and the same verdict, however the bytes are cut. */
static void same(struct run *r, const struct cut *cut, const char *how)
{
  struct played p;
  const char *why;

  scenario_play(r->s, cut, &p);
  why = scenario_compare(&r->whole, &p);
  if (why != NULL) {
    report(r, how, why, &p);
  }
}

/* Long feeds are cut everywhere near their ends and here and there between. */
static size_t next_split(size_t at, size_t len)
{
  return at < DENSE || at + STEP + 8 > len ? at + 1 : at + STEP;
}

static void splits(struct run *r)
{
  struct cut cut = {ROOM_LARGE, 0, 0, 0, 0};
  char how[80];
  unsigned before = r->num_failed;

  for (cut.split_event = r->s->fresh; cut.split_event < r->s->num_events;
       cut.split_event++) {
    const struct event *e = &r->s->event[cut.split_event];

    if (e->kind != EVENT_FEED) {
      continue;
    }
    for (cut.split_at = 1; cut.split_at < e->len && r->num_failed == before;
         cut.split_at = next_split(cut.split_at, e->len)) {
      (void)snprintf(how, sizeof how, "event %zu split at %zu",
                     cut.split_event, cut.split_at);
      same(r, &cut, how);
    }
  }
}

static void cramped(struct run *r, size_t room, int bytewise)
{
  const struct cut cut = {room, bytewise, 0, 0, 0};
  struct played p;
  const char *why;
  char how[80];

  scenario_play(r->s, &cut, &p);
  why = scenario_judge_cramped(r->s, &r->whole, &p);
  if (why != NULL) {
    (void)snprintf(how, sizeof how, "room %zu%s", room,
                   bytewise ? " byte by byte" : "");
    report(r, how, why, &p);
  }
}

static unsigned run(const struct scenario *s)
{
  const struct cut whole = {ROOM_LARGE, 0, 0, 0, 0};
  const struct cut bytewise = {ROOM_LARGE, 1, 0, 0, 0};
  const struct cut by_message = {ROOM_LARGE, 0, 0, 0, 1};
  struct run r = {s, {{0}, 0, {{0}}}, 0};
  const char *why;

  scenario_play(s, &whole, &r.whole);
  why = scenario_judge(s, &r.whole);
  if (why != NULL) {
    report(&r, "whole", why, &r.whole);
  }
  same(&r, &by_message, "stopping at messages");
  if (!s->as_fed) {
    same(&r, &bytewise, "byte by byte");
    if ((s->flags & TLSDIAG_FLOW_DATAGRAM) == 0) {
      splits(&r);
    }
    cramped(&r, 0, 1);
    cramped(&r, 300, 1);
  }
  cramped(&r, 0, 0);
  return r.num_failed;
}

static void run_file(const char *path, unsigned *num, unsigned *failed)
{
  struct scenario_file *in = malloc(sizeof *in);
  struct scenario *s = malloc(sizeof *s);
  int rc;

  cr_assert_eq(scenario_open(in, path), 0, "cannot read %s", path);
  while ((rc = scenario_next(in, s)) == 1) {
    (*num)++;
    *failed += run(s) != 0;
  }
  cr_expect_eq(rc, 0, "%s", in->error);
  scenario_close(in);
  free(in);
  free(s);
}

Test(scenario, every_case_gives_what_is_written, .timeout = 170)
{
  const char *only = getenv("TLSDIAG_CASES"); /* a pattern, to try some */
  unsigned num = 0;
  unsigned failed = 0;
  glob_t found;
  size_t i;

  cr_assert_eq(glob(only != NULL ? only : cases, 0, NULL, &found), 0,
               "run me in the project's top directory");
  for (i = 0; i < found.gl_pathc; i++) {
    run_file(found.gl_pathv[i], &num, &failed);
  }
  globfree(&found);
  printf("%u scenarios\n", num);
  cr_assert_eq(failed, 0, "%u of %u scenarios failed", failed, num);
  cr_assert(only != NULL || num >= 100, "only %u scenarios were found", num);
}
