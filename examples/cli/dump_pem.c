#include "dump_pem.h"

enum { HEAD = 7, LENGTH = 3, CERTIFICATE = 11 };

void dump_pem_begin(struct dump_pem *p)
{
  p->is_open = 0;
  p->len = 0;
}

static int base64(uint8_t c)
{
  if (c >= 'A' && c <= 'Z') {
    return c - 'A';
  }
  if (c >= 'a' && c <= 'z') {
    return c - 'a' + 26;
  }
  if (c >= '0' && c <= '9') {
    return c - '0' + 52;
  }
  if (c == '+') {
    return 62;
  }
  return c == '/' ? 63 : -1;
}

static void put24(uint8_t *out, size_t value)
{
  out[0] = (uint8_t)(value >> 16);
  out[1] = (uint8_t)(value >> 8);
  out[2] = (uint8_t)value;
}

static void open_one(struct dump_pem *p)
{
  if (p->len == 0) {
    p->len = HEAD;
  }
  p->start = p->len;
  p->len += p->len < DUMP_PEM_MAX - LENGTH ? LENGTH : 0;
  p->bits = 0;
  p->num_bits = 0;
  p->is_open = 1;
}

static void close_one(struct dump_pem *p)
{
  p->is_open = 0;
  put24(p->bytes + p->start, p->len - p->start - LENGTH);
}

static void take(struct dump_pem *p, uint8_t c)
{
  int value = base64(c);

  if (value < 0 || p->len >= DUMP_PEM_MAX) {
    return;
  }
  p->bits = p->bits << 6 | (uint32_t)value;
  p->num_bits += 6;
  if (p->num_bits >= 8) {
    p->num_bits -= 8;
    p->bytes[p->len++] = (uint8_t)(p->bits >> p->num_bits);
  }
}

void dump_pem_line(struct dump_pem *p, const struct dump_line *line)
{
  size_t i;

  if (dump_has(line, "-----BEGIN CERTIFICATE-----")) {
    open_one(p);
  } else if (p->is_open && dump_has(line, "-----END")) {
    close_one(p);
  } else if (p->is_open) {
    for (i = 0; i < line->len; i++) {
      take(p, line->ptr[i]);
    }
  }
}

const uint8_t *dump_pem_message(struct dump_pem *p, size_t told, size_t *len)
{
  if (p->len < HEAD || p->is_open || p->len - 4 != told) {
    return NULL;
  }
  p->bytes[0] = CERTIFICATE;
  put24(p->bytes + 1, p->len - 4);
  put24(p->bytes + 4, p->len - HEAD);
  *len = p->len;
  return p->bytes;
}
