#include "spool.h"

enum { MEMORY_MAX = 8 << 20, CHUNK = 1 << 16 };

void spool_init(struct spool *s)
{
  out_init(&s->memory, NULL);
  s->file = NULL;
}

void spool_add(struct spool *s, const char *text, size_t len)
{
  if (s->file == NULL && s->memory.len + len > MEMORY_MAX) {
    s->file = tmpfile();
    if (s->file != NULL) {
      s->memory.stream = s->file;
      out_flush(&s->memory);
    }
  }
  out_bytes(&s->memory, text, len);
}

int spool_tell(struct spool *s, struct out *o)
{
  char chunk[CHUNK];
  size_t got;
  int failed;

  if (s->file == NULL) {
    out_bytes(o, s->memory.text, s->memory.len);
    out_clear(&s->memory);
    return s->memory.failed ? -1 : 0;
  }
  out_flush(&s->memory);
  failed = s->memory.failed || fseek(s->file, 0, SEEK_SET) != 0;
  while (!failed && (got = fread(chunk, 1, sizeof chunk, s->file)) > 0) {
    out_bytes(o, chunk, got);
  }
  return failed || ferror(s->file) ? -1 : 0;
}

void spool_free(struct spool *s)
{
  (void)out_close(&s->memory);
  if (s->file != NULL) {
    (void)fclose(s->file);
    s->file = NULL;
  }
}
