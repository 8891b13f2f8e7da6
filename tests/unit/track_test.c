/* Tracks as sets, their exported form, the tracker's memory, and what is kept
 * of a flow. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "tlsdiag/tlsdiag.h"

/* ---- random attempts: the same on every machine ---- */

static uint32_t random_state = 1;

static uint32_t next_random(void)
{
  random_state = random_state * 1664525u + 1013904223u;
  return random_state >> 8;
}

/* Few times and ids, so that equal ones with other contents are common. */
static tlsdiag_attempt random_attempt(void)
{
  tlsdiag_attempt a;
  uint8_t *bytes = (uint8_t *)&a;
  size_t i;

  memset(&a, 0, sizeof a);
  if (next_random() % 4 == 0) {
    for (i = 0; i < sizeof a; i++) {
      bytes[i] = (uint8_t)next_random();
    }
  }
  a.t_us = 1000 + next_random() % 6;
  a.id = next_random() % 4;
  a.cause = (uint16_t)(next_random() % 3);
  a.confidence = (uint8_t)(next_random() % 100);
  return a;
}

static tlsdiag_track random_track(unsigned max)
{
  tlsdiag_track t;
  unsigned n = next_random() % (max + 1);

  memset(&t, 0, sizeof t);
  while (n-- > 0) {
    tlsdiag_attempt a = random_attempt();

    tlsdiag_track_add(&t, &a);
  }
  return t;
}

static int same(const tlsdiag_track *a, const tlsdiag_track *b)
{
  uint8_t x[TLSDIAG_TRACK_EXPORT_MAX];
  uint8_t y[TLSDIAG_TRACK_EXPORT_MAX];
  size_t len = tlsdiag_track_export(a, x, sizeof x);

  return tlsdiag_track_export(b, y, sizeof y) == len &&
         memcmp(x, y, len) == 0;
}

static tlsdiag_track merged(const tlsdiag_track *a, const tlsdiag_track *b)
{
  tlsdiag_track t = *a;

  tlsdiag_track_merge(&t, b);
  return t;
}

/* ---- adding ---- */

static tlsdiag_attempt at(uint64_t t_us, uint64_t id)
{
  tlsdiag_attempt a;

  memset(&a, 0, sizeof a);
  a.t_us = t_us;
  a.id = id;
  return a;
}

static void add(tlsdiag_track *t, uint64_t t_us, uint64_t id)
{
  tlsdiag_attempt a = at(t_us, id);

  tlsdiag_track_add(t, &a);
}

Test(track, attempts_stand_in_order_of_time_and_id)
{
  tlsdiag_track t;

  memset(&t, 0, sizeof t);
  add(&t, 30, 1);
  add(&t, 10, 9);
  add(&t, 20, 2);
  add(&t, 20, 1);
  cr_assert_eq(t.num_attempts, 4);
  cr_expect_eq(t.attempts[0].id, 9);
  cr_expect(t.attempts[1].t_us == 20 && t.attempts[1].id == 1);
  cr_expect(t.attempts[2].t_us == 20 && t.attempts[2].id == 2);
  cr_expect_eq(t.attempts[3].t_us, 30);
}

Test(track, the_oldest_falls_out_of_a_full_one)
{
  tlsdiag_track t;
  unsigned i;

  memset(&t, 0, sizeof t);
  for (i = 0; i < TLSDIAG_MAX_ATTEMPTS + 3; i++) {
    add(&t, 100 + i, i);
  }
  cr_expect_eq(t.num_attempts, TLSDIAG_MAX_ATTEMPTS);
  cr_expect_eq(t.attempts[0].t_us, 103);
  cr_expect_eq(t.attempts[TLSDIAG_MAX_ATTEMPTS - 1].t_us, 110);
  add(&t, 50, 7); /* older than all */
  cr_expect_eq(t.attempts[0].t_us, 103);
  add(&t, 105, 0); /* a late report of the middle */
  cr_expect_eq(t.attempts[0].t_us, 104);
  cr_expect_eq(t.attempts[1].id, 0);
}

