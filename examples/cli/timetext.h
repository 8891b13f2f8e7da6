/* timetext.h: microseconds since 1970 as text. */
#ifndef TLSDIAG_CLI_TIMETEXT_H
#define TLSDIAG_CLI_TIMETEXT_H

#include "out.h"

/* 2026-11-20T12:00:00.123456Z */
void time_iso(struct out *o, uint64_t t_us);
/* 12:00:00.123456 */
void time_of_day(struct out *o, uint64_t t_us);
/* 1.234567: seconds of a span */
void time_span(struct out *o, uint64_t us);

#endif
