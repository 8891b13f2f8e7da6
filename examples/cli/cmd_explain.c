#include <ctype.h>
#include <string.h>

#include "cmd.h"
#include "escape.h"
#include "input.h"
#include "json.h"
#include "style.h"

enum { WORD_ROOM = 128, CANDIDATES = 4 };

/* ---- causes ---- */

struct section {
  uint32_t section;
  const char *heading;
  const char *key;
};

static const struct section sections[] = {
    {TLSDIAG_SECTION_WHAT_HAPPENED, "What happened", "what_happened"},
    {TLSDIAG_SECTION_ON_THE_WIRE, "How it looks on the wire", "on_the_wire"},
    {TLSDIAG_SECTION_WORDINGS, "How products word it", "wordings"},
    {TLSDIAG_SECTION_ADVICE, "What to do", "advice"},
    {TLSDIAG_SECTION_CONFIRM, "How to confirm it", "confirm"},
    {TLSDIAG_SECTION_FIX_CLIENT, "What to change at the client", "fix_client"},
    {TLSDIAG_SECTION_FIX_SERVER, "What to change at the server", "fix_server"},
    {TLSDIAG_SECTION_DECIDE, "What would decide between it and others",
     "decide"}};

enum { NUM_SECTIONS = sizeof sections / sizeof sections[0] };

static void cause_people(struct out *o, uint32_t cause, int colour)
{
  const char *title = tlsdiag_cause_text(cause, TLSDIAG_SECTION_TITLE);
  size_t i;

  style_set(o, colour, STYLE_BOLD);
  out_str(o, title != NULL ? title : "?");
  style_set(o, colour, STYLE_PLAIN);
  out_str(o, "  (");
  out_str(o, tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, cause));
  out_str(o, ")\n");
  for (i = 0; i < NUM_SECTIONS; i++) {
    const char *text = tlsdiag_cause_text(cause, sections[i].section);

    if (text == NULL || *text == '\0') {
      continue;
    }
    out_char(o, '\n');
    style_set(o, colour, STYLE_BOLD);
    out_str(o, sections[i].heading);
    style_set(o, colour, STYLE_PLAIN);
    out_str(o, "\n  ");
    style_wrap(o, text, 2, 2);
  }
}

static void cause_json(struct out *o, uint32_t cause)
{
  size_t i;

  out_str(o, "{\"type\":\"cause\"");
  json_text(o, "cause", tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, cause));
  json_text(o, "group", tlsdiag_cause_text(cause, TLSDIAG_SECTION_GROUP));
  json_text(o, "title", tlsdiag_cause_text(cause, TLSDIAG_SECTION_TITLE));
  json_text(o, "meaning", tlsdiag_cause_text(cause, TLSDIAG_SECTION_MEANING));
  for (i = 0; i < NUM_SECTIONS; i++) {
    json_text(o, sections[i].key,
              tlsdiag_cause_text(cause, sections[i].section));
  }
  out_str(o, "}\n");
}

/* ---- alerts ---- */

/* Where in a handshake an alert can come.  What it then means is asked of the
 * classifier, so that this page and a verdict never disagree. */
struct moment {
  uint8_t side;
  uint8_t stage;
  const char *text;
};

static const struct moment moments[] = {
    {TLSDIAG_PARTY_SERVER, TLSDIAG_STAGE_CLIENT_HELLO,
     "from the server, in answer to the ClientHello"},
    {TLSDIAG_PARTY_CLIENT, TLSDIAG_STAGE_SERVER_HELLO,
     "from the client, after the ServerHello"},
    {TLSDIAG_PARTY_CLIENT, TLSDIAG_STAGE_CERTIFICATE,
     "from the client, after the server's Certificate"},
    {TLSDIAG_PARTY_SERVER, TLSDIAG_STAGE_CLIENT_CERTIFICATE,
     "from the server, after the client's Certificate"},
    {TLSDIAG_PARTY_SERVER, TLSDIAG_STAGE_FINISHED,
     "from the server, after the client's Finished"}};

enum { NUM_MOMENTS = sizeof moments / sizeof moments[0] };

static int judge_moment(const struct moment *m, uint32_t alert,
                        tlsdiag_verdict *verdict)
{
  tlsdiag_flow flow;
  tlsdiag_hint hint;

  memset(&hint, 0, sizeof hint);
  hint.size = sizeof hint;
  hint.alert = (uint16_t)alert;
  hint.side = m->side;
  hint.nature = TLSDIAG_NATURE_SENT;
  hint.stage = m->stage;
  memset(verdict, 0, sizeof *verdict);
  verdict->size = sizeof *verdict;
  return tlsdiag_flow_init(&flow, sizeof flow, NULL) == TLSDIAG_STATUS_OK &&
                 tlsdiag_flow_hint(&flow, &hint, 0) == TLSDIAG_STATUS_OK &&
                 tlsdiag_classify(&flow, verdict) == TLSDIAG_STATUS_OK
             ? 0
             : -1;
}

