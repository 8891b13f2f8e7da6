/* catalogue.c: the whole text about a cause.
 *
 * Its own file, so that a static program that only names causes does not
 * carry the catalogue. */
#include "causes.h"

#include "tlsdiag/tlsdiag.h"

#include "tables/catalogue.inc"

#define NUM_CAUSES (sizeof(catalogue_texts) / sizeof(catalogue_texts[0]))

static int column_of(uint32_t section)
{
  switch (section) {
  case TLSDIAG_SECTION_WHAT_HAPPENED:
    return CATALOGUE_WHAT_HAPPENED;
  case TLSDIAG_SECTION_ON_THE_WIRE:
    return CATALOGUE_ON_THE_WIRE;
  case TLSDIAG_SECTION_CONFIRM:
    return CATALOGUE_CONFIRM;
  case TLSDIAG_SECTION_FIX_CLIENT:
    return CATALOGUE_FIX_CLIENT;
  case TLSDIAG_SECTION_FIX_SERVER:
    return CATALOGUE_FIX_SERVER;
  case TLSDIAG_SECTION_WORDINGS:
    return CATALOGUE_WORDINGS;
  default:
    return CATALOGUE_COLUMNS;
  }
}

const char *tlsdiag_cause_text(uint32_t cause, uint32_t section)
{
  int column = column_of(section);

  if (column == CATALOGUE_COLUMNS) {
    return cause_text(cause, section);
  }
  if (cause >= NUM_CAUSES) {
    return NULL;
  }
  return (const char *)catalogue_pool + catalogue_texts[cause][column];
}
