/* Facts of the Certificate message, with certificates that OpenSSL made:
 * tests/certs.  Each fact is tested both ways, and as all flags are compared,
 * each row also tests that nothing else is claimed. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certificate.h"
#include "hash.h"
#include "suites.h"
#include "tlsdiag/tlsdiag.h"

#define F(name) TLSDIAG_CERT_##name
#define NOW 1780272000u /* 2026-06-01 */
#define WWW "www.example.com"

enum { MAX_BODY = 1 << 16 };

struct body {
  uint8_t bytes[MAX_BODY];
  size_t len;
};

static void put24(struct body *b, size_t at, size_t value)
{
  b->bytes[at] = (uint8_t)(value >> 16);
  b->bytes[at + 1] = (uint8_t)(value >> 8);
  b->bytes[at + 2] = (uint8_t)value;
}

/* Appends tests/certs/NAME.der as an ASN.1Cert. */
static void append(struct body *b, const char *name)
{
  char path[128];
  FILE *file;
  size_t len;

  snprintf(path, sizeof path, "tests/certs/%s.der", name);
  file = fopen(path, "rb");
  cr_assert_not_null(file, "%s (run from the top directory)", path);
  len = fread(b->bytes + b->len + 3, 1, MAX_BODY - b->len - 3, file);
  fclose(file);
  cr_assert_gt(len, 0);
  put24(b, b->len, len);
  b->len += 3 + len;
}

/* A Certificate message of the certificates named in `list`. */
static struct body *body_of(const char *list)
{
  static struct body b;
  char names[256];
  char *name;

  snprintf(names, sizeof names, "%s", list);
  b.len = 3;
  for (name = strtok(names, " "); name != NULL; name = strtok(NULL, " ")) {
    append(&b, name);
  }
  put24(&b, 0, b.len - 3);
  return &b;
}

static struct cert_context context_of(const char *name)
{
  struct cert_context c;
  const char *dot = name != NULL ? strchr(name, '.') : NULL;

  memset(&c, 0, sizeof c);
  c.unix_seconds = NOW;
  if (name != NULL) {
    c.name_hash = hash_name((const uint8_t *)name, strlen(name));
  }
  if (dot != NULL) {
    c.parent_hash = hash_name((const uint8_t *)dot + 1, strlen(dot + 1));
  }
  return c;
}

/* Reads from an exact copy, so that a sanitizer sees every overread. */
static struct cert_facts read_bytes(const uint8_t *bytes, size_t len,
                                    const struct cert_context *context,
                                    struct rd_fault *fault)
{
  uint8_t *copy = malloc(len + !len);
  struct cert_facts facts;
  struct reader r;

  memcpy(copy, bytes, len);
  memset(fault, 0, sizeof *fault);
  rd_init(&r, copy, len, fault);
  memset(&facts, 0xa5, sizeof facts);
  certificate_read(&r, context, &facts);
  free(copy);
  return facts;
}

static struct cert_facts facts_of(const char *list,
                                  const struct cert_context *context)
{
  const struct body *b = body_of(list);
  struct rd_fault fault;
  struct cert_facts facts = read_bytes(b->bytes, b->len, context, &fault);

  cr_expect_eq((facts.flags & F(MALFORMED)) != 0, fault.field != 0, "%s", list);
  return facts;
}

static void expect_flags(const char *what, const struct cert_facts *facts,
                         uint32_t flags)
{
  cr_expect_eq(facts->flags, flags,
               "%s: flags %#x, not %#x: missing %#x, "
               "wrong %#x",
               what, facts->flags, flags, flags & ~facts->flags,
               facts->flags & ~flags);
}

struct row {
  const char *list;
  const char *name;
  uint32_t flags;
};

static void expect_rows(const struct row *rows, size_t num)
{
  size_t i;

  for (i = 0; i < num; i++) {
    struct cert_context context = context_of(rows[i].name);
    struct cert_facts facts = facts_of(rows[i].list, &context);
    expect_flags(rows[i].list, &facts, rows[i].flags);
  }
}

#define EXPECT_ROWS(rows) expect_rows(rows, sizeof(rows) / sizeof((rows)[0]))
#define CUT (F(MALFORMED) | F(NOT_READ))
#define EC_MATCH (F(ECDSA) | F(NAME_MATCH))

