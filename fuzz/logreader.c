/* Any bytes as a log: what is telling is found in the same places with and
 * without vector instructions, and the parts of a line lie inside it. */
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                       \
  do {                                                                         \
    if (!(condition)) {                                                        \
      abort();                                                                 \
    }                                                                          \
  } while (0)

#include "../examples/cli/log_find.h"
#include "../examples/cli/log_line.h"

static void check_span(const struct log_line *l, const struct log_span *s)
{
  CHECK(s->ptr == NULL ||
        (s->ptr >= l->all.ptr && s->ptr + s->len <= l->all.ptr + l->all.len));
}

static void check_line(const uint8_t *bytes, size_t len)
{
  uint8_t *exact = malloc(len > 0 ? len : 1);
  struct log_line l;

  if (exact == NULL) {
    return;
  }
  memcpy(exact, bytes, len);
  log_line_parse(&l, exact, len);
  check_span(&l, &l.time);
  check_span(&l, &l.client);
  check_span(&l, &l.port);
  check_span(&l, &l.name);
  check_span(&l, &l.site);
  check_span(&l, &l.tag);
  check_span(&l, &l.body);
  check_span(&l, &l.further);
  free(exact);
}

/* The last line, with all before it for its context. */
static void check_context(const uint8_t *text, size_t len)
{
  struct log_line all;
  struct log_line l;
  size_t from = len;

  while (from > 0 && text[from - 1] != '\n') {
    from--;
  }
  log_line_parse(&l, text + from, len - from);
  log_line_context(&l, text, 30);
  memset(&all, 0, sizeof all);
  all.all.ptr = text;
  all.all.len = len;
  check_span(&all, &l.time);
  check_span(&all, &l.client);
  check_span(&all, &l.port);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
  struct log_finder wide;
  struct log_finder plain;
  uint8_t *text = malloc(len > 0 ? len : 1);
  size_t at = 0;

  if (text == NULL) {
    return 0;
  }
  if (len > 0) {
    memcpy(text, data, len);
  }
  log_finder_init(&wide);
  plain = wide;
  plain.is_wide = 0;
  while (at < len) {
    uint64_t lines[2] = {0, 0};
    size_t hit = log_find(&wide, text + at, len - at, &lines[0]);

    CHECK(hit == log_find(&plain, text + at, len - at, &lines[1]));
    CHECK(lines[0] == lines[1] && hit <= len - at);
    at += hit + 1;
  }
  for (at = 0; at < len;) {
    const uint8_t *stop = memchr(text + at, '\n', len - at);
    size_t end = stop != NULL ? (size_t)(stop - text) : len;

    check_line(text + at, end - at);
    check_context(text, end);
    at = end + 1;
  }
  free(text);
  return 0;
}
