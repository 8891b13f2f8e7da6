/* der.c: elements of DER, and the primitive types that X.509 facts rest on. */
#include "der.h"

#include "prefix.h"
#include "tlsdiag/tlsdiag.h"

#define FIELD TLSDIAG_FIELD_CERTIFICATE_DER

unsigned der_peek(const struct reader *r)
{
  return rd_left(r) != 0 ? r->pos[0] : 0;
}

/* X.690 section 8.1.3, and 10.1: the shortest form.  The indefinite form
 * (0x80) is BER, and has no place in a certificate. */
static size_t length_read(struct reader *r)
{
  struct reader at = *r;
  size_t n = rd_u8(r, FIELD);
  size_t num_bytes = n & 0x7f;

  if (n < 0x80) {
    return n;
  }
  if (num_bytes == 0 || num_bytes > 4) {
    rd_fail(r, 0, FIELD);
    return 0;
  }
  for (n = 0; num_bytes != 0; num_bytes--) {
    n = n << 8 | rd_u8(r, FIELD);
    if (n == 0) {
      prefix_note(&at, 0, FIELD);
    }
  }
  if (n < 0x80) {
    prefix_note(&at, 0, FIELD);
  }
  return n;
}

/* Tag and length.  Tags above 30 take several bytes, and X.509 has none. */
static size_t header_read(struct reader *r, unsigned *tag)
{
  *tag = rd_u8(r, FIELD);
  if ((*tag & 0x1f) == 0x1f) {
    rd_fail(r, 0, FIELD);
  }
  return length_read(r);
}

struct reader der_any(struct reader *r, unsigned *tag)
{
  size_t n = header_read(r, tag);

  return rd_sub(r, n, FIELD);
}

/* The header of an element that must carry a tag. */
static size_t header_expect(struct reader *r, unsigned tag)
{
  unsigned found;

  if (rd_left(r) != 0 && r->pos[0] != tag) {
    rd_fail(r, 0, FIELD);
  }
  return header_read(r, &found);
}

struct reader der_get(struct reader *r, unsigned tag)
{
  size_t n = header_expect(r, tag);

  return rd_sub(r, n, FIELD);
}

struct reader der_enter(struct reader *r, unsigned tag)
{
  size_t n = header_expect(r, tag);

  return prefix_sub(r, n, FIELD);
}

void der_end(const struct reader *r)
{
  if (rd_left(r) != 0) {
    prefix_note(r, 0, FIELD);
  }
}

uint32_t der_magnitude(struct reader number)
{
  uint32_t bits;
  unsigned first;

  while (rd_left(&number) != 0 && number.pos[0] == 0) {
    rd_u8(&number, FIELD);
  }
  if (rd_left(&number) == 0) {
    return 0;
  }
  if (rd_left(&number) > 0x1000) {
    return 0x8000;
  }
  bits = (uint32_t)rd_left(&number) * 8;
  for (first = number.pos[0]; first < 0x80; first *= 2) {
    bits--;
  }
  return bits;
}

/* X.690 section 8.3.2: the first nine bits are not all equal. */
uint32_t der_bits(struct reader *r)
{
  struct reader value = der_get(r, DER_INTEGER);
  const uint8_t *p = value.pos;
  size_t n = rd_left(&value);

  if (n == 0 || p[0] >= 0x80 || (n > 1 && p[0] == 0 && p[1] < 0x80)) {
    prefix_note(&value, 0, FIELD);
  }
  return n != 0 && p[0] < 0x80 ? der_magnitude(value) : 0;
}

struct reader der_bit_string(struct reader *r)
{
  struct reader value = der_get(r, DER_BIT_STRING);

  if (rd_u8(&value, FIELD) != 0) {
    rd_fail(&value, 0, FIELD);
  }
  return value;
}

/* X.680 section 22: bit 0 is the first, the highest of the first byte. */
unsigned der_flags(struct reader *r)
{
  struct reader value = der_get(r, DER_BIT_STRING);
  unsigned flags = 0;
  unsigned i;

  rd_u8(&value, FIELD); /* how many of the last byte are unused: they are 0 */
  for (i = 0; i < 16 && rd_left(&value) != 0; i += 8) {
    unsigned byte = rd_u8(&value, FIELD);
    unsigned bit;
    for (bit = 0; bit < 8; bit++) {
      flags |= (byte >> (7 - bit) & 1) << (i + bit);
    }
  }
  return flags;
}

int der_true(struct reader *r)
{
  struct reader value;

  if (der_peek(r) != DER_BOOLEAN) {
    return 0;
  }
  value = der_get(r, DER_BOOLEAN);
  return rd_u8(&value, FIELD) != 0;
}

static int two_digits(const uint8_t *p)
{
  return (p[0] - '0') * 10 + (p[1] - '0');
}

static int days_in_month(int year, int month)
{
  int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

  if (month == 2) {
    return 28 + leap;
  }
  return 30 + ((month + (month > 7)) & 1);
}

/* Days from 1970-01-01, in years that begin in March: then the leap day is
 * the last of its year, and every five months have 153 days. */
static int64_t days_since_1970(int year, int month, int day)
{
  int64_t y = month > 2 ? year : year - 1;
  int64_t in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day;

  return y * 365 + y / 4 - y / 100 + y / 400 + in_year - 719469;
}

/* YYYYMMDDhhmmss in digits, since 1970; -1 if there is no such moment. */
static int64_t seconds_since_1970(int century, const uint8_t *p)
{
  int year = century * 100 + two_digits(p);
  int month = two_digits(p + 2);
  int day = two_digits(p + 4);
  int hour = two_digits(p + 6);
  int minute = two_digits(p + 8);
  int second = two_digits(p + 10);
  int64_t seconds;

  if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) ||
      hour > 23 || minute > 59 || second > 59) {
    return -1;
  }
  seconds = days_since_1970(year, month, day) * 86400 + hour * 3600 +
            minute * 60 + second;
  return seconds > 0 ? seconds : 0;
}

/* Seconds always, no fraction, no zone but Z. */
static int time_digits_ok(const uint8_t *p, size_t len, size_t num_digits)
{
  size_t i;

  if (len != num_digits + 1 || p[num_digits] != 'Z') {
    return 0;
  }
  for (i = 0; i < num_digits; i++) {
    if (p[i] < '0' || p[i] > '9') {
      return 0;
    }
  }
  return 1;
}

int64_t der_time(struct reader *r)
{
  unsigned tag;
  struct reader t = der_any(r, &tag);
  const uint8_t *p = t.pos;
  int64_t seconds = -1;

  if (tag == DER_UTC_TIME && time_digits_ok(p, rd_left(&t), 12)) {
    /* Section 4.1.2.5.1: years from 50 on are of the 20th century. */
    seconds = seconds_since_1970(p[0] < '5' ? 20 : 19, p);
  }
  if (tag == DER_GENERALIZED_TIME && time_digits_ok(p, rd_left(&t), 14)) {
    seconds = seconds_since_1970(two_digits(p), p + 2);
  }
  if (seconds < 0) {
    prefix_note(&t, 0, FIELD);
  }
  return seconds;
}
