/* errtext_test.c: tlsdiag_text_scan on single wordings, numbers and frames. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tlsdiag/tlsdiag.h"

enum { ROOM = 16 };

struct scanned {
  tlsdiag_hint hints[ROOM];
  size_t found;
};

static struct scanned scan_bytes(const void *text, size_t len)
{
  struct scanned s;
  uint8_t *exact = malloc(len > 0 ? len : 1); /* so that a sanitizer sees */

  memset(&s, 0, sizeof s);
  s.found = ROOM;
  memcpy(exact, text, len);
  cr_assert_eq(
      tlsdiag_text_scan(exact, len, s.hints, sizeof s.hints[0], &s.found),
      TLSDIAG_STATUS_OK);
  free(exact);
  return s;
}

static struct scanned scan(const char *text)
{
  return scan_bytes(text, strlen(text));
}

static int speaks(const tlsdiag_hint *h)
{
  return h->nature == TLSDIAG_NATURE_DETECTED ||
         h->nature == TLSDIAG_NATURE_RECEIVED ||
         h->nature == TLSDIAG_NATURE_SENT;
}

/* The surest cause of all that speaks, TLSDIAG_CAUSE_UNKNOWN if none does. */
static unsigned best_of(const struct scanned *s, unsigned *weight)
{
  unsigned best = TLSDIAG_CAUSE_UNKNOWN;
  size_t i;

  *weight = 0;
  for (i = 0; i < s->found && i < ROOM; i++) {
    if (speaks(&s->hints[i]) && s->hints[i].num_causes > 0 &&
        s->hints[i].weight[0] > *weight) {
      *weight = s->hints[i].weight[0];
      best = s->hints[i].cause[0];
    }
  }
  return best;
}

static unsigned best(const char *text)
{
  struct scanned s = scan(text);
  unsigned weight;

  return best_of(&s, &weight);
}

static unsigned weight(const char *text)
{
  struct scanned s = scan(text);
  unsigned w;

  (void)best_of(&s, &w);
  return w;
}

static const tlsdiag_hint *first_loud(const struct scanned *s)
{
  size_t i;

  for (i = 0; i < s->found && i < ROOM; i++) {
    if (speaks(&s->hints[i])) {
      return &s->hints[i];
    }
  }
  return NULL;
}

static void expect_alert(const char *text, unsigned alert, unsigned nature,
                         unsigned side)
{
  struct scanned s = scan(text);
  const tlsdiag_hint *h = first_loud(&s);

  cr_assert_not_null(h, "%s", text);
  cr_expect_eq(h->alert, alert, "%s: alert %u", text, h->alert);
  cr_expect_eq(h->nature, nature, "%s: nature %u", text, h->nature);
  cr_expect_eq(h->side, side, "%s: side %u", text, h->side);
}

Test(errtext, same_code_in_every_era)
{
  cr_expect_eq(best("error:1408A0C1:SSL routines:SSL3_GET_CLIENT_HELLO:no "
                    "shared cipher:s3_srvr.c:1417:"),
               TLSDIAG_CAUSE_NO_SHARED_CIPHER);
  cr_expect_eq(best("error:0A0000C1:SSL routines::no shared cipher"),
               TLSDIAG_CAUSE_NO_SHARED_CIPHER);
  cr_expect_eq(best("error:0A0000C1:lib(20)::reason(193)"),
               TLSDIAG_CAUSE_NO_SHARED_CIPHER);
  cr_expect_eq(best("ssl_fc_err=000000000A0000C1"),
               TLSDIAG_CAUSE_NO_SHARED_CIPHER);
  cr_expect_eq(best("error:100000b8:SSL routines:OPENSSL_internal:"
                    "NO_SHARED_CIPHER"),
               TLSDIAG_CAUSE_NO_SHARED_CIPHER);
  cr_expect_eq(best("TLS error: 268435640:SSL routines"),
               TLSDIAG_CAUSE_NO_SHARED_CIPHER);
  cr_expect_eq(best("[SSL: NO_SHARED_CIPHER] no shared cipher (_ssl.c:1123)"),
               TLSDIAG_CAUSE_NO_SHARED_CIPHER);
  cr_expect_eq(best("ERR_SSL_NO_SHARED_CIPHER"),
               TLSDIAG_CAUSE_NO_SHARED_CIPHER);
}

