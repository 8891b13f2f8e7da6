/* text_report.c: whatever is text: a dump of another tool, or a log. */
#include <stdlib.h>
#include <string.h>

#include "dump_packets.h"
#include "dump_runs.h"
#include "dump_show.h"
#include "escape.h"
#include "input.h"
#include "json.h"
#include "log_groups.h"
#include "log_line.h"
#include "log_read.h"
#include "text_show.h"

enum {
  DUMP_MAX = 64 << 20,
  DUMP_BLOCK = 64 << 10,
  TEXT_MAX = 256 << 10, /* more than that is a log */
  TIME_AT = 80,         /* where in a line its time begins, at most */
  NAME_CAP = 400
};

/* Bytes of a text: how many are there, and which no text has. */
struct census {
  size_t zeros;
  size_t controls;
  size_t broken; /* bytes that are not UTF-8 */
};

static int is_control(uint8_t c)
{
  return c != 0 && c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != 0x1b;
}

static void count(struct census *n, const uint8_t *head, size_t len)
{
  size_t i = 0;

  while (i < len) {
    size_t valid = escape_utf8_len(head + i, len - i);

    n->zeros += head[i] == 0;
    n->controls += (size_t)is_control(head[i]);
    n->broken += head[i] >= 0x80 && valid < 2;
    i += valid > 1 ? valid : 1;
  }
}

/* Anything that is not mostly binary; logs may hold some binary.  Half of
 * UTF-16 is zeros, and its other half need not be UTF-8. */
int text_recognise(const uint8_t *head, size_t head_len, int is_whole)
{
  struct census n = {0, 0, 0};
  size_t strange;

  (void)is_whole;
  count(&n, head, head_len);
  strange = n.controls + (n.zeros * 4 > head_len ? 0 : n.broken);
  return strange * 10 <= head_len && n.zeros * 100 <= head_len * 55;
}

static int read_all(struct out *text, struct source *s, size_t limit)
{
  uint8_t *block = malloc(DUMP_BLOCK);
  size_t got;

  while (block != NULL && text->len < limit &&
         (got = fread(block, 1, DUMP_BLOCK, s->stream)) > 0) {
    out_bytes(text, block, got);
  }
  free(block);
  return block != NULL && !text->failed ? 0 : -1;
}

/* All that a text tells, whatever it is made of. */
static int report_runs(struct tool *t, const char *name, const uint8_t *text,
                       size_t len)
{
  struct dump_runs r;
  int status = dump_runs_judge(&r, text, len);

  if (status != 0) {
    tool_warn(t, name, "out of memory");
  } else if (dump_packets_recognise(r.own, r.own_len)) {
    status = dump_packets_report(t, name, r.own, r.own_len);
  } else {
    const struct dump_run *run = &r.run[r.first];

    if (t->options->json) {
      dump_json(t, name, &r);
    } else {
      dump_people(t, name, &r);
    }
    t->num_failures += (run->judged.num_hints > 0 || run->kind != DUMP_NONE) &&
                       run->kind != DUMP_SCAN && !run->judged.verdict.noise &&
                       !(run->completed && r.num_runs > 1) &&
                       run->judged.verdict.causes[0].id > TLSDIAG_CAUSE_UNKNOWN;
  }
  dump_runs_free(&r);
  return status;
}

static int report_dump(struct tool *t, struct source *s)
{
  struct out text;
  int status = -1;

  out_init(&text, NULL);
  if (read_all(&text, s, DUMP_MAX) != 0) {
    tool_warn(t, s->name, "out of memory");
  } else {
    status = report_runs(t, s->name, (const uint8_t *)text.text, text.len);
  }
  t->out.failed |= out_close(&text) != 0;
  return status;
}

/* What a program printed about one connection has few lines, no times and no
 * addresses in front; its lines explain each other, so they are judged
 * together. */
static int is_one_text(const uint8_t *head, size_t len)
{
  const uint8_t *at = head;
  struct dump_line line;
  struct log_line parts;
  unsigned lines = 0;
  unsigned timed = 0;
  unsigned begun = 0;

  while (dump_next_line(&at, head + len, &line)) {
    if (line.len > 0) {
      log_line_parse(&parts, line.ptr, line.len);
      lines++;
      timed +=
          parts.time.ptr != NULL && (parts.time.ptr - line.ptr < TIME_AT ||
                                     line.ptr[0] == '{' || line.ptr[0] == '<');
      begun += parts.client.ptr != NULL && parts.client.ptr - line.ptr < 2;
    }
  }
  return len > 0 && head[0] < 0x80 && memchr(head, 0, len) == NULL &&
         timed * 4 <= lines && (begun < 2 || begun * 4 <= lines);
}

/* A text without times that does not end soon is a log all the same. */
static int report_text_or_log(struct tool *t, struct source *s)
{
  struct out text;
  int status;

  out_init(&text, NULL);
  if (read_all(&text, s, TEXT_MAX) != 0) {
    tool_warn(t, s->name, "out of memory");
    status = -1;
  } else if (text.len < TEXT_MAX) {
    status = report_runs(t, s->name, (const uint8_t *)text.text, text.len);
  } else {
    status = log_read(t, s, (const uint8_t *)text.text, text.len);
  }
  t->out.failed |= out_close(&text) != 0;
  return status;
}

/* Formats whose lines may also stand in a log. */
static int is_in_logs(enum dump_kind kind)
{
  return kind == DUMP_CURL || kind == DUMP_GNUTLS || kind == DUMP_TSHARK ||
         kind == DUMP_EMBEDDED || kind == DUMP_REPORT;
}

int text_report(struct tool *t, struct source *s)
{
  uint8_t head[SOURCE_HEAD];
  size_t len = dump_clean(s->head, s->head_len, head);
  enum dump_kind kind = dump_recognise(head, len);
  int is_text = is_one_text(head, len);

  judged_written_by(t->options->side);
  if (dump_packets_recognise(head, len) ||
      (kind != DUMP_NONE && (!is_in_logs(kind) || is_text))) {
    return report_dump(t, s);
  }
  return is_text ? report_text_or_log(t, s) : log_read(t, s, NULL, 0);
}

void text_end(struct tool *t)
{
  log_groups_end(t);
}
