/* first_bytes.c: what protocol do the first bytes of one direction speak?
 *
 * A table of signatures, compared with as many bytes as there are: a
 * signature that fits whole is an answer unless a longer one may still fit. */
#include <string.h>

#include "record.h"
#include "tlsdiag/tlsdiag.h"

#define MAX_WANTED 32

enum { CLIENT = 1, SERVER = 2, BOTH = 3 }; /* sides a signature is for */

struct signature {
  char text[14]; /* case does not matter; NUL ends it */
  uint8_t side;
  uint8_t protocol;
};

#define TEXT(text, side, protocol)                                             \
  {                                                                            \
    text, side, TLSDIAG_PROTOCOL_##protocol                                    \
  }

/* clang-format off */
static const struct signature texts[] = {
  TEXT("GET ", CLIENT, HTTP_REQUEST),
  TEXT("HEAD ", CLIENT, HTTP_REQUEST),
  TEXT("POST ", CLIENT, HTTP_REQUEST),
  TEXT("PUT ", CLIENT, HTTP_REQUEST),
  TEXT("PATCH ", CLIENT, HTTP_REQUEST),
  TEXT("DELETE ", CLIENT, HTTP_REQUEST),
  TEXT("TRACE ", CLIENT, HTTP_REQUEST),
  TEXT("OPTIONS ", CLIENT, HTTP_REQUEST),
  TEXT("QUERY ", CLIENT, HTTP_REQUEST),
  TEXT("PROPFIND ", CLIENT, HTTP_REQUEST),
  TEXT("PROPPATCH ", CLIENT, HTTP_REQUEST),
  TEXT("REPORT ", CLIENT, HTTP_REQUEST),
  TEXT("MKCOL ", CLIENT, HTTP_REQUEST),
  TEXT("COPY ", CLIENT, HTTP_REQUEST),
  TEXT("MOVE ", CLIENT, HTTP_REQUEST),
  TEXT("LOCK ", CLIENT, HTTP_REQUEST),
  TEXT("UNLOCK ", CLIENT, HTTP_REQUEST),
  TEXT("CONNECT ", CLIENT, HTTP_CONNECT),
  TEXT("PRI * HTTP/2", CLIENT, HTTP2_PREFACE),
  TEXT("HTTP/", BOTH, HTTP_RESPONSE),
  TEXT("ICY 200", SERVER, HTTP_RESPONSE),
  TEXT("OPTIONS rtsp:", CLIENT, RTSP_SIP),
  TEXT("OPTIONS sip:", CLIENT, RTSP_SIP),
  TEXT("DESCRIBE rtsp", CLIENT, RTSP_SIP),
  TEXT("INVITE sip:", CLIENT, RTSP_SIP),
  TEXT("REGISTER sip:", CLIENT, RTSP_SIP),
  TEXT("RTSP/", BOTH, RTSP_SIP),
  TEXT("SIP/2.0", BOTH, RTSP_SIP),
  TEXT("<html", BOTH, HTML),
  TEXT("<!DOCTYPE", BOTH, HTML),
  TEXT("<head", BOTH, HTML),
  TEXT("<body", BOTH, HTML),
  TEXT("<title", BOTH, HTML),
  TEXT("<h1", BOTH, HTML),
  TEXT("<?xml", SERVER, HTML),
  TEXT("<?xml", CLIENT, XMPP),
  TEXT("<stream", BOTH, XMPP),
  TEXT("SSH-", BOTH, SSH),
  TEXT("PROXY ", BOTH, PROXY_V1),
  TEXT("220 ", SERVER, SMTP),
  TEXT("220-", SERVER, SMTP),
  TEXT("421 ", SERVER, SMTP),
  TEXT("421-", SERVER, SMTP),
  TEXT("500 ", SERVER, SMTP),
  TEXT("501 ", SERVER, SMTP),
  TEXT("502 ", SERVER, SMTP),
  TEXT("521 ", SERVER, SMTP),
  TEXT("550 ", SERVER, SMTP),
  TEXT("554 ", SERVER, SMTP),
  TEXT("554-", SERVER, SMTP),
  TEXT("530 ", SERVER, FTP),
  TEXT("EHLO", CLIENT, SMTP),
  TEXT("HELO", CLIENT, SMTP),
  TEXT("MAIL FROM", CLIENT, SMTP),
  TEXT("STARTTLS", CLIENT, SMTP),
  TEXT("LHLO", CLIENT, LMTP),
  TEXT("AUTH TLS", CLIENT, FTP),
  TEXT("AUTH SSL", CLIENT, FTP),
  TEXT("FEAT\r", CLIENT, FTP),
  TEXT("* OK", SERVER, IMAP),
  TEXT("* PREAUTH", SERVER, IMAP),
  TEXT("* BYE", SERVER, IMAP),
  TEXT("+OK", SERVER, POP3),
  TEXT("-ERR", SERVER, POP3),
  TEXT("CAPA\r", CLIENT, POP3),
  TEXT("STLS", CLIENT, POP3),
  TEXT("200 ", SERVER, NNTP),
  TEXT("201 ", SERVER, NNTP),
  TEXT("400 ", SERVER, NNTP),
  TEXT("CAPABILITIES", CLIENT, NNTP),
  TEXT("MODE READER", CLIENT, NNTP),
  TEXT("\"IMPLEMENTAT", SERVER, SIEVE),
  TEXT("CAPABILITY\r", CLIENT, SIEVE),
  TEXT("NICK ", CLIENT, IRC),
  TEXT("USER ", CLIENT, IRC),
  TEXT("CAP LS", CLIENT, IRC),
  TEXT("NOTICE AUTH", SERVER, IRC),
  TEXT("ERROR :", SERVER, IRC),
  TEXT("+PONG", SERVER, REDIS),
  TEXT("-ERR unknown", SERVER, REDIS),
  TEXT("-ERR wrong", SERVER, REDIS),
  TEXT("-ERR Protocol", SERVER, REDIS),
  TEXT("-NOAUTH", SERVER, REDIS),
  TEXT("-DENIED", SERVER, REDIS),
  TEXT("*1\r\n$", CLIENT, REDIS),
  TEXT("*2\r\n$", CLIENT, REDIS),
  TEXT("*3\r\n$", CLIENT, REDIS),
  TEXT("*4\r\n$", CLIENT, REDIS),
  TEXT("PING\r\n", CLIENT, REDIS),
  TEXT("RFB 0", BOTH, VNC),
};
/* clang-format on */

