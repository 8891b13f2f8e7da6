/* routes.h: which upstream a hello belongs to. */
#ifndef ROUTES_H
#define ROUTES_H

#include <sys/socket.h>
#include <tlsdiag/tlsdiag.h>

struct route {
  char name[256], alpn[32];
  struct sockaddr_storage to;
};

struct routes {
  struct route *list;
  int count;
};

/* Reads NAME[/ALPN]=ADDRESS words (address.h); NAME may be *.domain, or *.  0:
 * done. */
int routes_parse(struct routes *routes, char **words, int count);
/* The first that fits, or NULL. */
const struct route *route_find(const struct routes *routes,
                               const tlsdiag_client_hello *hello);

#endif
