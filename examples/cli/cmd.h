/* cmd.h: the commands beside the diagnosis itself.  Each returns an exit
 * status. */
#ifndef TLSDIAG_CLI_CMD_H
#define TLSDIAG_CLI_CMD_H

#include "tool.h"

int cmd_explain(struct tool *t); /* what a cause or an alert means */
int cmd_hello(struct tool *t);   /* one hello, decoded */
int cmd_diff(struct tool *t);    /* what differs between two hellos */

#endif
