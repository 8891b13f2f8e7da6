/* Patterns across connections.  A scene is a line of attempts:
 *
 *   "0 rst v=303 | 40 rst v=302 | 80 a86 v=301"
 *
 * Each begins with its time in milliseconds and how it ended:
 *   ok rst fin hang lost   completed, or what ended it where the ServerHello
 *                          should be; `forged` is a reset made on the path
 *   aN cN                  alert N of the server, of the client
 *   gone                   the client left after the server's flight
 *   left                   the client left where the ServerHello should be
 *   probe                  no byte was sent
 *   log-reset log-cipher log-86   a line of a log says so, and no more is known
 * then what differs from the usual hello: v= highest version, m= lowest,
 * s= server, n= name (0 none), h= shape, len= length, st= stage, ch= version
 * chosen, conf= own confidence, dur= milliseconds, and the words big, few,
 * grease, noems, rsa, ticket, resumed. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "causes.h"
#include "patterns.h"
#include "tlsdiag/tlsdiag.h"

#define C(name) TLSDIAG_CAUSE_##name

enum { USUAL = TLSDIAG_HELLO_SERVER_NAME | TLSDIAG_HELLO_ALPN |
               TLSDIAG_HELLO_EXTENDED_MASTER_SECRET |
               TLSDIAG_HELLO_SIGNATURE_ALGORITHMS |
               TLSDIAG_HELLO_SUPPORTED_GROUPS };

/* ---- scenes ---- */

static void ends(tlsdiag_attempt *a, unsigned cause, unsigned by, unsigned how)
{
  a->outcome = TLSDIAG_OUTCOME_FAILED;
  a->stage = TLSDIAG_STAGE_CLIENT_HELLO;
  a->cause = (uint16_t)cause;
  a->confidence = 78;
  a->end_by = (uint8_t)by;
  a->end_how = (uint8_t)how;
}

static void ends_with_alert(tlsdiag_attempt *a, unsigned by, const char *number)
{
  ends(a, C(OTHER_ALERT), by, TLSDIAG_CLOSE_FIN);
  a->alert = (uint8_t)atoi(number);
  if (a->alert == 86) {
    a->cause = C(INAPPROPRIATE_FALLBACK);
    a->confidence = 97;
  }
}

static void is_logged(tlsdiag_attempt *a, unsigned cause, unsigned confidence)
{
  ends(a, cause, 0, 0);
  a->confidence = (uint8_t)confidence;
  a->stage = TLSDIAG_STAGE_TCP;
  a->version_max = a->version_min = a->hello_len = 0;
  a->hello_hash = a->hello_flags = 0;
}

static void ending(tlsdiag_attempt *a, const char *word)
{
  if (strcmp(word, "ok") == 0) {
    a->outcome = TLSDIAG_OUTCOME_COMPLETED;
    a->stage = TLSDIAG_STAGE_FINISHED;
    a->version = 0xffff; /* the highest offered */
    a->confidence = 97;
    a->end_how = TLSDIAG_CLOSE_FIN;
  } else if (strcmp(word, "rst") == 0) {
    ends(a, C(RESET_AFTER_CLIENT_HELLO), 1, TLSDIAG_CLOSE_RST);
  } else if (strcmp(word, "forged") == 0) {
    ends(a, C(INJECTED_RESET), 1, TLSDIAG_CLOSE_RST);
    a->confidence = 90;
  } else if (strcmp(word, "fin") == 0) {
    ends(a, C(CLOSED_AFTER_CLIENT_HELLO), 1, TLSDIAG_CLOSE_FIN);
  } else if (strcmp(word, "hang") == 0) {
    ends(a, C(NO_RESPONSE_TO_CLIENT_HELLO), 0, TLSDIAG_CLOSE_FIN);
    a->duration_ms = 5000;
  } else if (strcmp(word, "lost") == 0) {
    ends(a, C(CLIENT_HELLO_LOST), 0, TLSDIAG_CLOSE_FIN);
    a->duration_ms = 5000;
  } else if (strcmp(word, "left") == 0) {
    ends(a, C(CLIENT_ABORTED), 0, TLSDIAG_CLOSE_FIN);
  } else if (strcmp(word, "gone") == 0) {
    ends(a, C(SERVER_CERTIFICATE_REJECTED), 0, TLSDIAG_CLOSE_FIN);
    a->stage = TLSDIAG_STAGE_SERVER_HELLO_DONE;
    a->version = 0x0303;
    a->confidence = 58;
  } else if (strcmp(word, "probe") == 0) {
    ends(a, C(CONNECTION_PROBE), 0, TLSDIAG_CLOSE_FIN);
    a->outcome = TLSDIAG_OUTCOME_INCOMPLETE;
    a->stage = TLSDIAG_STAGE_TCP;
    a->version_max = a->version_min = a->hello_len = 0;
    a->hello_hash = a->name_hash = a->hello_flags = 0;
  } else if (strcmp(word, "log-reset") == 0) {
    is_logged(a, C(RESET_DURING_HANDSHAKE), 44);
  } else if (strcmp(word, "log-cipher") == 0) {
    is_logged(a, C(NO_SHARED_CIPHER), 90);
  } else if (strcmp(word, "log-86") == 0) {
    is_logged(a, C(INAPPROPRIATE_FALLBACK), 95);
  } else if (word[0] == 'a' || word[0] == 'c') {
    ends_with_alert(a, word[0] == 'a', word + 1);
  } else {
    cr_assert_fail("no such ending: %s", word);
  }
}

