/* log_groups_text.c: groups of log lines for people and machines. */
#include <string.h>

#include "escape.h"
#include "json.h"
#include "log_groups.h"
#include "style.h"

enum { TEXT_ROOM = 512, NAME_CAP = 400 };

static void client_text(struct tool *t, const struct log_groups *g,
                        const struct log_group *r, struct out *o)
{
  struct log_span client = log_groups_client(g, r);

  if (t->options->redact) {
    out_str(o, "host");
    out_u64(o,
            redact_number(&t->redactor, REDACT_HOST, client.ptr, client.len));
  } else {
    escape_term(o, client.ptr, client.len, client.len);
  }
}

static void lines_json(struct out *o, const struct log_groups *g,
                       const struct log_group *r)
{
  uint32_t i;

  json_key(o, "lines");
  out_char(o, '[');
  for (i = 0; i < r->num_members; i++) {
    out_str(o, i == 0 ? "{" : ",{");
    json_text(o, "file", log_groups_name(g, LOG_PLACE_FILE(r->member[i])));
    json_number(o, "line", LOG_PLACE_LINE(r->member[i]));
    out_char(o, '}');
  }
  out_char(o, ']');
}

void log_groups_json(struct tool *t, const struct log_groups *g)
{
  struct out *o = &t->out;
  char text[TEXT_ROOM];
  size_t i;

  for (i = 0; i < log_groups_count(g); i++) {
    const struct log_group *r = log_groups_at(g, i);

    out_char(o, '{');
    json_text(o, "type", "group");
    json_text(o, "file", log_groups_name(g, LOG_PLACE_FILE(r->first)));
    json_key(o, "client");
    out_char(o, '"');
    client_text(t, g, r, o);
    out_char(o, '"');
    json_text(o, "cause", tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, r->cause));
    json_number(o, "confidence", r->confidence);
    json_text(o, "party", tlsdiag_name(TLSDIAG_REGISTRY_PARTY, r->party));
    lines_json(o, g, r);
    json_number(o, "count", r->count);
    json_number(o, "first", LOG_PLACE_LINE(r->first));
    (void)tlsdiag_pattern_text(r->pattern, text, sizeof text);
    json_text(o, "text", text);
    json_text(o, "advice",
              tlsdiag_cause_text(r->cause, TLSDIAG_SECTION_ADVICE));
    out_str(o, "}\n");
  }
}

/* "a.log line 3" where there are several files, else "line 3". */
static void place(struct out *o, const struct log_groups *g, uint64_t at)
{
  const char *name = log_groups_name(g, LOG_PLACE_FILE(at));

  if (log_groups_num_files(g) > 1) {
    escape_term(o, name, strlen(name), NAME_CAP);
    out_char(o, ' ');
  }
  out_str(o, "line ");
  out_u64(o, LOG_PLACE_LINE(at));
}

static void members(struct out *o, const struct log_groups *g,
                    const struct log_group *r)
{
  int any = 0;
  uint32_t i;

  for (i = 0; i < r->num_members; i++) {
    if (r->member[i] == r->first) {
      continue;
    }
    out_str(o, any ? ", " : " first; with it belong ");
    place(o, g, r->member[i]);
    any = 1;
  }
  if (r->count > r->num_members) {
    out_str(o, " and ");
    out_u64(o, r->count - r->num_members);
    out_str(o, " more");
  }
}

static void group_people(struct tool *t, const struct log_groups *g,
                         const struct log_group *r, struct out *line)
{
  const char *title = tlsdiag_cause_text(r->cause, TLSDIAG_SECTION_TITLE);
  char text[TEXT_ROOM];

  out_clear(line);
  client_text(t, g, r, line);
  out_str(line, ": ");
  out_str(line, title != NULL ? title : "?");
  out_str(line, " (");
  out_str(line, tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, r->cause));
  out_str(line, ", ");
  out_u64(line, r->confidence);
  out_str(line, "% sure). Look at ");
  place(line, g, r->first);
  members(line, g, r);
  (void)tlsdiag_pattern_text(r->pattern, text, sizeof text);
  out_str(line, ": ");
  out_str(line, text);
  out_str(line, ".");
  out_char(line, '\0');
  out_str(&t->out, "  - ");
  style_wrap(&t->out, line->text, 4, 4);
}

/* One client that fails alike again and again: a line of a table. */
static void loop_people(struct tool *t, const struct log_groups *g,
                        const struct log_group *r)
{
  struct out *o = &t->out;

  out_u64_width(o, r->count, 12, ' ');
  out_str(o, "  ");
  client_text(t, g, r, o);
  out_str(o, "  ");
  out_str(o, tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, r->cause));
  out_str(o, ", from ");
  place(o, g, r->first);
  out_str(o, " on\n");
}

/* Groups of the one kind or the other; noise is no news. */
static void kind_people(struct tool *t, const struct log_groups *g,
                        int is_mixed, const char *title)
{
  unsigned long limit = t->options->details;
  struct out line;
  size_t num = 0;
  size_t i;

  out_init(&line, NULL);
  for (i = 0; i < log_groups_count(g); i++) {
    const struct log_group *r = log_groups_at(g, i);

    if (r->is_mixed != is_mixed || r->cause == TLSDIAG_CAUSE_CONNECTION_PROBE) {
      continue;
    }
    if (num++ == 0) {
      out_char(&t->out, '\n');
      style_set(&t->out, t->options->colour, STYLE_BOLD);
      out_str(&t->out, title);
      style_set(&t->out, t->options->colour, STYLE_PLAIN);
      out_char(&t->out, '\n');
    }
    if (limit != 0 && num > limit) {
      continue;
    }
    if (is_mixed) {
      group_people(t, g, r, &line);
    } else {
      loop_people(t, g, r);
    }
  }
  if (limit != 0 && num > limit) {
    out_str(&t->out, "  - and ");
    out_u64(&t->out, num - limit);
    out_str(&t->out, " more\n");
  }
  t->out.failed |= out_close(&line) != 0;
}

void log_groups_people(struct tool *t, const struct log_groups *g)
{
  kind_people(t, g, 0, "Failing alike, again and again");
  kind_people(t, g, 1, "Lines that explain each other");
}
