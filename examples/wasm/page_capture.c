/* page_capture.c: captures, by the tool's own analysis (examples/cli): frames
 * in one by one, finished connections out as records of text.
 *
 * A record is fields with a separator behind each; the library's words are
 * printable ASCII and newlines, so the separators are nobody's:
 *   connection: kind, JSON, index, start, client, server, explanation, and for
 *               each step of the ladder side, time, frame, words
 *   group:      kind, cause, confidence, party, client, words, member, ... */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "analysis.h"
#include "finding.h"
#include "groups.h"
#include "page.h"
#include "verdict_json.h"

enum { END_OF_FIELD = 0x1e, END_OF_RECORD = 0x1d };
enum { COMPLETED, FOREIGN, COUNTS };

static struct analysis analysis;
static struct groups groups;
static struct finding finding;
static uint32_t is_open, counts[COUNTS];
static uint64_t seed;

static struct {
  char *text;
  size_t len, room;
} records;

int clock_gettime(int clock, struct timespec *now)
{
  (void)clock;
  now->tv_sec = (long)(seed >> 32);
  now->tv_nsec = (long)seed;
  return 0;
}

int getpid(void)
{
  return 1;
}

/* -- records -- */

static void put_bytes(const char *text, size_t len)
{
  size_t room = records.room;
  char *more;

  while (room < records.len + len) {
    room = room > 0 ? room * 2 : 1 << 16;
  }
  if (room > records.room) {
    more = realloc(records.text, room);
    if (more == NULL) {
      return;
    }
    records.text = more;
    records.room = room;
  }
  memcpy(records.text + records.len, text, len);
  records.len += len;
}

static void put_char(char c)
{
  put_bytes(&c, 1);
}

static void field(const char *text)
{
  put_bytes(text, strlen(text));
  put_char(END_OF_FIELD);
}

static void field_number(uint64_t value)
{
  char digits[20];
  size_t at = sizeof digits;

  do {
    digits[--at] = (char)('0' + value % 10);
    value /= 10;
  } while (value > 0);
  put_bytes(digits + at, sizeof digits - at);
  put_char(END_OF_FIELD);
}

/* The bytes of an address, in hexadecimal. */
static void field_host(const uint8_t *addr, uint8_t family)
{
  static const char digit[] = "0123456789abcdef";
  size_t len = family == FAMILY_IP4 ? 4 : 16, i;

  for (i = 0; i < len; i++) {
    put_char(digit[addr[i] >> 4]);
    put_char(digit[addr[i] & 15]);
  }
  put_char(END_OF_FIELD);
}

static void field_end(const struct conn *c, unsigned side)
{
  field_host(c->key.addr[side], c->key.family);
  field_number(c->key.port[side]);
}

static void field_ladder(const struct finding *f)
{
  tlsdiag_observation seen;
  uint64_t frame;
  unsigned i;

  for (i = 0; finding_observation(f, i, &seen, &frame) == 0; i++) {
    tlsdiag_observation_text(&seen, page_out, sizeof page_out);
    field_number(seen.from);
    field_number(seen.t_us);
    field_number(frame);
    field(page_out);
  }
}

static void put_connection(const struct finding *f)
{
  const struct conn *c = f->conn;
  struct verdict_line line;

  memset(&line, 0, sizeof line);
  line.flow = f->flow;
  line.verdict = &f->verdict;
  if (c->watch->hello != NULL && !c->watch->hello_is_raw) {
    line.hello.ptr = c->watch->hello;
    line.hello.len = c->watch->hello_len;
    line.format = c->watch->hello_format;
  }
  verdict_json(&line, page_out, sizeof page_out);
  field("connection");
  field(page_out);
  field_number(c->index);
  field_number(c->start_us);
  field_end(c, c->client);
  field_end(c, !c->client);
  tlsdiag_explain(f->flow, &f->verdict, 0, page_out, sizeof page_out);
  field(page_out);
  field_ladder(f);
  put_char(END_OF_RECORD);
}

static void put_group(const struct group_record *r)
{
  uint32_t i;

  tlsdiag_pattern_text(r->pattern, page_out, sizeof page_out);
  field("group");
  field(tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, r->cause));
  field_number(r->confidence);
  field(tlsdiag_name(TLSDIAG_REGISTRY_PARTY, r->party));
  field_host(r->client, r->family);
  field(page_out);
  for (i = 0; i < r->num_members; i++) {
    field_number(r->member[i]);
  }
  put_char(END_OF_RECORD);
}

/* -- the analysis tells of connections -- */

static int ended(void *arg, struct analysis *a, struct conn *c)
{
  (void)arg;
  if (finding_judge(&finding, c, "") != 0) {
    return -1;
  }
  groups_ended(&groups, a, c, finding.verdict.outcome);
  return finding.verdict.outcome;
}

static void done(void *arg, const struct conn *c)
{
  (void)arg;
  if (c->flags & CONN_COMPLETED) {
    counts[COMPLETED]++;
  } else if (finding_judge(&finding, c, "") != 0 ||
             finding_is_foreign(&finding)) {
    counts[FOREIGN]++;
  } else if (finding.verdict.outcome == TLSDIAG_OUTCOME_COMPLETED &&
             finding.verdict.causes[0].id == TLSDIAG_CAUSE_NONE) {
    counts[COMPLETED]++;
  } else {
    put_connection(&finding);
  }
}

/* -- the page's calls -- */

static void forget(void)
{
  if (is_open) {
    groups_free(&groups);
    analysis_free(&analysis);
  }
  is_open = 0;
  records.len = 0;
  memset(counts, 0, sizeof counts);
}

/* A new capture; what was left of another one is dropped.  0: out of memory. */
EXPORT("capture_begin") uint32_t page_capture_begin(uint64_t random)
{
  struct analysis_calls calls = {ended, done, NULL};

  forget();
  seed = random;
  groups_init(&groups);
  if (analysis_init(&analysis, NULL, &calls) != 0) {
    groups_free(&groups);
    return 0;
  }
  is_open = 1;
  return 1;
}

/* The frame in the input buffer, of a LINKTYPE_*; 0: of one not known. */
EXPORT("capture_frame")
uint32_t page_capture_frame(uint32_t link, uint64_t t_us, uint32_t len)
{
  analysis.peel = link_for((int)link);
  if (!is_open || analysis.peel == NULL || len > PAGE_INPUT) {
    return 0;
  }
  analysis_frame(&analysis, t_us, page_in, len);
  return 1;
}

EXPORT("capture_end") void page_capture_end(void)
{
  size_t i;

  if (is_open) {
    analysis_end(&analysis);
    for (i = 0; i < groups.num_records; i++) {
      put_group(&groups.record[i]);
    }
  }
}

/* The records since the last call: where, and how many bytes. */
EXPORT("records") char *page_records(void)
{
  return records.text;
}

EXPORT("records_take") uint32_t page_records_take(void)
{
  uint32_t len = (uint32_t)records.len;

  records.len = 0;
  return len;
}

/* What was counted and not told. */
EXPORT("capture_count") double page_capture_count(uint32_t which)
{
  switch (which) {
  case 0:
    return counts[COMPLETED];
  case 1:
    return counts[FOREIGN];
  case 2:
    return (double)analysis.num_fragments;
  case 3:
    return (double)analysis.num_cut;
  case 4:
    return (double)analysis.streams.gap_bytes;
  case 5:
    return (double)(analysis.num_evicted + analysis.num_unwatched);
  default:
    return 0;
  }
}
