#include "dump_line.h"

#include <string.h>

int dump_next_line(const uint8_t **at, const uint8_t *end,
                   struct dump_line *line)
{
  const uint8_t *stop;

  if (*at == end) {
    return 0;
  }
  stop = memchr(*at, '\n', (size_t)(end - *at));
  line->ptr = *at;
  line->len = (size_t)((stop != NULL ? stop : end) - *at);
  *at = stop != NULL ? stop + 1 : end;
  if (line->len > 0 && line->ptr[line->len - 1] == '\r') {
    line->len--;
  }
  return 1;
}

int dump_find(const struct dump_line *line, const char *word, size_t *behind)
{
  size_t len = strlen(word);
  const uint8_t *at = line->ptr;
  const uint8_t *end = line->ptr + line->len;

  while (len > 0 && (size_t)(end - at) >= len) {
    at = memchr(at, word[0], (size_t)(end - at) - len + 1);
    if (at == NULL) {
      return 0;
    }
    if (memcmp(at, word, len) == 0) {
      *behind = (size_t)(at - line->ptr) + len;
      return 1;
    }
    at++;
  }
  return 0;
}

int dump_has(const struct dump_line *line, const char *word)
{
  size_t behind;

  return dump_find(line, word, &behind);
}

size_t dump_indent(const struct dump_line *line)
{
  size_t at = 0;

  while (at < line->len && (line->ptr[at] == ' ' || line->ptr[at] == '\t')) {
    at++;
  }
  return at;
}

int dump_begins(const struct dump_line *line, const char *word, size_t *behind)
{
  size_t at = dump_indent(line);
  size_t len = strlen(word);

  if (line->len - at < len || memcmp(line->ptr + at, word, len) != 0) {
    return 0;
  }
  *behind = at + len;
  return 1;
}

struct dump_line dump_rest(const struct dump_line *line, size_t at)
{
  struct dump_line rest = *line;

  at = at < line->len ? at : line->len;
  rest.ptr += at;
  rest.len -= at;
  return rest;
}

int dump_digit(uint8_t c)
{
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

uint32_t dump_number(const struct dump_line *line, size_t *at, unsigned base)
{
  uint32_t value = 0;

  for (; *at < line->len; (*at)++) {
    int digit = dump_digit(line->ptr[*at]);

    if (digit < 0 || (unsigned)digit >= base) {
      break;
    }
    value = value < 0x0fffffff ? value * base + (unsigned)digit : value;
  }
  return value;
}

/* Two digits and no third. */
static int is_pair(const struct dump_line *line, size_t at)
{
  const uint8_t *p = line->ptr + at;

  return at + 1 < line->len && dump_digit(p[0]) >= 0 && dump_digit(p[1]) >= 0 &&
         (at + 2 == line->len || dump_digit(p[2]) < 0);
}

static uint8_t pair(const uint8_t *p)
{
  return (uint8_t)(dump_digit(p[0]) << 4 | dump_digit(p[1]));
}

size_t dump_hex_pairs(const struct dump_line *line, size_t at, uint8_t *out,
                      size_t max)
{
  size_t count = 0;
  size_t blanks = 0;

  while (at < line->len && (line->ptr[at] == ' ' || line->ptr[at] == '\t')) {
    at++;
  }
  while (at < line->len && count < max && blanks < 3) {
    uint8_t c = line->ptr[at];

    if (c == ' ' || c == '\t' || c == '-') {
      blanks++;
      at++;
    } else if (is_pair(line, at)) {
      out[count++] = pair(line->ptr + at);
      at += 2;
      blanks = 0;
    } else {
      break;
    }
  }
  return count;
}

size_t dump_hex_run(const struct dump_line *line, size_t at, uint8_t *out,
                    size_t max)
{
  size_t count = 0;

  while (at + 1 < line->len && count < max && dump_digit(line->ptr[at]) >= 0 &&
         dump_digit(line->ptr[at + 1]) >= 0) {
    out[count++] = pair(line->ptr + at);
    at += 2;
  }
  return count;
}
