/* classify.c: facts and rules become ranked causes. */
#include <string.h>

#include "causes.h"
#include "facts.h"
#include "rules.h"
#include "versioned.h"

enum {
  NUM_CAUSES = 96, /* more than there are; numbers are API and only grow */
  MAX_CANDIDATES = 32,
  NO_RULE = 0xffff,
  MIN_CONFIDENCE = 5
};

struct candidate {
  uint16_t rule;
  uint8_t cause;
  uint8_t confidence;
  uint8_t observation; /* 1 + index of what spoke besides a rule, 0 none */
};

struct ranking {
  struct facts facts;
  unsigned num;
  struct candidate list[MAX_CANDIDATES];
};

/* What was proposed of that cause so far, NULL: nothing. */
static struct candidate *candidate_of(struct ranking *r, unsigned cause)
{
  unsigned i;

  for (i = 0; i < r->num; i++) {
    if (r->list[i].cause == cause) {
      return &r->list[i];
    }
  }
  return NULL;
}

static void propose(struct ranking *r, unsigned cause, unsigned confidence,
                    unsigned rule, unsigned observation)
{
  struct candidate *c = candidate_of(r, cause);

  if (cause >= NUM_CAUSES || confidence < MIN_CONFIDENCE ||
      (c == NULL && r->num == MAX_CANDIDATES) ||
      (c != NULL && confidence <= c->confidence)) {
    return;
  }
  if (c == NULL) {
    c = &r->list[r->num++];
    c->cause = (uint8_t)cause;
    c->rule = (uint16_t)rule;
  }
  if (rule != NO_RULE) { /* what only adds to a rule leaves it its sentence */
    c->rule = (uint16_t)rule;
  }
  c->confidence = (uint8_t)confidence;
  c->observation = (uint8_t)observation;
}

static void try_rules(struct ranking *r, unsigned trigger)
{
  unsigned i;

  /* The rows for any alert stand first: no search is needed. */
  i = trigger < TRIGGER_ALERT_CLIENT ? 0 : rules_first(trigger);
  for (; i < num_rules && rules[i].trigger <= trigger; i++) {
    if (rules[i].trigger == trigger && rule_holds(&r->facts, &rules[i])) {
      propose(r, rules[i].cause, rule_confidence(&r->facts, &rules[i]), i, 0);
    }
  }
}

/* Did a rule speak because of an alert that a text told?  Then the text's own
 * causes are the same evidence once more. */
static int is_told(const struct ranking *r, const struct candidate *c,
                   const struct flow *f)
{
  unsigned at = r->facts.alert_at;

  return c->observation == 0 && at != 0 &&
         f->observed[at - 1].kind == TLSDIAG_OBS_ALERT &&
         (f->observed[at - 1].b & TLSDIAG_ALERT_FLAG_FROM_TEXT) != 0;
}

/* Several texts that allow the same cause strengthen it; an echo or a line
 * that only repeats what the peer said does not. */
static void try_texts(struct ranking *r, const struct flow *f)
{
  const struct observed *o;
  const struct candidate *same;
  unsigned weight, nature, have;
  size_t i;

  for (i = 0; i < f->num_observations; i++) {
    o = &f->observed[i];
    if (o->kind != TLSDIAG_OBS_TEXT_CAUSE || o->a >= NUM_CAUSES) {
      continue;
    }
    weight = o->b >> 8 & 0xff;
    nature = o->b & 0xff;
    if (nature == TLSDIAG_NATURE_SECONDARY) {
      weight /= 3;
    }
    same = candidate_of(r, o->a);
    have = same != NULL ? same->confidence : 0;
    if (have != 0 && weight > 20 && !is_told(r, same, f)) {
      weight = (weight > have ? weight : have) + (99 - weight) / 4;
    }
    propose(r, o->a, weight < 99 ? weight : 99, NO_RULE, (unsigned)i + 1);
  }
}

static int at_hello(const struct facts *k)
{
  return fact_holds(k, FACT_HELLO) && fact_holds(k, FACT_NO_SERVER_HELLO);
}

static unsigned observation_of(const struct flow *f, unsigned kind)
{
  size_t i;

  for (i = 0; i < f->num_observations; i++) {
    if (f->observed[i].kind == kind) {
      return (unsigned)i + 1;
    }
  }
  return 0;
}

/* A server that has no certificate lives on pre-shared keys: it did not take
 * the one it was shown. */
