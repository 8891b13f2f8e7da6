/* wire_build.h: building messages byte by byte for the tests of the wire. */
#ifndef TLSDIAG_TESTS_WIRE_BUILD_H
#define TLSDIAG_TESTS_WIRE_BUILD_H

#include <stddef.h>
#include <stdint.h>

#include "tlsdiag/tlsdiag.h"

#define WIRE_MAX 70000

struct wire {
  size_t len;
  uint8_t bytes[WIRE_MAX];
};

void wire_u8(struct wire *w, unsigned value);
void wire_u16(struct wire *w, unsigned value);
void wire_u24(struct wire *w, unsigned value);
void wire_bytes(struct wire *w, const void *bytes, size_t len);

/* wire_open leaves room for a length of `width` bytes and returns its place;
 * wire_close writes the number of bytes put since. */
size_t wire_open(struct wire *w, unsigned width);
void wire_close(struct wire *w, size_t place, unsigned width);

/* wire_hello puts a ClientHello of TLS 1.2 with two suites; its extensions
 * are the given bytes.  format: TLSDIAG_FORMAT_TLS or _DTLS. */
void wire_hello(struct wire *w, unsigned format, const void *extensions,
                size_t len);
/* wire_server_hello puts a ServerHello with these extensions. */
void wire_server_hello(struct wire *w, const uint8_t random[32],
                       const void *extensions, size_t len);
/* wire_extension puts one extension. */
void wire_extension(struct wire *w, unsigned type, const void *body,
                    size_t len);
/* wire_record wraps bytes in a record. */
void wire_record(struct wire *w, unsigned type, unsigned version,
                 const void *content, size_t len);

/* wire_load reads a captured hello (a file of tests/captures/hellos); the
 * test fails if it is not there. */
void wire_load(struct wire *w, const char *name);
/* wire_names lists those files, a NULL at the end. */
extern const char *const wire_names[];

/* wire_copy makes a copy of exactly len bytes on the heap, so that a sanitizer
 * sees a read behind it; free() it. */
uint8_t *wire_copy(const uint8_t *bytes, size_t len);

/* wire_plain_has_grease is what the library does where the compiler has no
 * vectors. */
int wire_plain_has_grease(const uint8_t *bytes, size_t len);

#endif
