/* ja4.c: the JA4 fingerprint of a ClientHello (the client's only: the others
 * of that family are not free to use):
 *   t13d1516h2_8daaf6152771_b186095e22b6
 * transport, version, server_name, how many suites and extensions, ALPN; then
 * hashes of the sorted suites, and of the sorted extensions with the signature
 * algorithms behind.  GREASE counts nowhere. */
#include "sha256.h"
#include "tlsdiag/tlsdiag.h"
#include "values.h"
#include "versioned.h"

#define JA4_SIZE 37

static const char hex[] = "0123456789abcdef";

static unsigned count_of(const tlsdiag_client_hello *ch, unsigned has)
{
  struct values values;
  uint16_t value;
  unsigned count = 0;

  values_init(&values, ch, has);
  while (values_next_real(&values, &value)) {
    count++;
  }
  return count;
}

/* ---- hashes ---- */

struct digest {
  struct sha256 sha;
  unsigned count;
};

static void put_value(struct digest *d, unsigned value, char separator)
{
  char text[5];

  text[0] = separator;
  text[1] = hex[value >> 12 & 15];
  text[2] = hex[value >> 8 & 15];
  text[3] = hex[value >> 4 & 15];
  text[4] = hex[value & 15];
  sha256_update(&d->sha, d->count == 0 ? text + 1 : text,
                d->count == 0 ? 4 : 5);
  d->count++;
}

/* server_name and ALPN are in the first part already. */
static int is_hashed(unsigned has, unsigned value)
{
  return has != TLSDIAG_HAS_EXTENSIONS || (value != 0 && value != 16);
}

/* Puts the values with one high byte, in order. */
static void put_page(struct digest *d, const tlsdiag_client_hello *ch,
                     unsigned has, unsigned page)
{
  uint16_t counts[256];
  struct values values;
  uint16_t value;
  unsigned low;

  memset(counts, 0, sizeof counts);
  values_init(&values, ch, has);
  while (values_next_real(&values, &value)) {
    if (value >> 8 == page && is_hashed(has, value)) {
      counts[value & 0xff]++;
    }
  }
  for (low = 0; low < 256; low++) {
    for (; counts[low] != 0; counts[low]--) {
      put_value(d, page << 8 | low, ',');
    }
  }
}

/* Sorts without memory for the list: page by page, those that are used. */
static void put_sorted(struct digest *d, const tlsdiag_client_hello *ch,
                       unsigned has)
{
  uint8_t used[256];
  struct values values;
  uint16_t value;
  unsigned page;

  memset(used, 0, sizeof used);
  values_init(&values, ch, has);
  while (values_next_real(&values, &value)) {
    used[value >> 8] = 1;
  }
  for (page = 0; page < 256; page++) {
    if (used[page]) {
      put_page(d, ch, has, page);
    }
  }
}

static void write_digest(struct digest *d, char out[12])
{
  uint8_t digest[SHA256_LEN];
  unsigned i;

  sha256_final(&d->sha, digest);
  for (i = 0; i < 6; i++) {
    out[2 * i] = d->count != 0 ? hex[digest[i] >> 4] : '0';
    out[2 * i + 1] = d->count != 0 ? hex[digest[i] & 15] : '0';
  }
}

static void hash_suites(const tlsdiag_client_hello *ch, char out[12])
{
  struct digest d;

  sha256_init(&d.sha);
  d.count = 0;
  put_sorted(&d, ch, TLSDIAG_HAS_CIPHER_SUITES);
  write_digest(&d, out);
}

static void hash_extensions(const tlsdiag_client_hello *ch, char out[12])
{
  struct digest d;
  struct values values;
  uint16_t value;
  char separator = '_';

  sha256_init(&d.sha);
  d.count = 0;
  put_sorted(&d, ch, TLSDIAG_HAS_EXTENSIONS);
  values_init(&values, ch, TLSDIAG_HAS_SIGNATURE_ALGORITHMS);
  while (d.count != 0 && values_next_real(&values, &value)) {
    put_value(&d, value, separator);
    separator = ',';
  }
  write_digest(&d, out);
}

/* ---- the readable part ---- */

static void write_count(unsigned count, char out[2])
{
  count = count < 99 ? count : 99;
  out[0] = (char)('0' + count / 10);
  out[1] = (char)('0' + count % 10);
}

static const char *version_text(unsigned version)
{
  switch (version) {
  case 0x0304:
    return "13";
  case 0x0303:
    return "12";
  case 0x0302:
    return "11";
  case 0x0301:
    return "10";
  case 0x0300:
    return "s3";
  case 0x0002:
    return "s2";
  case 0xfeff:
    return "d1";
  case 0xfefd:
    return "d2";
  case 0xfefc:
    return "d3";
  default:
    return "00";
  }
}

static int is_alphanumeric(unsigned byte)
{
  return byte - '0' < 10u || byte - 'a' < 26u || byte - 'A' < 26u;
}

/* The first and the last character of the first name, or of its hexadecimal
 * form if one of them is no letter and no digit. */
static void write_alpn(const tlsdiag_client_hello *ch, char out[2])
{
  tlsdiag_iter it;
  tlsdiag_bytes name;
  unsigned first;
  unsigned last;

  out[0] = '0';
  out[1] = '0';
  tlsdiag_iter_init(&it, &ch->alpn);
  if (!tlsdiag_next_name(&it, &name) || name.len == 0) {
    return;
  }
  first = name.ptr[0];
  last = name.ptr[name.len - 1];
  if (is_alphanumeric(first) && is_alphanumeric(last)) {
    out[0] = (char)first;
    out[1] = (char)last;
    return;
  }
  out[0] = hex[first >> 4];
  out[1] = hex[last & 15];
}

static char transport_of(const tlsdiag_client_hello *ch)
{
  if (ch->format == TLSDIAG_FORMAT_DTLS) {
    return 'd';
  }
  return (ch->present >> TLSDIAG_HAS_QUIC_TRANSPORT_PARAMETERS & 1) != 0 ? 'q'
                                                                         : 't';
}

int tlsdiag_ja4(const tlsdiag_client_hello *hello, char *out, size_t len)
{
  tlsdiag_client_hello ch;
  tlsdiag_extension extension;
  int status;

  if (out == NULL || versioned_in(&ch, sizeof ch, hello) != 0) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  if (len < JA4_SIZE) {
    return TLSDIAG_STATUS_E_STORAGE;
  }
  status = tlsdiag_find_extension(&ch.extensions, 0, &extension);
  out[0] = transport_of(&ch);
  memcpy(out + 1, version_text(ch.version_max), 2);
  out[3] = status == TLSDIAG_STATUS_OK ? 'd' : 'i';
  write_count(count_of(&ch, TLSDIAG_HAS_CIPHER_SUITES), out + 4);
  write_count(count_of(&ch, TLSDIAG_HAS_EXTENSIONS), out + 6);
  write_alpn(&ch, out + 8);
  out[10] = '_';
  hash_suites(&ch, out + 11);
  out[23] = '_';
  hash_extensions(&ch, out + 24);
  out[36] = '\0';
  return TLSDIAG_STATUS_OK;
}
