#include "log_time.h"

#include <string.h>

enum { TIME_WITHIN = 160, RECORD_WITHIN = 16 << 10 };

#define US_PER_SECOND 1000000u
#define US_PER_HOUR ((uint64_t)3600 * US_PER_SECOND)

/* ---- one notation ---- */

struct parts {
  unsigned year, month, day, hour, minute, second;
  uint64_t us;
  int has_fraction;
  const uint8_t *p;
  const uint8_t *end;
};

static int is_digit(uint8_t c)
{
  return c >= '0' && c <= '9';
}

/* Exactly `digits` digits. */
static int number(struct parts *m, unsigned digits, unsigned *out)
{
  unsigned value = 0;

  while (digits-- > 0) {
    if (m->p == m->end || !is_digit(*m->p)) {
      return 0;
    }
    value = value * 10 + (unsigned)(*m->p++ - '0');
  }
  *out = value;
  return 1;
}

static int short_number(struct parts *m, unsigned *out)
{
  int two = m->end - m->p >= 2 && is_digit(m->p[1]);

  return number(m, two ? 2 : 1, out);
}

static int month_name(struct parts *m)
{
  static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  unsigned i;

  for (i = 0; i < 12 && m->end - m->p >= 3; i++) {
    if (memcmp(m->p, names + i * 3, 3) == 0) {
      m->month = i + 1;
      m->p += 3;
      return 1;
    }
  }
  return 0;
}

/* The letters of a notation: Y four digits, M D h m s two, n d H one or two,
 * b a month's name, e a day with a blank for its first digit; all else stands
 * for itself. */
static int part(struct parts *m, char letter)
{
  switch (letter) {
  case 'Y':
    return number(m, 4, &m->year);
  case 'M':
    return number(m, 2, &m->month);
  case 'D':
    return number(m, 2, &m->day);
  case 'h':
    return number(m, 2, &m->hour);
  case 'm':
    return number(m, 2, &m->minute);
  case 's':
    return number(m, 2, &m->second);
  case 'n':
    return short_number(m, &m->month);
  case 'd':
    return short_number(m, &m->day);
  case 'H':
    return short_number(m, &m->hour);
  case 'b':
    return month_name(m);
  case 'e':
    m->p += m->p < m->end && *m->p == ' ';
    return short_number(m, &m->day);
  default:
    return m->p < m->end && *m->p++ == (uint8_t)letter;
  }
}

static int is_sound(const struct parts *m)
{
  return m->year >= 1970 && m->month >= 1 && m->month <= 12 && m->day >= 1 &&
         m->day <= 31 && m->hour < 24 && m->minute < 60 && m->second <= 60;
}

static int fits(struct parts *m, const char *notation)
{
  m->year = 1970;
  while (*notation != '\0') {
    if (!part(m, *notation++)) {
      return 0;
    }
  }
  return is_sound(m);
}

/* ---- what may follow ---- */

static void fraction(struct parts *m)
{
  unsigned unit = US_PER_SECOND / 10;

  if (m->end - m->p < 2 || (*m->p != '.' && *m->p != ',') ||
      !is_digit(m->p[1])) {
    return;
  }
  m->has_fraction = 1;
  for (m->p++; m->p < m->end && is_digit(*m->p); m->p++, unit /= 10) {
    m->us += (uint64_t)(*m->p - '0') * unit;
  }
}

static void half_of_day(struct parts *m)
{
  if (m->end - m->p >= 3 && m->p[0] == ' ' &&
      (m->p[1] == 'A' || m->p[1] == 'P') && m->p[2] == 'M' && m->hour <= 12) {
    m->hour = m->hour % 12 + (m->p[1] == 'P' ? 12 : 0);
    m->p += 3;
  }
}

/* Apache writes the year last: Fri Nov 21 03:45:41.123456 2026 */
static void late_year(struct parts *m)
{
  struct parts ahead = *m;
  unsigned year = 0;

  if (m->year == 1970 && part(&ahead, ' ') && number(&ahead, 4, &year) &&
      year >= 1970 && (ahead.p == ahead.end || !is_digit(*ahead.p))) {
    m->year = year;
    m->p = ahead.p;
  }
}

/* The byte at hand, 0 at the end. */
static uint8_t at_hand(const struct parts *m)
{
  return m->p < m->end ? *m->p : 0;
}

