#include "log_find.h"

#include <string.h>

#if defined(__GNUC__) && defined(__x86_64__)
#include <immintrin.h>
#define HAVE_WIDE 1
#endif

/* Letters without which no line about TLS is worth a look.  The first three
 * of each are searched for, the rest is compared.  There are eight bits for
 * all words: those that share one are alike in letters or unlike any text, so
 * that few other threes of letters fit a mixture of them. */
static const struct {
  char word[14];
  uint8_t bit;
} telling[] = {{"cert", 0},   {"alert", 0},           {"cipher", 0},
               {"fc_err", 1}, {"n upstream \"\"", 1}, {"pr_end", 1},
               {"lain h", 2}, {"leaf_", 2},           {"pkix", 2},
               {"xy pr", 3},  {"\\x03\\x0", 3},       {"x509", 4},
               {"80090", 4},  {"800b0", 4},           {"u0003", 4},
               {"dshak", 5},  {"eproto", 5},          {"ssl", 6},
               {"schan", 6},  {"startup p", 6},       {"\\003\\0", 6},
               {"tls", 7},    {"nosrv", 7},           {"16030", 7}};

enum { NUM_TELLING = sizeof telling / sizeof telling[0] };

static uint8_t lower(uint8_t c)
{
  return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

/* Access logs name version and cipher suite of every request: what follows
 * these letters there.  A line about a failure has other telling letters. */
static const char *const harmless[] = {"tlsv1",
                                       "tls_aes",
                                       "tls_chacha",
                                       "tls_ecdhe",
                                       "tls_rsa",
                                       "tls_dhe",
                                       "ssl_protocol",
                                       "ssl_cipher",
                                       "ssl_session",
                                       "ssl_server_name",
                                       "ssl_curve",
                                       "ssl_version",
                                       "ssl_client_verify",
                                       "cipher\":",
                                       "ciphers\":",
                                       "tls_version",
                                       "tls_cipher",
                                       "cipher_suite\":"};

enum { NUM_HARMLESS = sizeof harmless / sizeof harmless[0] };

static int begins_with(const uint8_t *at, size_t left, const char *word)
{
  size_t k = 0;

  while (word[k] != '\0' && k < left && lower(at[k]) == (uint8_t)word[k]) {
    k++;
  }
  return word[k] == '\0';
}

static unsigned lowest_bit(uint32_t bits)
{
  unsigned at = 0;

  while ((bits >> at & 1) == 0) {
    at++;
  }
  return at;
}

static int is_harmless(const uint8_t *at, size_t left)
{
  size_t i;

  for (i = 0; i < NUM_HARMLESS; i++) {
    if (begins_with(at, left, harmless[i])) {
      return 1;
    }
  }
  return 0;
}

static int is_telling(const struct log_finder *f, const uint8_t *at,
                      size_t left)
{
  uint32_t words = f->words[at[0]];

  for (; words != 0; words &= words - 1) {
    if (begins_with(at, left, telling[lowest_bit(words)].word)) {
      return !is_harmless(at, left);
    }
  }
  return 0;
}

/* Three letters, capitals made small, as a place in a bit set. */
static uint32_t hash_of(const uint8_t *at)
{
  uint32_t three =
      (at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16) | 0x202020;

  return three * 0x9e3779b1u >> (32 - FINDER_BITS);
}

static void add_byte(struct log_finder *f, size_t at, uint8_t c, uint8_t bit)
{
  f->low[at][c & 15] |= bit;
  f->high[at][c >> 4] |= bit;
}

void log_finder_init(struct log_finder *f)
{
  size_t i;
  size_t k;

  memset(f, 0, sizeof *f);
  for (i = 0; i < NUM_TELLING; i++) {
    const uint8_t *word = (const uint8_t *)telling[i].word;
    uint32_t hash = hash_of(word);

    for (k = 0; k < 3; k++) {
      /* The bytes looked at have bit 5 set: capitals become small. */
      add_byte(f, k, word[k] | 0x20, (uint8_t)(1u << telling[i].bit));
    }
    f->begins[hash >> 3] |= (uint8_t)(1u << (hash & 7));
    f->words[word[0]] |= (uint32_t)1 << i;
    if (word[0] >= 'a' && word[0] <= 'z') {
      f->words[word[0] & 0xdf] |= (uint32_t)1 << i;
    }
  }
#ifdef HAVE_WIDE
  f->is_wide =
      __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
#endif
}

static size_t find_plain(const struct log_finder *f, const uint8_t *bytes,
                         size_t len, uint64_t *lines)
{
  size_t i;

  for (i = 0; i < len; i++) {
    if (is_telling(f, bytes + i, len - i)) {
      return i;
    }
    *lines += bytes[i] == '\n';
  }
  return len;
}

#ifdef HAVE_WIDE
/* Which words could begin at a place is asked of three neighbouring bytes at
 * once, half a byte at a time: a table look-up of 16 entries each, for 32
 * places in one instruction.  Words share 8 bits, so some places are false:
 * a bit set drops most of them, is_telling() has the last word. */
__attribute__((target("avx2"))) static __m256i table_of(const uint8_t *bytes)
{
  return _mm256_broadcastsi128_si256(
      _mm_loadu_si128((const __m128i *)(const void *)bytes));
}

__attribute__((target("avx2"))) static inline __m256i
words_at(const uint8_t *at, __m256i low, __m256i high)
{
  const __m256i nibble = _mm256_set1_epi8(15);
  __m256i v =
      _mm256_or_si256(_mm256_loadu_si256((const __m256i *)(const void *)at),
                      _mm256_set1_epi8(0x20));

  return _mm256_and_si256(
      _mm256_shuffle_epi8(low, _mm256_and_si256(v, nibble)),
      _mm256_shuffle_epi8(high,
                          _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble)));
}

