/* errtext_sides.c: which side wrote the lines of a text. */
#include "errtext_judge.h"

enum { LINE_WEIGHT = 1000, CUE_REACH = 4000 };

static int is_cue(const struct et_match *m)
{
  return m->side != 0 && !(m->side & ET_USUAL) && !(m->flags & ET_MATCH_DROP);
}

static uint32_t distance(const struct et_match *a, const struct et_match *b)
{
  uint32_t lines = a->line > b->line ? a->line - b->line : b->line - a->line;
  uint32_t bytes = a->at > b->at ? a->at - b->at : b->at - a->at;

  return lines > CUE_REACH ? ~0u : lines * LINE_WEIGHT + bytes;
}

/* The side of the nearest match that tells one, on the same line or anywhere;
 * 0 none. */
static uint8_t nearest_side(const struct et_match *matches, unsigned num,
                            const struct et_match *m, int anywhere)
{
  uint32_t best = ~0u;
  uint8_t side = 0;
  unsigned i;

  for (i = 0; i < num; i++) {
    if (is_cue(&matches[i]) && (anywhere || matches[i].line == m->line) &&
        distance(m, &matches[i]) < best) {
      best = distance(m, &matches[i]);
      side = matches[i].side;
    }
  }
  return side;
}

/* What proves its writer itself is believed first, then what its line proves,
 * then the caller, then what a wording makes likely, then the lines around. */
void et_learn_sides(struct et_match *matches, unsigned num, unsigned told)
{
  uint8_t sides[ET_MAX_MATCHES];
  unsigned i;

  for (i = 0; i < num; i++) {
    sides[i] = is_cue(&matches[i]) ? matches[i].side : 0;
    if (sides[i] == 0) {
      sides[i] = nearest_side(matches, num, &matches[i], 0);
    }
    if (sides[i] == 0) {
      sides[i] = (uint8_t)told;
    }
    if (sides[i] == 0) {
      sides[i] = matches[i].side & ET_SIDES;
    }
    if (sides[i] == 0) {
      sides[i] = nearest_side(matches, num, &matches[i], 1);
    }
  }
  for (i = 0; i < num; i++) {
    matches[i].side = sides[i];
  }
}
