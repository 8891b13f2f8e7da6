/* extension_rows.h: the one table of extensions (internal). */
#ifndef TLSDIAG_LIB_EXTENSION_ROWS_H
#define TLSDIAG_LIB_EXTENSION_ROWS_H

#include <stddef.h>

#include "tlsdiag/tlsdiag.h"

/* What a body looks like.  A shape that writes a view has a
 * place for it in every row that uses it; an UNKNOWN body is not looked at. */
enum shape {
  UNKNOWN = 0,
  FLAG,        /* empty */
  OPAQUE,      /* any bytes, kept as a view */
  U8_VALUE,    /* uint8, not kept */
  U16_VALUE,   /* uint16, kept as a number where others have their view */
  U8_LIST8,    /* uint8 list<1..2^8-1> */
  U16_LIST8,   /* uint16 list<2..2^8-2> */
  U16_LIST16,  /* uint16 list<2..2^16-2> */
  VECTOR8,     /* opaque v<0..2^8-1> */
  VECTOR16,    /* opaque v<1..2^16-1> */
  NAMES16,     /* opaque name<1..2^8-1>, list<2..2^16-1> */
  SERVER_NAME, /* the rest have a reader of their own */
  MAX_FRAGMENT_LENGTH,
  STATUS_REQUEST,
  USE_SRTP,
  ALPN_CHOICE,
  PADDING,
  PSK_OFFER,
  VERSIONS_OFFER,
  AUTHORITIES,
  KEY_SHARES,
  KEY_SHARE,
  TRANSPORT_PARAMETERS,
  ECH_OFFER
};

/* What one side's hello does with an extension. */
struct extension_row {
  uint8_t shape;
  uint8_t has; /* 0: no row */
  uint16_t field;
  uint16_t view; /* where the view goes in that hello's struct, 0: nowhere */
  uint16_t reserved; /* eight bytes a row */
};

/* Rows are found by type; types beyond the table's end have the rows behind
 * LOW_ROWS, see row_index. */
enum {
  LOW_ROWS = 58,
  ROW_NPN = LOW_ROWS,
  ROW_ALPS_OLD,
  ROW_ALPS,
  ROW_ECH,
  ROW_RENEGOTIATION_INFO,
  ROW_OTHER /* any other type: an empty row */
};

/* clang-format off */
/* index, member of present, field of faults, then shape and view in a
 * ClientHello and in a ServerHello.  40 was key_share in the drafts of TLS 1.3
 * up to 22, 17513 was application_settings before 17613. */
