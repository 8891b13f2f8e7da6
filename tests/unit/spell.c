/* spell.c: bytes of TLS and DTLS from a line of words; see spell.h. */
#include "spell.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spell_hello.h"

/* ---- writing numbers ---- */

void spell_put(struct spell_body *b, unsigned value, unsigned size)
{
  while (size-- > 0) {
    if (b->len < sizeof b->bytes) {
      b->bytes[b->len++] = (uint8_t)(value >> (8 * size));
    }
  }
}

void spell_fill(struct spell_body *b, unsigned byte, size_t len)
{
  while (len-- > 0) {
    spell_put(b, byte, 1);
  }
}

size_t spell_open(struct spell_body *b, unsigned size)
{
  spell_put(b, 0, size);
  return b->len;
}

void spell_close(struct spell_body *b, size_t start, unsigned size)
{
  size_t len = b->len - start;

  while (size-- > 0) {
    b->bytes[start - size - 1] = (uint8_t)(len >> (8 * size));
  }
}

/* ---- reading words ---- */

const char *spell_arg(const struct spell_item *item, const char *key)
{
  size_t len = strlen(key);
  size_t i;

  for (i = 1; i < item->num; i++) {
    if (strncmp(item->word[i], key, len) == 0 && item->word[i][len] == '=') {
      return item->word[i] + len + 1;
    }
  }
  return NULL;
}

unsigned spell_number(const struct spell_item *item, const char *key,
                     unsigned base, unsigned otherwise)
{
  const char *text = spell_arg(item, key);

  return text != NULL ? (unsigned)strtoul(text, NULL, (int)base) : otherwise;
}

int spell_is(const struct spell_item *item, const char *key, const char *value)
{
  const char *text = spell_arg(item, key);

  return text != NULL && strcmp(text, value) == 0;
}

/* The word at `index` as a decimal number. */
static unsigned word_number(const struct spell_item *item, size_t index,
                            unsigned otherwise)
{
  return index < item->num && isdigit((unsigned char)item->word[index][0])
           ? (unsigned)strtoul(item->word[index], NULL, 10)
           : otherwise;
}

/* ---- records ---- */

static void raw(struct spell *w, const uint8_t *bytes, size_t len)
{
  if (len <= sizeof w->bytes - w->len) {
    memcpy(w->bytes + w->len, bytes, len);
    w->len += len;
  }
}

static void record_header(struct spell *w, unsigned type, unsigned epoch,
                          size_t len)
{
  uint8_t h[13] = {(uint8_t)type, (uint8_t)(w->record >> 8),
                   (uint8_t)w->record, 0, (uint8_t)epoch};

  if (w->datagram) {
    h[10] = (uint8_t)w->num_records++;
    h[11] = (uint8_t)(len >> 8);
    h[12] = (uint8_t)len;
    raw(w, h, 13);
    return;
  }
  h[3] = (uint8_t)(len >> 8);
  h[4] = (uint8_t)len;
  raw(w, h, 5);
}

static void record(struct spell *w, unsigned type, unsigned epoch,
                   const uint8_t *bytes, size_t len)
{
  record_header(w, type, epoch, len);
  raw(w, bytes, len);
}

static void filled_record(struct spell *w, unsigned type, unsigned epoch,
                          size_t len)
{
  static uint8_t cipher_text[SPELL_MAX];

  memset(cipher_text, 0xc7, sizeof cipher_text);
  record(w, type, epoch, cipher_text,
         len <= sizeof cipher_text ? len : sizeof cipher_text);
}

/* Puts the waiting handshake bytes into records. */
static void flush(struct spell *w)
{
  size_t at = 0;
  size_t n;

  while (at < w->message_len) {
    n = w->message_len - at;
    n = w->split != 0 && n > w->split ? w->split : n;
    record(w, 22, 0, w->message + at, n);
    at += n;
  }
  w->message_len = 0;
}

static void message(struct spell *w, unsigned type, const struct spell_body *b)
{
  uint8_t *p = w->message + w->message_len;

  if (w->message_len + 12 + b->len > sizeof w->message) {
    return;
  }
  p[0] = (uint8_t)type;
  p[1] = (uint8_t)(b->len >> 16);
  p[2] = (uint8_t)(b->len >> 8);
  p[3] = (uint8_t)b->len;
  if (w->datagram) { /* one fragment: RFC 6347 section 4.2.2 */
    p[4] = 0;
    p[5] = (uint8_t)w->num_messages++;
    memset(p + 6, 0, 3);
    memcpy(p + 9, p + 1, 3);
    p += 8;
    w->message_len += 8;
  }
  memcpy(p + 4, b->bytes, b->len);
  w->message_len += 4 + b->len;
}

/* ---- messages of a few words ---- */

static int append_file(struct spell_body *b, const char *path)
{
  FILE *f = fopen(path, "rb");
  int c;

  if (f == NULL) {
    return -1;
  }
  while ((c = fgetc(f)) != EOF) {
    spell_put(b, (unsigned)c, 1);
  }
  fclose(f);
  return 0;
}

