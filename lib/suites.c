/* suites.c: the cipher suite table. */
#include "suites.h"

#include <stddef.h>

#include "tables/suites.inc"

const struct suite_info *suite_find(uint16_t value)
{
  size_t low = 0;
  size_t high = sizeof(suite_rows) / sizeof(suite_rows[0]);

  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (suite_rows[middle].value == value) {
      return &suite_rows[middle];
    }
    if (suite_rows[middle].value < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return NULL;
}
