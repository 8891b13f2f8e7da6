/* kit.h: two SSLs that talk through memory, and the certificates for it. */
#ifndef HOSTS_OPENSSL_KIT_H
#define HOSTS_OPENSSL_KIT_H

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <tlsdiag/openssl.h>

struct identity {
  X509 *cert;
  EVP_PKEY *key;
};

struct pki {
  struct identity ca, server, expired, client, stranger;
};

void pki_make(struct pki *pki);
void pki_free(struct pki *pki);

/* One handshake between two contexts, each watched. */
struct pair {
  SSL_CTX *client_ctx, *server_ctx;
  SSL *client, *server;
  int client_ret, server_ret; /* of the last call of each */
  int client_error, server_error;
  unsigned long client_code, server_code; /* the error queue afterwards */
  tlsdiag_verdict client_says, server_says;
};

/* Contexts of one version, with certificates and trust in place. */
void pair_init(struct pair *pair, const struct pki *pki, int version);
void pair_attach(struct pair *pair);
/* Makes the SSLs, joined by buffers of `room` bytes. */
void pair_join(struct pair *pair, size_t room);
/* Runs handshake, one byte of data each way, until nothing moves; then asks
 * both sides why. */
void pair_run(struct pair *pair);
/* Frees the SSLs, or all. */
void pair_part(struct pair *pair);
void pair_free(struct pair *pair);

/* One assertion: prints and counts. */
void check_at(const char *file, int line, int ok, const char *what);
#define check(ok, what) check_at(__FILE__, __LINE__, ok, what)
int checks_done(void); /* prints the totals; exit status */

#endif