Test(track, one_connection_counts_once)
{
  tlsdiag_track t;
  tlsdiag_attempt a = at(5, 5);

  memset(&t, 0, sizeof t);
  a.cause = 3;
  tlsdiag_track_add(&t, &a);
  a.cause = 7;
  tlsdiag_track_add(&t, &a);
  a.cause = 5;
  tlsdiag_track_add(&t, &a);
  cr_expect_eq(t.num_attempts, 1);
  cr_expect_eq(t.attempts[0].cause, 7);
}

Test(track, what_others_wrote_into_it_is_put_in_order)
{
  tlsdiag_track t;

  memset(&t, 0, sizeof t);
  t.num_attempts = 0xffffffffu;
  t.attempts[0] = at(9, 1);
  t.attempts[1] = at(3, 1);
  add(&t, 5, 1);
  cr_expect_leq(t.num_attempts, TLSDIAG_MAX_ATTEMPTS);
  cr_expect_eq(t.attempts[t.num_attempts - 1].t_us, 9);
  tlsdiag_track_add(NULL, &t.attempts[0]);
  tlsdiag_track_add(&t, NULL);
  tlsdiag_track_merge(&t, NULL);
  tlsdiag_track_merge(NULL, &t);
  cr_expect_eq(t.attempts[t.num_attempts - 1].t_us, 9);
}

/* ---- merging ---- */

Test(track, merging_is_commutative_associative_and_idempotent)
{
  unsigned i;

  for (i = 0; i < 20000; i++) {
    tlsdiag_track a = random_track(12);
    tlsdiag_track b = random_track(12);
    tlsdiag_track c = random_track(12);
    tlsdiag_track ab = merged(&a, &b);
    tlsdiag_track ba = merged(&b, &a);
    tlsdiag_track bc = merged(&b, &c);
    tlsdiag_track left = merged(&ab, &c);
    tlsdiag_track right = merged(&a, &bc);
    tlsdiag_track again = merged(&ab, &b);
    tlsdiag_track self = a;

    cr_assert(same(&ab, &ba), "round %u", i);
    cr_assert(same(&left, &right), "round %u", i);
    cr_assert(same(&again, &ab), "round %u", i);
    tlsdiag_track_merge(&self, &self);
    cr_assert(same(&self, &a), "round %u", i);
  }
}

/* Heap's algorithm over five attempts, and over two tracks of parts. */
static void permute(tlsdiag_attempt *list, unsigned n, unsigned len,
                    const tlsdiag_track *want)
{
  unsigned i;

  if (n == 1) {
    tlsdiag_track t;

    memset(&t, 0, sizeof t);
    for (i = 0; i < len; i++) {
      tlsdiag_track_add(&t, &list[i]);
    }
    cr_assert(same(&t, want));
    return;
  }
  for (i = 0; i < n; i++) {
    tlsdiag_attempt swap;
    unsigned j = n % 2 == 0 ? i : 0;

    permute(list, n - 1, len, want);
    swap = list[j];
    list[j] = list[n - 1];
    list[n - 1] = swap;
  }
}

Test(track, the_order_of_adding_does_not_matter)
{
  tlsdiag_attempt list[6];
  tlsdiag_track want;
  unsigned round, i;

  for (round = 0; round < 60; round++) {
    memset(&want, 0, sizeof want);
    for (i = 0; i < 6; i++) {
      list[i] = random_attempt();
      tlsdiag_track_add(&want, &list[i]);
    }
    permute(list, 6, 6, &want);
  }
}

Test(track, many_attempts_in_any_order_leave_the_newest)
{
  unsigned round, i;

  for (round = 0; round < 200; round++) {
    tlsdiag_track t, u;
    tlsdiag_attempt list[40];

    memset(&t, 0, sizeof t);
    memset(&u, 0, sizeof u);
    for (i = 0; i < 40; i++) {
      list[i] = random_attempt();
      list[i].t_us += next_random() % 40;
      tlsdiag_track_add(&t, &list[i]);
    }
    for (i = 40; i > 1; i--) { /* shuffle */
      unsigned j = next_random() % i;
      tlsdiag_attempt swap = list[j];

      list[j] = list[i - 1];
      list[i - 1] = swap;
    }
    for (i = 0; i < 40; i++) {
      tlsdiag_track_add(&u, &list[i]);
    }
    cr_assert(same(&t, &u), "round %u", round);
  }
}

