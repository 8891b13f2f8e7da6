/* observe.c: from OpenSSL's message callback back to the bytes of the wire.
 *
 * The callback tells of a record's header first (content type 256), then of
 * its content in the clear: whole handshake messages, alerts,
 * ChangeCipherSpec.  The flow wants the stream.  So what was in the clear on
 * the wire is put back behind a record header, and of what was protected the
 * flow gets the shape: the header and as many zeros, which is what a capture
 * shows of it.  What the adapter knows beyond a capture, the number of a
 * protected alert, becomes a hint.
 *
 * The callback's version argument is not used: it is the library's guess, not
 * the peer's word. */
#include <string.h>
#include "watch.h"

enum {
  SSLV2_MESSAGE = 0, /* content type of an SSLv2-format hello */
  RECORD_HEADER = 256,
  INNER_TYPE = 257, /* of a TLS 1.3 record, once it is decrypted */
  CCS = 20,
  ALERT = 21,
  HANDSHAKE = 22,
  DATA = 23,
  HEARTBEAT = 24,
  CLIENT_HELLO = 1,
  SERVER_HELLO = 2,
  CERTIFICATE = 11,
  SERVER_KEY_EXCHANGE = 12,
  CERTIFICATE_REQUEST = 13,
  MESSAGE_HEAD_LEN = 4,
  MAX_PROTECTED = 16384 + 2048 /* RFC 5246 section 6.2.3 */
};

unsigned watch_own_side(const SSL *ssl)
{
  return SSL_is_server((SSL *)(uintptr_t)ssl) ? TLSDIAG_FROM_SERVER
                                              : TLSDIAG_FROM_CLIENT;
}

const uint8_t *watch_plain(SSL *ssl, struct watch *watch, unsigned from,
                           unsigned type, const uint8_t *data, size_t len)
{
  watch->side[from].pending = 0;
  return journal_add(ssl, watch, from, JOURNAL_PLAIN, type, data, len);
}

static void raw(SSL *ssl, struct watch *watch, unsigned from,
                const uint8_t *data, size_t len)
{
  journal_add(ssl, watch, from, JOURNAL_RAW, 0, data, len);
}

/* TLS 1.2 and older: all that follows ChangeCipherSpec is protected.  In TLS
 * 1.3 the message means nothing (RFC 8446 section D.4) and plaintext may
 * follow it. */
static void change_cipher_spec(SSL *ssl, struct watch *watch, unsigned from)
{
  static const uint8_t one = 1;

  if (!watch->side[from].shielded) {
    watch_plain(ssl, watch, from, CCS, &one, 1);
    if (watch->server_hello && SSL_version(ssl) < TLS1_3_VERSION) {
      watch->side[from].shielded = 1;
    }
  }
}

static void record_header(SSL *ssl, struct watch *watch, unsigned from,
                          const uint8_t *header)
{
  struct direction *side = &watch->side[from];
  size_t len = (size_t)header[3] << 8 | header[4];

  watch_flush(ssl, watch, from);
  memcpy(side->header, header, RECORD_HEADER_LEN);
  side->pending = 1;
  watch->started = 1;
  if (header[0] < CCS || header[0] > HEARTBEAT || header[1] != 3 ||
      len > MAX_PROTECTED) {
    /* Not a record at all: these five bytes are all the evidence there will
     * be, and whose bytes they are tells much (GET /, HTTP/, SSH-2). */
    raw(ssl, watch, from, header, RECORD_HEADER_LEN);
    side->pending = 0;
    watch->not_tls = 1;
  } else if (header[0] == CCS) {
    change_cipher_spec(ssl, watch, from);
  } else if (header[0] == DATA && SSL_is_init_finished(ssl)) {
    side->pending = !side->data; /* one record of data says all */
    side->data = 1;
  }
}

/* Feeds the shape of the newest record if it was protected: as soon as it is
 * known not to be an alert, or that nobody will ever tell. */
void watch_flush(SSL *ssl, struct watch *watch, unsigned from)
{
  struct direction *side = &watch->side[from];

  if (side->pending && (side->header[0] == DATA || side->shielded)) {
    journal_add(ssl, watch, from, JOURNAL_SHAPE, side->header[0], NULL, 0);
    side->pending = 0;
  }
}

void watch_feed_rest(SSL *ssl, struct watch *watch, unsigned from)
{
  struct direction *side = &watch->side[from];

  watch_flush(ssl, watch, from);
  if (side->pending) {
    raw(ssl, watch, from, side->header, RECORD_HEADER_LEN);
    side->pending = 0;
  }
}

static int is_retry_request(const uint8_t *msg, size_t len)
{
  /* The beginning of the fixed random of RFC 8446 section 4.1.3. */
  static const uint8_t mark[8] = {0xcf, 0x21, 0xad, 0x74,
                                  0xe5, 0x9a, 0x61, 0x11};

  return len >= 6 + sizeof mark && memcmp(msg + 6, mark, sizeof mark) == 0;
}

