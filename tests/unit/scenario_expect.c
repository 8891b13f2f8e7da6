/* scenario_expect.c: what is expected of a scenario, in words. */
#include <stdlib.h>
#include <string.h>

#include "scenario.h"

static int lookup(uint32_t registry, const char *name, int *value)
{
  uint32_t found;

  if (tlsdiag_name_lookup(registry, name, strlen(name), &found) != 0) {
    return -1;
  }
  *value = (int)found;
  return 0;
}

static int names(char *word, int *list, int *num, const char **bad)
{
  for (; word != NULL; word = strtok(NULL, " ")) {
    if (*num == MAX_NAMES ||
        lookup(TLSDIAG_REGISTRY_CAUSE, word, &list[*num]) != 0) {
      *bad = word;
      return -1;
    }
    (*num)++;
  }
  return 0;
}

/* alert server 2 40, alert server hidden */
static int alert(struct expected *e, const char **bad)
{
  char *from = strtok(NULL, " ");
  char *level = strtok(NULL, " ");
  char *code = strtok(NULL, " ");
  int side = from != NULL && strcmp(from, "server") == 0;

  if (level == NULL || (strcmp(level, "hidden") != 0 && code == NULL)) {
    *bad = "alert";
    return -1;
  }
  e->hidden_alert = strcmp(level, "hidden") == 0;
  e->alert = side << 16;
  if (!e->hidden_alert) {
    e->alert |= atoi(level) << 8 | atoi(code);
  }
  return 0;
}

static int end(struct expected *e, const char **bad)
{
  char *from = strtok(NULL, " ");
  char *how = strtok(NULL, " ");
  int value;

  if (how == NULL || lookup(TLSDIAG_REGISTRY_CLOSE, how, &value) != 0) {
    *bad = "end";
    return -1;
  }
  e->end = (strcmp(from, "server") == 0) << 8 | value;
  return 0;
}

/* failed no_shared_cipher 80..90 client client_hello */
static int verdict(struct expected *e, char *outcome, const char **bad)
{
  char *word = strtok(NULL, " ");

  *bad = outcome;
  memset(e, 0, sizeof *e);
  e->given = 1;
  e->low = e->high = e->party = e->stage = e->alert = e->end = -1;
  e->noise = e->version = -1;
  if (lookup(TLSDIAG_REGISTRY_OUTCOME, outcome, &e->outcome) != 0 ||
      word == NULL ||
      lookup(TLSDIAG_REGISTRY_CAUSE, word, &e->cause) != 0) {
    *bad = word != NULL ? word : outcome;
    return -1;
  }
  word = strtok(NULL, " ");
  if (word != NULL && sscanf(word, "%d..%d", &e->low, &e->high) == 2) {
    word = strtok(NULL, " ");
  }
  if (word != NULL && lookup(TLSDIAG_REGISTRY_PARTY, word, &e->party) != 0) {
    *bad = word;
    return -1;
  }
  word = word != NULL ? strtok(NULL, " ") : NULL;
  if (word != NULL && lookup(TLSDIAG_REGISTRY_STAGE, word, &e->stage) != 0) {
    *bad = word;
    return -1;
  }
  return 0;
}

static int clause(struct expected *e, char *word, const char **bad)
{
  if (strcmp(word, "also") == 0) {
    return names(strtok(NULL, " "), e->also, &e->num_also, bad);
  }
  if (strcmp(word, "not") == 0) {
    return names(strtok(NULL, " "), e->never, &e->num_never, bad);
  }
  if (strcmp(word, "cramped") == 0) {
    return names(strtok(NULL, " "), e->cramped, &e->num_cramped, bad);
  }
  if (strcmp(word, "noise") == 0 || strcmp(word, "signal") == 0) {
    e->noise = strcmp(word, "noise") == 0;
    return 0;
  }
  if (strcmp(word, "version") == 0) {
    word = strtok(NULL, " ");
    e->version = word != NULL ? (int)strtol(word, NULL, 16) : 0;
    return 0;
  }
  if (strcmp(word, "alert") == 0) {
    return alert(e, bad);
  }
  if (strcmp(word, "silent") == 0) {
    e->alert = -2;
    return 0;
  }
  if (strcmp(word, "end") == 0) {
    return end(e, bad);
  }
  return verdict(e, word, bad);
}

int scenario_expect(struct expected *e, const char *text, char *error,
                    size_t error_len)
{
  char copy[CELL];
  const char *bad = text;
  char *word;

  (void)snprintf(copy, sizeof copy, "%s", text);
  word = strtok(copy, " ");
  if (word != NULL && clause(e, word, &bad) != 0) {
    (void)snprintf(error, error_len, "not understood: %s in: %s", bad, text);
    return -1;
  }
  return 0;
}
