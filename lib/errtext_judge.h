/* errtext_judge.h: the steps of judging one text (internal).
 *
 * Each step looks at all matches and changes some: what they mean, who wrote
 * them, whether they count. */
#ifndef TLSDIAG_LIB_ERRTEXT_JUDGE_H
#define TLSDIAG_LIB_ERRTEXT_JUDGE_H

#include "errtext.h"

enum { CODE_REACH = 200 };

/* It says something about a failure. */
static inline int et_is_primary(const struct et_match *m)
{
  return !(m->flags & ET_MATCH_DROP) &&
         (m->nature == TLSDIAG_NATURE_DETECTED ||
          m->nature == TLSDIAG_NATURE_RECEIVED ||
          m->nature == TLSDIAG_NATURE_SENT) &&
         m->meaning != et_known(ET_IS_UNKNOWN_CODE) &&
         m->meaning != et_known(ET_IS_CONTEXT);
}

static inline int et_is_state(const struct et_match *m)
{
  return !(m->flags & ET_MATCH_DROP) && m->nature == TLSDIAG_NATURE_STATE;
}

/* A certificate fault that was printed but did not end the handshake. */
static inline int et_is_detail(const struct et_match *m)
{
  return et_is_state(m) && et_is_certificate(m->meaning);
}

static inline int et_is_generic(const struct et_match *m)
{
  return m->meaning == et_known(ET_IS_CERT_VERIFY) ||
         m->meaning == et_known(ET_IS_CL_REJECTED) ||
         m->meaning == et_known(ET_IS_SV_REJECTED);
}

/* Codes and the words beside them (errtext_join.c). */
void et_join_codes(struct et_match *matches, unsigned num);
void et_join_details(struct et_match *matches, unsigned num);
void et_read_era(struct et_match *matches, unsigned num);
/* Who wrote each (errtext_sides.c). */
void et_learn_sides(struct et_match *matches, unsigned num, unsigned told);

#endif
