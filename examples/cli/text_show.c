#include "text_show.h"

#include <string.h>

#include "escape.h"
#include "json.h"
#include "style.h"

enum {
  EXCERPT = 120,
  REST = 200,
  CANDIDATES = 4,
  LITTLE = 50,
  LINE_ROOM = 512
};

static const char *name_of(uint32_t registry, uint32_t value)
{
  const char *name = tlsdiag_name(registry, value);

  return name != NULL ? name : "unknown";
}

static const char *party_text(unsigned party)
{
  switch (party) {
  case TLSDIAG_PARTY_CLIENT:
    return ", look at the client";
  case TLSDIAG_PARTY_SERVER:
    return ", look at the server";
  case TLSDIAG_PARTY_MIDDLEBOX:
    return ", look at the devices between them";
  case TLSDIAG_PARTY_NETWORK:
    return ", look at the network";
  case TLSDIAG_PARTY_EITHER:
    return ", look at either side";
  default:
    return "";
  }
}

void show_headline(struct out *o, const tlsdiag_verdict *v, int colour)
{
  const tlsdiag_cause *cause = &v->causes[0];
  const char *title = tlsdiag_cause_text(cause->id, TLSDIAG_SECTION_TITLE);

  style_set(o, colour,
            cause->id == TLSDIAG_CAUSE_NONE ? STYLE_GOOD
            : v->noise                      ? STYLE_NOTE
                                            : STYLE_BAD);
  out_str(o, title != NULL ? title : "?");
  style_set(o, colour, STYLE_PLAIN);
  out_str(o, "  (");
  out_str(o, name_of(TLSDIAG_REGISTRY_CAUSE, cause->id));
  out_str(o, ", ");
  out_u64(o, cause->confidence);
  out_str(o, "% sure");
  out_str(o, party_text(cause->party));
  out_char(o, ')');
}

static void heading(struct out *o, const char *text, int colour)
{
  out_char(o, '\n');
  style_set(o, colour, STYLE_BOLD);
  out_str(o, text);
  style_set(o, colour, STYLE_PLAIN);
  out_char(o, '\n');
}

static void section(struct out *o, const char *title, uint32_t cause,
                    uint32_t which, int colour)
{
  const char *text = tlsdiag_cause_text(cause, which);

  if (text != NULL && *text != '\0') {
    heading(o, title, colour);
    out_str(o, "  ");
    style_wrap(o, text, 2, 2);
  }
}

void show_advice(struct out *o, unsigned cause, int colour)
{
  section(o, "What to do", cause, TLSDIAG_SECTION_ADVICE, colour);
}

static const char *nature_text(const tlsdiag_hint *h)
{
  switch (h->nature) {
  case TLSDIAG_NATURE_DETECTED:
    return "found by the writer itself";
  case TLSDIAG_NATURE_RECEIVED:
    return "told by the other side";
  case TLSDIAG_NATURE_SENT:
    return "told to the other side";
  case TLSDIAG_NATURE_SECONDARY:
    return "follows from something else";
  default:
    return "context";
  }
}

/* " [OpenSSL, client, told by the other side, alert 40 handshake_failure]" */
static void hint_facts(struct out *o, const tlsdiag_hint *h)
{
  const char *name = text_code_name(h);

  out_str(o, "  [");
  if (h->stack != 0) {
    out_str(o, name_of(TLSDIAG_REGISTRY_STACK, h->stack));
    out_str(o, ", ");
  }
  if (h->side == TLSDIAG_PARTY_CLIENT || h->side == TLSDIAG_PARTY_SERVER) {
    out_str(o, "by the ");
    out_str(o, name_of(TLSDIAG_REGISTRY_PARTY, h->side));
    out_str(o, ", ");
  }
  out_str(o, nature_text(h));
  if (h->alert != 0xffff) {
    out_str(o, ", alert ");
    out_u64(o, h->alert);
    out_char(o, ' ');
    out_str(o, name_of(TLSDIAG_REGISTRY_ALERT, h->alert));
  }
  if (name != NULL) {
    out_str(o, ", ");
    out_str(o, name);
  }
  if (h->num_causes == 0 && h->nature == TLSDIAG_NATURE_DETECTED) {
    out_str(o, ", a number that is in no table");
  }
  out_char(o, ']');
}

/* A number nobody listed still has parts. */
static void code_parts(struct out *o, const tlsdiag_hint *h)
{
  uint32_t library;
  uint32_t reason;

  if (h->num_causes != 0 || h->code == 0 || h->stack != TLSDIAG_STACK_OPENSSL ||
      h->code < 0x10000) {
    return;
  }
  if (h->code >> 24 == 0x14) {
    library = 0x14;
    reason = h->code & 0xfff;
  } else {
    library = h->code >> 23;
    reason = h->code & 0x7fffff;
  }
  out_str(o, "      library ");
  out_u64(o, library);
  out_str(o, library == 0x14 ? " (SSL), reason " : ", reason ");
  out_u64(o, reason);
  out_char(o, '\n');
}

