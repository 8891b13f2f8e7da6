/* input.h: kinds of input, and who reads them.
 *
 * A reader is one row: a name for people, a look at the first bytes, and the
 * function that reads it all.  The first row that recognises the input gets
 * it; the last row takes any text. */
#ifndef TLSDIAG_CLI_INPUT_H
#define TLSDIAG_CLI_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include "source.h"
#include "tool.h"

struct input_reader {
  const char *name;
  /* 1 if the head looks like this kind.  is_whole: there is no more of it. */
  int (*recognise)(const uint8_t *head, size_t head_len, int is_whole);
  /* Reads the input and writes its report (people or JSON, as the options
   * say).  Adds failures to t->num_failures.  Returns 0, or -1 after
   * tool_warn() when nothing at all could be read. */
  int (*run)(struct tool *t, struct source *s);
};

/* Opens, recognises, reads.  Counts into t->num_read or num_unreadable. */
void input_run(struct tool *t, const char *name);

/* After the last input: tells what several of them say together. */
void input_end(struct tool *t);

/* Logs, dumps and error texts (text_report.c). */
int text_recognise(const uint8_t *head, size_t head_len, int is_whole);
int text_report(struct tool *t, struct source *s);
void text_end(struct tool *t);
/* `tlsdiag explain TEXT...` for what is neither a cause nor an alert.
 * Returns an exit status. */
int text_explain(struct tool *t, int num_words, char **words);

#endif
