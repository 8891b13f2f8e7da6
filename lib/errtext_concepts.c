/* errtext_concepts.c: what a clause says whose wording nobody listed.
 *
 * Programs word the same few faults in many ways: "the certificate hasn't got a
 * known issuer", "client did not trust this server's certificate".  Each word
 * stands for a concept (errtext_concepts.csv); a clause that has all concepts
 * of a rule, and none that says that all is well, means what the rule says, in
 * a lower voice than a known wording.  A clause ends with its line or where no
 * wording could go on. */
#include "errtext.h"

#define C(name) (1u << ET_CONCEPT_##name)

enum { NEAR = 3, REACH = 400 };

/* `client` and `server`: the clause speaks of that side's certificate. */
static const struct rule {
  uint32_t all;
  uint32_t none;
  uint8_t meaning; /* enum et_known */
  uint8_t client;
  uint8_t server;
} rules[] = {{C(CERT) | C(REVOKED), 0, ET_IS_CERT_REVOKED, ET_IS_CL_REVOKED,
              ET_IS_CERT_REVOKED},
             {C(CERT) | C(YET) | C(NOT), 0, ET_IS_CERT_NOT_YET,
              ET_IS_CL_REJECTED, ET_IS_CERT_NOT_YET},
             {C(CERT) | C(EXPIRED), 0, ET_IS_CERT_EXPIRED, ET_IS_CL_EXPIRED,
              ET_IS_SV_EXPIRED},
             {C(CERT) | C(SELF) | C(NOT), 0, ET_IS_CERT_SELF_SIGNED,
              ET_IS_CL_UNKNOWN_CA, ET_IS_SV_UNKNOWN_CA},
             {C(CERT) | C(NAME) | C(MISMATCH), 0, ET_IS_CERT_NAME,
              ET_IS_CL_REJECTED, ET_IS_CERT_NAME},
             {C(CERT) | C(NAME) | C(MATCH) | C(NOT), C(VERSION),
              ET_IS_CERT_NAME, ET_IS_CL_REJECTED, ET_IS_CERT_NAME},
             {C(CERT) | C(TRUST) | C(NOT), 0, ET_IS_CERT_UNKNOWN_CA,
              ET_IS_CL_UNKNOWN_CA, ET_IS_SV_UNKNOWN_CA},
             {C(CERT) | C(ISSUER) | C(UNKNOWN), 0, ET_IS_CERT_UNKNOWN_CA,
              ET_IS_CL_UNKNOWN_CA, ET_IS_SV_UNKNOWN_CA},
             {C(ISSUER) | C(NOT) | C(TRUST) | C(TLS), 0, ET_IS_CERT_UNKNOWN_CA,
              ET_IS_CL_UNKNOWN_CA, ET_IS_SV_UNKNOWN_CA},
             {C(CERT) | C(ISSUER) | C(NOT) | C(FOUND), 0, ET_IS_CERT_UNKNOWN_CA,
              ET_IS_CL_UNKNOWN_CA, ET_IS_SV_UNKNOWN_CA},
             {C(CERT) | C(CLIENT) | C(LACK), 0, ET_IS_CL_MISSING,
              ET_IS_CL_MISSING, ET_IS_CL_MISSING},
             {C(CERT) | C(NOT) | C(PROVIDE), C(MATCH) | C(VERIFY) | C(TRUST),
              ET_IS_CL_MISSING, ET_IS_CL_MISSING, ET_IS_SERVER_CERT_ABSENT},
             {C(CERT) | C(VERIFY) | C(NOT), 0, ET_IS_CERT_VERIFY,
              ET_IS_CL_REJECTED, ET_IS_SV_REJECTED},
             {C(CIPHER) | C(COMMON) | C(NOT), 0, ET_IS_NO_SHARED_CIPHER,
              ET_IS_NO_SHARED_CIPHER, ET_IS_NO_SHARED_CIPHER},
             {C(CIPHER) | C(MATCH) | C(NOT), 0, ET_IS_NO_SHARED_CIPHER,
              ET_IS_NO_SHARED_CIPHER, ET_IS_NO_SHARED_CIPHER},
             {C(CIPHER) | C(MISMATCH), 0, ET_IS_NO_SHARED_CIPHER,
              ET_IS_NO_SHARED_CIPHER, ET_IS_NO_SHARED_CIPHER},
             {C(TLS) | C(VERSION) | C(UNSUPPORTED), 0, ET_IS_VER_REJECT,
              ET_IS_VER_REJECT, ET_IS_VER_REJECT},
             {C(TLS) | C(VERSION) | C(NOT) | C(SUPPORTED), 0, ET_IS_VER_REJECT,
              ET_IS_VER_REJECT, ET_IS_VER_REJECT},
             {C(TLS) | C(PLAIN) | C(HTTP) | C(RECEIVED), 0, ET_IS_HTTP_TO_TLS,
              ET_IS_HTTP_TO_TLS, ET_IS_HTTP_TO_TLS},
             {C(TLS) | C(PLAIN) | C(RECEIVED), 0, ET_IS_NON_TLS_CLIENT,
              ET_IS_NON_TLS_CLIENT, ET_IS_NON_TLS_CLIENT},
             {C(SNI) | C(UNKNOWN), 0, ET_IS_SNI_UNKNOWN, ET_IS_SNI_UNKNOWN,
              ET_IS_SNI_UNKNOWN},
             {C(SNI) | C(NOT) | C(MATCH), 0, ET_IS_SNI_UNKNOWN,
              ET_IS_SNI_UNKNOWN, ET_IS_SNI_UNKNOWN},
             {C(SNI) | C(LACK), 0, ET_IS_SNI_ABSENT, ET_IS_SNI_ABSENT,
              ET_IS_SNI_ABSENT}};

