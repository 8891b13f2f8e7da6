/* rules.h: the rule table (internal); the rows are in rules.inc. */
#ifndef TLSDIAG_LIB_RULES_H
#define TLSDIAG_LIB_RULES_H

#include <stdint.h>

#include "facts.h"

enum { RULE_ALL = 5, RULE_NOT = 7, RULE_BUT = 3 };

struct rule {
  uint16_t trigger;
  uint8_t cause;
  uint8_t party;
  uint8_t confidence;
  uint8_t all[RULE_ALL]; /* facts; filled up with FACT_ALWAYS */
  uint8_t none[RULE_NOT]; /* filled up with FACT_NONE */
  uint8_t but[RULE_BUT];
};

extern const struct rule rules[];
extern const unsigned num_rules;

/* The first row of a trigger, or of what comes behind it. */
unsigned rules_first(unsigned trigger);
/* All of the row's facts hold and none of its NOT facts does.  Inline: it is
 * asked of every row of a trigger. */
static inline int rule_holds(const struct facts *k, const struct rule *rule)
{
  size_t i;

  for (i = 0; i < RULE_ALL && rule->all[i] != FACT_ALWAYS; i++) {
    if (!fact_holds(k, rule->all[i])) {
      return 0;
    }
  }
  for (i = 0; i < RULE_NOT && rule->none[i] != FACT_NONE; i++) {
    if (fact_holds(k, rule->none[i])) {
      return 0;
    }
  }
  return 1;
}

/* The row's confidence after what argues against it. */
unsigned rule_confidence(const struct facts *k, const struct rule *rule);
const char *rule_sentence(unsigned index);

#endif
