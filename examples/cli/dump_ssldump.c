/* dump_ssldump.c: ssldump, plain and with -x.
 *
 *   1 2  0.0034 (0.0016)  S>C  Alert
 *       level           fatal
 *       value           handshake_failure
 *
 * Pages and mails that quote it often join its lines, so it is read word by
 * word. */
#include <stdlib.h>
#include <string.h>

#include "dump.h"

enum { WORD_MAX = 64, LINE_BYTES = 32 };

enum {
  HAS_RSA_SUITE = 0x1,
  HAS_KEY_EXCHANGE = 0x2,
  HAS_CCS = 0x4,
  HAS_REQUEST = 0x8,
  HAS_FINISHED = 0x10,
  HAS_SERVER_HELLO = 0x20,
  HAS_CLIENT_HELLO = 0x40
};

struct reading {
  struct judged *judged;
  unsigned from;
  unsigned has;
  unsigned is_alert; /* the record at hand is one */
  unsigned is_value; /* the word after "value" comes next */
  unsigned is_suite;
  unsigned with_bytes;
  unsigned facts;
  char arrow[3]; /* "S", ">" of a spaced arrow */
};

static void hint(struct reading *r, unsigned stage)
{
  tlsdiag_hint h;

  memset(&h, 0, sizeof h);
  h.size = sizeof h;
  h.alert = 0xffff;
  h.side = r->from == TLSDIAG_FROM_CLIENT ? TLSDIAG_PARTY_CLIENT
                                          : TLSDIAG_PARTY_SERVER;
  h.nature = TLSDIAG_NATURE_STATE;
  h.stage = (uint8_t)stage;
  if (!r->with_bytes) {
    (void)tlsdiag_flow_hint(&r->judged->flow, &h, 0);
  }
  r->facts++;
}

/* A device that decrypts with the server's key dies exactly here when it does
 * not know RFC 7627: RSA key exchange, and the refusal upon the Finished. */
static void suspect_inspection(struct reading *r, unsigned alert)
{
  const unsigned wanted =
      HAS_RSA_SUITE | HAS_KEY_EXCHANGE | HAS_CCS | HAS_FINISHED;
  tlsdiag_hint h;

  if ((r->has & wanted) != wanted || (r->has & HAS_REQUEST) ||
      (alert != 40 && alert != 20 && alert != 51) || r->with_bytes) {
    return;
  }
  memset(&h, 0, sizeof h);
  h.size = sizeof h;
  h.alert = 0xffff;
  h.side = TLSDIAG_PARTY_SERVER;
  h.nature = TLSDIAG_NATURE_DETECTED;
  h.stage = TLSDIAG_STAGE_FINISHED;
  h.num_causes = 3;
  h.cause[0] = TLSDIAG_CAUSE_INSPECTION_EXTENDED_MASTER_SECRET;
  h.weight[0] = 76;
  h.cause[1] = TLSDIAG_CAUSE_HANDSHAKE_FAILURE;
  h.weight[1] = 30;
  h.cause[2] = TLSDIAG_CAUSE_HANDSHAKE_TAMPERED;
  h.weight[2] = 25;
  (void)tlsdiag_flow_hint(&r->judged->flow, &h, 0);
}

static void alert(struct reading *r, const char *name)
{
  uint32_t value;

  if (r->with_bytes ||
      tlsdiag_name_lookup(TLSDIAG_REGISTRY_ALERT, name, strlen(name), &value) !=
          TLSDIAG_STATUS_OK) {
    return;
  }
  dump_alert(r->judged,
             r->from == TLSDIAG_FROM_CLIENT ? TLSDIAG_PARTY_CLIENT
                                            : TLSDIAG_PARTY_SERVER,
             value);
  if (r->from == TLSDIAG_FROM_SERVER) {
    suspect_inspection(r, value);
  }
  r->facts++;
}

