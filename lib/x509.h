/* x509.h: one X.509 certificate (RFC 5280), reduced to facts.  No signature is
 * checked and nothing is trusted. */
#ifndef TLSDIAG_LIB_X509_H
#define TLSDIAG_LIB_X509_H

#include "certificate.h"

enum {
  X509_SOUND = 0x1, /* read to its end: what was not found is not there */
  X509_WEAK_SIGNATURE = 0x2,
  X509_WEAK_KEY = 0x4,
  X509_RSA = 0x8,
  X509_EC = 0x10,
  X509_CA = 0x20,
  X509_MUST_STAPLE = 0x40,
  X509_CRITICAL_UNKNOWN = 0x80,
  X509_HOST_NAMES = 0x100, /* subjectAltName has a dNSName or iPAddress */
  X509_NAME_MATCH = 0x200, /* one of them covers the requested name */
  X509_CN_MATCH = 0x400,   /* the subject's common name does */
  X509_KEY_USAGE = 0x800,  /* there is a keyUsage */
  X509_EXT_KEY_USAGE = 0x1000,
  X509_SERVER_AUTH = 0x2000, /* extendedKeyUsage lists it */
  X509_CLIENT_AUTH = 0x4000,
  X509_CA_ISSUERS = 0x8000,       /* says over HTTP where its issuer's lies */
  X509_BY_ROOT = 0x10000,         /* the issuer's name says it is a root */
  X509_BY_INTERMEDIATE = 0x20000, /* or that it is an intermediate */
  X509_FINITE_FIELD_KEY = 0x40000 /* DSA */
};

/* keyUsage bits, RFC 5280 section 4.2.1.3. */
enum {
  KEY_USAGE_DIGITAL_SIGNATURE = 0x1,
  KEY_USAGE_KEY_ENCIPHERMENT = 0x4,
  KEY_USAGE_KEY_AGREEMENT = 0x10
};

/* What was not read is 0, a time -1. */
struct x509 {
  uint64_t subject; /* hash of the name, in the form that is compared */
  uint64_t issuer;
  uint64_t subject_key; /* hash of subjectKeyIdentifier */
  uint64_t issuer_key;  /* hash of authorityKeyIdentifier's key */
  int64_t not_before;
  int64_t not_after;
  uint32_t traits; /* X509_* */
  uint32_t key_bits;
  uint32_t key_usage; /* KEY_USAGE_* */
};

/* x509_read reads a certificate that may be cut short.  What contradicts it is
 * only told by X509_SOUND; `context` has the name to look for. */
void x509_read(struct reader *r, const struct cert_context *context,
               struct x509 *x);

/* x509_extensions_read reads the contents of the extensions field. */
void x509_extensions_read(struct reader *r, const struct cert_context *context,
                          struct x509 *x);

/* x509_name_covers: 1 if a DNS name of a certificate covers the requested
 * one. */
int x509_name_covers(struct reader name, const struct cert_context *context);

#endif
