#include "cmd.h"
#include "hello.h"

int cmd_hello(struct tool *t)
{
  struct hello h;
  struct out text;

  if (hello_read(&h, t, t->options->operands[0], 0) != 0) {
    return EXIT_UNREADABLE;
  }
  out_init(&text, NULL);
  if (t->options->json) {
    hello_json(&text, &h);
  } else {
    hello_people(&text, &h, t->options->colour);
  }
  out_bytes(&t->out, text.text, text.len);
  if (out_close(&text) != 0) {
    t->out.failed = 1;
  }
  hello_free(&h);
  return EXIT_CLEAN;
}
