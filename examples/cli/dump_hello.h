/* dump_hello.h: a hello put together again from the fields a dump names.
 *
 * What is not shown is left out and counted: the hello then goes to the flow
 * as one that was not seen whole, so that nothing is concluded from what it
 * seems to lack.  Bytes that say nothing (the random) may be zeros. */
#ifndef TLSDIAG_CLI_DUMP_HELLO_H
#define TLSDIAG_CLI_DUMP_HELLO_H

#include "dump_talk.h"

enum {
  DUMP_HELLO_CLIENT = 1,
  DUMP_HELLO_SERVER = 2,
  DUMP_SUITES_MAX = 512,
  DUMP_EXTENSIONS_MAX = 8192
};

struct dump_hello {
  unsigned type; /* DUMP_HELLO_*, 0: none is being read */
  unsigned from;
  unsigned version; /* of the field itself */
  unsigned num_suites;
  size_t told;   /* length of the body as told, 0 if not */
  size_t unseen; /* bytes of it known to be there, but not what they are */
  size_t session_len;
  size_t extensions_len;
  unsigned has_extensions;
  unsigned is_cut; /* a field was shown in part: nothing behind it counts */
  uint8_t random[32];
  uint8_t session[32];
  uint16_t suites[DUMP_SUITES_MAX];
  uint8_t extensions[DUMP_EXTENSIONS_MAX];
};

void dump_hello_begin(struct dump_hello *h, unsigned type, unsigned from,
                      size_t told);
void dump_hello_suite(struct dump_hello *h, unsigned suite);
void dump_hello_extension(struct dump_hello *h, unsigned type,
                          const uint8_t *body, size_t len);
/* One of `len` bytes that are not shown. */
void dump_hello_unseen(struct dump_hello *h, size_t len);
/* A list with a length of `prefix` bytes and elements of `width`. */
void dump_hello_list(struct dump_hello *h, unsigned type, unsigned prefix,
                     unsigned width, const uint16_t *values, size_t count);
void dump_hello_name(struct dump_hello *h, const uint8_t *name, size_t len);
/* Gives it to the flow and empties it; nothing if there is none. */
void dump_hello_end(struct dump_hello *h, struct dump_talk *t);

#endif
