/* The DER reader: lengths in every form, the primitive types, the dates. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "der.h"
#include "tlsdiag/tlsdiag.h"

static struct rd_fault fault;

static struct reader over(const void *bytes, size_t len)
{
  struct reader r;

  memset(&fault, 0, sizeof fault);
  rd_init(&r, bytes, len, &fault);
  return r;
}

#define OVER(...)                                                              \
  over((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

Test(der, short_and_long_lengths)
{
  static uint8_t bytes[70000];
  static const struct {
    uint8_t head[6];
    size_t head_len, len;
    int odd;
  } rows[] = {
      {{4, 0}, 2, 0, 0},
      {{4, 0x7f}, 2, 127, 0},
      {{4, 0x81, 0x80}, 3, 128, 0},
      {{4, 0x81, 0x7f}, 3, 127, 1}, /* not the shortest form */
      {{4, 0x82, 0x01, 0x00}, 4, 256, 0},
      {{4, 0x82, 0x00, 0xff}, 4, 255, 1},
      {{4, 0x83, 0x01, 0x00, 0x00}, 5, 65536, 0},
      {{4, 0x83, 0x00, 0x00, 0x01}, 5, 1, 1},
      {{4, 0x84, 0x00, 0x01, 0x00, 0x00}, 6, 65536, 1},
  };
  size_t i;

  for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct reader r, value;
    memcpy(bytes, rows[i].head, sizeof rows[i].head);
    r = over(bytes, rows[i].head_len + rows[i].len + 3);
    value = der_get(&r, DER_OCTET_STRING);
    cr_expect_eq(rd_left(&value), rows[i].len, "row %zu", i);
    cr_expect_eq(rd_left(&r), 3, "row %zu", i);
    cr_expect_eq(!rd_ok(&r), rows[i].odd, "row %zu", i);
    cr_expect(rows[i].odd == 0 || fault.offset == 1, "row %zu", i);
  }
}

Test(der, lengths_that_are_none)
{
  static const struct {
    uint8_t bytes[8];
    size_t len, offset, want;
  } rows[] = {
      {{0}, 0, 0, 1},                      /* no tag */
      {{4}, 1, 1, 1},                      /* no length */
      {{4, 0x80, 0, 0}, 4, 2, 0},          /* indefinite */
      {{4, 0x85, 1, 0, 0, 0, 0}, 7, 2, 0}, /* five bytes of length */
      {{4, 0xff}, 2, 2, 0},                /* reserved */
      {{4, 0x82, 1}, 3, 3, 1},             /* half a length */
      {{4, 3, 1, 2}, 4, 2, 3},             /* a byte is lacking */
      {{4, 0x84, 0xff, 0xff, 0xff, 0xff}, 6, 6, 0xffffffff},
      {{0x1f, 1, 0}, 3, 1, 0}, /* a tag of several bytes */
      {{5, 0}, 2, 0, 0},       /* another tag */
  };
  size_t i;

  for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct reader r = over(rows[i].bytes, rows[i].len);
    struct reader value = der_get(&r, i == 8 ? 0x1f : DER_OCTET_STRING);
    cr_expect_eq(rd_left(&value), 0, "row %zu", i);
    cr_expect_eq(rd_left(&r), 0, "row %zu", i);
    cr_expect_eq(fault.field, TLSDIAG_FIELD_CERTIFICATE_DER, "row %zu", i);
    cr_expect_eq(fault.offset, rows[i].offset, "row %zu: %zu", i, fault.offset);
    cr_expect_eq(fault.want, rows[i].want, "row %zu: %zu", i, fault.want);
  }
}

Test(der, enter_reads_what_there_is)
{
  struct reader r = OVER(0x30, 9, 2, 1, 7);
  struct reader inner = der_enter(&r, DER_SEQUENCE);

  cr_expect_not(rd_ok(&r));
  cr_expect_eq(fault.want, 9);
  cr_expect_eq(fault.have, 3);
  cr_expect_eq(rd_left(&inner), 3);
  cr_expect_eq(der_bits(&inner), 3);
  r = OVER(0x30, 3, 2, 1, 7, 5);
  inner = der_enter(&r, DER_SEQUENCE);
  cr_expect(rd_ok(&r));
  cr_expect_eq(rd_left(&inner), 3);
  cr_expect_eq(rd_left(&r), 1);
}

