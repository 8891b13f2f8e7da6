/* wire_decode_test.c: ClientHello and ServerHello, whole, odd and broken. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "wire_build.h"

static struct wire extensions;
static struct wire message;

static const uint8_t retry_random[32] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
    0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
    0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

static int has(uint64_t present, unsigned what)
{
  return (present >> what & 1) != 0;
}

static int is_name(tlsdiag_bytes name, const char *text)
{
  return name.len == strlen(text) && memcmp(name.ptr, text, name.len) == 0;
}

static int inside(tlsdiag_bytes view, const uint8_t *bytes, size_t len)
{
  return view.len == 0 ||
         (view.ptr >= bytes && view.ptr + view.len <= bytes + len);
}

/* Every view of a ClientHello lies inside the message. */
static void check_views(const tlsdiag_client_hello *ch, const uint8_t *bytes,
                        size_t len)
{
  const tlsdiag_bytes *view = &ch->message;

  for (; view <= &ch->application_settings; view++) {
    cr_assert(inside(*view, bytes, len));
  }
}

static int decode(const struct wire *w, unsigned format,
                  tlsdiag_client_hello *ch, tlsdiag_where *where)
{
  static uint8_t *copy;

  free(copy); /* the one before; this one must outlive the views */
  copy = wire_copy(w->bytes, w->len);
  memset(ch, 0xee, sizeof *ch);
  ch->size = sizeof *ch;
  return tlsdiag_client_hello_decode(copy, w->len, format, ch, where);
}

/* Decodes a hello with these extensions. */
static int decode_with(tlsdiag_client_hello *ch, tlsdiag_where *where)
{
  message.len = 0;
  wire_hello(&message, TLSDIAG_FORMAT_TLS, extensions.bytes, extensions.len);
  return decode(&message, TLSDIAG_FORMAT_TLS, ch, where);
}

static int has_anomaly(const tlsdiag_anomaly *list, unsigned count,
                       unsigned kind)
{
  unsigned i;

  for (i = 0; i < count && i < TLSDIAG_MAX_ANOMALIES; i++) {
    if (list[i].kind == kind) {
      return 1;
    }
  }
  return 0;
}

/* Loads a captured hello and leaves its message in `message`. */
static unsigned load_message(const char *name)
{
  static struct wire stream;
  static uint8_t scratch[WIRE_MAX];
  tlsdiag_bytes msg;
  unsigned format;

  wire_load(&stream, name);
  cr_assert_eq(tlsdiag_find_handshake(stream.bytes, stream.len, scratch,
                                      sizeof scratch, &msg, NULL),
               TLSDIAG_STATUS_OK, "%s", name);
  format = msg.ptr == stream.bytes ? TLSDIAG_FORMAT_SSLV2 : TLSDIAG_FORMAT_TLS;
  message.len = 0;
  wire_bytes(&message, msg.ptr, msg.len);
  return format;
}

Test(wire_decode, every_captured_hello_is_clean)
{
  tlsdiag_client_hello ch;
  tlsdiag_where where;
  size_t i;

  for (i = 0; wire_names[i] != NULL; i++) {
    unsigned format = load_message(wire_names[i]);

    cr_assert_eq(decode(&message, format, &ch, &where), TLSDIAG_STATUS_OK, "%s",
                 wire_names[i]);
    cr_assert_eq(where.field, TLSDIAG_FIELD_NONE);
    cr_assert_eq(ch.num_anomalies, 0, "%s", wire_names[i]);
    cr_assert_eq(ch.message.len, message.len);
    cr_assert(ch.num_cipher_suites > 0);
  }
}

Test(wire_decode, chromium_field_by_field)
{
  tlsdiag_client_hello ch;
  tlsdiag_iter it;
  tlsdiag_bytes key;
  uint16_t group;
  uint16_t version;

  load_message("chromium156.bin");
  cr_assert_eq(decode(&message, TLSDIAG_FORMAT_TLS, &ch, NULL), 0);
  cr_assert_eq(ch.legacy_version, 0x0303);
  cr_assert_eq(ch.version_min, 0x0303);
  cr_assert_eq(ch.version_max, 0x0304);
  cr_assert_eq(ch.num_cipher_suites, 16);
  cr_assert_eq(ch.num_extensions, 19);
  cr_assert(is_name(ch.server_name, "www.tlsdiag-example.test"));
  cr_assert(has(ch.present, TLSDIAG_HAS_GREASE));
  cr_assert(has(ch.present, TLSDIAG_HAS_ENCRYPTED_CLIENT_HELLO));
  cr_assert(has(ch.present, TLSDIAG_HAS_EXTENDED_MASTER_SECRET));
  cr_assert(has(ch.present, TLSDIAG_HAS_APPLICATION_SETTINGS));
  cr_assert(!has(ch.present, TLSDIAG_HAS_FALLBACK_SCSV));
  cr_assert(!has(ch.present, TLSDIAG_HAS_PRE_SHARED_KEY));
  tlsdiag_iter_init(&it, &ch.supported_versions);
  cr_assert(tlsdiag_next_u16(&it, &version) && tlsdiag_is_grease(version));
  cr_assert(tlsdiag_next_u16(&it, &version) && version == 0x0304);
  tlsdiag_iter_init(&it, &ch.key_shares);
  cr_assert(tlsdiag_next_key_share(&it, &group, &key));
  cr_assert(tlsdiag_is_grease(group) && key.len == 1);
  cr_assert(tlsdiag_next_key_share(&it, &group, &key));
  cr_assert(group == 0x11ec && key.len == 1216);
  cr_assert(tlsdiag_next_key_share(&it, &group, &key));
  cr_assert(group == 29 && key.len == 32);
  cr_assert(!tlsdiag_next_key_share(&it, &group, &key));
}

