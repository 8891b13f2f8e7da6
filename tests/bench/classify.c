/* classify.c: one failed flow, classified again and again, to be counted by
 * callgrind: classify HELLO ENDING TIMES.  ENDING is the server's alert, or
 * rst, or fin. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tlsdiag/tlsdiag.h"

static tlsdiag_flow flow;
static unsigned char hello[20000];

static void end_with(const char *ending)
{
  unsigned char alert[] = {21, 3, 3, 0, 2, 2, 0};
  unsigned how = TLSDIAG_CLOSE_FIN;

  if (strcmp(ending, "rst") == 0) {
    how = TLSDIAG_CLOSE_RST;
  } else if (strcmp(ending, "fin") != 0) {
    alert[6] = (unsigned char)atoi(ending);
    tlsdiag_flow_feed(&flow, TLSDIAG_FROM_SERVER, 1000, alert, sizeof alert,
                      NULL);
  }
  tlsdiag_flow_close(&flow, TLSDIAG_FROM_SERVER, how, 2000);
}

int main(int argc, char **argv)
{
  tlsdiag_verdict verdict;
  size_t len;
  FILE *file;
  long i, times;

  if (argc != 4 || (file = fopen(argv[1], "rb")) == NULL) {
    return 2;
  }
  times = atol(argv[3]);
  len = fread(hello, 1, sizeof hello, file);
  fclose(file);
  tlsdiag_flow_init(&flow, sizeof flow, NULL);
  tlsdiag_flow_feed(&flow, TLSDIAG_FROM_CLIENT, 0, hello, len, NULL);
  end_with(argv[2]);
  for (i = 0; i < times; i++) {
    verdict.size = sizeof verdict;
    tlsdiag_classify(&flow, &verdict);
  }
  return verdict.outcome == TLSDIAG_OUTCOME_FAILED ? 0 : 1;
}
