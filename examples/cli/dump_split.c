/* dump_split.c: where one connection ends and the next begins.
 *
 * A text begins a new one at a line that starts a connection when the one at
 * hand has got further than that, at a ClientHello that is no answer to a
 * HelloRetryRequest, and at a command line. */
#include <string.h>

#include "dump_runs.h"

enum mark {
  MARK_NONE,
  MARK_COMMAND, /* somebody types: always a new one */
  MARK_START,   /* a program connects */
  MARK_ERROR,   /* openssl's errors, which a file holds before all the rest */
  MARK_GNUTLS,  /* gnutls-cli connects; in a file that line comes last */
  MARK_FATAL,   /* its errors, which then come first */
  MARK_RECORD,  /* a record or a packet, whatever is in it */
  MARK_CLIENT_HELLO,
  MARK_SERVER_HELLO,
  MARK_MESSAGE, /* any other */
  MARK_END      /* a program's last words on a handshake */
};

static const struct {
  const char *word;
  enum mark mark;
  int at_start; /* of the line */
} marks[] = {
    {"CONNECTED(", MARK_START, 1},
    {"Connecting to '", MARK_GNUTLS, 1},
    {"Connecting to ", MARK_START, 1},
    {"*   Trying ", MARK_START, 0},
    {"* Connecting to hostname", MARK_START, 0},
    {"* About to connect()", MARK_START, 0},
    {"== Info:   Trying ", MARK_START, 0},
    {"depth=", MARK_ERROR, 1},
    {"verify error:", MARK_ERROR, 1},
    {"write:errno=", MARK_ERROR, 1},
    {"read:errno=", MARK_ERROR, 1},
    {":error:", MARK_ERROR, 0},
    {"SSL handshake has read ", MARK_END, 1},
    {"curl: (", MARK_END, 0},
    {"* Connection #", MARK_END, 0},
    {"* Closing connection", MARK_END, 0},
    {"*** Fatal error:", MARK_FATAL, 1},
    {"*** Handshake has failed", MARK_END, 1},
    {", RecordHeader [length", MARK_RECORD, 0},
    {"??? [length 0005]", MARK_RECORD, 0},
    {"Sent Record", MARK_RECORD, 1},
    {"Received Record", MARK_RECORD, 1},
    {" SSL data, 5 bytes", MARK_RECORD, 0},
    {"Frame ", MARK_RECORD, 1},
    {"added 1 protocols, ", MARK_RECORD, 0},
    {"], ClientHello", MARK_CLIENT_HELLO, 0},
    {"ClientHello, Length=", MARK_CLIENT_HELLO, 0},
    {"Client hello (1)", MARK_CLIENT_HELLO, 0},
    {": CLIENT HELLO ", MARK_CLIENT_HELLO, 0},
    {"|Produced ClientHello", MARK_CLIENT_HELLO, 0},
    {"|Consuming ClientHello", MARK_CLIENT_HELLO, 0},
    {"Handshake Type: Client Hello", MARK_CLIENT_HELLO, 0},
    {" Client Hello", MARK_CLIENT_HELLO, 0},
    {"], ServerHello", MARK_SERVER_HELLO, 0},
    {"ServerHello, Length=", MARK_SERVER_HELLO, 0},
    {"Server hello (2)", MARK_SERVER_HELLO, 0},
    {": SERVER HELLO (", MARK_SERVER_HELLO, 0},
    {": HELLO RETRY REQUEST", MARK_SERVER_HELLO, 0},
    {"|Consuming ServerHello", MARK_SERVER_HELLO, 0},
    {"|Produced ServerHello", MARK_SERVER_HELLO, 0},
    {"HelloRetryRequest", MARK_SERVER_HELLO, 0},
    {" Server Hello", MARK_SERVER_HELLO, 0},
    {" Hello Retry Request", MARK_SERVER_HELLO, 0},
    {"TLS alert, ", MARK_MESSAGE, 0},
    {", Alert [length", MARK_MESSAGE, 0},
    {"Level=fatal", MARK_MESSAGE, 0},
    {"Alert[2|", MARK_MESSAGE, 0},
    {"Received alert message", MARK_MESSAGE, 0},
    {"Alert (Level: ", MARK_MESSAGE, 0},
    {"], Certificate", MARK_MESSAGE, 0},
    {"Certificate, Length=", MARK_MESSAGE, 0},
    {"Certificate (11)", MARK_MESSAGE, 0},
    {"Encrypted Extensions (8)", MARK_MESSAGE, 0},
    {": CERTIFICATE (11)", MARK_MESSAGE, 0},
    {" Certificate handshake message", MARK_MESSAGE, 0},
};