Test(wire_decode, fallback_and_no_name)
{
  tlsdiag_client_hello ch;

  load_message("openssl30_tls11_fallback_scsv.bin");
  cr_assert_eq(decode(&message, TLSDIAG_FORMAT_TLS, &ch, NULL), 0);
  cr_assert(has(ch.present, TLSDIAG_HAS_FALLBACK_SCSV));
  cr_assert(has(ch.present, TLSDIAG_HAS_RENEGOTIATION_SCSV));
  cr_assert_eq(ch.version_min, 0);
  cr_assert_eq(ch.version_max, 0x0302);
  load_message("openssl30_sclient_nosni.bin");
  cr_assert_eq(decode(&message, TLSDIAG_FORMAT_TLS, &ch, NULL), 0);
  cr_assert(!has(ch.present, TLSDIAG_HAS_SERVER_NAME));
  cr_assert_eq(ch.server_name.len, 0);
}

/* What is kept grows with the message and never contradicts the whole. */
static void check_cut(unsigned format, size_t len,
                      const tlsdiag_client_hello *whole, uint64_t *before)
{
  tlsdiag_client_hello ch;
  tlsdiag_where where;
  uint8_t *copy = wire_copy(message.bytes, len);
  int status;

  ch.size = sizeof ch;
  status = tlsdiag_client_hello_decode(copy, len, format, &ch, &where);
  cr_assert_eq(status, TLSDIAG_STATUS_E_MALFORMED, "at %zu", len);
  cr_assert_neq(where.field, TLSDIAG_FIELD_NONE, "at %zu", len);
  cr_assert(where.offset <= len && where.want > where.have, "at %zu", len);
  cr_assert_eq(where.offset + where.have, len, "at %zu", len);
  cr_assert_eq(ch.present & ~whole->present, 0, "at %zu", len);
  cr_assert_eq(*before & ~ch.present, 0, "at %zu", len);
  check_views(&ch, copy, len);
  *before = ch.present;
  free(copy);
}

Test(wire_decode, cut_at_every_length)
{
  tlsdiag_client_hello whole;
  size_t i;

  for (i = 0; wire_names[i] != NULL; i++) {
    unsigned format = load_message(wire_names[i]);
    uint64_t before = 0;
    size_t step = message.len > 4000 ? 37 : 1;
    size_t len;

    cr_assert_eq(decode(&message, format, &whole, NULL), 0);
    for (len = 0; len < message.len; len += step) {
      check_cut(format, len, &whole, &before);
    }
  }
}

Test(wire_decode, name_survives_a_cut)
{
  tlsdiag_client_hello ch;
  tlsdiag_where where;

  load_message("curl788_openssl.bin");
  message.len = 200;
  cr_assert_eq(decode(&message, TLSDIAG_FORMAT_TLS, &ch, &where),
               TLSDIAG_STATUS_E_MALFORMED);
  cr_assert(has(ch.present, TLSDIAG_HAS_SERVER_NAME));
  cr_assert(!has(ch.present, TLSDIAG_HAS_EXTENSIONS));
  cr_assert(is_name(ch.server_name, "www.tlsdiag-example.test"));
  cr_assert_eq(where.field, TLSDIAG_FIELD_EXTENSIONS);
}

/* ---- a fault in each extension ---- */

struct fault {
  unsigned type;
  unsigned field;
  unsigned has;
  size_t len;
  uint8_t body[16];
};

