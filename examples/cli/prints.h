/* prints.h: JA3 and JA4 of many hellos.
 *
 * Clients come in families whose hellos differ in random numbers and names
 * only.  The hashes cost more than all else that is done with a hello, so the
 * newest families are remembered, by everything that the fingerprints are
 * made of. */
#ifndef TLSDIAG_CLI_PRINTS_H
#define TLSDIAG_CLI_PRINTS_H

#include <tlsdiag/tlsdiag.h>

enum { PRINTS_FAMILIES = 128, PRINTS_KEY = 1024, JA3_LEN = 32, JA4_LEN = 36 };

/* Empty strings stand for a fingerprint that there is none of. */
struct prints {
  char ja3[JA3_LEN + 1];
  char ja4[JA4_LEN + 1];
};

struct family {
  struct prints prints;
  uint16_t key_len; /* 0: free */
  uint8_t key[PRINTS_KEY];
};

/* NULL is a valid memory: it remembers nothing. */
struct prints_memory {
  struct family family[PRINTS_FAMILIES];
};

void prints_of(struct prints_memory *memory, const tlsdiag_client_hello *ch,
               struct prints *out);

#endif