Test(certificate, keys_and_their_sizes)
{
  static const struct {
    const char *list;
    uint32_t bits, flags;
  } rows[] = {
      {"ec256 issuing", 256, EC_MATCH | F(NOT_FOR_CLIENT)},
      {"p192 issuing", 192, EC_MATCH | F(WEAK_KEY)},
      {"p224 issuing", 224, EC_MATCH},
      {"p384 issuing", 384, EC_MATCH},
      {"p521 issuing", 521, EC_MATCH},
      {"rsa2048 issuing", 2048, F(RSA) | F(NAME_MATCH) | F(NOT_FOR_CLIENT)},
      {"rsa2047 issuing", 2047, F(RSA) | F(NAME_MATCH) | F(WEAK_KEY)},
      {"rsa1024 issuing", 1024, F(RSA) | F(NAME_MATCH) | F(WEAK_KEY)},
      {"rsapss issuing", 2048, F(RSA) | F(NAME_MATCH)},
      {"ed25519 issuing", 256, F(NAME_MATCH)},
      {"ed448 issuing", 456, F(NAME_MATCH)},
      {"dsa1024 issuing", 1024, F(NAME_MATCH) | F(WEAK_KEY)},
  };
  struct cert_context context = context_of(WWW);
  size_t i;

  for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct cert_facts facts = facts_of(rows[i].list, &context);
    expect_flags(rows[i].list, &facts, rows[i].flags);
    cr_expect_eq(facts.key_bits, rows[i].bits, "%s: %u bits", rows[i].list,
                 facts.key_bits);
    cr_expect_eq(facts.count, 2);
  }
}

Test(certificate, weak_signatures)
{
  static const struct row rows[] = {
      {"sha512 issuing", WWW, EC_MATCH},
      {"sha1 issuing", WWW, EC_MATCH | F(WEAK_SIGNATURE)},
      /* The issuer's key of 1024 bits is weak as well. */
      {"rsa-sha256 issuing-rsa1024", WWW, EC_MATCH | F(WEAK_KEY)},
      {"rsa-sha1 issuing-rsa1024", WWW,
       EC_MATCH | F(WEAK_KEY) | F(WEAK_SIGNATURE)},
      {"rsa-md5 issuing-rsa1024", WWW,
       EC_MATCH | F(WEAK_KEY) | F(WEAK_SIGNATURE)},
      {"pss-sha256 issuing-rsa1024", WWW, EC_MATCH | F(WEAK_KEY)},
      {"pss-sha1 issuing-rsa1024", WWW,
       EC_MATCH | F(WEAK_KEY) | F(WEAK_SIGNATURE)},
      /* An intermediate counts, a root does not. */
      {"by-issuing issuing-sha1", WWW, EC_MATCH | F(WEAK_SIGNATURE)},
      {"by-root root-sha1", WWW, EC_MATCH | F(ROOT_INCLUDED)},
      {"self-signed-sha1", WWW, EC_MATCH | F(SELF_SIGNED)},
  };

  EXPECT_ROWS(rows);
}

Test(certificate, validity)
{
  static const struct row rows[] = {
      {"expired issuing", WWW, EC_MATCH | F(EXPIRED)},
      {"not-yet-valid issuing", WWW, EC_MATCH | F(NOT_YET_VALID)},
      {"far-future issuing", WWW, EC_MATCH | F(NOT_YET_VALID)},
      {"long issuing", WWW, EC_MATCH},
      {"by-issuing issuing-expired", WWW, EC_MATCH | F(INTERMEDIATE_EXPIRED)},
  };

  EXPECT_ROWS(rows);
}

