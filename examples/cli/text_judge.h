/* text_judge.h: a text, what the library recognises in it, and its verdict. */
#ifndef TLSDIAG_CLI_TEXT_JUDGE_H
#define TLSDIAG_CLI_TEXT_JUDGE_H

#include <tlsdiag/tlsdiag.h>

enum { TEXT_HINTS = 24 };

/* Where the first ClientHello is copied to, from its message header on. */
struct judged_hello {
  uint8_t *bytes;
  size_t room;
  size_t len; /* 0: none yet */
};

struct judged {
  tlsdiag_hint hints[TEXT_HINTS];
  unsigned num_hints;
  unsigned num_found; /* may exceed num_hints */
  unsigned side;      /* TLSDIAG_PARTY_* of who wrote it */
  unsigned reserved_;
  struct judged_hello *hello; /* [opt] */
  tlsdiag_flow flow;
  tlsdiag_verdict verdict;
};

/* Who wrote all texts of this run, as the user says: TLSDIAG_PARTY_CLIENT or
 * _SERVER; 0, which is the default: nobody said. */
void judged_written_by(unsigned party);

/* Empties j: a flow that knows nothing. */
void judged_init(struct judged *j);
/* Recognises and remembers; call judged_verdict when all is told. */
void judged_add_text(struct judged *j, const uint8_t *text, size_t len,
                     uint64_t t_us);
void judged_verdict(struct judged *j);
/* All in one. */
void judge_text(struct judged *j, const uint8_t *text, size_t len,
                uint64_t t_us);

/* 1 if a hint says something about a failure. */
int hint_speaks(const tlsdiag_hint *h);

/* The name of a number in a text, NULL if there is none. */
const char *text_code_name(const tlsdiag_hint *h);

#endif
