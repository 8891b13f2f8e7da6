/* certificate.c: the Certificate message of TLS 1.2 and older (RFC 5246 section
 * 7.4.2).
 *
 *   opaque ASN.1Cert<1..2^24-1>;
 *   struct { ASN.1Cert certificate_list<0..2^24-1>; } Certificate;
 *
 * The sender's own certificate first, each issued by the next; the root may be
 * left out. */
#include "certificate.h"

#include <string.h>

#include "prefix.h"
#include "suites.h"
#include "tlsdiag/tlsdiag.h"
#include "x509.h"

#define DAY 86400u

/* More certificates than that are read, but their links are not kept: chains
 * of more than four are rare. */
enum { MAX_LINKS = 8 };

/* What ties a certificate to its issuer. */
struct link {
  uint64_t subject, issuer;
  uint64_t subject_key, issuer_key;
  uint32_t traits; /* X509_* */
};

struct chain {
  struct link links[MAX_LINKS];
  struct link last;
  size_t num;  /* certificates, also those whose links are not kept */
  int unknown; /* one of them could not be read well enough */
};

/* ---- one certificate ---- */

static uint32_t validity_flags(const struct x509 *x, uint64_t now)
{
  uint32_t flags = 0;

  if (now == 0) {
    return 0;
  }
  if (x->not_after >= 0 && now > (uint64_t)x->not_after) {
    flags |= TLSDIAG_CERT_EXPIRED;
  }
  if (x->not_before >= 0 && now < (uint64_t)x->not_before) {
    flags |= TLSDIAG_CERT_NOT_YET_VALID;
  }
  if (x->not_before >= 0 && now >= (uint64_t)x->not_before &&
      now - (uint64_t)x->not_before < DAY) {
    flags |= TLSDIAG_CERT_RECENT;
  }
  return flags;
}

static uint32_t name_flags(const struct x509 *x,
                           const struct cert_context *context)
{
  uint32_t flags = 0;
  int by_san = (x->traits & X509_NAME_MATCH) != 0;
  int no_names = (x->traits & X509_HOST_NAMES) == 0;
  int by_cn = (x->traits & X509_CN_MATCH) != 0 && no_names;
  int sound = (x->traits & X509_SOUND) != 0;

  if (context->from_client) {
    return 0;
  }
  if (sound && no_names) {
    flags |= TLSDIAG_CERT_NO_NAMES;
  }
  if (by_san || (sound && by_cn)) {
    flags |= TLSDIAG_CERT_NAME_MATCH;
  } else if (sound && (context->name_hash != 0 || context->address_len != 0)) {
    flags |= TLSDIAG_CERT_NAME_MISMATCH;
  }
  return flags;
}

/* What a key must be allowed to do (RFC 5246 section 7.4.2, RFC 8422 section
 * 5.3): an RSA key exchange encrypts to it, a fixed Diffie-Hellman agrees by
 * it, anything else has it sign.  A client's key signs, except in fixed
 * Diffie-Hellman, which nobody speaks. */
static uint32_t usage_needed(const struct x509 *x,
                             const struct cert_context *context)
{
  if (context->from_client) {
    return KEY_USAGE_DIGITAL_SIGNATURE;
  }
  switch (context->key_exchange) {
  case SUITE_KX_NULL: /* not known: any that could be */
    return (x->traits & X509_RSA) != 0
               ? KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_KEY_ENCIPHERMENT
               : KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_KEY_AGREEMENT;
  case SUITE_KX_RSA:
  case SUITE_KX_RSA_PSK:
    return KEY_USAGE_KEY_ENCIPHERMENT;
  case SUITE_KX_DH:
  case SUITE_KX_ECDH:
    return KEY_USAGE_KEY_AGREEMENT;
  case SUITE_KX_DHE:
  case SUITE_KX_ECDHE:
    return KEY_USAGE_DIGITAL_SIGNATURE;
  default: /* SRP, GOST, SM and others have rules of their own */
    return ~(uint32_t)0;
  }
}

static uint32_t purpose_flags(const struct x509 *x,
                              const struct cert_context *context)
{
  uint32_t flags = 0;

  if ((x->traits & X509_SOUND) == 0) {
    return 0;
  }
  if ((x->traits & X509_EXT_KEY_USAGE) != 0) {
    flags |= (x->traits & X509_SERVER_AUTH) ? 0 : TLSDIAG_CERT_NOT_FOR_SERVER;
    flags |= (x->traits & X509_CLIENT_AUTH) ? 0 : TLSDIAG_CERT_NOT_FOR_CLIENT;
  }
  if ((x->traits & X509_KEY_USAGE) != 0 &&
      (x->key_usage & usage_needed(x, context)) == 0) {
    flags |= TLSDIAG_CERT_BAD_KEY_USAGE;
  }
  return flags;
}

