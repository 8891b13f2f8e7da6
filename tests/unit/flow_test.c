/* The calls of a flow: memory, wrong calls, stopping at messages, holes,
 * times.  What flows find out is in tests/cases. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "tlsdiag/tlsdiag.h"

enum { ROOM = 4096 };

static const uint8_t hello[] = {
  22, 3, 1, 0, 45, 1, 0, 0, 41, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1,  1, 1, 1, 1,  1, 1, 1, 1,  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1,  1, 1, 0, 0,  2, 0, 5, 1,  0};
static const uint8_t alert[] = {21, 3, 3, 0, 2, 2, 40};

/* A flow in memory that was never zero; the caller frees it. */
static tlsdiag_flow *fresh(size_t room, uint32_t flags)
{
  size_t len = tlsdiag_flow_size(room);
  tlsdiag_flow *flow = malloc(len);
  tlsdiag_flow_options o;

  memset(flow, 0xa5, len);
  memset(&o, 0, sizeof o);
  o.size = sizeof o;
  o.flags = flags;
  cr_assert_eq(tlsdiag_flow_init(flow, len, &o), TLSDIAG_STATUS_OK);
  return flow;
}

static tlsdiag_verdict classified(const tlsdiag_flow *flow)
{
  tlsdiag_verdict v;

  memset(&v, 0xa5, sizeof v);
  v.size = sizeof v;
  cr_assert_eq(tlsdiag_classify(flow, &v), TLSDIAG_STATUS_OK);
  return v;
}

static tlsdiag_observation observation(const tlsdiag_flow *flow, unsigned i)
{
  tlsdiag_observation o;

  memset(&o, 0xa5, sizeof o);
  o.size = sizeof o;
  cr_assert_eq(tlsdiag_flow_observation(flow, i, &o), TLSDIAG_STATUS_OK);
  return o;
}

/* ---- memory ---- */

/* A hello that claims 60,000 bytes and never brings them keeps the room from
 * nobody: the server's split ServerHello is read whole. */
Test(flow, a_claim_beyond_the_room_does_not_starve_the_other_side)
{
  static const uint8_t claim[] = {22, 3, 1, 0, 12, 1,    0,    0xea, 0x60, 3,
                                  3,  1, 1, 1, 1,  1,    1};
  static const uint8_t answer[] = {
    22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1,  1, 1, 1, 1,  1, 1, 1, 1,  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1,  1, 1, 0, 0xc0, 0x2f, 0};
  tlsdiag_flow *flow = fresh(256, 0);
  tlsdiag_observation o;
  unsigned i;

  cr_assert_eq(tlsdiag_flow_feed(flow, 0, 0, claim, sizeof claim, NULL), 0);
  cr_assert_eq(tlsdiag_flow_feed(flow, 1, 0, answer, 20, NULL), 0);
  cr_assert_eq(
    tlsdiag_flow_feed(flow, 1, 0, answer + 20, sizeof answer - 20, NULL), 0);
  for (i = 0; i < tlsdiag_flow_num_observations(flow); i++) {
    o = observation(flow, i);
    if (o.kind == TLSDIAG_OBS_SERVER_HELLO) {
      break;
    }
  }
  cr_assert_lt(i, tlsdiag_flow_num_observations(flow));
  cr_assert_eq(o.a, 0x0303c02f);
  cr_assert_eq(observation(flow, 0).kind, TLSDIAG_OBS_CLIENT_HELLO);
  cr_assert_neq(observation(flow, 0).a & TLSDIAG_HELLO_PARTIAL, 0);
  /* The rest of the hello, should it come, is no second one. */
  i = tlsdiag_flow_num_observations(flow);
  cr_assert_eq(tlsdiag_flow_close(flow, 0, TLSDIAG_CLOSE_FIN, 0), 0);
  cr_assert_eq(tlsdiag_flow_num_observations(flow), i + 1);
  free(flow);
}