struct pattern {
  uint8_t len;
  uint8_t side;
  uint8_t protocol;
  uint8_t value[12];
  uint8_t mask[12];
};

#define BYTES(len, side, protocol) len, side, TLSDIAG_PROTOCOL_##protocol
#define ALL 0xff

/* clang-format off */
static const struct pattern patterns[] = {
  /* PROXY protocol 2: "\r\n\r\n\0\r\nQUIT\n" */
  {BYTES(12, BOTH, PROXY_V2),
   {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a},
   {ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL}},
  /* HTTP/2 SETTINGS on stream 0 (RFC 9113 section 4.1) */
  {BYTES(9, BOTH, HTTP2_PREFACE), {0, 0, 0, 4, 0, 0, 0, 0, 0},
   {ALL, ALL, 0, ALL, 0xfe, ALL, ALL, ALL, ALL}},
  /* SSLRequest, CancelRequest and GSSENCRequest end in 5679, 5678, 5680 */
  {BYTES(8, CLIENT, POSTGRES), {0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2e},
   {ALL, ALL, ALL, ALL, ALL, ALL, ALL, 0xfe}},
  {BYTES(8, CLIENT, POSTGRES), {0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30},
   {ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL}},
  {BYTES(8, CLIENT, POSTGRES), {0, 0, 0, 16, 0x04, 0xd2, 0x16, 0x2e},
   {ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL}},
  /* StartupMessage of protocol 3.0 */
  {BYTES(8, CLIENT, POSTGRES), {0, 0, 0, 0, 0, 3, 0, 0},
   {ALL, ALL, 0xf0, 0, ALL, ALL, ALL, 0xf0}},
  /* ErrorResponse with its severity; AuthenticationRequest */
  {BYTES(6, SERVER, POSTGRES), {'E', 0, 0, 0, 0, 'S'},
   {ALL, ALL, ALL, 0xf0, 0, ALL}},
  {BYTES(5, SERVER, POSTGRES), {'R', 0, 0, 0, 0},
   {ALL, ALL, ALL, ALL, 0}},
  /* handshake of protocol 10 with a version that begins with a digit */
  {BYTES(6, SERVER, MYSQL), {0, 0, 0, 0, 0x0a, 0x30},
   {0, 0xfe, ALL, ALL, ALL, 0xf0}},
  /* error packet, codes 1000 to 2047 */
  {BYTES(7, SERVER, MYSQL), {0, 0, 0, 0, 0xff, 0, 0x00},
   {0, 0xfe, ALL, ALL, ALL, 0, 0xf8}},
  /* SSLRequest of a client: 32 bytes, sequence 1 */
  {BYTES(4, CLIENT, MYSQL), {0x20, 0, 0, 1}, {ALL, ALL, ALL, ALL}},
  /* LDAPMessage: SEQUENCE, INTEGER messageID; the length in four ways */
  {BYTES(4, BOTH, LDAP), {0x30, 0, 2, 0}, {ALL, 0x80, ALL, 0xfc}},
  {BYTES(5, BOTH, LDAP), {0x30, 0x81, 0, 2, 0}, {ALL, ALL, 0, ALL, 0xfc}},
  {BYTES(6, BOTH, LDAP), {0x30, 0x82, 0, 0, 2, 0},
   {ALL, ALL, 0, 0, ALL, 0xfc}},
  {BYTES(8, BOTH, LDAP), {0x30, 0x84, 0, 0, 0, 0, 2, 0},
   {ALL, ALL, ALL, 0, 0, 0, ALL, 0xfc}},
  /* TPKT with an X.224 connection request or confirm */
  {BYTES(6, BOTH, RDP), {3, 0, 0, 0, 0, 0xc0},
   {ALL, ALL, ALL, 0, 0, 0xcf}},
  {BYTES(4, CLIENT, SOCKS), {4, 0, 0, 0}, {ALL, 0xfc, 0, 0}},
  {BYTES(3, CLIENT, SOCKS), {5, 1, 0}, {ALL, ALL, 0xfc}},
  {BYTES(3, CLIENT, SOCKS), {5, 2, 0}, {ALL, ALL, 0xfc}},
  {BYTES(3, CLIENT, SOCKS), {5, 3, 0}, {ALL, ALL, 0xfc}},
  {BYTES(2, SERVER, SOCKS), {5, 0}, {ALL, 0xfd}},
  {BYTES(2, SERVER, SOCKS), {5, 0xff}, {ALL, ALL}},
  {BYTES(2, SERVER, SOCKS), {0, 0x58}, {ALL, 0xf8}},
  /* CONNECT of MQTT 3.1.1 and 5, one or two length bytes; CONNACK */
  {BYTES(8, CLIENT, MQTT), {0x10, 0, 0, 4, 'M', 'Q', 'T', 'T'},
   {ALL, 0x80, ALL, ALL, ALL, ALL, ALL, ALL}},
  {BYTES(9, CLIENT, MQTT), {0x10, 0x80, 0, 0, 4, 'M', 'Q', 'T', 'T'},
   {ALL, 0x80, 0x80, ALL, ALL, ALL, ALL, ALL, ALL}},
  {BYTES(8, CLIENT, MQTT), {0x10, 0, 0, 6, 'M', 'Q', 'I', 's'},
   {ALL, 0x80, ALL, ALL, ALL, ALL, ALL, ALL}},
  {BYTES(4, SERVER, MQTT), {0x20, 2, 0, 0}, {ALL, ALL, 0xfe, 0xf0}},
  /* TDS PRELOGIN and its answer, packet 1 at most */
  {BYTES(8, CLIENT, MSSQL), {0x12, 1, 0, 0, 0, 0, 0, 0},
   {ALL, ALL, 0xf0, 0, ALL, ALL, 0xfe, ALL}},
  {BYTES(8, SERVER, MSSQL), {0x04, 1, 0, 0, 0, 0, 0, 0},
   {ALL, ALL, 0xf0, 0, 0, 0, 0xfe, ALL}},
  /* IAC WILL, WONT, DO, DONT */
  {BYTES(2, BOTH, TELNET), {0xff, 0xfc}, {ALL, 0xfc}},
  {BYTES(2, BOTH, TELNET), {0xff, 0xfb}, {ALL, ALL}},
};
/* clang-format on */

