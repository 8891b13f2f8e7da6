#include "json.h"

#include <string.h>

#include "escape.h"
#include "timetext.h"

enum { TEXT_ROOM = 512 };

void json_key(struct out *o, const char *key)
{
  if (o->len > 0 && o->text[o->len - 1] != '{' && o->text[o->len - 1] != '[') {
    out_char(o, ',');
  }
  out_char(o, '"');
  out_str(o, key);
  out_str(o, "\":");
}

void json_text(struct out *o, const char *key, const char *text)
{
  json_key(o, key);
  if (text == NULL) {
    out_str(o, "null");
  } else {
    escape_json_str(o, text);
  }
}

void json_number(struct out *o, const char *key, uint64_t value)
{
  json_key(o, key);
  out_u64(o, value);
}

void json_bool(struct out *o, const char *key, int value)
{
  json_key(o, key);
  out_str(o, value ? "true" : "false");
}

void json_null(struct out *o, const char *key)
{
  json_key(o, key);
  out_str(o, "null");
}

void json_bytes(struct out *o, const char *key, const tlsdiag_bytes *bytes)
{
  json_key(o, key);
  if (escape_json(o, bytes->ptr, bytes->len) > 0) {
    out_str(o, ",\"");
    out_str(o, key);
    out_str(o, "_hex\":\"");
    out_hex(o, bytes->ptr, bytes->len);
    out_char(o, '"');
  }
}

static void comma(struct out *o)
{
  if (o->len > 0 && o->text[o->len - 1] != '[') {
    out_char(o, ',');
  }
}

static const char *side_name(unsigned from)
{
  return tlsdiag_name(TLSDIAG_REGISTRY_FROM, from);
}

static void json_sni(struct out *o, const struct finding *f)
{
  if (f->sni.ptr == NULL) {
    json_null(o, "sni");
  } else {
    json_bytes(o, "sni", &f->sni);
  }
}

static void json_alpn(struct out *o, const struct finding *f)
{
  tlsdiag_iter it;
  tlsdiag_bytes name;
  size_t strays = 0;

  json_key(o, "alpn");
  out_char(o, '[');
  if (f->has_hello) {
    tlsdiag_iter_init(&it, &f->hello.alpn);
    while (tlsdiag_next_name(&it, &name)) {
      comma(o);
      strays += escape_json(o, name.ptr, name.len);
    }
  }
  out_char(o, ']');
  if (strays > 0) {
    json_key(o, "alpn_hex");
    out_char(o, '[');
    tlsdiag_iter_init(&it, &f->hello.alpn);
    while (tlsdiag_next_name(&it, &name)) {
      comma(o);
      out_char(o, '"');
      out_hex(o, name.ptr, name.len);
      out_char(o, '"');
    }
    out_char(o, ']');
  }
}

/* level, code and name of an encrypted alert are not known. */
static void json_alert(struct out *o, const tlsdiag_verdict *v)
{
  int encrypted = (v->alert_flags & TLSDIAG_ALERT_FLAG_ENCRYPTED) != 0;

  if (!v->has_alert) {
    json_null(o, "alert");
    return;
  }
  json_key(o, "alert");
  out_char(o, '{');
  json_text(o, "from", side_name(v->alert_from));
  if (encrypted) {
    json_null(o, "level");
    json_null(o, "code");
    json_null(o, "name");
  } else {
    json_text(o, "level",
              tlsdiag_name(TLSDIAG_REGISTRY_ALERT_LEVEL, v->alert_level));
    json_number(o, "code", v->alert_code);
    json_text(o, "name", tlsdiag_name(TLSDIAG_REGISTRY_ALERT, v->alert_code));
  }
  json_bool(o, "encrypted", encrypted);
  out_char(o, '}');
}

/* The end of a capture is not the end of a connection. */
static void json_end(struct out *o, const tlsdiag_verdict *v)
{
  if (v->end_how == 0 || v->end_how == TLSDIAG_CLOSE_END_OF_CAPTURE) {
    json_null(o, "end");
    return;
  }
  json_key(o, "end");
  out_char(o, '{');
  json_text(o, "by", side_name(v->end_by));
  json_text(o, "how", tlsdiag_name(TLSDIAG_REGISTRY_CLOSE, v->end_how));
  out_char(o, '}');
}

