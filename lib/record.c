/* record.c: the first handshake message of a stream, whatever carries it. */
#include <string.h>

#include "hello.h"
#include "record.h"
#include "tlsdiag/tlsdiag.h"

#define RECORD_HANDSHAKE 22
#define MESSAGE_HEADER 4

/* One search. */
struct search {
  struct reader r;       /* what was not yet looked at */
  struct rd_fault fault; /* why it stopped */
  uint8_t *scratch;
  size_t scratch_len;
  tlsdiag_bytes *msg;
};

static int stop(struct search *s, int status, size_t offset, size_t want,
                unsigned field)
{
  s->fault.offset = offset;
  s->fault.want = want;
  s->fault.have = rd_left(&s->r);
  s->fault.field = field;
  return status;
}

/* ---- DTLS: one datagram ---- */

/* struct {                                       RFC 9147 section 4
 *   ContentType type;
 *   ProtocolVersion legacy_record_version;
 *   uint16 epoch = 0;
 *   uint48 sequence_number;
 *   uint16 length;
 *   opaque fragment[length];
 * } DTLSPlaintext;                  then the header of hello.c */
static int find_in_datagram(struct search *s)
{
  const unsigned field = TLSDIAG_FIELD_DTLS_HEADER;
  struct reader record;
  struct reader head;
  uint32_t length;
  uint32_t offset;
  uint32_t fragment;

  if (s->r.pos[0] != RECORD_HANDSHAKE) {
    return stop(s, TLSDIAG_STATUS_E_ABSENT, 0, 0, TLSDIAG_FIELD_RECORD_TYPE);
  }
  rd_take(&s->r, 11, field);
  record = rd_vec16(&s->r, TLSDIAG_FIELD_RECORD_FRAGMENT);
  head = record;
  rd_u8(&head, TLSDIAG_FIELD_HANDSHAKE_TYPE);
  length = rd_u24(&head, TLSDIAG_FIELD_HANDSHAKE_LENGTH);
  rd_u16(&head, field);
  offset = rd_u24(&head, field);
  fragment = rd_u24(&head, field);
  rd_sub(&head, fragment, TLSDIAG_FIELD_HANDSHAKE_BODY);
  if (!rd_ok(&head)) {
    return TLSDIAG_STATUS_E_MALFORMED;
  }
  record.end = head.pos;
  *s->msg = rd_view(record);
  if (offset + fragment > length) {
    return stop(s, TLSDIAG_STATUS_E_MALFORMED, rd_offset(&record), length,
                field);
  }
  if (fragment != length) {
    return stop(s, TLSDIAG_STATUS_MORE, rd_offset(&head), length - fragment,
                TLSDIAG_FIELD_HANDSHAKE_BODY);
  }
  return TLSDIAG_STATUS_OK;
}

/* ---- SSLv2 format ---- */

/* A hello whose first five bytes are right and whose lengths do not add up is
 * malformed; what fails before that is something else. */
static int find_sslv2(struct search *s)
{
  struct reader head = s->r;
  struct reader start =
      rd_sub(&head, rd_left(&head) < 5 ? rd_left(&head) : 5, 0);
  struct reader message = s->r;
  size_t length;

  if (sslv2_is_wrong(start)) {
    return stop(s, TLSDIAG_STATUS_E_NOT_TLS, 0, 0, TLSDIAG_FIELD_FIRST_BYTES);
  }
  if (rd_left(&s->r) < 5) {
    return stop(s, TLSDIAG_STATUS_MORE, 0, 5 - rd_left(&s->r),
                TLSDIAG_FIELD_SSLV2_HEADER);
  }
  *s->msg = rd_view(s->r);
  head = s->r;
  length = rd_u16(&head, TLSDIAG_FIELD_SSLV2_HEADER) & 0x7fff;
  if (sslv2_is_wrong(s->r)) {
    return stop(s, TLSDIAG_STATUS_E_MALFORMED, 0, length,
                TLSDIAG_FIELD_SSLV2_HEADER);
  }
  if (length > rd_left(&head)) {
    return stop(s, TLSDIAG_STATUS_MORE, rd_offset(&head),
                length - rd_left(&head), TLSDIAG_FIELD_HANDSHAKE_BODY);
  }
  *s->msg = rd_view(rd_sub(&message, 2 + length, 0));
  return TLSDIAG_STATUS_OK;
}