static int lives_on_keys(const struct facts *k)
{
  return k->policy_cause == TLSDIAG_CAUSE_NO_USABLE_SERVER_CERTIFICATE &&
         fact_holds(k, FACT_PSK_BY_HAND);
}

/* The policy of a server that refused a hello says on what they differ. */
static void try_policy(struct ranking *r, const struct flow *f)
{
  const struct facts *k = &r->facts;

  if (k->policy_cause != 0 && at_hello(k) &&
      k->outcome == TLSDIAG_OUTCOME_FAILED) {
    propose(r,
            lives_on_keys(k) ? TLSDIAG_CAUSE_PSK_UNKNOWN_IDENTITY
                             : k->policy_cause,
            97, NO_RULE, observation_of(f, TLSDIAG_OBS_POLICY));
  }
}

static void try_group(struct ranking *r, const struct flow *f)
{
  const struct facts *k = &r->facts;

  if (k->group_cause != 0 && k->outcome != TLSDIAG_OUTCOME_COMPLETED) {
    propose(r, k->group_cause >> 8, k->group_cause & 0xff, NO_RULE,
            observation_of(f, TLSDIAG_OBS_GROUP));
  }
}

/* ---- the answer ---- */

static uint64_t evidence_bit(const struct facts *k, unsigned fact)
{
  unsigned at = k->at[fact];

  return at - 1 < NUM_OBSERVATIONS ? 1ull << (at - 1) : 0;
}

static void fill_cause(const struct ranking *r, const struct candidate *c,
                       tlsdiag_cause *out)
{
  const struct rule *rule;
  size_t i;

  memset(out, 0, sizeof *out);
  out->id = c->cause;
  out->confidence = c->confidence;
  out->rule = c->rule;
  out->evidence = c->observation != 0 ? 1ull << (c->observation - 1) : 0;
  if (c->rule == NO_RULE) {
    out->party = cause_party(c->cause);
    return;
  }
  rule = &rules[c->rule];
  out->party = rule->party;
  out->evidence |= r->facts.trigger_evidence;
  for (i = 0; i < RULE_ALL && rule->all[i] != FACT_ALWAYS; i++) {
    out->evidence |= evidence_bit(&r->facts, rule->all[i]);
  }
  for (i = 0; i < RULE_BUT && rule->but[i] != FACT_NONE; i++) {
    out->against |= evidence_bit(&r->facts, rule->but[i]);
  }
}

/* Best first; of two alike the lower number, so that the order is stable. */
static uint32_t rank_key(const struct ranking *r, unsigned index)
{
  return (uint32_t)r->list[index].confidence << 16 |
         (uint32_t)(NUM_CAUSES - r->list[index].cause) << 8 | index;
}

static void rank(const struct ranking *r, tlsdiag_verdict *v)
{
  uint32_t keys[MAX_CANDIDATES];
  uint32_t key;
  unsigned i, k;

  for (i = 0; i < r->num; i++) {
    key = rank_key(r, i);
    for (k = i; k > 0 && keys[k - 1] < key; k--) {
      keys[k] = keys[k - 1];
    }
    keys[k] = key;
  }
  for (i = 0; i < r->num && i < TLSDIAG_MAX_CAUSES; i++) {
    fill_cause(r, &r->list[keys[i] & 0xff], &v->causes[v->num_causes++]);
  }
}

static void fill_alert(const struct flow *f, const struct facts *k,
                       tlsdiag_verdict *v)
{
  unsigned at = k->alert_at;
  const struct observed *o;

  if (at == 0) {
    at = observation_of(f, TLSDIAG_OBS_ALERT); /* an echo, flagged as one */
  }
  if (at == 0) {
    return;
  }
  o = &f->observed[at - 1];
  v->has_alert = 1;
  v->alert_from = o->from;
  v->alert_flags = TLSDIAG_ALERT_FLAG_ENCRYPTED;
  if (o->kind == TLSDIAG_OBS_ALERT) {
    v->alert_level = (uint8_t)(o->a >> 8);
    v->alert_code = (uint8_t)o->a;
    v->alert_flags = (uint8_t)o->b;
  }
}

static int is_noise(const struct facts *k, const tlsdiag_verdict *v)
{
  unsigned cause = v->causes[0].id;

  return cause == TLSDIAG_CAUSE_CONNECTION_PROBE ||
         k->trigger == TRIGGER_PLAINTEXT ||
         (cause == TLSDIAG_CAUSE_CLIENT_ABORTED && fact_holds(k, FACT_QUICK));
}

