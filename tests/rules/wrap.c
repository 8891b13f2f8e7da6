/* wrap.c: stands before tlsdiag_classify in the tool, to note which rows of
 * the rule table each flow provokes; linked with --wrap=tlsdiag_classify. */
#include "rules_seen.h"

int __real_tlsdiag_classify(const tlsdiag_flow *flow, tlsdiag_verdict *out);
int __wrap_tlsdiag_classify(const tlsdiag_flow *flow, tlsdiag_verdict *out);

int __wrap_tlsdiag_classify(const tlsdiag_flow *flow, tlsdiag_verdict *out)
{
  int rc = __real_tlsdiag_classify(flow, out);

  if (rc == 0) {
    rules_seen(flow, out);
  }
  return rc;
}
