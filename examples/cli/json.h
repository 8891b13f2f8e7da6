/* json.h: findings as JSON Lines (docs/tlsdiag-json.schema.json). */
#ifndef TLSDIAG_CLI_JSON_H
#define TLSDIAG_CLI_JSON_H

#include "finding.h"

/* Small writers that keep track of the commas. */
void json_key(struct out *o, const char *key);
void json_text(struct out *o, const char *key, const char *text_or_null);
void json_number(struct out *o, const char *key, uint64_t value);
void json_bool(struct out *o, const char *key, int value);
void json_null(struct out *o, const char *key);
/* Bytes from a network: a string, and `key`_hex beside it when they are not
 * well-formed UTF-8. */
void json_bytes(struct out *o, const char *key, const tlsdiag_bytes *bytes);

void json_connection(struct out *o, const struct finding *f);

#endif
