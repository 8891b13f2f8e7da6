/* facts.h: what a list of observations amounts to (internal).
 *
 * A fact is one yes/no statement that a rule can ask for.  facts_gather reads
 * the observations once, in order, and notes for each fact the observation
 * that proves it.  Facts only say what was seen: rules.inc says what it means.
 *
 * FACT(name, sentence) in facts.inc; the sentence completes "because ...".
 * FACT_ALWAYS always holds and FACT_NONE never: they fill rules' lists. */
#ifndef TLSDIAG_LIB_FACTS_H
#define TLSDIAG_LIB_FACTS_H

#include <stdint.h>

#include "flow.h"

enum fact {
#define FACT(name, sentence) FACT_##name,
#include "facts.inc"
#undef FACT
  NUM_FACTS
};

/* What ended the handshake: the earliest abnormal event.  Rules are grouped by
 * it; alerts carry their description in the low byte. */
enum trigger {
  TRIGGER_NONE = 0,          /* nothing abnormal, and not complete */
  TRIGGER_ANY_ALERT_CLIENT = 0x80, /* tried besides the exact one */
  TRIGGER_ANY_ALERT_SERVER = 0x81,
  TRIGGER_LONE_ALERT_CLIENT = 0x82, /* tried where nothing else holds */
  TRIGGER_LONE_ALERT_SERVER = 0x83,
  TRIGGER_ALERT_CLIENT = 0x100, /* + description, the client sent it */
  TRIGGER_ALERT_SERVER = 0x200,
  TRIGGER_HIDDEN_CLIENT = 0x310, /* an encrypted alert, or what looks so */
  TRIGGER_HIDDEN_SERVER = 0x311,
  TRIGGER_FIN_CLIENT = 0x320,
  TRIGGER_FIN_SERVER = 0x321,
  TRIGGER_RST_CLIENT = 0x322,
  TRIGGER_RST_SERVER = 0x323,
  TRIGGER_SILENCE = 0x324, /* time ran out, or the capture, in silence */
  TRIGGER_CLIENT_NOT_TLS = 0x330,
  TRIGGER_SERVER_NOT_TLS = 0x331,
  TRIGGER_STARTTLS = 0x332, /* TLS was asked for in plaintext and not had */
  TRIGGER_PLAINTEXT = 0x333, /* both sides spoke plaintext and were content */
  TRIGGER_CONNECT = 0x340, /* TCP itself failed */
  TRIGGER_RENEGOTIATION = 0x34f, /* refused, and the connection ended */
  TRIGGER_COMPLETED = 0x350
};

enum { INFERRED = 255 }; /* holds, but no single observation shows it */

struct facts {
  uint64_t trigger_evidence; /* observations */
  uint8_t at[NUM_FACTS]; /* 0: does not hold; 1 + index of the observation
                            that proves it; or INFERRED */
  uint16_t trigger;
  uint16_t version, cipher;
  uint32_t group_cause; /* TLSDIAG_CAUSE_* << 8 | confidence, 0 none */
  uint32_t policy_cause;
  uint8_t outcome; /* TLSDIAG_OUTCOME_* */
  uint8_t stage;
  uint8_t alert_at; /* 1 + index of the alert that counts, 0 none */
  uint8_t close_at; /* 1 + index of the first close */
};

static inline int fact_holds(const struct facts *k, unsigned fact)
{
  return k->at[fact] != 0;
}

void facts_gather(const struct flow *f, struct facts *k);
/* The sentence of a fact. */
const char *fact_text(unsigned fact);

#endif
