/* hello_json.c: one hello as one JSON object, numbers as integers. */
#include <string.h>

#include "escape.h"
#include "hello.h"
#include "json.h"

static void comma(struct out *o)
{
  if (o->text[o->len - 1] != '[') {
    out_char(o, ',');
  }
}

static void list_u8(struct out *o, const char *key, const tlsdiag_bytes *list)
{
  tlsdiag_iter it;
  uint8_t value;

  json_key(o, key);
  out_char(o, '[');
  tlsdiag_iter_init(&it, list);
  while (tlsdiag_next_u8(&it, &value)) {
    comma(o);
    out_u64(o, value);
  }
  out_char(o, ']');
}

static void list_u16(struct out *o, const char *key, const tlsdiag_bytes *list)
{
  tlsdiag_iter it;
  uint16_t value;

  json_key(o, key);
  out_char(o, '[');
  tlsdiag_iter_init(&it, list);
  while (tlsdiag_next_u16(&it, &value)) {
    comma(o);
    out_u64(o, value);
  }
  out_char(o, ']');
}

static void list_u24(struct out *o, const char *key, const tlsdiag_bytes *list)
{
  tlsdiag_iter it;
  uint32_t value;

  json_key(o, key);
  out_char(o, '[');
  tlsdiag_iter_init(&it, list);
  while (tlsdiag_next_u24(&it, &value)) {
    comma(o);
    out_u64(o, value);
  }
  out_char(o, ']');
}

/* A list of one number, or an empty one. */
static void list_one(struct out *o, const char *key, int has, uint32_t value)
{
  json_key(o, key);
  out_char(o, '[');
  if (has) {
    out_u64(o, value);
  }
  out_char(o, ']');
}

static void list_key_shares(struct out *o, const tlsdiag_bytes *shares)
{
  tlsdiag_iter it;
  tlsdiag_bytes key;
  uint16_t group;

  json_key(o, "key_share_groups");
  out_char(o, '[');
  tlsdiag_iter_init(&it, shares);
  while (tlsdiag_next_key_share(&it, &group, &key)) {
    comma(o);
    out_u64(o, group);
  }
  out_char(o, ']');
}

/* Names, and their hex twins if one of them is not UTF-8. */
static void list_names(struct out *o, const char *key, const char *hex_key,
                       const tlsdiag_bytes *list)
{
  tlsdiag_iter it;
  tlsdiag_bytes name;
  size_t strays = 0;

  json_key(o, key);
  out_char(o, '[');
  tlsdiag_iter_init(&it, list);
  while (tlsdiag_next_name(&it, &name)) {
    comma(o);
    strays += escape_json(o, name.ptr, name.len);
  }
  out_char(o, ']');
  if (strays == 0) {
    return;
  }
  json_key(o, hex_key);
  out_char(o, '[');
  tlsdiag_iter_init(&it, list);
  while (tlsdiag_next_name(&it, &name)) {
    comma(o);
    out_char(o, '"');
    out_hex(o, name.ptr, name.len);
    out_char(o, '"');
  }
  out_char(o, ']');
}

/* A list of one name at most. */
static void list_name(struct out *o, const char *key, const char *hex_key,
                      int has, const tlsdiag_bytes *name)
{
  size_t strays = 0;

  json_key(o, key);
  out_char(o, '[');
  if (has) {
    strays = escape_json(o, name->ptr, name->len);
  }
  out_char(o, ']');
  if (strays > 0) {
    json_key(o, hex_key);
    out_str(o, "[\"");
    out_hex(o, name->ptr, name->len);
    out_str(o, "\"]");
  }
}

static void hex_text(struct out *o, const char *key, const tlsdiag_bytes *b)
{
  json_key(o, key);
  out_char(o, '"');
  out_hex(o, b->ptr, b->len);
  out_char(o, '"');
}

static void extension_lists(struct out *o, const tlsdiag_bytes *extensions)
{
  tlsdiag_iter it;
  tlsdiag_extension ext;

  json_key(o, "extensions");
  out_char(o, '[');
  tlsdiag_iter_init(&it, extensions);
  while (tlsdiag_next_extension(&it, extensions, &ext)) {
    comma(o);
    out_u64(o, ext.type);
  }
  out_char(o, ']');
  json_key(o, "extension_lengths");
  out_char(o, '[');
  tlsdiag_iter_init(&it, extensions);
  while (tlsdiag_next_extension(&it, extensions, &ext)) {
    comma(o);
    out_u64(o, ext.body.len);
  }
  out_char(o, ']');
}

static int has(uint64_t present, unsigned bit)
{
  return (present >> bit & 1) != 0;
}

