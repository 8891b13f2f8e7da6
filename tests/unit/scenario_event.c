/* scenario_event.c: one line of a scenario becomes events: bytes, TCP facts,
 * closes, gaps, hints. */
#include <stdlib.h>
#include <string.h>

#include "scenario.h"

/* Where a line is taken apart. */
struct line {
  struct scenario *s;
  char *error;
  size_t error_len;
  const char *whole;
};

static int complain(const struct line *l, const char *what)
{
  (void)snprintf(l->error, l->error_len, "%.100s in: %.1000s", what, l->whole);
  return -1;
}

static struct event *add(struct scenario *s, enum event_kind kind,
                         unsigned from)
{
  struct event *e = &s->event[s->num_events];

  if (s->num_events == MAX_EVENTS) {
    abort();
  }
  s->num_events++;
  memset(e, 0, sizeof *e);
  e->kind = kind;
  e->from = from;
  e->t_us = s->now;
  return e;
}

/* key=number among the words of a line. */
static unsigned option(const char *words, const char *key, unsigned otherwise)
{
  const char *p = strstr(words, key);

  return p != NULL ? (unsigned)strtoul(p + strlen(key), NULL, 0) : otherwise;
}

static int has_word(const char *words, const char *word)
{
  size_t len = strlen(word);
  const char *p = words;

  while ((p = strstr(p, word)) != NULL) {
    if ((p == words || p[-1] == ' ') && (p[len] == ' ' || p[len] == '\0')) {
      return 1;
    }
    p += len;
  }
  return 0;
}

/* ---- TCP ---- */

static tlsdiag_segment *segment(struct scenario *s, unsigned from,
                                unsigned flags)
{
  struct tcp_side *side = &s->side[from];
  tlsdiag_segment *g = &add(s, EVENT_SEGMENT, from)->segment;

  g->size = sizeof *g;
  g->from = (uint8_t)from;
  g->tcp_flags = (uint8_t)flags;
  g->ttl = side->ttl;
  g->ip_id = side->ip_id++;
  g->window = 64000;
  g->seq = side->sent;
  g->ack = s->side[from ^ 1].sent;
  g->t_us = s->now;
  return g;
}

static void open_tcp(struct scenario *s, uint64_t rtt)
{
  tlsdiag_segment *g = segment(s, 0, TLSDIAG_TCP_SYN);

  g->mss = (uint16_t)s->mss;
  s->now += rtt;
  g = segment(s, 1, TLSDIAG_TCP_SYN | TLSDIAG_TCP_ACK);
  g->mss = (uint16_t)s->mss;
  (void)segment(s, 0, TLSDIAG_TCP_ACK);
}

/* tcp [unopened|midstream] [rtt=US] [mss=N] [ttl=N] */
static int tcp(const struct line *l, const char *words)
{
  struct scenario *s = l->s;

  s->tcp = 1;
  s->mss = option(words, "mss=", 1460);
  s->side[1].ttl = (uint8_t)option(words, "ttl=", 57);
  if (!has_word(words, "unopened") && !has_word(words, "midstream")) {
    open_tcp(s, option(words, "rtt=", 20000));
  }
  return 0;
}

static void feed(struct scenario *s, unsigned from, size_t at, size_t len)
{
  struct event *e = add(s, EVENT_FEED, from);

  e->at = at;
  e->len = len;
}

/* Bytes as one feed, or in segments with TCP facts. */
static void send_bytes(struct scenario *s, unsigned from, size_t at,
                       size_t len, int unacked)
{
  struct tcp_side *side = &s->side[from];
  tlsdiag_segment *g;
  size_t n;

  if (!s->tcp) {
    feed(s, from, at, len);
    return;
  }
  while (len != 0) {
    n = len < s->mss ? len : s->mss;
    g = segment(s, from, TLSDIAG_TCP_ACK | TLSDIAG_TCP_PSH);
    g->payload_len = (uint32_t)n;
    side->last_at = side->sent;
    side->last_len = n;
    side->sent += n;
    feed(s, from, at, n);
    at += n;
    len -= n;
  }
  if (!unacked) {
    (void)segment(s, from ^ 1, TLSDIAG_TCP_ACK);
  }
}

