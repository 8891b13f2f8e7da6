/* cases.c: real handshakes that end in every way the adapter must tell apart,
 * each with and without it, over wide and narrow buffers.
 *
 * What both sides say of each is printed; openssl.sh compares it with
 * verdicts.txt. */
#include <stdio.h>
#include <string.h>
#include "changes.h"

#define V12 0x1
#define V13 0x2

struct hosts_case {
  const char *name;
  unsigned versions;
  void (*change)(struct pair *, const struct pki *);
};

static const struct hosts_case cases[] = {
    {"success", V12 | V13, no_change},
    {"retry request", V13, retry_request},
    {"RSA key", V12 | V13, rsa_key},
    {"unverified", V12 | V13, unverified},
    {"client certificate", V12 | V13, client_certificate_good},
    {"ALPN agreed", V12 | V13, alpn_good},
    {"PSK", V12 | V13, psk_good},
    {"another context for the name", V12 | V13, host_good},
    {"no shared cipher", V12 | V13, no_shared_cipher},
    {"no shared group", V12 | V13, no_shared_group},
    {"certificate of another curve", V12 | V13, certificate_curve},
    {"no shared signature algorithm", V12 | V13, no_shared_sigalg},
    {"signature algorithms of another key", V12 | V13, sigalg_of_other_key},
    {"signature algorithms of another curve", V13, sigalg_of_other_curve},
    {"suites of another key", V12, other_key},
    {"client too old", V12, client_too_old},
    {"server too old", V13, server_too_old},
    {"fallback", V12, fallback},
    {"no certificate", V12 | V13, no_certificate},
    {"expired", V12 | V13, expired},
    {"not yet valid", V12 | V13, not_yet_valid},
    {"untrusted", V12 | V13, untrusted},
    {"incomplete chain", V12 | V13, incomplete},
    {"weak key", V12 | V13, weak_key},
    {"wrong purpose", V12 | V13, wrong_purpose},
    {"other name", V12 | V13, other_name},
    {"no CRL", V12 | V13, no_crl},
    {"no OCSP response", V12 | V13, status_missing},
    {"expired for the name", V12 | V13, host_expired},
    {"client certificate missing", V12 | V13, client_certificate_wanted},
    {"client certificate strange", V12 | V13, client_certificate_strange},
    {"client certificate expired", V12 | V13, client_certificate_expired},
    {"client certificate of a server", V12 | V13, client_certificate_of_server},
    {"ALPN", V12 | V13, alpn},
    {"unknown name", V12 | V13, unknown_name},
    {"wrong PSK", V12 | V13, psk_wrong},
    {"unknown PSK identity", V12 | V13, psk_stranger},
    {"client says no", V12 | V13, client_vetoes},
    {"server says no", V12 | V13, server_vetoes},
    {"certificate callback fails", V12 | V13, certificate_callback_fails},
};

/* One line of verdicts.txt.  Who is to blame counts where the cause is sure. */
static void print_verdict(const char *name, const char *version,
                          const char *side, const tlsdiag_verdict *got)
{
  const tlsdiag_cause *best = &got->causes[0];

  printf("verdict: %s; %s; %s: %s at %s", name, version, side,
         tlsdiag_name(TLSDIAG_REGISTRY_OUTCOME, got->outcome),
         tlsdiag_name(TLSDIAG_REGISTRY_STAGE, got->stage));
  if (best->id != TLSDIAG_CAUSE_NONE) {
    printf(", %s", tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, best->id));
  }
  if (best->id != TLSDIAG_CAUSE_NONE && best->confidence >= 90) {
    printf(", surely by the %s",
           tlsdiag_name(TLSDIAG_REGISTRY_PARTY, best->party));
  }
  printf("\n");
}

/* Watched and unwatched, the same must happen. */
static void check_same(const char *name, const char *side, const struct seen *a,
                       const struct seen *b)
{
  char what[128];
  int same = a->ret == b->ret && a->error == b->error &&
             strcmp(a->queue, b->queue) == 0 &&
             strcmp(a->alerts, b->alerts) == 0 &&
             strcmp(a->result, b->result) == 0;

  snprintf(what, sizeof what, "%s, %s: goes the same way", name, side);
  check(same, what);
  if (!same) {
    fprintf(stderr, "    %d %d %s%s%s\n    %d %d %s%s%s\n", a->ret, a->error,
            a->queue, a->alerts, a->result, b->ret, b->error, b->queue,
            b->alerts, b->result);
  }
}

static void play(struct pair *pair, const struct hosts_case *c,
                 const struct pki *pki, int version, size_t room, int watched)
{
  pair_init(pair, pki, version);
  c->change(pair, pki);
  if (watched) {
    pair_attach(pair);
  }
  pair_join(pair, room);
  pair_run(pair);
}

/* Through a narrow buffer the same comes out, but that an alert may find no
 * room: OpenSSL does not try again, and the other side never hears why. */
static void check_narrow(const char *name, const struct seen *seen,
                         const tlsdiag_verdict *wide,
                         const tlsdiag_verdict *narrow)
{
  char what[128];

  snprintf(what, sizeof what, "%s: the same through a narrow buffer", name);
  if (seen->error == SSL_ERROR_SSL ||
      wide->outcome == TLSDIAG_OUTCOME_COMPLETED) {
    check(wide->causes[0].id == narrow->causes[0].id &&
              wide->outcome == narrow->outcome,
          what);
  }
}

static void run_case(const struct hosts_case *c, const struct pki *pki,
                     int version)
{
  const char *word = version == TLS1_3_VERSION ? "TLS 1.3" : "TLS 1.2";
  struct pair wide, narrow, alone;

  play(&wide, c, pki, version, 17 * 1024, 1);
  play(&alone, c, pki, version, 17 * 1024, 0);
  check_same(c->name, "client", &wide.client_seen, &alone.client_seen);
  check_same(c->name, "server", &wide.server_seen, &alone.server_seen);
  print_verdict(c->name, word, "client", &wide.client_says);
  print_verdict(c->name, word, "server", &wide.server_says);
  pair_free(&alone);
  play(&narrow, c, pki, version, 23, 1);
  play(&alone, c, pki, version, 23, 0);
  check_same(c->name, "client", &narrow.client_seen, &alone.client_seen);
  check_same(c->name, "server", &narrow.server_seen, &alone.server_seen);
  check_narrow(c->name, &narrow.client_seen, &wide.client_says,
               &narrow.client_says);
  check_narrow(c->name, &narrow.server_seen, &wide.server_says,
               &narrow.server_says);
  pair_free(&wide);
  pair_free(&narrow);
  pair_free(&alone);
}

void run_cases(const struct pki *pki)
{
  unsigned handshakes = 0;
  size_t i;

  for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    if (cases[i].versions & V12) {
      run_case(&cases[i], pki, TLS1_2_VERSION);
      handshakes++;
    }
    if (cases[i].versions & V13) {
      run_case(&cases[i], pki, TLS1_3_VERSION);
      handshakes++;
    }
  }
  printf("%u configurations, watched and alone, wide and narrow\n", handshakes);
}
