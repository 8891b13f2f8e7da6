/* page.c: the library as a WebAssembly module for one page: one flow at a time,
 * bytes in by a buffer, words out by another. */
#include <string.h>
#include <tlsdiag/tlsdiag.h>
#include "verdict_json.h"

#define EXPORT(name) __attribute__((export_name(name)))

static uint8_t input[1 << 20], scratch[1 << 17];
static char output[1 << 16];
static tlsdiag_flow flow;
static uint8_t hello[16384]; /* the client's first bytes */
static uint32_t hello_len;

/* -- the four functions a C compiler calls on its own -- */

void *memcpy(void *to, const void *from, size_t len)
{
  uint8_t *t = to;
  const uint8_t *f = from;

  while (len-- > 0) {
    *t++ = *f++;
  }
  return to;
}

void *memmove(void *to, const void *from, size_t len)
{
  uint8_t *t = to;
  const uint8_t *f = from;

  if (t < f) {
    return memcpy(to, from, len);
  }
  while (len-- > 0) {
    t[len] = f[len];
  }
  return to;
}

void *memset(void *to, int value, size_t len)
{
  uint8_t *t = to;

  while (len-- > 0) {
    *t++ = (uint8_t)value;
  }
  return to;
}

int memcmp(const void *a, const void *b, size_t len)
{
  const uint8_t *x = a, *y = b;

  for (; len > 0; len--, x++, y++) {
    if (*x != *y) {
      return *x - *y;
    }
  }
  return 0;
}

size_t strlen(const char *text)
{
  size_t len = 0;

  while (text[len] != '\0') {
    len++;
  }
  return len;
}

/* -- the page's calls -- */

EXPORT("input") uint8_t *page_input(void)
{
  return input;
}

EXPORT("input_size") uint32_t page_input_size(void)
{
  return sizeof input;
}

EXPORT("output") char *page_output(void)
{
  return output;
}

EXPORT("begin") void page_begin(uint32_t wall_clock)
{
  tlsdiag_flow_options options = {sizeof options, 0, NULL};

  options.flags = wall_clock ? TLSDIAG_FLOW_WALL_CLOCK : 0;
  tlsdiag_flow_init(&flow, sizeof flow, &options);
  hello_len = 0;
}

EXPORT("feed") void page_feed(uint32_t from, uint64_t t_us, uint32_t len)
{
  if (len > sizeof input) {
    return;
  }
  tlsdiag_flow_feed(&flow, from, t_us, input, len, NULL);
  if (from == TLSDIAG_FROM_CLIENT) {
    uint32_t room = sizeof hello - hello_len;
    uint32_t part = len < room ? len : room;
    memcpy(hello + hello_len, input, part);
    hello_len += part;
  }
}

EXPORT("gap") void page_gap(uint32_t from, uint64_t t_us, uint32_t missing)
{
  tlsdiag_flow_gap(&flow, from, t_us, missing);
}

EXPORT("close") void page_close(uint32_t from, uint32_t how, uint64_t t_us)
{
  tlsdiag_flow_close(&flow, from, how, t_us);
}

/* Everything a TCP header told: see tlsdiag_segment. */
EXPORT("segment")
void page_segment(uint32_t from, uint32_t tcp_flags, uint32_t ttl,
                  uint32_t flags, uint32_t ip_id, uint32_t window, uint32_t mss,
                  uint32_t len, uint32_t seq, uint32_t ack, uint64_t t_us)
{
  tlsdiag_segment segment;

  memset(&segment, 0, sizeof segment);
  segment.size = sizeof segment;
  segment.from = (uint8_t)from;
  segment.tcp_flags = (uint8_t)tcp_flags;
  segment.ttl = (uint8_t)ttl;
  segment.flags = (uint8_t)flags;
  segment.ip_id = (uint16_t)ip_id;
  segment.window = (uint16_t)window;
  segment.mss = (uint16_t)mss;
  segment.payload_len = len;
  segment.seq = seq;
  segment.ack = ack;
  segment.t_us = t_us;
  tlsdiag_flow_segment(&flow, &segment);
}

/* The text in the input buffer, as hints; how many. */
EXPORT("hint") uint32_t page_hint(uint32_t len)
{
  static tlsdiag_hint hints[16];
  size_t count = 16, i;

  if (len > sizeof input) {
    return 0;
  }
  for (i = 0; i < 16; i++) {
    memset(&hints[i], 0, sizeof hints[i]);
    hints[i].size = sizeof hints[i];
  }
  tlsdiag_text_scan(input, len, hints, sizeof hints[0], &count);
  for (i = 0; i < count && i < 16; i++) {
    tlsdiag_flow_hint(&flow, &hints[i], 0);
  }
  return (uint32_t)count;
}

/* The verdict as JSON in the output buffer; its length. */
EXPORT("verdict") uint32_t page_verdict(void)
{
  tlsdiag_verdict verdict;
  struct verdict_line line;

  memset(&verdict, 0, sizeof verdict);
  memset(&line, 0, sizeof line);
  verdict.size = sizeof verdict;
  tlsdiag_classify(&flow, &verdict);
  line.flow = &flow;
  line.verdict = &verdict;
  line.format = hello_len > 0 && (hello[0] & 0x80) ? TLSDIAG_FORMAT_SSLV2
                                                   : TLSDIAG_FORMAT_TLS;
  if (tlsdiag_find_handshake(hello, hello_len, scratch, sizeof scratch,
                             &line.hello, NULL) != TLSDIAG_STATUS_OK) {
    line.hello.len = 0;
  }
  return (uint32_t)verdict_json(&line, output, sizeof output);
}

EXPORT("explain") uint32_t page_explain(void)
{
  tlsdiag_verdict verdict;

  memset(&verdict, 0, sizeof verdict);
  verdict.size = sizeof verdict;
  tlsdiag_classify(&flow, &verdict);
  return (uint32_t)tlsdiag_explain(&flow, &verdict, 0, output, sizeof output);
}

EXPORT("observation") uint32_t page_observation(uint32_t index)
{
  tlsdiag_observation observation;

  memset(&observation, 0, sizeof observation);
  observation.size = sizeof observation;
  if (tlsdiag_flow_observation(&flow, index, &observation) !=
      TLSDIAG_STATUS_OK) {
    return 0;
  }
  output[0] = (char)('0' + observation.from);
  return 1 + (uint32_t)tlsdiag_observation_text(&observation, output + 1,
                                                sizeof output - 1);
}
