/* dump_ssldump.c: ssldump, plain and with -x.
 *
 *   1 2  0.0034 (0.0016)  S>C  Alert
 *       level           fatal
 *       value           handshake_failure
 *
 * Pages and mails that quote it often join its lines, so it is read word by
 * word.  Names of suites and extensions make a hello again; what an extension
 * holds is mostly not printed. */
#include <string.h>

#include "dump.h"
#include "dump_hello.h"
#include "dump_suite.h"

enum {
  WORD_MAX = 256,
  LINE_BYTES = 32,
  FINISHED = 20,
  VERIFY_DATA = 12, /* RFC 5246 section 7.4.9 */
  GROUPS_MAX = 64
};

enum awaits {
  AWAITS_NOTHING,
  AWAITS_ALERT,   /* behind "value" */
  AWAITS_VERSION, /* behind "Version" */
  AWAITS_SUITE,   /* behind "cipherSuite" */
  AWAITS_NAME,    /* behind "host_name:" */
  AWAITS_NUMBER,  /* behind "Unknown value" */
  AWAITS_JA3      /* behind "ja3 string:" */
};

struct reading {
  struct dump_talk talk;
  struct dump_hello hello;
  unsigned from;
  unsigned is_alert; /* the record at hand is one */
  unsigned level;
  unsigned in_extensions;
  unsigned with_bytes;
  enum awaits awaits;
  char arrow[3]; /* "S", ">" of a spaced arrow */
};

/* "1 2  0.0034 (0.0016)  S>C" and the older "S > C". */
int dump_ssldump_line(const struct dump_line *line)
{
  return dump_has(line, " (0.") &&
         (dump_has(line, "C>S") || dump_has(line, "S>C") ||
          dump_has(line, "C > S") || dump_has(line, "S > C"));
}

int dump_ssldump_hex_line(const struct dump_line *line)
{
  size_t at;

  return dump_begins(line, "Packet data[", &at);
}

static struct dump_line line_of(const char *word)
{
  struct dump_line line;

  line.ptr = (const uint8_t *)word;
  line.len = strlen(word);
  return line;
}

static unsigned value_of(const char *word, unsigned registry)
{
  struct dump_line line = line_of(word);

  return dump_value(&line, 0, registry);
}

/* ---- hellos ---- */

/* "771,47-255,0-16-22-23-13,29-23,0": the fourth part are the groups. */
static void groups_of_ja3(struct reading *r, const char *word)
{
  uint16_t groups[GROUPS_MAX];
  struct dump_line line = line_of(word);
  size_t count = 0;
  unsigned commas = 0;
  size_t at = 0;

  while (at < line.len && commas < 3) {
    commas += line.ptr[at++] == ',';
  }
  while (at < line.len && line.ptr[at] != ',' && count < GROUPS_MAX) {
    groups[count++] = (uint16_t)dump_number(&line, &at, 10);
    at += at < line.len && line.ptr[at] != ',';
  }
  if (count > 0) {
    dump_hello_list(&r->hello, 10, 2, 2, groups, count);
  }
}

/* An extension by its name: those that are empty are known whole. */
static void extension(struct reading *r, const char *word)
{
  unsigned type = value_of(word, TLSDIAG_REGISTRY_EXTENSION);

  if (type == 22 || type == 23 || type == 35) {
    dump_hello_extension(&r->hello, type, r->hello.random, 0);
  } else if (type > 10 || (type > 0 && type < 10)) {
    dump_hello_unseen(&r->hello, 0);
  }
}

static void awaited(struct reading *r, const char *word)
{
  struct dump_line line = line_of(word);
  size_t at = 0;
  unsigned high;

  switch (r->awaits) {
  case AWAITS_VERSION:
    high = dump_number(&line, &at, 10);
    at++;
    r->hello.version = high << 8 | (dump_number(&line, &at, 10) & 0xff);
    break;
  case AWAITS_SUITE:
    dump_hello_suite(&r->hello, dump_suite(&line, 0));
    break;
  case AWAITS_NAME:
    dump_hello_name(&r->hello, line.ptr, line.len);
    break;
  case AWAITS_NUMBER:
    at = 2;
    if (line.len > 2 && line.ptr[1] == 'x') {
      dump_hello_suite(&r->hello, dump_number(&line, &at, 16));
    }
    break;
  case AWAITS_JA3:
    groups_of_ja3(r, word);
    break;
  default:
    break;
  }
}

