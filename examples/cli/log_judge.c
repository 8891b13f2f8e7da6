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
  size_t i;

  for (i = 0; g != NULL && i < MESSAGES; i++) {
    free(g->messages[i].json);
  }
  if (g != NULL) {
    free(g->other.json);
  }
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

/* What lines that mean the same have in common. */
struct essence {
  const uint8_t *ptr;
  size_t len; /* more than MESSAGE_BODY: too long to be kept */
  uint64_t hash;
  uint8_t copy[MESSAGE_BODY];
};

static int is_digit(uint8_t c)
{
  return c >= '0' && c <= '9';
}

static size_t digits_at(const uint8_t *p, const uint8_t *end)
{
  size_t len = 0;

  while (p + len < end && is_digit(p[len])) {
    len++;
  }
  return len;
}

/* With what follows it behind a point. */
static size_t fraction_at(const uint8_t *p, const uint8_t *end)
{
  return end - p > 1 && (*p == '.' || *p == ',') && is_digit(p[1])
             ? 1 + digits_at(p + 1, end)
             : 0;
}

static int is_clock(const uint8_t *p, const uint8_t *end)
{
  return end - p >= 8 && p[2] == ':' && p[5] == ':' && is_digit(p[3]) &&
         is_digit(p[4]) && is_digit(p[6]) && is_digit(p[7]);
}

/* The length of a number that is of this line only, 0 if it may matter:
 * 03:45:41.123, [1234], *45, and seconds or parts of them since 1970. */
static size_t passing(const uint8_t *begin, const uint8_t *p,
                      const uint8_t *end)
{
  size_t len = digits_at(p, end);

  if (len == 2 && is_clock(p, end)) {
    return 8 + fraction_at(p + 8, end);
  }
  if (p > begin &&
      (p[-1] == '*' || (p[-1] == '[' && p + len < end && p[len] == ']'))) {
    return len;
  }
  return len >= 10 && *p == '1' ? len + fraction_at(p + len, end) : 0;
}

/* JSON lines name the client in several members. */
static size_t client_at(const struct log_span *client, const uint8_t *p,
                        const uint8_t *end)
{
  return client->len > 0 && *p == *client->ptr &&
                 (size_t)(end - p) >= client->len &&
                 memcmp(p, client->ptr, client->len) == 0
             ? client->len
             : 0;
}

static void add_piece(struct essence *e, const struct log_line *line,
                      const struct log_span *piece)
{
  const uint8_t *p = piece->ptr;
  const uint8_t *end = p + piece->len;

  while (p < end && e->len < MESSAGE_BODY) {
    size_t skip = 0;

    if (is_digit(*p) && (p == piece->ptr || !is_digit(p[-1]))) {
      skip = client_at(&line->client, p, end);
      skip = skip > 0 ? skip : passing(piece->ptr, p, end);
    }
    e->copy[e->len++] = skip > 0 ? '0' : *p;
    p += skip > 0 ? skip : 1;
  }
  e->len += (size_t)(end - p);
}

static void essence_of(struct essence *e, const struct log_line *line,
                       unsigned as_server)
{
  e->ptr = line->body.ptr;
  e->len = line->body.len;
  if (!line->is_clean) {
    e->ptr = e->copy;
    e->len = 0;
    add_piece(e, line, &line->body);
    if (line->further.ptr != NULL) {
      add_piece(e, line, &line->further);
    }
  }
  e->hash = e->len <= MESSAGE_BODY ? log_hash(e->ptr, e->len, as_server) : 0;
}

static int is_same(const struct log_message *m, const struct essence *e,
                   unsigned as_server)
{
  return m->hash == e->hash && m->body_len == e->len &&
         m->as_server == as_server && memcmp(m->body, e->ptr, e->len) == 0;
}

/* The place of a message: where it is, a free one, or one that is taken
 * over. */
static struct log_message *place_of(struct log_judge *g,
                                    const struct essence *e, unsigned as_server)
{
  size_t i;

  for (i = 0; i < PROBES; i++) {
    struct log_message *m = &g->messages[(e->hash + i) % MESSAGES];

    if (!m->is_used || is_same(m, e, as_server)) {
      return m;
    }
  }
  g->messages[e->hash % MESSAGES].is_used = 0;
  return &g->messages[e->hash % MESSAGES];
}

static void message_clear(struct log_message *m)
{
  free(m->json);
  memset(m, 0, sizeof *m);
}

static struct log_message *
judge_once(struct log_judge *g, const struct log_line *line, unsigned as_server)
{
  struct log_message *m = &g->other;
  struct essence e;

  essence_of(&e, line, as_server);
  if (e.len <= MESSAGE_BODY) {
    m = place_of(g, &e, as_server);
    if (m->is_used) {
      return m;
    }
  }
  message_clear(m);
  if (e.len <= MESSAGE_BODY) {
    m->is_used = 1;
    m->hash = e.hash;
    m->body_len = (uint32_t)e.len;
    memcpy(m->body, e.ptr, e.len);
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
