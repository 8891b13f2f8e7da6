/* layout.c: where the members of the public structs lie, as this library was
 * compiled.  A binding that declares the structs in its own words asks here,
 * so that a slip is an error when it is loaded and not rubbish read later. */
#include "tlsdiag/tlsdiag.h"

/* No pointers: nothing has to be relocated when a program starts. */
struct place {
  char name[28];
  uint16_t is_struct, offset, size;
};

#define SIZE_OF(type, member) ((uint16_t)sizeof(((type *)0)->member))
#define STRUCT(type) {#type, 1, 0, (uint16_t)sizeof(type)},
#define MEMBER(type, member)                                                   \
  {#member, 0, (uint16_t)offsetof(type, member), SIZE_OF(type, member)},

/* Each struct, then its members. */
static const struct place places[] = {
#include "layout.inc"
};

#define NUM_PLACES (sizeof(places) / sizeof(places[0]))

/* What follows `word` in `text` if it begins so and ends there or at a dot;
 * else NULL. */
static const char *behind(const char *text, const char *word)
{
  while (*word != '\0' && *text == *word) {
    text++;
    word++;
  }
  return *word == '\0' && (*text == '\0' || *text == '.') ? text : NULL;
}

/* The member called `name` among the rows from `row` on, up to the next
 * struct. */
static size_t find_member(size_t row, const char *name)
{
  for (; row < NUM_PLACES && !places[row].is_struct; row++) {
    const char *rest = behind(name, places[row].name);

    if (rest != NULL && *rest == '\0') {
      return row;
    }
  }
  return NUM_PLACES;
}

static size_t find(const char *name)
{
  size_t row;

  for (row = 0; row < NUM_PLACES; row++) {
    const char *rest =
        places[row].is_struct ? behind(name, places[row].name) : NULL;

    if (rest != NULL) {
      return *rest == '\0' ? row : find_member(row + 1, rest + 1);
    }
  }
  return NUM_PLACES;
}

int tlsdiag_layout(const char *name, uint32_t *offset, uint32_t *size)
{
  size_t row = find(name);

  if (row == NUM_PLACES) {
    return TLSDIAG_STATUS_E_ABSENT;
  }
  *offset = places[row].offset;
  *size = places[row].size;
  return TLSDIAG_STATUS_OK;
}
