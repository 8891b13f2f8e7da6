/* cases.c: real handshakes that end in every way the adapter must tell apart,
 * each with and without it, over wide and narrow buffers. */
#include <stdio.h>
#include <string.h>
#include <openssl/err.h>
#include "kit.h"

#define V12 0x1
#define V13 0x2

/* -- what each case changes -- */

static void no_change(struct pair *p, const struct pki *k)
{
  (void)p, (void)k;
}

static void no_shared_cipher(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_set_cipher_list(p->client_ctx, "ECDHE-ECDSA-AES128-GCM-SHA256");
  SSL_CTX_set_cipher_list(p->server_ctx, "ECDHE-ECDSA-AES256-GCM-SHA384");
  SSL_CTX_set_ciphersuites(p->client_ctx, "TLS_AES_128_GCM_SHA256");
  SSL_CTX_set_ciphersuites(p->server_ctx, "TLS_AES_256_GCM_SHA384");
}

static void no_shared_group(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_set1_groups_list(p->client_ctx, "X25519");
  SSL_CTX_set1_groups_list(p->server_ctx, "P-384");
}

static void retry_request(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_set1_groups_list(p->client_ctx, "X25519:P-384");
  SSL_CTX_set1_groups_list(p->server_ctx, "P-384");
}

static void client_too_old(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_set_max_proto_version(p->server_ctx, TLS1_3_VERSION);
  SSL_CTX_set_min_proto_version(p->server_ctx, TLS1_3_VERSION);
}