Test(certificate, validity_to_the_second)
{
  /* by-issuing: from 2025-01-01 to 2035-01-01, far-future: from 2050-01-01 to
   * 2051-01-01, long: from 1960-01-01. */
  static const struct {
    const char *list;
    uint64_t now;
    uint32_t flags;
  } rows[] = {
      {"by-issuing", 1735689599, F(NOT_YET_VALID)},
      {"by-issuing", 1735689600, F(RECENT)},
      {"by-issuing", 1735689600 + 86399, F(RECENT)},
      {"by-issuing", 1735689600 + 86400, 0},
      {"by-issuing", 2051222400, 0},
      {"by-issuing", 2051222401, F(EXPIRED)},
      {"far-future", 2524607999, F(NOT_YET_VALID)},
      {"far-future", 2524608000, F(RECENT)},
      {"far-future", 2556144000, 0},
      {"far-future", 2556144001, F(EXPIRED)},
      {"long", 1, F(RECENT)}, /* 1970 begins where what lies before it ends */
      {"long", 86400, 0},
      {"expired", 0, 0}, /* no clock */
      {"not-yet-valid", 0, 0},
  };
  size_t i;

  for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct cert_context context = context_of(NULL);
    struct cert_facts facts;
    context.unix_seconds = rows[i].now;
    facts = facts_of(rows[i].list, &context);
    expect_flags(rows[i].list, &facts,
                 rows[i].flags | F(ECDSA) | F(SINGLE) | F(INCOMPLETE));
  }
}

Test(certificate, names)
{
  static const struct row rows[] = {
      {"by-issuing issuing", WWW, EC_MATCH},
      {"by-issuing issuing", "example.com", EC_MATCH},
      {"by-issuing issuing", "WWW.EXAMPLE.com", EC_MATCH},
      {"by-issuing issuing", NULL, F(ECDSA)},
      {"by-issuing issuing", "ww.example.com", F(ECDSA) | F(NAME_MISMATCH)},
      {"upper issuing", WWW, EC_MATCH},
      {"wildcard issuing", WWW, EC_MATCH},
      {"wildcard issuing", "a.b.example.com", F(ECDSA) | F(NAME_MISMATCH)},
      {"wildcard issuing", "example.com", F(ECDSA) | F(NAME_MISMATCH)},
      {"wildcard-inner issuing", WWW, F(ECDSA) | F(NAME_MISMATCH)},
      {"wildcard-part issuing", WWW, F(ECDSA) | F(NAME_MISMATCH)},
      {"wildcard-top issuing", "example.com", F(ECDSA) | F(NAME_MISMATCH)},
      {"idn issuing", "xn--bcher-kva.example", EC_MATCH},
      {"idn issuing",
       "b\xc3\xbc"
       "cher.example",
       F(ECDSA) | F(NAME_MISMATCH)},
      /* The common name is right, but there are other names. */
      {"other-name issuing", WWW, F(ECDSA) | F(NAME_MISMATCH)},
      {"ip issuing", WWW, F(ECDSA) | F(NAME_MISMATCH)},
      {"no-san issuing", WWW, EC_MATCH | F(NO_NAMES)},
      {"email issuing", WWW, EC_MATCH | F(NO_NAMES)},
      {"no-san-other issuing", WWW, F(ECDSA) | F(NAME_MISMATCH) | F(NO_NAMES)},
      {"no-san-other issuing", "www.example.net", EC_MATCH | F(NO_NAMES)},
      {"no-san-wildcard issuing", WWW, EC_MATCH | F(NO_NAMES)},
      {"no-subject issuing", WWW, EC_MATCH},
  };

  EXPECT_ROWS(rows);
}

Test(certificate, addresses)
{
  static const struct {
    const char *list;
    uint8_t address[16], len;
    uint32_t flags;
  } rows[] = {
      {"ip issuing", {192, 0, 2, 1}, 4, F(NAME_MATCH)},
      {"ip issuing", {192, 0, 2, 2}, 4, F(NAME_MISMATCH)},
      {"ip issuing", {0x20, 1, 0x0d, 0xb8, [15] = 1}, 16, F(NAME_MATCH)},
      {"ip issuing", {0x20, 1, 0x0d, 0xb8, [15] = 2}, 16, F(NAME_MISMATCH)},
      {"ip-as-dns issuing", {192, 0, 2, 1}, 4, F(NAME_MISMATCH)},
      {"ip-as-dns issuing", {'a', 'b', 'c', 'd'}, 4, F(NAME_MISMATCH)},
      {"by-issuing issuing", {192, 0, 2, 1}, 4, F(NAME_MISMATCH)},
      {"no-san issuing", {192, 0, 2, 1}, 4, F(NAME_MISMATCH) | F(NO_NAMES)},
  };
  size_t i;

  for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct cert_context context = context_of("192.0.2.1");
    struct cert_facts facts;
    memcpy(context.address, rows[i].address, sizeof context.address);
    context.address_len = rows[i].len;
    facts = facts_of(rows[i].list, &context);
    expect_flags(rows[i].list, &facts, rows[i].flags | F(ECDSA));
  }
}