static void client_fields(struct out *o, const tlsdiag_client_hello *c)
{
  hex_text(o, "random", &c->random);
  hex_text(o, "session_id", &c->session_id);
  if (c->format == TLSDIAG_FORMAT_SSLV2) {
    list_u24(o, "ciphers", &c->cipher_suites);
  } else {
    list_u16(o, "ciphers", &c->cipher_suites);
  }
  list_u8(o, "compression", &c->compression_methods);
  extension_lists(o, &c->extensions);
  list_name(o, "sni", "sni_hex", has(c->present, TLSDIAG_HAS_SERVER_NAME),
            &c->server_name);
  list_names(o, "alpn", "alpn_hex", &c->alpn);
  list_u16(o, "groups", &c->supported_groups);
  list_u16(o, "sigalgs", &c->signature_algorithms);
  list_u16(o, "sigalgs_cert", &c->signature_algorithms_cert);
  list_u16(o, "supported_versions", &c->supported_versions);
  list_key_shares(o, &c->key_shares);
  json_null(o, "key_share_selected");
  list_u8(o, "psk_modes", &c->psk_key_exchange_modes);
  list_u8(o, "ec_point_formats", &c->ec_point_formats);
  list_u16(o, "cert_compression", &c->compress_certificate);
}

static void server_fields(struct out *o, const tlsdiag_server_hello *s)
{
  static const tlsdiag_bytes none = {NULL, 0};
  int share = has(s->present, TLSDIAG_HAS_KEY_SHARE);

  hex_text(o, "random", &s->random);
  hex_text(o, "session_id", &s->session_id);
  list_one(o, "ciphers", has(s->present, TLSDIAG_HAS_CIPHER_SUITES),
           s->cipher_suite);
  list_one(o, "compression", has(s->present, TLSDIAG_HAS_COMPRESSION_METHODS),
           s->compression_method);
  extension_lists(o, &s->extensions);
  list_name(o, "sni", "sni_hex", 0, &none);
  list_name(o, "alpn", "alpn_hex", has(s->present, TLSDIAG_HAS_ALPN), &s->alpn);
  list_u16(o, "groups", &none);
  list_u16(o, "sigalgs", &none);
  list_u16(o, "sigalgs_cert", &none);
  list_one(o, "supported_versions",
           has(s->present, TLSDIAG_HAS_SUPPORTED_VERSIONS), s->version);
  list_one(o, "key_share_groups", share && !s->is_hello_retry_request,
           s->group);
  if (share && s->is_hello_retry_request) {
    json_number(o, "key_share_selected", s->group);
  } else {
    json_null(o, "key_share_selected");
  }
  list_u8(o, "psk_modes", &none);
  list_u8(o, "ec_point_formats", &s->ec_point_formats);
  list_u16(o, "cert_compression", &none);
}

static void anomalies(struct out *o, const tlsdiag_anomaly *list,
                      uint32_t count)
{
  uint32_t i;

  json_key(o, "anomalies");
  out_char(o, '[');
  for (i = 0; i < count && i < TLSDIAG_MAX_ANOMALIES; i++) {
    comma(o);
    out_char(o, '{');
    json_text(o, "kind", tlsdiag_name(TLSDIAG_REGISTRY_ANOMALY, list[i].kind));
    json_text(o, "field", tlsdiag_name(TLSDIAG_REGISTRY_FIELD, list[i].field));
    json_number(o, "offset", list[i].offset);
    out_char(o, '}');
  }
  out_char(o, ']');
}

static void fault(struct out *o, const struct hello *h)
{
  if (h->status == TLSDIAG_STATUS_OK) {
    json_null(o, "fault");
    return;
  }
  json_key(o, "fault");
  out_char(o, '{');
  json_text(o, "field", tlsdiag_name(TLSDIAG_REGISTRY_FIELD, h->where.field));
  json_number(o, "offset", h->where.offset);
  json_number(o, "want", h->where.want);
  json_number(o, "have", h->where.have);
  out_char(o, '}');
}

static void fingerprints(struct out *o, const tlsdiag_client_hello *c)
{
  char ja3[40];
  char ja4[40];

  json_text(o, "ja3",
            tlsdiag_ja3(c, ja3, sizeof ja3) == TLSDIAG_STATUS_OK ? ja3 : NULL);
  json_text(o, "ja4",
            tlsdiag_ja4(c, ja4, sizeof ja4) == TLSDIAG_STATUS_OK ? ja4 : NULL);
}

void hello_json(struct out *o, const struct hello *h)
{
  const char *kind = "client_hello";

  if (!h->is_client) {
    kind = h->server.is_hello_retry_request ? "hello_retry_request"
                                            : "server_hello";
  }
  out_str(o, "{\"type\":\"hello\"");
  json_text(o, "msg", kind);
  json_text(o, "format", tlsdiag_name(TLSDIAG_REGISTRY_FORMAT, h->format));
  json_number(o, "length", h->message.len);
  json_number(o, "legacy_version",
              h->is_client ? h->client.legacy_version
                           : h->server.legacy_version);
  if (h->is_client) {
    client_fields(o, &h->client);
    fingerprints(o, &h->client);
    anomalies(o, h->client.anomalies, h->client.num_anomalies);
  } else {
    server_fields(o, &h->server);
    anomalies(o, h->server.anomalies, h->server.num_anomalies);
  }
  fault(o, h);
  out_str(o, "}\n");
}
