/* wire_compare_test.c: fingerprints, predictions and differences. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "md5.h"
#include "sha256.h"
#include "u16scan.h"
#include "wire_build.h"

static struct wire extensions;
static struct wire message;

/* Decodes what is in `message`, or stops the test. */
static void decode(unsigned format, tlsdiag_client_hello *ch)
{
  ch->size = sizeof *ch;
  cr_assert_eq(
      tlsdiag_client_hello_decode(message.bytes, message.len, format, ch, NULL),
      TLSDIAG_STATUS_OK);
}

/* A hello with these suites and the extensions put so far. */
static void make(tlsdiag_client_hello *ch, const uint16_t *suites,
                 size_t num_suites)
{
  size_t length;
  size_t i;

  message.len = 0;
  wire_u8(&message, 1);
  length = wire_open(&message, 3);
  wire_u16(&message, 0x0303);
  for (i = 0; i < 32; i++) {
    wire_u8(&message, 7);
  }
  wire_u8(&message, 0);
  wire_u16(&message, (unsigned)(2 * num_suites));
  for (i = 0; i < num_suites; i++) {
    wire_u16(&message, suites[i]);
  }
  wire_u16(&message, 0x0100);
  wire_u16(&message, (unsigned)extensions.len);
  wire_bytes(&message, extensions.bytes, extensions.len);
  wire_close(&message, length, 3);
  decode(TLSDIAG_FORMAT_TLS, ch);
}

static void load(const char *name, tlsdiag_client_hello *ch,
                 struct wire *stream)
{
  tlsdiag_bytes msg;

  wire_load(stream, name);
  cr_assert_eq(
      tlsdiag_find_handshake(stream->bytes, stream->len, NULL, 0, &msg, NULL),
      0);
  ch->size = sizeof *ch;
  cr_assert_eq(tlsdiag_client_hello_decode(msg.ptr, msg.len, TLSDIAG_FORMAT_TLS,
                                           ch, NULL),
               0);
}

/* ---- hashes ---- */

static void check_hex(const uint8_t *digest, size_t len, const char *wanted)
{
  char text[65];
  size_t i;

  for (i = 0; i < len; i++) {
    snprintf(text + 2 * i, 3, "%02x", digest[i]);
  }
  cr_assert_str_eq(text, wanted);
}

/* The vectors of RFC 1321 appendix A.5 and FIPS 180. */
Test(wire_compare, md5_and_sha256)
{
  static const char *const texts[][3] = {
      {"", "d41d8cd98f00b204e9800998ecf8427e",
       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "900150983cd24fb0d6963f7d28e17f72",
       "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"1234567890123456789012345678901234567890"
       "1234567890123456789012345678901234567890",
       "57edf4a22be3c955ac49da2e2107b67a",
       "f371bc4a311f2b009eef952dd83ca80e2b60026c8e935592d0f9c308453c813e"},
  };
  size_t i;

  for (i = 0; i < 3; i++) {
    struct md5 md5;
    struct sha256 sha;
    uint8_t digest[SHA256_LEN];
    size_t len = strlen(texts[i][0]);

    md5_init(&md5);
    md5_update(&md5, texts[i][0], len / 2);
    md5_update(&md5, texts[i][0] + len / 2, len - len / 2);
    md5_final(&md5, digest);
    check_hex(digest, MD5_LEN, texts[i][1]);
    sha256_init(&sha);
    sha256_update(&sha, texts[i][0], len / 3);
    sha256_update(&sha, texts[i][0] + len / 3, len - len / 3);
    sha256_final(&sha, digest);
    check_hex(digest, SHA256_LEN, texts[i][2]);
  }
}

/* GREASE at every place of lists of every length. */
Test(wire_compare, grease_is_seen_anywhere)
{
  uint8_t bytes[80];
  size_t len;
  size_t at;

  for (len = 0; len <= sizeof bytes; len++) {
    struct rd_fault fault = {0, 0, 0, 0};
    struct reader r;

    memset(bytes, 0x0a, sizeof bytes);
    for (at = 0; at < len; at += 2) {
      bytes[at] = 0x1a; /* 0x1a0a looks like GREASE and is not */
    }
    rd_init(&r, bytes, len, &fault);
    cr_assert(!u16_list_has_grease(r), "%zu", len);
    cr_assert(!wire_plain_has_grease(bytes, len), "%zu", len);
    for (at = 0; at + 1 < len; at += 2) {
      bytes[at + 1] = 0x1a;
      cr_assert(u16_list_has_grease(r), "%zu of %zu", at, len);
      cr_assert(wire_plain_has_grease(bytes, len), "%zu of %zu", at, len);
      bytes[at + 1] = 0x0a;
    }
  }
}

