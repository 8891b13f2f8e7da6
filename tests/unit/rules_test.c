/* The rule table, row by row: each row holds on its own facts, and no longer
 * when one of them is missing or one that it excludes is there. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "causes.h"
#include "facts.h"
#include "rules.h"
#include "tlsdiag/tlsdiag.h"

enum { MAX_FACTS = 256 };

static const char *const fact_names[] = {
#define FACT(name, sentence) #name,
#include "facts.inc"
#undef FACT
};

/* What holds whenever something else does, by the meaning of the words. */
static const uint8_t implications[][2] = {
  {FACT_MAX_SSL3, FACT_MAX_TLS11},
  {FACT_MAX_TLS11, FACT_MAX_TLS12},
  {FACT_ONLY_TLS13, FACT_MIN_TLS12},
  {FACT_ONLY_TLS13, FACT_OFFERS_TLS13},
  {FACT_FEW_SUITES, FACT_SOME_SUITES},
  {FACT_SHA1_SIGALGS, FACT_NO_PSS},
  {FACT_VERY_SHORT_DH, FACT_SHORT_DH},
  {FACT_VERY_SLOW, FACT_SLOW},
  {FACT_SERVER_FLIGHT_FULL, FACT_SERVER_FLIGHT},
  {FACT_CLIENT_REPEATED_BIG, FACT_CLIENT_REPEATED},
  {FACT_SERVER_REPEATED_BIG, FACT_SERVER_REPEATED},
  {FACT_CLIENT_ALL_UNACKED, FACT_CLIENT_UNACKED},
  {FACT_TLS13, FACT_SERVER_HELLO},
  {FACT_TLS12, FACT_SERVER_HELLO},
  {FACT_OLD_VERSION, FACT_SERVER_HELLO},
  {FACT_SERVER_PSK, FACT_RESUMED},
};

/* What cannot hold together. */
static const uint8_t opposites[][2] = {
  {FACT_HELLO, FACT_NO_HELLO},
  {FACT_SERVER_HELLO, FACT_NO_SERVER_HELLO},
  {FACT_NAME, FACT_NO_NAME},
  {FACT_EMS, FACT_NO_EMS},
  {FACT_SERVER_EMS, FACT_SERVER_NO_EMS},
  {FACT_MAX_TLS12, FACT_OFFERS_TLS13},
  {FACT_TLS13, FACT_TLS12},
  {FACT_TLS13, FACT_OLD_VERSION},
  {FACT_TLS12, FACT_OLD_VERSION},
  {FACT_QUICK, FACT_SLOW},
  {FACT_CLIENT_OWES, FACT_SERVER_OWES},
  {FACT_CERT_NAME_MATCH, FACT_CERT_NAME_MISMATCH},
};

static const char *name_of(unsigned fact)
{
  return fact < NUM_FACTS ? fact_names[fact] : "?";
}

static void only_its_facts(const struct rule *rule, struct facts *k)
{
  size_t i;

  memset(k, 0, sizeof *k);
  k->at[FACT_ALWAYS] = INFERRED;
  for (i = 0; i < RULE_ALL; i++) {
    k->at[rule->all[i]] = INFERRED;
  }
}

/* A set of facts, closed under the implications. */
static void close_set(uint8_t *set)
{
  size_t i;
  int grew = 1;

  while (grew) {
    grew = 0;
    for (i = 0; i < sizeof implications / sizeof implications[0]; i++) {
      if (set[implications[i][0]] && !set[implications[i][1]]) {
        set[implications[i][1]] = 1;
        grew = 1;
      }
    }
  }
}

static void demanded(const struct rule *rule, uint8_t *set)
{
  size_t i;

  memset(set, 0, MAX_FACTS);
  for (i = 0; i < RULE_ALL; i++) {
    set[rule->all[i]] = 1;
  }
  close_set(set);
}

Test(rules, are_sorted_by_what_ended_the_handshake)
{
  unsigned i;

  cr_assert_gt(num_rules, 200);
  cr_assert_lt(num_rules, 0xffff);
  for (i = 1; i < num_rules; i++) {
    cr_assert_leq(rules[i - 1].trigger, rules[i].trigger,
                  "row %u stands before its trigger: %s", i, rule_sentence(i));
  }
}

