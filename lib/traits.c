/* traits.c: see traits.h. */
#include "traits.h"

#include <stddef.h>

#include "causes.h"
#include "suites.h"

#define BIT(name) (1ull << TRAIT_##name)

enum {
  ALERT_NONE = 0xff,
  ALERT_ENCRYPTED = 0xfe,
  /* Ethernet's usual segment less the tunnels in common use. */
  ONE_SEGMENT = 1360,
  SURE = 70
};

/* Patterns of the failures before it, this far back, belong to one story. */
#define STORY_US 60000000u

static uint64_t bit_if(int condition, unsigned trait)
{
  return condition ? 1ull << trait : 0;
}

/* ---- one attempt ---- */

unsigned track_version_rank(unsigned version)
{
  /* DTLS counts downwards: 0xfeff is 1.0, 0xfefd is 1.2 (RFC 6347 4.1). */
  return version >= 0xfe00 ? 0x10000 - version : version;
}

/* A silence that lasted until the observation ended is not called failed by
 * the flow, but its cause says what it waited for. */
int attempt_failed(const tlsdiag_attempt *a)
{
  if (a->outcome == TLSDIAG_OUTCOME_FAILED) {
    return a->cause != TLSDIAG_CAUSE_CONNECTION_PROBE;
  }
  return a->outcome == TLSDIAG_OUTCOME_INCOMPLETE &&
         (a->cause == TLSDIAG_CAUSE_NO_RESPONSE_TO_CLIENT_HELLO ||
          a->cause == TLSDIAG_CAUSE_CLIENT_HELLO_LOST ||
          a->cause == TLSDIAG_CAUSE_LARGE_CLIENT_HELLO_DROPPED ||
          a->cause == TLSDIAG_CAUSE_SNI_BLOCKED);
}

static int is_probe(const tlsdiag_attempt *a)
{
  return a->cause == TLSDIAG_CAUSE_CONNECTION_PROBE;
}

int attempt_counts(const tlsdiag_attempt *a)
{
  return attempt_failed(a) || is_probe(a);
}

int attempt_answered(const tlsdiag_attempt *a)
{
  return a->outcome == TLSDIAG_OUTCOME_COMPLETED ||
         (a->stage >= TLSDIAG_STAGE_HELLO_RETRY_REQUEST &&
          a->outcome != TLSDIAG_OUTCOME_NOT_TLS);
}

static int at_hello(const tlsdiag_attempt *a)
{
  return attempt_failed(a) && (a->stage == TLSDIAG_STAGE_CLIENT_HELLO ||
                               a->stage == TLSDIAG_STAGE_HELLO_VERIFY_REQUEST);
}

static int by_server(const tlsdiag_attempt *a, unsigned how)
{
  return a->end_by == TLSDIAG_FROM_SERVER && a->end_how == how &&
         a->alert == ALERT_NONE;
}

/* s2n says close_notify for every error. */
static int by_close(const tlsdiag_attempt *a)
{
  return by_server(a, TLSDIAG_CLOSE_FIN) ||
         (a->end_by == TLSDIAG_FROM_SERVER && a->alert == 0);
}

static int by_silence(const tlsdiag_attempt *a)
{
  return a->cause == TLSDIAG_CAUSE_NO_RESPONSE_TO_CLIENT_HELLO ||
         a->cause == TLSDIAG_CAUSE_CLIENT_HELLO_LOST ||
         a->end_how == TLSDIAG_CLOSE_TIMEOUT ||
         (a->end_by == TLSDIAG_FROM_CLIENT && a->duration_ms >= 1000 &&
          (a->alert == ALERT_NONE || a->alert == 0 || a->alert == 90)) ||
         (a->end_how == TLSDIAG_CLOSE_END_OF_CAPTURE && a->duration_ms >= 1000);
}

/* Alerts of a server that met what it cannot parse, not what it does not
 * want: knowledge of real stacks, section 5. */
static int choked(const tlsdiag_attempt *a)
{
  if (a->end_by != TLSDIAG_FROM_SERVER) {
    return 0;
  }
  switch (a->alert) {
  case 10:
  case 20:
  case 22:
  case 47:
  case 50:
  case 80:
  case 110:
    return 1;
  default:
    return 0;
  }
}

/* For a name they do not know large front ends say handshake_failure, Go says
 * internal_error, others access_denied or unrecognized_name. */
