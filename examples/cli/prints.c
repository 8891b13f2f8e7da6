#include "prints.h"

#include <string.h>

struct key {
  size_t len; /* PRINTS_KEY + 1: too long to be remembered */
  uint8_t bytes[PRINTS_KEY];
};

static void key_u16(struct key *k, uint16_t value)
{
  if (k->len + 2 > PRINTS_KEY) {
    k->len = PRINTS_KEY + 1;
    return;
  }
  /* Browsers draw another GREASE value each time (RFC 8701); which one it is
   * counts for no fingerprint. */
  if (tlsdiag_is_grease(value)) {
    value = 0x0a0a;
  }
  k->bytes[k->len++] = (uint8_t)(value >> 8);
  k->bytes[k->len++] = (uint8_t)(value & 0xff);
}

static void key_list(struct key *k, const tlsdiag_bytes *list)
{
  tlsdiag_iter it;
  uint16_t value;

  key_u16(k, (uint16_t)(list->len < UINT16_MAX ? list->len : UINT16_MAX));
  tlsdiag_iter_init(&it, list);
  while (tlsdiag_next_u16(&it, &value)) {
    key_u16(k, value);
  }
}

static void key_raw(struct key *k, const tlsdiag_bytes *bytes)
{
  key_u16(k, (uint16_t)(bytes->len < UINT16_MAX ? bytes->len : UINT16_MAX));
  if (bytes->len > PRINTS_KEY || k->len + bytes->len > PRINTS_KEY) {
    k->len = PRINTS_KEY + 1;
  } else if (bytes->len > 0) {
    memcpy(k->bytes + k->len, bytes->ptr, bytes->len);
    k->len += bytes->len;
  }
}

static void key_make(struct key *k, const tlsdiag_client_hello *ch)
{
  tlsdiag_iter it;
  tlsdiag_extension ext;

  k->len = 0;
  key_u16(k, ch->format);
  key_u16(k, ch->legacy_version);
  key_u16(k, ch->version_max);
  key_u16(k, (uint16_t)(ch->present & 0xffff));
  key_u16(k, (uint16_t)(ch->present >> 16 & 0xffff));
  key_u16(k, (uint16_t)(ch->present >> 32 & 0xffff));
  key_u16(k, (uint16_t)(ch->present >> 48));
  if (ch->format == TLSDIAG_FORMAT_SSLV2) {
    key_raw(k, &ch->cipher_suites); /* three bytes each */
  } else {
    key_list(k, &ch->cipher_suites);
  }
  key_u16(k, ch->num_extensions);
  tlsdiag_iter_init(&it, &ch->extensions);
  while (tlsdiag_next_extension(&it, &ch->extensions, &ext)) {
    key_u16(k, ext.type);
  }
  key_list(k, &ch->supported_groups);
  key_list(k, &ch->signature_algorithms);
  key_list(k, &ch->supported_versions);
  key_raw(k, &ch->ec_point_formats);
  key_raw(k, &ch->alpn);
}

static size_t key_place(const struct key *k)
{
  uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a over words */
  uint64_t word;
  size_t i;

  for (i = 0; i + sizeof word <= k->len; i += sizeof word) {
    memcpy(&word, k->bytes + i, sizeof word);
    hash = (hash ^ word) * 0x100000001b3u;
    hash ^= hash >> 31;
  }
  for (; i < k->len; i++) {
    hash = (hash ^ k->bytes[i]) * 0x100000001b3u;
  }
  return (size_t)((hash ^ hash >> 32) % PRINTS_FAMILIES);
}

static void compute(const tlsdiag_client_hello *ch, struct prints *out)
{
  if (tlsdiag_ja3(ch, out->ja3, sizeof out->ja3) != TLSDIAG_STATUS_OK) {
    out->ja3[0] = '\0';
  }
  if (tlsdiag_ja4(ch, out->ja4, sizeof out->ja4) != TLSDIAG_STATUS_OK) {
    out->ja4[0] = '\0';
  }
}

void prints_of(struct prints_memory *memory, const tlsdiag_client_hello *ch,
               struct prints *out)
{
  struct family *family;
  struct key key;

  if (memory == NULL) {
    compute(ch, out);
    return;
  }
  key_make(&key, ch);
  if (key.len > PRINTS_KEY) {
    compute(ch, out);
    return;
  }
  family = &memory->family[key_place(&key)];
  if (family->key_len != key.len ||
      memcmp(family->key, key.bytes, key.len) != 0) {
    compute(ch, &family->prints);
    family->key_len = (uint16_t)key.len;
    memcpy(family->key, key.bytes, key.len);
  }
  *out = family->prints;
}
