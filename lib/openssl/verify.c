/* verify.c: an OpenSSL certificate verdict as a cause. */
#include <openssl/x509_vfy.h>
#include "watch.h"

/* Two causes a row: of the server's certificate, of the client's. */
static const struct {
  uint8_t result; /* X509_V_ERR_* */
  uint8_t server, client;
} verify_causes[] = {
#define ROW(result, server, client)                                            \
  {                                                                            \
    X509_V_ERR_##result, TLSDIAG_CAUSE_SERVER_CERTIFICATE_##server,            \
        TLSDIAG_CAUSE_CLIENT_CERTIFICATE_##client                              \
  }
    ROW(UNABLE_TO_GET_ISSUER_CERT, CHAIN_INCOMPLETE, UNTRUSTED),
    ROW(UNABLE_TO_GET_ISSUER_CERT_LOCALLY, UNTRUSTED, UNTRUSTED),
    ROW(UNABLE_TO_VERIFY_LEAF_SIGNATURE, CHAIN_INCOMPLETE, UNTRUSTED),
    ROW(DEPTH_ZERO_SELF_SIGNED_CERT, UNTRUSTED, UNTRUSTED),
    ROW(SELF_SIGNED_CERT_IN_CHAIN, UNTRUSTED, UNTRUSTED),
    ROW(CERT_UNTRUSTED, UNTRUSTED, UNTRUSTED),
    ROW(CERT_CHAIN_TOO_LONG, UNTRUSTED, UNTRUSTED),
    ROW(CERT_NOT_YET_VALID, NOT_YET_VALID, REJECTED),
    ROW(CERT_HAS_EXPIRED, EXPIRED, EXPIRED),
    ROW(CERT_REVOKED, REVOKED, REVOKED),
    ROW(HOSTNAME_MISMATCH, NAME_MISMATCH, REJECTED),
    ROW(IP_ADDRESS_MISMATCH, NAME_MISMATCH, REJECTED),
    ROW(EMAIL_MISMATCH, NAME_MISMATCH, REJECTED),
    ROW(INVALID_PURPOSE, UNSUPPORTED, UNSUPPORTED),
    ROW(INVALID_CA, UNSUPPORTED, UNSUPPORTED),
    ROW(UNHANDLED_CRITICAL_EXTENSION, UNSUPPORTED, UNSUPPORTED),
    ROW(EE_KEY_TOO_SMALL, WEAK, REJECTED),
    ROW(CA_KEY_TOO_SMALL, WEAK, REJECTED),
    ROW(CA_MD_TOO_WEAK, WEAK, REJECTED),
    ROW(CERT_SIGNATURE_FAILURE, REJECTED, REJECTED),
    ROW(CERT_REJECTED, REJECTED, REJECTED),
    ROW(UNABLE_TO_GET_CRL, REJECTED, REJECTED),
    ROW(CRL_HAS_EXPIRED, REJECTED, REJECTED),
#undef ROW
};

uint16_t verify_cause(long result, int of_client)
{
  size_t i;

  for (i = 0; i < sizeof verify_causes / sizeof verify_causes[0]; i++) {
    if (verify_causes[i].result == result) {
      return of_client ? verify_causes[i].client : verify_causes[i].server;
    }
  }
  return TLSDIAG_CAUSE_NONE;
}
