/* out.h: text on its way out.  One growable buffer in front of a stream (or of
 * nothing: then it collects a text in memory), so that a line of JSON costs a
 * few memcpy and no printf.  Running out of memory or a full disk is sticky:
 * writing goes on harmlessly and out_close reports it once. */
#ifndef TLSDIAG_CLI_OUT_H
#define TLSDIAG_CLI_OUT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct out {
  char *text;
  size_t len;
  size_t room;
  FILE *stream; /* NULL: collect only */
  int failed;
};

void out_init(struct out *o, FILE *stream);
void out_bytes(struct out *o, const void *bytes, size_t len);
void out_str(struct out *o, const char *text);
void out_char(struct out *o, char c);
void out_repeat(struct out *o, char c, size_t count);
void out_u64(struct out *o, uint64_t value);
void out_u64_width(struct out *o, uint64_t value, size_t width, char fill);
void out_hex_byte(struct out *o, uint8_t byte);
void out_hex16(struct out *o, uint16_t value); /* 0x1301 */
void out_hex(struct out *o, const uint8_t *bytes, size_t len);
/* Forgets what was collected, keeps the memory. */
void out_clear(struct out *o);
void out_flush(struct out *o);
/* Flushes and frees.  Returns 0, or -1 if anything was lost on the way. */
int out_close(struct out *o);

#endif
