/* address.h: socket addresses as people write them. */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <sys/socket.h>
#include <uv.h>

enum { ADDRESS_TEXT = 64 };

/* Reads PORT (of 127.0.0.1), IPV4:PORT or [IPV6]:PORT.  0: done. */
int address_parse(const char *text, struct sockaddr_storage *out);
/* Writes it back.  An IPv4 client of an IPv6 socket is written as what it
 * is, so that it has one name wherever it connects. */
void address_text(const struct sockaddr_storage *address,
                  char out[ADDRESS_TEXT]);
/* Listens there and says so on standard error, with the port it got.  0: done.
 */
int address_listen(struct sockaddr_storage *address, uv_tcp_t *listener,
                   uv_connection_cb on_connection);

#endif
