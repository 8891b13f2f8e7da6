/* observation_text.c: one line of words for one observation. */
#include "text.h"
#include "versioned.h"

static void version(struct text *t, uint32_t value)
{
  const char *name = tlsdiag_name(TLSDIAG_REGISTRY_VERSION, value);

  if (name != NULL) {
    text_str(t, name);
    return;
  }
  text_str(t, "version 0x");
  text_hex(t, value, 4);
}

static void suite(struct text *t, uint32_t value)
{
  const char *name = tlsdiag_name(TLSDIAG_REGISTRY_CIPHER_SUITE, value);

  if (name != NULL) {
    text_str(t, name);
    return;
  }
  text_str(t, "suite 0x");
  text_hex(t, value, 4);
}

/* The names of the bits set, from the registry of that word. */
static void bits(struct text *t, uint32_t registry, uint32_t word)
{
  const char *name;
  uint32_t bit;
  int first = 1;

  for (bit = 1; bit != 0; bit <<= 1) {
    name = (word & bit) != 0 ? tlsdiag_name(registry, bit) : NULL;
    if (name != NULL) {
      text_str(t, first ? ": " : ", ");
      text_str(t, name);
      first = 0;
    }
  }
}

static void counted(struct text *t, const char *before, uint64_t number,
                    const char *behind)
{
  text_str(t, before);
  text_number(t, number);
  text_str(t, behind);
}

/* "1 byte", "2 bytes": the word in the singular, for nouns that take an s. */
static void many(struct text *t, const char *before, uint64_t number,
                 const char *noun)
{
  counted(t, before, number, noun);
  if (number != 1) {
    text_char(t, 's');
  }
}

static void hello(struct text *t, const tlsdiag_observation *o)
{
  counted(t, "ClientHello of ", o->b, " bytes");
  bits(t, TLSDIAG_REGISTRY_HELLO, o->a);
}

static void versions(struct text *t, const tlsdiag_observation *o)
{
  text_str(t, "offers ");
  version(t, o->a >> 16);
  if ((o->a & 0xffff) != 0 && (o->a & 0xffff) != o->a >> 16) {
    text_str(t, " down to ");
    version(t, o->a & 0xffff);
  }
}

static void server_hello(struct text *t, const tlsdiag_observation *o)
{
  text_str(t, o->kind == TLSDIAG_OBS_SERVER_HELLO ? "ServerHello: "
                                                  : "HelloRetryRequest: ");
  version(t, o->a >> 16);
  if ((o->a & 0xffff) != 0) { /* else it was not shown */
    text_str(t, ", ");
    suite(t, o->a & 0xffff);
  }
  if ((o->b & 0xffff) != 0) {
    text_str(t, ", group ");
    text_name(t, TLSDIAG_REGISTRY_GROUP, o->b & 0xffff, "number");
  }
  bits(t, TLSDIAG_REGISTRY_SERVER_HELLO, o->b >> 16);
}

static void certificate(struct text *t, const tlsdiag_observation *o)
{
  if ((o->a & TLSDIAG_CERT_EMPTY) != 0) {
    text_str(t, "Certificate message without a certificate");
    return;
  }
  text_str(t, "Certificate: ");
  text_number(t, o->b & 0xffff);
  text_str(t, (o->b & 0xffff) == 1 ? " certificate" : " certificates");
  if (o->b >> 16 != 0) {
    text_str(t, ", key of ");
    text_number(t, o->b >> 16);
    text_str(t, " bits");
  }
  bits(t, TLSDIAG_REGISTRY_CERT, o->a);
}

static void alert(struct text *t, const tlsdiag_observation *o)
{
  text_name(t, TLSDIAG_REGISTRY_ALERT_LEVEL, o->a >> 8, "level");
  text_str(t, " alert ");
  text_name(t, TLSDIAG_REGISTRY_ALERT, o->a & 0xff, "number");
  text_str(t, " (");
  text_number(t, o->a & 0xff);
  text_char(t, ')');
  bits(t, TLSDIAG_REGISTRY_ALERT_FLAG, o->b);
}

