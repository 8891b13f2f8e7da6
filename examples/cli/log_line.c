#include "log_line.h"

#include <string.h>

#include "log_time.h"
#include "log_who.h"

enum {
  TAG_WITHIN = 128, /* of the line's begin */
  TAG_MAX = 40,
  NEAR = 3 /* lines: for who has no tag */
};

static int is_digit(uint8_t c)
{
  return c >= '0' && c <= '9';
}

static void set_time(struct log_line *l, const struct log_moment *m)
{
  l->time.ptr = m->at;
  l->time.len = m->len;
  l->t_us = m->t_us;
}

/* ---- nginx ---- */

/* Behind "[info] 123#123: *45 ", NULL if the line is no nginx line. */
static const uint8_t *nginx_body(struct log_line *l, const uint8_t *end)
{
  const uint8_t *p = l->time.ptr + 21;
  const uint8_t *at = memchr(p, ':', (size_t)(end - p));

  if (at == NULL || end - at < 4) {
    return NULL;
  }
  at += 2;
  if (*at != '*') {
    return at;
  }
  l->tag.ptr = at;
  l->is_tag_of_one = 1;
  at = memchr(at, ' ', (size_t)(end - at));
  l->tag.len = at != NULL ? (size_t)(at - l->tag.ptr) : 0;
  return at != NULL ? at + 1 : NULL;
}

/* client: A, server: B, upstream: "C", host: "D" */
static void nginx_who(struct log_line *l, const uint8_t *at, const uint8_t *end)
{
  static const char server[] = ", server: ";
  const uint8_t *site;

  at += 10;
  l->client.len = log_address_len(at, (size_t)(end - at));
  l->client.ptr = l->client.len > 0 ? at : NULL;
  site = log_word(at, (size_t)(end - at), server);
  if (site == NULL) {
    return;
  }
  l->site.ptr = site + sizeof server - 1;
  at = memchr(l->site.ptr, ',', (size_t)(end - l->site.ptr));
  l->site.len = (size_t)((at != NULL ? at : end) - l->site.ptr);
  if (at != NULL) {
    (void)log_name_set(l, ", host: \"", "\"");
    l->is_upstream = log_word(at, (size_t)(end - at), ", upstream: \"") != NULL;
  }
}

/* nginx: 2026/11/20 12:00:00 [info] 123#123: *45 WHAT, client: A, server: B */
static int parse_nginx(struct log_line *l)
{
  const uint8_t *p = l->all.ptr;
  const uint8_t *end = p + l->all.len;
  const uint8_t *at;
  const uint8_t *client;
  struct log_moment m;

  if (l->all.len < 30 || p[4] != '/' || p[19] != ' ' || p[20] != '[') {
    return 0;
  }
  m = log_time_at(p, l->all.len);
  if (m.at == NULL) {
    return 0;
  }
  set_time(l, &m);
  at = nginx_body(l, end);
  if (at == NULL) {
    return 0;
  }
  l->is_clean = 1;
  client = log_word(at, (size_t)(end - at), ", client: ");
  l->body.ptr = at;
  l->body.len = (size_t)((client != NULL ? client : end) - at);
  if (client != NULL) {
    nginx_who(l, client, end);
  }
  return 1;
}

/* ---- others ---- */

/* nginx numbers its connections, and so does stunnel: LOG5[12]. */
static int is_of_one(const struct log_line *l)
{
  const uint8_t *tag = l->tag.ptr;

  return *tag == '*' ||
         (tag - l->all.ptr >= 4 && memcmp(tag - 4, "LOG", 3) == 0);
}

/* The length of a tag here: [123] or *45, without the bracket that ends it.
 * No process has the number 0: Error[0]. */
static size_t number_tag(const uint8_t *p, const uint8_t *end)
{
  size_t len = 1;

  while (p + len < end && len < TAG_MAX && is_digit(p[len])) {
    len++;
  }
  if (len == 1 || p[1] == '0') {
    return 0;
  }
  return *p == '*' || (p + len < end && p[len] == ']') ? len : 0;
}

/* [pid 1:tid 2] of Apache, [ 8180] of hitch. */
static size_t bracket_tag(const uint8_t *p, const uint8_t *end)
{
  const uint8_t *stop = memchr(p, ']', (size_t)(end - p));

  if (stop != NULL && stop - p < TAG_MAX &&
      (memcmp(p, "[pid ", 5) == 0 || (p[1] == ' ' && is_digit(stop[-1])))) {
    return (size_t)(stop - p);
  }
  return number_tag(p, end);
}

