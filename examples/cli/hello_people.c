/* hello_people.c: one hello for people, a field a line. */
#include <string.h>

#include "escape.h"
#include "hello.h"
#include "style.h"

enum { COLUMN = 24, NAME_CAP = 255, LINE_ROOM = 64 };

/* A line under construction: a label, then values broken at the margin. */
struct line {
  struct out *o;
  size_t column;
  int num_values;
};

static void line_begin(struct line *l, struct out *o, const char *label)
{
  size_t len = strlen(label);

  l->o = o;
  l->column = COLUMN;
  l->num_values = 0;
  out_str(o, "  ");
  out_str(o, label);
  out_repeat(o, ' ', len + 2 < COLUMN ? COLUMN - len - 2 : 1);
}

static void line_value(struct line *l, const char *text, size_t len)
{
  if (l->num_values > 0) {
    out_char(l->o, ',');
    l->column++;
    if (l->column + 1 + len > STYLE_WIDTH) {
      out_char(l->o, '\n');
      out_repeat(l->o, ' ', COLUMN);
      l->column = COLUMN;
    } else {
      out_char(l->o, ' ');
      l->column++;
    }
  }
  out_bytes(l->o, text, len);
  l->column += len;
  l->num_values++;
}

static void line_end(struct line *l, const char *when_empty)
{
  if (l->num_values == 0) {
    out_str(l->o, when_empty);
  }
  out_char(l->o, '\n');
}

/* A registered value: its name, and its number where the name is no help. */
static void line_named(struct line *l, uint32_t registry, uint32_t value)
{
  const char *name = tlsdiag_name(registry, value);
  struct out text;

  out_init(&text, NULL);
  if (name != NULL) {
    out_str(&text, name);
  }
  if (name == NULL || tlsdiag_is_grease((uint16_t)value)) {
    out_str(&text, name != NULL ? " " : "");
    out_hex16(&text, (uint16_t)value);
  }
  line_value(l, text.text, text.len);
  (void)out_close(&text);
}

static void list_u16(struct out *o, const char *label, uint32_t registry,
                     const tlsdiag_bytes *list)
{
  struct line l;
  tlsdiag_iter it;
  uint16_t value;

  line_begin(&l, o, label);
  tlsdiag_iter_init(&it, list);
  while (tlsdiag_next_u16(&it, &value)) {
    line_named(&l, registry, value);
  }
  line_end(&l, "none");
}

static void list_u8(struct out *o, const char *label, uint32_t registry,
                    const tlsdiag_bytes *list)
{
  struct line l;
  tlsdiag_iter it;
  uint8_t value;

  line_begin(&l, o, label);
  tlsdiag_iter_init(&it, list);
  while (tlsdiag_next_u8(&it, &value)) {
    line_named(&l, registry, value);
  }
  line_end(&l, "none");
}

static void list_u24(struct out *o, const char *label,
                     const tlsdiag_bytes *list)
{
  struct line l;
  tlsdiag_iter it;
  uint32_t value;

  line_begin(&l, o, label);
  tlsdiag_iter_init(&it, list);
  while (tlsdiag_next_u24(&it, &value)) {
    line_named(&l,
               value < 0x10000 ? TLSDIAG_REGISTRY_CIPHER_SUITE
                               : TLSDIAG_REGISTRY_SSLV2_CIPHER_KIND,
               value);
  }
  line_end(&l, "none");
}

static void escaped(struct line *l, const tlsdiag_bytes *name)
{
  struct out text;

  out_init(&text, NULL);
  escape_term(&text, name->ptr, name->len, NAME_CAP);
  line_value(l, text.text, text.len);
  (void)out_close(&text);
}

static void list_names(struct out *o, const char *label,
                       const tlsdiag_bytes *list)
{
  struct line l;
  tlsdiag_iter it;
  tlsdiag_bytes name;

  line_begin(&l, o, label);
  tlsdiag_iter_init(&it, list);
  while (tlsdiag_next_name(&it, &name)) {
    escaped(&l, &name);
  }
  line_end(&l, "none");
}

static void one_name(struct out *o, const char *label,
                     const tlsdiag_bytes *name)
{
  struct line l;

  line_begin(&l, o, label);
  escaped(&l, name);
  line_end(&l, "");
}

