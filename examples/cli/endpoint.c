#include "endpoint.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* Up to 65535 in decimal; returns the end of it. */
static char *put_number(char *at, unsigned value)
{
  char digits[5];
  size_t len = 0;

  do {
    digits[len++] = (char)('0' + value % 10);
    value /= 10;
  } while (value > 0);
  while (len > 0) {
    *at++ = digits[--len];
  }
  *at = '\0';
  return at;
}

/* Most connections are told with two of these: no printf. */
void host_text(const uint8_t *addr, uint8_t family, char *text)
{
  unsigned i;

  if (family != FAMILY_IP4) {
    if (inet_ntop(AF_INET6, addr, text, INET6_ADDRSTRLEN) == NULL) {
      *text = '\0';
    }
    return;
  }
  for (i = 0; i < 4; i++) {
    text = put_number(text, addr[i]);
    if (i < 3) {
      *text++ = '.';
    }
  }
}

void endpoint_text(const struct conn_key *key, unsigned side, char *text)
{
  if (key->family == FAMILY_IP4) {
    host_text(key->addr[side], key->family, text);
    text += strlen(text);
  } else {
    *text++ = '[';
    host_text(key->addr[side], key->family, text);
    text += strlen(text);
    *text++ = ']';
  }
  *text++ = ':';
  (void)put_number(text, key->port[side]);
}

void host_pseudonym(struct redactor *r, const uint8_t *addr, uint8_t family,
                    char *text)
{
  uint32_t host =
      redact_number(r, REDACT_HOST, addr, family == FAMILY_IP4 ? 4 : 16);

  (void)snprintf(text, ENDPOINT_TEXT, "host%lu", (unsigned long)host);
}

void endpoint_pseudonym(struct redactor *r, const struct conn_key *key,
                        unsigned side, char *text)
{
  uint32_t port;
  size_t len;

  host_pseudonym(r, key->addr[side], key->family, text);
  port =
      redact_number(r, REDACT_PORT, &key->port[side], sizeof key->port[side]);
  len = strlen(text);
  (void)snprintf(text + len, ENDPOINT_TEXT - len, ":port%lu",
                 (unsigned long)port);
}
