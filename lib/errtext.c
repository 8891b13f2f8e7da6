/* errtext.c: tlsdiag_text_scan: from any bytes to hints. */
#include "errtext.h"

#include <string.h>

#include "versioned.h"

enum {
  AHEAD = 40,   /* words that one wording may cover, with its chunks */
  WINDOW = 128, /* words kept */
  NEARBY = 400, /* bytes within which a word gives context */
  SHORT_TEXT = 400,
  MAX_NAME = 100
};

struct scan {
  struct et_reader reader;
  struct et_token tokens[WINDOW];
  unsigned num_tokens;
  struct et_match matches[ET_MAX_MATCHES];
  unsigned num_matches;
  uint32_t last_tls; /* end of the last word that speaks of TLS, +1 */
  uint32_t last_openssl;
  uint32_t done;       /* where the words looked at so far end */
  uint32_t bytes_line; /* 1 + the last line that showed bytes of TLS */
  struct et_clause clause;
  void *out;
  size_t elem_size;
  size_t capacity;
  size_t stored;
  size_t found;
  uint8_t told; /* who wrote it as the caller knows: 0, 1 client, 2 server */
};

static int is_loud(const tlsdiag_hint *h)
{
  return h->nature == TLSDIAG_NATURE_DETECTED ||
         h->nature == TLSDIAG_NATURE_RECEIVED ||
         h->nature == TLSDIAG_NATURE_SENT;
}

static void read_element(const struct scan *s, size_t index, tlsdiag_hint *h)
{
  memset(h, 0, sizeof *h);
  memcpy(h, (const uint8_t *)s->out + index * s->elem_size,
         s->elem_size < sizeof *h ? s->elem_size : sizeof *h);
}

static void write_element(struct scan *s, size_t index, const tlsdiag_hint *h)
{
  versioned_out_element(s->out, s->elem_size, index, h, sizeof *h);
}

static int is_same(const tlsdiag_hint *a, const tlsdiag_hint *b)
{
  return a->nature == b->nature && a->side == b->side && a->alert == b->alert &&
         a->stage == b->stage && a->code == b->code &&
         a->num_causes == b->num_causes && a->cause[0] == b->cause[0] &&
         a->weight[0] == b->weight[0] &&
         (a->num_causes != 0 || a->stack == b->stack);
}

/* When there is no room, what says why pushes out what does not. */
static void make_room(struct scan *s, const tlsdiag_hint *h)
{
  size_t i;
  tlsdiag_hint kept;

  if (!is_loud(h)) {
    return;
  }
  for (i = s->stored; i > 0; i--) {
    read_element(s, i - 1, &kept);
    if (!is_loud(&kept)) {
      break;
    }
  }
  if (i == 0) {
    return;
  }
  for (; i < s->stored; i++) {
    read_element(s, i, &kept);
    write_element(s, i - 1, &kept);
  }
  write_element(s, s->stored - 1, h);
}

static void add_hint(struct scan *s, const tlsdiag_hint *h)
{
  size_t i;
  tlsdiag_hint kept;

  for (i = 0; i < s->stored; i++) {
    read_element(s, i, &kept);
    if (is_same(&kept, h)) {
      return;
    }
  }
  s->found++;
  if (s->stored < s->capacity) {
    write_element(s, s->stored++, h);
  } else {
    make_room(s, h);
  }
}

/* Context says something by its stage; else one per stack is enough. */
static int says_something(const struct et_match *m)
{
  if (m->flags & ET_MATCH_DROP) {
    return 0;
  }
  return m->nature != TLSDIAG_NATURE_STATE || m->stage != 0 || m->stack != 0;
}

static void judge(struct scan *s)
{
  unsigned i;
  tlsdiag_hint hint;

  et_judge(s->matches, s->num_matches, s->told);
  for (i = 0; i < s->num_matches; i++) {
    if (says_something(&s->matches[i])) {
      et_hint(&s->matches[i], &hint);
      add_hint(s, &hint);
    }
  }
  s->num_matches = 0;
}

static int is_of_word(uint8_t c)
{
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_' ||
         (c >= 'a' && c <= 'z');
}

/* "test_certificate_expired ... ok", "PASS: TestCertificateExpired": what a
 * test is called has not happened. */