static int is_option(const char *word, const char *name)
{
  return strncmp(word, name, strlen(name)) == 0;
}

static void number_option(tlsdiag_attempt *a, const char *word)
{
  const char *value = strchr(word, '=');
  unsigned long n, version;

  cr_assert_not_null(value, "no such option: %s", word);
  n = strtoul(value + 1, NULL, 0);
  version = strtoul(value + 1, NULL, 16);
  if (is_option(word, "v=")) {
    a->version_max = (uint16_t)version;
  } else if (is_option(word, "m=")) {
    a->version_min = (uint16_t)version;
  } else if (is_option(word, "ch=")) {
    a->version = (uint16_t)version;
  } else if (is_option(word, "s=")) {
    a->server = (uint32_t)n;
  } else if (is_option(word, "n=")) {
    a->name_hash = n;
  } else if (is_option(word, "h=")) {
    a->hello_hash = n;
  } else if (is_option(word, "len=")) {
    a->hello_len = (uint16_t)n;
  } else if (is_option(word, "st=")) {
    a->stage = (uint8_t)n;
  } else if (is_option(word, "conf=")) {
    a->confidence = (uint8_t)n;
  } else if (is_option(word, "dur=")) {
    a->duration_ms = (uint32_t)n;
  } else {
    cr_assert_fail("no such option: %s", word);
  }
}

static void option(tlsdiag_attempt *a, const char *word)
{
  if (strcmp(word, "big") == 0) {
    a->hello_flags |= TLSDIAG_HELLO_SEVERAL_SEGMENTS;
    a->hello_len = 1800;
  } else if (strcmp(word, "few") == 0) {
    a->hello_flags &= ~(uint32_t)TLSDIAG_HELLO_ALPN;
    a->hello_hash = 9;
    a->hello_len -= 20;
  } else if (strcmp(word, "grease") == 0) {
    a->hello_flags |= TLSDIAG_HELLO_GREASE;
  } else if (strcmp(word, "noems") == 0) {
    a->hello_flags &= ~(uint32_t)TLSDIAG_HELLO_EXTENDED_MASTER_SECRET;
    a->server_flags = 0;
    a->hello_hash = 8;
    a->hello_len -= 4;
  } else if (strcmp(word, "rsa") == 0) {
    a->cipher = 0x0035;
  } else if (strcmp(word, "ticket") == 0) {
    a->hello_flags |= TLSDIAG_HELLO_TICKET;
    a->hello_len += 180;
  } else if (strcmp(word, "resumed") == 0) {
    a->hello_flags |= TLSDIAG_HELLO_TICKET;
    a->server_flags |= TLSDIAG_SERVER_HELLO_RESUMED;
  } else {
    number_option(a, word);
  }
}