static const struct fault faults[] = {
    /* server_name: no list; name cut; list longer than the body */
    {0, TLSDIAG_FIELD_SERVER_NAME, TLSDIAG_HAS_SERVER_NAME, 0, {0}},
    {0,
     TLSDIAG_FIELD_SERVER_NAME,
     TLSDIAG_HAS_SERVER_NAME,
     6,
     {0, 4, 0, 0, 9, 'a'}},
    {0, TLSDIAG_FIELD_SERVER_NAME, TLSDIAG_HAS_SERVER_NAME, 3, {0, 9, 0}},
    {1,
     TLSDIAG_FIELD_MAX_FRAGMENT_LENGTH,
     TLSDIAG_HAS_MAX_FRAGMENT_LENGTH,
     0,
     {0}},
    {5, TLSDIAG_FIELD_STATUS_REQUEST, TLSDIAG_HAS_STATUS_REQUEST, 0, {0}},
    {5,
     TLSDIAG_FIELD_STATUS_REQUEST,
     TLSDIAG_HAS_STATUS_REQUEST,
     4,
     {1, 0, 9, 0}},
    {5,
     TLSDIAG_FIELD_STATUS_REQUEST,
     TLSDIAG_HAS_STATUS_REQUEST,
     4,
     {1, 0, 0, 0}},
    {10, TLSDIAG_FIELD_SUPPORTED_GROUPS, TLSDIAG_HAS_SUPPORTED_GROUPS, 1, {0}},
    {10,
     TLSDIAG_FIELD_SUPPORTED_GROUPS,
     TLSDIAG_HAS_SUPPORTED_GROUPS,
     4,
     {0, 4, 0, 29}},
    {11,
     TLSDIAG_FIELD_EC_POINT_FORMATS,
     TLSDIAG_HAS_EC_POINT_FORMATS,
     2,
     {2, 0}},
    {13,
     TLSDIAG_FIELD_SIGNATURE_ALGORITHMS,
     TLSDIAG_HAS_SIGNATURE_ALGORITHMS,
     3,
     {0, 2, 4}},
    {14, TLSDIAG_FIELD_USE_SRTP, TLSDIAG_HAS_USE_SRTP, 4, {0, 2, 0, 1}},
    {15, TLSDIAG_FIELD_HEARTBEAT, TLSDIAG_HAS_HEARTBEAT, 0, {0}},
    {16, TLSDIAG_FIELD_ALPN, TLSDIAG_HAS_ALPN, 4, {0, 2, 3, 'h'}},
    {16, TLSDIAG_FIELD_ALPN, TLSDIAG_HAS_ALPN, 1, {0}},
    {18,
     TLSDIAG_FIELD_FLAG_EXTENSION,
     TLSDIAG_HAS_SIGNED_CERTIFICATE_TIMESTAMP,
     1,
     {0}},
    {22, TLSDIAG_FIELD_FLAG_EXTENSION, TLSDIAG_HAS_ENCRYPT_THEN_MAC, 1, {0}},
    {23,
     TLSDIAG_FIELD_FLAG_EXTENSION,
     TLSDIAG_HAS_EXTENDED_MASTER_SECRET,
     2,
     {0, 0}},
    {27,
     TLSDIAG_FIELD_COMPRESS_CERTIFICATE,
     TLSDIAG_HAS_COMPRESS_CERTIFICATE,
     2,
     {2, 0}},
    {28,
     TLSDIAG_FIELD_RECORD_SIZE_LIMIT,
     TLSDIAG_HAS_RECORD_SIZE_LIMIT,
     1,
     {64}},
    {34,
     TLSDIAG_FIELD_DELEGATED_CREDENTIAL,
     TLSDIAG_HAS_DELEGATED_CREDENTIAL,
     3,
     {0, 4, 4}},
    {41,
     TLSDIAG_FIELD_PRE_SHARED_KEY,
     TLSDIAG_HAS_PRE_SHARED_KEY,
     8,
     {0, 3, 0, 1, 'i', 0, 2, 0}},
    {41, TLSDIAG_FIELD_PRE_SHARED_KEY, TLSDIAG_HAS_PRE_SHARED_KEY, 2, {0, 0}},
    {42, TLSDIAG_FIELD_EARLY_DATA, TLSDIAG_HAS_EARLY_DATA, 1, {0}},
    {43,
     TLSDIAG_FIELD_SUPPORTED_VERSIONS,
     TLSDIAG_HAS_SUPPORTED_VERSIONS,
     3,
     {4, 3, 4}},
    {44, TLSDIAG_FIELD_COOKIE, TLSDIAG_HAS_COOKIE, 3, {0, 2, 1}},
    {45,
     TLSDIAG_FIELD_PSK_KEY_EXCHANGE_MODES,
     TLSDIAG_HAS_PSK_KEY_EXCHANGE_MODES,
     2,
     {2, 1}},
    {47,
     TLSDIAG_FIELD_CERTIFICATE_AUTHORITIES,
     TLSDIAG_HAS_CERTIFICATE_AUTHORITIES,
     5,
     {0, 3, 0, 9, 1}},
    {49, TLSDIAG_FIELD_FLAG_EXTENSION, TLSDIAG_HAS_POST_HANDSHAKE_AUTH, 1, {0}},
    {50,
     TLSDIAG_FIELD_SIGNATURE_ALGORITHMS_CERT,
     TLSDIAG_HAS_SIGNATURE_ALGORITHMS_CERT,
     1,
     {0}},
    {51,
     TLSDIAG_FIELD_KEY_SHARE,
     TLSDIAG_HAS_KEY_SHARE,
     7,
     {0, 5, 0, 29, 0, 2, 1}},
    {51, TLSDIAG_FIELD_KEY_SHARE, TLSDIAG_HAS_KEY_SHARE, 3, {0, 1, 0}},
    {57,
     TLSDIAG_FIELD_QUIC_TRANSPORT_PARAMETERS,
     TLSDIAG_HAS_QUIC_TRANSPORT_PARAMETERS,
     3,
     {1, 4, 0}},
    {57,
     TLSDIAG_FIELD_QUIC_TRANSPORT_PARAMETERS,
     TLSDIAG_HAS_QUIC_TRANSPORT_PARAMETERS,
     10,
     {1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0}},
    {0xfe0d,
     TLSDIAG_FIELD_ENCRYPTED_CLIENT_HELLO,
     TLSDIAG_HAS_ENCRYPTED_CLIENT_HELLO,
     8,
     {0, 0, 1, 0, 1, 7, 0, 9}},
    {0xfe0d,
     TLSDIAG_FIELD_ENCRYPTED_CLIENT_HELLO,
     TLSDIAG_HAS_ENCRYPTED_CLIENT_HELLO,
     0,
     {0}},
    {0xff01,
     TLSDIAG_FIELD_RENEGOTIATION_INFO,
     TLSDIAG_HAS_RENEGOTIATION_INFO,
     2,
     {2, 0}},
    {17613,
     TLSDIAG_FIELD_APPLICATION_SETTINGS,
     TLSDIAG_HAS_APPLICATION_SETTINGS,
     4,
     {0, 2, 2, 'h'}},
    {13172,
     TLSDIAG_FIELD_EXTENSION_BODY,
     TLSDIAG_HAS_NEXT_PROTOCOL_NEGOTIATION,
     1,
     {0}},
};

/* The extensions before and behind the broken one are read all the same. */
Test(wire_decode, a_fault_stays_in_its_extension)
{
  static const uint8_t tickets[] = {1, 2, 3};
  static const uint8_t groups[] = {0, 2, 0, 23};
  size_t i;

  for (i = 0; i < sizeof faults / sizeof faults[0]; i++) {
    const struct fault *f = &faults[i];
    tlsdiag_client_hello ch;
    tlsdiag_where where;
    unsigned other = f->type == 10 ? 50 : 10;

    extensions.len = 0;
    wire_extension(&extensions, 35, tickets, sizeof tickets);
    wire_extension(&extensions, f->type, f->body, f->len);
    wire_extension(&extensions, other, groups, sizeof groups);
    cr_assert_eq(decode_with(&ch, &where), TLSDIAG_STATUS_E_MALFORMED,
                 "row %zu", i);
    cr_assert_eq(where.field, f->field, "row %zu: %u", i, where.field);
    cr_assert(where.offset >= 60 && where.offset <= message.len);
    cr_assert(!has(ch.present, f->has), "row %zu", i);
    cr_assert(has(ch.present, TLSDIAG_HAS_SESSION_TICKET), "row %zu", i);
    cr_assert(has(ch.present, other == 10
                                  ? TLSDIAG_HAS_SUPPORTED_GROUPS
                                  : TLSDIAG_HAS_SIGNATURE_ALGORITHMS_CERT));
    cr_assert(has(ch.present, TLSDIAG_HAS_EXTENSIONS));
    cr_assert_eq(ch.num_extensions, 3);
    cr_assert(has_anomaly(ch.anomalies, ch.num_anomalies,
                          TLSDIAG_ANOMALY_BAD_EXTENSION),
              "row %zu", i);
  }
}