static int refuses_names(const tlsdiag_attempt *a)
{
  return a->end_by == TLSDIAG_FROM_SERVER &&
         (a->alert == 40 || a->alert == 49 || a->alert == 80 ||
          a->alert == 112);
}

/* Causes that only repeat how it ended leave the reason open. */
static int is_open(unsigned cause)
{
  switch (cause) {
  case TLSDIAG_CAUSE_NONE:
  case TLSDIAG_CAUSE_UNKNOWN:
  case TLSDIAG_CAUSE_VERSION_INTOLERANCE:
  case TLSDIAG_CAUSE_EXTENSION_INTOLERANCE:
  case TLSDIAG_CAUSE_SNI_BLOCKED:
  case TLSDIAG_CAUSE_DECODE_ERROR:
  case TLSDIAG_CAUSE_UNEXPECTED_MESSAGE:
  case TLSDIAG_CAUSE_ILLEGAL_PARAMETER:
  case TLSDIAG_CAUSE_RECORD_OVERFLOW:
  case TLSDIAG_CAUSE_INTERNAL_ERROR:
  case TLSDIAG_CAUSE_HANDSHAKE_FAILURE:
  case TLSDIAG_CAUSE_OTHER_ALERT:
  case TLSDIAG_CAUSE_RESET_AFTER_CLIENT_HELLO:
  case TLSDIAG_CAUSE_CLOSED_AFTER_CLIENT_HELLO:
  case TLSDIAG_CAUSE_NO_RESPONSE_TO_CLIENT_HELLO:
  case TLSDIAG_CAUSE_CLIENT_HELLO_LOST:
  case TLSDIAG_CAUSE_LARGE_CLIENT_HELLO_DROPPED:
  case TLSDIAG_CAUSE_INJECTED_RESET:
    return 1;
  default:
    return 0;
  }
}

static int is_large(const tlsdiag_attempt *a)
{
  return (a->hello_flags & TLSDIAG_HELLO_SEVERAL_SEGMENTS) != 0 ||
         a->hello_len > ONE_SEGMENT;
}

static int has_ems(const tlsdiag_attempt *a)
{
  return (a->hello_flags & TLSDIAG_HELLO_EXTENDED_MASTER_SECRET) != 0 &&
         (a->server_flags & TLSDIAG_SERVER_HELLO_EXTENDED_MASTER_SECRET) != 0;
}

static int is_resumed(const tlsdiag_attempt *a)
{
  return (a->server_flags &
          (TLSDIAG_SERVER_HELLO_RESUMED | TLSDIAG_SERVER_HELLO_PSK)) != 0;
}

/* In TLS 1.3 the session_id is a disguise (RFC 8446 appendix D.4). */
static int resumes(const tlsdiag_attempt *a)
{
  uint32_t flags = a->hello_flags;

  return (flags & (TLSDIAG_HELLO_TICKET | TLSDIAG_HELLO_PSK)) != 0 ||
         ((flags & TLSDIAG_HELLO_SESSION_ID) != 0 && a->version_max < 0x0304);
}

static int has_rsa_keys(const tlsdiag_attempt *a)
{
  const struct suite_info *suite = suite_find(a->cipher);

  return suite != NULL && suite->kx == SUITE_KX_RSA;
}

/* The server's whole flight was there: in TLS 1.3 it comes with ServerHello. */
static int after_flight(const tlsdiag_attempt *a)
{
  return a->stage >= TLSDIAG_STAGE_CERTIFICATE ||
         (a->version == 0x0304 && a->stage >= TLSDIAG_STAGE_SERVER_HELLO);
}

/* An encrypted alert, a polite or a rude close: the reason is not readable. */
static int abandoned(const tlsdiag_attempt *a)
{
  unsigned group = cause_group(a->cause);

  return attempt_failed(a) && after_flight(a) &&
         a->end_by == TLSDIAG_FROM_CLIENT && !is_resumed(a) &&
         (a->alert == ALERT_NONE || a->alert == ALERT_ENCRYPTED ||
          a->alert == 0 || a->alert == 90) &&
         (group == TLSDIAG_CAUSE_GROUP_TRANSPORT ||
          group == TLSDIAG_CAUSE_GROUP_SERVER_CERTIFICATE ||
          a->cause == TLSDIAG_CAUSE_UNKNOWN) &&
         a->cause != TLSDIAG_CAUSE_HANDSHAKE_TIMEOUT &&
         a->cause != TLSDIAG_CAUSE_PATH_MTU_BLACK_HOLE;
}

