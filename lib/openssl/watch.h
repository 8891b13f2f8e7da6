/* watch.h: what the adapter keeps of one SSL and of one SSL_CTX. */
#ifndef TLSDIAG_OPENSSL_WATCH_H
#define TLSDIAG_OPENSSL_WATCH_H

#include <openssl/ssl.h>
#include <tlsdiag/openssl.h>

#define RECORD_HEADER_LEN 5

/* One direction of the connection as the message callback tells it. */
struct direction {
  uint8_t header[RECORD_HEADER_LEN]; /* the newest record header */
  uint8_t pending;  /* 1: nothing of that record's content came yet */
  uint8_t shielded; /* 1: TLS <= 1.2 behind ChangeCipherSpec */
  uint8_t data;     /* 1: application data was noted */
};

/* One SSL.  The flow stands right behind it; in lent memory the ClientHello
 * stands behind that, else it has a block of its own size. */
struct watch {
  tlsdiag_ssl_options opts;
  struct direction side[2]; /* by TLSDIAG_FROM_* */
  uint8_t *hello;
  uint32_t hello_room;
  uint32_t hello_len;  /* as sent; kept when it fits the room */
  uint32_t error_code; /* OpenSSL's, peeked at the moment of failure */
  int32_t error_kind;  /* SSL_ERROR_* of the call that failed */
  int32_t error_errno;
  uint8_t hello_format;
  uint8_t num_hellos;
  uint8_t retry;        /* a HelloRetryRequest went by */
  uint8_t server_hello; /* a ServerHello went by */
  uint8_t started;      /* a record began */
  uint8_t active;       /* the flow holds something */
  uint8_t ended;        /* diagnosed */
  uint8_t lent;         /* the memory is the caller's */
  uint8_t own_alert;    /* 1 + the last fatal alert of this side, 0 none */
  uint8_t any_alert;    /* 1: some fatal alert went by */
  uint8_t not_tls;      /* 1: first bytes that are no record */
};

/* One SSL_CTX. */
struct watch_context {
  tlsdiag_ssl_options opts;
  void (*next_info)(const SSL *ssl, int where, int ret);
  struct watch_context *previous; /* attached before; SSLs may point to it */
  tlsdiag_policy policy;          /* its lists stand behind this struct */
};

/* NULL when not watched; `make` brings a context's SSL under watch. */
struct watch *watch_of(const SSL *ssl);
struct watch *watch_make(SSL *ssl);
/* OpenSSL's allocator, without a word to its caller when there is no memory. */
void *watch_malloc(size_t size);
struct watch_context *watch_context_of(const SSL *ssl);

tlsdiag_flow *watch_flow(const struct watch *watch);
/* Forgets the handshake that was watched, for the next one on the SSL. */
void watch_restart(struct watch *watch);
void watch_flush(struct watch *watch, unsigned from);
/* The same, and a header whose content never came whole. */
void watch_feed_rest(struct watch *watch, unsigned from);
uint64_t watch_now(const struct watch *watch);
unsigned watch_own_side(const SSL *ssl);

/* Feeds what is still pending; tells the flow how the connection ended and
 * what OpenSSL knows of it. */
void watch_end(SSL *ssl, struct watch *watch, int ret);
/* Peeks at the error queue and errno while they are fresh. */
void watch_note_error(SSL *ssl, struct watch *watch, int ret);

/* Calls the report callback if it is due. */
void watch_report(SSL *ssl, struct watch *watch);

/* Bytes that policy_read wants for a context, and the reading. */
size_t policy_room(SSL_CTX *ctx);
void policy_read(SSL_CTX *ctx, tlsdiag_policy *policy, uint16_t *suites);

/* The cause that an X509_V_ERR_* number means for the certificate of one
 * side; TLSDIAG_CAUSE_NONE when it means none. */
uint16_t verify_cause(long result, int of_client);

#endif
