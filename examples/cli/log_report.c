#include "log_report.h"

#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "json.h"
#include "style.h"
#include "text_show.h"

enum { TEXT_CAP = 2000, ROWS = 64, INDENT = 6 };

static void span_json(struct tool *t, const char *key,
                      const struct log_span *span, enum redact_kind kind)
{
  tlsdiag_bytes view = {span->ptr, span->len};

  if (span->ptr == NULL) {
    json_null(&t->out, key);
  } else if (t->options->redact) {
    json_key(&t->out, key);
    out_str(&t->out, kind == REDACT_NAME ? "\"name" : "\"host");
    out_u64(&t->out, redact_number(&t->redactor, kind, span->ptr, span->len));
    out_char(&t->out, '"');
  } else {
    json_bytes(&t->out, key, &view);
  }
}

static void time_json(struct out *o, const char *key, const char *text,
                      size_t len)
{
  tlsdiag_bytes view = {(const uint8_t *)text, len};

  if (len == 0) {
    json_null(o, key);
  } else {
    json_bytes(o, key, &view);
  }
}

void log_report_head(struct out *head, const char *file)
{
  out_init(head, NULL);
  out_char(head, '{');
  json_text(head, "type", "log");
  json_text(head, "file", file);
  json_key(head, "line");
}

/* Made once for all lines that say the same. */
static void verdict_json(struct out *o, struct log_message *m)
{
  struct out text;

  if (m->json == NULL) {
    out_init(&text, NULL);
    out_char(&text, '{');
    show_verdict_json(&text, &m->verdict);
    m->json = text.failed ? NULL : malloc(text.len);
    if (m->json == NULL) {
      o->failed = 1;
      (void)out_close(&text);
      return;
    }
    memcpy(m->json, text.text, text.len);
    m->json_len = (uint32_t)text.len;
    (void)out_close(&text);
  }
  out_char(o, ',');
  out_bytes(o, m->json + 1, m->json_len - 1);
}

void log_report_line(struct tool *t, const struct out *head,
                     const struct log_line *line, uint64_t number,
                     struct log_message *message)
{
  struct out *o = &t->out;
  tlsdiag_bytes text = {line->all.ptr, line->all.len};

  out_bytes(o, head->text, head->len);
  out_u64(o, number);
  time_json(o, "time", (const char *)line->time.ptr, line->time.len);
  span_json(t, "client", &line->client, REDACT_HOST);
  span_json(t, "sni", &line->name, REDACT_NAME);
  verdict_json(o, message);
  if (!t->options->redact) {
    text.len = text.len < TEXT_CAP ? text.len : TEXT_CAP;
    json_bytes(o, "text", &text);
  }
  out_str(o, "}\n");
}

/* ---- the end: JSON ---- */

static void cause_json(struct tool *t, unsigned cause,
                       const struct cause_tally *c, int is_noise)
{
  struct out *o = &t->out;
  tlsdiag_bytes example = {c->example, c->example_len};

  out_str(o, o->text[o->len - 1] == '[' ? "{" : ",{");
  json_text(o, "cause", tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, cause));
  json_bool(o, "noise", is_noise);
  json_number(o, "count", c->count);
  json_number(o, "confidence", c->confidence);
  json_text(o, "party", tlsdiag_name(TLSDIAG_REGISTRY_PARTY, c->party));
  time_json(o, "first", c->first, c->first_len);
  time_json(o, "last", c->last, c->last_len);
  json_number(o, "example_line", c->example_line);
  if (!t->options->redact) {
    json_bytes(o, "example", &example);
  }
  json_text(o, "advice", tlsdiag_cause_text(cause, TLSDIAG_SECTION_ADVICE));
  out_char(o, '}');
}

static void top_json(struct tool *t, const char *key, const struct counter *c,
                     enum redact_kind kind)
{
  const struct counted *top[TALLY_TOP];
  size_t num = counter_top(c, top, TALLY_TOP);
  size_t i;

  json_key(&t->out, key);
  out_char(&t->out, '[');
  for (i = 0; i < num; i++) {
    struct log_span text = {top[i]->text, top[i]->len};

    out_str(&t->out, i == 0 ? "{" : ",{");
    span_json(t, kind == REDACT_NAME ? "name" : "address", &text, kind);
    json_number(&t->out, "count", top[i]->count);
    out_char(&t->out, '}');
  }
  out_char(&t->out, ']');
}

static void end_json(struct tool *t, const char *file, const struct tally *s)
{
  struct out *o = &t->out;
  unsigned i;

  out_char(o, '{');
  json_text(o, "type", "log_summary");
  json_text(o, "file", file);
  json_number(o, "lines", s->num_lines);
  json_number(o, "failures", s->num_failures);
  json_number(o, "noise", s->num_noise);
  json_number(o, "cut_lines", s->num_cut);
  json_key(o, "causes");
  out_char(o, '[');
  for (i = 0; i < TALLY_CAUSES; i++) {
    if (s->failed[i].count > 0) {
      cause_json(t, i, &s->failed[i], 0);
    }
  }
  for (i = 0; i < TALLY_CAUSES; i++) {
    if (s->noise[i].count > 0) {
      cause_json(t, i, &s->noise[i], 1);
    }
  }
  out_char(o, ']');
  top_json(t, "clients", s->clients, REDACT_HOST);
  top_json(t, "names", &s->names, REDACT_NAME);
  out_str(o, "}\n");
}

