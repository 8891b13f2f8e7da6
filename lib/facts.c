/* facts.c: observations become facts; see facts.h. */
#include <string.h>

#include "facts.h"
#include "facts_shape.h"
#include "suites.h"

void facts_set_bits(struct facts *k, uint32_t word, size_t index,
                    const struct bit_fact *list, size_t num)
{
  size_t i;

  for (i = 0; i < num; i++) {
    if ((word & list[i].bit) != 0) {
      fact_set(k, list[i].fact, index);
    }
  }
}

/* ---- certificates ---- */

static const struct bit_fact server_cert_facts[] = {
  {TLSDIAG_CERT_EXPIRED, FACT_CERT_EXPIRED},
  {TLSDIAG_CERT_NOT_YET_VALID, FACT_CERT_NOT_YET_VALID},
  {TLSDIAG_CERT_NAME_MISMATCH, FACT_CERT_NAME_MISMATCH},
  {TLSDIAG_CERT_NAME_MATCH, FACT_CERT_NAME_MATCH},
  {TLSDIAG_CERT_SELF_SIGNED, FACT_CERT_SELF_SIGNED},
  {TLSDIAG_CERT_SINGLE, FACT_CERT_SINGLE},
  {TLSDIAG_CERT_INCOMPLETE, FACT_CERT_INCOMPLETE},
  {TLSDIAG_CERT_UNORDERED, FACT_CERT_INCOMPLETE},
  {TLSDIAG_CERT_WEAK_KEY, FACT_CERT_WEAK_KEY},
  {TLSDIAG_CERT_WEAK_SIGNATURE, FACT_CERT_WEAK_SIGNATURE},
  {TLSDIAG_CERT_NOT_FOR_SERVER, FACT_CERT_PURPOSE},
  {TLSDIAG_CERT_MUST_STAPLE, FACT_CERT_MUST_STAPLE},
  {TLSDIAG_CERT_MALFORMED, FACT_CERT_MALFORMED},
};

static const struct bit_fact client_cert_facts[] = {
  {TLSDIAG_CERT_EXPIRED, FACT_CLIENT_CERT_EXPIRED},
  {TLSDIAG_CERT_NOT_YET_VALID, FACT_CLIENT_CERT_NOT_YET},
  {TLSDIAG_CERT_SELF_SIGNED, FACT_CLIENT_CERT_SELF_SIGNED},
  {TLSDIAG_CERT_NOT_FOR_CLIENT, FACT_CLIENT_CERT_PURPOSE},
};

static void certificate(struct facts *k, const struct observed *o, size_t i)
{
  int empty = (o->a & TLSDIAG_CERT_EMPTY) != 0;

  if (o->from == TLSDIAG_FROM_CLIENT) {
    fact_set(k, empty ? FACT_CLIENT_CERT_EMPTY : FACT_CLIENT_CERT, i);
    SET_BITS(k, o->a, i, client_cert_facts);
    return;
  }
  fact_set(k, FACT_CERTIFICATE, i);
  SET_BITS(k, o->a, i, server_cert_facts);
}

static void key_exchange(struct facts *k, const struct observed *o, size_t i)
{
  fact_set(k, FACT_KEY_EXCHANGE, i);
  if (o->b != 0 && o->b < 2048) {
    fact_set(k, FACT_SHORT_DH, i);
  }
  if (o->b != 0 && o->b <= 1024) {
    fact_set(k, FACT_VERY_SHORT_DH, i);
  }
}

/* ---- plaintext, TCP, the rest ---- */

static unsigned client_protocol_fact(uint32_t protocol)
{
  switch (protocol) {
  case TLSDIAG_PROTOCOL_HTTP_REQUEST:
  case TLSDIAG_PROTOCOL_HTTP2_PREFACE:
    return FACT_CLIENT_HTTP;
  case TLSDIAG_PROTOCOL_HTTP_CONNECT:
    return FACT_CLIENT_CONNECT;
  case TLSDIAG_PROTOCOL_PROXY_V1:
  case TLSDIAG_PROTOCOL_PROXY_V2:
    return FACT_CLIENT_PROXY_HEADER;
  case TLSDIAG_PROTOCOL_SMTP:
  case TLSDIAG_PROTOCOL_LMTP:
  case TLSDIAG_PROTOCOL_IMAP:
  case TLSDIAG_PROTOCOL_POP3:
  case TLSDIAG_PROTOCOL_FTP:
  case TLSDIAG_PROTOCOL_NNTP:
  case TLSDIAG_PROTOCOL_SIEVE:
    return FACT_CLIENT_MAIL;
  default:
    return FACT_CLIENT_OTHER;
  }
}

