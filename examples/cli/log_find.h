/* log_find.h: the next place of a log that could say something about TLS.
 *
 * Most lines of most logs do not, and this is what they cost. */
#ifndef TLSDIAG_CLI_LOG_FIND_H
#define TLSDIAG_CLI_LOG_FIND_H

#include <stddef.h>
#include <stdint.h>

enum { FINDER_BITS = 12 };

/* Tables made from the telling letters, once. */
struct log_finder {
  uint8_t low[3][16]; /* by half bytes of three neighbours */
  uint8_t high[3][16];
  uint8_t begins[1 << (FINDER_BITS - 3)]; /* bit set: by hash of the three */
  uint32_t words[256]; /* bit set: that word begins with this letter */
  int is_wide;
};

void log_finder_init(struct log_finder *f);

/* Returns where the first telling letters begin, len if there are none.
 * Adds the line ends before that place to *lines. */
size_t log_find(const struct log_finder *f, const uint8_t *bytes, size_t len,
                uint64_t *lines);

#endif
