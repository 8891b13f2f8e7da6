/* patterns.c: traits and patterns become the verdict on a group. */
#include "patterns.h"

#include "causes.h"
#include "text.h"
#include "traits.h"
#include "versioned.h"

/* ---- the table ---- */

/* Lists of one to ten names become a word of bits. */
#define T(name) (1ull << TRAIT_##name)
#define TEN(a, b, c, d, e, f, g, h, i, j, ...)                                 \
  (T(a) | T(b) | T(c) | T(d) | T(e) | T(f) | T(g) | T(h) | T(i) | T(j))
#define ALL(...)                                                               \
  TEN(__VA_ARGS__, ALWAYS, ALWAYS, ALWAYS, ALWAYS, ALWAYS, ALWAYS, ALWAYS,     \
      ALWAYS, ALWAYS, ALWAYS)
#define NOT(...)                                                               \
  TEN(__VA_ARGS__, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE)
#define BUT(...) NOT(__VA_ARGS__)

/* Causes and parties are those of the header, and OWN. */
enum { TLSDIAG_CAUSE_OWN = PATTERN_OWN, TLSDIAG_PARTY_OWN = PATTERN_OWN };

const struct track_pattern track_patterns[] = {
#define PATTERN(cause, party, confidence, seconds, all, not, but, sentence)    \
  {                                                                            \
      all,                                                                     \
      not,                                                                     \
      but,                                                                     \
      seconds,                                                                 \
      TLSDIAG_CAUSE_##cause,                                                   \
      TLSDIAG_PARTY_##party,                                                   \
      confidence,                                                              \
      {0}},
#include "patterns.inc"
#undef PATTERN
};

const unsigned num_track_patterns =
    sizeof track_patterns / sizeof track_patterns[0];

#pragma GCC diagnostic ignored "-Woverlength-strings" /* all compilers can */
static const char sentences[] =
#define PATTERN(cause, party, confidence, seconds, all, not, but, sentence)    \
  sentence "\0"
#include "patterns.inc"
#undef PATTERN
    ;

const char *track_pattern_sentence(unsigned index)
{
  return index < num_track_patterns ? nth_string(sentences, index) : "";
}

/* ---- the best row ---- */

enum { MAX_CONFIDENCE = 98, LITTLE = 10, OUTDONE = 92 };

struct match {
  unsigned row;
  unsigned confidence;
  unsigned cause;
  unsigned bad;
  unsigned other;
};

/* Of the failures that look the same the surest verdict stands for all. */
static const tlsdiag_attempt *surest(const tlsdiag_track *t, unsigned bad)
{
  const tlsdiag_attempt *best = &t->attempts[bad];
  unsigned i;

  for (i = 0; i < t->num_attempts; i++) {
    const tlsdiag_attempt *a = &t->attempts[i];

    if (attempts_alike(&t->attempts[bad], a) &&
        a->confidence > best->confidence) {
      best = a;
    }
  }
  return best;
}

static unsigned lessened(unsigned confidence, uint64_t against)
{
  for (; against != 0; against &= against - 1) {
    confidence -= confidence / 4;
  }
  return confidence;
}

/* Pattern and connection may say the same, the connection more exactly. */
static int agrees(unsigned cause, const tlsdiag_attempt *own)
{
  return own->cause == cause ||
         (cause == TLSDIAG_CAUSE_SERVER_CERTIFICATE_REJECTED &&
          cause_group(own->cause) == TLSDIAG_CAUSE_GROUP_SERVER_CERTIFICATE);
}

static void weigh(const struct track_pattern *p, const tlsdiag_attempt *own,
                  struct match *m)
{
  unsigned surer =
      own->confidence > p->confidence ? own->confidence : p->confidence;

  m->cause = p->cause;
  m->confidence = p->confidence;
  if (p->cause == PATTERN_OWN) {
    m->cause = own->cause;
    if (own->confidence < p->confidence) {
      m->confidence = (own->confidence + p->confidence) / 2u;
    }
  } else if (agrees(p->cause, own)) {
    m->cause = own->cause;
    m->confidence = surer < MAX_CONFIDENCE
                        ? surer + (MAX_CONFIDENCE - surer) / 3
                        : MAX_CONFIDENCE;
  }
}

/* A verdict that only says how it ended does not argue against a pattern that
 * says why: where it is a little surer, it gives way. */
static unsigned not_outdone(unsigned confidence, const tlsdiag_attempt *own)
{
  if (attempt_is_open(own) && own->confidence >= confidence &&
      own->confidence <= confidence + LITTLE && own->confidence < OUTDONE) {
    return own->confidence + 1u;
  }
  return confidence;
}

