/* spell_hello.h: hellos from words, for scenarios; see spell.h. */
#ifndef TLSDIAG_TESTS_SPELL_HELLO_H
#define TLSDIAG_TESTS_SPELL_HELLO_H

#include <stddef.h>
#include <stdint.h>

enum { SPELL_WORDS = 40, SPELL_WORD = 200 };

/* The words of one item; the first is its name. */
struct spell_item {
  size_t num;
  char word[SPELL_WORDS][SPELL_WORD];
};

/* The body of one message. */
struct spell_body {
  uint8_t bytes[1 << 16];
  size_t len;
};

void spell_put(struct spell_body *b, unsigned value, unsigned size);
void spell_fill(struct spell_body *b, unsigned byte, size_t len);
/* A vector with a length of `size` bytes: close writes it. */
size_t spell_open(struct spell_body *b, unsigned size);
void spell_close(struct spell_body *b, size_t start, unsigned size);

/* The value of key=value, NULL if the item has none. */
const char *spell_arg(const struct spell_item *item, const char *key);
unsigned spell_number(const struct spell_item *item, const char *key,
                     unsigned base, unsigned otherwise);
int spell_is(const struct spell_item *item, const char *key, const char *value);

void spell_client_hello(struct spell_body *b, const struct spell_item *item,
                       int datagram);
/* server_hello, or retry: a HelloRetryRequest. */
void spell_server_hello(struct spell_body *b, const struct spell_item *item,
                       int datagram);

#endif