Test(wire_decode, the_first_of_two_faults_is_told)
{
  tlsdiag_client_hello ch;
  tlsdiag_where where;

  extensions.len = 0;
  wire_extension(&extensions, 28, "x", 1);
  wire_extension(&extensions, 23, "x", 1);
  cr_assert_eq(decode_with(&ch, &where), TLSDIAG_STATUS_E_MALFORMED);
  cr_assert_eq(where.field, TLSDIAG_FIELD_RECORD_SIZE_LIMIT);
  cr_assert_eq(where.want, 2);
  cr_assert_eq(where.have, 1);
  cr_assert_eq(ch.num_anomalies, 2);
}

/* ---- odd, not broken ---- */

struct oddity {
  unsigned type;
  unsigned kind;
  size_t len;
  uint8_t body[16];
};

static const struct oddity oddities[] = {
    {10, TLSDIAG_ANOMALY_ODD_LIST, 5, {0, 3, 0, 29, 0}},
    {10, TLSDIAG_ANOMALY_EMPTY_LIST, 2, {0, 0}},
    {10, TLSDIAG_ANOMALY_TRAILING_BYTES, 5, {0, 2, 0, 29, 0}},
    {11, TLSDIAG_ANOMALY_EMPTY_LIST, 1, {0}},
    {13, TLSDIAG_ANOMALY_EMPTY_LIST, 2, {0, 0}},
    {16, TLSDIAG_ANOMALY_EMPTY_LIST, 2, {0, 0}},
    {16, TLSDIAG_ANOMALY_EMPTY_LIST, 3, {0, 1, 0}},
    {28, TLSDIAG_ANOMALY_TRAILING_BYTES, 3, {64, 0, 0}},
    {43, TLSDIAG_ANOMALY_ODD_LIST, 4, {3, 3, 3, 3}},
    {44, TLSDIAG_ANOMALY_EMPTY_LIST, 2, {0, 0}},
    {51, TLSDIAG_ANOMALY_EMPTY_LIST, 6, {0, 4, 0, 29, 0, 0}},
    {0, TLSDIAG_ANOMALY_EMPTY_LIST, 2, {0, 0}},
    {0, TLSDIAG_ANOMALY_ODD_NAME, 5, {0, 3, 0, 0, 0}},
    {0, TLSDIAG_ANOMALY_ODD_NAME, 8, {0, 6, 0, 0, 3, 'a', 0, 'b'}},
    {0,
     TLSDIAG_ANOMALY_ODD_NAME,
     12,
     {0, 10, 0, 0, 7, '1', '.', '2', '.', '3', '.', '4'}},
    {0, TLSDIAG_ANOMALY_ODD_NAME, 8, {0, 6, 0, 0, 3, ':', ':', '1'}},
    {0, TLSDIAG_ANOMALY_NAME_NOT_HOST, 6, {0, 4, 1, 0, 1, 'a'}},
    {0, TLSDIAG_ANOMALY_SEVERAL_NAMES, 10, {0, 8, 0, 0, 1, 'a', 0, 0, 1, 'b'}},
};

Test(wire_decode, odd_bodies_are_anomalies)
{
  size_t i;

  for (i = 0; i < sizeof oddities / sizeof oddities[0]; i++) {
    const struct oddity *o = &oddities[i];
    tlsdiag_client_hello ch;
    tlsdiag_where where;

    extensions.len = 0;
    wire_extension(&extensions, o->type, o->body, o->len);
    cr_assert_eq(decode_with(&ch, &where), TLSDIAG_STATUS_OK, "row %zu", i);
    cr_assert_eq(where.field, TLSDIAG_FIELD_NONE);
    cr_assert(has_anomaly(ch.anomalies, ch.num_anomalies, o->kind), "row %zu",
              i);
    cr_assert(ch.anomalies[0].offset < message.len + 1);
  }
}

Test(wire_decode, names_that_are_names)
{
  static const char *const names[] = {
      "a",
      "xn--bcher-kva.example",
      "_dmarc.example.com",
      "1.2.3.example",
      "4.3.2.1.in-addr.arpa",
      "a.b",
      "UPPER.example",
      "12345678",
  };
  size_t i;

  for (i = 0; i < sizeof names / sizeof names[0]; i++) {
    tlsdiag_client_hello ch;
    struct wire body;
    size_t list;
    size_t name;

    body.len = 0;
    list = wire_open(&body, 2);
    wire_u8(&body, 0);
    name = wire_open(&body, 2);
    wire_bytes(&body, names[i], strlen(names[i]));
    wire_close(&body, name, 2);
    wire_close(&body, list, 2);
    extensions.len = 0;
    wire_extension(&extensions, 0, body.bytes, body.len);
    cr_assert_eq(decode_with(&ch, NULL), TLSDIAG_STATUS_OK);
    cr_assert_eq(ch.num_anomalies, 0, "%s", names[i]);
    cr_assert(is_name(ch.server_name, names[i]));
  }
}