/* client again [N bytes]: its last segment once more */
static int again(const struct line *l, unsigned from, const char *words)
{
  struct scenario *s = l->s;
  struct tcp_side *side = &s->side[from];
  tlsdiag_segment *g = segment(s, from, TLSDIAG_TCP_ACK | TLSDIAG_TCP_PSH);
  unsigned len = option(words, "size=", (unsigned)side->last_len);

  g->payload_len = len;
  g->seq = side->sent >= len ? side->sent - len : 0;
  g->flags = TLSDIAG_SEGMENT_RETRANSMITTED;
  g->ack = 0; /* it says nothing new */
  return 0;
}

/* client lost N [unacked]: bytes that do not arrive where we look, nor, where
 * they are not acknowledged, at the other side */
static int lost(const struct line *l, unsigned from, const char *words)
{
  struct scenario *s = l->s;
  unsigned len = option(words, "lost ", 0);

  if (len == 0) {
    return complain(l, "how many bytes?");
  }
  s->as_fed = 1;
  add(s, EVENT_GAP, from)->len = len;
  if (!has_word(words, "unacked")) {
    s->side[from].sent += len;
  }
  return 0;
}

static void close_side(struct scenario *s, unsigned from, unsigned how)
{
  add(s, EVENT_CLOSE, from)->how = how;
}

static int fin(struct scenario *s, unsigned from, const char *words)
{
  if (s->tcp) {
    (void)segment(s, from, TLSDIAG_TCP_FIN | TLSDIAG_TCP_ACK);
    close_side(s, from, TLSDIAG_CLOSE_FIN);
    if (!has_word(words, "unacked")) {
      s->side[from].sent++;
      (void)segment(s, from ^ 1, TLSDIAG_TCP_ACK);
    }
    return 0;
  }
  close_side(s, from, TLSDIAG_CLOSE_FIN);
  return 0;
}

/* server rst [ttl=N] [id=N] [odd] */
static int rst(struct scenario *s, unsigned from, const char *words)
{
  tlsdiag_segment *g;

  if (s->tcp) {
    g = segment(s, from, TLSDIAG_TCP_RST);
    g->ttl = (uint8_t)option(words, "ttl=", g->ttl);
    g->ip_id = (uint16_t)option(words, "id=", g->ip_id);
    if (has_word(words, "odd")) {
      g->flags |= TLSDIAG_SEGMENT_OUT_OF_WINDOW;
    }
    if (has_word(words, "refuse")) {
      return 0; /* the answer to a SYN: no direction was open */
    }
  }
  close_side(s, from, TLSDIAG_CLOSE_RST);
  return 0;
}

static int syn(struct scenario *s, unsigned from)
{
  segment(s, from, TLSDIAG_TCP_SYN | (from != 0 ? TLSDIAG_TCP_ACK : 0u))->mss =
    (uint16_t)s->mss;
  return 0;
}

/* ---- bytes ---- */

/* Words in brackets stand in front of the items:
 *   [unacked]  with TCP facts: nobody acknowledges them
 *   [cut=N]    only the first N bytes are sent
 *   [skip=N]   the first N bytes are not */
