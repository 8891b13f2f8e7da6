/* log_story.h: what happened to one client, line by line. */
#ifndef TLSDIAG_CLI_LOG_STORY_H
#define TLSDIAG_CLI_LOG_STORY_H

#include <tlsdiag/tlsdiag.h>

#include "log_list.h"

/* A line that tells of a failure.  There may be many. */
struct log_event {
  uint64_t t_us;
  uint64_t place; /* LOG_PLACE() */
  uint32_t client;
  uint32_t attempt;    /* what it says: index of an attempt */
  uint32_t connection; /* a hash, with LOG_IS_* in its lowest bits */
  uint32_t name;       /* whom the client asked for, a hash */
};

enum {
  LOG_IS_CONNECTION = 1, /* of what only one connection has, not its writer */
  LOG_IS_LEARNT = 2,     /* the client is known from a line before */
  LOG_IS_MASK = 3
};
#define LOG_PLACE(file, line) ((uint64_t)(file) << 40 | (line))
#define LOG_PLACE_FILE(place) ((uint32_t)((place) >> 40))
#define LOG_PLACE_LINE(place) ((place) & (((uint64_t)1 << 40) - 1))

/* Of a connection that is logged in several lines the surest one counts. */
struct log_step {
  const struct log_event *event; /* of that line */
  uint64_t t_us;
  uint32_t first; /* what its lines said, to know a second connection by */
  uint32_t latest;
  uint32_t connection;
  uint32_t reserved_;
};

enum { LOG_GROUP_MEMBERS = 16 };

struct log_group {
  uint64_t member[LOG_GROUP_MEMBERS]; /* places, as they were written */
  uint64_t first;                     /* the one to blame */
  uint64_t count;                     /* may exceed those kept */
  uint64_t t_us;
  uint32_t num_members;
  uint32_t client;
  uint16_t cause;
  uint16_t pattern;
  uint8_t confidence;
  uint8_t party;
  uint8_t is_mixed; /* its lines say different things */
  uint8_t reserved_;
  uint64_t latest; /* log_story.c: its last step */
};

/* Tells the story of events in order of time, all of one client.  `attempts`
 * are what they refer to; `steps` is room for as many steps as events.  Groups
 * found are added to a list of struct log_group. */
void log_story(struct log_list *groups, const tlsdiag_attempt *attempts,
               struct log_event *const *events, size_t count,
               struct log_step *steps);

#endif