static unsigned server_protocol_fact(uint32_t protocol)
{
  switch (protocol) {
  case TLSDIAG_PROTOCOL_HTTP_RESPONSE:
  case TLSDIAG_PROTOCOL_HTML:
  case TLSDIAG_PROTOCOL_HTTP2_PREFACE:
    return FACT_SERVER_HTTP;
  case TLSDIAG_PROTOCOL_SSLV2:
    return FACT_SSLV2_ANSWER;
  case TLSDIAG_PROTOCOL_SMTP:
  case TLSDIAG_PROTOCOL_LMTP:
  case TLSDIAG_PROTOCOL_IMAP:
  case TLSDIAG_PROTOCOL_POP3:
  case TLSDIAG_PROTOCOL_FTP:
  case TLSDIAG_PROTOCOL_NNTP:
  case TLSDIAG_PROTOCOL_SIEVE:
    return FACT_SERVER_BANNER;
  default:
    return FACT_SERVER_OTHER;
  }
}

int client_spoke_plain(const struct facts *k)
{
  return fact_holds(k, FACT_CLIENT_HTTP) || fact_holds(k, FACT_CLIENT_MAIL) ||
         fact_holds(k, FACT_CLIENT_OTHER) ||
         fact_holds(k, FACT_CLIENT_CONNECT) ||
         fact_holds(k, FACT_CLIENT_PROXY_HEADER);
}

static void first_bytes(struct facts *k, const struct observed *o, size_t i)
{
  if (o->from == TLSDIAG_FROM_CLIENT) {
    fact_set(k, fact_holds(k, FACT_HELLO) ? FACT_CLIENT_ODD_LATER
                                          : client_protocol_fact(o->a), i);
    return;
  }
  if (fact_holds(k, FACT_SERVER_HELLO)) {
    fact_set(k, FACT_SERVER_ODD_LATER, i);
    return;
  }
  fact_set(k, server_protocol_fact(o->a), i);
  if (o->a == TLSDIAG_PROTOCOL_HTTP_RESPONSE && o->b == 400) {
    fact_set(k, FACT_HTTP_BAD_REQUEST, i);
  }
  if (!fact_holds(k, FACT_HELLO) && !client_spoke_plain(k)) {
    fact_set(k, FACT_SERVER_FIRST, i);
  }
}

static void prologue(struct facts *k, const struct observed *o, size_t i)
{
  if (o->b == TLSDIAG_PROLOGUE_REQUESTED) {
    fact_set(k, FACT_STARTTLS_ASKED, i);
  } else if (o->b == TLSDIAG_PROLOGUE_ACCEPTED) {
    fact_set(k, FACT_STARTTLS_AGREED, i);
  } else if (o->b == TLSDIAG_PROLOGUE_REFUSED) {
    fact_set(k, FACT_STARTTLS_REFUSED, i);
  }
}

static void anomaly(struct facts *k, const struct observed *o, size_t i)
{
  if (o->from != TLSDIAG_FROM_CLIENT) {
    return;
  }
  if (o->a == TLSDIAG_ANOMALY_ODD_LIST ||
      o->a == TLSDIAG_ANOMALY_BAD_EXTENSION ||
      o->a == TLSDIAG_ANOMALY_LENGTH_MISMATCH) {
    fact_set(k, FACT_BAD_HELLO, i);
  }
  if (o->a == TLSDIAG_ANOMALY_DUPLICATE_EXTENSION) {
    fact_set(k, FACT_DUPLICATE_EXTENSION, i);
  }
  if (o->a == TLSDIAG_ANOMALY_TLS13_MISSING_EXTENSION) {
    fact_set(k, FACT_TLS13_INCOMPLETE, i);
  }
  fact_set(k, FACT_ODD_HELLO, i);
}

