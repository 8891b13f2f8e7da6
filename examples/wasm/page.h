/* page.h: what page.c and page_capture.c share. */
#ifndef WASM_PAGE_H
#define WASM_PAGE_H
#include <stddef.h>
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(name)))

enum { PAGE_INPUT = 1 << 20, PAGE_OUTPUT = 1 << 16 };

extern uint8_t page_in[PAGE_INPUT]; /* bytes from the page */
extern char page_out[PAGE_OUTPUT];  /* words to it */

#endif
