/* consumer.c: a program of somebody else's.  It is compiled against several
 * headers and run with one library; what it prints must be the same.
 *
 * Around every struct that the library fills lies a guard, so that a library
 * that writes more than the caller's header knows is found out.  C99, C++. */
#include <stdio.h>
#include <string.h>
#include <tlsdiag/tlsdiag.h>

#define GUARD 64
/* A struct of the caller's, guarded: GUARDED(tlsdiag_verdict, v). */
#define GUARDED(type, name)                                                    \
  struct {                                                                     \
    type it;                                                                   \
    unsigned char guard[GUARD];                                                \
  } name;                                                                      \
  memset(&name, 0xa5, sizeof name);                                            \
  memset(&name.it, 0, sizeof name.it);                                         \
  *(uint32_t *)&name.it = (uint32_t)sizeof name.it
#define CHECK_GUARD(name) check_guard(#name, name.guard)
#define MUST(what) must(#what, (what) ? 1 : 0)

static int failures;

static void must(const char *what, int is_true)
{
  if (!is_true) {
    printf("FAILED: %s\n", what);
    failures++;
  }
}

static void check_guard(const char *name, const unsigned char *guard)
{
  int i;

  for (i = 0; i < GUARD; i++) {
    if (guard[i] != 0xa5) {
      printf("FAILED: written behind %s\n", name);
      failures++;
      return;
    }
  }
}

/* A TLS 1.2 hello: one suite, null compression, the name a.example. */
static const uint8_t hello[] = {
    22, 3, 3, 0, 65, 1, 0, 0, 61, 3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
    32, 0, 0, 2, 0xc0, 0x2b, 1, 0, 0, 18, 0, 0, 0, 14, 0, 12, 0, 0, 9, 'a', '.',
    'e', 'x', 'a', 'm', 'p', 'l', 'e'};
static const uint8_t server_hello[] = {
    2, 0, 0, 38, 3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
    17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 0, 0xc0,
    0x2b, 0};
static const uint8_t alert[] = {21, 3, 3, 0, 2, 2, 112};
static const char text[] = "error:0A0000C1:SSL routines::no shared cipher";

static void decode(void)
{
  uint8_t scratch[sizeof hello];
  tlsdiag_bytes msg;
  tlsdiag_where where;
  char ja[37];
  GUARDED(tlsdiag_client_hello, ch);
  GUARDED(tlsdiag_server_hello, sh);
  GUARDED(tlsdiag_policy, policy);
  GUARDED(tlsdiag_prediction, guess);

  MUST(tlsdiag_find_handshake(hello, sizeof hello, scratch, sizeof scratch,
                              &msg, &where) == TLSDIAG_STATUS_OK);
  MUST(tlsdiag_client_hello_decode(msg.ptr, msg.len, TLSDIAG_FORMAT_TLS,
                                   &ch.it, &where) == TLSDIAG_STATUS_OK);
  CHECK_GUARD(ch);
  MUST(ch.it.size == sizeof ch.it);
  printf("hello: %.*s, %u suites, %u extensions, version %x\n",
         (int)ch.it.server_name.len, (const char *)ch.it.server_name.ptr,
         ch.it.num_cipher_suites, ch.it.num_extensions, ch.it.version_max);
  MUST(tlsdiag_ja3(&ch.it, ja, sizeof ja) == TLSDIAG_STATUS_OK);
  printf("ja3: %s\n", ja);
  MUST(tlsdiag_ja4(&ch.it, ja, sizeof ja) == TLSDIAG_STATUS_OK);
  printf("ja4: %s\n", ja);
  MUST(tlsdiag_server_hello_decode(server_hello, sizeof server_hello,
                                   TLSDIAG_FORMAT_TLS, &sh.it,
                                   NULL) == TLSDIAG_STATUS_OK);
  CHECK_GUARD(sh);
  printf("answer: %x with %x\n", sh.it.version, sh.it.cipher_suite);
  policy.it.version_min = 0x0304;
  policy.it.version_max = 0x0304;
  MUST(tlsdiag_predict(&ch.it, &policy.it, &guess.it) == TLSDIAG_STATUS_OK);
  CHECK_GUARD(guess);
  printf("predicted: %s\n", tlsdiag_name(TLSDIAG_REGISTRY_CAUSE,
                                         guess.it.cause));
}

static void observe(const tlsdiag_flow *flow)
{
  unsigned i;
  char words[256];
  GUARDED(tlsdiag_observation, seen);

  for (i = 0; i < tlsdiag_flow_num_observations(flow); i++) {
    seen.it.size = (uint32_t)sizeof seen.it;
    MUST(tlsdiag_flow_observation(flow, i, &seen.it) == TLSDIAG_STATUS_OK);
    CHECK_GUARD(seen);
    tlsdiag_observation_text(&seen.it, words, sizeof words);
    printf("  %s\n", words);
  }
}