Test(certificate, names_of_a_client_do_not_matter)
{
  struct cert_context context = context_of("www.example.net");
  struct cert_facts facts;

  context.from_client = 1;
  facts = facts_of("by-issuing issuing", &context);
  expect_flags("by-issuing", &facts, F(ECDSA));
  facts = facts_of("no-san issuing", &context);
  expect_flags("no-san", &facts, F(ECDSA));
}

Test(certificate, version_1_has_no_names)
{
  struct cert_context context = context_of(WWW);
  struct cert_facts facts;

  context.unix_seconds = 0;
  facts = facts_of("v1 issuing", &context);
  expect_flags("v1", &facts, EC_MATCH | F(NO_NAMES));
}

Test(certificate, purpose)
{
  static const struct row rows[] = {
      {"eku-client issuing", WWW, EC_MATCH | F(NOT_FOR_SERVER)},
      {"eku-both issuing", WWW, EC_MATCH},
      {"eku-any issuing", WWW, EC_MATCH},
      {"eku-email issuing", WWW,
       EC_MATCH | F(NOT_FOR_SERVER) | F(NOT_FOR_CLIENT)},
      {"ku-sign issuing", WWW, EC_MATCH},
      {"ku-agree issuing", WWW, EC_MATCH},
      {"ku-cert issuing", WWW, EC_MATCH | F(BAD_KEY_USAGE)},
      {"ku-decipher-only issuing", WWW, EC_MATCH},
      {"must-staple issuing", WWW, EC_MATCH | F(MUST_STAPLE)},
      {"staple-other issuing", WWW, EC_MATCH},
      {"critical issuing", WWW, EC_MATCH | F(CRITICAL_UNKNOWN)},
      {"not-critical issuing", WWW, EC_MATCH},
      {"critical-crl issuing", WWW, EC_MATCH},
      {"by-issuing issuing-critical", WWW, EC_MATCH | F(CRITICAL_UNKNOWN)},
      {"by-root root-critical", WWW, EC_MATCH | F(ROOT_INCLUDED)},
      {"ca-leaf issuing", WWW, EC_MATCH | F(IS_CA)},
  };

  EXPECT_ROWS(rows);
}

Test(certificate, key_usage_against_the_key_exchange)
{
  static const struct {
    const char *list;
    unsigned key_exchange, from_client;
    int bad;
  } rows[] = {
      {"ku-rsa-encipher issuing", SUITE_KX_NULL, 0, 0},
      {"ku-rsa-encipher issuing", SUITE_KX_RSA, 0, 0},
      {"ku-rsa-encipher issuing", SUITE_KX_ECDHE, 0, 1},
      {"ku-rsa-encipher issuing", SUITE_KX_ECDHE, 1, 1},
      {"ku-rsa-sign issuing", SUITE_KX_NULL, 0, 0},
      {"ku-rsa-sign issuing", SUITE_KX_RSA, 0, 1},
      {"ku-rsa-sign issuing", SUITE_KX_RSA, 1, 0},
      {"ku-rsa-sign issuing", SUITE_KX_DHE, 0, 0},
      {"ku-agree issuing", SUITE_KX_ECDH, 0, 0},
      {"ku-agree issuing", SUITE_KX_ECDHE, 0, 1},
      {"ku-sign issuing", SUITE_KX_ECDH, 0, 1},
      {"ku-cert issuing", SUITE_KX_GOST, 0, 0}, /* not judged */
      {"rsa1024 issuing", SUITE_KX_RSA, 0, 0},  /* no keyUsage */
  };
  size_t i;

  for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct cert_context context = context_of(NULL);
    struct cert_facts facts;
    context.key_exchange = (uint8_t)rows[i].key_exchange;
    context.from_client = (uint8_t)rows[i].from_client;
    facts = facts_of(rows[i].list, &context);
    cr_expect_eq((facts.flags & F(BAD_KEY_USAGE)) != 0, rows[i].bad,
                 "row %zu: %s", i, rows[i].list);
  }
}

