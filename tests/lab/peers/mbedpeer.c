/* One TLS 1.2 server or client of mbedTLS 2.28:
   mbedpeer srv|cli HOST PORT [key=value ...]
   Keys: cert key ca min max suite alpn sni verify=1 auth=require timeout
   psk=TEXT identity=NAME */
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int num_words;
static char **words;
static mbedtls_ssl_config config;
static mbedtls_x509_crt chain, roots;
static mbedtls_pk_context key;
static mbedtls_ctr_drbg_context random_source;
static mbedtls_entropy_context entropy;
static int suites[2];
static const char *protocols[2];

static char *get(const char *name) {
  size_t len = strlen(name);
  for (int n = 0; n < num_words; n++) {
    if (!strncmp(words[n], name, len) && words[n][len] == '=') {
      return words[n] + len + 1;
    }
  }
  return NULL;
}

static void say(const char *what, int code) {
  char text[200] = "";
  if (code) {
    mbedtls_strerror(code, text, sizeof text);
  }
  printf("%s -0x%04x %s\n", what, (unsigned)-code, text);
  fflush(stdout);
}

static void must(int code, const char *what) {
  if (code) {
    say(what, code);
    exit(1);
  }
}

static void versions(void) {
  const char *min = get("min"), *max = get("max");
  mbedtls_ssl_conf_min_version(&config, 3, min ? min[2] - '0' + 1 : 1);
  mbedtls_ssl_conf_max_version(&config, 3, max ? max[2] - '0' + 1 : 3);
}

static void configure(int server) {
  mbedtls_ssl_config_init(&config);
  mbedtls_x509_crt_init(&chain);
  mbedtls_x509_crt_init(&roots);
  mbedtls_pk_init(&key);
  mbedtls_entropy_init(&entropy);
  mbedtls_ctr_drbg_init(&random_source);
  must(mbedtls_ctr_drbg_seed(&random_source, mbedtls_entropy_func, &entropy,
                             NULL, 0), "ERR seed");
  must(mbedtls_ssl_config_defaults(
           &config, server ? MBEDTLS_SSL_IS_SERVER : MBEDTLS_SSL_IS_CLIENT,
           MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT),
       "ERR defaults");
  mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, &random_source);
  versions();
  if (get("cert")) {
    must(mbedtls_x509_crt_parse_file(&chain, get("cert")), "ERR cert");
    must(mbedtls_pk_parse_keyfile(&key, get("key"), NULL), "ERR key");
    must(mbedtls_ssl_conf_own_cert(&config, &chain, &key), "ERR own");
  }
  if (get("ca")) {
    must(mbedtls_x509_crt_parse_file(&roots, get("ca")), "ERR ca");
    mbedtls_ssl_conf_ca_chain(&config, &roots, NULL);
  }
  mbedtls_ssl_conf_authmode(&config, get("verify") || get("auth")
                                         ? MBEDTLS_SSL_VERIFY_REQUIRED
                                         : MBEDTLS_SSL_VERIFY_NONE);
  if (get("suite")) {
    suites[0] = mbedtls_ssl_get_ciphersuite_id(get("suite"));
    mbedtls_ssl_conf_ciphersuites(&config, suites);
  }
  if (get("alpn")) {
    protocols[0] = get("alpn");
    must(mbedtls_ssl_conf_alpn_protocols(&config, protocols), "ERR alpn");
  }
  if (get("psk")) {
    must(mbedtls_ssl_conf_psk(
             &config, (const unsigned char *)get("psk"), strlen(get("psk")),
             (const unsigned char *)get("identity"), strlen(get("identity"))),
         "ERR psk");
  }
  mbedtls_ssl_conf_read_timeout(
      &config, 1000u * (unsigned)(get("timeout") ? atoi(get("timeout")) : 9));
}

static void talk(mbedtls_net_context *net, int server) {
  mbedtls_ssl_context ssl;
  unsigned char in[1000];
  const char *text = server ? "HTTP/1.0 200 OK\r\n\r\nhello\n"
                            : "GET / HTTP/1.0\r\n\r\n";
  mbedtls_ssl_init(&ssl);
  must(mbedtls_ssl_setup(&ssl, &config), "ERR setup");
  mbedtls_ssl_set_bio(&ssl, net, mbedtls_net_send, NULL,
                      mbedtls_net_recv_timeout);
  if (!server && get("sni")) {
    mbedtls_ssl_set_hostname(&ssl, get("sni"));
  }
  int result = mbedtls_ssl_handshake(&ssl);
  if (result) {
    say("ERR", result);
  } else {
    if (!server) {
      mbedtls_ssl_write(&ssl, (const unsigned char *)text, strlen(text));
    }
    result = mbedtls_ssl_read(&ssl, in, sizeof in);
    say(result > 0 ? "OK" : "ERR read", result > 0 ? 0 : result);
    if (server && result > 0) {
      mbedtls_ssl_write(&ssl, (const unsigned char *)text, strlen(text));
    }
    mbedtls_ssl_close_notify(&ssl);
  }
  mbedtls_ssl_free(&ssl);
  mbedtls_net_free(net);
}

int main(int argc, char **argv) {
  mbedtls_net_context listener, net;
  if (argc < 4) {
    return 2;
  }
  num_words = argc - 4;
  words = argv + 4;
  int server = !strcmp(argv[1], "srv");
  configure(server);
  mbedtls_net_init(&listener);
  mbedtls_net_init(&net);
  if (!server) {
    must(mbedtls_net_connect(&net, argv[2], argv[3], MBEDTLS_NET_PROTO_TCP),
         "ERR connect");
    talk(&net, 0);
    return 0;
  }
  must(mbedtls_net_bind(&listener, argv[2], argv[3], MBEDTLS_NET_PROTO_TCP),
       "ERR bind");
  for (;;) {
    must(mbedtls_net_accept(&listener, &net, NULL, 0, NULL), "ERR accept");
    talk(&net, 1);
  }
}
