/* attempt.c: what is kept of one connection once it is over. */
#include "flow.h"

#include <string.h>

enum { ALERT_NONE = 0xff, ALERT_ENCRYPTED = 0xfe };

static uint16_t saturate16(uint32_t value)
{
  return (uint16_t)(value < 0xffff ? value : 0xffff);
}

static const struct observed *first_of(const struct flow *f, unsigned kind)
{
  size_t i;

  for (i = 0; i < f->num_observations; i++) {
    if (f->observed[i].kind == kind) {
      return &f->observed[i];
    }
  }
  return NULL;
}

/* What a group said earlier is not this connection's own verdict: it would
 * come back to the track as evidence for itself. */
static int own_verdict(const struct flow *f, tlsdiag_verdict *v)
{
  struct flow alone;
  size_t i;

  v->size = sizeof *v;
  if (first_of(f, TLSDIAG_OBS_GROUP) == NULL) {
    return tlsdiag_classify((const tlsdiag_flow *)(const void *)f, v);
  }
  alone = *f;
  for (i = 0; i < alone.num_observations; i++) {
    if (alone.observed[i].kind == TLSDIAG_OBS_GROUP) {
      alone.observed[i].kind = TLSDIAG_OBS_NONE;
    }
  }
  return tlsdiag_classify((const tlsdiag_flow *)(const void *)&alone, v);
}

/* An alert that answers the other side's close ended nothing. */
static void fill_end(const tlsdiag_verdict *v, tlsdiag_attempt *out)
{
  out->alert = ALERT_NONE;
  out->end_how = v->end_how;
  out->end_by = v->end_by;
  if (v->has_alert &&
      (v->alert_flags & TLSDIAG_ALERT_FLAG_AFTER_PEER_CLOSE) == 0) {
    out->end_by = v->alert_from;
    out->alert = (v->alert_flags & TLSDIAG_ALERT_FLAG_ENCRYPTED) != 0
                     ? ALERT_ENCRYPTED
                     : v->alert_code;
  }
}

static void fill_hello(const struct flow *f, tlsdiag_attempt *out)
{
  const struct observed *hello = first_of(f, TLSDIAG_OBS_CLIENT_HELLO);
  const struct observed *answer = first_of(f, TLSDIAG_OBS_SERVER_HELLO);

  out->name_hash = f->name_hash;
  out->hello_hash = f->hello_hash;
  out->version_max = f->offered_max;
  out->version_min = f->offered_min;
  if (hello != NULL) {
    out->hello_flags = hello->a;
    out->hello_len = saturate16(hello->b);
  }
  if (answer != NULL) {
    out->server_flags = (uint16_t)(answer->b >> 16);
  }
}

static uint32_t duration_ms(const struct flow *f)
{
  uint32_t last = 0;
  size_t i;

  for (i = 0; i < f->num_observations; i++) {
    last = f->observed[i].t > last ? f->observed[i].t : last;
  }
  return last / 100;
}

int tlsdiag_attempt_from_flow(const tlsdiag_flow *flow, uint64_t id,
                              uint32_t server, tlsdiag_attempt *out)
{
  const struct flow *f = flow_of_const(flow);
  tlsdiag_verdict v;
  int rc;

  if (flow == NULL || out == NULL) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  rc = own_verdict(f, &v);
  if (rc != TLSDIAG_STATUS_OK) {
    return rc;
  }
  memset(out, 0, sizeof *out);
  out->t_us = f->start_us;
  out->id = id;
  out->server = server;
  out->version = v.version;
  out->cipher = v.cipher;
  out->cause = v.causes[0].id;
  out->confidence = v.causes[0].confidence;
  out->outcome = v.outcome;
  out->stage = v.stage;
  out->duration_ms = duration_ms(f);
  fill_hello(f, out);
  fill_end(&v, out);
  return TLSDIAG_STATUS_OK;
}
