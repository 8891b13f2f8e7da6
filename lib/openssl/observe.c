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
#include <openssl/err.h>
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
  MAX_PLAINTEXT = 16384,        /* RFC 8446 section 5.1 */
  MAX_PROTECTED = 16384 + 2048, /* RFC 5246 section 6.2.3 */
  FATAL = 2
};

static const uint8_t zeros[1024];

uint64_t watch_now(const struct watch *watch)
{
  return watch->opts.now_us != NULL ? watch->opts.now_us() : 0;
}

unsigned watch_own_side(const SSL *ssl)
{
  return SSL_is_server((SSL *)(uintptr_t)ssl) ? TLSDIAG_FROM_SERVER
                                              : TLSDIAG_FROM_CLIENT;
}

static void feed(struct watch *watch, unsigned from, const uint8_t *data,
                 size_t len)
{
  tlsdiag_flow_feed(watch_flow(watch), from, watch_now(watch), data, len, NULL);
  watch->started = watch->active = 1;
}

/* A record whose content is to be seen, under the newest header's version.
 * What is short goes in one piece, which spares the flow half its work. */
static void feed_plain(struct watch *watch, unsigned from, unsigned type,
                       const uint8_t *data, size_t len)
{
  const uint8_t *version = watch->side[from].header + 1;
  uint8_t record[RECORD_HEADER_LEN + 1024];

  do {
    size_t part = len < MAX_PLAINTEXT ? len : MAX_PLAINTEXT;
    size_t near = part <= sizeof record - RECORD_HEADER_LEN ? part : 0;

    record[0] = (uint8_t)type;
    record[1] = version[0];
    record[2] = version[1];
    record[3] = (uint8_t)(part >> 8);
    record[4] = (uint8_t)part;
    memcpy(record + RECORD_HEADER_LEN, data, near);
    feed(watch, from, record, RECORD_HEADER_LEN + near);
    if (near < part) {
      feed(watch, from, data, part);
    }
    data += part;
    len -= part;
  } while (len > 0);
  watch->side[from].pending = 0;
}

/* A protected record: its header and its length. */
static void feed_shape(struct watch *watch, unsigned from, size_t len)
{
  feed(watch, from, watch->side[from].header, RECORD_HEADER_LEN);
  while (len > 0) {
    size_t part = len < sizeof zeros ? len : sizeof zeros;
    feed(watch, from, zeros, part);
    len -= part;
  }
  watch->side[from].pending = 0;
}

/* TLS 1.2 and older: all that follows ChangeCipherSpec is protected.  In TLS
 * 1.3 the message means nothing (RFC 8446 section D.4) and plaintext may
 * follow it. */