static void one_value(struct out *o, const char *label, uint32_t registry,
                      uint32_t value)
{
  struct line l;

  line_begin(&l, o, label);
  line_named(&l, registry, value);
  line_end(&l, "");
}

static void hex_line(struct out *o, const char *label, const tlsdiag_bytes *b)
{
  struct line l;

  line_begin(&l, o, label);
  out_hex(o, b->ptr, b->len);
  l.num_values = b->len > 0;
  line_end(&l, "empty");
}

static void list_extensions(struct out *o, const tlsdiag_bytes *extensions)
{
  struct line l;
  tlsdiag_iter it;
  tlsdiag_extension ext;

  line_begin(&l, o, "extensions");
  tlsdiag_iter_init(&it, extensions);
  while (tlsdiag_next_extension(&it, extensions, &ext)) {
    line_named(&l, TLSDIAG_REGISTRY_EXTENSION, ext.type);
  }
  line_end(&l, "none");
}

static void list_key_shares(struct out *o, const tlsdiag_bytes *shares)
{
  struct line l;
  tlsdiag_iter it;
  tlsdiag_bytes key;
  uint16_t group;

  line_begin(&l, o, "key shares");
  tlsdiag_iter_init(&it, shares);
  while (tlsdiag_next_key_share(&it, &group, &key)) {
    line_named(&l, TLSDIAG_REGISTRY_GROUP, group);
  }
  line_end(&l, "none");
}

static int has(uint64_t present, unsigned bit)
{
  return (present >> bit & 1) != 0;
}

static void client_lists(struct out *o, const tlsdiag_client_hello *c)
{
  if (has(c->present, TLSDIAG_HAS_ALPN)) {
    list_names(o, "ALPN", &c->alpn);
  }
  if (has(c->present, TLSDIAG_HAS_SUPPORTED_GROUPS)) {
    list_u16(o, "groups", TLSDIAG_REGISTRY_GROUP, &c->supported_groups);
  }
  if (has(c->present, TLSDIAG_HAS_KEY_SHARE)) {
    list_key_shares(o, &c->key_shares);
  }
  if (has(c->present, TLSDIAG_HAS_SIGNATURE_ALGORITHMS)) {
    list_u16(o, "signature algorithms", TLSDIAG_REGISTRY_SIGNATURE_SCHEME,
             &c->signature_algorithms);
  }
  if (has(c->present, TLSDIAG_HAS_SIGNATURE_ALGORITHMS_CERT)) {
    list_u16(o, "  for certificates", TLSDIAG_REGISTRY_SIGNATURE_SCHEME,
             &c->signature_algorithms_cert);
  }
  if (has(c->present, TLSDIAG_HAS_EC_POINT_FORMATS)) {
    list_u8(o, "point formats", TLSDIAG_REGISTRY_EC_POINT_FORMAT,
            &c->ec_point_formats);
  }
  if (has(c->present, TLSDIAG_HAS_PSK_KEY_EXCHANGE_MODES)) {
    list_u8(o, "PSK modes", TLSDIAG_REGISTRY_PSK_MODE,
            &c->psk_key_exchange_modes);
  }
  if (has(c->present, TLSDIAG_HAS_COMPRESS_CERTIFICATE)) {
    list_u16(o, "certificate packing", TLSDIAG_REGISTRY_CERT_COMPRESSION,
             &c->compress_certificate);
  }
}

static void client_people(struct out *o, const tlsdiag_client_hello *c)
{
  char print[40];

  one_value(o, "version field", TLSDIAG_REGISTRY_VERSION, c->legacy_version);
  if (has(c->present, TLSDIAG_HAS_SUPPORTED_VERSIONS)) {
    list_u16(o, "versions offered", TLSDIAG_REGISTRY_VERSION,
             &c->supported_versions);
  }
  if (has(c->present, TLSDIAG_HAS_SERVER_NAME)) {
    one_name(o, "server name", &c->server_name);
  }
  if (c->format == TLSDIAG_FORMAT_SSLV2) {
    list_u24(o, "cipher suites", &c->cipher_suites);
  } else {
    list_u16(o, "cipher suites", TLSDIAG_REGISTRY_CIPHER_SUITE,
             &c->cipher_suites);
  }
  list_extensions(o, &c->extensions);
  client_lists(o, c);
  list_u8(o, "compression", TLSDIAG_REGISTRY_COMPRESSION,
          &c->compression_methods);
  hex_line(o, "session id", &c->session_id);
  hex_line(o, "random", &c->random);
  if (tlsdiag_ja3(c, print, sizeof print) == TLSDIAG_STATUS_OK) {
    out_str(o, "  JA3                   ");
    out_str(o, print);
    out_char(o, '\n');
  }
  if (tlsdiag_ja4(c, print, sizeof print) == TLSDIAG_STATUS_OK) {
    out_str(o, "  JA4                   ");
    out_str(o, print);
    out_char(o, '\n');
  }
}

