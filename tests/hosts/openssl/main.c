/* main.c: runs the adapter's tests. */
#include <signal.h>
#include <stdio.h>
#include "kit.h"

void allocator_install(void);
void run_cases(const struct pki *pki);
void run_policy(const struct pki *pki);
void run_ways(const struct pki *pki);
void run_special(const struct pki *pki);

int main(void)
{
  struct pki pki;
  int status;

  allocator_install(); /* before OpenSSL allocates anything */
  signal(SIGPIPE, SIG_IGN);
  printf("%s\n", OpenSSL_version(OPENSSL_VERSION));
  pki_make(&pki);
  pki_add_rsa(&pki);
  run_cases(&pki);
  run_policy(&pki);
  run_ways(&pki);
  run_special(&pki);
  pki_free(&pki);
  status = checks_done();
  return status;
}
