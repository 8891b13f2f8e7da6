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
  struct identity ca, server, expired, future, p384, rsa, weak, not_server,
      inner_ca, inner, client, client_expired, stranger;
};

void pki_make(struct pki *pki);
/* Those with RSA keys, which take a different time to find each time. */
void pki_add_rsa(struct pki *pki);
void pki_free(struct pki *pki);

/* What a program can see of one end: compared between a run that is watched
 * and one that is not. */
struct seen {
  int ret, error;   /* of the last call */
  char queue[1024]; /* the whole error queue behind it */
  char alerts[128]; /* in and out, by the info callback */
  char result[256]; /* what was negotiated */
};

/* One handshake between two contexts, each watched. */
struct pair {
  SSL_CTX *client_ctx, *server_ctx, *host_ctx; /* the last for a name */
  SSL *client, *server;
  struct seen client_seen, server_seen;
  tlsdiag_verdict client_says, server_says;
};

void identity_use(SSL_CTX *ctx, const struct identity *id);
/* Alerts of this context's SSLs are noted there. */
void context_note(SSL_CTX *ctx, struct seen *seen);
/* Contexts of one version, with certificates and trust in place. */
void pair_init(struct pair *pair, const struct pki *pki, int version);
void pair_attach(struct pair *pair);
/* Makes the SSLs, joined by buffers of `room` bytes. */
void pair_join(struct pair *pair, size_t room);
/* Runs handshake, one byte of data each way, until nothing moves; then asks
 * both sides why. */
void pair_run(struct pair *pair);
/* Forgets what was seen and said, for another run. */
void pair_again(struct pair *pair);
/* Frees the SSLs, or all. */
void pair_part(struct pair *pair);
void pair_free(struct pair *pair);

/* One assertion: prints and counts. */
void check_at(const char *file, int line, int ok, const char *what);
#define check(ok, what) check_at(__FILE__, __LINE__, ok, what)
int checks_done(void); /* prints the totals; exit status */

#endif
