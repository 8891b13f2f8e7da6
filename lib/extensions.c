/* extensions.c: one table of extensions, one reader for each shape of body.
 *
 * A body that breaks its syntax is one fault and one anomaly; the next
 * extension is read all the same, because the name in it may be what the
 * question is about. */
#include "extensions.h"

#include "u16scan.h"
#include "u16set.h"
#include "versions.h"

/* What a body looks like.  UNKNOWN bodies are not looked at. */
enum shape {
  UNKNOWN = 0,
  FLAG,        /* empty */
  OPAQUE,      /* any bytes */
  U8_VALUE,    /* uint8, beware: several members keep it */
  U8_LIST8,    /* uint8 list<1..2^8-1> */
  U16_LIST8,   /* uint16 list<2..2^8-2> */
  U16_LIST16,  /* uint16 list<2..2^16-2> */
  VECTOR8,     /* opaque v<0..2^8-1> */
  VECTOR16,    /* opaque v<1..2^16-1> */
  NAMES16,     /* opaque name<1..2^8-1>, list<2..2^16-1> */
  NAMES,       /* opaque name<0..2^8-1> up to the end */
  SERVER_NAME, /* the rest have a reader of their own */
  MAX_FRAGMENT_LENGTH,
  STATUS_REQUEST,
  USE_SRTP,
  ALPN_CHOICE,
  RECORD_SIZE_LIMIT,
  PADDING,
  PSK_OFFER,
  PSK_CHOICE,
  VERSIONS_OFFER,
  VERSION_CHOICE,
  AUTHORITIES,
  KEY_SHARES,
  KEY_SHARE,
  TRANSPORT_PARAMETERS,
  ECH_OFFER,
  ECH_CONFIRMATION
};

struct extension_row {
  uint8_t has;
  uint8_t field;
  uint8_t shape[2]; /* in a ClientHello, in a ServerHello */
  uint16_t view[2]; /* where its view goes, 0: nowhere */
};

#define C(member) (uint16_t) offsetof(tlsdiag_client_hello, member)
#define S(member) (uint16_t) offsetof(tlsdiag_server_hello, member)
#define ROW(name, field, client, server, client_view, server_view)             \
  {                                                                            \
    TLSDIAG_HAS_##name, TLSDIAG_FIELD_##field, {client, server},               \
    {                                                                          \
      client_view, server_view                                                 \
    }                                                                          \
  }

/* Rows are found by type; types beyond the table's end have the rows behind
 * LOW_ROWS, see row_index. */
enum {
  LOW_ROWS = 58,
  ROW_NPN = LOW_ROWS,
  ROW_ALPS_OLD,
  ROW_ALPS,
  ROW_ECH,
  ROW_RENEGOTIATION_INFO,
  ROW_OTHER /* any other type: has no row */
};

