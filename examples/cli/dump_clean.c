#include <string.h>

#include "dump_runs.h"

static size_t count_zeros(const uint8_t *text, size_t len)
{
  size_t zeros = 0;
  size_t i;

  for (i = 0; i < len && i < 4096; i++) {
    zeros += text[i] == 0;
  }
  return zeros;
}

/* UTF-16 as some shells write files: every other byte is zero.  The mark in
 * front and all zeros go. */
static size_t without_zeros(const uint8_t *text, size_t len, uint8_t *out)
{
  size_t count = 0;
  size_t i;

  for (i = 0; i < len; i++) {
    if (text[i] != 0 && !(i < 2 && text[i] >= 0xfe)) {
      out[count++] = text[i];
    }
  }
  return count;
}

/* 1 if most lines are quoted as mail does it.  ">>> TLS" is no quote: the
 * bytes below it stand without a mark. */
static int is_quoted(const uint8_t *text, size_t len)
{
  const uint8_t *at = text;
  struct dump_line line;
  size_t lines = 0;
  size_t quoted = 0;

  while (dump_next_line(&at, text + len, &line)) {
    size_t indent = dump_indent(&line);

    if (line.len > indent) {
      lines++;
      quoted += line.ptr[indent] == '>';
    }
  }
  return lines >= 2 && quoted * 10 >= lines * 8;
}

static size_t without_quotes(uint8_t *text, size_t len)
{
  const uint8_t *at = text;
  struct dump_line line;
  size_t count = 0;

  while (dump_next_line(&at, text + len, &line)) {
    size_t from = dump_indent(&line);

    if (from < line.len && line.ptr[from] == '>') {
      from++;
      from += from < line.len && line.ptr[from] == ' ';
    } else {
      from = 0;
    }
    memmove(text + count, line.ptr + from, line.len - from);
    count += line.len - from;
    if (count < len) {
      text[count++] = '\n';
    }
  }
  return count;
}

/* Blanks and CR at the ends of lines. */
static size_t without_ends(uint8_t *text, size_t len)
{
  size_t count = 0;
  size_t i;

  for (i = 0; i < len; i++) {
    while (text[i] == '\n' && count > 0 &&
           (text[count - 1] == ' ' || text[count - 1] == '\t' ||
            text[count - 1] == '\r')) {
      count--;
    }
    text[count++] = text[i];
  }
  return count;
}

size_t dump_clean(const uint8_t *text, size_t len, uint8_t *out)
{
  unsigned depth;

  if (count_zeros(text, len) * 3 > (len < 4096 ? len : 4096)) {
    len = without_zeros(text, len, out);
  } else {
    memcpy(out, text, len);
  }
  len = without_ends(out, len);
  for (depth = 0; depth < 4 && is_quoted(out, len); depth++) {
    len = without_quotes(out, len);
  }
  return len;
}
