#include "net.h"

#include <string.h>

#include "link.h"
#include "tunnel.h"

enum { IP6_MAX_HEADERS = 16, MAX_TUNNELS = 4 };

static uint32_t be32(const uint8_t *at)
{
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 |
         at[3];
}

/* RFC 9293 section 3.2: options are a kind byte, and for all but 0 and 1 a
 * length that counts both; kind 2 is the maximum segment size. */
static uint16_t tcp_mss(const uint8_t *at, size_t len)
{
  while (len > 0 && at[0] != 0) {
    size_t step = 1;

    if (at[0] != 1) {
      if (len < 2 || at[1] < 2 || at[1] > len) {
        return 0;
      }
      if (at[0] == 2 && at[1] == 4) {
        return read_u16(at + 2);
      }
      step = at[1];
    }
    at += step;
    len -= step;
  }
  return 0;
}

/* `wire` is what IP says it carries; `v` is what the capture kept of it. */
static enum net_kind tcp_read(struct view v, uint32_t wire, struct packet *p)
{
  size_t header;

  if (v.len < 20) {
    return NET_CUT;
  }
  header = (size_t)(v.at[12] >> 4) * 4;
  if (header < 20 || header > wire) {
    return NET_CUT;
  }
  p->src.port = read_u16(v.at);
  p->dst.port = read_u16(v.at + 2);
  p->seq = be32(v.at + 4);
  p->ack = be32(v.at + 8);
  p->tcp_flags = v.at[13];
  p->window = read_u16(v.at + 14);
  p->mss = 0;
  if (p->tcp_flags & TCP_SYN) {
    p->mss = tcp_mss(v.at + 20, (v.len < header ? v.len : header) - 20);
  }
  p->payload_wire = wire - (uint32_t)header;
  p->payload = v.at + (v.len < header ? v.len : header);
  p->payload_len = v.len > header ? (uint32_t)(v.len - header) : 0;
  return NET_SEGMENT;
}

static enum net_kind udp_read(struct view v, uint32_t wire, struct packet *p)
{
  uint32_t len;

  if (v.len < 8) {
    return NET_CUT;
  }
  len = read_u16(v.at + 4);
  if (len < 8 || len > wire) {
    len = wire; /* 0: a jumbogram or an offloaded packet */
  }
  p->src.port = read_u16(v.at);
  p->dst.port = read_u16(v.at + 2);
  p->payload = v.at + 8;
  p->payload_wire = len - 8;
  p->payload_len = (uint32_t)(v.len - 8);
  if (p->payload_len > p->payload_wire) {
    p->payload_len = p->payload_wire;
  }
  return NET_DATAGRAM;
}

static enum net_kind transport_read(struct view v, uint32_t wire,
                                    struct packet *p)
{
  if (v.len > wire) {
    v.len = wire; /* padding of short Ethernet frames */
  }
  if (p->proto == PROTO_TCP) {
    return wire < 20 ? NET_CUT : tcp_read(v, wire, p);
  }
  if (p->proto == PROTO_UDP) {
    return wire < 8 ? NET_CUT : udp_read(v, wire, p);
  }
  p->payload = v.at;
  p->payload_len = (uint32_t)v.len;
  p->payload_wire = wire;
  return NET_OTHER;
}

static enum net_kind ip4_read(struct view v, struct packet *p)
{
  size_t header;
  size_t total;

  if (v.len < 20) {
    return NET_CUT;
  }
  header = (size_t)(v.at[0] & 15) * 4;
  total = read_u16(v.at + 2);
  if (total == 0) {
    total = v.len; /* a segment that the network card would have cut up */
  }
  if (v.at[0] >> 4 != 4 || header < 20 || total < header || v.len < header) {
    return NET_CUT;
  }
  p->family = FAMILY_IP4;
  p->proto = v.at[9];
  p->hops = v.at[8];
  p->ip_id = read_u16(v.at + 4);
  p->has_ip_id = 1;
  p->dont_fragment = (v.at[6] & 0x40) != 0;
  memset(p->src.addr + 4, 0, 12);
  memset(p->dst.addr + 4, 0, 12);
  memcpy(p->src.addr, v.at + 12, 4);
  memcpy(p->dst.addr, v.at + 16, 4);
  if ((read_u16(v.at + 6) & 0x3fff) != 0) {
    return NET_FRAGMENT;
  }
  v.at += header;
  v.len -= header;
  return transport_read(v, (uint32_t)(total - header), p);
}