Test(wire_decode, the_first_of_two_names_counts)
{
  static const uint8_t body[] = {0, 8, 0, 0, 1, 'a', 0, 0, 1, 'b'};
  tlsdiag_client_hello ch;

  extensions.len = 0;
  wire_extension(&extensions, 0, body, sizeof body);
  wire_extension(&extensions, 0, "\0\4\0\0\1z", 6);
  cr_assert_eq(decode_with(&ch, NULL), TLSDIAG_STATUS_OK);
  cr_assert(is_name(ch.server_name, "a"));
  cr_assert(has_anomaly(ch.anomalies, ch.num_anomalies,
                        TLSDIAG_ANOMALY_DUPLICATE_EXTENSION));
}

/* Types with a row and without, near and far, in every quarter. */
Test(wire_decode, duplicates_are_exact)
{
  static const unsigned types[] = {0,      10,     17,     57,     58,
                                   0x3374, 0x4469, 0x8000, 0xbbbb, 0xfe0d,
                                   0xff01, 0xffff, 0x0a0a};
  size_t i;

  for (i = 0; i < sizeof types / sizeof types[0]; i++) {
    tlsdiag_client_hello ch;
    unsigned k;

    extensions.len = 0;
    for (k = 0x5000; k < 0x5400; k++) {
      wire_extension(&extensions, k, NULL, 0); /* all different */
    }
    wire_extension(&extensions, types[i], "\0", 1);
    decode_with(&ch, NULL);
    cr_assert(!has_anomaly(ch.anomalies, ch.num_anomalies,
                           TLSDIAG_ANOMALY_DUPLICATE_EXTENSION));
    wire_extension(&extensions, types[i], "\0", 1);
    decode_with(&ch, NULL);
    cr_assert(has_anomaly(ch.anomalies, ch.num_anomalies,
                          TLSDIAG_ANOMALY_DUPLICATE_EXTENSION),
              "type %u", types[i]);
    cr_assert_eq(ch.num_extensions, 1026);
  }
}

Test(wire_decode, all_anomalies_are_counted_and_eight_are_kept)
{
  tlsdiag_client_hello ch;
  unsigned i;

  extensions.len = 0;
  for (i = 0; i < 21; i++) {
    wire_extension(&extensions, 0x7777, NULL, 0);
  }
  cr_assert_eq(decode_with(&ch, NULL), TLSDIAG_STATUS_OK);
  cr_assert_eq(ch.num_anomalies, 20);
  cr_assert_eq(ch.anomalies[7].kind, TLSDIAG_ANOMALY_DUPLICATE_EXTENSION);
  cr_assert_eq(ch.anomalies[1].offset, ch.anomalies[0].offset + 4);
}

/* ---- TLS 1.3 as a whole ---- */

static void put_tls13(void)
{
  extensions.len = 0;
  wire_extension(&extensions, 43, "\2\3\4", 3);
  wire_extension(&extensions, 13, "\0\2\4\3", 4);
}

Test(wire_decode, tls13_needs_its_extensions)
{
  tlsdiag_client_hello ch;

  put_tls13();
  cr_assert_eq(decode_with(&ch, NULL), TLSDIAG_STATUS_OK);
  cr_assert(has_anomaly(ch.anomalies, ch.num_anomalies,
                        TLSDIAG_ANOMALY_TLS13_MISSING_EXTENSION));
  wire_extension(&extensions, 10, "\0\2\0\x1d", 4);
  cr_assert_eq(decode_with(&ch, NULL), TLSDIAG_STATUS_OK);
  cr_assert(has_anomaly(ch.anomalies, ch.num_anomalies,
                        TLSDIAG_ANOMALY_TLS13_MISSING_EXTENSION));
  wire_extension(&extensions, 51, "\0\0", 2);
  cr_assert_eq(decode_with(&ch, NULL), TLSDIAG_STATUS_OK);
  cr_assert_eq(ch.num_anomalies, 0);
}

struct share_case {
  const char *groups;
  size_t groups_len;
  const char *shares;
  size_t shares_len;
  unsigned kind; /* 0: nothing is wrong */
};

static const struct share_case share_cases[] = {
    {"\0\2\0\x1d", 4, "\0\5\0\x1d\0\1x", 7, 0},
    {"\0\4\0\x1d\0\x17", 6, "\0\5\0\x17\0\1x", 7, 0},
    {"\0\4\0\x1d\0\x17", 6, "\0\xa\0\x1d\0\1x\0\x17\0\1x", 12, 0},
    /* another order than the groups' is allowed to servers to bear */
    {"\0\4\0\x1d\0\x17", 6, "\0\xa\0\x17\0\1x\0\x1d\0\1x", 12, 0},
    {"\0\2\0\x1d", 4, "\0\5\0\x17\0\1x", 7,
     TLSDIAG_ANOMALY_KEY_SHARE_NOT_IN_GROUPS},
    {"\0\4\0\x1d\x11\xec", 6, "\0\xa\xfe\x00\0\1x\0\x1d\0\1x", 12,
     TLSDIAG_ANOMALY_KEY_SHARE_NOT_IN_GROUPS},
    {"\0\4\0\x1d\0\x17", 6, "\0\xa\0\x1d\0\1x\0\x1d\0\1x", 12,
     TLSDIAG_ANOMALY_DUPLICATE_KEY_SHARE},
};

Test(wire_decode, key_shares_belong_to_groups)
{
  size_t i;

  for (i = 0; i < sizeof share_cases / sizeof share_cases[0]; i++) {
    const struct share_case *c = &share_cases[i];
    tlsdiag_client_hello ch;

    put_tls13();
    wire_extension(&extensions, 10, c->groups, c->groups_len);
    wire_extension(&extensions, 51, c->shares, c->shares_len);
    cr_assert_eq(decode_with(&ch, NULL), TLSDIAG_STATUS_OK, "row %zu", i);
    cr_assert_eq(ch.num_anomalies, c->kind != 0, "row %zu", i);
    cr_assert_eq(ch.anomalies[0].kind, c->kind, "row %zu", i);
  }
}