static void classify(const tlsdiag_flow *flow)
{
  char words[2048];
  unsigned i;
  GUARDED(tlsdiag_verdict, v);

  MUST(tlsdiag_classify(flow, &v.it) == TLSDIAG_STATUS_OK);
  CHECK_GUARD(v);
  MUST(v.it.num_causes >= 1);
  MUST(v.it.num_causes <= sizeof v.it.causes / sizeof v.it.causes[0]);
  for (i = 0; i < v.it.num_causes; i++) {
    MUST(tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, v.it.causes[i].id) != NULL);
  }
  printf("verdict: %s, %s, alert %u\n",
         tlsdiag_name(TLSDIAG_REGISTRY_OUTCOME, v.it.outcome),
         tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, v.it.causes[0].id),
         v.it.alert_code);
  MUST(tlsdiag_explain(flow, &v.it, 0, words, sizeof words) > 0);
  printf("%s\n", words);
}

static void segment(tlsdiag_flow *flow)
{
  GUARDED(tlsdiag_segment, s);

  s.it.tcp_flags = TLSDIAG_TCP_SYN;
  s.it.ttl = 64;
  MUST(tlsdiag_flow_segment(flow, &s.it) == TLSDIAG_STATUS_OK);
#ifdef HAS_LATER
  s.it.later_ = 1; /* a fact that this library cannot know */
  MUST(tlsdiag_flow_segment(flow, &s.it) == TLSDIAG_STATUS_E_USAGE);
#endif
  s.it.size = 4;
  MUST(tlsdiag_flow_segment(flow, &s.it) == TLSDIAG_STATUS_E_USAGE);
}

static void group(const tlsdiag_flow *flow)
{
  tlsdiag_track track, again;
  tlsdiag_attempt attempt;
  uint8_t out[TLSDIAG_TRACK_EXPORT_MAX];
  size_t len;
  GUARDED(tlsdiag_group, g);

  memset(&track, 0, sizeof track);
  MUST(tlsdiag_attempt_from_flow(flow, 7, 1, &attempt) == TLSDIAG_STATUS_OK);
  tlsdiag_track_add(&track, &attempt);
  len = tlsdiag_track_export(&track, out, sizeof out);
  MUST(tlsdiag_track_import(&again, out, len) == TLSDIAG_STATUS_OK);
  tlsdiag_track_merge(&again, &track);
  MUST(tlsdiag_track_classify(&again, &g.it) == TLSDIAG_STATUS_OK);
  CHECK_GUARD(g);
  printf("track: %u attempts, %s\n", (unsigned)again.num_attempts,
         tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, g.it.cause));
}

static void watch(void)
{
  tlsdiag_flow flow;
  GUARDED(tlsdiag_flow_options, options);

  options.it.flags = TLSDIAG_FLOW_WALL_CLOCK;
  MUST(tlsdiag_flow_size(0) <= TLSDIAG_FLOW_MIN);
  MUST(tlsdiag_flow_init(&flow, sizeof flow, &options.it) ==
       TLSDIAG_STATUS_OK);
  segment(&flow);
  MUST(tlsdiag_flow_feed(&flow, TLSDIAG_FROM_CLIENT, 10, hello, sizeof hello,
                         NULL) == TLSDIAG_STATUS_OK);
  MUST(tlsdiag_flow_feed(&flow, TLSDIAG_FROM_SERVER, 900, alert, sizeof alert,
                         NULL) == TLSDIAG_STATUS_OK);
  MUST(tlsdiag_flow_close(&flow, TLSDIAG_FROM_SERVER, TLSDIAG_CLOSE_FIN,
                          990) == TLSDIAG_STATUS_OK);
  observe(&flow);
  classify(&flow);
  group(&flow);
}

static void scan(void)
{
  tlsdiag_flow flow;
  size_t count = 3, i;
  struct {
    tlsdiag_hint it[3];
    unsigned char guard[GUARD];
  } hints;

  memset(&hints, 0xa5, sizeof hints);
  memset(hints.it, 0, sizeof hints.it);
  for (i = 0; i < 3; i++) {
    hints.it[i].size = (uint32_t)sizeof hints.it[i];
  }
  MUST(tlsdiag_text_scan((const uint8_t *)text, sizeof text - 1, hints.it,
                         sizeof hints.it[0], &count) == TLSDIAG_STATUS_OK);
  CHECK_GUARD(hints);
  MUST(count >= 1);
  MUST(tlsdiag_flow_init(&flow, sizeof flow, NULL) == TLSDIAG_STATUS_OK);
  for (i = 0; i < count && i < 3; i++) {
    printf("hint: %s\n", tlsdiag_name(TLSDIAG_REGISTRY_CAUSE,
                                      hints.it[i].cause[0]));
    MUST(tlsdiag_flow_hint(&flow, &hints.it[i], 0) == TLSDIAG_STATUS_OK);
  }
  classify(&flow);
}

static void look_up(void)
{
  static const char name[] = "tls_aes_128_gcm_sha256";
  uint32_t value = 0;

  MUST(tlsdiag_name_lookup(TLSDIAG_REGISTRY_CIPHER_SUITE, name,
                           sizeof name - 1, &value) == TLSDIAG_STATUS_OK);
  printf("%s is %x\n", name, (unsigned)value);
  printf("%s\n", tlsdiag_cause_text(TLSDIAG_CAUSE_SNI_UNRECOGNIZED,
                                    TLSDIAG_SECTION_TITLE));
  MUST(tlsdiag_version() >> 16 == TLSDIAG_VERSION_MAJOR);
}

int main(void)
{
  decode();
  watch();
  scan();
  look_up();
  return failures != 0;
}
