/* iterate.c: walking the lists that a decode has found. */
#include "reader.h"
#include "tlsdiag/tlsdiag.h"
#include "u16scan.h"

/* The end of a list, which of an empty one may be NULL: nothing is read
 * there. */
static int is_at_end(const tlsdiag_iter *it)
{
  return it->pos == it->end;
}

/* An element that does not fit ends the list: decode has refused such lists,
 * but an iterator may be given any bytes. */
static int finish(tlsdiag_iter *it, const struct reader *r)
{
  it->pos = rd_ok(r) ? r->pos : it->end;
  return rd_ok(r);
}

static struct reader resume(const tlsdiag_iter *it, struct rd_fault *fault)
{
  static const struct rd_fault none;
  struct reader r;

  *fault = none;
  r.pos = it->pos;
  r.end = it->end;
  r.origin = it->pos;
  r.fault = fault;
  return r;
}

static tlsdiag_bytes view_of(struct reader r)
{
  tlsdiag_bytes view;

  view.ptr = r.pos;
  view.len = rd_left(&r);
  return view;
}

void tlsdiag_iter_init(tlsdiag_iter *it, const tlsdiag_bytes *list)
{
  struct rd_fault fault;
  struct reader r;

  rd_init(&r, list->ptr, list->len, &fault);
  it->pos = r.pos;
  it->end = r.end;
}

/* Any field number but 0 serves: the fault is only asked whether it is one. */
#define SOME_FIELD TLSDIAG_FIELD_EXTENSION_BODY

int tlsdiag_next_u8(tlsdiag_iter *it, uint8_t *out)
{
  struct rd_fault fault;
  struct reader r;
  unsigned value;

  if (is_at_end(it)) {
    return 0;
  }
  r = resume(it, &fault);
  value = rd_u8(&r, SOME_FIELD);
  if (rd_ok(&r)) {
    *out = (uint8_t)value;
  }
  return finish(it, &r);
}

int tlsdiag_next_u16(tlsdiag_iter *it, uint16_t *out)
{
  struct rd_fault fault;
  struct reader r;
  unsigned value;

  if (is_at_end(it)) {
    return 0;
  }
  r = resume(it, &fault);
  value = rd_u16(&r, SOME_FIELD);
  if (rd_ok(&r)) {
    *out = (uint16_t)value;
  }
  return finish(it, &r);
}

int tlsdiag_next_u24(tlsdiag_iter *it, uint32_t *out)
{
  struct rd_fault fault;
  struct reader r;
  uint32_t value;

  if (is_at_end(it)) {
    return 0;
  }
  r = resume(it, &fault);
  value = rd_u24(&r, SOME_FIELD);
  if (rd_ok(&r)) {
    *out = value;
  }
  return finish(it, &r);
}

int tlsdiag_next_name(tlsdiag_iter *it, tlsdiag_bytes *out)
{
  struct rd_fault fault;
  struct reader r;
  struct reader name;

  if (is_at_end(it)) {
    return 0;
  }
  r = resume(it, &fault);
  name = rd_vec8(&r, SOME_FIELD);
  if (rd_ok(&r)) {
    *out = view_of(name);
  }
  return finish(it, &r);
}

int tlsdiag_next_extension(tlsdiag_iter *it, const tlsdiag_bytes *list,
                           tlsdiag_extension *out)
{
  struct rd_fault fault;
  struct reader r;
  unsigned type;
  struct reader body;

  if (is_at_end(it)) {
    return 0;
  }
  r = resume(it, &fault);
  type = rd_u16(&r, SOME_FIELD);
  body = rd_vec16(&r, SOME_FIELD);
  if (rd_ok(&r)) {
    out->offset = (uint32_t)(it->pos - list->ptr);
    out->type = (uint16_t)type;
    out->reserved_ = 0;
    out->body = view_of(body);
  }
  return finish(it, &r);
}

int tlsdiag_next_key_share(tlsdiag_iter *it, uint16_t *group,
                           tlsdiag_bytes *key)
{
  struct rd_fault fault;
  struct reader r;
  unsigned value;
  struct reader body;

  if (is_at_end(it)) {
    return 0;
  }
  r = resume(it, &fault);
  value = rd_u16(&r, SOME_FIELD);
  body = rd_vec16(&r, SOME_FIELD);
  if (rd_ok(&r)) {
    *group = (uint16_t)value;
    *key = view_of(body);
  }
  return finish(it, &r);
}

int tlsdiag_next_psk_identity(tlsdiag_iter *it, tlsdiag_bytes *identity,
                              uint32_t *obfuscated_ticket_age)
{
  struct rd_fault fault;
  struct reader r;
  struct reader name;
  uint32_t age;

  if (is_at_end(it)) {
    return 0;
  }
  r = resume(it, &fault);
  name = rd_vec16(&r, SOME_FIELD);
  age = rd_u32(&r, SOME_FIELD);
  if (rd_ok(&r)) {
    *identity = view_of(name);
    *obfuscated_ticket_age = age;
  }
  return finish(it, &r);
}

int tlsdiag_find_extension(const tlsdiag_bytes *list, uint16_t type,
                           tlsdiag_extension *out)
{
  tlsdiag_iter it;
  tlsdiag_extension extension;

  tlsdiag_iter_init(&it, list);
  while (tlsdiag_next_extension(&it, list, &extension)) {
    if (extension.type == type) {
      *out = extension;
      return TLSDIAG_STATUS_OK;
    }
  }
  return TLSDIAG_STATUS_E_ABSENT;
}

int tlsdiag_is_grease(uint16_t value)
{
  return u16_is_grease(value);
}
