/* text_show.h: a verdict on a text, for people and for machines. */
#ifndef TLSDIAG_CLI_TEXT_SHOW_H
#define TLSDIAG_CLI_TEXT_SHOW_H

#include "text_judge.h"
#include "tool.h"

/* "Title  (cause_id, 93% sure, look at the client)" without a line end. */
void show_headline(struct out *o, const tlsdiag_verdict *v, int colour);
/* Everything: what was recognised and what was not, causes, what to do. */
void show_people(struct tool *t, const struct judged *j, const uint8_t *text,
                 size_t len);
void show_advice(struct out *o, unsigned cause, int colour);
/* A dump that was read back: headline, evidence, what to do. */
void show_dump(struct tool *t, const uint8_t *text, size_t len,
               const struct judged *j);
/* [{"text":...},...] of the observations behind the best cause. */
void show_evidence_json(struct out *o, const struct judged *j);

/* Members of a JSON object; a comma goes before them as needed. */
void show_verdict_json(struct out *o, const tlsdiag_verdict *v);
void show_recognised_json(struct tool *t, const struct judged *j,
                          const uint8_t *text, size_t len);

#endif
