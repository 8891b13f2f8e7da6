/* errtext_tables.c: what is in errtext.inc, and how to ask for it. */
#include "errtext.h"

#include "tables/errtext.inc"

#define ET_LEN(array) (sizeof(array) / sizeof((array)[0]))

uint16_t et_word_number(const uint8_t *lower, size_t len, uint32_t hash)
{
  uint32_t mask = (1u << ET_HASH_BITS) - 1;
  uint32_t at = (hash ^ hash >> ET_HASH_BITS) & mask;

  for (; et_hash[at] != 0; at = (at + 1) & mask) {
    unsigned word = et_hash[at] - 1u;
    const char *known = et_letters + et_word_start[word];
    size_t i = 0;

    if ((size_t)(et_word_start[word + 1] - et_word_start[word]) != len) {
      continue;
    }
    while (i < len && (uint8_t)known[i] == lower[i]) {
      i++;
    }
    if (i == len) {
      return (uint16_t)word;
    }
  }
  return ET_NO_WORD;
}

unsigned et_word_marks(uint16_t word)
{
  return word < ET_NUM_WORDS ? et_word_marks_[word / 4] >> word % 4 * 2 & 3u
                             : 0;
}

unsigned et_word_concept(uint16_t word)
{
  return word < ET_NUM_WORDS ? et_concepts[word] : 0;
}

uint16_t et_child(uint16_t node, uint16_t word)
{
  unsigned low = et_node_first[node];
  unsigned high = et_node_first[node + 1];

  if (node == 0) {
    return word < ET_LEN(et_root) ? et_root[word] : 0;
  }
  while (low < high) {
    unsigned middle = (low + high) / 2;

    if (et_node_word[middle] < word) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < et_node_first[node + 1] && et_node_word[low] == word
             ? (uint16_t)low
             : 0;
}

uint16_t et_slot(unsigned slot)
{
  static const uint16_t words[] = {
      ET_SLOT_NUMBER, ET_SLOT_MINUS, ET_SLOT_PAREN,      ET_SLOT_CODE,
      ET_SLOT_ALERT,  ET_SLOT_ANY,   ET_SLOT_ALERT_NAMES};

  return words[slot];
}

uint16_t et_node_value(uint16_t node)
{
  return et_node_pattern[node];
}

const struct et_pattern *et_pattern_of(unsigned number)
{
  return number < ET_NUM_PATTERNS ? &et_patterns[number] : NULL;
}

const struct et_meaning *et_meaning_of(unsigned meaning)
{
  return &et_meanings[meaning < ET_LEN(et_meanings) ? meaning : 0];
}

int et_code_meaning(unsigned family, uint32_t number)
{
  uint32_t wanted = (uint32_t)family << 24 | number;
  size_t low = 0;
  size_t high = ET_LEN(et_codes);

  if (number > 0xffffff) {
    return -1;
  }
  while (low < high) {
    size_t middle = (low + high) / 2;

    if (et_codes[middle] < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < ET_LEN(et_codes) && et_codes[low] == wanted
             ? et_code_meanings[low]
             : -1;
}

unsigned et_function(unsigned number)
{
  size_t i;

  for (i = 0; i < ET_LEN(et_functions); i++) {
    if (et_functions[i] >> 16 == number) {
      return et_functions[i] & 0xffffu;
    }
  }
  return 0;
}

unsigned et_alert_meaning(unsigned alert)
{
  size_t i;

  for (i = 0; i < ET_LEN(et_meanings); i++) {
    /* The first row of an alert is the general one. */
    if (et_meanings[i].alert == alert && alert != 255) {
      return (unsigned)i;
    }
  }
  return ET_MEANING_ALERT_OTHER;
}

unsigned et_known(enum et_known which)
{
  static const uint8_t meanings[] = {ET_MEANING_CONTEXT,
                                     ET_MEANING_UNKNOWN_CODE,
                                     ET_MEANING_TOO_VAGUE,
                                     ET_MEANING_SECONDARY,
                                     ET_MEANING_CERT_VERIFY,
                                     ET_MEANING_ALERT_OTHER,
                                     ET_MEANING_COMPLETED,
                                     ET_MEANING_ASKED_40,
                                     ET_MEANING_ASKED_42,
                                     ET_MEANING_ASKED_50,
                                     ET_MEANING_CL_REJECTED,
                                     ET_MEANING_SV_REJECTED,
                                     ET_MEANING_EOF,
                                     ET_MEANING_EOF_HELLO,
                                     ET_MEANING_EOF_MID,
                                     ET_MEANING_RST,
                                     ET_MEANING_RST_HELLO,
                                     ET_MEANING_RST_MID,
                                     ET_MEANING_TIMEOUT,
                                     ET_MEANING_TIMEOUT_HELLO,
                                     ET_MEANING_TIMEOUT_MID,
                                     ET_MEANING_CALLBACK,
                                     ET_MEANING_SNI_ABSENT,
                                     ET_MEANING_AFTER_HANDSHAKE,
                                     ET_MEANING_ASKED_END,
                                     ET_MEANING_VER_REJECT_SERVER,
                                     ET_MEANING_VER_REJECT_CLIENT,
                                     ET_MEANING_OLD_RECORD,
                                     ET_MEANING_NOT_TLS_RECORD,
                                     ET_MEANING_TIMEOUT_CONNECT,
                                     ET_MEANING_VAGUE_RECEIVED,
                                     ET_MEANING_HELLO_AS_TEXT,
                                     ET_MEANING_HELLO_AS_REQUEST,
                                     ET_MEANING_HTTP_TO_TLS,
                                     ET_MEANING_PROXY_REQUEST,
                                     ET_MEANING_PROXY_UNEXPECTED,
                                     ET_MEANING_NON_TLS_CLIENT,
                                     ET_MEANING_CERT_REVOKED,
                                     ET_MEANING_CL_REVOKED,
                                     ET_MEANING_CERT_NOT_YET,
                                     ET_MEANING_CERT_EXPIRED,
                                     ET_MEANING_CL_EXPIRED,
                                     ET_MEANING_SV_EXPIRED,
                                     ET_MEANING_CERT_SELF_SIGNED,
                                     ET_MEANING_CL_UNKNOWN_CA,
                                     ET_MEANING_SV_UNKNOWN_CA,
                                     ET_MEANING_CERT_NAME,
                                     ET_MEANING_CERT_UNKNOWN_CA,
                                     ET_MEANING_CL_MISSING,
                                     ET_MEANING_NO_SHARED_CIPHER,
                                     ET_MEANING_VER_REJECT,
                                     ET_MEANING_SNI_UNKNOWN,
                                     ET_MEANING_SERVER_CERT_ABSENT};

  return meanings[which];
}

static int is_one_of(const uint8_t *list, size_t len, unsigned meaning)
{
  size_t i;

  for (i = 0; i < len; i++) {
    if (list[i] == meaning) {
      return 1;
    }
  }
  return 0;
}

int et_is_transport(unsigned meaning)
{
  return is_one_of(et_transport, sizeof et_transport, meaning);
}

int et_is_certificate(unsigned meaning)
{
  return is_one_of(et_certificate, sizeof et_certificate, meaning);
}