/* "$ openssl s_client ...", "# curl -v https://...", also behind a prompt with
 * a name in it. */
static int is_command(const struct dump_line *line)
{
  static const char *const commands[] = {
      "openssl s_client", "openssl s_server", "curl ",   "gnutls-cli ",
      "tstclnt ",         "sslscan ",         "nmap ",   "testssl.sh ",
      "tcpdump ",         "tshark ",          "ssldump "};
  size_t i;
  size_t at;

  for (i = 0; i < sizeof commands / sizeof commands[0]; i++) {
    if (dump_find(line, commands[i], &at)) {
      size_t begin = at - strlen(commands[i]);

      if (begin >= 2 && line->ptr[begin - 1] == ' ' && begin < 80 &&
          memchr("$#>%", line->ptr[begin - 2], 4) != NULL) {
        return 1;
      }
    }
  }
  return 0;
}

static enum mark mark_of(const struct dump_line *line)
{
  size_t i;
  size_t at;

  if (is_command(line)) {
    return MARK_COMMAND;
  }
  if (dump_has(line, "Handshake Protocol:")) {
    return MARK_NONE; /* tshark -V says it again below */
  }
  for (i = 0; i < sizeof marks / sizeof marks[0]; i++) {
    if (marks[i].at_start ? dump_begins(line, marks[i].word, &at)
                          : dump_has(line, marks[i].word)) {
      return marks[i].mark;
    }
  }
  return MARK_NONE;
}

/* What the order of the text makes of it. */
static enum mark resolve(enum mark mark, int errors_first)
{
  if (mark == MARK_GNUTLS) {
    return errors_first ? MARK_END : MARK_START;
  }
  if (mark == MARK_FATAL) {
    return errors_first ? MARK_ERROR : MARK_END;
  }
  return mark;
}

struct state {
  const uint8_t *record; /* where the record at hand begins, NULL unknown */
  unsigned lines_since;  /* it */
  int started;           /* a program connected */
  int hello;             /* a ClientHello was seen */
  int answered;          /* the newest message is a ServerHello */
  int ended;             /* the program said its last words */
  int errors_first;      /* a file in which errors stand before the rest */
};

/* Does a connection begin at a line with this mark? */
static int is_new(const struct state *s, enum mark mark, int more_to_come)
{
  switch (mark) {
  case MARK_COMMAND:
    return s->hello || s->ended || s->started;
  case MARK_START:
    return s->hello || s->ended;
  case MARK_ERROR:
    return s->errors_first && s->ended && more_to_come;
  case MARK_CLIENT_HELLO:
    return s->hello && !s->answered;
  default:
    return 0;
  }
}

static void follow(struct state *s, enum mark mark,
                   const struct dump_line *line)
{
  s->lines_since++;
  switch (mark) {
  case MARK_START:
    s->started = 1;
    break;
  case MARK_RECORD:
    s->record = line->ptr;
    s->lines_since = 0;
    break;
  case MARK_CLIENT_HELLO:
    s->hello = 1;
    s->answered = 0;
    break;
  case MARK_SERVER_HELLO:
    s->answered = 1;
    break;
  case MARK_MESSAGE:
    s->answered = 0;
    break;
  case MARK_END:
    s->ended = 1;
    break;
  default:
    break;
  }
}

/* Errors and debug lines are not buffered, reports are: in a file they may come
 * first. */
static int errors_come_first(const uint8_t *text, size_t len)
{
  const uint8_t *at = text;
  struct dump_line line;

  while (dump_next_line(&at, text + len, &line)) {
    enum mark mark = mark_of(&line);
    size_t behind;

    if (dump_begins(&line, "CONNECTED(", &behind) ||
        dump_begins(&line, "Processed ", &behind) || mark == MARK_GNUTLS) {
      return 0;
    }
    if (mark == MARK_ERROR || mark == MARK_FATAL || dump_gnutls_line(&line)) {
      return 1;
    }
  }
  return 0;
}

