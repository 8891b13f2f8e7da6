/* errtext_match.c: the longest known wording from a word on.
 *
 * The tree is walked word by word; where a wording has a slot, the walk may
 * try it beside the literal word.  A budget keeps the work for one start
 * constant, so that a text takes time proportional to its length. */
#include "errtext.h"

enum { BUDGET = 96, CHUNK_MAX = 16, ALERT_MAX = 255, OPEN_MAX = 112 };

struct place {
  uint32_t number;
  uint16_t node;
  uint8_t at; /* tokens used */
  uint8_t alert;
};

struct walk {
  const uint8_t *text;
  const struct et_token *tokens;
  unsigned num_tokens;
  unsigned budget;
  unsigned best; /* tokens covered by the best wording so far */
  uint16_t pattern;
  uint32_t best_number;
  uint8_t best_alert;
  unsigned num_open;
  struct place open[OPEN_MAX];
};

/* A word can be used if the wording may go on across the gap before it. */
static int usable(const struct walk *w, unsigned at)
{
  return at < w->num_tokens && (at == 0 || !(w->tokens[at].flags & ET_BREAK));
}

/* 7 or 8 hexadecimal digits, HAProxy's 16, or 9 and 10 decimal ones. */
static int is_code(const struct et_token *t)
{
  unsigned digits = t->flags & ET_PREFIX ? t->len - 2u : t->len;

  if (!(t->flags & ET_HEX)) {
    return 0;
  }
  if ((t->flags & ET_DIGITS) && (digits == 9 || digits == 10)) {
    return 1;
  }
  return digits == 7 || digits == 8 || digits == 16;
}

static uint32_t code_of(const uint8_t *text, const struct et_token *t)
{
  if ((t->flags & ET_DIGITS) && (t->len == 9 || t->len == 10)) {
    return et_token_decimal(text, t);
  }
  return et_token_hex(text, t);
}

/* Words of one chunk: up to the next white space. */
static unsigned chunk_end(const struct walk *w, unsigned at)
{
  unsigned end = at + 1;

  while (end < w->num_tokens && end - at < CHUNK_MAX &&
         !(w->tokens[end].flags & (ET_SPACE | ET_BREAK))) {
    end++;
  }
  return end;
}

/* The longest name of an alert from `at` on: where it ends, 0 none. */
static unsigned alert_name(const struct walk *w, unsigned at, uint8_t *alert)
{
  uint16_t node = et_child(0, et_slot(ET_ALERT_NAMES));
  unsigned end = 0;

  for (; usable(w, at) && w->tokens[at].word != ET_NO_WORD; at++) {
    node = et_child(node, w->tokens[at].word);
    if (node == 0) {
      break;
    }
    if (et_node_value(node) != 0) {
      *alert = (uint8_t)(et_node_value(node) - 1);
      end = at + 1;
    }
  }
  return end;
}

/* Where the walk still has to go: from each of the 18 words of a wording it
 * leaves at most six other ways open. */
static void push(struct walk *w, const struct place *p)
{
  if (w->num_open < OPEN_MAX) {
    w->open[w->num_open++] = *p;
  }
}

static void push_number(struct walk *w, struct place p, unsigned slot)
{
  const struct et_token *t = &w->tokens[p.at];

  p.node = et_child(p.node, et_slot(slot));
  if (p.node != 0 && (t->flags & (ET_DIGITS | ET_PREFIX)) &&
      (t->flags & ET_HEX)) {
    p.number = t->flags & ET_PREFIX ? et_token_hex(w->text, t)
                                    : et_token_decimal(w->text, t);
    p.at++;
    push(w, &p);
  }
}

static void push_code(struct walk *w, struct place p)
{
  const struct et_token *t = &w->tokens[p.at];

  p.node = et_child(p.node, et_slot(ET_CODE));
  if (p.node != 0 && is_code(t)) {
    p.number = code_of(w->text, t);
    p.at++;
    push(w, &p);
  }
}

