/* groups_text.c: groups for people and machines. */
#include <string.h>

#include "finding.h"
#include "groups.h"
#include "json.h"
#include "style.h"

enum { TEXT_ROOM = 512 };

static void client_text(struct tool *t, const struct group_record *r,
                        char text[ENDPOINT_TEXT])
{
  if (t->options->redact) {
    host_pseudonym(&t->redactor, r->client, r->family, text);
  } else {
    host_text(r->client, r->family, text);
  }
}

static void members_json(struct out *o, const struct group_record *r)
{
  uint32_t i;

  json_key(o, "connections");
  for (i = 0; i < r->num_members; i++) {
    out_char(o, i == 0 ? '[' : ',');
    out_u64(o, r->member[i]);
  }
  out_char(o, ']');
}

void groups_json(struct out *o, const struct groups *g, struct tool *t,
                 const char *file)
{
  tlsdiag_bytes name;
  size_t i;

  name.ptr = (const uint8_t *)file;
  name.len = strlen(file);
  for (i = 0; i < g->num_records; i++) {
    const struct group_record *r = &g->record[i];
    char client[ENDPOINT_TEXT];
    char text[TEXT_ROOM];

    client_text(t, r, client);
    (void)tlsdiag_pattern_text(r->pattern, text, sizeof text);
    out_str(o, "{\"type\":\"group\"");
    json_bytes(o, "file", &name);
    json_text(o, "client", client);
    json_text(o, "cause", tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, r->cause));
    json_number(o, "confidence", r->confidence);
    json_text(o, "party", tlsdiag_name(TLSDIAG_REGISTRY_PARTY, r->party));
    members_json(o, r);
    json_number(o, "first", r->first);
    json_text(o, "text", text);
    json_text(o, "advice",
              tlsdiag_cause_text(r->cause, TLSDIAG_SECTION_ADVICE));
    out_str(o, "}\n");
  }
}

static void group_line(struct out *line, const struct group_record *r,
                       const char *client)
{
  const char *title = tlsdiag_cause_text(r->cause, TLSDIAG_SECTION_TITLE);
  char text[TEXT_ROOM];
  uint32_t i;

  out_str(line, client);
  out_str(line, ": ");
  out_str(line, title != NULL ? title : "?");
  out_str(line, " (");
  out_str(line, tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, r->cause));
  out_str(line, ", ");
  out_u64(line, r->confidence);
  out_str(line, "% sure). Look at #");
  out_u64(line, r->first);
  out_str(line, " first; it belongs with");
  for (i = 0; i < r->num_members; i++) {
    if (r->member[i] != r->first) {
      out_str(line, " #");
      out_u64(line, r->member[i]);
    }
  }
  (void)tlsdiag_pattern_text(r->pattern, text, sizeof text);
  out_str(line, ": ");
  out_str(line, text);
  out_str(line, ".");
  out_char(line, '\0');
}

void groups_people(struct out *o, const struct groups *g, struct tool *t)
{
  unsigned long limit = t->options->details;
  struct out line;
  size_t i;

  if (g->num_records == 0) {
    return;
  }
  out_char(o, '\n');
  style_set(o, t->options->colour, STYLE_BOLD);
  out_str(o, "Connections that explain each other");
  style_set(o, t->options->colour, STYLE_PLAIN);
  out_char(o, '\n');
  out_init(&line, NULL);
  for (i = 0; i < g->num_records && (limit == 0 || i < limit); i++) {
    char client[ENDPOINT_TEXT];

    client_text(t, &g->record[i], client);
    out_clear(&line);
    group_line(&line, &g->record[i], client);
    out_str(o, "  - ");
    style_wrap(o, line.text, 4, 4);
  }
  if (i < g->num_records) {
    out_str(o, "  - and ");
    out_u64(o, g->num_records - i);
    out_str(o, " more such groups\n");
  }
  (void)out_close(&line);
}
