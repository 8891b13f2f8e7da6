#include "style.h"

#include <string.h>

void style_set(struct out *o, int colour, enum style style)
{
  static const char *const codes[] = {"\033[0m",    "\033[1m",  "\033[2m",
                                      "\033[1;31m", "\033[32m", "\033[33m"};

  if (colour) {
    out_str(o, codes[style]);
  }
}

static void new_line(struct out *o, size_t indent)
{
  out_char(o, '\n');
  out_repeat(o, ' ', indent);
}

void style_wrap(struct out *o, const char *text, size_t at, size_t indent)
{
  size_t column = at;
  int fresh = 1; /* nothing on this line yet */

  while (*text != '\0') {
    size_t word = strcspn(text, " \n");

    if (word > 0) {
      if (!fresh && column + 1 + word > STYLE_WIDTH) {
        new_line(o, indent);
        column = indent;
        fresh = 1;
      }
      if (!fresh) {
        out_char(o, ' ');
        column++;
      }
      out_bytes(o, text, word);
      column += word;
      fresh = 0;
    }
    text += word;
    if (*text == '\n' && text[1] != '\0') {
      new_line(o, indent);
      column = indent;
      fresh = 1;
    }
    text += *text != '\0' ? 1 : 0;
  }
  out_char(o, '\n');
}
