/* dump_packets.h: packets that tcpdump (-x, -xx, -X, -XX) or tshark (-x)
 * printed in hex: read back and judged as the capture they came from. */
#ifndef TLSDIAG_CLI_DUMP_PACKETS_H
#define TLSDIAG_CLI_DUMP_PACKETS_H

#include <stddef.h>
#include <stdint.h>

#include "tool.h"

int dump_packets_recognise(const uint8_t *text, size_t len);
/* Reports on them under that name.  Returns 0, or -1 after tool_warn(). */
int dump_packets_report(struct tool *t, const char *name, const uint8_t *text,
                        size_t len);

#endif