/* One question to the tables. */
struct look {
  struct reader in;
  unsigned side; /* CLIENT or SERVER */
  unsigned fits; /* protocol of the longest signature that fits, 0 none */
  size_t fits_len;
  unsigned may_fit; /* protocol of the first one that may fit yet, 0 none */
  int undecided;    /* too little of a line to say even that */
};

static void note(struct look *l, unsigned protocol, size_t len, size_t same)
{
  if (same == len && len > l->fits_len) {
    l->fits = protocol;
    l->fits_len = len;
  }
  if (same != len && rd_left(&l->in) == same && l->may_fit == 0) {
    l->may_fit = protocol;
  }
}

static unsigned upper(unsigned byte)
{
  return byte - 'a' < 26u ? byte - 0x20 : byte;
}

static void try_text(struct look *l, const struct signature *signature)
{
  const size_t max = sizeof signature->text;
  struct reader in = l->in;
  size_t same = 0;
  size_t len = 0;

  while (len < max && signature->text[len] != '\0') {
    len++;
  }
  while (same < len && rd_left(&in) != 0 &&
         upper(rd_u8(&in, 0)) == upper((uint8_t)signature->text[same])) {
    same++;
  }
  note(l, signature->protocol, len, same);
}

static void try_pattern(struct look *l, const struct pattern *pattern)
{
  struct reader in = l->in;
  size_t same = 0;

  while (same < pattern->len && rd_left(&in) != 0 &&
         (rd_u8(&in, 0) & pattern->mask[same]) == pattern->value[same]) {
    same++;
  }
  note(l, pattern->protocol, pattern->len, same);
}

