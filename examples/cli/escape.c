#include "escape.h"

#include <string.h>

void escape_term(struct out *o, const void *bytes, size_t len, size_t cap)
{
  const uint8_t *at = bytes;
  size_t shown = len < cap ? len : cap;
  size_t i;

  for (i = 0; i < shown; i++) {
    if (at[i] >= 0x20 && at[i] < 0x7f && at[i] != '\\' && at[i] != '"') {
      out_char(o, (char)at[i]);
    } else {
      out_bytes(o, "\\x", 2);
      out_hex_byte(o, at[i]);
    }
  }
  if (shown < len) {
    out_str(o, "...");
  }
}

/* RFC 3629 section 4: by the first byte, how long a sequence is and between
 * which bounds its second byte must be (no overlong forms, no surrogates).
 *   UTF8-2 = C2-DF tail            UTF8-3 = E0 A0-BF tail / E1-EC 2tail /
 *   UTF8-4 = F0 90-BF 2tail /               ED 80-9F tail / EE-EF 2tail
 *            F1-F3 3tail / F4 80-8F 2tail */
static const struct {
  uint8_t first;
  uint8_t last;
  uint8_t len;
  uint8_t low;
  uint8_t high;
} utf8_rows[] = {{0xc2, 0xdf, 2, 0x80, 0xbf}, {0xe0, 0xe0, 3, 0xa0, 0xbf},
                 {0xe1, 0xec, 3, 0x80, 0xbf}, {0xed, 0xed, 3, 0x80, 0x9f},
                 {0xee, 0xef, 3, 0x80, 0xbf}, {0xf0, 0xf0, 4, 0x90, 0xbf},
                 {0xf1, 0xf3, 4, 0x80, 0xbf}, {0xf4, 0xf4, 4, 0x80, 0x8f}};

enum { UTF8_ROWS = sizeof utf8_rows / sizeof utf8_rows[0] };

size_t escape_utf8_len(const uint8_t *bytes, size_t len)
{
  size_t row = 0;
  size_t i;

  if (len == 0 || bytes[0] < 0x80) {
    return len > 0;
  }
  while (row < UTF8_ROWS &&
         (bytes[0] < utf8_rows[row].first || bytes[0] > utf8_rows[row].last)) {
    row++;
  }
  if (row == UTF8_ROWS || len < utf8_rows[row].len ||
      bytes[1] < utf8_rows[row].low || bytes[1] > utf8_rows[row].high) {
    return 0;
  }
  for (i = 2; i < utf8_rows[row].len; i++) {
    if ((bytes[i] & 0xc0) != 0x80) {
      return 0;
    }
  }
  return utf8_rows[row].len;
}

static uint32_t utf8_value(const uint8_t *bytes, size_t len)
{
  static const uint8_t first_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
  uint32_t value = (uint32_t)(bytes[0] & first_bits[len]);
  size_t i;

  for (i = 1; i < len; i++) {
    value = (value << 6) | (bytes[i] & 0x3fu);
  }
  return value;
}

static void json_unit(struct out *o, uint32_t unit)
{
  out_bytes(o, "\\u", 2);
  out_hex_byte(o, (uint8_t)(unit >> 8));
  out_hex_byte(o, (uint8_t)(unit & 0xff));
}

static void json_char(struct out *o, uint32_t value)
{
  if (value >= 0x10000) {
    json_unit(o, 0xd800 + ((value - 0x10000) >> 10));
    json_unit(o, 0xdc00 + ((value - 0x10000) & 0x3ff));
  } else if (value == '"' || value == '\\') {
    out_char(o, '\\');
    out_char(o, (char)value);
  } else {
    json_unit(o, value);
  }
}

/* 1 if all eight bytes stand for themselves in JSON: tested at once, in the
 * high bit of each. */
static int are_plain(const uint8_t *at)
{
  const uint64_t ones = 0x0101010101010101u;
  const uint64_t high = ones << 7;
  uint64_t w;
  uint64_t quote;
  uint64_t slash;

  memcpy(&w, at, sizeof w);
  quote = w ^ (ones * '"');
  slash = w ^ (ones * '\\');
  return ((w | (w - ones * 0x20) | (w + ones) | (quote - ones) |
           (slash - ones)) &
          high) == 0;
}

static size_t plain_len(const uint8_t *at, size_t len)
{
  size_t plain = 0;

  while (len - plain >= 8 && are_plain(at + plain)) {
    plain += 8;
  }
  while (plain < len && at[plain] >= 0x20 && at[plain] < 0x7f &&
         at[plain] != '"' && at[plain] != '\\') {
    plain++;
  }
  return plain;
}

size_t escape_json(struct out *o, const void *bytes, size_t len)
{
  const uint8_t *at = bytes;
  size_t strays = 0;
  size_t plain;
  size_t step;

  out_char(o, '"');
  while (len > 0) {
    plain = plain_len(at, len);
    out_bytes(o, at, plain);
    at += plain;
    len -= plain;
    if (len == 0) {
      break;
    }
    step = escape_utf8_len(at, len);
    if (step == 0) {
      json_unit(o, at[0]);
      strays++;
      step = 1;
    } else {
      json_char(o, utf8_value(at, step));
    }
    at += step;
    len -= step;
  }
  out_char(o, '"');
  return strays;
}

void escape_json_str(struct out *o, const char *text)
{
  escape_json(o, text, strlen(text));
}
