/* packet.h: one captured packet, peeled down to what a diagnosis needs. */
#ifndef TLSDIAG_CLI_PACKET_H
#define TLSDIAG_CLI_PACKET_H

#include <stddef.h>
#include <stdint.h>

/* Captured bytes of one layer: what is left after those below it. */
struct view {
  const uint8_t *at;
  size_t len;
};

/* Takes `count` bytes off the front; -1 if there are fewer. */
static inline int view_skip(struct view *v, size_t count)
{
  if (v->len < count) {
    return -1;
  }
  v->at += count;
  v->len -= count;
  return 0;
}

/* Two bytes in network order. */
static inline uint16_t read_u16(const uint8_t *at)
{
  return (uint16_t)((unsigned)at[0] << 8 | at[1]);
}

enum { FAMILY_IP4 = 4, FAMILY_IP6 = 6 };
enum { PROTO_TCP = 6, PROTO_UDP = 17 };

/* Bytes beyond the port are zero so that whole endpoints can be compared. */
struct endpoint {
  uint8_t addr[16]; /* IPv4 uses the first four */
  uint16_t port;
};

enum {
  TCP_FIN = 0x01,
  TCP_SYN = 0x02,
  TCP_RST = 0x04,
  TCP_PSH = 0x08,
  TCP_ACK = 0x10
};

struct packet {
  uint64_t frame; /* counted from 1, as every other capture reader does */
  uint64_t t_us;
  struct endpoint src;
  struct endpoint dst;
  uint8_t family;
  uint8_t proto;
  uint8_t hops; /* TTL or hop limit */
  uint8_t tcp_flags;
  uint16_t ip_id; /* IPv6 has none: 0 */
  uint16_t window;
  uint16_t mss; /* from the SYN's option, 0 if absent */
  uint8_t has_ip_id;
  uint8_t dont_fragment;
  uint32_t seq;
  uint32_t ack;
  const uint8_t *payload;
  uint32_t payload_len;  /* captured */
  uint32_t payload_wire; /* sent: more than captured if the snaplen cut it */
};

#endif
