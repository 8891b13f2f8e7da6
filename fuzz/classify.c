/* Fuzzes the verdict with facts of every kind, in flows of every size: TCP
 * segments, stream bytes, datagrams, gaps, closes, texts, hints and groups.
 *
 * Input: a byte of options, two of room, then facts: a byte with the kind in
 * its lowest three bits and the time in the others, a byte of length, and that
 * many bytes of content. */
#include "engine/check.h"

enum {
  FACT_CLIENT = 0,
  FACT_SERVER = 1,
  FACT_SEGMENT = 2,
  FACT_CLOSE = 3,
  FACT_GAP = 4,
  FACT_TEXT = 5,
  FACT_HINT = 6,
  FACT_GROUP = 7,
  MAX_ROOM = 4095,
  MAX_HINTS = 4,
  TEXT = 4096
};

struct fact {
  unsigned kind;
  uint64_t t_us;
  const uint8_t *data;
  size_t len;
};

/* A struct from as many bytes as there are; the rest is zero. */
static void fill(void *out, size_t size, const struct fact *fact)
{
  memset(out, 0, size);
  if (fact->len != 0) {
    memcpy(out, fact->data, fact->len < size ? fact->len : size);
  }
}

/* Hints and groups come from the library, so they name causes that exist. */
static uint16_t known_cause(uint16_t cause)
{
  while (tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, cause) == NULL) {
    cause /= 2;
  }
  return cause != TLSDIAG_CAUSE_NONE ? cause : TLSDIAG_CAUSE_UNKNOWN;
}

static void tell_segment(tlsdiag_flow *flow, const struct fact *fact)
{
  tlsdiag_segment segment;

  fill(&segment, sizeof segment, fact);
  segment.size = sizeof segment;
  segment.from &= 1;
  segment.reserved_ = 0;
  segment.reserved2_ = 0;
  segment.t_us = fact->t_us;
  CHECK(tlsdiag_flow_segment(flow, &segment) == TLSDIAG_STATUS_OK);
}

static void tell_text(tlsdiag_flow *flow, const struct fact *fact)
{
  uint8_t *text = exact_copy(fact->data, fact->len);
  tlsdiag_hint hints[MAX_HINTS];
  size_t count = MAX_HINTS, i;

  for (i = 0; i < MAX_HINTS; i++) {
    hints[i].size = sizeof hints[i];
  }
  CHECK(tlsdiag_text_scan(text, fact->len, hints, sizeof hints[0], &count) >=
        0);
  for (i = 0; i < count && i < MAX_HINTS; i++) {
    CHECK(hints[i].offset + (size_t)hints[i].len <= fact->len);
    CHECK(tlsdiag_flow_hint(flow, &hints[i], fact->t_us) ==
          TLSDIAG_STATUS_OK);
  }
  free(text);
}

static void tell_hint(tlsdiag_flow *flow, const struct fact *fact)
{
  tlsdiag_hint hint;
  size_t i;

  fill(&hint, sizeof hint, fact);
  hint.size = sizeof hint;
  for (i = 0; i < sizeof hint.cause / sizeof hint.cause[0]; i++) {
    hint.cause[i] = known_cause(hint.cause[i]);
    hint.weight[i] %= 101;
  }
  (void)tlsdiag_flow_hint(flow, &hint, fact->t_us);
}

static void tell_group(tlsdiag_flow *flow, const struct fact *fact)
{
  tlsdiag_group group;

  fill(&group, sizeof group, fact);
  group.size = sizeof group;
  group.confidence %= 101;
  group.cause = known_cause(group.cause);
  (void)tlsdiag_flow_group(flow, &group, fact->t_us);
}

static void tell_bytes(tlsdiag_flow *flow, const struct fact *fact)
{
  uint8_t *slice = exact_copy(fact->data, fact->len);
  size_t used;

  CHECK(tlsdiag_flow_feed(flow, fact->kind, fact->t_us, slice, fact->len,
                          &used) == TLSDIAG_STATUS_OK);
  CHECK(used == fact->len);
  free(slice);
}

static void tell(tlsdiag_flow *flow, const struct fact *fact)
{
  unsigned first = fact->len != 0 ? fact->data[0] : 0;

  switch (fact->kind) {
  case FACT_SEGMENT:
    tell_segment(flow, fact);
    break;
  case FACT_CLOSE:
    CHECK(tlsdiag_flow_close(flow, first & 1, first / 2 % 5 + 1,
                             fact->t_us) == TLSDIAG_STATUS_OK);
    break;
  case FACT_GAP:
    CHECK(tlsdiag_flow_gap(flow, first & 1, fact->t_us, first / 2) ==
          TLSDIAG_STATUS_OK);
    break;
  case FACT_TEXT:
    tell_text(flow, fact);
    break;
  case FACT_HINT:
    tell_hint(flow, fact);
    break;
  case FACT_GROUP:
    tell_group(flow, fact);
    break;
  default:
    tell_bytes(flow, fact);
    break;
  }
}

