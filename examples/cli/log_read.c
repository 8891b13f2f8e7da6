#include "log_read.h"

#include <stdlib.h>
#include <string.h>

#include "log_find.h"
#include "log_groups.h"
#include "log_judge.h"
#include "log_report.h"

enum {
  LINE_MAX_LEN = 64 << 10, /* of a longer line this much is looked at */
  BLOCK = 128 << 10,
  HISTORY = 8 << 10, /* of the lines before, kept for look_back() */
  LOOK_BACK = 30,    /* lines */
  LOOK_BACK_LITTLE = 2,
  VAIN_MANY = 64
};

struct reader {
  struct tool *tool;
  const char *file;
  struct log_judge *judge;
  struct tally tally;
  struct log_finder finder;
  struct out head; /* of each object, as JSON */
  int is_wide;     /* UTF-16 */
  int wide_first;  /* index of the byte that matters: little-endian 0 */
  int odd;         /* half a unit is pending */
  uint64_t number; /* of the line that the next byte is in */
  size_t old;      /* bytes of the block that were looked at already */
  size_t len;      /* and all */
  struct log_groups *groups;
  unsigned num_vain;    /* times in a row that looking back did not help */
  int skips;            /* the rest of a line that was too long */
  const uint8_t *ahead; /* read before the stream */
  size_t ahead_len;
  uint8_t block[HISTORY + BLOCK + LINE_MAX_LEN];
};

/* A line may need those before it to be understood.  Where they never help,
 * as in logs without addresses, few are asked. */
static void look_back(struct reader *r, struct log_line *line)
{
  int lacks = line->client.ptr == NULL || line->time.ptr == NULL;

  if (lacks) {
    log_line_context(line, r->block,
                     r->num_vain < VAIN_MANY ? LOOK_BACK : LOOK_BACK_LITTLE);
    r->num_vain = line->client.ptr == NULL ? r->num_vain + 1 : 0;
  }
}

/* A line that does not show who wrote it may stand behind one that does. */
static struct log_message *
judge_by_writer(struct reader *r, struct log_line *line, struct log_message *m)
{
  struct log_message *better;

  if (m->shows_writer) {
    return m;
  }
  log_line_accepted(line);
  if (!line->is_accepted) {
    return m;
  }
  better = log_judge_server(r->judge, line);
  return better->is_failure ? better : m;
}

static void take_line(struct reader *r, const uint8_t *text, size_t len)
{
  struct log_line line;
  struct log_message *m;
  uint32_t client;

  log_line_parse(&line, text, len);
  m = log_judge_line(r->judge, &line);
  r->tally.num_looked_at++;
  if (!m->is_failure) {
    return;
  }
  look_back(r, &line);
  m = judge_by_writer(r, &line, m);
  tally_add(&r->tally, &line, r->number, &m->verdict);
  client = counter_add(r->tally.clients, &line.client);
  (void)counter_add(&r->tally.names, &line.name);
  if (r->tool->options->json) {
    log_report_line(r->tool, &r->head, &line, r->number, m);
  }
  log_groups_add(r->groups, &line, r->number, client, m);
}

/* Looks at whole lines only; `end` is behind the last of them. */
static void take_block(struct reader *r, size_t end)
{
  size_t at = r->old;

  while (at < end) {
    size_t hit = at + log_find(&r->finder, r->block + at, end - at, &r->number);
    size_t first = hit;
    const uint8_t *stop;

    if (hit >= end) {
      return;
    }
    while (first > at && r->block[first - 1] != '\n') {
      first--;
    }
    stop = memchr(r->block + hit, '\n', end - hit);
    take_line(
        r, r->block + first,
        (size_t)((stop != NULL ? stop : r->block + end) - (r->block + first)));
    if (stop == NULL) {
      return;
    }
    r->number++;
    at = (size_t)(stop + 1 - r->block);
  }
}

static const uint8_t *last_newline(const uint8_t *bytes, size_t len)
{
  while (len > 0) {
    len--;
    if (bytes[len] == '\n') {
      return bytes + len;
    }
  }
  return NULL;
}

/* A line that fills the whole block is looked at as far as it came. */
static void take_long_line(struct reader *r)
{
  uint64_t ends = 0;

  if (!r->skips &&
      log_find(&r->finder, r->block, LINE_MAX_LEN, &ends) < LINE_MAX_LEN) {
    take_line(r, r->block, LINE_MAX_LEN);
  }
  r->tally.num_cut += !r->skips;
  r->skips = 1;
  r->len = 0;
}

static void skip_rest(struct reader *r)
{
  const uint8_t *stop = memchr(r->block, '\n', r->len);

  if (stop == NULL) {
    r->len = 0;
    return;
  }
  r->len -= (size_t)(stop + 1 - r->block);
  memmove(r->block, stop + 1, r->len);
  r->number++;
  r->skips = 0;
}

