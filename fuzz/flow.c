/* Fuzzes a flow with streams, gaps, closes and hints, cut in different ways:
 * the verdict and the observations must not depend on the cuts, nor on what
 * the memory held before.
 *
 * Input: a byte of options, then events.  An event begins with a byte: its
 * lowest two bits are the kind, the others the time since the event before.
 *   0, 1  bytes of the client, of the server: length (2 bytes), bytes
 *   2     a close: (how * 2 + from)
 *   3     a gap: from in the lowest bit, the rest missing bytes */
#include "engine/check.h"

enum {
  EVENT_CLOSE = 2,
  EVENT_GAP = 3,
  ROOM = 1 << 15, /* more than an input: no message must go unread */
  OPTION_WALL_CLOCK = 1,
  OPTION_POLICY = 2,
  TEXT = 4096
};

struct event {
  unsigned kind;
  unsigned argument; /* of close and gap */
  uint64_t t_us;
  const uint8_t *data;
  size_t len;
};

struct script {
  const uint8_t *pos;
  const uint8_t *end;
  uint64_t t_us;
};

/* How a run hands over the bytes of an event. */
enum cut { CUT_NONE, CUT_BYTES, CUT_RANDOM, CUT_MESSAGES };

static int next_event(struct script *s, struct event *e)
{
  size_t left = (size_t)(s->end - s->pos);

  if (left < 2) {
    return 0;
  }
  e->kind = *s->pos & 3u;
  s->t_us += (uint64_t)(*s->pos >> 2) * 50000;
  e->t_us = s->t_us;
  e->argument = s->pos[1];
  e->data = NULL;
  e->len = 0;
  if (e->kind >= EVENT_CLOSE) {
    s->pos += 2;
    return 1;
  }
  if (left < 3) {
    return 0;
  }
  e->len = ((size_t)s->pos[1] << 8) | s->pos[2];
  s->pos += 3;
  left -= 3;
  e->len = e->len < left ? e->len : left;
  e->data = s->pos;
  s->pos += e->len;
  return 1;
}

/* One slice in memory of exactly its size. */
static void feed_slice(tlsdiag_flow *flow, const struct event *e,
                       const uint8_t *data, size_t len)
{
  uint8_t *slice = exact_copy(data, len);
  size_t used = 0;

  CHECK(tlsdiag_flow_feed(flow, e->kind, e->t_us, slice, len, &used) ==
        TLSDIAG_STATUS_OK);
  CHECK(used == len);
  free(slice);
}

/* The same with STOP_AT_MESSAGE: each message lies in the slice or the flow. */
static void feed_messages(tlsdiag_flow *flow, const struct event *e)
{
  uint8_t *slice = exact_copy(e->data, e->len);
  const uint8_t *room = (const uint8_t *)flow;
  tlsdiag_bytes msg;
  size_t at = 0, used;
  unsigned from, format;
  int status;

  do {
    used = 0;
    status = tlsdiag_flow_feed(flow, e->kind, e->t_us, slice + at, e->len - at,
                               &used);
    CHECK(used <= e->len - at);
    at += used;
    if (status == TLSDIAG_STATUS_MESSAGE) {
      CHECK(tlsdiag_flow_message(flow, &from, &format, &msg) ==
            TLSDIAG_STATUS_OK);
      CHECK(from == e->kind && msg.len > 0);
      CHECK((msg.ptr >= slice && msg.ptr + msg.len <= slice + e->len) ||
            (msg.ptr >= room &&
             msg.ptr + msg.len <= room + tlsdiag_flow_size(ROOM)));
    }
  } while (status == TLSDIAG_STATUS_MESSAGE);
  CHECK(status == TLSDIAG_STATUS_OK && at == e->len);
  free(slice);
}

static void feed(tlsdiag_flow *flow, const struct event *e, enum cut cut,
                 uint32_t *random)
{
  size_t at, n;

  if (cut == CUT_MESSAGES && e->len != 0) {
    feed_messages(flow, e);
    return;
  }
  for (at = 0; at < e->len; at += n) {
    n = e->len - at;
    if (cut == CUT_BYTES) {
      n = 1;
    } else if (cut == CUT_RANDOM) {
      size_t some = 1 + next_random(random) % 700;

      n = some < n ? some : n;
    }
    feed_slice(flow, e, e->data + at, n);
  }
}

