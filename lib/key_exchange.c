/* key_exchange.c: ServerKeyExchange and CertificateRequest of TLS 1.2 and
 * older.
 *
 *   ServerDHParams    { dh_p<1..2^16-1>, dh_g<1..2^16-1>, dh_Ys<1..2^16-1> }
 *   ServerECDHParams  { ECParameters, ECPoint<1..2^8-1> }
 *   with a PSK        psk_identity_hint<0..2^16-1> before either, or alone
 *
 * What follows the parameters is a signature, or nothing; it is not read. */
#include <string.h>

#include "certificate.h"
#include "der.h"
#include "prefix.h"
#include "suites.h"
#include "tlsdiag/tlsdiag.h"
#include "versions.h"

#define SKE TLSDIAG_FIELD_SERVER_KEY_EXCHANGE
#define CREQ TLSDIAG_FIELD_CERTIFICATE_REQUEST

/* ECCurveType, RFC 8422 section 5.4. */
enum { CURVE_EXPLICIT_PRIME = 1, CURVE_EXPLICIT_CHAR2 = 2, CURVE_NAMED = 3 };

static void ec_params_read(struct reader *r, struct ske_facts *facts)
{
  struct reader point;

  switch (rd_u8(r, SKE)) {
  case CURVE_NAMED:
    facts->group = rd_u16(r, SKE);
    point = rd_vec8(r, SKE);
    if (rd_ok(r) && rd_left(&point) == 0) {
      prefix_note(&point, 1, SKE);
    }
    break;
  case CURVE_EXPLICIT_PRIME: /* no longer allowed; what follows is not read */
    facts->group = GROUP_EXPLICIT_PRIME;
    break;
  case CURVE_EXPLICIT_CHAR2:
    facts->group = GROUP_EXPLICIT_CHAR2;
    break;
  default:
    rd_fail(r, 0, SKE);
    break;
  }
}

static void dh_params_read(struct reader *r, struct ske_facts *facts)
{
  facts->prime_bits = der_magnitude(rd_vec16(r, SKE));
  rd_vec16(r, SKE);
  rd_vec16(r, SKE);
}

void server_key_exchange_read(struct reader *body, unsigned key_exchange,
                              struct ske_facts *facts)
{
  memset(facts, 0, sizeof *facts);
  switch (key_exchange) {
  case SUITE_KX_ECDHE_PSK: /* RFC 5489 section 2 */
    rd_vec16(body, SKE);
    ec_params_read(body, facts);
    break;
  case SUITE_KX_ECDHE:
    ec_params_read(body, facts);
    break;
  case SUITE_KX_DHE_PSK: /* RFC 4279 section 3 */
    rd_vec16(body, SKE);
    dh_params_read(body, facts);
    break;
  case SUITE_KX_DHE:
    dh_params_read(body, facts);
    break;
  case SUITE_KX_PSK: /* RFC 4279 sections 2 and 4 */
  case SUITE_KX_RSA_PSK:
    rd_vec16(body, SKE);
    break;
  default: /* no group and no prime in it */
    break;
  }
}

static uint32_t request_types(struct reader types)
{
  uint32_t set = 0;

  while (rd_left(&types) != 0) {
    switch (rd_u8(&types, CREQ)) {
    case 1:
      set |= CREQ_RSA;
      break;
    case 2:
      set |= CREQ_DSS;
      break;
    case 64:
      set |= CREQ_ECDSA;
      break;
    default:
      set |= CREQ_OTHER;
      break;
    }
  }
  return set;
}

/* struct { ClientCertificateType certificate_types<1..2^8-1>;
 *          SignatureAndHashAlgorithm supported_signature_algorithms<2^16-1>;
 *          DistinguishedName certificate_authorities<0..2^16-1>; }
 * The second is new in TLS 1.2. */
void certificate_request_read(struct reader *body, unsigned version,
                              struct creq_facts *facts)
{
  struct reader names;

  memset(facts, 0, sizeof *facts);
  facts->types = request_types(rd_vec8(body, CREQ));
  if (version_rank(version) >= version_rank(0x0303)) {
    struct reader schemes = rd_vec16(body, CREQ);
    facts->num_signature_algorithms = (uint32_t)rd_left(&schemes) / 2;
    if (rd_left(&schemes) % 2 != 0) {
      prefix_note(&schemes, 0, CREQ);
    }
  }
  names = prefix_vec16(body, CREQ);
  while (rd_left(&names) != 0) {
    rd_vec16(&names, CREQ);
    facts->num_names++; /* also one that is cut short */
  }
  if (rd_left(body) != 0) {
    prefix_note(body, 0, TLSDIAG_FIELD_TRAILING);
  }
}
