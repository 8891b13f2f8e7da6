#include "log_tally.h"

#include <string.h>

static uint8_t keep_time(char *out, const struct log_span *time)
{
  size_t len = time->len < TALLY_TIME ? time->len : TALLY_TIME;

  if (time->ptr != NULL) {
    memcpy(out, time->ptr, len);
    return (uint8_t)len;
  }
  return 0;
}

static void cause_add(struct cause_tally *c, const struct log_line *line,
                      uint64_t number, const tlsdiag_cause *cause)
{
  if (c->count++ == 0) {
    c->first_len = keep_time(c->first, &line->time);
    c->example_line = number;
    c->example_len = (uint32_t)(line->all.len < TALLY_EXAMPLE ? line->all.len
                                                              : TALLY_EXAMPLE);
    memcpy(c->example, line->all.ptr, c->example_len);
    c->party = cause->party;
  }
  c->last_len = keep_time(c->last, &line->time);
  if (cause->confidence > c->confidence) {
    c->confidence = cause->confidence;
  }
}

void tally_add(struct tally *t, const struct log_line *line, uint64_t number,
               const tlsdiag_verdict *verdict)
{
  unsigned cause = verdict->causes[0].id;

  if (cause >= TALLY_CAUSES) {
    return;
  }
  if (verdict->noise) {
    t->num_noise++;
    cause_add(&t->noise[cause], line, number, &verdict->causes[0]);
  } else {
    t->num_failures++;
    cause_add(&t->failed[cause], line, number, &verdict->causes[0]);
  }
}
