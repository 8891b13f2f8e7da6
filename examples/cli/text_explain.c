/* text_explain.c: `tlsdiag explain TEXT...`: words, a file, or - . */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dump_packets.h"
#include "dump_runs.h"
#include "dump_show.h"
#include "input.h"
#include "json.h"

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

static void tell(struct tool *t, const struct dump_runs *r)
{
  const struct judged *j = &r->run[r->first].judged;
  unsigned cause = j->verdict.causes[0].id;

  if (!t->options->json) {
    dump_people(t, NULL, r);
    return;
  }
  out_str(&t->out, "{\"type\":\"text\"");
  dump_json_members(t, r);
  json_text(&t->out, "confirm",
            tlsdiag_cause_text(cause, TLSDIAG_SECTION_CONFIRM));
  json_text(&t->out, "on_the_wire",
            tlsdiag_cause_text(cause, TLSDIAG_SECTION_ON_THE_WIRE));
  out_str(&t->out, "}\n");
}

static int explain(struct tool *t, const uint8_t *text, size_t len)
{
  struct dump_runs r;
  int status = EXIT_UNREADABLE;

  if (dump_runs_judge(&r, text, len) != 0) {
    tool_warn(t, "text", "out of memory");
  } else if (dump_packets_recognise(r.own, r.own_len)) {
    status = dump_packets_report(t, "packets", r.own, r.own_len) == 0
                 ? EXIT_CLEAN
                 : EXIT_UNREADABLE;
  } else {
    const struct dump_run *run = &r.run[r.first];

    tell(t, &r);
    if (run->judged.num_hints > 0 || run->kind != DUMP_NONE) {
      status = EXIT_CLEAN;
    }
  }
  dump_runs_free(&r);
  return status;
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