Test(wire_compare, signalling_suites_are_seen_anywhere)
{
  uint16_t suites[21];
  size_t count;
  size_t at;

  extensions.len = 0;
  for (count = 1; count <= 21; count++) {
    for (at = 0; at < count; at++) {
      tlsdiag_client_hello ch;
      size_t i;

      for (i = 0; i < count; i++) {
        suites[i] = (uint16_t)(0xc02b + i);
      }
      suites[at] = 0x5600;
      make(&ch, suites, count);
      cr_assert_eq(ch.present >> TLSDIAG_HAS_FALLBACK_SCSV, 1, "%zu of %zu", at,
                   count);
      suites[at] = 0x00ff;
      make(&ch, suites, count);
      cr_assert_eq(ch.present >> TLSDIAG_HAS_FALLBACK_SCSV, 2, "%zu of %zu", at,
                   count);
      suites[at] = 0x9a9a;
      make(&ch, suites, count);
      cr_assert_eq(ch.present >> TLSDIAG_HAS_FALLBACK_SCSV, 4, "%zu of %zu", at,
                   count);
    }
  }
}

/* ---- fingerprints ---- */

/* The example that JA4's own description works out: Chromium's suites and
 * extensions with GREASE among them. */
Test(wire_compare, ja4_of_the_published_example)
{
  static const uint16_t suites[] = {
      0x8a8a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030,
      0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035};
  static const uint8_t name[] = {0, 4, 0, 0, 1, 'a'};
  static const uint8_t schemes[] = {0, 16, 4, 3, 8, 4, 4, 1, 5,
                                    3, 8,  5, 5, 1, 8, 6, 6, 1};
  tlsdiag_client_hello ch;
  char text[37];

  extensions.len = 0;
  wire_extension(&extensions, 0x4a4a, NULL, 0);
  wire_extension(&extensions, 0x001b, "\2\0\2", 3);
  wire_extension(&extensions, 0x0000, name, sizeof name);
  wire_extension(&extensions, 0x0033, "\0\0", 2);
  wire_extension(&extensions, 0x0010, "\0\3\2h2", 5);
  wire_extension(&extensions, 0x4469, "\0\3\2h2", 5);
  wire_extension(&extensions, 0x0017, NULL, 0);
  wire_extension(&extensions, 0x002d, "\1\1", 2);
  wire_extension(&extensions, 0x000d, schemes, sizeof schemes);
  wire_extension(&extensions, 0x0005, "\1\0\0\0\0", 5);
  wire_extension(&extensions, 0x0023, NULL, 0);
  wire_extension(&extensions, 0x0012, NULL, 0);
  wire_extension(&extensions, 0x002b, "\4\3\4\3\3", 5);
  wire_extension(&extensions, 0xff01, "\0", 1);
  wire_extension(&extensions, 0x000b, "\1\0", 2);
  wire_extension(&extensions, 0x000a, "\0\2\0\x1d", 4);
  wire_extension(&extensions, 0x3a3a, NULL, 0);
  wire_extension(&extensions, 0x0015, "\0", 1);
  make(&ch, suites, sizeof suites / sizeof suites[0]);
  cr_assert_eq(tlsdiag_ja4(&ch, text, sizeof text), 0);
  cr_assert_str_eq(text, "t13d1516h2_8daaf6152771_e5627efa2ab1");
}

static void check_alpn(const void *body, size_t len, const char *wanted)
{
  static const uint16_t suite = 0x1301;
  tlsdiag_client_hello ch;
  char text[37];

  extensions.len = 0;
  wire_extension(&extensions, 16, body, len);
  make(&ch, &suite, 1);
  cr_assert_eq(tlsdiag_ja4(&ch, text, sizeof text), 0);
  cr_assert_eq(memcmp(text, "t12i0101", 8), 0);
  cr_assert_eq(memcmp(text + 8, wanted, 2), 0, "%.2s", text + 8);
  cr_assert_eq(memcmp(text + 10, "_", 1), 0);
  cr_assert_str_eq(text + 24, "000000000000");
}

