#include "dump_show.h"

#include <string.h>

#include "escape.h"
#include "json.h"
#include "style.h"
#include "text_show.h"

enum { NAME_CAP = 400, TEXT_ROOM = 512 };

/* A run that went well has no cause, whatever its text mentions. */
static unsigned cause_of(const struct dump_run *run)
{
  return run->completed ? (unsigned)TLSDIAG_CAUSE_NONE
                        : run->judged.verdict.causes[0].id;
}

static unsigned outcome_of(const struct dump_run *run)
{
  return run->completed ? (unsigned)TLSDIAG_OUTCOME_COMPLETED
                        : run->judged.verdict.outcome;
}

static void runs_json(struct out *o, const struct dump_runs *r)
{
  size_t i;

  json_key(o, "runs");
  out_char(o, '[');
  for (i = 0; i < r->num_runs; i++) {
    const struct dump_run *run = &r->run[i];

    out_str(o, i == 0 ? "{" : ",{");
    json_text(o, "format", dump_name(run->kind));
    json_text(o, "outcome",
              tlsdiag_name(TLSDIAG_REGISTRY_OUTCOME, outcome_of(run)));
    json_text(o, "cause", tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, cause_of(run)));
    json_number(o, "confidence", run->judged.verdict.causes[0].confidence);
    out_char(o, '}');
  }
  out_char(o, ']');
  json_number(o, "run", r->first);
}

static void group_json(struct out *o, const struct dump_runs *r)
{
  char text[TEXT_ROOM];

  if (r->group.cause == TLSDIAG_CAUSE_NONE) {
    return;
  }
  (void)tlsdiag_pattern_text(r->group.pattern, text, sizeof text);
  json_key(o, "group");
  out_char(o, '{');
  json_text(o, "cause", tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, r->group.cause));
  json_number(o, "confidence", r->group.confidence);
  json_text(o, "text", text);
  out_char(o, '}');
}

void dump_json_members(struct tool *t, const struct dump_runs *r)
{
  const struct dump_run *run = &r->run[r->first];
  struct out *o = &t->out;

  show_verdict_json(o, &run->judged.verdict);
  show_recognised_json(t, &run->judged, run->text, run->len);
  show_evidence_json(o, &run->judged);
  if (r->num_runs > 1) {
    runs_json(o, r);
    group_json(o, r);
  }
}

void dump_json(struct tool *t, const char *file, const struct dump_runs *r)
{
  enum dump_kind kind = r->run[r->first].kind;
  struct out *o = &t->out;

  out_str(o, kind != DUMP_NONE ? "{\"type\":\"dump\"" : "{\"type\":\"text\"");
  json_text(o, "file", file);
  if (kind != DUMP_NONE) {
    json_text(o, "format", dump_name(kind));
  }
  dump_json_members(t, r);
  out_str(o, "}\n");
}

static void run_line(struct out *o, const struct dump_runs *r, size_t i)
{
  const struct dump_run *run = &r->run[i];
  const char *title = tlsdiag_cause_text(cause_of(run), TLSDIAG_SECTION_TITLE);

  out_str(o, i == r->first ? "  * #" : "    #");
  out_u64(o, i + 1);
  out_str(o, "  ");
  out_str(o, title != NULL ? title : "?");
  out_str(o, "  (");
  out_str(o, tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, cause_of(run)));
  out_str(o, ")\n");
}

static void runs_people(struct tool *t, const struct dump_runs *r)
{
  struct out *o = &t->out;
  char text[TEXT_ROOM];
  size_t i;

  if (r->num_runs < 2) {
    return;
  }
  style_set(o, t->options->colour, STYLE_BOLD);
  out_u64(o, r->num_runs);
  out_str(o, " connections in this text");
  style_set(o, t->options->colour, STYLE_PLAIN);
  out_str(o, ", the marked one is explained\n");
  for (i = 0; i < r->num_runs; i++) {
    run_line(o, r, i);
  }
  if (r->group.cause != TLSDIAG_CAUSE_NONE) {
    (void)tlsdiag_pattern_text(r->group.pattern, text, sizeof text);
    out_str(o, "  together: ");
    style_wrap(o, text, 12, 12);
  }
  out_char(o, '\n');
}

void dump_people(struct tool *t, const char *file, const struct dump_runs *r)
{
  const struct dump_run *run = &r->run[r->first];
  struct out *o = &t->out;

  if (file != NULL) {
    escape_term(o, file, strlen(file), NAME_CAP);
    out_str(o, ": ");
  }
  if (run->kind != DUMP_NONE) {
    out_str(o, "read as ");
    out_str(o, dump_name(run->kind));
    out_char(o, '\n');
  }
  runs_people(t, r);
  if (run->kind == DUMP_SCAN) {
    out_str(o, "It lists what a server supports; of connections that failed it "
               "tells nothing.\nGive the output of a client that fails.\n");
  }
  if (run->kind == DUMP_SCAN && run->judged.num_hints == 0) {
    return;
  }
  if (run->kind != DUMP_NONE) {
    show_dump(t, run->text, run->len, &run->judged);
  } else {
    show_people(t, &run->judged, run->text, run->len);
  }
}
