#include "log_find.h"

#include <string.h>

#if defined(__GNUC__) && defined(__x86_64__)
#include <immintrin.h>
#define HAVE_WIDE 1
#endif

/* Letters without which no line about TLS is worth a look.  The first three
 * of each are searched for, the rest is compared. */
static const char *const telling[] = {
    "ssl",    "tls",    "dshak", "cert",  "alert",  "x509",
    "cipher", "lain h", "xy pr", "leaf_", "schan",  "80090",
    "800b0",  "eproto", "nosrv", "n upstream \"\"", "fc_err",
    "16030",  "pkix",   "pr_end", "startup p"};

enum { NUM_TELLING = sizeof telling / sizeof telling[0], BUCKETS = 8 };

static uint8_t lower(uint8_t c)
{
  return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static int is_telling(const uint8_t *at, size_t left)
{
  uint8_t first = lower(at[0]);
  size_t i;

  for (i = 0; i < NUM_TELLING; i++) {
    const char *word = telling[i];
    size_t k = 1;

    if ((uint8_t)word[0] != first) {
      continue;
    }
    while (word[k] != '\0' && k < left && lower(at[k]) == (uint8_t)word[k]) {
      k++;
    }
    if (word[k] == '\0') {
      return 1;
    }
  }
  return 0;
}

size_t log_find_plain(const uint8_t *bytes, size_t len, uint64_t *lines)
{
  uint8_t first[256] = {0};
  size_t i;

  for (i = 0; i < NUM_TELLING; i++) {
    uint8_t c = (uint8_t)telling[i][0];

    first[c] = 1;
    if (c >= 'a' && c <= 'z') {
      first[c & 0xdf] = 1;
    }
  }
  for (i = 0; i < len; i++) {
    if (first[bytes[i]] && is_telling(bytes + i, len - i)) {
      return i;
    }
    *lines += bytes[i] == '\n';
  }
  return len;
}

#ifdef HAVE_WIDE
/* Which words could begin at a place is asked of three neighbouring bytes at
 * once, half a byte at a time: a table look-up of 16 entries each, for 32
 * places in one instruction.  Words share 8 bits, so some places are false;
 * is_telling() has the last word. */
struct tables {
  uint8_t low[3][16];
  uint8_t high[3][16];
};

static void add_byte(struct tables *t, size_t at, uint8_t c, uint8_t bit)
{
  t->low[at][c & 15] |= bit;
  t->high[at][c >> 4] |= bit;
}

static void build(struct tables *t)
{
  size_t i;
  size_t k;

  memset(t, 0, sizeof *t);
  for (i = 0; i < NUM_TELLING; i++) {
    for (k = 0; k < 3; k++) {
      /* The bytes looked at have bit 5 set: capitals become small. */
      add_byte(t, k, (uint8_t)(telling[i][k] | 0x20),
               (uint8_t)(1u << i % BUCKETS));
    }
  }
}

__attribute__((target("avx2"))) static __m256i table_of(const uint8_t *bytes)
{
  return _mm256_broadcastsi128_si256(
      _mm_loadu_si128((const __m128i *)(const void *)bytes));
}

__attribute__((target("avx2"))) static __m256i words_at(const uint8_t *at,
                                                        __m256i low,
                                                        __m256i high)
{
  const __m256i nibble = _mm256_set1_epi8(15);
  __m256i v = _mm256_or_si256(
      _mm256_loadu_si256((const __m256i *)(const void *)at),
      _mm256_set1_epi8(0x20));

  return _mm256_and_si256(
      _mm256_shuffle_epi8(low, _mm256_and_si256(v, nibble)),
      _mm256_shuffle_epi8(
          high, _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble)));
}

__attribute__((target("avx2,popcnt"))) static size_t
find_wide(const uint8_t *bytes, size_t len, uint64_t *lines)
{
  struct tables t;
  __m256i low[3];
  __m256i high[3];
  const __m256i zero = _mm256_setzero_si256();
  const __m256i newline = _mm256_set1_epi8('\n');
  size_t i;

  build(&t);
  for (i = 0; i < 3; i++) {
    low[i] = table_of(t.low[i]);
    high[i] = table_of(t.high[i]);
  }
  for (i = 0; i + 34 <= len; i += 32) {
    __m256i here = _mm256_and_si256(
        _mm256_and_si256(words_at(bytes + i, low[0], high[0]),
                         words_at(bytes + i + 1, low[1], high[1])),
        words_at(bytes + i + 2, low[2], high[2]));
    uint32_t maybe =
        ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(here, zero));
    uint32_t ends = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(
        _mm256_loadu_si256((const __m256i *)(const void *)(bytes + i)),
        newline));

    while (maybe != 0) {
      unsigned k = (unsigned)__builtin_ctz(maybe);

      if (is_telling(bytes + i + k, len - i - k)) {
        *lines += (unsigned)__builtin_popcount(ends & ((1u << k) - 1));
        return i + k;
      }
      maybe &= maybe - 1;
    }
    *lines += (unsigned)__builtin_popcount(ends);
  }
  return i + log_find_plain(bytes + i, len - i, lines);
}
#endif

size_t log_find(const uint8_t *bytes, size_t len, uint64_t *lines)
{
#ifdef HAVE_WIDE
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt")) {
    return find_wide(bytes, len, lines);
  }
#endif
  return log_find_plain(bytes, len, lines);
}
