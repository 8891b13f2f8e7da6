/* policy.c: what is read of a server's own configuration, and what is not
 * claimed of it. */
#include <stdio.h>
#include <string.h>
#include <openssl/err.h>
#include "changes.h"

static void expect(const char *what, const tlsdiag_verdict *verdict,
                   unsigned cause, unsigned least)
{
  char text[160];

  snprintf(text, sizeof text, "%s: got %s (%u)", what,
           tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, verdict->causes[0].id),
           verdict->causes[0].confidence);
  check(verdict->causes[0].id == cause &&
            verdict->causes[0].confidence >= least,
        text);
}

/* The explanation names both lists. */
static void both_lists(const struct pki *pki,
                       void (*change)(struct pair *, const struct pki *),
                       unsigned cause, const char *words)
{
  char text[4096];
  struct pair pair;

  pair_init(&pair, pki, TLS1_2_VERSION);
  change(&pair, pki);
  pair_attach(&pair);
  pair_join(&pair, 17 * 1024);
  pair_run(&pair);
  expect(words, &pair.server_says, cause, 90);
  tlsdiag_explain(tlsdiag_ssl_flow(pair.server), &pair.server_says, 0, text,
                  sizeof text);
  check(strstr(text, words) != NULL, text);
  pair_free(&pair);
}

/* The SSL itself was given what its context lacks: the context's list must not
 * be blamed for another failure. */
static void own_lists(const struct pki *pki)
{
  struct pair pair;

  pair_init(&pair, pki, TLS1_3_VERSION);
  SSL_CTX_set1_groups_list(pair.server_ctx, "P-384");
  SSL_CTX_set1_sigalgs_list(pair.server_ctx, "ECDSA+SHA512");
  SSL_CTX_set1_groups_list(pair.client_ctx, "X25519");
  SSL_CTX_set1_sigalgs_list(pair.client_ctx, "ECDSA+SHA256");
  certificate_callback_fails(&pair, pki);
  pair_attach(&pair);
  pair_join(&pair, 17 * 1024);
  SSL_set1_groups_list(pair.server, "X25519");
  SSL_set1_sigalgs_list(pair.server, "ECDSA+SHA256");
  pair_run(&pair);
  expect("lists of its own", &pair.server_says, TLSDIAG_CAUSE_INTERNAL_ERROR,
         0);
  pair_free(&pair);
}

/* A server that says no before it looks for a certificate need not have one
 * yet. */
static void no_certificate_yet(const struct pki *pki)
{
  struct pair pair;

  pair_init(&pair, pki, TLS1_3_VERSION);
  no_certificate(&pair, pki);
  server_vetoes(&pair, pki);
  pair_attach(&pair);
  pair_join(&pair, 17 * 1024);
  pair_run(&pair);
  check(pair.server_says.causes[0].id !=
            TLSDIAG_CAUSE_NO_USABLE_SERVER_CERTIFICATE,
        "no certificate yet");
  pair_free(&pair);
}

static int calls;

static void count_info(const SSL *ssl, int where, int ret)
{
  (void)ssl, (void)where, (void)ret;
  calls++;
}

/* Attaching asks the context for a hello: nobody may notice. */
static void quiet(const struct pki *pki)
{
  struct pair pair;

  pair_init(&pair, pki, TLS1_3_VERSION);
  no_shared_group(&pair, pki);
  SSL_CTX_set_info_callback(pair.server_ctx, count_info);
  ERR_clear_error();
  pair_attach(&pair);
  check(ERR_peek_error() == 0, "attaching leaves no error behind");
  check(calls == 0, "attaching calls no callback");
  SSL_CTX_use_certificate_file(pair.server_ctx, "/nonexistent",
                               SSL_FILETYPE_PEM);
  check(ERR_peek_error() != 0, "an error of the program's own");
  pair_attach(&pair);
  check(ERR_peek_error() != 0, "attaching leaves the program's errors");
  ERR_clear_error();
  pair_free(&pair);
}

void run_policy(const struct pki *pki)
{
  both_lists(pki, no_shared_group, TLSDIAG_CAUSE_NO_SHARED_GROUP,
             "The server takes secp384r1, secp521r1; the client offered "
             "x25519, p256.");
  both_lists(pki, no_shared_sigalg, TLSDIAG_CAUSE_NO_SHARED_SIGNATURE_ALGORITHM,
             "The server takes ecdsa_secp256r1_sha256; the client offered "
             "ecdsa.");
  both_lists(pki, no_shared_cipher, TLSDIAG_CAUSE_NO_SHARED_CIPHER,
             "ECDHE-ECDSA-AES256-GCM-SHA384; the client offered ");
  both_lists(pki, certificate_curve, TLSDIAG_CAUSE_NO_USABLE_SERVER_CERTIFICATE,
             "To do: ");
  own_lists(pki);
  no_certificate_yet(pki);
  quiet(pki);
}
