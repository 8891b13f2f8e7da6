/* flow_starttls.c: who asks for TLS in plaintext, and who refuses it.
 *
 * Both look at the kept head of one unit, cut by flow_prologue.c. */
#include "flow.h"

/* Finds a word in the kept head of a unit, whatever its ASCII case. */
static int has_word(const uint8_t *head, size_t len, const char *word,
                    size_t word_len)
{
  size_t i, k;

  for (i = 0; i + word_len <= len; i++) {
    k = 0;
    while (k < word_len && (head[i + k] & 0xdf) == (uint8_t)word[k]) {
      k++;
    }
    if (k == word_len) {
      return 1;
    }
  }
  return 0;
}

#define HAS_WORD(s, word) \
  has_word((s)->head, (s)->head_len, word, sizeof(word) - 1)

/* RFC 4511 section 4.14: an ExtendedRequest, whose tag stands behind the
 * message's length and number. */
static int ldap_asks(const struct side *s)
{
  const uint8_t *h = s->head;

  return s->head_len >= 9 && h[0] == 0x30 &&
         (h[5] == 0x77 || h[6] == 0x77 || h[7] == 0x77);
}

/* PostgreSQL's SSLRequest: a length, then 80877103 where others have the
 * protocol's version. */
static int postgres_asks(const struct side *s)
{
  const uint8_t *h = s->head;

  return s->head_len >= 8 && h[4] == 0x04 && h[5] == 0xd2 && h[6] == 0x16 &&
         h[7] == 0x2f;
}

/* MySQL's SSL request: a login of 32 bytes that ends behind its flags, one of
 * which is CLIENT_SSL. */
static int mysql_asks(const struct side *s)
{
  const uint8_t *h = s->head;

  return s->head_len >= 6 && h[0] == 32 && h[3] == 1 && (h[5] & 0x08) != 0;
}

/* RFC 3207 (SMTP), 2595 (IMAP, POP3), 6120 (XMPP), 4642 (NNTP). */
static int line_asks(const struct side *s)
{
  return HAS_WORD(s, "STARTTLS") || HAS_WORD(s, "STLS") ||
         HAS_WORD(s, "AUTH\0TLS") || HAS_WORD(s, "AUTH\0SSL");
}

int starttls_asks(const struct side *s)
{
  switch (s->record_type) {
  case TLSDIAG_PROTOCOL_HTTP_CONNECT: return HAS_WORD(s, "CONNECT");
  case TLSDIAG_PROTOCOL_POSTGRES: return postgres_asks(s);
  case TLSDIAG_PROTOCOL_MYSQL: return mysql_asks(s);
  case TLSDIAG_PROTOCOL_LDAP: return ldap_asks(s);
  case TLSDIAG_PROTOCOL_RDP: /* a connection request */
    return s->head_len >= 11 && s->head[5] == 0xe0;
  case TLSDIAG_PROTOCOL_SOCKS: return socks_asks(s);
  case TLSDIAG_PROTOCOL_FTP: return HAS_WORD(s, "AUTH"); /* RFC 4217 */
  default: return line_asks(s);
  }
}

/* The resultCode of an ExtendedResponse (RFC 4511 section 4.12), -1 if the
 * head of the unit does not reach it. */
static int ldap_result(const struct side *s)
{
  size_t i;

  for (i = 0; i + 3 < s->head_len; i++) {
    if (s->head[i] == 0x78) {
      break;
    }
  }
  for (; i + 2 < s->head_len; i++) {
    if (s->head[i] == 0x0a && s->head[i + 1] == 1) {
      return s->head[i + 2];
    }
  }
  return -1;
}

/* 4xx and 5xx, -ERR, <failure/>, and IMAP's NO and BAD behind a tag. */
static int line_refuses(const struct side *s)
{
  unsigned first = s->head[0];

  if (first == '4' || first == '5' || first == '-' || HAS_WORD(s, "FAILURE")) {
    return 1;
  }
  return s->record_type == TLSDIAG_PROTOCOL_IMAP &&
         (HAS_WORD(s, "\0NO\0") || HAS_WORD(s, "\0BAD\0"));
}

/* "HTTP/1.1 200": any status but 2xx. */
static int http_refuses(const struct side *s)
{
  return s->head_len > 9 && s->head[9] != '2';
}

int starttls_refuses(const struct side *s, unsigned asked)
{
  switch (asked) {
  case TLSDIAG_PROTOCOL_POSTGRES: return s->head[0] != 'S';
  case TLSDIAG_PROTOCOL_LDAP: return ldap_result(s) > 0;
  case TLSDIAG_PROTOCOL_SOCKS: return socks_refuses(s);
  case TLSDIAG_PROTOCOL_HTTP_CONNECT:
    return line_refuses(s) || http_refuses(s);
  default: return line_refuses(s);
  }
}