static uint32_t leaf_flags(const struct x509 *x,
                           const struct cert_context *context)
{
  uint32_t flags = validity_flags(x, context->unix_seconds) |
                   name_flags(x, context) | purpose_flags(x, context);

  flags |= (x->traits & X509_RSA) ? TLSDIAG_CERT_RSA : 0;
  flags |= (x->traits & X509_EC) ? TLSDIAG_CERT_ECDSA : 0;
  flags |= (x->traits & X509_CA) ? TLSDIAG_CERT_IS_CA : 0;
  flags |= (x->traits & X509_MUST_STAPLE) ? TLSDIAG_CERT_MUST_STAPLE : 0;
  return flags;
}

/* ---- how they hang together ---- */

/* RFC 5280 section 6.1: by name.  The key identifiers only tell apart issuers
 * of one name, as after a change of key; most stacks heed them. */
static int issued_by(const struct link *a, const struct link *issuer)
{
  return a->issuer != 0 && a->issuer == issuer->subject &&
         (a->issuer_key == 0 || issuer->subject_key == 0 ||
          a->issuer_key == issuer->subject_key);
}

static int self_signed(const struct link *a)
{
  return issued_by(a, a);
}

/* What weakens the list wherever it stands.  Nobody takes notice of a root's
 * signature and extensions; whether it is one, only the whole of it tells. */
static uint32_t quality_flags(const struct x509 *x, int leaf, int root)
{
  uint32_t flags = (x->traits & X509_WEAK_KEY) ? TLSDIAG_CERT_WEAK_KEY : 0;
  int below_root = (x->traits & X509_SOUND) != 0 && !root;

  if (below_root && (x->traits & X509_WEAK_SIGNATURE) != 0) {
    flags |= TLSDIAG_CERT_WEAK_SIGNATURE;
  }
  if ((leaf || below_root) && (x->traits & X509_CRITICAL_UNKNOWN) != 0) {
    flags |= TLSDIAG_CERT_CRITICAL_UNKNOWN;
  }
  return flags;
}

/* What a certificate behind the leaf adds. */
static uint32_t issuer_flags(const struct chain *c, const struct x509 *x,
                             const struct link *a, uint64_t now)
{
  uint32_t flags = 0;

  if ((validity_flags(x, now) &
       (TLSDIAG_CERT_EXPIRED | TLSDIAG_CERT_NOT_YET_VALID)) != 0) {
    flags |= TLSDIAG_CERT_INTERMEDIATE_EXPIRED;
  }
  if ((x->traits & X509_SOUND) != 0 && !c->unknown && !issued_by(&c->last, a)) {
    flags |= TLSDIAG_CERT_UNORDERED;
  }
  return flags;
}

static uint32_t chain_add(struct chain *c, const struct x509 *x, uint64_t now)
{
  struct link a;
  uint32_t flags;
  int sound, root;

  a.subject = x->subject;
  a.issuer = x->issuer;
  a.subject_key = x->subject_key;
  a.issuer_key = x->issuer_key;
  a.traits = x->traits;
  sound = (x->traits & X509_SOUND) != 0;
  root = self_signed(&a);
  flags = quality_flags(x, c->num == 0, root);
  if (c->num != 0) {
    flags |= issuer_flags(c, x, &a, now);
  } else if (sound && root) {
    flags |= TLSDIAG_CERT_SELF_SIGNED;
  }
  if (!sound) {
    c->unknown = 1;
  }
  if (c->num < MAX_LINKS) {
    c->links[c->num] = a;
  }
  c->num++;
  c->last = a;
  return flags;
}

/* The certificate at which the path from the leaf ends, in whatever order the
 * list has it; `used` gets a bit for each on the way.  Each step uses another
 * one, so it ends. */
static size_t path_end(const struct chain *c, unsigned *used)
{
  size_t at = 0;
  size_t i = 0;

  *used = 1;
  while (i < c->num && !self_signed(&c->links[at])) {
    if ((*used >> i & 1) == 0 && issued_by(&c->links[at], &c->links[i])) {
      *used |= 1u << i;
      at = i;
      i = 0;
    } else {
      i++;
    }
  }
  return at;
}

/* A certificate that was sent although no path leads to it, and that is not
 * another form of one on the path (a cross-certificate). */
