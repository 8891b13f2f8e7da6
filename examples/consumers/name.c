/* name.c: reads a ClientHello from standard input, prints the name it asks
 * for. */
#include <stdio.h>
#include <tlsdiag/tlsdiag.h>

int main(void)
{
  unsigned char in[16384], scratch[16384];
  size_t len = fread(in, 1, sizeof in, stdin);
  tlsdiag_client_hello hello = {sizeof hello};
  tlsdiag_bytes msg;

  if (tlsdiag_find_handshake(in, len, scratch, sizeof scratch, &msg, NULL) !=
          TLSDIAG_STATUS_OK ||
      tlsdiag_client_hello_decode(msg.ptr, msg.len, TLSDIAG_FORMAT_TLS, &hello,
                                  NULL) != TLSDIAG_STATUS_OK) {
    fputs("no hello\n", stderr);
    return 1;
  }
  printf("%.*s\n", (int)hello.server_name.len,
         (const char *)hello.server_name.ptr);
  return 0;
}
