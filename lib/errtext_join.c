/* errtext_join.c: a code and the words beside it are one thing. */
#include "errtext_judge.h"

/* Does an OpenSSL function stand between a code and its words?  Then an
 * alert-range reason was raised here, except in the functions of old versions
 * that read the first records themselves. */
static int raised_here(const struct et_match *code, const struct et_match *next)
{
  unsigned function = code->code >> 12 & 0xfff;

  if (code->code >> 24 == 0x14) {
    return (code->flags & ET_MATCH_FUNCTION) && function > 130;
  }
  return next != NULL && next->meaning == et_known(ET_IS_CONTEXT) &&
         next->needs == ET_NEEDS_OPENSSL && next->stage != 0;
}

static int is_openssl_text(const struct et_match *m)
{
  return m->value != ET_VALUE_IS_CODE && et_is_primary(m) &&
         (m->stack == TLSDIAG_STACK_OPENSSL ||
          m->stack == TLSDIAG_STACK_BORINGSSL || m->stack == 0 ||
          m->stack == TLSDIAG_STACK_CURL || m->stack == TLSDIAG_STACK_PYTHON ||
          m->stack == TLSDIAG_STACK_NODE);
}

/* Words that may belong to a code, 0 if others stand there. */
static int may_join(const struct et_match *m)
{
  return is_openssl_text(m) &&
         (!et_is_transport(m->meaning) || m->stack == TLSDIAG_STACK_OPENSSL);
}

/* Adds words to a code; 0 if they are about something else already. */
static int add_words(struct et_match *code, struct et_match *m)
{
  if (code->meaning != m->meaning &&
      (code->reserved_ != 0 || code->nature == TLSDIAG_NATURE_SECONDARY)) {
    return 0;
  }
  if (code->nature != TLSDIAG_NATURE_RECEIVED) {
    code->meaning = m->meaning;
    code->nature = m->nature;
    code->alert = m->alert;
  }
  code->reserved_ = 1;
  if (code->meaning == m->meaning) {
    m->flags |= ET_MATCH_DROP;
    code->end = m->end;
  }
  return 1;
}

static int in_reach(const struct et_match *code, const struct et_match *m)
{
  return m->value != ET_VALUE_IS_CODE && m->at - code->end < CODE_REACH &&
         m->line <= code->line + 2;
}

/* The words behind a code say what it means, whatever era it is from. */
static void join_code(struct et_match *matches, unsigned num, unsigned at)
{
  struct et_match *code = &matches[at];
  unsigned i;
  int proved = 0; /* "SSL alert number 40": it was received */

  for (i = at + 1; i < num && in_reach(code, &matches[i]); i++) {
    struct et_match *m = &matches[i];

    if (m->side != 0 && code->side == 0) {
      code->side = m->side;
      code->stage = m->stage;
    }
    if (!may_join(m)) {
      continue;
    }
    proved |=
        m->nature == TLSDIAG_NATURE_RECEIVED && m->value == ET_VALUE_IS_ALERT;
    if (!add_words(code, m)) {
      break;
    }
  }
  if (code->nature == TLSDIAG_NATURE_RECEIVED && !proved &&
      raised_here(code, at + 1 < num ? &matches[at + 1] : NULL)) {
    code->nature = TLSDIAG_NATURE_DETECTED;
    code->flags |= ET_MATCH_OURS;
  }
  code->reserved_ = 0;
}

void et_join_codes(struct et_match *matches, unsigned num)
{
  unsigned i;

  for (i = 0; i < num; i++) {
    if (matches[i].value == ET_VALUE_IS_CODE &&
        !(matches[i].flags & ET_MATCH_DROP)) {
      join_code(matches, num, i);
    }
  }
}

/* OpenSSL up to 1.0.x wrote its functions in capitals and looked for other
 * protocols in the first bytes already.  A record of a wrong version that its
 * SSL3_GET_RECORD met came later: the peer refused the version chosen. */
void et_read_era(struct et_match *matches, unsigned num)
{
  unsigned i;
  unsigned back;

  for (i = 1; i < num; i++) {
    if (matches[i].meaning != et_known(ET_IS_OLD_RECORD)) {
      continue;
    }
    for (back = 1; back <= i && back <= 3; back++) {
      if ((matches[i].flags & ET_MATCH_CAPITAL) &&
          matches[i - back].meaning == et_known(ET_IS_NOT_TLS_RECORD)) {
        matches[i - back].meaning = matches[i].meaning;
      }
    }
    matches[i].meaning = (uint8_t)et_known(ET_IS_CONTEXT);
  }
}

/* "verify error:num=20:" and its words are one detail. */
void et_join_details(struct et_match *matches, unsigned num)
{
  unsigned i;
  unsigned j;

  for (i = 0; i < num; i++) {
    struct et_match *m = &matches[i];

    for (j = i + 1; et_is_detail(m) && j < num && matches[j].line == m->line &&
                    matches[j].at - m->at < CODE_REACH;
         j++) {
      if (et_is_primary(&matches[j]) && et_is_certificate(matches[j].meaning)) {
        matches[j].nature = TLSDIAG_NATURE_STATE;
      }
    }
  }
}
