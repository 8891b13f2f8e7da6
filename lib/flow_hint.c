/* flow_hint.c: facts from elsewhere: error texts and other connections. */
#include "flow.h"
#include "versioned.h"

static unsigned writer_of(const tlsdiag_hint *h)
{
  return h->side == TLSDIAG_PARTY_CLIENT ? TLSDIAG_FROM_CLIENT
                                         : TLSDIAG_FROM_SERVER;
}

/* An alert whose side is not known has no direction, so its causes speak. */
static int tells_alert(const tlsdiag_hint *h)
{
  return h->alert != 0xffff &&
         (h->nature == TLSDIAG_NATURE_RECEIVED ||
          h->nature == TLSDIAG_NATURE_SENT) &&
         (h->side == TLSDIAG_PARTY_CLIENT || h->side == TLSDIAG_PARTY_SERVER);
}

/* The wire's direction of an alert that a text speaks of: who received one was
 * sent it by the other side. */
static unsigned alert_sender(const tlsdiag_hint *h)
{
  return h->nature == TLSDIAG_NATURE_RECEIVED ? writer_of(h) ^ 1u
                                              : writer_of(h);
}

static void hint_alert(struct flow *f, const tlsdiag_hint *h, uint32_t t)
{
  unsigned from = alert_sender(h);
  uint32_t flags = TLSDIAG_ALERT_FLAG_FROM_TEXT;

  if (h->nature == TLSDIAG_NATURE_SENT) {
    flags |= TLSDIAG_ALERT_FLAG_SENT;
  }
  if (f->side[0].num_alerts + f->side[1].num_alerts != 0) {
    flags |= TLSDIAG_ALERT_FLAG_AFTER_ALERT;
  }
  observe_at(f, TLSDIAG_OBS_ALERT, from, (2u << 8) | (h->alert & 0xffu), flags,
             h->offset, t);
  f->side[from].num_alerts++;
}

static int is_cause(unsigned cause, unsigned confidence)
{
  return confidence <= 100 &&
         tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, cause) != NULL;
}

static int is_sane(const tlsdiag_hint *h)
{
  unsigned i;

  for (i = 0; i < h->num_causes && i < 4; i++) {
    if (!is_cause(h->cause[i], h->weight[i])) {
      return 0;
    }
  }
  return h->num_causes <= 4;
}

int tlsdiag_flow_hint(tlsdiag_flow *flow, const tlsdiag_hint *hint,
                      uint64_t t_us)
{
  struct flow *f = flow_of(flow);
  tlsdiag_hint h;
  uint32_t t;
  unsigned i;

  if (flow == NULL || versioned_in(&h, sizeof h, hint) != TLSDIAG_STATUS_OK ||
      !is_sane(&h)) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  t = flow_time(f, t_us);
  if (h.stack != 0) {
    observe_at(f, TLSDIAG_OBS_TEXT_STACK, writer_of(&h), h.stack, h.side,
               h.offset, t);
  }
  if (h.stage != 0 || h.nature == TLSDIAG_NATURE_STATE) {
    observe_at(f, TLSDIAG_OBS_TEXT_STATE, writer_of(&h), h.stage, h.nature,
               h.offset, t);
  }
  if (tells_alert(&h)) {
    hint_alert(f, &h, t);
  }
  for (i = 0; i < h.num_causes && i < 4; i++) {
    observe_at(f, TLSDIAG_OBS_TEXT_CAUSE, writer_of(&h), h.cause[i],
               ((uint32_t)h.weight[i] << 8) | h.nature, h.offset, t);
  }
  return TLSDIAG_STATUS_OK;
}

int tlsdiag_flow_group(tlsdiag_flow *flow, const tlsdiag_group *group,
                       uint64_t t_us)
{
  struct flow *f = flow_of(flow);
  tlsdiag_group g;
  struct observed *o;
  uint32_t t;

  if (flow == NULL || versioned_in(&g, sizeof g, group) != TLSDIAG_STATUS_OK ||
      !is_cause(g.cause, g.confidence)) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  if (g.cause == TLSDIAG_CAUSE_NONE) {
    return TLSDIAG_STATUS_OK;
  }
  t = flow_time(f, t_us);
  o = observed_find(f, TLSDIAG_OBS_GROUP, TLSDIAG_FROM_CLIENT);
  if (o == NULL) {
    o = observe_at(f, TLSDIAG_OBS_GROUP, TLSDIAG_FROM_CLIENT, 0, 0, 0, t);
  }
  if (o != NULL) {
    o->a = g.cause;
    o->b = g.confidence;
  }
  return TLSDIAG_STATUS_OK;
}