/* ---- the exported form ---- */

Test(track, export_is_the_same_bytes_on_every_machine)
{
  static const uint8_t want[] = {
    'T', 'D', 1, 1, 0xbe, 0xf4, 0x4b, 0xc3,
    0, 0, 0, 0, 0, 0, 1, 2,  0, 0, 0, 0, 0, 0, 3, 4,
    1, 2, 3, 4, 5, 6, 7, 8,  0, 0, 0, 0, 0, 0, 0, 9,
    0, 0, 0, 10, 0, 0, 0, 11, 0, 0, 0, 12, 0, 13,
    3, 4, 3, 1, 3, 3, 0, 0x35, 0, 14, 0, 15, 16, 2, 17, 1, 2, 86,
  };
  uint8_t got[TLSDIAG_TRACK_EXPORT_MAX];
  tlsdiag_track t;
  tlsdiag_attempt a = at(0x102, 0x304);

  a.name_hash = 0x0102030405060708u;
  a.hello_hash = 9;
  a.server = 10;
  a.hello_flags = 11;
  a.duration_ms = 12;
  a.hello_len = 13;
  a.version_max = 0x0304;
  a.version_min = 0x0301;
  a.version = 0x0303;
  a.cipher = 0x35;
  a.server_flags = 14;
  a.cause = 15;
  a.confidence = 16;
  a.outcome = 2;
  a.stage = 17;
  a.end_by = 1;
  a.end_how = 2;
  a.alert = 86;
  memset(&t, 0, sizeof t);
  tlsdiag_track_add(&t, &a);
  cr_assert_eq(tlsdiag_track_export(&t, got, sizeof got), sizeof want);
  cr_expect_arr_eq(got, want, 4);
  cr_expect_arr_eq(got + 8, want + 8, sizeof want - 8);
  cr_expect_arr_eq(got + 4, want + 4, 4, "check %02x %02x %02x %02x", got[4],
                   got[5], got[6], got[7]);
}

Test(track, export_and_import_are_inverse)
{
  uint8_t bytes[TLSDIAG_TRACK_EXPORT_MAX];
  unsigned i;

  for (i = 0; i < 500; i++) {
    tlsdiag_track t = random_track(12);
    tlsdiag_track u;
    size_t len = tlsdiag_track_export(&t, bytes, sizeof bytes);

    cr_assert_leq(len, sizeof bytes);
    memset(&u, 0xee, sizeof u);
    cr_assert_eq(tlsdiag_track_import(&u, bytes, len), TLSDIAG_STATUS_OK);
    cr_assert_eq(u.num_attempts, t.num_attempts);
    cr_assert_arr_eq((const uint8_t *)u.attempts, (const uint8_t *)t.attempts,
                     t.num_attempts * sizeof t.attempts[0]);
  }
}

Test(track, export_counts_what_does_not_fit)
{
  tlsdiag_track t = random_track(0);
  uint8_t bytes[TLSDIAG_TRACK_EXPORT_MAX];
  size_t want;

  add(&t, 1, 1);
  want = tlsdiag_track_export(&t, NULL, 0);
  cr_expect_eq(want, 8 + 64);
  memset(bytes, 0xee, sizeof bytes);
  cr_expect_eq(tlsdiag_track_export(&t, bytes, 10), want);
  cr_expect(bytes[9] != 0xee && bytes[10] == 0xee);
  cr_expect_eq(tlsdiag_track_export(NULL, bytes, sizeof bytes), 0);
}