static void propose(const tlsdiag_track *t, uint64_t traits,
                    const struct match *candidate, struct match *best)
{
  const struct track_pattern *p = &track_patterns[candidate->row];
  const tlsdiag_attempt *own = surest(t, candidate->bad);
  struct match m = *candidate;

  weigh(p, own, &m);
  m.confidence = lessened(m.confidence, traits & p->but);
  if (m.cause != own->cause) {
    m.confidence = not_outdone(m.confidence, own);
  }
  if (m.cause > TLSDIAG_CAUSE_UNKNOWN &&
      (m.confidence > best->confidence ||
       (m.confidence == best->confidence && m.row < best->row))) {
    *best = m;
  }
}

static void try_pair(const tlsdiag_track *t, unsigned bad, unsigned other,
                     struct match *best)
{
  uint64_t traits = traits_of(t, bad, other);
  uint64_t apart = attempts_apart(&t->attempts[bad], &t->attempts[other]);
  struct match m = {0, 0, 0, bad, other};

  for (; m.row < num_track_patterns; m.row++) {
    const struct track_pattern *p = &track_patterns[m.row];

    if ((traits & p->all) == p->all && (traits & p->none) == 0 &&
        apart <= p->seconds * (uint64_t)1000000) {
      propose(t, traits, &m, best);
    }
  }
}

/* ---- the answer ---- */

static int in_dance(const tlsdiag_attempt *a, const tlsdiag_attempt *last,
                    const tlsdiag_attempt *c)
{
  return attempt_failed(c) && attempts_same_site(a, c) &&
         track_version_rank(c->version_max) >=
             track_version_rank(last->version_max) &&
         c->t_us + TRACK_CLOCK_SKEW_US >= a->t_us &&
         c->t_us <= last->t_us + TRACK_CLOCK_SKEW_US;
}

/* The failures that look like the first are explained by the group; the one
 * that shows it, and those that came of it, only belong to it. */
static void fill_members(const tlsdiag_track *t, const struct match *m,
                         tlsdiag_group *out)
{
  const struct track_pattern *p = &track_patterns[m->row];
  const tlsdiag_attempt *bad = &t->attempts[m->bad];
  const tlsdiag_attempt *other = &t->attempts[m->other];
  uint64_t window = p->seconds * (uint64_t)1000000;
  unsigned i;

  for (i = 0; i < t->num_attempts; i++) {
    const tlsdiag_attempt *c = &t->attempts[i];
    uint32_t bit = 1u << i;

    if (i == m->bad ||
        (attempts_alike(bad, c) && attempts_apart(bad, c) <= window)) {
      out->explained |= bit;
      out->members |= bit;
    }
    if (i == m->other ||
        (p->cause == PATTERN_OWN && !attempts_alike(bad, other) &&
         in_dance(bad, other, c))) {
      out->members |= bit;
    }
  }
}

int tlsdiag_track_classify(const tlsdiag_track *track, tlsdiag_group *out)
{
  struct match best = {PATTERN_NONE, 0, TLSDIAG_CAUSE_NONE, 0, 0};
  tlsdiag_group g;
  unsigned i, j;

  if (track == NULL || track->num_attempts > TLSDIAG_MAX_ATTEMPTS ||
      versioned_size(out) == 0) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  for (i = 0; i < track->num_attempts; i++) {
    for (j = 0; j < track->num_attempts; j++) {
      if (j != i && attempt_counts(&track->attempts[i])) {
        try_pair(track, i, j, &best);
      }
    }
  }
  memset(&g, 0, sizeof g);
  g.pattern = (uint16_t)best.row;
  if (best.row != PATTERN_NONE) {
    g.cause = (uint16_t)best.cause;
    g.confidence = (uint8_t)best.confidence;
    /* A cause that is not the row's has its own party. */
    g.party = best.cause == track_patterns[best.row].cause
                  ? track_patterns[best.row].party
                  : cause_party(best.cause);
    g.first = (uint8_t)best.bad;
    g.last = (uint8_t)best.other;
    fill_members(track, &best, &g);
  }
  versioned_out(out, &g, sizeof g);
  return TLSDIAG_STATUS_OK;
}

size_t tlsdiag_pattern_text(unsigned pattern, char *buf, size_t len)
{
  struct text t;

  text_init(&t, buf, buf != NULL ? len : 0);
  text_str(&t, track_pattern_sentence(pattern));
  return text_end(&t);
}
