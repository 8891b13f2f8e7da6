/* dump_kind.c: which tool printed this. */
#include <stdlib.h>
#include <string.h>

#include "dump.h"
#include "hexread.h"

enum { LOOK_AT = 64 << 10, HEX_MIN = 11 };

static const struct dump_format formats[DUMP_KINDS] = {
    {"text", NULL, NULL, 0, NULL},
    {"openssl -debug", dump_debug_line, dump_debug_feed, 1, NULL},
    {"curl --trace", dump_curl_trace_line, dump_curl_trace_feed, 1, NULL},
    {"openssl -msg", dump_msg_line, dump_msg_feed, 1, NULL},
    {"openssl -trace", dump_trace_line, dump_trace_feed, 1, NULL},
    {"ssldump -x", dump_ssldump_hex_line, dump_ssldump_hex_feed, 1, NULL},
    {"ssldump", dump_ssldump_line, dump_ssldump_feed, 1, NULL},
    {"Java debug", dump_java_line, dump_java_feed, 0, dump_java_said},
    {"GnuTLS debug", dump_gnutls_line, dump_gnutls_feed, 0, dump_gnutls_said},
    {"curl -v", dump_curl_line, dump_curl_feed, 0, dump_curl_said},
    {"Wireshark text", dump_tshark_line, dump_tshark_feed, 0, NULL},
    {"hexadecimal", NULL, dump_hex_feed, 1, NULL},
    {"records in a text", NULL, dump_embedded_feed, 0, dump_embedded_said},
    {"openssl s_client report", dump_report_line, dump_report_feed, 0, NULL},
    {"a scan of what a server supports", dump_scan_line, NULL, 0, NULL}};

const struct dump_format *dump_format(enum dump_kind kind)
{
  return &formats[kind < DUMP_KINDS ? kind : DUMP_NONE];
}

const char *dump_name(enum dump_kind kind)
{
  return dump_format(kind)->name;
}

/* A record, a ClientHello without its record, an SSLv2-format hello. */
static int could_be_tls(const uint8_t *bytes)
{
  return (bytes[0] >= 0x14 && bytes[0] <= 0x18 && bytes[1] == 3) ||
         (bytes[0] == 1 && bytes[1] == 0 && bytes[4] == 3) ||
         ((bytes[0] & 0x80) && bytes[2] == 1 && bytes[3] <= 3);
}

/* Mostly hexadecimal digits, and a length byte pair that TLS could have. */
static int is_hex(const uint8_t *text, size_t len)
{
  uint8_t bytes[LOOK_AT / 2];
  size_t part = len < LOOK_AT ? len : LOOK_AT;
  size_t count = hexread(text, part, bytes);
  size_t i;
  size_t digits = 0;

  for (i = 0; i < part; i++) {
    digits += dump_digit(text[i]) >= 0;
  }
  if (count < HEX_MIN || digits * 3 < part || count * 5 < digits) {
    return 0;
  }
  return could_be_tls(bytes);
}

/* testssl.sh, sslscan, nmap: tables, in which nothing failed. */
int dump_scan_line(const struct dump_line *line)
{
  size_t at;

  return dump_begins(line, "| ssl-enum-ciphers:", &at) ||
         dump_begins(line, "Testing SSL server ", &at) ||
         dump_begins(line, "Testing protocols via sockets", &at) ||
         dump_begins(line, "Testing all IPv4 addresses", &at);
}

/* The first format one of whose lines this is, before `limit`. */
static unsigned kind_of(const struct dump_line *line, unsigned limit)
{
  unsigned kind;

  for (kind = DUMP_NONE + 1; kind < limit; kind++) {
    if (formats[kind].is_mine != NULL && formats[kind].is_mine(line)) {
      return kind;
    }
  }
  return limit;
}

/* Bytes in a text that no tool's lines are in. */
static enum dump_kind bytes_of(const uint8_t *text, size_t len)
{
  int embedded = dump_embedded_is_there(text, len);

  if (embedded < 2 && is_hex(text, len)) {
    return DUMP_HEX;
  }
  return embedded > 0 ? DUMP_EMBEDDED : DUMP_NONE;
}

enum dump_kind dump_recognise(const uint8_t *text, size_t len)
{
  size_t part = len < LOOK_AT ? len : LOOK_AT;
  const uint8_t *at = text;
  struct dump_line line;
  unsigned best = DUMP_KINDS;
  enum dump_kind bytes;

  if (len == 0) {
    return DUMP_NONE;
  }
  while (best > DUMP_NONE + 1 && dump_next_line(&at, text + part, &line)) {
    best = kind_of(&line, best);
  }
  if (best < DUMP_HEX) {
    return (enum dump_kind)best;
  }
  bytes = bytes_of(text, part);
  if (bytes != DUMP_NONE) {
    return bytes;
  }
  return best < DUMP_KINDS ? (enum dump_kind)best : DUMP_NONE;
}

int dump_feed(enum dump_kind kind, const uint8_t *text, size_t len,
              struct judged *j)
{
  const struct dump_format *format = dump_format(kind);

  if (format->feed == NULL || format->feed(text, len, j) == 0) {
    return 0;
  }
  judged_verdict(j);
  return format->has_bytes &&
         (kind == DUMP_HEX ||
          (j->verdict.outcome != TLSDIAG_OUTCOME_INCOMPLETE &&
           j->verdict.causes[0].id != TLSDIAG_CAUSE_UNKNOWN));
}

void dump_read_text(enum dump_kind kind, const uint8_t *text, size_t len,
                    struct judged *j)
{
  const struct dump_format *format = dump_format(kind);
  uint8_t *copy = format->is_said != NULL ? malloc(len > 0 ? len : 1) : NULL;
  const uint8_t *at = text;
  struct dump_line line;

  if (copy == NULL) {
    judged_add_text(j, text, len, 0);
    return;
  }
  memcpy(copy, text, len);
  while (dump_next_line(&at, text + len, &line)) {
    if (!format->is_said(&line)) {
      memset(copy + (line.ptr - text), ' ', line.len);
    }
  }
  judged_add_text(j, copy, len, 0);
  free(copy);
}
