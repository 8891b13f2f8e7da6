/* dump_suite.h: numbers for the names that tools print. */
#ifndef TLSDIAG_CLI_DUMP_SUITE_H
#define TLSDIAG_CLI_DUMP_SUITE_H

#include "dump_line.h"

/* The cipher suite whose name, IANA's or OpenSSL's, begins at `at`; 0 for an
 * unknown one. */
unsigned dump_suite(const struct dump_line *line, size_t at);
/* A value of a TLSDIAG_REGISTRY_* by the name that begins at `at`; 0 for an
 * unknown one. */
unsigned dump_value(const struct dump_line *line, size_t at, unsigned registry);
/* 0x0303 for "TLSv1.2", "TLS 1.2", "TLS1.2"; 0 for what is none. */
unsigned dump_version(const struct dump_line *line, size_t at);

#endif
