/* facts_shape.c: TLS 1.3 hides everything behind ServerHello in records that
 * look alike (RFC 8446 section 5.2), but not their direction, order and
 * length.  Length = content + 1 byte of type + padding + the AEAD tag:
 *
 *   alert         2 + 1 + 16 = 19
 *   Finished  4 + hash + 1 + 16 = 53 or 69
 *   Certificate without certificates: 4 + 4 + 1 + 16 = 25
 *
 * CCM_8 has a tag of 8 bytes.  JSSE adds 16 bytes of padding to each, mbedTLS
 * pads content and type to a multiple of 16, browsers by what they like. */
#include "facts_shape.h"
#include "suites.h"

struct lengths {
  unsigned tag, hash;
};

enum { ALERT = 2, JSSE_PADDING = 16 };

static struct lengths lengths_of(unsigned cipher)
{
  const struct suite_info *suite = suite_find((uint16_t)cipher);
  struct lengths n = {16, 32};

  if (suite != NULL && (suite->flags & SUITE_FLAG_SHORT_TAG) != 0) {
    n.tag = 8;
  }
  if (suite != NULL && suite->mac == SUITE_MAC_SHA384) {
    n.hash = 48;
  }
  return n;
}

/* The record may hold that much content, padded in one of the known ways. */
static int holds(const struct lengths *n, unsigned record, unsigned content)
{
  unsigned plain = content + 1 + n->tag;

  return record == plain || record == plain + JSSE_PADDING ||
         record == (content + 1 + 15) / 16 * 16 + n->tag;
}

static int is_alert(const struct lengths *n, unsigned record)
{
  return holds(n, record, ALERT);
}

/* Browsers pad by any amount, so Finished is what cannot be an alert and is
 * too short for a Certificate. */
static int is_finished(const struct lengths *n, unsigned record)
{
  unsigned plain = 4 + n->hash + 1 + n->tag;

  return record >= plain && record < plain + 64;
}

/* Too short for Finished: an alert, or an empty Certificate. */
static int is_short(const struct lengths *n, unsigned record)
{
  return record < 4 + n->hash + 1 + n->tag;
}

struct shape {
  struct lengths n;
  unsigned client_records; /* after ServerHello */
  unsigned client_alerts;  /* of them as long as an alert */
  unsigned server_records;
  unsigned server_bytes;
  unsigned first;       /* length of the client's first record */
  size_t first_at;      /* and its place */
  size_t alert_at;      /* 1 + first of the server's last records that are
                           alert-sized */
  int alert_after;      /* it came after the client had spoken */
  int client_done;      /* its Finished was seen */
};

/* Padded, an empty Certificate and an alert can have one length: what comes
 * next tells. */
static void client_record(struct facts *k, struct shape *s, unsigned len,
                          size_t i)
{
  s->client_records++;
  s->client_alerts += is_alert(&s->n, len) != 0;
  if (s->client_done) {
    fact_set(k,
             is_alert(&s->n, len) ? FACT_CLIENT_ALERT_AFTER : FACT_CLIENT_DATA,
             i);
    return;
  }
  if (s->client_records == 1) {
    s->first = len;
    s->first_at = i;
  }
  if (s->client_records == 1 && holds(&s->n, len, 8 + 4 + s->n.hash)) {
    s->client_done = 1; /* BoringSSL: an empty Certificate and Finished */
    fact_set(k, FACT_CLIENT_EMPTY_CERT_13, i);
    fact_set(k, FACT_CLIENT_FINISHED, i);
  } else if (is_finished(&s->n, len)) {
    s->client_done = 1;
    fact_set(k, FACT_CLIENT_FINISHED, i);
    if (s->client_records == 2 && is_short(&s->n, s->first)) {
      fact_set(k, FACT_CLIENT_EMPTY_CERT_13, s->first_at);
    }
  } else if (s->client_records == 1 && !is_short(&s->n, len)) {
    fact_set(k, FACT_CLIENT_CERT_13, i);
  }
}

/* The client sent one short record and nothing else, or alerts alone: JSSE
 * says close_notify behind its fatal alert. */
static void client_alert(struct facts *k, const struct shape *s)
{
  int alone = s->client_records == 1 && is_short(&s->n, s->first);
  int alerts = s->client_records != 0 && s->client_alerts == s->client_records;

  if ((alone || alerts) && !s->client_done &&
      !fact_holds(k, FACT_EARLY_DATA_SENT)) {
    fact_set(k, FACT_CLIENT_ALERT_FIRST, s->first_at);
  }
}

