/* client_hello.c: one ClientHello, whole. */
#include <string.h>

#include "extensions.h"
#include "key_shares.h"
#include "sslv2_hello.h"
#include "u16scan.h"
#include "versioned.h"
#include "versions.h"

#define HANDSHAKE_CLIENT_HELLO 1
#define SCSV_FALLBACK 0x5600u      /* RFC 7507 */
#define SCSV_RENEGOTIATION 0x00ffu /* RFC 5746 section 3.3 */

/* ---- cipher suites ---- */

/* What is found in a suite list besides suites. */
struct marks {
  struct u16found fallback;
  struct u16found renegotiation;
  struct u16found grease;
};

static inline void collect(struct marks *marks, const uint8_t *bytes)
{
  const uint16_t fallback = u16scan_lane(SCSV_FALLBACK);
  const uint16_t renegotiation = u16scan_lane(SCSV_RENEGOTIATION);
  u16word word;

  memcpy(&word, bytes, sizeof word);
  marks->fallback.lanes |= U16WORD_SAME(word, U16WORD(fallback));
  marks->renegotiation.lanes |= U16WORD_SAME(word, U16WORD(renegotiation));
  marks->grease.lanes |= U16WORD_GREASE(word);
}

/* As they are compared by whole words, a list shorter than one is copied. */
static uint64_t suite_marks(struct reader list)
{
  const struct reader all = list;
  struct marks marks = {{U16WORD(0)}, {U16WORD(0)}, {U16WORD(0)}};
  uint8_t copy[sizeof(u16word)] = {0};
  uint64_t bits = 0;

  if (rd_left(&list) >= sizeof copy) {
    collect(&marks, u16scan_last(list).pos);
  } else if (rd_left(&list) != 0) {
    memcpy(copy, list.pos, rd_left(&list));
    collect(&marks, copy);
  }
  while (rd_left(&list) > sizeof copy) {
    collect(&marks, rd_take(&list, sizeof copy, 0));
  }
  if (u16scan_found(&marks.fallback)) {
    bits |= hello_bit(TLSDIAG_HAS_FALLBACK_SCSV);
  }
  if (u16scan_found(&marks.renegotiation)) {
    bits |= hello_bit(TLSDIAG_HAS_RENEGOTIATION_SCSV);
  }
  if (u16scan_found(&marks.grease) && u16_list_has_grease_slowly(all)) {
    bits |= hello_bit(TLSDIAG_HAS_GREASE);
  }
  return bits;
}

static void read_suites(struct hello *h, struct reader *r)
{
  tlsdiag_client_hello *ch = (tlsdiag_client_hello *)h->out;
  struct reader list = rd_vec16(r, TLSDIAG_FIELD_CIPHER_SUITES);
  size_t odd = rd_left(&list) % 2;

  if (!rd_ok(r)) {
    return;
  }
  if (odd != 0) {
    hello_anomaly(h, TLSDIAG_ANOMALY_ODD_LIST, TLSDIAG_FIELD_CIPHER_SUITES,
                  rd_offset(&list));
  }
  if (rd_left(&list) < 2) {
    hello_anomaly(h, TLSDIAG_ANOMALY_NO_CIPHER_SUITES,
                  TLSDIAG_FIELD_CIPHER_SUITES, rd_offset(&list));
  }
  list = rd_sub(&list, rd_left(&list) - odd, TLSDIAG_FIELD_CIPHER_SUITES);
  ch->cipher_suites = rd_view(list);
  ch->num_cipher_suites = (uint16_t)(rd_left(&list) / 2);
  h->present |= hello_bit(TLSDIAG_HAS_CIPHER_SUITES) | suite_marks(list);
}

/* Every version that has compression at all demands the null method
 * (RFC 5246 section 7.4.1.2). */
static void read_compression(struct hello *h, struct reader *r)
{
  tlsdiag_client_hello *ch = (tlsdiag_client_hello *)h->out;
  struct reader list = rd_vec8(r, TLSDIAG_FIELD_COMPRESSION_METHODS);
  unsigned has_null = 0;

  if (!rd_ok(r)) {
    return;
  }
  ch->compression_methods = rd_view(list);
  h->present |= hello_bit(TLSDIAG_HAS_COMPRESSION_METHODS);
  while (rd_left(&list) != 0) {
    has_null |= rd_u8(&list, TLSDIAG_FIELD_COMPRESSION_METHODS) == 0;
  }
  if (has_null == 0) {
    hello_anomaly(h, TLSDIAG_ANOMALY_NO_NULL_COMPRESSION,
                  TLSDIAG_FIELD_COMPRESSION_METHODS, rd_offset(&list));
  }
}

/* ---- what RFC 8446 demands of the whole ---- */

/* If not containing a pre_shared_key extension, it MUST contain both
 * signature_algorithms and supported_groups; supported_groups and key_share
 * come together (RFC 8446 section 9.2); pre_shared_key needs its modes
 * (section 4.2.9). */
