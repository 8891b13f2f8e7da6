/* settings.h: what the proxy is told when it is started. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "address.h"
#include "routes.h"

#define SETTINGS_USAGE                                                         \
  "[OPTION VALUE]... LISTEN ROUTE...\n"                                        \
  "  LISTEN  PORT (of 127.0.0.1), IPV4:PORT or [IPV6]:PORT\n"                  \
  "  ROUTE   NAME[/ALPN]=ADDRESS:PORT; NAME may be *.domain, or * for all\n"   \
  "  --redis ADDRESS:PORT   compare what a client met at all proxies that\n"   \
  "                         share it\n"                                        \
  "  --patience SECONDS     for a hello, and for the upstream's answer (10)\n" \
  "  --drain SECONDS        for connections to end after SIGTERM (5)\n"

struct settings {
  struct sockaddr_storage listen;
  struct routes routes;
  unsigned patience_ms, drain_ms;
  char *redis_host; /* NULL: not shared; digits */
  int redis_port;
};

/* 0: done. */
int settings_parse(struct settings *settings, int argc, char **argv);

#endif
