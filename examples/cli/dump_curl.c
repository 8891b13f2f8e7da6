/* dump_curl.c: curl -v with OpenSSL: names of messages and numbers of alerts.
 *
 *   * TLSv1.3 (OUT), TLS handshake, Client hello (1):
 *   } [512 bytes data]
 *   * TLSv1.3 (IN), TLS alert, protocol version (582):
 *
 * The number of an alert is its level * 256 and its code. */
#include <string.h>

#include "dump.h"
#include "dump_suite.h"
#include "dump_talk.h"

enum {
  CLIENT_HELLO = 1,
  SERVER_HELLO = 2,
  ENCRYPTED_EXTENSIONS = 8,
  FINISHED = 20
};

struct reading {
  struct dump_talk talk;
  unsigned version; /* chosen, as far as the text tells */
  unsigned suite;
  unsigned from;
  unsigned message;     /* named, its length not read yet; 0 none */
  unsigned hello_waits; /* a ServerHello that may be a retry request */
};

int dump_curl_line(const struct dump_line *line)
{
  return (dump_has(line, " (OUT), TLS ") || dump_has(line, " (IN), TLS ")) &&
         dump_has(line, "TLSv1");
}

int dump_curl_said(const struct dump_line *line)
{
  return !dump_curl_line(line);
}

/* The last number in parentheses. */
static unsigned number_of(const struct dump_line *line)
{
  size_t at = line->len;

  while (at > 0 && line->ptr[at - 1] != '(') {
    at--;
  }
  return dump_number(line, &at, 10);
}

static unsigned version_of(const struct dump_line *line)
{
  size_t at;

  if (!dump_find(line, "TLSv1", &at)) {
    return 0;
  }
  return at + 1 < line->len && line->ptr[at] == '.'
             ? 0x301 + (unsigned)(line->ptr[at + 1] - '0') % 4
             : 0x301;
}

unsigned dump_curl_offered(const uint8_t *text, size_t len)
{
  const uint8_t *at = text;
  struct dump_line line;

  while (dump_next_line(&at, text + len, &line)) {
    if (dump_curl_line(&line) && dump_has(&line, "TLS handshake, ") &&
        number_of(&line) == CLIENT_HELLO) {
      return version_of(&line);
    }
  }
  return 0;
}

/* What was chosen is printed late, or can be told from what follows: the line
 * of the ServerHello itself still names the highest version offered. */
static void learn(struct reading *r, const uint8_t *text, size_t len)
{
  const uint8_t *at = text;
  struct dump_line line;
  unsigned answered = 0;
  size_t behind;

  while (dump_next_line(&at, text + len, &line)) {
    if (dump_find(&line, "SSL connection using TLSv1", &behind)) {
      r->version = version_of(&line);
      r->suite =
          dump_find(&line, " / ", &behind) ? dump_suite(&line, behind) : 0;
      return;
    }
    if (!dump_curl_line(&line)) {
      continue;
    }
    if (dump_has(&line, "TLS handshake") &&
        number_of(&line) == ENCRYPTED_EXTENSIONS) {
      r->version = 0x304;
    } else if (dump_has(&line, "TLS handshake") &&
               number_of(&line) == SERVER_HELLO) {
      answered = 1;
      r->version = r->version == 0 ? version_of(&line) : r->version;
    } else if (answered && r->version != version_of(&line)) {
      r->version = version_of(&line);
    }
  }
}

/* curl does not print the server's ChangeCipherSpec before its Finished. */
static void tell(struct reading *r, unsigned message, long len)
{
  static const uint8_t one[1] = {1};

  if (message == FINISHED && !r->talk.tls13 && !r->talk.changed[r->from]) {
    dump_talk_message(&r->talk, r->from, DUMP_CCS, one, 1, 1);
  }
  dump_talk_named(&r->talk, r->from, message, len);
}