/* "client certificate", "the server's SSL certificate": whose it is. */
static void note_owner(struct et_clause *c, unsigned concept)
{
  if (concept == ET_CONCEPT_CLIENT || concept == ET_CONCEPT_SERVER) {
    c->owner = (uint8_t)(concept == ET_CONCEPT_CLIENT ? 1 : 2);
    c->since_owner = 0;
    return;
  }
  c->since_owner++;
  if (concept == ET_CONCEPT_CERT && c->since_owner <= NEAR) {
    c->certificate_of = c->owner;
  }
}

void et_clause_begin(struct et_clause *c, const struct et_token *t)
{
  static const struct et_clause none;

  *c = none;
  c->at = t->at;
  c->line = t->line;
  c->since_owner = NEAR;
}

int et_clause_ends(const struct et_clause *c, const struct et_token *t)
{
  return t->line != c->line || (t->flags & ET_BREAK) || t->at - c->at > REACH;
}

void et_clause_add(struct et_clause *c, const struct et_token *t, int is_state)
{
  unsigned concept = et_word_concept(t->word);

  if (is_state && concept != ET_CONCEPT_FINE && concept != ET_CONCEPT_FOREIGN) {
    return;
  }
  if (concept == ET_CONCEPT_EXPIRED && c->last == ET_CONCEPT_NOT) {
    concept = ET_CONCEPT_FINE; /* "has not expired" */
  }
  c->last = (uint8_t) concept;
  if (concept != 0) {
    c->concepts |= 1u << concept;
    c->end = t->at + t->len;
  }
  note_owner(c, concept);
}

int et_clause_is_fine(const struct et_clause *c)
{
  return (c->concepts & C(FINE)) != 0 ||
         ((c->concepts & C(SUPPORTED)) &&
          !(c->concepts & (C(NOT) | C(UNSUPPORTED))));
}

int et_clause_is_foreign(const struct et_clause *c)
{
  return (c->concepts & C(FOREIGN)) != 0;
}

int et_clause_guess(const struct et_clause *c, struct et_match *m)
{
  static const struct et_match none;
  size_t i;

  if (et_clause_is_fine(c) || (c->concepts & (C(TALK) | C(FOREIGN)))) {
    return 0;
  }
  for (i = 0; i < sizeof rules / sizeof rules[0]; i++) {
    const struct rule *r = &rules[i];

    if ((c->concepts & r->all) != r->all || (c->concepts & r->none)) {
      continue;
    }
    *m = none;
    m->at = c->at;
    m->end = c->end;
    m->line = c->line;
    m->pattern = ET_NO_PATTERN;
    m->value = ET_VALUE_IS_GUESS;
    m->nature = TLSDIAG_NATURE_DETECTED;
    m->alert = 255;
    m->meaning = (uint8_t)et_known(
        (enum et_known)(c->certificate_of == 1   ? r->client
                        : c->certificate_of == 2 ? r->server
                                                 : r->meaning));
    return 1;
  }
  return 0;
}
