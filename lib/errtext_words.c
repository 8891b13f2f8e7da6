/* errtext_words.c: any bytes as words of letters and digits.
 *
 * Case, underscores, punctuation and line breaks do not matter, so that
 * NO_SHARED_CIPHER, "no shared cipher" and a line that a mail program wrapped
 * are the same words.  Escapes that logs, JSON, HTML and terminals add are
 * part of the gap between words.  UTF-16 is read by skipping its zero bytes.
 */
#include "errtext.h"

enum { CLASS_GAP, CLASS_DIGIT, CLASS_HEX, CLASS_LETTER };
enum { WORD_MAX = 64, GAP_MAX = 6 };
#define FNV_BASIS 2166136261u
#define FNV_PRIME 16777619u

static unsigned class_of(uint8_t c)
{
  if (c >= '0' && c <= '9') {
    return CLASS_DIGIT;
  }
  c |= 0x20;
  if (c >= 'a' && c <= 'f') {
    return CLASS_HEX;
  }
  return c >= 'g' && c <= 'z' ? CLASS_LETTER : CLASS_GAP;
}

static int is_hex(uint8_t c)
{
  unsigned class = class_of(c);

  return class == CLASS_DIGIT || class == CLASS_HEX;
}

static uint8_t peek(const struct et_reader *r, size_t ahead)
{
  return ahead < r->len - r->at ? r->text[r->at + ahead] : 0;
}

/* A zero byte is half a UTF-16 unit if its neighbour two bytes away is zero
 * too; else it ends a word like any other control character. */
static int is_half_unit(const struct et_reader *r)
{
  size_t at = r->at;

  if (at + 2 < r->len) {
    return r->text[at + 2] == 0 && r->text[at + 1] != 0;
  }
  return at >= 2 && r->text[at - 2] == 0;
}

static size_t backslash_len(const struct et_reader *r)
{
  uint8_t c = peek(r, 1);

  if (c == 'n' || c == 'r' || c == 't') {
    return 2;
  }
  if (c == 'x' && is_hex(peek(r, 2)) && is_hex(peek(r, 3))) {
    return 4;
  }
  if (c == 'u' && is_hex(peek(r, 2)) && is_hex(peek(r, 3)) &&
      is_hex(peek(r, 4)) && is_hex(peek(r, 5))) {
    return 6;
  }
  return 1;
}

/* ESC [ parameters letter: ECMA-48 section 5.4. */
static size_t escape_len(const struct et_reader *r)
{
  size_t i = 2;

  if (peek(r, 1) != '[') {
    return 1;
  }
  while (i < 16 && (class_of(peek(r, i)) == CLASS_DIGIT || peek(r, i) == ';')) {
    i++;
  }
  return i + 1;
}

/* &quot; &#39; and their kin. */
static size_t entity_len(const struct et_reader *r)
{
  size_t i = 1;

  while (i < 7 && (class_of(peek(r, i)) != CLASS_GAP || peek(r, i) == '#')) {
    i++;
  }
  return i > 1 && peek(r, i) == ';' ? i + 1 : 1;
}

