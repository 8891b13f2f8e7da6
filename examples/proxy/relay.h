/* relay.h: bytes from one stream to another, holding what is not taken. */
#ifndef RELAY_H
#define RELAY_H

#include <stdint.h>
#include <uv.h>

/* Writes bytes that were read from `source`.  What `to` does not take at once
 * is kept, and `source` not read; resume(source, status) is called when it is
 * gone, or with a negative status when it will never be.  0: done so far. */
int relay(uv_stream_t *source, uv_stream_t *to, const uint8_t *data, size_t len,
          void (*resume)(uv_stream_t *source, int status));

#endif
