/* source.h: one input, whatever it comes from: a file or a pipe, gzipped or
 * not.  Its first bytes can be looked at before anybody reads it. */
#ifndef TLSDIAG_CLI_SOURCE_H
#define TLSDIAG_CLI_SOURCE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { SOURCE_HEAD = 8192 };

struct source {
  const char *name; /* as the user gave it; "-" is the standard input */
  FILE *stream;     /* at the first byte, unpacked.  A reader may take it over
                       and set this to NULL; else source_close closes it. */
  char *buffer;     /* of the stream: freed last */
  uint8_t head[SOURCE_HEAD]; /* the first bytes, unpacked */
  size_t head_len;
  uint64_t size;   /* of the file as it lies there, 0 unknown */
  int is_whole;    /* the head is all there is */
  int is_unpacked; /* it was gzipped */
};

/* Returns 0, or -1 with *why saying what is wrong (for people; not freed). */
int source_open(struct source *s, const char *name, const char **why);
void source_close(struct source *s);

#endif
