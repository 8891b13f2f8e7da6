/* wire_find_test.c: the first handshake message of a stream, the names of
 * first bytes, and the iterators. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "wire_build.h"

static struct wire stream;
static struct wire hello;
static uint8_t scratch[WIRE_MAX];

static int find(const struct wire *w, size_t len, tlsdiag_bytes *msg,
                tlsdiag_where *where)
{
  static uint8_t *copy;

  free(copy);
  copy = wire_copy(w->bytes, len);
  return tlsdiag_find_handshake(copy, len, scratch, sizeof scratch, msg, where);
}

static int is_hello(tlsdiag_bytes msg)
{
  return msg.len == hello.len && memcmp(msg.ptr, hello.bytes, hello.len) == 0;
}

static void make_hello(void)
{
  hello.len = 0;
  wire_hello(&hello, TLSDIAG_FORMAT_TLS, "\0\x17\0\0", 4);
}

Test(wire_find, at_every_split_into_two_records)
{
  size_t cut;

  make_hello();
  for (cut = 0; cut <= hello.len; cut++) {
    tlsdiag_bytes msg;
    tlsdiag_where where;
    size_t len;

    stream.len = 0;
    wire_record(&stream, 22, 0x0301, hello.bytes, cut);
    wire_record(&stream, 22, 0x0301, hello.bytes + cut, hello.len - cut);
    cr_assert_eq(find(&stream, stream.len, &msg, &where), 0, "cut %zu", cut);
    cr_assert(is_hello(msg), "cut %zu", cut);
    /* Every shorter stream wants more, and no more than is to come. */
    for (len = 0; len < stream.len - (cut == hello.len ? 5 : 0); len++) {
      cr_assert_eq(find(&stream, len, &msg, &where), TLSDIAG_STATUS_MORE,
                   "cut %zu len %zu", cut, len);
      cr_assert(where.want >= 1 && where.want <= stream.len - len,
                "cut %zu len %zu want %u", cut, len, where.want);
    }
  }
}

Test(wire_find, over_records_of_one_byte)
{
  tlsdiag_bytes msg;
  tlsdiag_where where;
  size_t i;

  make_hello();
  stream.len = 0;
  for (i = 0; i < hello.len; i++) {
    wire_record(&stream, 22, 0x0303, hello.bytes + i, 1);
    wire_record(&stream, 22, 0x0303, NULL, 0);
  }
  cr_assert_eq(find(&stream, stream.len, &msg, &where), 0);
  cr_assert(is_hello(msg));
}

Test(wire_find, first_of_several_in_a_record)
{
  tlsdiag_bytes msg;

  make_hello();
  stream.len = 0;
  wire_record(&stream, 22, 0x0303, hello.bytes, hello.len);
  wire_bytes(&stream, "\x0b\0\0\0", 4);
  stream.bytes[4] = (uint8_t)(hello.len + 4);
  cr_assert_eq(find(&stream, stream.len, &msg, NULL), 0);
  cr_assert(is_hello(msg));
}

Test(wire_find, scratch_that_is_too_small)
{
  tlsdiag_bytes msg;
  tlsdiag_where where;

  make_hello();
  stream.len = 0;
  wire_record(&stream, 22, 0x0301, hello.bytes, 9);
  wire_record(&stream, 22, 0x0301, hello.bytes + 9, hello.len - 9);
  cr_assert_eq(
      tlsdiag_find_handshake(stream.bytes, stream.len, NULL, 0, &msg, &where),
      TLSDIAG_STATUS_E_STORAGE);
  cr_assert_eq(where.want, hello.len);
  cr_assert_eq(tlsdiag_find_handshake(stream.bytes, stream.len, scratch,
                                      hello.len - 1, &msg, &where),
               TLSDIAG_STATUS_E_STORAGE);
  cr_assert_eq(tlsdiag_find_handshake(stream.bytes, stream.len, scratch,
                                      hello.len, &msg, &where),
               TLSDIAG_STATUS_OK);
  cr_assert(is_hello(msg));
}

struct refusal {
  const char *bytes;
  size_t len;
  int status;
  unsigned field;
};

#define BYTES(text) text, sizeof text - 1

