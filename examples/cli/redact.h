/* redact.h: stable pseudonyms.  The first address becomes host1, the second
 * host2, and the same address stays the same for as long as the tool runs.
 * Numbers instead of hashes: a hash of an address can be searched. */
#ifndef TLSDIAG_CLI_REDACT_H
#define TLSDIAG_CLI_REDACT_H

#include <stddef.h>
#include <stdint.h>

enum redact_kind { REDACT_HOST = 0, REDACT_PORT, REDACT_NAME };
enum { REDACT_KINDS = 3 };

struct redact_entry;

struct redactor {
  struct redact_entry **buckets;
  size_t num_buckets;
  size_t count;
  uint32_t newest[REDACT_KINDS];
};

void redactor_init(struct redactor *r);
void redactor_free(struct redactor *r);

/* The number that stands for these bytes, from 1; 0 when memory is out. */
uint32_t redact_number(struct redactor *r, enum redact_kind kind,
                       const void *bytes, size_t len);

#endif