/* clang-format off */
static const struct extension_row rows[ROW_OTHER] = {
  [0] = ROW(SERVER_NAME, SERVER_NAME, SERVER_NAME, FLAG, C(server_name), 0),
  [1] = ROW(MAX_FRAGMENT_LENGTH, MAX_FRAGMENT_LENGTH,
            MAX_FRAGMENT_LENGTH, MAX_FRAGMENT_LENGTH, 0, 0),
  [5] = ROW(STATUS_REQUEST, STATUS_REQUEST,
            STATUS_REQUEST, OPAQUE, C(status_request), 0),
  [10] = ROW(SUPPORTED_GROUPS, SUPPORTED_GROUPS,
             U16_LIST16, OPAQUE, C(supported_groups), 0),
  [11] = ROW(EC_POINT_FORMATS, EC_POINT_FORMATS, U8_LIST8, U8_LIST8,
             C(ec_point_formats), S(ec_point_formats)),
  [13] = ROW(SIGNATURE_ALGORITHMS, SIGNATURE_ALGORITHMS,
             U16_LIST16, OPAQUE, C(signature_algorithms), 0),
  [14] = ROW(USE_SRTP, USE_SRTP, USE_SRTP, USE_SRTP, 0, 0),
  [15] = ROW(HEARTBEAT, HEARTBEAT, U8_VALUE, U8_VALUE, 0, 0),
  [16] = ROW(ALPN, ALPN, NAMES16, ALPN_CHOICE, C(alpn), S(alpn)),
  [18] = ROW(SIGNED_CERTIFICATE_TIMESTAMP, FLAG_EXTENSION,
             FLAG, OPAQUE, 0, 0),
  [21] = ROW(PADDING, EXTENSION_BODY, PADDING, OPAQUE, 0, 0),
  [22] = ROW(ENCRYPT_THEN_MAC, FLAG_EXTENSION, FLAG, FLAG, 0, 0),
  [23] = ROW(EXTENDED_MASTER_SECRET, FLAG_EXTENSION, FLAG, FLAG, 0, 0),
  [27] = ROW(COMPRESS_CERTIFICATE, COMPRESS_CERTIFICATE,
             U16_LIST8, OPAQUE, C(compress_certificate), 0),
  [28] = ROW(RECORD_SIZE_LIMIT, RECORD_SIZE_LIMIT,
             RECORD_SIZE_LIMIT, RECORD_SIZE_LIMIT, 0, 0),
  [34] = ROW(DELEGATED_CREDENTIAL, DELEGATED_CREDENTIAL,
             U16_LIST16, OPAQUE, C(delegated_credential), 0),
  [35] = ROW(SESSION_TICKET, EXTENSION_BODY,
             OPAQUE, OPAQUE, C(session_ticket), 0),
  [41] = ROW(PRE_SHARED_KEY, PRE_SHARED_KEY,
             PSK_OFFER, PSK_CHOICE, C(psk_identities), 0),
  [42] = ROW(EARLY_DATA, EARLY_DATA, FLAG, OPAQUE, 0, 0),
  [43] = ROW(SUPPORTED_VERSIONS, SUPPORTED_VERSIONS,
             VERSIONS_OFFER, VERSION_CHOICE, C(supported_versions), 0),
  [44] = ROW(COOKIE, COOKIE, VECTOR16, VECTOR16, C(cookie), S(cookie)),
  [45] = ROW(PSK_KEY_EXCHANGE_MODES, PSK_KEY_EXCHANGE_MODES,
             U8_LIST8, OPAQUE, C(psk_key_exchange_modes), 0),
  [47] = ROW(CERTIFICATE_AUTHORITIES, CERTIFICATE_AUTHORITIES,
             AUTHORITIES, OPAQUE, C(certificate_authorities), 0),
  [49] = ROW(POST_HANDSHAKE_AUTH, FLAG_EXTENSION, FLAG, OPAQUE, 0, 0),
  [50] = ROW(SIGNATURE_ALGORITHMS_CERT, SIGNATURE_ALGORITHMS_CERT,
             U16_LIST16, OPAQUE, C(signature_algorithms_cert), 0),
  [51] = ROW(KEY_SHARE, KEY_SHARE,
             KEY_SHARES, KEY_SHARE, C(key_shares), S(key_share)),
  [57] = ROW(QUIC_TRANSPORT_PARAMETERS, QUIC_TRANSPORT_PARAMETERS,
             TRANSPORT_PARAMETERS, OPAQUE, C(quic_transport_parameters), 0),
  [ROW_NPN] = ROW(NEXT_PROTOCOL_NEGOTIATION, EXTENSION_BODY,
                  FLAG, NAMES, 0, 0),
  [ROW_ALPS_OLD] = ROW(APPLICATION_SETTINGS, APPLICATION_SETTINGS,
                       NAMES16, OPAQUE, C(application_settings), 0),
  [ROW_ALPS] = ROW(APPLICATION_SETTINGS, APPLICATION_SETTINGS,
                   NAMES16, OPAQUE, C(application_settings), 0),
  [ROW_ECH] = ROW(ENCRYPTED_CLIENT_HELLO, ENCRYPTED_CLIENT_HELLO, ECH_OFFER,
                  ECH_CONFIRMATION, C(encrypted_client_hello),
                  S(encrypted_client_hello)),
  [ROW_RENEGOTIATION_INFO] = ROW(RENEGOTIATION_INFO, RENEGOTIATION_INFO,
                                 VECTOR8, VECTOR8, C(renegotiation_info),
                                 S(renegotiation_info)),
};
/* clang-format on */

