/* explain.c: a cause becomes a paragraph: what it is, who, why we think so,
 * what speaks against it, and the one change that fixes it. */
#include "causes.h"
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

/* Both sides spoke something else and were content with it: the catalogue's
 * words for "none" are those of a handshake. */
static void other_protocol(struct text *t, const tlsdiag_flow *flow,
                           const tlsdiag_cause *c)
{
  text_str(t, "No TLS here (");
  text_number(t, c->confidence);
  text_str(t, " % sure): both sides speak another protocol.\n");
  list(t, flow, c->evidence, "  + ");
}

static void paragraph(struct text *t, const tlsdiag_flow *flow,
                      const tlsdiag_cause *c)
{
  const char *meaning = cause_text(c->id, TLSDIAG_SECTION_MEANING);
  const char *advice = cause_text(c->id, TLSDIAG_SECTION_ADVICE);
  const char *decide = cause_text(c->id, TLSDIAG_SECTION_DECIDE);

  text_str(t, cause_text(c->id, TLSDIAG_SECTION_TITLE));
  text_str(t, " (");
  text_number(t, c->confidence);
  text_str(t, " % sure). ");
  text_str(t, meaning);
  text_str(t, ". To blame: ");
  text_str(t, party_words(c->party));
  text_str(t, ".\n");
  if (c->rule < num_rules) {
    text_str(t, "Because ");
    text_str(t, rule_sentence(c->rule));
    text_str(t, ".\n");
  }
  list(t, flow, c->evidence, "  + ");
  list(t, flow, c->against, "  - ");
  if (advice != NULL && *advice != '\0') {
    text_str(t, "To do: ");
    text_str(t, advice);
    text_char(t, '\n');
  }
  if (decide != NULL && *decide != '\0' && c->confidence < 90) {
    text_str(t, "To be sure: ");
    text_str(t, decide);
    text_char(t, '\n');
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
    if (v.outcome == TLSDIAG_OUTCOME_NOT_TLS &&
        v.causes[index].id == TLSDIAG_CAUSE_NONE) {
      other_protocol(&t, flow, &v.causes[index]);
    } else {
      paragraph(&t, flow, &v.causes[index]);
    }
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
