/* text_report.c: whatever is text: a dump of another tool, or a log. */
#include <stdlib.h>
#include <string.h>

#include "dump.h"
#include "input.h"
#include "json.h"
#include "log_read.h"
#include "text_show.h"

enum { DUMP_MAX = 64 << 20, DUMP_BLOCK = 64 << 10 };

/* Anything that is not mostly binary; logs may hold some binary. */
int text_recognise(const uint8_t *head, size_t head_len, int is_whole)
{
  size_t strange = 0;
  size_t zeros = 0;
  size_t i;

  (void)is_whole;
  for (i = 0; i < head_len; i++) {
    uint8_t c = head[i];

    zeros += c == 0;
    strange += c != 0 && c < ' ' && c != '\t' && c != '\n' && c != '\r' &&
               c != 0x1b;
  }
  /* Half of UTF-16 is zeros. */
  return strange * 10 <= head_len && zeros * 100 <= head_len * 55;
}

static int read_all(struct out *text, struct source *s)
{
  uint8_t *block = malloc(DUMP_BLOCK);
  size_t got;

  while (block != NULL && text->len < DUMP_MAX &&
         (got = fread(block, 1, DUMP_BLOCK, s->stream)) > 0) {
    out_bytes(text, block, got);
  }
  free(block);
  return block != NULL && !text->failed ? 0 : -1;
}

static void dump_json(struct tool *t, const char *file, enum dump_kind kind,
                      const struct judged *j)
{
  struct out *o = &t->out;

  out_str(o, "{\"type\":\"dump\"");
  json_text(o, "file", file);
  json_text(o, "format", dump_name(kind));
  show_verdict_json(o, &j->verdict);
  show_evidence_json(o, j);
  out_str(o, "}\n");
}

static int report_dump(struct tool *t, struct source *s, enum dump_kind kind)
{
  struct out text;
  struct judged *j = malloc(sizeof *j);
  int status = -1;

  out_init(&text, NULL);
  if (j == NULL || read_all(&text, s) != 0) {
    tool_warn(t, s->name, "out of memory");
  } else {
    judged_init(j);
    if (dump_feed(kind, (const uint8_t *)text.text, text.len, j) == 0) {
      judged_add_text(j, (const uint8_t *)text.text, text.len, 0);
    }
    judged_verdict(j);
    if (t->options->json) {
      dump_json(t, s->name, kind, j);
    } else {
      show_dump(t, s->name, dump_name(kind), j);
    }
    t->num_failures += (j->verdict.outcome == TLSDIAG_OUTCOME_FAILED ||
                        j->verdict.outcome == TLSDIAG_OUTCOME_NOT_TLS) &&
                       !j->verdict.noise;
    status = 0;
  }
  free(j);
  t->out.failed |= out_close(&text) != 0;
  return status;
}

int text_report(struct tool *t, struct source *s)
{
  enum dump_kind kind = dump_recognise(s->head, s->head_len);

  return kind != DUMP_NONE ? report_dump(t, s, kind) : log_read(t, s);
}