static void attempt(tlsdiag_track *track, char *words)
{
  tlsdiag_attempt a;
  char *word, *rest = NULL;

  memset(&a, 0, sizeof a);
  a.id = track->num_attempts + 1;
  a.name_hash = 1;
  a.hello_hash = 1;
  a.server = 1;
  a.hello_flags = USUAL;
  a.hello_len = 300;
  a.version_max = 0x0304;
  a.version_min = 0x0301;
  a.server_flags = TLSDIAG_SERVER_HELLO_EXTENDED_MASTER_SECRET;
  a.alert = 0xff;
  a.duration_ms = 10;
  word = strtok_r(words, " ", &rest);
  a.t_us = 1000000000000000u + strtoull(word, NULL, 10) * 1000;
  ending(&a, strtok_r(NULL, " ", &rest));
  while ((word = strtok_r(NULL, " ", &rest)) != NULL) {
    option(&a, word);
  }
  if (a.version == 0xffff) {
    a.version = a.version_max;
  }
  tlsdiag_track_add(track, &a);
}

static tlsdiag_group judge(const char *scene)
{
  tlsdiag_track track;
  tlsdiag_group g;
  char line[400];
  char *one, *rest = NULL;

  memset(&track, 0, sizeof track);
  cr_assert(strlen(scene) < sizeof line);
  strcpy(line, scene);
  for (one = strtok_r(line, "|", &rest); one != NULL;
       one = strtok_r(NULL, "|", &rest)) {
    attempt(&track, one);
  }
  g.size = sizeof g;
  cr_assert_eq(tlsdiag_track_classify(&track, &g), TLSDIAG_STATUS_OK);
  return g;
}

struct scene {
  const char *line;
  unsigned cause;
  unsigned low, high; /* confidence */
  unsigned first, last, members, explained;
};

