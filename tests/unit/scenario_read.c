/* scenario_read.c: a Markdown file becomes scenarios.
 *
 * A heading starts a section.  Its "events" block is one connection, its
 * "expect" and "observations" blocks are what must come out; each row of a
 * table adds events to those of the block and makes a scenario of its own. */
#include <stdlib.h>
#include <string.h>

#include "scenario.h"

int scenario_open(struct scenario_file *in, const char *path)
{
  memset(in, 0, sizeof *in);
  in->path = path;
  in->base = calloc(1, sizeof *in->base);
  in->f = fopen(path, "r");
  return in->f != NULL && in->base != NULL ? 0 : -1;
}

void scenario_close(struct scenario_file *in)
{
  if (in->f != NULL) {
    fclose(in->f);
  }
  free(in->base);
}

static int next_line(struct scenario_file *in)
{
  size_t len;

  if (in->pending) {
    in->pending = 0;
    return 1;
  }
  if (fgets(in->text, sizeof in->text, in->f) == NULL) {
    return 0;
  }
  in->line++;
  len = strlen(in->text);
  while (len != 0 && strchr("\r\n \t", in->text[len - 1]) != NULL) {
    in->text[--len] = '\0';
  }
  return 1;
}

static int complain(struct scenario_file *in, const char *what)
{
  (void)snprintf(in->error, sizeof in->error, "%s:%u: %.600s", in->path,
                 in->line, what);
  return -1;
}

static void begin_section(struct scenario_file *in)
{
  struct scenario *s = in->base;

  memset(s, 0, sizeof *s);
  s->path = in->path;
  s->now = 1000000;
  s->mss = 1460;
  s->side[0].ttl = 64;
  s->side[1].ttl = 57;
  s->side[0].ip_id = 100;
  s->side[1].ip_id = 500;
  (void)snprintf(in->heading, sizeof in->heading, "%.180s",
                 in->text + strspn(in->text, "# "));
  (void)snprintf(s->title, sizeof s->title, "%s", in->heading);
  in->base_ready = 0;
  in->in_table = 0;
}

static int listed_line(struct scenario *s, const char *text)
{
  struct listed *l = &s->listed[s->num_listed];
  char kind[40], from[10];
  unsigned long long offset;
  const char *a = strstr(text, " a=");
  const char *b = strstr(text, " b=");
  uint32_t value;

  if (s->num_listed == MAX_LISTED ||
      sscanf(text, "%39s %9s @%llu", kind, from, &offset) != 3 ||
      tlsdiag_name_lookup(TLSDIAG_REGISTRY_OBS, kind, strlen(kind), &value) !=
        0) {
    return -1;
  }
  memset(l, 0, sizeof *l);
  l->kind = value;
  l->from = strcmp(from, "server") == 0;
  l->offset = offset;
  l->has_a = a != NULL;
  l->has_b = b != NULL;
  l->a = a != NULL ? (uint32_t)strtoul(a + 3, NULL, 0) : 0;
  l->b = b != NULL ? (uint32_t)strtoul(b + 3, NULL, 0) : 0;
  s->num_listed++;
  return 0;
}

/* A fenced block: its first line has been read. */
static int block(struct scenario_file *in)
{
  struct scenario *s = in->base;
  char kind[40];
  char why[CELL] = "";
  int rc = 0;

  (void)snprintf(kind, sizeof kind, "%.30s", in->text + 3);
  while (next_line(in) && strncmp(in->text, "```", 3) != 0) {
    if (in->text[0] == '\0' || in->text[0] == '#') {
      continue;
    }
    if (strcmp(kind, "events") == 0) {
      rc = scenario_event(s, in->text, why, sizeof why);
    } else if (strcmp(kind, "expect") == 0) {
      rc = scenario_expect(&s->expected, in->text, why, sizeof why);
    } else if (strcmp(kind, "observations") == 0) {
      rc = listed_line(s, in->text);
      s->has_list = 1;
    }
    if (rc != 0) {
      return complain(in, why[0] != '\0' ? why : in->text);
    }
  }
  if (strcmp(kind, "expect") == 0 || strcmp(kind, "observations") == 0) {
    in->base_ready = s->expected.given;
  }
  return 0;
}

/* Cuts a cell out of a table row: trimmed, backticks removed. */
static const char *cell(const char *p, char *out, size_t len)
{
  size_t n = 0;

  p += strspn(p, "| \t");
  while (*p != '\0' && *p != '|') {
    if (*p != '`' && n + 1 < len) {
      out[n++] = *p;
    }
    p++;
  }
  while (n != 0 && out[n - 1] == ' ') {
    n--;
  }
  out[n] = '\0';
  return p;
}

/* Hands each part between semicolons to one of the two readers. */
static int parts(struct scenario *s, char *text, int events, char *why,
                 size_t why_len)
{
  char *p = text;
  char *end;
  int rc = 0;

  while (p != NULL && rc == 0) {
    end = strchr(p, ';');
    if (end != NULL) {
      *end = '\0';
    }
    p += strspn(p, " ");
    if (*p != '\0') {
      rc = events ? scenario_event(s, p, why, why_len)
                  : scenario_expect(&s->expected, p, why, why_len);
    }
    p = end != NULL ? end + 1 : NULL;
  }
  return rc;
}

/* | events | expected | becomes a scenario on top of the section's. */
static int row(struct scenario_file *in, struct scenario *out)
{
  char events[CELL], expect[CELL];
  char why[CELL] = "";
  const char *p = cell(in->text, events, sizeof events);

  (void)cell(p, expect, sizeof expect);
  memcpy(out, in->base, sizeof *out);
  memset(&out->expected, 0, sizeof out->expected);
  out->has_list = 0;
  out->fresh = out->num_events;
  (void)snprintf(out->title, sizeof out->title, "%.120s: %.120s", in->heading,
                 events);
  if (parts(out, events, 1, why, sizeof why) != 0 ||
      parts(out, expect, 0, why, sizeof why) != 0) {
    return complain(in, why);
  }
  return out->expected.given ? 1 : complain(in, "the row expects nothing");
}

/* The section's own connection, once its blocks have been read. */
static int own(struct scenario_file *in, struct scenario *out)
{
  in->base_ready = 0;
  memcpy(out, in->base, sizeof *out);
  memset(&in->base->expected, 0, sizeof in->base->expected);
  in->base->has_list = 0;
  in->pending = 1;
  return 1;
}

int scenario_next(struct scenario_file *in, struct scenario *out)
{
  while (next_line(in)) {
    int is_row = in->text[0] == '|';
    int is_heading = in->text[0] == '#';

    if (in->base_ready && (is_heading || is_row)) {
      return own(in, out);
    }
    if (is_heading) {
      begin_section(in);
    } else if (strncmp(in->text, "```", 3) == 0) {
      if (block(in) != 0) {
        return -1;
      }
    } else if (is_row) {
      in->in_table++;
      if (in->in_table > 2) { /* behind the head and the rule */
        return row(in, out);
      }
    } else if (in->text[0] != '\0') {
      in->in_table = 0;
    }
  }
  if (in->base_ready) {
    (void)own(in, out);
    in->pending = 0;
    return 1;
  }
  return 0;
}
