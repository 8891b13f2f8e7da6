/* flow_gather.c: handshake messages inside plaintext records (RFC 8446 section
 * 5.1: one may span records, and one record may hold several).
 *
 * A message that lies whole in one slice is read where it is.  Of any other
 * the header is kept, and in the room as much as fits of those whose content
 * matters. */
#include <string.h>

#include "flow.h"

static void room_release(struct flow *f, unsigned from)
{
  if (f->room_owner == from + 1) {
    f->room_owner = 0;
  }
  f->side[from].kept = 0;
}

void message_reset(struct flow *f, unsigned from)
{
  struct side *s = &f->side[from];

  room_release(f, from);
  s->msg_len = 0;
  s->msg_have = 0;
  s->flags &= (uint8_t) ~(SIDE_SPLIT | SIDE_HOLE | SIDE_READ);
}

static void message_done(struct flow *f, unsigned from, uint32_t t,
                         const uint8_t *ptr, size_t len, size_t full_len)
{
  struct side *s = &f->side[from];
  struct message m;

  m.ptr = ptr;
  m.len = len;
  m.full_len = full_len;
  m.offset = s->msg_offset;
  m.format = s->mode == MODE_SSLV2 ? TLSDIAG_FORMAT_SSLV2 : TLSDIAG_FORMAT_TLS;
  m.type = s->mode == MODE_SSLV2 ? HS_CLIENT_HELLO : ptr[0];
  m.from = from;
  m.t = t;
  message_read(f, &m);
  if ((f->flags & TLSDIAG_FLOW_STOP_AT_MESSAGE) != 0 && len == full_len) {
    f->message = ptr;
    f->message_len = saturate32(len);
    f->message_from = (uint8_t)from;
    f->message_format = (uint8_t)m.format;
  }
}

/* Keeps what fits into the room of the current message's bytes. */
static void room_append(struct flow *f, unsigned from, const uint8_t *data,
                        size_t len)
{
  struct side *s = &f->side[from];
  size_t free_len;

  if (f->room_owner != from + 1 || (s->flags & SIDE_HOLE) != 0) {
    return;
  }
  free_len = f->room_len - s->kept;
  if (len > free_len) {
    len = free_len;
  }
  memcpy(flow_room(f) + s->kept, data, len);
  s->kept += (uint32_t)len;
}

/* A message that will never fit is read as far as it came, and leaves the room
 * to the other side: a length is easily claimed. */
static void make_room(struct flow *f, unsigned from, uint32_t t)
{
  struct side *other = &f->side[from ^ 1];

  if (f->room_owner != (from ^ 1) + 1 || other->msg_len <= f->room_len ||
      other->kept < 4) {
    return;
  }
  message_done(f, from ^ 1, t, flow_room(f), other->kept, other->msg_len);
  other->flags |= SIDE_READ;
  room_release(f, from ^ 1);
}

/* A message of full_len bytes begins; the room is its own if it is free. */
void message_begin(struct flow *f, unsigned from, uint32_t t, size_t full_len)
{
  make_room(f, from, t);
  f->side[from].msg_len = (uint32_t)full_len;
  if (f->room_owner == 0 && f->room_len != 0) {
    f->room_owner = (uint8_t)(from + 1);
  }
}

/* Reads the header of a split message; returns the bytes used. */
static size_t message_header(struct flow *f, unsigned from, uint32_t t,
                             const uint8_t *data, size_t len)
{
  struct side *s = &f->side[from];
  size_t full_len;
  size_t n = 0;

  if (s->msg_have == 0) {
    s->msg_offset = saturate32(s->offset);
  }
  while (n < len && s->msg_have < 4) {
    s->msg_head[s->msg_have++] = data[n++];
  }
  if (s->msg_have < 4) {
    return n;
  }
  full_len = 4 + (((size_t)s->msg_head[1] << 16) |
                  ((size_t)s->msg_head[2] << 8) | s->msg_head[3]);
  s->msg_len = (uint32_t)full_len;
  if (message_wanted(s->msg_head[0])) {
    message_begin(f, from, t, full_len);
    room_append(f, from, s->msg_head, 4);
  }
  return n;
}

static void split_message_end(struct flow *f, unsigned from, uint32_t t)
{
  struct side *s = &f->side[from];
  size_t full = s->msg_len;

  if ((s->flags & SIDE_READ) == 0 && s->kept >= 4) {
    message_done(f, from, t, flow_room(f), s->kept, full);
  } else if ((s->flags & SIDE_READ) == 0) {
    message_done(f, from, t, s->msg_head, 4, full);
  }
  message_reset(f, from);
}

void message_cut(struct flow *f, unsigned from, uint32_t t)
{
  if (f->side[from].msg_have >= 4 && f->side[from].msg_len != 0) {
    split_message_end(f, from, t);
    f->message = NULL;
  }
}

size_t message_gather(struct flow *f, unsigned from, uint32_t t,
                      const uint8_t *data, size_t len)
{
  struct side *s = &f->side[from];
  size_t n = s->msg_len - s->msg_have;

  if (n > len) {
    n = len;
  }
  room_append(f, from, data, n);
  s->msg_have += (uint32_t)n;
  if (s->msg_have == s->msg_len) {
    split_message_end(f, from, t);
  }
  return n;
}

/* Takes handshake bytes of one record up to the end of one message at most;
 * returns how many it used. */
size_t handshake_feed(struct flow *f, unsigned from, uint32_t t,
                      const uint8_t *data, size_t len)
{
  struct side *s = &f->side[from];
  size_t n;

  if (s->msg_have == 0 && len >= 4) {
    n = 4 + (((size_t)data[1] << 16) | ((size_t)data[2] << 8) | data[3]);
    if (n <= len) { /* the common case: whole, so nothing is copied */
      if (message_wanted(data[0])) {
        make_room(f, from, t); /* as if it had come in pieces */
      }
      s->msg_offset = saturate32(s->offset);
      message_done(f, from, t, data, n, n);
      return n;
    }
  }
  if (s->msg_have < 4) {
    n = message_header(f, from, t, data, len);
    if (s->msg_have == 4 && s->msg_len == 4) {
      split_message_end(f, from, t);
    }
    return n;
  }
  return message_gather(f, from, t, data, len);
}
