/* hexread.h: bytes out of hexadecimal text. */
#ifndef TLSDIAG_CLI_HEXREAD_H
#define TLSDIAG_CLI_HEXREAD_H

#include <stddef.h>
#include <stdint.h>

/* Reads plain hex (any of space : , - 0x \x {} ; and quotes between bytes)
 * and the dumps of xxd, hexdump -C, openssl and packet viewers: a line that
 * starts with the offset it should have carries at most 16 bytes, and its
 * text column is left out.  Lines that hold anything else are skipped.
 * out must hold len / 2 bytes and
 * is not `text`.  Returns how many bytes were read. */
size_t hexread(const uint8_t *text, size_t len, uint8_t *out);

/* 1 if there is nothing but text in these bytes. */
int hexread_is_text(const uint8_t *bytes, size_t len);

#endif
