/* rules.c: the rule table as data, and what its rows mean. */
#include "rules.h"

#include "text.h"

/* Lists of one to seven names become rows of fixed length. */
#define FIVE(a, b, c, d, e, ...) \
  {FACT_##a, FACT_##b, FACT_##c, FACT_##d, FACT_##e}
#define SEVEN(a, b, c, d, e, f, g, ...) \
  {FACT_##a, FACT_##b, FACT_##c, FACT_##d, FACT_##e, FACT_##f, FACT_##g}
#define THREE(a, b, c, ...) {FACT_##a, FACT_##b, FACT_##c}
#define ALL(...) FIVE(__VA_ARGS__, ALWAYS, ALWAYS, ALWAYS, ALWAYS, ALWAYS)
#define NOT(...) SEVEN(__VA_ARGS__, NONE, NONE, NONE, NONE, NONE, NONE, NONE)
#define BUT(...) THREE(__VA_ARGS__, NONE, NONE, NONE)

/* The names of causes in rules.inc are those of causes.csv. */
#include "tables/cause_names.inc"

const struct rule rules[] = {
#define RULE(trigger, cause, party, confidence, all, not, but, sentence) \
  {TRIGGER_##trigger, CAUSE_##cause, TLSDIAG_PARTY_##party, confidence, all, \
   not, but},
#include "rules.inc"
#undef RULE
};

const unsigned num_rules = sizeof rules / sizeof rules[0];

#pragma GCC diagnostic ignored "-Woverlength-strings" /* all compilers can */
static const char sentences[] =
#define RULE(trigger, cause, party, confidence, all, not, but, sentence) \
  sentence "\0"
#include "rules.inc"
#undef RULE
  ;

unsigned rules_first(unsigned trigger)
{
  unsigned low = 0;
  unsigned high = num_rules;
  unsigned mid;

  while (low < high) {
    mid = (low + high) / 2;
    if (rules[mid].trigger < trigger) {
      low = mid + 1;
    } else {
      high = mid;
    }
  }
  return low;
}

/* Each fact that argues against a rule takes a quarter of its confidence. */
unsigned rule_confidence(const struct facts *k, const struct rule *rule)
{
  unsigned confidence = rule->confidence;
  size_t i;

  for (i = 0; i < RULE_BUT && rule->but[i] != FACT_NONE; i++) {
    if (fact_holds(k, rule->but[i])) {
      confidence -= confidence / 4;
    }
  }
  return confidence;
}

const char *rule_sentence(unsigned index)
{
  return index < num_rules ? nth_string(sentences, index) : "";
}
