/* text_explain.c: `tlsdiag explain TEXT...`: words, a file, or - . */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dump.h"
#include "input.h"
#include "json.h"
#include "text_show.h"

enum { TEXT_MAX = 1 << 20 };

static int is_file(const char *name)
{
  struct stat st;

  return strcmp(name, "-") == 0 ||
         (stat(name, &st) == 0 && !S_ISDIR(st.st_mode));
}

/* The words with blanks between them. */
static void join(struct out *text, int num_words, char **words)
{
  int i;

  for (i = 0; i < num_words; i++) {
    if (i > 0) {
      out_char(text, ' ');
    }
    out_str(text, words[i]);
  }
}

static int read_file(struct tool *t, struct out *text, const char *name)
{
  struct source s;
  const char *why;
  uint8_t bytes[4096];
  size_t got;

  if (source_open(&s, name, &why) != 0) {
    tool_warn(t, name, "%s", why);
    return -1;
  }
  while (text->len < TEXT_MAX &&
         (got = fread(bytes, 1, sizeof bytes, s.stream)) > 0) {
    out_bytes(text, bytes, got);
  }
  if (text->len >= TEXT_MAX) {
    tool_warn(t, name,
              "only the first MiB is explained; without the word "
              "explain it is read as a log");
  }
  source_close(&s);
  return 0;
}

static void tell(struct tool *t, const struct judged *j, const uint8_t *text,
                 size_t len)
{
  if (!t->options->json) {
    show_people(t, j, text, len);
    return;
  }
  out_str(&t->out, "{\"type\":\"text\"");
  show_verdict_json(&t->out, &j->verdict);
  show_recognised_json(t, j, text, len);
  json_text(
      &t->out, "confirm",
      tlsdiag_cause_text(j->verdict.causes[0].id, TLSDIAG_SECTION_CONFIRM));
  json_text(
      &t->out, "on_the_wire",
      tlsdiag_cause_text(j->verdict.causes[0].id, TLSDIAG_SECTION_ON_THE_WIRE));
  out_str(&t->out, "}\n");
}

static int explain(struct tool *t, const uint8_t *text, size_t len)
{
  static struct judged j; /* 8 KiB, once */
  enum dump_kind kind = dump_recognise(text, len);

  judged_init(&j);
  if (kind == DUMP_NONE || dump_feed(kind, text, len, &j) == 0) {
    judged_add_text(&j, text, len, 0);
  }
  judged_verdict(&j);
  tell(t, &j, text, len);
  return j.num_hints > 0 || kind != DUMP_NONE ? EXIT_CLEAN : EXIT_UNREADABLE;
}

int text_explain(struct tool *t, int num_words, char **words)
{
  struct out text;
  int status = EXIT_UNREADABLE;

  judged_written_by(t->options->side);
  out_init(&text, NULL);
  if (num_words == 1 && is_file(words[0])) {
    if (read_file(t, &text, words[0]) == 0) {
      status = explain(t, (const uint8_t *)text.text, text.len);
    }
  } else {
    join(&text, num_words, words);
    status = explain(t, (const uint8_t *)text.text, text.len);
  }
  t->out.failed |= out_close(&text) != 0;
  return status;
}