/* Every pattern, provoked. */
static const struct scene provoked[] = {
  /* The fallback dance of the first story: three servers, two resets. */
  {"0 rst v=303 s=1 | 40 rst v=302 s=2 | 80 a86 v=301 s=3",
   C(RESET_AFTER_CLIENT_HELLO), 80, 92, 0, 2, 7, 1},
  {"0 forged v=303 | 40 forged v=302 | 80 a86 v=301",
   C(INJECTED_RESET), 90, 97, 0, 2, 7, 3},
  {"0 hang v=303 | 5100 a86 v=302", C(NO_RESPONSE_TO_CLIENT_HELLO), 80, 92, 0,
   1, 3, 1},
  /* Its second reporter: the client left after ServerHello. */
  {"0 left v=303 st=5 ch=303 | 30 a86 v=301", C(CLIENT_ABORTED), 80, 92, 0, 1,
   3, 1},
  /* From log lines, which do not tell versions or names. */
  {"0 rst v=0 m=0 n=0 h=0 | 3000 a86 v=0 m=0 n=0 h=0",
   C(RESET_AFTER_CLIENT_HELLO), 60, 70, 0, 1, 3, 1},
  /* Of two clocks one is behind: the higher version was first. */
  {"1500 rst v=303 s=1 | 0 rst v=302 s=2 | 1700 a86 v=301 s=3",
   C(RESET_AFTER_CLIENT_HELLO), 80, 92, 1, 2, 7, 2},
  /* The retry was not refused but says nothing either. */
  {"0 forged v=303 | 40 ok v=302", C(INJECTED_RESET), 85, 92, 0, 1, 3, 1},
  {"0 rst v=303 s=1 | 40 ok v=302 s=2", C(RESET_AFTER_CLIENT_HELLO), 76, 82, 0,
   1, 3, 1},
  {"0 lost v=303 | 6000 ok v=302", C(CLIENT_HELLO_LOST), 76, 85, 0, 1, 3, 1},
  /* Versions. */
  {"0 fin | 300 ok v=303 h=2", C(VERSION_INTOLERANCE), 80, 88, 0, 1, 3, 1},
  {"0 a50 | 300 ok v=303 h=2", C(VERSION_INTOLERANCE), 80, 88, 0, 1, 3, 1},
  {"0 hang | 5300 ok v=303 h=2", C(VERSION_INTOLERANCE), 80, 88, 0, 1, 3, 1},
  {"0 rst v=303 | 40 rst v=302 h=2 | 90 ok v=301 h=3",
   C(VERSION_INTOLERANCE), 88, 95, 0, 2, 7, 3},
  {"0 ok v=303 h=2 | 900 fin | 1300 ok v=303 h=2", C(VERSION_INTOLERANCE), 88,
   95, 1, 0, 3, 2},
  {"0 a70 conf=92 | 300 ok v=303 h=2", C(VERSION_INTOLERANCE), 93, 97, 0, 1, 3,
   1},
  {"0 hang v=fefd m=0 | 9000 ok v=feff m=0 h=2", C(VERSION_INTOLERANCE), 80,
   88, 0, 1, 3, 1},
  {"0 a40 | 300 ok v=303 h=2", C(VERSION_INTOLERANCE), 55, 66, 0, 1, 3, 1},
  /* Sizes; the hash of the shape may be the same. */
  {"0 rst big | 300 ok", C(LARGE_CLIENT_HELLO_DROPPED), 84, 90, 0, 1, 3, 1},
  {"0 hang len=1700 | 5300 ok v=303 h=2", C(LARGE_CLIENT_HELLO_DROPPED), 84, 90,
   0, 1, 3, 1},
  {"0 rst big | 200 rst big | 300 ok", C(LARGE_CLIENT_HELLO_DROPPED), 90, 95, 0,
   2, 7, 3},
  {"0 ok | 200 lost big | 6000 ok h=2", C(LARGE_CLIENT_HELLO_DROPPED), 90, 95,
   1, 0, 3, 2},
  /* Extensions. */
  {"0 rst | 300 ok few", C(EXTENSION_INTOLERANCE), 76, 84, 0, 1, 3, 1},
  {"0 rst grease | 300 ok", C(EXTENSION_INTOLERANCE), 76, 84, 0, 1, 3, 1},
  {"0 a50 | 300 ok few", C(EXTENSION_INTOLERANCE), 84, 92, 0, 1, 3, 1},
  {"0 rst | 100 rst | 300 ok few", C(EXTENSION_INTOLERANCE), 86, 93, 0, 2, 7,
   3},
  {"0 a40 | 300 ok few", C(EXTENSION_INTOLERANCE), 50, 62, 0, 1, 3, 1},
  /* Names. */
  {"0 rst | 300 ok n=2 h=2", C(SNI_BLOCKED), 78, 86, 0, 1, 3, 1},
  {"0 rst | 300 ok n=2", C(SNI_BLOCKED), 86, 93, 0, 1, 3, 1},
  {"0 forged | 300 ok n=2 h=2", C(SNI_BLOCKED), 93, 97, 0, 1, 3, 1},
  {"0 hang | 5300 ok n=2 h=2", C(SNI_BLOCKED), 76, 84, 0, 1, 3, 1},
  {"0 lost | 5300 ok n=2", C(SNI_BLOCKED), 90, 94, 0, 1, 3, 1},
  {"0 ok n=2 h=2 | 50 rst | 100 ok n=3 h=2", C(SNI_BLOCKED), 90, 94, 1, 0, 3,
   2},
  {"0 fin | 300 ok n=2 h=2", C(SNI_BLOCKED), 55, 65, 0, 1, 3, 1},
  {"0 fin | 300 ok n=2", C(SNI_BLOCKED), 72, 80, 0, 1, 3, 1},
  {"0 rst | 300 ok n=0 h=2", C(SNI_BLOCKED), 74, 82, 0, 1, 3, 1},
  {"0 a40 | 300 ok n=2", C(SNI_UNRECOGNIZED), 74, 84, 0, 1, 3, 1},
  {"0 a80 | 300 ok n=2", C(SNI_UNRECOGNIZED), 74, 84, 0, 1, 3, 1},
  {"0 fin n=0 h=2 | 300 ok", C(SNI_MISSING), 84, 92, 0, 1, 3, 1},
  {"0 a40 n=0 h=2 | 300 ok", C(SNI_MISSING), 74, 84, 0, 1, 3, 1},
  /* A verdict that only says how it ended gives way to the reason. */
  {"0 hang conf=88 | 5300 ok v=303 h=2", C(VERSION_INTOLERANCE), 89, 89, 0, 1,
   3, 1},
  {"0 hang big conf=88 | 5300 ok", C(LARGE_CLIENT_HELLO_DROPPED), 89, 89, 0, 1,
   3, 1},
  /* Keys and sessions. */
  {"0 a40 st=17 v=303 ch=303 rsa | 300 ok v=303 rsa noems",
   C(INSPECTION_EXTENDED_MASTER_SECRET), 94, 98, 0, 1, 3, 1},
  {"0 ok v=303 | 300 c20 v=303 ch=303 st=17 resumed", C(RESUMPTION_FAILED), 86,
   95, 1, 0, 3, 2},
  {"0 c20 v=303 ch=303 st=17 resumed | 300 c20 v=303 ch=303 st=17 resumed",
   C(RESUMPTION_FAILED), 88, 95, 0, 1, 3, 3},
  {"0 ok v=303 | 300 a47 v=303 h=2 ticket", C(RESUMPTION_CIPHER_MISSING), 84,
   92, 1, 0, 3, 2},
  /* Clients that leave. */
  {"0 gone | 60000 gone | 120000 gone", C(SERVER_CERTIFICATE_REJECTED), 66, 78,
   0, 1, 7, 7},
  {"0 gone | 60000 gone | 120000 gone | 130000 gone | 140000 gone",
   C(SERVER_CERTIFICATE_REJECTED), 80, 88, 0, 1, 31, 31},
  {"0 probe | 5000 probe | 10000 probe", C(CONNECTION_PROBE), 95, 99, 0, 1, 7,
   7},
  {"0 ok dur=900 | 20 gone | 25 gone", C(CLIENT_ABORTED), 70, 78, 1, 0, 7, 6},
  /* Log lines; the last ones of three servers' logs. */
  {"0 log-reset | 1000 log-reset | 2000 log-86", C(RESET_DURING_HANDSHAKE), 50,
   58, 0, 2, 7, 3},
  {"0 log-cipher | 1000 log-86", C(NO_SHARED_CIPHER), 66, 72, 0, 1, 3, 1},
  {"0 log-reset s=1 | 1000 log-reset s=2 | 500 log-86 s=3",
   C(RESET_DURING_HANDSHAKE), 50, 58, 0, 1, 7, 1},
  {"0 log-cipher | 1000 log-cipher | 2000 log-cipher", C(NO_SHARED_CIPHER), 91,
   94, 0, 1, 7, 7},
  {"0 log-cipher | 500 log-reset | 1000 log-cipher | 2000 log-cipher",
   C(NO_SHARED_CIPHER), 91, 94, 0, 2, 13, 13},
};