static int bytes(const struct line *l, unsigned from, const char *words)
{
  struct scenario *s = l->s;
  char options[200] = "";
  const char *bad = NULL;
  size_t len, skip, n;

  if (*words == '[') {
    n = strcspn(words, "]");
    (void)snprintf(options, sizeof options, "%.*s", (int)(n < 190 ? n : 190),
                   words + 1);
    words += n + (words[n] == ']');
    if (options[0] != '\0' && n <= sizeof options) {
      options[n - 1] = '\0';
    }
  }
  if (spell_write(&s->spell, words,
                 (s->flags & TLSDIAG_FLOW_DATAGRAM) != 0, &bad) != 0) {
    return complain(l, bad);
  }
  skip = option(options, "skip=", 0);
  len = option(options, "cut=", (unsigned)s->spell.len);
  if (len > s->spell.len || skip > len ||
      s->num_bytes + len > sizeof s->bytes) {
    return complain(l, "too long, or too short to cut");
  }
  memcpy(s->bytes + s->num_bytes, s->spell.bytes + skip, len - skip);
  send_bytes(s, from, s->num_bytes, len - skip, has_word(options, "unacked"));
  s->num_bytes += len - skip;
  return 0;
}

/* client ..., server ... */
static int of_side(const struct line *l, unsigned from, const char *words)
{
  struct scenario *s = l->s;
  size_t n = strcspn(words, " ");

#define FIRST(word) (n == sizeof(word) - 1 && memcmp(words, word, n) == 0)
  if (FIRST("fin")) {
    return fin(s, from, words);
  }
  if (FIRST("rst")) {
    return rst(s, from, words);
  }
  if (FIRST("syn")) {
    return syn(s, from);
  }
  if (FIRST("again")) {
    return again(l, from, words);
  }
  if (FIRST("lost")) {
    return lost(l, from, words);
  }
  if (FIRST("silent")) {
    close_side(s, from, TLSDIAG_CLOSE_TIMEOUT);
    return 0;
  }
  if (FIRST("leaves")) {
    close_side(s, from, TLSDIAG_CLOSE_LOCAL);
    return 0;
  }
#undef FIRST
  return bytes(l, from, words);
}

/* ---- hints, groups, policy ---- */

static int cause_of(const char *name, size_t len, uint16_t *out)
{
  uint32_t value;

  if (tlsdiag_name_lookup(TLSDIAG_REGISTRY_CAUSE, name, len, &value) != 0) {
    return -1;
  }
  *out = (uint16_t)value;
  return 0;
}

static uint8_t nature_of(const char *words)
{
  return has_word(words, "detected")    ? TLSDIAG_NATURE_DETECTED
         : has_word(words, "received")  ? TLSDIAG_NATURE_RECEIVED
         : has_word(words, "sent")      ? TLSDIAG_NATURE_SENT
         : has_word(words, "secondary") ? TLSDIAG_NATURE_SECONDARY
                                        : TLSDIAG_NATURE_STATE;
}

/* hint client|server|someone detected|received|sent|secondary|state
 *      [alert=N] [stage=N] [stack=N] [NAME:WEIGHT ...] */
static int hint(const struct line *l, const char *words)
{
  tlsdiag_hint *h = &add(l->s, EVENT_HINT, 0)->hint;
  const char *p = words;
  const char *colon;
  size_t n;

  h->size = sizeof *h;
  h->side = has_word(words, "client")   ? TLSDIAG_PARTY_CLIENT
            : has_word(words, "server") ? TLSDIAG_PARTY_SERVER
                                        : TLSDIAG_PARTY_UNKNOWN;
  h->nature = nature_of(words);
  h->alert = (uint16_t)option(words, "alert=", 0xffff);
  h->stage = (uint8_t)option(words, "stage=", 0);
  h->stack = (uint16_t)option(words, "stack=", 0);
  while (*p != '\0') {
    n = strcspn(p, " ");
    colon = memchr(p, ':', n);
    if (colon != NULL && h->num_causes < 4) {
      if (cause_of(p, (size_t)(colon - p), &h->cause[h->num_causes]) != 0) {
        return complain(l, "no such cause");
      }
      h->weight[h->num_causes++] = (uint8_t)atoi(colon + 1);
    }
    p += n;
    p += strspn(p, " ");
  }
  return 0;
}

