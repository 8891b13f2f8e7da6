/* traits.c: what two attempts tell side by side, and the rest of the track. */
#include "traits.h"

#include <stddef.h>

/* Failures before it, this far back, belong to one story. */
#define STORY_US 60000000u

enum { ALERT_NONE = 0xff };

int attempt_counts(const tlsdiag_attempt *a)
{
  return attempt_failed(a) || attempt_is_probe(a);
}

/* ---- two attempts ---- */

uint64_t attempts_apart(const tlsdiag_attempt *a, const tlsdiag_attempt *b)
{
  return a->t_us < b->t_us ? b->t_us - a->t_us : a->t_us - b->t_us;
}

static int same_server(const tlsdiag_attempt *a, const tlsdiag_attempt *b)
{
  return a->server == b->server;
}

static int same_name(const tlsdiag_attempt *a, const tlsdiag_attempt *b)
{
  return a->name_hash == b->name_hash;
}

int attempts_same_site(const tlsdiag_attempt *a, const tlsdiag_attempt *b)
{
  if (a->name_hash != 0 && b->name_hash != 0) {
    return same_name(a, b);
  }
  return same_server(a, b);
}

/* Of a log line nobody knows how the connection ended, only what it says. */
static int same_end(const tlsdiag_attempt *a, const tlsdiag_attempt *b)
{
  int is_seen = a->alert != ALERT_NONE || a->end_how != 0;

  return a->alert == b->alert && a->end_by == b->end_by &&
         a->end_how == b->end_how && (is_seen || a->cause == b->cause);
}

int attempts_alike(const tlsdiag_attempt *a, const tlsdiag_attempt *b)
{
  return same_server(a, b) && same_name(a, b) && same_end(a, b) &&
         attempt_failed(a) == attempt_failed(b) &&
         attempt_is_probe(a) == attempt_is_probe(b) && attempt_counts(b) &&
         attempt_at_hello(a) == attempt_at_hello(b) &&
         attempt_abandoned(a) == attempt_abandoned(b);
}

static int same_hello(const tlsdiag_attempt *a, const tlsdiag_attempt *b)
{
  return a->hello_hash != 0 && a->hello_hash == b->hello_hash &&
         a->version_max == b->version_max &&
         attempt_is_large(a) == attempt_is_large(b) &&
         ((a->hello_flags ^ b->hello_flags) & TLSDIAG_HELLO_GREASE) == 0;
}

/* Of two observers each has its own clock. */
static int is_later(const tlsdiag_attempt *a, const tlsdiag_attempt *b)
{
  uint64_t skew = same_server(a, b) ? 0 : TRACK_CLOCK_SKEW_US;

  return b->t_us > a->t_us || a->t_us - b->t_us < skew ||
         (b->t_us == a->t_us && b->id > a->id);
}

/* Extensions that clients leave out one by one when they retry. */
#define DROPPABLE                                                              \
  (TLSDIAG_HELLO_ALPN | TLSDIAG_HELLO_EXTENDED_MASTER_SECRET |                 \
   TLSDIAG_HELLO_ENCRYPT_THEN_MAC | TLSDIAG_HELLO_GREASE |                     \
   TLSDIAG_HELLO_TICKET | TLSDIAG_HELLO_PSK | TLSDIAG_HELLO_EARLY_DATA |       \
   TLSDIAG_HELLO_ECH | TLSDIAG_HELLO_STATUS_REQUEST |                          \
   TLSDIAG_HELLO_KEY_SHARE | TLSDIAG_HELLO_SIGNATURE_ALGORITHMS |              \
   TLSDIAG_HELLO_SUPPORTED_GROUPS | TLSDIAG_HELLO_SUPPORTED_VERSIONS |         \
   TLSDIAG_HELLO_POST_HANDSHAKE_AUTH | TLSDIAG_HELLO_COMPRESS_CERTIFICATE)

