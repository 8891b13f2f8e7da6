#include "dump_hello.h"

#include <string.h>

enum {
  HELLO_MAX =
      4 + 2 + 32 + 33 + 2 + 2 * DUMP_SUITES_MAX + 2 + 2 + DUMP_EXTENSIONS_MAX,
  LIST_MAX = 512
};

void dump_hello_begin(struct dump_hello *h, unsigned type, unsigned from,
                      size_t told)
{
  memset(h, 0, sizeof *h);
  h->type = type;
  h->from = from;
  h->told = told;
  h->version = 0x303;
}

void dump_hello_suite(struct dump_hello *h, unsigned suite)
{
  if (!h->is_cut && h->num_suites < DUMP_SUITES_MAX) {
    h->suites[h->num_suites++] = (uint16_t)suite;
  }
}

void dump_hello_unseen(struct dump_hello *h, size_t len)
{
  h->has_extensions = 1;
  h->unseen += len < DUMP_BODY_MAX ? 4 + len : 4;
}

void dump_hello_extension(struct dump_hello *h, unsigned type,
                          const uint8_t *body, size_t len)
{
  uint8_t *out = h->extensions + h->extensions_len;

  if (h->is_cut || DUMP_EXTENSIONS_MAX - h->extensions_len < len + 4) {
    dump_hello_unseen(h, len);
    return;
  }
  h->has_extensions = 1;
  out[0] = (uint8_t)(type >> 8);
  out[1] = (uint8_t)type;
  out[2] = (uint8_t)(len >> 8);
  out[3] = (uint8_t)len;
  memcpy(out + 4, body, len);
  h->extensions_len += len + 4;
}

void dump_hello_list(struct dump_hello *h, unsigned type, unsigned prefix,
                     unsigned width, const uint16_t *values, size_t count)
{
  uint8_t body[2 + 2 * LIST_MAX];
  size_t len = prefix;
  size_t i;

  for (i = 0; i < count && i < LIST_MAX; i++) {
    if (width == 2) {
      body[len++] = (uint8_t)(values[i] >> 8);
    }
    body[len++] = (uint8_t)values[i];
  }
  if (prefix > 0) {
    body[prefix - 1] = (uint8_t)(len - prefix);
  }
  if (prefix > 1) {
    body[0] = (uint8_t)((len - prefix) >> 8);
  }
  dump_hello_extension(h, type, body, len);
}

void dump_hello_name(struct dump_hello *h, const uint8_t *name, size_t len)
{
  uint8_t body[5 + 255];

  if (len == 0 || len > 255) {
    dump_hello_unseen(h, len);
    return;
  }
  body[0] = 0;
  body[1] = (uint8_t)(len + 3);
  body[2] = 0;
  body[3] = 0;
  body[4] = (uint8_t)len;
  if (len + 3 > 255) {
    body[0] = 1;
  }
  memcpy(body + 5, name, len);
  dump_hello_extension(h, 0, body, len + 5);
}

struct writer {
  uint8_t bytes[HELLO_MAX];
  size_t len;
};

static void put(struct writer *w, const uint8_t *bytes, size_t len)
{
  memcpy(w->bytes + w->len, bytes, len);
  w->len += len;
}

static void put16(struct writer *w, size_t value)
{
  w->bytes[w->len++] = (uint8_t)(value >> 8);
  w->bytes[w->len++] = (uint8_t)value;
}

static void put_suites(struct writer *w, const struct dump_hello *h)
{
  static const uint8_t no_compression[2] = {1, 0};
  unsigned i;

  if (h->type == DUMP_HELLO_SERVER) {
    put16(w, h->num_suites > 0 ? h->suites[0] : 0);
    put(w, no_compression + 1, 1);
    return;
  }
  put16(w, (size_t)2 * h->num_suites);
  for (i = 0; i < h->num_suites; i++) {
    put16(w, h->suites[i]);
  }
  put(w, no_compression, 2);
}

void dump_hello_end(struct dump_hello *h, struct dump_talk *t)
{
  static struct writer w; /* 10 KiB */
  size_t full;

  if (h->type == 0) {
    return;
  }
  w.len = 4;
  put16(&w, h->version);
  put(&w, h->random, sizeof h->random);
  w.bytes[w.len++] = (uint8_t)h->session_len;
  put(&w, h->session, h->session_len);
  if (!h->is_cut || h->num_suites > 0) {
    put_suites(&w, h);
  }
  if (h->has_extensions) {
    put16(&w, h->extensions_len + h->unseen);
    put(&w, h->extensions, h->extensions_len);
  }
  full = w.len + h->unseen + (h->is_cut && h->unseen == 0);
  if (h->told + 4 > full) {
    full = h->told + 4; /* bytes that were not even named */
  }
  w.bytes[0] = (uint8_t)h->type;
  w.bytes[1] = 0;
  w.bytes[2] = (uint8_t)((full - 4) >> 8);
  w.bytes[3] = (uint8_t)(full - 4);
  t->suite = h->type == DUMP_HELLO_SERVER && h->num_suites > 0 ? h->suites[0]
                                                               : t->suite;
  dump_talk_message(t, h->from, DUMP_HANDSHAKE, w.bytes, w.len, full);
  h->type = 0;
}