Test(der, any_tells_the_tag)
{
  struct reader r = OVER(0x82, 1, 'a', 0xa0, 0);
  unsigned tag;
  struct reader value = der_any(&r, &tag);

  cr_expect_eq(tag, DER_CONTEXT + 2);
  cr_expect_eq(rd_left(&value), 1);
  cr_expect_eq(der_peek(&r), 0xa0);
  value = der_any(&r, &tag);
  cr_expect_eq(tag, 0xa0);
  cr_expect_eq(der_peek(&r), 0);
  der_end(&r);
  cr_expect(rd_ok(&r));
}

Test(der, end_notes_what_is_left)
{
  struct reader r = OVER(1, 2);

  der_end(&r);
  cr_expect_not(rd_ok(&r));
  cr_expect_eq(rd_left(&r), 2);
}

Test(der, bits_of_an_integer)
{
  static const struct {
    uint8_t bytes[6];
    uint32_t bits;
    int odd;
  } rows[] = {
      {{2, 1, 0}, 0, 0},           {{2, 1, 1}, 1, 0},
      {{2, 1, 0x7f}, 7, 0},        {{2, 2, 0, 0x80}, 8, 0},
      {{2, 2, 0, 0xff}, 8, 0},     {{2, 2, 1, 0}, 9, 0},
      {{2, 3, 0, 0xff, 0}, 16, 0}, {{2, 2, 0, 0x7f}, 7, 1},
      {{2, 3, 0, 0, 1}, 1, 1},     {{2, 1, 0x80}, 0, 1},
      {{2, 1, 0xff}, 0, 1},        {{2, 0}, 0, 1},
      {{3, 1, 1}, 0, 1},
  };
  size_t i;

  for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct reader r = over(rows[i].bytes, 2u + rows[i].bytes[1]);
    cr_expect_eq(der_bits(&r), rows[i].bits, "row %zu", i);
    cr_expect_eq(!rd_ok(&r), rows[i].odd, "row %zu", i);
  }
}

Test(der, magnitude_counts_no_leading_zeros)
{
  static uint8_t bytes[0x1002];

  cr_expect_eq(der_magnitude(over(bytes, 0)), 0);
  cr_expect_eq(der_magnitude(over(bytes, 300)), 0);
  bytes[299] = 1;
  cr_expect_eq(der_magnitude(over(bytes, 300)), 1);
  bytes[299] = 0;
  bytes[44] = 0x80;
  cr_expect_eq(der_magnitude(over(bytes, 300)), 2048);
  bytes[44] = 0x40;
  cr_expect_eq(der_magnitude(over(bytes, 300)), 2047);
  memset(bytes, 0xff, sizeof bytes);
  cr_expect_eq(der_magnitude(over(bytes, 0x1000)), 0x8000);
  cr_expect_eq(der_magnitude(over(bytes, 0x1002)), 0x8000);
}

Test(der, bit_strings)
{
  struct reader r = OVER(3, 2, 5, 0xa0);
  struct reader value;

  cr_expect_eq(der_flags(&r), 0x5); /* digitalSignature, keyEncipherment */
  r = OVER(3, 3, 7, 0x08, 0x80);
  cr_expect_eq(der_flags(&r), 0x110); /* keyAgreement, decipherOnly */
  r = OVER(3, 5, 0, 0, 0, 0xff, 0xff);
  cr_expect_eq(der_flags(&r), 0);
  cr_expect(rd_ok(&r));
  r = OVER(3, 0);
  cr_expect_eq(der_flags(&r), 0);
  cr_expect_not(rd_ok(&r));
  r = OVER(3, 3, 0, 1, 2);
  value = der_bit_string(&r);
  cr_expect_eq(rd_left(&value), 2);
  cr_expect(rd_ok(&r));
  r = OVER(3, 3, 1, 1, 2);
  value = der_bit_string(&r);
  cr_expect_eq(rd_left(&value), 0);
  cr_expect_not(rd_ok(&r));
}

