/* trigger.c: what ended the handshake: the earliest abnormal event.
 *
 * What comes after it is an echo: OpenSSL answers an end of file with alert
 * 50, GnuTLS with 10, JSSE with 40; the second of two alerts is not the
 * reason; a reset that follows a FIN only cleans up. */
#include "facts_shape.h"
#include "sight.h"

/* TLS 1.3: the client finished and asked for something, and the server left
 * without a record: no ticket, no answer, no alert.  Then it has not read the
 * client's Finished, or somebody before it has not passed it on. */
static int left_unfinished(const struct flow *f, const struct facts *k)
{
  const struct observed *end;

  if (f->first_close == 0 || !fact_holds(k, FACT_CLIENT_DATA) ||
      fact_holds(k, FACT_SERVER_TICKETS) || fact_holds(k, FACT_MISSED) ||
      fact_holds(k, FACT_ONE_SIDED) || fact_holds(k, FACT_TEXT) ||
      f->num_observations >= NUM_ORDINARY ||
      f->side[TLSDIAG_FROM_SERVER].num_records >= NUM_RECORDS_KEPT) {
    return 0;
  }
  end = &f->observed[f->first_close - 1];
  return end->from == TLSDIAG_FROM_SERVER &&
         (end->a == TLSDIAG_CLOSE_FIN || end->a == TLSDIAG_CLOSE_RST) &&
         !fact_holds(k, FACT_SERVER_ALERT_AFTER);
}

static int completed(const struct flow *f, const struct facts *k)
{
  /* TLS 1.3: a client that was asked for its certificate is done only when the
   * server goes on (RFC 8446 section 4.4.2.4). */
  if (fact_holds(k, FACT_TLS13)) {
    if (fact_holds(k, FACT_CLIENT_CERT_13) ||
        fact_holds(k, FACT_CLIENT_EMPTY_CERT_13)) {
      return fact_holds(k, FACT_SERVER_TICKETS);
    }
    return fact_holds(k, FACT_CLIENT_FINISHED) && !left_unfinished(f, k);
  }
  /* The client may send data before the server has finished (RFC 7918). */
  if (fact_holds(k, FACT_SERVER_HELLO)) {
    return fact_holds(k, FACT_SERVER_DATA) ||
           (fact_holds(k, FACT_CLIENT_FINISHED) &&
            fact_holds(k, FACT_SERVER_FINISHED));
  }
  return fact_holds(k, FACT_CLIENT_DATA) && fact_holds(k, FACT_SERVER_DATA);
}

static void choose(struct facts *k, unsigned trigger, size_t index)
{
  k->trigger = (uint16_t)trigger;
  k->trigger_evidence |= 1ull << index;
}

/* A warning that does not end a handshake: unrecognized_name (RFC 6066 section
 * 3), no_certificate of SSLv3, and any other after which its sender goes on. */
static int is_harmless(const struct flow *f, size_t index)
{
  const struct observed *o = &f->observed[index];
  unsigned code = o->a & 0xff;
  size_t i;

  if (o->a >> 8 != 1) {
    return 0;
  }
  for (i = index + 1; i < f->num_observations; i++) {
    if (f->observed[i].from == o->from &&
        f->observed[i].kind >= TLSDIAG_OBS_CLIENT_HELLO &&
        f->observed[i].kind <= TLSDIAG_OBS_APPLICATION_DATA) {
      return 1;
    }
  }
  return code == 112 || code == 41;
}

/* What a side sent behind the alert is not why the other sent it. */
static void forget_after(struct facts *k, unsigned fact, size_t index)
{
  if (k->at[fact] != INFERRED && k->at[fact] > index + 1) {
    k->at[fact] = 0;
  }
}

/* Returns 1 when this alert is what ended the handshake. */
static int alert_event(const struct flow *f, struct facts *k, size_t i,
                       int done)
{
  const struct observed *o = &f->observed[i];
  unsigned code = o->a & 0xff;

  if ((o->b & TLSDIAG_ALERT_FLAG_AFTER_PEER_CLOSE) != 0 || is_harmless(f, i) ||
      (done && code == 0)) {
    return 0;
  }
  k->alert_at = (uint8_t)(i + 1);
  forget_after(k, FACT_CLIENT_ODD_LATER, i);
  forget_after(k, FACT_SERVER_ODD_LATER, i);
  choose(k, (o->from != 0 ? TRIGGER_ALERT_SERVER : TRIGGER_ALERT_CLIENT) + code,
         i);
  return 1;
}