/* Z, +01:00, +0100, " +0100": the offset from UTC in minutes. */
static int zone(struct parts *m)
{
  struct parts ahead = *m;
  unsigned hours = 0;
  unsigned minutes = 0;
  int sign = 1;

  if (at_hand(m) == 'Z') {
    m->p++;
    return 0;
  }
  ahead.p += at_hand(&ahead) == ' ';
  if (at_hand(&ahead) != '+' && at_hand(&ahead) != '-') {
    return 0;
  }
  sign = *ahead.p++ == '-' ? -1 : 1;
  if (!number(&ahead, 2, &hours)) {
    return 0;
  }
  ahead.p += at_hand(&ahead) == ':';
  if (!number(&ahead, 2, &minutes) || hours > 14 || minutes > 59 ||
      is_digit(at_hand(&ahead))) {
    return 0;
  }
  m->p = ahead.p;
  return sign * (int)(hours * 60 + minutes);
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

static uint64_t micros(const struct parts *m, int offset_minutes)
{
  uint64_t t = (days(m->year, m->month, m->day) * 86400 + m->hour * 3600u +
                m->minute * 60u + m->second) *
                   US_PER_SECOND +
               m->us;
  int64_t offset = (int64_t)offset_minutes * 60 * US_PER_SECOND;

  return offset > 0 && (uint64_t)offset > t ? t : t - (uint64_t)offset;
}

struct log_moment log_time_at(const uint8_t *p, size_t left)
{
  /* nginx, Go; ISO 8601; hitch; stunnel; access logs, HAProxy; syslog,
   * Apache; Redis; Windows of two regions. */
  static const char *const notations[] = {
      "Y/M/D h:m:s", "Y-M-D h:m:s", "Y-M-DTh:m:s", "YMDThms",
      "Y.M.D h:m:s", "D/b/Y:h:m:s", "b e h:m:s",   "D b Y h:m:s",
      "n/d/Y H:m:s", "D.M.Y h:m:s"};
  struct log_moment found = {NULL, 0, 0};
  size_t i;

  for (i = 0; i < sizeof notations / sizeof notations[0]; i++) {
    struct parts m = {0};
    int offset;

    m.p = p;
    m.end = p + left;
    if (fits(&m, notations[i])) {
      fraction(&m);
      half_of_day(&m);
      late_year(&m);
      offset = zone(&m);
      found.at = p;
      found.len = (size_t)(m.p - p);
      found.t_us = micros(&m, offset);
      break;
    }
  }
  return found;
}

/* ---- seconds since 1970 ---- */

/* 1763696741 with or without a fraction, or that many milli-, micro- or
 * nanoseconds; a number of this century. */
static struct log_moment epoch_at(const uint8_t *p, size_t left)
{
  struct log_moment found = {NULL, 0, 0};
  struct parts m = {0};
  uint64_t value = 0;
  size_t digits = 0;

  while (digits < left && digits < 20 && is_digit(p[digits])) {
    value = value * 10 + (uint64_t)(p[digits] - '0');
    digits++;
  }
  if ((digits != 10 && digits != 13 && digits != 16 && digits != 19) ||
      p[0] != '1') {
    return found;
  }
  for (; digits > 10 && value >= 10000000000u; value /= 10) {
    m.us = m.us / 10 + value % 10 * (US_PER_SECOND / 10);
  }
  m.p = p + digits;
  m.end = p + left;
  if (digits == 10) {
    fraction(&m);
  }
  found.at = p;
  found.len = (size_t)(m.p - p);
  found.t_us = value * US_PER_SECOND + m.us;
  return found;
}

/* ---- where in a line ---- */

/* Digits, and the letters that months begin with. */
static int may_begin(uint8_t c)
{
  return is_digit(c) || (c != 0 && strchr("JFMASOND", c) != NULL);
}

static struct log_moment first_within(const uint8_t *line, size_t len,
                                      size_t limit)
{
  struct log_moment found = {NULL, 0, 0};
  size_t i;

  for (i = 0; i < limit && i + 15 <= len; i++) {
    if (may_begin(line[i]) && (i == 0 || !is_digit(line[i - 1]))) {
      found = log_time_at(line + i, len - i);
      if (found.at != NULL) {
        break;
      }
    }
  }
  return found;
}

static const uint8_t *value_of(const uint8_t *line, size_t len, const char *key)
{
  size_t key_len = strlen(key);
  size_t i;

  for (i = 0; i + key_len + 2 < len; i++) {
    const uint8_t *p = memchr(line + i, '"', len - i - key_len - 2);

    if (p == NULL) {
      return NULL;
    }
    i = (size_t)(p - line);
    if (memcmp(p + 1, key, key_len) == 0 && p[1 + key_len] == '"') {
      p += key_len + 2;
      while (p < line + len && (*p == ':' || *p == ' ' || *p == '"')) {
        p++;
      }
      return p;
    }
  }
  return NULL;
}

/* Members that hold the time, by who writes them: Caddy and others, journald,
 * containers, Logstash. */
static struct log_moment member(const uint8_t *line, size_t len)
{
  static const char *const keys[] = {
      "ts",        "__REALTIME_TIMESTAMP", "time",       "@timestamp",
      "timestamp", "start_time",           "StartLocal", "date"};
  struct log_moment found = {NULL, 0, 0};
  size_t i;

  for (i = 0; i < sizeof keys / sizeof keys[0] && found.at == NULL; i++) {
    const uint8_t *value = value_of(line, len, keys[i]);

    if (value != NULL) {
      size_t left = (size_t)(line + len - value);

      found = log_time_at(value, left);
      found = found.at != NULL ? found : epoch_at(value, left);
    }
  }
  return found;
}

struct log_moment log_time_find(const uint8_t *line, size_t len)
{
  int is_record = len > 0 && (line[0] == '{' || line[0] == '<');
  size_t within = len < RECORD_WITHIN ? len : RECORD_WITHIN;
  struct log_moment found = {NULL, 0, 0};

  if (is_record && line[0] == '{') {
    found = member(line, within);
  } else if (len > 0 && line[0] == '1') {
    found = epoch_at(line, len); /* mosquitto, squid */
  }
  return found.at != NULL
             ? found
             : first_within(line, len, is_record ? within : TIME_WITHIN);
}