static void server_people(struct out *o, const tlsdiag_server_hello *s)
{
  one_value(o, "version", TLSDIAG_REGISTRY_VERSION, s->version);
  one_value(o, "version field", TLSDIAG_REGISTRY_VERSION, s->legacy_version);
  one_value(o, "cipher suite", TLSDIAG_REGISTRY_CIPHER_SUITE, s->cipher_suite);
  list_extensions(o, &s->extensions);
  if (has(s->present, TLSDIAG_HAS_KEY_SHARE)) {
    one_value(o, "group", TLSDIAG_REGISTRY_GROUP, s->group);
  }
  if (has(s->present, TLSDIAG_HAS_ALPN)) {
    one_name(o, "ALPN", &s->alpn);
  }
  if (s->downgrade != 0) {
    out_str(o, "  downgrade sentinel    ");
    out_str(o, s->downgrade == 1 ? "to TLS 1.2\n" : "to TLS 1.1 or older\n");
  }
  hex_line(o, "session id", &s->session_id);
  hex_line(o, "random", &s->random);
}

static void oddities(struct out *o, const tlsdiag_anomaly *list, uint32_t count)
{
  uint32_t i;

  for (i = 0; i < count && i < TLSDIAG_MAX_ANOMALIES; i++) {
    const char *kind = tlsdiag_name(TLSDIAG_REGISTRY_ANOMALY, list[i].kind);
    const char *field = tlsdiag_name(TLSDIAG_REGISTRY_FIELD, list[i].field);

    out_str(o, "  odd: ");
    out_str(o, kind != NULL ? kind : "?");
    out_str(o, " in ");
    out_str(o, field != NULL ? field : "?");
    out_str(o, " at offset ");
    out_u64(o, list[i].offset);
    out_char(o, '\n');
  }
  if (count > TLSDIAG_MAX_ANOMALIES) {
    out_str(o, "  odd: and ");
    out_u64(o, count - TLSDIAG_MAX_ANOMALIES);
    out_str(o, " more\n");
  }
}

static void fault(struct out *o, const struct hello *h, int colour)
{
  const char *field = tlsdiag_name(TLSDIAG_REGISTRY_FIELD, h->where.field);

  if (h->status == TLSDIAG_STATUS_OK) {
    return;
  }
  style_set(o, colour, STYLE_BAD);
  out_str(o, "  broken: ");
  out_str(o, field != NULL ? field : "?");
  out_str(o, " at offset ");
  out_u64(o, h->where.offset);
  out_str(o, " wants ");
  out_u64(o, h->where.want);
  out_str(o, " bytes, ");
  out_u64(o, h->where.have);
  out_str(o, " are left");
  style_set(o, colour, STYLE_PLAIN);
  out_char(o, '\n');
}

void hello_people(struct out *o, const struct hello *h, int colour)
{
  style_set(o, colour, STYLE_BOLD);
  if (h->is_client) {
    out_str(o, "ClientHello");
  } else {
    out_str(o, h->server.is_hello_retry_request ? "HelloRetryRequest"
                                                : "ServerHello");
  }
  style_set(o, colour, STYLE_PLAIN);
  out_str(o, ", ");
  out_u64(o, h->message.len);
  out_str(o, h->format == TLSDIAG_FORMAT_SSLV2  ? " bytes, SSLv2 format\n"
             : h->format == TLSDIAG_FORMAT_DTLS ? " bytes, DTLS\n"
                                                : " bytes\n");
  if (h->is_client) {
    client_people(o, &h->client);
    oddities(o, h->client.anomalies, h->client.num_anomalies);
  } else {
    server_people(o, &h->server);
    oddities(o, h->server.anomalies, h->server.num_anomalies);
  }
  fault(o, h, colour);
}
