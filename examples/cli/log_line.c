#include "log_line.h"

#include <string.h>

enum { TIME_WITHIN = 160, ADDRESS_MAX = 64, NAME_MAX = 253 };

static int is_digit(uint8_t c)
{
  return c >= '0' && c <= '9';
}

static const uint8_t *find(const uint8_t *in, size_t len, const char *word)
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

/* ---- time ---- */

static unsigned number(const uint8_t *p, size_t digits)
{
  unsigned value = 0;

  while (digits-- > 0) {
    value = value * 10 + (unsigned)(*p++ - '0');
  }
  return value;
}

/* 1 if p looks like the pattern, in which 0 is any digit. */
static int looks(const uint8_t *p, size_t len, const char *pattern)
{
  size_t i;

  for (i = 0; pattern[i] != '\0'; i++) {
    if (i >= len ||
        (pattern[i] == '0' ? !is_digit(p[i]) : p[i] != (uint8_t)pattern[i])) {
      return 0;
    }
  }
  return 1;
}

/* Days since 1970-01-01 in the Gregorian calendar. */
static uint64_t days(unsigned year, unsigned month, unsigned day)
{
  unsigned y = month <= 2 ? year - 1 : year;
  unsigned era = y / 400;
  unsigned yoe = y - era * 400;
  unsigned doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

  return (uint64_t)era * 146097 + doe - 719468;
}

static uint64_t micros(unsigned year, unsigned month, unsigned day,
                       const uint8_t *clock)
{
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31) {
    return 0;
  }
  return (days(year, month, day) * 86400 + number(clock, 2) * 3600u +
          number(clock + 3, 2) * 60u + number(clock + 6, 2)) *
         1000000u;
}

static unsigned month_of(const uint8_t *p)
{
  static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  unsigned i;

  for (i = 0; i < 12; i++) {
    if (memcmp(p, names + i * 3, 3) == 0) {
      return i + 1;
    }
  }
  return 0;
}

struct moment {
  size_t len;
  uint64_t t_us;
};

static struct moment numeric_moment(const uint8_t *p, size_t left)
{
  static const char *const patterns[] = {
      "0000/00/00 00:00:00", "0000-00-00 00:00:00", "0000-00-00T00:00:00",
      "0000.00.00 00:00:00"};
  struct moment m = {0, 0};
  size_t i;

  for (i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
    if (looks(p, left, patterns[i])) {
      m.len = 19;
      m.t_us = micros(number(p, 4), number(p + 5, 2), number(p + 8, 2), p + 11);
      break;
    }
  }
  return m;
}

/* 21/Nov/2026:03:45:41, and Nov 21 03:45:41 of syslog and Apache. */
static struct moment named_moment(const uint8_t *p, size_t left)
{
  struct moment m = {0, 0};

  if (left >= 20 && looks(p, left, "00/") && month_of(p + 3) != 0 &&
      looks(p + 6, left - 6, "/0000:00:00:00")) {
    m.len = 20;
    m.t_us = micros(number(p + 7, 4), month_of(p + 3), number(p, 2), p + 12);
  } else if (left >= 15 && month_of(p) != 0 && is_digit(p[5]) &&
             (looks(p + 3, left - 3, " 00 00:00:00") ||
              looks(p + 3, left - 3, "  0 00:00:00"))) {
    m.len = 15;
    m.t_us = micros(
        1970, month_of(p),
        (p[4] == ' ' ? 0 : number(p + 4, 1) * 10) + number(p + 5, 1), p + 7);
  }
  return m;
}

/* A time at exactly this place; len 0 if there is none. */
static struct moment moment_at(const uint8_t *p, size_t left)
{
  struct moment m = numeric_moment(p, left);

  return m.len > 0 ? m : named_moment(p, left);
}

