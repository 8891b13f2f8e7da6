#include "ladder_text.h"

#include <string.h>

#include "escape.h"
#include "timetext.h"

enum { TEXT_ROOM = 512, NAME_CAP = 80, QUIET_MS = 1000 };

enum rung ladder_rung(const tlsdiag_observation *seen)
{
  switch (seen->kind) {
  case TLSDIAG_OBS_OFFERED_VERSIONS:
  case TLSDIAG_OBS_OFFERED_SUITES:
  case TLSDIAG_OBS_OFFERED_GROUPS:
  case TLSDIAG_OBS_OFFERED_SIGALGS:
  case TLSDIAG_OBS_SERVER_NAME:
  case TLSDIAG_OBS_ANOMALY:
    return RUNG_FACT;
  case TLSDIAG_OBS_UNACKNOWLEDGED:
  case TLSDIAG_OBS_RESET_EVIDENCE:
  case TLSDIAG_OBS_RETRANSMITTED:
  case TLSDIAG_OBS_GAP:
  case TLSDIAG_OBS_MIDSTREAM:
  case TLSDIAG_OBS_ONE_SIDED:
  case TLSDIAG_OBS_POLICY:
  case TLSDIAG_OBS_GROUP:
  case TLSDIAG_OBS_PATH:
  case TLSDIAG_OBS_DATA_AFTER_RESET:
    return RUNG_REMARK;
  case TLSDIAG_OBS_CLOSE:
    return seen->a == TLSDIAG_CLOSE_FIN || seen->a == TLSDIAG_CLOSE_RST
               ? RUNG_MESSAGE
               : RUNG_REMARK;
  default:
    return RUNG_MESSAGE;
  }
}

static void named(struct out *o, uint32_t registry, uint32_t value)
{
  const char *name = tlsdiag_name(registry, value);

  if (name != NULL) {
    out_str(o, name);
  } else {
    out_hex16(o, (uint16_t)value);
  }
}

/* Ids of ours read better with spaces. */
static void spaced(struct out *o, uint32_t registry, uint32_t value)
{
  const char *name = tlsdiag_name(registry, value);

  if (name == NULL) {
    out_u64(o, value);
    return;
  }
  for (; *name != '\0'; name++) {
    out_char(o, *name == '_' ? ' ' : *name);
  }
}

static void counted(struct out *o, uint32_t count, const char *noun)
{
  out_u64(o, count);
  out_char(o, ' ');
  out_str(o, noun);
  if (count != 1) {
    out_char(o, 's');
  }
}

static void alert_text(struct out *o, const tlsdiag_observation *seen)
{
  const char *level = tlsdiag_name(TLSDIAG_REGISTRY_ALERT_LEVEL, seen->a >> 8);

  out_str(o, "Alert: ");
  if (level != NULL) {
    out_str(o, level);
    out_char(o, ' ');
  }
  named(o, TLSDIAG_REGISTRY_ALERT, seen->a & 0xff);
  out_str(o, " (");
  out_u64(o, seen->a & 0xff);
  out_char(o, ')');
  if (seen->b & TLSDIAG_ALERT_FLAG_AFTER_PEER_CLOSE) {
    out_str(o, ", an echo: the other side had closed");
  }
}

static void close_text(struct out *o, const tlsdiag_observation *seen)
{
  switch (seen->a) {
  case TLSDIAG_CLOSE_FIN:
    out_str(o, "FIN");
    break;
  case TLSDIAG_CLOSE_RST:
    out_str(o, "RST");
    break;
  case TLSDIAG_CLOSE_END_OF_CAPTURE:
    out_str(o, "(the capture ends here)");
    break;
  default:
    spaced(o, TLSDIAG_REGISTRY_CLOSE, seen->a);
    break;
  }
  if (seen->b >= QUIET_MS) {
    out_str(o, " after ");
    out_u64(o, seen->b / 1000);
    out_char(o, '.');
    out_u64(o, seen->b % 1000 / 100);
    out_str(o, " s of silence");
  }
}

