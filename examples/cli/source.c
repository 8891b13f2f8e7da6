#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "layered.h"

enum { STREAM_BUFFER = 1 << 17 };

/* A pipe gives what it has: read on until the head is full or it ends. */
static ssize_t read_head(int fd, uint8_t *head, size_t len)
{
  size_t have = 0;

  while (have < len) {
    ssize_t got = read(fd, head + have, len - have);

    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return -1;
    }
    if (got == 0) {
      break;
    }
    have += (size_t)got;
  }
  return (ssize_t)have;
}

static int is_gzip(const uint8_t *head, size_t len)
{
  return len >= 3 && head[0] == 0x1f && head[1] == 0x8b && head[2] == 8;
}

/* Packers that no library here unpacks, by their magic numbers. */
static const char *packed_by(const uint8_t *head, size_t len)
{
  static const struct {
    uint8_t magic[6];
    size_t len;
    const char *why;
  } packers[] = {
      {{0xfd, '7', 'z', 'X', 'Z', 0}, 6, "is xz-compressed; run unxz first"},
      {{0x28, 0xb5, 0x2f, 0xfd}, 4, "is zstd-compressed; run unzstd first"},
      {{'B', 'Z', 'h'}, 3, "is bzip2-compressed; run bunzip2 first"},
      {{0x04, 0x22, 0x4d, 0x18}, 4, "is lz4-compressed; run unlz4 first"},
      {{'P', 'K', 3, 4}, 4, "is a zip archive; unpack it first"}};
  size_t i;

  for (i = 0; i < sizeof packers / sizeof packers[0]; i++) {
    if (len >= packers[i].len &&
        memcmp(head, packers[i].magic, packers[i].len) == 0) {
      return packers[i].why;
    }
  }
  return NULL;
}

static int open_fd(struct source *s, const char **why)
{
  struct stat st;
  int fd = STDIN_FILENO;

  if (strcmp(s->name, "-") != 0) {
    fd = open(s->name, O_RDONLY);
  }
  if (fd < 0 || fstat(fd, &st) != 0) {
    *why = strerror(errno);
    return -1;
  }
  if (S_ISDIR(st.st_mode)) {
    *why = "is a directory";
    (void)close(fd);
    return -1;
  }
  if (S_ISREG(st.st_mode) && st.st_size > 0) {
    s->size = (uint64_t)st.st_size;
  }
  return fd;
}

/* Takes the head off a stream that was layered, for the recogniser to see
 * what is inside, and puts it back by one more layer. */
static int unpack(struct source *s, const char **why)
{
  FILE *inside = layered_gunzip(s->stream, why);
  FILE *again;

  if (inside == NULL) {
    return -1;
  }
  s->is_unpacked = 1;
  s->stream = inside;
  s->head_len = fread(s->head, 1, sizeof s->head, inside);
  if (s->head_len == 0 && ferror(inside)) {
    *why = "is a damaged gzip file";
    return -1;
  }
  s->is_whole = s->head_len < sizeof s->head;
  again = layered_prefix(inside, s->head, s->head_len, why);
  if (again == NULL) {
    return -1;
  }
  s->stream = again;
  return 0;
}

int source_open(struct source *s, const char *name, const char **why)
{
  ssize_t got;
  int fd;

  memset(s, 0, sizeof *s);
  s->name = name;
  fd = open_fd(s, why);
  if (fd < 0) {
    return -1;
  }
  got = read_head(fd, s->head, sizeof s->head);
  if (got < 0) {
    *why = strerror(errno);
    (void)close(fd);
    return -1;
  }
  s->head_len = (size_t)got;
  s->is_whole = s->head_len < sizeof s->head;
  *why = s->head_len == 0 ? "is empty" : packed_by(s->head, s->head_len);
  if (*why != NULL) {
    (void)close(fd);
    return -1;
  }
  s->stream = fdopen(fd, "rb");
  if (s->stream == NULL) {
    *why = strerror(errno);
    (void)close(fd);
    return -1;
  }
  s->buffer = malloc(STREAM_BUFFER); /* a C library may ignore a mere size */
  if (s->buffer != NULL) {
    (void)setvbuf(s->stream, s->buffer, _IOFBF, STREAM_BUFFER);
  }
  if (s->size == 0 || lseek(fd, 0, SEEK_SET) != 0) {
    FILE *again = layered_prefix(s->stream, s->head, s->head_len, why);

    if (again == NULL) {
      source_close(s);
      return -1;
    }
    s->stream = again;
  }
  if (is_gzip(s->head, s->head_len) && unpack(s, why) != 0) {
    source_close(s);
    return -1;
  }
  return 0;
}

void source_close(struct source *s)
{
  if (s->stream != NULL) {
    (void)fclose(s->stream);
    s->stream = NULL;
  }
  free(s->buffer);
  s->buffer = NULL;
}
