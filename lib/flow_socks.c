/* flow_socks.c: SOCKS in front of TLS (RFC 1928 and 1929; SOCKS 4 and 4a, which
 * no RFC describes): how long its units are, and what they mean. */
#include "flow.h"

enum { SOCKS4 = 4, SOCKS5 = 5, GRANTED4 = 0x5a };

/* Version, command, a zero, then an address and a port: RFC 1928 section 4. */
static size_t address_unit(const struct side *s)
{
  const uint8_t *h = s->head;

  if (s->head_len < 5) {
    return 0;
  }
  return h[3] == 1 ? 10 : h[3] == 4 ? 22 : (size_t)h[4] + 7;
}

/* RFC 1929: a name and a password, each behind its length; two bytes are
 * there. */
static size_t password_unit(const struct side *s)
{
  size_t at = (size_t)s->head[1] + 2;

  if (at < HEAD_MAX && s->head_len <= at) {
    return 0;
  }
  return at < HEAD_MAX ? at + 1 + s->head[at] : at + 1;
}

static int is_first(const struct side *s)
{
  return s->offset == s->record_left;
}

size_t socks_unit_length(const struct side *s, unsigned from)
{
  const uint8_t *h = s->head;

  if (s->head_len < 2) {
    return 0;
  }
  if (h[0] == SOCKS5 && !is_first(s)) {
    return address_unit(s);
  }
  if (from == TLSDIAG_FROM_SERVER) {
    return h[0] == 0 ? 8 : h[0] == SOCKS5 || h[0] == 1 ? 2 : 0;
  }
  if (h[0] == SOCKS5) {
    return (size_t)h[1] + 2;
  }
  return h[0] == 1 ? password_unit(s) : 0;
}

/* SOCKS 4: eight bytes, then strings that a zero ends. */
int socks_string_ends(const struct side *s, unsigned from, unsigned byte,
                      size_t seen)
{
  return from == TLSDIAG_FROM_CLIENT && byte == 0 && s->head[0] != SOCKS5 &&
         s->head[0] != 1 &&
         (s->head[0] != SOCKS4 || seen > 8);
}

/* Which way to say who one is: not yet an answer to the request. */
int socks_is_greeting(const struct side *s)
{
  return is_first(s) && s->head[0] == SOCKS5;
}

int socks_asks(const struct side *s)
{
  return s->head[0] == SOCKS4 || (s->head[0] == SOCKS5 && !is_first(s));
}

int socks_refuses(const struct side *s)
{
  return s->head[0] == SOCKS5 ? s->head[1] != 0
                              : s->head[0] == 0 && s->head[1] != GRANTED4;
}
