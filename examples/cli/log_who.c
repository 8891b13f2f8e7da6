#include "log_who.h"

#include <string.h>

enum { ADDRESS_MAX = 46, NAME_MAX = 253, WORD_MAX = 32, GAP_MAX = 4 };

static int is_digit(uint8_t c)
{
  return c >= '0' && c <= '9';
}

static int is_letter(uint8_t c)
{
  return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

static int is_hex(uint8_t c)
{
  return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

const uint8_t *log_word(const uint8_t *in, size_t len, const char *word)
{
  size_t word_len = strlen(word);
  const uint8_t *end = in + len;
  const uint8_t *at = in;

  while ((size_t)(end - at) >= word_len &&
         (at = memchr(at, word[0], (size_t)(end - at) - word_len + 1)) !=
             NULL) {
    if (memcmp(at, word, word_len) == 0) {
      return at;
    }
    at++;
  }
  return NULL;
}

/* ---- addresses ---- */

/* The digits of a number up to 255, 0 where there is none. */
static size_t octet_len(const uint8_t *p, size_t left)
{
  unsigned value = 0;
  size_t digits = 0;

  while (digits < left && digits < 4 && is_digit(p[digits])) {
    value = value * 10 + (unsigned)(p[digits++] - '0');
  }
  return digits > 3 || value > 255 ? 0 : digits;
}

/* Four of them: 10.0.19041.1 is a version. */
static size_t ipv4_len(const uint8_t *p, size_t left)
{
  unsigned numbers;
  size_t digits;
  size_t at = 0;

  for (numbers = 0; numbers < 4; numbers++) {
    if (numbers > 0 && (at >= left || p[at++] != '.')) {
      return 0;
    }
    digits = octet_len(p + at, left - at);
    if (digits == 0) {
      return 0;
    }
    at += digits;
  }
  return at < left && (is_letter(p[at]) || p[at] == '-') ? 0 : at;
}

static int is_ipv6_byte(uint8_t c)
{
  return is_hex(c) || c == ':' || c == '.';
}

/* With "::" or all eight groups: 03:45:41 is a time and c:318: a line of a
 * source. */
static size_t ipv6_len(const uint8_t *p, size_t left)
{
  size_t len = 0;
  unsigned colons = 0;
  int was_colon = 0;
  int is_short = 0;

  while (len < left && len < ADDRESS_MAX && is_ipv6_byte(p[len])) {
    int colon = p[len++] == ':';

    is_short |= colon & was_colon;
    was_colon = colon;
    colons += (unsigned)colon;
  }
  if (len < left && is_letter(p[len])) {
    return 0;
  }
  if (colons != 7 && !(is_short && colons >= 2 && colons <= 8)) {
    return 0;
  }
  return len > 2 ? len : 0;
}

size_t log_address_len(const uint8_t *p, size_t left)
{
  size_t len = ipv4_len(p, left);

  return len > 0 ? len : ipv6_len(p, left);
}

/* ---- the client ---- */

static int is_one_of(const char *const *words, size_t count,
                     const uint8_t *word, size_t len)
{
  size_t i;
  size_t k;

  for (i = 0; i < count; i++) {
    for (k = 0; k < len && (word[k] | 0x20) == (uint8_t)(words[i][k] | 0x20);
         k++) {
    }
    if (k == len && words[i][k] == '\0') {
      return 1;
    }
  }
  return 0;
}

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

enum role { ROLE_OTHER, ROLE_CLIENT, ROLE_SERVER };

/* What the word in front of an address says of it: `client: 192.0.2.7`,
 * `rip=192.0.2.7`, `"remote_ip":"192.0.2.7"`, `connect to [192.0.2.7]`. */
static enum role role_of(const uint8_t *line, const uint8_t *address)
{
  static const char *const clients[] = {
      "client",      "from",
      "rip",         "peer",
      "remote",      "addr",
      "remote_addr", "remote_ip",
      "client_ip",   "client_addr",
      "src",         "source",
      "remoteaddr",  "accepted",
      "clientip",    "rhost",
      "ip",          "remote_host",
      "remotehost",  "clienthost",
      "host",        "downstream_remote_address"};
  static const char *const others[] = {
      "to",        "upstream", "server",        "lip",           "laddr",
      "local",     "listen",   "dst",           "destination",   "backend",
      "listening", "bind",     "upstream_host", "upstream_addr", "local_addr",
      "https",     "http"};
  const uint8_t *end = address;
  const uint8_t *word;

  while (end > line && address - end < GAP_MAX && end[-1] != 0 &&
         strchr(" :=\"'[(</", end[-1]) != NULL) {
    end--;
  }
  for (word = end; word > line && end - word < WORD_MAX && is_letter(word[-1]);
       word--) {
  }
  if (word == end) {
    return ROLE_OTHER;
  }
  if (is_one_of(clients, COUNT(clients), word, (size_t)(end - word))) {
    return ROLE_CLIENT;
  }
  return is_one_of(others, COUNT(others), word, (size_t)(end - word))
             ? ROLE_SERVER
             : ROLE_OTHER;
}

static size_t port_len(const uint8_t *p, const uint8_t *end)
{
  size_t len = 0;

  p += p < end && *p == ']';
  if (p >= end || *p != ':') {
    return 0;
  }
  while (p + 1 + len < end && len < 5 && is_digit(p[1 + len])) {
    len++;
  }
  return len;
}

static void set_client(struct log_line *l, const uint8_t *at, size_t len)
{
  const uint8_t *end = l->all.ptr + l->all.len;
  const uint8_t *behind = at + len;

  l->client.ptr = at;
  l->client.len = len;
  l->port.ptr = NULL;
  l->port.len = port_len(behind, end);
  if (l->port.len > 0) {
    l->port.ptr = behind + (*behind == ']') + 1;
  }
}

/* nginx and syslogs write a quote as \x22. */
static int is_behind_escape(const uint8_t *line, const uint8_t *p)
{
  return p - line >= 4 && p[-4] == '\\' && p[-3] == 'x' && is_hex(p[-2]) &&
         is_hex(p[-1]);
}

/* An address may begin here: no part of a longer word or number.  "client:" may
 * stand in front of one of IPv4, of IPv6 that would be a part of it. */
static int may_begin(const uint8_t *line, const uint8_t *p, const uint8_t *end)
{
  if (p > line && p[-1] == ':' && is_digit(*p)) {
    return ipv4_len(p, (size_t)(end - p)) > 0;
  }
  return p == line || is_behind_escape(line, p) ||
         !(is_hex(p[-1]) || is_letter(p[-1]) || p[-1] == '.' || p[-1] == '-' ||
           p[-1] == ':');
}

/* Behind a word, a number or an escape that is no address. */
static const uint8_t *behind_word(const uint8_t *p, const uint8_t *end)
{
  const uint8_t *from = p;

  if (*p == '\\' && end - p >= 4 && p[1] == 'x') {
    return p + 4;
  }

  while (p < end && (is_digit(*p) || is_letter(*p))) {
    p++;
  }
  return p > from ? p : p + 1;
}

/* How much an address looks like a client's by its port: those of services are
 * none, those that systems give to clients are. */
static unsigned rank_of(const uint8_t *behind, const uint8_t *end)
{
  size_t digits = port_len(behind, end);
  unsigned port = 0;

  if (digits == 0) {
    return 1;
  }
  behind += (*behind == ']') + 1;
  while (digits-- > 0) {
    port = port * 10 + (unsigned)(*behind++ - '0');
  }
  return port < 1024 || port == 8443 ? 0 : port < 32768 ? 2 : 3;
}

/* 1 if this is the client beyond doubt. */
static int consider(struct log_line *l, const uint8_t *p, size_t len)
{
  const uint8_t *end = l->all.ptr + l->all.len;
  enum role role = role_of(l->all.ptr, p);
  unsigned rank = rank_of(p + len, end);

  if (role == ROLE_CLIENT ||
      (role == ROLE_OTHER && rank > 0 &&
       (l->client.ptr == NULL ||
        rank > rank_of(l->client.ptr + l->client.len, end)))) {
    set_client(l, p, len);
  }
  return role == ROLE_CLIENT;
}

void log_client_find(struct log_line *l)
{
  const uint8_t *p = l->all.ptr;
  const uint8_t *end = p + l->all.len;

  while (end - p >= 3) {
    size_t len = 0;

    if (p == l->time.ptr && l->time.len > 0) {
      p += l->time.len;
      continue;
    }
    if ((is_hex(*p) || *p == ':') && may_begin(l->all.ptr, p, end)) {
      len = log_address_len(p, (size_t)(end - p));
    }
    if (len > 0 && consider(l, p, len)) {
      return;
    }
    p = len > 0 ? p + len : behind_word(p, end);
  }
}

/* ---- names ---- */

int log_name_set(struct log_line *l, const char *mark, const char *stops)
{
  const uint8_t *at = log_word(l->all.ptr, l->all.len, mark);
  const uint8_t *end = l->all.ptr + l->all.len;
  size_t len = 0;

  if (at == NULL) {
    return 0;
  }
  at += strlen(mark);
  while (at + len < end && len < NAME_MAX && at[len] != 0 &&
         strchr(stops, at[len]) == NULL) {
    len++;
  }
  if (len < 2) {
    return 0; /* "-" is no name */
  }
  l->name.ptr = at;
  l->name.len = len;
  return 1;
}

void log_name_find(struct log_line *l)
{
  (void)(log_name_set(l, "host: \"", "\"") ||
         log_name_set(l, "sni=", " ,\"\t") ||
         log_name_set(l, "\"server_name\":\"", "\"") ||
         log_name_set(l, "\"sni\":\"", "\"") ||
         log_name_set(l, "\"requested_server_name\":\"", "\"") ||
         log_name_set(l, "SNI: ", " ,\t"));
}
