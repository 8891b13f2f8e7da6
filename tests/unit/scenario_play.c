/* scenario_play.c: runs a scenario and judges what came out. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "rules_seen.h"
#include "scenario.h"

/* ---- play ---- */

/* Feeds one slice from a heap block of its exact size. */
static void feed_slice(tlsdiag_flow *flow, const struct event *e,
                       const uint8_t *bytes, size_t len)
{
  uint8_t *copy = malloc(len + !len);
  size_t done = 0;
  size_t used;
  int rc;

  memcpy(copy, bytes, len);
  do {
    used = 0;
    rc = tlsdiag_flow_feed(flow, e->from, e->t_us, copy + done, len - done,
                           &used);
    done += used;
  } while (rc == TLSDIAG_STATUS_MESSAGE && done < len);
  free(copy);
}

static void feed(tlsdiag_flow *flow, const struct scenario *s, size_t index,
                 const struct cut *cut)
{
  const struct event *e = &s->event[index];
  const uint8_t *p = s->bytes + e->at;
  size_t i;

  if (cut->bytewise && (s->flags & TLSDIAG_FLOW_DATAGRAM) == 0) {
    for (i = 0; i < e->len; i++) {
      feed_slice(flow, e, p + i, 1);
    }
    return;
  }
  if (cut->split_at != 0 && cut->split_event == index) {
    feed_slice(flow, e, p, cut->split_at);
    feed_slice(flow, e, p + cut->split_at, e->len - cut->split_at);
    return;
  }
  feed_slice(flow, e, p, e->len);
}

static void one_event(tlsdiag_flow *flow, const struct scenario *s,
                      size_t index, const struct cut *cut)
{
  const struct event *e = &s->event[index];

  switch (e->kind) {
  case EVENT_FEED:
    feed(flow, s, index, cut);
    break;
  case EVENT_SEGMENT:
    (void)tlsdiag_flow_segment(flow, &e->segment);
    break;
  case EVENT_GAP:
    (void)tlsdiag_flow_gap(flow, e->from, e->t_us, e->len);
    break;
  case EVENT_CLOSE:
    (void)tlsdiag_flow_close(flow, e->from, e->how, e->t_us);
    break;
  case EVENT_HINT:
    (void)tlsdiag_flow_hint(flow, &e->hint, e->t_us);
    break;
  case EVENT_GROUP:
    (void)tlsdiag_flow_group(flow, &e->group, e->t_us);
    break;
  default:
    break;
  }
}

static void take_down(const tlsdiag_flow *flow, struct played *out)
{
  size_t i;

  memset(out, 0, sizeof *out);
  out->verdict.size = sizeof out->verdict;
  (void)tlsdiag_classify(flow, &out->verdict);
  out->num = tlsdiag_flow_num_observations(flow);
  for (i = 0; i < out->num; i++) {
    out->list[i].size = sizeof out->list[i];
    (void)tlsdiag_flow_observation(flow, (unsigned)i, &out->list[i]);
  }
}

void scenario_play(const struct scenario *s, const struct cut *cut,
                   struct played *out)
{
  size_t len = tlsdiag_flow_size(cut->room);
  tlsdiag_flow *flow = malloc(len);
  tlsdiag_policy policy = s->policy;
  tlsdiag_flow_options o;
  size_t i;

  memset(flow, 0xa5, len);
  memset(&o, 0, sizeof o);
  o.size = sizeof o;
  o.flags = s->flags;
  if (cut->stop_at_messages) {
    o.flags |= TLSDIAG_FLOW_STOP_AT_MESSAGE;
  }
  policy.cipher_suites = s->policy_lists[0];
  policy.groups = s->policy_lists[1];
  policy.signature_algorithms = s->policy_lists[2];
  o.server_policy = s->has_policy ? &policy : NULL;
  (void)tlsdiag_flow_init(flow, len, &o);
  for (i = 0; i < s->num_events; i++) {
    one_event(flow, s, i, cut);
  }
  take_down(flow, out);
  if (cut->split_at == 0 && !cut->bytewise && cut->room == ROOM_LARGE) {
    rules_seen(flow, &out->verdict);
  }
  free(flow);
}

/* ---- judge ---- */

static char words[8192];
static size_t words_len;

static void print(const char *format, ...)
{
  va_list args;
  int n;

  va_start(args, format);
  n = vsnprintf(words + words_len, sizeof words - words_len, format, args);
  va_end(args);
  if (n > 0 && (size_t)n < sizeof words - words_len) {
    words_len += (size_t)n;
  }
}

static const char *name(uint32_t registry, uint32_t value)
{
  const char *found = tlsdiag_name(registry, value);

  return found != NULL ? found : "?";
}

static void write_verdict(const tlsdiag_verdict *v)
{
  unsigned i;

  print("%s %s %u %s %s", name(TLSDIAG_REGISTRY_OUTCOME, v->outcome),
        name(TLSDIAG_REGISTRY_CAUSE, v->causes[0].id), v->causes[0].confidence,
        name(TLSDIAG_REGISTRY_PARTY, v->causes[0].party),
        name(TLSDIAG_REGISTRY_STAGE, v->stage));
  if (v->noise) {
    print("; noise");
  }
  if (v->version != 0) {
    print("; version %04x", v->version);
  }
  if (v->has_alert) {
    print("; alert %s %u %u flags %x",
          name(TLSDIAG_REGISTRY_FROM, v->alert_from), v->alert_level,
          v->alert_code, v->alert_flags);
  }
  if (v->end_how != 0) {
    print("; end %s %s", name(TLSDIAG_REGISTRY_FROM, v->end_by),
          name(TLSDIAG_REGISTRY_CLOSE, v->end_how));
  }
  for (i = 1; i < v->num_causes; i++) {
    print("%s %s:%u", i == 1 ? "; also" : "",
          name(TLSDIAG_REGISTRY_CAUSE, v->causes[i].id),
          v->causes[i].confidence);
  }
}