/* ---- TLS records ---- */

/* A message on its way from records into one piece. */
struct gather {
  uint8_t head[MESSAGE_HEADER];
  uint8_t reserved[4];
  size_t have;  /* of the message */
  size_t total; /* header and body; the header alone until it is there */
};

static size_t smaller(size_t a, size_t b)
{
  return a < b ? a : b;
}

/* Takes the part of a record that belongs to the message.  The first four
 * bytes are kept apart, so that its length is known before there is scratch
 * for it. */
static void gather_take(struct search *s, struct gather *g,
                        struct reader fragment)
{
  size_t n;

  while (g->have < MESSAGE_HEADER && rd_left(&fragment) != 0) {
    g->head[g->have] = (uint8_t)rd_u8(&fragment, 0);
    if (g->have < s->scratch_len) {
      s->scratch[g->have] = g->head[g->have];
    }
    g->have++;
  }
  if (g->have >= MESSAGE_HEADER) {
    g->total = MESSAGE_HEADER + ((size_t)g->head[1] << 16 |
                                 (size_t)g->head[2] << 8 | g->head[3]);
  }
  n = smaller(rd_left(&fragment), g->total - g->have);
  if (n != 0 && g->total <= s->scratch_len) {
    memcpy(s->scratch + g->have, rd_take(&fragment, n, 0), n);
  }
  g->have += n;
}

/* struct {
 *   ContentType type;
 *   ProtocolVersion legacy_record_version;
 *   uint16 length;
 *   opaque fragment[length];
 * } TLSPlaintext;                               RFC 8446 section 5.1
 * *fragment is what there is of its content, *missing the number of bytes
 * that are not there yet. */
static int next_record(struct search *s, struct reader *fragment,
                       size_t *missing)
{
  const size_t at = rd_offset(&s->r);
  size_t length;
  unsigned type;

  if (record_is_wrong(s->r)) {
    return stop(s, TLSDIAG_STATUS_E_NOT_TLS, at, 0, TLSDIAG_FIELD_RECORD_TYPE);
  }
  if (rd_left(&s->r) < RECORD_HEADER) {
    return stop(s, TLSDIAG_STATUS_MORE, at, RECORD_HEADER - rd_left(&s->r),
                TLSDIAG_FIELD_RECORD_LENGTH);
  }
  type = rd_u8(&s->r, 0);
  rd_u16(&s->r, 0);
  length = rd_u16(&s->r, 0);
  if (type != RECORD_HANDSHAKE) {
    return stop(s, TLSDIAG_STATUS_E_ABSENT, at, 0, TLSDIAG_FIELD_RECORD_TYPE);
  }
  if (length > RECORD_MAX_PLAIN) {
    return stop(s, TLSDIAG_STATUS_E_MALFORMED, at + 3, length,
                TLSDIAG_FIELD_RECORD_LENGTH);
  }
  *missing = length - smaller(length, rd_left(&s->r));
  *fragment = rd_sub(&s->r, length - *missing, 0);
  return TLSDIAG_STATUS_OK;
}

/* The least number of further bytes that can complete the message: what is
 * missing of this record, and if that is not enough one more header. */
static int want_more(struct search *s, const struct gather *g, size_t missing)
{
  size_t rest = g->total - g->have;

  return stop(s, TLSDIAG_STATUS_MORE, rd_offset(&s->r),
              rest > missing ? rest + RECORD_HEADER : rest,
              TLSDIAG_FIELD_HANDSHAKE_BODY);
}