/* Notes a ClientHello; the first is what tlsdiag_ssl_client_hello shows. */
static void note_hello(SSL *ssl, struct watch *watch, const uint8_t *msg,
                       size_t len)
{
  const uint8_t *kept =
      watch_plain(ssl, watch, TLSDIAG_FROM_CLIENT, HANDSHAKE, msg, len);

  if (watch->num_hellos++ == 0) {
    watch->hello = kept;
    watch->hello_len = (uint32_t)len;
  }
}

/* A second hello that no HelloRetryRequest asked for begins another
 * handshake: a renegotiation, or the SSL was cleared and is used again. */
static void before_hello(SSL *ssl, struct watch *watch)
{
  unsigned expected = watch->retry ? 2 : 1;

  if (watch->num_hellos >= expected || watch->server_hello || watch->ended) {
    struct direction side[2];

    memcpy(side, watch->side, sizeof side);
    watch_report(ssl, watch);
    watch_restart(watch);
    memcpy(watch->side[0].header, side[0].header, RECORD_HEADER_LEN);
    memcpy(watch->side[1].header, side[1].header, RECORD_HEADER_LEN);
  }
}

/* Messages whose content says something of a failure; of the others their
 * coming does. */
static int is_read(unsigned type)
{
  return type == SERVER_HELLO || type == CERTIFICATE ||
         type == SERVER_KEY_EXCHANGE || type == CERTIFICATE_REQUEST;
}

static void handshake_message(SSL *ssl, struct watch *watch, unsigned from,
                              const uint8_t *msg, size_t len)
{
  struct direction *side = &watch->side[from];

  if (len == 0) {
    return;
  }
  if (msg[0] == CLIENT_HELLO && from == TLSDIAG_FROM_CLIENT) {
    before_hello(ssl, watch);
    note_hello(ssl, watch, msg, len);
    return;
  }
  if (side->shielded || side->header[0] == DATA) {
    watch_flush(ssl, watch, from);
    return;
  }
  if (msg[0] == SERVER_HELLO) {
    if (is_retry_request(msg, len)) {
      watch->retry = 1;
    } else {
      watch->server_hello = 1;
    }
  }
  if (is_read(msg[0]) || len <= MESSAGE_HEAD_LEN) {
    watch_plain(ssl, watch, from, HANDSHAKE, msg, len);
  } else {
    side->pending = 0;
    journal_add(ssl, watch, from, JOURNAL_OUTLINE, HANDSHAKE, msg,
                MESSAGE_HEAD_LEN);
  }
}

/* RFC 5246 section E.2; the callback leaves the two-byte header out. */
static void sslv2_message(SSL *ssl, struct watch *watch, unsigned from,
                          const uint8_t *msg, size_t len)
{
  uint8_t header[2];

  if (len == 0 || len > 0x7fff) {
    return;
  }
  header[0] = (uint8_t)(0x80 | len >> 8);
  header[1] = (uint8_t)len;
  before_hello(ssl, watch);
  raw(ssl, watch, from, header, sizeof header);
  raw(ssl, watch, from, msg, len);
  watch->num_hellos++;
}

/* SSL_clear leaves no other trace than this: a server that has done something
 * is about to read its first record. */
static void before_reading(SSL *ssl, struct watch *watch, unsigned own)
{
  if (own == TLSDIAG_FROM_SERVER && watch->active &&
      SSL_get_state(ssl) == TLS_ST_BEFORE) {
    watch_report(ssl, watch);
    watch_restart(watch);
  }
}

/* The length of a first record, to have room for it at once. */
static size_t first_len(int content_type, const uint8_t *buf, size_t len)
{
  return content_type == RECORD_HEADER && len == RECORD_HEADER_LEN
             ? (size_t)buf[3] << 8 | buf[4]
             : 0;
}

void watch_observe(int write_p, int version, int content_type, const void *buf,
                   size_t len, SSL *ssl, void *arg)
{
  struct watch *watch = watch_of(ssl);
  unsigned own, from;

  (void)version, (void)arg;
  if (watch == NULL && !SSL_is_dtls(ssl)) {
    watch = watch_make(ssl, first_len(content_type, buf, len));
  }
  if (watch == NULL || watch->lost) {
    return;
  }
  own = watch_own_side(ssl);
  from = write_p ? own : 1 - own;
  switch (content_type) {
  case RECORD_HEADER:
    if (len == RECORD_HEADER_LEN) {
      if (!write_p) {
        before_reading(ssl, watch, own);
      }
      record_header(ssl, watch, from, buf);
    }
    break;
  case HANDSHAKE:
    handshake_message(ssl, watch, from, buf, len);
    break;
  case ALERT:
    watch_alert(ssl, watch, from, write_p, buf, len);
    break;
  case SSLV2_MESSAGE:
    sslv2_message(ssl, watch, from, buf, len);
    break;
  case INNER_TYPE:
    if (len == 1 && *(const uint8_t *)buf != ALERT) {
      watch_flush(ssl, watch, from);
    }
    break;
  default:
    break;
  }
}

void tlsdiag_ssl_observe(int write_p, int content_type, const void *buf,
                         size_t len, SSL *ssl)
{
  watch_observe(write_p, 0, content_type, buf, len, ssl, NULL);
}
