/* dump_line.h: lines of a dump and what stands in them. */
#ifndef TLSDIAG_CLI_DUMP_LINE_H
#define TLSDIAG_CLI_DUMP_LINE_H

#include <stddef.h>
#include <stdint.h>

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
/* 1 if it holds it. */
int dump_has(const struct dump_line *line, const char *word);
/* 1 and the position behind it if the line begins with `word`, blanks left
 * out. */
int dump_begins(const struct dump_line *line, const char *word, size_t *behind);
/* Number of blanks it begins with. */
size_t dump_indent(const struct dump_line *line);
/* The part of the line from `at` on. */
struct dump_line dump_rest(const struct dump_line *line, size_t at);

/* The value of a hexadecimal digit, -1 for anything else. */
int dump_digit(uint8_t c);
/* The number at `at`, digits of `base` 10 or 16; it saturates.  *at is put
 * behind it.  0 without digits. */
uint32_t dump_number(const struct dump_line *line, size_t *at, unsigned base);
/* Pairs of hexadecimal digits from `at` on, at most `max`; stops at what is no
 * such pair, or at three blanks (a text column follows). */
size_t dump_hex_pairs(const struct dump_line *line, size_t at, uint8_t *out,
                      size_t max);
/* Digits without anything between them, as many whole bytes as they make. */
size_t dump_hex_run(const struct dump_line *line, size_t at, uint8_t *out,
                    size_t max);

#endif
