#include "out.h"

#include <stdlib.h>
#include <string.h>

enum { OUT_FIRST_ROOM = 4096, OUT_WRITE_AT = 1 << 16 };

void out_init(struct out *o, FILE *stream)
{
  memset(o, 0, sizeof *o);
  o->stream = stream;
}

void out_clear(struct out *o)
{
  o->len = 0;
}

void out_flush(struct out *o)
{
  if (o->stream == NULL) {
    return;
  }
  if (o->len > 0 && fwrite(o->text, 1, o->len, o->stream) != o->len) {
    o->failed = 1;
  }
  o->len = 0;
  if (fflush(o->stream) != 0) {
    o->failed = 1;
  }
}

int out_close(struct out *o)
{
  int failed;

  out_flush(o);
  failed = o->failed;
  free(o->text);
  memset(o, 0, sizeof *o);
  return failed ? -1 : 0;
}

static int out_grow(struct out *o, size_t more)
{
  size_t room = o->room > 0 ? o->room : OUT_FIRST_ROOM;
  char *text;

  if (more > SIZE_MAX / 4 || o->len > SIZE_MAX / 4) {
    return -1;
  }
  while (room < o->len + more) {
    room *= 2;
  }
  text = realloc(o->text, room);
  if (text == NULL) {
    return -1;
  }
  o->text = text;
  o->room = room;
  return 0;
}

void out_bytes(struct out *o, const void *bytes, size_t len)
{
  if (len == 0) {
    return;
  }
  if (len > o->room - o->len && out_grow(o, len) != 0) {
    o->failed = 1;
    return;
  }
  memcpy(o->text + o->len, bytes, len);
  o->len += len;
  if (o->stream != NULL && o->len >= OUT_WRITE_AT) {
    /* The last byte stays: whether a comma is due is seen from it. */
    if (fwrite(o->text, 1, o->len - 1, o->stream) != o->len - 1) {
      o->failed = 1;
    }
    o->text[0] = o->text[o->len - 1];
    o->len = 1;
  }
}

void out_str(struct out *o, const char *text)
{
  out_bytes(o, text, strlen(text));
}

void out_char(struct out *o, char c)
{
  out_bytes(o, &c, 1);
}

void out_repeat(struct out *o, char c, size_t count)
{
  while (count-- > 0) {
    out_bytes(o, &c, 1);
  }
}

void out_u64_width(struct out *o, uint64_t value, size_t width, char fill)
{
  char digits[20];
  size_t at = sizeof digits;

  do {
    digits[--at] = (char)('0' + value % 10);
    value /= 10;
  } while (value > 0);
  if (width > sizeof digits - at) {
    out_repeat(o, fill, width - (sizeof digits - at));
  }
  out_bytes(o, digits + at, sizeof digits - at);
}

void out_u64(struct out *o, uint64_t value)
{
  out_u64_width(o, value, 0, '0');
}

void out_hex_byte(struct out *o, uint8_t byte)
{
  static const char digit[] = "0123456789abcdef";
  char pair[2];

  pair[0] = digit[byte >> 4];
  pair[1] = digit[byte & 15];
  out_bytes(o, pair, sizeof pair);
}

void out_hex16(struct out *o, uint16_t value)
{
  out_bytes(o, "0x", 2);
  out_hex_byte(o, (uint8_t)(value >> 8));
  out_hex_byte(o, (uint8_t)(value & 0xff));
}

void out_hex(struct out *o, const uint8_t *bytes, size_t len)
{
  size_t i;

  for (i = 0; i < len; i++) {
    out_hex_byte(o, bytes[i]);
  }
}
