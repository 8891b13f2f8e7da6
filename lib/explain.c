/* explain.c: a cause becomes a paragraph: what it is, who, why we think so,
 * what speaks against it, and the one change that fixes it. */
#include "causes.h"
#include "explain.h"
#include "flow.h"
#include "rules.h"
#include "text.h"
#include "versioned.h"

static const char *party_words(unsigned party)
{
  switch (party) {
  case TLSDIAG_PARTY_CLIENT:
    return "the client";
  case TLSDIAG_PARTY_SERVER:
    return "the server";
  case TLSDIAG_PARTY_MIDDLEBOX:
    return "a device on the path";
  case TLSDIAG_PARTY_NETWORK:
    return "the network";
  case TLSDIAG_PARTY_EITHER:
    return "one of the two sides";
  case TLSDIAG_PARTY_NONE:
    return "nobody";
  default:
    return "not known";
  }
}

/* One line an observation, at its place in the stream. */
static void list(struct text *t, const tlsdiag_flow *flow, uint64_t set,
                 const char *before)
{
  tlsdiag_observation o;
  char line[240];
  unsigned i;

  for (i = 0; i < TLSDIAG_MAX_OBSERVATIONS; i++) {
    o.size = sizeof o;
    if ((set >> i & 1) == 0 ||
        tlsdiag_flow_observation(flow, i, &o) != TLSDIAG_STATUS_OK) {
      continue;
    }
    (void)tlsdiag_observation_text(&o, line, sizeof line);
    text_str(t, before);
    text_str(t, line);
    text_str(t, " (byte ");
    text_number(t, o.offset);
    text_str(t, ")\n");
  }
}

/* What the outcome makes of a cause whose catalogue words are those of a
 * handshake seen to its end; NULL: the catalogue's words fit. */
static const char *words_of_outcome(unsigned outcome, unsigned cause)
{
  if (outcome == TLSDIAG_OUTCOME_NOT_TLS && cause == TLSDIAG_CAUSE_NONE) {
    return "No TLS here: both sides speak another protocol";
  }
  if (outcome == TLSDIAG_OUTCOME_INCOMPLETE &&
      cause == TLSDIAG_CAUSE_UNKNOWN) {
    return "Not seen to its end, and nothing so far says that it failed";
  }
  return NULL;
}

static void headline(struct text *t, const tlsdiag_cause *c, const char *words)
{
  text_str(t, words != NULL ? words
                            : cause_text(c->id, TLSDIAG_SECTION_TITLE));
  text_str(t, " (");
  text_number(t, c->confidence);
  text_str(t, " % sure). ");
  if (words == NULL) {
    text_str(t, cause_text(c->id, TLSDIAG_SECTION_MEANING));
    text_str(t, ". ");
  }
  text_str(t, "To blame: ");
  text_str(t, party_words(c->party));
  text_str(t, ".\n");
}

/* A line of the catalogue, unless it has none. */
static void line(struct text *t, const char *before, const char *words)
{
  if (words != NULL && *words != '\0') {
    text_str(t, before);
    text_str(t, words);
    text_char(t, '\n');
  }
}

static void paragraph(struct text *t, const tlsdiag_flow *flow,
                      const tlsdiag_verdict *v, const tlsdiag_cause *c)
{
  headline(t, c, words_of_outcome(v->outcome, c->id));
  if (c->rule < num_rules) {
    text_str(t, "Because ");
    text_str(t, rule_sentence(c->rule));
    text_str(t, ".\n");
  }
  list(t, flow, c->evidence, "  + ");
  list(t, flow, c->against, "  - ");
  explain_policy(t, flow_of_const(flow), c);
  if (v->outcome != TLSDIAG_OUTCOME_NOT_TLS || c->id != TLSDIAG_CAUSE_NONE) {
    line(t, "To do: ", cause_text(c->id, TLSDIAG_SECTION_ADVICE));
  }
  if (c->confidence < 90) {
    line(t, "To be sure: ", cause_text(c->id, TLSDIAG_SECTION_DECIDE));
  }
}

size_t tlsdiag_explain(const tlsdiag_flow *flow, const tlsdiag_verdict *verdict,
                       unsigned index, char *buf, size_t len)
{
  tlsdiag_verdict v;
  struct text t;

  text_init(&t, buf, buf != NULL ? len : 0);
  if (flow != NULL && versioned_in(&v, sizeof v, verdict) == 0 &&
      index < v.num_causes && index < TLSDIAG_MAX_CAUSES) {
    paragraph(&t, flow, &v, &v.causes[index]);
  }
  return text_end(&t);
}

size_t tlsdiag_rule_text(unsigned rule, char *buf, size_t len)
{
  struct text t;

  text_init(&t, buf, buf != NULL ? len : 0);
  text_str(&t, rule_sentence(rule));
  return text_end(&t);
}

uint32_t tlsdiag_version(void)
{
  return TLSDIAG_VERSION_NUMBER;
}
