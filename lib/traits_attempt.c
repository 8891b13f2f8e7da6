/* traits_attempt.c: what one attempt tells by itself. */
#include "traits.h"

#include <stddef.h>

#include "causes.h"
#include "suites.h"

enum {
  ALERT_NONE = 0xff,
  ALERT_ENCRYPTED = 0xfe,
  /* Ethernet's usual segment less the tunnels in common use. */
  ONE_SEGMENT = 1360,
  PATIENCE_MS = 1000,
  SURE = 70
};

unsigned track_version_rank(unsigned version)
{
  /* DTLS counts downwards: 0xfeff is 1.0, 0xfefd is 1.2 (RFC 6347 4.1). */
  return version >= 0xfe00 ? 0x10000 - version : version;
}

/* ---- how it ended ---- */

int attempt_is_probe(const tlsdiag_attempt *a)
{
  return a->cause == TLSDIAG_CAUSE_CONNECTION_PROBE;
}

/* A silence that lasted until the observation ended is not called failed by
 * the flow, but its cause says what it waited for. */
int attempt_failed(const tlsdiag_attempt *a)
{
  if (a->outcome == TLSDIAG_OUTCOME_FAILED) {
    return !attempt_is_probe(a);
  }
  return a->outcome == TLSDIAG_OUTCOME_INCOMPLETE &&
         (a->cause == TLSDIAG_CAUSE_NO_RESPONSE_TO_CLIENT_HELLO ||
          a->cause == TLSDIAG_CAUSE_CLIENT_HELLO_LOST ||
          a->cause == TLSDIAG_CAUSE_LARGE_CLIENT_HELLO_DROPPED ||
          a->cause == TLSDIAG_CAUSE_SNI_BLOCKED);
}

int attempt_completed(const tlsdiag_attempt *a)
{
  return a->outcome == TLSDIAG_OUTCOME_COMPLETED;
}

int attempt_answered(const tlsdiag_attempt *a)
{
  return attempt_completed(a) ||
         (a->stage >= TLSDIAG_STAGE_HELLO_RETRY_REQUEST &&
          a->outcome != TLSDIAG_OUTCOME_NOT_TLS);
}

int attempt_at_hello(const tlsdiag_attempt *a)
{
  return attempt_failed(a) && (a->stage == TLSDIAG_STAGE_CLIENT_HELLO ||
                               a->stage == TLSDIAG_STAGE_HELLO_VERIFY_REQUEST);
}

int attempt_fallback_refused(const tlsdiag_attempt *a)
{
  return attempt_failed(a) && a->stage <= TLSDIAG_STAGE_CLIENT_HELLO &&
         (a->alert == 86 || a->cause == TLSDIAG_CAUSE_INAPPROPRIATE_FALLBACK);
}

static int is_server(const tlsdiag_attempt *a)
{
  return a->end_by == TLSDIAG_FROM_SERVER;
}

/* s2n says close_notify for every error. */
static int by_close(const tlsdiag_attempt *a)
{
  return is_server(a) && (a->alert == 0 || (a->alert == ALERT_NONE &&
                                            a->end_how == TLSDIAG_CLOSE_FIN));
}

static int by_reset(const tlsdiag_attempt *a)
{
  return is_server(a) && a->alert == ALERT_NONE &&
         a->end_how == TLSDIAG_CLOSE_RST;
}

/* Clients say close_notify, user_canceled or nothing when they give up. */
static int says_nothing(const tlsdiag_attempt *a)
{
  return a->alert == ALERT_NONE || a->alert == 0 || a->alert == 90;
}

static int by_silence(const tlsdiag_attempt *a)
{
  if (a->cause == TLSDIAG_CAUSE_NO_RESPONSE_TO_CLIENT_HELLO ||
      a->cause == TLSDIAG_CAUSE_CLIENT_HELLO_LOST ||
      a->end_how == TLSDIAG_CLOSE_TIMEOUT) {
    return 1;
  }
  return a->duration_ms >= PATIENCE_MS && says_nothing(a) &&
         (!is_server(a) || a->end_how == TLSDIAG_CLOSE_END_OF_CAPTURE);
}

/* What a server's alert in the place of the ServerHello can mean.  Some stacks
 * say these when they cannot parse a hello; for a name they do not know large
 * front ends say handshake_failure, Go says internal_error. */
static const struct {
  uint64_t traits;
  uint8_t alert;
  uint8_t reserved_[7];
} alert_traits[] = {
    {TRAIT_BIT(CHOKED), 10, {0}},
    {TRAIT_BIT(CHOKED), 20, {0}},
    {TRAIT_BIT(CHOKED), 22, {0}},
    {TRAIT_BIT(REFUSED) | TRAIT_BIT(NAME_REFUSED), 40, {0}},
    {TRAIT_BIT(CHOKED) | TRAIT_BIT(PARAMETER_REFUSED), 47, {0}},
    {TRAIT_BIT(NAME_REFUSED), 49, {0}},
    {TRAIT_BIT(CHOKED), 50, {0}},
    {TRAIT_BIT(VERSION_REFUSED), 70, {0}},
    {TRAIT_BIT(CHOKED) | TRAIT_BIT(NAME_REFUSED), 80, {0}},
    {TRAIT_BIT(CHOKED), 110, {0}},
    {TRAIT_BIT(NAME_REFUSED), 112, {0}},
};