/* ---- TLS itself ---- */

static void try_tls(struct look *l)
{
  struct reader in = l->in;
  size_t same = rd_left(&in) < RECORD_HEADER ? rd_left(&in) : RECORD_HEADER;

  if (!record_is_wrong(in)) {
    rd_u8(&in, 0);
    note(l,
         rd_left(&in) != 0 && in.pos[0] == 1 ? TLSDIAG_PROTOCOL_TLCP
                                             : TLSDIAG_PROTOCOL_TLS,
         RECORD_HEADER, same);
  }
  if (rd_left(&l->in) > 1 && !dtls_is_wrong(l->in)) {
    note(l, TLSDIAG_PROTOCOL_DTLS, RECORD_HEADER, same);
  }
  if (l->side == CLIENT && !sslv2_is_wrong(l->in)) {
    note(l, TLSDIAG_PROTOCOL_SSLV2, 5, same);
  }
  if (l->side != CLIENT && !sslv2_answer_is_wrong(l->in)) {
    note(l, TLSDIAG_PROTOCOL_SSLV2, RECORD_HEADER, same);
  }
}

/* ---- what needs a look at the rest of the line ---- */

static int holds(struct reader in, const char *word, size_t len)
{
  while (rd_left(&in) >= len) {
    struct reader here = in;
    size_t same = 0;

    while (same < len && upper(rd_u8(&here, 0)) == upper((uint8_t)word[same])) {
      same++;
    }
    if (same == len) {
      return 1;
    }
    rd_u8(&in, 0);
  }
  return 0;
}

/* "220" greets in SMTP and in FTP; XML opens a page or an XMPP stream.  Says
 * whether more of the line might change the answer. */
static int refine(struct look *l)
{
  if (l->fits == TLSDIAG_PROTOCOL_SMTP && l->side == SERVER) {
    l->fits = holds(l->in, "ftp", 3) ? TLSDIAG_PROTOCOL_FTP : l->fits;
    return l->fits == TLSDIAG_PROTOCOL_SMTP && !holds(l->in, "smtp", 4) &&
           !holds(l->in, "\n", 1);
  }
  if (l->fits == TLSDIAG_PROTOCOL_HTML && holds(l->in, "<?xml", 5)) {
    l->fits = holds(l->in, "<stream", 7) ? TLSDIAG_PROTOCOL_XMPP : l->fits;
    return l->fits == TLSDIAG_PROTOCOL_HTML;
  }
  return 0;
}

/* ---- IMAP: a command behind a tag of the client's choice (RFC 9051 section
 * 2.2.1), which is short in all clients ---- */

enum { TAG_MAX = 12 };

static const char imap_commands[][14] = {
  " CAPABILITY", " STARTTLS", " LOGIN ", " AUTHENTICATE", " LOGOUT", " NOOP",
};

static int is_tag_byte(unsigned byte)
{
  return upper(byte) - 'A' < 26u || byte - '0' < 10u || byte == '.';
}

