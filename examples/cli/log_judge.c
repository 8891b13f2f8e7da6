#include "log_judge.h"

#include <stdlib.h>
#include <string.h>

#include "dump.h"

enum {
  MESSAGES = 4096,
  PROBES = 8,
  HEX_MIN = 80, /* digits of a hello in a log, at least */
  HELLO_MAX = 4096,
  SCAN_MAX = 16 << 10
};

struct log_judge {
  struct log_message messages[MESSAGES];
  struct log_message other; /* for what is not kept */
  struct judged judged;
  uint8_t hello[HELLO_MAX];
};

struct log_judge *log_judge_new(void)
{
  return calloc(1, sizeof(struct log_judge));
}

void log_judge_free(struct log_judge *g)
{
  free(g);
}

static int is_hex(uint8_t c)
{
  return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* A hello in hex, as HAProxy logs it for a TCP frontend. */
static int feed_hello(struct log_judge *g, const struct log_line *line)
{
  const uint8_t *p = line->all.ptr;
  size_t len = line->all.len;
  size_t at;
  struct dump_line view;
  size_t count = 0;

  for (at = 0; at + HEX_MIN < len; at++) {
    size_t end = at;

    if (memcmp(p + at, "16030", 5) != 0) {
      continue;
    }
    while (end < len && is_hex(p[end])) {
      end++;
    }
    if (end - at < HEX_MIN) {
      at = end;
      continue;
    }
    for (; at + 1 < end && count < HELLO_MAX; at += 2) {
      view.ptr = p + at;
      view.len = 2;
      count += dump_hex_pairs(&view, 0, g->hello + count, 1);
    }
    break;
  }
  if (count == 0) {
    return 0;
  }
  (void)tlsdiag_flow_feed(&g->judged.flow, TLSDIAG_FROM_CLIENT, line->t_us,
                          g->hello, count, NULL);
  /* Such a line is written when the proxy has closed without an answer. */
  (void)tlsdiag_flow_close(&g->judged.flow, TLSDIAG_FROM_SERVER,
                           TLSDIAG_CLOSE_FIN, line->t_us);
  return 1;
}

static void judge(struct log_judge *g, struct log_message *m,
                  const struct log_line *line)
{
  struct judged *j = &g->judged;
  size_t len = line->all.len < SCAN_MAX ? line->all.len : SCAN_MAX;
  unsigned i;

  judged_init(j);
  m->is_failure = (uint8_t)feed_hello(g, line);
  judged_add_text(j, line->all.ptr, len, line->t_us);
  judged_verdict(j);
  for (i = 0; i < j->num_hints; i++) {
    m->is_failure |= hint_speaks(&j->hints[i]) &&
                     j->hints[i].pattern < 0x80000000u &&
                     (j->hints[i].num_causes > 0 || j->hints[i].code != 0);
  }
  m->is_failure =
      m->is_failure && j->verdict.causes[0].id != TLSDIAG_CAUSE_NONE;
  m->verdict = j->verdict;
  m->has_attempt = tlsdiag_attempt_from_flow(&j->flow, 0, 0, &m->attempt) ==
                   TLSDIAG_STATUS_OK;
}

static uint64_t hash_of(const struct log_line *line)
{
  uint64_t h = log_hash(line->body.ptr, line->body.len, 0);

  return line->further.len > 0
             ? log_hash(line->further.ptr, line->further.len, h)
             : h;
}

static int is_same(const struct log_message *m, const struct log_line *line)
{
  return m->body_len == line->body.len && m->further_len == line->further.len &&
         memcmp(m->body, line->body.ptr, line->body.len) == 0 &&
         (line->further.len == 0 ||
          memcmp(m->body + line->body.len, line->further.ptr,
                 line->further.len) == 0);
}

static void keep(struct log_message *m, const struct log_line *line,
                 uint64_t hash)
{
  memset(m, 0, sizeof *m);
  m->is_used = 1;
  m->hash = hash;
  m->body_len = (uint32_t)line->body.len;
  m->further_len = (uint32_t)line->further.len;
  memcpy(m->body, line->body.ptr, line->body.len);
  if (line->further.len > 0) {
    memcpy(m->body + line->body.len, line->further.ptr, line->further.len);
  }
}

struct log_message *log_judge_line(struct log_judge *g,
                                   const struct log_line *line)
{
  uint64_t hash;
  size_t i;
  struct log_message *m;

  if (line->body.len + line->further.len > MESSAGE_BODY) {
    memset(&g->other, 0, sizeof g->other);
    judge(g, &g->other, line);
    return &g->other;
  }
  hash = hash_of(line);
  for (i = 0; i < PROBES; i++) {
    m = &g->messages[(hash + i) % MESSAGES];
    if (!m->is_used) {
      keep(m, line, hash);
      judge(g, m, line);
      return m;
    }
    if (m->hash == hash && is_same(m, line)) {
      return m;
    }
  }
  m = &g->messages[hash % MESSAGES]; /* the place is taken over */
  keep(m, line, hash);
  judge(g, m, line);
  return m;
}
