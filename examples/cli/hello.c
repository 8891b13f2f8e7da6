#include "hello.h"

#include <stdlib.h>
#include <string.h>

#include "capture.h"
#ifdef HAVE_TEXT_READERS
#include "dump_runs.h"
#endif
#include "hexread.h"

static int slurp(struct hello *h, struct source *s)
{
  h->bytes = malloc(HELLO_MAX);
  if (h->bytes == NULL) {
    return -1;
  }
  h->len = fread(h->bytes, 1, HELLO_MAX, s->stream);
  return ferror(s->stream) ? -1 : 0;
}

/* Text turns into the bytes it spells, if it spells any. */
static int unhex(struct hello *h)
{
  uint8_t *bytes;
  size_t len;

  if (!hexread_is_text(h->bytes, h->len)) {
    return 0;
  }
  bytes = malloc(h->len / 2 + 1);
  if (bytes == NULL) {
    return -1;
  }
  len = hexread(h->bytes, h->len, bytes);
  if (len == 0) {
    free(bytes);
    return 0;
  }
  free(h->bytes);
  h->bytes = bytes;
  h->len = len;
  return 0;
}

/* What another tool printed turns into the hello it shows.  1 if it did. */
static int from_dump(struct hello *h, unsigned number)
{
#ifdef HAVE_TEXT_READERS
  struct judged_hello hello;
  enum dump_kind kind = dump_recognise(h->bytes, h->len);

  if (kind == DUMP_NONE || kind == DUMP_HEX) {
    return 0;
  }
  hello.room = h->len + 1;
  hello.bytes = malloc(hello.room);
  if (hello.bytes == NULL ||
      dump_runs_hello(h->bytes, h->len, number, &hello) != 0) {
    free(hello.bytes);
    return 0;
  }
  free(h->bytes);
  h->bytes = hello.bytes;
  h->len = hello.len;
  return 1;
#else
  (void)h;
  (void)number;
  return 0;
#endif
}

/* RFC 6347 section 4.2.2: behind type and length a DTLS message has a
 * sequence number, a fragment's offset (0 in a whole one) and its length. */
static int is_bare_dtls(const uint8_t *at, size_t len, size_t body)
{
  static const uint8_t zero[3] = {0, 0, 0};

  return len >= 12 && memcmp(at + 6, zero, sizeof zero) == 0 &&
         memcmp(at + 1, at + 9, 3) == 0 && body + 12 >= len;
}

/* A message without a record around it, or -1.  RFC 8446 section 4: type and
 * length.  A record starts with 20..23, an SSLv2 hello with 0x80 or with a
 * length below 32 KiB and type 1: none of them looks like this. */
static int bare_format(const uint8_t *at, size_t len)
{
  size_t body;

  if (len < 4 || at[0] < 1 || at[0] > 2 || at[1] != 0) {
    return -1;
  }
  body = (size_t)at[2] << 8 | at[3];
  if (is_bare_dtls(at, len, body)) {
    return TLSDIAG_FORMAT_DTLS;
  }
  if (body + 4 == len || (len >= 6 && (at[4] == 3 || at[4] == 0xfe))) {
    return TLSDIAG_FORMAT_TLS;
  }
  return -1;
}

static unsigned wrapped_format(const uint8_t *at, size_t len)
{
  unsigned protocol = TLSDIAG_PROTOCOL_UNKNOWN;

  (void)tlsdiag_recognise(at, len, TLSDIAG_FROM_CLIENT, &protocol);
  switch (protocol) {
  case TLSDIAG_PROTOCOL_SSLV2:
    return TLSDIAG_FORMAT_SSLV2;
  case TLSDIAG_PROTOCOL_DTLS:
    return TLSDIAG_FORMAT_DTLS;
  default:
    return TLSDIAG_FORMAT_TLS;
  }
}

/* Finds the message.  One that is cut short is decoded as far as it goes. */
static int find_message(struct hello *h, const char **why)
{
  int format = bare_format(h->bytes, h->len);
  int status;

  if (format >= 0) {
    h->format = (unsigned)format;
    h->message.ptr = h->bytes;
    h->message.len = h->len;
    return 0;
  }
  h->scratch = malloc(h->len > 0 ? h->len : 1);
  if (h->scratch == NULL) {
    *why = "out of memory";
    return -1;
  }
  h->format = wrapped_format(h->bytes, h->len);
  status = tlsdiag_find_handshake(h->bytes, h->len, h->scratch, h->len,
                                  &h->message, &h->where);
  if (status == TLSDIAG_STATUS_OK) {
    return 0;
  }
  if (status == TLSDIAG_STATUS_MORE && h->len > 5 && h->bytes[0] == 22) {
    h->message.ptr = h->bytes + 5;
    h->message.len = h->len - 5;
    return 0;
  }
  *why = status == TLSDIAG_STATUS_MORE ? "ends before the hello does"
         : status == TLSDIAG_STATUS_E_ABSENT
             ? "holds a TLS record, but no handshake message"
             : "holds no TLS, SSLv2 or DTLS hello";
  return -1;
}

static int decode(struct hello *h, const char **why)
{
  memset(&h->client, 0, sizeof h->client);
  memset(&h->server, 0, sizeof h->server);
  h->client.size = sizeof h->client;
  h->server.size = sizeof h->server;
  h->is_client = h->format == TLSDIAG_FORMAT_SSLV2 ||
                 (h->message.len > 0 && h->message.ptr[0] == 1);
  h->status =
      h->is_client
          ? tlsdiag_client_hello_decode(h->message.ptr, h->message.len,
                                        h->format, &h->client, &h->where)
          : tlsdiag_server_hello_decode(h->message.ptr, h->message.len,
                                        h->format, &h->server, &h->where);
  if (h->status == TLSDIAG_STATUS_OK ||
      h->status == TLSDIAG_STATUS_E_MALFORMED) {
    return 0;
  }
  *why = "holds a handshake message, but neither ClientHello nor ServerHello";
  return -1;
}

int hello_read(struct hello *h, struct tool *t, const char *name,
               unsigned number)
{
  const char *why = "cannot be read";
  struct source s;
  int status;

  memset(h, 0, sizeof *h);
  if (source_open(&s, name, &why) != 0) {
    tool_warn(t, name, "%s", why);
    return -1;
  }
  if (capture_recognise(s.head, s.head_len, s.is_whole)) {
    status = capture_first_hello(t, &s, h);
    source_close(&s);
    if (status != 0) {
      return -1;
    }
    status = decode(h, &why);
  } else {
    status = slurp(h, &s);
    source_close(&s);
    if (status == 0 && ((!from_dump(h, number) && unhex(h) != 0) ||
                        find_message(h, &why) != 0 || decode(h, &why) != 0)) {
      status = -1;
    }
  }
  if (status != 0) {
    tool_warn(t, name, "%s", why);
    hello_free(h);
  }
  return status;
}

void hello_free(struct hello *h)
{
  free(h->bytes);
  free(h->scratch);
  memset(h, 0, sizeof *h);
}