static int has_stray(const struct chain *c, unsigned used)
{
  size_t i, k;

  for (i = 0; i < c->num; i++) {
    int known = 0;
    for (k = 0; k < c->num; k++) {
      known |=
          (used >> k & 1) != 0 && c->links[k].subject == c->links[i].subject;
    }
    if (!known) {
      return 1;
    }
  }
  return 0;
}

/* Whether the list lacks an intermediate.  The issuer it ends at is normally
 * the root, which everybody has.  Signs that it is not:
 *  - its name says so ("... Issuing CA 1"), or does not say the contrary and
 *  - the leaf stands alone on its path, with a URL to fetch its issuer from: a
 *    CA publishes what clients do not have, and the roots of the Web PKI do
 *    not issue leaves (CA/Browser Forum Baseline Requirements section 6.1.7);
 *  - or the list has other certificates, to which no path leads: somebody
 *    meant to send a chain and took the wrong file. */
static int lacks_intermediate(const struct chain *c)
{
  unsigned used;
  const struct link *end;

  if (c->num == 0 || c->num > MAX_LINKS || c->unknown) {
    return 0;
  }
  end = &c->links[path_end(c, &used)];
  if (self_signed(end) || (end->traits & X509_BY_ROOT) != 0) {
    return 0;
  }
  return (end->traits & X509_BY_INTERMEDIATE) != 0 ||
         (used == 1 && (end->traits & X509_CA_ISSUERS) != 0) ||
         has_stray(c, used);
}

/* What can be said when the whole list was seen. */
static uint32_t chain_flags(const struct chain *c)
{
  uint32_t flags = 0;
  int root = c->num != 0 && self_signed(&c->last);

  if (c->num == 1 && !root && !c->unknown) {
    flags |= TLSDIAG_CERT_SINGLE;
  }
  if (c->num > 1 && root) {
    flags |= TLSDIAG_CERT_ROOT_INCLUDED;
  }
  if (lacks_intermediate(c)) {
    flags |= TLSDIAG_CERT_INCOMPLETE;
  }
  return flags;
}

/* ---- the message ---- */

/* Keeps the fault of a part, unless the message goes on where nobody saw. */
static void fault_keep(struct reader *body, const struct rd_fault *fault,
                       int excused, struct cert_facts *facts)
{
  if (fault->field == 0) {
    return;
  }
  if (excused) {
    facts->flags |= TLSDIAG_CERT_NOT_READ;
    return;
  }
  facts->flags |= TLSDIAG_CERT_MALFORMED;
  if (rd_ok(body)) {
    *body->fault = *fault;
  }
}

/* Takes one ASN.1Cert and adds what it says; 0 if it is cut short. */
static int entry_read(struct reader *list, const struct cert_context *context,
                      struct chain *chain, struct cert_facts *facts)
{
  struct reader one = prefix_vec24(list, TLSDIAG_FIELD_CERTIFICATE_LIST);
  int whole = rd_ok(list);
  struct x509 x;

  x509_read(&one, context, &x);
  if (chain->num == 0) {
    facts->flags |= leaf_flags(&x, context);
    facts->key_bits = (uint16_t)x.key_bits; /* at most 32768 */
  }
  facts->flags |= chain_add(chain, &x, context->unix_seconds);
  return whole;
}

void certificate_read(struct reader *body, const struct cert_context *context,
                      struct cert_facts *facts)
{
  struct rd_fault fault = {0, 0, 0, 0};
  struct reader r = *body;
  struct reader list;
  struct chain chain;
  int excused, whole;

  memset(facts, 0, sizeof *facts);
  memset(&chain, 0, sizeof chain);
  r.fault = &fault;
  list = prefix_vec24(&r, TLSDIAG_FIELD_CERTIFICATE_LIST);
  body->pos = r.pos;
  whole = rd_ok(&r);
  excused = !whole && context->partial;
  fault_keep(body, &fault, excused, facts);
  if (whole && rd_left(&list) == 0) {
    facts->flags |= TLSDIAG_CERT_EMPTY;
  }
  while (rd_left(&list) != 0) {
    int entry_whole;
    memset(&fault, 0, sizeof fault);
    entry_whole = entry_read(&list, context, &chain, facts);
    fault_keep(body, &fault, excused && !entry_whole, facts);
    whole = whole && entry_whole;
  }
  facts->count = chain.num < 0xffff ? (uint16_t)chain.num : 0xffff;
  facts->flags |= whole ? chain_flags(&chain) : 0;
  if (rd_left(body) != 0) {
    memset(&fault, 0, sizeof fault);
    rd_fail(&r, 0, TLSDIAG_FIELD_TRAILING);
    fault_keep(body, &fault, 0, facts);
  }
}
