/* extensions.c: every extension of a hello, and each only once.
 *
 * A body that breaks its syntax is one fault and one anomaly; the next
 * extension is read all the same, because the name in it may be what the
 * question is about. */
#include "extensions.h"

#include "extension_bodies.h"
#include "extension_rows.h"
#include "u16scan.h"
#include "u16set.h"

/* clang-format off */
/* A row without a view has the offset of `size`, which is 0. */
#define CLIENT_ROW(index, name, field, shape, view, s_, v_)                    \
  [index] = {shape, TLSDIAG_HAS_##name, TLSDIAG_FIELD_##field,                 \
             offsetof(tlsdiag_client_hello, view), 0},
#define SERVER_ROW(index, name, field, s_, v_, shape, view)                    \
  [index] = {shape, TLSDIAG_HAS_##name, TLSDIAG_FIELD_##field,                 \
             offsetof(tlsdiag_server_hello, view), 0},

const struct extension_row extension_rows[2][ROW_OTHER + 1] = {
  {EXTENSION_ROWS(CLIENT_ROW)}, /* HELLO_CLIENT */
  {EXTENSION_ROWS(SERVER_ROW)}  /* HELLO_SERVER */
};
/* clang-format on */

/* The row of a type from beyond the low rows. */
static unsigned high_row(unsigned type)
{
  switch (type) {
  case 13172:
    return ROW_NPN;
  case 17513:
    return ROW_ALPS_OLD;
  case 17613:
    return ROW_ALPS;
  case 0xfe0d:
    return ROW_ECH;
  case 0xff01:
    return ROW_RENEGOTIATION_INFO;
  default:
    return ROW_OTHER;
  }
}

static void read_body(struct hello *h, const struct extension_row *row,
                      struct reader *body)
{
  switch (row->shape) {
  case FLAG:
    if (rd_left(body) != 0) {
      rd_fail(body, 0, row->field);
    }
    break;
  case OPAQUE:
    *row_view(h, row) = rd_view(*body);
    body->pos = body->end;
    break;
  case U8_VALUE:
    rd_u8(body, row->field);
    break;
  case U16_VALUE:
    read_u16_value(h, row, body);
    break;
  case U8_LIST8:
    read_u8_list(h, row, body);
    break;
  case U16_LIST8:
  case U16_LIST16:
    read_u16_list(h, row, body);
    break;
  case VECTOR8:
    read_vector8(h, row, body);
    break;
  case VECTOR16:
    read_vector16(h, row, body);
    break;
  case NAMES16:
    read_names(h, row, body);
    break;
  case SERVER_NAME:
    read_server_name(h, row, body);
    break;
  case MAX_FRAGMENT_LENGTH:
    read_max_fragment_length(h, row, body);
    break;
  case STATUS_REQUEST:
    read_status_request(h, row, body);
    break;
  case USE_SRTP:
    read_use_srtp(h, row, body);
    break;
  case ALPN_CHOICE:
    read_alpn_choice(h, row, body);
    break;
  case PADDING:
    read_padding(h, row, body);
    break;
  case PSK_OFFER:
    read_psk_offer(h, row, body);
    break;
  case VERSIONS_OFFER:
    read_versions_offer(h, row, body);
    break;
  case AUTHORITIES:
    read_authorities(h, row, body);
    break;
  case KEY_SHARES:
    read_key_shares(h, row, body);
    break;
  case KEY_SHARE:
    read_key_share(h, row, body);
    break;
  case TRANSPORT_PARAMETERS:
    read_transport_parameters(h, row, body);
    break;
  case ECH_OFFER:
    read_ech_offer(h, row, body);
    break;
  default: /* not looked at */
    body->pos = body->end;
    break;
  }
}

/* Keeps the fault of one body as the message's, if it is the first, and makes
 * the reader fit for the next body. */
static void keep_body_fault(struct hello *h, unsigned has)
{
  hello_anomaly(h, TLSDIAG_ANOMALY_BAD_EXTENSION, h->body_fault.field,
                h->body_fault.offset);
  if (h->fault.field == 0) {
    h->fault = h->body_fault;
  }
  h->body_fault.field = 0;
  h->broken |= hello_bit(has);
}

static inline void read_known(struct hello *h, const struct extension_row *row,
                              struct reader *body)
{
  read_body(h, row, body);
  if (h->body_fault.field != 0) {
    keep_body_fault(h, row->has);
    return;
  }
  if (rd_left(body) != 0) {
    hello_anomaly(h, TLSDIAG_ANOMALY_TRAILING_BYTES, row->field,
                  rd_offset(body));
  }
}

/* Types without a row are remembered by a hash of six bits: it cannot miss a
 * repetition, and report_duplicates makes sure of what it finds. */