/* Reason 101 was "bad alert record" up to 1.0.2 and is "no suitable key
 * share" since 1.1.1; where a text stands behind the number, it decides. */
Test(errtext, text_beats_a_reused_number)
{
  cr_expect_eq(best("error:14201065:SSL routines:tls_parse_ctos_key_share:no "
                    "suitable key share"),
               TLSDIAG_CAUSE_NO_SHARED_GROUP);
  cr_expect_eq(best("error:14209076:SSL routines:tls_x:no suitable signature "
                    "algorithm"),
               TLSDIAG_CAUSE_NO_SHARED_SIGNATURE_ALGORITHM);
  cr_expect_neq(best("error:14094065:SSL routines:SSL3_READ_BYTES:bad alert "
                     "record"),
                TLSDIAG_CAUSE_NO_SHARED_GROUP);
}

Test(errtext, alerts_received_and_sent)
{
  expect_alert("error:14094410:SSL routines:ssl3_read_bytes:sslv3 alert "
               "handshake failure:SSL alert number 40",
               40, TLSDIAG_NATURE_RECEIVED, TLSDIAG_PARTY_UNKNOWN);
  expect_alert("error:0A000418:SSL routines:ssl3_read_bytes:ssl/tls alert "
               "unknown ca",
               48, TLSDIAG_NATURE_RECEIVED, TLSDIAG_PARTY_UNKNOWN);
  expect_alert("remote error: tls: bad certificate", 42,
               TLSDIAG_NATURE_RECEIVED, TLSDIAG_PARTY_UNKNOWN);
  expect_alert("* TLSv1.3 (IN), TLS alert, handshake failure (552):", 40,
               TLSDIAG_NATURE_RECEIVED, TLSDIAG_PARTY_CLIENT);
  expect_alert("* TLSv1.3 (OUT), TLS alert, unknown CA (560):", 48,
               TLSDIAG_NATURE_SENT, TLSDIAG_PARTY_CLIENT);
  expect_alert("*** Received alert [70]: Error in protocol version", 70,
               TLSDIAG_NATURE_RECEIVED, TLSDIAG_PARTY_UNKNOWN);
  expect_alert("javax.net.ssl.SSLHandshakeException: Received fatal alert: "
               "certificate_unknown",
               46, TLSDIAG_NATURE_RECEIVED, TLSDIAG_PARTY_UNKNOWN);
  expect_alert("SSL3 alert write:fatal:protocol version", 70,
               TLSDIAG_NATURE_SENT, TLSDIAG_PARTY_UNKNOWN);
  expect_alert("SSL alert number 117", 117, TLSDIAG_NATURE_RECEIVED,
               TLSDIAG_PARTY_UNKNOWN);
}

/* The same alert means the client's certificate to one side and the server's
 * to the other. */
Test(errtext, side_decides)
{
  cr_expect_eq(best("SSL_do_handshake() failed (SSL: error:0A000418:SSL "
                    "routines::tlsv1 alert unknown ca) while SSL handshaking, "
                    "client: 192.0.2.1"),
               TLSDIAG_CAUSE_SERVER_CERTIFICATE_UNTRUSTED);
  cr_expect_eq(best("SSL_do_handshake() failed (SSL: error:0A000418:SSL "
                    "routines::tlsv1 alert unknown ca) while SSL handshaking "
                    "to upstream, client: 192.0.2.1"),
               TLSDIAG_CAUSE_CLIENT_CERTIFICATE_UNTRUSTED);
  cr_expect_eq(best("error:1417C086:SSL routines:"
                    "tls_process_client_certificate:certificate verify failed"),
               TLSDIAG_CAUSE_CLIENT_CERTIFICATE_REJECTED);
  cr_expect_eq(best("error:1416F086:SSL routines:"
                    "tls_process_server_certificate:certificate verify failed"),
               TLSDIAG_CAUSE_SERVER_CERTIFICATE_REJECTED);
}

