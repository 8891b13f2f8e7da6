/* key_shares.c: do the key shares of a ClientHello belong to its groups? */
#include "key_shares.h"

#include "u16set.h"

struct share_check {
  struct reader groups;
  struct reader shares;
  struct u16set met;
};

static void check_shares_of_quarter(struct hello *h, struct share_check *c)
{
  struct reader groups = c->groups;
  struct reader shares = c->shares;

  while (rd_left(&groups) >= 2) {
    unsigned group = rd_u16(&groups, 0);

    if (u16set_covers(&c->met, group)) {
      u16set_add(&c->met, group);
    }
  }
  while (rd_left(&shares) >= 4) {
    size_t at = rd_offset(&shares);
    unsigned group = rd_u16(&shares, 0);

    rd_vec16(&shares, 0);
    if (u16set_covers(&c->met, group) && !u16set_has(&c->met, group)) {
      hello_anomaly(h, TLSDIAG_ANOMALY_KEY_SHARE_NOT_IN_GROUPS,
                    TLSDIAG_FIELD_KEY_SHARE, at);
    }
  }
}

static void check_repeats_of_quarter(struct hello *h, struct share_check *c)
{
  struct reader shares = c->shares;

  while (rd_left(&shares) >= 4) {
    size_t at = rd_offset(&shares);
    unsigned group = rd_u16(&shares, 0);

    rd_vec16(&shares, 0);
    if (!u16set_covers(&c->met, group)) {
      continue;
    }
    if (u16set_has(&c->met, group)) {
      hello_anomaly(h, TLSDIAG_ANOMALY_DUPLICATE_KEY_SHARE,
                    TLSDIAG_FIELD_KEY_SHARE, at);
    }
    u16set_add(&c->met, group);
  }
}

static struct reader list_of(const struct hello *h, tlsdiag_bytes view,
                             struct rd_fault *none)
{
  const tlsdiag_client_hello *ch = (const tlsdiag_client_hello *)h->out;
  struct reader list = view_reader(view, none);

  list.origin = ch->message.ptr;
  return list;
}

static void check_slowly(struct hello *h)
{
  const tlsdiag_client_hello *ch = (const tlsdiag_client_hello *)h->out;
  struct rd_fault none = {0, 0, 0, 0};
  struct share_check c;
  unsigned quarter;

  c.groups = list_of(h, ch->supported_groups, &none);
  c.shares = list_of(h, ch->key_shares, &none);
  for (quarter = 0; quarter < U16SET_QUARTERS; quarter++) {
    u16set_clear(&c.met, quarter);
    check_shares_of_quarter(h, &c);
    u16set_clear(&c.met, quarter);
    check_repeats_of_quarter(h, &c);
  }
}

/* Each share is for a group of supported_groups, in the same order, and none
 * comes twice (RFC 8446 section 4.2.8).  So one walk along both lists finds
 * every well-formed hello in order, and only the others need sets. */
void key_shares_check(struct hello *h)
{
  const tlsdiag_client_hello *ch = (const tlsdiag_client_hello *)h->out;
  struct rd_fault none = {0, 0, 0, 0};
  struct reader groups = view_reader(ch->supported_groups, &none);
  struct reader shares = view_reader(ch->key_shares, &none);

  while (rd_left(&shares) != 0) {
    unsigned group = rd_u16(&shares, 0);
    unsigned next = group + 1;

    rd_vec16(&shares, 0);
    while (next != group && rd_left(&groups) >= 2) {
      next = rd_u16(&groups, 0);
    }
    if (next != group) {
      check_slowly(h);
      return;
    }
  }
}
