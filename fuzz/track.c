/* Fuzzes what is made of records that came from elsewhere.
 *
 * Input: tracks in their exported form, or, where the first byte is below
 * 0x40, attempts as raw bytes, so that patterns are reached without a
 * valid check. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tlsdiag/tlsdiag.h"

#define CHECK(condition)                                                       \
  do {                                                                         \
    if (!(condition)) {                                                        \
      abort();                                                                 \
    }                                                                          \
  } while (0)

enum { NUM_CLIENTS = 3 };

static void check_group(const tlsdiag_track *track)
{
  tlsdiag_group group;
  char text[64];
  uint32_t all = (1u << track->num_attempts) - 1u;

  memset(&group, 0xa5, sizeof group);
  group.size = sizeof group;
  CHECK(tlsdiag_track_classify(track, &group) == TLSDIAG_STATUS_OK);
  CHECK(group.confidence <= 100 && (group.members & ~all) == 0);
  CHECK((group.explained & ~group.members) == 0);
  if (group.cause == TLSDIAG_CAUSE_NONE) {
    CHECK(group.members == 0 && group.explained == 0);
    return;
  }
  CHECK(group.first < track->num_attempts && group.last < track->num_attempts);
  CHECK(group.first != group.last);
  CHECK((group.explained >> group.first & 1) != 0);
  CHECK(tlsdiag_pattern_text(group.pattern, text, sizeof text) > 0);
}

static void check_export(const tlsdiag_track *track)
{
  uint8_t bytes[TLSDIAG_TRACK_EXPORT_MAX];
  uint8_t again[TLSDIAG_TRACK_EXPORT_MAX];
  size_t len = tlsdiag_track_export(track, bytes, sizeof bytes);
  tlsdiag_track copy;

  CHECK(len <= sizeof bytes);
  CHECK(tlsdiag_track_import(&copy, bytes, len) == TLSDIAG_STATUS_OK);
  CHECK(tlsdiag_track_export(&copy, again, sizeof again) == len);
  CHECK(memcmp(bytes, again, len) == 0);
  /* Merging with oneself or a copy changes nothing. */
  tlsdiag_track_merge(&copy, track);
  CHECK(tlsdiag_track_export(&copy, again, sizeof again) == len);
  CHECK(memcmp(bytes, again, len) == 0);
}

static void from_attempts(const uint8_t *data, size_t size)
{
  static uint64_t mem[1024];
  tlsdiag_tracker *tracker;
  const tlsdiag_track *track;
  tlsdiag_attempt a;

  CHECK(tlsdiag_tracker_size(NUM_CLIENTS) <= sizeof mem);
  CHECK(tlsdiag_tracker_init(mem, sizeof mem, NUM_CLIENTS, &tracker) ==
        TLSDIAG_STATUS_OK);
  while (size > sizeof a) {
    memcpy(&a, data + 1, sizeof a);
    /* Few clients, servers, names and hellos, and all of one hour. */
    a.t_us %= 3600000000u;
    a.name_hash &= 3;
    a.hello_hash &= 3;
    a.server &= 1;
    CHECK(tlsdiag_tracker_add(tracker, data, 1, &a, &track) ==
          TLSDIAG_STATUS_OK);
    check_group(track);
    check_export(track);
    data += sizeof a + 1;
    size -= sizeof a + 1;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  uint8_t *copy;
  tlsdiag_track track;
  uint8_t again[TLSDIAG_TRACK_EXPORT_MAX];

  if (size != 0 && data[0] < 0x40) {
    from_attempts(data + 1, size - 1);
    return 0;
  }
  copy = malloc(size + !size);
  CHECK(copy != NULL);
  memcpy(copy, data, size);
  if (tlsdiag_track_import(&track, copy, size) == TLSDIAG_STATUS_OK) {
    /* What is accepted is accepted whole. */
    CHECK(tlsdiag_track_export(&track, again, sizeof again) == size);
    CHECK(memcmp(copy, again, size) == 0);
    check_group(&track);
    check_export(&track);
  }
  free(copy);
  return 0;
}