static int lacks_for_tls13(const struct hello *h)
{
  const int groups = hello_has(h, TLSDIAG_HAS_SUPPORTED_GROUPS);

  if (groups != hello_has(h, TLSDIAG_HAS_KEY_SHARE)) {
    return 1;
  }
  if (hello_has(h, TLSDIAG_HAS_PRE_SHARED_KEY)) {
    return !hello_has(h, TLSDIAG_HAS_PSK_KEY_EXCHANGE_MODES);
  }
  return !groups || !hello_has(h, TLSDIAG_HAS_SIGNATURE_ALGORITHMS);
}

static void check_whole(struct hello *h)
{
  const tlsdiag_client_hello *ch = (const tlsdiag_client_hello *)h->out;

  if (hello_has(h, TLSDIAG_HAS_PRE_SHARED_KEY) && h->last_type != 41) {
    hello_anomaly(h, TLSDIAG_ANOMALY_PSK_NOT_LAST, TLSDIAG_FIELD_PRE_SHARED_KEY,
                  hello_end(h));
  }
  if (hello_has(h, TLSDIAG_HAS_KEY_SHARE)) {
    key_shares_check(h);
  }
  if (hello_has(h, TLSDIAG_HAS_SUPPORTED_VERSIONS) &&
      version_is_13(ch->version_max) && h->fault.field == 0 &&
      lacks_for_tls13(h)) {
    hello_anomaly(h, TLSDIAG_ANOMALY_TLS13_MISSING_EXTENSION,
                  TLSDIAG_FIELD_EXTENSIONS, hello_end(h));
  }
}

/* ---- the message ---- */

/* struct {
 *   ProtocolVersion legacy_version;
 *   Random random;
 *   opaque legacy_session_id<0..32>;
 *   opaque cookie<0..2^8-1>;                      DTLS only, RFC 6347 4.2.1
 *   CipherSuite cipher_suites<2..2^16-2>;
 *   opaque legacy_compression_methods<1..2^8-1>;
 *   Extension extensions<8..2^16-1>;
 * } ClientHello;                                RFC 8446 section 4.1.2 */
static void read_fixed_fields(struct hello *h, struct reader *r)
{
  tlsdiag_client_hello *ch = (tlsdiag_client_hello *)h->out;

  ch->legacy_version = (uint16_t)rd_u16(r, TLSDIAG_FIELD_LEGACY_VERSION);
  ch->version_max = ch->legacy_version;
  hello_seen(h, r, TLSDIAG_HAS_LEGACY_VERSION);
  ch->random = rd_view(rd_sub(r, 32, TLSDIAG_FIELD_RANDOM));
  hello_seen(h, r, TLSDIAG_HAS_RANDOM);
  ch->session_id = rd_view(rd_vec8(r, TLSDIAG_FIELD_SESSION_ID));
  hello_seen(h, r, TLSDIAG_HAS_SESSION_ID);
  if (ch->session_id.len > 32) {
    hello_anomaly(h, TLSDIAG_ANOMALY_LONG_SESSION_ID, TLSDIAG_FIELD_SESSION_ID,
                  rd_offset(r) - ch->session_id.len);
  }
  if (ch->format == TLSDIAG_FORMAT_DTLS) {
    ch->dtls_cookie = rd_view(rd_vec8(r, TLSDIAG_FIELD_DTLS_COOKIE));
    hello_seen(h, r, TLSDIAG_HAS_DTLS_COOKIE);
  }
  read_suites(h, r);
  read_compression(h, r);
}

static int decode(struct hello *h, struct reader r, tlsdiag_client_hello *ch)
{
  struct reader body;
  int status;

  if (ch->format == TLSDIAG_FORMAT_SSLV2) {
    return sslv2_hello_read(h, r);
  }
  status = hello_open(h, r, ch->format, HANDSHAKE_CLIENT_HELLO, &body);
  if (status == TLSDIAG_STATUS_OK) {
    read_fixed_fields(h, &body);
    ch->extensions = extensions_read(h, body);
    check_whole(h);
  }
  return status;
}

int tlsdiag_client_hello_decode(const uint8_t *msg, size_t msg_len,
                                unsigned format, tlsdiag_client_hello *out,
                                tlsdiag_where *where)
{
  tlsdiag_client_hello mine;
  tlsdiag_client_hello *ch;
  struct reader r;
  struct hello h;
  int status;

  if (format > TLSDIAG_FORMAT_DTLS || (msg == NULL && msg_len != 0)) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  ch = (tlsdiag_client_hello *)versioned_begin(out, &mine, sizeof mine);
  if (ch == NULL) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  hello_init(&h, HELLO_CLIENT, ch, ch->anomalies);
  rd_init(&r, msg != NULL ? msg : hello_nothing, msg_len, &h.fault);
  ch->format = (uint16_t)format;
  ch->message = rd_view(r);
  status = decode(&h, r, ch);
  ch->message.len = hello_end(&h);
  ch->length = h.length;
  ch->present = h.present;
  ch->num_extensions = (uint16_t)h.num_extensions;
  ch->num_anomalies = h.num_anomalies;
  versioned_end(out, ch);
  return hello_close(&h, status, where);
}