/* What proves a forged reset alone, and what only makes it odd. */
static void reset_evidence(struct facts *k, const struct observed *o, size_t i)
{
  const uint32_t proof = TLSDIAG_PATH_TTL | TLSDIAG_PATH_DATA_FOLLOWS |
                         TLSDIAG_PATH_IP_ID | TLSDIAG_PATH_TOO_FAST;

  fact_set(k, (o->a & proof) != 0 ? FACT_RESET_FORGED : FACT_RESET_DOUBTFUL, i);
}

static void unacknowledged(struct facts *k, const struct observed *o, size_t i)
{
  if (o->from == TLSDIAG_FROM_SERVER) {
    fact_set(k, FACT_SERVER_UNACKED, i);
    return;
  }
  fact_set(k, FACT_CLIENT_UNACKED, i);
  if (o->a == o->b) {
    fact_set(k, FACT_CLIENT_ALL_UNACKED, i);
  }
}

enum { BIG_SEGMENT = 1000 }; /* nothing but bulk data is longer */

static void retransmitted(struct facts *k, const struct observed *o, size_t i)
{
  int client = o->from == TLSDIAG_FROM_CLIENT;

  fact_set(k, client ? FACT_CLIENT_REPEATED : FACT_SERVER_REPEATED, i);
  if (o->b >= BIG_SEGMENT) {
    fact_set(k, client ? FACT_CLIENT_REPEATED_BIG : FACT_SERVER_REPEATED_BIG,
             i);
  }
}

static void both_ways(struct facts *k, const struct observed *o, size_t i,
                      unsigned client_fact, unsigned server_fact)
{
  fact_set(k, o->from == TLSDIAG_FROM_CLIENT ? client_fact : server_fact, i);
}

static void alert(struct facts *k, const struct observed *o, size_t i)
{
  unsigned code = o->a & 0xff;

  if (o->a >> 8 == 1 && code == 112 && o->from == TLSDIAG_FROM_SERVER) {
    fact_set(k, FACT_WARNING_NAME, i);
  }
  if ((o->b & TLSDIAG_ALERT_FLAG_FROM_TEXT) != 0) {
    fact_set(k, FACT_TEXT, i);
  }
}

