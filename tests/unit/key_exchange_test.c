/* ServerKeyExchange and CertificateRequest, written out byte by byte. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "certificate.h"
#include "suites.h"
#include "tlsdiag/tlsdiag.h"

static struct rd_fault fault;

/* A reader over an exact copy; the caller frees it. */
static struct reader over(const uint8_t *bytes, size_t len, uint8_t **copy)
{
  struct reader r;

  *copy = malloc(len + !len);
  memcpy(*copy, bytes, len);
  memset(&fault, 0, sizeof fault);
  rd_init(&r, *copy, len, &fault);
  return r;
}

static struct ske_facts ske(unsigned key_exchange, const uint8_t *bytes,
                            size_t len)
{
  struct ske_facts facts;
  uint8_t *copy;
  struct reader r = over(bytes, len, &copy);

  memset(&facts, 0xa5, sizeof facts);
  server_key_exchange_read(&r, key_exchange, &facts);
  free(copy);
  return facts;
}

static struct creq_facts creq(unsigned version, const uint8_t *bytes,
                              size_t len)
{
  struct creq_facts facts;
  uint8_t *copy;
  struct reader r = over(bytes, len, &copy);

  memset(&facts, 0xa5, sizeof facts);
  certificate_request_read(&r, version, &facts);
  free(copy);
  return facts;
}

struct ske_row {
  unsigned key_exchange;
  uint8_t bytes[24];
  size_t len;
  uint32_t group, prime_bits;
  int ok;
};

static const struct ske_row ske_rows[] = {
    /* a named curve, its point, the beginning of a signature */
    {SUITE_KX_ECDHE, {3, 0, 0x17, 2, 4, 1, 8, 4}, 8, 0x0017, 0, 1},
    {SUITE_KX_ECDHE, {3, 0, 0x1d, 1, 9}, 5, 0x001d, 0, 1}, /* anonymous */
    {SUITE_KX_ECDHE, {3, 0, 0x1d, 0}, 4, 0x001d, 0, 0},    /* no point */
    {SUITE_KX_ECDHE, {3, 0, 0x1d, 3, 9}, 5, 0x001d, 0, 0},
    {SUITE_KX_ECDHE, {3, 0}, 2, 0, 0, 0},
    {SUITE_KX_ECDHE, {1, 1, 17}, 3, GROUP_EXPLICIT_PRIME, 0, 1},
    {SUITE_KX_ECDHE, {2, 0, 163}, 3, GROUP_EXPLICIT_CHAR2, 0, 1},
    {SUITE_KX_ECDHE, {4, 0, 0x17, 1, 4}, 5, 0, 0, 0}, /* an unknown curve type
                                                       */
    {SUITE_KX_ECDHE_PSK, {0, 2, 'm', 'e', 3, 0, 0x18, 1, 4}, 9, 0x0018, 0, 1},
    {SUITE_KX_ECDHE_PSK, {0, 0, 3, 0, 0x18, 1, 4}, 7, 0x0018, 0, 1},
    {SUITE_KX_ECDHE_PSK, {0, 9, 3, 0, 0x18, 1, 4}, 7, 0, 0, 0},
    /* p, g, Ys */
    {SUITE_KX_DHE, {0, 2, 0x80, 1, 0, 1, 2, 0, 1, 5}, 10, 0, 16, 1},
    {SUITE_KX_DHE, {0, 2, 0x7f, 1, 0, 1, 2, 0, 1, 5}, 10, 0, 15, 1},
    {SUITE_KX_DHE, {0, 3, 0, 0x01, 1, 0, 1, 2, 0, 1, 5}, 11, 0, 9, 1},
    {SUITE_KX_DHE, {0, 2, 0x80, 1, 0, 1, 2, 0, 2, 5}, 10, 0, 16, 0},
    {SUITE_KX_DHE, {0, 9, 0x80, 1}, 4, 0, 0, 0},
    {SUITE_KX_DHE_PSK, {0, 1, 'x', 0, 1, 0xff, 0, 1, 2, 0, 1, 5}, 12, 0, 8, 1},
    {SUITE_KX_PSK, {0, 1, 'x'}, 3, 0, 0, 1},
    {SUITE_KX_PSK, {0, 2, 'x'}, 3, 0, 0, 0},
    {SUITE_KX_RSA_PSK, {0, 0}, 2, 0, 0, 1},
    /* classes whose message has neither */
    {SUITE_KX_RSA, {3, 0, 0x17, 1, 4}, 5, 0, 0, 1},
    {SUITE_KX_NULL, {3, 0, 0x17, 1, 4}, 5, 0, 0, 1},
    {SUITE_KX_SRP, {0, 1, 0x80}, 3, 0, 0, 1},
};