/* All of the command is there, or the bytes end in the middle of it; where they
 * end in the tag nothing is known yet. */
static void try_imap_command(struct look *l, struct reader in,
                             const char *command)
{
  struct reader rest = in;
  size_t same = 0;

  while (command[same] != '\0' && rd_left(&rest) != 0 &&
         upper(rd_u8(&rest, 0)) == (uint8_t)command[same]) {
    same++;
  }
  if (command[same] == '\0') {
    l->fits = TLSDIAG_PROTOCOL_IMAP;
  } else if (same != 0 && rd_left(&in) == same) {
    l->may_fit = TLSDIAG_PROTOCOL_IMAP;
  }
}

static void try_imap(struct look *l)
{
  struct reader in = l->in;
  size_t tag = 0;
  size_t i;

  while (tag < TAG_MAX && rd_left(&in) != 0 && is_tag_byte(in.pos[0])) {
    rd_u8(&in, 0);
    tag++;
  }
  l->undecided = tag != 0 && rd_left(&in) == 0;
  for (i = 0; tag != 0 && i < sizeof imap_commands / sizeof *imap_commands;
       i++) {
    try_imap_command(l, in, imap_commands[i]);
  }
}

/* A message of an IRC server stands behind its name and a colon. */
static void try_lines(struct look *l)
{
  struct reader in = l->in;
  unsigned first = rd_left(&in) != 0 ? rd_u8(&in, 0) : 0;

  if (l->side == SERVER && first == ':' &&
      (holds(in, " NOTICE ", 8) || holds(in, " 001 ", 5))) {
    l->fits = TLSDIAG_PROTOCOL_IRC;
  }
  if (l->side == CLIENT) {
    try_imap(l);
  }
}

/* What no signature names. */
static unsigned kind_of_rest(struct reader in)
{
  unsigned any = 0;
  unsigned is_text = 1;

  while (rd_left(&in) != 0) {
    unsigned byte = rd_u8(&in, 0);

    any |= byte;
    is_text &= (byte >= 0x20 && byte < 0x7f) || (byte >= 9 && byte <= 13);
  }
  if (any == 0) {
    return TLSDIAG_PROTOCOL_ZEROS;
  }
  return is_text ? TLSDIAG_PROTOCOL_TEXT : TLSDIAG_PROTOCOL_BINARY;
}

static int answer(struct look *l, size_t in_len, unsigned *protocol)
{
  int is_open;

  if (l->fits == 0 && l->may_fit == 0) {
    try_lines(l);
  }
  is_open = refine(l) || l->may_fit != 0 || l->undecided;
  *protocol = l->fits != 0 ? l->fits : l->may_fit;
  is_open = is_open && in_len < MAX_WANTED;
  if (*protocol == TLSDIAG_PROTOCOL_UNKNOWN || (l->fits == 0 && !is_open)) {
    *protocol = kind_of_rest(l->in);
  }
  return is_open ? TLSDIAG_STATUS_MORE : TLSDIAG_STATUS_OK;
}

static void try_signatures(struct look *l)
{
  size_t i;

  for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    if ((texts[i].side & l->side) != 0) {
      try_text(l, &texts[i]);
    }
  }
  for (i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
    if ((patterns[i].side & l->side) != 0) {
      try_pattern(l, &patterns[i]);
    }
  }
}

int tlsdiag_recognise(const uint8_t *in, size_t in_len, unsigned from,
                      unsigned *protocol)
{
  struct rd_fault fault;
  struct look l;

  if (protocol == NULL || from > TLSDIAG_FROM_SERVER ||
      (in == NULL && in_len != 0)) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  *protocol = TLSDIAG_PROTOCOL_UNKNOWN;
  if (in_len == 0) {
    return TLSDIAG_STATUS_MORE;
  }
  memset(&fault, 0, sizeof fault);
  memset(&l, 0, sizeof l);
  rd_init(&l.in, in, in_len < MAX_WANTED ? in_len : MAX_WANTED, &fault);
  l.side = from == TLSDIAG_FROM_CLIENT ? CLIENT : SERVER;
  try_tls(&l);
  /* A whole header of TLS leaves no doubt: no text begins with a control. */
  if (l.fits != TLSDIAG_PROTOCOL_TLS || in_len < RECORD_HEADER ||
      in[0] >= 0x20) {
    try_signatures(&l);
  }
  return answer(&l, in_len, protocol);
}
