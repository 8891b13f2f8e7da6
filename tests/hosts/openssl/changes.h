/* changes.h: see changes.c; each takes a pair of contexts from pair_init. */
#ifndef HOSTS_OPENSSL_CHANGES_H
#define HOSTS_OPENSSL_CHANGES_H

#include "kit.h"

void no_change(struct pair *p, const struct pki *k);
void no_shared_cipher(struct pair *p, const struct pki *k);
void no_shared_group(struct pair *p, const struct pki *k);
void certificate_curve(struct pair *p, const struct pki *k);
void no_shared_sigalg(struct pair *p, const struct pki *k);
void sigalg_of_other_key(struct pair *p, const struct pki *k);
void other_key(struct pair *p, const struct pki *k);
void retry_request(struct pair *p, const struct pki *k);
void rsa_key(struct pair *p, const struct pki *k);
void sigalg_of_other_curve(struct pair *p, const struct pki *k);
void client_too_old(struct pair *p, const struct pki *k);
void server_too_old(struct pair *p, const struct pki *k);
void fallback(struct pair *p, const struct pki *k);
void no_certificate(struct pair *p, const struct pki *k);
void expired(struct pair *p, const struct pki *k);
void not_yet_valid(struct pair *p, const struct pki *k);
void untrusted(struct pair *p, const struct pki *k);
void incomplete(struct pair *p, const struct pki *k);
void weak_key(struct pair *p, const struct pki *k);
void wrong_purpose(struct pair *p, const struct pki *k);
void other_name(struct pair *p, const struct pki *k);
void no_crl(struct pair *p, const struct pki *k);
void unverified(struct pair *p, const struct pki *k);
void status_missing(struct pair *p, const struct pki *k);
void client_certificate_wanted(struct pair *p, const struct pki *k);
void client_certificate_good(struct pair *p, const struct pki *k);
void client_certificate_strange(struct pair *p, const struct pki *k);
void client_certificate_expired(struct pair *p, const struct pki *k);
void client_certificate_of_server(struct pair *p, const struct pki *k);
void alpn(struct pair *p, const struct pki *k);
void alpn_good(struct pair *p, const struct pki *k);
void unknown_name(struct pair *p, const struct pki *k);
void host_good(struct pair *p, const struct pki *k);
void host_expired(struct pair *p, const struct pki *k);
void psk_good(struct pair *p, const struct pki *k);
void psk_wrong(struct pair *p, const struct pki *k);
void psk_stranger(struct pair *p, const struct pki *k);
void client_vetoes(struct pair *p, const struct pki *k);
void server_vetoes(struct pair *p, const struct pki *k);
void certificate_callback_fails(struct pair *p, const struct pki *k);

#endif
