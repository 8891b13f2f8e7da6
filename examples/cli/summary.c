#include "summary.h"

#include <string.h>

#include "style.h"

enum { COUNT_WIDTH = 8, SHARE_WIDTH = 6, BEFORE_CAUSE = 16 };

void summary_add(struct summary *s, const tlsdiag_verdict *v)
{
  unsigned cause = v->causes[0].id % SUMMARY_CAUSES;
  unsigned outcome = v->outcome % SUMMARY_OUTCOMES;

  if (v->noise) {
    s->num_noise++;
    s->noise[cause]++;
    return;
  }
  s->outcome[outcome]++;
  if (outcome == TLSDIAG_OUTCOME_FAILED || outcome == TLSDIAG_OUTCOME_NOT_TLS) {
    s->failed[cause]++;
  } else if (outcome == TLSDIAG_OUTCOME_COMPLETED &&
             cause != TLSDIAG_CAUSE_NONE) {
    s->advisory[cause]++;
  }
}

uint64_t summary_failures(const struct summary *s)
{
  return s->outcome[TLSDIAG_OUTCOME_FAILED] +
         s->outcome[TLSDIAG_OUTCOME_NOT_TLS];
}

void summary_merge(struct summary *s, const struct summary *more)
{
  unsigned i;

  for (i = 0; i < SUMMARY_OUTCOMES; i++) {
    s->outcome[i] += more->outcome[i];
  }
  for (i = 0; i < SUMMARY_CAUSES; i++) {
    s->failed[i] += more->failed[i];
    s->noise[i] += more->noise[i];
    s->advisory[i] += more->advisory[i];
  }
  s->num_noise += more->num_noise;
  s->num_foreign += more->num_foreign;
}

static void pad_number(struct out *o, uint64_t value, size_t width)
{
  out_u64_width(o, value, width, ' ');
}

static const char *cause_name(unsigned cause)
{
  const char *name = tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, cause);

  return name != NULL ? name : "?";
}

/* `width` is that of the column of cause names. */
static void cause_line(struct out *o, unsigned cause, uint64_t count,
                       uint64_t total, size_t width)
{
  const char *name = cause_name(cause);
  const char *title = tlsdiag_cause_text(cause, TLSDIAG_SECTION_TITLE);

  pad_number(o, count, COUNT_WIDTH);
  pad_number(o, (count * 100 + total / 2) / total, SHARE_WIDTH - 1);
  out_str(o, "%  ");
  out_str(o, name);
  out_repeat(o, ' ', width - strlen(name));
  style_wrap(o, title != NULL ? title : "", BEFORE_CAUSE + width,
             BEFORE_CAUSE + width);
}

static unsigned largest(const uint64_t *counts)
{
  unsigned best = 0;
  unsigned i;

  for (i = 1; i < SUMMARY_CAUSES; i++) {
    if (counts[i] > counts[best]) {
      best = i;
    }
  }
  return best;
}

static void table(struct out *o, const uint64_t *counts, uint64_t total)
{
  uint64_t left[SUMMARY_CAUSES];
  size_t width = 0;
  unsigned cause;

  memcpy(left, counts, sizeof left);
  for (cause = 0; cause < SUMMARY_CAUSES; cause++) {
    if (counts[cause] > 0 && strlen(cause_name(cause)) + 2 > width) {
      width = strlen(cause_name(cause)) + 2;
    }
  }
  for (;;) {
    cause = largest(left);
    if (left[cause] == 0) {
      return;
    }
    cause_line(o, cause, left[cause], total, width);
    left[cause] = 0;
  }
}

static uint64_t sum(const uint64_t *counts)
{
  uint64_t total = 0;
  unsigned i;

  for (i = 0; i < SUMMARY_CAUSES; i++) {
    total += counts[i];
  }
  return total;
}

static void heading(struct out *o, int colour, const char *text)
{
  out_char(o, '\n');
  style_set(o, colour, STYLE_BOLD);
  out_str(o, text);
  style_set(o, colour, STYLE_PLAIN);
  out_char(o, '\n');
}

void summary_write(struct out *o, const struct summary *s, int colour)
{
  uint64_t failures = sum(s->failed);
  uint64_t advisories = sum(s->advisory);

  if (failures > 0) {
    heading(o, colour, "   count share  cause");
    table(o, s->failed, failures);
  }
  if (advisories > 0) {
    heading(o, colour, "Completed, yet worth a look");
    table(o, s->advisory, advisories);
  }
  if (s->num_noise > 0) {
    heading(o, colour, "Noise, not counted as failures");
    table(o, s->noise, s->num_noise);
  }
}
