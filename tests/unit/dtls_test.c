/* Datagrams: broken, repeated, fragmented, mixed.  DTLS handshakes as a whole
 * are in tests/cases/dtls.md. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "spell.h"
#include "tlsdiag/tlsdiag.h"

static struct spell spelt;

static tlsdiag_flow *fresh(void)
{
  tlsdiag_flow *flow = malloc(sizeof *flow);
  tlsdiag_flow_options o;

  memset(&o, 0, sizeof o);
  o.size = sizeof o;
  o.flags = TLSDIAG_FLOW_DATAGRAM;
  cr_assert_eq(tlsdiag_flow_init(flow, sizeof *flow, &o), 0);
  return flow;
}

/* One datagram of that many bytes of what the words mean. */
static void send_part(tlsdiag_flow *flow, unsigned from, const char *words,
                      size_t len)
{
  const char *bad = NULL;
  uint8_t *copy;

  cr_assert_eq(spell_write(&spelt, words, 1, &bad), 0, "%s", bad);
  len = len < spelt.len ? len : spelt.len;
  copy = malloc(len + !len);
  memcpy(copy, spelt.bytes, len);
  cr_assert_eq(tlsdiag_flow_feed(flow, from, 1000, copy, len, NULL), 0);
  free(copy);
}

static void send_all(tlsdiag_flow *flow, unsigned from, const char *words)
{
  send_part(flow, from, words, sizeof spelt.bytes);
}

static unsigned count(const tlsdiag_flow *flow, unsigned kind)
{
  tlsdiag_observation o;
  unsigned i;
  unsigned num = 0;

  o.size = sizeof o;
  for (i = 0; tlsdiag_flow_observation(flow, i, &o) == 0; i++) {
    num += o.kind == kind;
  }
  return num;
}

static unsigned cause_of(const tlsdiag_flow *flow)
{
  tlsdiag_verdict v;

  memset(&v, 0, sizeof v);
  v.size = sizeof v;
  cr_assert_eq(tlsdiag_classify(flow, &v), 0);
  return v.causes[0].id;
}

Test(dtls, a_hello_sent_again_counts_once)
{
  tlsdiag_flow *flow = fresh();

  send_all(flow, 0, "hello dtls12");
  send_all(flow, 0, "hello dtls12");
  send_all(flow, 0, "hello dtls12");
  cr_assert_eq(count(flow, TLSDIAG_OBS_CLIENT_HELLO), 1);
  free(flow);
}

Test(dtls, a_datagram_may_end_anywhere)
{
  size_t len;

  for (len = 0; len < 260; len++) {
    tlsdiag_flow *flow = fresh();

    send_part(flow, 0, "hello dtls12 & message 77 40", len);
    send_all(flow, 1, "alert 2 40");
    cr_assert_neq(cause_of(flow), TLSDIAG_CAUSE_NONE);
    cr_assert_eq(count(flow, TLSDIAG_OBS_ALERT), 1, "cut at %zu", len);
    free(flow);
  }
}

Test(dtls, half_an_alert_is_none)
{
  tlsdiag_flow *flow = fresh();

  send_all(flow, 0, "hello dtls12");
  send_all(flow, 1, "record 21 1");
  send_all(flow, 1, "record 21 0");
  cr_assert_eq(count(flow, TLSDIAG_OBS_ALERT), 0);
  free(flow);
}

Test(dtls, several_records_share_a_datagram)
{
  tlsdiag_flow *flow = fresh();

  send_all(flow, 0, "hello dtls12");
  send_all(flow, 1, "server_hello dtls12, certificate ec256 issuing, "
                    "key_exchange, done");
  send_all(flow, 0, "client_key_exchange, ccs, finished 48");
  send_all(flow, 1, "ccs, finished 48");
  cr_assert_eq(count(flow, TLSDIAG_OBS_CERTIFICATE), 1);
  cr_assert_eq(count(flow, TLSDIAG_OBS_FINISHED), 2);
  cr_assert_eq(cause_of(flow), TLSDIAG_CAUSE_NONE);
  free(flow);
}

Test(dtls, other_datagrams_are_nobodys_fault)
{
  static const char *const others[] = {
    "hex 00", "zeros 40", "hex 16030100", "hex ffffffffffffffffffffffffffff",
    "hex 16 feff 0000 000000000000 ffff"};
  tlsdiag_flow *flow = fresh();
  size_t i;

  for (i = 0; i < sizeof others / sizeof others[0]; i++) {
    send_all(flow, 0, others[i]);
    send_all(flow, 1, others[i]);
  }
  cr_assert_eq(tlsdiag_flow_num_observations(flow), 0);
  cr_assert_eq(cause_of(flow), TLSDIAG_CAUSE_UNKNOWN);
  free(flow);
}

Test(dtls, a_later_fragment_alone_says_nothing)
{
  tlsdiag_flow *flow = fresh();

  /* ClientHello, 200 bytes, fragment of 4 bytes at 100 */
  send_all(flow, 0,
           "hex 16 fefd 0000 000000000001 0010 01 0000c8 0000 000064 000004 "
           "01020304");
  cr_assert_eq(tlsdiag_flow_num_observations(flow), 0);
  free(flow);
}

Test(dtls, find_handshake_takes_a_datagram)
{
  const char *bad = NULL;
  uint8_t scratch[64];
  tlsdiag_bytes msg;
  tlsdiag_client_hello ch;

  cr_assert_eq(spell_write(&spelt, "hello dtls12 dtls_cookie=20", 1, &bad), 0);
  cr_assert_eq(tlsdiag_find_handshake(spelt.bytes, spelt.len, scratch,
                                      sizeof scratch, &msg, NULL), 0);
  memset(&ch, 0, sizeof ch);
  ch.size = sizeof ch;
  cr_assert_eq(tlsdiag_client_hello_decode(msg.ptr, msg.len,
                                           TLSDIAG_FORMAT_DTLS, &ch, NULL), 0);
  cr_assert_eq(ch.dtls_cookie.len, 20);
  cr_assert_eq(ch.version_max, 0xfefd);
}
