/* record_looks.c: does it look like a record?  Every question here may be
 * asked of one byte or of many, and is answered from those that are there:
 * "is it wrong already?" comes before "is there enough of it?". */
#include "record.h"

#define HANDSHAKE 22

/* A byte of a header that may not be there yet. */
struct maybe {
  unsigned is_there;
  unsigned value;
};

static struct maybe next_byte(struct reader *r)
{
  struct maybe byte;

  byte.is_there = rd_left(r) != 0;
  byte.value = byte.is_there ? rd_u8(r, 0) : 0;
  return byte;
}

static int is_not(struct maybe byte, unsigned value)
{
  return byte.is_there && byte.value != value;
}

static int is_above(struct maybe byte, unsigned value)
{
  return byte.is_there && byte.value > value;
}

/* A record of no version we know is believed if a ClientHello or ServerHello
 * is in it: type 22, no DTLS version, a sane length, and a handshake header of
 * type 1 or 2 with a length below 65,536. */
static int is_no_odd_hello(struct maybe type, struct maybe major,
                           struct maybe length_high, struct reader content)
{
  struct maybe message_type = next_byte(&content);
  struct maybe message_length_high = next_byte(&content);

  return type.value != HANDSHAKE || major.value == 0xfe ||
         is_above(length_high, RECORD_MAX_PLAIN >> 8) ||
         (message_type.is_there && message_type.value != 1 &&
          message_type.value != 2) ||
         is_not(message_length_high, 0);
}

int record_is_wrong(struct reader r)
{
  struct maybe type = next_byte(&r);
  struct maybe major = next_byte(&r);
  struct maybe minor = next_byte(&r);
  struct maybe length_high = next_byte(&r);

  next_byte(&r);
  if (type.is_there && (type.value < 20 || type.value > 24)) {
    return 1;
  }
  if (!is_not(major, 3)) {
    return is_above(length_high, RECORD_MAX_CIPHER >> 8);
  }
  if (major.value == 1 && !is_not(minor, 1)) {
    return is_above(length_high, RECORD_MAX_CIPHER >> 8);
  }
  return is_no_odd_hello(type, major, length_high, r);
}

/* Versions 0xfeff, 0xfefd, 0xfefc. */
int dtls_is_wrong(struct reader r)
{
  struct maybe type = next_byte(&r);
  struct maybe major = next_byte(&r);
  struct maybe minor = next_byte(&r);

  return (type.is_there && (type.value < 20 || type.value > 26)) ||
         is_not(major, 0xfe) || (minor.is_there && minor.value < 0xfc);
}

/* The two-byte header and the first three bytes of the message: a top bit,
 * CLIENT-HELLO, and version 2 or 3.x. */
static int sslv2_head_is_wrong(struct reader r)
{
  struct maybe length = next_byte(&r);
  struct maybe type;
  struct maybe major;
  struct maybe minor;

  next_byte(&r);
  type = next_byte(&r);
  major = next_byte(&r);
  minor = next_byte(&r);
  if ((length.is_there && length.value < 0x80) || is_not(type, 1)) {
    return 1;
  }
  return is_not(major, 3) && (is_not(major, 0) || is_not(minor, 2));
}

/* SERVER-HELLO: length of two bytes, type 4, session_id_hit, certificate_type,
 * version 0x0002 (Hickman 1995, section 5.6). */
int sslv2_answer_is_wrong(struct reader r)
{
  struct maybe length = next_byte(&r);
  struct maybe type;
  struct maybe hit;
  struct maybe certificate_type;
  struct maybe major;

  next_byte(&r);
  type = next_byte(&r);
  hit = next_byte(&r);
  certificate_type = next_byte(&r);
  major = next_byte(&r);
  return (length.is_there && length.value < 0x80) || is_not(type, 4) ||
         (is_not(hit, 0) && is_not(hit, 1)) ||
         (is_not(certificate_type, 0) && is_not(certificate_type, 1)) ||
         is_not(major, 0) || is_not(next_byte(&r), 2);
}

int sslv2_is_wrong(struct reader r)
{
  unsigned length;
  unsigned kinds;
  unsigned rest;

  if (sslv2_head_is_wrong(r)) {
    return 1;
  }
  if (rd_left(&r) < 7) {
    return 0;
  }
  length = rd_u16(&r, 0) & 0x7fff;
  rd_u24(&r, 0);
  kinds = rd_u16(&r, 0);
  if (length < 9 || kinds == 0 || kinds % 3 != 0 || kinds > length - 9) {
    return 1;
  }
  if (rd_left(&r) < 4) {
    return 0;
  }
  rest = rd_u16(&r, 0);
  rest += rd_u16(&r, 0);
  return 9 + kinds + rest != length;
}

/* Those of RFC 8446 appendix B.3 and its predecessors, next_protocol(67),
 * compressed and other certificate messages, message_hash(254). */
int handshake_type_is_known(unsigned type)
{
  return type <= 6 || type == 8 || (type >= 11 && type <= 16) ||
         (type >= 20 && type <= 26) || type == 67 || type == 203 || type == 254;
}
