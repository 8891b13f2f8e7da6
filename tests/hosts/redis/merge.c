/* merge.c: merging tracks is associative, commutative and idempotent, and an
 * export brings the same track back: on random tracks, seeded. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tlsdiag/tlsdiag.h>

static uint64_t state = 20261121;

static uint32_t any(uint32_t below)
{
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state >> 33) % below;
}

/* Few times and ids, so that tracks overlap and clash. */
static tlsdiag_track random_track(void)
{
  tlsdiag_track track;
  uint32_t i, count = any(2 * TLSDIAG_MAX_ATTEMPTS);

  memset(&track, 0, sizeof track);
  for (i = 0; i < count; i++) {
    tlsdiag_attempt a;

    memset(&a, 0, sizeof a);
    a.id = 1 + any(24);
    a.t_us = 1000 * (a.id % 16); /* the same attempt is the same everywhere */
    a.server = (uint32_t)a.id % 3;
    a.version_max = (uint16_t)(0x0301 + a.id % 4);
    a.cause = (uint16_t)(a.id % 85);
    a.outcome = TLSDIAG_OUTCOME_FAILED;
    tlsdiag_track_add(&track, &a);
  }
  return track;
}

static tlsdiag_track merged(tlsdiag_track a, const tlsdiag_track *b)
{
  tlsdiag_track_merge(&a, b);
  return a;
}

static int same(const tlsdiag_track *a, const tlsdiag_track *b)
{
  uint8_t x[TLSDIAG_TRACK_EXPORT_MAX], y[TLSDIAG_TRACK_EXPORT_MAX];
  size_t n = tlsdiag_track_export(a, x, sizeof x);

  return n <= sizeof x && n == tlsdiag_track_export(b, y, sizeof y) &&
         memcmp(x, y, n) == 0;
}

int main(void)
{
  int i, failed = 0;

  for (i = 0; i < 20000; i++) {
    tlsdiag_track a = random_track(), b = random_track(), c = random_track();
    tlsdiag_track ab = merged(a, &b), ba = merged(b, &a), bc = merged(b, &c);
    tlsdiag_track left = merged(ab, &c), right = merged(a, &bc);
    tlsdiag_track twice = merged(ab, &b), back;
    uint8_t bytes[TLSDIAG_TRACK_EXPORT_MAX];
    size_t n = tlsdiag_track_export(&ab, bytes, sizeof bytes);

    memset(&back, 0, sizeof back);
    failed += !same(&ab, &ba) || !same(&left, &right) || !same(&twice, &ab) ||
              tlsdiag_track_import(&back, bytes, n) != TLSDIAG_STATUS_OK ||
              !same(&back, &ab);
  }
  printf("%d triples of tracks, %d break a law\n", i, failed);
  return failed != 0;
}