static const struct refusal refusals[] = {
    {BYTES("G"), TLSDIAG_STATUS_E_NOT_TLS, TLSDIAG_FIELD_FIRST_BYTES},
    {BYTES("\x16\x47"), TLSDIAG_STATUS_MORE, TLSDIAG_FIELD_RECORD_LENGTH},
    {BYTES("\x16\x47\x45\x54\x20"), TLSDIAG_STATUS_E_NOT_TLS,
     TLSDIAG_FIELD_FIRST_BYTES},
    {BYTES("\x15\3\3\0\2\2\x28"), TLSDIAG_STATUS_E_ABSENT,
     TLSDIAG_FIELD_RECORD_TYPE},
    {BYTES("\x15"), TLSDIAG_STATUS_MORE, TLSDIAG_FIELD_RECORD_LENGTH},
    {BYTES("\x16\3\3\x40\1"), TLSDIAG_STATUS_E_MALFORMED,
     TLSDIAG_FIELD_RECORD_LENGTH},
    {BYTES("\x16\3\3\0\5\x63"), TLSDIAG_STATUS_E_MALFORMED,
     TLSDIAG_FIELD_HANDSHAKE_TYPE},
    {BYTES("\x16\3\1\0\1\1\x15\3\3\0\2\2\x28"), TLSDIAG_STATUS_E_MALFORMED,
     TLSDIAG_FIELD_RECORD_TYPE},
    {BYTES("\x16\3\1\0\1\1GET "), TLSDIAG_STATUS_E_MALFORMED,
     TLSDIAG_FIELD_RECORD_TYPE},
    {BYTES("\x16\1\1\0\1\1"), TLSDIAG_STATUS_MORE,
     TLSDIAG_FIELD_HANDSHAKE_BODY}, /* TLCP */
    {BYTES("\x16\3\0\0\1\1"), TLSDIAG_STATUS_MORE,
     TLSDIAG_FIELD_HANDSHAKE_BODY}, /* SSLv3 */
    {BYTES("\x80\x2e\2"), TLSDIAG_STATUS_E_NOT_TLS, TLSDIAG_FIELD_FIRST_BYTES},
    {BYTES("\x80\x2e\1"), TLSDIAG_STATUS_MORE, TLSDIAG_FIELD_SSLV2_HEADER},
    {BYTES("\x80\x2e\1\5"), TLSDIAG_STATUS_E_NOT_TLS,
     TLSDIAG_FIELD_FIRST_BYTES},
    {BYTES("\x80\x2e\1\0\2\0\4"), TLSDIAG_STATUS_E_MALFORMED,
     TLSDIAG_FIELD_SSLV2_HEADER}, /* suites of three bytes */
    {BYTES("\x80\x2e\1\3\1\0\x15\0\0\0\x11"), TLSDIAG_STATUS_E_MALFORMED,
     TLSDIAG_FIELD_SSLV2_HEADER}, /* lengths that do not add up */
    {BYTES("\x80\x2e\1\3\1\0\x15\0\0\0\x10"), TLSDIAG_STATUS_MORE,
     TLSDIAG_FIELD_HANDSHAKE_BODY},
};

Test(wire_find, wrong_is_said_before_more_is_asked_for)
{
  size_t i;

  for (i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
    const struct refusal *r = &refusals[i];
    uint8_t *copy = wire_copy((const uint8_t *)r->bytes, r->len);
    tlsdiag_bytes msg;
    tlsdiag_where where;

    cr_assert_eq(tlsdiag_find_handshake(copy, r->len, scratch, sizeof scratch,
                                        &msg, &where),
                 r->status, "row %zu", i);
    cr_assert_eq(where.field, r->field, "row %zu: %u", i, where.field);
    free(copy);
  }
}

Test(wire_find, sslv2_whole)
{
  tlsdiag_bytes msg;
  tlsdiag_client_hello ch;

  wire_load(&stream, "synth_sslv2compat.bin");
  cr_assert_eq(find(&stream, stream.len, &msg, NULL), 0);
  ch.size = sizeof ch;
  cr_assert_eq(tlsdiag_client_hello_decode(msg.ptr, msg.len,
                                           TLSDIAG_FORMAT_SSLV2, &ch, NULL),
               0);
  cr_assert_eq(ch.num_cipher_suites, 18);
}

