#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "finding.h"
#include "human.h"
#include "json.h"
#include "style.h"
#include "timetext.h"

enum { NAME_CAP = 200 };

#define NOBODY UINT64_MAX /* index of no connection */

/* JSON is told as it comes, a report for people once all is known. */
static void tell(void *report, const char *text, size_t len)
{
  struct report *r = report;

  if (r->tool->options->json) {
    out_bytes(&r->tool->out, text, len);
  } else {
    spool_add(&r->spool, text, len);
  }
}

int report_init(struct report *r, struct tool *tool, const char *file)
{
  memset(r, 0, sizeof *r);
  r->tool = tool;
  r->file = file;
  r->judged = NOBODY;
  spool_init(&r->spool);
  groups_init(&r->groups);
  out_init(&r->text, NULL);
  r->finding = malloc(sizeof *r->finding);
  r->prints = calloc(1, sizeof *r->prints); /* NULL costs time, no more */
  if (r->finding == NULL) {
    return -1;
  }
  if (order_init(&r->order, tell, r) != 0) {
    return -1;
  }
  return 0;
}

static int is_failure(const tlsdiag_verdict *v)
{
  return !v->noise && (v->outcome == TLSDIAG_OUTCOME_FAILED ||
                       v->outcome == TLSDIAG_OUTCOME_NOT_TLS);
}

static int is_wanted(const struct report *r, const tlsdiag_verdict *v)
{
  if (r->tool->options->all) {
    return 1;
  }
  return v->outcome != TLSDIAG_OUTCOME_COMPLETED ||
         v->causes[0].id != TLSDIAG_CAUSE_NONE;
}

static void tell_people(struct report *r, struct finding *f)
{
  const tlsdiag_verdict *v = &f->verdict;
  unsigned long details = r->tool->options->details;
  unsigned cause = v->causes[0].id % SUMMARY_CAUSES;
  int full = is_failure(v) || r->tool->options->all;

  if (v->outcome == TLSDIAG_OUTCOME_COMPLETED ||
      (details > 0 && r->shown[cause] >= details)) {
    full = 0;
  }
  if (full) {
    r->shown[cause]++;
    human_full(&r->text, f, r->tool->options->colour);
  } else {
    if (r->last_was_full) {
      out_char(&r->text, '\n');
    }
    human_line(&r->text, f, r->tool->options->colour);
  }
  r->last_was_full = full;
}

/* Returns 1 if it has something to tell. */
static int judge(struct report *r, const struct conn *c, struct finding *f)
{
  if (c->flags & CONN_COMPLETED) {
    r->summary.outcome[TLSDIAG_OUTCOME_COMPLETED]++;
    return 0;
  }
  if (r->judged != c->index) {
    r->judged = NOBODY;
    if (finding_judge(f, c, r->file) != 0) {
      r->summary.num_foreign++;
      return 0;
    }
  }
  if (finding_is_foreign(f)) {
    r->summary.num_foreign++;
    return r->tool->options->all && c->client != SIDE_UNKNOWN;
  }
  summary_add(&r->summary, &f->verdict);
  return is_wanted(r, &f->verdict);
}

int report_ended(void *report, struct analysis *a, struct conn *c)
{
  struct report *r = report;
  struct finding *f = r->finding;

  r->judged = NOBODY;
  if (finding_judge(f, c, r->file) != 0) {
    return -1;
  }
  groups_ended(&r->groups, a, c, f->verdict.outcome);
  if (f->verdict.outcome == TLSDIAG_OUTCOME_COMPLETED) {
    r->judged = c->index; /* no group will change that */
  }
  return f->verdict.outcome;
}

void report_connection(void *report, const struct conn *c)
{
  struct report *r = report;
  struct finding *f = r->finding;

  out_clear(&r->text);
  if (judge(r, c, f)) {
    finding_describe(f, r->tool);
    if (r->tool->options->json) {
      finding_fingerprint(f, r->prints);
      json_connection(&r->text, f);
    } else {
      tell_people(r, f);
    }
  }
  order_put(&r->order, c->index, r->text.text, r->text.len);
}

static void grouped(struct out *o, uint64_t value)
{
  if (value >= 1000) {
    grouped(o, value / 1000);
    out_char(o, ',');
    out_u64_width(o, value % 1000, 3, '0');
  } else {
    out_u64(o, value);
  }
}

static void tally(struct out *o, const char *before, uint64_t count,
                  const char *what)
{
  if (count > 0) {
    out_str(o, before);
    grouped(o, count);
    out_str(o, what);
  }
}

/* "a.pcap: 1,204 packets in 12.345678 s; 30 handshakes completed, 6 failed" */
static void opening(struct report *r, const struct analysis *a)
{
  const struct summary *s = &r->summary;
  struct out *o = &r->tool->out;
  int colour = r->tool->options->colour;

  style_set(o, colour, STYLE_BOLD);
  escape_term(o, r->file, strlen(r->file), NAME_CAP);
  style_set(o, colour, STYLE_PLAIN);
  out_str(o, ": ");
  grouped(o, a->frame);
  out_str(o, " packets in ");
  time_span(o, a->frame > 0 ? a->now_us - a->first_us : 0);
  out_str(o, " s; handshakes: ");
  grouped(o, s->outcome[TLSDIAG_OUTCOME_COMPLETED]);
  out_str(o, " completed, ");
  style_set(o, colour, summary_failures(s) > 0 ? STYLE_BAD : STYLE_GOOD);
  grouped(o, summary_failures(s));
  out_str(o, " failed");
  style_set(o, colour, STYLE_PLAIN);
  tally(o, ", ", s->outcome[TLSDIAG_OUTCOME_INCOMPLETE], " incomplete");
  tally(o, ", ", s->num_noise, " noise");
  tally(o, "; ", s->num_foreign, " connections are not TLS");
  out_char(o, '\n');
}

/* What was not looked at, so that silence about it misleads nobody. */
static void limits(struct out *o, const struct analysis *a)
{
  const struct streams *s = &a->streams;

  tally(o, "  note: ", a->num_fragments,
        " IP fragments were not reassembled\n");
  tally(o, "  note: ", a->num_cut, " packets were cut inside a header\n");
  tally(o, "  note: ", s->gap_bytes,
        " bytes of TCP streams are missing from the capture\n");
  tally(o, "  note: ", a->num_evicted,
        " connections were judged early: too many were open\n");
  tally(o, "  note: ", a->num_unwatched,
        " connections were not looked at: out of memory\n");
}

void report_end(struct report *r, const struct analysis *a)
{
  struct tool *t = r->tool;

  order_tell_all(&r->order);
  if (t->options->json) {
    out_clear(&r->text);
    groups_json(&r->text, &r->groups, t, r->file);
    out_bytes(&t->out, r->text.text, r->text.len);
  } else {
    opening(r, a);
    limits(&t->out, a);
    summary_write(&t->out, &r->summary, t->options->colour);
    groups_people(&t->out, &r->groups, t);
  }
  if (spool_tell(&r->spool, &t->out) != 0) {
    tool_warn(t, r->file, "part of the report is lost: no room for it");
  }
  t->num_failures += summary_failures(&r->summary);
}

void report_free(struct report *r)
{
  order_free(&r->order);
  spool_free(&r->spool);
  groups_free(&r->groups);
  (void)out_close(&r->text);
  free(r->finding);
  free(r->prints);
}