Test(certificate, chains)
{
  static const struct row rows[] = {
      {"", WWW, F(EMPTY)},
      {"self-signed", WWW, EC_MATCH | F(SELF_SIGNED)},
      {"self-signed root", WWW,
       EC_MATCH | F(SELF_SIGNED) | F(UNORDERED) | F(ROOT_INCLUDED)},
      /* The root may be left out or sent. */
      {"by-issuing issuing", WWW, EC_MATCH},
      {"by-issuing issuing root", WWW, EC_MATCH | F(ROOT_INCLUDED)},
      {"by-neutral neutral", WWW, EC_MATCH},
      {"by-root root", WWW, EC_MATCH | F(ROOT_INCLUDED)},
      /* Alone: what its issuer is called, and whether it may be fetched. */
      {"by-root", WWW, EC_MATCH | F(SINGLE)},
      {"by-root-aia", WWW, EC_MATCH | F(SINGLE)},
      {"by-neutral", WWW, EC_MATCH | F(SINGLE)},
      {"by-neutral-aia", WWW, EC_MATCH | F(SINGLE) | F(INCOMPLETE)},
      {"by-neutral-ldap", WWW, EC_MATCH | F(SINGLE)},
      {"by-neutral-ocsp", WWW, EC_MATCH | F(SINGLE)},
      {"by-issuing", WWW, EC_MATCH | F(SINGLE) | F(INCOMPLETE)},
      /* With its intermediate the URL means nothing. */
      {"by-neutral-aia neutral", WWW, EC_MATCH},
      /* Out of order, but all there. */
      {"by-issuing root issuing", WWW, EC_MATCH | F(UNORDERED)},
      {"by-issuing by-issuing issuing", WWW, EC_MATCH | F(UNORDERED)},
      /* Gaps. */
      {"by-issuing root", WWW,
       EC_MATCH | F(UNORDERED) | F(ROOT_INCLUDED) | F(INCOMPLETE)},
      {"by-issuing neutral", WWW, EC_MATCH | F(UNORDERED) | F(INCOMPLETE)},
      {"by-neutral issuing", WWW, EC_MATCH | F(UNORDERED) | F(INCOMPLETE)},
      {"by-neutral issuing root", WWW,
       EC_MATCH | F(UNORDERED) | F(ROOT_INCLUDED) | F(INCOMPLETE)},
      /* What lacks is a root by its name: nobody has to send that. */
      {"by-root issuing", WWW, EC_MATCH | F(UNORDERED)},
      /* One CA under two names: a stray that is none. */
      {"by-neutral neutral neutral-root", WWW,
       EC_MATCH | F(UNORDERED) | F(ROOT_INCLUDED)},
      /* The same name spelt otherwise, and the same name with another key. */
      {"by-issuing issuing-spelt", WWW, EC_MATCH},
      {"by-issuing issuing-joined", WWW,
       EC_MATCH | F(UNORDERED) | F(INCOMPLETE)},
      {"by-issuing issuing-rekeyed", WWW,
       EC_MATCH | F(UNORDERED) | F(INCOMPLETE)},
      /* Its own name for an issuer, but not its own key. */
      {"rollover issuing", NULL,
       F(ECDSA) | F(IS_CA) | F(BAD_KEY_USAGE) | F(NO_NAMES)},
      /* An intermediate's issuer is published as well, and may be a root. */
      {"by-sub sub-aia", WWW, EC_MATCH},
      {"by-sub sub-aia sub-cross", WWW, EC_MATCH | F(UNORDERED)},
      {"by-sub sub-aia cross", WWW,
       EC_MATCH | F(UNORDERED) | F(ROOT_INCLUDED) | F(INCOMPLETE)},
      {"by-sub sub-cross cross", WWW, EC_MATCH | F(ROOT_INCLUDED)},
  };

  EXPECT_ROWS(rows);
}