Test(track, import_refuses_everything_else)
{
  uint8_t bytes[TLSDIAG_TRACK_EXPORT_MAX];
  tlsdiag_track t, u, before;
  size_t len, i;
  unsigned bit;

  memset(&t, 0, sizeof t);
  add(&t, 1, 1);
  add(&t, 2, 2);
  len = tlsdiag_track_export(&t, bytes, sizeof bytes);
  memset(&u, 0xee, sizeof u);
  before = u;
  for (i = 0; i < len; i++) { /* every prefix, every flipped bit */
    cr_assert_eq(tlsdiag_track_import(&u, bytes, i),
                 TLSDIAG_STATUS_E_MALFORMED);
    for (bit = 0; bit < 8; bit++) {
      bytes[i] ^= (uint8_t)(1u << bit);
      cr_assert_eq(tlsdiag_track_import(&u, bytes, len),
                   TLSDIAG_STATUS_E_MALFORMED);
      bytes[i] ^= (uint8_t)(1u << bit);
    }
  }
  cr_expect_eq(tlsdiag_track_import(&u, bytes, len + 1),
               TLSDIAG_STATUS_E_MALFORMED);
  cr_expect_eq(tlsdiag_track_import(&u, NULL, 0), TLSDIAG_STATUS_E_MALFORMED);
  cr_expect_eq(tlsdiag_track_import(&u, NULL, 5), TLSDIAG_STATUS_E_USAGE);
  cr_expect_eq(tlsdiag_track_import(NULL, bytes, len), TLSDIAG_STATUS_E_USAGE);
  cr_expect_arr_eq((uint8_t *)&u, (uint8_t *)&before, sizeof u);
  cr_expect_eq(tlsdiag_track_import(&u, bytes, len), TLSDIAG_STATUS_OK);
}

/* ---- the tracker ---- */

static tlsdiag_tracker *tracker_of(size_t max_clients, void **mem)
{
  tlsdiag_tracker *t = NULL;
  size_t len = tlsdiag_tracker_size(max_clients);

  *mem = malloc(len);
  cr_assert_not_null(*mem);
  memset(*mem, 0xa5, len);
  cr_assert_eq(tlsdiag_tracker_init(*mem, len, max_clients, &t),
               TLSDIAG_STATUS_OK);
  return t;
}

/* Adds an attempt of a client; returns how many attempts it has now. */
static unsigned seen(tlsdiag_tracker *t, uint64_t client, uint64_t id)
{
  const tlsdiag_track *track = NULL;
  tlsdiag_attempt a = at(id, id);

  cr_assert_eq(tlsdiag_tracker_add(t, (const uint8_t *)&client, sizeof client,
                                   &a, &track),
               TLSDIAG_STATUS_OK);
  cr_assert_eq(track->attempts[track->num_attempts - 1].id, id);
  return track->num_attempts;
}

Test(tracker, keeps_clients_apart)
{
  void *mem;
  tlsdiag_tracker *t = tracker_of(100, &mem);
  uint64_t id = 0;
  unsigned round, client;

  for (round = 1; round <= 4; round++) {
    for (client = 0; client < 100; client++) {
      cr_assert_eq(seen(t, client, ++id), round);
    }
  }
  free(mem);
}

Test(tracker, evicts_the_client_that_was_silent_longest)
{
  void *mem;
  tlsdiag_tracker *t = tracker_of(3, &mem);

  cr_expect_eq(seen(t, 1, 1), 1);
  cr_expect_eq(seen(t, 2, 2), 1);
  cr_expect_eq(seen(t, 3, 3), 1);
  cr_expect_eq(seen(t, 1, 4), 2); /* now 2 is the oldest */
  cr_expect_eq(seen(t, 4, 5), 1);
  cr_expect_eq(seen(t, 1, 6), 3);
  cr_expect_eq(seen(t, 3, 7), 2);
  cr_expect_eq(seen(t, 2, 8), 1); /* it was forgotten, and 4 is now */
  cr_expect_eq(seen(t, 4, 9), 1);
  free(mem);
}

Test(tracker, one_client_is_a_table_too)
{
  void *mem;
  tlsdiag_tracker *t = tracker_of(1, &mem);

  cr_expect_eq(seen(t, 1, 1), 1);
  cr_expect_eq(seen(t, 1, 2), 2);
  cr_expect_eq(seen(t, 2, 3), 1);
  cr_expect_eq(seen(t, 1, 4), 1);
  free(mem);
}

