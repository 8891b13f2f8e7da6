/* One TLS server or client of a library with OpenSSL's API (BoringSSL,
   OpenSSL):  sslpeer srv|cli HOST PORT [key=value ...]
   Keys: cert key ca min max suites groups alpn sni verify=1 auth=require
   psk=HEX identity=NAME veto=1 names=NAME timeout=S
   ech=PUBLIC_NAME (a key the server does not have) */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static int num_words;
static char **words;

static const char *get(const char *key) {
  size_t len = strlen(key);
  for (int n = 0; n < num_words; n++) {
    if (!strncmp(words[n], key, len) && words[n][len] == '=') {
      return words[n] + len + 1;
    }
  }
  return NULL;
}

static void say(const char *what) {
  unsigned long code = ERR_peek_error();
  char text[256] = "";
  if (code) {
    ERR_error_string_n(code, text, sizeof text);
  }
  printf("%s %s\n", what, text);
  fflush(stdout);
  ERR_clear_error();
}

static void must(int ok, const char *what) {
  if (!ok) {
    say(what);
    exit(1);
  }
}

static uint16_t version(const char *key, uint16_t otherwise) {
  const char *value = get(key);
  return value ? (uint16_t)(0x0301 + value[2] - '0') : otherwise;
}

static int wire_names(const char *list, unsigned char *out) {
  int len = 0;
  while (*list) {
    size_t part = strcspn(list, ":");
    out[len++] = (unsigned char)part;
    memcpy(out + len, list, part);
    len += (int)part;
    list += part + (list[part] == ':');
  }
  return len;
}