static const struct {
  const char *word;
  enum awaits awaits;
} keys[] = {{"Version", AWAITS_VERSION},
            {"cipherSuite", AWAITS_SUITE},
            {"host_name:", AWAITS_NAME},
            {"value", AWAITS_NUMBER},
            {"string:", AWAITS_JA3}};

static void hello_word(struct reading *r, const char *word)
{
  unsigned suite;
  size_t i;

  for (i = 0; i < sizeof keys / sizeof keys[0]; i++) {
    if (strcmp(word, keys[i].word) == 0) {
      r->awaits = keys[i].awaits;
      return;
    }
  }
  if (strcmp(word, "extensions") == 0) {
    r->in_extensions = 1;
  } else if (r->in_extensions) {
    extension(r, word);
  } else if (r->hello.type == DUMP_HELLO_CLIENT &&
             (suite = value_of(word, TLSDIAG_REGISTRY_CIPHER_SUITE)) != 0) {
    dump_hello_suite(&r->hello, suite);
  }
}

static void end_hello(struct reading *r)
{
  if (r->hello.type == DUMP_HELLO_SERVER && r->hello.num_suites == 0) {
    r->hello.type = 0; /* it has no fields here */
    dump_talk_named(&r->talk, r->from, DUMP_HELLO_SERVER, -1);
  } else if (r->hello.type == DUMP_HELLO_CLIENT && r->hello.num_suites == 0) {
    r->hello.type = 0;
    dump_talk_named(&r->talk, r->from, DUMP_HELLO_CLIENT, -1);
  }
  dump_hello_end(&r->hello, &r->talk);
}

/* ---- messages ---- */

static const struct {
  const char *word;
  unsigned type;
} messages[] = {{"ClientHello", 1},         {"ServerHello", 2},
                {"Certificate", 11},        {"ServerKeyExchange", 12},
                {"CertificateRequest", 13}, {"ServerHelloDone", 14},
                {"CertificateVerify", 15},  {"ClientKeyExchange", 16}};

/* The type of the message that a word names, 0 for none. */
static unsigned message_of(const char *word)
{
  size_t i;

  for (i = 0; i < sizeof messages / sizeof messages[0]; i++) {
    if (strcmp(word, messages[i].word) == 0) {
      return messages[i].type;
    }
  }
  return 0;
}

static void message(struct reading *r, const char *word)
{
  static const uint8_t one[1] = {1};
  unsigned type = message_of(word);

  if (type == DUMP_HELLO_CLIENT || type == DUMP_HELLO_SERVER) {
    dump_hello_begin(&r->hello, type, r->from, 0);
    r->in_extensions = 0;
  } else if (type != 0) {
    dump_talk_named(&r->talk, r->from, type, -1);
  } else if (strcmp(word, "ChangeCipherSpec") == 0) {
    dump_talk_message(&r->talk, r->from, DUMP_CCS, one, 1, 1);
  } else if (strcmp(word, "Handshake") == 0 && r->talk.changed[r->from]) {
    dump_talk_named(&r->talk, r->from, FINISHED, VERIFY_DATA);
  }
}

static int direction(struct reading *r, const char *word)
{
  unsigned from = r->from;

  if (strcmp(word, "C>S") == 0 || strcmp(word, "S>C") == 0) {
    from = word[0] == 'C' ? TLSDIAG_FROM_CLIENT : TLSDIAG_FROM_SERVER;
  } else if (strcmp(word, ">") == 0 && r->arrow[0] != 0) {
    from = r->arrow[0] == 'C' ? TLSDIAG_FROM_CLIENT : TLSDIAG_FROM_SERVER;
  } else {
    r->arrow[0] =
        strcmp(word, "C") == 0 || strcmp(word, "S") == 0 ? word[0] : 0;
    return 0;
  }
  end_hello(r);
  r->from = from;
  r->is_alert = 0;
  return 1;
}