/* A simple list does the same for random clients. */
Test(tracker, does_what_a_list_would)
{
  enum { MAX = 37 };
  struct {
    uint64_t client;
    unsigned count;
  } list[MAX];
  unsigned num = 0;
  void *mem;
  tlsdiag_tracker *t = tracker_of(MAX, &mem);
  uint64_t id = 0;

  while (id < 30000) {
    uint64_t client = next_random() % 60;
    unsigned i = 0;
    unsigned count = 0;

    while (i < num && list[i].client != client) {
      i++;
    }
    if (i < num) {
      count = list[i].count;
    } else if (num < MAX) {
      num++;
    } else {
      i = MAX - 1;
    }
    memmove(&list[1], &list[0], i * sizeof list[0]);
    list[0].client = client;
    list[0].count = count < TLSDIAG_MAX_ATTEMPTS ? count + 1 : count;
    cr_assert_eq(seen(t, client, ++id), list[0].count);
  }
  free(mem);
}

Test(tracker, keys_are_bytes_of_any_length)
{
  void *mem;
  tlsdiag_tracker *t = tracker_of(8, &mem);
  const tlsdiag_track *track;
  tlsdiag_attempt a = at(1, 1);
  uint8_t key[200];
  size_t len;

  memset(key, 'k', sizeof key);
  for (len = 0; len < 5; len++) {
    cr_assert_eq(tlsdiag_tracker_add(t, len != 0 ? key : NULL, len, &a, &track),
                 TLSDIAG_STATUS_OK);
    cr_expect_eq(track->num_attempts, 1);
  }
  cr_assert_eq(tlsdiag_tracker_add(t, key, 200, &a, &track), 0);
  key[199] = 'x';
  a.id = 2;
  cr_assert_eq(tlsdiag_tracker_add(t, key, 200, &a, &track), 0);
  cr_expect_eq(track->num_attempts, 1);
  a.id = 3;
  cr_assert_eq(tlsdiag_tracker_add(t, key, 200, &a, NULL), 0);
  cr_assert_eq(tlsdiag_tracker_add(t, key, 200, &a, &track), 0);
  cr_expect_eq(track->num_attempts, 2);
  free(mem);
}

/* An adversary who knows the hash fills one bucket: it holds sixteen. */
Test(tracker, a_bucket_holds_sixteen)
{
  enum { CLIENTS = 256, EVIL = 40 };
  uint64_t evil[EVIL];
  void *mem;
  tlsdiag_tracker *t = tracker_of(CLIENTS, &mem);
  uint64_t client, id = 0;
  unsigned num = 0;
  unsigned i;

  for (client = 0; num < EVIL; client++) {
    const uint8_t *bytes = (const uint8_t *)&client;
    uint64_t h = HASH_START;

    for (i = 0; i < sizeof client; i++) {
      h = hash_byte(h, bytes[i]);
    }
    if (((h ^ (h >> 32)) & (CLIENTS - 1)) == 7) {
      evil[num++] = client;
    }
  }
  for (i = 0; i < EVIL; i++) {
    cr_assert_eq(seen(t, evil[i], ++id), 1);
  }
  for (i = EVIL - 16; i < EVIL; i++) {
    cr_expect_eq(seen(t, evil[i], ++id), 2, "client %u", i);
  }
  cr_expect_eq(seen(t, evil[0], ++id), 1);
  free(mem);
}

