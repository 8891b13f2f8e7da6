/* relay.c: see relay.h. */
#include <stdlib.h>
#include <string.h>
#include "relay.h"

struct waiting {
  uv_write_t request;
  uv_stream_t *source;
  void (*resume)(uv_stream_t *source, int status);
  uint8_t bytes[];
};

static void on_written(uv_write_t *request, int status)
{
  struct waiting *w = (struct waiting *)(void *)request;

  w->resume(w->source, status);
  free(w);
}

int relay(uv_stream_t *source, uv_stream_t *to, const uint8_t *data, size_t len,
          void (*resume)(uv_stream_t *source, int status))
{
  uv_buf_t buf = uv_buf_init((char *)(uintptr_t)data, (unsigned)len);
  int done = uv_try_write(to, &buf, 1);
  size_t left = done > 0 ? len - (size_t)done : len;
  struct waiting *w;
  int rc;

  if (left == 0) {
    return 0;
  }
  w = malloc(sizeof *w + left);
  if (w == NULL) {
    return UV_ENOMEM;
  }
  w->source = source;
  w->resume = resume;
  memcpy(w->bytes, data + len - left, left);
  buf = uv_buf_init((char *)w->bytes, (unsigned)left);
  uv_read_stop(source);
  rc = uv_write(&w->request, to, &buf, 1, on_written);
  if (rc != 0) {
    free(w);
  }
  return rc;
}
