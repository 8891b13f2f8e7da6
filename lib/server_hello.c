/* server_hello.c: one ServerHello or HelloRetryRequest, whole. */
#include <string.h>

#include "extensions.h"
#include "versioned.h"

#define HANDSHAKE_SERVER_HELLO 2

/* The random that makes a ServerHello a HelloRetryRequest: SHA-256 of
 * "HelloRetryRequest" (RFC 8446 section 4.1.3). */
static const uint8_t retry_random[32] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
    0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
    0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

/* What a newer server that answers with an older version puts at the end of
 * its random; then 01 for TLS 1.2, 00 for older (RFC 8446 section 4.1.3). */
static const uint8_t downgrade_mark[7] = {'D', 'O', 'W', 'N', 'G', 'R', 'D'};

static unsigned downgrade_of(struct reader random)
{
  struct reader mark;

  rd_sub(&random, 24, 0);
  mark = rd_sub(&random, 7, 0);
  if (memcmp(mark.pos, downgrade_mark, sizeof downgrade_mark) != 0) {
    return 0;
  }
  switch (rd_u8(&random, 0)) {
  case 1:
    return 1;
  case 0:
    return 2;
  default:
    return 0;
  }
}

static void read_random(struct hello *h, struct reader *r)
{
  tlsdiag_server_hello *sh = (tlsdiag_server_hello *)h->out;
  struct reader random = rd_sub(r, 32, TLSDIAG_FIELD_RANDOM);

  sh->random = rd_view(random);
  if (!rd_ok(r)) {
    return;
  }
  h->present |= hello_bit(TLSDIAG_HAS_RANDOM);
  h->is_retry = memcmp(random.pos, retry_random, sizeof retry_random) == 0;
  sh->is_hello_retry_request = (uint8_t)h->is_retry;
  sh->downgrade = (uint8_t)downgrade_of(random);
}

static void read_session_id(struct hello *h, struct reader *r)
{
  tlsdiag_server_hello *sh = (tlsdiag_server_hello *)h->out;

  sh->session_id = rd_view(rd_vec8(r, TLSDIAG_FIELD_SESSION_ID));
  hello_seen(h, r, TLSDIAG_HAS_SESSION_ID);
  if (sh->session_id.len > 32) {
    hello_anomaly(h, TLSDIAG_ANOMALY_LONG_SESSION_ID, TLSDIAG_FIELD_SESSION_ID,
                  rd_offset(r) - sh->session_id.len);
  }
}

/* struct {
 *   ProtocolVersion legacy_version;
 *   Random random;
 *   opaque legacy_session_id_echo<0..32>;
 *   CipherSuite cipher_suite;
 *   uint8 legacy_compression_method;
 *   Extension extensions<6..2^16-1>;
 * } ServerHello;                                RFC 8446 section 4.1.3
 * The drafts up to 21 said their own version in the first field and left out
 * session_id and compression. */
static void read_fixed_fields(struct hello *h, struct reader *r)
{
  tlsdiag_server_hello *sh = (tlsdiag_server_hello *)h->out;
  int is_draft;

  sh->legacy_version = (uint16_t)rd_u16(r, TLSDIAG_FIELD_LEGACY_VERSION);
  sh->version = sh->legacy_version;
  is_draft = sh->legacy_version >> 8 == 0x7f;
  hello_seen(h, r, TLSDIAG_HAS_LEGACY_VERSION);
  read_random(h, r);
  if (!is_draft) {
    read_session_id(h, r);
  }
  sh->cipher_suite = (uint16_t)rd_u16(r, TLSDIAG_FIELD_CIPHER_SUITES);
  hello_seen(h, r, TLSDIAG_HAS_CIPHER_SUITES);
  if (!is_draft) {
    sh->compression_method =
        (uint8_t)rd_u8(r, TLSDIAG_FIELD_COMPRESSION_METHODS);
    hello_seen(h, r, TLSDIAG_HAS_COMPRESSION_METHODS);
  }
}

int tlsdiag_server_hello_decode(const uint8_t *msg, size_t msg_len,
                                unsigned format, tlsdiag_server_hello *out,
                                tlsdiag_where *where)
{
  tlsdiag_server_hello mine;
  tlsdiag_server_hello *sh;
  struct reader r;
  struct reader body;
  struct hello h;
  int status;

  if ((format != TLSDIAG_FORMAT_TLS && format != TLSDIAG_FORMAT_DTLS) ||
      (msg == NULL && msg_len != 0)) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  sh = (tlsdiag_server_hello *)versioned_begin(out, &mine, sizeof mine);
  if (sh == NULL) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  hello_init(&h, HELLO_SERVER, sh, sh->anomalies);
  rd_init(&r, msg != NULL ? msg : hello_nothing, msg_len, &h.fault);
  sh->format = (uint16_t)format;
  sh->message = rd_view(r);
  status = hello_open(&h, r, format, HANDSHAKE_SERVER_HELLO, &body);
  if (status == TLSDIAG_STATUS_OK) {
    read_fixed_fields(&h, &body);
    sh->extensions = extensions_read(&h, body);
  }
  sh->message.len = hello_end(&h);
  sh->length = h.length;
  sh->present = h.present;
  sh->num_extensions = (uint16_t)h.num_extensions;
  sh->num_anomalies = h.num_anomalies;
  versioned_end(out, sh);
  return hello_close(&h, status, where);
}
