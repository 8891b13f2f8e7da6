/* dump.h: what other tools print of a handshake, read back.
 *
 *   text ─► dump_clean    quoting, UTF-16 and CR removed
 *        ─► dump_runs     one piece for each connection in it
 *        ─► a format      messages, records or bytes of one connection
 *        ─► dump_talk     put to a flow as if they came from a capture
 *
 * A format is one row of dump_kind.c and one file. */
#ifndef TLSDIAG_CLI_DUMP_H
#define TLSDIAG_CLI_DUMP_H

#include "dump_line.h"
#include "text_judge.h"

/* In the order of preference: of a text in which several are found the first
 * is read, because it shows more. */
enum dump_kind {
  DUMP_NONE = 0,
  DUMP_DEBUG,
  DUMP_CURL_TRACE,
  DUMP_MSG,
  DUMP_TRACE,
  DUMP_SSLDUMP_HEX,
  DUMP_SSLDUMP,
  DUMP_JAVA,
  DUMP_GNUTLS,
  DUMP_CURL,
  DUMP_TSHARK,
  DUMP_HEX,
  DUMP_EMBEDDED,
  DUMP_REPORT,
  DUMP_SCAN,
  DUMP_KINDS
};

struct dump_format {
  const char *name;
  /* 1 if only this tool prints such a line.  NULL: dump_recognise looks at the
   * text as a whole. */
  int (*is_mine)(const struct dump_line *line);
  /* Feeds what the text shows of one connection.  1 if it shows anything. */
  int (*feed)(const uint8_t *text, size_t len, struct judged *j);
  /* 1: bytes of both sides, so that its errors need not be read as text where
   * the bytes decide. */
  int has_bytes;
  /* [NULL: all] 1 if this line may be read as a text, too.  Lists of what is
   * possible or offered sound like errors. */
  int (*is_said)(const struct dump_line *line);
};

const struct dump_format *dump_format(enum dump_kind kind);
enum dump_kind dump_recognise(const uint8_t *text, size_t len);
const char *dump_name(enum dump_kind kind);
/* Feeds what the dump shows.  1 if that was enough for a verdict; 0 if the
 * text should be read as a text, too. */
int dump_feed(enum dump_kind kind, const uint8_t *text, size_t len,
              struct judged *j);
/* Reads the text as a text as well, but for lines that `kind` knows to say
 * nothing. */
void dump_read_text(enum dump_kind kind, const uint8_t *text, size_t len,
                    struct judged *j);

/* dump_FORMAT.c */
int dump_debug_line(const struct dump_line *line);
int dump_debug_feed(const uint8_t *text, size_t len, struct judged *j);
int dump_curl_trace_line(const struct dump_line *line);
int dump_curl_trace_feed(const uint8_t *text, size_t len, struct judged *j);
int dump_msg_line(const struct dump_line *line);
int dump_msg_feed(const uint8_t *text, size_t len, struct judged *j);
int dump_trace_line(const struct dump_line *line);
int dump_trace_feed(const uint8_t *text, size_t len, struct judged *j);
int dump_ssldump_line(const struct dump_line *line);
int dump_ssldump_feed(const uint8_t *text, size_t len, struct judged *j);
int dump_ssldump_hex_line(const struct dump_line *line);
int dump_ssldump_hex_feed(const uint8_t *text, size_t len, struct judged *j);
int dump_java_line(const struct dump_line *line);
int dump_java_feed(const uint8_t *text, size_t len, struct judged *j);
int dump_java_said(const struct dump_line *line);
int dump_gnutls_said(const struct dump_line *line);
int dump_curl_said(const struct dump_line *line);
int dump_gnutls_line(const struct dump_line *line);
int dump_gnutls_feed(const uint8_t *text, size_t len, struct judged *j);
int dump_curl_line(const struct dump_line *line);
int dump_curl_feed(const uint8_t *text, size_t len, struct judged *j);
/* The highest version that curl offered, 0 if it does not say. */
unsigned dump_curl_offered(const uint8_t *text, size_t len);
int dump_tshark_line(const struct dump_line *line);
int dump_tshark_feed(const uint8_t *text, size_t len, struct judged *j);
int dump_hex_feed(const uint8_t *text, size_t len, struct judged *j);
/* 1: plain digits, 2: escapes or numbers of a programming language. */
int dump_embedded_is_there(const uint8_t *text, size_t len);
int dump_embedded_said(const struct dump_line *line);
int dump_embedded_feed(const uint8_t *text, size_t len, struct judged *j);
int dump_scan_line(const struct dump_line *line);
int dump_report_line(const struct dump_line *line);
int dump_report_feed(const uint8_t *text, size_t len, struct judged *j);

#endif