static void closing(struct text *t, const tlsdiag_observation *o)
{
  text_str(t, o->a == TLSDIAG_CLOSE_FIN              ? "closes (FIN)"
              : o->a == TLSDIAG_CLOSE_RST            ? "resets (RST)"
              : o->a == TLSDIAG_CLOSE_TIMEOUT        ? "timer ran out"
              : o->a == TLSDIAG_CLOSE_END_OF_CAPTURE ? "the observation ends"
                                                     : "closed by its host");
  if (o->b >= 10) {
    text_str(t, " after ");
    text_number(t, o->b);
    text_str(t, " ms of silence");
  }
}

static void first_bytes(struct text *t, const tlsdiag_observation *o)
{
  text_str(t, "first bytes are not TLS: ");
  text_name(t, TLSDIAG_REGISTRY_PROTOCOL, o->a, "protocol");
  if (o->a == TLSDIAG_PROTOCOL_HTTP_RESPONSE && o->b < 1000) {
    counted(t, " with status ", o->b, "");
    return;
  }
  text_str(t, " (0x");
  text_hex(t, o->b, 8);
  text_char(t, ')');
}

static void malformed(struct text *t, const tlsdiag_observation *o)
{
  text_str(t, "breaks the syntax at ");
  text_name(t, TLSDIAG_REGISTRY_FIELD, o->a, "field");
  many(t, ": wanted ", o->b >> 16, " byte");
  counted(t, ", had ", o->b & 0xffff, "");
}

static void key_exchange(struct text *t, const tlsdiag_observation *o)
{
  text_str(t, "ServerKeyExchange");
  if (o->a != 0) {
    text_str(t, ", group ");
    text_name(t, TLSDIAG_REGISTRY_GROUP, o->a, "number");
  }
  if (o->b != 0) {
    many(t, ", DH prime of ", o->b, " bit");
  }
}

static void offered(struct text *t, const tlsdiag_observation *o,
                    uint32_t registry, uint32_t count, const char *what)
{
  many(t, "offers ", count, what);
  bits(t, registry, o->a);
}

static void cause(struct text *t, const char *before,
                  const tlsdiag_observation *o)
{
  text_str(t, before);
  text_name(t, TLSDIAG_REGISTRY_CAUSE, o->a, "cause");
}