/* group NAME CONFIDENCE */
static int group(const struct line *l, const char *words)
{
  tlsdiag_group *g = &add(l->s, EVENT_GROUP, 0)->group;
  size_t n = strcspn(words, " ");

  g->size = sizeof *g;
  if (cause_of(words, n, &g->cause) != 0) {
    return complain(l, "no such cause");
  }
  g->confidence = (uint8_t)atoi(words + n);
  return 0;
}

static uint16_t hex_list(const char *words, const char *key, uint16_t *list)
{
  const char *p = strstr(words, key);
  uint16_t num = 0;
  char *end;

  if (p == NULL) {
    return 0;
  }
  p += strlen(key);
  while (num < 32) {
    list[num++] = (uint16_t)strtoul(p, &end, 16);
    if (*end != '.') {
      break;
    }
    p = end + 1;
  }
  return num;
}

/* policy [min=HEX] [max=HEX] [suites=...] [groups=...] [sigalgs=...]
 *        [flags=N]: what the server accepts */
static int policy(const struct line *l, const char *words)
{
  struct scenario *s = l->s;
  tlsdiag_policy *p = &s->policy;
  uint16_t limit[32];

  s->has_policy = 1;
  p->size = sizeof *p;
  p->flags = option(words, "flags=", 0);
  p->version_min = hex_list(words, "min=", limit) != 0 ? limit[0] : 0;
  p->version_max = hex_list(words, "max=", limit) != 0 ? limit[0] : 0;
  p->num_cipher_suites = hex_list(words, "suites=", s->policy_lists[0]);
  p->num_groups = hex_list(words, "groups=", s->policy_lists[1]);
  p->num_signature_algorithms =
    hex_list(words, "sigalgs=", s->policy_lists[2]);
  return 0;
}

/* ---- the line ---- */

/* +250ms, +3s, +40us in front of a line; a tick otherwise. */
static const char *clock_word(struct scenario *s, const char *p)
{
  char *end;
  unsigned long n;

  if (*p != '+') {
    s->now += s->tcp ? 20000 : 1000;
    return p;
  }
  n = strtoul(p + 1, &end, 10);
  s->now += strncmp(end, "ms", 2) == 0   ? n * 1000u
            : strncmp(end, "us", 2) == 0 ? n
                                         : n * 1000000u;
  p = end + strcspn(end, " ");
  return p + strspn(p, " ");
}

static int setting(const struct line *l, const char *p)
{
  struct scenario *s = l->s;

  if (strcmp(p, "datagrams") == 0) {
    s->flags |= TLSDIAG_FLOW_DATAGRAM;
    return 0;
  }
  if (strncmp(p, "clock ", 6) == 0) { /* seconds since 1970 */
    s->flags |= TLSDIAG_FLOW_WALL_CLOCK;
    s->now = strtoull(p + 6, NULL, 10) * 1000000u;
    return 0;
  }
  if (strcmp(p, "as fed") == 0) {
    s->as_fed = 1;
    return 0;
  }
  return complain(l, "not understood");
}

int scenario_event(struct scenario *s, const char *text, char *error,
                   size_t error_len)
{
  const struct line l = {s, error, error_len, text};
  const char *p = clock_word(s, text + strspn(text, " "));

  if (strncmp(p, "client ", 7) == 0 || strncmp(p, "server ", 7) == 0) {
    return of_side(&l, *p == 's', p + 7);
  }
  if (strncmp(p, "tcp", 3) == 0) {
    return tcp(&l, p + 3);
  }
  if (strncmp(p, "hint ", 5) == 0) {
    return hint(&l, p + 5);
  }
  if (strncmp(p, "group ", 6) == 0) {
    return group(&l, p + 6);
  }
  if (strncmp(p, "policy", 6) == 0) {
    return policy(&l, p + 6);
  }
  if (strcmp(p, "end") == 0) {
    close_side(s, 0, TLSDIAG_CLOSE_END_OF_CAPTURE);
    return 0;
  }
  return setting(&l, p);
}
