/* diff.c: what one hello says and the other does not.
 *
 * All differences are found twice: once to count how many there are of each
 * weight, once to put each in its place, so that nothing has to be sorted. */
#include "tlsdiag/tlsdiag.h"
#include "u16set.h"
#include "values.h"
#include "versioned.h"

#define SEGMENT 1460 /* what fits one TCP segment on most paths */
#define WEIGHTS 101
#define MAX_NAMES 32 /* ALPN names that are compared */

enum only_in { IN_A = 0, IN_B = 1, IN_BOTH = 2 };

struct diff {
  tlsdiag_client_hello hello[2];
  tlsdiag_difference *out; /* NULL in the first round */
  size_t capacity;
  size_t next[WEIGHTS]; /* found; then where the next of a weight goes */
};

/* ---- weights ---- */

/* How often one more element of a list breaks a handshake. */
struct list_weight {
  uint8_t has;
  uint8_t element;
  uint8_t order; /* the same elements in another order */
};

static const struct list_weight lists[] = {
    {TLSDIAG_HAS_SUPPORTED_VERSIONS, 85, 5},
    {TLSDIAG_HAS_CIPHER_SUITES, 72, 15},
    {TLSDIAG_HAS_SUPPORTED_GROUPS, 65, 10},
    {TLSDIAG_HAS_KEY_SHARE, 60, 10},
    {TLSDIAG_HAS_SIGNATURE_ALGORITHMS, 60, 10},
    {TLSDIAG_HAS_SIGNATURE_ALGORITHMS_CERT, 40, 5},
    {TLSDIAG_HAS_EC_POINT_FORMATS, 35, 5},
    {TLSDIAG_HAS_PSK_KEY_EXCHANGE_MODES, 30, 5},
    {TLSDIAG_HAS_COMPRESS_CERTIFICATE, 20, 5},
    {TLSDIAG_HAS_COMPRESSION_METHODS, 20, 5},
};

/* An extension that only one of them has.  extended_master_secret is first:
 * devices that hold the server's key and do not know it derive other keys. */
static unsigned extension_weight(unsigned type)
{
  switch (type) {
  case 23: /* extended_master_secret */
    return 90;
  case 43: /* supported_versions */
    return 85;
  case 0:      /* server_name */
  case 0xff01: /* renegotiation_info */
    return 70;
  case 10:     /* supported_groups */
  case 13:     /* signature_algorithms */
  case 51:     /* key_share */
  case 0xfe0d: /* encrypted_client_hello */
    return 65;
  case 16: /* application_layer_protocol_negotiation */
    return 55;
  case 22: /* encrypt_then_mac */
  case 41: /* pre_shared_key */
  case 42: /* early_data */
    return 45;
  default:
    return 30;
  }
}

/* ---- one difference ---- */

static void report(struct diff *d, unsigned has, unsigned value,
                   enum only_in only_in, unsigned weight)
{
  size_t at = d->next[weight]++;
  tlsdiag_difference *out;

  if (d->out == NULL || at >= d->capacity) {
    return;
  }
  out = &d->out[at];
  memset(out, 0, sizeof *out);
  out->has = (uint16_t)has;
  out->value = (uint16_t)value;
  out->only_in = (uint8_t)only_in;
  out->weight = (uint8_t)weight;
}

static unsigned weight_of(const struct list_weight *list, unsigned value)
{
  return list->has == TLSDIAG_HAS_EXTENSIONS ? extension_weight(value)
                                             : list->element;
}

/* ---- lists ---- */

/* Reports each value of one quarter that is in one hello's list only.
 * Returns how many. */
static unsigned compare_quarter(struct diff *d, const struct list_weight *list,
                                unsigned side, struct u16set *set)
{
  struct values values;
  uint16_t value;
  unsigned found = 0;

  u16set_clear(set, set->quarter);
  values_init(&values, &d->hello[1 - side], list->has);
  while (values_next_real(&values, &value)) {
    if (u16set_covers(set, value)) {
      u16set_add(set, value);
    }
  }
  values_init(&values, &d->hello[side], list->has);
  while (values_next_real(&values, &value)) {
    if (u16set_covers(set, value) && !u16set_has(set, value)) {
      report(d, list->has, value, side == 0 ? IN_A : IN_B,
             weight_of(list, value));
      u16set_add(set, value);
      found++;
    }
  }
  return found;
}

static int same_order(const struct diff *d, unsigned has)
{
  struct values a;
  struct values b;
  uint16_t in_a = 0;
  uint16_t in_b = 0;
  int more_a;
  int more_b;

  values_init(&a, &d->hello[0], has);
  values_init(&b, &d->hello[1], has);
  do {
    more_a = values_next_real(&a, &in_a);
    more_b = values_next_real(&b, &in_b);
  } while (more_a && more_b && in_a == in_b);
  return !more_a && !more_b;
}

static void compare_list(struct diff *d, const struct list_weight *list)
{
  struct u16set set;
  unsigned found = 0;

  if (same_order(d, list->has)) {
    return;
  }
  for (set.quarter = 0; set.quarter < U16SET_QUARTERS; set.quarter++) {
    found += compare_quarter(d, list, 0, &set);
    found += compare_quarter(d, list, 1, &set);
  }
  if (found == 0) {
    report(d, list->has, 0, IN_BOTH, list->order);
  }
}