Test(wire_decode, psk_is_the_last_extension)
{
  static const char psk[] = "\0\7\0\1i\0\0\0\0\0\3\2bb";
  tlsdiag_client_hello ch;
  tlsdiag_iter it;
  tlsdiag_bytes identity;
  tlsdiag_bytes binder;
  uint32_t age;

  extensions.len = 0;
  wire_extension(&extensions, 41, psk, sizeof psk - 1);
  cr_assert_eq(decode_with(&ch, NULL), TLSDIAG_STATUS_OK);
  cr_assert_eq(ch.num_anomalies, 0);
  tlsdiag_iter_init(&it, &ch.psk_identities);
  cr_assert(tlsdiag_next_psk_identity(&it, &identity, &age));
  cr_assert(is_name(identity, "i") && age == 0);
  tlsdiag_iter_init(&it, &ch.psk_binders);
  cr_assert(tlsdiag_next_name(&it, &binder) && is_name(binder, "bb"));
  wire_extension(&extensions, 23, NULL, 0);
  cr_assert_eq(decode_with(&ch, NULL), TLSDIAG_STATUS_OK);
  cr_assert(has_anomaly(ch.anomalies, ch.num_anomalies,
                        TLSDIAG_ANOMALY_PSK_NOT_LAST));
}

Test(wire_decode, versions_by_age)
{
  tlsdiag_client_hello ch;

  extensions.len = 0; /* GREASE, a draft, 1.2, nonsense */
  wire_extension(&extensions, 43, "\10\x0a\x0a\x7f\x1c\3\3\x55\x55", 9);
  decode_with(&ch, NULL);
  cr_assert_eq(ch.version_max, 0x7f1c);
  cr_assert_eq(ch.version_min, 0x0303);
  cr_assert(has(ch.present, TLSDIAG_HAS_GREASE));
  extensions.len = 0; /* the draft is older than the standard */
  wire_extension(&extensions, 43, "\6\x7f\x1c\3\4\3\1", 7);
  decode_with(&ch, NULL);
  cr_assert_eq(ch.version_max, 0x0304);
  cr_assert_eq(ch.version_min, 0x0301);
  extensions.len = 0; /* DTLS counts downwards */
  wire_extension(&extensions, 43, "\6\xfe\xff\xfe\xfc\xfe\xfd", 7);
  decode_with(&ch, NULL);
  cr_assert_eq(ch.version_max, 0xfefc);
  cr_assert_eq(ch.version_min, 0xfeff);
}

/* ---- fixed fields ---- */

struct patch {
  size_t at;
  uint8_t value;
  unsigned kind;  /* the anomaly, 0: none */
  unsigned field; /* the fault, 0: none */
};

/* Offsets in a hello of wire_hello with one empty extension: version 4,
 * random 6, session_id 38, suites 39, compression 45, extensions 47. */
static const struct patch patches[] = {
    {40, 3, TLSDIAG_ANOMALY_ODD_LIST, 0},
    {46, 1, TLSDIAG_ANOMALY_NO_NULL_COMPRESSION, 0},
    {39, 0xff, 0, TLSDIAG_FIELD_CIPHER_SUITES},
    {38, 0xff, 0, TLSDIAG_FIELD_SESSION_ID},
    {45, 0xff, 0, TLSDIAG_FIELD_COMPRESSION_METHODS},
    {47, 0xff, 0, TLSDIAG_FIELD_EXTENSIONS},
    {48, 3, TLSDIAG_ANOMALY_TRAILING_BYTES, TLSDIAG_FIELD_EXTENSION_TYPE},
    {52, 9, 0, TLSDIAG_FIELD_EXTENSION_BODY},
    {3, 0xff, 0, TLSDIAG_FIELD_HANDSHAKE_BODY},
    {3, 45, TLSDIAG_ANOMALY_LENGTH_MISMATCH, TLSDIAG_FIELD_EXTENSIONS},
};

Test(wire_decode, fixed_fields_one_by_one)
{
  size_t i;

  for (i = 0; i < sizeof patches / sizeof patches[0]; i++) {
    const struct patch *p = &patches[i];
    tlsdiag_client_hello ch;
    tlsdiag_where where;

    extensions.len = 0;
    wire_extension(&extensions, 0x1234, NULL, 0);
    message.len = 0;
    wire_hello(&message, TLSDIAG_FORMAT_TLS, extensions.bytes, extensions.len);
    message.bytes[p->at] = p->value;
    decode(&message, TLSDIAG_FORMAT_TLS, &ch, &where);
    cr_assert_eq(where.field, p->field, "row %zu: %u", i, where.field);
    cr_assert(p->kind == 0 ||
                  has_anomaly(ch.anomalies, ch.num_anomalies, p->kind),
              "row %zu", i);
    cr_assert(has(ch.present, TLSDIAG_HAS_RANDOM));
  }
}

Test(wire_decode, no_suites_and_a_long_session_id)
{
  static const uint8_t none[] = {1, 0, 0, 39, 3, 3};
  tlsdiag_client_hello ch;
  size_t i;

  message.len = 0;
  wire_bytes(&message, none, sizeof none);
  for (i = 0; i < 32; i++) {
    wire_u8(&message, 7);
  }
  wire_bytes(&message, "\0\0\0\1\0", 5);
  cr_assert_eq(decode(&message, TLSDIAG_FORMAT_TLS, &ch, NULL), 0);
  cr_assert(has_anomaly(ch.anomalies, ch.num_anomalies,
                        TLSDIAG_ANOMALY_NO_CIPHER_SUITES));
  cr_assert(!has(ch.present, TLSDIAG_HAS_EXTENSIONS));

  message.len = 0;
  wire_bytes(&message, "\1\0\0\x4c\3\3", 6);
  for (i = 0; i < 32; i++) {
    wire_u8(&message, 7);
  }
  wire_u8(&message, 33);
  for (i = 0; i < 33; i++) {
    wire_u8(&message, 8);
  }
  wire_bytes(&message, "\0\4\0\5\0\4\1\0", 8);
  cr_assert_eq(decode(&message, TLSDIAG_FORMAT_TLS, &ch, NULL), 0);
  cr_assert(has_anomaly(ch.anomalies, ch.num_anomalies,
                        TLSDIAG_ANOMALY_LONG_SESSION_ID));
}