static int choose(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                  const unsigned char *in, unsigned in_len, void *context) {
  unsigned char own[256];
  int own_len = wire_names(get("alpn"), own);
  (void)ssl;
  (void)context;
  if (SSL_select_next_proto((unsigned char **)out, out_len, own,
                            (unsigned)own_len, in, in_len)
      != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  return SSL_TLSEXT_ERR_OK;
}

static unsigned psk_bytes(unsigned char *psk) {
  const char *hex = get("psk");
  unsigned len = 0;
  for (; hex[0] && hex[1]; hex += 2) {
    sscanf(hex, "%2hhx", &psk[len++]);
  }
  return len;
}

static unsigned psk_client(SSL *ssl, const char *hint, char *identity,
                           unsigned max_identity, unsigned char *psk,
                           unsigned max_psk) {
  (void)ssl;
  (void)hint;
  (void)max_psk;
  snprintf(identity, max_identity, "%s", get("identity"));
  return psk_bytes(psk);
}

static unsigned psk_server(SSL *ssl, const char *identity, unsigned char *psk,
                           unsigned max_psk) {
  (void)ssl;
  (void)max_psk;
  return strcmp(identity, get("identity")) ? 0 : psk_bytes(psk);
}

static SSL_CTX *make_context(int server) {
  SSL_CTX *made = SSL_CTX_new(TLS_method());
  SSL_CTX_set_min_proto_version(made, version("min", 0x0301));
  SSL_CTX_set_max_proto_version(made, version("max", 0x0304));
  if (get("cert")) {
    must(SSL_CTX_use_certificate_chain_file(made, get("cert")), "ERR cert");
    must(SSL_CTX_use_PrivateKey_file(made, get("key"), SSL_FILETYPE_PEM),
         "ERR key");
  }
  if (get("ca")) {
    must(SSL_CTX_load_verify_locations(made, get("ca"), NULL), "ERR ca");
  }
  if (get("suites")) {
    must(SSL_CTX_set_cipher_list(made, get("suites")), "ERR suites");
  }
  if (get("groups")) {
    must(SSL_CTX_set1_curves_list(made, get("groups")), "ERR groups");
  }
  if (get("psk")) {
    SSL_CTX_set_psk_client_callback(made, psk_client);
    SSL_CTX_set_psk_server_callback(made, psk_server);
  }
  if (get("auth")) {
    SSL_CTX_set_verify(made,
                       SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       NULL);
  } else if (get("verify")) {
    SSL_CTX_set_verify(made, SSL_VERIFY_PEER, NULL);
  }
  if (get("alpn") && server) {
    SSL_CTX_set_alpn_select_cb(made, choose, NULL);
  } else if (get("alpn")) {
    unsigned char names[256];
    SSL_CTX_set_alpn_protos(made, names,
                            (unsigned)wire_names(get("alpn"), names));
  }
  return made;
}

#ifdef OPENSSL_IS_BORINGSSL
#include <openssl/hpke.h>
/* Offers Encrypted ClientHello with a key that no server has. */
static void offer_ech(SSL *ssl) {
  EVP_HPKE_KEY *key = EVP_HPKE_KEY_new();
  SSL_ECH_KEYS *keys = SSL_ECH_KEYS_new();
  uint8_t *config, *list;
  size_t config_len, list_len;
  must(EVP_HPKE_KEY_generate(key, EVP_hpke_x25519_hkdf_sha256()), "ERR key");
  must(SSL_marshal_ech_config(&config, &config_len, 1, key, get("ech"), 16),
       "ERR config");
  must(SSL_ECH_KEYS_add(keys, 1, config, config_len, key), "ERR add");
  must(SSL_ECH_KEYS_marshal_retry_configs(keys, &list, &list_len),
       "ERR list");
  must(SSL_set1_ech_config_list(ssl, list, list_len), "ERR ech");
}
#else
static void offer_ech(SSL *ssl) {
  (void)ssl;
}
#endif

static void limit(int fd) {
  const char *seconds = get("timeout");
  struct timeval wait = {seconds ? atoi(seconds) : 9, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
}

static void answer(SSL_CTX *context, int fd) {
  SSL *ssl = SSL_new(context);
  char in[1000];
  limit(fd);
  SSL_set_fd(ssl, fd);
  if (SSL_accept(ssl) != 1) {
    say("ERR");
  } else if (SSL_read(ssl, in, sizeof in) <= 0) {
    say("ERR read");
  } else {
    const char *text = "HTTP/1.0 200 OK\r\n\r\nhello\n";
    SSL_write(ssl, text, (int)strlen(text));
    say("OK");
    SSL_shutdown(ssl);
  }
  SSL_free(ssl);
  close(fd);
}

static void request(SSL_CTX *context, int fd) {
  SSL *ssl = SSL_new(context);
  char in[1000];
  limit(fd);
  SSL_set_fd(ssl, fd);
  if (get("sni")) {
    SSL_set_tlsext_host_name(ssl, get("sni"));
  }
  if (get("names")) {
    X509_VERIFY_PARAM_set1_host(SSL_get0_param(ssl), get("names"),
                                strlen(get("names")));
  }
  if (get("ech")) {
    offer_ech(ssl);
  }
  if (SSL_connect(ssl) != 1) {
    say("ERR");
  } else if (get("veto")) {
    say("ERR the application refused the certificate");
  } else {
    const char *text = "GET / HTTP/1.0\r\n\r\n";
    SSL_write(ssl, text, (int)strlen(text));
    say(SSL_read(ssl, in, sizeof in) > 0 ? "OK" : "ERR read");
    SSL_shutdown(ssl);
  }
  SSL_free(ssl);
  close(fd);
}

int main(int argc, char **argv) {
  if (argc < 4) {
    return 2;
  }
  num_words = argc - 4;
  words = argv + 4;
  int server = !strcmp(argv[1], "srv");
  SSL_CTX *context = make_context(server);
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_port = htons((uint16_t)atoi(argv[3]));
  inet_pton(AF_INET, argv[2], &address.sin_addr);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (!server) {
    must(!connect(fd, (struct sockaddr *)&address, sizeof address),
         "ERR connect");
    request(context, fd);
    return 0;
  }
  must(!bind(fd, (struct sockaddr *)&address, sizeof address), "ERR bind");
  listen(fd, 9);
  for (;;) {
    answer(context, accept(fd, NULL, NULL));
  }
}