static void push_alert(struct walk *w, struct place p)
{
  const struct et_token *t = &w->tokens[p.at];
  unsigned end;

  p.node = et_child(p.node, et_slot(ET_ALERT));
  if (p.node == 0) {
    return;
  }
  end = alert_name(w, p.at, &p.alert);
  if (end == 0 && (t->flags & ET_DIGITS) &&
      et_token_decimal(w->text, t) <= ALERT_MAX) {
    p.alert = (uint8_t)et_token_decimal(w->text, t);
    end = p.at + 1u;
  }
  if (end != 0) {
    p.number = p.alert;
    p.at = (uint8_t)end;
    push(w, &p);
  }
}

static void push_any(struct walk *w, struct place p)
{
  p.node = et_child(p.node, et_slot(ET_ANY));
  if (p.node != 0) {
    p.at = (uint8_t)chunk_end(w, p.at);
    push(w, &p);
  }
}

static void push_word(struct walk *w, struct place p)
{
  uint16_t word = w->tokens[p.at].word;

  p.node = word == ET_NO_WORD ? 0 : et_child(p.node, word);
  if (p.node != 0) {
    p.at++;
    push(w, &p);
  }
}

static void look_at(struct walk *w, const struct place *p)
{
  if (et_node_value(p->node) != 0 && p->at > w->best) {
    w->best = p->at;
    w->pattern = (uint16_t)(et_node_value(p->node) - 1);
    w->best_number = p->number;
    w->best_alert = p->alert;
  }
}

/* All ways on from a place; the last one pushed is gone first, so the word
 * itself comes before what stands for it. */
static void push_ways(struct walk *w, const struct place *p)
{
  unsigned flags = w->tokens[p->at].flags;

  push_any(w, *p);
  push_alert(w, *p);
  push_code(w, *p);
  if (flags & ET_PAREN) {
    push_number(w, *p, ET_ENCLOSED);
  }
  if (flags & ET_MINUS) {
    push_number(w, *p, ET_NEGATIVE);
  }
  push_number(w, *p, ET_NUMBER);
  push_word(w, *p);
}

static void follow(struct walk *w, const struct place *first)
{
  push(w, first);
  while (w->num_open > 0) {
    struct place p = w->open[--w->num_open];

    look_at(w, &p);
    if (w->budget > 0 && usable(w, p.at)) {
      w->budget--;
      push_ways(w, &p);
    }
  }
}

/* The room for open places needs no value. */
static void begin(struct walk *w, const uint8_t *text,
                  const struct et_token *tokens, unsigned num_tokens)
{
  w->text = text;
  w->tokens = tokens;
  w->num_tokens = num_tokens;
  w->budget = BUDGET;
  w->best = 0;
  w->pattern = 0;
  w->best_number = 0;
  w->best_alert = 255;
  w->num_open = 0;
}

unsigned et_match(const uint8_t *text, const struct et_token *tokens,
                  unsigned num_tokens, struct et_match *found)
{
  struct walk w;
  struct place p = {0, 0, 1, 255};
  const struct et_pattern *pattern;
  const struct et_token *last;

  p.node = tokens[0].word == ET_NO_WORD ? 0 : et_child(0, tokens[0].word);
  if (p.node == 0) {
    return 0;
  }
  begin(&w, text, tokens, num_tokens);
  follow(&w, &p);
  if (w.best == 0) {
    return 0;
  }
  pattern = et_pattern_of(w.pattern);
  last = &tokens[w.best - 1];
  found->at = tokens[0].at;
  found->end = last->at + last->len;
  found->line = tokens[0].line;
  found->code = w.best_number;
  found->pattern = w.pattern;
  found->meaning = pattern->meaning;
  found->stack = pattern->stack;
  found->nature = pattern->how & 7;
  found->side = (uint8_t)((pattern->how >> 3 & ET_SIDES) |
                          (pattern->how >> 7) * ET_USUAL);
  found->needs = pattern->how >> 5 & 3;
  found->stage = pattern->stage;
  found->value = pattern->value;
  found->alert = w.best_alert;
  found->flags =
      text[found->at] >= 'A' && text[found->at] <= 'Z' ? ET_MATCH_CAPITAL : 0;
  found->reserved_ = 0;
  return w.best;
}