static int is_covered(const struct judged *j, size_t at, size_t *end)
{
  unsigned i;

  for (i = 0; i < j->num_hints; i++) {
    if (at >= j->hints[i].offset &&
        at < (size_t)j->hints[i].offset + j->hints[i].len) {
      *end = (size_t)j->hints[i].offset + j->hints[i].len;
      return 1;
    }
  }
  return 0;
}

/* What no wording covered, shortened. */
static void rest_of(struct out *o, const struct judged *j, const uint8_t *text,
                    size_t len)
{
  size_t at = 0;
  size_t shown = 0;

  while (at < len && shown < REST) {
    size_t end = 0;
    size_t from = at;

    if (is_covered(j, at, &end)) {
      at = end;
      continue;
    }
    while (at < len && !is_covered(j, at, &end)) {
      at++;
    }
    if (at - from > 3) {
      if (shown > 0) {
        out_str(o, " ... ");
      }
      escape_term(o, text + from, at - from, REST - shown);
      shown += at - from;
    }
  }
}

static void recognised(struct tool *t, const struct judged *j,
                       const uint8_t *text, size_t len)
{
  struct out *o = &t->out;
  unsigned i;

  heading(o, "Recognised", t->options->colour);
  for (i = 0; i < j->num_hints; i++) {
    const tlsdiag_hint *h = &j->hints[i];

    out_str(o, "  - ");
    escape_term(o, text + h->offset, h->len, EXCERPT);
    hint_facts(o, h);
    out_char(o, '\n');
    code_parts(o, h);
  }
  if (j->num_found > j->num_hints) {
    out_str(o, "  and ");
    out_u64(o, j->num_found - j->num_hints);
    out_str(o, " more\n");
  }
  if (!t->options->redact) {
    out_str(o, "  not recognised: ");
    rest_of(o, j, text, len);
    out_char(o, '\n');
  }
}

static void candidates(struct out *o, const tlsdiag_verdict *v, int colour)
{
  unsigned i;

  if (v->num_causes < 2) {
    return;
  }
  heading(o, "What else it could be", colour);
  for (i = 1; i < v->num_causes && i <= CANDIDATES; i++) {
    const char *title =
        tlsdiag_cause_text(v->causes[i].id, TLSDIAG_SECTION_TITLE);

    out_str(o, "  ");
    out_u64_width(o, v->causes[i].confidence, 3, ' ');
    out_str(o, "%  ");
    out_str(o, title != NULL ? title : "?");
    out_str(o, "  (");
    out_str(o, name_of(TLSDIAG_REGISTRY_CAUSE, v->causes[i].id));
    out_str(o, ")\n");
  }
}

void show_people(struct tool *t, const struct judged *j, const uint8_t *text,
                 size_t len)
{
  struct out *o = &t->out;
  const tlsdiag_verdict *v = &j->verdict;
  unsigned cause = v->causes[0].id;
  int colour = t->options->colour;

  if (j->num_hints == 0) {
    out_str(o, "Nothing in this text is known to say anything about TLS.\n");
    return;
  }
  show_headline(o, v, colour);
  out_char(o, '\n');
  if (v->causes[0].confidence < LITTLE) {
    out_str(o, "The text alone says little: look for another line of the same "
               "connection, or capture it.\n");
  }
  section(o, "What happened", cause, TLSDIAG_SECTION_WHAT_HAPPENED, colour);
  recognised(t, j, text, len);
  show_advice(o, cause, colour);
  section(o, "What to check next", cause, TLSDIAG_SECTION_CONFIRM, colour);
  section(o, "How it looks on the wire", cause, TLSDIAG_SECTION_ON_THE_WIRE,
          colour);
  candidates(o, v, colour);
  if (v->num_causes > 1) {
    section(o, "What would decide", cause, TLSDIAG_SECTION_DECIDE, colour);
  }
}

/* Evidence number `index` of the best cause as a line; 0 if it is none. */
static int evidence_text(const struct judged *j, unsigned index, char *text,
                         size_t len)
{
  tlsdiag_observation seen;

  if (index >= 64 || (j->verdict.causes[0].evidence >> index & 1) == 0) {
    return 0;
  }
  memset(&seen, 0, sizeof seen);
  seen.size = sizeof seen;
  if (tlsdiag_flow_observation(&j->flow, index, &seen) != TLSDIAG_STATUS_OK) {
    return 0;
  }
  (void)tlsdiag_observation_text(&seen, text, len);
  return 1;
}