/* ---- the end: people ---- */

struct row {
  const struct cause_tally *tally;
  unsigned cause;
};

static int by_count(const void *a, const void *b)
{
  const struct row *x = a;
  const struct row *y = b;

  if (x->tally->count != y->tally->count) {
    return x->tally->count < y->tally->count ? 1 : -1;
  }
  return x->cause < y->cause ? -1 : 1;
}

static size_t sorted(const struct cause_tally *tallies, struct row *rows)
{
  size_t num = 0;
  unsigned i;

  for (i = 0; i < TALLY_CAUSES && num < ROWS; i++) {
    if (tallies[i].count > 0) {
      rows[num].tally = &tallies[i];
      rows[num].cause = i;
      num++;
    }
  }
  qsort(rows, num, sizeof rows[0], by_count);
  return num;
}

static void percent(struct out *o, uint64_t part, uint64_t all)
{
  uint64_t tenths = all > 0 ? part * 1000 / all : 0;

  out_u64_width(o, tenths / 10, 3, ' ');
  out_char(o, '.');
  out_u64(o, tenths % 10);
  out_char(o, '%');
}

static void row_people(struct tool *t, const struct row *row, uint64_t all)
{
  struct out *o = &t->out;
  const struct cause_tally *c = row->tally;
  const char *title = tlsdiag_cause_text(row->cause, TLSDIAG_SECTION_TITLE);
  int colour = t->options->colour;

  out_char(o, '\n');
  percent(o, c->count, all);
  out_u64_width(o, c->count, 9, ' ');
  out_str(o, "  ");
  style_set(o, colour, STYLE_BOLD);
  out_str(o, title != NULL ? title : "?");
  style_set(o, colour, STYLE_PLAIN);
  out_str(o, "  (");
  out_str(o, tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, row->cause));
  out_str(o, ", up to ");
  out_u64(o, c->confidence);
  out_str(o, "% sure)\n");
  if (c->first_len > 0) {
    out_repeat(o, ' ', INDENT);
    out_str(o, "first ");
    escape_term(o, c->first, c->first_len, TALLY_TIME);
    out_str(o, ", last ");
    escape_term(o, c->last, c->last_len, TALLY_TIME);
    out_char(o, '\n');
  }
  if (!t->options->redact) {
    out_repeat(o, ' ', INDENT);
    out_str(o, "line ");
    out_u64(o, c->example_line);
    out_str(o, ": ");
    escape_term(o, c->example, c->example_len, TALLY_EXAMPLE);
    out_char(o, '\n');
  }
}

static void advice_people(struct tool *t, unsigned cause)
{
  const char *text = tlsdiag_cause_text(cause, TLSDIAG_SECTION_ADVICE);

  if (text != NULL && *text != '\0') {
    out_repeat(&t->out, ' ', INDENT);
    out_str(&t->out, "What to do: ");
    style_wrap(&t->out, text, INDENT + 12, INDENT);
  }
}

static void top_people(struct tool *t, const char *title,
                       const struct counter *c, enum redact_kind kind)
{
  struct out *o = &t->out;
  const struct counted *top[TALLY_TOP];
  size_t num = counter_top(c, top, TALLY_TOP);
  size_t i;

  if (num == 0) {
    return;
  }
  out_char(o, '\n');
  out_str(o, title);
  out_char(o, '\n');
  for (i = 0; i < num; i++) {
    out_u64_width(o, top[i]->count, 12, ' ');
    out_str(o, "  ");
    if (t->options->redact) {
      out_str(o, kind == REDACT_NAME ? "name" : "host");
      out_u64(o, redact_number(&t->redactor, kind, top[i]->text, top[i]->len));
    } else {
      escape_term(o, top[i]->text, top[i]->len, 64);
    }
    out_char(o, '\n');
  }
}

static void end_people(struct tool *t, const char *file, const struct tally *s)
{
  struct out *o = &t->out;
  struct row rows[ROWS];
  size_t num = sorted(s->failed, rows);
  size_t i;

  escape_term(o, file, strlen(file), 400);
  out_str(o, ": ");
  out_u64(o, s->num_lines);
  out_str(o, " lines, ");
  out_u64(o, s->num_failures);
  out_str(o, " tell of a failure");
  if (s->num_noise > 0) {
    out_str(o, ", and ");
    out_u64(o, s->num_noise);
    out_str(o, " of noise (probes, scans, clients that changed their mind)");
  }
  out_char(o, '\n');
  for (i = 0; i < num; i++) {
    row_people(t, &rows[i], s->num_failures);
    advice_people(t, rows[i].cause);
  }
  num = sorted(s->noise, rows);
  for (i = 0; i < num; i++) {
    out_str(o, i == 0 ? "\nNoise\n" : "");
    row_people(t, &rows[i], s->num_noise);
  }
  top_people(t, "Clients with most lines", s->clients, REDACT_HOST);
  top_people(t, "Names with most lines", &s->names, REDACT_NAME);
  if (s->num_cut > 0) {
    out_str(o, "\nLines longer than 64 KiB were read up to there: ");
    out_u64(o, s->num_cut);
    out_char(o, '\n');
  }
}

void log_report_end(struct tool *t, const char *file, const struct tally *s)
{
  if (t->options->json) {
    end_json(t, file, s);
  } else {
    end_people(t, file, s);
  }
}
