/* errtext_code.c: numbers in texts.
 *
 * Packed OpenSSL codes changed their shape twice:
 *   to 1.1.1   LLFFFRRR  library 8 bits, function 12, reason 12 (SSL: 14......)
 *   3.0 on     library << 23 | reason, no function (SSL: 0A......)
 *   BoringSSL  library << 24 | reason (SSL: 10000RRR, in Envoy's logs decimal)
 * A reason of 1000 + N says that alert N was received; below 1000 the fault
 * was found here.  Reason numbers were given out anew between 1.0.2 and 1.1.0,
 * so a code without its text is read by the era its function belongs to. */
#include "errtext.h"

enum {
  OLD_SSL = 0x14, /* library in the top byte */
  OLD_SYSTEM = 0x02,
  NEW_SSL = 20, /* library in bits 23 and up */
  BORING_SSL = 0x10,
  FIRST_NEW_FUNCTION = 342, /* function numbers from here on are 1.1.x's */
  REASON_ALERT = 1000,      /* SSL_AD_REASON_OFFSET */
  GENERIC_REASONS = 256,    /* smaller ones are a sub-library's (1.x) */
  CONNECTION_RESET = 104
};

static void set_alert(struct et_match *m, uint32_t alert)
{
  m->meaning = (uint8_t)et_alert_meaning(alert < 255 ? alert : 254);
  m->alert = alert < 255 ? (uint8_t)alert : 255;
  if (m->nature != TLSDIAG_NATURE_SENT) {
    m->nature = TLSDIAG_NATURE_RECEIVED;
  }
}

/* Sets what a meaning of the code table implies. */
static void set_meaning(struct et_match *m, int meaning)
{
  unsigned alert;

  if (meaning < 0) {
    return;
  }
  m->meaning = (uint8_t)meaning;
  alert = et_meaning_of((unsigned)meaning)->alert;
  if (alert != 255) {
    set_alert(m, alert);
  } else if ((unsigned)meaning == et_known(ET_IS_SECONDARY)) {
    m->nature = TLSDIAG_NATURE_SECONDARY;
  } else if ((unsigned)meaning == et_known(ET_IS_CONTEXT)) {
    m->nature = TLSDIAG_NATURE_STATE;
  } else if ((unsigned)meaning == et_known(ET_IS_VAGUE_RECEIVED)) {
    m->nature = TLSDIAG_NATURE_RECEIVED;
  }
}

static void openssl_reason(struct et_match *m, unsigned family,
                           unsigned other_family, uint32_t reason)
{
  int meaning = et_code_meaning(family, reason);

  if (reason >= REASON_ALERT && reason < REASON_ALERT + 256) {
    set_alert(m, reason - REASON_ALERT);
    return;
  }
  if (meaning < 0) {
    meaning = et_code_meaning(other_family, reason);
  }
  set_meaning(m, meaning);
}

static void system_error(struct et_match *m, uint32_t number)
{
  m->nature = TLSDIAG_NATURE_SECONDARY;
  if (number == CONNECTION_RESET) {
    m->nature = TLSDIAG_NATURE_DETECTED;
    set_meaning(m, et_code_meaning(ET_ERRNO, number));
  }
}

static void openssl_old(struct et_match *m, uint32_t code)
{
  unsigned function = code >> 12 & 0xfff;
  uint32_t reason = code & 0xfff;
  unsigned known = et_function(function);

  if (known != 0) {
    m->side = (uint8_t)(known >> 8);
    m->stage = (uint8_t)known;
    m->flags |= ET_MATCH_FUNCTION;
  }
  if (reason < 100) {
    m->nature = TLSDIAG_NATURE_SECONDARY; /* "malloc failure", "EVP lib" */
    return;
  }
  if (function >= FIRST_NEW_FUNCTION) {
    openssl_reason(m, ET_SSL_NEW, ET_SSL_OLD, reason);
  } else {
    openssl_reason(m, ET_SSL_OLD, ET_SSL_NEW, reason);
  }
}

static void openssl_new(struct et_match *m, uint32_t code)
{
  uint32_t reason = code & 0x7fffff;

  if (reason >= 0x40000) { /* a generic reason with its flag bits */
    m->nature = TLSDIAG_NATURE_SECONDARY;
    return;
  }
  openssl_reason(m, ET_SSL_NEW, ET_SSL_OLD, reason);
}