Test(errtext, details_count_only_when_nothing_else_explains)
{
  cr_expect_eq(best("verify error:num=20:unable to get local issuer "
                    "certificate\nverify return:1\n806B:error:0A000415:SSL "
                    "routines:ssl3_read_bytes:sslv3 alert certificate expired:"
                    "SSL alert number 45\nCONNECTED(00000003)\n"),
               TLSDIAG_CAUSE_CLIENT_CERTIFICATE_EXPIRED);
  cr_expect_eq(best("verify error:num=10:certificate has expired\n"
                    "error:1416F086:SSL routines:"
                    "tls_process_server_certificate:certificate verify "
                    "failed\n"),
               TLSDIAG_CAUSE_SERVER_CERTIFICATE_EXPIRED);
  cr_expect_eq(best("verify error:num=10:certificate has expired"),
               TLSDIAG_CAUSE_SERVER_CERTIFICATE_EXPIRED);
}

Test(errtext, echoes_step_back)
{
  struct scanned s = scan("error:14094410:SSL routines:ssl3_read_bytes:sslv3 "
                          "alert handshake failure:s3_pkt.c:1493:SSL alert "
                          "number 40\nerror:1409E0E5:SSL routines:"
                          "ssl3_write_bytes:ssl handshake failure:s3_pkt.c:");
  unsigned loud = 0;
  size_t i;

  for (i = 0; i < s.found && i < ROOM; i++) {
    loud += speaks(&s.hints[i]);
  }
  cr_expect_eq(loud, 1);
  cr_expect_eq(s.hints[0].alert, 40);
}

Test(errtext, numbers_alone)
{
  cr_expect_eq(best("-12286"), TLSDIAG_CAUSE_NO_SHARED_CIPHER);
  cr_expect_eq(best("-8179"), TLSDIAG_CAUSE_SERVER_CERTIFICATE_UNTRUSTED);
  cr_expect_eq(best("-9814"), TLSDIAG_CAUSE_SERVER_CERTIFICATE_EXPIRED);
  cr_expect_eq(best("0x80090325"), TLSDIAG_CAUSE_SERVER_CERTIFICATE_UNTRUSTED);
  cr_expect_eq(best("-2146893019"), TLSDIAG_CAUSE_SERVER_CERTIFICATE_UNTRUSTED);
  cr_expect_eq(best("-0x2700"), TLSDIAG_CAUSE_SERVER_CERTIFICATE_REJECTED);
  cr_expect_eq(best("1408A0C1"), TLSDIAG_CAUSE_NO_SHARED_CIPHER);
  cr_expect_eq(best("268435640"), TLSDIAG_CAUSE_NO_SHARED_CIPHER);
}

Test(errtext, unknown_numbers_are_shown_not_guessed)
{
  struct scanned s = scan("error:0A000FFF:SSL routines::reason(4095)");
  const tlsdiag_hint *h = first_loud(&s);

  cr_assert_not_null(h);
  cr_expect_eq(h->code, 0x0A000FFF);
  cr_expect_eq(h->num_causes, 0);
  cr_expect_eq(best("error:0A000FFF:SSL routines::reason(4095)"),
               TLSDIAG_CAUSE_UNKNOWN);
  s = scan("mbedtls_ssl_handshake returned -0x1234");
  h = first_loud(&s);
  cr_assert_not_null(h);
  cr_expect_eq(h->num_causes, 0);
  cr_expect_eq(h->code, 0x1234);
}

Test(errtext, says_nothing_says_little)
{
  cr_expect_lt(weight("SSL handshake failure"), 40);
  cr_expect_lt(weight("ERR_SSL_PROTOCOL_ERROR"), 40);
  cr_expect_lt(weight("error:00000000:lib(0):func(0):reason(0)"), 40);
  cr_expect_lt(weight("http: TLS handshake error from 192.0.2.1:5: EOF"), 50);
  cr_expect_lt(weight("SSL_accept error from unknown[192.0.2.1]: -1"), 40);
}

