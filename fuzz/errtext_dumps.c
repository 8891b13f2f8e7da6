/* Any bytes as a dump of another tool; every reader reads everything, and the
 * text as a whole is cut into connections that are judged together. */
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                       \
  do {                                                                         \
    if (!(condition)) {                                                        \
      abort();                                                                 \
    }                                                                          \
  } while (0)

#include "../examples/cli/dump_packets.h"
#include "../examples/cli/dump_runs.h"

static void every_reader(const uint8_t *text, size_t len)
{
  static struct judged j;
  unsigned kind;

  CHECK(dump_recognise(text, len) < DUMP_KINDS);
  for (kind = DUMP_NONE; kind < DUMP_KINDS; kind++) {
    CHECK(dump_name(kind) != NULL);
    judged_init(&j);
    (void)dump_feed(kind, text, len, &j);
    dump_read_text(kind, text, len, &j);
    judged_verdict(&j);
    CHECK(j.verdict.num_causes >= 1 && j.verdict.causes[0].confidence <= 100);
  }
}

static int is_inside(const struct dump_run *run, const struct dump_runs *r)
{
  return run->text >= r->own && run->len <= 2 * r->own_len + 1 &&
         (size_t)(run->text - r->own) <= 2 * r->own_len + 1 - run->len;
}

static void all_runs(const uint8_t *text, size_t len)
{
  struct dump_runs r;
  size_t total = 0;
  size_t i;

  if (dump_runs_judge(&r, text, len) == 0) {
    CHECK(r.num_runs >= 1 && r.num_runs <= DUMP_RUNS_MAX);
    CHECK(r.first < r.num_runs && r.own_len <= len);
    for (i = 0; i < r.num_runs; i++) {
      CHECK(is_inside(&r.run[i], &r));
      total += r.run[i].len;
    }
    CHECK(total <= r.own_len); /* no line belongs to two */
  }
  dump_runs_free(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
  uint8_t *text = malloc(len > 0 ? len : 1);

  if (text == NULL) {
    return 0;
  }
  if (len > 0) {
    memcpy(text, data, len);
  }
  every_reader(text, len);
  all_runs(text, len);
  (void)dump_packets_recognise(text, len);
  free(text);
  return 0;
}
