/* rules_seen.c: which rows of the rule table a flow provokes. */
#include "rules_seen.h"

#include <stdio.h>
#include <stdlib.h>

#include "facts.h"
#include "rules.h"

static void print_rows(FILE *out, const struct facts *k, unsigned trigger)
{
  unsigned i;

  for (i = rules_first(trigger);
       i < num_rules && rules[i].trigger == trigger; i++) {
    if (rule_holds(k, &rules[i])) {
      fprintf(out, " %u", i);
    }
  }
}

void rules_seen(const tlsdiag_flow *flow, const tlsdiag_verdict *verdict)
{
  const char *path = getenv("TLSDIAG_RULES_SEEN");
  struct facts k;
  FILE *out;

  if (path == NULL || (out = fopen(path, "a")) == NULL) {
    return;
  }
  facts_gather(flow_of_const(flow), &k);
  if (verdict->causes[0].rule < num_rules) {
    fprintf(out, "%u", verdict->causes[0].rule);
  } else {
    fprintf(out, "-");
  }
  print_rows(out, &k, k.trigger);
  if (k.trigger >= TRIGGER_ALERT_CLIENT && k.trigger < TRIGGER_HIDDEN_CLIENT) {
    unsigned from = k.trigger >= TRIGGER_ALERT_SERVER;

    print_rows(out, &k, TRIGGER_ANY_ALERT_CLIENT + from);
    if (verdict->causes[0].rule < num_rules &&
        rules[verdict->causes[0].rule].trigger ==
          TRIGGER_LONE_ALERT_CLIENT + from) {
      print_rows(out, &k, TRIGGER_LONE_ALERT_CLIENT + from);
    }
  }
  fprintf(out, "\n");
  fclose(out);
}