/* Words of other trades that look like ours. */
Test(errtext, near_misses)
{
  static const char *const texts[] = {
      "",
      "GET /ssl/handshake-failure.html HTTP/1.1\" 200 512",
      "order 1408A0C1 was shipped",
      "error in module 0A00: value 268435640 out of range",
      "user -12286 logged in",
      "temperature -9814 millidegrees",
      "curl/7.88.1",
      "err = -12",
      "the certificate course starts on Monday",
      "no shared memory segment",
      "unknown issue in ca",
      "alert: disk 40 is full",
      "handshake with the mayor failed to impress",
      "connection reset counter: 104",
      "tls=off ssl=off",
      "verify the address",
      "sni=www.example.org"};
  size_t i;

  for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    cr_expect_lt(weight(texts[i]), 45, "%s: %u", texts[i], weight(texts[i]));
  }
}

Test(errtext, wrapped_and_escaped)
{
  cr_expect_eq(best("SSL_do_handshake()\nfailed (SSL: error:1408A0D7:SSL\n"
                    "routines:SSL3_GET_CLIENT_HELLO:required cipher missing) "
                    "while SSL\nhandshaking, client: ..\n"),
               TLSDIAG_CAUSE_RESUMPTION_CIPHER_MISSING);
  cr_expect_eq(best("{\"msg\":\"remote error:\\ntls:\\u0020unknown "
                    "certificate authority\"}"),
               best("remote error: tls: unknown certificate authority"));
  cr_expect_eq(best("tls: client didn&#39;t provide a certificate"),
               TLSDIAG_CAUSE_CLIENT_CERTIFICATE_MISSING);
  cr_expect_eq(best("\033[31mNET::ERR_CERT_AUTHORITY_INVALID\033[0m"),
               TLSDIAG_CAUSE_SERVER_CERTIFICATE_UNTRUSTED);
  cr_expect_eq(best("error%3A0A0000C1%3ASSL%20routines%3A%3Ano%20shared"
                    "%20cipher"),
               TLSDIAG_CAUSE_NO_SHARED_CIPHER);
  cr_expect_eq(best("self\xe2\x80\x91signed certificate"),
               TLSDIAG_CAUSE_SERVER_CERTIFICATE_UNTRUSTED);
}

Test(errtext, utf16_from_windows)
{
  static const char text[] = "The client and server cannot communicate, "
                             "because they do not possess a common algorithm";
  uint8_t wide[2 * sizeof text];
  struct scanned s;
  unsigned w;
  size_t i;

  wide[0] = 0xff;
  wide[1] = 0xfe;
  for (i = 0; i + 1 < sizeof text; i++) {
    wide[2 + 2 * i] = (uint8_t)text[i];
    wide[3 + 2 * i] = 0;
  }
  s = scan_bytes(wide, 2 * sizeof text);
  cr_expect_eq(best_of(&s, &w), TLSDIAG_CAUSE_NO_SHARED_CIPHER);
}

Test(errtext, zero_bytes_separate_words)
{
  static const char text[] = "no\0shared\0cipher in ssl";
  struct scanned s = scan_bytes(text, sizeof text - 1);
  unsigned w;

  cr_expect_eq(best_of(&s, &w), TLSDIAG_CAUSE_NO_SHARED_CIPHER);
}

Test(errtext, offsets_point_into_the_text)
{
  static const char text[] = "xx yy: curl: (35) error:0A0000C1:SSL routines::"
                             "no shared cipher zz";
  struct scanned s = scan(text);
  size_t i;

  cr_assert_gt(s.found, 0);
  for (i = 0; i < s.found && i < ROOM; i++) {
    cr_expect_leq((size_t)s.hints[i].offset + s.hints[i].len, strlen(text));
    cr_expect_gt(s.hints[i].len, 0);
  }
}

Test(errtext, every_prefix_and_every_byte_is_welcome)
{
  static const char text[] =
      "12:error:14094410:SSL routines:ssl3_read_bytes:sslv3 alert handshake "
      "failure:s3_pkt.c:1493:SSL alert number 40 {tls_alert,{bad_certificate "
      "-0x7780 -12286 0x80090331 192.0.2.1:51234 sni=- &quot; %20 \\x22 "
      "#033[1m";
  uint8_t all[512];
  size_t i;

  for (i = 0; i < sizeof text; i++) {
    (void)scan_bytes(text, i);
  }
  for (i = 0; i < sizeof all; i++) {
    all[i] = (uint8_t)i;
  }
  (void)scan_bytes(all, sizeof all);
  cr_expect_eq(scan_bytes(all, 0).found, 0);
}