enum {
  IP6_HOP_BY_HOP = 0,
  IP6_ROUTING = 43,
  IP6_FRAGMENT = 44,
  IP6_AUTH = 51,
  IP6_DESTINATION = 60,
  IP6_MOBILITY = 135,
  IP6_HIP = 139,
  IP6_SHIM = 140
};

/* RFC 8200 section 4: walks the extension headers.  A fragment header that
 * says "first and only" (RFC 6946) is no fragment. */
static enum net_kind ip6_walk(struct view v, uint32_t wire, struct packet *p)
{
  size_t step;
  int i;

  for (i = 0; i < IP6_MAX_HEADERS; i++) {
    switch (p->proto) {
    case IP6_HOP_BY_HOP:
    case IP6_ROUTING:
    case IP6_DESTINATION:
    case IP6_MOBILITY:
    case IP6_HIP:
    case IP6_SHIM:
      step = v.len < 8 ? 0 : ((size_t)v.at[1] + 1) * 8;
      break;
    case IP6_AUTH:
      step = v.len < 8 ? 0 : ((size_t)v.at[1] + 2) * 4;
      break;
    case IP6_FRAGMENT:
      if (v.len >= 8 && (read_u16(v.at + 2) & 0xfff9) != 0) {
        return NET_FRAGMENT;
      }
      step = v.len < 8 ? 0 : 8;
      break;
    default:
      return transport_read(v, wire, p);
    }
    if (step == 0 || step > v.len || step > wire) {
      return NET_CUT;
    }
    p->proto = v.at[0];
    v.at += step;
    v.len -= step;
    wire -= (uint32_t)step;
  }
  return NET_CUT; /* no packet has so many headers */
}

static enum net_kind ip6_read(struct view v, struct packet *p)
{
  uint32_t wire;

  if (v.len < 40 || v.at[0] >> 4 != 6) {
    return NET_CUT;
  }
  wire = read_u16(v.at + 4);
  p->family = FAMILY_IP6;
  p->proto = v.at[6];
  p->hops = v.at[7];
  p->ip_id = 0;
  p->has_ip_id = 0;
  p->dont_fragment = 0;
  memcpy(p->src.addr, v.at + 8, 16);
  memcpy(p->dst.addr, v.at + 24, 16);
  v.at += 40;
  v.len -= 40;
  if (wire == 0) {
    wire = (uint32_t)v.len; /* offloaded, as above */
  }
  return ip6_walk(v, wire, p);
}

static enum net_kind ip_read(struct view v, unsigned ethertype,
                             struct packet *p)
{
  if (ethertype == ETHERTYPE_IP4) {
    return ip4_read(v, p);
  }
  return ethertype == ETHERTYPE_IP6 ? ip6_read(v, p) : NET_NOT_IP;
}

enum net_kind net_read(struct view v, unsigned ethertype, struct packet *p)
{
  enum net_kind kind = ip_read(v, ethertype, p);
  int i;

  for (i = 0; i < MAX_TUNNELS; i++) {
    if (kind != NET_DATAGRAM && kind != NET_OTHER) {
      return kind;
    }
    v.at = p->payload;
    v.len = p->payload_len;
    ethertype = tunnel_peel(&v, p);
    if (ethertype == ETHERTYPE_NONE) {
      return kind;
    }
    kind = ip_read(v, ethertype, p);
  }
  return kind;
}