/* What the issuer is called, written over the 20 letters it has. */
Test(certificate, issuers_that_tell_their_rank)
{
  static const struct {
    const char *name;
    int incomplete;
  } rows[] = {
      {"Example Issuing CA 1", 1},  {"some INTERMEDIATE ca", 1},
      {"Subordinate CA No 12", 1},  {"Example SubCA No 123", 1},
      {"Example Sub CA No 12", 1},  {"Example Signing CA 9", 1},
      {"Example signinging ca", 0}, {"Root Intermediate CA", 0},
      {"Example Root CA  12 ", 0},  {"Example Subsidiary 1", 0},
      {"Example Issued by me", 0},  {"isissuing", 1},
      {"Example rroot issuing", 0},
  };
  struct cert_context context = context_of(WWW);
  size_t i, at;

  for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct body *b = body_of("by-issuing");
    struct rd_fault fault;
    struct cert_facts facts;
    for (at = 0; memcmp(b->bytes + at, rows[0].name, 20) != 0; at++) {
      cr_assert_lt(at, b->len);
    }
    memset(b->bytes + at, 'x', 20);
    memcpy(b->bytes + at, rows[i].name,
           strlen(rows[i].name) < 20 ? strlen(rows[i].name) : 20);
    facts = read_bytes(b->bytes, b->len, &context, &fault);
    expect_flags(rows[i].name, &facts,
                 EC_MATCH | F(SINGLE) |
                     (rows[i].incomplete ? F(INCOMPLETE) : 0u));
  }
}

Test(certificate, more_certificates_than_links_are_kept)
{
  struct cert_context context = context_of(WWW);
  struct cert_facts facts = facts_of(
      "by-issuing issuing root root root root root root root root", &context);

  expect_flags("10", &facts, EC_MATCH | F(ROOT_INCLUDED));
  cr_expect_eq(facts.count, 10);
  /* A gap behind the eighth is seen, but not judged. */
  facts = facts_of("by-neutral root root root root root root root issuing",
                   &context);
  expect_flags("9", &facts, EC_MATCH | F(UNORDERED));
}

/* ---- broken messages ---- */

Test(certificate, empty_certificates)
{
  enum { NUM = 70000 };
  static uint8_t bytes[3 + 3 * NUM];
  struct cert_context context = context_of(WWW);
  struct rd_fault fault;
  struct cert_facts facts;

  bytes[0] = 3 * NUM >> 16;
  bytes[1] = (uint8_t)(3 * NUM >> 8);
  bytes[2] = (uint8_t)(3 * NUM);
  facts = read_bytes(bytes, sizeof bytes, &context, &fault);
  expect_flags("empty ones", &facts, F(MALFORMED));
  cr_expect_eq(facts.count, 0xffff);
  cr_expect_eq(fault.field, TLSDIAG_FIELD_CERTIFICATE_DER);
  cr_expect_eq(fault.offset, 6);
}

Test(certificate, what_follows_the_list_is_malformed)
{
  struct body *b = body_of("by-issuing issuing");
  struct cert_context context = context_of(WWW);
  struct rd_fault fault;
  struct cert_facts facts;

  b->bytes[b->len] = 0;
  facts = read_bytes(b->bytes, b->len + 1, &context, &fault);
  expect_flags("trailing", &facts, EC_MATCH | F(MALFORMED));
  cr_expect_eq(fault.field, TLSDIAG_FIELD_TRAILING);
  cr_expect_eq(fault.offset, b->len);
}

/* Puts a NULL at the end of the first certificate's `level` outermost
 * structures: ASN.1Cert, Certificate, TBSCertificate. */
static void grow(struct body *b, unsigned level)
{
  size_t entry = ((size_t)b->bytes[4] << 8) + b->bytes[5];
  size_t tbs = ((size_t)b->bytes[12] << 8) + b->bytes[13];
  size_t at = level < 3 ? 6 + entry : 14 + tbs;

  memmove(b->bytes + at + 2, b->bytes + at, b->len - at);
  memcpy(b->bytes + at, "\x05", 2);
  b->len += 2;
  put24(b, 0, b->len - 3);
  put24(b, 3, entry + 2);
  if (level > 1) {
    put24(b, 7, (0x82u << 16) + entry - 4 + 2);
  }
  if (level > 2) {
    put24(b, 11, (0x82u << 16) + tbs + 2);
  }
}

