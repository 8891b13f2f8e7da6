/* log_who.h: whom a log line is about: addresses and names. */
#ifndef TLSDIAG_CLI_LOG_WHO_H
#define TLSDIAG_CLI_LOG_WHO_H

#include "log_line.h"

/* The address at p without its port, its length; 0 if there is none. */
size_t log_address_len(const uint8_t *p, size_t left);
/* Sets client and port: the address that a word like "client" marks, else one
 * with a port, else the first.  Addresses of servers do not count. */
void log_client_find(struct log_line *l);
/* Sets name: server name, host or SNI. */
void log_name_find(struct log_line *l);
/* Sets name to what follows the mark up to one of the stops; 1 if it is
 * there. */
int log_name_set(struct log_line *l, const char *mark, const char *stops);
/* Where a word is, NULL if it is not there. */
const uint8_t *log_word(const uint8_t *in, size_t len, const char *word);

#endif
