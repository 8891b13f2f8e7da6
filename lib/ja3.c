/* ja3.c: the JA3 fingerprint of a ClientHello: MD5 of
 *   version,suites,extensions,groups,point formats
 * in decimal, the members of a list with hyphens between, in the order of the
 * wire and without GREASE. */
#include "md5.h"
#include "tlsdiag/tlsdiag.h"
#include "values.h"
#include "versioned.h"

#define JA3_SIZE 33

static void put_number(struct md5 *md5, unsigned value, unsigned *count)
{
  char digits[5];
  unsigned len = 0;

  if ((*count)++ != 0) {
    md5_update(md5, "-", 1);
  }
  do {
    digits[4 - len++] = (char)('0' + value % 10);
    value /= 10;
  } while (value != 0);
  md5_update(md5, digits + 5 - len, len);
}

static void put_list(struct md5 *md5, const tlsdiag_client_hello *ch,
                     unsigned has)
{
  struct values values;
  uint16_t value;
  unsigned count = 0;

  md5_update(md5, ",", 1);
  values_init(&values, ch, has);
  while (values_next_real(&values, &value)) {
    put_number(md5, value, &count);
  }
}

int tlsdiag_ja3(const tlsdiag_client_hello *hello, char *out, size_t len)
{
  static const char hex[] = "0123456789abcdef";
  tlsdiag_client_hello ch;
  uint8_t digest[MD5_LEN];
  struct md5 md5;
  unsigned count = 0;
  unsigned i;

  if (out == NULL || versioned_in(&ch, sizeof ch, hello) != 0) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  if (len < JA3_SIZE) {
    return TLSDIAG_STATUS_E_STORAGE;
  }
  md5_init(&md5);
  put_number(&md5, ch.legacy_version, &count);
  put_list(&md5, &ch, TLSDIAG_HAS_CIPHER_SUITES);
  put_list(&md5, &ch, TLSDIAG_HAS_EXTENSIONS);
  put_list(&md5, &ch, TLSDIAG_HAS_SUPPORTED_GROUPS);
  put_list(&md5, &ch, TLSDIAG_HAS_EC_POINT_FORMATS);
  md5_final(&md5, digest);
  for (i = 0; i < MD5_LEN; i++) {
    out[2 * i] = hex[digest[i] >> 4];
    out[2 * i + 1] = hex[digest[i] & 15];
  }
  out[2 * MD5_LEN] = '\0';
  return TLSDIAG_STATUS_OK;
}