static int closed_before(const struct flow *f, unsigned from, size_t index)
{
  size_t i;

  for (i = 0; i < index; i++) {
    if (f->observed[i].kind == TLSDIAG_OBS_CLOSE &&
        f->observed[i].from == from) {
      return 1;
    }
  }
  return 0;
}

/* Behind the client's Finished close_notify is the rule; not where the client
 * was asked for its certificate, or had no time to say or end anything. */
static int is_refusal_after(const struct flow *f, const struct facts *k,
                            size_t i)
{
  return fact_holds(k, FACT_CLIENT_EMPTY_CERT_13) ||
         fact_holds(k, FACT_CLIENT_CERT_13) ||
         (!fact_holds(k, FACT_CLIENT_DATA) &&
          !fact_holds(k, FACT_CLIENT_ALERT_AFTER) &&
          !closed_before(f, TLSDIAG_FROM_CLIENT, i));
}

/* An encrypted record that has the size of an alert.  After the handshake it
 * is as a rule close_notify; before its end it cannot be. */
static int hidden_event(const struct flow *f, struct facts *k, size_t i,
                        int done)
{
  const struct observed *o = &f->observed[i];
  int fails = 0;

  if (sight_is_blind(f, k)) {
    return 0;
  }
  if (o->kind == TLSDIAG_OBS_ENCRYPTED_ALERT) {
    fails = !done && (o->b & TLSDIAG_ALERT_FLAG_AFTER_PEER_CLOSE) == 0;
  } else if (k->at[FACT_CLIENT_ALERT_FIRST] == i + 1 ||
             k->at[FACT_SERVER_ALERT_FIRST] == i + 1) {
    fails = 1;
  } else if (k->at[FACT_CLIENT_ALERT_AT_ONCE] == i + 1) {
    /* RFC 9849 section 6.1.6: a client whose ECH was refused finishes the
     * handshake with the outer name and then aborts at once. */
    fails = fact_holds(k, FACT_ECH) && !fact_holds(k, FACT_CLIENT_CERT_13);
  } else if (k->at[FACT_SERVER_ALERT_AFTER] == i + 1) {
    fails = is_refusal_after(f, k, i);
  }
  if (fails) {
    k->alert_at = (uint8_t)(i + 1);
    choose(k, o->from != 0 ? TRIGGER_HIDDEN_SERVER : TRIGGER_HIDDEN_CLIENT, i);
  }
  return fails;
}

/* Plaintext of the server where its ServerHello belongs. */
static int server_is_not_tls(const struct facts *k)
{
  return fact_holds(k, FACT_HELLO) && !fact_holds(k, FACT_SERVER_HELLO) &&
         !fact_holds(k, FACT_START_MISSED) &&
         !fact_holds(k, FACT_STARTTLS_REFUSED) &&
         !fact_holds(k, FACT_STARTTLS_AGREED) &&
         !fact_holds(k, FACT_SSLV2_ANSWER) &&
         !fact_holds(k, FACT_CLIENT_PROXY_HEADER);
}

/* Plaintext of the client, and no hello behind it, or one that came too late:
 * behind a PROXY header nobody expected. */
static int client_is_not_tls(const struct flow *f, const struct facts *k)
{
  if (sight_is_late(f) && fact_holds(k, FACT_CLIENT_OTHER)) {
    return 0;
  }
  if (fact_holds(k, FACT_HELLO) && (!fact_holds(k, FACT_CLIENT_PROXY_HEADER) ||
                                    fact_holds(k, FACT_SERVER_HELLO))) {
    return 0;
  }
  return !fact_holds(k, FACT_STARTTLS_REFUSED) &&
         !fact_holds(k, FACT_STARTTLS_AGREED);
}

static int first_bytes_event(const struct flow *f, struct facts *k, size_t i)
{
  int from_client = f->observed[i].from == TLSDIAG_FROM_CLIENT;

  if (fact_holds(k, FACT_ONE_SIDED) || sight_is_open_talk(f, k) ||
      !(from_client ? client_is_not_tls(f, k) : server_is_not_tls(k))) {
    return 0;
  }
  choose(k, from_client ? TRIGGER_CLIENT_NOT_TLS : TRIGGER_SERVER_NOT_TLS, i);
  return 1;
}