static const struct {
  const char *word;
  unsigned stage;
  unsigned has;
} messages[] = {
    {"ClientHello", TLSDIAG_STAGE_CLIENT_HELLO, HAS_CLIENT_HELLO},
    {"ServerHello", TLSDIAG_STAGE_SERVER_HELLO, HAS_SERVER_HELLO},
    {"Certificate", TLSDIAG_STAGE_CERTIFICATE, 0},
    {"ServerKeyExchange", TLSDIAG_STAGE_SERVER_KEY_EXCHANGE, 0},
    {"CertificateRequest", TLSDIAG_STAGE_CERTIFICATE_REQUEST, HAS_REQUEST},
    {"ServerHelloDone", TLSDIAG_STAGE_SERVER_HELLO_DONE, 0},
    {"ClientKeyExchange", TLSDIAG_STAGE_CLIENT_KEY_EXCHANGE, HAS_KEY_EXCHANGE},
    {"CertificateVerify", TLSDIAG_STAGE_CERTIFICATE_VERIFY, 0},
    {"ChangeCipherSpec", TLSDIAG_STAGE_CHANGE_CIPHER_SPEC, HAS_CCS}};

static void message(struct reading *r, const char *word)
{
  size_t i;

  for (i = 0; i < sizeof messages / sizeof messages[0]; i++) {
    if (strcmp(word, messages[i].word) == 0) {
      r->has |= messages[i].has;
      hint(r, messages[i].stage == TLSDIAG_STAGE_CERTIFICATE &&
                      r->from == TLSDIAG_FROM_CLIENT
                  ? TLSDIAG_STAGE_CLIENT_CERTIFICATE
                  : messages[i].stage);
      return;
    }
  }
  if (strcmp(word, "Handshake") == 0 && (r->has & HAS_CCS) &&
      r->from == TLSDIAG_FROM_CLIENT) {
    r->has |= HAS_FINISHED; /* encrypted, so it has no name */
  }
}

static int direction(struct reading *r, const char *word)
{
  if (strcmp(word, "C>S") == 0 || strcmp(word, "S>C") == 0) {
    r->from = word[0] == 'C' ? TLSDIAG_FROM_CLIENT : TLSDIAG_FROM_SERVER;
    return 1;
  }
  if (strcmp(word, ">") == 0 && r->arrow[0] != 0) {
    r->from = r->arrow[0] == 'C' ? TLSDIAG_FROM_CLIENT : TLSDIAG_FROM_SERVER;
    return 1;
  }
  r->arrow[0] = strcmp(word, "C") == 0 || strcmp(word, "S") == 0 ? word[0] : 0;
  return 0;
}

static void take_word(struct reading *r, const char *word)
{
  if (direction(r, word)) {
    r->is_alert = 0;
    return;
  }
  if (r->is_value) {
    r->is_value = 0;
    alert(r, word);
  } else if (r->is_suite) {
    r->is_suite = 0;
    if (strncmp(word, "TLS_RSA_WITH_", 13) == 0) {
      r->has |= HAS_RSA_SUITE;
    }
  } else if (strcmp(word, "Alert") == 0) {
    r->is_alert = 1;
  } else if (strcmp(word, "value") == 0) {
    r->is_value = r->is_alert;
  } else if (strcmp(word, "cipherSuite") == 0) {
    r->is_suite = 1;
  } else if (strcmp(word, "FIN") == 0 || strcmp(word, "RST") == 0) {
    (void)tlsdiag_flow_close(
        &r->judged->flow, r->from,
        word[0] == 'F' ? TLSDIAG_CLOSE_FIN : TLSDIAG_CLOSE_RST, 0);
  } else {
    message(r, word);
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

int dump_feed_ssldump(const uint8_t *text, size_t len, struct judged *j,
                      int with_bytes)
{
  struct reading r;
  const uint8_t *at = text;
  struct dump_line line;
  int in_packet = 0;
  size_t behind;

  memset(&r, 0, sizeof r);
  r.judged = j;
  r.with_bytes = (unsigned)with_bytes;
  while (dump_next_line(&at, text + len, &line)) {
    uint8_t bytes[LINE_BYTES];
    size_t count;

    if (dump_find(&line, "Packet data[", &behind)) {
      in_packet = with_bytes;
    } else if (in_packet && (count = dump_hex_pairs(&line, line.len > 2 ? 2 : 0,
                                                    bytes, LINE_BYTES)) > 0) {
      (void)tlsdiag_flow_feed(&j->flow, r.from, 0, bytes, count, NULL);
      r.facts++;
    } else {
      in_packet = 0;
      take_words(&r, &line);
    }
  }
  return r.facts > 0;
}
