/* dump_report.c: what openssl s_client says at the end, with or without any
 * other dump: how many bytes were read and written, what was agreed on, how
 * the connection ended.
 *
 *   SSL handshake has read 0 bytes and written 329 bytes
 *   New, (NONE), Cipher is (NONE) */
#include <string.h>

#include "dump.h"
#include "dump_report.h"
#include "dump_suite.h"
#include "dump_talk.h"

enum {
  CLIENT_HELLO = 1,
  SERVER_HELLO = 2,
  CERTIFICATE = 11,
  SERVER_KEY_EXCHANGE = 12,
  HEADERS = 9, /* of the record and of the message */
  HELLO_MAX = 16384,
  ALERT_RECORD = 7
};

int dump_report_line(const struct dump_line *line)
{
  size_t at;

  return dump_begins(line, "SSL handshake has read ", &at);
}

static int is_failure(const struct dump_line *line)
{
  return dump_has(line, ":errno=") ||
         (dump_has(line, ":error:") && dump_has(line, ":SSL routines:"));
}

/* What is only mentioned. */
static void mentioned(struct dump_report *r, const struct dump_line *line)
{
  size_t at;

  if (dump_begins(line, "Early data ", &at)) {
    r->has_tls13 = 1; /* printed for TLS 1.3 only */
  } else if (dump_begins(line, "Certificate chain", &at)) {
    r->has_certificate = 1;
  } else if (dump_begins(line, "Server Temp Key", &at) ||
             dump_begins(line, "Peer Temp Key", &at)) {
    r->has_key_exchange = 1;
  }
}

static void agreed(struct dump_report *r, const struct dump_line *line)
{
  size_t at;

  if ((dump_begins(line, "New, ", &at) || dump_begins(line, "Reused, ", &at)) &&
      dump_find(line, "Cipher is ", &at)) {
    r->is_there = 1;
    r->suite = dump_suite(line, at);
  } else if (dump_begins(line, "Protocol", &at) && dump_find(line, ": ", &at)) {
    r->version = dump_version(line, at);
  } else if (dump_begins(line, "Extended master secret: ", &at)) {
    r->has_ems = at < line->len && line->ptr[at] == 'y' ? 1 : -1;
  } else if (dump_begins(line, "Connecting to ", &at)) {
    r->server = dump_rest(line, at);
  } else {
    mentioned(r, line);
  }
}

void dump_report_read(struct dump_report *r, const uint8_t *text, size_t len)
{
  const uint8_t *at = text;
  struct dump_line line;
  size_t behind;

  memset(r, 0, sizeof *r);
  while (dump_next_line(&at, text + len, &line)) {
    if (dump_report_line(&line)) {
      r->is_there = 1;
      behind = 0;
      (void)dump_begins(&line, "SSL handshake has read ", &behind);
      r->num_read = dump_number(&line, &behind, 10);
      r->num_written = dump_find(&line, " written ", &behind)
                           ? dump_number(&line, &behind, 10)
                           : 0;
    }
    r->failed |= is_failure(&line);
    agreed(r, &line);
  }
  if (r->version == 0 && r->has_tls13 && r->suite != 0) {
    r->version = 0x304;
  }
}

/* All that was written is the hello, but for an alert. */
static void hellos(struct dump_talk *t, const struct dump_report *r)
{
  int is_hello = r->suite == 0 && r->num_read <= ALERT_RECORD;
  long len = (long)r->num_written - HEADERS;

  if (r->num_written == 0) {
    return;
  }
  dump_talk_named(t, TLSDIAG_FROM_CLIENT, CLIENT_HELLO,
                  is_hello && len > 0 && len < HELLO_MAX ? len : -1);
  if (r->suite == 0 && r->num_read > ALERT_RECORD) {
    /* An answer, though nothing came of it. */
    dump_talk_named(t, TLSDIAG_FROM_SERVER, SERVER_HELLO,
                    r->num_read < HELLO_MAX ? (long)r->num_read - HEADERS + 4
                                            : HELLO_MAX);
  }
}

/* What was agreed on.  Certificates and keys are told without lengths. */
static void agreement(struct dump_talk *t, const struct dump_report *r)
{
  if (r->suite == 0 || r->version == 0) {
    return;
  }
  dump_talk_chosen(t, r->version, r->suite);
  if (r->has_certificate) {
    dump_talk_named(t, TLSDIAG_FROM_SERVER, CERTIFICATE, -1);
  }
  if (r->has_key_exchange) {
    dump_talk_named(t, TLSDIAG_FROM_SERVER, SERVER_KEY_EXCHANGE, -1);
  }
}

int dump_report_feed(const uint8_t *text, size_t len, struct judged *j)
{
  struct dump_report r;
  struct dump_talk t;

  dump_report_read(&r, text, len);
  if (!r.is_there || !r.failed || r.version >= 0x304) {
    return 0; /* it went well as far as the client knows */
  }
  dump_talk_init(&t, j);
  hellos(&t, &r);
  agreement(&t, &r);
  dump_talk_end(&t, TLSDIAG_FROM_CLIENT, text, len);
  return t.said != 0;
}
