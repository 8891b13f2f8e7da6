#include "capture.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis.h"
#include "link.h"
#include "report.h"

enum { PROGRESS_PACKETS = 1 << 18 };

int capture_recognise(const uint8_t *head, size_t head_len, int is_whole)
{
  static const uint8_t magic[][4] = {
      {0xa1, 0xb2, 0xc3, 0xd4}, {0xd4, 0xc3, 0xb2, 0xa1}, /* microseconds */
      {0xa1, 0xb2, 0x3c, 0x4d}, {0x4d, 0x3c, 0xb2, 0xa1}, /* nanoseconds */
      {0xa1, 0xb2, 0xcd, 0x34}, {0x34, 0xcd, 0xb2, 0xa1}, /* Kuznetzov's */
      {0x0a, 0x0d, 0x0d, 0x0a}};                          /* pcapng */
  size_t i;

  (void)is_whole;
  for (i = 0; i < sizeof magic / sizeof magic[0]; i++) {
    if (head_len >= 4 && memcmp(head, magic[i], 4) == 0) {
      return 1;
    }
  }
  return 0;
}

/* Long work shows that it is alive, on a terminal only. */
struct progress {
  int is_on;
  long at; /* of the file; -1 unknown */
  uint64_t size;
};

static void progress_show(const struct progress *p, pcap_t *pcap,
                          uint64_t frames)
{
  FILE *file = pcap_file(pcap);
  long at = p->size > 0 && file != NULL ? ftell(file) : -1;

  if (at >= 0) {
    fprintf(stderr, "\rtlsdiag: %lu packets, %lu%% ", (unsigned long)frames,
            (unsigned long)((uint64_t)at * 100 / p->size));
  } else {
    fprintf(stderr, "\rtlsdiag: %lu packets ", (unsigned long)frames);
  }
  (void)fflush(stderr);
}

static int read_packets(pcap_t *pcap, struct analysis *a,
                        const struct progress *progress)
{
  struct pcap_pkthdr *header;
  const u_char *bytes;
  int status;

  while ((status = pcap_next_ex(pcap, &header, &bytes)) == 1) {
    analysis_frame(
        a, (uint64_t)header->ts.tv_sec * 1000000 + (uint64_t)header->ts.tv_usec,
        bytes, header->caplen);
    if (progress->is_on && a->frame % PROGRESS_PACKETS == 0) {
      progress_show(progress, pcap, a->frame);
    }
  }
  if (progress->is_on && a->frame >= PROGRESS_PACKETS) {
    fputs("\r                                        \r", stderr);
  }
  return status == PCAP_ERROR_BREAK ? 0 : -1;
}

static void unknown_link(struct tool *t, const struct source *s, int dlt)
{
  const char *name = pcap_datalink_val_to_name(dlt);
  const char *what = pcap_datalink_val_to_description(dlt);

  tool_warn(t, s->name, "link type %s%s%s%s (number %d) is not supported",
            name != NULL ? name : "", what != NULL ? " \"" : "",
            what != NULL ? what : "", what != NULL ? "\"" : "", dlt);
}

/* Opens the capture in `s`; NULL after tool_warn(). */
static pcap_t *open_capture(struct tool *t, struct source *s, link_peel **peel)
{
  char error[PCAP_ERRBUF_SIZE];
  pcap_t *pcap = pcap_fopen_offline(s->stream, error);

  if (pcap == NULL) {
    tool_warn(t, s->name, "%s", error);
    return NULL;
  }
  s->stream = NULL; /* libpcap closes it */
  *peel = link_for(pcap_datalink(pcap));
  if (*peel == NULL) {
    unknown_link(t, s, pcap_datalink(pcap));
    pcap_close(pcap);
    return NULL;
  }
  return pcap;
}

/* Runs all packets through `a`.  0: something was read. */
static int analyse(struct tool *t, struct source *s, struct analysis *a,
                   pcap_t *pcap)
{
  struct progress progress;
  int status;

  progress.is_on = isatty(STDERR_FILENO);
  progress.size = s->is_unpacked ? 0 : s->size;
  status = read_packets(pcap, a, &progress);
  if (status != 0 && a->frame > 0) {
    tool_warn(t, s->name, "%s; the %lu packets before that are judged",
              pcap_geterr(pcap), (unsigned long)a->frame);
    status = 0;
  } else if (status != 0) {
    tool_warn(t, s->name, "%s", pcap_geterr(pcap));
  } else if (a->frame == 0) {
    tool_warn(t, s->name, "holds no packets");
  }
  analysis_end(a);
  return status;
}

/* One capture through `done`, with room to look at the analysis after it. */
static int run(struct tool *t, struct source *s, struct analysis *a,
               const struct analysis_calls *calls)
{
  link_peel *peel;
  pcap_t *pcap = open_capture(t, s, &peel);
  int status;

  if (pcap == NULL) {
    return -1;
  }
  if (analysis_init(a, peel, calls) != 0) {
    tool_warn(t, s->name, "out of memory");
    pcap_close(pcap);
    return -1;
  }
  a->keep_completed = t->options->all;
  status = analyse(t, s, a, pcap);
  pcap_close(pcap);
  return status;
}

int capture_report(struct tool *t, struct source *s)
{
  struct analysis a;
  struct analysis_calls calls;
  struct report r;
  int status;

  memset(&a, 0, sizeof a);
  calls.ended = report_ended;
  calls.done = report_connection;
  calls.arg = &r;
  if (report_init(&r, t, s->name) != 0) {
    tool_warn(t, s->name, "out of memory");
    report_free(&r);
    return -1;
  }
  status = run(t, s, &a, &calls);
  if (status == 0) {
    report_end(&r, &a);
  }
  report_free(&r);
  analysis_free(&a);
  return status;
}

/* Keeps the hello of the connection that began first. */
struct first_hello {
  uint8_t *bytes;
  size_t len;
  uint64_t index;
  unsigned format;
  int reserved_;
};

static void take_hello(void *arg, const struct conn *c)
{
  struct first_hello *first = arg;
  const struct watch *w = c->watch;
  uint8_t *copy;

  if (w == NULL || w->hello == NULL || w->hello_is_raw ||
      (first->bytes != NULL && first->index < c->index)) {
    return;
  }
  copy = malloc(w->hello_len);
  if (copy == NULL) {
    return;
  }
  memcpy(copy, w->hello, w->hello_len);
  free(first->bytes);
  first->bytes = copy;
  first->len = w->hello_len;
  first->format = w->hello_format;
  first->index = c->index;
}

int capture_first_hello(struct tool *t, struct source *s, struct hello *h)
{
  struct analysis_calls calls;
  struct first_hello first;
  struct analysis a;
  int status;

  memset(&a, 0, sizeof a);
  memset(&first, 0, sizeof first);
  calls.ended = NULL;
  calls.done = take_hello;
  calls.arg = &first;
  status = run(t, s, &a, &calls);
  analysis_free(&a);
  if (status != 0) {
    free(first.bytes);
    return -1;
  }
  if (first.bytes == NULL) {
    tool_warn(t, s->name, "holds no whole ClientHello");
    return -1;
  }
  h->bytes = first.bytes;
  h->len = first.len;
  h->message.ptr = first.bytes;
  h->message.len = first.len;
  h->format = first.format;
  return 0;
}
