/* routes.c: see routes.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "address.h"
#include "routes.h"

static int name_fits(const char *pattern, const tlsdiag_bytes *name)
{
  const char *text = (const char *)name->ptr;
  size_t want = strlen(pattern);

  if (strcmp(pattern, "*") == 0) {
    return 1;
  }
  if (pattern[0] == '*') {
    want--;
    return name->len > want &&
           strncasecmp(text + name->len - want, pattern + 1, want) == 0;
  }
  return name->len == want && strncasecmp(text, pattern, want) == 0;
}

static int alpn_fits(const char *wanted, const tlsdiag_bytes *list)
{
  tlsdiag_iter it;
  tlsdiag_bytes name;

  tlsdiag_iter_init(&it, list);
  while (wanted[0] != '\0' && tlsdiag_next_name(&it, &name)) {
    if (name.len == strlen(wanted) && memcmp(name.ptr, wanted, name.len) == 0) {
      return 1;
    }
  }
  return wanted[0] == '\0';
}

const struct route *route_find(const struct routes *routes,
                               const tlsdiag_client_hello *hello)
{
  const struct route *route = routes->list;

  for (; route < routes->list + routes->count; route++) {
    if (name_fits(route->name, &hello->server_name) &&
        alpn_fits(route->alpn, &hello->alpn)) {
      return route;
    }
  }
  return NULL;
}

static int parse(const char *text, struct route *out)
{
  char address[64];

  if (sscanf(text, "%255[^/=]/%31[^=]=%63s", out->name, out->alpn, address) !=
      3) {
    out->alpn[0] = '\0';
    if (sscanf(text, "%255[^/=]=%63s", out->name, address) != 2) {
      return -1;
    }
  }
  return address_parse(address, &out->to);
}

int routes_parse(struct routes *routes, char **words, int count)
{
  int i;

  routes->count = count;
  routes->list = calloc((size_t)count, sizeof *routes->list);
  for (i = 0; i < count; i++) {
    if (routes->list == NULL || parse(words[i], &routes->list[i]) != 0) {
      return -1;
    }
  }
  return 0;
}