static void openssl(struct et_match *m)
{
  uint32_t code = m->code;
  int is_haproxy = m->stack == TLSDIAG_STACK_HAPROXY;

  m->stack = TLSDIAG_STACK_OPENSSL;
  m->nature = TLSDIAG_NATURE_DETECTED;
  if (code == 0) {
    /* HAProxy: the peer went, OpenSSL has nothing to add. */
    set_meaning(m, (int)et_known(is_haproxy ? ET_IS_EOF : ET_IS_TOO_VAGUE));
  } else if (code >> 31) {
    system_error(m, code & 0x7fffffff);
  } else if (code >> 24 == OLD_SSL) {
    openssl_old(m, code);
  } else if (code >> 23 == NEW_SSL) {
    openssl_new(m, code);
  } else if (code >> 12 == (uint32_t)BORING_SSL << 12) {
    m->stack = TLSDIAG_STACK_BORINGSSL;
    openssl_reason(m, ET_BORINGSSL, ET_BORINGSSL, code & 0xfff);
  } else if (code >> 24 == OLD_SYSTEM && (code & 0xfff) != 0) {
    system_error(m, code & 0xfff);
  } else {
    m->nature = TLSDIAG_NATURE_SECONDARY; /* another library's error */
  }
}

/* -0x7780 and the decimal -30592; the low seven bits are a sub-error. */
static int mbedtls_meaning(uint32_t number)
{
  int meaning = et_code_meaning(ET_MBEDTLS, number);

  return meaning >= 0 ? meaning : et_code_meaning(ET_MBEDTLS, number & 0x7f80);
}

static uint32_t windows_key(uint32_t number)
{
  if (number >> 24 == 0x80) {
    return number & 0xffffff;
  }
  /* The same as a negative decimal: -2146893007 */
  return (0u - number) >> 24 == 0x80 ? (0u - number) & 0xffffff : 0xffffffff;
}

static int family_meaning(unsigned family, uint32_t number)
{
  if (family == ET_MBEDTLS) {
    return mbedtls_meaning(number);
  }
  return et_code_meaning(family,
                         family == ET_WINDOWS ? windows_key(number) : number);
}

static void family_value(struct et_match *m, unsigned family)
{
  int meaning = family_meaning(family, m->code);

  if (meaning < 0 && m->meaning == et_known(ET_IS_CONTEXT)) {
    m->nature = TLSDIAG_NATURE_STATE; /* "curl: (22)": not about TLS */
  }
  set_meaning(m, meaning);
}

/* A version that one side offered and the other refused: 304, 771, 0x303.
 * Nobody refuses 1.3 for being too old. */
static void version(struct et_match *m)
{
  uint32_t v = m->code;
  int is_newest = v == 304 || v == 0x304 || v == 772 || v == 3;

  set_meaning(m, (int)et_known(is_newest ? ET_IS_VERSION_SERVER
                                         : ET_IS_VERSION_CLIENT));
}

void et_decode(struct et_match *m)
{
  unsigned meaning_alert = et_meaning_of(m->meaning)->alert;

  if (m->value == ET_VALUE_IS_ALERT) {
    m->alert = m->code < 255 ? (uint8_t)m->code : 255;
    m->meaning = (uint8_t)et_alert_meaning(m->alert != 255 ? m->alert : 254);
    m->code = 0;
  } else if (m->value == ET_VALUE_IS_CODE) {
    openssl(m);
  } else if (m->value == ET_VALUE_IS_REASON) {
    openssl_reason(m, ET_SSL_NEW, ET_SSL_OLD, m->code);
  } else if (m->value == ET_VALUE_IS_VERSION) {
    version(m);
  } else if (m->value != 0) {
    family_value(m, m->value - ET_VALUE_IS_VERSION - 1u + ET_X509);
  } else {
    m->alert = (uint8_t)meaning_alert;
    m->code = 0;
  }
}

static int plain(struct et_match *found, const struct et_token *t, int is_all,
                 unsigned stack, uint32_t code, int meaning)
{
  struct et_match m = {0};

  if (meaning < 0) {
    return 0;
  }
  m.at = t->at;
  m.end = t->at + t->len;
  m.line = t->line;
  m.code = code;
  m.pattern = ET_NO_PATTERN;
  m.meaning = (uint8_t)et_known(ET_IS_UNKNOWN_CODE);
  m.stack = (uint8_t)stack;
  m.nature = TLSDIAG_NATURE_DETECTED;
  m.needs = ET_NEEDS_TLS;
  m.alert = 255;
  set_meaning(&m, meaning);
  if (!is_all && et_is_certificate((unsigned)meaning)) {
    m.nature = TLSDIAG_NATURE_STATE; /* certutil's warnings look like this */
  }
  *found = m;
  return 1;
}

