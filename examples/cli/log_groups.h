/* log_groups.h: what the lines of one client say together, over all the logs
 * of a run.
 *
 * Each line that tells of a failure becomes an event.  At the end, or when
 * there are too many, the events are sorted by client and time, the lines of
 * one connection become one attempt, and the attempts of a client go through
 * the library's track, as those of captures do. */
#ifndef TLSDIAG_CLI_LOG_GROUPS_H
#define TLSDIAG_CLI_LOG_GROUPS_H

#include "log_story.h"
#include "log_tally.h"
#include "tool.h"

struct log_groups;

/* Those of this run; NULL when memory is out. */
struct log_groups *log_groups_of(struct tool *t);
/* The events that follow are of this file. */
void log_groups_file(struct log_groups *g, const char *name);
/* The clients of all files; those of the file being read are counted. */
struct counter *log_groups_clients(struct log_groups *g);
/* `client` is the line's number among them. */
void log_groups_add(struct log_groups *g, const struct log_line *line,
                    uint64_t number, uint32_t client,
                    struct log_message *message);
/* All logs were read: tells what there is, and frees. */
void log_groups_end(struct tool *t);

/* For those who tell them. */
size_t log_groups_count(const struct log_groups *g);
const struct log_group *log_groups_at(const struct log_groups *g, size_t i);
size_t log_groups_num_files(const struct log_groups *g);
const char *log_groups_name(const struct log_groups *g, uint32_t file);
struct log_span log_groups_client(const struct log_groups *g,
                                  const struct log_group *group);

void log_groups_json(struct tool *t, const struct log_groups *g);
void log_groups_people(struct tool *t, const struct log_groups *g);

#endif
