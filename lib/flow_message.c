/* flow_message.c: one plaintext handshake message becomes observations. */
#include <string.h>

#include "certificate.h"
#include "flow.h"
#include "flow_hello.h"
#include "hash.h"
#include "reader.h"
#include "suites.h"

enum { YEAR_2000 = 946684800 };

int message_wanted(unsigned type)
{
  return type == HS_CLIENT_HELLO || type == HS_SERVER_HELLO ||
         type == HS_CERTIFICATE || type == HS_SERVER_KEY_EXCHANGE ||
         type == HS_CERTIFICATE_REQUEST;
}

static struct observed *note(struct flow *f, const struct message *m,
                             unsigned kind, uint32_t a, uint32_t b)
{
  return observe_at(f, kind, m->from, a, b, m->offset, m->t);
}

static uint32_t body_len(const struct message *m)
{
  size_t header = m->format == TLSDIAG_FORMAT_DTLS ? 12 : 4;

  return m->full_len > header ? saturate32(m->full_len - header) : 0;
}

/* A reader over the part of the body that is there. */
static struct reader body_of(const struct message *m, struct rd_fault *fault)
{
  size_t header = m->format == TLSDIAG_FORMAT_DTLS ? 12 : 4;
  struct reader r;

  memset(fault, 0, sizeof *fault);
  rd_init(&r, m->ptr, m->len, fault);
  (void)rd_take(&r, header, TLSDIAG_FIELD_HANDSHAKE_LENGTH);
  return r;
}

static void certificate(struct flow *f, const struct message *m)
{
  const struct suite_info *suite = suite_find(f->cipher);
  struct cert_context context;
  struct cert_facts facts;
  struct rd_fault fault;
  struct reader body = body_of(m, &fault);

  memset(&context, 0, sizeof context);
  context.from_client = m->from == TLSDIAG_FROM_CLIENT;
  context.partial = m->len < m->full_len;
  if (m->from == TLSDIAG_FROM_SERVER) {
    context.name_hash = f->name_hash;
    context.parent_hash = f->parent_hash;
    context.key_exchange = suite != NULL ? suite->kx : 0;
  }
  if ((f->flags & TLSDIAG_FLOW_WALL_CLOCK) != 0) {
    context.unix_seconds = (f->start_us + (uint64_t)m->t * 10) / 1000000;
    if (context.unix_seconds < YEAR_2000) {
      context.unix_seconds = 0; /* a clock that was never set */
    }
  }
  certificate_read(&body, &context, &facts);
  note(f, m, TLSDIAG_OBS_CERTIFICATE, facts.flags,
       ((uint32_t)facts.key_bits << 16) | facts.count);
}

/* A fault that is not just the end of what could be kept. */
static void note_fault(struct flow *f, const struct message *m,
                       const struct rd_fault *fault)
{
  uint32_t want = fault->want < 0xffff ? (uint32_t)fault->want : 0xffff;
  uint32_t have = fault->have < 0xffff ? (uint32_t)fault->have : 0xffff;

  if (fault->field != 0 && m->len == m->full_len) {
    observe_at(f, TLSDIAG_OBS_MALFORMED, m->from, fault->field,
               (want << 16) | have, m->offset + fault->offset, m->t);
  }
}

/* A suite that was not offered was put there by somebody: the message is then
 * read by the wrong plan.  Where the offer was not seen it may be so. */
static int suite_fits_offer(struct flow *f)
{
  const struct observed *o =
      observed_find(f, TLSDIAG_OBS_SERVER_HELLO, TLSDIAG_FROM_SERVER);

  return o == NULL ||
         ((f->state & FLOW_OFFER_WHOLE) != 0 &&
          (o->b >> 16 & TLSDIAG_SERVER_HELLO_SUITE_NOT_OFFERED) == 0);
}

static void server_key_exchange(struct flow *f, const struct message *m)
{
  const struct suite_info *suite = suite_find(f->cipher);
  struct ske_facts facts;
  struct rd_fault fault;
  struct reader body = body_of(m, &fault);

  server_key_exchange_read(&body, suite != NULL ? suite->kx : SUITE_KX_NULL,
                           &facts);
  note(f, m, TLSDIAG_OBS_SERVER_KEY_EXCHANGE, facts.group, facts.prime_bits);
  if (suite_fits_offer(f)) {
    note_fault(f, m, &fault);
  }
}

static void certificate_request(struct flow *f, const struct message *m)
{
  struct creq_facts facts;
  struct rd_fault fault;
  struct reader body = body_of(m, &fault);

  certificate_request_read(&body, f->version, &facts);
  note(f, m, TLSDIAG_OBS_CERTIFICATE_REQUEST, facts.num_signature_algorithms,
       facts.num_names);
  note_fault(f, m, &fault);
}

/* Messages of which the type alone is enough. */
struct plain_message {
  uint8_t type, from, obs, stage;
};

static const struct plain_message plain_messages[] = {
    {HS_HELLO_VERIFY_REQUEST, 1, TLSDIAG_OBS_HELLO_VERIFY_REQUEST,
     TLSDIAG_STAGE_HELLO_VERIFY_REQUEST},
    {HS_NEW_SESSION_TICKET, 1, TLSDIAG_OBS_NEW_SESSION_TICKET,
     TLSDIAG_STAGE_NEW_SESSION_TICKET},
    {HS_CERTIFICATE_STATUS, 1, TLSDIAG_OBS_CERTIFICATE_STATUS,
     TLSDIAG_STAGE_CERTIFICATE_STATUS},
    {HS_SERVER_HELLO_DONE, 1, TLSDIAG_OBS_SERVER_HELLO_DONE,
     TLSDIAG_STAGE_SERVER_HELLO_DONE},
    {HS_CLIENT_KEY_EXCHANGE, 0, TLSDIAG_OBS_CLIENT_KEY_EXCHANGE,
     TLSDIAG_STAGE_CLIENT_KEY_EXCHANGE},
    {HS_CERTIFICATE_VERIFY, 0, TLSDIAG_OBS_CERTIFICATE_VERIFY,
     TLSDIAG_STAGE_CERTIFICATE_VERIFY},
};

