/* verdict_json.c: see verdict_json.h. */
#include <string.h>
#include "verdict_json.h"

struct out {
  char *buf;
  size_t len, want;
};

static void put(struct out *o, const char *text, size_t len)
{
  size_t i;

  for (i = 0; i < len; i++, o->want++) {
    if (o->want + 1 < o->len) {
      o->buf[o->want] = text[i];
    }
  }
}

static void puts_out(struct out *o, const char *text)
{
  put(o, text, strlen(text));
}

static void put_number(struct out *o, unsigned long value)
{
  char digits[20];
  size_t n = sizeof digits;

  do {
    digits[--n] = (char)('0' + value % 10);
    value /= 10;
  } while (value != 0);
  put(o, digits + n, sizeof digits - n);
}

/* The id of a connection: 64 bits do not fit the numbers of all readers. */
static void put_id(struct out *o, uint64_t id)
{
  static const char hex[] = "0123456789abcdef";
  int shift;

  put(o, "\"", 1);
  for (shift = 60; shift >= 0; shift -= 4) {
    put(o, &hex[id >> shift & 15], 1);
  }
  put(o, "\"", 1);
}

/* A string: what is not printable ASCII becomes \u00XX. */
static void put_string(struct out *o, const void *text, size_t len)
{
  static const char hex[] = "0123456789abcdef";
  const unsigned char *in = text;
  size_t i;

  put(o, "\"", 1);
  for (i = 0; i < len; i++) {
    char escape[6] = {'\\', 'u', '0', '0', hex[in[i] >> 4], hex[in[i] & 15]};
    if (in[i] < 0x20 || in[i] > 0x7e || in[i] == '"' || in[i] == '\\') {
      put(o, escape, sizeof escape);
    } else {
      put(o, (const char *)in + i, 1);
    }
  }
  put(o, "\"", 1);
}

static void put_key(struct out *o, const char *key)
{
  puts_out(o, ",\"");
  puts_out(o, key);
  puts_out(o, "\":");
}

static void put_text(struct out *o, const char *key, const char *text)
{
  put_key(o, key);
  if (text == NULL) {
    puts_out(o, "null");
  } else {
    put_string(o, text, strlen(text));
  }
}

static void put_name(struct out *o, const char *key, uint32_t registry,
                     uint32_t value)
{
  put_text(o, key, tlsdiag_name(registry, value));
}

/* A value whose name nobody knows is still a value. */
static void put_named(struct out *o, const char *key, uint32_t registry,
                      uint16_t value)
{
  static const char hex[] = "0123456789abcdef";
  const char *name = value != 0 ? tlsdiag_name(registry, value) : NULL;
  char number[7] = {'0', 'x', hex[value >> 12], hex[value >> 8 & 15],
                    hex[value >> 4 & 15], hex[value & 15], '\0'};

  put_text(o, key, value != 0 && name == NULL ? number : name);
}

static void put_null(struct out *o, const char *key)
{
  put_text(o, key, NULL);
}

static void put_names(struct out *o, const tlsdiag_bytes *list)
{
  tlsdiag_bytes name;
  tlsdiag_iter it;
  int first = 1;

  puts_out(o, "[");
  tlsdiag_iter_init(&it, list);
  while (tlsdiag_next_name(&it, &name)) {
    put(o, ",", first ? 0 : 1);
    put_string(o, name.ptr, name.len);
    first = 0;
  }
  puts_out(o, "]");
}

static void put_hello(struct out *o, const struct verdict_line *line)
{
  const tlsdiag_bytes *name = &line->name;
  tlsdiag_client_hello hello;
  char print[40];
  int ok;

  memset(&hello, 0, sizeof hello);
  hello.size = sizeof hello;
  ok = line->hello.len > 0 &&
       tlsdiag_client_hello_decode(line->hello.ptr, line->hello.len,
                                   line->format, &hello,
                                   NULL) != TLSDIAG_STATUS_E_USAGE;
  if (ok) {
    name = &hello.server_name;
  }
  put_key(o, "sni");
  if (name->len > 0) {
    put_string(o, name->ptr, name->len);
  } else {
    puts_out(o, "null");
  }
  put_key(o, "alpn");
  put_names(o, &hello.alpn);
  if (ok && hello.version_max != 0) {
    put_named(o, "version_max", TLSDIAG_REGISTRY_VERSION, hello.version_max);
  }
  ok = ok && tlsdiag_ja3(&hello, print, sizeof print) == TLSDIAG_STATUS_OK;
  put_text(o, "ja3", ok ? print : NULL);
  ok = ok && tlsdiag_ja4(&hello, print, sizeof print) == TLSDIAG_STATUS_OK;
  put_text(o, "ja4", ok ? print : NULL);
}

/* level, code and name of an encrypted alert are not known. */
static void put_alert(struct out *o, const tlsdiag_verdict *v)
{
  int hidden = (v->alert_flags & TLSDIAG_ALERT_FLAG_ENCRYPTED) != 0;

  put_key(o, "alert");
  if (!v->has_alert) {
    puts_out(o, "null");
    return;
  }
  puts_out(o, "{\"from\":");
  puts_out(o,
           v->alert_from == TLSDIAG_FROM_CLIENT ? "\"client\"" : "\"server\"");
  if (hidden) {
    put_null(o, "level");
    put_null(o, "code");
    put_null(o, "name");
  } else {
    put_name(o, "level", TLSDIAG_REGISTRY_ALERT_LEVEL, v->alert_level);
    put_key(o, "code");
    put_number(o, v->alert_code);
    put_name(o, "name", TLSDIAG_REGISTRY_ALERT, v->alert_code);
  }
  put_key(o, "encrypted");
  puts_out(o, hidden ? "true}" : "false}");
}

