#include "text_judge.h"

#include <string.h>

static unsigned writer;

void judged_written_by(unsigned party)
{
  writer = party;
}

void judged_init(struct judged *j)
{
  memset(j, 0, sizeof *j);
  j->verdict.size = sizeof j->verdict;
  j->side = TLSDIAG_PARTY_UNKNOWN;
  (void)tlsdiag_flow_init(&j->flow, sizeof j->flow, NULL);
}

int hint_speaks(const tlsdiag_hint *h)
{
  return h->nature == TLSDIAG_NATURE_DETECTED ||
         h->nature == TLSDIAG_NATURE_RECEIVED ||
         h->nature == TLSDIAG_NATURE_SENT;
}

static void learn_side(struct judged *j, const tlsdiag_hint *h)
{
  if (j->side == TLSDIAG_PARTY_UNKNOWN) {
    j->side = h->side;
  } else if (h->side != TLSDIAG_PARTY_UNKNOWN && h->side != j->side) {
    j->side = TLSDIAG_PARTY_EITHER; /* lines of both sides */
  }
}

void judged_add_text(struct judged *j, const uint8_t *text, size_t len,
                     uint64_t t_us)
{
  tlsdiag_hint found[TEXT_HINTS];
  tlsdiag_text_options options = {sizeof options, 0, {0, 0, 0}};
  size_t count = TEXT_HINTS;
  size_t i;

  options.side = (uint8_t)writer;
  if (tlsdiag_text_scan_with(text, len, &options, found, sizeof found[0],
                             &count) != TLSDIAG_STATUS_OK) {
    return;
  }
  j->num_found += (unsigned)count;
  for (i = 0; i < count && i < TEXT_HINTS; i++) {
    (void)tlsdiag_flow_hint(&j->flow, &found[i], t_us);
    learn_side(j, &found[i]);
    if (j->num_hints < TEXT_HINTS) {
      j->hints[j->num_hints++] = found[i];
    }
  }
}

void judged_verdict(struct judged *j)
{
  j->verdict.size = sizeof j->verdict;
  (void)tlsdiag_classify(&j->flow, &j->verdict);
}

void judge_text(struct judged *j, const uint8_t *text, size_t len,
                uint64_t t_us)
{
  judged_init(j);
  judged_add_text(j, text, len, t_us);
  judged_verdict(j);
}
