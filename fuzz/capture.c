/* Fuzzes the tool's reader of captures with whole files.
 *
 * Input: the file.  Its length decides how the report is written. */
#include <stdio.h>

#include "engine/check.h"
#include "examples/cli/capture.h"
#include "examples/cli/out.h"
#include "examples/cli/redact.h"

/* Whatever came from the network: nothing but printable ASCII comes out, and
 * an object stays on its line. */
static void check_output(const struct out *out, int json)
{
  size_t i;

  CHECK(!out->failed);
  for (i = 0; i < out->len; i++) {
    char c = out->text[i];

    CHECK(c == '\n' || (c >= 0x20 && c < 0x7f));
    if (json && (i == 0 || out->text[i - 1] == '\n')) {
      CHECK(c == '{');
    }
    if (json && c == '\n') {
      CHECK(i > 0 && out->text[i - 1] == '}');
    }
  }
  CHECK(out->len == 0 || out->text[out->len - 1] == '\n');
}

static void report(const uint8_t *data, size_t size, const struct options *o)
{
  struct source source;
  struct tool tool;
  uint8_t *copy = exact_copy(data, size);

  memset(&source, 0, sizeof source);
  memset(&tool, 0, sizeof tool);
  source.name = "fuzz";
  source.stream = fmemopen(copy, size, "rb");
  CHECK(source.stream != NULL);
  tool.options = o;
  out_init(&tool.out, NULL);
  redactor_init(&tool.redactor);
  (void)capture_report(&tool, &source);
  if (source.stream != NULL) {
    fclose(source.stream);
  }
  check_output(&tool.out, o->json);
  redactor_free(&tool.redactor);
  (void)out_close(&tool.out);
  free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct options options;

  if (size == 0 || !capture_recognise(data, size, 1)) {
    return -1; /* not for this reader: keep it out of the corpus */
  }
  memset(&options, 0, sizeof options);
  options.json = (int)(size & 1);
  options.all = (int)(size >> 1 & 1);
  options.redact = (int)(size >> 2 & 1);
  options.details = 3;
  report(data, size, &options);
  return 0;
}