Test(rules, are_found_by_their_trigger)
{
  unsigned i;

  for (i = 0; i < num_rules; i++) {
    unsigned first = rules_first(rules[i].trigger);

    cr_assert_leq(first, i);
    cr_assert_eq(rules[first].trigger, rules[i].trigger);
    cr_assert(first == 0 || rules[first - 1].trigger < rules[i].trigger);
  }
  cr_assert_eq(rules_first(0xffff), num_rules);
  cr_assert_eq(rules_first(0), 0);
}

Test(rules, have_valid_numbers)
{
  unsigned i;
  size_t j;

  cr_assert_leq(NUM_FACTS, MAX_FACTS);
  for (i = 0; i < num_rules; i++) {
    const struct rule *r = &rules[i];

    cr_assert_not_null(tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, r->cause));
    cr_assert_not_null(tlsdiag_name(TLSDIAG_REGISTRY_PARTY, r->party));
    cr_assert(r->confidence >= 5 && r->confidence <= 99, "row %u: %u", i,
              r->confidence);
    cr_assert_neq(r->cause, TLSDIAG_CAUSE_UNKNOWN);
    for (j = 0; j < RULE_ALL; j++) {
      cr_assert_lt(r->all[j], NUM_FACTS);
      cr_assert_neq(r->all[j], FACT_NONE, "row %u demands nothing's fact", i);
    }
    for (j = 0; j < RULE_NOT; j++) {
      cr_assert_lt(r->none[j], NUM_FACTS);
      cr_assert_neq(r->none[j], FACT_ALWAYS, "row %u never holds", i);
    }
    for (j = 0; j < RULE_BUT; j++) {
      cr_assert_lt(r->but[j], NUM_FACTS);
      cr_assert_neq(r->but[j], FACT_ALWAYS);
    }
  }
}

Test(rules, alerts_carry_a_known_description)
{
  unsigned i;

  for (i = 0; i < num_rules; i++) {
    if (rules[i].trigger >= TRIGGER_ALERT_CLIENT &&
        rules[i].trigger < TRIGGER_HIDDEN_CLIENT) {
      cr_assert_not_null(
        tlsdiag_name(TLSDIAG_REGISTRY_ALERT, rules[i].trigger & 0xff),
        "row %u: alert %u", i, rules[i].trigger & 0xffu);
    }
  }
}

Test(rules, have_a_sentence_that_fits_a_line)
{
  unsigned i;
  const char *s;
  size_t len, j;

  for (i = 0; i < num_rules; i++) {
    s = rule_sentence(i);
    len = strlen(s);
    cr_assert(len >= 10 && len <= 80, "row %u: %zu characters: %s", i, len, s);
    cr_assert_neq(s[len - 1], '.', "row %u ends with a period: %s", i, s);
    cr_assert_neq(s[len - 1], ' ', "row %u ends with a space: %s", i, s);
    for (j = 0; j < len; j++) {
      cr_assert(s[j] >= 0x20 && s[j] < 0x7f, "row %u: %s", i, s);
    }
  }
  cr_assert_str_eq(rule_sentence(num_rules), "");
  cr_assert_str_eq(rule_sentence(0xffff), "");
}

Test(rules, hold_on_exactly_their_own_facts)
{
  struct facts k;
  unsigned i;

  for (i = 0; i < num_rules; i++) {
    only_its_facts(&rules[i], &k);
    cr_assert(rule_holds(&k, &rules[i]), "row %u: %s", i, rule_sentence(i));
    cr_assert_eq(rule_confidence(&k, &rules[i]), rules[i].confidence,
                 "row %u argues against itself: %s", i, rule_sentence(i));
  }
}

Test(rules, do_not_hold_when_one_fact_is_missing)
{
  struct facts k;
  unsigned i, tried = 0;
  size_t j;

  for (i = 0; i < num_rules; i++) {
    for (j = 0; j < RULE_ALL && rules[i].all[j] != FACT_ALWAYS; j++) {
      only_its_facts(&rules[i], &k);
      k.at[rules[i].all[j]] = 0;
      cr_assert_not(rule_holds(&k, &rules[i]), "row %u holds without %s: %s",
                    i, name_of(rules[i].all[j]), rule_sentence(i));
      tried++;
    }
  }
  cr_assert_gt(tried, num_rules);
}

