/* scenario.h: connections written down in Markdown; tests/cases/README.md
 * tells the language.
 *
 *   scenario_next   reads the next scenario of a file
 *   scenario_play   runs it, cut in one of several ways, and classifies
 *   scenario_judge  compares what came out with what is written */
#ifndef TLSDIAG_TESTS_SCENARIO_H
#define TLSDIAG_TESTS_SCENARIO_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "tlsdiag/tlsdiag.h"
#include "spell.h"

enum {
  MAX_EVENTS = 600,
  MAX_NAMES = 12,
  MAX_LISTED = 64,
  ROOM_LARGE = 20000,
  CELL = 2000
};

enum event_kind {
  EVENT_FEED,
  EVENT_SEGMENT,
  EVENT_GAP,
  EVENT_CLOSE,
  EVENT_HINT,
  EVENT_GROUP
};

struct event {
  enum event_kind kind;
  unsigned from;
  unsigned how; /* to close */
  uint64_t t_us;
  size_t at, len; /* of bytes; a gap's length */
  tlsdiag_segment segment;
  tlsdiag_hint hint;
  tlsdiag_group group;
};

/* What must come out; negative numbers: not said. */
struct expected {
  int given;
  int outcome, cause, low, high, party, stage;
  int noise, version;
  int alert; /* -2: there must be none; else from << 16 | level << 8 | code */
  int hidden_alert; /* the alert is encrypted; alert holds from << 16 */
  int end;          /* from << 8 | how */
  int also[MAX_NAMES], num_also;
  int never[MAX_NAMES], num_never;
  int cramped[MAX_NAMES], num_cramped; /* allowed when room lacks */
};

/* One line of an observations block. */
struct listed {
  unsigned kind, from;
  uint64_t offset;
  int has_a, has_b;
  uint32_t a, b;
};

/* One side while a connection with TCP facts is written down. */
struct tcp_side {
  uint64_t sent;
  uint16_t ip_id;
  uint8_t ttl;
  size_t last_at, last_len; /* of the newest segment */
};

struct scenario {
  const char *path;
  char title[300];
  struct event event[MAX_EVENTS];
  size_t num_events;
  uint8_t bytes[SPELL_MAX];
  size_t num_bytes;
  uint64_t now;
  unsigned flags; /* TLSDIAG_FLOW_* */
  int tcp;        /* TCP facts are reported */
  unsigned mss;
  int as_fed; /* the cuts of the file are part of it */
  struct tcp_side side[2];
  struct spell spell;
  tlsdiag_policy policy;
  uint16_t policy_lists[3][32];
  uint8_t policy_alpn[64];
  int has_policy;
  struct expected expected;
  struct listed listed[MAX_LISTED];
  size_t num_listed;
  int has_list;
  size_t fresh; /* first event that was not in the scenario before it */
};

/* Reading a file, scenario by scenario. */
struct scenario_file {
  FILE *f;
  const char *path;
  unsigned line;
  char text[CELL];
  char error[CELL];   /* set when the file is not well written */
  char heading[200];
  struct scenario *base; /* of the section */
  int base_ready;
  int in_table;
  int pending; /* `text` was read and not used */
};

int scenario_open(struct scenario_file *in, const char *path);
/* 1: *out is the next one; 0: no more; -1: in->error says what is wrong. */
int scenario_next(struct scenario_file *in, struct scenario *out);
void scenario_close(struct scenario_file *in);

/* One line of events; returns 0, or -1 with the complaint in `error`. */
int scenario_event(struct scenario *s, const char *line, char *error,
                   size_t error_len);
/* One clause of what is expected. */
int scenario_expect(struct expected *e, const char *clause, char *error,
                    size_t error_len);

/* How the bytes of the feeds are cut. */
struct cut {
  size_t room;
  int bytewise;
  size_t split_event; /* which feed is cut in two, and where */
  size_t split_at;    /* 0: none is */
  int stop_at_messages;
};

struct played {
  tlsdiag_verdict verdict;
  size_t num;
  tlsdiag_observation list[TLSDIAG_MAX_OBSERVATIONS];
};

void scenario_play(const struct scenario *s, const struct cut *cut,
                   struct played *out);
/* The complaint, or NULL. */
const char *scenario_judge(const struct scenario *s, const struct played *p);
/* As above for a run with little room: detail may be missing. */
const char *scenario_judge_cramped(const struct scenario *s,
                                   const struct played *whole,
                                   const struct played *cramped);
/* The first difference between two runs, or NULL. */
const char *scenario_compare(const struct played *a, const struct played *b);
/* What was found, in the words of a scenario file. */
const char *scenario_describe(const struct played *p);

#endif