static int is_certificate_alert(const tlsdiag_attempt *a)
{
  return (a->alert >= 41 && a->alert <= 46) || a->alert == 48 ||
         a->alert == 49 || a->alert == 113 || a->alert == 116;
}

static int fallback_refused(const tlsdiag_attempt *a)
{
  return attempt_failed(a) && a->stage <= TLSDIAG_STAGE_CLIENT_HELLO &&
         (a->alert == 86 || a->cause == TLSDIAG_CAUSE_INAPPROPRIATE_FALLBACK);
}

static uint64_t traits_of_end(const tlsdiag_attempt *a)
{
  int hello = at_hello(a);
  int reset = hello && by_server(a, TLSDIAG_CLOSE_RST);
  int closed = hello && by_close(a);
  int silent = hello && !reset && !closed && by_silence(a);
  int choke = hello && choked(a);
  int keys = attempt_failed(a) && a->version != 0 && a->version < 0x0304 &&
             a->stage >= TLSDIAG_STAGE_CLIENT_KEY_EXCHANGE;

  return bit_if(attempt_failed(a) && !fallback_refused(a), TRAIT_FAILED) |
         bit_if(hello, TRAIT_AT_HELLO) | bit_if(reset, TRAIT_BY_RESET) |
         bit_if(closed, TRAIT_BY_CLOSE) | bit_if(silent, TRAIT_BY_SILENCE) |
         bit_if(choke, TRAIT_CHOKED) |
         bit_if(reset || closed || silent || choke, TRAIT_BROKEN) |
         bit_if(hello && a->alert == 70, TRAIT_VERSION_REFUSED) |
         bit_if(hello && a->alert == 40, TRAIT_REFUSED) |
         bit_if(hello && refuses_names(a), TRAIT_NAME_REFUSED) |
         bit_if(hello && a->alert == 47, TRAIT_PARAMETER_REFUSED) |
         bit_if(a->cause == TLSDIAG_CAUSE_INJECTED_RESET, TRAIT_FORGED) |
         bit_if(a->cause == TLSDIAG_CAUSE_CLIENT_HELLO_LOST, TRAIT_LOST) |
         bit_if(!is_open(a->cause) && a->confidence >= SURE, TRAIT_EXPLAINED) |
         bit_if(abandoned(a), TRAIT_ABANDONED) |
         bit_if(a->alert == ALERT_NONE, TRAIT_NO_ALERT) |
         bit_if(keys, TRAIT_AT_KEYS) |
         bit_if(is_certificate_alert(a), TRAIT_CERTIFICATE_ALERT) |
         bit_if(is_probe(a), TRAIT_PROBE);
}

