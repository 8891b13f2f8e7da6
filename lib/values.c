/* values.c: any list of a ClientHello as a row of numbers. */
#include "values.h"

#include "u16scan.h"

/* What an element of a list is. */
enum width { ONE_BYTE, TWO_BYTES, THREE_BYTES, EXTENSION, SHARE };

static const tlsdiag_bytes *list_of(const tlsdiag_client_hello *ch,
                                    unsigned has)
{
  static const tlsdiag_bytes none;

  switch (has) {
  case TLSDIAG_HAS_CIPHER_SUITES:
    return &ch->cipher_suites;
  case TLSDIAG_HAS_COMPRESSION_METHODS:
    return &ch->compression_methods;
  case TLSDIAG_HAS_EXTENSIONS:
    return &ch->extensions;
  case TLSDIAG_HAS_SUPPORTED_GROUPS:
    return &ch->supported_groups;
  case TLSDIAG_HAS_EC_POINT_FORMATS:
    return &ch->ec_point_formats;
  case TLSDIAG_HAS_SIGNATURE_ALGORITHMS:
    return &ch->signature_algorithms;
  case TLSDIAG_HAS_SIGNATURE_ALGORITHMS_CERT:
    return &ch->signature_algorithms_cert;
  case TLSDIAG_HAS_COMPRESS_CERTIFICATE:
    return &ch->compress_certificate;
  case TLSDIAG_HAS_SUPPORTED_VERSIONS:
    return &ch->supported_versions;
  case TLSDIAG_HAS_PSK_KEY_EXCHANGE_MODES:
    return &ch->psk_key_exchange_modes;
  case TLSDIAG_HAS_KEY_SHARE:
    return &ch->key_shares;
  default:
    return &none;
  }
}

static enum width width_of(const tlsdiag_client_hello *ch, unsigned has)
{
  switch (has) {
  case TLSDIAG_HAS_CIPHER_SUITES:
    return ch->format == TLSDIAG_FORMAT_SSLV2 ? THREE_BYTES : TWO_BYTES;
  case TLSDIAG_HAS_COMPRESSION_METHODS:
  case TLSDIAG_HAS_EC_POINT_FORMATS:
  case TLSDIAG_HAS_PSK_KEY_EXCHANGE_MODES:
    return ONE_BYTE;
  case TLSDIAG_HAS_EXTENSIONS:
    return EXTENSION;
  case TLSDIAG_HAS_KEY_SHARE:
    return SHARE;
  default:
    return TWO_BYTES;
  }
}

void values_init(struct values *v, const tlsdiag_client_hello *ch, unsigned has)
{
  v->list = *list_of(ch, has);
  v->width = width_of(ch, has);
  v->reserved = 0;
  tlsdiag_iter_init(&v->it, &v->list);
}

static int next_u8(tlsdiag_iter *it, uint16_t *value)
{
  uint8_t byte;

  if (!tlsdiag_next_u8(it, &byte)) {
    return 0;
  }
  *value = byte;
  return 1;
}

/* A suite of an SSLv2-format hello: those of SSLv2 itself, which begin with a
 * byte that is not zero, have no number of two bytes. */
static int next_kind(tlsdiag_iter *it, uint16_t *value)
{
  uint32_t kind;

  do {
    if (!tlsdiag_next_u24(it, &kind)) {
      return 0;
    }
  } while (kind > 0xffff);
  *value = (uint16_t)kind;
  return 1;
}

int values_next(struct values *v, uint16_t *value)
{
  tlsdiag_extension extension;
  tlsdiag_bytes key;

  switch (v->width) {
  case ONE_BYTE:
    return next_u8(&v->it, value);
  case THREE_BYTES:
    return next_kind(&v->it, value);
  case SHARE:
    return tlsdiag_next_key_share(&v->it, value, &key);
  case EXTENSION:
    if (!tlsdiag_next_extension(&v->it, &v->list, &extension)) {
      return 0;
    }
    *value = extension.type;
    return 1;
  default:
    return tlsdiag_next_u16(&v->it, value);
  }
}

int values_next_real(struct values *v, uint16_t *value)
{
  do {
    if (!values_next(v, value)) {
      return 0;
    }
  } while (u16_is_grease(*value));
  return 1;
}
