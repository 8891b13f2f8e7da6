/* dump.h: what other tools print of a handshake, read back.
 *
 *   openssl s_client -msg, -debug   the bytes themselves
 *   ssldump -x                      the bytes themselves
 *   ssldump                         names of messages and alerts
 *   hex (streams, xxd, hexdump -C)  one side's bytes
 *
 * What is recovered is fed to a flow as if it came from a capture. */
#ifndef TLSDIAG_CLI_DUMP_H
#define TLSDIAG_CLI_DUMP_H

#include "text_judge.h"

enum dump_kind {
  DUMP_NONE = 0,
  DUMP_MSG,
  DUMP_DEBUG,
  DUMP_SSLDUMP_HEX,
  DUMP_SSLDUMP,
  DUMP_HEX
};

enum dump_kind dump_recognise(const uint8_t *text, size_t len);
const char *dump_name(enum dump_kind kind);
/* Feeds what the dump shows.  1 if that was enough for a verdict; 0 if the
 * text should be read as a text, too. */
int dump_feed(enum dump_kind kind, const uint8_t *text, size_t len,
              struct judged *j);

/* One line of a text, without its end. */
struct dump_line {
  const uint8_t *ptr;
  size_t len;
};
/* Cuts the next line off; 0 at the end. */
int dump_next_line(const uint8_t **at, const uint8_t *end,
                   struct dump_line *line);
/* 1 and the position behind it if the line holds `word`. */
int dump_find(const struct dump_line *line, const char *word, size_t *behind);
/* Pairs of hexadecimal digits from `at` on, at most `max`; stops at what is no
 * such pair, or at three blanks (a text column follows). */
size_t dump_hex_pairs(const struct dump_line *line, size_t at, uint8_t *out,
                      size_t max);

int dump_feed_msg(const uint8_t *text, size_t len, struct judged *j);
int dump_feed_debug(const uint8_t *text, size_t len, struct judged *j);
int dump_feed_ssldump(const uint8_t *text, size_t len, struct judged *j,
                      int with_bytes);
int dump_feed_hex(const uint8_t *text, size_t len, struct judged *j);

/* Feeds one record with a header made up from type and version. */
void dump_record(struct judged *j, unsigned from, unsigned type,
                 unsigned version, const uint8_t *body, size_t len);
/* Says that `side` (TLSDIAG_PARTY_*) sent an alert that was encrypted. */
void dump_alert(struct judged *j, unsigned side, unsigned alert);

#endif
