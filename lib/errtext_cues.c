/* errtext_cues.c: small things around a wording that tell who wrote it. */
#include "errtext.h"

enum { EPHEMERAL = 32768 };

static int is_part(const struct et_token *t)
{
  return (t->flags & ET_DIGITS) && t->len <= 3;
}

static int follows(const uint8_t *text, const struct et_token *t, uint8_t c)
{
  return t[1].at == t[0].at + t[0].len + 1u && text[t[0].at + t[0].len] == c;
}

/* Ports that clients connect to when they speak TLS. */
static int is_service(uint32_t port)
{
  static const uint16_t ports[] = {443,  465,  563,  636,  853,  989,  990,
                                   992,  993,  994,  995,  2376, 5061, 5671,
                                   6443, 6697, 8443, 8883, 9443};
  size_t i;

  for (i = 0; i < sizeof ports / sizeof ports[0]; i++) {
    if (ports[i] == port) {
      return 1;
    }
  }
  return 0;
}

static void set_cue(struct et_match *m, const struct et_token *t, uint8_t side)
{
  static const struct et_match none;

  *m = none;
  m->at = t->at;
  m->end = t->at + t->len;
  m->line = t->line;
  m->pattern = ET_NO_PATTERN;
  m->meaning = (uint8_t)et_known(ET_IS_CONTEXT);
  m->nature = TLSDIAG_NATURE_STATE;
  m->alert = 255;
  m->side = side;
}

/* 192.0.2.7:51234 */
static int is_address(const uint8_t *text, const struct et_token *t,
                      unsigned num_tokens)
{
  unsigned i;

  if (num_tokens < 5 || !(t[4].flags & ET_DIGITS)) {
    return 0;
  }
  for (i = 0; i < 4; i++) {
    if (!is_part(&t[i]) || !follows(text, &t[i], i < 3 ? '.' : ':')) {
      return 0;
    }
  }
  return 1;
}

/* Who logs an address logs its peer's, unless an arrow says otherwise: Go
 * prints "read tcp 10.0.0.1:443->192.0.2.7:51234".  A peer at an ephemeral port
 * is a client, so the writer is the server. */
int et_address_cue(const uint8_t *text, size_t len, const struct et_token *t,
                   unsigned num_tokens, struct et_match *m)
{
  uint32_t port;
  size_t end;
  int is_own;

  if (!is_address(text, t, num_tokens)) {
    return 0;
  }
  port = et_token_decimal(text, &t[4]);
  end = (size_t)t[4].at + t[4].len;
  is_own = end + 1 < len && text[end] == '-' && text[end + 1] == '>';
  if (port >= EPHEMERAL && port <= 65535) {
    set_cue(m, t, is_own ? TLSDIAG_PARTY_CLIENT : TLSDIAG_PARTY_SERVER);
  } else if (is_service(port)) {
    set_cue(m, t, is_own ? TLSDIAG_PARTY_SERVER : TLSDIAG_PARTY_CLIENT);
  } else {
    return 0;
  }
  return 1;
}

/* "sni=-": a log says that the client sent no name. */
int et_no_name_cue(const uint8_t *text, size_t len, const struct et_token *t,
                   struct et_match *m)
{
  size_t at = (size_t)t->at + t->len;

  if (t->len != 3 || (text[t->at] | 0x20) != 's' ||
      (text[t->at + 1] | 0x20) != 'n' || (text[t->at + 2] | 0x20) != 'i' ||
      at + 2 > len || text[at] != '=' || text[at + 1] != '-' ||
      (at + 2 < len && text[at + 2] > ' ')) {
    return 0;
  }
  set_cue(m, t, 0);
  m->flags = ET_MATCH_NO_NAME;
  return 1;
}
