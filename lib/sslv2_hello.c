/* sslv2_hello.c: the hello in the format of SSLv2, which clients that feared
 * old servers sent for many years (RFC 5246 appendix E.2). */
#include "sslv2_hello.h"

#define SSLV2_CLIENT_HELLO 1

/* A suite of three bytes is a TLS suite if the first is zero. */
static void read_kinds(struct hello *h, struct reader list)
{
  tlsdiag_client_hello *ch = (tlsdiag_client_hello *)h->out;
  const size_t odd = rd_left(&list) % 3;
  const unsigned field = TLSDIAG_FIELD_SSLV2_CIPHER_SPECS;

  if (odd != 0) {
    hello_anomaly(h, TLSDIAG_ANOMALY_ODD_LIST, field, rd_offset(&list));
  }
  if (rd_left(&list) < 3) {
    hello_anomaly(h, TLSDIAG_ANOMALY_NO_CIPHER_SUITES, field, rd_offset(&list));
  }
  list = rd_sub(&list, rd_left(&list) - odd, field);
  ch->cipher_suites = rd_view(list);
  ch->num_cipher_suites = (uint16_t)(rd_left(&list) / 3);
  h->present |= hello_bit(TLSDIAG_HAS_CIPHER_SUITES);
  while (rd_left(&list) != 0) {
    switch (rd_u24(&list, field)) {
    case 0x005600:
      h->present |= hello_bit(TLSDIAG_HAS_FALLBACK_SCSV);
      break;
    case 0x0000ff:
      h->present |= hello_bit(TLSDIAG_HAS_RENEGOTIATION_SCSV);
      break;
    default:
      break;
    }
  }
}

/* struct {
 *   uint8 msg_type;
 *   Version version;
 *   uint16 cipher_spec_length;
 *   uint16 session_id_length;
 *   uint16 challenge_length;
 *   V2CipherSpec cipher_specs[cipher_spec_length];
 *   opaque session_id[session_id_length];
 *   opaque challenge[challenge_length];
 * } V2ClientHello;                             RFC 5246 appendix E.2 */
static void read_v2_client_hello(struct hello *h, struct reader *r)
{
  tlsdiag_client_hello *ch = (tlsdiag_client_hello *)h->out;
  const unsigned header = TLSDIAG_FIELD_SSLV2_HEADER;
  struct reader kinds;
  size_t kinds_len;
  size_t session_id_len;
  size_t challenge_len;

  rd_u8(r, header);
  ch->legacy_version = (uint16_t)rd_u16(r, TLSDIAG_FIELD_LEGACY_VERSION);
  ch->version_max = ch->legacy_version;
  hello_seen(h, r, TLSDIAG_HAS_LEGACY_VERSION);
  kinds_len = rd_u16(r, header);
  session_id_len = rd_u16(r, header);
  challenge_len = rd_u16(r, header);
  kinds = rd_sub(r, kinds_len, TLSDIAG_FIELD_SSLV2_CIPHER_SPECS);
  if (rd_ok(r)) {
    read_kinds(h, kinds);
  }
  ch->session_id = rd_view(rd_sub(r, session_id_len, TLSDIAG_FIELD_SESSION_ID));
  hello_seen(h, r, TLSDIAG_HAS_SESSION_ID);
  ch->random = rd_view(rd_sub(r, challenge_len, TLSDIAG_FIELD_SSLV2_CHALLENGE));
  hello_seen(h, r, TLSDIAG_HAS_RANDOM);
  if (rd_left(r) != 0) {
    hello_anomaly(h, TLSDIAG_ANOMALY_TRAILING_BYTES, TLSDIAG_FIELD_TRAILING,
                  rd_offset(r));
  }
}

int sslv2_hello_read(struct hello *h, struct reader r)
{
  struct reader body;
  unsigned head = rd_u16(&r, TLSDIAG_FIELD_SSLV2_HEADER);

  h->length = head & 0x7fff;
  body = hello_body(h, &r);
  if ((rd_ok(&r) && (head & 0x8000) == 0) ||
      (rd_left(&body) != 0 && body.pos[0] != SSLV2_CLIENT_HELLO)) {
    return TLSDIAG_STATUS_E_ABSENT;
  }
  read_v2_client_hello(h, &body);
  return TLSDIAG_STATUS_OK;
}