Test(flow, state_is_small_and_room_is_extra)
{
  cr_assert_leq(sizeof(struct flow), TLSDIAG_FLOW_MIN);
  cr_assert_leq(TLSDIAG_FLOW_MIN, 1536);
  cr_assert_eq(tlsdiag_flow_size(0), TLSDIAG_FLOW_MIN);
  cr_assert_eq(tlsdiag_flow_size(1), TLSDIAG_FLOW_MIN + 8);
  cr_assert_geq(tlsdiag_flow_size(4096), TLSDIAG_FLOW_MIN + 4096);
  cr_assert_eq(sizeof(tlsdiag_flow), TLSDIAG_FLOW_STORAGE);
}

Test(flow, init_wants_its_minimum)
{
  tlsdiag_flow flow;
  tlsdiag_flow_options o;

  cr_assert_eq(tlsdiag_flow_init(&flow, TLSDIAG_FLOW_MIN - 1, NULL),
               TLSDIAG_STATUS_E_STORAGE);
  cr_assert_eq(tlsdiag_flow_init(&flow, 0, NULL), TLSDIAG_STATUS_E_STORAGE);
  cr_assert_eq(tlsdiag_flow_init(NULL, sizeof flow, NULL),
               TLSDIAG_STATUS_E_USAGE);
  memset(&o, 0, sizeof o);
  cr_assert_eq(tlsdiag_flow_init(&flow, sizeof flow, &o),
               TLSDIAG_STATUS_E_USAGE, "size is not set");
  cr_assert_eq(tlsdiag_flow_init(&flow, TLSDIAG_FLOW_MIN, NULL),
               TLSDIAG_STATUS_OK);
}

Test(flow, init_again_forgets)
{
  tlsdiag_flow flow;

  cr_assert_eq(tlsdiag_flow_init(&flow, sizeof flow, NULL), 0);
  (void)tlsdiag_flow_feed(&flow, 0, 5, hello, sizeof hello, NULL);
  cr_assert_gt(tlsdiag_flow_num_observations(&flow), 0);
  cr_assert_eq(tlsdiag_flow_init(&flow, sizeof flow, NULL), 0);
  cr_assert_eq(tlsdiag_flow_num_observations(&flow), 0);
  cr_assert_eq(classified(&flow).outcome, TLSDIAG_OUTCOME_INCOMPLETE);
}

Test(flow, a_copy_goes_its_own_way)
{
  tlsdiag_flow *flow = fresh(ROOM, 0);
  tlsdiag_flow *copy = malloc(tlsdiag_flow_size(ROOM));
  tlsdiag_verdict a, b;

  (void)tlsdiag_flow_feed(flow, 0, 0, hello, 20, NULL);
  memcpy(copy, flow, tlsdiag_flow_size(ROOM));
  (void)tlsdiag_flow_feed(flow, 0, 1, hello + 20, sizeof hello - 20, NULL);
  (void)tlsdiag_flow_feed(copy, 0, 1, hello + 20, sizeof hello - 20, NULL);
  (void)tlsdiag_flow_feed(copy, 1, 2, alert, sizeof alert, NULL);
  a = classified(flow);
  b = classified(copy);
  cr_assert_eq(a.outcome, TLSDIAG_OUTCOME_INCOMPLETE);
  cr_assert_eq(b.causes[0].id, TLSDIAG_CAUSE_NO_SHARED_CIPHER);
  free(flow);
  free(copy);
}

/* ---- wrong calls ---- */