/* Where the text last says that a program connects. */
static const uint8_t *last_start(const uint8_t *text, size_t len)
{
  const uint8_t *at = text;
  const uint8_t *last = text;
  struct dump_line line;
  size_t behind;

  while (dump_next_line(&at, text + len, &line)) {
    if (dump_begins(&line, "CONNECTED(", &behind) ||
        dump_begins(&line, "Connecting to '", &behind)) {
      last = line.ptr;
    }
  }
  return last;
}

/* A ClientHello belongs with the header of its record. */
static const uint8_t *begin_of(const struct state *s, enum mark mark,
                               const struct dump_line *line)
{
  const unsigned near = 400; /* lines on what is going to be sent */

  return mark == MARK_CLIENT_HELLO && s->record != NULL &&
                 s->lines_since <= near
             ? s->record
             : line->ptr;
}

static void begin(struct state *s)
{
  int errors_first = s->errors_first;

  memset(s, 0, sizeof *s);
  s->errors_first = errors_first;
}

size_t dump_split(const uint8_t *text, size_t len, struct dump_line *pieces,
                  size_t max)
{
  const uint8_t *last = last_start(text, len);
  const uint8_t *from = text;
  const uint8_t *at = text;
  struct dump_line line;
  struct state s;
  size_t count = 0;

  memset(&s, 0, sizeof s);
  s.errors_first = errors_come_first(text, len);
  while (count + 1 < max && dump_next_line(&at, text + len, &line)) {
    enum mark mark = resolve(mark_of(&line), s.errors_first);

    if (mark != MARK_NONE && is_new(&s, mark, line.ptr < last)) {
      const uint8_t *here = begin_of(&s, mark, &line);

      here = here > from ? here : line.ptr;
      pieces[count].ptr = from;
      pieces[count++].len = (size_t)(here - from);
      from = here;
      begin(&s);
    }
    follow(&s, mark, &line);
  }
  pieces[count].ptr = from;
  pieces[count++].len = (size_t)(text + len - from);
  return count;
}

/* ---- ssldump's numbers ---- */

/* "New TCP connection #3: ..." and "3 7  0.0259 (0.0000)  C>S"; 0 for a line
 * that continues. */
static uint32_t number_of(const struct dump_line *line)
{
  size_t at;

  if (dump_find(line, "New TCP connection #", &at)) {
    return dump_number(line, &at, 10);
  }
  at = 0;
  if (line->len > 4 && line->ptr[0] >= '0' && line->ptr[0] <= '9') {
    uint32_t number = dump_number(line, &at, 10);

    if (at < line->len && line->ptr[at] == ' ' && dump_has(line, " (")) {
      return number;
    }
  }
  return 0;
}

static size_t collect(const uint8_t *text, size_t len, uint32_t number,
                      uint8_t *out)
{
  const uint8_t *at = text;
  struct dump_line line;
  uint32_t current = 0;
  size_t count = 0;

  while (dump_next_line(&at, text + len, &line)) {
    uint32_t told = number_of(&line);
    size_t whole = (size_t)(at - line.ptr);

    current = told != 0 ? told : current;
    if (current == number) {
      memcpy(out + count, line.ptr, whole);
      count += whole;
    }
  }
  return count;
}

size_t dump_split_numbered(const uint8_t *text, size_t len, uint8_t *out,
                           struct dump_line *pieces, size_t max)
{
  const uint8_t *at = text;
  struct dump_line line;
  uint32_t seen[DUMP_RUNS_MAX];
  size_t count = 0;
  size_t used = 0;
  size_t i;

  while (count < max && count < DUMP_RUNS_MAX &&
         dump_next_line(&at, text + len, &line)) {
    uint32_t number = number_of(&line);

    for (i = 0; i < count && seen[i] != number; i++) {
    }
    if (number != 0 && i == count) {
      seen[count] = number;
      pieces[count].ptr = out + used;
      pieces[count].len = collect(text, len, number, out + used);
      used += pieces[count++].len;
    }
  }
  if (count == 0) {
    memcpy(out, text, len);
    pieces[0].ptr = out;
    pieces[0].len = len;
    count = 1;
  }
  return count;
}