Test(wire_decode, another_message_is_absent)
{
  static const uint8_t finished[] = {20, 0, 0, 1, 0};
  tlsdiag_client_hello ch;
  tlsdiag_server_hello sh;
  tlsdiag_where where;

  ch.size = sizeof ch;
  sh.size = sizeof sh;
  cr_assert_eq(
      tlsdiag_client_hello_decode(finished, 5, TLSDIAG_FORMAT_TLS, &ch, &where),
      TLSDIAG_STATUS_E_ABSENT);
  cr_assert_eq(where.field, TLSDIAG_FIELD_NONE);
  cr_assert_eq(
      tlsdiag_server_hello_decode(finished, 5, TLSDIAG_FORMAT_TLS, &sh, &where),
      TLSDIAG_STATUS_E_ABSENT);
  cr_assert_eq(
      tlsdiag_client_hello_decode(NULL, 0, TLSDIAG_FORMAT_TLS, &ch, &where),
      TLSDIAG_STATUS_E_MALFORMED);
  cr_assert_eq(where.field, TLSDIAG_FIELD_HANDSHAKE_TYPE);
}

/* ---- DTLS and SSLv2 format ---- */

Test(wire_decode, dtls_has_a_cookie)
{
  tlsdiag_client_hello ch;
  tlsdiag_where where;

  extensions.len = 0;
  wire_extension(&extensions, 23, NULL, 0);
  message.len = 0;
  wire_hello(&message, TLSDIAG_FORMAT_DTLS, extensions.bytes, extensions.len);
  cr_assert_eq(decode(&message, TLSDIAG_FORMAT_DTLS, &ch, &where), 0);
  cr_assert_eq(ch.legacy_version, 0xfefd);
  cr_assert_eq(ch.dtls_cookie.len, 2);
  cr_assert(has(ch.present, TLSDIAG_HAS_DTLS_COOKIE));
  cr_assert(has(ch.present, TLSDIAG_HAS_EXTENDED_MASTER_SECRET));

  message.bytes[8] = 4; /* a fragment that does not begin the message */
  cr_assert_eq(decode(&message, TLSDIAG_FORMAT_DTLS, &ch, &where),
               TLSDIAG_STATUS_E_MALFORMED);
  cr_assert_eq(where.field, TLSDIAG_FIELD_DTLS_HEADER);
  cr_assert_eq(ch.present, 0);

  message.bytes[8] = 0; /* a first fragment: fixed fields only */
  message.bytes[11] = 40;
  message.len = 52;
  cr_assert_eq(decode(&message, TLSDIAG_FORMAT_DTLS, &ch, &where),
               TLSDIAG_STATUS_E_MALFORMED);
  cr_assert(has(ch.present, TLSDIAG_HAS_RANDOM));
  cr_assert(!has(ch.present, TLSDIAG_HAS_CIPHER_SUITES));
}

Test(wire_decode, sslv2_format)
{
  static const uint8_t hello[] = {
      0x80, 0x28, 0x01, 0x03, 0x01, 0x00, 0x0f, 0x00, 0x00, 0x00, 0x10,
      0x00, 0x00, 0x2f, 0x00, 0x00, 0xff, 0x00, 0x56, 0x00, 0x07, 0x00,
      0xc0, 0x00, 0x00, 0x35, 1,    2,    3,    4,    5,    6,    7,
      8,    9,    10,   11,   12,   13,   14,   15,   16};
  tlsdiag_client_hello ch;
  tlsdiag_where where;
  uint64_t before = 0;
  size_t len;

  message.len = 0;
  wire_bytes(&message, hello, sizeof hello);
  cr_assert_eq(decode(&message, TLSDIAG_FORMAT_SSLV2, &ch, &where), 0);
  cr_assert_eq(ch.num_cipher_suites, 5);
  cr_assert_eq(ch.version_max, 0x0301);
  cr_assert_eq(ch.random.len, 16);
  cr_assert(has(ch.present, TLSDIAG_HAS_FALLBACK_SCSV));
  cr_assert(has(ch.present, TLSDIAG_HAS_RENEGOTIATION_SCSV));
  cr_assert(!has(ch.present, TLSDIAG_HAS_EXTENSIONS));
  for (len = 0; len < sizeof hello; len++) {
    check_cut(TLSDIAG_FORMAT_SSLV2, len, &ch, &before);
  }
  message.bytes[2] = 4; /* a SERVER-HELLO */
  cr_assert_eq(decode(&message, TLSDIAG_FORMAT_SSLV2, &ch, &where),
               TLSDIAG_STATUS_E_ABSENT);
}

/* ---- ServerHello ---- */

static int decode_server(tlsdiag_server_hello *sh, tlsdiag_where *where)
{
  static uint8_t *copy;

  free(copy);
  copy = wire_copy(message.bytes, message.len);
  memset(sh, 0xee, sizeof *sh);
  sh->size = sizeof *sh;
  return tlsdiag_server_hello_decode(copy, message.len, TLSDIAG_FORMAT_TLS, sh,
                                     where);
}

