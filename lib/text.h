/* text.h: writes text into a caller's buffer by the rules of snprintf
 * (internal).  What does not fit is counted, not written. */
#ifndef TLSDIAG_LIB_TEXT_H
#define TLSDIAG_LIB_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct text {
  char *buf;
  size_t len;  /* of buf */
  size_t want; /* characters so far, written or not */
};

static inline void text_init(struct text *t, char *buf, size_t len)
{
  t->buf = buf;
  t->len = len;
  t->want = 0;
}

static inline void text_char(struct text *t, char c)
{
  if (t->want + 1 < t->len) {
    t->buf[t->want] = c;
  }
  t->want++;
}

/* Ends the text; returns its full length. */
static inline size_t text_end(struct text *t)
{
  if (t->len != 0) {
    t->buf[t->want < t->len ? t->want : t->len - 1] = '\0';
  }
  return t->want;
}

/* Entry `index` of strings that follow each other, each with its NUL. */
static inline const char *nth_string(const char *strings, unsigned index)
{
  while (index > 0) {
    index -= *strings++ == '\0';
  }
  return strings;
}

void text_str(struct text *t, const char *s); /* NULL writes nothing */
void text_number(struct text *t, uint64_t value);
void text_hex(struct text *t, uint32_t value, unsigned digits);
/* The name of a value in a registry, else `otherwise` and the number. */
void text_name(struct text *t, uint32_t registry, uint32_t value,
               const char *otherwise);

#endif