static void versions_text(struct out *o, const tlsdiag_observation *seen)
{
  uint32_t high = seen->a >> 16;
  uint32_t low = seen->a & 0xffff;

  if (low != 0 && low != high) {
    named(o, TLSDIAG_REGISTRY_VERSION, low);
    out_str(o, " to ");
  }
  named(o, TLSDIAG_REGISTRY_VERSION, high);
}

static void server_hello_text(struct out *o, const tlsdiag_observation *seen)
{
  out_str(o, seen->kind == TLSDIAG_OBS_SERVER_HELLO ? "ServerHello: "
                                                    : "HelloRetryRequest: ");
  named(o, TLSDIAG_REGISTRY_VERSION, seen->a >> 16);
  out_str(o, ", ");
  named(o, TLSDIAG_REGISTRY_CIPHER_SUITE, seen->a & 0xffff);
  if ((seen->b & 0xffff) != 0) {
    out_str(o, ", ");
    named(o, TLSDIAG_REGISTRY_GROUP, seen->b & 0xffff);
  }
  if (seen->b >> 16 & TLSDIAG_SERVER_HELLO_RESUMED) {
    out_str(o, ", resumed");
  }
}

static void certificate_text(struct out *o, const tlsdiag_observation *seen)
{
  static const struct {
    uint32_t bit;
    const char *text;
  } traits[] = {{TLSDIAG_CERT_RSA, "RSA"},
                {TLSDIAG_CERT_ECDSA, "elliptic curve"},
                {TLSDIAG_CERT_EXPIRED, "expired"},
                {TLSDIAG_CERT_NOT_YET_VALID, "not yet valid"},
                {TLSDIAG_CERT_SELF_SIGNED, "self-signed"},
                {TLSDIAG_CERT_INCOMPLETE, "issuer not sent"},
                {TLSDIAG_CERT_NAME_MISMATCH, "another name"},
                {TLSDIAG_CERT_WEAK_KEY, "weak key"},
                {TLSDIAG_CERT_WEAK_SIGNATURE, "weak signature"},
                {TLSDIAG_CERT_MALFORMED, "malformed"},
                {TLSDIAG_CERT_NOT_READ, "not seen whole"}};
  size_t i;

  out_str(o, "Certificate: ");
  counted(o, seen->b & 0xffff, "certificate");
  for (i = 0; i < sizeof traits / sizeof traits[0]; i++) {
    if (seen->a & traits[i].bit) {
      out_str(o, ", ");
      out_str(o, traits[i].text);
    }
  }
  if (seen->b >> 16 != 0) {
    out_str(o, ", ");
    counted(o, seen->b >> 16, "bit");
  }
}

static void key_exchange_text(struct out *o, const tlsdiag_observation *seen)
{
  out_str(o, "ServerKeyExchange");
  if (seen->a != 0) {
    out_str(o, ": ");
    named(o, TLSDIAG_REGISTRY_GROUP, seen->a);
  }
  if (seen->b != 0) {
    out_str(o, ": DH prime of ");
    counted(o, seen->b, "bit");
  }
}

static void sized(struct out *o, const char *what, uint32_t len)
{
  out_str(o, what);
  if (len > 0) {
    out_str(o, ", ");
    counted(o, len, "byte");
  }
}

static void fallback_text(struct out *o, const tlsdiag_observation *seen)
{
  char text[TEXT_ROOM];

  (void)tlsdiag_observation_text(seen, text, sizeof text);
  out_str(o, text);
}

static void name_text(struct out *o, const struct finding *f)
{
  out_str(o, "server name ");
  escape_term(o, f->sni.ptr, f->sni.len, NAME_CAP);
}

static void hello_facts(struct out *o, const struct finding *f,
                        const tlsdiag_observation *seen)
{
  switch (seen->kind) {
  case TLSDIAG_OBS_OFFERED_VERSIONS:
    versions_text(o, seen);
    break;
  case TLSDIAG_OBS_OFFERED_SUITES:
    counted(o, seen->b, "cipher suite");
    break;
  case TLSDIAG_OBS_OFFERED_GROUPS:
    counted(o, seen->b >> 16, "group");
    break;
  case TLSDIAG_OBS_OFFERED_SIGALGS:
    counted(o, seen->b, "signature algorithm");
    break;
  case TLSDIAG_OBS_SERVER_NAME:
    name_text(o, f);
    break;
  default:
    fallback_text(o, seen);
    break;
  }
}

