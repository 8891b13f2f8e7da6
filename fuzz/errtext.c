/* Any bytes as a text: hints inside their limits, a verdict from them. */
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                       \
  do {                                                                         \
    if (!(condition)) {                                                        \
      abort();                                                                 \
    }                                                                          \
  } while (0)

#include "tlsdiag/tlsdiag.h"

enum { ROOM = 12 };

static void check_hint(const tlsdiag_hint *h, size_t len)
{
  unsigned i;

  CHECK(h->size == sizeof *h);
  CHECK(h->len > 0 && (size_t)h->offset + h->len <= len);
  CHECK(h->num_causes <= 4);
  CHECK(h->nature >= TLSDIAG_NATURE_DETECTED &&
        h->nature <= TLSDIAG_NATURE_STATE);
  CHECK(h->side == TLSDIAG_PARTY_CLIENT || h->side == TLSDIAG_PARTY_SERVER ||
        h->side == TLSDIAG_PARTY_UNKNOWN);
  CHECK(h->stage <= TLSDIAG_STAGE_APPLICATION_DATA);
  CHECK(h->alert <= 254 || h->alert == 0xffff);
  for (i = 0; i < h->num_causes; i++) {
    CHECK(h->weight[i] <= 100);
    CHECK(tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, h->cause[i]) != NULL);
    CHECK(i == 0 || h->weight[i] <= h->weight[i - 1]);
  }
}

/* What the caller says of the writer changes what the words mean, not what is
 * found to be one. */
static void check_sides(const uint8_t *text, size_t len)
{
  tlsdiag_text_options options = {sizeof options, 0, {0, 0, 0}};
  tlsdiag_hint hints[ROOM];
  size_t found;
  size_t i;

  for (; options.side <= TLSDIAG_PARTY_SERVER; options.side++) {
    found = ROOM;
    CHECK(tlsdiag_text_scan_with(text, len, &options, hints, sizeof hints[0],
                                 &found) == TLSDIAG_STATUS_OK);
    for (i = 0; i < found && i < ROOM; i++) {
      check_hint(&hints[i], len);
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
  tlsdiag_hint hints[ROOM];
  size_t found = ROOM;
  size_t none = 0;
  tlsdiag_flow flow;
  tlsdiag_verdict verdict;
  uint8_t *text = malloc(len > 0 ? len : 1);
  size_t i;

  if (text == NULL) {
    return 0;
  }
  if (len > 0) {
    memcpy(text, data, len);
  }
  CHECK(tlsdiag_text_scan(text, len, hints, sizeof hints[0], &found) ==
        TLSDIAG_STATUS_OK);
  CHECK(tlsdiag_text_scan(text, len, NULL, sizeof hints[0], &none) ==
        TLSDIAG_STATUS_OK);
  CHECK((found == 0) == (none == 0));
  check_sides(text, len);
  CHECK(tlsdiag_flow_init(&flow, sizeof flow, NULL) == TLSDIAG_STATUS_OK);
  for (i = 0; i < found && i < ROOM; i++) {
    check_hint(&hints[i], len);
    CHECK(tlsdiag_flow_hint(&flow, &hints[i], 0) == TLSDIAG_STATUS_OK);
  }
  memset(&verdict, 0, sizeof verdict);
  verdict.size = sizeof verdict;
  CHECK(tlsdiag_classify(&flow, &verdict) == TLSDIAG_STATUS_OK);
  CHECK(verdict.num_causes >= 1 && verdict.causes[0].confidence <= 100);
  free(text);
  return 0;
}