Test(rules, do_not_hold_with_a_fact_that_they_exclude)
{
  struct facts k;
  unsigned i, tried = 0;
  size_t j;

  for (i = 0; i < num_rules; i++) {
    for (j = 0; j < RULE_NOT && rules[i].none[j] != FACT_NONE; j++) {
      only_its_facts(&rules[i], &k);
      k.at[rules[i].none[j]] = INFERRED;
      cr_assert_not(rule_holds(&k, &rules[i]), "row %u holds with %s: %s", i,
                    name_of(rules[i].none[j]), rule_sentence(i));
      tried++;
    }
  }
  cr_assert_gt(tried, num_rules / 2);
}

Test(rules, lose_confidence_by_what_argues_against_them)
{
  struct facts k;
  unsigned i, before, after;
  size_t j;

  for (i = 0; i < num_rules; i++) {
    only_its_facts(&rules[i], &k);
    before = rules[i].confidence;
    for (j = 0; j < RULE_BUT && rules[i].but[j] != FACT_NONE; j++) {
      k.at[rules[i].but[j]] = INFERRED;
      after = rule_confidence(&k, &rules[i]);
      cr_assert_lt(after, before, "row %u: %s does not count: %s", i,
                   name_of(rules[i].but[j]), rule_sentence(i));
      cr_assert_geq(after, before / 2, "row %u: %s counts too much", i,
                    name_of(rules[i].but[j]));
      before = after;
    }
  }
}

Test(rules, do_not_contradict_themselves)
{
  uint8_t set[MAX_FACTS];
  unsigned i;
  size_t j;

  for (i = 0; i < num_rules; i++) {
    demanded(&rules[i], set);
    for (j = 0; j < RULE_NOT && rules[i].none[j] != FACT_NONE; j++) {
      cr_assert_not(set[rules[i].none[j]], "row %u wants and excludes %s: %s",
                    i, name_of(rules[i].none[j]), rule_sentence(i));
    }
    for (j = 0; j < RULE_BUT && rules[i].but[j] != FACT_NONE; j++) {
      cr_assert_not(set[rules[i].but[j]], "row %u: %s always argues: %s", i,
                    name_of(rules[i].but[j]), rule_sentence(i));
    }
    for (j = 0; j < sizeof opposites / sizeof opposites[0]; j++) {
      cr_assert_not(set[opposites[j][0]] && set[opposites[j][1]],
                    "row %u wants %s and %s: %s", i, name_of(opposites[j][0]),
                    name_of(opposites[j][1]), rule_sentence(i));
    }
  }
}

static int is_subset(const uint8_t *few, const uint8_t *many)
{
  size_t i;

  for (i = 0; i < MAX_FACTS; i++) {
    if (few[i] && !many[i] && i != FACT_ALWAYS && i != FACT_NONE) {
      return 0;
    }
  }
  return 1;
}

/* `a` holds whenever `b` does, and says the same as loudly. */
static int hides(const struct rule *a, const struct rule *b)
{
  uint8_t all_a[MAX_FACTS], all_b[MAX_FACTS];
  uint8_t none_a[MAX_FACTS] = {0};
  uint8_t none_b[MAX_FACTS] = {0};
  size_t i;

  if (a->trigger != b->trigger || a->cause != b->cause ||
      a->confidence < b->confidence || a->but[0] != FACT_NONE) {
    return 0;
  }
  demanded(a, all_a);
  demanded(b, all_b);
  for (i = 0; i < RULE_NOT; i++) {
    none_a[a->none[i]] = 1;
    none_b[b->none[i]] = 1;
  }
  return is_subset(all_a, all_b) && is_subset(none_a, none_b);
}

Test(rules, are_not_hidden_by_another_row)
{
  unsigned i, k;

  for (i = 0; i < num_rules; i++) {
    for (k = rules_first(rules[i].trigger);
         k < num_rules && rules[k].trigger == rules[i].trigger; k++) {
      cr_assert(k == i || !hides(&rules[k], &rules[i]),
                "row %u (%s) can never be the best: row %u (%s)", i,
                rule_sentence(i), k, rule_sentence(k));
    }
  }
}

Test(rules, facts_have_a_sentence)
{
  unsigned i;

  for (i = 0; i < NUM_FACTS; i++) {
    const char *s = fact_text(i);

    cr_assert(i == FACT_NONE || strlen(s) >= 5, "%s", name_of(i));
    cr_assert_leq(strlen(s), 80);
  }
  cr_assert_str_eq(fact_text(NUM_FACTS), "");
}