Test(wire_find, one_datagram)
{
  static const uint8_t header[] = {22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0};
  tlsdiag_bytes msg;
  tlsdiag_where where;
  size_t len;

  hello.len = 0;
  wire_hello(&hello, TLSDIAG_FORMAT_DTLS, "\0\x17\0\0", 4);
  stream.len = 0;
  wire_bytes(&stream, header, sizeof header);
  wire_u16(&stream, (unsigned)hello.len);
  wire_bytes(&stream, hello.bytes, hello.len);
  cr_assert_eq(find(&stream, stream.len, &msg, &where), 0);
  cr_assert(is_hello(msg));
  for (len = 2; len < stream.len; len++) {
    cr_assert_eq(find(&stream, len, &msg, &where), TLSDIAG_STATUS_E_MALFORMED,
                 "%zu", len);
    cr_assert(where.field != 0 && where.offset <= len);
  }
  stream.bytes[12] = 30; /* the first fragment of a longer message */
  stream.bytes[24] = 18;
  stream.len = 13 + 30;
  cr_assert_eq(find(&stream, stream.len, &msg, &where), TLSDIAG_STATUS_MORE);
  cr_assert_eq(where.field, TLSDIAG_FIELD_HANDSHAKE_BODY);
  cr_assert_eq(where.want, hello.len - 12 - 18);
  stream.bytes[0] = 21;
  cr_assert_eq(find(&stream, stream.len, &msg, &where),
               TLSDIAG_STATUS_E_ABSENT);
}

/* ---- first bytes ---- */

struct first_bytes {
  unsigned from;
  unsigned protocol;
  const char *bytes;
  size_t len;
};

#define C(protocol, text)                                                      \
  {                                                                            \
    TLSDIAG_FROM_CLIENT, TLSDIAG_PROTOCOL_##protocol, BYTES(text)              \
  }
#define S(protocol, text)                                                      \
  {                                                                            \
    TLSDIAG_FROM_SERVER, TLSDIAG_PROTOCOL_##protocol, BYTES(text)              \
  }

