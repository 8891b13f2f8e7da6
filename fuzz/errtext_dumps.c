/* Any bytes as a dump of another tool.  The readers are part of the tool, so
 * their sources are compiled in; names that two of them use are set apart. */
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                       \
  do {                                                                         \
    if (!(condition)) {                                                        \
      abort();                                                                 \
    }                                                                          \
  } while (0)

#define digit hexread_digit
#include "../examples/cli/hexread.c"
#undef digit
#include "../examples/cli/dump_kind.c"
#define reading msg_reading
#define read_line msg_read_line
#define ALERT MSG_ALERT
#include "../examples/cli/dump_msg.c"
#undef reading
#undef read_line
#undef ALERT
#define LINE_BYTES DUMP_LINE_BYTES
#include "../examples/cli/dump_bytes.c"
#undef LINE_BYTES
#define reading ssldump_reading
#include "../examples/cli/dump_ssldump.c"
#undef reading
#include "../examples/cli/text_judge.c"

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