Test(tracker, wrong_calls)
{
  uint64_t mem[200];
  uint8_t key[4] = {0};
  tlsdiag_attempt a = at(1, 1);
  tlsdiag_tracker *t = NULL;
  size_t want = tlsdiag_tracker_size(1);

  cr_assert_leq(want, sizeof mem);
  cr_expect_eq(tlsdiag_tracker_size(0), 0);
  cr_expect_eq(tlsdiag_tracker_size(SIZE_MAX), 0);
  cr_expect_eq(tlsdiag_tracker_size(SIZE_MAX / 600), 0);
  cr_expect_eq(tlsdiag_tracker_init(mem, want - 1, 1, &t),
               TLSDIAG_STATUS_E_STORAGE);
  cr_expect_eq(tlsdiag_tracker_init(mem, want, 0, &t), TLSDIAG_STATUS_E_USAGE);
  cr_expect_eq(tlsdiag_tracker_init(NULL, want, 1, &t),
               TLSDIAG_STATUS_E_USAGE);
  cr_expect_eq(tlsdiag_tracker_init((uint8_t *)mem + 4, want, 1, &t),
               TLSDIAG_STATUS_E_USAGE);
  cr_expect_null(t);
  cr_assert_eq(tlsdiag_tracker_init(mem, want, 1, &t), TLSDIAG_STATUS_OK);
  cr_expect_eq(tlsdiag_tracker_add(NULL, key, 4, &a, NULL),
               TLSDIAG_STATUS_E_USAGE);
  cr_expect_eq(tlsdiag_tracker_add(t, NULL, 4, &a, NULL),
               TLSDIAG_STATUS_E_USAGE);
  cr_expect_eq(tlsdiag_tracker_add(t, key, 4, NULL, NULL),
               TLSDIAG_STATUS_E_USAGE);
}

/* docs/tracking.md states these. */
Test(tracker, memory_is_what_the_documentation_says)
{
  size_t big = tlsdiag_tracker_size(1 << 16);

  cr_expect_eq(sizeof(tlsdiag_attempt), 64);
  cr_expect_eq(sizeof(tlsdiag_track), 520);
  cr_expect_leq((big >> 16) + 1, 613);
}

/* ---- what is kept of a flow ---- */

/* A ClientHello for TLS 1.2 at most that names a.test, in one record. */
static const uint8_t hello[] = {
  0x16, 3, 1, 0, 66, 1, 0, 0, 62, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 4, 0xc0, 0x2f,
  0, 0x35, 1, 0, 0, 17, 0, 0, 0, 9, 0, 7, 0, 0, 4, 'a', '.', 'd', 'e', 0, 23, 0,
  0,
};

static void feed(tlsdiag_flow *f, unsigned from, const void *bytes, size_t len,
                 uint64_t t_us)
{
  cr_assert_eq(tlsdiag_flow_feed(f, from, t_us, (const uint8_t *)bytes, len,
                                 NULL),
               TLSDIAG_STATUS_OK);
}

static void begin(tlsdiag_flow *f, uint64_t t_us)
{
  cr_assert_eq(tlsdiag_flow_init(f, sizeof *f, NULL), TLSDIAG_STATUS_OK);
  feed(f, TLSDIAG_FROM_CLIENT, hello, sizeof hello, t_us);
}

static tlsdiag_attempt boil_down(const tlsdiag_flow *f, uint64_t id)
{
  tlsdiag_attempt a;

  memset(&a, 0xee, sizeof a);
  cr_assert_eq(tlsdiag_attempt_from_flow(f, id, 77, &a), TLSDIAG_STATUS_OK);
  return a;
}

Test(attempt, a_refused_hello)
{
  tlsdiag_flow f;
  tlsdiag_attempt a;

  begin(&f, 5000000);
  feed(&f, TLSDIAG_FROM_SERVER, "\x15\3\1\0\2\2\x56", 7, 5020000);
  tlsdiag_flow_close(&f, TLSDIAG_FROM_SERVER, TLSDIAG_CLOSE_FIN, 5030000);
  a = boil_down(&f, 3);
  cr_expect(a.t_us == 5000000 && a.id == 3 && a.server == 77);
  cr_expect_eq(a.name_hash, hash_name((const uint8_t *)"A.DE", 4));
  cr_expect_neq(a.hello_hash, 0);
  cr_expect_eq(a.version_max, 0x0303);
  cr_expect_eq(a.hello_len, 66);
  cr_expect_neq(a.hello_flags & TLSDIAG_HELLO_EXTENDED_MASTER_SECRET, 0);
  cr_expect_eq(a.cause, TLSDIAG_CAUSE_INAPPROPRIATE_FALLBACK);
  cr_expect_eq(a.outcome, TLSDIAG_OUTCOME_FAILED);
  cr_expect_eq(a.stage, TLSDIAG_STAGE_CLIENT_HELLO);
  cr_expect(a.alert == 86 && a.end_by == TLSDIAG_FROM_SERVER &&
            a.end_how == TLSDIAG_CLOSE_FIN);
  cr_expect_eq(a.duration_ms, 30);
}