/* Certificate of TLS 1.2: RFC 5246 section 7.4.2. */
static int certificate(struct spell_body *b, const struct spell_item *item)
{
  size_t list = spell_open(b, 3);
  char path[SPELL_WORD + 32];
  size_t i;

  for (i = 1; i < item->num && strcmp(item->word[i], "empty") != 0; i++) {
    size_t one = spell_open(b, 3);

    (void)snprintf(path, sizeof path, "tests/certs/%s.der", item->word[i]);
    if (append_file(b, path) != 0) {
      return -1;
    }
    spell_close(b, one, 3);
  }
  spell_close(b, list, 3);
  return 0;
}

static void signature(struct spell_body *b)
{
  size_t sig;

  spell_put(b, 0x0804, 2);
  sig = spell_open(b, 2);
  spell_fill(b, 0x51, 64);
  spell_close(b, sig, 2);
}

/* ServerKeyExchange: RFC 8422 section 5.4, RFC 5246 section 7.4.3. */
static void key_exchange(struct spell_body *b, const struct spell_item *item)
{
  unsigned bits = spell_number(item, "dh", 10, 0);

  if (bits == 0) {
    spell_put(b, 3, 1);
    spell_put(b, spell_number(item, "group", 16, 29), 2);
    spell_put(b, 32, 1);
    spell_fill(b, 0x4b, 32);
  } else {
    spell_put(b, bits / 8, 2);
    spell_fill(b, 0xfb, bits / 8);
    spell_put(b, 1, 2);
    spell_put(b, 2, 1);
    spell_put(b, bits / 8, 2);
    spell_fill(b, 0x4b, bits / 8);
  }
  signature(b);
}

/* CertificateRequest of TLS 1.2: RFC 5246 section 7.4.4. */
static void certificate_request(struct spell_body *b,
                                const struct spell_item *item)
{
  unsigned names = spell_number(item, "names", 10, 0);
  size_t list;

  spell_put(b, 0x020140, 3);
  list = spell_open(b, 2);
  spell_put(b, 0x08040403, 4);
  spell_close(b, list, 2);
  list = spell_open(b, 2);
  while (names-- > 0) { /* an empty Name each */
    spell_put(b, 2, 2);
    spell_put(b, 0x3000, 2);
  }
  spell_close(b, list, 2);
}

struct simple {
  const char *word;
  uint8_t type;
  uint8_t len;
};

static const struct simple simples[] = {
  {"hello_request", 0, 0},         {"hello_verify_request", 3, 19},
  {"new_session_ticket", 4, 198},  {"encrypted_extensions", 8, 2},
  {"done", 14, 0},                 {"certificate_verify", 15, 72},
  {"client_key_exchange", 16, 33}, {"plain_finished", 20, 12},
  {"certificate_status", 22, 100},
};

static int handshake(struct spell *w, const struct spell_item *item)
{
  static struct spell_body b;
  const char *word = item->word[0];
  size_t i;

  b.len = 0;
  if (strcmp(word, "hello") == 0) {
    spell_client_hello(&b, item, w->datagram);
    message(w, 1, &b);
    return 1;
  }
  if (strcmp(word, "server_hello") == 0 || strcmp(word, "retry") == 0) {
    spell_server_hello(&b, item, w->datagram);
    message(w, 2, &b);
    return 1;
  }
  if (strcmp(word, "certificate") == 0) {
    if (certificate(&b, item) != 0) {
      return -1;
    }
    message(w, 11, &b);
    return 1;
  }
  if (strcmp(word, "key_exchange") == 0) {
    key_exchange(&b, item);
    message(w, 12, &b);
    return 1;
  }
  if (strcmp(word, "certificate_request") == 0) {
    certificate_request(&b, item);
    message(w, 13, &b);
    return 1;
  }
  if (strcmp(word, "message") == 0) { /* message TYPE LENGTH */
    spell_fill(&b, 0x3d, word_number(item, 2, 0));
    message(w, word_number(item, 1, 0), &b);
    return 1;
  }
  for (i = 0; i < sizeof simples / sizeof simples[0]; i++) {
    if (strcmp(word, simples[i].word) == 0) {
      spell_fill(&b, 0x3d, word_number(item, 1, simples[i].len));
      message(w, simples[i].type, &b);
      return 1;
    }
  }
  return 0;
}

/* ---- what is not a handshake message ---- */

static void hex(struct spell *w, const struct spell_item *item)
{
  size_t i, k;
  unsigned value;
  uint8_t byte;

  for (i = 1; i < item->num; i++) {
    for (k = 0; sscanf(item->word[i] + k, "%2x", &value) == 1; k += 2) {
      byte = (uint8_t)value;
      raw(w, &byte, 1);
      if (item->word[i][k + 1] == '\0' || item->word[i][k + 2] == '\0') {
        break;
      }
    }
  }
}

