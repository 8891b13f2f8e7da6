/* ja3.c: the JA3 fingerprint of a ClientHello: MD5 of
 *   version,suites,extensions,groups,point formats
 * in decimal, the members of a list with hyphens between, in the order of the
 * wire and without GREASE. */
#include "md5.h"
#include "tlsdiag/tlsdiag.h"
#include "u16scan.h"
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

/* An SSLv2-format hello has suites of three bytes. */
static void put_suites(struct md5 *md5, const tlsdiag_client_hello *ch)
{
  tlsdiag_iter it;
  uint16_t suite;
  uint32_t kind;
  unsigned count = 0;

  tlsdiag_iter_init(&it, &ch->cipher_suites);
  if (ch->format == TLSDIAG_FORMAT_SSLV2) {
    while (tlsdiag_next_u24(&it, &kind)) {
      if (kind <= 0xffff) {
        put_number(md5, (unsigned)kind, &count);
      }
    }
    return;
  }
  while (tlsdiag_next_u16(&it, &suite)) {
    if (!u16_is_grease(suite)) {
      put_number(md5, suite, &count);
    }
  }
}

static void put_extensions(struct md5 *md5, const tlsdiag_client_hello *ch)
{
  tlsdiag_iter it;
  tlsdiag_extension extension;
  unsigned count = 0;

  tlsdiag_iter_init(&it, &ch->extensions);
  while (tlsdiag_next_extension(&it, &ch->extensions, &extension)) {
    if (!u16_is_grease(extension.type)) {
      put_number(md5, extension.type, &count);
    }
  }
}

static void put_groups(struct md5 *md5, const tlsdiag_client_hello *ch)
{
  tlsdiag_iter it;
  uint16_t group;
  unsigned count = 0;

  tlsdiag_iter_init(&it, &ch->supported_groups);
  while (tlsdiag_next_u16(&it, &group)) {
    if (!u16_is_grease(group)) {
      put_number(md5, group, &count);
    }
  }
}

static void put_formats(struct md5 *md5, const tlsdiag_client_hello *ch)
{
  tlsdiag_iter it;
  uint8_t format;
  unsigned count = 0;

  tlsdiag_iter_init(&it, &ch->ec_point_formats);
  while (tlsdiag_next_u8(&it, &format)) {
    put_number(md5, format, &count);
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
  md5_update(&md5, ",", 1);
  put_suites(&md5, &ch);
  md5_update(&md5, ",", 1);
  put_extensions(&md5, &ch);
  md5_update(&md5, ",", 1);
  put_groups(&md5, &ch);
  md5_update(&md5, ",", 1);
  put_formats(&md5, &ch);
  md5_final(&md5, digest);
  for (i = 0; i < MD5_LEN; i++) {
    out[2 * i] = hex[digest[i] >> 4];
    out[2 * i + 1] = hex[digest[i] & 15];
  }
  out[2 * MD5_LEN] = '\0';
  return TLSDIAG_STATUS_OK;
}
