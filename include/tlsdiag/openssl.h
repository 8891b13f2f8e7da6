/* openssl.h: the same verdicts from inside a program that uses OpenSSL.
 *
 * libtlsdiag-openssl watches the handshakes of an SSL or of all SSLs of an
 * SSL_CTX by way of OpenSSL's own callbacks and says afterwards why one
 * failed:
 *
 *   tlsdiag_ssl_ctx_attach(ctx, NULL);          once per context
 *   ...
 *   ret = SSL_accept(ssl);
 *   if (ret <= 0) {
 *     tlsdiag_verdict why = {sizeof why};
 *     tlsdiag_ssl_diagnose(ssl, ret, &why);
 *   }
 *
 * It only looks: it sets no option, reads no socket, leaves the error queue
 * and errno as they are, and no handshake ends otherwise because it watches.
 * When memory is short it stops watching, nothing else.
 *
 * The conventions of tlsdiag.h hold here too.  OpenSSL 1.1.1 and 3.x; TLS over
 * any BIO, blocking or not.  DTLS and QUIC connections are left alone.
 *
 * CALLBACKS.  OpenSSL keeps one message callback per SSL and has no function
 * that tells which one is set.  If yours is set already, hand it over in the
 * options (next_msg), or keep it and call tlsdiag_ssl_observe from it.  The
 * info callback can be read back, so the one found is called on by itself.
 *
 * THREADS.  As OpenSSL's own: one SSL by one thread at a time; attach to a
 * context before it is shared. */
#ifndef TLSDIAG_OPENSSL_H
#define TLSDIAG_OPENSSL_H

#include <openssl/ssl.h>
#include <tlsdiag/tlsdiag.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What one SSL needs.  STORAGE keeps a ClientHello of up to about 2 KiB, so
 * that its names can be asked for; MIN only a short one. */
#define TLSDIAG_SSL_MIN 2048
#define TLSDIAG_SSL_STORAGE 4096

/* tlsdiag_ssl_msg_callback is the type SSL_set_msg_callback wants. */
typedef void (*tlsdiag_ssl_msg_callback)(int write_p, int version,
                                         int content_type, const void *buf,
                                         size_t len, SSL *ssl, void *arg);
/* tlsdiag_ssl_report is called once for a handshake that failed or broke off
 * and that nobody asked tlsdiag_ssl_diagnose about: when its SSL is freed.
 * ssl can still be asked for its name, its ex_data and by the functions
 * below. */
typedef void (*tlsdiag_ssl_report)(SSL *ssl, const tlsdiag_verdict *verdict,
                                   void *arg);

enum {
  TLSDIAG_SSL_NO_POLICY = 0x1,       /* do not read the configuration of a
                                        server */
  TLSDIAG_SSL_NO_INFO_CALLBACK = 0x2 /* leave the info callback alone: costs
                                        the difference of FIN and RST when
                                        nobody calls diagnose in time */
};

typedef struct tlsdiag_ssl_options {
  uint32_t size;
  uint32_t flags;   /* TLSDIAG_SSL_* */
  uint32_t storage; /* context: bytes for each SSL, 0: TLSDIAG_SSL_STORAGE */
  uint32_t reserved_;
  const tlsdiag_policy *server_policy; /*[opt] instead of the SSL's own */
  tlsdiag_ssl_msg_callback next_msg;   /*[opt] called after each look */
  void *next_arg;
  tlsdiag_ssl_report report; /*[opt]*/
  void *report_arg;
  uint64_t (*now_us)(void); /*[opt] microseconds since 1970; without it all
                               events have time 0 */
} tlsdiag_ssl_options;

/* tlsdiag_ssl_ctx_attach watches every SSL made of ctx from now on.  Each gets
 * memory from OpenSSL's allocator, freed with it: about 1 KiB at its first
 * record, more for long messages and when it is asked about, opts->storage
 * bytes at most (and the lists of its policy).  Its configuration is read when
 * it is asked about, but for the groups and signature algorithms of a server,
 * which OpenSSL does not tell: to see them the context is asked for a
 * ClientHello here, which goes nowhere; so attach when it is configured.
 * Attaching again gives new options to the SSLs made from then on. */
TLSDIAG_API int
tlsdiag_ssl_ctx_attach(SSL_CTX *ctx, const tlsdiag_ssl_options *opts /*[opt]*/);

/* tlsdiag_ssl_attach watches one SSL in memory of yours (8-aligned, at least
 * TLSDIAG_SSL_MIN bytes), which must outlive the SSL or a call of
 * tlsdiag_ssl_detach.  Attaching again begins afresh. */
TLSDIAG_API int tlsdiag_ssl_attach(SSL *ssl, void *mem, size_t mem_len,
                                   const tlsdiag_ssl_options *opts /*[opt]*/);

/* tlsdiag_ssl_detach forgets what was learnt of ssl and gives its memory
 * back; a context's SSL is watched anew from its next handshake on. */
TLSDIAG_API void tlsdiag_ssl_detach(SSL *ssl);

/* tlsdiag_ssl_observe does one look: for programs that keep their own message
 * callback.  The arguments are those of the callback. */
TLSDIAG_API void tlsdiag_ssl_observe(int write_p, int content_type,
                                     const void *buf, size_t len, SSL *ssl);

/* tlsdiag_ssl_diagnose says why the handshake failed.  Call it right after
 * SSL_accept, SSL_connect, SSL_do_handshake, SSL_read or SSL_write returned
 * `ret`, before errno and the error queue are touched; both are only read.
 * When ret only means "try again" (SSL_ERROR_WANT_*), the call says that you
 * have waited long enough: a timeout.  Later calls repeat the answer, but after
 * a success they go on to look: a TLS 1.3 server refuses a client's
 * certificate when the client has long finished, and its SSL_read says so.
 * E_ABSENT: ssl is not watched or nothing has happened yet. */
TLSDIAG_API int tlsdiag_ssl_diagnose(SSL *ssl, int ret, tlsdiag_verdict *out);

/* tlsdiag_ssl_flow is the flow behind it, for tlsdiag_explain and the
 * observations; NULL when there is none.  It is made when it is first asked
 * for, so ask only where the answer is wanted.  It lives until the SSL is
 * freed, cleared or detached. */
TLSDIAG_API const tlsdiag_flow *tlsdiag_ssl_flow(const SSL *ssl);

/* tlsdiag_ssl_client_hello shows the first ClientHello of the handshake, for
 * tlsdiag_client_hello_decode: server name, versions, fingerprints.  *msg
 * lives until the SSL is freed, cleared or detached.  E_ABSENT: none came;
 * E_STORAGE: too long for the storage. */
TLSDIAG_API int tlsdiag_ssl_client_hello(const SSL *ssl, unsigned *format,
                                         tlsdiag_bytes *msg);

#ifdef __cplusplus
}
#endif
#endif