static void server_record(struct facts *k, struct shape *s, unsigned len,
                          size_t i)
{
  s->server_records++;
  s->server_bytes += len;
  if (!is_alert(&s->n, len)) {
    s->alert_at = 0;
  } else if (s->alert_at == 0) {
    s->alert_at = i + 1;
  }
  if (s->client_records != 0) {
    s->alert_after = s->alert_at != 0;
    if (s->alert_at == 0) {
      fact_set(k, FACT_SERVER_TICKETS, i);
    }
    return;
  }
  if (s->alert_at == 0) {
    fact_set(k, FACT_SERVER_FLIGHT, i);
    if (holds(&s->n, len, 4 + s->n.hash)) {
      fact_set(k, FACT_SERVER_FINISHED, i);
    }
  }
  /* EncryptedExtensions, Certificate, CertificateVerify and Finished together
   * are longer than this; with a PSK the first and the last are all. */
  if (s->server_bytes >= 500 ||
      (is_finished(&s->n, len) && s->server_records > 1) ||
      fact_holds(k, FACT_SERVER_PSK)) {
    fact_set(k, FACT_SERVER_FLIGHT_FULL, i);
  }
}

/* An alert is the last thing its sender says; a record of that size with
 * others behind it (mbedTLS pads EncryptedExtensions to it) is none. */
static void server_alert(struct facts *k, const struct shape *s)
{
  if (s->alert_at == 0) {
    return;
  }
  if (s->client_records > 0 &&
      (s->alert_after || fact_holds(k, FACT_CLIENT_CERT_13))) {
    if (!fact_holds(k, FACT_SERVER_TICKETS)) {
      fact_set(k, FACT_SERVER_ALERT_AFTER, s->alert_at - 1);
    }
    return;
  }
  fact_set(k, FACT_SERVER_ALERT_FIRST, s->alert_at - 1);
}

/* Within a tenth of a second of its own Finished, and no data between. */
static void alert_at_once(const struct flow *f, struct facts *k)
{
  unsigned finished = k->at[FACT_CLIENT_FINISHED];
  unsigned alert = k->at[FACT_CLIENT_ALERT_AFTER];

  if (finished != 0 && alert > finished && !fact_holds(k, FACT_CLIENT_DATA) &&
      f->observed[alert - 1].t - f->observed[finished - 1].t < 10000u) {
    fact_set(k, FACT_CLIENT_ALERT_AT_ONCE, alert - 1);
  }
}

/* Without a ServerHello (it was not observed) encrypted records are data; a
 * client's may be early data. */
static void unknown_records(const struct flow *f, struct facts *k)
{
  size_t i;

  for (i = 0; i < f->num_observations; i++) {
    if (f->observed[i].kind == TLSDIAG_OBS_PROTECTED_RECORD) {
      fact_set(k,
               f->observed[i].from == TLSDIAG_FROM_SERVER ? FACT_SERVER_DATA
                                                          : FACT_CLIENT_DATA,
               i);
    }
  }
}

void shape_gather(const struct flow *f, struct facts *k)
{
  struct shape s = {{0, 0}, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  const struct observed *o;
  size_t i;
  int hello_seen = 0;

  if (f->side[0].num_records + f->side[1].num_records == 0) {
    return;
  }
  if (!fact_holds(k, FACT_TLS13)) {
    if (!fact_holds(k, FACT_SERVER_HELLO)) {
      unknown_records(f, k);
    }
    return;
  }
  s.n = lengths_of(k->cipher);
  for (i = 0; i < f->num_observations; i++) {
    o = &f->observed[i];
    if (o->kind == TLSDIAG_OBS_SERVER_HELLO) {
      hello_seen = 1;
    } else if (o->kind == TLSDIAG_OBS_PROTECTED_RECORD && !hello_seen) {
      fact_set(k, FACT_EARLY_DATA_SENT, i);
    } else if (o->kind == TLSDIAG_OBS_PROTECTED_RECORD) {
      if (o->from == TLSDIAG_FROM_CLIENT) {
        client_record(k, &s, o->a, i);
      } else {
        server_record(k, &s, o->a, i);
      }
    }
  }
  alert_at_once(f, k);
  client_alert(k, &s);
  server_alert(k, &s);
  if (s.client_done) {
    k->stage = TLSDIAG_STAGE_FINISHED;
  }
}
