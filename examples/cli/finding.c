#include "finding.h"

#include <stdio.h>
#include <string.h>

int finding_judge(struct finding *f, const struct conn *c, const char *file)
{
  f->file = file;
  f->conn = c;
  f->has_hello = 0;
  f->sni.ptr = NULL;
  f->sni.len = 0;
  if (c->watch == NULL || c->client == SIDE_UNKNOWN) {
    return -1;
  }
  f->flow = c->watch->flow;
  memset(&f->verdict, 0, sizeof f->verdict);
  f->verdict.size = sizeof f->verdict;
  return tlsdiag_classify(f->flow, &f->verdict) == TLSDIAG_STATUS_OK &&
                 f->verdict.num_causes > 0
             ? 0
             : -1;
}

int finding_observation(const struct finding *f, unsigned index,
                        tlsdiag_observation *seen, uint64_t *frame)
{
  seen->size = sizeof *seen;
  if (tlsdiag_flow_observation(f->flow, index, seen) != TLSDIAG_STATUS_OK) {
    return -1;
  }
  *frame = index < f->conn->watch->num_tagged ? f->conn->watch->frame[index]
                                              : f->conn->first_frame;
  return 0;
}

/* The handshake bytes of a hello that never became whole: its records without
 * their headers, as far as they came. */
static size_t unwrap(const uint8_t *raw, size_t len, uint8_t *out, size_t room)
{
  size_t have = 0;
  size_t fragment;

  while (len > 5 && raw[0] == 22 && raw[1] == 3) {
    fragment = (size_t)raw[3] << 8 | raw[4];
    raw += 5;
    len -= 5;
    if (fragment > len) {
      fragment = len;
    }
    if (fragment > room - have) {
      fragment = room - have;
    }
    memcpy(out + have, raw, fragment);
    have += fragment;
    raw += fragment;
    len -= fragment;
  }
  return have;
}

static void decode_hello(struct finding *f)
{
  const struct watch *w = f->conn->watch;
  const uint8_t *message = w->hello;
  size_t len = w->hello_len;
  int status;

  if (message == NULL) {
    return;
  }
  if (w->hello_is_raw) {
    len = unwrap(w->hello, w->hello_len, f->scratch, sizeof f->scratch);
    message = f->scratch;
  }
  memset(&f->hello, 0, sizeof f->hello);
  f->hello.size = sizeof f->hello;
  status = tlsdiag_client_hello_decode(message, len, w->hello_format, &f->hello,
                                       NULL);
  f->has_hello =
      status == TLSDIAG_STATUS_OK ||
      (status == TLSDIAG_STATUS_E_MALFORMED && f->hello.present != 0);
}

void finding_describe(struct finding *f, struct tool *t)
{
  const struct conn *c = f->conn;

  decode_hello(f);
  if (f->has_hello) {
    f->sni = f->hello.server_name;
  }
  if (!t->options->redact) {
    endpoint_text(&c->key, c->client, f->client);
    endpoint_text(&c->key, !c->client, f->server);
    return;
  }
  endpoint_pseudonym(&t->redactor, &c->key, c->client, f->client);
  endpoint_pseudonym(&t->redactor, &c->key, !c->client, f->server);
  if (f->sni.len > 0) {
    uint32_t name =
        redact_number(&t->redactor, REDACT_NAME, f->sni.ptr, f->sni.len);

    (void)snprintf(f->pseudonym, sizeof f->pseudonym, "name%lu.invalid",
                   (unsigned long)name);
    f->sni.ptr = (const uint8_t *)f->pseudonym;
    f->sni.len = strlen(f->pseudonym);
  }
}

void finding_fingerprint(struct finding *f, struct prints_memory *memory)
{
  f->prints.ja3[0] = '\0';
  f->prints.ja4[0] = '\0';
  if (f->has_hello) {
    prints_of(memory, &f->hello, &f->prints);
  }
}

/* Ports where plaintext is at home: bytes that are not TLS, a refused or an
 * idle connection there say nothing about TLS. */
static int is_plain_port(uint16_t port)
{
  static const uint16_t plain[] = {
      7,    9,    13,   19,   20,    21,    22,    23,    25,   37,
      43,   53,   79,   80,   88,    102,   110,   111,   113,  119,
      135,  139,  143,  179,  389,   445,   502,   513,   514,  515,
      554,  587,  873,  1080, 1433,  1494,  1521,  1723,  1883, 2049,
      2404, 3268, 3306, 3868, 4369,  5060,  5222,  5269,  5432, 5672,
      5900, 6379, 6667, 9042, 11211, 20000, 27017, 44818, 47808};
  size_t i;

  for (i = 0; i < sizeof plain / sizeof plain[0]; i++) {
    if (plain[i] == port) {
      return 1;
    }
  }
  return 0;
}

int finding_is_foreign(const struct finding *f)
{
  const struct conn *c = f->conn;
  const tlsdiag_verdict *v = &f->verdict;

  if (c->watch->spoke_tls) {
    return 0;
  }
  switch (v->causes[0].id) {
  case TLSDIAG_CAUSE_NONE: /* both sides speak it, in perfect health */
    return v->outcome != TLSDIAG_OUTCOME_COMPLETED;
  case TLSDIAG_CAUSE_UNKNOWN:
  case TLSDIAG_CAUSE_NON_TLS_TO_TLS_PORT:
  case TLSDIAG_CAUSE_PLAIN_HTTP_TO_TLS_PORT:
  case TLSDIAG_CAUSE_IMPLICIT_TLS_EXPECTED:
  case TLSDIAG_CAUSE_TCP_CONNECT_FAILED:
  case TLSDIAG_CAUSE_CONNECTION_PROBE:
    return is_plain_port(c->key.port[!c->client]);
  default:
    return 0;
  }
}
