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

/* Spaces stay as they are, but for those at which a line is broken.  A line
 * that starts with "$ " is a command to be copied: it is left whole. */
void style_wrap(struct out *o, const char *text, size_t at, size_t indent)
{
  int is_command = strncmp(text, "$ ", 2) == 0;
  size_t column = at;
  size_t len = strlen(text);

  if (at + len <= STYLE_WIDTH && memchr(text, '\n', len) == NULL) {
    out_bytes(o, text, len);
    out_char(o, '\n');
    return;
  }
  while (*text != '\0') {
    size_t spaces = strspn(text, " ");
    size_t word = strcspn(text + spaces, " \n");

    if (word > 0 && column > indent && !is_command &&
        column + spaces + word > STYLE_WIDTH) {
      new_line(o, indent);
      column = indent;
      text += spaces;
      spaces = 0;
    }
    if (word > 0) {
      out_bytes(o, text, spaces + word);
      column += spaces + word;
    }
    text += spaces + word;
    if (*text == '\n') {
      text++;
      is_command = strncmp(text, "$ ", 2) == 0;
      if (*text != '\0') {
        new_line(o, indent);
        column = indent;
      }
    }
  }
  out_char(o, '\n');
}
