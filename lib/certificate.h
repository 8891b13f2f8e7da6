/* certificate.h: what a verdict needs to know of the certificate messages of
 * TLS 1.2 and older.  Wire facts only: no path validation, no signature check,
 * no allocation. */
#ifndef TLSDIAG_LIB_CERTIFICATE_H
#define TLSDIAG_LIB_CERTIFICATE_H

#include "reader.h"

/* What the certificate is judged against. */
struct cert_context {
  uint64_t name_hash;   /* hash_name of the requested host name, 0: none */
  uint64_t parent_hash; /* hash_name of what follows its first label, 0: none */
  uint64_t unix_seconds; /* time of the observation, 0: not known */
  uint8_t address[16];   /* the requested name as an address */
  uint8_t address_len;   /* 0, 4 or 16 */
  uint8_t from_client;   /* 1: a client certificate */
  uint8_t reserved_[6];
};

struct cert_facts {
  uint32_t flags;    /* TLSDIAG_CERT_* */
  uint16_t key_bits; /* of the leaf */
  uint16_t count;    /* certificates in the message */
};

/* Reads the body of a Certificate message (RFC 5246 section 7.4.2). */
void certificate_read(struct reader *body, const struct cert_context *context,
                      struct cert_facts *facts);

struct ske_facts {
  uint32_t group;      /* named curve, 0: none */
  uint32_t prime_bits; /* of a finite-field DH prime, 0: none */
};

/* Reads the body of a ServerKeyExchange (RFC 5246 section 7.4.3, RFC 8422
 * section 5.4) for a suite's key exchange class: SUITE_KX_*. */
void server_key_exchange_read(struct reader *body, unsigned key_exchange,
                              struct ske_facts *facts);

struct creq_facts {
  uint32_t num_names;
  uint32_t num_signature_algorithms;
};

/* Reads the body of a CertificateRequest (RFC 5246 section 7.4.4); `version`
 * tells whether it lists signature algorithms. */
void certificate_request_read(struct reader *body, unsigned version,
                              struct creq_facts *facts);

#endif
