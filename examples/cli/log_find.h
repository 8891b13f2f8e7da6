/* log_find.h: the next place of a log that could say something about TLS.
 *
 * Most lines of most logs do not, and this is what they cost. */
#ifndef TLSDIAG_CLI_LOG_FIND_H
#define TLSDIAG_CLI_LOG_FIND_H

#include <stddef.h>
#include <stdint.h>

/* Returns where the first telling letters begin, len if there are none.
 * Adds the line ends before that place to *lines. */
size_t log_find(const uint8_t *bytes, size_t len, uint64_t *lines);

/* The same without vector instructions; the tests compare them. */
size_t log_find_plain(const uint8_t *bytes, size_t len, uint64_t *lines);

#endif
