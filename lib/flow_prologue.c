/* flow_prologue.c: plaintext in front of TLS.
 *
 * Mail, directory, database and chat protocols ask for TLS in plaintext
 * (STARTTLS and its kin), proxies are asked with CONNECT, load balancers send
 * a PROXY header first.  Such a prologue is a sequence of units: lines, or
 * packets with a length.  Only the first bytes of each unit are kept.  A unit
 * that starts like a TLS record ends the prologue. */
#include <string.h>

#include "flow.h"

enum { PROLOGUE_MAX = 65536 }; /* bytes; longer ones are not prologues */

void prologue_begin(struct flow *f, unsigned from, unsigned protocol)
{
  struct side *s = &f->side[from];

  s->record_type = (uint8_t)protocol; /* no record is under way */
  s->record_left = 0;
  switch (protocol) {
  case TLSDIAG_PROTOCOL_UNKNOWN:
  case TLSDIAG_PROTOCOL_BINARY:
  case TLSDIAG_PROTOCOL_ZEROS:
  case TLSDIAG_PROTOCOL_DTLS:
  case TLSDIAG_PROTOCOL_SSLV2:
  case TLSDIAG_PROTOCOL_SSH:
  case TLSDIAG_PROTOCOL_TELNET:
  case TLSDIAG_PROTOCOL_VNC:
  case TLSDIAG_PROTOCOL_HTTP2_PREFACE:
  case TLSDIAG_PROTOCOL_MQTT:
    s->mode = MODE_OPAQUE;
    break;
  default:
    s->mode = MODE_PROLOGUE;
    break;
  }
}

static void step(struct flow *f, unsigned from, uint32_t t, unsigned prologue)
{
  f->prologue = (uint8_t)prologue;
  observe_at(f, TLSDIAG_OBS_STARTTLS, from, f->side[from].record_type, prologue,
             f->side[from].offset, t);
}

/* "HTTP/1.1 400 Bad Request": the status says what the server thinks of it. */
static void note_http_status(struct flow *f, unsigned from)
{
  struct side *s = &f->side[from];
  struct observed *o = observed_find(f, TLSDIAG_OBS_FIRST_BYTES, from);
  uint32_t status = 0;
  size_t i;

  for (i = 9; i < 12 && i < s->head_len; i++) {
    status = status * 10 + (s->head[i] & 0x0fu);
  }
  if (o != NULL && o->a == TLSDIAG_PROTOCOL_HTTP_RESPONSE && o->b > 999) {
    o->b = status;
  }
}

static void client_unit(struct flow *f, uint32_t t)
{
  const struct side *s = &f->side[TLSDIAG_FROM_CLIENT];

  if (f->prologue >= TLSDIAG_PROLOGUE_REQUESTED || !starttls_asks(s)) {
    return;
  }
  step(f, TLSDIAG_FROM_CLIENT, t, TLSDIAG_PROLOGUE_REQUESTED);
  if (s->record_type == TLSDIAG_PROTOCOL_MYSQL) {
    /* The server's greeting offered it; there is no other answer. */
    step(f, TLSDIAG_FROM_SERVER, t, TLSDIAG_PROLOGUE_ACCEPTED);
  }
}

static void server_unit(struct flow *f, uint32_t t)
{
  struct side *s = &f->side[TLSDIAG_FROM_SERVER];
  unsigned asked = f->side[TLSDIAG_FROM_CLIENT].record_type;

  if (s->record_type == TLSDIAG_PROTOCOL_HTTP_RESPONSE) {
    note_http_status(f, TLSDIAG_FROM_SERVER);
  }
  if (f->prologue != TLSDIAG_PROLOGUE_REQUESTED || s->head_len == 0 ||
      (s->record_type == TLSDIAG_PROTOCOL_SOCKS && socks_is_greeting(s))) {
    return;
  }
  step(f, TLSDIAG_FROM_SERVER, t,
       starttls_refuses(s, asked) ? TLSDIAG_PROLOGUE_REFUSED
                                  : TLSDIAG_PROLOGUE_ACCEPTED);
  if (f->prologue == TLSDIAG_PROLOGUE_ACCEPTED &&
      s->record_type == TLSDIAG_PROTOCOL_POSTGRES) {
    s->mode = MODE_FIRST; /* one byte was all its plaintext */
  }
}

static void unit_end(struct flow *f, unsigned from, uint32_t t)
{
  if (from == TLSDIAG_FROM_CLIENT) {
    client_unit(f, t);
  } else {
    server_unit(f, t);
  }
  f->side[from].head_len = 0;
}

