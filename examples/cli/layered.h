/* layered.h: streams made of streams, for readers that want a FILE.
 *
 * Each takes its stream over: closing the new one closes the old one, and on
 * failure (NULL, with *why set) the old one stays the caller's. */
#ifndef TLSDIAG_CLI_LAYERED_H
#define TLSDIAG_CLI_LAYERED_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The bytes first (copied), then the rest of `inner`. */
FILE *layered_prefix(FILE *inner, const uint8_t *bytes, size_t len,
                     const char **why);
/* What gunzip would make of `inner`. */
FILE *layered_gunzip(FILE *inner, const char **why);

#endif