static void end_message(struct reading *r, long len)
{
  unsigned message = r->message;

  r->message = 0;
  if (r->hello_waits && message == CLIENT_HELLO) {
    dump_talk_retry(&r->talk);
    r->hello_waits = 0;
  } else if (r->hello_waits && message != 0) {
    dump_talk_chosen(&r->talk, r->version, r->suite);
    r->hello_waits = 0;
  }
  if (message == SERVER_HELLO && r->from == TLSDIAG_FROM_SERVER) {
    r->hello_waits = 1;
  } else if (message != 0) {
    tell(r, message, len);
  }
}

/* The ServerHello was one, whatever comes now. */
static void end_hello(struct reading *r)
{
  end_message(r, -1);
  if (r->hello_waits) {
    dump_talk_chosen(&r->talk, r->version, r->suite);
    r->hello_waits = 0;
  }
}

/* Clients of TLS 1.3 send ChangeCipherSpec for show: nothing changes by it,
 * and after a retry request it comes before the second hello. */
static void change_cipher(struct reading *r)
{
  static const uint8_t one[1] = {1};

  end_message(r, -1);
  if (r->version < 0x304) {
    end_hello(r);
    dump_talk_message(&r->talk, r->from, DUMP_CCS, one, 1, 1);
  }
}

static void told(struct reading *r, const struct dump_line *line)
{
  unsigned number = number_of(line);

  if (dump_has(line, "TLS handshake, ")) {
    end_message(r, -1);
    r->from =
        dump_has(line, "(OUT)") ? TLSDIAG_FROM_CLIENT : TLSDIAG_FROM_SERVER;
    r->message = number;
    if (number == CLIENT_HELLO) {
      r->talk.offered = version_of(line);
    }
    return;
  }
  if (dump_has(line, "TLS alert, ") && number >= 256) {
    end_hello(r);
    r->from =
        dump_has(line, "(OUT)") ? TLSDIAG_FROM_CLIENT : TLSDIAG_FROM_SERVER;
    dump_talk_alert(&r->talk, r->from, number >> 8, number & 0xff);
  } else if (dump_has(line, "TLS change cipher")) {
    end_message(r, -1);
    r->from =
        dump_has(line, "(OUT)") ? TLSDIAG_FROM_CLIENT : TLSDIAG_FROM_SERVER;
    change_cipher(r);
  }
}

/* "} [512 bytes data]" behind a message is its length. */
static int length_line(struct reading *r, const struct dump_line *line)
{
  size_t at;
  uint32_t len;

  if (r->message == 0 ||
      (!dump_begins(line, "} [", &at) && !dump_begins(line, "{ [", &at))) {
    return 0;
  }
  len = dump_number(line, &at, 10);
  if (len >= 4 && dump_has(line, " bytes data]")) {
    end_message(r, (long)len - 4);
  }
  return 1;
}

static void closed(struct reading *r, const struct dump_line *line)
{
  unsigned how;

  if (dump_has(line, "onnection reset by peer")) {
    how = TLSDIAG_CLOSE_RST;
  } else if (dump_has(line, "SSL_ERROR_SYSCALL") ||
             dump_has(line, "unexpected eof")) {
    how = TLSDIAG_CLOSE_FIN;
  } else if (dump_has(line, " timed out after ")) {
    how = TLSDIAG_CLOSE_TIMEOUT;
  } else {
    return;
  }
  if (r->talk.said) {
    dump_talk_close(&r->talk, TLSDIAG_FROM_SERVER, how);
  }
}

int dump_curl_feed(const uint8_t *text, size_t len, struct judged *j)
{
  struct reading r;
  const uint8_t *at = text;
  struct dump_line line;

  memset(&r, 0, sizeof r);
  dump_talk_init(&r.talk, j);
  learn(&r, text, len);
  while (dump_next_line(&at, text + len, &line)) {
    if (dump_curl_line(&line)) {
      told(&r, &line);
    } else if (!length_line(&r, &line)) {
      closed(&r, &line);
    }
  }
  end_hello(&r);
  return r.talk.said != 0;
}
