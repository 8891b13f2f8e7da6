/* One TLS server or client of wolfSSL:
   wolfpeer srv|cli HOST PORT [key=value ...]
   Keys: cert key ca max=1.2|1.3 min suites alpn sni verify=1 names=NAME
   auth=require timeout */
#include <wolfssl/options.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <wolfssl/ssl.h>

static int num_words;
static char **words;

static char *get(const char *key) {
  size_t len = strlen(key);
  for (int n = 0; n < num_words; n++) {
    if (!strncmp(words[n], key, len) && words[n][len] == '=') {
      return words[n] + len + 1;
    }
  }
  return NULL;
}

static void say(const char *what, WOLFSSL *ssl, int result) {
  char text[WOLFSSL_MAX_ERROR_SZ] = "";
  int code = ssl ? wolfSSL_get_error(ssl, result) : 0;
  if (code) {
    wolfSSL_ERR_error_string((unsigned long)code, text);
  }
  printf("%s %d %s\n", what, code, text);
  fflush(stdout);
}

static void must(int ok, const char *what) {
  if (!ok) {
    say(what, NULL, 0);
    exit(1);
  }
}

static WOLFSSL_METHOD *method(int server) {
  const char *max = get("max");
  if (max && !strcmp(max, "1.2")) {
    return server ? wolfTLSv1_2_server_method() : wolfTLSv1_2_client_method();
  }
  const char *min = get("min");
  if (min && !strcmp(min, "1.3")) {
    return server ? wolfTLSv1_3_server_method() : wolfTLSv1_3_client_method();
  }
  return server ? wolfSSLv23_server_method() : wolfSSLv23_client_method();
}

static WOLFSSL_CTX *make_context(int server) {
  WOLFSSL_CTX *made = wolfSSL_CTX_new(method(server));
  int ask = WOLFSSL_VERIFY_NONE;
  must(made != NULL, "ERR method");
  if (get("cert")) {
    must(wolfSSL_CTX_use_certificate_chain_file(made, get("cert")) == 1,
         "ERR cert");
    must(wolfSSL_CTX_use_PrivateKey_file(made, get("key"),
                                         WOLFSSL_FILETYPE_PEM) == 1,
         "ERR key");
  }
  if (get("ca")) {
    must(wolfSSL_CTX_load_verify_locations(made, get("ca"), NULL) == 1,
         "ERR ca");
  }
  if (get("suites")) {
    must(wolfSSL_CTX_set_cipher_list(made, get("suites")) == 1, "ERR suites");
  }
  if (get("verify")) {
    ask = WOLFSSL_VERIFY_PEER;
  }
  if (get("auth")) {
    ask = WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  wolfSSL_CTX_set_verify(made, ask, NULL);
  return made;
}

static void shape(WOLFSSL *ssl) {
  if (get("sni")) {
    wolfSSL_UseSNI(ssl, WOLFSSL_SNI_HOST_NAME, get("sni"),
                   (unsigned short)strlen(get("sni")));
  }
  if (get("names")) {
    wolfSSL_check_domain_name(ssl, get("names"));
  }
  if (get("alpn")) {
    wolfSSL_UseALPN(ssl, get("alpn"), (unsigned)strlen(get("alpn")),
                    WOLFSSL_ALPN_FAILED_ON_MISMATCH);
  }
}

static void limit(int fd) {
  const char *seconds = get("timeout");
  struct timeval wait = {seconds ? atoi(seconds) : 9, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
}

static void talk(WOLFSSL_CTX *context, int fd, int server) {
  WOLFSSL *ssl = wolfSSL_new(context);
  const char *ask = "GET / HTTP/1.0\r\n\r\n";
  const char *reply = "HTTP/1.0 200 OK\r\n\r\nhello\n";
  char in[1000];
  limit(fd);
  shape(ssl);
  wolfSSL_set_fd(ssl, fd);
  int result = server ? wolfSSL_accept(ssl) : wolfSSL_connect(ssl);
  if (result != WOLFSSL_SUCCESS) {
    say("ERR", ssl, result);
  } else {
    if (!server) {
      wolfSSL_write(ssl, ask, (int)strlen(ask));
    }
    result = wolfSSL_read(ssl, in, sizeof in);
    say(result > 0 ? "OK" : "ERR read", ssl, result);
    if (server && result > 0) {
      wolfSSL_write(ssl, reply, (int)strlen(reply));
    }
    wolfSSL_shutdown(ssl);
  }
  wolfSSL_free(ssl);
  close(fd);
}

int main(int argc, char **argv) {
  if (argc < 4) {
    return 2;
  }
  num_words = argc - 4;
  words = argv + 4;
  int server = !strcmp(argv[1], "srv");
  wolfSSL_Init();
  WOLFSSL_CTX *context = make_context(server);
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_port = htons((uint16_t)atoi(argv[3]));
  inet_pton(AF_INET, argv[2], &address.sin_addr);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (!server) {
    must(!connect(fd, (struct sockaddr *)&address, sizeof address),
         "ERR connect");
    talk(context, fd, 0);
    return 0;
  }
  must(!bind(fd, (struct sockaddr *)&address, sizeof address), "ERR bind");
  listen(fd, 9);
  for (;;) {
    talk(context, accept(fd, NULL, NULL), 1);
  }
}