/* What looks like one and is none. */
static const char *const near_misses[] = {
  /* nothing wrong, nothing together */
  "0 ok",
  "0 ok | 10 ok v=303 | 20 ok n=2",
  "0 rst",
  "0 a86 v=301",
  "0 a86 v=302 | 100 a86 v=301",
  /* the same hello failed once and worked: transient */
  "0 rst | 500 ok",
  "0 fin | 500 ok | 900 ok",
  "0 hang | 5500 ok",
  /* a user who tries again and again */
  "0 rst | 1000 rst | 2000 rst | 3000 rst | 4000 rst",
  "0 fin | 1000 fin | 2000 fin",
  /* connections opened at once, all alike */
  "0 rst dur=200 | 1 ok dur=200 | 2 ok dur=200",
  "0 left dur=40 | 1 ok dur=900 | 2 ok dur=900",
  /* the fallback came long afterwards, or before, or elsewhere */
  "0 rst v=303 | 90000 a86 v=302",
  "0 a86 v=302 | 100 rst v=303",
  "0 rst v=303 n=2 s=2 | 100 a86 v=302",
  /* the failure was at a lower version than the refused one */
  "0 rst v=301 h=2 | 100 a86 v=302 h=2",
  /* the newer version works as well, before or after */
  "0 fin | 300 ok v=303 h=2 | 600 ok",
  "0 ok | 300 fin | 600 ok v=303 h=2",
  /* an older client is refused, a newer one is served */
  "0 a70 v=301 | 300 ok v=304",
  /* the refusal is right: what was chosen later had not been offered */
  "0 a70 v=304 m=304 | 300 ok v=303 h=2",
  "0 a40 v=304 m=304 | 300 ok v=303 h=2",
  /* another server takes it, with another name even: no contrast at all */
  "0 fin s=1 n=1 | 300 ok s=2 n=2 v=303 h=2",
  "0 rst big s=1 | 300 ok s=2",
  "0 rst s=1 | 300 ok few s=2",
  "0 rst s=1 | 300 ok n=2 s=2",
  /* hours apart */
  "0 fin | 4000000 ok v=303 h=2",
  "0 rst big | 4000000 ok",
  "0 rst | 4000000 ok n=2",
  "0 a50 | 4000000 ok few",
  /* a hello as long works */
  "0 rst big | 300 ok big | 600 ok",
  /* more extensions work, fewer do not: nothing to be intolerant of */
  "0 rst few | 300 ok",
  /* its own verdict is sure: not a matter of extensions */
  "0 a120 | 300 ok few",
  "0 a112 | 300 ok n=2 h=2",
  "0 a40 | 300 ok n=2 h=2",
  "0 a70 | 300 ok n=2",
  "0 a40 n=0 h=2 | 100 ok n=0 h=2 | 300 ok",
  /* the name works at that server as well */
  "0 rst | 300 ok n=2 | 600 ok",
  /* DTLS counts its versions downwards: the second one is newer */
  "0 fin v=feff m=0 | 300 ok v=fefd m=0 ch=fefd h=2",
  /* EMS on both, but the failing one is not static RSA, or spoke of a
   * certificate, or another server completed */
  "0 a40 st=17 v=303 ch=303 | 300 ok v=303 noems",
  "0 a48 st=17 v=303 ch=303 rsa | 300 ok v=303 rsa noems",
  "0 a40 st=17 v=303 ch=303 rsa s=1 | 300 ok v=303 rsa noems s=2",
  /* a resumption fails once, and nothing else is known */
  "0 c20 v=303 ch=303 st=17 resumed",
  /* full handshakes that fail are no ticket loop */
  "0 c20 v=303 ch=303 st=17 | 300 ok v=303",
  /* two are not a habit; nor are three of which one works; nor strangers */
  "0 gone | 60000 gone",
  "0 gone | 60000 gone | 120000 gone | 180000 ok",
  "0 gone h=1 | 60000 gone h=2 | 120000 gone h=3",
  "0 gone s=1 | 60000 gone s=2 | 120000 gone s=3",
  "0 gone | 60000 ok",
  "0 probe | 5000 probe",
  "0 probe s=1 | 5000 probe s=2 | 10000 probe s=3",
  /* log lines that repeat themselves twice only, or say different things, or
   * nothing exact */
  "0 log-cipher | 1000 log-cipher",
  "0 log-cipher | 1000 log-reset | 2000 log-cipher",
  "0 log-reset | 1000 log-reset | 2000 log-reset",
  "0 log-reset | 90000 log-86",
  "0 log-reset n=1 s=1 | 1000 log-86 n=2 s=2",
};

