/* Words: explain, observation_text and rule_text follow the rules of snprintf
 * and stay printable whatever they are given. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules.h"
#include "tlsdiag/tlsdiag.h"

enum { LONG = 16384 };

/* A text function with its arguments. */
struct words {
  size_t (*write)(const void *what, char *buf, size_t len);
  const void *what;
};

static void expect_printable(const char *s, size_t len)
{
  size_t i;

  for (i = 0; i < len; i++) {
    cr_assert((s[i] >= 0x20 && s[i] < 0x7f) || s[i] == '\n',
              "0x%02x at %zu of: %s", (unsigned char)s[i], i, s);
  }
}

/* All lengths of buffer that are interesting, each an exact heap block. */
static size_t expect_snprintf_rules(const struct words *w)
{
  static char whole[LONG];
  size_t want = w->write(w->what, whole, sizeof whole);
  size_t lens[] = {1, 2, 3, 0, 0, 0, 0};
  size_t i;

  cr_assert_lt(want, sizeof whole);
  cr_assert_eq(strlen(whole), want);
  expect_printable(whole, want);
  cr_assert_eq(w->write(w->what, NULL, 0), want);
  cr_assert_eq(w->write(w->what, NULL, 100), want, "NULL is length 0");
  lens[3] = want / 2 + 1;
  lens[4] = want + !want;
  lens[5] = want + 1;
  lens[6] = want + 2;
  for (i = 0; i < sizeof lens / sizeof lens[0]; i++) {
    char *buf = malloc(lens[i]);
    size_t written = want < lens[i] ? want : lens[i] - 1;

    memset(buf, 'x', lens[i]);
    cr_assert_eq(w->write(w->what, buf, lens[i]), want);
    cr_assert_eq(buf[written], '\0');
    cr_assert_eq(memcmp(buf, whole, written), 0, "cut at %zu", lens[i]);
    free(buf);
  }
  return want;
}

/* ---- observations ---- */

static size_t write_observation(const void *what, char *buf, size_t len)
{
  return tlsdiag_observation_text(what, buf, len);
}

static const char *text_of(unsigned kind, unsigned from, uint32_t a, uint32_t b)
{
  static char line[1024];
  tlsdiag_observation o;

  memset(&o, 0, sizeof o);
  o.size = sizeof o;
  o.kind = (uint16_t)kind;
  o.from = (uint8_t)from;
  o.a = a;
  o.b = b;
  (void)tlsdiag_observation_text(&o, line, sizeof line);
  return line;
}

Test(observation_text, follows_snprintf_for_every_kind_and_number)
{
  static const uint32_t numbers[] = {0,      1,      2,          21,
                                     0x303,  0xffff, 0x03041301, 0x80000000,
                                     0x5a5a, 999,    1000,       0xffffffff};
  const size_t num = sizeof numbers / sizeof numbers[0];
  tlsdiag_observation o;
  struct words w = {write_observation, &o};
  size_t i, j;

  memset(&o, 0, sizeof o);
  o.size = sizeof o;
  for (o.kind = 0; o.kind < 60; o.kind++) {
    for (i = 0; i < num; i++) {
      for (j = 0; j < num; j++) {
        o.from = (uint8_t)((i + j) & 1);
        o.a = numbers[i];
        o.b = numbers[j];
        cr_assert_gt(expect_snprintf_rules(&w), 7);
      }
    }
  }
}

Test(observation_text, says_the_kind_by_itself)
{
  unsigned kind;

  for (kind = 1; tlsdiag_name(TLSDIAG_REGISTRY_OBS, kind) != NULL; kind++) {
    const char *line = text_of(kind, 0, 1, 1);

    cr_assert_null(strstr(line, "observation 1"), "%u has no words: %s", kind,
                   line);
    cr_assert_null(strchr(line, '\n'), "one line: %s", line);
    if (strncmp(line, "client ", 7) != 0) {
      cr_assert(kind == TLSDIAG_OBS_GROUP || kind == TLSDIAG_OBS_POLICY ||
                  (kind >= TLSDIAG_OBS_TEXT_STACK &&
                   kind <= TLSDIAG_OBS_TEXT_STATE),
                "%u is of a side: %s", kind, line);
      continue;
    }
    line = text_of(kind, 1, 0, 0);
    cr_assert_eq(strncmp(line, "server ", 7), 0);
  }
  cr_assert_gt(kind, TLSDIAG_OBS_VERIFY_RESULT);
}

static void expect_text(unsigned kind, unsigned from, uint32_t a, uint32_t b,
                        const char *text)
{
  cr_assert_str_eq(text_of(kind, from, a, b), text);
}

