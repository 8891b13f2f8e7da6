/* main.c: the tlsdiag command. */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "input.h"
#include "options.h"
#include "tool.h"

static int diagnose(struct tool *t)
{
  int i;

  for (i = 0; i < t->options->num_operands; i++) {
    input_run(t, t->options->operands[i]);
  }
  input_end(t);
  return tool_exit_status(t);
}

static int run(struct tool *t)
{
  switch (t->options->command) {
  case COMMAND_EXPLAIN:
    return cmd_explain(t);
  case COMMAND_HELLO:
    return cmd_hello(t);
  case COMMAND_DIFF:
    return cmd_diff(t);
  case COMMAND_DIAGNOSE:
  default:
    return diagnose(t);
  }
}

int main(int argc, char **argv)
{
  struct options options;
  struct tool tool;
  int status = options_read(&options, argc, argv);

  if (status >= 0) {
    return status;
  }
  memset(&tool, 0, sizeof tool);
  tool.options = &options;
  out_init(&tool.out, stdout);
  redactor_init(&tool.redactor);
  status = run(&tool);
  redactor_free(&tool.redactor);
  if (out_close(&tool.out) != 0) {
    fputs("tlsdiag: the output could not be written\n", stderr);
    return EXIT_UNREADABLE;
  }
  return status;
}
