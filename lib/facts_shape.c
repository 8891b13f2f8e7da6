/* facts_shape.c: TLS 1.3 hides everything behind ServerHello in records that
 * look alike (RFC 8446 section 5.2), but not their direction, order and
 * length.  Length = content + 1 byte of type + padding + the AEAD tag:
 *
 *   alert         2 + 1 + 16 = 19   (CCM_8: 11; JSSE pads by 16: 35)
 *   Finished  4 + hash + 1 + 16 = 53 or 69   (JSSE: 69 or 85)
 *   Certificate without certificates: 4 + 4 + 1 + 16 = 25 */
#include "facts_shape.h"
#include "suites.h"

struct lengths {
  unsigned alert, finished, empty_certificate;
};

enum { JSSE_PADDING = 16 };

static struct lengths lengths_of(unsigned cipher)
{
  const struct suite_info *suite = suite_find((uint16_t)cipher);
  unsigned overhead = 1 + 16;
  unsigned hash = 32;
  struct lengths n;

  if (suite != NULL && (suite->flags & SUITE_FLAG_SHORT_TAG) != 0) {
    overhead = 1 + 8;
  }
  if (suite != NULL && suite->mac == SUITE_MAC_SHA384) {
    hash = 48;
  }
  n.alert = 2 + overhead;
  n.finished = 4 + hash + overhead;
  n.empty_certificate = 8 + overhead;
  return n;
}

static int is_length(unsigned len, unsigned wanted)
{
  return len == wanted || len == wanted + JSSE_PADDING;
}

struct shape {
  struct lengths n;
  unsigned client_records; /* after ServerHello */
  unsigned server_records;
  unsigned server_bytes;
  int client_done; /* its Finished was seen */
};

static void client_record(struct facts *k, struct shape *s, unsigned len,
                          size_t i)
{
  s->client_records++;
  if (s->client_done) {
    if (is_length(len, s->n.alert)) {
      fact_set(k, FACT_CLIENT_ALERT_AFTER, i);
    } else {
      fact_set(k, FACT_CLIENT_DATA, i);
    }
    return;
  }
  if (is_length(len, s->n.finished)) {
    s->client_done = 1;
    fact_set(k, FACT_CLIENT_FINISHED, i);
  } else if (len == s->n.empty_certificate && s->client_records == 1) {
    fact_set(k, FACT_CLIENT_EMPTY_CERT_13, i);
  } else if (is_length(len, s->n.alert) && s->client_records == 1) {
    fact_set(k, FACT_CLIENT_ALERT_FIRST, i);
  } else if (len == s->n.empty_certificate + s->n.finished) {
    fact_set(k, FACT_CLIENT_EMPTY_CERT_13, i); /* both in one record */
    s->client_done = 1;
    fact_set(k, FACT_CLIENT_FINISHED, i);
  } else if (len > s->n.finished && s->client_records == 1) {
    fact_set(k, FACT_CLIENT_CERT_13, i);
  }
}

static void server_record(struct facts *k, struct shape *s, unsigned len,
                          size_t i)
{
  int alert_sized = is_length(len, s->n.alert);

  s->server_records++;
  s->server_bytes += len;
  if (s->client_done || fact_holds(k, FACT_CLIENT_ALERT_FIRST)) {
    if (!alert_sized) {
      fact_set(k, FACT_SERVER_TICKETS, i);
    } else if (!fact_holds(k, FACT_SERVER_TICKETS)) {
      fact_set(k, FACT_SERVER_ALERT_AFTER, i);
    }
    return;
  }
  if (s->server_records == 1) {
    fact_set(k, alert_sized ? FACT_SERVER_ALERT_FIRST : FACT_SERVER_FLIGHT, i);
  } else if (alert_sized && !fact_holds(k, FACT_CLIENT_CERT_13)) {
    fact_set(k, FACT_SERVER_ALERT_FIRST, i);
  } else if (alert_sized) {
    fact_set(k, FACT_SERVER_ALERT_AFTER, i);
  }
  /* EncryptedExtensions, Certificate, CertificateVerify and Finished together
   * are longer than this; with a PSK the first and the last are all. */
  if (s->server_bytes >= 500 ||
      (is_length(len, s->n.finished) && s->server_records > 1) ||
      fact_holds(k, FACT_SERVER_PSK)) {
    fact_set(k, FACT_SERVER_FLIGHT_FULL, i);
  }
}

void shape_gather(const struct flow *f, struct facts *k)
{
  struct shape s = {{0, 0, 0}, 0, 0, 0, 0};
  const struct observed *o;
  size_t i;
  int hello_seen = 0;

  if (!fact_holds(k, FACT_TLS13)) {
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
  if (s.client_done) {
    k->stage = TLSDIAG_STAGE_FINISHED;
  }
}
