/* Names, suites and the catalogue: the generated tables through their API. */
#include <criterion/criterion.h>
#include <string.h>

#include "causes.h"
#include "suites.h"
#include "tlsdiag/tlsdiag.h"

static void expect_name(uint32_t registry, uint32_t value, const char *name)
{
  const char *found = tlsdiag_name(registry, value);

  cr_assert_not_null(found, "%u/%u has no name", registry, value);
  cr_assert_str_eq(found, name);
}

static void expect_value(uint32_t registry, const char *name, uint32_t value)
{
  uint32_t found = ~value;

  cr_assert_eq(tlsdiag_name_lookup(registry, name, strlen(name), &found),
               TLSDIAG_STATUS_OK, "%s is unknown", name);
  cr_assert_eq(found, value, "%s is %u", name, found);
}

Test(names, registries_of_others)
{
  expect_name(TLSDIAG_REGISTRY_CIPHER_SUITE, 0x1301, "TLS_AES_128_GCM_SHA256");
  expect_name(TLSDIAG_REGISTRY_CIPHER_SUITE, 0x5600, "TLS_FALLBACK_SCSV");
  expect_name(TLSDIAG_REGISTRY_CIPHER_SUITE_OPENSSL, 0xc02f,
              "ECDHE-RSA-AES128-GCM-SHA256");
  expect_name(TLSDIAG_REGISTRY_GROUP, 0x11ec, "X25519MLKEM768");
  expect_name(TLSDIAG_REGISTRY_SIGNATURE_SCHEME, 0x0804, "rsa_pss_rsae_sha256");
  expect_name(TLSDIAG_REGISTRY_EXTENSION, 0, "server_name");
  expect_name(TLSDIAG_REGISTRY_EXTENSION, 23, "extended_master_secret");
  expect_name(TLSDIAG_REGISTRY_EXTENSION, 0xff01, "renegotiation_info");
  expect_name(TLSDIAG_REGISTRY_ALERT, 40, "handshake_failure");
  expect_name(TLSDIAG_REGISTRY_ALERT, 86, "inappropriate_fallback");
  expect_name(TLSDIAG_REGISTRY_VERSION, 0x0304, "TLS 1.3");
  expect_name(TLSDIAG_REGISTRY_VERSION, 0xfefd, "DTLS 1.2");
  expect_name(TLSDIAG_REGISTRY_HANDSHAKE_TYPE, 14, "server_hello_done");
  expect_name(TLSDIAG_REGISTRY_SSLV2_MESSAGE, 1, "sslv2_client_hello");
  expect_name(TLSDIAG_REGISTRY_SSLV2_CIPHER_KIND, 0x0700c0,
              "SSL_CK_DES_192_EDE3_CBC_WITH_MD5");
}

Test(names, registries_of_ours)
{
  expect_name(TLSDIAG_REGISTRY_CAUSE, TLSDIAG_CAUSE_NO_SHARED_CIPHER,
              "no_shared_cipher");
  expect_name(TLSDIAG_REGISTRY_STAGE, TLSDIAG_STAGE_FINISHED, "finished");
  /* A negative status is found through its two's complement. */
  expect_name(TLSDIAG_REGISTRY_STATUS, (uint32_t)TLSDIAG_STATUS_E_USAGE,
              "e_usage");
  expect_name(TLSDIAG_REGISTRY_REGISTRY, TLSDIAG_REGISTRY_CAUSE, "cause");
}

Test(names, every_registry_is_reached_and_names_itself)
{
  uint32_t registry, known = 0;

  for (registry = 0; registry < 1000; registry++) {
    const char *name = tlsdiag_name(TLSDIAG_REGISTRY_REGISTRY, registry);
    uint32_t value, named = 0;
    if (!name) {
      cr_assert_null(tlsdiag_name(registry, 1));
      continue;
    }
    known++;
    expect_value(TLSDIAG_REGISTRY_REGISTRY, name, registry);
    for (value = 0; value <= 0xffff; value++) {
      named += tlsdiag_name(registry, value) != NULL;
    }
    cr_assert_gt(named, 0, "%s is empty", name);
  }
  cr_assert_geq(known, 29 + 25);
}

Test(names, every_name_is_found_again)
{
  static const uint32_t registries[] = {
      TLSDIAG_REGISTRY_CIPHER_SUITE, TLSDIAG_REGISTRY_GROUP,
      TLSDIAG_REGISTRY_EXTENSION,    TLSDIAG_REGISTRY_SIGNATURE_SCHEME,
      TLSDIAG_REGISTRY_ALERT,        TLSDIAG_REGISTRY_CAUSE};
  size_t i;
  uint32_t value, checked = 0;

  for (i = 0; i < sizeof(registries) / sizeof(registries[0]); i++) {
    for (value = 0; value <= 0xffff; value++) {
      const char *name = tlsdiag_name(registries[i], value);
      if (name && strcmp(name, "GREASE") != 0) {
        expect_value(registries[i], name, value);
        checked++;
      }
    }
  }
  cr_assert_gt(checked, 700);
}

