/* address.c: see address.h. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "address.h"

static int parse_port(const char *text, in_port_t *out)
{
  char *end;
  long port = strtol(text, &end, 10);

  *out = htons((uint16_t)port);
  return end != text && *end == '\0' && port >= 0 && port <= 65535 ? 0 : -1;
}

int address_parse(const char *text, struct sockaddr_storage *out)
{
  struct sockaddr_in *v4 = (struct sockaddr_in *)out;
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
  const char *colon = strrchr(text, ':');
  char host[INET6_ADDRSTRLEN] = "127.0.0.1";
  size_t len = colon != NULL ? (size_t)(colon - text) : 0;

  memset(out, 0, sizeof *out);
  if (text[0] == '[' && len > 2 && text[len - 1] == ']') {
    snprintf(host, sizeof host, "%.*s", (int)(len - 2), text + 1);
    v6->sin6_family = AF_INET6;
    return inet_pton(AF_INET6, host, &v6->sin6_addr) == 1
               ? parse_port(colon + 1, &v6->sin6_port)
               : -1;
  }
  if (colon != NULL) {
    snprintf(host, sizeof host, "%.*s", (int)len, text);
  }
  v4->sin_family = AF_INET;
  return inet_pton(AF_INET, host, &v4->sin_addr) == 1
             ? parse_port(colon != NULL ? colon + 1 : text, &v4->sin_port)
             : -1;
}

void address_text(const struct sockaddr_storage *address,
                  char out[ADDRESS_TEXT])
{
  const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
  const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
  char host[INET6_ADDRSTRLEN] = "";

  if (address->ss_family == AF_INET) {
    inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host);
    snprintf(out, ADDRESS_TEXT, "%s:%d", host, ntohs(v4->sin_port));
  } else if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
    inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], host, sizeof host);
    snprintf(out, ADDRESS_TEXT, "%s:%d", host, ntohs(v6->sin6_port));
  } else {
    inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host);
    snprintf(out, ADDRESS_TEXT, "[%s]:%d", host, ntohs(v6->sin6_port));
  }
}

int address_listen(struct sockaddr_storage *address, uv_tcp_t *listener,
                   uv_connection_cb on_connection)
{
  struct sockaddr *there = (struct sockaddr *)address;
  char text[ADDRESS_TEXT];
  int len = sizeof *address, rc = uv_tcp_bind(listener, there, 0);

  rc = rc == 0 ? uv_listen((uv_stream_t *)listener, 511, on_connection) : rc;
  rc = rc == 0 ? uv_tcp_getsockname(listener, there, &len) : rc;
  address_text(address, text);
  if (rc != 0) {
    fprintf(stderr, "%s: %s\n", text, uv_strerror(rc));
  } else {
    fprintf(stderr, "listens on %s\n", text);
  }
  return rc;
}
