/* stdio.h: names in headers of the tool.  What would call these functions is
 * not linked; the linker refuses the module if it were. */
#ifndef WASM_STDIO_H
#define WASM_STDIO_H
#include <stddef.h>
typedef struct wasm_file FILE;
int snprintf(char *buf, size_t len, const char *format, ...);
#endif
