/* dump_show.h: what a text tells, connection by connection. */
#ifndef TLSDIAG_CLI_DUMP_SHOW_H
#define TLSDIAG_CLI_DUMP_SHOW_H

#include "dump_runs.h"
#include "tool.h"

/* One object; file may not be NULL. */
void dump_json(struct tool *t, const char *file, const struct dump_runs *r);
/* Its members from "outcome" on; a comma goes before each. */
void dump_json_members(struct tool *t, const struct dump_runs *r);
/* file NULL: it has no name. */
void dump_people(struct tool *t, const char *file, const struct dump_runs *r);

#endif