Test(certificate, what_follows_inside_is_malformed)
{
  struct cert_context context = context_of(WWW);
  unsigned level;

  for (level = 1; level <= 3; level++) {
    struct body *b = body_of("rsa2048 issuing"); /* long enough for 82 hh ll */
    struct rd_fault fault;
    struct cert_facts facts;
    grow(b, level);
    facts = read_bytes(b->bytes, b->len, &context, &fault);
    cr_expect_eq(facts.flags & CUT, F(MALFORMED), "level %u", level);
    cr_expect_eq(facts.flags & F(RSA), F(RSA));
    cr_expect_eq(fault.field, TLSDIAG_FIELD_CERTIFICATE_DER);
    cr_expect_eq(fault.want, 0);
    cr_expect_eq(fault.have, 2, "level %u: %zu", level, fault.have);
  }
}

/* The algorithm stands outside the signed part as well: the last one. */
Test(certificate, two_signature_algorithms)
{
  static const uint8_t oid[] = {6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2};
  struct body *b = body_of("by-issuing");
  struct cert_context context = context_of(WWW);
  struct rd_fault fault;
  struct cert_facts facts;
  size_t at = b->len - sizeof oid;

  while (memcmp(b->bytes + at, oid, sizeof oid) != 0) {
    at--;
  }
  b->bytes[at + 9] = 3; /* SHA-384 */
  facts = read_bytes(b->bytes, b->len, &context, &fault);
  expect_flags("two algorithms", &facts,
               EC_MATCH | F(SINGLE) | F(INCOMPLETE) | F(MALFORMED));
  cr_expect_eq(fault.offset, at - 2);
}

/* A fault inside one certificate does not hide the others. */
Test(certificate, broken_intermediate)
{
  struct body *b = body_of("by-neutral-aia neutral");
  struct cert_context context = context_of(WWW);
  size_t at = 3 + ((size_t)b->bytes[4] << 8) + b->bytes[5] + 3;
  struct rd_fault fault;
  struct cert_facts facts;

  b->bytes[at + 3] = 0x31; /* its SEQUENCE becomes a SET */
  facts = read_bytes(b->bytes, b->len, &context, &fault);
  cr_expect_eq(facts.flags & EC_MATCH, EC_MATCH);
  cr_expect_neq(facts.flags & F(MALFORMED), 0);
  cr_expect_eq(facts.flags & (F(UNORDERED) | F(INCOMPLETE)), 0);
  cr_expect_eq(fault.field, TLSDIAG_FIELD_CERTIFICATE_DER);
  cr_expect_eq(fault.offset, at + 3);
}

/* Nothing is known of the links of a broken certificate. */
Test(certificate, broken_in_the_middle)
{
  struct body *b = body_of("by-issuing issuing root");
  struct cert_context context = context_of(WWW);
  size_t at = 3 + ((size_t)b->bytes[4] << 8) + b->bytes[5] + 3;
  struct rd_fault fault;
  struct cert_facts facts;

  b->bytes[at + 3] = 0x31;
  facts = read_bytes(b->bytes, b->len, &context, &fault);
  expect_flags("broken", &facts, EC_MATCH | F(ROOT_INCLUDED) | F(MALFORMED));
}

/* Every prefix claims a part of what a longer one claims, no more.  The three
 * certificates have something of everything. */
static void expect_prefixes(const char *list, const char *name, int partial)
{
  const struct body *b = body_of(list);
  struct cert_context context = context_of(name);
  struct cert_facts full, before;
  struct rd_fault fault;
  size_t len;

  full = read_bytes(b->bytes, b->len, &context, &fault);
  context.partial = (uint8_t)partial;
  memset(&before, 0, sizeof before);
  for (len = 0; len < b->len; len++) {
    struct cert_facts facts = read_bytes(b->bytes, len, &context, &fault);
    uint32_t claims = facts.flags & ~(uint32_t)CUT;
    cr_assert_eq(facts.flags & CUT, partial ? F(NOT_READ) : F(MALFORMED),
                 "%s, %zu: %#x", list, len, facts.flags);
    cr_assert_eq(fault.field != 0, !partial, "%s, %zu", list, len);
    cr_assert_eq(claims & ~full.flags, 0, "%s, %zu: %#x not in %#x", list, len,
                 claims, full.flags);
    cr_assert_eq(before.flags & ~claims, 0, "%s, %zu: lost %#x", list, len,
                 before.flags & ~claims);
    cr_assert(facts.key_bits == before.key_bits || before.key_bits == 0);
    cr_assert(facts.count >= before.count && facts.count <= full.count);
    before = facts;
    before.flags = claims;
  }
  cr_expect_eq(before.key_bits, full.key_bits);
}