Test(der, booleans_default_to_false)
{
  struct reader r = OVER(1, 1, 0xff, 4, 0);

  cr_expect(der_true(&r));
  cr_expect_not(der_true(&r));
  cr_expect_eq(rd_left(&r), 2);
  r = OVER(1, 1, 0);
  cr_expect_not(der_true(&r));
  cr_expect(rd_ok(&r));
  r = OVER(1, 0);
  cr_expect_not(der_true(&r));
  cr_expect_not(rd_ok(&r));
}

static int64_t time_of(unsigned tag, const char *text)
{
  uint8_t bytes[40];
  struct reader r;

  bytes[0] = (uint8_t)tag;
  bytes[1] = (uint8_t)strlen(text);
  memcpy(bytes + 2, text, strlen(text));
  r = over(bytes, 2 + strlen(text));
  return der_time(&r);
}

/* The numbers are those of `date -u -d "..." +%s`. */
Test(der, times)
{
  static const struct {
    unsigned tag;
    const char *text;
    int64_t seconds;
  } rows[] = {
      {DER_UTC_TIME, "700101000000Z", 0},
      {DER_UTC_TIME, "700101000001Z", 1},
      {DER_UTC_TIME, "691231235959Z", 0},          /* before 1970 */
      {DER_UTC_TIME, "500101000000Z", 0},          /* 1950 */
      {DER_UTC_TIME, "491231235959Z", 2524607999}, /* 2049 */
      {DER_UTC_TIME, "991231235959Z", 946684799},
      {DER_UTC_TIME, "000229120000Z", 951825600},
      {DER_UTC_TIME, "240229000000Z", 1709164800},
      {DER_UTC_TIME, "240301000000Z", 1709251200},
      {DER_UTC_TIME, "261121042642Z", 1795235202},
      {DER_GENERALIZED_TIME, "20500101000000Z", 2524608000},
      {DER_GENERALIZED_TIME, "19700101000000Z", 0},
      {DER_GENERALIZED_TIME, "00000101000000Z", 0},
      {DER_GENERALIZED_TIME, "21000301000000Z", 4107542400},
      {DER_GENERALIZED_TIME, "99991231235959Z", 253402300799},
  };
  size_t i;

  for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    int64_t seconds = time_of(rows[i].tag, rows[i].text);
    cr_expect_eq(seconds, rows[i].seconds, "%s: %lld", rows[i].text,
                 (long long)seconds);
    cr_expect_eq(fault.field, 0, "%s", rows[i].text);
  }
}

Test(der, times_that_are_none)
{
  static const struct {
    unsigned tag;
    const char *text;
  } rows[] = {
      {DER_UTC_TIME, ""},
      {DER_UTC_TIME, "7001010000Z"},       /* no seconds */
      {DER_UTC_TIME, "700101000000"},      /* no zone */
      {DER_UTC_TIME, "700101000000+0100"}, /* another zone */
      {DER_UTC_TIME, "700101000000z"},
      {DER_UTC_TIME, "70010100000 Z"},
      {DER_UTC_TIME, "70010100000:Z"},
      {DER_UTC_TIME, "70010100000/Z"},
      {DER_UTC_TIME, "700001000000Z"},
      {DER_UTC_TIME, "701301000000Z"},
      {DER_UTC_TIME, "700100000000Z"},
      {DER_UTC_TIME, "700132000000Z"},
      {DER_UTC_TIME, "700431000000Z"},
      {DER_UTC_TIME, "230229000000Z"},
      {DER_UTC_TIME, "700101240000Z"},
      {DER_UTC_TIME, "700101006000Z"},
      {DER_UTC_TIME, "700101000060Z"},
      {DER_UTC_TIME, "19700101000000Z"},
      {DER_GENERALIZED_TIME, "700101000000Z"},
      {DER_GENERALIZED_TIME, "20500101000000.5Z"},
      {DER_GENERALIZED_TIME, "21000229000000Z"},
      {DER_OCTET_STRING, "700101000000Z"},
  };
  size_t i;

  for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    cr_expect_eq(time_of(rows[i].tag, rows[i].text), -1, "%s", rows[i].text);
    cr_expect_eq(fault.field, TLSDIAG_FIELD_CERTIFICATE_DER, "%s",
                 rows[i].text);
  }
}
