/* names.c: numbers to names and back.
 *
 * The tables are generated and hold no pointers: a name is an offset into a
 * pool, so nothing has to be relocated when a program starts. */
#include "tlsdiag/tlsdiag.h"

/* One registry, or the other names of one: rows first..first+count-1. */
struct name_range {
  uint16_t registry, first, count;
  uint8_t grease, alias;
};

#include "tables/enums.inc"
#include "tables/names.inc"

#define FIRST_OWN TLSDIAG_REGISTRY_REGISTRY
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* One set of generated tables. */
struct name_set {
  const struct name_range *ranges;
  size_t num_ranges;
  const uint32_t *values;
  const uint16_t *texts;
  const char *pool;
};

/* The set a registry belongs to, built here so that no table of pointers
 * exists. */
static struct name_set set_of(uint32_t registry)
{
  struct name_set set;

  if (registry < FIRST_OWN) {
    set.ranges = iana_ranges;
    set.num_ranges = COUNT(iana_ranges);
    set.values = iana_values;
    set.texts = iana_texts;
    set.pool = (const char *)iana_pool;
  } else {
    set.ranges = own_ranges;
    set.num_ranges = COUNT(own_ranges);
    set.values = own_values;
    set.texts = own_texts;
    set.pool = (const char *)own_pool;
  }
  return set;
}

/* GREASE values of RFC 8701: 0x?A?A with equal bytes, and 0x0B + 0x1F * n
 * for the one-byte lists of psk_key_exchange_modes. */
static int is_grease(uint32_t value, uint8_t bits)
{
  if (bits == 16) {
    return value <= 0xffff && (value & 0x0f0f) == 0x0a0a &&
           value >> 8 == (value & 0xff);
  }
  return bits == 8 && value >= 0x0b && value <= 0xe4 &&
         (value - 0x0b) % 0x1f == 0;
}

static const char *find_value(const struct name_set *set,
                              const struct name_range *range, uint32_t value)
{
  size_t low = range->first;
  size_t high = low + range->count;

  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (set->values[middle] == value) {
      return set->pool + set->texts[middle];
    }
    if (set->values[middle] < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return NULL;
}

const char *tlsdiag_name(uint32_t registry, uint32_t value)
{
  struct name_set set = set_of(registry);
  size_t i;

  for (i = 0; i < set.num_ranges; i++) {
    const struct name_range *range = &set.ranges[i];
    if (range->registry == registry && !range->alias) {
      const char *name = find_value(&set, range, value);
      return !name && is_grease(value, range->grease) ? "GREASE" : name;
    }
  }
  return NULL;
}

static uint8_t lower(uint8_t c)
{
  return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static int same_name(const char *name, const char *text, size_t len)
{
  size_t i;

  for (i = 0; i < len; i++) {
    /* A NUL inside text must not run past the end of name. */
    if (!name[i] || lower((uint8_t)name[i]) != lower((uint8_t)text[i])) {
      return 0;
    }
  }
  return !name[len];
}

/* Linear: names come from people, not from the wire. */
static int find_name(const struct name_set *set, const struct name_range *range,
                     const char *name, size_t len, uint32_t *value)
{
  size_t i;

  for (i = range->first; i < (size_t)range->first + range->count; i++) {
    if (same_name(set->pool + set->texts[i], name, len)) {
      *value = set->values[i];
      return 1;
    }
  }
  return 0;
}

int tlsdiag_name_lookup(uint32_t registry, const char *name, size_t len,
                        uint32_t *value)
{
  struct name_set set = set_of(registry);
  size_t i;

  if (!value || (!name && len)) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  *value = 0;
  /* A registry's own names stand before its other names. */
  for (i = 0; len && i < set.num_ranges; i++) {
    if (set.ranges[i].registry == registry &&
        find_name(&set, &set.ranges[i], name, len, value)) {
      return TLSDIAG_STATUS_OK;
    }
  }
  return TLSDIAG_STATUS_E_ABSENT;
}