static void one(struct facts *k, const struct observed *o, size_t i)
{
  switch (o->kind) {
  case TLSDIAG_OBS_CLIENT_HELLO:
  case TLSDIAG_OBS_OFFERED_VERSIONS:
  case TLSDIAG_OBS_OFFERED_SUITES:
  case TLSDIAG_OBS_OFFERED_GROUPS:
  case TLSDIAG_OBS_OFFERED_SIGALGS:
  case TLSDIAG_OBS_SERVER_HELLO:
    facts_of_hello(k, o, i);
    break;
  case TLSDIAG_OBS_SYN_ACK: fact_set(k, FACT_CONNECTED, i); break;
  case TLSDIAG_OBS_REFUSED: fact_set(k, FACT_REFUSED, i); break;
  case TLSDIAG_OBS_RETRANSMITTED: retransmitted(k, o, i); break;
  case TLSDIAG_OBS_UNACKNOWLEDGED: unacknowledged(k, o, i); break;
  case TLSDIAG_OBS_RESET_EVIDENCE: reset_evidence(k, o, i); break;
  case TLSDIAG_OBS_DATA_AFTER_RESET:
    fact_set(k, FACT_DATA_AFTER_RESET, i);
    break;
  case TLSDIAG_OBS_GAP:
    both_ways(k, o, i, FACT_GAP_CLIENT, FACT_GAP_SERVER);
    break;
  case TLSDIAG_OBS_MIDSTREAM: fact_set(k, FACT_MIDSTREAM, i); break;
  case TLSDIAG_OBS_ONE_SIDED: fact_set(k, FACT_ONE_SIDED, i); break;
  case TLSDIAG_OBS_FIRST_BYTES: first_bytes(k, o, i); break;
  case TLSDIAG_OBS_STARTTLS: prologue(k, o, i); break;
  case TLSDIAG_OBS_HELLO_RETRY_REQUEST: fact_set(k, FACT_RETRY, i); break;
  case TLSDIAG_OBS_HELLO_VERIFY_REQUEST:
    fact_set(k, FACT_DTLS_COOKIE, i);
    break;
  case TLSDIAG_OBS_CERTIFICATE: certificate(k, o, i); break;
  case TLSDIAG_OBS_CERTIFICATE_STATUS: fact_set(k, FACT_STAPLED, i); break;
  case TLSDIAG_OBS_SERVER_KEY_EXCHANGE: key_exchange(k, o, i); break;
  case TLSDIAG_OBS_SERVER_HELLO_DONE: fact_set(k, FACT_HELLO_DONE, i); break;
  case TLSDIAG_OBS_CLIENT_KEY_EXCHANGE:
    fact_set(k, FACT_CLIENT_KEY_EXCHANGE, i);
    break;
  case TLSDIAG_OBS_CERTIFICATE_VERIFY: fact_set(k, FACT_CERT_VERIFY, i); break;
  case TLSDIAG_OBS_CHANGE_CIPHER_SPEC:
    both_ways(k, o, i, FACT_CLIENT_CCS, FACT_SERVER_CCS);
    break;
  case TLSDIAG_OBS_FINISHED:
    both_ways(k, o, i, FACT_CLIENT_FINISHED, FACT_SERVER_FINISHED);
    break;
  case TLSDIAG_OBS_APPLICATION_DATA:
    both_ways(k, o, i, FACT_CLIENT_DATA, FACT_SERVER_DATA);
    break;
  case TLSDIAG_OBS_ALERT: alert(k, o, i); break;
  case TLSDIAG_OBS_MALFORMED:
    both_ways(k, o, i, FACT_BAD_HELLO, FACT_BAD_SERVER_MESSAGE);
    break;
  case TLSDIAG_OBS_ANOMALY: anomaly(k, o, i); break;
  case TLSDIAG_OBS_RENEGOTIATION:
    fact_set(k, FACT_RENEGOTIATION, i);
    break;
  case TLSDIAG_OBS_UNEXPECTED:
    both_ways(k, o, i, FACT_UNEXPECTED_CLIENT, FACT_UNEXPECTED_SERVER);
    break;
  case TLSDIAG_OBS_OVERSIZED:
    both_ways(k, o, i, FACT_OVERSIZED_CLIENT, FACT_OVERSIZED_SERVER);
    break;
  case TLSDIAG_OBS_TEXT_CAUSE:
  case TLSDIAG_OBS_TEXT_STATE: fact_set(k, FACT_TEXT, i); break;
  case TLSDIAG_OBS_GROUP: k->group_cause = (o->a << 8) | o->b; break;
  case TLSDIAG_OBS_POLICY: k->policy_cause = o->a; break;
  default: break;
  }
}

/* Bytes of a side that ended without an acknowledgment, though the other side
 * was heard of. */
static int is_unacknowledged(const struct flow *f, unsigned from)
{
  const struct side *s = &f->side[from];

  return (f->state & FLOW_ENDED) != 0 && s->sent > s->acked &&
         (f->side[from ^ 1].flags & SIDE_SEEN) != 0;
}

static const struct observed *gap_of(const struct flow *f, unsigned from)
{
  size_t i;

  for (i = 0; i < f->num_observations; i++) {
    if (f->observed[i].kind == TLSDIAG_OBS_GAP && f->observed[i].from == from) {
      return &f->observed[i];
    }
  }
  return NULL;
}

/* A hole whose bytes the other side acknowledged is one of the observation,
 * not of the connection: the peer has read what we have not.  So is what lies
 * between the last bytes and a reset. */
static int is_missed(const struct flow *f, unsigned from)
{
  const struct observed *gap = gap_of(f, from);

  return f->side[from].was_reset == RESET_BEHIND_HOLE ||
         (gap != NULL && ((f->state & FLOW_HAS_TCP) == 0 ||
                          f->side[from].acked > gap->offset));
}

/* What the client said first is not known, so neither is what the server
 * answered: a hole lies there, or the observation began in mid-talk. */
static int is_start_missed(const struct flow *f, const struct facts *k)
{
  const struct observed *gap = gap_of(f, TLSDIAG_FROM_CLIENT);
  unsigned hello = k->at[FACT_HELLO];
  unsigned talk = k->at[FACT_SERVER_OTHER] | k->at[FACT_SERVER_BANNER] |
                  k->at[FACT_SERVER_HTTP];

  if ((f->state & (FLOW_HAS_TCP | FLOW_SYN | FLOW_SYN_ACK)) == FLOW_HAS_TCP &&
      talk != 0 && talk < hello) {
    return 1;
  }
  return gap != NULL && (hello == 0 || hello == INFERRED ||
                         gap->offset <= f->observed[hello - 1].offset);
}