static void begin(tlsdiag_flow *flow, unsigned options, enum cut cut)
{
  static const uint16_t suites[] = {0x1301, 0xc02f};
  static tlsdiag_policy policy;
  tlsdiag_flow_options opts;

  memset(&policy, 0, sizeof policy);
  policy.size = sizeof policy;
  policy.version_min = 0x0303;
  policy.version_max = 0x0304;
  policy.cipher_suites = suites;
  policy.num_cipher_suites = 2;
  memset(&opts, 0, sizeof opts);
  opts.size = sizeof opts;
  opts.flags = options & OPTION_WALL_CLOCK ? TLSDIAG_FLOW_WALL_CLOCK : 0;
  opts.flags |= cut == CUT_MESSAGES ? TLSDIAG_FLOW_STOP_AT_MESSAGE : 0;
  opts.server_policy = options & OPTION_POLICY ? &policy : NULL;
  CHECK(tlsdiag_flow_init(flow, tlsdiag_flow_size(ROOM), &opts) ==
        TLSDIAG_STATUS_OK);
}

static tlsdiag_flow *run(const uint8_t *data, size_t size, enum cut cut,
                         tlsdiag_verdict *verdict)
{
  tlsdiag_flow *flow = malloc(tlsdiag_flow_size(ROOM));
  struct script s;
  struct event e;
  uint32_t random = (uint32_t)size;
  enum cut how[2];

  CHECK(flow != NULL);
  memset(flow, 0x5a + (int)cut, tlsdiag_flow_size(ROOM));
  begin(flow, data[0], cut);
  s.pos = data + 1;
  s.end = data + size;
  how[0] = how[1] = cut;
  s.t_us = data[0] & OPTION_WALL_CLOCK ? UINT64_C(1763700000000000) : 0;
  while (next_event(&s, &e)) {
    if (e.kind == EVENT_CLOSE) {
      CHECK(tlsdiag_flow_close(flow, e.argument & 1, e.argument / 2 % 5 + 1,
                               e.t_us) == TLSDIAG_STATUS_OK);
    } else if (e.kind == EVENT_GAP) {
      CHECK(tlsdiag_flow_gap(flow, e.argument & 1, e.t_us, e.argument / 2) ==
            TLSDIAG_STATUS_OK);
      /* Behind a hole a slice that starts like a record is taken for one:
       * there the cuts mean something. */
      if (cut != CUT_MESSAGES) {
        how[e.argument & 1] = CUT_NONE;
      }
    } else {
      feed(flow, &e, how[e.kind], &random);
    }
  }
  memset(verdict, 0, sizeof *verdict);
  verdict->size = sizeof *verdict;
  CHECK(tlsdiag_classify(flow, verdict) == TLSDIAG_STATUS_OK);
  return flow;
}

static void check_verdict(const tlsdiag_flow *flow, const tlsdiag_verdict *v)
{
  unsigned num = tlsdiag_flow_num_observations(flow);
  uint64_t known = num < 64 ? ((uint64_t)1 << num) - 1 : ~(uint64_t)0;
  char text[TEXT], part[32];
  size_t len, short_len;
  unsigned i;

  CHECK(num <= TLSDIAG_MAX_OBSERVATIONS);
  CHECK(v->num_causes >= 1 && v->num_causes <= TLSDIAG_MAX_CAUSES);
  for (i = 0; i < v->num_causes; i++) {
    const tlsdiag_cause *c = &v->causes[i];

    CHECK(tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, c->id) != NULL);
    CHECK(c->confidence <= 100 && c->party <= TLSDIAG_PARTY_UNKNOWN);
    CHECK(i == 0 || c->confidence <= v->causes[i - 1].confidence);
    CHECK((c->evidence & ~known) == 0 && (c->against & ~known) == 0);
    len = tlsdiag_explain(flow, v, i, text, sizeof text);
    CHECK(len > 0);
    check_text(text, len < sizeof text ? len : sizeof text - 1);
    short_len = tlsdiag_explain(flow, v, i, part, sizeof part);
    CHECK(short_len == len);
    check_text(part, len < sizeof part ? len : sizeof part - 1);
    CHECK(tlsdiag_explain(flow, v, i, NULL, 0) == len);
    len = tlsdiag_rule_text(c->rule, text, sizeof text);
    check_text(text, len < sizeof text ? len : sizeof text - 1);
  }
}

/* For whoever reads a failed run. */
static void print_flow(const char *what, const tlsdiag_flow *flow,
                       const tlsdiag_verdict *v)
{
  unsigned num = tlsdiag_flow_num_observations(flow);
  tlsdiag_observation seen;
  char text[TEXT];
  unsigned i;

  for (i = 0; i < num; i++) {
    seen.size = sizeof seen;
    (void)tlsdiag_flow_observation(flow, i, &seen);
    (void)tlsdiag_observation_text(&seen, text, sizeof text);
    fprintf(stderr, "%s: %s from %u at %lu+%lu us, stage %u: %s\n", what,
            tlsdiag_name(TLSDIAG_REGISTRY_OBS, seen.kind), seen.from,
            (unsigned long)seen.offset, (unsigned long)seen.t_us, seen.stage,
            text);
  }
  for (i = 0; i < v->num_causes; i++) {
    fprintf(stderr, "%s: %u%% %s, rule %u\n", what, v->causes[i].confidence,
            tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, v->causes[i].id),
            v->causes[i].rule);
  }
}