static int carries_less(const tlsdiag_attempt *a, const tlsdiag_attempt *b)
{
  uint32_t more = a->hello_flags & DROPPABLE;
  uint32_t less = b->hello_flags & DROPPABLE;

  if (a->hello_hash == 0 || b->hello_hash == 0 || (less & ~more) != 0) {
    return 0;
  }
  return less != more ||
         (a->hello_hash != b->hello_hash && b->hello_len < a->hello_len);
}

/* Each began before the other was over. */
static int overlap(const tlsdiag_attempt *a, const tlsdiag_attempt *b)
{
  return b->t_us <= a->t_us + a->duration_ms * (uint64_t)1000 &&
         a->t_us <= b->t_us + b->duration_ms * (uint64_t)1000;
}

static uint64_t traits_of_other(const tlsdiag_attempt *a,
                                const tlsdiag_attempt *b)
{
  return trait_if(attempt_completed(b), TRAIT_WORKED) |
         trait_if(attempt_answered(b), TRAIT_ANSWERED) |
         trait_if(attempt_fallback_refused(b), TRAIT_FALLBACK_REFUSED) |
         trait_if(attempts_alike(a, b), TRAIT_ALIKE) |
         trait_if(is_later(a, b), TRAIT_LATER) |
         trait_if(overlap(a, b), TRAIT_PARALLEL) |
         trait_if(!attempt_has_ems(b), TRAIT_NO_EMS) |
         trait_if(!attempt_resumed(b), TRAIT_FULL);
}

static uint64_t traits_of_names(const tlsdiag_attempt *a,
                                const tlsdiag_attempt *b)
{
  int asked = a->name_hash != 0;
  int asks = b->name_hash != 0;

  return trait_if(same_server(a, b), TRAIT_SAME_SERVER) |
         trait_if(same_name(a, b), TRAIT_SAME_NAME) |
         trait_if(attempts_same_site(a, b), TRAIT_SAME_SITE) |
         trait_if(asked && asks && !same_name(a, b), TRAIT_OTHER_NAME) |
         trait_if(asked && !asks, TRAIT_NAME_REMOVED) |
         trait_if(!asked && asks, TRAIT_NAME_ADDED);
}

static uint64_t traits_of_hellos(const tlsdiag_attempt *a,
                                 const tlsdiag_attempt *b)
{
  unsigned was = track_version_rank(a->version_max);
  unsigned is = track_version_rank(b->version_max);
  unsigned chosen = track_version_rank(b->version);

  return trait_if(same_hello(a, b), TRAIT_SAME_HELLO) |
         trait_if(is != 0 && is < was, TRAIT_LOWER_VERSION) |
         trait_if(was != 0 && is > was, TRAIT_HIGHER_VERSION) |
         trait_if(was == 0 || is == 0, TRAIT_VERSION_UNKNOWN) |
         trait_if(chosen != 0 && chosen <= was &&
                      chosen >= track_version_rank(a->version_min),
                  TRAIT_COVERED) |
         trait_if(!attempt_is_large(b) && b->hello_len != 0 &&
                      b->hello_len < a->hello_len,
                  TRAIT_SHORTER) |
         trait_if(carries_less(a, b), TRAIT_FEWER_EXTENSIONS);
}

/* ---- the whole track ---- */

struct rest {
  const tlsdiag_attempt *bad;
  const tlsdiag_attempt *other;
  uint64_t traits;
  unsigned num_alike;
  int before, afterwards;
};

/* Clients step down, so of two failures the one at the higher version came
 * first whatever the clocks of two servers say. */
static int is_earlier(const tlsdiag_attempt *a, const tlsdiag_attempt *b)
{
  unsigned rank = track_version_rank(a->version_max);
  unsigned was = track_version_rank(b->version_max);

  if (rank != 0 && was != 0 && was != rank) {
    return was > rank;
  }
  return b->t_us < a->t_us || (b->t_us == a->t_us && b->id < a->id);
}

/* Something earlier in the same story failed, and nothing since has shown
 * that it was over. */