static void server_too_old(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_set_min_proto_version(p->client_ctx, TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(p->server_ctx, TLS1_2_VERSION);
}

static void fallback(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_set_max_proto_version(p->server_ctx, TLS1_3_VERSION);
  SSL_CTX_set_mode(p->client_ctx, SSL_MODE_SEND_FALLBACK_SCSV);
}

static void expired(struct pair *p, const struct pki *k)
{
  SSL_CTX_use_certificate(p->server_ctx, k->expired.cert);
  SSL_CTX_use_PrivateKey(p->server_ctx, k->expired.key);
}

static void untrusted(struct pair *p, const struct pki *k)
{
  SSL_CTX_use_certificate(p->server_ctx, k->stranger.cert);
  SSL_CTX_use_PrivateKey(p->server_ctx, k->stranger.key);
}

static void other_name(struct pair *p, const struct pki *k)
{
  X509_VERIFY_PARAM *param = SSL_CTX_get0_param(p->client_ctx);

  (void)k;
  X509_VERIFY_PARAM_set1_host(param, "bad.example", 0);
}

static void unverified(struct pair *p, const struct pki *k)
{
  untrusted(p, k); /* a bad verify result that does not matter */
  SSL_CTX_set_verify(p->client_ctx, SSL_VERIFY_NONE, NULL);
}

static void client_certificate_wanted(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_set_verify(p->server_ctx,
                     SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
}

static void client_certificate_good(struct pair *p, const struct pki *k)
{
  client_certificate_wanted(p, k);
  SSL_CTX_use_certificate(p->client_ctx, k->client.cert);
  SSL_CTX_use_PrivateKey(p->client_ctx, k->client.key);
}

static void client_certificate_strange(struct pair *p, const struct pki *k)
{
  client_certificate_wanted(p, k);
  SSL_CTX_use_certificate(p->client_ctx, k->stranger.cert);
  SSL_CTX_use_PrivateKey(p->client_ctx, k->stranger.key);
}

static int alpn_none(SSL *ssl, const unsigned char **out, unsigned char *len,
                     const unsigned char *in, unsigned in_len, void *arg)
{
  (void)ssl, (void)out, (void)len, (void)in, (void)in_len, (void)arg;
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void alpn(struct pair *p, const struct pki *k)
{
  static const unsigned char offer[] = "\x08http/1.1";

  (void)k;
  SSL_CTX_set_alpn_protos(p->client_ctx, offer, sizeof offer - 1);
  SSL_CTX_set_alpn_select_cb(p->server_ctx, alpn_none, NULL);
}

static int name_unknown(SSL *ssl, int *alert, void *arg)
{
  (void)ssl, (void)arg;
  *alert = SSL_AD_UNRECOGNIZED_NAME;
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void unknown_name(struct pair *p, const struct pki *k)
{
  (void)k;
  SSL_CTX_set_tlsext_servername_callback(p->server_ctx, name_unknown);
}

/* -- the table -- */

static const struct {
  const char *name;
  unsigned versions;
  void (*change)(struct pair *, const struct pki *);
  uint16_t client[3]; /* causes right for the client, 0 behind the last; */
  uint16_t server[3]; /* the first is the exact one */
} cases[] = {
#define C(name) TLSDIAG_CAUSE_##name
    {"success", V12 | V13, no_change, {C(NONE)}, {C(NONE)}},
    {"retry request", V13, retry_request, {C(NONE)}, {C(NONE)}},
    {"unverified", V12 | V13, unverified, {C(NONE)}, {C(NONE)}},
    {"client certificate",
     V12 | V13,
     client_certificate_good,
     {C(NONE)},
     {C(NONE)}},
    {"no shared cipher",
     V12 | V13,
     no_shared_cipher,
     {C(NO_SHARED_CIPHER), C(HANDSHAKE_FAILURE)},
     {C(NO_SHARED_CIPHER)}},
    {"no shared group",
     V13,
     no_shared_group,
     {C(NO_SHARED_GROUP), C(HANDSHAKE_FAILURE), C(NO_SHARED_CIPHER)},
     {C(NO_SHARED_GROUP)}},
    {"client too old",
     V12,
     client_too_old,
     {C(VERSION_CLIENT_TOO_OLD)},
     {C(VERSION_CLIENT_TOO_OLD)}},
    {"server too old",
     V13,
     server_too_old,
     {C(VERSION_SERVER_TOO_OLD)},
     {C(VERSION_SERVER_TOO_OLD)}},
    {"fallback",
     V12,
     fallback,
     {C(INAPPROPRIATE_FALLBACK)},
     {C(INAPPROPRIATE_FALLBACK)}},
    {"expired",
     V12 | V13,
     expired,
     {C(SERVER_CERTIFICATE_EXPIRED)},
     {C(SERVER_CERTIFICATE_EXPIRED)}},
    {"untrusted",
     V12 | V13,
     untrusted,
     {C(SERVER_CERTIFICATE_UNTRUSTED)},
     {C(SERVER_CERTIFICATE_UNTRUSTED), C(SERVER_CERTIFICATE_CHAIN_INCOMPLETE)}},
    {"other name",
     V12 | V13,
     other_name,
     {C(SERVER_CERTIFICATE_NAME_MISMATCH)},
     {C(SERVER_CERTIFICATE_REJECTED), C(SERVER_CERTIFICATE_NAME_MISMATCH)}},
    {"client certificate missing",
     V12 | V13,
     client_certificate_wanted,
     {C(CLIENT_CERTIFICATE_MISSING)},
     {C(CLIENT_CERTIFICATE_MISSING)}},
    {"client certificate strange",
     V12 | V13,
     client_certificate_strange,
     {C(CLIENT_CERTIFICATE_UNTRUSTED), C(CLIENT_CERTIFICATE_REJECTED)},
     {C(CLIENT_CERTIFICATE_UNTRUSTED)}},
    {"alpn",
     V12 | V13,
     alpn,
     {C(NO_APPLICATION_PROTOCOL)},
     {C(NO_APPLICATION_PROTOCOL)}},
    {"unknown name",
     V12 | V13,
     unknown_name,
     {C(SNI_UNRECOGNIZED)},
     {C(SNI_UNRECOGNIZED)}},
#undef C
};

static int among(uint16_t cause, const uint16_t causes[3])
{
  return cause == causes[0] || (causes[1] != 0 && cause == causes[1]) ||
         (causes[2] != 0 && cause == causes[2]);
}

static void check_verdict(const char *name, const char *side, SSL *ssl,
                          const tlsdiag_verdict *got, const uint16_t causes[3])
{
  char what[256], text[128];
  unsigned i;
  int failed = causes[0] != TLSDIAG_CAUSE_NONE;
  int right = among(got->causes[0].id, causes) &&
              got->outcome ==
                  (failed ? TLSDIAG_OUTCOME_FAILED : TLSDIAG_OUTCOME_COMPLETED);

  snprintf(what, sizeof what, "%s, %s: %s (outcome %u, confidence %u)", name,
           side, tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, got->causes[0].id),
           got->outcome, got->causes[0].confidence);
  check(right, what);
  if (right) {
    return;
  }
  for (i = 0; i < tlsdiag_flow_num_observations(tlsdiag_ssl_flow(ssl)); i++) {
    tlsdiag_observation o = {.size = sizeof o};
    tlsdiag_flow_observation(tlsdiag_ssl_flow(ssl), i, &o);
    tlsdiag_observation_text(&o, text, sizeof text);
    fprintf(stderr, "    %s\n", text);
  }
}

/* The same case watched and unwatched must go the same way. */
static void run_case(size_t i, const struct pki *pki, int version, size_t room)
{
  struct pair watched, alone;
  char name[96];
  int heard;

  snprintf(name, sizeof name, "%s, TLS %s, buffers of %zu", cases[i].name,
           version == TLS1_3_VERSION ? "1.3" : "1.2", room);
  pair_init(&watched, pki, version);
  cases[i].change(&watched, pki);
  pair_attach(&watched);
  pair_join(&watched, room);
  pair_run(&watched);
  pair_init(&alone, pki, version);
  cases[i].change(&alone, pki);
  pair_join(&alone, room);
  pair_run(&alone);
  check(watched.client_ret == alone.client_ret &&
            watched.client_error == alone.client_error &&
            watched.client_code == alone.client_code &&
            watched.server_ret == alone.server_ret &&
            watched.server_error == alone.server_error &&
            watched.server_code == alone.server_code,
        name);
  /* Over a narrow buffer an alert may find no room: OpenSSL does not try
   * again, and the other side never hears why. */
  heard = room > 1024 || cases[i].client[0] == TLSDIAG_CAUSE_NONE;
  if (watched.client_error == SSL_ERROR_SSL || heard) {
    check_verdict(name, "client", watched.client, &watched.client_says,
                  cases[i].client);
  }
  if (watched.server_error == SSL_ERROR_SSL || heard) {
    check_verdict(name, "server", watched.server, &watched.server_says,
                  cases[i].server);
  }
  pair_free(&watched);
  pair_free(&alone);
}

void run_cases(const struct pki *pki)
{
  static const size_t rooms[] = {17 * 1024, 23};
  size_t i, j;

  for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    for (j = 0; j < sizeof rooms / sizeof rooms[0]; j++) {
      if (cases[i].versions & V12) {
        run_case(i, pki, TLS1_2_VERSION, rooms[j]);
      }
      if (cases[i].versions & V13) {
        run_case(i, pki, TLS1_3_VERSION, rooms[j]);
      }
    }
  }
  printf("%zu kinds of handshakes, watched and alone, wide and narrow\n",
         sizeof cases / sizeof cases[0]);
}
