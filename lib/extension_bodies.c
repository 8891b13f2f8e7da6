/* extension_bodies.c: a reader for each structure in an extension. */
#include "extension_bodies.h"

#include "u16scan.h"
#include "versions.h"

/* ---- lists ---- */

/* What must hold something and does not is an anomaly, unless it is empty
 * because reading it failed. */
static void report_empty(struct hello *h, size_t offset, unsigned field)
{
  if (h->body_fault.field == 0) {
    hello_anomaly(h, TLSDIAG_ANOMALY_EMPTY_LIST, field, offset);
  }
}

static inline void expect_some(struct hello *h, struct reader list,
                               unsigned field)
{
  if (rd_left(&list) == 0) {
    report_empty(h, rd_offset(&list), field);
  }
}

/* A list of u16 values, or the whole ones in it. */
static inline struct reader whole_u16(struct hello *h, struct reader list,
                                      unsigned field)
{
  expect_some(h, list, field);
  if (rd_left(&list) % 2 != 0) {
    hello_anomaly(h, TLSDIAG_ANOMALY_ODD_LIST, field, rd_offset(&list));
  }
  return rd_sub(&list, rd_left(&list) & ~(size_t)1, field);
}

void read_u16_list(struct hello *h, const struct extension_row *row,
                   struct reader *body)
{
  const unsigned field = row->field;
  struct reader list =
      row->shape == U16_LIST16 ? rd_vec16(body, field) : rd_vec8(body, field);
  struct reader whole = whole_u16(h, list, field);

  *row_view(h, row) = rd_view(whole);
  if (!hello_has(h, TLSDIAG_HAS_GREASE) && u16_list_has_grease(whole)) {
    mark_grease(h);
  }
}

/* uint8 values with a GREASE range of their own (RFC 8701 section 3.1):
 * 0x0B, 0x2A, ... 0xE4 for psk_key_exchange_modes. */
void read_u8_list(struct hello *h, const struct extension_row *row,
                  struct reader *body)
{
  const unsigned field = row->field;
  tlsdiag_bytes *view = row_view(h, row);
  struct reader list = rd_vec8(body, field);

  expect_some(h, list, field);
  *view = rd_view(list);
  if (field != TLSDIAG_FIELD_PSK_KEY_EXCHANGE_MODES) {
    return;
  }
  while (rd_left(&list) != 0) {
    if (rd_u8(&list, field) % 0x1f == 0x0b) {
      mark_grease(h);
    }
  }
}

/* opaque ProtocolName<1..2^8-1>;
 * ProtocolName protocol_name_list<2..2^16-1>      RFC 7301 section 3.1 */
void read_names(struct hello *h, const struct extension_row *row,
                struct reader *body)
{
  const unsigned field = row->field;
  tlsdiag_bytes *view = row_view(h, row);
  struct reader list = rd_vec16(body, field);

  expect_some(h, list, field);
  *view = rd_view(list);
  while (rd_left(&list) != 0) {
    struct reader name = rd_vec8(&list, field);

    if (rd_left(&name) == 0 && rd_ok(&list)) {
      hello_anomaly(h, TLSDIAG_ANOMALY_EMPTY_LIST, field, rd_offset(&name));
    }
    if (rd_left(&name) == 2 && u16_is_grease(rd_u16(&name, field))) {
      mark_grease(h);
    }
  }
}

/* A server answers with exactly one name. */
void read_alpn_choice(struct hello *h, const struct extension_row *row,
                      struct reader *body)
{
  const unsigned field = row->field;
  tlsdiag_bytes *view = row_view(h, row);
  struct reader list = rd_vec16(body, field);

  expect_some(h, list, field);
  if (rd_left(&list) == 0) {
    return;
  }
  *view = rd_view(rd_vec8(&list, field));
  if (rd_left(&list) != 0) {
    hello_anomaly(h, TLSDIAG_ANOMALY_TRAILING_BYTES, field, rd_offset(&list));
  }
}

/* opaque DistinguishedName<1..2^16-1>;
 * DistinguishedName authorities<3..2^16-1>       RFC 8446 section 4.2.4 */