Test(flow, refuses_wrong_calls)
{
  tlsdiag_flow *flow = fresh(0, 0);
  tlsdiag_segment g;
  tlsdiag_hint h;
  tlsdiag_group group;
  tlsdiag_observation o;
  tlsdiag_verdict v;
  const int usage = TLSDIAG_STATUS_E_USAGE;

  memset(&g, 0, sizeof g);
  memset(&h, 0, sizeof h);
  memset(&group, 0, sizeof group);
  memset(&o, 0, sizeof o);
  memset(&v, 0, sizeof v);
  cr_assert_eq(tlsdiag_flow_feed(NULL, 0, 0, hello, 1, NULL), usage);
  cr_assert_eq(tlsdiag_flow_feed(flow, 2, 0, hello, 1, NULL), usage);
  cr_assert_eq(tlsdiag_flow_feed(flow, 0, 0, NULL, 1, NULL), usage);
  cr_assert_eq(tlsdiag_flow_gap(NULL, 0, 0, 1), usage);
  cr_assert_eq(tlsdiag_flow_gap(flow, 2, 0, 1), usage);
  cr_assert_eq(tlsdiag_flow_close(NULL, 0, TLSDIAG_CLOSE_FIN, 0), usage);
  cr_assert_eq(tlsdiag_flow_close(flow, 2, TLSDIAG_CLOSE_FIN, 0), usage);
  cr_assert_eq(tlsdiag_flow_close(flow, 0, 0, 0), usage);
  cr_assert_eq(tlsdiag_flow_close(flow, 0, 99, 0), usage);
  cr_assert_eq(tlsdiag_flow_segment(flow, NULL), usage);
  cr_assert_eq(tlsdiag_flow_segment(flow, &g), usage, "size is not set");
  g.size = sizeof g;
  g.from = 2;
  cr_assert_eq(tlsdiag_flow_segment(flow, &g), usage);
  cr_assert_eq(tlsdiag_flow_hint(flow, &h, 0), usage);
  cr_assert_eq(tlsdiag_flow_group(flow, &group, 0), usage);
  cr_assert_eq(tlsdiag_flow_observation(flow, 0, &o), usage);
  cr_assert_eq(tlsdiag_flow_observation(NULL, 0, &o), usage);
  cr_assert_eq(tlsdiag_classify(flow, &v), usage);
  cr_assert_eq(tlsdiag_classify(NULL, &v), usage);
  cr_assert_eq(tlsdiag_flow_num_observations(NULL), 0);
  cr_assert_eq(tlsdiag_flow_num_observations(flow), 0,
               "a wrong call leaves no trace");
  free(flow);
}

Test(flow, nothing_fed_is_nothing_learnt)
{
  tlsdiag_flow *flow = fresh(0, 0);
  size_t used = 99;
  tlsdiag_observation o;

  cr_assert_eq(tlsdiag_flow_feed(flow, 0, 0, NULL, 0, &used), 0);
  cr_assert_eq(used, 0);
  cr_assert_eq(tlsdiag_flow_gap(flow, 0, 0, 0), 0);
  cr_assert_eq(tlsdiag_flow_num_observations(flow), 0);
  memset(&o, 0, sizeof o);
  o.size = sizeof o;
  cr_assert_eq(tlsdiag_flow_observation(flow, 0, &o), TLSDIAG_STATUS_END);
  free(flow);
}

/* ---- stopping at messages ---- */

Test(flow, stops_behind_each_message_and_shows_it)
{
  tlsdiag_flow *flow = fresh(ROOM, TLSDIAG_FLOW_STOP_AT_MESSAGE);
  uint8_t twice[2 * sizeof hello];
  tlsdiag_bytes msg = {NULL, 0};
  unsigned from = 9;
  unsigned format = 9;
  size_t used = 0;

  memcpy(twice, hello, sizeof hello);
  memcpy(twice + sizeof hello, hello, sizeof hello);
  cr_assert_eq(tlsdiag_flow_message(flow, &from, &format, &msg),
               TLSDIAG_STATUS_E_ABSENT);
  cr_assert_eq(tlsdiag_flow_feed(flow, 0, 0, twice, sizeof twice, &used),
               TLSDIAG_STATUS_MESSAGE);
  cr_assert_eq(used, sizeof hello, "the rest is not touched");
  cr_assert_eq(tlsdiag_flow_message(flow, &from, &format, &msg), 0);
  cr_assert_eq(from, TLSDIAG_FROM_CLIENT);
  cr_assert_eq(format, TLSDIAG_FORMAT_TLS);
  cr_assert_eq(msg.ptr, twice + 5, "a view of what was fed");
  cr_assert_eq(msg.len, sizeof hello - 5);
  cr_assert_eq(tlsdiag_flow_message(flow, NULL, &format, &msg),
               TLSDIAG_STATUS_E_USAGE);
  free(flow);
}