static void read_time(struct log_line *l)
{
  const uint8_t *p = l->all.ptr;
  size_t limit = l->all.len < TIME_WITHIN ? l->all.len : TIME_WITHIN;
  size_t i;

  for (i = 0; i + 15 <= limit; i++) {
    struct moment m;

    /* Digits, and the letters that months begin with. */
    if (!is_digit(p[i]) && (p[i] == 0 || strchr("JFMASOND", p[i]) == NULL)) {
      continue;
    }
    m = moment_at(p + i, l->all.len - i);
    if (m.len > 0) {
      l->time.ptr = p + i;
      l->time.len = m.len;
      l->t_us = m.t_us;
      return;
    }
  }
}

/* ---- addresses ---- */

static int is_hex(uint8_t c)
{
  return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static size_t ipv4_len(const uint8_t *p, size_t left)
{
  size_t len = 0;
  unsigned dots = 0;

  while (len < left && len < ADDRESS_MAX &&
         (is_digit(p[len]) || p[len] == '.')) {
    dots += p[len] == '.';
    len++;
  }
  return dots == 3 && len >= 7 && p[len - 1] != '.' ? len : 0;
}

static size_t ipv6_len(const uint8_t *p, size_t left)
{
  size_t len = 0;
  unsigned colons = 0;

  while (len < left && len < ADDRESS_MAX &&
         (is_hex(p[len]) || p[len] == ':' || p[len] == '.')) {
    colons += p[len] == ':';
    len++;
  }
  /* 03:45:41 is a time. */
  return colons >= 2 && colons < 9 && !looks(p, left, "00:00:00") &&
                 (p[0] != ':' || p[1] == ':')
             ? len
             : 0;
}

/* The address at this place without its port, 0 if there is none. */
static size_t address_len(const uint8_t *p, size_t left)
{
  size_t len = ipv4_len(p, left);

  return len > 0 ? len : ipv6_len(p, left);
}

static int set_client(struct log_line *l, const uint8_t *at)
{
  const uint8_t *end = l->all.ptr + l->all.len;
  size_t len;

  if (at < end && *at == '[') {
    at++;
  }
  len = address_len(at, (size_t)(end - at));
  if (len > 0) {
    l->client.ptr = at;
    l->client.len = len;
  }
  return len > 0;
}

/* Words in front of the client's address, in many programs' logs. */
static int marked_client(struct log_line *l)
{
  static const char *const marks[] = {
      "client: ",      "[client ", "client ",          " from ",
      "rip=",          "peer ",    "\"remote_ip\":\"", "\"remote_addr\":\"",
      "\"client\":\"", "addr="};
  size_t i;

  for (i = 0; i < sizeof marks / sizeof marks[0]; i++) {
    const uint8_t *at = find(l->all.ptr, l->all.len, marks[i]);
    const uint8_t *open;

    if (at == NULL) {
      continue;
    }
    at += strlen(marks[i]);
    if (set_client(l, at)) {
      return 1;
    }
    /* Postfix: from mail.example.org[192.0.2.7] */
    open = memchr(at, '[', (size_t)(l->all.ptr + l->all.len - at));
    if (open != NULL && open - at < NAME_MAX && set_client(l, open)) {
      return 1;
    }
  }
  return 0;
}

static void any_client(struct log_line *l)
{
  size_t from =
      l->time.ptr != NULL && l->time.ptr == l->all.ptr ? l->time.len : 0;
  size_t i;

  for (i = from; i + 7 <= l->all.len; i++) {
    const uint8_t *p = l->all.ptr + i;

    if (is_digit(p[0]) && (i == 0 || (!is_digit(p[-1]) && p[-1] != '.')) &&
        (p[1] == '.' || p[2] == '.' || p[3] == '.') && set_client(l, p)) {
      return;
    }
  }
}

/* ---- names ---- */

static int set_name(struct log_line *l, const char *mark, const char *stops)
{
  const uint8_t *at = find(l->all.ptr, l->all.len, mark);
  const uint8_t *end = l->all.ptr + l->all.len;
  size_t len = 0;

  if (at == NULL) {
    return 0;
  }
  at += strlen(mark);
  while (at + len < end && len < NAME_MAX && strchr(stops, at[len]) == NULL) {
    len++;
  }
  if (len < 2) {
    return 0; /* "-" is no name */
  }
  l->name.ptr = at;
  l->name.len = len;
  return 1;
}

static void read_name(struct log_line *l)
{
  (void)(set_name(l, "host: \"", "\"") || set_name(l, "sni=", " ,\"\t") ||
         set_name(l, "\"server_name\":\"", "\"") ||
         set_name(l, "\"sni\":\"", "\"") || set_name(l, "SNI: ", " ,\t"));
}

/* ---- the whole ---- */

/* Behind "[info] 123#123: *45 ", NULL if the line is no nginx line. */
static const uint8_t *nginx_body(const uint8_t *p, const uint8_t *end)
{
  const uint8_t *at = memchr(p + 20, ':', (size_t)(end - p) - 20);

  if (at == NULL || end - at < 4) {
    return NULL;
  }
  at += 2;
  if (*at != '*') {
    return at;
  }
  at = memchr(at, ' ', (size_t)(end - at));
  return at != NULL ? at + 1 : NULL;
}

/* nginx: 2026/11/20 12:00:00 [info] 123#123: *45 WHAT, client: A, server: B */
static int parse_nginx(struct log_line *l)
{
  const uint8_t *p = l->all.ptr;
  const uint8_t *end = p + l->all.len;
  const uint8_t *at;
  const uint8_t *client;

  if (l->all.len < 30 || p[4] != '/' || p[19] != ' ' || p[20] != '[' ||
      !looks(p, l->all.len, "0000/00/00 00:00:00") ||
      (at = nginx_body(p, end)) == NULL) {
    return 0;
  }
  l->time.ptr = p;
  l->time.len = 19;
  l->t_us = micros(number(p, 4), number(p + 5, 2), number(p + 8, 2), p + 11);
  client = find(at, (size_t)(end - at), ", client: ");
  l->body.ptr = at;
  l->body.len = (size_t)((client != NULL ? client : end) - at);
  if (client != NULL) {
    (void)set_client(l, client + 10);
    if (find(client, (size_t)(end - client), ", host: \"") != NULL) {
      (void)set_name(l, ", host: \"", "\"");
    }
  }
  return 1;
}

/* Behind the time, its fractions and zone, and Apache's process ids:
 * [time] [ssl:info] [pid 1:tid 2] [client A:P] WHAT */
static const uint8_t *body_begin(const struct log_line *l)
{
  const uint8_t *end = l->all.ptr + l->all.len;
  const uint8_t *from =
      l->time.ptr != NULL ? l->time.ptr + l->time.len : l->all.ptr;
  const uint8_t *group = find(from, (size_t)(end - from), "[pid ");

  if (group != NULL && group - from < 64 &&
      (group = memchr(group, ']', (size_t)(end - group))) != NULL) {
    from = group + 1;
  }
  while (from < end &&
         (is_digit(*from) || (*from != 0 && strchr(".]Z+", *from) != NULL))) {
    from++;
  }
  return from;
}

/* Everything but the time and the client is what a line says. */
static void parse_other(struct log_line *l)
{
  const uint8_t *end = l->all.ptr + l->all.len;
  const uint8_t *from;
  const uint8_t *behind;

  read_time(l);
  if (!marked_client(l)) {
    any_client(l);
  }
  read_name(l);
  from = body_begin(l);
  l->body.ptr = from;
  l->body.len = (size_t)(end - from);
  if (l->client.ptr == NULL || l->client.ptr < from) {
    return;
  }
  behind = l->client.ptr + l->client.len;
  while (behind < end && (is_digit(*behind) || *behind == ':')) {
    behind++; /* the port */
  }
  l->body.len = (size_t)(l->client.ptr - from);
  l->further.ptr = behind;
  l->further.len = (size_t)(end - behind);
}

void log_line_parse(struct log_line *l, const uint8_t *line, size_t len)
{
  memset(l, 0, sizeof *l);
  while (len > 0 && (line[len - 1] == '\r' || line[len - 1] == '\n')) {
    len--;
  }
  l->all.ptr = line;
  l->all.len = len;
  if (!parse_nginx(l)) {
    memset(&l->time, 0, sizeof l->time);
    l->t_us = 0;
    parse_other(l);
  }
}