static void words(struct text *t, const tlsdiag_observation *o)
{
  switch (o->kind) {
  case TLSDIAG_OBS_SYN: text_str(t, "opens (SYN)"); break;
  case TLSDIAG_OBS_SYN_ACK: text_str(t, "accepts (SYN/ACK)"); break;
  case TLSDIAG_OBS_SYN_REPEATED:
    many(t, "sends its SYN again, ", o->a, " time");
    break;
  case TLSDIAG_OBS_REFUSED: text_str(t, "refuses the connection (RST)"); break;
  case TLSDIAG_OBS_RETRANSMITTED:
    many(t, "sends ", o->a, " segment");
    many(t, " again, the largest of ", o->b, " byte");
    break;
  case TLSDIAG_OBS_UNACKNOWLEDGED:
    many(t, "", o->a, " byte");
    text_str(t, " never acknowledged");
    break;
  case TLSDIAG_OBS_RESET_EVIDENCE:
    text_str(t, "its reset does not look like its own");
    bits(t, TLSDIAG_REGISTRY_PATH, o->a);
    counted(t, " (TTL ", o->b >> 8, "");
    counted(t, ", usually ", o->b & 0xff, ")");
    break;
  case TLSDIAG_OBS_CLOSE: closing(t, o); break;
  case TLSDIAG_OBS_GAP:
    many(t, "", o->a, " byte");
    text_str(t, " not observed");
    break;
  case TLSDIAG_OBS_MIDSTREAM:
    text_str(t, "the observation starts in mid-connection");
    break;
  case TLSDIAG_OBS_ONE_SIDED: text_str(t, "the only side seen"); break;
  case TLSDIAG_OBS_FIRST_BYTES: first_bytes(t, o); break;
  case TLSDIAG_OBS_STARTTLS:
    text_name(t, TLSDIAG_REGISTRY_PROTOCOL, o->a, "protocol");
    text_str(t, ": TLS ");
    text_name(t, TLSDIAG_REGISTRY_PROLOGUE, o->b, "step");
    break;
  case TLSDIAG_OBS_CLIENT_HELLO: hello(t, o); break;
  case TLSDIAG_OBS_OFFERED_VERSIONS: versions(t, o); break;
  case TLSDIAG_OBS_OFFERED_SUITES:
    offered(t, o, TLSDIAG_REGISTRY_SUITES, o->b, " cipher suite");
    break;
  case TLSDIAG_OBS_OFFERED_GROUPS:
    offered(t, o, TLSDIAG_REGISTRY_GROUPS, o->b >> 16, " group");
    break;
  case TLSDIAG_OBS_OFFERED_SIGALGS:
    offered(t, o, TLSDIAG_REGISTRY_SIGALGS, o->b, " signature algorithm");
    break;
  case TLSDIAG_OBS_SERVER_NAME: text_str(t, "names the server"); break;
  case TLSDIAG_OBS_HELLO_RETRY_REQUEST:
  case TLSDIAG_OBS_SERVER_HELLO: server_hello(t, o); break;
  case TLSDIAG_OBS_CERTIFICATE: certificate(t, o); break;
  case TLSDIAG_OBS_SERVER_KEY_EXCHANGE: key_exchange(t, o); break;
  case TLSDIAG_OBS_FINISHED: text_str(t, "Finished (encrypted)"); break;
  case TLSDIAG_OBS_PROTECTED_RECORD:
    many(t, "encrypted record of ", o->a, " byte");
    break;
  case TLSDIAG_OBS_ALERT: alert(t, o); break;
  case TLSDIAG_OBS_ENCRYPTED_ALERT:
    many(t, "encrypted alert, record of ", o->a, " byte");
    break;
  case TLSDIAG_OBS_MALFORMED: malformed(t, o); break;
  case TLSDIAG_OBS_ANOMALY:
    text_str(t, "odd: ");
    text_name(t, TLSDIAG_REGISTRY_ANOMALY, o->a, "anomaly");
    break;
  case TLSDIAG_OBS_UNEXPECTED:
    text_str(t, "out of order: ");
    text_name(t, TLSDIAG_REGISTRY_HANDSHAKE_TYPE, o->a, "message");
    break;
  case TLSDIAG_OBS_OVERSIZED:
    many(t, "oversized record of ", o->a, " byte");
    break;
  case TLSDIAG_OBS_POLICY: cause(t, "the known policy predicts ", o); break;
  case TLSDIAG_OBS_GROUP: cause(t, "other connections suggest ", o); break;
  case TLSDIAG_OBS_TEXT_CAUSE: cause(t, "the text allows ", o); break;
  case TLSDIAG_OBS_TEXT_STACK:
    text_str(t, "the text is from ");
    text_name(t, TLSDIAG_REGISTRY_STACK, o->a, "stack");
    break;
  default: text_name(t, TLSDIAG_REGISTRY_OBS, o->kind, "observation"); break;
  }
}

/* What other connections, a text or a policy say was said by neither side. */
static int is_of_a_side(unsigned kind)
{
  return kind != TLSDIAG_OBS_GROUP && kind != TLSDIAG_OBS_POLICY &&
         kind != TLSDIAG_OBS_TEXT_CAUSE && kind != TLSDIAG_OBS_TEXT_STACK &&
         kind != TLSDIAG_OBS_TEXT_STATE;
}

size_t tlsdiag_observation_text(const tlsdiag_observation *observation,
                                char *buf, size_t len)
{
  tlsdiag_observation o;
  struct text t;

  text_init(&t, buf, buf != NULL ? len : 0);
  if (versioned_in(&o, sizeof o, observation) == TLSDIAG_STATUS_OK) {
    if (is_of_a_side(o.kind)) {
      text_str(&t, o.from == TLSDIAG_FROM_SERVER ? "server " : "client ");
    }
    words(&t, &o);
  }
  return text_end(&t);
}
