/* options.h: what the command line asks for. */
#ifndef TLSDIAG_CLI_OPTIONS_H
#define TLSDIAG_CLI_OPTIONS_H

enum { EXIT_CLEAN = 0, EXIT_FAILURES_FOUND = 1, EXIT_UNREADABLE = 2 };

enum command {
  COMMAND_DIAGNOSE = 0,
  COMMAND_EXPLAIN,
  COMMAND_HELLO,
  COMMAND_DIFF
};

struct options {
  enum command command;
  int json;
  int all;    /* completed connections too */
  int redact; /* pseudonyms for addresses, ports and names */
  int colour; /* decided: the terminal and NO_COLOR are taken into account */
  unsigned side;         /* who wrote the texts: TLSDIAG_PARTY_*, 0 not said */
  unsigned long details; /* connections shown in full for each cause */
  char **operands;
  int num_operands;
};

/* Returns -1 to go on, else the exit status: the help or the version was
 * printed, or the call was wrong and a message was. */
int options_read(struct options *o, int argc, char **argv);

#endif