/* The first of them in a line. */
static void read_tag(struct log_line *l)
{
  const uint8_t *p = l->all.ptr;
  const uint8_t *end = p + (l->all.len < TAG_WITHIN ? l->all.len : TAG_WITHIN);

  for (; end - p > 5; p++) {
    size_t len = 0;

    if (*p == '[') {
      len = bracket_tag(p, end);
    } else if (*p == '*') {
      len = number_tag(p, end);
    }
    if (len > 0) {
      l->tag.ptr = p;
      l->tag.len = len;
      l->is_tag_of_one = is_of_one(l);
      return;
    }
  }
}

/* Behind the time, and Apache's process ids:
 * [time] [ssl:info] [pid 1:tid 2] [client A:P] WHAT */
static const uint8_t *body_begin(const struct log_line *l)
{
  const uint8_t *from = l->all.ptr;

  if (l->tag.len > 5 && l->tag.ptr[1] == 'p') {
    return l->tag.ptr + l->tag.len;
  }
  if (l->time.ptr != NULL && l->time.ptr - l->all.ptr < TAG_WITHIN) {
    from = l->time.ptr + l->time.len;
  }
  return from;
}

/* Everything but the time and the client is what a line says. */
static void parse_other(struct log_line *l)
{
  const uint8_t *end = l->all.ptr + l->all.len;
  struct log_moment m = log_time_find(l->all.ptr, l->all.len);
  const uint8_t *from;
  const uint8_t *behind;

  set_time(l, &m);
  log_client_find(l);
  log_name_find(l);
  read_tag(l);
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
    memset(l, 0, sizeof *l);
    l->all.ptr = line;
    l->all.len = len;
    parse_other(l);
  }
}

/* ---- lines before it ---- */

/* The line that ends before `end`, which is behind a line end or begin. */
static const uint8_t *line_before(const uint8_t *begin, const uint8_t *end)
{
  const uint8_t *p = end > begin ? end - 1 : begin;

  while (p > begin && p[-1] != '\n') {
    p--;
  }
  return p;
}

static int same_tag(const struct log_line *a, const struct log_line *b)
{
  return a->tag.len == b->tag.len &&
         (a->tag.len == 0 || memcmp(a->tag.ptr, b->tag.ptr, a->tag.len) == 0);
}

/* Lines that tell of a connection; those of requests may be another's. */
static int is_of_connection(const struct log_line *l)
{
  return log_word(l->all.ptr, l->all.len, "onnect") != NULL ||
         log_word(l->all.ptr, l->all.len, "ccept") != NULL ||
         log_word(l->all.ptr, l->all.len, "ACCEPT") != NULL ||
         log_word(l->all.ptr, l->all.len, "andshake") != NULL;
}

/* Only servers write so. */
void log_line_accepted(struct log_line *l)
{
  static const char *const words[] = {
      "SSL_accept",  "onnection from", "onnect from", "onnection received",
      "ACCEPT from", "- Accepted ",    "[client ",    "client: "};
  size_t i;

  for (i = 0; i < sizeof words / sizeof words[0] && !l->is_accepted; i++) {
    l->is_accepted = log_word(l->all.ptr, l->all.len, words[i]) != NULL;
  }
}

static void learn(struct log_line *l, struct log_line *before,
                  unsigned distance)
{
  if (l->time.ptr == NULL) {
    l->time = before->time;
    l->t_us = before->t_us;
  }
  if (l->client.ptr == NULL && before->client.ptr != NULL &&
      same_tag(l, before) && (l->tag.len > 0 || distance <= NEAR) &&
      is_of_connection(before)) {
    l->client = before->client;
    l->port = before->port;
    log_line_accepted(before);
    l->is_accepted |= before->is_accepted;
  }
}

void log_line_context(struct log_line *l, const uint8_t *begin,
                      unsigned max_lines)
{
  const uint8_t *at = l->all.ptr;
  unsigned distance;

  for (distance = 1; at > begin && distance <= max_lines &&
                     (l->client.ptr == NULL || l->time.ptr == NULL);
       distance++) {
    struct log_line before;
    const uint8_t *end = at;

    at = line_before(begin, end);
    log_line_parse(&before, at, (size_t)(end - at));
    learn(l, &before, distance);
  }
}