static void check(const struct scene *s)
{
  tlsdiag_group g = judge(s->line);

  cr_expect_eq(g.cause, s->cause, "%s: cause %u (row %u), not %u", s->line,
               g.cause, g.pattern, s->cause);
  cr_expect(g.confidence >= s->low && g.confidence <= s->high,
            "%s: confidence %u", s->line, g.confidence);
  cr_expect(g.first == s->first && g.last == s->last, "%s: %u shown by %u",
            s->line, g.first, g.last);
  cr_expect(g.members == s->members && g.explained == s->explained,
            "%s: members %x, explained %x", s->line, g.members, g.explained);
}

Test(patterns, each_scene_has_its_cause)
{
  size_t i;

  for (i = 0; i < sizeof provoked / sizeof provoked[0]; i++) {
    check(&provoked[i]);
  }
}

Test(patterns, each_row_is_provoked)
{
  unsigned char seen[256] = {0};
  size_t i;

  cr_assert_lt(num_track_patterns, sizeof seen);
  for (i = 0; i < sizeof provoked / sizeof provoked[0]; i++) {
    tlsdiag_group g = judge(provoked[i].line);

    if (g.pattern < num_track_patterns) {
      seen[g.pattern] = 1;
    }
  }
  for (i = 0; i < num_track_patterns; i++) {
    cr_expect(seen[i], "no scene provokes row %zu: %s", i,
              track_pattern_sentence((unsigned)i));
  }
}

