/* layered.c: fopencookie() where the C library has it; elsewhere the whole
 * content goes through a temporary file. */
#define _GNU_SOURCE
#include "layered.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

enum { CHUNK = 1 << 16 };
enum { LAYER_MORE = 0, LAYER_END, LAYER_DAMAGED };

/* A stream that yields bytes: returns how many, 0 at the end, -1 on error. */
struct layer {
  ssize_t (*read)(struct layer *l, char *out, size_t len);
  FILE *inner;
  uint8_t *bytes; /* prefix: what is yet to give; gunzip: packed input */
  size_t pos;
  size_t len;
  int state;   /* LAYER_* */
  int members; /* whole ones unpacked */
#ifdef HAVE_ZLIB
  z_stream z;
#endif
};

static ssize_t prefix_read(struct layer *l, char *out, size_t len)
{
  size_t left = l->len - l->pos;

  if (left == 0) {
    size_t got = fread(out, 1, len, l->inner);

    return got == 0 && ferror(l->inner) ? -1 : (ssize_t)got;
  }
  if (len > left) {
    len = left;
  }
  memcpy(out, l->bytes + l->pos, len);
  l->pos += len;
  return (ssize_t)len;
}

static int layer_close(void *cookie)
{
  struct layer *l = cookie;
  int status = fclose(l->inner);

#ifdef HAVE_ZLIB
  if (l->z.state != NULL) {
    (void)inflateEnd(&l->z);
  }
#endif
  free(l->bytes);
  free(l);
  return status;
}

#ifdef HAVE_FOPENCOOKIE
static ssize_t layer_read(void *cookie, char *out, size_t len)
{
  struct layer *l = cookie;

  return l->read(l, out, len);
}

static FILE *layer_stream(struct layer *l, const char **why)
{
  cookie_io_functions_t calls;
  FILE *stream;

  memset(&calls, 0, sizeof calls);
  calls.read = layer_read;
  calls.close = layer_close;
  stream = fopencookie(l, "rb", calls);
  if (stream == NULL) {
    *why = "cannot be buffered: out of memory";
    return NULL;
  }
  (void)setvbuf(stream, NULL, _IOFBF, CHUNK);
  return stream;
}
#else
static FILE *layer_stream(struct layer *l, const char **why)
{
  FILE *copy = tmpfile();
  char *chunk = malloc(CHUNK);
  ssize_t got = -1;

  while (copy != NULL && chunk != NULL) {
    got = l->read(l, chunk, CHUNK);
    if (got <= 0 || fwrite(chunk, 1, (size_t)got, copy) != (size_t)got) {
      break;
    }
  }
  free(chunk);
  if (copy == NULL || got != 0 || fseek(copy, 0, SEEK_SET) != 0) {
    *why = "cannot be copied to a temporary file";
    if (copy != NULL) {
      (void)fclose(copy);
    }
    return NULL;
  }
  (void)layer_close(l);
  return copy;
}
#endif

static struct layer *layer_new(FILE *inner, size_t room, const char **why)
{
  struct layer *l = calloc(1, sizeof *l);

  if (l != NULL) {
    l->bytes = malloc(room > 0 ? room : 1);
  }
  if (l == NULL || l->bytes == NULL) {
    free(l);
    *why = "cannot be buffered: out of memory";
    return NULL;
  }
  l->inner = inner;
  return l;
}

FILE *layered_prefix(FILE *inner, const uint8_t *bytes, size_t len,
                     const char **why)
{
  struct layer *l = layer_new(inner, len, why);
  FILE *stream;

  if (l == NULL) {
    return NULL;
  }
  l->read = prefix_read;
  memcpy(l->bytes, bytes, len);
  l->len = len;
  stream = layer_stream(l, why);
  if (stream == NULL) {
    free(l->bytes);
    free(l);
  }
  return stream;
}

#ifdef HAVE_ZLIB
/* A gzip file may hold several members one after another (RFC 1952 section
 * 2.2); what follows the last one and is none is ignored, as gunzip does. */
static int gunzip_step(struct layer *l)
{
  int status;

  if (l->z.avail_in == 0) {
    l->z.next_in = l->bytes;
    l->z.avail_in = (uInt)fread(l->bytes, 1, CHUNK, l->inner);
    if (l->z.avail_in == 0) {
      return l->members > 0 && l->z.total_in == 0 ? LAYER_END : LAYER_DAMAGED;
    }
  }
  status = inflate(&l->z, Z_NO_FLUSH);
  if (status == Z_STREAM_END) {
    l->members++;
    status = inflateReset(&l->z);
  }
  if (status == Z_OK || status == Z_BUF_ERROR) {
    return LAYER_MORE;
  }
  return l->members > 0 && l->z.total_out == 0 ? LAYER_END : LAYER_DAMAGED;
}

/* Damage is told only after all that could be unpacked was given. */
static ssize_t gunzip_read(struct layer *l, char *out, size_t len)
{
  uInt room = (uInt)(len < CHUNK ? len : CHUNK);

  l->z.next_out = (Bytef *)out;
  l->z.avail_out = room;
  while (l->z.avail_out == room && l->state == LAYER_MORE) {
    l->state = gunzip_step(l);
  }
  if (l->z.avail_out == room && l->state == LAYER_DAMAGED) {
    errno = EIO;
    return -1;
  }
  return (ssize_t)(room - l->z.avail_out);
}

FILE *layered_gunzip(FILE *inner, const char **why)
{
  struct layer *l = layer_new(inner, CHUNK, why);
  FILE *stream = NULL;

  if (l == NULL) {
    return NULL;
  }
  l->read = gunzip_read;
  if (inflateInit2(&l->z, 15 + 16) == Z_OK) {
    stream = layer_stream(l, why);
  } else {
    *why = "cannot be unpacked: out of memory";
  }
  if (stream == NULL) {
    if (l->z.state != NULL) {
      (void)inflateEnd(&l->z);
    }
    free(l->bytes);
    free(l);
  }
  return stream;
}
#else
FILE *layered_gunzip(FILE *inner, const char **why)
{
  (void)inner;
  *why = "is gzipped and this build lacks zlib; run gunzip first";
  return NULL;
}
#endif