Test(key_exchange, server_key_exchange)
{
  size_t i;

  for (i = 0; i < sizeof ske_rows / sizeof ske_rows[0]; i++) {
    const struct ske_row *row = &ske_rows[i];
    struct ske_facts facts = ske(row->key_exchange, row->bytes, row->len);
    cr_expect_eq(facts.group, row->group, "row %zu: %#x", i, facts.group);
    cr_expect_eq(facts.prime_bits, row->prime_bits, "row %zu: %u", i,
                 facts.prime_bits);
    cr_expect_eq(fault.field == 0, row->ok, "row %zu", i);
    cr_expect(row->ok || fault.field == TLSDIAG_FIELD_SERVER_KEY_EXCHANGE);
  }
}

/* A prefix has the facts of the whole or none; every class survives all. */
Test(key_exchange, every_prefix_for_every_class)
{
  size_t i, len;
  unsigned kx;

  for (i = 0; i < sizeof ske_rows / sizeof ske_rows[0]; i++) {
    const struct ske_row *row = &ske_rows[i];
    for (len = 0; len < row->len; len++) {
      struct ske_facts facts = ske(row->key_exchange, row->bytes, len);
      cr_expect(facts.group == 0 || facts.group == row->group);
      cr_expect(facts.prime_bits == 0 || facts.prime_bits == row->prime_bits);
    }
    for (kx = 0; kx < 32; kx++) {
      struct ske_facts facts = ske(kx, row->bytes, row->len);
      cr_expect_leq(facts.group, 0xffff);
      cr_expect_leq(facts.prime_bits, 8 * row->len);
    }
  }
}

Test(key_exchange, a_prime_of_2048_bits)
{
  static uint8_t bytes[2 + 257 + 6] = {1, 1, 0, 0xff};
  struct ske_facts facts;

  memcpy(bytes + 2 + 257, "\0\1\2\0\1\5", 6);
  facts = ske(SUITE_KX_DHE, bytes, sizeof bytes);
  cr_expect_eq(facts.prime_bits, 2048);
  cr_expect_eq(fault.field, 0);
}

/* types rsa_sign and ecdsa_sign; three schemes; two names of 2 and 4 bytes */
static const uint8_t request_12[] = {2,  1, 64, 0,    6, 4, 3, 8,    4, 4, 1, 0,
                                     10, 0, 2,  0x30, 0, 0, 4, 0x30, 2, 5, 0};
/* TLS 1.1: dss_sign and fixed_dh; one name */
static const uint8_t request_11[] = {2, 2, 3, 0, 4, 0, 2, 0x30, 0};

static void expect_creq(unsigned version, const uint8_t *bytes, size_t len,
                        struct creq_facts want, unsigned field)
{
  struct creq_facts facts = creq(version, bytes, len);

  cr_expect_eq(facts.types, want.types, "types %#x", facts.types);
  cr_expect_eq(facts.num_signature_algorithms, want.num_signature_algorithms);
  cr_expect_eq(facts.num_names, want.num_names, "names %u", facts.num_names);
  cr_expect_eq(fault.field, field, "field %u", fault.field);
}

Test(key_exchange, certificate_request)
{
  const unsigned bad = TLSDIAG_FIELD_CERTIFICATE_REQUEST;
  struct creq_facts tls12 = {2, 3, CREQ_RSA | CREQ_ECDSA};
  struct creq_facts tls11 = {1, 0, CREQ_DSS | CREQ_OTHER};
  uint8_t bytes[sizeof request_12 + 1];

  expect_creq(0x0303, request_12, sizeof request_12, tls12, 0);
  expect_creq(0xfefd, request_12, sizeof request_12, tls12, 0); /* DTLS 1.2 */
  expect_creq(0x0302, request_11, sizeof request_11, tls11, 0);
  expect_creq(0xfeff, request_11, sizeof request_11, tls11, 0); /* DTLS 1.0 */
  memcpy(bytes, request_12, sizeof request_12);
  bytes[sizeof request_12] = 0;
  expect_creq(0x0303, bytes, sizeof bytes, tls12, TLSDIAG_FIELD_TRAILING);
  /* Names in bytes that lie behind the end: what is there is counted. */
  expect_creq(0x0303, request_12, sizeof request_12 - 1, tls12, bad);
  /* Half a scheme. */
  expect_creq(0x0303, (const uint8_t[]){1, 1, 0, 3, 4, 3, 8, 0, 0}, 9,
              (struct creq_facts){0, 1, CREQ_RSA}, bad);
  /* No type, no scheme, no name: any CA will do. */
  expect_creq(0x0303, (const uint8_t[]){0, 0, 0, 0, 0}, 5,
              (struct creq_facts){0, 0, 0}, 0);
  expect_creq(0x0303, bytes, 0, (struct creq_facts){0, 0, 0}, bad);
}

Test(key_exchange, every_prefix_of_a_request)
{
  struct creq_facts before = {0, 0, 0};
  size_t len;

  for (len = 0; len < sizeof request_12; len++) {
    struct creq_facts facts = creq(0x0303, request_12, len);
    cr_expect_eq(fault.field, TLSDIAG_FIELD_CERTIFICATE_REQUEST);
    cr_expect(facts.num_names >= before.num_names && facts.num_names <= 2);
    cr_expect_eq(facts.types & before.types, before.types);
    before = facts;
  }
}
