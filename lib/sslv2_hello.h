/* sslv2_hello.h: the SSLv2-format CLIENT-HELLO (internal). */
#ifndef TLSDIAG_LIB_SSLV2_HELLO_H
#define TLSDIAG_LIB_SSLV2_HELLO_H

#include "hello.h"

/* sslv2_hello_read reads one from its two-byte record header on.  Returns OK,
 * or E_ABSENT when it is another message. */
int sslv2_hello_read(struct hello *h, struct reader r);

#endif
