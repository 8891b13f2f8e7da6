#include "hexread.h"

#include <string.h>

enum { DUMP_LINE = 16, OFFSET_MIN = 4, OFFSET_MAX = 16 };

static int digit(uint8_t c)
{
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int is_separator(uint8_t c)
{
  return c != 0 && strchr(" \t\r:,;-{}'\"", c) != NULL;
}

static size_t run_of(const uint8_t *line, size_t len, const char *set)
{
  size_t at = 0;

  while (at < len && line[at] != 0 && strchr(set, line[at]) != NULL) {
    at++;
  }
  return at;
}

/* Length of the offset column and what separates it from the bytes, 0 if the
 * line does not start with `offset` in hex. */
static size_t offset_column(const uint8_t *line, size_t len, size_t offset)
{
  size_t at = run_of(line, len, " ");
  size_t digits;
  size_t value = 0;

  for (digits = 0; at < len && digits < OFFSET_MAX && digit(line[at]) >= 0;
       digits++) {
    value = value << 4 | (size_t)digit(line[at]);
    at++;
  }
  if (digits < OFFSET_MIN || value != offset ||
      run_of(line + at, len - at, ": ") == 0) {
    return 0;
  }
  return at + run_of(line + at, len - at, ": -");
}

/* Bytes of one dump line: `max` at most, ended by the text column, which a bar
 * or three spaces announce. */
static size_t read_dump_line(const uint8_t *line, size_t len, uint8_t *out,
                             size_t max)
{
  size_t count = 0;
  size_t spaces = 0;
  size_t at = 0;

  while (at < len && count < max && spaces < 3 && line[at] != '|') {
    if (at + 1 < len && digit(line[at]) >= 0 && digit(line[at + 1]) >= 0) {
      out[count++] = (uint8_t)(digit(line[at]) << 4 | digit(line[at + 1]));
      spaces = 0;
      at += 2;
    } else if (line[at] == ' ' || line[at] == '-') {
      spaces++;
      at++;
    } else {
      break;
    }
  }
  return count;
}

/* Bytes of a line that is hex and nothing else, 0 for any other line. */
static size_t read_plain_line(const uint8_t *line, size_t len, uint8_t *out)
{
  size_t count = 0;
  size_t at = 0;

  while (at < len) {
    if (is_separator(line[at])) {
      at++;
    } else if (at + 1 < len && (line[at] == '0' || line[at] == '\\') &&
               (line[at + 1] == 'x' || line[at + 1] == 'X')) {
      at += 2;
    } else if (at + 1 < len && digit(line[at]) >= 0 &&
               digit(line[at + 1]) >= 0) {
      out[count++] = (uint8_t)(digit(line[at]) << 4 | digit(line[at + 1]));
      at += 2;
    } else {
      return 0;
    }
  }
  return count;
}

/* 1 if the first line with anything in it has an offset column. */
static int has_offsets(const uint8_t *text, size_t len)
{
  while (len > 0) {
    const uint8_t *end = memchr(text, '\n', len);
    size_t line = end != NULL ? (size_t)(end - text) : len;

    if (offset_column(text, line, 0) > 0) {
      return 1;
    }
    text += line + (end != NULL);
    len -= line + (end != NULL);
  }
  return 0;
}

/* A dump whose lines were wrapped on their way: what a line lacks of its 16
 * bytes may stand at the beginning of the next, if the offset behind it agrees.
 */
static size_t read_offsets(const uint8_t *text, size_t len, uint8_t *out)
{
  size_t sure = 0;  /* bytes */
  size_t guess = 0; /* and these, if the next offset says so */
  size_t missing = 0;

  while (len > 0) {
    const uint8_t *end = memchr(text, '\n', len);
    size_t line = end != NULL ? (size_t)(end - text) : len;
    size_t column = offset_column(text, line, sure + guess);

    if (column > 0) {
      sure += guess;
    } else {
      column = offset_column(text, line, sure);
    }
    if (column > 0) {
      size_t got =
          read_dump_line(text + column, line - column, out + sure, DUMP_LINE);

      sure += got;
      guess = 0;
      missing = DUMP_LINE - got;
    } else if (missing > 0) {
      guess = read_dump_line(text, line, out + sure, missing);
      missing = 0;
    }
    text += line + (end != NULL);
    len -= line + (end != NULL);
  }
  return sure;
}

size_t hexread(const uint8_t *text, size_t len, uint8_t *out)
{
  size_t count = 0;

  if (has_offsets(text, len)) {
    return read_offsets(text, len, out);
  }
  while (len > 0) {
    const uint8_t *end = memchr(text, '\n', len);
    size_t line = end != NULL ? (size_t)(end - text) : len;

    count += read_plain_line(text, line, out + count);
    text += line + (end != NULL);
    len -= line + (end != NULL);
  }
  return count;
}

int hexread_is_text(const uint8_t *bytes, size_t len)
{
  size_t i;

  for (i = 0; i < len; i++) {
    if (bytes[i] >= 0x7f || (bytes[i] < 0x20 && bytes[i] != '\n' &&
                             bytes[i] != '\r' && bytes[i] != '\t')) {
      return 0;
    }
  }
  return 1;
}
