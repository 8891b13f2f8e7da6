/* extensions.h: the extensions of a hello (internal). */
#ifndef TLSDIAG_LIB_EXTENSIONS_H
#define TLSDIAG_LIB_EXTENSIONS_H

#include "hello.h"

/* extensions_read reads the extension block at the end of a hello, each
 * extension into h->out.  A fault in the body of one is kept in h->fault and
 * does not hide the next.  Returns the extensions that are there whole. */
tlsdiag_bytes extensions_read(struct hello *h, struct reader r);

#endif