/* Adding lines that say the same adds nothing; the count goes beyond the room;
 * what speaks pushes out what is context. */
Test(errtext, room)
{
  tlsdiag_hint one;
  size_t found = 1;
  static const char text[] = "CONNECTED(00000003)\nno peer certificate "
                             "available\nerror:0A0000C1:SSL routines::no "
                             "shared cipher\n";

  cr_assert_eq(tlsdiag_text_scan((const uint8_t *)text, strlen(text), &one,
                                 sizeof one, &found),
               TLSDIAG_STATUS_OK);
  cr_expect_gt(found, 1);
  cr_expect_eq(one.cause[0], TLSDIAG_CAUSE_NO_SHARED_CIPHER);
  cr_expect_eq(one.size, sizeof one);
  found = 0;
  cr_assert_eq(tlsdiag_text_scan((const uint8_t *)text, strlen(text), NULL,
                                 sizeof one, &found),
               TLSDIAG_STATUS_OK);
  cr_expect_gt(found, 1);
  cr_expect_eq(
      scan("no shared cipher no shared cipher ssl no shared cipher").found, 1);
}

Test(errtext, wrong_calls)
{
  tlsdiag_hint one;
  size_t found = 1;

  cr_expect_eq(tlsdiag_text_scan(NULL, 1, &one, sizeof one, &found),
               TLSDIAG_STATUS_E_USAGE);
  cr_expect_eq(
      tlsdiag_text_scan((const uint8_t *)"x", 1, NULL, sizeof one, &found),
      TLSDIAG_STATUS_E_USAGE);
  cr_expect_eq(tlsdiag_text_scan((const uint8_t *)"x", 1, &one, 0, &found),
               TLSDIAG_STATUS_E_USAGE);
  cr_expect_eq(
      tlsdiag_text_scan((const uint8_t *)"x", 1, &one, sizeof one, NULL),
      TLSDIAG_STATUS_E_USAGE);
  found = 1;
  cr_expect_eq(tlsdiag_text_scan(NULL, 0, &one, sizeof one, &found),
               TLSDIAG_STATUS_OK);
  cr_expect_eq(found, 0);
}

/* Wordings that no table lists, by the concepts in a clause; a known wording
 * counts for more, and a clause that says that all is well says nothing. */
Test(errtext, concepts)
{
  unsigned weight;
  struct scanned s = scan("Frobnicator: the certificate of the peer has, "
                          "it seems, expired");

  cr_expect_eq(best_of(&s, &weight), TLSDIAG_CAUSE_SERVER_CERTIFICATE_EXPIRED);
  cr_expect_lt(weight, 75, "a guess");
  cr_expect_eq(best("our client did not trust this server's certificate"),
               TLSDIAG_CAUSE_SERVER_CERTIFICATE_UNTRUSTED);
  cr_expect_eq(best("the client certificate was not trusted by us"),
               TLSDIAG_CAUSE_CLIENT_CERTIFICATE_UNTRUSTED);
  cr_expect_eq(best("a certificate was required but the client lacks one"),
               TLSDIAG_CAUSE_CLIENT_CERTIFICATE_MISSING);
  cr_expect_eq(best("received plaintext http on the tls channel"),
               TLSDIAG_CAUSE_PLAIN_HTTP_TO_TLS_PORT);
  cr_expect_eq(best("name in certificate does not match this host"),
               TLSDIAG_CAUSE_SERVER_CERTIFICATE_NAME_MISMATCH);
  cr_expect_eq(best("the certificate that had expired was renewed"),
               TLSDIAG_CAUSE_UNKNOWN);
  cr_expect_eq(best("the certificate of the peer has not expired"),
               TLSDIAG_CAUSE_UNKNOWN);
  s = scan("generated a self-signed certificate for localhost");
  (void)best_of(&s, &weight);
  cr_expect_lt(weight, 50, "no fault: %u", weight);
  cr_expect_eq(best("the certificate was read. The session has expired"),
               TLSDIAG_CAUSE_UNKNOWN, "two clauses");
  cr_expect_eq(best("the certificate of the peer has expired: no shared cipher "
                    "(SSL routines)"),
               TLSDIAG_CAUSE_NO_SHARED_CIPHER, "a known wording");
}