/* OpenSSL 3 says decode_error when it meets the end of the stream. */
Test(attempt, an_echo_is_not_the_alert_that_ended_it)
{
  tlsdiag_flow f;
  tlsdiag_attempt a;

  begin(&f, 0);
  tlsdiag_flow_close(&f, TLSDIAG_FROM_SERVER, TLSDIAG_CLOSE_FIN, 1000);
  feed(&f, TLSDIAG_FROM_CLIENT, "\x15\3\3\0\2\2\x32", 7, 2000);
  tlsdiag_flow_close(&f, TLSDIAG_FROM_CLIENT, TLSDIAG_CLOSE_FIN, 3000);
  a = boil_down(&f, 1);
  cr_expect_eq(a.alert, 0xff);
  cr_expect(a.end_by == TLSDIAG_FROM_SERVER && a.end_how == TLSDIAG_CLOSE_FIN);
}

Test(attempt, nothing_is_an_attempt_too)
{
  tlsdiag_flow f;
  tlsdiag_attempt a;

  cr_assert_eq(tlsdiag_flow_init(&f, sizeof f, NULL), TLSDIAG_STATUS_OK);
  a = boil_down(&f, 1);
  cr_expect(a.version_max == 0 && a.hello_len == 0 && a.alert == 0xff);
  cr_expect_eq(tlsdiag_attempt_from_flow(NULL, 1, 1, &a),
               TLSDIAG_STATUS_E_USAGE);
  cr_expect_eq(tlsdiag_attempt_from_flow(&f, 1, 1, NULL),
               TLSDIAG_STATUS_E_USAGE);
}

static unsigned best_cause(const tlsdiag_flow *f, unsigned *confidence)
{
  tlsdiag_verdict v;

  v.size = sizeof v;
  cr_assert_eq(tlsdiag_classify(f, &v), TLSDIAG_STATUS_OK);
  *confidence = v.causes[0].confidence;
  return v.causes[0].id;
}

/* The whole way: flows, attempts, a group, and the flows again. */
Test(attempt, a_flow_gains_by_its_group_and_the_track_does_not_learn_it_twice)
{
  tlsdiag_flow reset, refused;
  tlsdiag_track track;
  tlsdiag_group g;
  tlsdiag_attempt a, again;
  unsigned alone, together, confidence;

  begin(&reset, 1000000);
  tlsdiag_flow_close(&reset, TLSDIAG_FROM_SERVER, TLSDIAG_CLOSE_RST, 1010000);
  begin(&refused, 1100000);
  feed(&refused, TLSDIAG_FROM_SERVER, "\x15\3\1\0\2\2\x56", 7, 1110000);
  memset(&track, 0, sizeof track);
  a = boil_down(&reset, 1);
  tlsdiag_track_add(&track, &a);
  again = boil_down(&refused, 2);
  again.version_max = 0x0302;
  tlsdiag_track_add(&track, &again);
  g.size = sizeof g;
  cr_assert_eq(tlsdiag_track_classify(&track, &g), TLSDIAG_STATUS_OK);
  cr_expect_eq(g.cause, TLSDIAG_CAUSE_RESET_AFTER_CLIENT_HELLO);
  cr_expect(g.first == 0 && g.last == 1 && g.explained == 1);
  cr_expect_eq(best_cause(&reset, &alone),
               TLSDIAG_CAUSE_RESET_AFTER_CLIENT_HELLO);
  cr_assert_eq(tlsdiag_flow_group(&reset, &g, 1200000), TLSDIAG_STATUS_OK);
  cr_expect_eq(best_cause(&reset, &together),
               TLSDIAG_CAUSE_RESET_AFTER_CLIENT_HELLO);
  cr_expect_gt(together, alone);
  cr_expect_eq(best_cause(&refused, &confidence),
               TLSDIAG_CAUSE_INAPPROPRIATE_FALLBACK);
  again = boil_down(&reset, 1);
  cr_expect_eq(again.confidence, a.confidence);
  cr_expect_eq(again.cause, a.cause);
}