Test(wire_compare, ja4_alpn)
{
  check_alpn("\0\3\2h2", 5, "h2");
  check_alpn("\0\x9\10http/1.1", 11, "h1");
  check_alpn("\0\2\1x", 4, "xx");
  check_alpn("\0\2\1\xab", 4, "ab");
  check_alpn("\0\3\2\xab\xcd", 5, "ad");
  check_alpn("\0\3\2"
             "0\xab",
             5, "3b");
  check_alpn("\0\4\3"
             "0\xab"
             "2",
             6, "02");
  check_alpn("\0\3\2\x0a\x0a", 5, "0a");
  check_alpn("\0\0", 2, "00");
}

Test(wire_compare, ja4_of_other_transports)
{
  tlsdiag_client_hello ch;
  char text[37];
  static const uint16_t suite = 0x1301;

  message.len = 0;
  wire_hello(&message, TLSDIAG_FORMAT_DTLS, NULL, 0);
  decode(TLSDIAG_FORMAT_DTLS, &ch);
  cr_assert_eq(tlsdiag_ja4(&ch, text, sizeof text), 0);
  cr_assert_eq(memcmp(text, "dd2i020000_", 11), 0);
  cr_assert_str_eq(text + 24, "000000000000");
  extensions.len = 0;
  wire_extension(&extensions, 57, NULL, 0);
  wire_extension(&extensions, 43, "\2\3\4", 3);
  make(&ch, &suite, 1);
  cr_assert_eq(tlsdiag_ja4(&ch, text, sizeof text), 0);
  cr_assert_eq(memcmp(text, "q13i010200_", 11), 0);
}

Test(wire_compare, fingerprints_need_room)
{
  static struct wire stream;
  tlsdiag_client_hello ch;
  char text[37];

  load("curl788_openssl.bin", &ch, &stream);
  cr_assert_eq(tlsdiag_ja4(&ch, text, 36), TLSDIAG_STATUS_E_STORAGE);
  cr_assert_eq(tlsdiag_ja3(&ch, text, 32), TLSDIAG_STATUS_E_STORAGE);
  cr_assert_eq(tlsdiag_ja3(&ch, NULL, 33), TLSDIAG_STATUS_E_USAGE);
  cr_assert_eq(tlsdiag_ja3(&ch, text, 33), TLSDIAG_STATUS_OK);
  cr_assert_eq(strlen(text), 32);
  ch.size = 3;
  cr_assert_eq(tlsdiag_ja4(&ch, text, 37), TLSDIAG_STATUS_E_USAGE);
}

/* A hello of 4,000 extensions is sorted too, and in time. */
Test(wire_compare, ja4_of_a_huge_hello)
{
  static struct wire stream;
  tlsdiag_client_hello ch;
  char text[37];

  load("synth_4000ext_16k.bin", &ch, &stream);
  cr_assert_eq(tlsdiag_ja4(&ch, text, sizeof text), 0);
  cr_assert_eq(memcmp(text, "t12d289900_", 11), 0, "%s", text);
}

/* ---- predictions ---- */

static const uint16_t modern_suites[] = {0x1301, 0x1302, 0xc02b, 0xc02f};
static const uint16_t old_suites[] = {0x002f, 0x0035, 0x000a};
static const uint16_t groups_p256[] = {23};
static const uint16_t groups_x448[] = {30};
static const uint16_t groups_p384[] = {24};
static const uint16_t schemes_rsa[] = {0x0804, 0x0401};
static const uint16_t schemes_ed[] = {0x0807};

static tlsdiag_policy policy(void)
{
  tlsdiag_policy p;

  memset(&p, 0, sizeof p);
  p.size = sizeof p;
  p.version_min = 0x0303;
  p.version_max = 0x0304;
  p.flags = TLSDIAG_POLICY_RSA_CERTIFICATE;
  return p;
}