static int offers_name(const tlsdiag_client_hello *ch,
                       const tlsdiag_bytes *wanted)
{
  tlsdiag_iter it;
  tlsdiag_bytes name;
  unsigned index;

  tlsdiag_iter_init(&it, &ch->alpn);
  for (index = 0; index < MAX_NAMES && tlsdiag_next_name(&it, &name); index++) {
    if (name.len == wanted->len &&
        (name.len == 0 || memcmp(name.ptr, wanted->ptr, name.len) == 0)) {
      return 1;
    }
  }
  return 0;
}

/* Names have no number: value is the place of the name in its hello. */
static void compare_alpn(struct diff *d, unsigned side)
{
  tlsdiag_iter it;
  tlsdiag_bytes name;
  unsigned index;

  tlsdiag_iter_init(&it, &d->hello[side].alpn);
  for (index = 0; index < MAX_NAMES && tlsdiag_next_name(&it, &name); index++) {
    if (!offers_name(&d->hello[1 - side], &name)) {
      report(d, TLSDIAG_HAS_ALPN, index, side == 0 ? IN_A : IN_B, 55);
    }
  }
}

/* ---- single values ---- */

static void compare_number(struct diff *d, unsigned has, unsigned a, unsigned b,
                           unsigned weight)
{
  if (a != b) {
    report(d, has, a, IN_A, weight);
    report(d, has, b, IN_B, weight);
  }
}

static unsigned bit_of(const struct diff *d, unsigned side, unsigned has)
{
  return (unsigned)(d->hello[side].present >> has & 1);
}

static void compare_bit(struct diff *d, unsigned has, unsigned weight)
{
  const unsigned a = bit_of(d, 0, has);

  if (a != bit_of(d, 1, has)) {
    report(d, has, 1, a ? IN_A : IN_B, weight);
  }
}

static void compare_name(struct diff *d)
{
  const tlsdiag_bytes *a = &d->hello[0].server_name;
  const tlsdiag_bytes *b = &d->hello[1].server_name;

  if (bit_of(d, 0, TLSDIAG_HAS_SERVER_NAME) == 0 ||
      bit_of(d, 1, TLSDIAG_HAS_SERVER_NAME) == 0) {
    return; /* the extension itself differs, or there is nothing */
  }
  if (a->len != b->len ||
      (a->len != 0 && memcmp(a->ptr, b->ptr, a->len) != 0)) {
    report(d, TLSDIAG_HAS_SERVER_NAME, 0, IN_BOTH, 70);
  }
}

/* A hello of more than one segment meets devices that read only the first.
 * It stands under padding, which is there to steer the length. */
static void compare_length(struct diff *d)
{
  const size_t a = d->hello[0].message.len;
  const size_t b = d->hello[1].message.len;

  if ((a > SEGMENT) != (b > SEGMENT)) {
    report(d, TLSDIAG_HAS_PADDING, (unsigned)(a > b ? a : b) & 0xffff,
           a > b ? IN_A : IN_B, 80);
  }
}

static void compare_all(struct diff *d)
{
  static const struct list_weight extensions = {TLSDIAG_HAS_EXTENSIONS, 0, 5};
  size_t i;

  compare_list(d, &extensions);
  for (i = 0; i < sizeof lists / sizeof lists[0]; i++) {
    compare_list(d, &lists[i]);
  }
  compare_alpn(d, 0);
  compare_alpn(d, 1);
  compare_name(d);
  compare_length(d);
  compare_number(d, TLSDIAG_HAS_LEGACY_VERSION, d->hello[0].legacy_version,
                 d->hello[1].legacy_version, 85);
  compare_number(d, TLSDIAG_HAS_RECORD_SIZE_LIMIT,
                 d->hello[0].record_size_limit, d->hello[1].record_size_limit,
                 25);
  compare_number(d, TLSDIAG_HAS_MAX_FRAGMENT_LENGTH,
                 d->hello[0].max_fragment_length,
                 d->hello[1].max_fragment_length, 25);
  compare_bit(d, TLSDIAG_HAS_FALLBACK_SCSV, 88);
  compare_bit(d, TLSDIAG_HAS_RENEGOTIATION_SCSV, 50);
  compare_bit(d, TLSDIAG_HAS_GREASE, 40);
}

/* Turns counts into places, the highest weight first; returns their sum. */
static size_t places_of(struct diff *d)
{
  size_t total = 0;
  size_t weight = WEIGHTS;

  while (weight-- != 0) {
    size_t count = d->next[weight];

    d->next[weight] = total;
    total += count;
  }
  return total;
}

int tlsdiag_hello_diff(const tlsdiag_client_hello *a,
                       const tlsdiag_client_hello *b, tlsdiag_difference *out,
                       size_t *count)
{
  struct diff d;
  size_t total;

  if (count == NULL || (out == NULL && *count != 0) ||
      versioned_in(&d.hello[0], sizeof d.hello[0], a) != 0 ||
      versioned_in(&d.hello[1], sizeof d.hello[1], b) != 0) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  memset(d.next, 0, sizeof d.next);
  d.capacity = *count;
  d.out = NULL;
  compare_all(&d);
  total = places_of(&d);
  d.out = out;
  if (out != NULL) {
    compare_all(&d);
  }
  *count = total;
  return TLSDIAG_STATUS_OK;
}