static inline void note_other(struct hello *h, unsigned type)
{
  uint64_t bit = hello_bit((type * 0x9e3779b1u & 0xffffffffu) >> 26);

  if ((h->others & bit) != 0) {
    h->repeated_quarters |= 1u << (type >> 14);
  }
  h->others |= bit;
  if (u16_is_grease(type)) {
    mark_grease(h);
  }
}

/* Of a type that comes twice the first is read: the second may be there to
 * hide it.  The empty row's bit is set from the start. */
static inline void read_extension(struct hello *h,
                                  const struct extension_row *row,
                                  unsigned type, struct reader *body)
{
  const unsigned has = row->has;

  if ((h->seen >> has & 1) == 0) {
    h->seen |= hello_bit(has);
    read_known(h, row, body);
  } else if (has == 0) {
    note_other(h, type);
  } else {
    h->repeated_quarters |= 1u << (type >> 14);
  }
}

static void report_quarter(struct hello *h, struct reader block,
                           struct u16set *met)
{
  while (rd_left(&block) >= 4) {
    size_t at = rd_offset(&block);
    uint32_t head = rd_u32(&block, 0);
    unsigned type = head >> 16;

    rd_take(&block, head & 0xffff, 0);
    if (!u16set_covers(met, type)) {
      continue;
    }
    if (u16set_has(met, type)) {
      hello_anomaly(h, TLSDIAG_ANOMALY_DUPLICATE_EXTENSION,
                    TLSDIAG_FIELD_EXTENSION_TYPE, at);
    }
    u16set_add(met, type);
  }
}

/* There MUST NOT be more than one extension of the same type in a given
 * extension block (RFC 8446 section 4.2).  Linear in any block. */
static void report_duplicates(struct hello *h, struct reader block)
{
  struct u16set met;
  unsigned quarter;

  for (quarter = 0; quarter < U16SET_QUARTERS; quarter++) {
    if ((h->repeated_quarters >> quarter & 1) != 0) {
      u16set_clear(&met, quarter);
      report_quarter(h, block, &met);
    }
  }
}

/* struct {
 *   ExtensionType extension_type;
 *   opaque extension_data<0..2^16-1>;
 * } Extension;                                    RFC 8446 section 4.2
 * Returns the extensions that are there whole. */
static struct reader read_block(struct hello *h, struct reader block)
{
  const struct extension_row *rows = h->rows;
  struct reader whole = block;
  struct reader body = block;
  unsigned type = 0;
  unsigned count = 0;

  whole.end = whole.pos;
  body.fault = &h->body_fault;
  while (rd_left(&block) >= 4) {
    unsigned index;
    uint32_t head = rd_u32(&block, TLSDIAG_FIELD_EXTENSION_TYPE);
    struct reader content =
        rd_sub(&block, head & 0xffff, TLSDIAG_FIELD_EXTENSION_BODY);

    if (rd_left(&content) < (head & 0xffff)) {
      break;
    }
    type = head >> 16;
    body.pos = content.pos;
    body.end = content.end;
    index = type;
    if (type >= LOW_ROWS) {
      index = high_row(type);
    }
    read_extension(h, &rows[index], type, &body);
    count++;
    whole.end = block.pos;
  }
  if (rd_left(&block) != 0) {
    rd_fail(&block, 4, TLSDIAG_FIELD_EXTENSION_TYPE);
  }
  h->num_extensions = count;
  h->last_type = type;
  return whole;
}

/* Extension extensions<0..2^16-1>, or nothing at all (RFC 5246 section
 * 7.4.1.2).  Of a vector that is cut short, what there is of it is read. */
tlsdiag_bytes extensions_read(struct hello *h, struct reader r)
{
  struct reader block = r;
  size_t len;

  if (rd_left(&r) == 0) {
    return rd_view(r);
  }
  len = rd_u16(&r, TLSDIAG_FIELD_EXTENSIONS);
  block = r;
  if (len > rd_left(&r) || !rd_ok(&r)) {
    rd_fail(&r, len, TLSDIAG_FIELD_EXTENSIONS);
  } else {
    block = rd_sub(&r, len, TLSDIAG_FIELD_EXTENSIONS);
    h->present |= hello_bit(TLSDIAG_HAS_EXTENSIONS);
  }
  if (rd_left(&r) != 0) {
    hello_anomaly(h, TLSDIAG_ANOMALY_TRAILING_BYTES, TLSDIAG_FIELD_TRAILING,
                  rd_offset(&r));
  }
  block = read_block(h, block);
  h->present |= h->seen & ~h->broken & ~hello_bit(0);
  if (h->repeated_quarters != 0) {
    report_duplicates(h, block);
  }
  return rd_view(block);
}
