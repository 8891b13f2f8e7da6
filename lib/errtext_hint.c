/* errtext_hint.c: a judged match as a hint. */
#include <string.h>

#include "errtext.h"

static const struct et_causes *causes_of(const struct et_match *m)
{
  const struct et_meaning *meaning = et_meaning_of(m->meaning);
  unsigned side = m->side;

  /* The table speaks of who received an alert. */
  if (m->nature == TLSDIAG_NATURE_SENT && side != 0 && meaning->alert != 255) {
    side = 3 - side;
  }
  if ((m->flags & ET_MATCH_OURS) && side != 0 && meaning->alert != 255) {
    side = 3 - side;
  }
  return &meaning->by[side];
}

/* A guess is less sure, and what little proves is in a low voice. */
static uint8_t spoken(const struct et_match *m, unsigned weight)
{
  if (m->flags & ET_MATCH_QUIET) {
    return (uint8_t)(weight / 2);
  }
  return (uint8_t)(m->value == ET_VALUE_IS_GUESS ? weight * 7 / 10 : weight);
}

void et_hint(const struct et_match *m, tlsdiag_hint *hint)
{
  static const uint8_t parties[] = {TLSDIAG_PARTY_UNKNOWN, TLSDIAG_PARTY_CLIENT,
                                    TLSDIAG_PARTY_SERVER};
  const struct et_causes *causes = causes_of(m);
  int speaks = (m->nature != TLSDIAG_NATURE_STATE &&
                m->nature != TLSDIAG_NATURE_SECONDARY) ||
               m->meaning == et_known(ET_IS_COMPLETED);

  memset(hint, 0, sizeof *hint);
  hint->offset = m->at;
  hint->len = m->end - m->at;
  hint->code = m->code;
  hint->pattern = m->pattern;
  hint->stack = m->stack;
  hint->alert =
      m->alert == 255 || (m->flags & ET_MATCH_OURS) ? 0xffff : m->alert;
  hint->side = parties[m->side];
  hint->nature = m->nature;
  hint->stage = m->stage;
  while (speaks && hint->num_causes < 4 &&
         causes->weight[hint->num_causes] != 0) {
    hint->cause[hint->num_causes] = causes->cause[hint->num_causes];
    hint->weight[hint->num_causes] =
        spoken(m, causes->weight[hint->num_causes]);
    hint->num_causes++;
  }
}