Test(flow, a_split_message_is_shown_from_the_room)
{
  size_t cut;

  for (cut = 1; cut < sizeof hello; cut++) {
    tlsdiag_flow *flow = fresh(ROOM, TLSDIAG_FLOW_STOP_AT_MESSAGE);
    tlsdiag_bytes msg;
    unsigned from, format;
    size_t used;

    cr_assert_eq(tlsdiag_flow_feed(flow, 0, 0, hello, cut, &used), 0);
    cr_assert_eq(used, cut);
    cr_assert_eq(tlsdiag_flow_feed(flow, 0, 0, hello + cut,
                                   sizeof hello - cut, &used),
                 TLSDIAG_STATUS_MESSAGE);
    cr_assert_eq(used, sizeof hello - cut);
    cr_assert_eq(tlsdiag_flow_message(flow, &from, &format, &msg), 0);
    cr_assert_eq(msg.len, sizeof hello - 5);
    cr_assert_eq(memcmp(msg.ptr, hello + 5, msg.len), 0, "cut at %zu", cut);
    free(flow);
  }
}

Test(flow, any_call_ends_the_view_of_a_message)
{
  tlsdiag_flow *flow = fresh(ROOM, TLSDIAG_FLOW_STOP_AT_MESSAGE);
  tlsdiag_bytes msg;
  unsigned from, format;

  (void)tlsdiag_flow_feed(flow, 0, 0, hello, sizeof hello, NULL);
  (void)tlsdiag_flow_close(flow, 0, TLSDIAG_CLOSE_FIN, 5);
  cr_assert_eq(tlsdiag_flow_message(flow, &from, &format, &msg),
               TLSDIAG_STATUS_E_ABSENT);
  free(flow);
}

/* ---- places and times ---- */

Test(flow, observations_stand_where_and_when_they_happened)
{
  tlsdiag_flow *flow = fresh(ROOM, 0);
  tlsdiag_observation o;

  (void)tlsdiag_flow_feed(flow, 0, 5000000, hello, sizeof hello, NULL);
  (void)tlsdiag_flow_feed(flow, 1, 5250000, alert, sizeof alert, NULL);
  (void)tlsdiag_flow_close(flow, 1, TLSDIAG_CLOSE_FIN, 7250000);
  o = observation(flow, 0);
  cr_assert_eq(o.kind, TLSDIAG_OBS_CLIENT_HELLO);
  cr_assert_eq(o.offset, 5);
  cr_assert_eq(o.t_us, 5000000);
  cr_assert_eq(o.b, 45);
  o = observation(flow, tlsdiag_flow_num_observations(flow) - 2);
  cr_assert_eq(o.kind, TLSDIAG_OBS_ALERT);
  cr_assert_eq(o.stage, TLSDIAG_STAGE_CLIENT_HELLO);
  cr_assert_eq(o.t_us, 5250000);
  o = observation(flow, tlsdiag_flow_num_observations(flow) - 1);
  cr_assert_eq(o.kind, TLSDIAG_OBS_CLOSE);
  cr_assert_eq(o.b, 2000, "milliseconds of silence");
  cr_assert_eq(o.offset, sizeof alert);
  free(flow);
}

Test(flow, a_clock_that_steps_back_stands_still)
{
  tlsdiag_flow *flow = fresh(ROOM, 0);

  (void)tlsdiag_flow_feed(flow, 0, 5000000, hello, sizeof hello, NULL);
  (void)tlsdiag_flow_feed(flow, 1, 1000, alert, sizeof alert, NULL);
  (void)tlsdiag_flow_close(flow, 1, TLSDIAG_CLOSE_FIN, 0);
  cr_assert_eq(
    observation(flow, tlsdiag_flow_num_observations(flow) - 1).t_us, 5000000);
  cr_assert_eq(classified(flow).outcome, TLSDIAG_OUTCOME_FAILED);
  free(flow);
}

