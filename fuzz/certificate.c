/* Fuzzes the reader of the Certificate message.
 *
 * Input: a byte of switches, a byte that tells where to cut, a byte with the
 * key exchange class, and the body of the message. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "certificate.h"
#include "hash.h"
#include "tlsdiag/tlsdiag.h"

#define CHECK(condition)                                                       \
  do {                                                                         \
    if (!(condition)) {                                                        \
      abort();                                                                 \
    }                                                                          \
  } while (0)
#define F(name) TLSDIAG_CERT_##name

enum { PARTIAL = 1, CLIENT = 2, NO_CLOCK = 4, NO_NAME = 8, ADDRESS = 16 };

static uint64_t hash_text(const char *text)
{
  return hash_name((const uint8_t *)text, strlen(text));
}

static struct cert_context context_of(const uint8_t *head)
{
  struct cert_context c;

  memset(&c, 0, sizeof c);
  c.partial = (head[0] & PARTIAL) != 0;
  c.from_client = (head[0] & CLIENT) != 0;
  c.unix_seconds = (head[0] & NO_CLOCK) != 0 ? 0 : 1780272000u;
  if ((head[0] & NO_NAME) == 0) {
    c.name_hash = hash_text("www.example.com");
    c.parent_hash = hash_text("example.com");
  }
  if ((head[0] & ADDRESS) != 0) {
    memcpy(c.address, "\xc0\0\2\1", 4);
    c.address_len = 4;
  }
  c.key_exchange = head[2];
  return c;
}

/* Reads an exact copy and checks what must hold for any bytes. */
static struct cert_facts read_checked(const uint8_t *bytes, size_t len,
                                      const struct cert_context *context)
{
  uint8_t *copy = malloc(len + !len);
  struct rd_fault fault = {0, 0, 0, 0};
  struct cert_facts facts;
  struct reader r;

  CHECK(copy != NULL);
  memcpy(copy, bytes, len);
  rd_init(&r, copy, len, &fault);
  certificate_read(&r, context, &facts);
  CHECK(r.pos >= copy && r.pos <= copy + len && r.end == copy + len);
  CHECK(fault.offset <= len && fault.have <= len);
  CHECK(((facts.flags & F(MALFORMED)) != 0) == (fault.field != 0));
  CHECK(fault.field == 0 || fault.field == TLSDIAG_FIELD_CERTIFICATE_LIST ||
        fault.field == TLSDIAG_FIELD_CERTIFICATE_DER ||
        fault.field == TLSDIAG_FIELD_TRAILING);
  free(copy);
  return facts;
}

static void check_facts(const struct cert_facts *facts,
                        const struct cert_context *context)
{
  uint32_t flags = facts->flags;

  CHECK(flags < 2u * F(INTERMEDIATE_EXPIRED));
  CHECK((flags & F(NOT_READ)) == 0 || context->partial);
  CHECK((flags & F(NAME_MATCH)) == 0 || (flags & F(NAME_MISMATCH)) == 0);
  CHECK((flags & F(RSA)) == 0 || (flags & F(ECDSA)) == 0);
  CHECK((flags & F(SINGLE)) == 0 ||
        (facts->count == 1 && (flags & F(SELF_SIGNED)) == 0));
  CHECK((flags & F(ROOT_INCLUDED)) == 0 || facts->count > 1);
  CHECK((flags & F(UNORDERED)) == 0 || facts->count > 1);
  CHECK((flags & F(INCOMPLETE)) == 0 || facts->count != 0);
  CHECK((flags & F(EMPTY)) == 0 ||
        (facts->count == 0 && (flags & ~(uint32_t)F(MALFORMED)) == F(EMPTY)));
  CHECK(facts->count != 0 ||
        (flags & ~(uint32_t)(F(EMPTY) | F(MALFORMED) | F(NOT_READ))) == 0);
  CHECK(context->unix_seconds != 0 ||
        (flags & (F(EXPIRED) | F(NOT_YET_VALID) | F(RECENT) |
                  F(INTERMEDIATE_EXPIRED))) == 0);
  CHECK(!context->from_client ||
        (flags & (F(NAME_MATCH) | F(NAME_MISMATCH) | F(NO_NAMES))) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct cert_context context;
  struct cert_facts full, part;
  size_t cut;

  if (size < 3) {
    return 0;
  }
  context = context_of(data);
  full = read_checked(data + 3, size - 3, &context);
  check_facts(&full, &context);
  /* A prefix claims nothing that the whole does not. */
  cut = (size - 3) * data[1] / 256;
  part = read_checked(data + 3, cut, &context);
  check_facts(&part, &context);
  part.flags &= ~(uint32_t)(F(MALFORMED) | F(NOT_READ));
  CHECK((part.flags & ~full.flags) == 0);
  CHECK(part.key_bits == 0 || part.key_bits == full.key_bits);
  CHECK(part.count <= full.count);
  return 0;
}