static void change_cipher_spec(SSL *ssl, struct watch *watch, unsigned from)
{
  static const uint8_t one = 1;

  if (!watch->side[from].shielded) {
    feed_plain(watch, from, CCS, &one, 1);
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

  watch_flush(watch, from);
  memcpy(side->header, header, RECORD_HEADER_LEN);
  side->pending = 1;
  watch->started = 1;
  if (header[0] < CCS || header[0] > HEARTBEAT || header[1] != 3 ||
      len > MAX_PROTECTED) {
    /* Not a record at all: these five bytes are all the evidence there will
     * be, and whose bytes they are tells much (GET /, HTTP/, SSH-2). */
    feed(watch, from, header, RECORD_HEADER_LEN);
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
void watch_flush(struct watch *watch, unsigned from)
{
  struct direction *side = &watch->side[from];

  if (side->pending && (side->header[0] == DATA || side->shielded)) {
    feed_shape(watch, from, (size_t)side->header[3] << 8 | side->header[4]);
  }
}

void watch_feed_rest(struct watch *watch, unsigned from)
{
  struct direction *side = &watch->side[from];

  watch_flush(watch, from);
  if (side->pending) {
    feed(watch, from, side->header, RECORD_HEADER_LEN);
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

static void keep_hello(struct watch *watch, unsigned format, const uint8_t *msg,
                       size_t len)
{
  if (watch->num_hellos++ != 0) {
    return;
  }
  watch->hello_format = (uint8_t)format;
  watch->hello_len = (uint32_t)len;
  if (len <= watch->hello_room && !watch->lent) {
    OPENSSL_free(watch->hello);
    watch->hello = watch_malloc(len);
  }
  if (len <= watch->hello_room && watch->hello != NULL) {
    memcpy(watch->hello, msg, len);
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

static void handshake_message(SSL *ssl, struct watch *watch, unsigned from,
                              const uint8_t *msg, size_t len)
{
  struct direction *side = &watch->side[from];

  if (len == 0) {
    return;
  }
  if (msg[0] == CLIENT_HELLO && from == TLSDIAG_FROM_CLIENT) {
    before_hello(ssl, watch);
    keep_hello(watch, TLSDIAG_FORMAT_TLS, msg, len);
  } else if (side->shielded || side->header[0] == DATA) {
    watch_flush(watch, from);
    return;
  } else if (msg[0] == SERVER_HELLO) {
    if (is_retry_request(msg, len)) {
      watch->retry = 1;
    } else {
      watch->server_hello = 1;
    }
  }
  feed_plain(watch, from, HANDSHAKE, msg, len);
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
  feed(watch, from, header, sizeof header);
  feed(watch, from, msg, len);
  watch->num_hellos++;
}

/* An alert that was protected on the wire.  A capture shows no more than that
 * there is one; here its number is known.  Warnings that end nothing are not
 * worth a hint. */
static void protected_alert(SSL *ssl, struct watch *watch, unsigned from,
                            int written, const uint8_t *msg)
{
  unsigned code = msg[1];
  tlsdiag_hint hint;
  int client = (from == TLSDIAG_FROM_CLIENT) == (written != 0);

  if (msg[0] != FATAL && code != SSL_AD_NO_RENEGOTIATION &&
      code != SSL_AD_USER_CANCELLED) {
    if (!SSL_is_init_finished(ssl)) {
      watch_flush(watch, from);
    }
    watch->side[from].pending = 0;
    return;
  }
  watch->side[from].pending = 0;
  memset(&hint, 0, sizeof hint);
  hint.size = sizeof hint;
  hint.stack = TLSDIAG_STACK_OPENSSL;
  hint.alert = (uint16_t)code;
  hint.side = client ? TLSDIAG_PARTY_CLIENT : TLSDIAG_PARTY_SERVER;
  hint.nature = written ? TLSDIAG_NATURE_SENT : TLSDIAG_NATURE_RECEIVED;
  tlsdiag_flow_hint(watch_flow(watch), &hint, watch_now(watch));
}

/* OpenSSL 3 answers the end of the stream with decode_error: the close came
 * first, the alert is its echo. */
static int close_before_alert(struct watch *watch, unsigned peer)
{
#ifdef SSL_R_UNEXPECTED_EOF_WHILE_READING
  unsigned long code = ERR_peek_last_error();

  if (ERR_GET_LIB(code) == ERR_LIB_SSL &&
      ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    watch_feed_rest(watch, peer);
    tlsdiag_flow_close(watch_flow(watch), peer, TLSDIAG_CLOSE_FIN,
                       watch_now(watch));
    return 1;
  }
#else
  (void)watch, (void)peer;
#endif
  return 0;
}

static void alert(SSL *ssl, struct watch *watch, unsigned from, int written,
                  const uint8_t *msg, size_t len)
{
  struct direction *side = &watch->side[from];

  if (len != 2) {
    return;
  }
  watch->any_alert |= msg[0] == FATAL;
  if (written && msg[0] == FATAL) {
    watch->own_alert = (uint8_t)(1 + msg[1]);
    watch_note_error(ssl, watch, 1);
    watch_flush(watch, 1 - from);
    if (close_before_alert(watch, 1 - from)) {
      side->pending = 0;
      return;
    }
  }
  if (side->shielded || side->header[0] == DATA) {
    protected_alert(ssl, watch, from, written, msg);
  } else {
    feed_plain(watch, from, ALERT, msg, len);
  }
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

void tlsdiag_ssl_observe(int write_p, int content_type, const void *buf,
                         size_t len, SSL *ssl)
{
  struct watch *watch = watch_of(ssl);
  unsigned own, from;

  if (watch == NULL) {
    watch = SSL_is_dtls(ssl) ? NULL : watch_make(ssl);
  }
  if (watch == NULL) {
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
    alert(ssl, watch, from, write_p, buf, len);
    break;
  case SSLV2_MESSAGE:
    sslv2_message(ssl, watch, from, buf, len);
    break;
  case INNER_TYPE:
    if (len == 1 && *(const uint8_t *)buf != ALERT) {
      watch_flush(watch, from);
    }
    break;
  default:
    break;
  }
}