/* How long nothing had been said when that happened. */
static uint32_t silence_before(const struct flow *f, size_t index)
{
  const struct observed *o = &f->observed[index];
  uint32_t last = 0;
  size_t i;

  if (o->kind == TLSDIAG_OBS_CLOSE) {
    return o->b;
  }
  for (i = 0; i < index; i++) {
    if (f->observed[i].t > last) {
      last = f->observed[i].t;
    }
  }
  return o->t > last ? (o->t - last) / 100 : 0;
}

static void silence_facts(const struct flow *f, struct facts *k, size_t index)
{
  const struct observed *o = &f->observed[index];
  uint32_t ms = silence_before(f, index);

  /* The host program's timer says so itself, clock or no clock. */
  if (o->kind == TLSDIAG_OBS_CLOSE && o->a == TLSDIAG_CLOSE_TIMEOUT &&
      ms < 2000) {
    ms = 2000;
  }
  fact_infer(k, FACT_QUICK, ms < 1000);
  fact_infer(k, FACT_SLOW, ms >= 2000);
  fact_infer(k, FACT_VERY_SLOW, ms >= 10000);
}

/* An end is abnormal until the handshake is complete. */
static int close_event(const struct flow *f, struct facts *k, size_t i,
                       int done)
{
  const struct observed *o = &f->observed[i];

  if (done || sight_is_blind(f, k) || fact_holds(k, FACT_SSLV2_ANSWER) ||
      sight_is_only_cut(f, k, o)) {
    return 0;
  }
  if (o->a == TLSDIAG_CLOSE_FIN) {
    choose(k, TRIGGER_FIN_CLIENT + o->from, i);
  } else if (o->a == TLSDIAG_CLOSE_RST) {
    choose(k, TRIGGER_RST_CLIENT + o->from, i);
  } else {
    fact_infer(k, FACT_CAPTURE_END, o->a == TLSDIAG_CLOSE_END_OF_CAPTURE);
    choose(k, TRIGGER_SILENCE, i);
  }
  return 1;
}

static int event(const struct flow *f, struct facts *k, size_t i, int done)
{
  const struct observed *o = &f->observed[i];

  switch (o->kind) {
  case TLSDIAG_OBS_ALERT:
    return alert_event(f, k, i, done);
  case TLSDIAG_OBS_ENCRYPTED_ALERT:
  case TLSDIAG_OBS_PROTECTED_RECORD:
    return hidden_event(f, k, i, done);
  case TLSDIAG_OBS_FIRST_BYTES:
    return first_bytes_event(f, k, i);
  case TLSDIAG_OBS_STARTTLS:
    if (o->b == TLSDIAG_PROLOGUE_REFUSED && !fact_holds(k, FACT_SERVER_HELLO)) {
      choose(k, TRIGGER_STARTTLS, i);
      return 1;
    }
    return 0;
  case TLSDIAG_OBS_REFUSED:
    choose(k, TRIGGER_CONNECT, i);
    return 1;
  case TLSDIAG_OBS_CLOSE:
    return close_event(f, k, i, done);
  default:
    return 0;
  }
}

/* A handshake inside the connection that the other side answered with an
 * encrypted alert and nothing else, and then the connection ended at once. */
static int renegotiation_refused(const struct flow *f)
{
  const struct observed *o, *asked = NULL;
  size_t i;

  for (i = 0; i < f->num_observations; i++) {
    o = &f->observed[i];
    if (o->kind == TLSDIAG_OBS_RENEGOTIATION) {
      if (asked != NULL && asked->from != o->from) {
        return 0; /* the other side went along */
      }
      asked = o;
    } else if (o->kind == TLSDIAG_OBS_ENCRYPTED_ALERT && asked != NULL &&
               o->from != asked->from) {
      return f->first_close != 0 &&
             f->observed[f->first_close - 1].t - o->t < 100000u;
    }
  }
  return 0;
}

/* It said how long its record is and has not sent all of it. */
static int is_in_record(const struct side *s)
{
  return s->mode == MODE_RECORDS && (s->record_left | s->head_len) != 0;
}

