/* Any bytes as a dump of another tool; every reader reads everything. */
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                       \
  do {                                                                         \
    if (!(condition)) {                                                        \
      abort();                                                                 \
    }                                                                          \
  } while (0)

#include "../examples/cli/dump.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
  static struct judged j;
  uint8_t *text = malloc(len > 0 ? len : 1);
  unsigned kind;

  if (text == NULL) {
    return 0;
  }
  if (len > 0) {
    memcpy(text, data, len);
  }
  kind = dump_recognise(text, len);
  CHECK(kind <= DUMP_HEX && dump_name(kind) != NULL);
  /* Every reader reads everything, whatever the text looks like. */
  for (kind = DUMP_NONE; kind <= DUMP_HEX; kind++) {
    judged_init(&j);
    (void)dump_feed(kind, text, len, &j);
    judged_verdict(&j);
    CHECK(j.verdict.num_causes >= 1 && j.verdict.causes[0].confidence <= 100);
  }
  free(text);
  return 0;
}
