/* certificate.h: what a verdict needs to know of the certificate messages of
 * TLS 1.2 and older.  Wire facts only: no path validation, no signature check,
 * no allocation.
 *
 *   certificate.c     Certificate: the list and how its members hang together
 *     ├► x509.c           one certificate
 *     │    └► x509_ext.c      its extensions
 *     ├► der.c            elements of DER
 *     └► oid.c            object identifiers
 *   key_exchange.c    ServerKeyExchange, CertificateRequest */
#ifndef TLSDIAG_LIB_CERTIFICATE_H
#define TLSDIAG_LIB_CERTIFICATE_H

#include "reader.h"

/* What the certificate is judged against. */
struct cert_context {
  uint64_t name_hash;   /* hash_name of the requested host name, 0: none */
  uint64_t parent_hash; /* hash_name of what follows its first label, 0: none */
  uint64_t unix_seconds; /* time of the observation, 0: not known */
  uint8_t address[16];   /* the requested name as an address */
  uint8_t address_len;   /* 0, 4 or 16; if not 0, only addresses match */
  uint8_t from_client;   /* 1: a client certificate: names do not matter */
  uint8_t partial;       /* 1: the body may lack its end: what is missing was
                          * not seen, and is no fault of the sender */
  uint8_t key_exchange;  /* SUITE_KX_* of the chosen suite, 0: not known */
  uint8_t reserved_[4];
};

/* flags:
 *   EMPTY          The list has no certificate.
 *   SELF_SIGNED    The leaf's issuer and subject are the same, and so are the
 *                  key identifiers if it has both.
 *   SINGLE         The list is a leaf that is not self-signed, nothing else.
 *                  Right where a root issued it, else the chain lacks its
 *                  intermediates: the wire alone does not tell.
 *   INCOMPLETE     An intermediate is lacking, as far as the list itself
 *                  shows.  A list that ends below the root is normal (RFC 5246
 *                  section 7.4.2); certificate.c says what is taken as a sign.
 *   UNORDERED      A certificate is followed by one that did not issue it.
 *   ROOT_INCLUDED  The last of several certificates is self-signed.
 *   EXPIRED, NOT_YET_VALID, RECENT, NAME_*, NO_NAMES, IS_CA, MUST_STAPLE, RSA,
 *   ECDSA, BAD_KEY_USAGE, NOT_FOR_*    speak of the leaf.
 *   NO_NAMES       No dNSName and no iPAddress (server only).  Then
 *                  NAME_MATCH means that the common name would do: OpenSSL
 *                  and GnuTLS take it, browsers, Go and RFC 9525 do not.
 *   WEAK_*, CRITICAL_UNKNOWN           speak of any certificate; of the
 *                  signature and extensions of a root nobody takes notice.
 *   MALFORMED      A fault, which the reader keeps.
 *   NOT_READ       The body ended early, and context->partial allows that.
 * What rests on the absence of something is only said where all was read. */
struct cert_facts {
  uint32_t flags;    /* TLSDIAG_CERT_* */
  uint16_t key_bits; /* of the leaf; Ed25519: 256, Ed448: 456 */
  uint16_t count;    /* certificates seen, also those cut short; saturates */
};

/* certificate_read reads the body of a Certificate message (RFC 5246 section
 * 7.4.2). */
void certificate_read(struct reader *body, const struct cert_context *context,
                      struct cert_facts *facts);

/* Groups of a ServerKeyExchange that spells its curve out (RFC 8422 appendix
 * A: their code points in supported_groups). */
enum { GROUP_EXPLICIT_PRIME = 0xff01, GROUP_EXPLICIT_CHAR2 = 0xff02 };

struct ske_facts {
  uint32_t group;      /* named curve or GROUP_EXPLICIT_*, 0: none */
  uint32_t prime_bits; /* of a finite-field DH prime, 0: none */
};

/* server_key_exchange_read reads the body of a ServerKeyExchange (RFC 5246
 * section 7.4.3, RFC 8422 section 5.4, RFC 4279, RFC 5489) for a suite's key
 * exchange class: SUITE_KX_*.  It stops before the signature. */
void server_key_exchange_read(struct reader *body, unsigned key_exchange,
                              struct ske_facts *facts);

/* Certificate types a server accepts (RFC 5246 section 7.4.4, RFC 8422 section
 * 5.5). */
enum {
  CREQ_RSA = 0x1,   /* rsa_sign */
  CREQ_DSS = 0x2,   /* dss_sign */
  CREQ_ECDSA = 0x4, /* ecdsa_sign: also EdDSA */
  CREQ_OTHER = 0x8
};

struct creq_facts {
  uint32_t num_names; /* of CAs */
  uint32_t num_signature_algorithms;
  uint32_t types; /* CREQ_* */
};

/* certificate_request_read reads the body of a CertificateRequest (RFC 5246
 * section 7.4.4); `version`, TLS or DTLS, tells whether it lists signature
 * algorithms. */
void certificate_request_read(struct reader *body, unsigned version,
                              struct creq_facts *facts);

#endif
