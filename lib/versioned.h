/* versioned.h: structs that start with `uint32_t size` (internal).
 *
 * The caller sets size to sizeof in the header it was compiled against; the
 * library knows its own.  An old caller's struct is shorter, a new caller's
 * longer.  Everything that crosses the border goes through these functions,
 * and nowhere else is `size` looked at. */
#ifndef TLSDIAG_LIB_VERSIONED_H
#define TLSDIAG_LIB_VERSIONED_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tlsdiag/tlsdiag.h"

/* A size outside these limits is memory that nobody set. */
#define VERSIONED_MIN 8u
#define VERSIONED_MAX 16384u

/* The size a caller gave, 0 if there is no struct or the size is absurd. */
static inline size_t versioned_size(const void *theirs)
{
  uint32_t size;

  if (theirs == NULL) {
    return 0;
  }
  memcpy(&size, theirs, sizeof size);
  return size >= VERSIONED_MIN && size <= VERSIONED_MAX ? size : 0;
}

/* Copies an input struct into the library's own layout; what the caller does
 * not know is zero.  E_USAGE if it says something the library cannot read. */
static inline int versioned_in(void *mine, size_t mine_len, const void *theirs)
{
  const uint8_t *bytes = (const uint8_t *)theirs;
  size_t size = versioned_size(theirs);
  size_t i;

  if (size == 0) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  for (i = mine_len; i < size; i++) {
    if (bytes[i] != 0) {
      return TLSDIAG_STATUS_E_USAGE;
    }
  }
  memset(mine, 0, mine_len);
  memcpy(mine, theirs, size < mine_len ? size : mine_len);
  return TLSDIAG_STATUS_OK;
}

/* Where to write a result: the caller's own struct if it has all members the
 * library knows, else `mine`.  All of it is zero, `size` apart.  NULL if the
 * call is wrong. */
static inline void *versioned_begin(void *theirs, void *mine, size_t mine_len)
{
  size_t size = versioned_size(theirs);

  if (size == 0) {
    return NULL;
  }
  memset((uint8_t *)theirs + sizeof(uint32_t), 0, size - sizeof(uint32_t));
  if (size >= mine_len) {
    return theirs;
  }
  memset(mine, 0, mine_len);
  return mine;
}

/* Hands the result over: as much of it as the caller knows. */
static inline void versioned_end(void *theirs, const void *written)
{
  if (written != theirs) {
    memcpy((uint8_t *)theirs + sizeof(uint32_t),
           (const uint8_t *)written + sizeof(uint32_t),
           versioned_size(theirs) - sizeof(uint32_t));
  }
}

/* Both in one, for results that are made elsewhere. */
static inline int versioned_out(void *theirs, const void *mine, size_t mine_len)
{
  uint8_t *bytes = (uint8_t *)theirs;
  size_t size = versioned_size(theirs);
  size_t known = size < mine_len ? size : mine_len;

  if (size == 0) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  memset(bytes + known, 0, size - known);
  memcpy(bytes + sizeof(uint32_t), (const uint8_t *)mine + sizeof(uint32_t),
         known - sizeof(uint32_t));
  return TLSDIAG_STATUS_OK;
}

/* The same for element `index` of an array whose elements are elem_size long
 * in the caller's header; sets its size. */
static inline int versioned_out_element(void *array, size_t elem_size,
                                        size_t index, const void *mine,
                                        size_t mine_len)
{
  uint8_t *element = (uint8_t *)array + index * elem_size;
  uint32_t size = (uint32_t)elem_size;

  memcpy(element, &size, sizeof size);
  return versioned_out(element, mine, mine_len);
}

#endif
