/* memory.c: what a hosted C library would give: the four functions that a
 * compiler calls on its own, and a heap.
 *
 * The heap hands out blocks of 2^n bytes, each behind a word that says which n
 * it is; a block that is given back waits in the list of its n. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 65536, CLASSES = 32, FIRST_CLASS = 4, HEAD = 16 };

struct block {
  uint32_t class;
  uint32_t reserved_;
  struct block *next;
};

static struct block *waiting[CLASSES];
static uintptr_t top, limit; /* of the memory that was never handed out */

void *memcpy(void *to, const void *from, size_t len)
{
  uint8_t *t = to;
  const uint8_t *f = from;

  while (len-- > 0) {
    *t++ = *f++;
  }
  return to;
}

void *memmove(void *to, const void *from, size_t len)
{
  uint8_t *t = to;
  const uint8_t *f = from;

  if (t < f) {
    return memcpy(to, from, len);
  }
  while (len-- > 0) {
    t[len] = f[len];
  }
  return to;
}

void *memset(void *to, int value, size_t len)
{
  uint8_t *t = to;

  while (len-- > 0) {
    *t++ = (uint8_t)value;
  }
  return to;
}

int memcmp(const void *a, const void *b, size_t len)
{
  const uint8_t *x = a, *y = b;

  for (; len > 0; len--, x++, y++) {
    if (*x != *y) {
      return *x - *y;
    }
  }
  return 0;
}

size_t strlen(const char *text)
{
  size_t len = 0;

  while (text[len] != '\0') {
    len++;
  }
  return len;
}

/* Fresh memory behind what was handed out; the module's own memory grows. */
static void *fresh(size_t len)
{
  uintptr_t at;
  size_t pages;

  if (limit - top < len) {
    pages = len / PAGE + 1;
    at = (uintptr_t)__builtin_wasm_memory_grow(0, pages) * PAGE;
    if (at == (uintptr_t)-1 * PAGE) {
      return NULL;
    }
    if (at != limit) { /* the rest of the old piece is lost */
      top = at;
    }
    limit = at + pages * PAGE;
  }
  at = top;
  top += len;
  return (void *)at;
}

void *malloc(size_t len)
{
  uint32_t class = FIRST_CLASS;
  struct block *block;

  if (len > (size_t)1 << 30) {
    return NULL;
  }
  while (((size_t)1 << class) < len + HEAD) {
    class ++;
  }
  block = waiting[class];
  if (block != NULL) {
    waiting[class] = block->next;
  } else {
    block = fresh((size_t)1 << class);
    if (block == NULL) {
      return NULL;
    }
  }
  block->class = class;
  return (char *)block + HEAD;
}

void free(void *old)
{
  struct block *block;

  if (old != NULL) {
    block = (struct block *)(void *)((char *)old - HEAD);
    block->next = waiting[block->class];
    waiting[block->class] = block;
  }
}

void *calloc(size_t count, size_t len)
{
  void *new;

  if (len != 0 && count > SIZE_MAX / len) {
    return NULL;
  }
  new = malloc(count * len);
  return new == NULL ? NULL : memset(new, 0, count * len);
}

void *realloc(void *old, size_t len)
{
  struct block *block;
  size_t had;
  void *new;

  if (old == NULL) {
    return malloc(len);
  }
  block = (struct block *)(void *)((char *)old - HEAD);
  had = ((size_t)1 << block->class) - HEAD;
  if (len <= had) {
    return old;
  }
  new = malloc(len);
  if (new != NULL) {
    memcpy(new, old, had);
    free(old);
  }
  return new;
}