/* 1 if the first record holds the whole message, which is the rule; then
 * nothing is copied. */
static int is_whole(struct search *s, struct reader fragment)
{
  struct reader message = fragment;
  struct reader head = fragment;
  size_t length;

  if (rd_left(&fragment) < MESSAGE_HEADER) {
    return 0;
  }
  rd_u8(&head, 0);
  length = rd_u24(&head, 0);
  if (length > rd_left(&head)) {
    return 0;
  }
  *s->msg = rd_view(rd_sub(&message, MESSAGE_HEADER + length, 0));
  return 1;
}

/* One record's part.  OK: the message is complete. */
static int take_record(struct search *s, struct gather *g,
                       struct reader fragment, size_t missing)
{
  const size_t at = rd_offset(&fragment);

  if (g->have == 0 && rd_left(&fragment) != 0 &&
      !handshake_type_is_known(fragment.pos[0])) {
    return stop(s, TLSDIAG_STATUS_E_MALFORMED, at, 0,
                TLSDIAG_FIELD_HANDSHAKE_TYPE);
  }
  if (g->have == 0 && is_whole(s, fragment)) {
    return TLSDIAG_STATUS_OK;
  }
  if (g->have == 0) {
    *s->msg = rd_view(fragment); /* a caller may decode a part */
  }
  gather_take(s, g, fragment);
  if (g->have < g->total) {
    return want_more(s, g, missing);
  }
  if (g->total > s->scratch_len) {
    return stop(s, TLSDIAG_STATUS_E_STORAGE, at, g->total,
                TLSDIAG_FIELD_HANDSHAKE_BODY);
  }
  s->msg->ptr = s->scratch;
  s->msg->len = g->total;
  return TLSDIAG_STATUS_OK;
}

static int find_in_records(struct search *s)
{
  struct gather g;
  struct reader fragment;
  size_t missing;
  int status;

  memset(&g, 0, sizeof g);
  g.total = MESSAGE_HEADER;
  status = next_record(s, &fragment, &missing);
  while (status == TLSDIAG_STATUS_OK) {
    status = take_record(s, &g, fragment, missing);
    if (status != TLSDIAG_STATUS_MORE || rd_left(&s->r) == 0) {
      return status;
    }
    status = next_record(s, &fragment, &missing);
    if (status == TLSDIAG_STATUS_MORE) {
      s->fault.want += g.total - g.have;
    }
    if (status == TLSDIAG_STATUS_E_NOT_TLS ||
        status == TLSDIAG_STATUS_E_ABSENT) {
      return TLSDIAG_STATUS_E_MALFORMED; /* in the middle of a message */
    }
  }
  return status;
}

/* ---- the choice ---- */

/* The first byte tells the three apart. */
static int find(struct search *s)
{
  const size_t have = rd_left(&s->r);

  if (have == 0) {
    return stop(s, TLSDIAG_STATUS_MORE, 0, RECORD_HEADER,
                TLSDIAG_FIELD_RECORD_TYPE);
  }
  if (have > 1 && !dtls_is_wrong(s->r)) {
    return find_in_datagram(s);
  }
  if (!record_is_wrong(s->r)) {
    return find_in_records(s);
  }
  return find_sslv2(s);
}

int tlsdiag_find_handshake(const uint8_t *in, size_t in_len, uint8_t *scratch,
                           size_t scratch_len, tlsdiag_bytes *msg,
                           tlsdiag_where *where)
{
  static const tlsdiag_bytes nothing;
  struct search s;
  int status;

  if (msg == NULL || (in == NULL && in_len != 0) ||
      (scratch == NULL && scratch_len != 0)) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  memset(&s.fault, 0, sizeof s.fault);
  rd_init(&s.r, in, in_len, &s.fault);
  s.scratch = scratch;
  s.scratch_len = scratch_len;
  s.msg = msg;
  *msg = nothing;
  status = find(&s);
  where_set(where, &s.fault);
  return status;
}