/* Who should have spoken next: RFC 5246 section 7.3, RFC 8446 section 2. */
static int server_owes(const struct flow *f, const struct facts *k)
{
  if (!fact_holds(k, FACT_CLIENT_BYTES)) {
    return fact_holds(k, FACT_STARTTLS_ASKED);
  }
  if (!fact_holds(k, FACT_SERVER_HELLO)) {
    return !fact_holds(k, FACT_RETRY) || fact_holds(k, FACT_SECOND_HELLO);
  }
  if (is_in_record(&f->side[TLSDIAG_FROM_SERVER])) {
    return 1;
  }
  if (fact_holds(k, FACT_TLS13)) {
    return !fact_holds(k, FACT_SERVER_FLIGHT_FULL) ||
           fact_holds(k, FACT_CLIENT_FINISHED);
  }
  if (fact_holds(k, FACT_CLIENT_FINISHED)) {
    return !fact_holds(k, FACT_SERVER_FINISHED);
  }
  if (fact_holds(k, FACT_RESUMED)) {
    return !fact_holds(k, FACT_SERVER_FINISHED);
  }
  return !fact_holds(k, FACT_HELLO_DONE);
}

/* What the end tells, whatever was found to be the reason. */
static void end_facts(const struct flow *f, struct facts *k)
{
  k->close_at = f->first_close;
  fact_infer(k, FACT_LEFT_BEFORE_ANSWER,
             k->close_at != 0 && k->at[FACT_SERVER_HELLO] > k->close_at &&
                 f->observed[k->close_at - 1].from == TLSDIAG_FROM_CLIENT);
  fact_infer(k, FACT_ENDED, k->close_at != 0);
  fact_infer(k, server_owes(f, k) ? FACT_SERVER_OWES : FACT_CLIENT_OWES, 1);
}

static int is_plaintext_talk(const struct flow *f, const struct facts *k)
{
  if (!fact_holds(k, FACT_NO_HELLO) || !client_spoke_plain(k) ||
      fact_holds(k, FACT_STARTTLS_AGREED) ||
      fact_holds(k, FACT_STARTTLS_REFUSED)) {
    return 0;
  }
  return ((fact_holds(k, FACT_SERVER_HTTP) &&
           !fact_holds(k, FACT_HTTP_BAD_REQUEST)) ||
          fact_holds(k, FACT_SERVER_BANNER) ||
          fact_holds(k, FACT_SERVER_OTHER)) &&
         !sight_is_open_talk(f, k);
}

static uint8_t outcome_of(const struct facts *k)
{
  switch (k->trigger) {
  case TRIGGER_NONE:
    return TLSDIAG_OUTCOME_INCOMPLETE;
  case TRIGGER_COMPLETED:
    return TLSDIAG_OUTCOME_COMPLETED;
  case TRIGGER_PLAINTEXT:
  case TRIGGER_CLIENT_NOT_TLS:
  case TRIGGER_SERVER_NOT_TLS:
  case TRIGGER_STARTTLS:
    return TLSDIAG_OUTCOME_NOT_TLS;
  default:
    return TLSDIAG_OUTCOME_FAILED;
  }
}

/* A SYN needs time to be answered, or to be sent again. */
static int was_given_time(const struct flow *f)
{
  const struct observed *o;

  if (f->first_close == 0) {
    return 0;
  }
  o = &f->observed[f->first_close - 1];
  return o->a != TLSDIAG_CLOSE_END_OF_CAPTURE || o->b >= 1000 ||
         o->t >= 100000u || f->side[TLSDIAG_FROM_CLIENT].num_syns > 1;
}

/* Nothing abnormal ended it, and it was completed: what came behind that. */
static uint16_t behind_finish(const struct flow *f, const struct facts *k)
{
  return fact_holds(k, FACT_RENEGOTIATION) && !fact_holds(k, FACT_MISSED) &&
                 renegotiation_refused(f)
             ? TRIGGER_RENEGOTIATION
             : TRIGGER_COMPLETED;
}

void trigger_choose(const struct flow *f, struct facts *k)
{
  const size_t num = f->num_observations;
  int done = completed(f, k);
  size_t i;

  if (is_plaintext_talk(f, k)) {
    k->trigger = TRIGGER_PLAINTEXT;
  }
  if (fact_holds(k, FACT_SYN_UNANSWERED) && was_given_time(f)) {
    k->trigger = TRIGGER_CONNECT;
  }
  for (i = 0; i < num && k->trigger == TRIGGER_NONE; i++) {
    if (event(f, k, i, done)) {
      silence_facts(f, k, i);
    }
  }
  if (k->trigger == TRIGGER_NONE && done) {
    k->trigger = behind_finish(f, k);
  }
  end_facts(f, k);
  k->outcome = outcome_of(k);
}
