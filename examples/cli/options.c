#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tlsdiag/tlsdiag.h>
#include <unistd.h>

enum { DETAILS = 10 };

static const char usage[] =
    "Usage: tlsdiag [OPTION]... FILE...\n"
    "       tlsdiag explain [OPTION]... CAUSE|ALERT|TEXT...\n"
    "       tlsdiag hello [OPTION]... FILE\n"
    "       tlsdiag diff [OPTION]... FILE [FILE]\n"
    "\n"
    "Says why TLS handshakes failed, who ended them and what fixes it.\n"
    "FILE is a capture (pcap, pcapng, also gzipped), a log, the output of\n"
    "openssl s_client or ssldump, or a hex dump; '-' is the standard input.\n"
    "\n"
    "  -j, --json          JSON Lines: one object for each connection\n"
    "  -a, --all           completed handshakes too\n"
    "  -r, --redact        pseudonyms for addresses, ports and server names\n"
    "  -n, --details=N     show N connections of each cause in full\n"
    "                      (default 10; 0: all)\n"
    "      --side=SIDE     who wrote the log or text: client or server; "
    "needed\n"
    "                      only where the text does not show it\n"
    "      --color[=WHEN]  auto (default), always or never\n"
    "  -h, --help\n"
    "  -V, --version\n"
    "\n"
    "  explain   what a cause, an alert or an error text means\n"
    "  hello     decode one ClientHello or ServerHello (binary or hex)\n"
    "  diff      what differs between two hellos, or the first hellos of two\n"
    "            captures\n"
    "\n"
    "Exit status: 0 no failure found, 1 failures found, 2 an input could not\n"
    "be read or the call was wrong.\n";

enum { OPTION_COLOUR = 256, OPTION_SIDE };

static const struct option long_options[] = {
    {"json", no_argument, NULL, 'j'},
    {"all", no_argument, NULL, 'a'},
    {"redact", no_argument, NULL, 'r'},
    {"details", required_argument, NULL, 'n'},
    {"side", required_argument, NULL, OPTION_SIDE},
    {"color", optional_argument, NULL, OPTION_COLOUR},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0}};

static int wrong_call(const char *what, const char *which)
{
  fprintf(stderr, "tlsdiag: %s%s\nTry 'tlsdiag --help'.\n", what, which);
  return EXIT_UNREADABLE;
}

static void print_version(void)
{
  unsigned number = tlsdiag_version();

  printf("tlsdiag %u.%u.%u\n", number >> 16 & 0xff, number >> 8 & 0xff,
         number & 0xff);
}

/* https://no-color.org: any value but the empty one. */
static int colour_auto(void)
{
  const char *no_colour = getenv("NO_COLOR");
  const char *terminal = getenv("TERM");

  return isatty(STDOUT_FILENO) && (no_colour == NULL || *no_colour == '\0') &&
         (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

static int colour_read(struct options *o, const char *when)
{
  if (when == NULL || strcmp(when, "always") == 0) {
    const char *no_colour = getenv("NO_COLOR");

    o->colour = no_colour == NULL || *no_colour == '\0';
    return 0;
  }
  if (strcmp(when, "never") == 0) {
    o->colour = 0;
    return 0;
  }
  return strcmp(when, "auto") == 0 ? 0 : -1;
}

static int details_read(struct options *o, const char *text)
{
  char *end;

  errno = 0;
  o->details = strtoul(text, &end, 10);
  return errno != 0 || end == text || *end != '\0' || text[0] == '-' ? -1 : 0;
}

static int side_read(struct options *o, const char *name)
{
  uint32_t value;

  if (tlsdiag_name_lookup(TLSDIAG_REGISTRY_PARTY, name, strlen(name), &value) !=
          TLSDIAG_STATUS_OK ||
      (value != TLSDIAG_PARTY_CLIENT && value != TLSDIAG_PARTY_SERVER)) {
    return -1;
  }
  o->side = value;
  return 0;
}

static int option_take(struct options *o, int letter)
{
  switch (letter) {
  case 'j':
    o->json = 1;
    break;
  case 'a':
    o->all = 1;
    break;
  case 'r':
    o->redact = 1;
    break;
  case 'n':
    if (details_read(o, optarg) != 0) {
      return wrong_call("--details wants a number, not ", optarg);
    }
    break;
  case OPTION_SIDE:
    if (side_read(o, optarg) != 0) {
      return wrong_call("--side wants client or server, not ", optarg);
    }
    break;
  case OPTION_COLOUR:
    if (colour_read(o, optarg) != 0) {
      return wrong_call("--color wants auto, always or never, not ", optarg);
    }
    break;
  case 'h':
    fputs(usage, stdout);
    return EXIT_CLEAN;
  case 'V':
    print_version();
    return EXIT_CLEAN;
  default: /* getopt_long has said what */
    fputs("Try 'tlsdiag --help'.\n", stderr);
    return EXIT_UNREADABLE;
  }
  return -1;
}

static const struct {
  const char *name;
  enum command command;
} commands[] = {{"explain", COMMAND_EXPLAIN},
                {"hello", COMMAND_HELLO},
                {"diff", COMMAND_DIFF}};

static void command_take(struct options *o)
{
  size_t i;

  for (i = 0; i < sizeof commands / sizeof commands[0]; i++) {
    if (o->num_operands > 0 && strcmp(o->operands[0], commands[i].name) == 0) {
      o->command = commands[i].command;
      o->operands++;
      o->num_operands--;
      return;
    }
  }
}

static int operands_check(const struct options *o)
{
  switch (o->command) {
  case COMMAND_HELLO:
    return o->num_operands == 1
               ? -1
               : wrong_call("hello wants one FILE, or - for the input", "");
  case COMMAND_DIFF:
    return o->num_operands == 2 || o->num_operands == 1
               ? -1
               : wrong_call("diff wants two FILEs, or a text of two "
                            "connections",
                            "");
  case COMMAND_EXPLAIN:
    return o->num_operands > 0
               ? -1
               : wrong_call("explain wants a cause, an alert or a text", "");
  case COMMAND_DIAGNOSE:
  default:
    break;
  }
  return o->num_operands > 0 ? -1 : wrong_call("no FILE given", "");
}

int options_read(struct options *o, int argc, char **argv)
{
  int letter;
  int status;

  memset(o, 0, sizeof *o);
  o->details = DETAILS;
  o->colour = colour_auto();
  for (;;) {
    letter = getopt_long(argc, argv, "jarn:hV", long_options, NULL);
    if (letter == -1) {
      break;
    }
    status = option_take(o, letter);
    if (status >= 0) {
      return status;
    }
  }
  o->operands = argv + optind;
  o->num_operands = argc - optind;
  command_take(o);
  return operands_check(o);
}