static void check_causes(const tlsdiag_flow *flow, const tlsdiag_verdict *v)
{
  unsigned num = tlsdiag_flow_num_observations(flow);
  uint64_t known = num < 64 ? ((uint64_t)1 << num) - 1 : ~(uint64_t)0;
  char text[TEXT], part[48];
  size_t len;
  unsigned i;

  CHECK(num <= TLSDIAG_MAX_OBSERVATIONS);
  CHECK(v->num_causes >= 1 && v->num_causes <= TLSDIAG_MAX_CAUSES);
  CHECK(v->outcome <= TLSDIAG_OUTCOME_NOT_TLS);
  CHECK(v->outcome != TLSDIAG_OUTCOME_FAILED ||
        v->causes[0].id != TLSDIAG_CAUSE_NONE);
  for (i = 0; i < v->num_causes; i++) {
    CHECK(tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, v->causes[i].id) != NULL);
    CHECK(v->causes[i].confidence <= 100);
    CHECK(i == 0 || v->causes[i].confidence <= v->causes[i - 1].confidence);
    CHECK((v->causes[i].evidence & ~known) == 0);
    CHECK((v->causes[i].against & ~known) == 0);
    len = tlsdiag_explain(flow, v, i, text, sizeof text);
    CHECK(len > 0);
    check_text(text, len < sizeof text ? len : sizeof text - 1);
    CHECK(tlsdiag_explain(flow, v, i, part, sizeof part) == len);
    len = len < sizeof part ? len : sizeof part - 1;
    CHECK(memcmp(part, text, len) == 0 && part[len] == '\0');
  }
  (void)tlsdiag_explain(flow, v, TLSDIAG_MAX_CAUSES, text, sizeof text);
}

/* classify is pure, and the attempt says what the verdict says; unless other
 * connections have a say in that: an attempt is on its own. */
static void check_flow(const tlsdiag_flow *flow, int has_group)
{
  tlsdiag_verdict verdict, again;
  tlsdiag_attempt attempt;

  memset(&verdict, 0, sizeof verdict);
  memset(&again, 0, sizeof again);
  verdict.size = again.size = sizeof verdict;
  CHECK(tlsdiag_classify(flow, &verdict) == TLSDIAG_STATUS_OK);
  check_causes(flow, &verdict);
  CHECK(tlsdiag_attempt_from_flow(flow, 7, 9, &attempt) == TLSDIAG_STATUS_OK);
  CHECK(attempt.id == 7 && attempt.server == 9);
  if (!has_group) {
    CHECK(attempt.cause == verdict.causes[0].id);
    CHECK(attempt.outcome == verdict.outcome);
    CHECK(attempt.stage == verdict.stage);
  }
  CHECK(tlsdiag_classify(flow, &again) == TLSDIAG_STATUS_OK);
  CHECK(memcmp(&verdict, &again, sizeof verdict) == 0);
}

static int next_fact(const uint8_t **pos, const uint8_t *end, struct fact *fact)
{
  size_t left = (size_t)(end - *pos);

  if (left < 2) {
    return 0;
  }
  fact->kind = (*pos)[0] & 7u;
  fact->t_us += (uint64_t)((*pos)[0] >> 3) * 100000;
  fact->len = (*pos)[1];
  *pos += 2;
  left -= 2;
  fact->len = fact->len < left ? fact->len : left;
  fact->data = *pos;
  *pos += fact->len;
  return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  const uint8_t *pos = data + 3;
  tlsdiag_flow_options opts;
  tlsdiag_flow *flow;
  struct fact fact;
  size_t mem_len;
  int has_group = 0;

  if (size < 3) {
    return 0;
  }
  mem_len = TLSDIAG_FLOW_MIN + ((((size_t)data[1] << 8) | data[2]) & MAX_ROOM);
  flow = malloc(mem_len);
  CHECK(flow != NULL);
  memset(flow, 0xa5, mem_len);
  memset(&opts, 0, sizeof opts);
  opts.size = sizeof opts;
  opts.flags = data[0] & (TLSDIAG_FLOW_WALL_CLOCK | TLSDIAG_FLOW_DATAGRAM);
  CHECK(tlsdiag_flow_init(flow, mem_len, &opts) == TLSDIAG_STATUS_OK);
  fact.t_us = UINT64_C(1763700000000000);
  while (next_fact(&pos, data + size, &fact)) {
    tell(flow, &fact);
    has_group |= fact.kind == FACT_GROUP;
    if ((data[0] & 0x80) != 0) {
      check_flow(flow, has_group);
    }
  }
  check_flow(flow, has_group);
  free(flow);
  return 0;
}
