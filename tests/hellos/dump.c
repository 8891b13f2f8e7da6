/* dump.c: decodes the hello messages named on the command line, each a file
 * that begins with its handshake header, and prints one JSON object a file,
 * for oracle_test.py. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tlsdiag/tlsdiag.h"

#define MAX_FILE (1 << 20)

static void put_hex(const char *name, tlsdiag_bytes bytes)
{
  size_t i;

  printf(",\"%s\":\"", name);
  for (i = 0; i < bytes.len; i++) {
    printf("%02x", bytes.ptr[i]);
  }
  printf("\"");
}

static void put_name(tlsdiag_bytes name)
{
  size_t i;

  printf("\"");
  for (i = 0; i < name.len; i++) {
    printf("%02x", name.ptr[i]);
  }
  printf("\"");
}

static void put_names(const char *key, tlsdiag_bytes list)
{
  tlsdiag_iter it;
  tlsdiag_bytes name;
  const char *comma = "";

  printf(",\"%s\":[", key);
  tlsdiag_iter_init(&it, &list);
  while (tlsdiag_next_name(&it, &name)) {
    printf("%s", comma);
    put_name(name);
    comma = ",";
  }
  printf("]");
}

static void put_u16s(const char *key, tlsdiag_bytes list)
{
  tlsdiag_iter it;
  uint16_t value;
  const char *comma = "";

  printf(",\"%s\":[", key);
  tlsdiag_iter_init(&it, &list);
  while (tlsdiag_next_u16(&it, &value)) {
    printf("%s%u", comma, value);
    comma = ",";
  }
  printf("]");
}

static void put_u8s(const char *key, tlsdiag_bytes list)
{
  tlsdiag_iter it;
  uint8_t value;
  const char *comma = "";

  printf(",\"%s\":[", key);
  tlsdiag_iter_init(&it, &list);
  while (tlsdiag_next_u8(&it, &value)) {
    printf("%s%u", comma, value);
    comma = ",";
  }
  printf("]");
}

static void put_extensions(tlsdiag_bytes list)
{
  tlsdiag_iter it;
  tlsdiag_extension extension;
  const char *comma = "";

  printf(",\"extensions\":[");
  tlsdiag_iter_init(&it, &list);
  while (tlsdiag_next_extension(&it, &list, &extension)) {
    printf("%s%u", comma, extension.type);
    comma = ",";
  }
  comma = "";
  printf("],\"extension_lengths\":[");
  tlsdiag_iter_init(&it, &list);
  while (tlsdiag_next_extension(&it, &list, &extension)) {
    printf("%s%lu", comma, (unsigned long)extension.body.len);
    comma = ",";
  }
  printf("]");
}

static void put_end(int status, const tlsdiag_where *where,
                    const tlsdiag_anomaly *anomalies, unsigned num_anomalies)
{
  unsigned i;

  printf(",\"status\":%d,\"field\":%u,\"anomalies\":[", status, where->field);
  for (i = 0; i < num_anomalies && i < TLSDIAG_MAX_ANOMALIES; i++) {
    printf("%s%u", i == 0 ? "" : ",", anomalies[i].kind);
  }
  printf("]}\n");
}

static void put_client_hello(const uint8_t *msg, size_t len, unsigned format)
{
  tlsdiag_client_hello ch;
  tlsdiag_where where;
  tlsdiag_iter it;
  tlsdiag_bytes key;
  uint16_t group;
  const char *comma = "";
  char ja3[33] = "";
  char ja4[37] = "";
  int status;

  ch.size = sizeof ch;
  status = tlsdiag_client_hello_decode(msg, len, format, &ch, &where);
  tlsdiag_ja3(&ch, ja3, sizeof ja3);
  tlsdiag_ja4(&ch, ja4, sizeof ja4);
  printf("{\"msg\":\"client_hello\",\"length\":%lu,\"legacy_version\":%u",
         (unsigned long)ch.message.len, ch.legacy_version);
  put_hex("random", ch.random);
  put_hex("session_id", ch.session_id);
  put_u16s("ciphers", ch.cipher_suites);
  put_u8s("compression", ch.compression_methods);
  put_extensions(ch.extensions);
  printf(",\"sni\":[");
  if ((ch.present >> TLSDIAG_HAS_SERVER_NAME & 1) != 0) {
    put_name(ch.server_name);
  }
  printf("]");
  put_names("alpn", ch.alpn);
  put_u16s("groups", ch.supported_groups);
  put_u16s("sigalgs", ch.signature_algorithms);
  put_u16s("sigalgs_cert", ch.signature_algorithms_cert);
  put_u16s("supported_versions", ch.supported_versions);
  printf(",\"key_share_groups\":[");
  tlsdiag_iter_init(&it, &ch.key_shares);
  while (tlsdiag_next_key_share(&it, &group, &key)) {
    printf("%s%u", comma, group);
    comma = ",";
  }
  printf("],\"key_share_selected\":null");
  put_u8s("psk_modes", ch.psk_key_exchange_modes);
  put_u8s("ec_point_formats", ch.ec_point_formats);
  put_u16s("cert_compression", ch.compress_certificate);
  printf(",\"ja3\":\"%s\",\"ja4\":\"%s\"", ja3, ja4);
  put_end(status, &where, ch.anomalies, ch.num_anomalies);
}

static void put_server_hello(const uint8_t *msg, size_t len, unsigned format)
{
  tlsdiag_server_hello sh;
  tlsdiag_where where;
  int status;
  int has_share;

  sh.size = sizeof sh;
  status = tlsdiag_server_hello_decode(msg, len, format, &sh, &where);
  has_share = (sh.present >> TLSDIAG_HAS_KEY_SHARE & 1) != 0;
  printf("{\"msg\":\"%s\",\"length\":%lu,\"legacy_version\":%u",
         sh.is_hello_retry_request ? "hello_retry_request" : "server_hello",
         (unsigned long)sh.message.len, sh.legacy_version);
  put_hex("random", sh.random);
  put_hex("session_id", sh.session_id);
  printf(",\"ciphers\":[");
  if ((sh.present >> TLSDIAG_HAS_CIPHER_SUITES & 1) != 0) {
    printf("%u", sh.cipher_suite);
  }
  printf("],\"compression\":[");
  if ((sh.present >> TLSDIAG_HAS_COMPRESSION_METHODS & 1) != 0) {
    printf("%u", sh.compression_method);
  }
  printf("]");
  put_extensions(sh.extensions);
  printf(",\"alpn\":[");
  if (sh.alpn.len != 0) {
    put_name(sh.alpn);
  }
  printf("],\"supported_versions\":[");
  if ((sh.present >> TLSDIAG_HAS_SUPPORTED_VERSIONS & 1) != 0) {
    printf("%u", sh.version);
  }
  printf("],\"key_share_groups\":[");
  if (has_share && !sh.is_hello_retry_request) {
    printf("%u", sh.group);
  }
  printf("],\"key_share_selected\":");
  if (has_share && sh.is_hello_retry_request) {
    printf("%u", sh.group);
  } else {
    printf("null");
  }
  put_u8s("ec_point_formats", sh.ec_point_formats);
  put_end(status, &where, sh.anomalies, sh.num_anomalies);
}

static int dump(const char *path)
{
  static uint8_t file[MAX_FILE];
  const char *base = strrchr(path, '/');
  FILE *f = fopen(path, "rb");
  uint8_t *msg;
  size_t len;
  unsigned format;

  if (f == NULL) {
    perror(path);
    return 1;
  }
  len = fread(file, 1, sizeof file, f);
  fclose(f);
  msg = malloc(len != 0 ? len : 1); /* of its exact size, for sanitizers */
  if (msg == NULL) {
    return 1;
  }
  memcpy(msg, file, len);
  base = base != NULL ? base + 1 : path;
  format =
      strncmp(base, "dtls", 4) == 0 ? TLSDIAG_FORMAT_DTLS : TLSDIAG_FORMAT_TLS;
  if (len != 0 && msg[0] == 2) {
    put_server_hello(msg, len, format);
  } else {
    put_client_hello(msg, len, format);
  }
  free(msg);
  return 0;
}

int main(int argc, char **argv)
{
  int status = 0;
  int i;

  for (i = 1; i < argc; i++) {
    status |= dump(argv[i]);
  }
  return status;
}