Test(certificate, every_prefix)
{
  static const char *const lists[] = {"must-staple issuing root",
                                      "wildcard-part issuing",
                                      "no-san issuing",
                                      "eku-email issuing-expired",
                                      "ku-cert neutral",
                                      "critical issuing-sha1",
                                      "self-signed-sha1 root",
                                      "pss-sha1 issuing-rsa1024",
                                      "by-neutral-aia",
                                      "rsa1024",
                                      "by-issuing issuing-rekeyed root",
                                      "rollover issuing",
                                      "by-root root-critical",
                                      "dsa1024 issuing-spelt",
                                      "no-subject",
                                      "ip"};
  size_t i;

  for (i = 0; i < sizeof lists / sizeof lists[0]; i++) {
    expect_prefixes(lists[i], WWW, 0);
    expect_prefixes(lists[i], WWW, 1);
    expect_prefixes(lists[i], "example.net", 1);
  }
}

Test(certificate, a_whole_leaf_of_a_partial_message_is_judged)
{
  const struct body *b = body_of("eku-client issuing root");
  struct cert_context context = context_of("www.example.net");
  size_t leaf = 6 + ((size_t)b->bytes[4] << 8) + b->bytes[5];
  struct rd_fault fault;
  struct cert_facts facts;

  context.partial = 1;
  facts = read_bytes(b->bytes, leaf, &context, &fault);
  expect_flags("whole leaf", &facts,
               F(ECDSA) | F(NAME_MISMATCH) | F(NOT_FOR_SERVER) | F(NOT_READ));
  cr_expect_eq(facts.count, 1);
  cr_expect_eq(fault.field, 0);
  /* Without its last byte, nothing that is not there may be missed. */
  facts = read_bytes(b->bytes, leaf - 1, &context, &fault);
  expect_flags("cut leaf", &facts, F(ECDSA) | F(NOT_READ));
}

/* `partial` excuses what is not there, not what is wrong. */
Test(certificate, partial_does_not_excuse_faults)
{
  struct body *b = body_of("by-issuing issuing");
  struct cert_context context = context_of(WWW);
  struct rd_fault fault;
  struct cert_facts facts;

  context.partial = 1;
  facts = read_bytes(b->bytes, b->len, &context, &fault);
  expect_flags("whole", &facts, EC_MATCH);
  b->bytes[6] = 0x31;
  facts = read_bytes(b->bytes, b->len, &context, &fault);
  cr_expect_eq(facts.flags & CUT, F(MALFORMED));
  facts = read_bytes(b->bytes, b->len - 1, &context, &fault);
  cr_expect_eq(facts.flags & CUT, F(MALFORMED) | F(NOT_READ));
}

/* Whatever one byte says, nothing is read outside, and a fault has a place. */
Test(certificate, every_byte_changed)
{
  static const uint8_t masks[] = {0x01, 0x02, 0x10, 0x20, 0x7f, 0x80, 0xff};
  struct body *b = body_of("must-staple issuing");
  struct cert_context context = context_of(WWW);
  size_t i, k, num_faults = 0;

  for (i = 0; i < b->len; i++) {
    for (k = 0; k < sizeof masks; k++) {
      struct rd_fault fault;
      struct cert_facts facts;
      b->bytes[i] ^= masks[k];
      facts = read_bytes(b->bytes, b->len, &context, &fault);
      b->bytes[i] ^= masks[k];
      cr_assert_eq((facts.flags & F(MALFORMED)) != 0, fault.field != 0);
      cr_assert_leq(fault.offset, b->len);
      cr_assert_eq(facts.flags & (F(EMPTY) | F(NOT_READ)), 0, "at %zu", i);
      num_faults += fault.field != 0;
    }
  }
  /* Keys, signatures, dates and letters are free; lengths and tags are not. */
  cr_expect_gt(num_faults, b->len);
}
