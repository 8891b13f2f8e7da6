#include "human.h"

#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "ladder.h"
#include "style.h"
#include "timetext.h"

enum { TEXT_ROOM = 4096, NAME_CAP = 80, INDENT = 4, DEEP = 6 };

static const char *cause_title(unsigned cause)
{
  const char *title = tlsdiag_cause_text(cause, TLSDIAG_SECTION_TITLE);

  return title != NULL ? title : "?";
}

static const char *cause_id(unsigned cause)
{
  const char *id = tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, cause);

  return id != NULL ? id : "?";
}

/* "#12  12:00:00.123456  192.0.2.7:51234 -> 198.51.100.5:443  example.com" */
static void headline(struct out *o, const struct finding *f)
{
  out_char(o, '#');
  out_u64(o, f->conn->index);
  out_str(o, "  ");
  time_of_day(o, f->conn->start_us);
  out_str(o, "  ");
  out_str(o, f->client);
  out_str(o, " -> ");
  out_str(o, f->server);
  if (f->sni.ptr != NULL) {
    out_str(o, "  ");
    escape_term(o, f->sni.ptr, f->sni.len, NAME_CAP);
  }
}

/* Writes a line broken at the margin, its runs of spaces kept where they do
 * not meet it. */
static void broken(struct out *o, struct out *line, enum style style,
                   int colour)
{
  out_char(line, '\0');
  style_set(o, colour, style);
  style_wrap(o, line->text, 0, INDENT);
  style_set(o, colour, STYLE_PLAIN);
  out_clear(line);
}

static const char *party_text(unsigned party)
{
  switch (party) {
  case TLSDIAG_PARTY_CLIENT:
    return "look at the client";
  case TLSDIAG_PARTY_SERVER:
    return "look at the server";
  case TLSDIAG_PARTY_MIDDLEBOX:
    return "look at the devices between them";
  case TLSDIAG_PARTY_NETWORK:
    return "look at the network";
  case TLSDIAG_PARTY_EITHER:
    return "look at either side";
  case TLSDIAG_PARTY_UNKNOWN:
    return "nothing tells who";
  default:
    return NULL;
  }
}

/* The catalogue's words are those of a handshake seen to its end.  Two
 * outcomes want others: both sides speak something else and are content with
 * it; or the end was not seen, and nothing was wrong so far. */
static int is_other_protocol(const tlsdiag_verdict *v)
{
  return v->outcome == TLSDIAG_OUTCOME_NOT_TLS &&
         v->causes[0].id == TLSDIAG_CAUSE_NONE;
}

static int is_open_end(const tlsdiag_verdict *v)
{
  return v->outcome == TLSDIAG_OUTCOME_INCOMPLETE &&
         v->causes[0].id == TLSDIAG_CAUSE_UNKNOWN;
}

static enum style outcome_style(const tlsdiag_verdict *v)
{
  if (v->outcome == TLSDIAG_OUTCOME_COMPLETED) {
    return STYLE_GOOD;
  }
  return v->noise || v->outcome == TLSDIAG_OUTCOME_INCOMPLETE ||
                 is_other_protocol(v)
             ? STYLE_NOTE
             : STYLE_BAD;
}

/* "No cipher suite in common (no_shared_cipher, 97% sure, look at ...)" */
static void outcome(struct out *o, const struct finding *f)
{
  const tlsdiag_cause *cause = &f->verdict.causes[0];
  const char *party = party_text(cause->party);

  if (is_other_protocol(&f->verdict)) {
    out_str(o, "No TLS here: both sides speak another protocol");
  } else if (is_open_end(&f->verdict)) {
    out_str(o, "Not seen to its end, and nothing so far says that it failed");
  } else {
    out_str(o, f->verdict.outcome == TLSDIAG_OUTCOME_INCOMPLETE
                   ? "Not seen to its end: "
                   : "");
    out_str(o, cause_title(cause->id));
  }
  out_str(o, " (");
  out_str(o, cause_id(cause->id));
  out_str(o, ", ");
  out_u64(o, cause->confidence);
  out_str(o, "% sure");
  if (party != NULL) {
    out_str(o, ", ");
    out_str(o, party);
  }
  out_char(o, ')');
}

static void heading(struct out *o, const char *text, int colour)
{
  out_repeat(o, ' ', INDENT);
  style_set(o, colour, STYLE_BOLD);
  out_str(o, text);
  style_set(o, colour, STYLE_PLAIN);
  out_char(o, '\n');
}