static void alert_word(struct reading *r, const char *word)
{
  if (r->awaits == AWAITS_ALERT) {
    unsigned code = value_of(word, TLSDIAG_REGISTRY_ALERT);

    r->awaits = AWAITS_NOTHING;
    if (code != 0 || strcmp(word, "close_notify") == 0) {
      dump_talk_alert(&r->talk, r->from, r->level, code);
    }
  } else if (strcmp(word, "warning") == 0) {
    r->level = 1;
  } else if (strcmp(word, "value") == 0) {
    r->awaits = AWAITS_ALERT;
  }
}

/* Words of what stands in clear: hellos, names of messages. */
static void plain_word(struct reading *r, const char *word)
{
  if (r->hello.type != 0 && message_of(word) != 0) {
    end_hello(r); /* another message of the same record */
    message(r, word);
  } else if (r->hello.type != 0 && r->awaits != AWAITS_NOTHING) {
    awaited(r, word);
    r->awaits = AWAITS_NOTHING;
  } else if (r->hello.type != 0) {
    hello_word(r, word);
  } else if (strcmp(word, "Alert") == 0) {
    r->is_alert = 1;
    r->level = 2;
    r->awaits = AWAITS_NOTHING;
  } else {
    message(r, word);
  }
}

static void take_word(struct reading *r, const char *word)
{
  if (direction(r, word)) {
    return;
  }
  if (strcmp(word, "FIN") == 0 || strcmp(word, "RST") == 0) {
    dump_talk_close(&r->talk, r->from,
                    word[0] == 'F' ? TLSDIAG_CLOSE_FIN : TLSDIAG_CLOSE_RST);
  } else if (r->with_bytes) {
    return; /* they tell */
  } else if (r->is_alert) {
    alert_word(r, word);
  } else {
    plain_word(r, word);
  }
}

static void take_words(struct reading *r, const struct dump_line *line)
{
  char word[WORD_MAX];
  size_t len = 0;
  size_t i;

  for (i = 0; i <= line->len; i++) {
    uint8_t c = i < line->len ? line->ptr[i] : ' ';

    if (c > ' ') {
      if (len < WORD_MAX - 1) {
        word[len++] = (char)c;
      }
    } else if (len > 0) {
      word[len] = '\0';
      take_word(r, word);
      len = 0;
    }
  }
}

/* One line of bytes, if it is one. */
static size_t packet_bytes(struct reading *r, const struct dump_line *line)
{
  uint8_t bytes[LINE_BYTES];
  size_t count = dump_hex_pairs(line, 0, bytes, LINE_BYTES);

  if (count > 0) {
    dump_bytes(r->talk.judged, r->from, bytes, count);
    r->talk.said = 1;
  }
  return count;
}

static int feed(const uint8_t *text, size_t len, struct judged *j,
                unsigned with_bytes)
{
  static struct reading r; /* 10 KiB */
  const uint8_t *at = text;
  struct dump_line line;
  int in_packet = 0;

  memset(&r, 0, sizeof r);
  dump_talk_init(&r.talk, j);
  r.with_bytes = with_bytes;
  while (dump_next_line(&at, text + len, &line)) {
    if (dump_ssldump_hex_line(&line)) {
      in_packet = 1;
    } else if (!in_packet || packet_bytes(&r, &line) == 0) {
      in_packet = 0;
      take_words(&r, &line);
    }
  }
  end_hello(&r);
  return r.talk.said != 0;
}

int dump_ssldump_feed(const uint8_t *text, size_t len, struct judged *j)
{
  return feed(text, len, j, 0);
}

int dump_ssldump_hex_feed(const uint8_t *text, size_t len, struct judged *j)
{
  return feed(text, len, j, 1);
}