static tlsdiag_prediction predict(const char *name, const tlsdiag_policy *p)
{
  static struct wire stream;
  tlsdiag_client_hello ch;
  tlsdiag_prediction out;

  load(name, &ch, &stream);
  memset(&out, 0xee, sizeof out);
  out.size = sizeof out;
  cr_assert_eq(tlsdiag_predict(&ch, p, &out), TLSDIAG_STATUS_OK);
  return out;
}

Test(wire_compare, predict_success)
{
  tlsdiag_policy p = policy();
  tlsdiag_prediction out = predict("firefox153esr.bin", &p);

  cr_assert_eq(out.cause, TLSDIAG_CAUSE_NONE);
  cr_assert_eq(out.version, 0x0304);
  cr_assert_eq(out.cipher_suite, 0x1301);
  cr_assert_eq(out.group, 0x11ec);
  cr_assert_eq(out.signature_algorithm, 0x0804);
  cr_assert_eq(out.alert, 0xffff);
  p.version_max = 0x0303;
  p.groups = groups_p256;
  p.num_groups = 1;
  out = predict("firefox153esr.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_NONE);
  cr_assert_eq(out.version, 0x0303);
  cr_assert_eq(out.cipher_suite, 0xc02f);
  cr_assert_eq(out.group, 23);
  out = predict("openssl30_sclient_sni.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_NONE);
}

/* A group without a share costs a round trip, no more. */
Test(wire_compare, predict_retry)
{
  tlsdiag_policy p = policy();
  tlsdiag_prediction out;

  p.groups = groups_p384;
  p.num_groups = 1;
  out = predict("openssl30_sclient_sni.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_NONE);
  cr_assert_eq(out.group, 24);
}

Test(wire_compare, predict_versions)
{
  tlsdiag_policy p = policy();
  tlsdiag_prediction out = predict("openssl30_tls10only.bin", &p);

  cr_assert_eq(out.cause, TLSDIAG_CAUSE_VERSION_CLIENT_TOO_OLD);
  cr_assert_eq(out.alert, 70);
  cr_assert_eq(out.cipher_suite, 0);
  p.version_min = 0x0300;
  p.version_max = 0x0302;
  out = predict("go119_crypto_tls.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_VERSION_SERVER_TOO_OLD);
  p.version_min = 0x0304;
  p.version_max = 0;
  out = predict("mbedtls228.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_VERSION_CLIENT_TOO_OLD);
  p.version_min = 0;
  out = predict("mbedtls228.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_NONE);
  cr_assert_eq(out.version, 0x0303);
}

Test(wire_compare, predict_fallback)
{
  tlsdiag_policy p = policy();
  tlsdiag_prediction out;

  p.version_min = 0x0301;
  out = predict("openssl30_tls11_fallback_scsv.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_INAPPROPRIATE_FALLBACK);
  cr_assert_eq(out.alert, 86);
  p.version_max = 0x0302;
  out = predict("openssl30_tls11_fallback_scsv.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_NONE);
  p.version_max = 0x0304;
  p.flags |= TLSDIAG_POLICY_IGNORES_FALLBACK_SCSV;
  out = predict("openssl30_tls11_fallback_scsv.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_NONE);
}

Test(wire_compare, predict_what_servers_insist_on)
{
  tlsdiag_policy p = policy();
  tlsdiag_prediction out;

  p.flags |= TLSDIAG_POLICY_REQUIRES_SNI;
  out = predict("openssl30_sclient_nosni.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_SNI_MISSING);
  cr_assert_eq(out.alert, 112);
  out = predict("openssl30_sclient_sni.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_NONE);

  p = policy();
  p.flags |= TLSDIAG_POLICY_REQUIRES_EMS;
  out = predict("go119_crypto_tls.bin", &p); /* TLS 1.3 has it built in */
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_NONE);
  p.version_max = 0x0303;
  out = predict("go119_crypto_tls.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_EXTENDED_MASTER_SECRET_REQUIRED);

  p = policy();
  p.flags |= TLSDIAG_POLICY_REQUIRES_ALPN;
  p.alpn = (const uint8_t *)"\2h3\2h2";
  p.num_alpn_bytes = 6;
  out = predict("curl788_openssl.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_NONE);
  p.num_alpn_bytes = 3;
  out = predict("curl788_openssl.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_NO_APPLICATION_PROTOCOL);
  cr_assert_eq(out.alert, 120);
}

Test(wire_compare, predict_parameters)
{
  tlsdiag_policy p = policy();
  tlsdiag_prediction out;

  p.cipher_suites = old_suites;
  p.num_cipher_suites = 2;
  p.version_max = 0x0303;
  out = predict("openssl30_onecipher_tls12.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_NO_SHARED_CIPHER);
  cr_assert_eq(out.alert, 40);
  p.cipher_suites = modern_suites;
  p.num_cipher_suites = 4;
  p.version_max = 0x0303;
  p.groups = groups_x448;
  p.num_groups = 1;
  out = predict("firefox153esr.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_NO_SHARED_GROUP);
  p.version_max = 0x0304;
  out = predict("firefox153esr.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_NO_SHARED_GROUP);

  p = policy();
  p.flags = TLSDIAG_POLICY_NO_CERTIFICATE;
  out = predict("firefox153esr.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_NO_USABLE_SERVER_CERTIFICATE);
  p.flags = TLSDIAG_POLICY_ECDSA_CERTIFICATE;
  p.cipher_suites = modern_suites + 3; /* ECDHE with RSA only */
  p.num_cipher_suites = 1;
  p.version_max = 0x0303;
  out = predict("firefox153esr.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_NO_USABLE_SERVER_CERTIFICATE);

  p = policy();
  p.signature_algorithms = schemes_ed;
  p.num_signature_algorithms = 1;
  out = predict("firefox153esr.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_NO_SHARED_SIGNATURE_ALGORITHM);
  p.signature_algorithms = schemes_rsa + 1; /* PKCS#1: not in TLS 1.3 */
  out = predict("firefox153esr.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_NO_SHARED_SIGNATURE_ALGORITHM);
  p.version_max = 0x0303;
  out = predict("firefox153esr.bin", &p);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_NONE);
  cr_assert_eq(out.signature_algorithm, 0x0401);
}

/* RFC 8446 section 4.2.3 ties a signature to a curve; RFC 8422 section 5.1
 * wants a certificate's curve among the groups. */
Test(wire_compare, predict_curve)
{
  static const uint16_t ecdsa_suite[] = {0xc02b};
  tlsdiag_policy p = policy();
  static const uint16_t p256_sha256[] = {0x0403};

  p.flags = TLSDIAG_POLICY_ECDSA_CERTIFICATE;
  p.signature_algorithms = p256_sha256;
  p.num_signature_algorithms = 1;
  p.ecdsa_group = 23;
  cr_assert_eq(predict("firefox153esr.bin", &p).cause, TLSDIAG_CAUSE_NONE);
  p.ecdsa_group = 24;
  cr_assert_eq(predict("firefox153esr.bin", &p).cause,
               TLSDIAG_CAUSE_NO_SHARED_SIGNATURE_ALGORITHM);
  p.version_max = 0x0303;
  cr_assert_eq(predict("firefox153esr.bin", &p).cause, TLSDIAG_CAUSE_NONE);
  p.cipher_suites = ecdsa_suite;
  p.num_cipher_suites = 1;
  p.ecdsa_group = 26; /* brainpoolP256r1 */
  cr_assert_eq(predict("firefox153esr.bin", &p).cause,
               TLSDIAG_CAUSE_NO_USABLE_SERVER_CERTIFICATE);
}

Test(wire_compare, predict_missing_extension)
{
  static const uint16_t suite = 0x1301;
  tlsdiag_policy p = policy();
  tlsdiag_client_hello ch;
  tlsdiag_prediction out;

  extensions.len = 0;
  wire_extension(&extensions, 43, "\2\3\4", 3);
  make(&ch, &suite, 1);
  out.size = sizeof out;
  cr_assert_eq(tlsdiag_predict(&ch, &p, &out), 0);
  cr_assert_eq(out.cause, TLSDIAG_CAUSE_MISSING_EXTENSION);
  cr_assert_eq(out.alert, 109);
  cr_assert_eq(tlsdiag_predict(&ch, NULL, &out), TLSDIAG_STATUS_E_USAGE);
  cr_assert_eq(tlsdiag_predict(NULL, &p, &out), TLSDIAG_STATUS_E_USAGE);
  cr_assert_eq(tlsdiag_predict(&ch, &p, NULL), TLSDIAG_STATUS_E_USAGE);
}

/* ---- differences ---- */

static size_t count_of(const tlsdiag_difference *list, size_t len, unsigned has,
                       unsigned only_in)
{
  size_t count = 0;
  size_t i;

  for (i = 0; i < len; i++) {
    count += list[i].has == has && list[i].only_in == only_in;
  }
  return count;
}

Test(wire_compare, diff_of_two_clients)
{
  static struct wire streams[2];
  tlsdiag_client_hello a;
  tlsdiag_client_hello b;
  tlsdiag_difference all[400];
  tlsdiag_difference few[5];
  size_t num_all = 400;
  size_t num_few = 5;
  size_t none = 0;
  size_t i;

  load("openssl30_sclient_sni.bin", &a, &streams[0]);
  load("go119_crypto_tls.bin", &b, &streams[1]);
  cr_assert_eq(tlsdiag_hello_diff(&a, &b, all, &num_all), 0);
  cr_assert(num_all > 10 && num_all < 400);
  cr_assert_eq(all[0].has, TLSDIAG_HAS_EXTENSIONS);
  cr_assert_eq(all[0].value, 23); /* only go lacks it */
  cr_assert_eq(all[0].only_in, 0);
  for (i = 1; i < num_all; i++) {
    cr_assert(all[i].weight <= all[i - 1].weight);
  }
  cr_assert(count_of(all, num_all, TLSDIAG_HAS_CIPHER_SUITES, 0) > 5);
  cr_assert(count_of(all, num_all, TLSDIAG_HAS_SUPPORTED_VERSIONS, 0) == 2);
  cr_assert_eq(tlsdiag_hello_diff(&a, &b, few, &num_few), 0);
  cr_assert_eq(num_few, num_all);
  cr_assert_eq(memcmp(few, all, sizeof few), 0);
  cr_assert_eq(tlsdiag_hello_diff(&a, &b, NULL, &none), 0);
  cr_assert_eq(none, num_all);
}

Test(wire_compare, diff_of_the_same)
{
  static struct wire streams[2];
  tlsdiag_client_hello a;
  tlsdiag_client_hello b;
  tlsdiag_difference list[16];
  size_t count = 16;

  load("chromium156.bin", &a, &streams[0]);
  load("chromium156.bin", &b, &streams[1]);
  cr_assert_eq(tlsdiag_hello_diff(&a, &b, list, &count), 0);
  cr_assert_eq(count, 0);
  load("chromium156_c.bin", &b, &streams[1]);
  count = 16;
  cr_assert_eq(tlsdiag_hello_diff(&a, &b, list, &count), 0);
  cr_assert_eq(count, 1); /* it permutes its extensions */
  cr_assert_eq(list[0].has, TLSDIAG_HAS_EXTENSIONS);
  cr_assert_eq(list[0].only_in, 2);
}

Test(wire_compare, diff_of_size_and_name)
{
  static struct wire streams[2];
  static const uint8_t other[] = {0, 4, 0, 0, 1, 'a'};
  static const uint16_t suite = 0x1301;
  tlsdiag_client_hello a;
  tlsdiag_client_hello b;
  tlsdiag_difference list[200];
  size_t count = 200;

  load("chromium156.bin", &a, &streams[0]);
  load("curl788_openssl.bin", &b, &streams[1]);
  cr_assert_eq(tlsdiag_hello_diff(&a, &b, list, &count), 0);
  cr_assert_eq(count_of(list, count, TLSDIAG_HAS_PADDING, 0), 1);
  extensions.len = 0;
  wire_extension(&extensions, 0, other, sizeof other);
  make(&b, &suite, 1);
  count = 200;
  cr_assert_eq(tlsdiag_hello_diff(&a, &b, list, &count), 0);
  cr_assert_eq(count_of(list, count, TLSDIAG_HAS_SERVER_NAME, 2), 1);
  cr_assert_eq(tlsdiag_hello_diff(&a, NULL, list, &count),
               TLSDIAG_STATUS_E_USAGE);
  cr_assert_eq(tlsdiag_hello_diff(&a, &b, NULL, &count),
               TLSDIAG_STATUS_E_USAGE);
}
