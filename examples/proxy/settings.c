/* settings.c: see settings.h. */
#include <stdlib.h>
#include <string.h>
#include "settings.h"

/* ADDRESS:PORT is split where it stands. */
static int parse_redis(struct settings *settings, char *text)
{
  struct sockaddr_storage address;
  char *colon = strrchr(text, ':');

  if (colon == NULL || address_parse(text, &address) != 0) {
    return -1;
  }
  *colon = '\0';
  settings->redis_port = atoi(colon + 1);
  settings->redis_host = text;
  if (text[0] == '[') {
    colon[-1] = '\0';
    settings->redis_host = text + 1;
  }
  return 0;
}

static int parse_seconds(const char *text, unsigned *ms)
{
  char *end;
  double seconds = strtod(text, &end);

  *ms = (unsigned)(seconds * 1000);
  return end != text && *end == '\0' && seconds >= 0 && seconds < 86400 ? 0
                                                                        : -1;
}

static int parse_option(struct settings *settings, const char *name,
                        char *value)
{
  if (strcmp(name, "--redis") == 0) {
    return parse_redis(settings, value);
  }
  if (strcmp(name, "--patience") == 0) {
    return parse_seconds(value, &settings->patience_ms);
  }
  if (strcmp(name, "--drain") == 0) {
    return parse_seconds(value, &settings->drain_ms);
  }
  return -1;
}

int settings_parse(struct settings *settings, int argc, char **argv)
{
  int i = 1;

  memset(settings, 0, sizeof *settings);
  settings->patience_ms = 10000;
  settings->drain_ms = 5000;
  for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
    if (parse_option(settings, argv[i], argv[i + 1]) != 0) {
      return -1;
    }
  }
  if (argc - i < 2 || address_parse(argv[i], &settings->listen) != 0) {
    return -1;
  }
  return routes_parse(&settings->routes, argv + i + 1, argc - i - 1);
}
