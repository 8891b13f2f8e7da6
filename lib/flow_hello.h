/* flow_hello.h: hellos become observations (internal). */
#ifndef TLSDIAG_LIB_FLOW_HELLO_H
#define TLSDIAG_LIB_FLOW_HELLO_H

#include "flow.h"

void client_hello_read(struct flow *f, const struct message *m);
void server_hello_read(struct flow *f, const struct message *m);

#endif
