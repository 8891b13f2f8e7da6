/* flow_hello.h: hellos become observations (internal). */
#ifndef TLSDIAG_LIB_FLOW_HELLO_H
#define TLSDIAG_LIB_FLOW_HELLO_H

#include "flow.h"

#define HAS(hello, name)                                                       \
  (((hello)->present >> TLSDIAG_HAS_##name & 1u) != 0 ? 1u : 0u)

struct tally {
  uint32_t bits;
  uint32_t count;
  uint64_t hash; /* of the values, GREASE left out */
};

void client_hello_read(struct flow *f, const struct message *m);
void server_hello_read(struct flow *f, const struct message *m);

/* flow_hello.c: a fault that is not just the end of what could be kept. */
void hello_note_fault(struct flow *f, const struct message *m, int rc,
                      const tlsdiag_where *w);
void hello_note_anomalies(struct flow *f, const struct message *m,
                          const tlsdiag_anomaly *list, uint32_t num);

/* flow_offer.c: counts the suites and remembers them for offer_has_suite, which
 * may say yes of one that was not offered. */
void offer_count_suites(struct flow *f, const tlsdiag_client_hello *ch,
                        struct tally *out);
int offer_has_suite(const struct flow *f, unsigned suite);
/* Whether what was seen of the hello tells its versions. */
int offer_shows_versions(const struct message *m,
                         const tlsdiag_client_hello *ch);
void offer_note(struct flow *f, const struct message *m,
                const tlsdiag_client_hello *ch, const struct tally *suites);

#endif