Test(flow, the_second_close_of_a_side_says_nothing)
{
  tlsdiag_flow *flow = fresh(ROOM, 0);
  unsigned num;

  (void)tlsdiag_flow_feed(flow, 0, 0, hello, sizeof hello, NULL);
  (void)tlsdiag_flow_close(flow, 1, TLSDIAG_CLOSE_RST, 1000);
  num = tlsdiag_flow_num_observations(flow);
  (void)tlsdiag_flow_close(flow, 1, TLSDIAG_CLOSE_RST, 2000);
  (void)tlsdiag_flow_close(flow, 1, TLSDIAG_CLOSE_FIN, 2000);
  cr_assert_eq(tlsdiag_flow_num_observations(flow), num);
  free(flow);
}

/* ---- much of everything ---- */

Test(flow, a_full_list_still_takes_what_decides)
{
  static const uint8_t ccs[] = {20, 3, 3, 0, 1, 1};
  static const uint8_t odd[] = {22, 3, 3, 0, 4, 77, 0, 0, 0};
  static const uint8_t request[] = {22, 3, 3, 0, 4, 0, 0, 0, 0};
  tlsdiag_flow *flow = fresh(ROOM, 0);
  tlsdiag_verdict v;
  unsigned i;

  (void)tlsdiag_flow_feed(flow, 0, 0, hello, sizeof hello, NULL);
  for (i = 0; i < 200; i++) {
    (void)tlsdiag_flow_feed(flow, 1, i, request, sizeof request, NULL);
    (void)tlsdiag_flow_feed(flow, 0, i, odd, sizeof odd, NULL);
    (void)tlsdiag_flow_feed(flow, 0, i, ccs, sizeof ccs, NULL);
  }
  cr_assert_leq(tlsdiag_flow_num_observations(flow), TLSDIAG_MAX_OBSERVATIONS);
  (void)tlsdiag_flow_feed(flow, 1, 300, alert, sizeof alert, NULL);
  (void)tlsdiag_flow_close(flow, 1, TLSDIAG_CLOSE_FIN, 400);
  v = classified(flow);
  cr_assert_eq(v.has_alert, 1);
  cr_assert_eq(v.alert_code, 40);
  cr_assert_eq(v.end_how, TLSDIAG_CLOSE_FIN);
  cr_assert_eq(v.outcome, TLSDIAG_OUTCOME_FAILED);
  free(flow);
}

Test(flow, gaps_of_any_size_are_survived)
{
  static const uint64_t sizes[] = {1, 4, 44, 45, 46, 65536, 1ull << 40,
                                   UINT64_MAX};
  size_t i, at;

  for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    for (at = 0; at <= sizeof hello; at++) {
      tlsdiag_flow *flow = fresh(ROOM, 0);

      (void)tlsdiag_flow_feed(flow, 0, 0, hello, at, NULL);
      cr_assert_eq(tlsdiag_flow_gap(flow, 0, 1, sizes[i]), 0);
      (void)tlsdiag_flow_feed(flow, 0, 2, hello, sizeof hello, NULL);
      (void)tlsdiag_flow_feed(flow, 1, 3, alert, sizeof alert, NULL);
      cr_assert_eq(classified(flow).outcome, TLSDIAG_OUTCOME_FAILED,
                   "a gap of %llu at %zu", (unsigned long long)sizes[i], at);
      free(flow);
    }
  }
}

/* A hello that is lost but for its header offers what nobody knows. */
Test(flow, a_lost_hello_has_no_versions)
{
  tlsdiag_flow *flow = fresh(ROOM, 0);
  tlsdiag_observation o;
  unsigned i;

  (void)tlsdiag_flow_feed(flow, 0, 0, hello, 9, NULL);
  (void)tlsdiag_flow_gap(flow, 0, 1, sizeof hello - 9);
  (void)tlsdiag_flow_feed(flow, 1, 2, alert, sizeof alert, NULL);
  for (i = 0; i < tlsdiag_flow_num_observations(flow); i++) {
    memset(&o, 0, sizeof o);
    o.size = sizeof o;
    cr_assert_eq(tlsdiag_flow_observation(flow, i, &o), TLSDIAG_STATUS_OK);
    cr_assert_neq(o.kind, TLSDIAG_OBS_OFFERED_VERSIONS);
  }
  cr_assert_neq(classified(flow).causes[0].id,
                TLSDIAG_CAUSE_VERSION_CLIENT_TOO_OLD);
  free(flow);
}
