/* text_names.c: names of numbers, so that -12286 alone can be explained. */
#include <stddef.h>

#include "text_judge.h"

struct code_name {
  uint32_t code; /* family << 24 | number */
  const char *name;
};

#include "../../lib/tables/errtext_names.inc"

/* The order of families in errtext_generate.py. */
enum {
  SSL_OLD,
  SSL_NEW,
  BORINGSSL,
  X509,
  GNUTLS,
  NSS,
  MBEDTLS,
  WOLFSSL,
  WINDOWS,
  APPLE,
  CURL,
  HAPROXY,
  ERRNO,
  CHROME,
  EVENT
};

static const char *lookup(unsigned family, uint32_t number)
{
  uint32_t wanted = (uint32_t)family << 24 | (number & 0xffffff);
  size_t low = 0;
  size_t high = sizeof code_names / sizeof code_names[0];

  while (low < high) {
    size_t middle = (low + high) / 2;

    if (code_names[middle].code < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < sizeof code_names / sizeof code_names[0] &&
                 code_names[low].code == wanted
             ? code_names[low].name
             : NULL;
}

static const char *openssl_name(uint32_t code)
{
  const char *name;

  if (code >> 24 == 0x14) {
    name = lookup(SSL_OLD, code & 0xfff);
    return name != NULL ? name : lookup(SSL_NEW, code & 0xfff);
  }
  if (code >> 23 == 20) {
    name = lookup(SSL_NEW, code & 0x7fffff);
    return name != NULL ? name : lookup(SSL_OLD, code & 0x7fffff);
  }
  return NULL;
}

const char *text_code_name(const tlsdiag_hint *h)
{
  if (h->code == 0) {
    return NULL;
  }
  switch (h->stack) {
  case TLSDIAG_STACK_OPENSSL:
    return h->code < 128 ? lookup(X509, h->code) : openssl_name(h->code);
  case TLSDIAG_STACK_BORINGSSL:
    return lookup(BORINGSSL, h->code & 0xfff);
  case TLSDIAG_STACK_GNUTLS:
    return lookup(GNUTLS, h->code);
  case TLSDIAG_STACK_NSS:
    return lookup(NSS, h->code);
  case TLSDIAG_STACK_MBEDTLS:
    return lookup(MBEDTLS, h->code);
  case TLSDIAG_STACK_WOLFSSL:
    return lookup(WOLFSSL, h->code);
  case TLSDIAG_STACK_SCHANNEL:
    return lookup(h->code < 0x10000 ? EVENT : WINDOWS, h->code);
  case TLSDIAG_STACK_APPLE:
    return lookup(APPLE, h->code);
  case TLSDIAG_STACK_CURL:
    return lookup(CURL, h->code);
  case TLSDIAG_STACK_HAPROXY:
    return lookup(HAPROXY, h->code);
  case TLSDIAG_STACK_CHROME:
    return lookup(CHROME, h->code);
  case TLSDIAG_STACK_NGINX:
  case TLSDIAG_STACK_APACHE:
    return lookup(X509, h->code);
  default:
    return NULL;
  }
}
