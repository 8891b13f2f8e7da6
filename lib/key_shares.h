/* key_shares.h: the key shares of a ClientHello (internal). */
#ifndef TLSDIAG_LIB_KEY_SHARES_H
#define TLSDIAG_LIB_KEY_SHARES_H

#include "hello.h"

/* key_shares_check reports each share whose group is not in supported_groups
 * and each that comes twice, once both lists are read. */
void key_shares_check(struct hello *h);

#endif
