/* link.c: link layers, by the DLT_ numbers of libpcap (their layouts are on
 * the "link-layer header types" page of the tcpdump project). */
#include "link.h"

#include <string.h>

/* pcap/dlt.h is not included: these numbers are part of the file format, and
 * the tool recognises them when built without libpcap headers too. */
enum {
  LINK_NULL = 0,
  LINK_ETHERNET = 1,
  LINK_PPP = 9,
  LINK_RAW_12 = 12,
  LINK_RAW_14 = 14,
  LINK_PPP_SERIAL = 50,
  LINK_PPP_ETHER = 51,
  LINK_RAW = 101,
  LINK_LOOP = 108,
  LINK_SLL = 113,
  LINK_IP4 = 228,
  LINK_IP6 = 229,
  LINK_SLL2 = 276
};

enum {
  ETHERTYPE_SNAP_LIMIT = 1536, /* below: a length, IEEE 802.3 */
  ETHERTYPE_VLAN = 0x8100,
  ETHERTYPE_QINQ = 0x88a8,
  ETHERTYPE_QINQ_OLD = 0x9100,
  ETHERTYPE_MPLS = 0x8847,
  ETHERTYPE_MPLS_MULTICAST = 0x8848,
  ETHERTYPE_PPPOE_SESSION = 0x8864,
  PPP_IP4 = 0x0021,
  PPP_IP6 = 0x0057
};

/* Raw IP tells its version in the first four bits. */
static unsigned peel_raw(struct view *v)
{
  if (v->len == 0) {
    return ETHERTYPE_NONE;
  }
  if (v->at[0] >> 4 == 4) {
    return ETHERTYPE_IP4;
  }
  return v->at[0] >> 4 == 6 ? ETHERTYPE_IP6 : ETHERTYPE_NONE;
}

/* RFC 1661: optional address and control bytes, protocol of one or two
 * bytes (compressed when its first byte is odd). */
static unsigned peel_ppp(struct view *v)
{
  unsigned protocol;

  if (v->len >= 2 && v->at[0] == 0xff && v->at[1] == 0x03) {
    (void)view_skip(v, 2);
  }
  if (v->len < 2) {
    return ETHERTYPE_NONE;
  }
  protocol = v->at[0] & 1 ? v->at[0] : read_u16(v->at);
  (void)view_skip(v, v->at[0] & 1 ? 1 : 2);
  if (protocol == PPP_IP4) {
    return ETHERTYPE_IP4;
  }
  return protocol == PPP_IP6 ? ETHERTYPE_IP6 : ETHERTYPE_NONE;
}

/* RFC 2516 section 4: version/type, code (0: session data), id, length. */
static unsigned peel_pppoe(struct view *v)
{
  if (v->len < 6 || v->at[1] != 0) {
    return ETHERTYPE_NONE;
  }
  (void)view_skip(v, 6);
  return peel_ppp(v);
}

/* RFC 3032: labels of four bytes, the last has the bottom-of-stack bit; what
 * follows is not named, so it has to look like IP. */
static unsigned peel_mpls(struct view *v)
{
  int bottom = 0;

  while (!bottom) {
    if (v->len < 4) {
      return ETHERTYPE_NONE;
    }
    bottom = v->at[2] & 1;
    (void)view_skip(v, 4);
  }
  return peel_raw(v);
}

/* IEEE 802.2 LLC with SNAP, organisation 000000: an ethertype follows. */
static unsigned snap_type(struct view *v)
{
  static const uint8_t snap[6] = {0xaa, 0xaa, 0x03, 0, 0, 0};
  unsigned type;

  if (v->len < 8 || memcmp(v->at, snap, sizeof snap) != 0) {
    return ETHERTYPE_NONE;
  }
  type = read_u16(v->at + 6);
  (void)view_skip(v, 8);
  return type >= ETHERTYPE_SNAP_LIMIT ? type : (unsigned)ETHERTYPE_NONE;
}

/* Follows an ethertype through tags and tunnels of the link layer.  Bounded
 * by the frame: every turn takes bytes off it. */
static unsigned peel_type(struct view *v, unsigned type)
{
  if (type < ETHERTYPE_SNAP_LIMIT) {
    type = snap_type(v);
  }
  while (type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ ||
         type == ETHERTYPE_QINQ_OLD) {
    if (v->len < 4) {
      return ETHERTYPE_NONE;
    }
    type = read_u16(v->at + 2);
    (void)view_skip(v, 4);
  }
  switch (type) {
  case ETHERTYPE_IP4:
  case ETHERTYPE_IP6:
    return type;
  case ETHERTYPE_MPLS:
  case ETHERTYPE_MPLS_MULTICAST:
    return peel_mpls(v);
  case ETHERTYPE_PPPOE_SESSION:
    return peel_pppoe(v);
  default:
    return ETHERTYPE_NONE;
  }
}

static unsigned peel_ethernet(struct view *v)
{
  unsigned type;

  if (v->len < 14) {
    return ETHERTYPE_NONE;
  }
  type = read_u16(v->at + 12);
  (void)view_skip(v, 14);
  return type == ETHERTYPE_IP4 ? type : peel_type(v, type);
}

/* Linux "cooked" capture: the ethertype ends a header of 16 bytes (v1) or
 * starts one of 20 (v2). */
static unsigned peel_sll(struct view *v)
{
  unsigned type;

  if (v->len < 16) {
    return ETHERTYPE_NONE;
  }
  type = read_u16(v->at + 14);
  (void)view_skip(v, 16);
  return peel_type(v, type);
}

static unsigned peel_sll2(struct view *v)
{
  unsigned type;

  if (v->len < 20) {
    return ETHERTYPE_NONE;
  }
  type = read_u16(v->at);
  (void)view_skip(v, 20);
  return peel_type(v, type);
}

/* BSD loopback: an address family in the byte order of the capturing host
 * (NULL) or of the network (LOOP).  AF_INET is 2 everywhere; AF_INET6 is 24,
 * 28 or 30 by system, 10 on Linux. */
static unsigned peel_null(struct view *v)
{
  unsigned family;

  if (v->len < 4) {
    return ETHERTYPE_NONE;
  }
  family = v->at[0] | v->at[1] ? (unsigned)v->at[0] : (unsigned)v->at[3];
  (void)view_skip(v, 4);
  switch (family) {
  case 2:
    return ETHERTYPE_IP4;
  case 10:
  case 24:
  case 28:
  case 30:
    return ETHERTYPE_IP6;
  default:
    return ETHERTYPE_NONE;
  }
}

static unsigned peel_ip4(struct view *v)
{
  return v->len > 0 ? (unsigned)ETHERTYPE_IP4 : (unsigned)ETHERTYPE_NONE;
}

static unsigned peel_ip6(struct view *v)
{
  return v->len > 0 ? (unsigned)ETHERTYPE_IP6 : (unsigned)ETHERTYPE_NONE;
}

link_peel *link_for(int dlt)
{
  switch (dlt) {
  case LINK_ETHERNET:
    return peel_ethernet;
  case LINK_NULL:
  case LINK_LOOP:
    return peel_null;
  case LINK_RAW:
  case LINK_RAW_12:
  case LINK_RAW_14:
    return peel_raw;
  case LINK_SLL:
    return peel_sll;
  case LINK_SLL2:
    return peel_sll2;
  case LINK_PPP:
  case LINK_PPP_SERIAL:
    return peel_ppp;
  case LINK_PPP_ETHER:
    return peel_pppoe;
  case LINK_IP4:
    return peel_ip4;
  case LINK_IP6:
    return peel_ip6;
  default:
    return NULL;
  }
}