Test(patterns, near_misses_are_none)
{
  size_t i;

  for (i = 0; i < sizeof near_misses / sizeof near_misses[0]; i++) {
    tlsdiag_group g = judge(near_misses[i]);

    cr_expect_eq(g.cause, TLSDIAG_CAUSE_NONE, "%s: %u, row %u, %u %%",
                 near_misses[i], g.cause, g.pattern, g.confidence);
    cr_expect(g.members == 0 && g.explained == 0 &&
              g.pattern == PATTERN_NONE);
  }
}

/* Round-robin DNS: each server saw one attempt, and their states meet in any
 * order. */
Test(patterns, the_dance_is_seen_by_whoever_joins_the_tracks)
{
  static const char *const parts[] = {"1500 rst v=303 s=1", "0 rst v=302 s=2",
                                      "1700 a86 v=301 s=3"};
  static const unsigned orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                       {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  size_t i, j;

  for (i = 0; i < 6; i++) {
    tlsdiag_track all;
    tlsdiag_group g;

    memset(&all, 0, sizeof all);
    for (j = 0; j < 3; j++) {
      tlsdiag_track one;
      uint8_t bytes[TLSDIAG_TRACK_EXPORT_MAX];
      char line[40];
      size_t len;

      memset(&one, 0, sizeof one);
      strcpy(line, parts[orders[i][j]]);
      attempt(&one, line);
      len = tlsdiag_track_export(&one, bytes, sizeof bytes);
      cr_assert_eq(tlsdiag_track_import(&one, bytes, len), TLSDIAG_STATUS_OK);
      tlsdiag_track_merge(&all, &one);
      tlsdiag_track_merge(&all, &one);
    }
    g.size = sizeof g;
    cr_assert_eq(tlsdiag_track_classify(&all, &g), TLSDIAG_STATUS_OK);
    cr_expect_eq(g.cause, C(RESET_AFTER_CLIENT_HELLO));
    cr_expect_eq(all.attempts[g.first].version_max, 0x0303);
    cr_expect_eq(g.members, 7);
  }
}

Test(patterns, doubts_lower_the_confidence)
{
  /* The lower version failed as well before it worked. */
  tlsdiag_group sure = judge("0 fin | 300 ok v=303 h=2");
  tlsdiag_group doubtful =
    judge("0 fin | 100 fin v=303 h=2 s=1 | 300 ok v=303 h=2");

  cr_expect_lt(doubtful.confidence, sure.confidence);
  /* Other names are reset, too. */
  sure = judge("0 rst | 300 ok n=2");
  doubtful = judge("0 rst | 100 rst n=3 | 300 ok n=2");
  cr_expect_lt(doubtful.confidence, sure.confidence);
  cr_expect_eq(doubtful.cause, C(SNI_BLOCKED));
}

Test(patterns, what_agrees_adds_up)
{
  tlsdiag_group g = judge("0 gone conf=40 | 100 gone conf=40 | 200 gone");
  tlsdiag_group more =
      judge("0 gone conf=90 | 100 gone conf=90 | 200 gone conf=90");

  cr_expect_eq(g.cause, C(SERVER_CERTIFICATE_REJECTED));
  cr_expect_eq(more.cause, C(SERVER_CERTIFICATE_REJECTED));
  cr_expect_gt(more.confidence, 90);
  cr_expect_leq(more.confidence, 98);
  cr_expect_lt(g.confidence, 80);
}

/* An encrypted alert to a certificate that was seen to lie in the future. */
Test(patterns, a_more_exact_verdict_is_kept)
{
  tlsdiag_track track;
  tlsdiag_group g;
  unsigned i;

  memset(&track, 0, sizeof track);
  for (i = 0; i < 3; i++) {
    char line[] = "0 gone";

    line[0] = (char)('0' + i);
    attempt(&track, line);
    track.attempts[i].cause = C(SERVER_CERTIFICATE_NOT_YET_VALID);
  }
  g.size = sizeof g;
  cr_assert_eq(tlsdiag_track_classify(&track, &g), TLSDIAG_STATUS_OK);
  cr_expect_eq(g.cause, C(SERVER_CERTIFICATE_NOT_YET_VALID));
  cr_expect_eq(g.party, cause_party(C(SERVER_CERTIFICATE_NOT_YET_VALID)));
  cr_expect_eq(g.members, 7);
}

Test(patterns, the_party_is_the_causes_own_where_the_row_has_none)
{
  cr_expect_eq(judge("0 forged v=303 | 40 a86 v=302").party,
               TLSDIAG_PARTY_MIDDLEBOX);
  cr_expect_eq(judge("0 left v=303 st=5 ch=303 | 30 a86 v=301").party,
               TLSDIAG_PARTY_CLIENT);
  cr_expect_eq(judge("0 fin | 300 ok v=303 h=2").party, TLSDIAG_PARTY_SERVER);
}

Test(patterns, rows_can_be_read)
{
  char text[200];
  size_t want;
  unsigned i;

  for (i = 0; i < num_track_patterns; i++) {
    want = tlsdiag_pattern_text(i, NULL, 0);
    cr_expect(want > 20 && want < sizeof text);
    cr_expect_eq(tlsdiag_pattern_text(i, text, sizeof text), want);
    cr_expect_eq(strlen(text), want);
    cr_expect_leq(track_patterns[i].confidence, 97);
    cr_expect_gt(track_patterns[i].seconds, 0);
    cr_expect_eq(track_patterns[i].all & track_patterns[i].none, 0);
  }
  cr_expect_eq(tlsdiag_pattern_text(num_track_patterns, text, sizeof text), 0);
  cr_expect_str_eq(text, "");
  cr_expect_eq(tlsdiag_pattern_text(0, text, 5), tlsdiag_pattern_text(0, 0, 0));
  cr_expect_eq(strlen(text), 4);
}

Test(patterns, wrong_calls)
{
  tlsdiag_track track;
  tlsdiag_group g;

  memset(&track, 0, sizeof track);
  g.size = sizeof g;
  cr_expect_eq(tlsdiag_track_classify(NULL, &g), TLSDIAG_STATUS_E_USAGE);
  cr_expect_eq(tlsdiag_track_classify(&track, NULL), TLSDIAG_STATUS_E_USAGE);
  g.size = 0;
  cr_expect_eq(tlsdiag_track_classify(&track, &g), TLSDIAG_STATUS_E_USAGE);
  g.size = sizeof g;
  track.num_attempts = TLSDIAG_MAX_ATTEMPTS + 1;
  cr_expect_eq(tlsdiag_track_classify(&track, &g), TLSDIAG_STATUS_E_USAGE);
}

Test(patterns, a_caller_of_an_older_header_gets_what_he_knows)
{
  struct {
    tlsdiag_group group;
    unsigned char behind[8];
  } old;
  tlsdiag_track track;

  memset(&track, 0, sizeof track);
  memset(&old, 0xee, sizeof old);
  old.group.size = 12;
  cr_assert_eq(tlsdiag_track_classify(&track, &old.group), TLSDIAG_STATUS_OK);
  cr_expect_eq(old.group.cause, TLSDIAG_CAUSE_NONE);
  cr_expect_eq(old.group.members, 0xeeeeeeeeu);
}