static void transport_text(struct out *o, const tlsdiag_observation *seen)
{
  switch (seen->kind) {
  case TLSDIAG_OBS_SYN:
    out_str(o, "SYN");
    break;
  case TLSDIAG_OBS_SYN_ACK:
    out_str(o, "SYN, ACK");
    break;
  case TLSDIAG_OBS_REFUSED:
    out_str(o, "RST: the connection is refused");
    break;
  case TLSDIAG_OBS_CLOSE:
    close_text(o, seen);
    break;
  case TLSDIAG_OBS_GAP:
    out_char(o, '(');
    counted(o, seen->a, "byte");
    out_str(o, seen->from == TLSDIAG_FROM_CLIENT
                   ? " of the client are missing from the capture)"
                   : " of the server are missing from the capture)");
    break;
  case TLSDIAG_OBS_MIDSTREAM:
    out_str(o, "(the capture starts in mid-connection)");
    break;
  case TLSDIAG_OBS_FIRST_BYTES:
    out_str(o, "not TLS: ");
    spaced(o, TLSDIAG_REGISTRY_PROTOCOL, seen->a);
    break;
  default:
    fallback_text(o, seen);
    break;
  }
}

/* TLS messages that need no more than a name. */
static const char *plain_name(unsigned kind)
{
  switch (kind) {
  case TLSDIAG_OBS_HELLO_VERIFY_REQUEST:
    return "HelloVerifyRequest";
  case TLSDIAG_OBS_CERTIFICATE_STATUS:
    return "CertificateStatus";
  case TLSDIAG_OBS_CERTIFICATE_REQUEST:
    return "CertificateRequest";
  case TLSDIAG_OBS_SERVER_HELLO_DONE:
    return "ServerHelloDone";
  case TLSDIAG_OBS_CLIENT_KEY_EXCHANGE:
    return "ClientKeyExchange";
  case TLSDIAG_OBS_CERTIFICATE_VERIFY:
    return "CertificateVerify";
  case TLSDIAG_OBS_CHANGE_CIPHER_SPEC:
    return "ChangeCipherSpec";
  case TLSDIAG_OBS_NEW_SESSION_TICKET:
    return "NewSessionTicket";
  case TLSDIAG_OBS_FINISHED:
    return "Finished (encrypted)";
  default:
    return NULL;
  }
}

static void message_text(struct out *o, const tlsdiag_observation *seen)
{
  switch (seen->kind) {
  case TLSDIAG_OBS_CLIENT_HELLO:
    sized(o, "ClientHello", seen->b);
    break;
  case TLSDIAG_OBS_SERVER_HELLO:
  case TLSDIAG_OBS_HELLO_RETRY_REQUEST:
    server_hello_text(o, seen);
    break;
  case TLSDIAG_OBS_CERTIFICATE:
    certificate_text(o, seen);
    break;
  case TLSDIAG_OBS_SERVER_KEY_EXCHANGE:
    key_exchange_text(o, seen);
    break;
  case TLSDIAG_OBS_PROTECTED_RECORD:
    sized(o, "encrypted record", seen->a);
    break;
  case TLSDIAG_OBS_APPLICATION_DATA:
    sized(o, "application data", seen->a);
    break;
  case TLSDIAG_OBS_ALERT:
    alert_text(o, seen);
    break;
  case TLSDIAG_OBS_ENCRYPTED_ALERT:
    sized(o, "Alert (encrypted)", seen->a);
    break;
  default:
    transport_text(o, seen);
    break;
  }
}

void ladder_text(struct out *o, const struct finding *f,
                 const tlsdiag_observation *seen)
{
  const char *name = plain_name(seen->kind);

  if (name != NULL) {
    out_str(o, name);
  } else if (ladder_rung(seen) == RUNG_FACT) {
    hello_facts(o, f, seen);
  } else {
    message_text(o, seen);
  }
}