void show_evidence_json(struct out *o, const struct judged *j)
{
  char text[LINE_ROOM];
  unsigned i;

  json_key(o, "evidence");
  out_char(o, '[');
  for (i = 0; i < tlsdiag_flow_num_observations(&j->flow); i++) {
    if (evidence_text(j, i, text, sizeof text)) {
      out_str(o, o->text[o->len - 1] == '[' ? "{" : ",{");
      json_text(o, "text", text);
      out_char(o, '}');
    }
  }
  out_char(o, ']');
}

void show_dump(struct tool *t, const uint8_t *text, size_t len,
               const struct judged *j)
{
  struct out *o = &t->out;
  unsigned cause = j->verdict.causes[0].id;
  int colour = t->options->colour;
  char words[LINE_ROOM];
  unsigned i;

  show_headline(o, &j->verdict, colour);
  out_char(o, '\n');
  section(o, "What happened", cause, TLSDIAG_SECTION_WHAT_HAPPENED, colour);
  heading(o, "Evidence", colour);
  for (i = 0; i < tlsdiag_flow_num_observations(&j->flow); i++) {
    if (evidence_text(j, i, words, sizeof words)) {
      out_str(o, "  - ");
      style_wrap(o, words, 4, 4);
    }
  }
  if (j->num_hints > 0) {
    recognised(t, j, text, len);
  }
  show_advice(o, cause, colour);
  section(o, "What to check next", cause, TLSDIAG_SECTION_CONFIRM, colour);
  candidates(o, &j->verdict, colour);
}

static void alert_json(struct out *o, const tlsdiag_verdict *v)
{
  if (!v->has_alert) {
    json_null(o, "alert");
    return;
  }
  json_key(o, "alert");
  out_char(o, '{');
  json_text(o, "from", name_of(TLSDIAG_REGISTRY_FROM, v->alert_from));
  json_number(o, "code", v->alert_code);
  json_text(o, "name", tlsdiag_name(TLSDIAG_REGISTRY_ALERT, v->alert_code));
  out_char(o, '}');
}

void show_verdict_json(struct out *o, const tlsdiag_verdict *v)
{
  unsigned i;

  json_text(o, "outcome", name_of(TLSDIAG_REGISTRY_OUTCOME, v->outcome));
  json_text(o, "cause", name_of(TLSDIAG_REGISTRY_CAUSE, v->causes[0].id));
  json_number(o, "confidence", v->causes[0].confidence);
  json_text(o, "party", name_of(TLSDIAG_REGISTRY_PARTY, v->causes[0].party));
  json_text(o, "stage", name_of(TLSDIAG_REGISTRY_STAGE, v->stage));
  json_bool(o, "noise", v->noise);
  alert_json(o, v);
  json_key(o, "alternatives");
  out_char(o, '[');
  for (i = 1; i < v->num_causes && i < TLSDIAG_MAX_CAUSES; i++) {
    out_str(o, i == 1 ? "{" : ",{");
    json_text(o, "cause", name_of(TLSDIAG_REGISTRY_CAUSE, v->causes[i].id));
    json_number(o, "confidence", v->causes[i].confidence);
    out_char(o, '}');
  }
  out_char(o, ']');
  json_text(o, "advice",
            tlsdiag_cause_text(v->causes[0].id, TLSDIAG_SECTION_ADVICE));
}

void show_recognised_json(struct tool *t, const struct judged *j,
                          const uint8_t *text, size_t len)
{
  struct out *o = &t->out;
  unsigned i;

  json_key(o, "recognised");
  out_char(o, '[');
  for (i = 0; i < j->num_hints; i++) {
    const tlsdiag_hint *h = &j->hints[i];
    tlsdiag_bytes view = {text + h->offset, h->len};

    if (view.len > EXCERPT) {
      view.len = EXCERPT;
    }
    if (h->offset + view.len > len) {
      view.len = 0;
    }
    out_str(o, i == 0 ? "{" : ",{");
    json_bytes(o, "text", &view);
    json_number(o, "offset", h->offset);
    json_text(o, "stack", tlsdiag_name(TLSDIAG_REGISTRY_STACK, h->stack));
    json_text(o, "side", name_of(TLSDIAG_REGISTRY_PARTY, h->side));
    json_text(o, "nature", name_of(TLSDIAG_REGISTRY_NATURE, h->nature));
    if (h->alert != 0xffff) {
      json_number(o, "alert", h->alert);
    }
    if (h->code != 0) {
      json_number(o, "code", h->code);
      json_text(o, "name", text_code_name(h));
    }
    out_char(o, '}');
  }
  out_char(o, ']');
}
