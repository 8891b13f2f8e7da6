/* wire_plain.c: the scan of a compiler without vectors, for comparison. */
#define U16SCAN_PLAIN
#include "u16scan.h"
#include "wire_build.h"

int wire_plain_has_grease(const uint8_t *bytes, size_t len)
{
  struct rd_fault fault = {0, 0, 0, 0};
  struct reader list;

  rd_init(&list, bytes, len, &fault);
  return u16_list_has_grease(list);
}
