/* facts_shape.h: facts that no single observation shows (internal). */
#ifndef TLSDIAG_LIB_FACTS_SHAPE_H
#define TLSDIAG_LIB_FACTS_SHAPE_H

#include "facts.h"

void fact_set(struct facts *k, unsigned fact, size_t index);
void fact_infer(struct facts *k, unsigned fact, int holds);

/* The client's first bytes are plaintext of any kind. */
int client_spoke_plain(const struct facts *k);

/* facts_shape.c: what the lengths of encrypted TLS 1.3 records tell. */
void shape_gather(const struct flow *f, struct facts *k);
/* trigger.c: the earliest abnormal event, the outcome, and who owed what. */
void trigger_choose(const struct flow *f, struct facts *k);

#endif