/* An alert that a text shows as bytes, and which way it went. */
static void expect_shown(const char *text, unsigned alert, unsigned nature)
{
  struct scanned s = scan(text);
  size_t i;

  for (i = 0; i < s.found && i < ROOM; i++) {
    if (s.hints[i].alert == alert && s.hints[i].nature == nature) {
      return;
    }
  }
  cr_assert(0, "%s: no alert %u", text, alert);
}

Test(errtext, bytes_of_an_alert)
{
  expect_shown("recv: 15030300020228", 40, TLSDIAG_NATURE_RECEIVED);
  expect_shown("first bytes 15 03 01 00 02 02 46", 70, TLSDIAG_NATURE_RECEIVED);
  expect_shown("got b'\\x15\\x03\\x03\\x00\\x02\\x02('", 40,
               TLSDIAG_NATURE_RECEIVED);
  expect_shown("sent b'\\x15\\x03\\x03\\x00\\x02\\x020'", 48,
               TLSDIAG_NATURE_SENT);
  expect_shown("wrote 7 bytes: 15:03:03:00:02:02:32", 50, TLSDIAG_NATURE_SENT);
  cr_expect_eq(scan("serial 15030300020928").found, 0, "no such level");
  cr_expect_eq(scan("count 15030500020228").found, 0, "no such version");
  cr_expect_eq(scan("sum 150303000202").found, 0, "cut");
}

/* A hello that somebody took for text; one in a hex dump was not. */
Test(errtext, bytes_of_a_hello)
{
  cr_expect_eq(best("192.0.2.7 - - \"\\x16\\x03\\x01\\x02\\x00\\x01\" 400 150 "
                    "\"-\""),
               TLSDIAG_CAUSE_TLS_TO_PLAIN_HTTP_PORT);
  cr_expect_eq(best("{\"request\":\"\\u0016\\u0003\\u0001\"}"),
               TLSDIAG_CAUSE_TLS_TO_PLAIN_HTTP_PORT);
  cr_expect_eq(best("invalid protocol identifier \"\\026\\003\\001\""),
               TLSDIAG_CAUSE_TLS_TO_NON_TLS_PORT);
  cr_expect_eq(best("read b'\\x16\\x03\\x03\\x00z\\x02'"),
               TLSDIAG_CAUSE_UNKNOWN, "a ServerHello");
  cr_expect_eq(best("0000: 16 03 01 02 00 01 00 01 fc 03 03"),
               TLSDIAG_CAUSE_UNKNOWN);
}

/* The first cause of a text that the caller says who wrote. */
static unsigned cause_by(unsigned side, const char *text)
{
  tlsdiag_text_options options = {sizeof options, (uint8_t)side, {0, 0, 0}};
  tlsdiag_hint hints[ROOM];
  size_t found = ROOM;
  size_t i;

  memset(hints, 0, sizeof hints);
  cr_assert_eq(tlsdiag_text_scan_with((const uint8_t *)text, strlen(text),
                                      &options, hints, sizeof hints[0], &found),
               TLSDIAG_STATUS_OK);
  for (i = 0; i < found && i < ROOM; i++) {
    if (speaks(&hints[i]) && hints[i].num_causes > 0) {
      return hints[i].cause[0];
    }
  }
  return TLSDIAG_CAUSE_UNKNOWN;
}

/* The same words by another writer are about another certificate; a line that
 * proves its writer is believed more than the caller. */