static int is_name_of_test(const struct scan *s, uint32_t at)
{
  static const char test[] = "test";
  const uint8_t *text = s->reader.text;
  uint32_t start = at;
  uint32_t i;

  while (start > 0 && at - start < MAX_NAME && is_of_word(text[start - 1])) {
    start--;
  }
  for (i = 0; i < 4; i++) {
    if (s->reader.len - start < 6 || (text[start + i] | 0x20) != test[i]) {
      return 0;
    }
  }
  return text[start + 4] == '_' ||
         (text[start] == 'T' && text[start + 4] >= 'A' &&
          text[start + 4] <= 'Z' && text[start + 5] >= 'a');
}

static void remember(struct scan *s, struct et_match *m)
{
  if (s->num_matches == ET_MAX_MATCHES) {
    judge(s);
  }
  if (s->last_tls != 0 && m->at <= s->last_tls + NEARBY) {
    m->flags |= ET_MATCH_TLS;
  }
  if (s->last_openssl != 0 && m->at <= s->last_openssl + NEARBY) {
    m->flags |= ET_MATCH_OPENSSL;
  }
  if (m->pattern != ET_NO_PATTERN) {
    et_decode(m);
  }
  if (is_name_of_test(s, m->at)) {
    m->flags |= ET_MATCH_QUIET;
  }
  s->matches[s->num_matches++] = *m;
}

/* A word that speaks of TLS is context for what stands before it, too. */
static void note_marks(struct scan *s, const struct et_token *t)
{
  unsigned marks = et_word_marks(t->word);
  unsigned i;

  if (marks == 0) {
    return;
  }
  s->last_tls = t->at + t->len;
  if (marks & ET_MATCH_OPENSSL) {
    s->last_openssl = t->at + t->len;
  }
  for (i = s->num_matches; i > 0; i--) {
    struct et_match *m = &s->matches[i - 1];

    if (m->end + NEARBY < t->at) {
      break;
    }
    m->flags |= (uint8_t)marks;
  }
}

/* What stands between the last word and the next.  One record a line is
 * enough, and keeps the work proportional to the text. */
static void look_between(struct scan *s, size_t to, uint32_t line)
{
  struct et_match m;

  if (s->bytes_line != line + 1 &&
      et_escaped_record(s->reader.text, s->reader.len, s->done, to, line, &m)) {
    s->bytes_line = line + 1;
    s->last_tls = m.end;
    remember(s, &m);
  }
}

/* "Generated a self-signed certificate", "USB handshake timeout": words that no
 * program owns say little in such a clause. */
static void quieten(struct scan *s, int is_foreign)
{
  unsigned i;

  for (i = s->num_matches; i > 0 && s->matches[i - 1].at >= s->clause.at; i--) {
    struct et_match *m = &s->matches[i - 1];

    if (m->stack == 0 && (is_foreign || et_is_certificate(m->meaning))) {
      m->flags |= ET_MATCH_QUIET;
    }
  }
}

static void guess(struct scan *s)
{
  struct et_match m;

  int is_foreign = et_clause_is_foreign(&s->clause);

  if (is_foreign || et_clause_is_fine(&s->clause)) {
    quieten(s, is_foreign);
  }
  if (et_clause_guess(&s->clause, &m)) {
    remember(s, &m);
  }
}

static void follow_clause(struct scan *s, const struct et_token *t,
                          int is_state)
{
  if (et_clause_ends(&s->clause, t)) {
    guess(s);
    et_clause_begin(&s->clause, t);
  }
  et_clause_add(&s->clause, t, is_state);
}

/* Looks at one place; returns the words done with. */
static unsigned step(struct scan *s, unsigned at)
{
  struct et_match m;
  const struct et_token *t = &s->tokens[at];
  unsigned ahead = s->num_tokens - at;
  unsigned used;
  unsigned i;

  look_between(s, t->at, t->line);
  used = et_match(s->reader.text, t, ahead < AHEAD ? ahead : AHEAD, &m);
  if (used == 0 &&
      (et_hex_cue(s->reader.text, s->reader.len, t, &m) ||
       et_address_cue(s->reader.text, s->reader.len, t, ahead, &m) ||
       et_no_name_cue(s->reader.text, s->reader.len, t, &m) ||
       et_plain_number(s->reader.text, t, 0, &m))) {
    used = 1;
  }
  if (used != 0) {
    for (i = 0; i < used; i++) {
      note_marks(s, &t[i]);
      follow_clause(s, &t[i], m.nature == TLSDIAG_NATURE_STATE);
    }
    remember(s, &m);
    return used;
  }
  note_marks(s, t);
  follow_clause(s, t, 0);
  return 1;
}