void read_authorities(struct hello *h, const struct extension_row *row,
                      struct reader *body)
{
  const unsigned field = row->field;
  tlsdiag_bytes *view = row_view(h, row);
  struct reader list = rd_vec16(body, field);

  expect_some(h, list, field);
  *view = rd_view(list);
  while (rd_left(&list) != 0) {
    rd_vec16(&list, field);
  }
}

/* ---- server_name ---- */

/* The bytes of a DNS name as it is used: letters, digits, hyphen, dot and,
 * against RFC 952, the underscore. */
static const uint8_t name_bytes[256] = {
    ['-'] = 1, ['.'] = 1, ['_'] = 1, ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1,
    ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1, ['A'] = 1,
    ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1, ['G'] = 1, ['H'] = 1,
    ['I'] = 1, ['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1, ['N'] = 1, ['O'] = 1,
    ['P'] = 1, ['Q'] = 1, ['R'] = 1, ['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1,
    ['W'] = 1, ['X'] = 1, ['Y'] = 1, ['Z'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1,
    ['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1, ['i'] = 1, ['j'] = 1,
    ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1,
    ['r'] = 1, ['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1,
    ['y'] = 1, ['z'] = 1,
};

/* Four numbers with dots between.  An IPv6 address needs no test: no name
 * holds a colon. */
static int looks_like_ipv4(struct reader name)
{
  unsigned dots = 0;

  while (rd_left(&name) != 0) {
    unsigned byte = rd_u8(&name, 0);

    if (byte == '.') {
      dots++;
    } else if (byte - '0' > 9u) {
      return 0;
    }
  }
  return dots == 3;
}

static unsigned fits_eight(const uint8_t *p)
{
  return name_bytes[p[0]] & name_bytes[p[1]] & name_bytes[p[2]] &
         name_bytes[p[3]] & name_bytes[p[4]] & name_bytes[p[5]] &
         name_bytes[p[6]] & name_bytes[p[7]];
}

static inline int is_odd_name(struct reader name)
{
  const struct reader whole = name;
  unsigned fits = 1;

  if (rd_left(&name) - 1 > 254) { /* none, or more than 255 bytes */
    return 1;
  }
  while (rd_left(&name) >= 8) {
    fits &= fits_eight(rd_take(&name, 8, 0));
  }
  while (rd_left(&name) != 0) {
    fits &= name_bytes[rd_u8(&name, 0)];
  }
  return fits == 0 || (whole.pos[0] - '0' <= 9 && looks_like_ipv4(whole));
}

/* The first host name is the one that counts. */
static void keep_name(struct hello *h, const struct extension_row *row,
                      unsigned type, struct reader name)
{
  const size_t at = rd_offset(&name) - 3;
  tlsdiag_bytes *view = row_view(h, row);

  if (type != 0) {
    hello_anomaly(h, TLSDIAG_ANOMALY_NAME_NOT_HOST, row->field, at);
    return;
  }
  if (view->ptr != NULL) {
    return;
  }
  *view = rd_view(name);
  if (is_odd_name(name)) {
    hello_anomaly(h, TLSDIAG_ANOMALY_ODD_NAME, row->field, rd_offset(&name));
  }
}

/* struct {
 *   NameType name_type;            host_name(0) is the only one there is
 *   opaque HostName<1..2^16-1>;
 * } ServerName;
 * ServerName server_name_list<1..2^16-1>            RFC 6066 section 3 */
void read_server_name(struct hello *h, const struct extension_row *row,
                      struct reader *body)
{
  const unsigned field = row->field;
  struct reader list = rd_vec16(body, field);
  unsigned num_names = 0;

  expect_some(h, list, field);
  while (rd_left(&list) != 0) {
    unsigned type = rd_u8(&list, field);
    struct reader name = rd_vec16(&list, field);

    if (!rd_ok(&list)) {
      break;
    }
    keep_name(h, row, type, name);
    num_names++;
  }
  if (num_names > 1) {
    hello_anomaly(h, TLSDIAG_ANOMALY_SEVERAL_NAMES, field, rd_offset(body));
  }
}

/* ---- single values ---- */

/* uint16 RecordSizeLimit (RFC 8449 section 4), selected_version (RFC 8446
 * section 4.2.1), selected_identity (section 4.2.11) */
void read_u16_value(struct hello *h, const struct extension_row *row,
                    struct reader *body)
{
  void *number = row_place(h, row);
  unsigned value = rd_u16(body, row->field);

  if (rd_ok(body)) {
    *(uint16_t *)number = (uint16_t)value;
  }
}

void read_vector8(struct hello *h, const struct extension_row *row,
                  struct reader *body)
{
  *row_view(h, row) = rd_view(rd_vec8(body, row->field));
}

void read_vector16(struct hello *h, const struct extension_row *row,
                   struct reader *body)
{
  const unsigned field = row->field;
  tlsdiag_bytes *view = row_view(h, row);
  struct reader vector = rd_vec16(body, field);

  expect_some(h, vector, field);
  *view = rd_view(vector);
}

void read_padding(struct hello *h, const struct extension_row *row,
                  struct reader *body)
{
  ((tlsdiag_client_hello *)h->out)->padding_len = (uint16_t)rd_left(body);
  rd_sub(body, rd_left(body), row->field);
}

/* enum { 2^9(1), 2^10(2), 2^11(3), 2^12(4) }       RFC 6066 section 4 */
void read_max_fragment_length(struct hello *h, const struct extension_row *row,
                              struct reader *body)
{
  unsigned code = rd_u8(body, row->field);

  if (h->side == HELLO_CLIENT) {
    ((tlsdiag_client_hello *)h->out)->max_fragment_length = code;
  } else {
    ((tlsdiag_server_hello *)h->out)->max_fragment_length = (uint8_t)code;
  }
}

/* ---- structures of TLS 1.2 and older ---- */

/* struct {
 *   CertificateStatusType status_type;               ocsp(1)
 *   ResponderID responder_id_list<0..2^16-1>;
 *   Extensions request_extensions<0..2^16-1>;
 * } CertificateStatusRequest;                       RFC 6066 section 8 */
void read_status_request(struct hello *h, const struct extension_row *row,
                         struct reader *body)
{
  const unsigned field = row->field;
  tlsdiag_bytes *view = row_view(h, row);

  *view = rd_view(*body);
  if (rd_u8(body, field) != 1) {
    rd_sub(body, rd_left(body), field); /* another type's structure */
    return;
  }
  rd_vec16(body, field);
  rd_vec16(body, field);
}

/* SRTPProtectionProfile SRTPProtectionProfiles<2..2^16-1>;
 * opaque srtp_mki<0..255>                        RFC 5764 section 4.1.1 */
void read_use_srtp(struct hello *h, const struct extension_row *row,
                   struct reader *body)
{
  const unsigned field = row->field;

  whole_u16(h, rd_vec16(body, field), field);
  rd_vec8(body, field);
}

/* ---- structures of TLS 1.3 ---- */

/* ProtocolVersion versions<2..254>;              RFC 8446 section 4.2.1 */
void read_versions_offer(struct hello *h, const struct extension_row *row,
                         struct reader *body)
{
  const unsigned field = row->field;
  tlsdiag_client_hello *ch = (tlsdiag_client_hello *)h->out;
  struct reader list = whole_u16(h, rd_vec8(body, field), field);
  unsigned low = UINT32_MAX;
  unsigned high = 0;

  *row_view(h, row) = rd_view(list);
  while (rd_left(&list) >= 2) {
    unsigned version = rd_u16(&list, field);
    unsigned rank = version_rank(version);

    if (rank == 0) { /* 0x0000 is no version either */
      if (u16_is_grease(version)) {
        mark_grease(h);
      }
      continue;
    }
    if (rank > high) {
      high = rank;
      ch->version_max = (uint16_t)version;
    }
    if (rank < low) {
      low = rank;
      ch->version_min = (uint16_t)version;
    }
  }
}

/* struct {
 *   NamedGroup group;
 *   opaque key_exchange<1..2^16-1>;
 * } KeyShareEntry;
 * KeyShareEntry client_shares<0..2^16-1>;        RFC 8446 section 4.2.8 */
void read_key_shares(struct hello *h, const struct extension_row *row,
                     struct reader *body)
{
  const unsigned field = row->field;
  tlsdiag_bytes *view = row_view(h, row);
  struct reader list = rd_vec16(body, field);

  *view = rd_view(list);
  while (rd_left(&list) != 0) {
    unsigned group = rd_u16(&list, field);
    struct reader key = rd_vec16(&list, field);

    if (u16_is_grease(group)) {
      mark_grease(h);
    }
    if (rd_left(&key) == 0 && rd_ok(&list)) {
      hello_anomaly(h, TLSDIAG_ANOMALY_EMPTY_LIST, field, rd_offset(&key));
    }
  }
}

/* A HelloRetryRequest names the group it wants and holds no key. */
void read_key_share(struct hello *h, const struct extension_row *row,
                    struct reader *body)
{
  const unsigned field = row->field;
  tlsdiag_bytes *view = row_view(h, row);
  tlsdiag_server_hello *sh = (tlsdiag_server_hello *)h->out;

  sh->group = (uint16_t)rd_u16(body, field);
  if (h->is_retry == 0) {
    *view = rd_view(rd_vec16(body, field));
  }
}

/* struct {
 *   opaque identity<1..2^16-1>;
 *   uint32 obfuscated_ticket_age;
 * } PskIdentity;
 * opaque PskBinderEntry<32..255>;
 * struct {
 *   PskIdentity identities<7..2^16-1>;
 *   PskBinderEntry binders<33..2^16-1>;
 * } OfferedPsks;                                RFC 8446 section 4.2.11 */
void read_psk_offer(struct hello *h, const struct extension_row *row,
                    struct reader *body)
{
  const unsigned field = row->field;
  tlsdiag_bytes *view = row_view(h, row);
  tlsdiag_client_hello *ch = (tlsdiag_client_hello *)h->out;
  struct reader identities = rd_vec16(body, field);
  struct reader binders = rd_vec16(body, field);

  expect_some(h, identities, field);
  expect_some(h, binders, field);
  *view = rd_view(identities);
  ch->psk_binders = rd_view(binders);
  while (rd_left(&identities) != 0) {
    rd_vec16(&identities, field);
    rd_u32(&identities, field);
  }
  while (rd_left(&binders) != 0) {
    rd_vec8(&binders, field);
  }
}

/* Variable-length integers: the two top bits tell whether 1, 2, 4 or 8 bytes
 * hold the number                                   RFC 9000 section 16 */
static uint64_t read_varint(struct reader *r, unsigned field)
{
  unsigned first = rd_u8(r, field);
  unsigned more = (1u << (first >> 6)) - 1;
  uint64_t value = first & 0x3f;

  while (more-- != 0) {
    value = value << 8 | rd_u8(r, field);
  }
  return value;
}

/* Parameter ::= id (i), length (i), value (..)      RFC 9000 section 18 */
void read_transport_parameters(struct hello *h, const struct extension_row *row,
                               struct reader *body)
{
  const unsigned field = row->field;
  tlsdiag_bytes *view = row_view(h, row);

  *view = rd_view(*body);
  while (rd_left(body) != 0) {
    uint64_t len;

    read_varint(body, field);
    len = read_varint(body, field);
    rd_sub(body, len < SIZE_MAX ? (size_t)len : SIZE_MAX, field);
  }
}

/* struct {
 *   ECHClientHelloType type;                    outer(0), inner(1)
 *   HpkeSymmetricCipherSuite cipher_suite;      outer only, like the rest
 *   uint8 config_id;
 *   opaque enc<0..2^16-1>;
 *   opaque payload<1..2^16-1>;
 * } ECHClientHello;                                 RFC 9849 section 5 */
void read_ech_offer(struct hello *h, const struct extension_row *row,
                    struct reader *body)
{
  const unsigned field = row->field;
  tlsdiag_bytes *view = row_view(h, row);

  *view = rd_view(*body);
  switch (rd_u8(body, field)) {
  case 0:
    rd_take(body, 5, field);
    rd_vec16(body, field);
    rd_vec16(body, field);
    break;
  case 1:
    break;
  default:
    rd_sub(body, rd_left(body), field);
    break;
  }
}
