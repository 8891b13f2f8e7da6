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

typedef void (*info_callback)(const SSL *ssl, int where, int ret);

/* Room for journal entries, which stand behind it. */
struct room {
  struct room *next;
  uint32_t len;
  uint32_t used;
};

/* One SSL.  In lent memory the flow and the journal's room stand behind it;
 * else a first room does, and the flow is made when somebody asks. */
struct watch {
  tlsdiag_ssl_options opts;
  info_callback next_info;  /* to call on */
  struct direction side[2]; /* by TLSDIAG_FROM_* */
  tlsdiag_flow *flow;
  struct room *first, *last; /* the journal */
  const uint8_t *hello;      /* the first ClientHello in it, NULL: too long */
  uint64_t start_us;
  uint32_t may_ask;    /* bytes the journal may still ask the allocator for */
  uint32_t hello_len;  /* as sent */
  uint32_t error_code; /* OpenSSL's, peeked at the moment of failure */
  int32_t error_kind;  /* SSL_ERROR_* of the call that failed */
  int32_t error_errno;
  uint8_t num_hellos;
  uint8_t retry;        /* a HelloRetryRequest went by */
  uint8_t server_hello; /* a ServerHello went by */
  uint8_t started;      /* a record began */
  uint8_t active;       /* there is something in the journal or the flow */
  uint8_t live;         /* the journal was told to the flow; what comes now is
                           told at once */
  uint8_t lost;         /* no memory for the flow */
  uint8_t ended;        /* diagnosed */
  uint8_t lent;         /* the memory is the caller's */
  uint8_t own_alert;    /* 1 + the last fatal alert of this side, 0 none */
  uint8_t any_alert;    /* 1: some fatal alert went by */
  uint8_t not_tls;      /* 1: first bytes that are no record */
};

enum { MAX_PROBED = 64 }; /* elements of a list; OpenSSL knows some 30 */

/* What a context does not tell but shows. */
struct probed {
  uint16_t num_groups, num_sigalgs;
  uint16_t groups[MAX_PROBED], sigalgs[MAX_PROBED];
};

/* One SSL_CTX. */
struct watch_context {
  tlsdiag_ssl_options opts;
  info_callback next_info;
  struct watch_context *previous; /* attached before; callbacks may use it */
  struct probed probed;
};

/* ---- attach.c ---- */

struct watch *watch_of(const SSL *ssl);
/* Brings a context's SSL under watch, with room for a first record of `len`
 * bytes; NULL when it is not to be watched. */
struct watch *watch_make(SSL *ssl, size_t len);
struct watch_context *watch_context_of(const SSL *ssl);
/* OpenSSL's allocator, without a word to its caller when there is no memory. */
void *watch_malloc(size_t size);
/* Forgets the handshake that was watched, for the next one on the SSL. */
void watch_restart(struct watch *watch);

/* ---- journal.c ---- */

enum {
  JOURNAL_PLAIN,   /* content of a record that can be read */
  JOURNAL_OUTLINE, /* the same, of a handshake message's head alone */
  JOURNAL_SHAPE,   /* a protected record: its header and its length */
  JOURNAL_RAW      /* bytes as they came */
};

/* Notes what went by: `type` is a PLAIN record's content type; SHAPE takes no
 * data, its header is the newest of that side.  Returns where the data are
 * kept; NULL when there was no room and the flow was told at once. */
const uint8_t *journal_add(SSL *ssl, struct watch *watch, unsigned from,
                           unsigned kind, unsigned type, const uint8_t *data,
                           size_t len);
/* Empties it and gives back what it asked for. */
void journal_reset(struct watch *watch);
/* The flow, told all that is in the journal; NULL without memory for it. */
tlsdiag_flow *watch_flow(SSL *ssl, struct watch *watch);
uint64_t watch_now(const struct watch *watch);

/* ---- observe.c ---- */

/* The message callback itself; `version` and `arg` are not used. */
void watch_observe(int write_p, int version, int content_type, const void *buf,
                   size_t len, SSL *ssl, void *arg);

/* Notes what stood in the clear in the newest record of that side. */
const uint8_t *watch_plain(SSL *ssl, struct watch *watch, unsigned from,
                           unsigned type, const uint8_t *data, size_t len);
/* Notes the shape of a record that is still pending. */
void watch_flush(SSL *ssl, struct watch *watch, unsigned from);
/* The same, and a header whose content never came whole. */
void watch_feed_rest(SSL *ssl, struct watch *watch, unsigned from);
unsigned watch_own_side(const SSL *ssl);

/* ---- alert.c ---- */

void watch_alert(SSL *ssl, struct watch *watch, unsigned from, int written,
                 const uint8_t *msg, size_t len);

/* ---- diagnose.c ---- */

/* Tells the flow what is pending, how the connection ended and what OpenSSL
 * knows of it.  0: there is no flow. */
int watch_end(SSL *ssl, struct watch *watch, int ret);
/* Peeks at the error queue and errno while they are fresh. */
void watch_note_error(SSL *ssl, struct watch *watch, int ret);
/* Calls the report callback if it is due. */
void watch_report(SSL *ssl, struct watch *watch);

/* ---- policy.c ---- */

/* Bytes that policy_read wants for a server's SSL, 0 for a client's: the
 * hello of a client says all that its configuration could. */
size_t policy_room(SSL *ssl);
/* Reads the SSL's own configuration into `mem`, 8-aligned. */
const tlsdiag_policy *policy_read(SSL *ssl, const struct watch *watch,
                                  void *mem);

/* ---- probe.c ---- */

/* Reads the lists of a context; empty ones when that cannot be done unseen. */
void probe_context(SSL_CTX *ctx, struct probed *out);

/* ---- verify.c ---- */

/* The cause that an X509_V_ERR_* number means for the certificate of one
 * side; TLSDIAG_CAUSE_NONE when it means none. */
uint16_t verify_cause(long result, int of_client);

#endif