static int plain(struct flow *f, const struct message *m)
{
  const struct plain_message *p;
  size_t i;

  for (i = 0; i < sizeof plain_messages / sizeof plain_messages[0]; i++) {
    p = &plain_messages[i];
    if (p->type == m->type && p->from == m->from) {
      f->stage = p->stage;
      note(f, m, p->obs, 0, body_len(m));
      return 1;
    }
  }
  return 0;
}

/* A message that its sender never sends, or not here, or not in clear. */
static void unexpected(struct flow *f, const struct message *m)
{
  if (observed_find(f, TLSDIAG_OBS_UNEXPECTED, m->from) == NULL) {
    note(f, m, TLSDIAG_OBS_UNEXPECTED, m->type, f->stage);
  }
}

static int seen(struct flow *f, unsigned kind)
{
  return observed_find(f, kind, TLSDIAG_FROM_SERVER) != NULL;
}

/* The flight ends without a message that this key exchange cannot do without
 * (RFC 5246 sections 7.4.2 and 7.4.3). */
static int flight_lacks_something(struct flow *f)
{
  const struct suite_info *suite = suite_find(f->cipher);
  int signs = suite != NULL && (suite->auth == SUITE_AUTH_RSA ||
                                suite->auth == SUITE_AUTH_ECDSA ||
                                suite->auth == SUITE_AUTH_DSS);
  int ephemeral = suite != NULL &&
                  (suite->kx == SUITE_KX_DHE || suite->kx == SUITE_KX_ECDHE);

  return !seen(f, TLSDIAG_OBS_GAP) &&
         ((signs && !seen(f, TLSDIAG_OBS_CERTIFICATE)) ||
          (ephemeral && !seen(f, TLSDIAG_OBS_SERVER_KEY_EXCHANGE)));
}

/* RFC 5246 section 7.3 and RFC 8446 section 2 draw the order.  Only what can
 * not be in any handshake is called out of order. */
static int out_of_order(struct flow *f, const struct message *m)
{
  switch (m->type) {
  case HS_SERVER_HELLO_DONE:
    return f->version == 0 || flight_lacks_something(f);
  case HS_SERVER_KEY_EXCHANGE:
  case HS_CERTIFICATE_REQUEST:
    return f->version == 0 || f->stage < TLSDIAG_STAGE_SERVER_HELLO;
  case HS_CERTIFICATE: /* the client's: when asked, before its key exchange */
    return m->from == TLSDIAG_FROM_CLIENT &&
           (f->stage >= TLSDIAG_STAGE_CLIENT_KEY_EXCHANGE ||
            (!seen(f, TLSDIAG_OBS_CERTIFICATE_REQUEST) &&
             !seen(f, TLSDIAG_OBS_GAP)));
  case HS_CLIENT_KEY_EXCHANGE:
    return f->version != 0 && f->stage < TLSDIAG_STAGE_SERVER_HELLO_DONE;
  case HS_FINISHED: /* plaintext: keys were never switched */
    return 1;
  default:
    return 0;
  }
}

/* Hellos, and the request for one: they begin a handshake, so that there is no
 * order yet which they could break. */
static int begins(struct flow *f, const struct message *m)
{
  int from_server = m->from == TLSDIAG_FROM_SERVER;

  if (m->type == HS_CLIENT_HELLO && !from_server) {
    client_hello_read(f, m);
  } else if (m->type == HS_SERVER_HELLO && from_server) {
    server_hello_read(f, m);
  } else if (m->type == HS_HELLO_REQUEST && from_server) {
    note(f, m, TLSDIAG_OBS_RENEGOTIATION, m->type, 0);
  } else {
    return 0;
  }
  return 1;
}

/* Messages with more to tell than that they came. */
static int detailed(struct flow *f, const struct message *m)
{
  int from_server = m->from == TLSDIAG_FROM_SERVER;

  if (m->type == HS_CERTIFICATE) {
    f->stage = from_server ? TLSDIAG_STAGE_CERTIFICATE
                           : TLSDIAG_STAGE_CLIENT_CERTIFICATE;
    certificate(f, m);
  } else if (m->type == HS_SERVER_KEY_EXCHANGE && from_server) {
    f->stage = TLSDIAG_STAGE_SERVER_KEY_EXCHANGE;
    server_key_exchange(f, m);
  } else if (m->type == HS_CERTIFICATE_REQUEST && from_server) {
    f->stage = TLSDIAG_STAGE_CERTIFICATE_REQUEST;
    certificate_request(f, m);
  } else {
    return 0;
  }
  return 1;
}

void message_read(struct flow *f, const struct message *m)
{
  struct side *s = &f->side[m->from];

  if (s->num_messages < UINT8_MAX) {
    s->num_messages++;
  }
  if (begins(f, m)) {
    return;
  }
  if (out_of_order(f, m)) {
    unexpected(f, m);
  }
  if (!plain(f, m) && !detailed(f, m)) {
    unexpected(f, m);
  }
}