/* The first bytes of the block go, up to `to`. */
static void drop(struct reader *r, size_t to)
{
  r->old = r->old > to ? r->old - to : 0;
  r->len -= to;
  memmove(r->block, r->block + to, r->len);
}

/* All up to `end` was looked at; the last whole lines of it stay a while. */
static void keep_history(struct reader *r, size_t end)
{
  size_t from = end > HISTORY ? end - HISTORY : 0;
  const uint8_t *stop =
      from > 0 ? memchr(r->block + from, '\n', end - from) : NULL;

  r->old = end;
  if (from > 0) {
    drop(r, stop != NULL ? (size_t)(stop + 1 - r->block) : end);
  }
}

static void take(struct reader *r, int is_end)
{
  const uint8_t *last;
  size_t end;

  if (r->skips) {
    drop(r, r->old);
    skip_rest(r);
  }
  last = last_newline(r->block + r->old, r->len - r->old);
  if (last != NULL || is_end) {
    end = is_end ? r->len : (size_t)(last + 1 - r->block);
    take_block(r, end);
    keep_history(r, end);
  }
  if (r->len - r->old > LINE_MAX_LEN) {
    drop(r, r->old);
    take_long_line(r);
  }
}

/* UTF-16 from Windows: the byte that matters of each unit; what is no ASCII
 * becomes a question mark. */
static size_t narrow(struct reader *r, const uint8_t *in, size_t len,
                     uint8_t *out)
{
  size_t count = 0;
  size_t i;

  for (i = 0; i < len; i++) {
    int matters = r->odd == r->wide_first;

    if (matters) {
      out[count] = in[i];
      count += r->wide_first == 0 || out[count] != 0;
    } else if (in[i] != 0 && r->wide_first == 0 && count > 0) {
      out[count - 1] = '?';
    }
    r->odd = !r->odd;
  }
  return count;
}

static size_t next_bytes(struct reader *r, FILE *stream, uint8_t *to,
                         size_t room)
{
  size_t len = r->ahead_len < room ? r->ahead_len : room;

  if (len == 0) {
    return fread(to, 1, room, stream);
  }
  memcpy(to, r->ahead, len);
  r->ahead += len;
  r->ahead_len -= len;
  return len;
}

static size_t fill(struct reader *r, FILE *stream)
{
  uint8_t bytes[LINE_MAX_LEN];
  size_t got;

  if (!r->is_wide) {
    got = next_bytes(r, stream, r->block + r->len, BLOCK);
  } else {
    got = next_bytes(r, stream, bytes, sizeof bytes);
    r->len += narrow(r, bytes, got, r->block + r->len);
    return got;
  }
  r->len += got;
  return got;
}

static void look_at_head(struct reader *r, const struct source *s)
{
  if (s->head_len >= 4 && s->head[0] == 0xff && s->head[1] == 0xfe) {
    r->is_wide = 1;
  } else if (s->head_len >= 4 && s->head[0] == 0xfe && s->head[1] == 0xff) {
    r->is_wide = 1;
    r->wide_first = 1;
  } else if (s->head_len >= 8 && s->head[1] == 0 && s->head[3] == 0 &&
             s->head[5] == 0 && s->head[0] != 0) {
    r->is_wide = 1;
  }
}

int log_read(struct tool *t, struct source *s, const uint8_t *ahead,
             size_t ahead_len)
{
  struct reader *r = calloc(1, sizeof *r);
  int status = -1;

  if (r == NULL || (r->groups = log_groups_of(t)) == NULL ||
      (r->judge = log_judge_new(t->options->side)) == NULL) {
    tool_warn(t, s->name, "out of memory");
  } else {
    r->tool = t;
    r->file = s->name;
    r->number = 1;
    r->ahead = ahead;
    r->ahead_len = ahead_len;
    r->tally.clients = log_groups_clients(r->groups);
    log_groups_file(r->groups, s->name);
    log_report_head(&r->head, s->name);
    log_finder_init(&r->finder);
    look_at_head(r, s);
    while (fill(r, s->stream) > 0) {
      take(r, 0);
    }
    r->tally.num_lines = r->number - 1 + (r->len > r->old);
    take(r, 1);
    if (r->tally.num_lines < r->number - 1) {
      r->tally.num_lines = r->number - 1;
    }
    log_report_end(t, s->name, &r->tally);
    t->num_failures += r->tally.num_failures;
    status = ferror(s->stream) ? -1 : 0;
    if (status != 0) {
      tool_warn(t, s->name, "cannot be read to its end");
    }
  }
  if (r != NULL) {
    counter_free(&r->tally.names);
    t->out.failed |= out_close(&r->head) != 0;
    log_judge_free(r->judge);
  }
  free(r);
  return status;
}
