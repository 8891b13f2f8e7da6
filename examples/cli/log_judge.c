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
  unsigned side;
  unsigned reserved_;
  uint8_t hello[HELLO_MAX];
};

struct log_judge *log_judge_new(unsigned side)
{
  struct log_judge *g = calloc(1, sizeof *g);

  if (g != NULL) {
    g->side = side;
  }
  return g;
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

/* All that tells of a failure tells also who wrote it. */
static int shows_writer(const struct judged *j)
{
  unsigned i;

  for (i = 0; i < j->num_hints; i++) {
    if (hint_speaks(&j->hints[i]) &&
        j->hints[i].side == TLSDIAG_PARTY_UNKNOWN) {
      return 0;
    }
  }
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
  judged_written_by(m->as_server ? TLSDIAG_PARTY_SERVER : g->side);
  judged_add_text(j, line->all.ptr, len, line->t_us);
  judged_written_by(g->side);
  judged_verdict(j);
  for (i = 0; i < j->num_hints; i++) {
    m->is_failure |= hint_speaks(&j->hints[i]) &&
                     j->hints[i].pattern < 0x80000000u &&
                     (j->hints[i].num_causes > 0 || j->hints[i].code != 0);
  }
  m->is_failure =
      m->is_failure && j->verdict.causes[0].id != TLSDIAG_CAUSE_NONE;
  m->verdict = j->verdict;
  m->shows_writer = (uint8_t)shows_writer(j);
  m->has_attempt = tlsdiag_attempt_from_flow(&j->flow, 0, 0, &m->attempt) ==
                   TLSDIAG_STATUS_OK;
}

/* ---- what is judged already ---- */

static uint64_t hash_of(const struct log_line *line, unsigned as_server)
{
  uint64_t h = log_hash(line->body.ptr, line->body.len, as_server);

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

/* The place of a message: where it is, a free one, or one that is taken over.
 */
static struct log_message *place_of(struct log_judge *g,
                                    const struct log_line *line, uint64_t hash,
                                    unsigned as_server)
{
  size_t i;

  for (i = 0; i < PROBES; i++) {
    struct log_message *m = &g->messages[(hash + i) % MESSAGES];

    if (!m->is_used ||
        (m->hash == hash && m->as_server == as_server && is_same(m, line))) {
      return m;
    }
  }
  g->messages[hash % MESSAGES].is_used = 0;
  return &g->messages[hash % MESSAGES];
}

static struct log_message *
judge_once(struct log_judge *g, const struct log_line *line, unsigned as_server)
{
  struct log_message *m = &g->other;
  uint64_t hash;

  if (line->body.len + line->further.len > MESSAGE_BODY) {
    memset(m, 0, sizeof *m);
  } else {
    hash = hash_of(line, as_server);
    m = place_of(g, line, hash, as_server);
    if (m->is_used) {
      return m;
    }
    keep(m, line, hash);
  }
  m->as_server = (uint8_t)as_server;
  judge(g, m, line);
  return m;
}

struct log_message *log_judge_line(struct log_judge *g,
                                   const struct log_line *line)
{
  return judge_once(g, line, 0);
}

struct log_message *log_judge_server(struct log_judge *g,
                                     const struct log_line *line)
{
  return judge_once(g, line, 1);
}