Test(observation_text, reads_as_a_person_would_say_it)
{
  expect_text(TLSDIAG_OBS_ALERT, 1, 0x228, 0,
              "server fatal alert handshake_failure (40)");
  expect_text(TLSDIAG_OBS_CLOSE, 0, TLSDIAG_CLOSE_FIN, 0,
              "client closes (FIN)");
  expect_text(TLSDIAG_OBS_CLOSE, 1, TLSDIAG_CLOSE_RST, 2500,
              "server resets (RST) after 2500 ms of silence");
  expect_text(TLSDIAG_OBS_OFFERED_VERSIONS, 0, 0x03040301, 0x03030301,
              "client offers TLS 1.3 down to TLS 1.0");
  expect_text(TLSDIAG_OBS_OFFERED_VERSIONS, 0, 0x03030303, 0,
              "client offers TLS 1.2");
  expect_text(TLSDIAG_OBS_PROTECTED_RECORD, 1, 19, 2,
              "server encrypted record of 19 bytes");
  expect_text(TLSDIAG_OBS_CERTIFICATE, 0, TLSDIAG_CERT_EMPTY, 0,
              "client Certificate message without a certificate");
  expect_text(TLSDIAG_OBS_FIRST_BYTES, 1, TLSDIAG_PROTOCOL_HTTP_RESPONSE, 400,
              "server first bytes are not TLS: http_response with status 400");
  expect_text(TLSDIAG_OBS_SERVER_HELLO, 1, 0x03041301, 29,
              "server ServerHello: TLS 1.3, TLS_AES_128_GCM_SHA256, group "
              "x25519");
  expect_text(TLSDIAG_OBS_SERVER_HELLO, 1, 0x03040000, 0,
              "server ServerHello: TLS 1.3");
  expect_text(TLSDIAG_OBS_GAP, 1, 1448, 0,
              "server 1448 bytes not observed");
  expect_text(TLSDIAG_OBS_SYN_REPEATED, 0, 1, 0,
              "client sends its SYN again, 1 time");
}

Test(observation_text, refuses_what_is_no_observation)
{
  tlsdiag_observation o;
  char buf[8] = "before";

  memset(&o, 0, sizeof o);
  cr_assert_eq(tlsdiag_observation_text(NULL, buf, sizeof buf), 0);
  cr_assert_str_eq(buf, "");
  cr_assert_eq(tlsdiag_observation_text(&o, buf, sizeof buf), 0);
  cr_assert_eq(tlsdiag_observation_text(NULL, NULL, 0), 0);
}

/* ---- rules ---- */

static size_t write_rule(const void *what, char *buf, size_t len)
{
  return tlsdiag_rule_text(*(const unsigned *)what, buf, len);
}

Test(rule_text, follows_snprintf_for_every_row)
{
  unsigned rule;
  struct words w = {write_rule, &rule};
  char buf[128];

  for (rule = 0; rule < num_rules; rule++) {
    cr_assert_geq(expect_snprintf_rules(&w), 10);
    (void)tlsdiag_rule_text(rule, buf, sizeof buf);
    cr_assert_str_eq(buf, rule_sentence(rule));
  }
  cr_assert_eq(expect_snprintf_rules(&w), 0, "no such row");
  cr_assert_eq(tlsdiag_rule_text(0xffff, buf, sizeof buf), 0);
  cr_assert_str_eq(buf, "");
}

/* ---- explain ---- */

struct explained {
  tlsdiag_flow flow;
  tlsdiag_verdict verdict;
  unsigned index;
};

static size_t write_explain(const void *what, char *buf, size_t len)
{
  const struct explained *e = what;

  return tlsdiag_explain(&e->flow, &e->verdict, e->index, buf, len);
}

/* A hello of one suite, answered by handshake_failure. */
static void refused_hello(struct explained *e)
{
  static const uint8_t hello[] = {
    22, 3, 1, 0, 45, 1, 0, 0, 41, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1,  1, 1, 1, 1,  1, 1, 1, 1,  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1,  1, 1, 0, 0,  2, 0, 5, 1,  0};
  static const uint8_t alert[] = {21, 3, 3, 0, 2, 2, 40};

  memset(e, 0, sizeof *e);
  cr_assert_eq(tlsdiag_flow_init(&e->flow, sizeof e->flow, NULL), 0);
  (void)tlsdiag_flow_feed(&e->flow, 0, 0, hello, sizeof hello, NULL);
  (void)tlsdiag_flow_feed(&e->flow, 1, 9, alert, sizeof alert, NULL);
  e->verdict.size = sizeof e->verdict;
  cr_assert_eq(tlsdiag_classify(&e->flow, &e->verdict), 0);
}

Test(explain, says_what_why_and_what_to_do)
{
  struct explained e;
  struct words w = {write_explain, &e};
  char buf[4096];

  refused_hello(&e);
  cr_assert_eq(e.verdict.causes[0].id, TLSDIAG_CAUSE_NO_SHARED_CIPHER);
  (void)tlsdiag_explain(&e.flow, &e.verdict, 0, buf, sizeof buf);
  cr_assert_not_null(strstr(buf, "To blame: the client"), "%s", buf);
  cr_assert_not_null(strstr(buf, "Because "), "%s", buf);
  cr_assert_not_null(strstr(buf, "  + server fatal alert handshake_failure "
                                 "(40) (byte 5)"), "%s", buf);
  cr_assert_not_null(strstr(buf, "To do: "), "%s", buf);
  for (e.index = 0; e.index < e.verdict.num_causes; e.index++) {
    cr_assert_gt(expect_snprintf_rules(&w), 40);
  }
}

