/* explain_policy.c: where a policy says on what both sides differ, both lists
 * by name, for whoever has to change one of them. */
#include "explain.h"
#include "flow.h"
#include "text.h"

/* The list that a cause is about: the observation of what was offered, and
 * the names of what it counts and of single values. */
struct dispute {
  uint16_t cause, registry, bits, observation;
};

static const struct dispute disputes[] = {
    {TLSDIAG_CAUSE_NO_SHARED_CIPHER, TLSDIAG_REGISTRY_CIPHER_SUITE_OPENSSL,
     TLSDIAG_REGISTRY_SUITES, TLSDIAG_OBS_OFFERED_SUITES},
    {TLSDIAG_CAUSE_NO_SHARED_GROUP, TLSDIAG_REGISTRY_GROUP,
     TLSDIAG_REGISTRY_GROUPS, TLSDIAG_OBS_OFFERED_GROUPS},
    {TLSDIAG_CAUSE_NO_SHARED_SIGNATURE_ALGORITHM,
     TLSDIAG_REGISTRY_SIGNATURE_SCHEME, TLSDIAG_REGISTRY_SIGALGS,
     TLSDIAG_OBS_OFFERED_SIGALGS},
};

enum { MAX_NAMED = 12 };

static const uint16_t *list_of(const tlsdiag_policy *policy, unsigned cause,
                               unsigned *num)
{
  switch (cause) {
  case TLSDIAG_CAUSE_NO_SHARED_CIPHER:
    *num = policy->num_cipher_suites;
    return policy->cipher_suites;
  case TLSDIAG_CAUSE_NO_SHARED_GROUP:
    *num = policy->num_groups;
    return policy->groups;
  default:
    *num = policy->num_signature_algorithms;
    return policy->signature_algorithms;
  }
}

static void name_values(struct text *t, unsigned registry,
                        const uint16_t *values, unsigned num)
{
  unsigned i;

  for (i = 0; i < num && i < MAX_NAMED; i++) {
    text_str(t, i == 0 ? "" : ", ");
    text_name(t, registry, values[i], "number");
  }
  if (num > MAX_NAMED) {
    text_str(t, " and ");
    text_number(t, num - MAX_NAMED);
    text_str(t, " more");
  }
}

static void name_bits(struct text *t, unsigned registry, uint32_t bits)
{
  const char *between = "";
  unsigned i;

  for (i = 0; i < 32; i++) {
    if ((bits >> i & 1) != 0) {
      text_str(t, between);
      text_name(t, registry, 1u << i, "bit");
      between = ", ";
    }
  }
}

static void name_both(struct text *t, const struct flow *f,
                      const struct dispute *d)
{
  const struct observed *offered = observed_find(
      (struct flow *)(uintptr_t)f, d->observation, TLSDIAG_FROM_CLIENT);
  unsigned num = 0;
  const uint16_t *list = list_of(f->policy, d->cause, &num);

  if (num == 0 || offered == NULL) {
    return;
  }
  text_str(t, "The server takes ");
  name_values(t, d->registry, list, num);
  text_str(t, "; the client offered ");
  name_bits(t, d->bits, offered->a);
  text_str(t, ".\n");
}

void explain_policy(struct text *t, const struct flow *f,
                    const tlsdiag_cause *c)
{
  const struct observed *o;
  size_t i;

  o = observed_find((struct flow *)(uintptr_t)f, TLSDIAG_OBS_POLICY,
                    TLSDIAG_FROM_SERVER);
  if (f->policy == NULL || o == NULL || o->a != c->id) {
    return;
  }
  for (i = 0; i < sizeof disputes / sizeof disputes[0]; i++) {
    if (disputes[i].cause == c->id) {
      name_both(t, f, &disputes[i]);
    }
  }
}
