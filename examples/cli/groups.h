/* groups.h: what the connections of one client say together.
 *
 * Each connection that ends is added to its client's track.  When a track
 * shows a pattern, the connections it explains and that are not told yet gain
 * by it, and the group is kept to be told at the end. */
#ifndef TLSDIAG_CLI_GROUPS_H
#define TLSDIAG_CLI_GROUPS_H

#include "analysis.h"
#include "tool.h"

enum { GROUP_MEMBERS = 32, GROUP_FILTER = 1024 };

struct group_record {
  uint64_t member[GROUP_MEMBERS]; /* indexes of connections, ascending */
  uint64_t first;                 /* the one to blame */
  uint32_t num_members;
  uint16_t cause;
  uint16_t pattern;
  uint8_t confidence;
  uint8_t party;
  uint8_t family;
  uint8_t reserved_;
  uint8_t client[16];
};

struct groups {
  tlsdiag_tracker *tracker;
  void *memory;
  struct group_record *record;
  uint64_t failed[GROUP_FILTER]; /* bits: clients that had a failure */
  size_t num_records;
  size_t room;
};

/* Without memory there are no groups, and that is all. */
void groups_init(struct groups *g);
void groups_free(struct groups *g);

/* Connection `c` has ended and its flow knows all it ever will.  outcome is
 * TLSDIAG_OUTCOME_*. */
void groups_ended(struct groups *g, struct analysis *a, struct conn *c,
                  unsigned outcome);

void groups_json(struct out *o, const struct groups *g, struct tool *t,
                 const char *file);
void groups_people(struct out *o, const struct groups *g, struct tool *t);

#endif
