/* capture.h: captures by way of libpcap. */
#ifndef TLSDIAG_CLI_CAPTURE_H
#define TLSDIAG_CLI_CAPTURE_H

#include "hello.h"
#include "source.h"
#include "tool.h"

/* An input_reader: pcap (any byte order and precision) and pcapng. */
int capture_recognise(const uint8_t *head, size_t head_len, int is_whole);
int capture_report(struct tool *t, struct source *s);

/* The first ClientHello of a capture, undecoded: sets h->bytes, message and
 * format.  Returns 0, or -1 after tool_warn(). */
int capture_first_hello(struct tool *t, struct source *s, struct hello *h);

#endif