Test(explain, does_not_call_plain_http_a_handshake)
{
  static const char request[] = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";
  static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  struct explained e;
  char buf[4096];

  memset(&e, 0, sizeof e);
  cr_assert_eq(tlsdiag_flow_init(&e.flow, sizeof e.flow, NULL), 0);
  (void)tlsdiag_flow_feed(&e.flow, 0, 0, (const uint8_t *)request,
                          sizeof request - 1, NULL);
  (void)tlsdiag_flow_feed(&e.flow, 1, 9, (const uint8_t *)answer,
                          sizeof answer - 1, NULL);
  e.verdict.size = sizeof e.verdict;
  cr_assert_eq(tlsdiag_classify(&e.flow, &e.verdict), 0);
  cr_assert_eq(e.verdict.outcome, TLSDIAG_OUTCOME_NOT_TLS);
  cr_assert_eq(e.verdict.causes[0].id, TLSDIAG_CAUSE_NONE);
  (void)tlsdiag_explain(&e.flow, &e.verdict, 0, buf, sizeof buf);
  cr_assert_not_null(strstr(buf, "No TLS here"), "%s", buf);
  cr_assert_null(strstr(buf, "completed"), "%s", buf);
}

Test(explain, has_words_for_every_cause_and_party)
{
  struct explained e;
  struct words w = {write_explain, &e};
  char buf[8192];
  unsigned cause, party;

  refused_hello(&e);
  e.verdict.causes[0].evidence = UINT64_MAX;
  e.verdict.causes[0].against = UINT64_MAX;
  for (cause = 0; tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, cause) != NULL;
       cause++) {
    for (party = 0; party < 8; party++) {
      e.verdict.causes[0].id = (uint16_t)cause;
      e.verdict.causes[0].party = (uint8_t)party;
      e.verdict.causes[0].confidence = (uint8_t)(cause + party * 13);
      (void)tlsdiag_explain(&e.flow, &e.verdict, 0, buf, sizeof buf);
      cr_assert_not_null(
        strstr(buf, tlsdiag_cause_text(cause, TLSDIAG_SECTION_TITLE)));
      cr_assert_null(strstr(buf, "(null)"));
      expect_printable(buf, strlen(buf));
    }
    cr_assert_gt(expect_snprintf_rules(&w), 80);
  }
  cr_assert_gt(cause, 80);
}

Test(explain, every_rule_row_can_be_the_reason)
{
  struct explained e;
  char buf[8192], sentence[128];
  unsigned rule;

  refused_hello(&e);
  for (rule = 0; rule < num_rules; rule++) {
    e.verdict.causes[0].id = rules[rule].cause;
    e.verdict.causes[0].rule = (uint16_t)rule;
    (void)tlsdiag_explain(&e.flow, &e.verdict, 0, buf, sizeof buf);
    (void)snprintf(sentence, sizeof sentence, "Because %s.\n",
                   rule_sentence(rule));
    cr_assert_not_null(strstr(buf, sentence), "%s", buf);
  }
}

Test(explain, refuses_wrong_calls_quietly)
{
  struct explained e;
  tlsdiag_verdict old;
  char buf[16] = "before";

  refused_hello(&e);
  cr_assert_eq(tlsdiag_explain(NULL, &e.verdict, 0, buf, sizeof buf), 0);
  cr_assert_str_eq(buf, "");
  cr_assert_eq(tlsdiag_explain(&e.flow, NULL, 0, buf, sizeof buf), 0);
  cr_assert_eq(tlsdiag_explain(&e.flow, &e.verdict, e.verdict.num_causes, buf,
                               sizeof buf), 0);
  cr_assert_eq(tlsdiag_explain(&e.flow, &e.verdict, 0xffffffff, NULL, 0), 0);
  memset(&old, 0, sizeof old);
  cr_assert_eq(tlsdiag_explain(&e.flow, &old, 0, buf, sizeof buf), 0);
  e.verdict.num_causes = 255; /* more than there is room for */
  cr_assert_eq(tlsdiag_explain(&e.flow, &e.verdict, TLSDIAG_MAX_CAUSES, buf,
                               sizeof buf), 0);
}

Test(explain, survives_numbers_that_mean_nothing)
{
  struct explained e;
  struct words w = {write_explain, &e};

  refused_hello(&e);
  e.verdict.causes[0].id = 0xffff;
  e.verdict.causes[0].party = 0xff;
  e.verdict.causes[0].rule = 0xfffe;
  e.verdict.causes[0].confidence = 255;
  e.verdict.causes[0].evidence = UINT64_MAX;
  cr_assert_gt(expect_snprintf_rules(&w), 20);
}
