/* pki.c: the certificates of the tests, made anew each time. */
#include <stdio.h>
#include <string.h>
#include "kit.h"

static void add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
  X509V3_CTX ctx;
  X509_EXTENSION *ext;

  X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
  ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
  if (ext != NULL) {
    X509_add_ext(cert, ext, -1);
    X509_EXTENSION_free(ext);
  }
}

static EVP_PKEY *make_key(int type, int param)
{
  EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(type, NULL);
  EVP_PKEY *key = NULL;

  EVP_PKEY_keygen_init(ctx);
  if (type == EVP_PKEY_RSA) {
    EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, param);
  } else {
    EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, param);
  }
  EVP_PKEY_keygen(ctx, &key);
  EVP_PKEY_CTX_free(ctx);
  return key;
}

static void set_names(X509 *cert, X509 *by, const char *name)
{
  X509_NAME *subject = X509_get_subject_name(cert);

  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             (const unsigned char *)name, -1, -1, 0);
  X509_set_issuer_name(cert, X509_get_subject_name(by));
}

/* `usage` is an extended key usage, or "CA". */
static void set_extensions(X509 *cert, X509 *by, const char *name,
                           const char *usage)
{
  char names[64];

  if (strcmp(usage, "CA") == 0) {
    add_extension(cert, by, NID_basic_constraints, "critical,CA:TRUE");
    return;
  }
  snprintf(names, sizeof names, "DNS:%s", name);
  add_extension(cert, by, NID_subject_alt_name, names);
  add_extension(cert, by, NID_ext_key_usage, usage);
}

/* Valid from `from` to `to` days from now; a NULL issuer signs itself. */
static void identity_make(struct identity *id, const struct identity *issuer,
                          const char *name, const char *usage, EVP_PKEY *key,
                          int from, int to)
{
  static long serial = 1;
  const struct identity *by = issuer != NULL ? issuer : id;

  id->key = key;
  id->cert = X509_new();
  X509_set_version(id->cert, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(id->cert), serial++);
  X509_gmtime_adj(X509_getm_notBefore(id->cert), from * 86400L);
  X509_gmtime_adj(X509_getm_notAfter(id->cert), to * 86400L);
  set_names(id->cert, by->cert, name);
  X509_set_pubkey(id->cert, id->key);
  set_extensions(id->cert, by->cert, name, usage);
  X509_sign(id->cert, by->key, EVP_sha256());
}

static EVP_PKEY *p256(void)
{
  return make_key(EVP_PKEY_EC, NID_X9_62_prime256v1);
}

void pki_make(struct pki *k)
{
  static const char name[] = "good.example", server[] = "serverAuth";
  static const char client[] = "clientAuth";

  memset(k, 0, sizeof *k);
  identity_make(&k->ca, NULL, "test CA", "CA", p256(), -1, 30);
  identity_make(&k->server, &k->ca, name, server, p256(), -1, 30);
  identity_make(&k->expired, &k->ca, name, server, p256(), -9, -2);
  identity_make(&k->future, &k->ca, name, server, p256(), 2, 30);
  identity_make(&k->p384, &k->ca, name, server,
                make_key(EVP_PKEY_EC, NID_secp384r1), -1, 30);
  identity_make(&k->not_server, &k->ca, name, client, p256(), -1, 30);
  identity_make(&k->inner_ca, &k->ca, "inner CA", "CA", p256(), -1, 30);
  identity_make(&k->inner, &k->inner_ca, name, server, p256(), -1, 30);
  identity_make(&k->client, &k->ca, "client.example", client, p256(), -1, 30);
  identity_make(&k->client_expired, &k->ca, "client.example", client, p256(),
                -9, -2);
  identity_make(&k->stranger, NULL, name, "serverAuth,clientAuth", p256(), -1,
                30);
}

void pki_add_rsa(struct pki *k)
{
  identity_make(&k->rsa, &k->ca, "good.example", "serverAuth",
                make_key(EVP_PKEY_RSA, 2048), -1, 30);
  identity_make(&k->weak, &k->ca, "good.example", "serverAuth",
                make_key(EVP_PKEY_RSA, 1024), -1, 30);
}

static void identity_free(struct identity *id)
{
  X509_free(id->cert);
  EVP_PKEY_free(id->key);
}

void pki_free(struct pki *k)
{
  identity_free(&k->ca);
  identity_free(&k->server);
  identity_free(&k->expired);
  identity_free(&k->future);
  identity_free(&k->p384);
  identity_free(&k->rsa);
  identity_free(&k->weak);
  identity_free(&k->not_server);
  identity_free(&k->inner_ca);
  identity_free(&k->inner);
  identity_free(&k->client);
  identity_free(&k->client_expired);
  identity_free(&k->stranger);
}

void identity_use(SSL_CTX *ctx, const struct identity *id)
{
  SSL_CTX_use_certificate(ctx, id->cert);
  SSL_CTX_use_PrivateKey(ctx, id->key);
}
