/* escape.h: the only ways by which bytes from a network or a file name reach
 * a terminal or a JSON text. */
#ifndef TLSDIAG_CLI_ESCAPE_H
#define TLSDIAG_CLI_ESCAPE_H

#include "out.h"

/* Writes bytes for a terminal: printable ASCII except backslash and double
 * quote stays, everything else becomes \xHH.  At most `cap` bytes are shown,
 * then "...".  No escape sequence, newline or bidi mark can survive. */
void escape_term(struct out *o, const void *bytes, size_t len, size_t cap);

/* Writes bytes as a JSON string with its quotes, pure ASCII.  Well-formed
 * UTF-8 becomes \uXXXX (pairs beyond the first plane); a byte that is not
 * part of well-formed UTF-8 becomes \u00HH.  Returns how many of the latter
 * there were: the caller then adds a hexadecimal twin, for \u00HH alone does
 * not tell U+00HH from a stray byte. */
size_t escape_json(struct out *o, const void *bytes, size_t len);

/* Writes a NUL-terminated text of ours as a JSON string. */
void escape_json_str(struct out *o, const char *text);

/* Length of the well-formed UTF-8 sequence at the start of bytes, 0 if there
 * is none (RFC 3629 section 4: no overlong forms, no surrogates). */
size_t escape_utf8_len(const uint8_t *bytes, size_t len);

#endif
