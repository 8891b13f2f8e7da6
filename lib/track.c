/* track.c: the attempts of one client as a set.
 *
 * A track is the newest TLSDIAG_MAX_ATTEMPTS members of a set of attempts in
 * one total order, (t_us, id), and of two records of one connection it keeps
 * the greater by content.  Both choices depend on the set only, never on who
 * was added first: that makes merging associative, commutative and
 * idempotent.
 *
 *   exported:  'T' 'D'  version  count  check[4]  attempt[64] * count
 *
 * Numbers are big-endian, attempts ascend.  The check is a hash of the rest:
 * it finds damage, not forgery. */
#include <string.h>

#include "hash.h"
#include "reader.h"
#include "tlsdiag/tlsdiag.h"

enum { HEAD_LEN = 8, ATTEMPT_LEN = 64, EXPORT_VERSION = 1, CHECK_OFFSET = 4 };

/* ---- one attempt in bytes ---- */

static uint8_t *put(uint8_t *p, uint64_t value, unsigned num_bytes)
{
  while (num_bytes > 0) {
    num_bytes--;
    *p++ = (uint8_t)(value >> (8 * num_bytes));
  }
  return p;
}

/* Ordered as they compare: time, then id, then the rest. */
static void attempt_write(const tlsdiag_attempt *a, uint8_t out[ATTEMPT_LEN])
{
  uint8_t *p = out;

  p = put(p, a->t_us, 8);
  p = put(p, a->id, 8);
  p = put(p, a->name_hash, 8);
  p = put(p, a->hello_hash, 8);
  p = put(p, a->server, 4);
  p = put(p, a->hello_flags, 4);
  p = put(p, a->duration_ms, 4);
  p = put(p, a->hello_len, 2);
  p = put(p, a->version_max, 2);
  p = put(p, a->version_min, 2);
  p = put(p, a->version, 2);
  p = put(p, a->cipher, 2);
  p = put(p, a->server_flags, 2);
  p = put(p, a->cause, 2);
  p = put(p, a->confidence, 1);
  p = put(p, a->outcome, 1);
  p = put(p, a->stage, 1);
  p = put(p, a->end_by, 1);
  p = put(p, a->end_how, 1);
  put(p, a->alert, 1);
}

static uint64_t get64(struct reader *r)
{
  uint64_t high = rd_u32(r, TLSDIAG_FIELD_TRAILING);

  return (high << 32) | rd_u32(r, TLSDIAG_FIELD_TRAILING);
}

static uint16_t get16(struct reader *r)
{
  return (uint16_t)rd_u16(r, TLSDIAG_FIELD_TRAILING);
}

static uint8_t get8(struct reader *r)
{
  return (uint8_t)rd_u8(r, TLSDIAG_FIELD_TRAILING);
}

static void attempt_read(struct reader *r, tlsdiag_attempt *a)
{
  a->t_us = get64(r);
  a->id = get64(r);
  a->name_hash = get64(r);
  a->hello_hash = get64(r);
  a->server = rd_u32(r, TLSDIAG_FIELD_TRAILING);
  a->hello_flags = rd_u32(r, TLSDIAG_FIELD_TRAILING);
  a->duration_ms = rd_u32(r, TLSDIAG_FIELD_TRAILING);
  a->hello_len = get16(r);
  a->version_max = get16(r);
  a->version_min = get16(r);
  a->version = get16(r);
  a->cipher = get16(r);
  a->server_flags = get16(r);
  a->cause = get16(r);
  a->confidence = get8(r);
  a->outcome = get8(r);
  a->stage = get8(r);
  a->end_by = get8(r);
  a->end_how = get8(r);
  a->alert = get8(r);
}

/* ---- the set ---- */

/* By (t_us, id). */
static int order(const tlsdiag_attempt *a, const tlsdiag_attempt *b)
{
  if (a->t_us != b->t_us) {
    return a->t_us < b->t_us ? -1 : 1;
  }
  if (a->id != b->id) {
    return a->id < b->id ? -1 : 1;
  }
  return 0;
}

/* Two observers may have seen different halves of one connection. */
static void keep_greater(tlsdiag_attempt *kept, const tlsdiag_attempt *other)
{
  uint8_t a[ATTEMPT_LEN];
  uint8_t b[ATTEMPT_LEN];

  attempt_write(kept, a);
  attempt_write(other, b);
  if (memcmp(b, a, sizeof a) > 0) {
    *kept = *other;
  }
}

/* The track must be in order already. */
static void insert(tlsdiag_track *track, const tlsdiag_attempt *attempt)
{
  tlsdiag_attempt *list = track->attempts;
  size_t at = track->num_attempts;

  while (at > 0 && order(&list[at - 1], attempt) > 0) {
    at--;
  }
  if (at > 0 && order(&list[at - 1], attempt) == 0) {
    keep_greater(&list[at - 1], attempt);
    return;
  }
  if (track->num_attempts < TLSDIAG_MAX_ATTEMPTS) {
    memmove(&list[at + 1], &list[at],
            (track->num_attempts - at) * sizeof *list);
    list[at] = *attempt;
    track->num_attempts++;
    return;
  }
  if (at == 0) { /* older than all of a full track */
    return;
  }
  memmove(&list[0], &list[1], (at - 1) * sizeof *list);
  list[at - 1] = *attempt;
}