static void scan_all(struct scan *s)
{
  unsigned at = 0;
  int more = 1;

  while (more || at < s->num_tokens) {
    if (more && s->num_tokens - at < AHEAD) {
      memmove(s->tokens, s->tokens + at,
              (s->num_tokens - at) * sizeof s->tokens[0]);
      s->num_tokens -= at;
      at = 0;
      while (s->num_tokens < WINDOW &&
             (more = et_next_token(&s->reader, &s->tokens[s->num_tokens]))) {
        s->num_tokens++;
      }
      continue;
    }
    at += step(s, at);
    s->done = s->tokens[at - 1].at + s->tokens[at - 1].len;
  }
  look_between(s, s->reader.len, s->reader.line);
  guess(s);
}

/* A number and nothing else: every family that knows it may speak. */
static void scan_number(struct scan *s)
{
  struct et_reader reader = {s->reader.text, s->reader.len, 0, 0};
  struct et_token t;
  struct et_token other;
  struct et_match m;

  if (et_next_token(&reader, &t) && !et_next_token(&reader, &other) &&
      et_plain_number(s->reader.text, &t, 1, &m)) {
    m.needs = 0;
    s->matches[s->num_matches++] = m;
  }
}

/* A short text is about TLS because somebody asks: what else needed a word
 * about TLS beside it may speak, but in a low voice. */
static void believe(struct scan *s)
{
  unsigned i;

  for (i = 0; i < s->num_matches; i++) {
    s->matches[i].flags |=
        ET_MATCH_TLS | (s->matches[i].needs != 0 ? ET_MATCH_QUIET : 0);
  }
}

static int is_wrong_call(const uint8_t *text, size_t len,
                         const tlsdiag_hint *hints, size_t elem_size,
                         const size_t *count)
{
  return count == NULL || (text == NULL && len != 0) ||
         (hints == NULL && *count != 0) || elem_size < VERSIONED_MIN ||
         elem_size > VERSIONED_MAX;
}

/* What the caller knows of the text; E_USAGE if that is not one of two sides.
 */
static int read_options(struct scan *s, const tlsdiag_text_options *theirs)
{
  tlsdiag_text_options options;

  if (theirs == NULL) {
    return TLSDIAG_STATUS_OK;
  }
  if (versioned_in(&options, sizeof options, theirs) != TLSDIAG_STATUS_OK) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  switch (options.side) {
  case TLSDIAG_PARTY_NONE:
  case TLSDIAG_PARTY_UNKNOWN:
    return TLSDIAG_STATUS_OK;
  case TLSDIAG_PARTY_CLIENT:
    s->told = 1;
    return TLSDIAG_STATUS_OK;
  case TLSDIAG_PARTY_SERVER:
    s->told = 2;
    return TLSDIAG_STATUS_OK;
  default:
    return TLSDIAG_STATUS_E_USAGE;
  }
}

int tlsdiag_text_scan_with(const uint8_t *text, size_t len,
                           const tlsdiag_text_options *options,
                           tlsdiag_hint *hints, size_t elem_size, size_t *count)
{
  struct scan s;

  if (is_wrong_call(text, len, hints, elem_size, count)) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  memset(&s, 0, sizeof s);
  if (read_options(&s, options) != TLSDIAG_STATUS_OK) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  s.reader.text = text;
  /* Offsets are 32 bits wide; what lies behind is not looked at. */
  s.reader.len = len > 0xfffffffeu ? 0xfffffffeu : len;
  s.out = hints;
  s.elem_size = elem_size;
  s.capacity = *count;
  scan_all(&s);
  if (s.num_matches == 0 && len < SHORT_TEXT) {
    scan_number(&s);
  }
  if (s.last_tls == 0 && len < SHORT_TEXT) {
    believe(&s);
  }
  judge(&s);
  *count = s.found;
  return TLSDIAG_STATUS_OK;
}

int tlsdiag_text_scan(const uint8_t *text, size_t len, tlsdiag_hint *hints,
                      size_t elem_size, size_t *count)
{
  return tlsdiag_text_scan_with(text, len, NULL, hints, elem_size, count);
}