const char *scenario_describe(const struct played *p)
{
  const tlsdiag_observation *o;
  size_t i;

  words_len = 0;
  write_verdict(&p->verdict);
  for (i = 0; i < p->num; i++) {
    o = &p->list[i];
    print("\n%s %s @%llu a=0x%x b=0x%x", name(TLSDIAG_REGISTRY_OBS, o->kind),
          name(TLSDIAG_REGISTRY_FROM, o->from), (unsigned long long)o->offset,
          o->a, o->b);
  }
  return words;
}

static int proposes(const tlsdiag_verdict *v, int cause)
{
  unsigned i;

  for (i = 0; i < v->num_causes; i++) {
    if (v->causes[i].id == cause) {
      return 1;
    }
  }
  return 0;
}

static const char *judge_end(const struct expected *e,
                             const tlsdiag_verdict *v)
{
  int plain = v->alert_from << 16 | v->alert_level << 8 | v->alert_code;
  int hidden = (v->alert_flags & TLSDIAG_ALERT_FLAG_ENCRYPTED) != 0;

  if (e->alert == -2 && v->has_alert) {
    return "there is an alert";
  }
  if (e->alert >= 0 &&
      (!v->has_alert || hidden != e->hidden_alert ||
       (hidden ? v->alert_from << 16 : plain) != e->alert)) {
    return "another alert";
  }
  if (e->end >= 0 && (v->end_by << 8 | v->end_how) != e->end) {
    return "another end";
  }
  return NULL;
}

static const char *judge_verdict(const struct expected *e,
                                 const tlsdiag_verdict *v)
{
  int i;

  if (e->outcome != v->outcome) {
    return "another outcome";
  }
  if (e->cause != v->causes[0].id) {
    return "another cause";
  }
  if (e->low >= 0 &&
      (v->causes[0].confidence < e->low || v->causes[0].confidence > e->high)) {
    return "another confidence";
  }
  if (e->party >= 0 && e->party != v->causes[0].party) {
    return "another party";
  }
  if (e->stage >= 0 && e->stage != v->stage) {
    return "another stage";
  }
  if (e->noise >= 0 && e->noise != v->noise) {
    return "noise or not";
  }
  if (e->version >= 0 && e->version != v->version) {
    return "another version";
  }
  for (i = 0; i < e->num_also; i++) {
    if (!proposes(v, e->also[i])) {
      return "an alternative is missing";
    }
  }
  for (i = 0; i < e->num_never; i++) {
    if (proposes(v, e->never[i])) {
      return "a cause that may not be there";
    }
  }
  return judge_end(e, v);
}

static const char *judge_list(const struct scenario *s,
                              const struct played *p)
{
  const struct listed *l;
  const tlsdiag_observation *o;
  size_t i;

  for (i = 0; i < s->num_listed && i < p->num; i++) {
    l = &s->listed[i];
    o = &p->list[i];
    if (l->kind != o->kind || l->from != o->from || l->offset != o->offset ||
        (l->has_a && l->a != o->a) || (l->has_b && l->b != o->b)) {
      return "another observation";
    }
  }
  return s->num_listed != p->num ? "more or fewer observations" : NULL;
}

static const char *judge_sanity(const tlsdiag_verdict *v)
{
  unsigned i, k;

  if (v->num_causes < 1 || v->num_causes > TLSDIAG_MAX_CAUSES) {
    return "number of causes";
  }
  for (i = 0; i < v->num_causes; i++) {
    if (v->causes[i].confidence > 100 ||
        (i > 0 && v->causes[i].confidence > v->causes[i - 1].confidence)) {
      return "causes are not ranked";
    }
    for (k = 0; k < i; k++) {
      if (v->causes[k].id == v->causes[i].id) {
        return "a cause twice";
      }
    }
  }
  return NULL;
}

const char *scenario_judge(const struct scenario *s, const struct played *p)
{
  const char *why = judge_sanity(&p->verdict);

  if (why == NULL && s->expected.given) {
    why = judge_verdict(&s->expected, &p->verdict);
  }
  if (why == NULL && s->has_list) {
    why = judge_list(s, p);
  }
  return why;
}

const char *scenario_judge_cramped(const struct scenario *s,
                                   const struct played *whole,
                                   const struct played *cramped)
{
  const tlsdiag_verdict *v = &cramped->verdict;
  const char *why = judge_sanity(v);
  int i;

  if (why != NULL) {
    return why;
  }
  if (v->outcome != whole->verdict.outcome) {
    return "too little room changes the outcome";
  }
  for (i = 0; i < s->expected.num_cramped; i++) {
    if (s->expected.cramped[i] == v->causes[0].id) {
      return NULL;
    }
  }
  return proposes(&whole->verdict, v->causes[0].id)
           ? NULL
           : "too little room finds a cause that is none";
}

const char *scenario_compare(const struct played *a, const struct played *b)
{
  if (memcmp(&a->verdict, &b->verdict, sizeof a->verdict) != 0) {
    return "another verdict";
  }
  if (a->num != b->num ||
      memcmp(a->list, b->list, a->num * sizeof a->list[0]) != 0) {
    return "other observations";
  }
  return NULL;
}
