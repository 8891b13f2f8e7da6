/* decode.c: decodes each hello given on the command line N times; run under
 * callgrind by decode.sh, which takes the difference of two N. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tlsdiag/tlsdiag.h"

#define MAX_FILE 65536

static uint8_t file[MAX_FILE];
static uint8_t scratch[MAX_FILE];

static int decode_file(const char *path, long times)
{
  FILE *f = fopen(path, "rb");
  size_t len;
  tlsdiag_bytes msg;
  tlsdiag_client_hello ch;
  unsigned format;
  long i;

  if (f == NULL) {
    perror(path);
    return 1;
  }
  len = fread(file, 1, sizeof file, f);
  fclose(f);
  if (tlsdiag_find_handshake(file, len, scratch, sizeof scratch, &msg, NULL) !=
      TLSDIAG_STATUS_OK) {
    fprintf(stderr, "%s: no handshake message\n", path);
    return 1;
  }
  format = msg.ptr == file ? TLSDIAG_FORMAT_SSLV2 : TLSDIAG_FORMAT_TLS;
  ch.size = sizeof ch;
  for (i = 0; i < times; i++) {
    if (tlsdiag_client_hello_decode(msg.ptr, msg.len, format, &ch, NULL) !=
        TLSDIAG_STATUS_OK) {
      fprintf(stderr, "%s: does not decode\n", path);
      return 1;
    }
  }
  return 0;
}

int main(int argc, char **argv)
{
  int status = 0;
  int i;

  if (argc < 3) {
    fprintf(stderr, "usage: decode TIMES HELLO...\n");
    return 2;
  }
  for (i = 2; i < argc; i++) {
    status |= decode_file(argv[i], strtol(argv[1], NULL, 10));
  }
  return status;
}
