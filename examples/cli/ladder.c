#include "ladder.h"

#include <string.h>

#include "ladder_text.h"
#include "style.h"
#include "timetext.h"

enum { TEXT_COLUMN = 38, MAX_LINES = 48 };

struct ladder {
  struct out *o;
  struct out line; /* text of the rung that is being built */
  const struct finding *f;
  int colour;
  int lines;
};

static int is_bad(const tlsdiag_observation *seen)
{
  switch (seen->kind) {
  case TLSDIAG_OBS_ALERT:
    return seen->a >> 8 == 2;
  case TLSDIAG_OBS_REFUSED:
  case TLSDIAG_OBS_MALFORMED:
  case TLSDIAG_OBS_FIRST_BYTES:
  case TLSDIAG_OBS_OVERSIZED:
    return 1;
  case TLSDIAG_OBS_CLOSE:
    return seen->a == TLSDIAG_CLOSE_RST;
  default:
    return 0;
  }
}

/* "   0.012345     #6  client <-- server  " is TEXT_COLUMN wide, unless the
 * numbers are huge. */
static void margin(struct ladder *l, const tlsdiag_observation *seen,
                   uint64_t frame, enum rung rung)
{
  struct out number;
  uint64_t start = l->f->conn->start_us;

  out_init(&number, NULL);
  time_span(&number, seen->t_us > start ? seen->t_us - start : 0);
  out_repeat(l->o, ' ', number.len < 12 ? 12 - number.len : 1);
  out_bytes(l->o, number.text, number.len);
  out_clear(&number);
  out_str(&number, "#");
  out_u64(&number, frame);
  out_repeat(l->o, ' ', number.len < 7 ? 7 - number.len : 1);
  out_bytes(l->o, number.text, number.len);
  (void)out_close(&number);
  if (rung == RUNG_REMARK) {
    out_str(l->o, "                    ");
  } else {
    out_str(l->o, seen->from == TLSDIAG_FROM_CLIENT ? "  client --> server "
                                                    : "  client <-- server ");
  }
}

static void end_line(struct ladder *l, int bad)
{
  if (l->line.len == 0) {
    return;
  }
  out_char(&l->line, '\0');
  if (bad) {
    style_set(l->o, l->colour, STYLE_BAD);
  }
  style_wrap(l->o, l->line.text, TEXT_COLUMN + 1, TEXT_COLUMN + 3);
  if (bad) {
    style_set(l->o, l->colour, STYLE_PLAIN);
  }
  out_clear(&l->line);
  l->lines++;
}

void ladder_write(struct out *o, const struct finding *f, int colour)
{
  unsigned count = tlsdiag_flow_num_observations(f->flow);
  tlsdiag_observation seen;
  struct ladder l;
  uint64_t frame;
  unsigned i;
  int bad = 0;

  l.o = o;
  l.f = f;
  l.colour = colour;
  l.lines = 0;
  out_init(&l.line, NULL);
  for (i = 0; i < count && l.lines < MAX_LINES; i++) {
    enum rung rung;

    if (finding_observation(f, i, &seen, &frame) != 0) {
      break;
    }
    rung = ladder_rung(&seen);
    if (rung == RUNG_FACT && l.line.len > 0) {
      out_str(&l.line, "; ");
      ladder_text(&l.line, f, &seen);
      continue;
    }
    end_line(&l, bad);
    bad = is_bad(&seen);
    margin(&l, &seen, frame, rung);
    ladder_text(&l.line, f, &seen);
  }
  end_line(&l, bad);
  (void)out_close(&l.line);
}