Test(wire_decode, server_hello_of_tls13)
{
  static const uint8_t random[32] = {1};
  tlsdiag_server_hello sh;
  tlsdiag_where where;
  size_t len;

  extensions.len = 0;
  wire_extension(&extensions, 43, "\3\4", 2);
  wire_extension(&extensions, 51, "\0\x1d\0\4kkkk", 8);
  wire_extension(&extensions, 41, "\0\1", 2);
  message.len = 0;
  wire_server_hello(&message, random, extensions.bytes, extensions.len);
  cr_assert_eq(decode_server(&sh, &where), 0);
  cr_assert_eq(sh.version, 0x0304);
  cr_assert_eq(sh.cipher_suite, 0x1302);
  cr_assert_eq(sh.group, 29);
  cr_assert_eq(sh.key_share.len, 4);
  cr_assert_eq(sh.selected_psk, 1);
  cr_assert(!sh.is_hello_retry_request && sh.downgrade == 0);
  cr_assert_eq(sh.num_anomalies, 0);
  len = message.len;
  while (message.len-- > 1) {
    uint64_t whole = sh.present;
    tlsdiag_server_hello part;

    cr_assert_eq(decode_server(&part, &where), TLSDIAG_STATUS_E_MALFORMED);
    cr_assert_neq(where.field, 0);
    cr_assert_eq(where.offset + where.have, message.len);
    cr_assert_eq(part.present & ~whole, 0);
  }
  cr_assert(len > 60);
}

Test(wire_decode, hello_retry_request)
{
  tlsdiag_server_hello sh;

  extensions.len = 0;
  wire_extension(&extensions, 43, "\3\4", 2);
  wire_extension(&extensions, 51, "\0\x17", 2);
  wire_extension(&extensions, 44, "\0\2cc", 4);
  message.len = 0;
  wire_server_hello(&message, retry_random, extensions.bytes, extensions.len);
  cr_assert_eq(decode_server(&sh, NULL), 0);
  cr_assert_eq(sh.is_hello_retry_request, 1);
  cr_assert_eq(sh.group, 23);
  cr_assert_eq(sh.key_share.len, 0);
  cr_assert(is_name(sh.cookie, "cc"));
}

Test(wire_decode, server_hello_of_tls12)
{
  uint8_t random[32] = {0};
  tlsdiag_server_hello sh;
  tlsdiag_where where;

  memcpy(random + 24, "DOWNGRD\1", 8);
  extensions.len = 0;
  wire_extension(&extensions, 16, "\0\3\2h2", 5);
  wire_extension(&extensions, 0xff01, "\0", 1);
  wire_extension(&extensions, 28, "\x40\0", 2);
  wire_extension(&extensions, 1, "\2", 1);
  wire_extension(&extensions, 23, NULL, 0);
  message.len = 0;
  wire_server_hello(&message, random, extensions.bytes, extensions.len);
  cr_assert_eq(decode_server(&sh, &where), 0);
  cr_assert_eq(sh.version, 0x0303);
  cr_assert_eq(sh.downgrade, 1);
  cr_assert(is_name(sh.alpn, "h2"));
  cr_assert_eq(sh.record_size_limit, 0x4000);
  cr_assert_eq(sh.max_fragment_length, 2);
  cr_assert(has(sh.present, TLSDIAG_HAS_RENEGOTIATION_INFO));
  cr_assert(has(sh.present, TLSDIAG_HAS_EXTENDED_MASTER_SECRET));
  random[31] = 0;
  wire_extension(&extensions, 0, "x", 1); /* must be empty */
  message.len = 0;
  wire_server_hello(&message, random, extensions.bytes, extensions.len);
  cr_assert_eq(decode_server(&sh, &where), TLSDIAG_STATUS_E_MALFORMED);
  cr_assert_eq(where.field, TLSDIAG_FIELD_SERVER_NAME);
  cr_assert_eq(sh.downgrade, 2);
}

/* ---- the struct's size ---- */

Test(wire_decode, old_and_new_callers)
{
  union {
    tlsdiag_client_hello ch;
    uint8_t bytes[sizeof(tlsdiag_client_hello) + 64];
  } big;
  tlsdiag_client_hello small;
  size_t i;

  load_message("java17_jsse.bin");
  memset(&big, 0xee, sizeof big);
  big.ch.size = sizeof big;
  cr_assert_eq(tlsdiag_client_hello_decode(message.bytes, message.len,
                                           TLSDIAG_FORMAT_TLS, &big.ch, NULL),
               0);
  cr_assert_eq(big.ch.size, sizeof big);
  cr_assert_eq(big.ch.num_extensions, 13);
  for (i = sizeof big.ch; i < sizeof big; i++) {
    cr_assert_eq(big.bytes[i], 0);
  }
  memset(&small, 0xee, sizeof small);
  small.size = offsetof(tlsdiag_client_hello, num_extensions);
  cr_assert_eq(tlsdiag_client_hello_decode(message.bytes, message.len,
                                           TLSDIAG_FORMAT_TLS, &small, NULL),
               0);
  cr_assert_eq(small.num_cipher_suites, 37);
  cr_assert_eq(small.num_extensions, 0xeeee); /* not its to touch */
  small.size = 0;
  cr_assert_eq(tlsdiag_client_hello_decode(message.bytes, message.len,
                                           TLSDIAG_FORMAT_TLS, &small, NULL),
               TLSDIAG_STATUS_E_USAGE);
  small.size = 0xeeeeeeee;
  cr_assert_eq(tlsdiag_client_hello_decode(message.bytes, message.len,
                                           TLSDIAG_FORMAT_TLS, &small, NULL),
               TLSDIAG_STATUS_E_USAGE);
  cr_assert_eq(
      tlsdiag_client_hello_decode(message.bytes, message.len, 9, &big.ch, NULL),
      TLSDIAG_STATUS_E_USAGE);
  cr_assert_eq(tlsdiag_client_hello_decode(message.bytes, message.len,
                                           TLSDIAG_FORMAT_TLS, NULL, NULL),
               TLSDIAG_STATUS_E_USAGE);
}
