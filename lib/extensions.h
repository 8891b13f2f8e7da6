/* extensions.h: the extensions of a hello (internal). */
#ifndef TLSDIAG_LIB_EXTENSIONS_H
#define TLSDIAG_LIB_EXTENSIONS_H

#include "hello.h"

/* extensions_block finds the extension block behind the fixed fields:
 * nothing at all (RFC 5246 section 7.4.1.2 allows it), or a vector.  Of a
 * vector that is cut short it yields what there is. */
struct reader extensions_block(struct hello *h, struct reader *r);

/* extensions_read reads every extension of a block into h->out.  A fault in
 * the body of one is kept in h->fault and does not hide the next.  Returns
 * the view of the extensions that are there whole. */
tlsdiag_bytes extensions_read(struct hello *h, struct reader *block);

#endif
