#include "dump_suite.h"

#include <string.h>
#include <tlsdiag/tlsdiag.h>

static int is_name(uint8_t c)
{
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
         (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

static size_t name_len(const struct dump_line *line, size_t at)
{
  size_t end = at;

  while (end < line->len && is_name(line->ptr[end])) {
    end++;
  }
  return end - at;
}

unsigned dump_value(const struct dump_line *line, size_t at, unsigned registry)
{
  size_t len = at < line->len ? name_len(line, at) : 0;
  uint32_t value = 0;

  if (len == 0 || tlsdiag_name_lookup(registry, (const char *)line->ptr + at,
                                      len, &value) != TLSDIAG_STATUS_OK) {
    return 0;
  }
  return value;
}

unsigned dump_suite(const struct dump_line *line, size_t at)
{
  unsigned suite = dump_value(line, at, TLSDIAG_REGISTRY_CIPHER_SUITE);

  return suite != 0
             ? suite
             : dump_value(line, at, TLSDIAG_REGISTRY_CIPHER_SUITE_OPENSSL);
}

unsigned dump_version(const struct dump_line *line, size_t at)
{
  struct dump_line rest = dump_rest(line, at);
  size_t behind;

  if (dump_begins(&rest, "SSLv3", &behind)) {
    return 0x300;
  }
  if (!dump_begins(&rest, "TLSv1", &behind) &&
      !dump_begins(&rest, "TLS 1", &behind) &&
      !dump_begins(&rest, "TLS1", &behind)) {
    return 0;
  }
  if (behind + 1 < rest.len && rest.ptr[behind] == '.' &&
      rest.ptr[behind + 1] >= '0' && rest.ptr[behind + 1] <= '3') {
    return 0x301 + (unsigned)(rest.ptr[behind + 1] - '0');
  }
  return 0x301;
}
