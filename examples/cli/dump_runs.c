#include "dump_runs.h"

#include <stdlib.h>
#include <string.h>

#include "dump_report.h"

enum { BETWEEN_US = 1000000, SERVER = 1 };

/* What a run prints of itself. */
static void judge(struct dump_run *run)
{
  struct judged *j = &run->judged;
  struct dump_report report;

  judged_init(j);
  run->kind = dump_recognise(run->text, run->len);
  if (run->kind == DUMP_NONE ||
      dump_feed(run->kind, run->text, run->len, j) == 0) {
    dump_read_text(run->kind, run->text, run->len, j);
  }
  judged_verdict(j);
  dump_report_read(&report, run->text, run->len);
  run->completed = j->verdict.outcome == TLSDIAG_OUTCOME_COMPLETED ||
                   (report.is_there && !report.failed && report.suite != 0);
}

/* FNV-1a. */
static uint32_t hash_of(const struct dump_line *name)
{
  uint32_t hash = 0x811c9dc5u;
  size_t i;

  for (i = 0; i < name->len; i++) {
    hash = (hash ^ name->ptr[i]) * 0x01000193u;
  }
  return hash;
}

/* The address that a program says it connects to: curl's "Connected to NAME
 * (ADDRESS) port N". */
static uint32_t server_of(const struct dump_run *run)
{
  const uint8_t *at = run->text;
  struct dump_line line;
  size_t behind;

  while (dump_next_line(&at, run->text + run->len, &line)) {
    if (dump_find(&line, "Connected to ", &behind)) {
      struct dump_line rest = dump_rest(&line, behind);

      if (dump_find(&rest, ") (", &behind) || dump_find(&rest, " (", &behind)) {
        rest = dump_rest(&rest, behind);
        rest.len = dump_find(&rest, " #", &behind) ? behind : rest.len;
        return hash_of(&rest);
      }
    }
  }
  return SERVER;
}

/* curl tells the versions it offers where it tells no hello. */
static void learn_from_curl(const struct dump_run *run, tlsdiag_attempt *a)
{
  a->version_max = (uint16_t)dump_curl_offered(run->text, run->len);
  a->server = server_of(run);
  if (a->version_max != 0 && a->stage < TLSDIAG_STAGE_CLIENT_HELLO) {
    a->stage = TLSDIAG_STAGE_CLIENT_HELLO;
  }
}

/* The report that s_client prints at the end of a session. */
static void learn_from_report(const struct dump_report *r, tlsdiag_attempt *a)
{
  a->server = r->server.len > 0 ? hash_of(&r->server) : SERVER;
  a->version = a->version != 0 ? a->version : (uint16_t)r->version;
  a->cipher = a->cipher != 0 ? a->cipher : (uint16_t)r->suite;
  if (r->has_ems > 0) {
    a->hello_flags |= TLSDIAG_HELLO_EXTENDED_MASTER_SECRET;
    a->server_flags |= TLSDIAG_SERVER_HELLO_EXTENDED_MASTER_SECRET;
  }
  if (r->suite != 0 && a->stage < TLSDIAG_STAGE_FINISHED &&
      r->version < 0x304 && r->failed) {
    a->stage = TLSDIAG_STAGE_FINISHED; /* keys were agreed on and tried */
  }
}

/* What the flow could not learn because only other lines tell it. */
static void complete(const struct dump_run *run, tlsdiag_attempt *a)
{
  struct dump_report r;

  dump_report_read(&r, run->text, run->len);
  if (run->kind == DUMP_CURL && a->version_max == 0) {
    learn_from_curl(run, a);
  }
  if (run->completed) {
    a->outcome = TLSDIAG_OUTCOME_COMPLETED;
    a->cause = TLSDIAG_CAUSE_NONE;
    a->stage = TLSDIAG_STAGE_FINISHED;
  }
  if (r.is_there) {
    learn_from_report(&r, a);
  }
}

static int failed(const struct dump_run *run)
{
  const tlsdiag_verdict *v = &run->judged.verdict;

  return !run->completed && !v->noise &&
         v->causes[0].id > TLSDIAG_CAUSE_UNKNOWN;
}