#define EXTENSION_ROWS(ROW)                                                    \
  ROW(0, SERVER_NAME, SERVER_NAME, SERVER_NAME, server_name, FLAG, size)       \
  ROW(1, MAX_FRAGMENT_LENGTH, MAX_FRAGMENT_LENGTH, MAX_FRAGMENT_LENGTH, size,  \
      MAX_FRAGMENT_LENGTH, size)                                               \
  ROW(5, STATUS_REQUEST, STATUS_REQUEST, STATUS_REQUEST, status_request,       \
      UNKNOWN, size)                                                           \
  ROW(10, SUPPORTED_GROUPS, SUPPORTED_GROUPS, U16_LIST16, supported_groups,    \
      UNKNOWN, size)                                                           \
  ROW(11, EC_POINT_FORMATS, EC_POINT_FORMATS, U8_LIST8, ec_point_formats,      \
      U8_LIST8, ec_point_formats)                                              \
  ROW(13, SIGNATURE_ALGORITHMS, SIGNATURE_ALGORITHMS, U16_LIST16,              \
      signature_algorithms, UNKNOWN, size)                                     \
  ROW(14, USE_SRTP, USE_SRTP, USE_SRTP, size, USE_SRTP, size)                  \
  ROW(15, HEARTBEAT, HEARTBEAT, U8_VALUE, size, U8_VALUE, size)                \
  ROW(16, ALPN, ALPN, NAMES16, alpn, ALPN_CHOICE, alpn)                        \
  ROW(18, SIGNED_CERTIFICATE_TIMESTAMP, FLAG_EXTENSION, FLAG, size, UNKNOWN,   \
      size)                                                                    \
  ROW(21, PADDING, EXTENSION_BODY, PADDING, size, UNKNOWN, size)               \
  ROW(22, ENCRYPT_THEN_MAC, FLAG_EXTENSION, FLAG, size, FLAG, size)            \
  ROW(23, EXTENDED_MASTER_SECRET, FLAG_EXTENSION, FLAG, size, FLAG, size)      \
  ROW(27, COMPRESS_CERTIFICATE, COMPRESS_CERTIFICATE, U16_LIST8,               \
      compress_certificate, UNKNOWN, size)                                     \
  ROW(28, RECORD_SIZE_LIMIT, RECORD_SIZE_LIMIT, U16_VALUE, record_size_limit,  \
      U16_VALUE, record_size_limit)                                            \
  ROW(34, DELEGATED_CREDENTIAL, DELEGATED_CREDENTIAL, U16_LIST16,              \
      delegated_credential, UNKNOWN, size)                                     \
  ROW(35, SESSION_TICKET, EXTENSION_BODY, OPAQUE, session_ticket, UNKNOWN,     \
      size)                                                                    \
  ROW(40, KEY_SHARE, KEY_SHARE, KEY_SHARES, key_shares, KEY_SHARE, key_share)  \
  ROW(41, PRE_SHARED_KEY, PRE_SHARED_KEY, PSK_OFFER, psk_identities,           \
      U16_VALUE, selected_psk)                                                 \
  ROW(42, EARLY_DATA, EARLY_DATA, FLAG, size, UNKNOWN, size)                   \
  ROW(43, SUPPORTED_VERSIONS, SUPPORTED_VERSIONS, VERSIONS_OFFER,              \
      supported_versions, U16_VALUE, version)                                  \
  ROW(44, COOKIE, COOKIE, VECTOR16, cookie, VECTOR16, cookie)                  \
  ROW(45, PSK_KEY_EXCHANGE_MODES, PSK_KEY_EXCHANGE_MODES, U8_LIST8,            \
      psk_key_exchange_modes, UNKNOWN, size)                                   \
  ROW(47, CERTIFICATE_AUTHORITIES, CERTIFICATE_AUTHORITIES, AUTHORITIES,       \
      certificate_authorities, UNKNOWN, size)                                  \
  ROW(49, POST_HANDSHAKE_AUTH, FLAG_EXTENSION, FLAG, size, UNKNOWN, size)      \
  ROW(50, SIGNATURE_ALGORITHMS_CERT, SIGNATURE_ALGORITHMS_CERT, U16_LIST16,    \
      signature_algorithms_cert, UNKNOWN, size)                                \
  ROW(51, KEY_SHARE, KEY_SHARE, KEY_SHARES, key_shares, KEY_SHARE, key_share)  \
  ROW(57, QUIC_TRANSPORT_PARAMETERS, QUIC_TRANSPORT_PARAMETERS,                \
      TRANSPORT_PARAMETERS, quic_transport_parameters, UNKNOWN, size)          \
  ROW(ROW_NPN, NEXT_PROTOCOL_NEGOTIATION, EXTENSION_BODY, FLAG, size, UNKNOWN, \
      size)                                                                    \
  ROW(ROW_ALPS_OLD, APPLICATION_SETTINGS, APPLICATION_SETTINGS, NAMES16,       \
      application_settings, UNKNOWN, size)                                     \
  ROW(ROW_ALPS, APPLICATION_SETTINGS, APPLICATION_SETTINGS, NAMES16,           \
      application_settings, UNKNOWN, size)                                     \
  ROW(ROW_ECH, ENCRYPTED_CLIENT_HELLO, ENCRYPTED_CLIENT_HELLO, ECH_OFFER,      \
      encrypted_client_hello, OPAQUE, encrypted_client_hello)                  \
  ROW(ROW_RENEGOTIATION_INFO, RENEGOTIATION_INFO, RENEGOTIATION_INFO, VECTOR8, \
      renegotiation_info, VECTOR8, renegotiation_info)
/* clang-format on */

/* One table a side: HELLO_CLIENT, HELLO_SERVER. */
extern const struct extension_row extension_rows[2][ROW_OTHER + 1];

#endif
