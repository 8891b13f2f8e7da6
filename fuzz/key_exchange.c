/* Fuzzes the readers of ServerKeyExchange and CertificateRequest.
 *
 * Input: a byte with the key exchange class, one with the version, and the
 * body, which is read as both messages. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "certificate.h"
#include "tlsdiag/tlsdiag.h"

#define CHECK(condition)                                                       \
  do {                                                                         \
    if (!(condition)) {                                                        \
      abort();                                                                 \
    }                                                                          \
  } while (0)

static void read_ske(unsigned key_exchange, const uint8_t *bytes, size_t len)
{
  struct rd_fault fault = {0, 0, 0, 0};
  struct ske_facts facts;
  struct reader r;

  rd_init(&r, bytes, len, &fault);
  server_key_exchange_read(&r, key_exchange, &facts);
  CHECK(r.pos >= bytes && r.pos <= bytes + len && fault.offset <= len);
  CHECK(facts.group <= 0xffff && facts.prime_bits <= 8 * len);
  CHECK(facts.group == 0 || facts.prime_bits == 0);
  CHECK(fault.field == 0 || fault.field == TLSDIAG_FIELD_SERVER_KEY_EXCHANGE);
}

static void read_creq(unsigned version, const uint8_t *bytes, size_t len)
{
  struct rd_fault fault = {0, 0, 0, 0};
  struct creq_facts facts;
  struct reader r;

  rd_init(&r, bytes, len, &fault);
  certificate_request_read(&r, version, &facts);
  CHECK(r.pos >= bytes && r.pos <= bytes + len && fault.offset <= len);
  CHECK(facts.num_names <= (len + 1) / 2);
  CHECK(facts.num_signature_algorithms <= len / 2);
  CHECK(version >= 0x0303 || facts.num_signature_algorithms == 0);
  CHECK(fault.field == 0 || fault.field == TLSDIAG_FIELD_TRAILING ||
        fault.field == TLSDIAG_FIELD_CERTIFICATE_REQUEST);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  uint8_t *copy;

  if (size < 2) {
    return 0;
  }
  copy = malloc(size - 2 + (size == 2)); /* exact, so overreads are seen */
  CHECK(copy != NULL);
  memcpy(copy, data + 2, size - 2);
  read_ske(data[0], copy, size - 2);
  read_creq(0x0300u + data[1] % 5, copy, size - 2);
  free(copy);
  return 0;
}