static void put_end(struct out *o, const tlsdiag_verdict *v)
{
  put_key(o, "end");
  if (v->end_how == 0 || v->end_how == TLSDIAG_CLOSE_END_OF_CAPTURE) {
    puts_out(o, "null");
    return;
  }
  puts_out(o, "{\"by\":");
  puts_out(o, v->end_by == TLSDIAG_FROM_CLIENT ? "\"client\"" : "\"server\"");
  put_name(o, "how", TLSDIAG_REGISTRY_CLOSE, v->end_how);
  puts_out(o, "}");
}

static void put_evidence(struct out *o, const struct verdict_line *line)
{
  tlsdiag_observation seen;
  unsigned i;
  int first = 1;
  char text[320];

  put_key(o, "evidence");
  puts_out(o, "[");
  for (i = 0; line->flow != NULL && i < TLSDIAG_MAX_OBSERVATIONS; i++) {
    memset(&seen, 0, sizeof seen);
    seen.size = sizeof seen;
    if ((line->verdict->causes[0].evidence >> i & 1) == 0 ||
        tlsdiag_flow_observation(line->flow, i, &seen) != TLSDIAG_STATUS_OK) {
      continue;
    }
    tlsdiag_observation_text(&seen, text, sizeof text);
    puts_out(o, first ? "{\"text\":" : ",{\"text\":");
    put_string(o, text, strlen(text));
    puts_out(o, "}");
    first = 0;
  }
  puts_out(o, "]");
}

static void put_alternatives(struct out *o, const tlsdiag_verdict *v)
{
  const char *name;
  unsigned i;

  put_key(o, "alternatives");
  puts_out(o, "[");
  for (i = 1; i < v->num_causes && i < TLSDIAG_MAX_CAUSES; i++) {
    puts_out(o, i > 1 ? ",{\"cause\":" : "{\"cause\":");
    name = tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, v->causes[i].id);
    put_string(o, name, name == NULL ? 0 : strlen(name));
    put_key(o, "confidence");
    put_number(o, v->causes[i].confidence);
    puts_out(o, "}");
  }
  puts_out(o, "]");
}

/* Ends the object and the string; the length wanted. */
static size_t ended(struct out *o)
{
  puts_out(o, "}");
  if (o->len > 0) {
    o->buf[o->want < o->len ? o->want : o->len - 1] = '\0';
  }
  return o->want;
}

size_t verdict_json(const struct verdict_line *line, char *buf, size_t len)
{
  const tlsdiag_verdict *v = line->verdict;
  struct out o = {buf, len, 0};

  puts_out(&o, "{\"type\":\"connection\"");
  if (line->id != 0) {
    put_key(&o, "id");
    put_id(&o, line->id);
  }
  put_text(&o, "client", line->client);
  put_text(&o, "server", line->server);
  put_hello(&o, line);
  put_name(&o, "outcome", TLSDIAG_REGISTRY_OUTCOME, v->outcome);
  put_name(&o, "cause", TLSDIAG_REGISTRY_CAUSE, v->causes[0].id);
  put_key(&o, "confidence");
  put_number(&o, v->causes[0].confidence);
  put_name(&o, "party", TLSDIAG_REGISTRY_PARTY, v->causes[0].party);
  put_name(&o, "stage", TLSDIAG_REGISTRY_STAGE, v->stage);
  put_key(&o, "noise");
  puts_out(&o, v->noise ? "true" : "false");
  put_alert(&o, v);
  put_end(&o, v);
  put_named(&o, "version", TLSDIAG_REGISTRY_VERSION, v->version);
  put_named(&o, "cipher", TLSDIAG_REGISTRY_CIPHER_SUITE, v->cipher);
  put_evidence(&o, line);
  put_alternatives(&o, v);
  put_text(&o, "advice",
           tlsdiag_cause_text(v->causes[0].id, TLSDIAG_SECTION_ADVICE));
  return ended(&o);
}

size_t group_json(const char *client, const tlsdiag_track *track,
                  const tlsdiag_group *group, char *buf, size_t len)
{
  struct out o = {buf, len, 0};
  char text[512];
  uint32_t i;
  int first = 1;

  puts_out(&o, "{\"type\":\"group\"");
  put_text(&o, "client", client);
  put_name(&o, "cause", TLSDIAG_REGISTRY_CAUSE, group->cause);
  put_key(&o, "confidence");
  put_number(&o, group->confidence);
  put_name(&o, "party", TLSDIAG_REGISTRY_PARTY, group->party);
  put_key(&o, "connections");
  puts_out(&o, "[");
  for (i = 0; i < track->num_attempts; i++) {
    if (group->members >> i & 1) {
      put(&o, ",", first ? 0 : 1);
      put_id(&o, track->attempts[i].id);
      first = 0;
    }
  }
  puts_out(&o, "]");
  put_key(&o, "first");
  put_id(&o, track->attempts[group->first].id);
  tlsdiag_pattern_text(group->pattern, text, sizeof text);
  put_text(&o, "text", text);
  put_text(&o, "advice",
           tlsdiag_cause_text(group->cause, TLSDIAG_SECTION_ADVICE));
  return ended(&o);
}