Test(errtext, told_side)
{
  static const char expired[] =
      "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
      "certificate has expired (_ssl.c:1006)";
  static const char upstream[] =
      "SSL_do_handshake() failed (SSL: error:0A000418:SSL routines::tlsv1 "
      "alert unknown ca) while SSL handshaking to upstream, client: 192.0.2.7";

  cr_expect_eq(cause_by(TLSDIAG_PARTY_SERVER, expired),
               TLSDIAG_CAUSE_CLIENT_CERTIFICATE_EXPIRED);
  cr_expect_eq(cause_by(TLSDIAG_PARTY_CLIENT, expired),
               TLSDIAG_CAUSE_SERVER_CERTIFICATE_EXPIRED);
  cr_expect_eq(cause_by(TLSDIAG_PARTY_NONE, expired),
               TLSDIAG_CAUSE_SERVER_CERTIFICATE_EXPIRED);
  cr_expect_eq(cause_by(TLSDIAG_PARTY_UNKNOWN, expired),
               TLSDIAG_CAUSE_SERVER_CERTIFICATE_EXPIRED);
  cr_expect_eq(cause_by(TLSDIAG_PARTY_SERVER, upstream),
               TLSDIAG_CAUSE_CLIENT_CERTIFICATE_UNTRUSTED);
}

/* What a wording only makes likely yields to its line and to the caller. */
Test(errtext, usual_side)
{
  static const char x509[] = "tls: failed to verify certificate: x509: "
                             "certificate signed by unknown authority";
  static const char server[] =
      "http: TLS handshake error from 192.0.2.7:51234: tls: failed to verify "
      "certificate: x509: certificate signed by unknown authority";

  cr_expect_eq(cause_by(TLSDIAG_PARTY_NONE, x509),
               TLSDIAG_CAUSE_SERVER_CERTIFICATE_UNTRUSTED);
  cr_expect_eq(cause_by(TLSDIAG_PARTY_SERVER, x509),
               TLSDIAG_CAUSE_CLIENT_CERTIFICATE_UNTRUSTED);
  cr_expect_eq(cause_by(TLSDIAG_PARTY_NONE, server),
               TLSDIAG_CAUSE_CLIENT_CERTIFICATE_UNTRUSTED);
}

Test(errtext, wrong_options)
{
  tlsdiag_text_options options = {
      sizeof options, TLSDIAG_PARTY_NETWORK, {0, 0, 0}};
  tlsdiag_hint one;
  size_t found = 1;

  cr_expect_eq(tlsdiag_text_scan_with((const uint8_t *)"x", 1, &options, &one,
                                      sizeof one, &found),
               TLSDIAG_STATUS_E_USAGE);
  options.side = 0;
  options.size = 0;
  cr_expect_eq(tlsdiag_text_scan_with((const uint8_t *)"x", 1, &options, &one,
                                      sizeof one, &found),
               TLSDIAG_STATUS_E_USAGE);
}

/* A caller compiled against a smaller struct gets a smaller struct. */
Test(errtext, older_and_newer_callers)
{
  uint8_t memory[2 * sizeof(tlsdiag_hint)];
  size_t found = 1;
  static const char text[] = "no shared cipher ssl";
  uint32_t size;

  memset(memory, 0xaa, sizeof memory);
  cr_assert_eq(tlsdiag_text_scan((const uint8_t *)text, strlen(text),
                                 (tlsdiag_hint *)(void *)memory, 20, &found),
               TLSDIAG_STATUS_OK);
  memcpy(&size, memory, sizeof size);
  cr_expect_eq(size, 20);
  cr_expect_eq(memory[20], 0xaa);
  found = 1;
  cr_assert_eq(tlsdiag_text_scan((const uint8_t *)text, strlen(text),
                                 (tlsdiag_hint *)(void *)memory,
                                 sizeof(tlsdiag_hint) + 8, &found),
               TLSDIAG_STATUS_OK);
  cr_expect_eq(memory[sizeof(tlsdiag_hint)], 0);
}

/* Work is linear: a text ten times as long has ten times the words, and a
 * wording that starts again and again does not multiply it. */
Test(errtext, megabytes, .timeout = 20)
{
  size_t len = 4u << 20;
  char *text = malloc(len);
  struct scanned s;
  size_t i;

  for (i = 0; i < len; i++) {
    text[i] = "tls alert "[i % 10];
  }
  s = scan_bytes(text, len);
  cr_expect_lt(s.found, ROOM);
  memset(text, 'a', len);
  cr_expect_eq(scan_bytes(text, len).found, 0);
  free(text);
}