static int is_vague(uint32_t protocol)
{
  return protocol == TLSDIAG_PROTOCOL_UNKNOWN ||
         protocol == TLSDIAG_PROTOCOL_TEXT ||
         protocol == TLSDIAG_PROTOCOL_BINARY ||
         protocol == TLSDIAG_PROTOCOL_ZEROS;
}

/* Says what was at hand when it was certain that this is not TLS. */
static void forgive_first_bytes(const tlsdiag_observation *x,
                                tlsdiag_observation *y)
{
  if (x->kind == TLSDIAG_OBS_FIRST_BYTES) {
    y->b = x->b;
    y->a = is_vague(x->a) && is_vague(y->a) ? x->a : y->a;
  }
}

/* A message that claims more than the room holds takes it all; what then comes
 * in pieces from the other side goes unread, and what comes whole does not. */
static int room_is_short(const tlsdiag_flow *flow)
{
  unsigned num = tlsdiag_flow_num_observations(flow);
  tlsdiag_observation seen;
  unsigned i;

  for (i = 0; i < num; i++) {
    seen.size = sizeof seen;
    (void)tlsdiag_flow_observation(flow, i, &seen);
    if ((seen.kind == TLSDIAG_OBS_CLIENT_HELLO &&
         (seen.a & TLSDIAG_HELLO_PARTIAL) != 0) ||
        (seen.kind == TLSDIAG_OBS_SERVER_HELLO && seen.a == 0) ||
        (seen.kind == TLSDIAG_OBS_CERTIFICATE &&
         (seen.a & TLSDIAG_CERT_NOT_READ) != 0)) {
      return 1;
    }
  }
  return 0;
}

static int same_observations(const tlsdiag_flow *a, const tlsdiag_flow *b)
{
  unsigned num = tlsdiag_flow_num_observations(a);
  tlsdiag_observation x, y;
  unsigned i;

  if (tlsdiag_flow_num_observations(b) != num) {
    return 0;
  }
  for (i = 0; i < num; i++) {
    memset(&x, 0, sizeof x);
    memset(&y, 0, sizeof y);
    x.size = y.size = sizeof x;
    CHECK(tlsdiag_flow_observation(a, i, &x) == TLSDIAG_STATUS_OK);
    CHECK(tlsdiag_flow_observation(b, i, &y) == TLSDIAG_STATUS_OK);
    forgive_first_bytes(&x, &y);
    if (memcmp(&x, &y, sizeof x) != 0) {
      return 0;
    }
  }
  return 1;
}

static void check_observations(const tlsdiag_flow *flow)
{
  unsigned num = tlsdiag_flow_num_observations(flow);
  tlsdiag_observation seen;
  char text[TEXT];
  unsigned i;
  size_t len;

  for (i = 0; i < num; i++) {
    seen.size = sizeof seen;
    CHECK(tlsdiag_flow_observation(flow, i, &seen) == TLSDIAG_STATUS_OK);
    len = tlsdiag_observation_text(&seen, text, sizeof text);
    CHECK(len > 0);
    check_text(text, len < sizeof text ? len : sizeof text - 1);
  }
  seen.size = sizeof seen;
  CHECK(tlsdiag_flow_observation(flow, num, &seen) == TLSDIAG_STATUS_END);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const enum cut cuts[] = {CUT_BYTES, CUT_RANDOM, CUT_MESSAGES};
  static const char *const names[] = {"bytes", "random", "messages"};
  tlsdiag_verdict whole, cut;
  tlsdiag_flow *a, *b;
  size_t i;

  if (size < 1 || size > ROOM / 2) {
    return 0;
  }
  a = run(data, size, CUT_NONE, &whole);
  check_observations(a);
  check_verdict(a, &whole);
  for (i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
    b = run(data, size, cuts[i], &cut);
    if (!room_is_short(a) && !room_is_short(b) &&
        (!same_observations(a, b) ||
         memcmp(&whole, &cut, sizeof whole) != 0)) {
      print_flow("whole", a, &whole);
      print_flow(names[i], b, &cut);
      CHECK(!"the cuts make no difference");
    }
    free(b);
  }
  free(a);
  return 0;
}