static void paragraph(struct out *o, const char *text)
{
  out_repeat(o, ' ', DEEP);
  style_wrap(o, text, DEEP, DEEP);
}

static void what_happened(struct out *o, const struct finding *f)
{
  const char *text = tlsdiag_cause_text(f->verdict.causes[0].id,
                                        TLSDIAG_SECTION_WHAT_HAPPENED);

  if (!is_other_protocol(&f->verdict) && !is_open_end(&f->verdict) &&
      text != NULL && *text != '\0') {
    out_repeat(o, ' ', INDENT);
    style_wrap(o, text, INDENT, INDENT);
  }
}

static void proof(struct out *o, const struct finding *f, uint64_t bits,
                  const char *title, int colour)
{
  struct out line;
  tlsdiag_observation seen;
  uint64_t frame;
  unsigned i;
  int first = 1;

  out_init(&line, NULL);
  for (i = 0; i < 64; i++) {
    char text[TEXT_ROOM];

    if ((bits >> i & 1) == 0 || finding_observation(f, i, &seen, &frame) != 0) {
      continue;
    }
    if (first) {
      heading(o, title, colour);
      first = 0;
    }
    (void)tlsdiag_observation_text(&seen, text, sizeof text);
    out_clear(&line);
    out_str(&line, "- ");
    out_str(&line, text);
    out_str(&line, " (frame ");
    out_u64(&line, frame);
    out_str(&line, ", offset ");
    out_u64(&line, seen.offset);
    out_str(&line, ")");
    out_char(&line, '\0');
    out_repeat(o, ' ', DEEP);
    style_wrap(o, line.text, DEEP, DEEP + 2);
  }
  (void)out_close(&line);
}

static void advice(struct out *o, const struct finding *f, int colour)
{
  const char *text =
      tlsdiag_cause_text(f->verdict.causes[0].id, TLSDIAG_SECTION_ADVICE);

  if (!is_other_protocol(&f->verdict) && text != NULL && *text != '\0') {
    heading(o, "What to do", colour);
    paragraph(o, text);
  }
}

static void alternatives(struct out *o, const struct finding *f, int colour)
{
  const tlsdiag_verdict *v = &f->verdict;
  const char *decide =
      tlsdiag_cause_text(v->causes[0].id, TLSDIAG_SECTION_DECIDE);
  unsigned i;

  if (v->num_causes < 2) {
    return;
  }
  heading(o, "What else it could be", colour);
  for (i = 1; i < v->num_causes && i < TLSDIAG_MAX_CAUSES; i++) {
    const tlsdiag_cause *cause = &v->causes[i];

    out_repeat(o, ' ', DEEP);
    out_u64_width(o, cause->confidence, 3, ' ');
    out_str(o, "%  ");
    out_str(o, cause_title(cause->id));
    out_str(o, "  (");
    out_str(o, cause_id(cause->id));
    out_str(o, ")\n");
  }
  if (decide != NULL && *decide != '\0') {
    out_repeat(o, ' ', DEEP);
    out_str(o, "To decide: ");
    style_wrap(o, decide, DEEP + 11, DEEP);
  }
}

void human_full(struct out *o, const struct finding *f, int colour)
{
  struct out line;

  out_init(&line, NULL);
  out_char(o, '\n');
  headline(&line, f);
  broken(o, &line, STYLE_BOLD, colour);
  outcome(&line, f);
  out_repeat(o, ' ', INDENT);
  out_char(&line, '\0');
  style_set(o, colour, outcome_style(&f->verdict));
  style_wrap(o, line.text, INDENT, INDENT);
  style_set(o, colour, STYLE_PLAIN);
  (void)out_close(&line);
  what_happened(o, f);
  out_char(o, '\n');
  ladder_write(o, f, colour);
  out_char(o, '\n');
  proof(o, f, f->verdict.causes[0].evidence, "Evidence", colour);
  proof(o, f, f->verdict.causes[0].against, "Against it", colour);
  advice(o, f, colour);
  alternatives(o, f, colour);
}

void human_line(struct out *o, const struct finding *f, int colour)
{
  const tlsdiag_cause *cause = &f->verdict.causes[0];
  struct out line;

  out_init(&line, NULL);
  headline(&line, f);
  out_str(&line, "  ");
  out_str(&line, cause_id(cause->id));
  out_char(&line, ' ');
  out_u64(&line, cause->confidence);
  out_char(&line, '%');
  broken(o, &line, outcome_style(&f->verdict), colour);
  (void)out_close(&line);
}