/* Bytes of the unit that starts with the kept head, 0 while it is not known.
 * Lines end at their line feed, so their length is never known. */
static size_t unit_length(const struct side *s, unsigned from)
{
  const uint8_t *h = s->head;
  size_t n = s->head_len;

  switch (s->record_type) {
  case TLSDIAG_PROTOCOL_PROXY_V2:
    return n < 16 ? 0 : 16 + (((size_t)h[14] << 8) | h[15]);
  case TLSDIAG_PROTOCOL_POSTGRES:
    return from == TLSDIAG_FROM_SERVER ? 1 : 8;
  case TLSDIAG_PROTOCOL_MYSQL:
    return n < 4 ? 0
                 : 4 + (((size_t)h[2] << 16) | ((size_t)h[1] << 8) | h[0]);
  case TLSDIAG_PROTOCOL_RDP:
  case TLSDIAG_PROTOCOL_MSSQL:
    return n < 4 ? 0 : (((size_t)h[2] << 8) | h[3]) + (h[2] + h[3] == 0);
  case TLSDIAG_PROTOCOL_SOCKS:
    return socks_unit_length(s, from);
  case TLSDIAG_PROTOCOL_LDAP:
    if (n < 6) {
      return 0;
    }
    return h[1] < 0x80    ? (size_t)h[1] + 2
           : h[1] == 0x81 ? (size_t)h[2] + 3
           : h[1] == 0x82 ? (((size_t)h[2] << 8) | h[3]) + 4
           : h[1] == 0x84
             ? (((size_t)h[4] << 8) | h[5]) + 6 /* OpenLDAP's long form */
             : 6;
  default:
    return 0;
  }
}

static int ends_unit(const struct side *s, unsigned from, unsigned byte,
                     size_t seen)
{
  size_t len = unit_length(s, from);
  int is_whole = len != 0 && seen >= len;

  switch (s->record_type) {
  case TLSDIAG_PROTOCOL_SOCKS:
    return is_whole || socks_string_ends(s, from, byte, seen);
  case TLSDIAG_PROTOCOL_PROXY_V2:
  case TLSDIAG_PROTOCOL_POSTGRES:
  case TLSDIAG_PROTOCOL_MYSQL:
  case TLSDIAG_PROTOCOL_RDP:
  case TLSDIAG_PROTOCOL_MSSQL:
  case TLSDIAG_PROTOCOL_LDAP:
    return is_whole;
  case TLSDIAG_PROTOCOL_XMPP:
    return byte == '\n' || byte == '>';
  default:
    return byte == '\n';
  }
}

/* The header is over: the next bytes are looked at afresh. */
static int is_header(unsigned protocol)
{
  return protocol == TLSDIAG_PROTOCOL_PROXY_V1 ||
         protocol == TLSDIAG_PROTOCOL_PROXY_V2;
}

/* A record header of a hello or an alert where a unit should start. */
static int starts_tls(struct side *s)
{
  if (s->head_len == 3 && s->record_left == 3 &&
      (s->head[0] == 22 || s->head[0] == 21) && s->head[1] == 3 &&
      s->head[2] <= 4) {
    s->mode = MODE_RECORDS;
    return 1;
  }
  return 0;
}

/* record_left counts the bytes of the current unit; it saturates. */
size_t prologue_feed(struct flow *f, unsigned from, uint32_t t,
                     const uint8_t *data, size_t len)
{
  struct side *s = &f->side[from];
  uint8_t held[3];
  size_t n = 0;

  while (n < len && s->mode == MODE_PROLOGUE) {
    if (s->offset >= PROLOGUE_MAX) {
      s->mode = MODE_OPAQUE;
      return n;
    }
    if (s->head_len < HEAD_MAX) {
      s->head[s->head_len++] = data[n];
    }
    if (s->record_left < UINT16_MAX) {
      s->record_left++;
    }
    s->offset++;
    n++;
    if (starts_tls(s)) {
      memcpy(held, s->head, 3);
      s->head_len = 0;
      s->record_left = 0;
      s->offset -= 3;
      (void)records_feed(f, from, t, held, 3);
    } else if (ends_unit(s, from, data[n - 1], s->record_left)) {
      unit_end(f, from, t);
      s->record_left = 0;
      if (is_header(s->record_type)) {
        s->mode = MODE_FIRST;
      }
    }
  }
  return n;
}

/* A hole in plaintext: what comes behind it is taken for a new unit. */
void prologue_gap(struct flow *f, unsigned from, uint32_t t)
{
  struct side *s = &f->side[from];

  if (s->head_len != 0) {
    unit_end(f, from, t);
  }
  s->record_left = 0;
}