/* 1: the rest of a hello that was not seen whole was never sent; else there
 * was only no room for it, or it is missing from the observation. */
static int hello_is_cut(const struct flow *f, const struct facts *k)
{
  const struct observed *o = &f->observed[k->at[FACT_HELLO_NOT_READ] - 1];

  return f->side[TLSDIAG_FROM_CLIENT].offset < (uint64_t)o->offset + o->b;
}

/* Bytes that answer the hello: not the plaintext in front of it, nor the
 * warning that a name is not known, behind which a server goes on. */
static int server_spoke(const struct flow *f, const struct facts *k)
{
  const struct side *s = &f->side[TLSDIAG_FROM_SERVER];

  if (fact_holds(k, FACT_STARTTLS_AGREED) &&
      (s->mode == MODE_PROLOGUE ||
       (s->mode == MODE_FIRST && s->head_len == 0))) {
    return 0;
  }
  if (fact_holds(k, FACT_WARNING_NAME) && s->num_alerts == 1 &&
      s->num_messages == 0 && s->msg_have == 0) {
    return 0;
  }
  /* Of a side that was not observed its peer's acknowledgments tell; the FIN
   * counts as a byte. */
  return s->offset + s->head_len != 0 ||
         ((s->flags & SIDE_SEEN) == 0 && s->acked > 1);
}

void facts_gather(const struct flow *f, struct facts *k)
{
  const size_t num = f->num_observations;
  size_t i;

  memset(k, 0, sizeof *k);
  k->stage = f->stage;
  fact_infer(k, FACT_ALWAYS, 1);
  for (i = 0; i < num; i++) {
    one(k, &f->observed[i], i);
  }
  if (fact_holds(k, FACT_HELLO_NOT_READ) && hello_is_cut(f, k)) {
    k->at[FACT_HELLO_PARTIAL] = k->at[FACT_HELLO_NOT_READ];
  }
  fact_infer(k, FACT_CLIENT_BYTES,
             f->side[0].offset + f->side[0].head_len != 0);
  fact_infer(k, FACT_SERVER_BYTES, server_spoke(f, k));
  fact_infer(k, FACT_MISSED, is_missed(f, 0) || is_missed(f, 1));
  fact_infer(k, FACT_START_MISSED, is_start_missed(f, k));
  /* Who writes of an alert has seen a hello, though we have not. */
  fact_infer(k, FACT_HELLO, fact_holds(k, FACT_TEXT));
  fact_infer(k, FACT_NO_HELLO, !fact_holds(k, FACT_HELLO));
  fact_infer(k, FACT_NO_SERVER_HELLO,
             !fact_holds(k, FACT_SERVER_HELLO) &&
               !fact_holds(k, FACT_GAP_SERVER));
  fact_infer(k, FACT_MIDSTREAM,
             (f->state & (FLOW_HAS_TCP | FLOW_SYN | FLOW_SYN_ACK)) ==
                 FLOW_HAS_TCP &&
               !fact_holds(k, FACT_HELLO) &&
               !fact_holds(k, FACT_SERVER_HELLO));
  fact_infer(k, FACT_CLIENT_UNACKED, is_unacknowledged(f, 0));
  fact_infer(k, FACT_CLIENT_ALL_UNACKED,
             is_unacknowledged(f, 0) && f->side[0].acked == 0);
  fact_infer(k, FACT_SYN_UNANSWERED,
             (f->state & (FLOW_SYN | FLOW_SYN_ACK)) == FLOW_SYN &&
               ((f->side[1].flags & SIDE_SEEN) |
                (f->side[0].flags & SIDE_BEYOND_SYN)) == 0);
  shape_gather(f, k);
  trigger_choose(f, k);
}

#pragma GCC diagnostic ignored "-Woverlength-strings" /* all compilers can */
static const char fact_texts[] =
#define FACT(name, sentence) sentence "\0"
#include "facts.inc"
#undef FACT
  ;

/* One pool of strings instead of an array of pointers: nothing to relocate. */
const char *fact_text(unsigned fact)
{
  const char *p = fact_texts;

  if (fact >= NUM_FACTS) {
    return "";
  }
  while (fact-- > 0) {
    while (*p != '\0') {
      p++;
    }
    p++;
  }
  return p;
}