static void insert_all(tlsdiag_track *track, const tlsdiag_track *from)
{
  size_t i;

  for (i = 0; i < from->num_attempts && i < TLSDIAG_MAX_ATTEMPTS; i++) {
    insert(track, &from->attempts[i]);
  }
}

/* Anybody may have written into a track: its order is not taken on trust. */
static int in_order(const tlsdiag_track *track)
{
  size_t i;

  for (i = 1; i < track->num_attempts; i++) {
    if (order(&track->attempts[i - 1], &track->attempts[i]) >= 0) {
      return 0;
    }
  }
  return 1;
}

static void normalise(tlsdiag_track *track)
{
  tlsdiag_track sorted;

  if (track->num_attempts <= TLSDIAG_MAX_ATTEMPTS && in_order(track)) {
    return;
  }
  sorted.num_attempts = 0;
  sorted.reserved_ = 0;
  insert_all(&sorted, track);
  track->num_attempts = sorted.num_attempts;
  memcpy(track->attempts, sorted.attempts,
         sorted.num_attempts * sizeof sorted.attempts[0]);
}

void tlsdiag_track_add(tlsdiag_track *track, const tlsdiag_attempt *attempt)
{
  if (track == NULL || attempt == NULL) {
    return;
  }
  normalise(track);
  insert(track, attempt);
}

void tlsdiag_track_merge(tlsdiag_track *track, const tlsdiag_track *other)
{
  if (track == NULL || other == NULL) {
    return;
  }
  normalise(track);
  if (track != other) {
    insert_all(track, other);
  }
}

/* ---- the track in bytes ---- */

static uint32_t check_of(const uint8_t *bytes, size_t len)
{
  uint64_t h = HASH_START;
  size_t i;

  for (i = 0; i < len; i++) {
    if (i < CHECK_OFFSET || i >= HEAD_LEN) {
      h = hash_byte(h, bytes[i]);
    }
  }
  return (uint32_t)(h ^ (h >> 32));
}

size_t tlsdiag_track_export(const tlsdiag_track *track, uint8_t *out,
                            size_t len)
{
  uint8_t bytes[HEAD_LEN + TLSDIAG_MAX_ATTEMPTS * ATTEMPT_LEN];
  tlsdiag_track t;
  size_t i, want;

  if (track == NULL) {
    return 0;
  }
  t = *track;
  normalise(&t);
  want = HEAD_LEN + t.num_attempts * (size_t)ATTEMPT_LEN;
  bytes[0] = 'T';
  bytes[1] = 'D';
  bytes[2] = EXPORT_VERSION;
  bytes[3] = (uint8_t)t.num_attempts;
  for (i = 0; i < t.num_attempts; i++) {
    attempt_write(&t.attempts[i], bytes + HEAD_LEN + i * ATTEMPT_LEN);
  }
  put(bytes + CHECK_OFFSET, check_of(bytes, want), 4);
  if (out != NULL && len != 0) {
    memcpy(out, bytes, want < len ? want : len);
  }
  return want;
}

static int is_framed(const uint8_t *in, size_t len)
{
  return len >= HEAD_LEN && in[0] == 'T' && in[1] == 'D' &&
         in[2] == EXPORT_VERSION && in[3] <= TLSDIAG_MAX_ATTEMPTS &&
         len == HEAD_LEN + in[3] * (size_t)ATTEMPT_LEN;
}

int tlsdiag_track_import(tlsdiag_track *track, const uint8_t *in, size_t len)
{
  struct rd_fault fault = {0, 0, 0, 0};
  struct reader r;
  tlsdiag_track t;
  size_t i;

  if (track == NULL || (in == NULL && len != 0)) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  if (!is_framed(in, len)) {
    return TLSDIAG_STATUS_E_MALFORMED;
  }
  rd_init(&r, in, len, &fault);
  (void)rd_take(&r, CHECK_OFFSET, TLSDIAG_FIELD_TRAILING);
  if (rd_u32(&r, TLSDIAG_FIELD_TRAILING) != check_of(in, len)) {
    return TLSDIAG_STATUS_E_MALFORMED;
  }
  memset(&t, 0, sizeof t);
  t.num_attempts = in[3];
  for (i = 0; i < t.num_attempts; i++) {
    attempt_read(&r, &t.attempts[i]);
  }
  if (!in_order(&t)) {
    return TLSDIAG_STATUS_E_MALFORMED;
  }
  *track = t;
  return TLSDIAG_STATUS_OK;
}