/* Negative numbers that belong to one library alone. */
static const struct range {
  uint32_t first;
  uint32_t last;
  uint16_t family;
  uint16_t stack;
} ranges[] = {{5900, 5999, ET_NSS, TLSDIAG_STACK_NSS},
              {8000, 8199, ET_NSS, TLSDIAG_STACK_NSS},
              {9800, 9899, ET_APPLE, TLSDIAG_STACK_APPLE},
              {12000, 12399, ET_NSS, TLSDIAG_STACK_NSS},
              {16300, 16399, ET_NSS, TLSDIAG_STACK_NSS}};

/* Small numbers mean something only where nothing else is in the text. */
static int small_negative(const struct et_token *t, uint32_t n,
                          struct et_match *found)
{
  if (n >= 0x7000 && n < 0x8000) {
    return plain(found, t, 1, TLSDIAG_STACK_MBEDTLS, n, mbedtls_meaning(n));
  }
  return plain(found, t, 1, TLSDIAG_STACK_WOLFSSL, n,
               n > 300 ? et_code_meaning(ET_WOLFSSL, n) : -1) ||
         plain(found, t, 1, TLSDIAG_STACK_GNUTLS, n,
               et_code_meaning(ET_GNUTLS, n)) ||
         plain(found, t, 1, TLSDIAG_STACK_CHROME, n,
               et_code_meaning(ET_CHROME, n));
}

static int negative(const uint8_t *text, const struct et_token *t, int is_all,
                    struct et_match *found)
{
  uint32_t n;
  size_t i;

  if (t->flags & ET_PREFIX) {
    n = et_token_hex(text, t);
    return plain(found, t, is_all, TLSDIAG_STACK_MBEDTLS, n,
                 mbedtls_meaning(n));
  }
  n = et_token_decimal(text, t);
  for (i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
    if (n >= ranges[i].first && n <= ranges[i].last) {
      return plain(found, t, is_all, ranges[i].stack, n,
                   et_code_meaning(ranges[i].family, n));
    }
  }
  if (n > 0x7f000000 && windows_key(n) != 0xffffffff) {
    return plain(found, t, is_all, TLSDIAG_STACK_SCHANNEL, n,
                 et_code_meaning(ET_WINDOWS, windows_key(n)));
  }
  return is_all && small_negative(t, n, found);
}

static int positive(const uint8_t *text, const struct et_token *t, int is_all,
                    struct et_match *found)
{
  uint32_t n = (t->flags & ET_DIGITS) && t->len != 8 ? et_token_decimal(text, t)
                                                     : et_token_hex(text, t);
  int is_long = t->len >= 7;

  if (is_long && (n >> 16 == 0x8009 || n >> 16 == 0x800b) &&
      plain(found, t, is_all, TLSDIAG_STACK_SCHANNEL, n,
            et_code_meaning(ET_WINDOWS, n & 0xffffff))) {
    return 1;
  }
  if (!is_all) {
    return 0;
  }
  if (is_long && plain(found, t, is_all, TLSDIAG_STACK_OPENSSL, n,
                       (int)et_known(ET_IS_UNKNOWN_CODE))) {
    openssl(found);
    return 1;
  }
  return plain(found, t, is_all, TLSDIAG_STACK_SCHANNEL, n,
               et_code_meaning(ET_EVENT, n)) ||
         (t->flags & ET_PREFIX && plain(found, t, is_all, TLSDIAG_STACK_MBEDTLS,
                                        n, mbedtls_meaning(n)));
}

int et_plain_number(const uint8_t *text, const struct et_token *t, int is_all,
                    struct et_match *found)
{
  if (!(t->flags & ET_HEX) || t->len < 2 || t->len > 16 ||
      !(t->flags & (ET_DIGITS | ET_PREFIX | (is_all ? ET_HEX : 0)))) {
    return 0;
  }
  return t->flags & ET_MINUS ? negative(text, t, is_all, found)
                             : positive(text, t, is_all, found);
}
