/* dump_report.h: the final report of openssl s_client. */
#ifndef TLSDIAG_CLI_DUMP_REPORT_H
#define TLSDIAG_CLI_DUMP_REPORT_H

#include "dump_line.h"

struct dump_report {
  int is_there;
  int failed;        /* an error line stands beside it */
  uint32_t num_read; /* bytes */
  uint32_t num_written;
  unsigned version; /* agreed on, 0 none */
  unsigned suite;   /* agreed on, 0 none */
  int has_ems;      /* 1 yes, -1 no, 0 not told */
  int has_tls13;    /* it was offered at least */
  int has_certificate;
  int has_key_exchange;
  struct dump_line server; /* address, if told */
};

void dump_report_read(struct dump_report *r, const uint8_t *text, size_t len);

#endif