static int is_forerunner(const tlsdiag_track *t, const tlsdiag_attempt *a,
                         const tlsdiag_attempt *b)
{
  unsigned rank = track_version_rank(a->version_max);
  size_t i;

  if (!attempt_failed(b) || attempt_fallback_refused(b) ||
      !attempts_same_site(a, b) || attempts_apart(a, b) > STORY_US ||
      !is_earlier(a, b)) {
    return 0;
  }
  for (i = 0; i < t->num_attempts; i++) {
    const tlsdiag_attempt *c = &t->attempts[i];

    if (attempt_completed(c) && attempts_same_site(a, c) &&
        track_version_rank(c->version_max) >= rank && c->t_us > b->t_us &&
        c->t_us < a->t_us) {
      return 0;
    }
  }
  return 1;
}

/* What an attempt that the server answered says against the suspicion. */
static uint64_t contradictions(const struct rest *r, const tlsdiag_attempt *c)
{
  const tlsdiag_attempt *a = r->bad;
  uint64_t found = 0;

  if (!attempt_answered(c) || !same_server(a, c)) {
    return 0;
  }
  if (same_name(a, c)) {
    found |= trait_if(same_hello(a, c), TRAIT_HELLO_WORKED) |
             trait_if(same_hello(a, c) && attempt_completed(c),
                      TRAIT_HELLO_COMPLETED) |
             trait_if(track_version_rank(c->version_max) >=
                          track_version_rank(a->version_max),
                      TRAIT_VERSION_WORKED) |
             trait_if(a->name_hash != 0, TRAIT_NAME_WORKED);
  }
  return found | trait_if(attempt_is_large(c) && c->hello_len >= a->hello_len,
                          TRAIT_SIZE_WORKED);
}

static void look_at(struct rest *r, const tlsdiag_attempt *c)
{
  const tlsdiag_attempt *a = r->bad;
  const tlsdiag_attempt *b = r->other;

  r->num_alike += attempts_alike(a, c) != 0;
  r->traits |= contradictions(r, c);
  if (attempt_answered(c) && same_server(a, c)) {
    r->before |= c->t_us < a->t_us;
    r->afterwards |= c->t_us > a->t_us;
  }
  if (attempt_at_hello(c) && same_server(a, c)) {
    r->traits |= trait_if(same_server(b, c) && same_name(b, c) &&
                              same_hello(b, c) && !same_hello(a, c),
                          TRAIT_OTHER_FAILED) |
                 trait_if(!same_name(a, c) && c->alert == a->alert &&
                              c->end_how == a->end_how,
                          TRAIT_NAMES_FAIL);
  }
}

static uint64_t traits_of_rest(const tlsdiag_track *t, unsigned bad,
                               unsigned other)
{
  struct rest r = {
      &t->attempts[bad], &t->attempts[other], TRAIT_BIT(FIRST), 1, 0, 0};
  unsigned i;

  for (i = 0; i < t->num_attempts; i++) {
    if (i == bad) {
      continue;
    }
    look_at(&r, &t->attempts[i]);
    if (is_forerunner(t, r.bad, &t->attempts[i])) {
      r.traits &= ~TRAIT_BIT(FIRST);
    }
  }
  return r.traits | trait_if(r.num_alike >= 2, TRAIT_TWICE) |
         trait_if(r.num_alike >= 3, TRAIT_THRICE) |
         trait_if(r.num_alike >= 5, TRAIT_FIVE_TIMES) |
         trait_if(r.before && r.afterwards, TRAIT_BRACKETED);
}

uint64_t traits_of(const tlsdiag_track *track, unsigned bad, unsigned other)
{
  const tlsdiag_attempt *a = &track->attempts[bad];
  const tlsdiag_attempt *b = &track->attempts[other];

  return TRAIT_BIT(ALWAYS) | traits_of_attempt(a) | traits_of_other(a, b) |
         traits_of_names(a, b) | traits_of_hellos(a, b) |
         traits_of_rest(track, bad, other);
}