static int file(struct spell *w, const char *path)
{
  static struct spell_body b;

  b.len = 0;
  if (append_file(&b, path) != 0) {
    return -1;
  }
  raw(w, b.bytes, b.len);
  return 1;
}

/* text "EHLO x\r\n": C escapes are not processed, but \r and \n are. */
static void text(struct spell *w, const char *quoted)
{
  const char *p;
  uint8_t byte;

  for (p = quoted + 1; *p != '\0' && *p != '"'; p++) {
    byte = (uint8_t)*p;
    if (*p == '\\' && (p[1] == 'r' || p[1] == 'n' || p[1] == '"')) {
      p++;
      byte = *p == 'r' ? '\r' : *p == 'n' ? '\n' : '"';
    }
    raw(w, &byte, 1);
  }
}

/* A unified header of DTLS 1.3 (RFC 9147 section 4) with its length. */
static void dtls13_record(struct spell *w, unsigned len)
{
  const uint8_t h[5] = {0x2e, 0, 1, (uint8_t)(len >> 8), (uint8_t)len};

  raw(w, h, sizeof h);
  while (len-- > 0) {
    raw(w, (const uint8_t *)"\xc7", 1);
  }
}

static int other(struct spell *w, const struct spell_item *item)
{
  const char *word = item->word[0];
  uint8_t two[2];

  if (strcmp(word, "alert") == 0) {
    two[0] = (uint8_t)word_number(item, 1, 2);
    two[1] = (uint8_t)word_number(item, 2, 0);
    record(w, 21, 0, two, 2);
  } else if (strcmp(word, "ccs") == 0) {
    record(w, 20, 0, (const uint8_t *)"\1", 1);
  } else if (strcmp(word, "finished") == 0) {
    filled_record(w, 22, 1, word_number(item, 1, 40));
  } else if (strcmp(word, "hidden_alert") == 0) {
    filled_record(w, 21, 1, word_number(item, 1, 26));
  } else if (strcmp(word, "encrypted") == 0 && w->datagram) {
    dtls13_record(w, word_number(item, 1, 100));
  } else if (strcmp(word, "encrypted") == 0 || strcmp(word, "data") == 0) {
    filled_record(w, 23, 1, word_number(item, 1, 100));
  } else if (strcmp(word, "record") == 0) { /* record TYPE LENGTH */
    filled_record(w, word_number(item, 1, 0), 0, word_number(item, 2, 0));
  } else if (strcmp(word, "header") == 0) {
    record_header(w, word_number(item, 1, 0), 0, word_number(item, 2, 0));
  } else if (strcmp(word, "hex") == 0) {
    hex(w, item);
  } else if (strcmp(word, "zeros") == 0) {
    static const uint8_t zeros[4096];
    unsigned n = word_number(item, 1, 16);

    raw(w, zeros, n <= sizeof zeros ? n : sizeof zeros);
  } else if (strcmp(word, "file") == 0 && item->num > 1) {
    return file(w, item->word[1]);
  } else {
    return 0;
  }
  return 1;
}

/* ---- the line ---- */

/* Reads one item; returns what stands behind it. */
static const char *next_item(const char *p, struct spell_item *item,
                             int *joined)
{
  size_t n;

  item->num = 0;
  *joined = 0;
  p += strspn(p, " \t");
  while (*p != '\0' && *p != ',' && *p != '&') {
    n = strcspn(p, " \t,&");
    if (item->num < SPELL_WORDS && n < sizeof item->word[0]) {
      memcpy(item->word[item->num], p, n);
      item->word[item->num++][n] = '\0';
    }
    p += n;
    p += strspn(p, " \t");
  }
  if (*p != '\0') {
    *joined = *p == '&';
    p++;
  }
  return p;
}

static int one_item(struct spell *w, const struct spell_item *item)
{
  unsigned record_version = spell_number(item, "record", 16, w->record);
  int rc;

  w->record = record_version;
  w->split = spell_number(item, "split", 10, 0);
  rc = handshake(w, item);
  if (rc == 0) {
    flush(w);
    rc = other(w, item);
  }
  return rc;
}

int spell_write(struct spell *w, const char *words, int datagram,
               const char **bad)
{
  struct spell_item item;
  const char *p = words;
  const char *start;
  int joined;

  w->len = 0;
  w->message_len = 0;
  w->record = datagram ? 0xfefd : 0x0303;
  w->datagram = datagram;
  p += strspn(p, " \t");
  if (strncmp(p, "text \"", 6) == 0) {
    text(w, p + 5);
    return 0;
  }
  while (*p != '\0') {
    start = p;
    p = next_item(p, &item, &joined);
    if (item.num == 0 || one_item(w, &item) != 1) {
      *bad = start;
      return -1;
    }
    if (!joined) {
      flush(w);
    }
  }
  flush(w);
  return 0;
}
