/* causes.h: the short facts about a cause (internal).
 *
 * The long sections are in catalogue.c, which only programs that call
 * tlsdiag_cause_text() link. */
#ifndef TLSDIAG_LIB_CAUSES_H
#define TLSDIAG_LIB_CAUSES_H

#include <stdint.h>

/* cause_text returns TLSDIAG_SECTION_TITLE, _MEANING, _ADVICE, _DECIDE or
 * _GROUP of a cause, NULL for other sections and unknown causes. */
const char *cause_text(uint32_t cause, uint32_t section);

/* cause_party returns who usually has to change something: TLSDIAG_PARTY_*. */
uint8_t cause_party(uint32_t cause);

/* cause_group returns TLSDIAG_CAUSE_GROUP_*. */
uint8_t cause_group(uint32_t cause);

#endif
