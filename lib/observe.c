/* observe.c: the list of observations of a flow. */
#include <string.h>

#include "flow.h"
#include "versioned.h"

uint32_t saturate32(uint64_t value)
{
  return value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

/* Time in units of 10 us since the first event: 32 bits hold 11 hours.  A
 * clock that steps back reads as no time passed. */
uint32_t flow_time(struct flow *f, uint64_t t_us)
{
  if ((f->state & FLOW_STARTED) == 0) {
    f->state |= FLOW_STARTED;
    f->start_us = t_us;
  }
  return t_us > f->start_us ? saturate32((t_us - f->start_us) / 10) : 0;
}

/* What decides a verdict finds a place even when a talkative peer has filled
 * the list with ordinary facts. */
static int is_decisive(unsigned kind)
{
  switch (kind) {
  case TLSDIAG_OBS_CLOSE:
  case TLSDIAG_OBS_ALERT:
  case TLSDIAG_OBS_ENCRYPTED_ALERT:
  case TLSDIAG_OBS_RESET_EVIDENCE:
  case TLSDIAG_OBS_FINISHED:
  case TLSDIAG_OBS_UNACKNOWLEDGED:
  case TLSDIAG_OBS_GROUP:
  case TLSDIAG_OBS_APPLICATION_DATA:
  case TLSDIAG_OBS_SERVER_HELLO:
    return 1;
  default:
    return 0;
  }
}

struct observed *observe_at(struct flow *f, unsigned kind, unsigned from,
                            uint32_t a, uint32_t b, uint64_t offset, uint32_t t)
{
  unsigned limit = is_decisive(kind) ? NUM_OBSERVATIONS : NUM_ORDINARY;
  struct observed *o;

  if (f->num_observations >= limit) {
    return NULL;
  }
  o = &f->observed[f->num_observations++];
  if (kind == TLSDIAG_OBS_CLOSE && f->first_close == 0) {
    f->first_close = f->num_observations;
  }
  o->kind = (uint8_t)kind;
  o->from = (uint8_t)from;
  o->stage = f->stage;
  o->reserved_ = 0;
  o->a = a;
  o->b = b;
  o->offset = saturate32(offset);
  o->t = t;
  return o;
}

struct observed *observed_find(struct flow *f, unsigned kind, unsigned from)
{
  size_t i = f->num_observations;

  while (i-- > 0) {
    if (f->observed[i].kind == kind && f->observed[i].from == from) {
      return &f->observed[i];
    }
  }
  return NULL;
}

unsigned tlsdiag_flow_num_observations(const tlsdiag_flow *flow)
{
  return flow != NULL ? flow_of_const(flow)->num_observations : 0;
}

int tlsdiag_flow_observation(const tlsdiag_flow *flow, unsigned index,
                             tlsdiag_observation *out)
{
  const struct flow *f = flow_of_const(flow);
  const struct observed *o;
  tlsdiag_observation full;

  if (flow == NULL || versioned_size(out) == 0) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  if (index >= f->num_observations) {
    return TLSDIAG_STATUS_END;
  }
  o = &f->observed[index];
  full.size = sizeof full;
  full.kind = o->kind;
  full.from = o->from;
  full.stage = o->stage;
  full.a = o->a;
  full.b = o->b;
  full.offset = o->offset;
  full.t_us = f->start_us + (uint64_t)o->t * 10;
  versioned_out(out, &full, sizeof full);
  return TLSDIAG_STATUS_OK;
}