Test(names, grease)
{
  uint32_t value, found = 0;

  for (value = 0; value <= 0xffff; value++) {
    const char *name = tlsdiag_name(TLSDIAG_REGISTRY_GROUP, value);
    found += name && strcmp(name, "GREASE") == 0;
  }
  cr_assert_eq(found, 16);
  expect_name(TLSDIAG_REGISTRY_CIPHER_SUITE, 0x0a0a, "GREASE");
  expect_name(TLSDIAG_REGISTRY_VERSION, 0xfafa, "GREASE");
  expect_name(TLSDIAG_REGISTRY_PSK_MODE, 0x0b, "GREASE");
  expect_name(TLSDIAG_REGISTRY_PSK_MODE, 0xe4, "GREASE");
  cr_assert_null(tlsdiag_name(TLSDIAG_REGISTRY_CIPHER_SUITE, 0x0a1a));
  cr_assert_null(tlsdiag_name(TLSDIAG_REGISTRY_CIPHER_SUITE, 0x10a0a));
  cr_assert_null(tlsdiag_name(TLSDIAG_REGISTRY_PSK_MODE, 0x0c));
  cr_assert_null(tlsdiag_name(TLSDIAG_REGISTRY_ALERT, 0x0a0a));
}

Test(names, unknown)
{
  cr_assert_null(tlsdiag_name(TLSDIAG_REGISTRY_ALERT, 255));
  cr_assert_null(tlsdiag_name(0, 0));
  cr_assert_null(tlsdiag_name(0xffffffff, 0));
  cr_assert_null(tlsdiag_name(TLSDIAG_REGISTRY_CIPHER_SUITE, 0xffffffff));
}

Test(names, lookup_ignores_case_and_knows_other_names)
{
  expect_value(TLSDIAG_REGISTRY_CIPHER_SUITE, "tls_aes_128_gcm_sha256", 0x1301);
  expect_value(TLSDIAG_REGISTRY_CIPHER_SUITE, "ECDHE-RSA-AES128-GCM-SHA256",
               0xc02f);
  expect_value(TLSDIAG_REGISTRY_GROUP, "prime256v1", 23);
  expect_value(TLSDIAG_REGISTRY_EXTENSION, "ALPN", 16);
  expect_value(TLSDIAG_REGISTRY_EXTENSION, "padding", 21);
  expect_value(TLSDIAG_REGISTRY_EXTENSION, "extended_main_secret", 23);
}

Test(names, lookup_refuses)
{
  uint32_t value = 7;

  cr_assert_eq(
      tlsdiag_name_lookup(TLSDIAG_REGISTRY_ALERT, "close_notif", 11, &value),
      TLSDIAG_STATUS_E_ABSENT);
  cr_assert_eq(value, 0);
  cr_assert_eq(
      tlsdiag_name_lookup(TLSDIAG_REGISTRY_ALERT, "close_notify\0", 13, &value),
      TLSDIAG_STATUS_E_ABSENT);
  cr_assert_eq(tlsdiag_name_lookup(TLSDIAG_REGISTRY_ALERT, NULL, 0, &value),
               TLSDIAG_STATUS_E_ABSENT);
  cr_assert_eq(tlsdiag_name_lookup(TLSDIAG_REGISTRY_ALERT, NULL, 3, &value),
               TLSDIAG_STATUS_E_USAGE);
  cr_assert_eq(tlsdiag_name_lookup(TLSDIAG_REGISTRY_ALERT, "x", 1, NULL),
               TLSDIAG_STATUS_E_USAGE);
}

