/* page.c: the library as a WebAssembly module for one page: a hello or a text
 * in by one buffer, words out by another.  Captures: page_capture.c. */
#include <string.h>
#include <tlsdiag/tlsdiag.h>
#include "page.h"
#include "verdict_json.h"

uint8_t page_in[PAGE_INPUT];
char page_out[PAGE_OUTPUT];
static uint8_t scratch[1 << 17];
static tlsdiag_flow flow;
static uint8_t hello[16384]; /* the client's first bytes */
static uint32_t hello_len;
static tlsdiag_text_options writer = {sizeof writer, 0, {0, 0, 0}};

EXPORT("input") uint8_t *page_input(void)
{
  return page_in;
}

EXPORT("input_size") uint32_t page_input_size(void)
{
  return PAGE_INPUT;
}

EXPORT("output") char *page_output(void)
{
  return page_out;
}

EXPORT("begin") void page_begin(void)
{
  tlsdiag_flow_init(&flow, sizeof flow, NULL);
  hello_len = 0;
}

/* The client's next bytes. */
EXPORT("feed") void page_feed(uint32_t len)
{
  uint32_t room = sizeof hello - hello_len;
  uint32_t part = len < room ? len : room;

  if (len > PAGE_INPUT) {
    return;
  }
  tlsdiag_flow_feed(&flow, TLSDIAG_FROM_CLIENT, 0, page_in, len, NULL);
  memcpy(hello + hello_len, page_in, part);
  hello_len += part;
}

EXPORT("close") void page_close(void)
{
  tlsdiag_flow_close(&flow, TLSDIAG_FROM_CLIENT, TLSDIAG_CLOSE_END_OF_CAPTURE,
                     0);
}

/* Who wrote the texts to come: 0 unknown, TLSDIAG_PARTY_CLIENT or _SERVER. */
EXPORT("side") void page_side(uint32_t side)
{
  writer.side = side <= TLSDIAG_PARTY_SERVER ? (uint8_t)side : 0;
}

/* The text in the input buffer, as hints; how many. */
EXPORT("hint") uint32_t page_hint(uint32_t len)
{
  static tlsdiag_hint hints[16];
  size_t count = 16, i;

  if (len > PAGE_INPUT) {
    return 0;
  }
  for (i = 0; i < 16; i++) {
    memset(&hints[i], 0, sizeof hints[i]);
    hints[i].size = sizeof hints[i];
  }
  tlsdiag_text_scan_with(page_in, len, &writer, hints, sizeof hints[0],
                         &count);
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
  return (uint32_t)verdict_json(&line, page_out, sizeof page_out);
}

EXPORT("explain") uint32_t page_explain(void)
{
  tlsdiag_verdict verdict;

  memset(&verdict, 0, sizeof verdict);
  verdict.size = sizeof verdict;
  tlsdiag_classify(&flow, &verdict);
  return (uint32_t)tlsdiag_explain(&flow, &verdict, 0, page_out,
                                   sizeof page_out);
}

/* One step of the ladder: the side as a digit, then the words. */
EXPORT("observation") uint32_t page_observation(uint32_t index)
{
  tlsdiag_observation observation;

  memset(&observation, 0, sizeof observation);
  observation.size = sizeof observation;
  if (tlsdiag_flow_observation(&flow, index, &observation) !=
      TLSDIAG_STATUS_OK) {
    return 0;
  }
  page_out[0] = (char)('0' + observation.from);
  return 1 + (uint32_t)tlsdiag_observation_text(&observation, page_out + 1,
                                                sizeof page_out - 1);
}