static void alert_people(struct out *o, uint32_t alert, int colour)
{
  const char *name = tlsdiag_name(TLSDIAG_REGISTRY_ALERT, alert);
  tlsdiag_verdict verdict;
  unsigned i;
  unsigned m;

  style_set(o, colour, STYLE_BOLD);
  out_str(o, "Alert ");
  out_u64(o, alert);
  out_str(o, name != NULL ? ", " : ", not assigned");
  out_str(o, name != NULL ? name : "");
  style_set(o, colour, STYLE_PLAIN);
  out_str(o, "\nWhat it means depends on who sends it and when:\n");
  for (m = 0; m < NUM_MOMENTS; m++) {
    if (judge_moment(&moments[m], alert, &verdict) != 0) {
      continue;
    }
    out_str(o, "\n  ");
    out_str(o, moments[m].text);
    out_char(o, '\n');
    for (i = 0; i < verdict.num_causes && i < CANDIDATES; i++) {
      const tlsdiag_cause *cause = &verdict.causes[i];

      out_repeat(o, ' ', 4);
      out_u64_width(o, cause->confidence, 3, ' ');
      out_str(o, "%  ");
      out_str(o, tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, cause->id));
      out_str(o, "  ");
      out_str(o, tlsdiag_cause_text(cause->id, TLSDIAG_SECTION_TITLE));
      out_char(o, '\n');
    }
  }
  out_str(o, "\nMore on each: tlsdiag explain CAUSE\n");
}

static void alert_json(struct out *o, uint32_t alert)
{
  tlsdiag_verdict verdict;
  unsigned i;
  unsigned m;

  out_str(o, "{\"type\":\"alert\"");
  json_number(o, "code", alert);
  json_text(o, "name", tlsdiag_name(TLSDIAG_REGISTRY_ALERT, alert));
  json_key(o, "causes");
  out_char(o, '[');
  for (m = 0; m < NUM_MOMENTS; m++) {
    if (judge_moment(&moments[m], alert, &verdict) != 0) {
      continue;
    }
    for (i = 0; i < verdict.num_causes && i < CANDIDATES; i++) {
      out_str(o, o->text[o->len - 1] == '[' ? "{" : ",{");
      json_text(o, "from",
                tlsdiag_name(TLSDIAG_REGISTRY_PARTY, moments[m].side));
      json_text(o, "stage",
                tlsdiag_name(TLSDIAG_REGISTRY_STAGE, moments[m].stage));
      json_text(o, "cause",
                tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, verdict.causes[i].id));
      json_number(o, "confidence", verdict.causes[i].confidence);
      out_char(o, '}');
    }
  }
  out_str(o, "]}\n");
}

/* ---- recognising what is asked for ---- */

/* "No shared-cipher" and no_shared_cipher are one name. */
static size_t normalise(const char *word, char *out)
{
  size_t len = 0;

  while (word[len] != '\0' && len < WORD_ROOM) {
    unsigned char c = (unsigned char)word[len];

    out[len++] = (char)(c == '-' || c == ' ' ? '_' : tolower(c));
  }
  return word[len] == '\0' ? len : 0;
}

static int alert_number(const char *word, uint32_t *alert)
{
  size_t len = strspn(word, "0123456789");
  uint32_t value = 0;
  size_t i;

  if (len == 0 || len > 3 || word[len] != '\0') {
    return 0;
  }
  for (i = 0; i < len; i++) {
    value = value * 10 + (uint32_t)(word[i] - '0');
  }
  *alert = value;
  return value <= 255;
}

/* Explains one word if it is a cause, an alert, or, like handshake_failure,
 * both; 1 if it was. */
static int explain_word(struct out *o, const struct options *options,
                        const char *word)
{
  char name[WORD_ROOM];
  size_t len = normalise(word, name);
  uint32_t value;
  int is_cause = tlsdiag_name_lookup(TLSDIAG_REGISTRY_CAUSE, name, len,
                                     &value) == TLSDIAG_STATUS_OK;

  if (is_cause && options->json) {
    cause_json(o, value);
  } else if (is_cause) {
    cause_people(o, value, options->colour);
  }
  if (!alert_number(word, &value) &&
      tlsdiag_name_lookup(TLSDIAG_REGISTRY_ALERT, name, len, &value) !=
          TLSDIAG_STATUS_OK) {
    return is_cause;
  }
  if (options->json) {
    alert_json(o, value);
  } else {
    out_str(o, is_cause ? "\n" : "");
    alert_people(o, value, options->colour);
  }
  return 1;
}

static int explain_text(struct tool *t, int num_words, char **words)
{
#ifdef HAVE_TEXT_READERS
  return text_explain(t, num_words, words);
#else
  (void)num_words;
  tool_warn(t, words[0], "is neither a cause nor an alert");
  return EXIT_UNREADABLE;
#endif
}

int cmd_explain(struct tool *t)
{
  char **words = t->options->operands;
  int num_words = t->options->num_operands;
  struct out text;
  int known = 1;
  int i;

  out_init(&text, NULL);
  if (num_words == 2 && strcmp(words[0], "alert") == 0) {
    words++; /* "tlsdiag explain alert 40" */
    num_words--;
  }
  for (i = 0; i < num_words && known; i++) {
    if (i > 0 && !t->options->json) {
      out_char(&text, '\n');
    }
    known = explain_word(&text, t->options, words[i]);
  }
  if (known) {
    out_bytes(&t->out, text.text, text.len);
  }
  t->out.failed |= out_close(&text) != 0;
  return known
             ? EXIT_CLEAN
             : explain_text(t, t->options->num_operands, t->options->operands);
}
