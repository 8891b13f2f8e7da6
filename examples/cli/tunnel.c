/* tunnel.c: packets inside packets.  Mirrored traffic reaches an analyser in
 * VXLAN, GRE or ERSPAN; virtual networks use Geneve, mobile ones GTP. */
#include "tunnel.h"

#include "link.h"

enum { LINK_ETHERNET = 1, LINK_RAW = 101 };
enum { PROTO_IP4_INSIDE = 4, PROTO_IP6_INSIDE = 41, PROTO_GRE = 47 };
enum {
  PORT_GTP_USER = 2152,
  PORT_VXLAN = 4789,
  PORT_GENEVE = 6081,
  PORT_VXLAN_OLD = 8472 /* Linux before the number was given out */
};
enum {
  TYPE_BRIDGED = 0x6558, /* a whole Ethernet frame */
  TYPE_ERSPAN = 0x88be,  /* types I and II */
  TYPE_ERSPAN_3 = 0x22eb
};

static unsigned of_link(struct view *v, int dlt)
{
  return link_for(dlt)(v);
}

static unsigned of_type(struct view *v, unsigned type)
{
  if (type == TYPE_BRIDGED) {
    return of_link(v, LINK_ETHERNET);
  }
  return type == ETHERTYPE_IP4 || type == ETHERTYPE_IP6 ? type : ETHERTYPE_NONE;
}

/* draft-foschiano-erspan: type I has no header and no sequence number, II has
 * 8 bytes, III has 12 and 8 more when its last bit is set. */
static unsigned erspan(struct view *v, unsigned type, int has_sequence)
{
  size_t header = 0;

  if (type == TYPE_ERSPAN_3) {
    header = v->len >= 12 && (v->at[11] & 1) != 0 ? 20 : 12;
  } else if (has_sequence) {
    header = 8;
  }
  return view_skip(v, header) != 0 ? ETHERTYPE_NONE : of_link(v, LINK_ETHERNET);
}

/* RFC 2784 and 2890: flags, version 0, type, then what the flags announce. */
static unsigned gre(struct view *v)
{
  enum { CHECKSUM = 0x8000, KEY = 0x2000, SEQUENCE = 0x1000, OTHER = 0x4fff };
  unsigned flags;
  unsigned type;
  size_t header = 4;

  if (v->len < 4) {
    return ETHERTYPE_NONE;
  }
  flags = read_u16(v->at);
  type = read_u16(v->at + 2);
  header += flags & CHECKSUM ? 4 : 0;
  header += flags & KEY ? 4 : 0;
  header += flags & SEQUENCE ? 4 : 0;
  if ((flags & OTHER) != 0 || view_skip(v, header) != 0) {
    return ETHERTYPE_NONE;
  }
  if (type == TYPE_ERSPAN || type == TYPE_ERSPAN_3) {
    return erspan(v, type, (flags & SEQUENCE) != 0);
  }
  return of_type(v, type);
}

/* RFC 7348 section 5: of the flags only I, and all else reserved. */
static unsigned vxlan(struct view *v)
{
  if (v->len < 8 || v->at[0] != 0x08 || v->at[7] != 0 || view_skip(v, 8) != 0) {
    return ETHERTYPE_NONE;
  }
  return of_link(v, LINK_ETHERNET);
}

/* RFC 8926 section 3.4: version 0, length of the options in words. */
static unsigned geneve(struct view *v)
{
  unsigned type;

  if (v->len < 8 || v->at[0] >> 6 != 0) {
    return ETHERTYPE_NONE;
  }
  type = read_u16(v->at + 2);
  return view_skip(v, 8 + (size_t)(v->at[0] & 0x3f) * 4) != 0 ? ETHERTYPE_NONE
                                                         : of_type(v, type);
}

/* 3GPP TS 29.281 section 5: version 1, a user packet; any of the last three
 * flags adds four bytes, of which the last names an extension header, whose
 * first byte counts words and whose last names the next. */
static unsigned gtp(struct view *v)
{
  enum { USER_PACKET = 0xff, OPTIONAL = 0x07, EXTENDED = 0x04 };
  uint8_t flags;
  uint8_t next = 0;

  if (v->len < 8 || v->at[0] >> 4 != 3 || v->at[1] != USER_PACKET) {
    return ETHERTYPE_NONE;
  }
  flags = v->at[0];
  if (view_skip(v, flags & OPTIONAL ? 12 : 8) != 0) {
    return ETHERTYPE_NONE;
  }
  if ((flags & EXTENDED) != 0) {
    next = v->at[-1];
  }
  while (next != 0) {
    if (v->len == 0 || v->at[0] == 0 ||
        view_skip(v, (size_t)v->at[0] * 4) != 0) {
      return ETHERTYPE_NONE;
    }
    next = v->at[-1];
  }
  return of_link(v, LINK_RAW);
}

static unsigned of_port(struct view *v, unsigned port)
{
  switch (port) {
  case PORT_VXLAN:
  case PORT_VXLAN_OLD:
    return vxlan(v);
  case PORT_GENEVE:
    return geneve(v);
  case PORT_GTP_USER:
    return gtp(v);
  default:
    return ETHERTYPE_NONE;
  }
}

unsigned tunnel_peel(struct view *v, const struct packet *p)
{
  switch (p->proto) {
  case PROTO_IP4_INSIDE:
    return ETHERTYPE_IP4;
  case PROTO_IP6_INSIDE:
    return ETHERTYPE_IP6;
  case PROTO_GRE:
    return gre(v);
  case PROTO_UDP:
    return of_port(v, p->dst.port);
  default:
    return ETHERTYPE_NONE;
  }
}