Test(suites, facts)
{
  const struct suite_info *suite = suite_find(0xc02f);

  cr_assert_not_null(suite);
  cr_assert_eq(suite->kx, SUITE_KX_ECDHE);
  cr_assert_eq(suite->auth, SUITE_AUTH_RSA);
  cr_assert_eq(suite->bulk, SUITE_BULK_GCM);
  cr_assert_eq(suite->mac, SUITE_MAC_SHA256);
  cr_assert_eq(suite->versions, SUITE_VERSION_TLS1_2);
  cr_assert_eq(suite->flags, SUITE_FLAG_AEAD | SUITE_FLAG_FORWARD_SECRECY);

  suite = suite_find(0x1301);
  cr_assert_not_null(suite);
  cr_assert_eq(suite->kx, SUITE_KX_ANY);
  cr_assert_eq(suite->auth, SUITE_AUTH_ANY);
  cr_assert_eq(suite->versions, SUITE_VERSION_TLS1_3);

  suite = suite_find(0x002f);
  cr_assert_not_null(suite);
  cr_assert_eq(suite->kx, SUITE_KX_RSA);
  cr_assert_eq(suite->bulk, SUITE_BULK_CBC_16);
  cr_assert_eq(suite->flags, 0);

  suite = suite_find(0x0004); /* TLS_RSA_WITH_RC4_128_MD5 */
  cr_assert_not_null(suite);
  cr_assert_eq(suite->bulk, SUITE_BULK_STREAM);
  cr_assert_eq(suite->flags, SUITE_FLAG_WEAK);

  suite = suite_find(0x1305); /* TLS_AES_128_CCM_8_SHA256 */
  cr_assert_not_null(suite);
  cr_assert(suite->flags & SUITE_FLAG_SHORT_TAG);
  cr_assert_eq(suite->bulk, SUITE_BULK_CCM_8);
}

Test(suites, signals_grease_and_strangers)
{
  cr_assert_not_null(suite_find(0x5600));
  cr_assert(suite_find(0x5600)->flags & SUITE_FLAG_SIGNAL);
  cr_assert(suite_find(0x00ff)->flags & SUITE_FLAG_SIGNAL);
  cr_assert_null(suite_find(0x0a0a));
  cr_assert_null(suite_find(0xfffe));
}

Test(suites, every_row_has_a_name)
{
  uint32_t value, found = 0;

  for (value = 0; value <= 0xffff; value++) {
    const struct suite_info *suite = suite_find((uint16_t)value);
    if (suite) {
      cr_assert_eq(suite->value, value);
      cr_assert_neq(suite->versions, 0);
      cr_assert_not_null(tlsdiag_name(TLSDIAG_REGISTRY_CIPHER_SUITE, value));
      found++;
    }
  }
  cr_assert_geq(found, 354 + 2);
}

Test(causes, every_cause_has_every_section)
{
  uint32_t cause, section;

  for (cause = 0; tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, cause); cause++) {
    for (section = 1; tlsdiag_name(TLSDIAG_REGISTRY_SECTION, section);
         section++) {
      const char *text = tlsdiag_cause_text(cause, section);
      cr_assert_not_null(text, "cause %u section %u", cause, section);
      if (section != TLSDIAG_SECTION_WORDINGS) {
        cr_assert_neq(text[0], '\0', "cause %u section %u", cause, section);
      }
    }
    cr_assert(strlen(tlsdiag_cause_text(cause, TLSDIAG_SECTION_TITLE)) <= 60);
    cr_assert(strlen(tlsdiag_cause_text(cause, TLSDIAG_SECTION_ADVICE)) <= 160);
    cr_assert_not_null(
        tlsdiag_name(TLSDIAG_REGISTRY_PARTY, cause_party(cause)));
    expect_name(TLSDIAG_REGISTRY_CAUSE_GROUP, cause_group(cause),
                cause_text(cause, TLSDIAG_SECTION_GROUP));
  }
  cr_assert_geq(cause, 85);
}

Test(causes, texts)
{
  cr_assert_str_eq(
      tlsdiag_cause_text(TLSDIAG_CAUSE_NO_SHARED_CIPHER, TLSDIAG_SECTION_TITLE),
      "No cipher suite in common");
  cr_assert_not_null(
      strstr(tlsdiag_cause_text(TLSDIAG_CAUSE_INAPPROPRIATE_FALLBACK,
                                TLSDIAG_SECTION_WORDINGS),
             "error:140A1175:SSL routines:SSL_BYTES_TO_CIPHER_LIST:"
             "inappropriate fallback\n"));
  cr_assert_eq(cause_party(TLSDIAG_CAUSE_SNI_BLOCKED), TLSDIAG_PARTY_MIDDLEBOX);
  cr_assert_eq(cause_group(TLSDIAG_CAUSE_SNI_BLOCKED),
               TLSDIAG_CAUSE_GROUP_NAME);
}

Test(causes, unknown)
{
  cr_assert_null(tlsdiag_cause_text(100000, TLSDIAG_SECTION_TITLE));
  cr_assert_null(tlsdiag_cause_text(100000, TLSDIAG_SECTION_CONFIRM));
  cr_assert_null(tlsdiag_cause_text(TLSDIAG_CAUSE_NONE, 0));
  cr_assert_null(tlsdiag_cause_text(TLSDIAG_CAUSE_NONE, 99));
  cr_assert_null(cause_text(TLSDIAG_CAUSE_NONE, TLSDIAG_SECTION_CONFIRM));
  cr_assert_eq(cause_party(0xffffffff), TLSDIAG_PARTY_UNKNOWN);
}
