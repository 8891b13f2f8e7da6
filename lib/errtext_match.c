/* errtext_match.c: the longest known wording from a word on.
 *
 * The tree is walked word by word; where a wording has a slot, the walk may
 * try it beside the literal word.  A budget keeps the work for one start
 * constant, so that a text takes time proportional to its length. */
#include "errtext.h"

enum { BUDGET = 96, CHUNK_MAX = 16, ALERT_MAX = 255 };

struct walk {
  const uint8_t *text;
  const struct et_token *tokens;
  unsigned num_tokens;
  unsigned budget;
  unsigned best; /* tokens covered by the best wording so far */
  uint16_t pattern;
  uint32_t best_number;
  uint8_t best_alert;
};

struct place {
  uint16_t node;
  unsigned at; /* tokens used */
  uint32_t number;
  uint8_t alert;
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

static void follow(struct walk *w, struct place p);

static void follow_number(struct walk *w, struct place p, unsigned slot)
{
  const struct et_token *t = &w->tokens[p.at];
  uint16_t node = et_child(p.node, et_slot(slot));

  if (node != 0 && (t->flags & (ET_DIGITS | ET_PREFIX)) &&
      (t->flags & ET_HEX)) {
    p.number = t->flags & ET_PREFIX ? et_token_hex(w->text, t)
                                    : et_token_decimal(w->text, t);
    p.node = node;
    p.at++;
    follow(w, p);
  }
}

static void follow_code(struct walk *w, struct place p)
{
  const struct et_token *t = &w->tokens[p.at];
  uint16_t node = et_child(p.node, et_slot(ET_CODE));

  if (node != 0 && is_code(t)) {
    p.number = code_of(w->text, t);
    p.node = node;
    p.at++;
    follow(w, p);
  }
}

static void follow_alert(struct walk *w, struct place p)
{
  const struct et_token *t = &w->tokens[p.at];
  uint16_t node = et_child(p.node, et_slot(ET_ALERT));
  unsigned end;

  if (node == 0) {
    return;
  }
  p.node = node;
  end = alert_name(w, p.at, &p.alert);
  if (end == 0 && (t->flags & ET_DIGITS) &&
      et_token_decimal(w->text, t) <= ALERT_MAX) {
    p.alert = (uint8_t)et_token_decimal(w->text, t);
    end = p.at + 1;
  }
  if (end != 0) {
    p.number = p.alert;
    p.at = end;
    follow(w, p);
  }
}

static void follow_any(struct walk *w, struct place p)
{
  uint16_t node = et_child(p.node, et_slot(ET_ANY));

  if (node != 0) {
    p.node = node;
    p.at = chunk_end(w, p.at);
    follow(w, p);
  }
}

/* Depth of the recursion: the longest wording, 18 words. */
static void follow(struct walk *w, struct place p)
{
  uint16_t node;

  if (et_node_value(p.node) != 0 && p.at > w->best) {
    w->best = p.at;
    w->pattern = (uint16_t)(et_node_value(p.node) - 1);
    w->best_number = p.number;
    w->best_alert = p.alert;
  }
  if (w->budget == 0 || !usable(w, p.at)) {
    return;
  }
  w->budget--;
  node = w->tokens[p.at].word == ET_NO_WORD
             ? 0
             : et_child(p.node, w->tokens[p.at].word);
  if (node != 0) {
    struct place next = p;

    next.node = node;
    next.at++;
    follow(w, next);
  }
  follow_number(w, p, ET_NUMBER);
  if (w->tokens[p.at].flags & ET_MINUS) {
    follow_number(w, p, ET_NEGATIVE);
  }
  if (w->tokens[p.at].flags & ET_PAREN) {
    follow_number(w, p, ET_ENCLOSED);
  }
  follow_code(w, p);
  follow_alert(w, p);
  follow_any(w, p);
}

unsigned et_match(const uint8_t *text, const struct et_token *tokens,
                  unsigned num_tokens, struct et_match *found)
{
  struct walk w = {text, tokens, num_tokens, BUDGET, 0, 0, 0, 255};
  struct place p = {0, 1, 0, 255};
  const struct et_pattern *pattern;
  const struct et_token *last;

  p.node = tokens[0].word == ET_NO_WORD ? 0 : et_child(0, tokens[0].word);
  if (p.node == 0) {
    return 0;
  }
  follow(&w, p);
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
