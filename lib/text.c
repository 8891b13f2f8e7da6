/* text.c: see text.h. */
#include "text.h"
#include "tlsdiag/tlsdiag.h"

void text_str(struct text *t, const char *s)
{
  while (s != NULL && *s != '\0') {
    text_char(t, *s++);
  }
}

void text_number(struct text *t, uint64_t value)
{
  char digits[20];
  size_t n = 0;

  do {
    digits[n++] = (char)('0' + value % 10);
    value /= 10;
  } while (value != 0);
  while (n > 0) {
    text_char(t, digits[--n]);
  }
}

void text_hex(struct text *t, uint32_t value, unsigned digits)
{
  while (digits > 0) {
    digits--;
    text_char(t, "0123456789abcdef"[value >> (4 * digits) & 0xf]);
  }
}

void text_name(struct text *t, uint32_t registry, uint32_t value,
               const char *otherwise)
{
  const char *name = tlsdiag_name(registry, value);

  if (name != NULL) {
    text_str(t, name);
    return;
  }
  text_str(t, otherwise);
  text_char(t, ' ');
  text_number(t, value);
}