static const struct first_bytes first_bytes[] = {
    C(TLS, "\x16\3\1\2\0\1\0\1\xfc\3\3"),
    C(TLS, "\x16\3\7\2\0\1\0\1\xfc\3\3"),
    C(TLS, "\x16\4\1\2\0\1\0\1\xfc\4\1"),
    S(TLS, "\x15\3\3\0\2\2\x28"),
    S(TLS, "\x15\3\0\0\2\2\x28"),
    C(TLCP, "\x16\1\1\0\x80\1\0\0\x7c\1\1"),
    C(DTLS, "\x16\xfe\xff\0\0\0\0\0\0\0\0\0\x50"),
    C(DTLS, "\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\x50"),
    C(SSLV2, "\x80\x2e\1\3\1\0\x15\0\0\0\x10"),
    C(SSLV2, "\x80\x2e\1\0\2\0\x15\0\0\0\x10"),
    C(BINARY, "\x80\x2e\1\3\1\0\x16\0\0\0\x10"),
    C(BINARY, "\x16\4\1\2\0\5\0\1\xfc\4\1"),
    C(HTTP_REQUEST, "GET / HTTP/1.1\r\nHost: a\r\n"),
    C(HTTP_REQUEST, "OPTIONS * HTTP/1.1\r\n"),
    C(HTTP_REQUEST, "PROPFIND /dav HTTP/1.1\r\n"),
    C(HTTP_CONNECT, "CONNECT a.example:443 HTTP/1.1\r\n"),
    C(HTTP2_PREFACE, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    S(HTTP2_PREFACE, "\0\0\x12\4\0\0\0\0\0\0\3\0\0\0\x64"),
    S(HTTP_RESPONSE, "HTTP/1.1 400 Bad Request\r\n"),
    S(HTTP_RESPONSE, "HTTP/1.0 200 OK\r\n"),
    S(HTML, "<html><head><title>400 The plain"),
    S(HTML, "<!DOCTYPE html PUBLIC \"-//W3C//D"),
    S(HTML, "<?xml version=\"1.0\" encoding=\"ut"),
    S(XMPP, "<?xml version='1.0'?><stream:stream"),
    C(XMPP, "<stream:stream to='a.example' xml"),
    S(SSH, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"),
    C(SSH, "SSH-2.0-PuTTY_Release_0.78\r\n"),
    S(SMTP, "220 mail.example.com ESMTP Postfix\r\n"),
    S(SMTP, "220-mail.example.com ESMTP Exim\r\n"),
    S(SMTP, "554 no\r\n"),
    C(SMTP, "EHLO client.example\r\n"),
    C(LMTP, "LHLO client.example\r\n"),
    S(FTP, "220 (vsFTPd 3.0.5)\r\n"),
    S(FTP, "220 ProFTPD Server ready.\r\n"),
    C(FTP, "AUTH TLS\r\n"),
    S(IMAP, "* OK [CAPABILITY IMAP4rev1] ready"),
    S(IMAP, "* BYE too many\r\n"),
    C(IMAP, "a001 CAPABILITY\r\n"),
    C(IMAP, "A1 STARTTLS\r\n"),
    S(POP3, "+OK Dovecot ready.\r\n"),
    C(POP3, "STLS\r\n"),
    S(NNTP, "200 news.example.com ready\r\n"),
    C(NNTP, "CAPABILITIES\r\n"),
    S(SIEVE, "\"IMPLEMENTATION\" \"Dovecot Pigeon\""),
    S(IRC, ":irc.example.net NOTICE * :*** Lo"),
    C(IRC, "NICK somebody\r\n"),
    C(LDAP, "\x30\x0c\2\1\1\x60\7\2\1\3\4\0\x80\0"),
    S(LDAP, "\x30\x84\0\0\0\x10\2\1\1\x61\x84\0"),
    C(POSTGRES, "\0\0\0\10\4\xd2\x16\x2f"),
    C(POSTGRES, "\0\0\0\x29\0\3\0\0user\0a\0"),
    S(POSTGRES, "E\0\0\0\x5cSFATAL\0"),
    S(MYSQL, "\x4a\0\0\0\x0a"
             "8.0.36\0"),
    S(MYSQL, "\x45\0\0\0\xff\x69\4Host '1"),
    C(RDP, "\3\0\0\x13\x0e\xe0\0\0\0\0\0\1\0\10\0"),
    S(RDP, "\3\0\0\x13\x0e\xd0\0\0\x12\x34\0\2"),
    C(PROXY_V1, "PROXY TCP4 192.0.2.1 192.0.2.2 1 "),
    C(PROXY_V2, "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c"),
    C(REDIS, "*1\r\n$4\r\nPING\r\n"),
    S(REDIS, "+PONG\r\n"),
    S(REDIS, "-ERR unknown command\r\n"),
    C(SOCKS, "\5\1\0"),
    C(SOCKS, "\4\1\1\xbb\xc0\0\2\1"),
    C(MQTT, "\x10\x0c\0\4MQTT\4\2\0\x3c\0\0"),
    S(MQTT, "\x20\2\0\0"),
    C(RTSP_SIP, "OPTIONS sip:a@b SIP/2.0\r\n"),
    S(RTSP_SIP, "RTSP/1.0 400 Bad Request\r\n"),
    C(MSSQL, "\x12\1\0\x2f\0\0\0\0"),
    S(MSSQL, "\4\1\0\x2b\0\0\1\0"),
    S(TELNET, "\xff\xfd\x18\xff\xfd\x20"),
    S(VNC, "RFB 003.008\n"),
    S(TEXT, "login: please\r\n"),
    C(BINARY, "\xde\xad\xbe\xef"),
    C(ZEROS, "\0\0\0\0\0\0\0\0\0\0\0\0"),
};

Test(wire_find, first_bytes_have_a_name)
{
  size_t i;

  for (i = 0; i < sizeof first_bytes / sizeof first_bytes[0]; i++) {
    const struct first_bytes *f = &first_bytes[i];
    uint8_t *copy = wire_copy((const uint8_t *)f->bytes, f->len);
    unsigned protocol = 99;

    cr_assert_eq(tlsdiag_recognise(copy, f->len, f->from, &protocol),
                 TLSDIAG_STATUS_OK, "row %zu: %u", i, protocol);
    cr_assert_eq(protocol, f->protocol, "row %zu: %u", i, protocol);
    free(copy);
  }
}

/* TLS is told at five bytes at the latest, and never taken for else on the
 * way. */
Test(wire_find, first_bytes_one_by_one)
{
  size_t i;
  size_t len;

  for (i = 0; i < sizeof first_bytes / sizeof first_bytes[0]; i++) {
    const struct first_bytes *f = &first_bytes[i];
    int decided = 0;

    for (len = 0; len <= f->len; len++) {
      unsigned protocol = 99;
      uint8_t *copy = wire_copy((const uint8_t *)f->bytes, len);
      int status = tlsdiag_recognise(copy, len, f->from, &protocol);

      cr_assert(status == TLSDIAG_STATUS_OK || status == TLSDIAG_STATUS_MORE);
      cr_assert(len < 32 || status == TLSDIAG_STATUS_OK);
      cr_assert(protocol <= TLSDIAG_PROTOCOL_LMTP);
      if (f->protocol == TLSDIAG_PROTOCOL_TLS && len >= 5) {
        cr_assert_eq(status, TLSDIAG_STATUS_OK);
      }
      if (f->protocol == TLSDIAG_PROTOCOL_TLS && len >= 1) {
        cr_assert_eq(protocol, TLSDIAG_PROTOCOL_TLS);
      }
      decided |= status == TLSDIAG_STATUS_OK;
      free(copy);
    }
    cr_assert(decided, "row %zu", i);
  }
}

Test(wire_find, calls_that_are_wrong)
{
  unsigned protocol;
  tlsdiag_bytes msg;

  cr_assert_eq(tlsdiag_recognise(NULL, 0, TLSDIAG_FROM_CLIENT, &protocol),
               TLSDIAG_STATUS_MORE);
  cr_assert_eq(tlsdiag_recognise(NULL, 1, TLSDIAG_FROM_CLIENT, &protocol),
               TLSDIAG_STATUS_E_USAGE);
  cr_assert_eq(tlsdiag_recognise(NULL, 0, 2, &protocol),
               TLSDIAG_STATUS_E_USAGE);
  cr_assert_eq(tlsdiag_recognise(NULL, 0, 0, NULL), TLSDIAG_STATUS_E_USAGE);
  cr_assert_eq(tlsdiag_find_handshake(NULL, 0, NULL, 0, &msg, NULL),
               TLSDIAG_STATUS_MORE);
  cr_assert_eq(tlsdiag_find_handshake(NULL, 1, NULL, 0, &msg, NULL),
               TLSDIAG_STATUS_E_USAGE);
  cr_assert_eq(tlsdiag_find_handshake(NULL, 0, NULL, 0, NULL, NULL),
               TLSDIAG_STATUS_E_USAGE);
}

/* ---- iterators ---- */

Test(wire_find, iterators_stop_at_the_first_misfit)
{
  static const uint8_t bytes[] = {0, 1, 0, 2, 7, 8, 0, 2, 0, 9, 1};
  size_t len;

  for (len = 0; len <= sizeof bytes; len++) {
    uint8_t *copy = wire_copy(bytes, len);
    tlsdiag_bytes list;
    tlsdiag_iter it;
    tlsdiag_extension extension;
    tlsdiag_bytes view;
    uint32_t u24;
    uint16_t u16;
    uint8_t u8;
    unsigned count = 0;

    list.ptr = copy;
    list.len = len;
    tlsdiag_iter_init(&it, &list);
    while (tlsdiag_next_extension(&it, &list, &extension)) {
      cr_assert_eq(extension.offset, 0);
      cr_assert_eq(extension.type, 1);
      cr_assert_eq(extension.body.len, 2);
      count++;
    }
    cr_assert_eq(count, len >= 6);
    for (count = 0, tlsdiag_iter_init(&it, &list); tlsdiag_next_u8(&it, &u8);) {
      count++;
    }
    cr_assert_eq(count, len);
    for (count = 0, tlsdiag_iter_init(&it, &list);
         tlsdiag_next_u16(&it, &u16);) {
      count++;
    }
    cr_assert_eq(count, len / 2);
    for (count = 0, tlsdiag_iter_init(&it, &list);
         tlsdiag_next_u24(&it, &u24);) {
      count++;
    }
    cr_assert_eq(count, len / 3);
    for (count = 0, tlsdiag_iter_init(&it, &list);
         tlsdiag_next_name(&it, &view);) {
      count++;
    }
    cr_assert(count <= len);
    for (count = 0, tlsdiag_iter_init(&it, &list);
         tlsdiag_next_key_share(&it, &u16, &view);) {
      count++;
    }
    cr_assert_eq(count, len >= 6);
    for (count = 0, tlsdiag_iter_init(&it, &list);
         tlsdiag_next_psk_identity(&it, &view, &u24);) {
      count++;
    }
    cr_assert(count <= 1);
    free(copy);
  }
}

Test(wire_find, an_extension_by_its_type)
{
  tlsdiag_bytes list;
  tlsdiag_extension extension;

  stream.len = 0;
  wire_extension(&stream, 23, NULL, 0);
  wire_extension(&stream, 0x1234, "abc", 3);
  list.ptr = stream.bytes;
  list.len = stream.len;
  cr_assert_eq(tlsdiag_find_extension(&list, 0x1234, &extension), 0);
  cr_assert_eq(extension.offset, 4);
  cr_assert_eq(extension.body.len, 3);
  cr_assert_eq(tlsdiag_find_extension(&list, 0x1235, &extension),
               TLSDIAG_STATUS_E_ABSENT);
}

Test(wire_find, grease)
{
  unsigned value;
  unsigned count = 0;

  for (value = 0; value <= 0xffff; value++) {
    int is = tlsdiag_is_grease((uint16_t)value);

    count += is != 0;
    cr_assert(!is ||
              ((value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff)));
  }
  cr_assert_eq(count, 16);
}
