/* sight.c: how much of a connection was seen; see sight.h. */
#include "sight.h"

int sight_is_late(const struct flow *f)
{
  return (f->state & (FLOW_HAS_TCP | FLOW_SYN | FLOW_SYN_ACK)) == FLOW_HAS_TCP;
}

int sight_is_blind(const struct flow *f, const struct facts *k)
{
  return fact_holds(k, FACT_ONE_SIDED) || fact_holds(k, FACT_MIDSTREAM) ||
         (sight_is_late(f) &&
          f->side[TLSDIAG_FROM_CLIENT].mode != MODE_RECORDS) ||
         (fact_holds(k, FACT_MISSED) && fact_holds(k, FACT_SERVER_BYTES));
}

static int is_cut_short(const struct flow *f)
{
  const struct observed *o;

  if (f->first_close == 0) {
    return 0;
  }
  o = &f->observed[f->first_close - 1];
  return o->a == TLSDIAG_CLOSE_END_OF_CAPTURE && o->b < 2000;
}

int sight_is_open_talk(const struct flow *f, const struct facts *k)
{
  int server_missed =
      fact_holds(k, FACT_MISSED) && fact_holds(k, FACT_GAP_SERVER);

  if (!fact_holds(k, FACT_SERVER_BYTES) || fact_holds(k, FACT_SERVER_HTTP)) {
    return !fact_holds(k, FACT_SERVER_BYTES) && is_cut_short(f);
  }
  if (fact_holds(k, FACT_SERVER_BANNER) || fact_holds(k, FACT_SERVER_OTHER)) {
    return is_cut_short(f) || fact_holds(k, FACT_MISSED) || sight_is_late(f);
  }
  return server_missed;
}

int sight_is_only_cut(const struct flow *f, const struct facts *k,
                      const struct observed *o)
{
  unsigned again = k->at[FACT_CLIENT_REPEATED];

  if (o->a != TLSDIAG_CLOSE_END_OF_CAPTURE || o->b >= 2000) {
    return o->a == TLSDIAG_CLOSE_END_OF_CAPTURE &&
           fact_holds(k, FACT_ONE_SIDED);
  }
  return fact_holds(k, FACT_ONE_SIDED) ||
         (again != 0 && f->observed[again - 1].a == 1 && o->b < 200) ||
         (again == 0 && !fact_holds(k, FACT_SERVER_REPEATED));
}