static uint64_t traits_of_offer(const tlsdiag_attempt *a)
{
  return bit_if(is_large(a), TRAIT_LARGE) | bit_if(has_ems(a), TRAIT_EMS) |
         bit_if(has_rsa_keys(a), TRAIT_RSA_KEYS) |
         bit_if(is_resumed(a), TRAIT_RESUMED) |
         bit_if(resumes(a), TRAIT_RESUMES);
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

int attempts_alike(const tlsdiag_attempt *a, const tlsdiag_attempt *b)
{
  return same_server(a, b) && same_name(a, b) && a->alert == b->alert &&
         a->end_by == b->end_by && a->end_how == b->end_how &&
         attempt_failed(a) == attempt_failed(b) && is_probe(a) == is_probe(b) &&
         attempt_counts(b) && at_hello(a) == at_hello(b) &&
         abandoned(a) == abandoned(b);
}

static int same_hello(const tlsdiag_attempt *a, const tlsdiag_attempt *b)
{
  return a->hello_hash != 0 && a->hello_hash == b->hello_hash &&
         a->version_max == b->version_max && is_large(a) == is_large(b) &&
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
  return bit_if(b->outcome == TLSDIAG_OUTCOME_COMPLETED, TRAIT_WORKED) |
         bit_if(attempt_answered(b), TRAIT_ANSWERED) |
         bit_if(fallback_refused(b), TRAIT_FALLBACK_REFUSED) |
         bit_if(attempts_alike(a, b), TRAIT_ALIKE) |
         bit_if(is_later(a, b), TRAIT_LATER) |
         bit_if(overlap(a, b), TRAIT_PARALLEL) |
         bit_if(!has_ems(b), TRAIT_NO_EMS) | bit_if(!is_resumed(b), TRAIT_FULL);
}

static uint64_t traits_of_names(const tlsdiag_attempt *a,
                                const tlsdiag_attempt *b)
{
  int asked = a->name_hash != 0;
  int asks = b->name_hash != 0;

  return bit_if(same_server(a, b), TRAIT_SAME_SERVER) |
         bit_if(same_name(a, b), TRAIT_SAME_NAME) |
         bit_if(attempts_same_site(a, b), TRAIT_SAME_SITE) |
         bit_if(asked && asks && !same_name(a, b), TRAIT_OTHER_NAME) |
         bit_if(asked && !asks, TRAIT_NAME_REMOVED) |
         bit_if(!asked && asks, TRAIT_NAME_ADDED);
}

static uint64_t traits_of_hellos(const tlsdiag_attempt *a,
                                 const tlsdiag_attempt *b)
{
  unsigned was = track_version_rank(a->version_max);
  unsigned is = track_version_rank(b->version_max);
  unsigned chosen = track_version_rank(b->version);

  return bit_if(same_hello(a, b), TRAIT_SAME_HELLO) |
         bit_if(is != 0 && is < was, TRAIT_LOWER_VERSION) |
         bit_if(was != 0 && is > was, TRAIT_HIGHER_VERSION) |
         bit_if(was == 0 || is == 0, TRAIT_VERSION_UNKNOWN) |
         bit_if(chosen != 0 && chosen <= was &&
                    chosen >= track_version_rank(a->version_min),
                TRAIT_COVERED) |
         bit_if(!is_large(b) && b->hello_len != 0 &&
                    b->hello_len < a->hello_len,
                TRAIT_SHORTER) |
         bit_if(carries_less(a, b), TRAIT_FEWER_EXTENSIONS);
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

  if (!attempt_failed(b) || fallback_refused(b) || !attempts_same_site(a, b) ||
      attempts_apart(a, b) > STORY_US || !is_earlier(a, b)) {
    return 0;
  }
  for (i = 0; i < t->num_attempts; i++) {
    const tlsdiag_attempt *c = &t->attempts[i];

    if (c->outcome == TLSDIAG_OUTCOME_COMPLETED && attempts_same_site(a, c) &&
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
    found |= bit_if(same_hello(a, c), TRAIT_HELLO_WORKED) |
             bit_if(same_hello(a, c) && c->outcome == TLSDIAG_OUTCOME_COMPLETED,
                    TRAIT_HELLO_COMPLETED) |
             bit_if(track_version_rank(c->version_max) >=
                        track_version_rank(a->version_max),
                    TRAIT_VERSION_WORKED) |
             bit_if(a->name_hash != 0, TRAIT_NAME_WORKED);
  }
  return found |
         bit_if(is_large(c) && c->hello_len >= a->hello_len, TRAIT_SIZE_WORKED);
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
  if (at_hello(c) && same_server(a, c)) {
    r->traits |= bit_if(same_server(b, c) && same_name(b, c) &&
                            same_hello(b, c) && !same_hello(a, c),
                        TRAIT_OTHER_FAILED) |
                 bit_if(!same_name(a, c) && c->alert == a->alert &&
                            c->end_how == a->end_how,
                        TRAIT_NAMES_FAIL);
  }
}

static uint64_t traits_of_rest(const tlsdiag_track *t, unsigned bad,
                               unsigned other)
{
  struct rest r = {&t->attempts[bad], &t->attempts[other], BIT(FIRST), 1, 0, 0};
  unsigned i;

  for (i = 0; i < t->num_attempts; i++) {
    if (i == bad) {
      continue;
    }
    look_at(&r, &t->attempts[i]);
    if (is_forerunner(t, r.bad, &t->attempts[i])) {
      r.traits &= ~BIT(FIRST);
    }
  }
  return r.traits | bit_if(r.num_alike >= 2, TRAIT_TWICE) |
         bit_if(r.num_alike >= 3, TRAIT_THRICE) |
         bit_if(r.num_alike >= 5, TRAIT_FIVE_TIMES) |
         bit_if(r.before && r.afterwards, TRAIT_BRACKETED);
}

uint64_t traits_of(const tlsdiag_track *track, unsigned bad, unsigned other)
{
  const tlsdiag_attempt *a = &track->attempts[bad];
  const tlsdiag_attempt *b = &track->attempts[other];

  return BIT(ALWAYS) | traits_of_end(a) | traits_of_offer(a) |
         traits_of_other(a, b) | traits_of_names(a, b) |
         traits_of_hellos(a, b) | traits_of_rest(track, bad, other);
}