/* A value whose name nobody knows is still a value. */
static void json_named(struct out *o, const char *key, uint32_t registry,
                       uint16_t value)
{
  const char *name = value != 0 ? tlsdiag_name(registry, value) : NULL;

  if (value == 0 || name != NULL) {
    json_text(o, key, name);
    return;
  }
  json_key(o, key);
  out_char(o, '"');
  out_hex16(o, value);
  out_char(o, '"');
}

static void json_fingerprints(struct out *o, const struct finding *f)
{
  json_text(o, "ja3", f->prints.ja3[0] != '\0' ? f->prints.ja3 : NULL);
  json_text(o, "ja4", f->prints.ja4[0] != '\0' ? f->prints.ja4 : NULL);
}

static void json_evidence(struct out *o, const struct finding *f)
{
  tlsdiag_observation seen;
  uint64_t frame;
  unsigned i;

  json_key(o, "evidence");
  out_char(o, '[');
  for (i = 0; i < 64; i++) {
    char text[TEXT_ROOM];

    if ((f->verdict.causes[0].evidence >> i & 1) == 0 ||
        finding_observation(f, i, &seen, &frame) != 0) {
      continue;
    }
    (void)tlsdiag_observation_text(&seen, text, sizeof text);
    comma(o);
    out_char(o, '{');
    json_text(o, "text", text);
    json_number(o, "frame", frame);
    json_number(o, "offset", seen.offset);
    out_char(o, '}');
  }
  out_char(o, ']');
}

static void json_alternatives(struct out *o, const tlsdiag_verdict *v)
{
  unsigned i;

  json_key(o, "alternatives");
  out_char(o, '[');
  for (i = 1; i < v->num_causes && i < TLSDIAG_MAX_CAUSES; i++) {
    comma(o);
    out_char(o, '{');
    json_text(o, "cause",
              tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, v->causes[i].id));
    json_number(o, "confidence", v->causes[i].confidence);
    out_char(o, '}');
  }
  out_char(o, ']');
}

static void json_verdict(struct out *o, const struct finding *f)
{
  const tlsdiag_verdict *v = &f->verdict;
  const tlsdiag_cause *cause = &v->causes[0];

  json_text(o, "outcome", tlsdiag_name(TLSDIAG_REGISTRY_OUTCOME, v->outcome));
  json_text(o, "cause", tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, cause->id));
  json_number(o, "confidence", cause->confidence);
  json_text(o, "party", tlsdiag_name(TLSDIAG_REGISTRY_PARTY, cause->party));
  json_text(o, "stage", tlsdiag_name(TLSDIAG_REGISTRY_STAGE, v->stage));
  json_bool(o, "noise", v->noise);
  json_alert(o, v);
  json_end(o, v);
  json_named(o, "version", TLSDIAG_REGISTRY_VERSION, v->version);
  json_named(o, "cipher", TLSDIAG_REGISTRY_CIPHER_SUITE, v->cipher);
  json_fingerprints(o, f);
  json_evidence(o, f);
  json_alternatives(o, v);
  json_text(o, "advice", tlsdiag_cause_text(cause->id, TLSDIAG_SECTION_ADVICE));
}

void json_connection(struct out *o, const struct finding *f)
{
  tlsdiag_bytes file;

  file.ptr = (const uint8_t *)f->file;
  file.len = strlen(f->file);
  out_str(o, "{\"type\":\"connection\"");
  json_bytes(o, "file", &file);
  json_text(o, "client", f->client);
  json_text(o, "server", f->server);
  json_key(o, "start");
  out_char(o, '"');
  time_iso(o, f->conn->start_us);
  out_char(o, '"');
  json_sni(o, f);
  json_alpn(o, f);
  json_verdict(o, f);
  json_number(o, "index", f->conn->index);
  out_str(o, "}\n");
}
