#include "input.h"

#include "capture.h"

/* In this order: the last one takes whatever is text. */
static const struct input_reader readers[] = {
    {"capture", capture_recognise, capture_report},
#ifdef HAVE_TEXT_READERS
    {"text", text_recognise, text_report},
#endif
};

void input_run(struct tool *t, const char *name)
{
  struct source s;
  const char *why;
  size_t i;
  int status = -1;

  if (source_open(&s, name, &why) != 0) {
    tool_warn(t, name, "%s", why);
    t->num_unreadable++;
    return;
  }
  for (i = 0; i < sizeof readers / sizeof readers[0]; i++) {
    if (readers[i].recognise(s.head, s.head_len, s.is_whole)) {
      status = readers[i].run(t, &s);
      break;
    }
  }
  if (i == sizeof readers / sizeof readers[0]) {
    tool_warn(t, name, "is neither a capture nor text");
  }
  source_close(&s);
  if (status == 0) {
    t->num_read++;
  } else {
    t->num_unreadable++;
  }
}

void input_end(struct tool *t)
{
#ifdef HAVE_TEXT_READERS
  text_end(t);
#else
  (void)t;
#endif
}