static void say_unknown(tlsdiag_verdict *v)
{
  v->causes[0].id = TLSDIAG_CAUSE_UNKNOWN;
  v->causes[0].confidence = v->outcome == TLSDIAG_OUTCOME_FAILED ? 30 : 50;
  v->causes[0].party = TLSDIAG_PARTY_UNKNOWN;
  v->causes[0].rule = NO_RULE;
  v->num_causes = 1;
}

/* Where not all was seen, what is unknown may not have failed at all. */
static int may_have_gone_on(const struct facts *k)
{
  return k->outcome == TLSDIAG_OUTCOME_INCOMPLETE ||
         fact_holds(k, FACT_ONE_SIDED) || fact_holds(k, FACT_CAPTURE_END) ||
         fact_holds(k, FACT_MIDSTREAM) || fact_holds(k, FACT_MISSED);
}

/* Some causes say what came of the handshake. */
static void settle_outcome(const struct facts *k, tlsdiag_verdict *v)
{
  switch (v->causes[0].id) {
  case TLSDIAG_CAUSE_UNKNOWN:
    if (may_have_gone_on(k)) {
      v->outcome = TLSDIAG_OUTCOME_INCOMPLETE;
      v->causes[0].party = TLSDIAG_PARTY_EITHER;
    }
    break;
  case TLSDIAG_CAUSE_CONNECTION_PROBE: /* no handshake was there to fail */
    v->outcome = TLSDIAG_OUTCOME_INCOMPLETE;
    break;
  case TLSDIAG_CAUSE_IMPLICIT_TLS_EXPECTED:
    v->outcome = TLSDIAG_OUTCOME_NOT_TLS;
    break;
  default:
    break;
  }
  if (v->outcome == TLSDIAG_OUTCOME_INCOMPLETE && fact_holds(k, FACT_TEXT) &&
      v->causes[0].id > TLSDIAG_CAUSE_UNKNOWN) {
    v->outcome = TLSDIAG_OUTCOME_FAILED;
  }
}

static void fill_verdict(const struct flow *f, const struct ranking *r,
                         tlsdiag_verdict *v)
{
  const struct facts *k = &r->facts;

  v->outcome = k->outcome;
  v->stage = k->stage;
  v->version = k->version;
  v->cipher = k->cipher;
  if (k->close_at != 0) {
    v->end_how = (uint8_t)f->observed[k->close_at - 1].a;
    v->end_by = f->observed[k->close_at - 1].from;
  }
  fill_alert(f, k, v);
  rank(r, v);
  if (v->num_causes == 0) {
    say_unknown(v);
  }
  settle_outcome(k, v);
  v->noise = (uint8_t)is_noise(k, v);
}

/* Rows that hold for any alert, and for one of which no other row speaks. */
static void try_any_alert(struct ranking *r)
{
  unsigned trigger = r->facts.trigger;
  unsigned from = trigger >= TRIGGER_ALERT_SERVER;

  if (trigger < TRIGGER_ALERT_CLIENT || trigger >= TRIGGER_HIDDEN_CLIENT) {
    return;
  }
  try_rules(r, TRIGGER_ANY_ALERT_CLIENT + from);
  /* A text brings its own causes. */
  if (r->num == 0 && !fact_holds(&r->facts, FACT_TEXT)) {
    try_rules(r, TRIGGER_LONE_ALERT_CLIENT + from);
  }
}

/* No more causes are counted than a caller's verdict of `size` bytes holds: a
 * program compiled when there were fewer walks them by that count. */
static void fit_causes(tlsdiag_verdict *v, size_t size)
{
  size_t head = offsetof(tlsdiag_verdict, causes);
  size_t room = size > head ? (size - head) / sizeof v->causes[0] : 0;

  if (v->num_causes > room) {
    v->num_causes = (uint8_t)room;
  }
}

int tlsdiag_classify(const tlsdiag_flow *flow, tlsdiag_verdict *out)
{
  const struct flow *f = flow_of_const(flow);
  struct ranking r;
  tlsdiag_verdict v;

  if (flow == NULL || versioned_size(out) == 0) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  r.num = 0;
  memset(&v, 0, sizeof v);
  facts_gather(f, &r.facts);
  try_rules(&r, r.facts.trigger);
  try_any_alert(&r);
  if (fact_holds(&r.facts, FACT_TEXT)) {
    try_texts(&r, f);
  }
  try_policy(&r, f);
  try_group(&r, f);
  fill_verdict(f, &r, &v);
  fit_causes(&v, versioned_size(out));
  versioned_out(out, &v, sizeof v);
  return TLSDIAG_STATUS_OK;
}