static unsigned hex_value(uint8_t c)
{
  return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

/* %20 and %3A, but not %41, which is a letter. */
static size_t percent_len(const struct et_reader *r)
{
  uint8_t high = peek(r, 1);
  uint8_t low = peek(r, 2);

  return is_hex(high) && is_hex(low) &&
                 class_of((uint8_t)(hex_value(high) << 4 | hex_value(low))) ==
                     CLASS_GAP
             ? 3
             : 1;
}

/* #033[1m, which rsyslog writes for a terminal escape. */
static size_t octal_len(const struct et_reader *r)
{
  size_t i = 5;

  if (peek(r, 1) != '0' || peek(r, 2) != '3' || peek(r, 3) != '3' ||
      peek(r, 4) != '[') {
    return 1;
  }
  while (i < 16 && (class_of(peek(r, i)) == CLASS_DIGIT || peek(r, i) == ';')) {
    i++;
  }
  return i + 1;
}

static size_t gap_piece_len(const struct et_reader *r)
{
  switch (peek(r, 0)) {
  case '\\':
    return backslash_len(r);
  case 0x1b:
    return escape_len(r);
  case '&':
    return entity_len(r);
  case '%':
    return percent_len(r);
  case '#':
    return octal_len(r);
  default:
    return 1;
  }
}

static int is_space(uint8_t c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/* 1 if a wording cannot go on behind this byte of a gap: the end of a
 * sentence or of a clause. */
static int breaks(const struct et_reader *r, uint8_t before)
{
  uint8_t c = peek(r, 0);

  if (c == ';') {
    return 1;
  }
  if (c == '.' || c == '?' || c == '!') {
    return is_space(peek(r, 1));
  }
  if (c == '|') {
    return is_space(before);
  }
  return (c == '-' || c == '=' || c == '*') && before == c;
}

/* A minus sign, not the dash inside 2026-11-21. */
static int is_minus(uint8_t c, int from_word, unsigned solid, unsigned flags)
{
  return c == '-' && (!from_word || solid > 1 || (flags & ET_SPACE));
}

/* Skips to the next word.  Returns ET_BREAK, ET_SPACE, ET_MINUS, ET_PAREN. */
static unsigned skip_gap(struct et_reader *r)
{
  unsigned flags = 0;
  unsigned solid = 0;
  uint8_t before = 0;
  int from_word = r->at > 0 && class_of(r->text[r->at - 1]) != CLASS_GAP;

  while (r->at < r->len && class_of(r->text[r->at]) == CLASS_GAP) {
    uint8_t c = r->text[r->at];
    size_t len = gap_piece_len(r);
    int is_blank = is_space(c) || len > 1;

    flags |= is_blank ? ET_SPACE : 0;
    solid += !is_blank && c != 0;
    r->line += c == '\n';
    flags |= breaks(r, before) ? ET_BREAK : 0;
    flags &= ~(unsigned)(ET_MINUS | ET_PAREN);
    flags |= c == '(' ? ET_PAREN : 0;
    flags |= is_minus(c, from_word, solid, flags) ? ET_MINUS : 0;
    before = c;
    r->at = len < r->len - r->at ? r->at + len : r->len;
  }
  return solid > GAP_MAX ? flags | ET_BREAK : flags;
}

struct word {
  uint8_t lower[WORD_MAX];
  uint32_t hash;
  unsigned classes; /* bit CLASS_*: such a character is in it */
  size_t len;
  size_t digits_len; /* without 0x */
};

static void add_letter(struct word *w, uint8_t c)
{
  unsigned class = class_of(c);

  c = class == CLASS_DIGIT ? c : (uint8_t)(c | 0x20);
  if (w->len < WORD_MAX) {
    w->lower[w->len] = c;
    w->hash = (w->hash ^ c) * FNV_PRIME;
  }
  if (!(w->len == 1 && c == 'x' && w->lower[0] == '0')) {
    w->classes |= 1u << class;
    w->digits_len++;
  }
  w->len++;
}

static unsigned number_flags(const struct word *w)
{
  unsigned flags = 0;

  if (w->digits_len < w->len) {
    flags |= ET_PREFIX;
  } else if (w->classes == 1u << CLASS_DIGIT) {
    flags |= ET_DIGITS;
  }
  return w->classes & (1u << CLASS_LETTER) ? flags : flags | ET_HEX;
}

int et_next_token(struct et_reader *r, struct et_token *t)
{
  struct word w;
  unsigned flags = skip_gap(r);

  if (r->at == r->len) {
    return 0;
  }
  w.hash = FNV_BASIS;
  w.classes = 0;
  w.len = 0;
  w.digits_len = 0;
  t->at = (uint32_t)r->at;
  t->line = r->line;
  for (; r->at < r->len; r->at++) {
    uint8_t c = r->text[r->at];

    if (class_of(c) != CLASS_GAP) {
      add_letter(&w, c);
    } else if (c != 0 || !is_half_unit(r)) {
      break;
    }
  }
  t->flags = (uint8_t)(flags | number_flags(&w));
  t->len = (uint8_t)(w.len < 255 ? w.len : 255);
  t->word = w.len < WORD_MAX ? et_word_number(w.lower, w.len, w.hash)
                             : (uint16_t)ET_NO_WORD;
  return 1;
}

uint32_t et_token_decimal(const uint8_t *text, const struct et_token *t)
{
  uint64_t value = 0;
  unsigned left = t->len;
  const uint8_t *p = text + t->at;

  for (; left > 0; p++) {
    if (*p == 0) {
      continue;
    }
    value = value * 10 + (uint8_t)(*p - '0');
    value = value > 0xffffffff ? 0xffffffff : value;
    left--;
  }
  return (uint32_t)value;
}

uint32_t et_token_hex(const uint8_t *text, const struct et_token *t)
{
  uint32_t value = 0;
  unsigned left = t->len;
  const uint8_t *p = text + t->at;

  /* The 16 digits that HAProxy writes begin with zeros. */
  for (; left > 0; p++) {
    uint8_t c = *p;

    if (c == 0) {
      continue;
    }
    left--;
    if ((c | 0x20) == 'x') {
      value = 0;
      continue;
    }
    c = c <= '9' ? (uint8_t)(c - '0') : (uint8_t)((c | 0x20) - 'a' + 10);
    value = value << 4 | c;
  }
  return value;
}
