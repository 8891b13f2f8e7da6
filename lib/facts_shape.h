/* facts_shape.h: facts that no single observation shows (internal). */
#ifndef TLSDIAG_LIB_FACTS_SHAPE_H
#define TLSDIAG_LIB_FACTS_SHAPE_H

#include "facts.h"

/* A fact that observation `index` proves. */
static inline void fact_set(struct facts *k, unsigned fact, size_t index)
{
  if (!fact_holds(k, fact)) {
    k->at[fact] = (uint8_t)(index + 1);
  }
}

/* A fact that no single observation proves. */
static inline void fact_infer(struct facts *k, unsigned fact, int holds)
{
  if (holds && !fact_holds(k, fact)) {
    k->at[fact] = INFERRED;
  }
}

/* One bit of an observation's word that is one fact. */
struct bit_fact {
  uint32_t bit;
  uint32_t fact;
};
void facts_set_bits(struct facts *k, uint32_t word, size_t index,
                    const struct bit_fact *list, size_t num);
#define SET_BITS(k, word, index, list) \
  facts_set_bits(k, word, index, list, sizeof(list) / sizeof((list)[0]))

/* facts_hello.c: observation `index`, made of a hello. */
void facts_of_hello(struct facts *k, const struct observed *o, size_t index);

/* The client's first bytes are plaintext of any kind. */
int client_spoke_plain(const struct facts *k);

/* facts_shape.c: what the lengths of encrypted TLS 1.3 records tell. */
void shape_gather(const struct flow *f, struct facts *k);
/* trigger.c: the earliest abnormal event, the outcome, and who owed what. */
void trigger_choose(const struct flow *f, struct facts *k);

#endif
