/* wire_build.c: building messages byte by byte for the tests of the wire. */
#include "wire_build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const wire_names[] = {
    "chromium156.bin",
    "chromium156_b.bin",
    "chromium156_c.bin",
    "curl788_openssl.bin",
    "firefox153esr.bin",
    "gnutls37_cli.bin",
    "gnutls37_cli_legacy_tls10.bin",
    "go119_crypto_tls.bin",
    "java17_jsse.bin",
    "java25_jsse.bin",
    "mbedtls228.bin",
    "node20_tls.bin",
    "nss387_tstclnt.bin",
    "openssl30_all_ciphers.bin",
    "openssl30_onecipher_tls12.bin",
    "openssl30_psk_resume.bin",
    "openssl30_sclient_nosni.bin",
    "openssl30_sclient_sni.bin",
    "openssl30_tls10only.bin",
    "openssl30_tls11_fallback_scsv.bin",
    "openssl30_tls12only.bin",
    "python311_ssl.bin",
    "wolfssl55.bin",
    "wolfssl55_tls12.bin",
    "synth_200ext.bin",
    "synth_4000ext_16k.bin",
    "synth_chromium_3records.bin",
    "synth_openssl_ticket12k.bin",
    "synth_sslv2compat.bin",
    "synth_sslv3_only.bin",
    NULL,
};

void wire_u8(struct wire *w, unsigned value)
{
  if (w->len == sizeof w->bytes) {
    abort();
  }
  w->bytes[w->len++] = (uint8_t)value;
}

void wire_u16(struct wire *w, unsigned value)
{
  wire_u8(w, value >> 8);
  wire_u8(w, value & 0xff);
}

void wire_u24(struct wire *w, unsigned value)
{
  wire_u8(w, value >> 16);
  wire_u16(w, value & 0xffff);
}

void wire_bytes(struct wire *w, const void *bytes, size_t len)
{
  const uint8_t *p = bytes;
  size_t i;

  for (i = 0; i < len; i++) {
    wire_u8(w, p[i]);
  }
}

size_t wire_open(struct wire *w, unsigned width)
{
  size_t place = w->len;

  while (width-- != 0) {
    wire_u8(w, 0);
  }
  return place;
}

void wire_close(struct wire *w, size_t place, unsigned width)
{
  size_t len = w->len - place - width;

  while (width-- != 0) {
    w->bytes[place + width] = (uint8_t)len;
    len >>= 8;
  }
}

void wire_hello(struct wire *w, unsigned format, const void *extensions,
                size_t len)
{
  size_t message;
  size_t fragment = 0;
  size_t i;

  wire_u8(w, 1);
  message = wire_open(w, 3);
  if (format == TLSDIAG_FORMAT_DTLS) {
    wire_u16(w, 0);
    wire_u24(w, 0);
    fragment = wire_open(w, 3);
  }
  wire_u16(w, format == TLSDIAG_FORMAT_DTLS ? 0xfefd : 0x0303);
  for (i = 0; i < 32; i++) {
    wire_u8(w, 0xa0 + (unsigned)i);
  }
  wire_u8(w, 0);
  if (format == TLSDIAG_FORMAT_DTLS) {
    wire_u8(w, 2);
    wire_u16(w, 0xc00c);
  }
  wire_u16(w, 4);
  wire_u16(w, 0xc02f);
  wire_u16(w, 0x1301);
  wire_u16(w, 0x0100);
  wire_u16(w, (unsigned)len);
  wire_bytes(w, extensions, len);
  wire_close(w, message, 3);
  if (format == TLSDIAG_FORMAT_DTLS) {
    /* The message's length counts from behind the whole header. */
    wire_close(w, fragment, 3);
    memcpy(w->bytes + message, w->bytes + fragment, 3);
  }
}

void wire_server_hello(struct wire *w, const uint8_t random[32],
                       const void *extensions, size_t len)
{
  size_t message;

  wire_u8(w, 2);
  message = wire_open(w, 3);
  wire_u16(w, 0x0303);
  wire_bytes(w, random, 32);
  wire_u8(w, 0);
  wire_u16(w, 0x1302);
  wire_u8(w, 0);
  wire_u16(w, (unsigned)len);
  wire_bytes(w, extensions, len);
  wire_close(w, message, 3);
}

void wire_extension(struct wire *w, unsigned type, const void *body, size_t len)
{
  wire_u16(w, type);
  wire_u16(w, (unsigned)len);
  wire_bytes(w, body, len);
}

void wire_record(struct wire *w, unsigned type, unsigned version,
                 const void *content, size_t len)
{
  wire_u8(w, type);
  wire_u16(w, version);
  wire_u16(w, (unsigned)len);
  wire_bytes(w, content, len);
}

void wire_load(struct wire *w, const char *name)
{
  char path[256];
  FILE *f;

  snprintf(path, sizeof path, "tests/captures/hellos/%s", name);
  f = fopen(path, "rb");
  if (f == NULL) {
    perror(path);
    abort();
  }
  w->len = fread(w->bytes, 1, sizeof w->bytes, f);
  fclose(f);
}

uint8_t *wire_copy(const uint8_t *bytes, size_t len)
{
  uint8_t *copy = malloc(len != 0 ? len : 1);

  if (copy == NULL) {
    abort();
  }
  if (len != 0) {
    memcpy(copy, bytes, len);
  }
  return copy;
}