/* The newest of them as one client's track. */
static void judge_together(struct dump_runs *r)
{
  size_t from = r->num_runs > TLSDIAG_MAX_ATTEMPTS
                    ? r->num_runs - TLSDIAG_MAX_ATTEMPTS
                    : 0;
  tlsdiag_track track;
  size_t i;

  memset(&track, 0, sizeof track);
  for (i = from; i < r->num_runs; i++) {
    tlsdiag_attempt a;

    if (tlsdiag_attempt_from_flow(&r->run[i].judged.flow, i, SERVER, &a) ==
        TLSDIAG_STATUS_OK) {
      a.t_us = (i + 1) * (uint64_t)BETWEEN_US;
      complete(&r->run[i], &a);
      tlsdiag_track_add(&track, &a);
    }
  }
  if (tlsdiag_track_classify(&track, &r->group) != TLSDIAG_STATUS_OK ||
      r->group.cause == TLSDIAG_CAUSE_NONE) {
    r->group.cause = TLSDIAG_CAUSE_NONE;
    return;
  }
  for (i = 0; i < track.num_attempts; i++) {
    struct judged *j = &r->run[track.attempts[i].id].judged;

    if (r->group.explained >> i & 1) {
      (void)tlsdiag_flow_group(&j->flow, &r->group, 0);
      judged_verdict(j);
    }
  }
  r->first = (size_t)track.attempts[r->group.first].id;
}

/* 1 if one failed. */
static int choose_first(struct dump_runs *r)
{
  size_t i;

  for (i = 0; i < r->num_runs; i++) {
    if (failed(&r->run[i])) {
      r->first = i;
      return 1;
    }
  }
  return 0;
}

static int is_ssldump(enum dump_kind kind)
{
  return kind == DUMP_SSLDUMP || kind == DUMP_SSLDUMP_HEX;
}

static int is_prose(enum dump_kind kind)
{
  return kind == DUMP_NONE || kind == DUMP_REPORT;
}

static size_t split(struct dump_runs *r, struct dump_line *pieces)
{
  uint8_t *text = r->own;

  if (is_ssldump(dump_recognise(text, r->own_len))) {
    return dump_split_numbered(text, r->own_len, text + r->own_len, pieces,
                               DUMP_RUNS_MAX);
  }
  return dump_split(text, r->own_len, pieces, DUMP_RUNS_MAX);
}

static size_t prepare(struct dump_runs *r, const uint8_t *text, size_t len,
                      struct dump_line *pieces)
{
  memset(r, 0, sizeof *r);
  r->group.size = sizeof r->group;
  r->own = malloc(2 * len + 1);
  if (r->own == NULL) {
    return 0;
  }
  r->own_len = dump_clean(text, len, r->own);
  return split(r, pieces);
}

int dump_runs_judge(struct dump_runs *r, const uint8_t *text, size_t len)
{
  struct dump_line pieces[DUMP_RUNS_MAX];
  size_t i;

  r->num_runs = prepare(r, text, len, pieces);
  r->run = r->num_runs > 0 ? calloc(r->num_runs, sizeof *r->run) : NULL;
  if (r->run == NULL) {
    return -1;
  }
  for (i = 0; i < r->num_runs; i++) {
    r->run[i].text = pieces[i].ptr;
    r->run[i].len = pieces[i].len;
    judge(&r->run[i]);
  }
  if (r->num_runs > 1 && choose_first(r)) {
    judge_together(r);
  } else if (r->num_runs > 1 && is_prose(r->run[0].kind)) {
    r->num_runs = 1; /* nothing failed: one text about one server */
    r->run[0].len = r->own_len;
    judge(&r->run[0]);
  }
  return 0;
}

static void find_hello(const struct dump_line *piece,
                       struct judged_hello *hello)
{
  tlsdiag_flow_options options;
  struct judged *j = malloc(sizeof *j);

  if (j == NULL) {
    return;
  }
  judged_init(j);
  memset(&options, 0, sizeof options);
  options.size = sizeof options;
  options.flags = TLSDIAG_FLOW_STOP_AT_MESSAGE;
  (void)tlsdiag_flow_init(&j->flow, sizeof j->flow, &options);
  j->hello = hello;
  (void)dump_feed(dump_recognise(piece->ptr, piece->len), piece->ptr,
                  piece->len, j);
  free(j);
}

int dump_runs_hello(const uint8_t *text, size_t len, unsigned number,
                    struct judged_hello *hello)
{
  struct dump_line pieces[DUMP_RUNS_MAX];
  struct dump_runs r;
  size_t count = prepare(&r, text, len, pieces);
  int found = 0;
  size_t i;

  for (i = 0; i < count && !found; i++) {
    hello->len = 0;
    find_hello(&pieces[i], hello);
    found = hello->len > 0 && number-- == 0;
  }
  dump_runs_free(&r);
  return found ? 0 : -1;
}

void dump_runs_free(struct dump_runs *r)
{
  free(r->run);
  free(r->own);
  memset(r, 0, sizeof *r);
}