static uint64_t traits_of_alert(const tlsdiag_attempt *a)
{
  size_t i;

  for (i = 0; i < sizeof alert_traits / sizeof alert_traits[0]; i++) {
    if (alert_traits[i].alert == a->alert && is_server(a)) {
      return alert_traits[i].traits;
    }
  }
  return 0;
}

/* Ended where the ServerHello should be. */
static uint64_t traits_at_hello(const tlsdiag_attempt *a)
{
  uint64_t traits = traits_of_alert(a);

  if (by_reset(a)) {
    traits |= TRAIT_BIT(BY_RESET);
  } else if (by_close(a)) {
    traits |= TRAIT_BIT(BY_CLOSE);
  } else if (by_silence(a)) {
    traits |= TRAIT_BIT(BY_SILENCE);
  }
  if ((traits & (TRAIT_BIT(BY_RESET) | TRAIT_BIT(BY_CLOSE) |
                 TRAIT_BIT(BY_SILENCE) | TRAIT_BIT(CHOKED))) != 0) {
    traits |= TRAIT_BIT(BROKEN);
  }
  return traits | TRAIT_BIT(AT_HELLO);
}

/* ---- its own verdict ---- */

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

int attempt_is_open(const tlsdiag_attempt *a)
{
  return is_open(a->cause);
}

/* Of what ends a connection after the server's flight, these say why. */
static int is_abandonment(unsigned cause)
{
  unsigned group = cause_group(cause);

  return group == TLSDIAG_CAUSE_GROUP_SERVER_CERTIFICATE ||
         cause == TLSDIAG_CAUSE_UNKNOWN ||
         (group == TLSDIAG_CAUSE_GROUP_TRANSPORT &&
          cause != TLSDIAG_CAUSE_HANDSHAKE_TIMEOUT &&
          cause != TLSDIAG_CAUSE_PATH_MTU_BLACK_HOLE);
}

/* The server's whole flight was there: in TLS 1.3 it comes with ServerHello. */
static int after_flight(const tlsdiag_attempt *a)
{
  return a->stage >= TLSDIAG_STAGE_CERTIFICATE ||
         (a->version == 0x0304 && a->stage >= TLSDIAG_STAGE_SERVER_HELLO);
}

/* An encrypted alert, a polite or a rude close: the reason is not readable. */
int attempt_abandoned(const tlsdiag_attempt *a)
{
  return attempt_failed(a) && after_flight(a) && !is_server(a) &&
         !attempt_resumed(a) &&
         (says_nothing(a) || a->alert == ALERT_ENCRYPTED) &&
         is_abandonment(a->cause);
}

static int is_certificate_alert(const tlsdiag_attempt *a)
{
  return (a->alert >= 41 && a->alert <= 46) || a->alert == 48 ||
         a->alert == 49 || a->alert == 113 || a->alert == 116;
}

static uint64_t traits_of_verdict(const tlsdiag_attempt *a)
{
  return trait_if(a->cause == TLSDIAG_CAUSE_INJECTED_RESET, TRAIT_FORGED) |
         trait_if(a->cause == TLSDIAG_CAUSE_CLIENT_HELLO_LOST, TRAIT_LOST) |
         trait_if(!is_open(a->cause) && a->confidence >= SURE,
                  TRAIT_EXPLAINED) |
         trait_if(attempt_is_probe(a), TRAIT_PROBE);
}

/* ---- what it offered and got ---- */

int attempt_is_large(const tlsdiag_attempt *a)
{
  return (a->hello_flags & TLSDIAG_HELLO_SEVERAL_SEGMENTS) != 0 ||
         a->hello_len > ONE_SEGMENT;
}

int attempt_has_ems(const tlsdiag_attempt *a)
{
  return (a->hello_flags & TLSDIAG_HELLO_EXTENDED_MASTER_SECRET) != 0 &&
         (a->server_flags & TLSDIAG_SERVER_HELLO_EXTENDED_MASTER_SECRET) != 0;
}

int attempt_resumed(const tlsdiag_attempt *a)
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

static int at_keys(const tlsdiag_attempt *a)
{
  return attempt_failed(a) && a->version != 0 && a->version < 0x0304 &&
         a->stage >= TLSDIAG_STAGE_CLIENT_KEY_EXCHANGE;
}

uint64_t traits_of_attempt(const tlsdiag_attempt *a)
{
  uint64_t traits = attempt_at_hello(a) ? traits_at_hello(a) : 0;

  return traits | traits_of_verdict(a) |
         trait_if(attempt_failed(a) && !attempt_fallback_refused(a),
                  TRAIT_FAILED) |
         trait_if(attempt_abandoned(a), TRAIT_ABANDONED) |
         trait_if(a->alert == ALERT_NONE, TRAIT_NO_ALERT) |
         trait_if(is_certificate_alert(a), TRAIT_CERTIFICATE_ALERT) |
         trait_if(at_keys(a), TRAIT_AT_KEYS) |
         trait_if(attempt_is_large(a), TRAIT_LARGE) |
         trait_if(attempt_has_ems(a), TRAIT_EMS) |
         trait_if(has_rsa_keys(a), TRAIT_RSA_KEYS) |
         trait_if(attempt_resumed(a), TRAIT_RESUMED) |
         trait_if(resumes(a), TRAIT_RESUMES);
}