static unsigned row_index(unsigned type)
{
  if (type < LOW_ROWS) {
    return type;
  }
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

/* ---- lists ---- */

static void mark_grease(struct hello *h)
{
  h->present |= hello_bit(TLSDIAG_HAS_GREASE);
}

static void scan_grease(struct hello *h, struct reader list)
{
  if (!hello_has(h, TLSDIAG_HAS_GREASE) && u16_list_has_grease(list)) {
    mark_grease(h);
  }
}

/* A list holds whole elements, and at least one: else it is odd, not fatal,
 * and the view holds the whole elements. */
static struct reader whole_list(struct hello *h, struct reader list,
                                size_t element, unsigned field)
{
  if (rd_left(&list) % element != 0) {
    hello_anomaly(h, TLSDIAG_ANOMALY_ODD_LIST, field, rd_offset(&list));
    return rd_sub(&list, rd_left(&list) / element * element, field);
  }
  if (rd_left(&list) == 0 && rd_ok(&list)) {
    hello_anomaly(h, TLSDIAG_ANOMALY_EMPTY_LIST, field, rd_offset(&list));
  }
  return list;
}

static void read_u16_list(struct hello *h, struct reader list,
                          tlsdiag_bytes *view, unsigned field)
{
  struct reader whole = whole_list(h, list, 2, field);

  *view = rd_view(whole);
  scan_grease(h, whole);
}

/* uint8 values with a GREASE range of their own (RFC 8701 section 3.1):
 * 0x0B, 0x2A, ... 0xE4 for psk_key_exchange_modes. */
static void read_u8_list(struct hello *h, struct reader list,
                         tlsdiag_bytes *view, unsigned field)
{
  struct reader whole = whole_list(h, list, 1, field);

  *view = rd_view(whole);
  while (field == TLSDIAG_FIELD_PSK_KEY_EXCHANGE_MODES &&
         rd_left(&whole) != 0) {
    if (rd_u8(&whole, field) % 0x1f == 0x0b) {
      mark_grease(h);
    }
  }
}

/* opaque ProtocolName<1..2^8-1>;
 * ProtocolName protocol_name_list<2..2^16-1>      RFC 7301 section 3.1 */
static void read_names(struct hello *h, struct reader list, tlsdiag_bytes *view,
                       unsigned field)
{
  *view = rd_view(whole_list(h, list, 1, field));
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
static void read_alpn_choice(struct hello *h, struct reader *body,
                             tlsdiag_bytes *view)
{
  const unsigned field = TLSDIAG_FIELD_ALPN;
  struct reader list = whole_list(h, rd_vec16(body, field), 1, field);

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
static void read_authorities(struct hello *h, struct reader *body,
                             tlsdiag_bytes *view)
{
  const unsigned field = TLSDIAG_FIELD_CERTIFICATE_AUTHORITIES;
  struct reader list = whole_list(h, rd_vec16(body, field), 1, field);

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

static int is_odd_name(struct reader name)
{
  const struct reader whole = name;
  unsigned fits = 1;
  unsigned byte = 0;

  if (rd_left(&name) == 0 || rd_left(&name) > 255) {
    return 1;
  }
  while (rd_left(&name) != 0) {
    byte = rd_u8(&name, 0);
    fits &= name_bytes[byte];
  }
  return fits == 0 || (byte - '0' <= 9u && looks_like_ipv4(whole));
}

/* struct {
 *   NameType name_type;            host_name(0) is the only one there is
 *   opaque HostName<1..2^16-1>;
 * } ServerName;
 * ServerName server_name_list<1..2^16-1>            RFC 6066 section 3 */
static void read_server_name(struct hello *h, struct reader *body,
                             tlsdiag_bytes *view)
{
  const unsigned field = TLSDIAG_FIELD_SERVER_NAME;
  struct reader list = whole_list(h, rd_vec16(body, field), 1, field);
  unsigned num_names = 0;

  while (rd_left(&list) != 0) {
    size_t at = rd_offset(&list);
    unsigned type = rd_u8(&list, field);
    struct reader name = rd_vec16(&list, field);

    if (!rd_ok(&list)) {
      break;
    }
    if (type != 0) {
      hello_anomaly(h, TLSDIAG_ANOMALY_NAME_NOT_HOST, field, at);
    }
    if (++num_names == 2) {
      hello_anomaly(h, TLSDIAG_ANOMALY_SEVERAL_NAMES, field, at);
    }
    if (type == 0 && view->ptr == NULL) {
      *view = rd_view(name);
      if (is_odd_name(name)) {
        hello_anomaly(h, TLSDIAG_ANOMALY_ODD_NAME, field, rd_offset(&name));
      }
    }
  }
}

/* ---- single values ---- */

/* enum { 2^9(1), 2^10(2), 2^11(3), 2^12(4) }       RFC 6066 section 4 */
static void read_max_fragment_length(struct hello *h, struct reader *body)
{
  unsigned code = rd_u8(body, TLSDIAG_FIELD_MAX_FRAGMENT_LENGTH);

  if (h->side == HELLO_CLIENT) {
    ((tlsdiag_client_hello *)h->out)->max_fragment_length = code;
  } else {
    ((tlsdiag_server_hello *)h->out)->max_fragment_length = (uint8_t)code;
  }
}

/* uint16 RecordSizeLimit                            RFC 8449 section 4 */
static void read_record_size_limit(struct hello *h, struct reader *body)
{
  unsigned limit = rd_u16(body, TLSDIAG_FIELD_RECORD_SIZE_LIMIT);

  if (h->side == HELLO_CLIENT) {
    ((tlsdiag_client_hello *)h->out)->record_size_limit = (uint16_t)limit;
  } else {
    ((tlsdiag_server_hello *)h->out)->record_size_limit = (uint16_t)limit;
  }
}

/* ---- structures of TLS 1.2 and older ---- */

/* struct {
 *   CertificateStatusType status_type;               ocsp(1)
 *   ResponderID responder_id_list<0..2^16-1>;
 *   Extensions request_extensions<0..2^16-1>;
 * } CertificateStatusRequest;                       RFC 6066 section 8 */
static void read_status_request(struct reader *body, tlsdiag_bytes *view)
{
  const unsigned field = TLSDIAG_FIELD_STATUS_REQUEST;

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
static void read_use_srtp(struct hello *h, struct reader *body)
{
  const unsigned field = TLSDIAG_FIELD_USE_SRTP;

  whole_list(h, rd_vec16(body, field), 2, field);
  rd_vec8(body, field);
}

/* ---- structures of TLS 1.3 ---- */

/* ProtocolVersion versions<2..254>;              RFC 8446 section 4.2.1 */
static void read_versions_offer(struct hello *h, struct reader *body,
                                tlsdiag_bytes *view)
{
  const unsigned field = TLSDIAG_FIELD_SUPPORTED_VERSIONS;
  tlsdiag_client_hello *ch = (tlsdiag_client_hello *)h->out;
  struct reader list = whole_list(h, rd_vec8(body, field), 2, field);
  unsigned low = UINT32_MAX;
  unsigned high = 0;

  *view = rd_view(list);
  while (rd_left(&list) != 0) {
    unsigned version = rd_u16(&list, field);
    unsigned rank = version_rank(version);

    if (rank > high) {
      high = rank;
      ch->version_max = (uint16_t)version;
    }
    if (rank != 0 && rank < low) {
      low = rank;
      ch->version_min = (uint16_t)version;
    }
    if (u16_is_grease(version)) {
      mark_grease(h);
    }
  }
}

static void read_version_choice(struct hello *h, struct reader *body)
{
  tlsdiag_server_hello *sh = (tlsdiag_server_hello *)h->out;
  unsigned version = rd_u16(body, TLSDIAG_FIELD_SUPPORTED_VERSIONS);

  if (rd_ok(body)) {
    sh->version = (uint16_t)version;
  }
}

/* struct {
 *   NamedGroup group;
 *   opaque key_exchange<1..2^16-1>;
 * } KeyShareEntry;
 * KeyShareEntry client_shares<0..2^16-1>;        RFC 8446 section 4.2.8 */
static void read_key_shares(struct hello *h, struct reader *body,
                            tlsdiag_bytes *view)
{
  const unsigned field = TLSDIAG_FIELD_KEY_SHARE;
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
static void read_key_share(struct hello *h, struct reader *body,
                           tlsdiag_bytes *view)
{
  tlsdiag_server_hello *sh = (tlsdiag_server_hello *)h->out;

  sh->group = (uint16_t)rd_u16(body, TLSDIAG_FIELD_KEY_SHARE);
  if (h->is_retry == 0) {
    *view = rd_view(rd_vec16(body, TLSDIAG_FIELD_KEY_SHARE));
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
static void read_psk_offer(struct hello *h, struct reader *body,
                           tlsdiag_bytes *view)
{
  const unsigned field = TLSDIAG_FIELD_PRE_SHARED_KEY;
  tlsdiag_client_hello *ch = (tlsdiag_client_hello *)h->out;
  struct reader identities = whole_list(h, rd_vec16(body, field), 1, field);
  struct reader binders = whole_list(h, rd_vec16(body, field), 1, field);

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

static void read_psk_choice(struct hello *h, struct reader *body)
{
  tlsdiag_server_hello *sh = (tlsdiag_server_hello *)h->out;

  sh->selected_psk = (uint16_t)rd_u16(body, TLSDIAG_FIELD_PRE_SHARED_KEY);
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
static void read_transport_parameters(struct reader *body, tlsdiag_bytes *view)
{
  const unsigned field = TLSDIAG_FIELD_QUIC_TRANSPORT_PARAMETERS;

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
static void read_ech_offer(struct reader *body, tlsdiag_bytes *view)
{
  const unsigned field = TLSDIAG_FIELD_ENCRYPTED_CLIENT_HELLO;

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

/* ---- any extension ---- */

static void take_rest(struct reader *body)
{
  rd_sub(body, rd_left(body), 0);
}

static void read_padding(struct hello *h, struct reader *body)
{
  ((tlsdiag_client_hello *)h->out)->padding_len = (uint16_t)rd_left(body);
  take_rest(body);
}

static void read_body(struct hello *h, const struct extension_row *row,
                      struct reader *body, tlsdiag_bytes *view)
{
  const unsigned field = row->field;

  switch (row->shape[h->side]) {
  case FLAG:
    if (rd_left(body) != 0) {
      rd_fail(body, 0, field);
    }
    break;
  case U8_VALUE:
    rd_u8(body, field);
    break;
  case U8_LIST8:
    read_u8_list(h, rd_vec8(body, field), view, field);
    break;
  case U16_LIST8:
    read_u16_list(h, rd_vec8(body, field), view, field);
    break;
  case U16_LIST16:
    read_u16_list(h, rd_vec16(body, field), view, field);
    break;
  case VECTOR8:
    *view = rd_view(rd_vec8(body, field));
    break;
  case VECTOR16:
    *view = rd_view(whole_list(h, rd_vec16(body, field), 1, field));
    break;
  case NAMES16:
    read_names(h, rd_vec16(body, field), view, field);
    break;
  case NAMES:
    read_names(h, rd_sub(body, rd_left(body), field), view, field);
    break;
  case SERVER_NAME:
    read_server_name(h, body, view);
    break;
  case MAX_FRAGMENT_LENGTH:
    read_max_fragment_length(h, body);
    break;
  case STATUS_REQUEST:
    read_status_request(body, view);
    break;
  case USE_SRTP:
    read_use_srtp(h, body);
    break;
  case ALPN_CHOICE:
    read_alpn_choice(h, body, view);
    break;
  case RECORD_SIZE_LIMIT:
    read_record_size_limit(h, body);
    break;
  case PADDING:
    read_padding(h, body);
    break;
  case PSK_OFFER:
    read_psk_offer(h, body, view);
    break;
  case PSK_CHOICE:
    read_psk_choice(h, body);
    break;
  case VERSIONS_OFFER:
    read_versions_offer(h, body, view);
    break;
  case VERSION_CHOICE:
    read_version_choice(h, body);
    break;
  case AUTHORITIES:
    read_authorities(h, body, view);
    break;
  case KEY_SHARES:
    read_key_shares(h, body, view);
    break;
  case KEY_SHARE:
    read_key_share(h, body, view);
    break;
  case TRANSPORT_PARAMETERS:
    read_transport_parameters(body, view);
    break;
  case ECH_OFFER:
    read_ech_offer(body, view);
    break;
  default: /* OPAQUE, ECH_CONFIRMATION and rows without a reader */
    *view = rd_view(*body);
    take_rest(body);
    break;
  }
}

/* Keeps the fault of one body as the message's, if it is the first, and makes
 * the reader fit for the next body. */
static void keep_body_fault(struct hello *h)
{
  hello_anomaly(h, TLSDIAG_ANOMALY_BAD_EXTENSION, h->body_fault.field,
                h->body_fault.offset);
  if (h->fault.field == 0) {
    h->fault = h->body_fault;
  }
  h->body_fault.field = 0;
}

static void read_known(struct hello *h, unsigned index, struct reader *body)
{
  const struct extension_row *row = &rows[index];
  size_t offset = row->view[h->side];
  uint8_t *out = (uint8_t *)h->out;
  void *view = offset != 0 ? (void *)(out + offset) : (void *)&h->unused;

  read_body(h, row, body, (tlsdiag_bytes *)view);
  if (h->body_fault.field != 0) {
    keep_body_fault(h);
    return;
  }
  if (rd_left(body) != 0) {
    hello_anomaly(h, TLSDIAG_ANOMALY_TRAILING_BYTES, row->field,
                  rd_offset(body));
  }
  if (row->has != 0) {
    h->present |= hello_bit(row->has);
  }
}

/* Of a type that comes twice the first is read; the second may be there to
 * hide it.  Types without a row are remembered by a hash of six bits, which
 * cannot miss a repetition and is made sure of by report_duplicates. */
static void read_extension(struct hello *h, unsigned type, struct reader *body)
{
  unsigned index = row_index(type);
  uint64_t bit;

  if (index == ROW_OTHER) {
    bit = hello_bit((type * 0x9e3779b1u & 0xffffffffu) >> 26);
    h->has_duplicates |= (h->others & bit) != 0;
    h->others |= bit;
    if (u16_is_grease(type)) {
      mark_grease(h);
    }
    return;
  }
  bit = hello_bit(index);
  if ((h->seen & bit) != 0) {
    h->has_duplicates = 1;
    return;
  }
  h->seen |= bit;
  read_known(h, index, body);
}

static void report_quarter(struct hello *h, struct reader block,
                           struct u16set *met)
{
  while (rd_left(&block) >= 4) {
    size_t at = rd_offset(&block);
    unsigned type = rd_u16(&block, 0);

    rd_vec16(&block, 0);
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
    u16set_clear(&met, quarter);
    report_quarter(h, block, &met);
  }
}

struct reader extensions_block(struct hello *h, struct reader *r)
{
  struct reader rest;
  struct reader block;
  size_t len;

  if (rd_left(r) == 0) {
    return *r;
  }
  len = rd_u16(r, TLSDIAG_FIELD_EXTENSIONS);
  rest = *r;
  block = rd_sub(r, len, TLSDIAG_FIELD_EXTENSIONS);
  if (!rd_ok(r)) {
    return rest;
  }
  h->present |= hello_bit(TLSDIAG_HAS_EXTENSIONS);
  return block;
}

/* struct {
 *   ExtensionType extension_type;
 *   opaque extension_data<0..2^16-1>;
 * } Extension;                                    RFC 8446 section 4.2 */
tlsdiag_bytes extensions_read(struct hello *h, struct reader *block)
{
  struct reader whole = *block;

  whole.end = whole.pos;
  while (rd_left(block) != 0) {
    struct reader body;
    size_t len;

    if (rd_left(block) < 4) {
      rd_fail(block, 4, TLSDIAG_FIELD_EXTENSION_TYPE);
      break;
    }
    h->last_type = rd_u16(block, TLSDIAG_FIELD_EXTENSION_TYPE);
    len = rd_u16(block, TLSDIAG_FIELD_EXTENSION_TYPE);
    if (len > rd_left(block)) {
      rd_fail(block, len, TLSDIAG_FIELD_EXTENSION_BODY);
      break;
    }
    body = rd_sub(block, len, TLSDIAG_FIELD_EXTENSION_BODY);
    body.fault = &h->body_fault;
    h->num_extensions++;
    read_extension(h, h->last_type, &body);
    whole.end = block->pos;
  }
  if (h->has_duplicates != 0) {
    report_duplicates(h, whole);
  }
  return rd_view(whole);
}