static int may_begin(const struct log_finder *f, const uint8_t *at)
{
  uint32_t hash = hash_of(at);

  return f->begins[hash >> 3] >> (hash & 7) & 1;
}

__attribute__((target("avx2,popcnt"))) static size_t
find_wide(const struct log_finder *f, const uint8_t *bytes, size_t len,
          uint64_t *lines)
{
  const __m256i zero = _mm256_setzero_si256();
  const __m256i newline = _mm256_set1_epi8('\n');
  const __m256i low0 = table_of(f->low[0]), high0 = table_of(f->high[0]);
  const __m256i low1 = table_of(f->low[1]), high1 = table_of(f->high[1]);
  const __m256i low2 = table_of(f->low[2]), high2 = table_of(f->high[2]);
  size_t i;

  for (i = 0; i + 34 <= len; i += 32) {
    __m256i here =
        _mm256_and_si256(_mm256_and_si256(words_at(bytes + i, low0, high0),
                                          words_at(bytes + i + 1, low1, high1)),
                         words_at(bytes + i + 2, low2, high2));
    uint32_t maybe =
        ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(here, zero));
    uint32_t ends = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(
        _mm256_loadu_si256((const __m256i *)(const void *)(bytes + i)),
        newline));

    for (; maybe != 0; maybe &= maybe - 1) {
      unsigned k = (unsigned)__builtin_ctz(maybe);

      if (may_begin(f, bytes + i + k) &&
          is_telling(f, bytes + i + k, len - i - k)) {
        *lines += (unsigned)__builtin_popcount(ends & ((1u << k) - 1));
        return i + k;
      }
    }
    *lines += (unsigned)__builtin_popcount(ends);
  }
  return i + find_plain(f, bytes + i, len - i, lines);
}
#endif

size_t log_find(const struct log_finder *f, const uint8_t *bytes, size_t len,
                uint64_t *lines)
{
#ifdef HAVE_WIDE
  if (f->is_wide) {
    return find_wide(f, bytes, len, lines);
  }
#endif
  return find_plain(f, bytes, len, lines);
}
