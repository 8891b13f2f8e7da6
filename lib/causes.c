/* causes.c: headline, meaning, advice, group and party of each cause. */
#include "causes.h"

#include "tlsdiag/tlsdiag.h"

#include "tables/causes.inc"

#define NUM_CAUSES (sizeof(cause_texts) / sizeof(cause_texts[0]))

static int column_of(uint32_t section)
{
  switch (section) {
  case TLSDIAG_SECTION_TITLE:
    return CAUSE_TEXT_TITLE;
  case TLSDIAG_SECTION_MEANING:
    return CAUSE_TEXT_MEANING;
  case TLSDIAG_SECTION_ADVICE:
    return CAUSE_TEXT_ADVICE;
  case TLSDIAG_SECTION_DECIDE:
    return CAUSE_TEXT_DECIDE;
  case TLSDIAG_SECTION_GROUP:
    return CAUSE_TEXT_GROUP;
  default:
    return CAUSE_TEXT_COLUMNS;
  }
}

const char *cause_text(uint32_t cause, uint32_t section)
{
  int column = column_of(section);

  if (cause >= NUM_CAUSES || column == CAUSE_TEXT_COLUMNS) {
    return NULL;
  }
  return (const char *)cause_pool + cause_texts[cause][column];
}

uint8_t cause_party(uint32_t cause)
{
  return cause < NUM_CAUSES ? cause_facts[cause][0] : TLSDIAG_PARTY_UNKNOWN;
}

uint8_t cause_group(uint32_t cause)
{
  return cause < NUM_CAUSES ? cause_facts[cause][1]
                            : TLSDIAG_CAUSE_GROUP_OUTCOME;
}
