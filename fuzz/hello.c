/* Fuzzes the decoders of one message and what reads their results.
 *
 * Input: raw bytes.  They are read as a stream that may hold a handshake
 * message, and as each kind of message themselves. */
#include "engine/check.h"

static const uint16_t policy_suites[] = {0x1301, 0x1302, 0xc02f, 0xc02b,
                                         0x009c, 0x002f, 0x0039};
static const uint16_t policy_groups[] = {0x001d, 0x0017, 0x11ec, 0x0100};
static const uint16_t policy_schemes[] = {0x0403, 0x0804, 0x0401, 0x0201};
static const uint8_t policy_alpn[] = "\x02h2\x08http/1.1";

static int lies_in(const tlsdiag_bytes *view, const uint8_t *data, size_t len)
{
  return view->len == 0 ||
         (view->ptr >= data && view->len <= len &&
          (size_t)(view->ptr - data) <= len - view->len);
}

static void check_where(const tlsdiag_where *where, int status, size_t len)
{
  CHECK((status == TLSDIAG_STATUS_E_MALFORMED) ==
        (where->field != TLSDIAG_FIELD_NONE));
  CHECK(where->offset <= len);
}

static void check_anomalies(const tlsdiag_anomaly *anomaly, uint32_t count,
                            size_t len)
{
  uint32_t i;

  for (i = 0; i < count && i < TLSDIAG_MAX_ANOMALIES; i++) {
    CHECK(anomaly[i].kind != 0 && anomaly[i].offset <= len);
  }
}

/* Walks a view with every iterator; each must end within it. */
static void walk(const tlsdiag_bytes *list)
{
  tlsdiag_iter it;
  tlsdiag_extension ext;
  tlsdiag_bytes bytes;
  uint32_t u32;
  uint16_t u16;
  uint8_t u8;
  size_t count[7] = {0};

  tlsdiag_iter_init(&it, list);
  while (tlsdiag_next_u8(&it, &u8)) {
    count[0]++;
  }
  CHECK(count[0] == list->len);
  tlsdiag_iter_init(&it, list);
  while (tlsdiag_next_u16(&it, &u16)) {
    count[1]++;
  }
  CHECK(count[1] == list->len / 2);
  tlsdiag_iter_init(&it, list);
  while (tlsdiag_next_u24(&it, &u32)) {
    count[2]++;
  }
  CHECK(count[2] == list->len / 3);
  tlsdiag_iter_init(&it, list);
  while (tlsdiag_next_name(&it, &bytes)) {
    CHECK(lies_in(&bytes, list->ptr, list->len) && bytes.len <= 255);
    count[3]++;
  }
  CHECK(count[3] <= list->len);
  tlsdiag_iter_init(&it, list);
  while (tlsdiag_next_extension(&it, list, &ext)) {
    CHECK(lies_in(&ext.body, list->ptr, list->len));
    CHECK(ext.offset + 4 + ext.body.len <= list->len);
    CHECK(tlsdiag_find_extension(list, ext.type, &ext) == TLSDIAG_STATUS_OK);
    if (++count[4] == 64) {
      break; /* each find is linear */
    }
  }
  CHECK(count[4] <= list->len / 4);
  tlsdiag_iter_init(&it, list);
  while (tlsdiag_next_key_share(&it, &u16, &bytes)) {
    CHECK(lies_in(&bytes, list->ptr, list->len));
    count[5]++;
  }
  CHECK(count[5] <= list->len / 4);
  tlsdiag_iter_init(&it, list);
  while (tlsdiag_next_psk_identity(&it, &bytes, &u32)) {
    CHECK(lies_in(&bytes, list->ptr, list->len));
    count[6]++;
  }
  CHECK(count[6] <= list->len / 6);
}

/* Every member from `first` on is a view: into the message, and walkable. */
static void check_views(const tlsdiag_bytes *first, const void *end,
                        const uint8_t *msg, size_t len)
{
  const tlsdiag_bytes *view;

  for (view = first; (const void *)view < end; view++) {
    CHECK(lies_in(view, msg, len));
    walk(view);
  }
}

static void use_client_hello(const tlsdiag_client_hello *ch)
{
  static const unsigned flags[] = {0, TLSDIAG_POLICY_ECDSA_CERTIFICATE,
                                   TLSDIAG_POLICY_NO_CERTIFICATE,
                                   TLSDIAG_POLICY_REQUIRES_SNI |
                                       TLSDIAG_POLICY_REQUIRES_EMS |
                                       TLSDIAG_POLICY_REQUIRES_ALPN};
  tlsdiag_policy policy;
  tlsdiag_prediction prediction;
  tlsdiag_difference difference[4];
  size_t count = 4, i;
  char text[64];

  memset(text, 0x55, sizeof text);
  CHECK(tlsdiag_ja3(ch, text, 33) == TLSDIAG_STATUS_OK);
  CHECK(strlen(text) == 32 && strspn(text, "0123456789abcdef") == 32);
  CHECK(tlsdiag_ja3(ch, text, 32) == TLSDIAG_STATUS_E_STORAGE);
  memset(text, 0x55, sizeof text);
  CHECK(tlsdiag_ja4(ch, text, 37) == TLSDIAG_STATUS_OK);
  CHECK(strlen(text) == 36);
  check_text(text, 36);
  CHECK(tlsdiag_ja4(ch, text, 36) == TLSDIAG_STATUS_E_STORAGE);

  CHECK(tlsdiag_hello_diff(ch, ch, difference, &count) == TLSDIAG_STATUS_OK);
  CHECK(count == 0);

  memset(&policy, 0, sizeof policy);
  policy.size = sizeof policy;
  policy.version_min = 0x0301;
  policy.version_max = 0x0304;
  policy.cipher_suites = policy_suites;
  policy.num_cipher_suites = sizeof policy_suites / 2;
  policy.groups = policy_groups;
  policy.num_groups = sizeof policy_groups / 2;
  policy.signature_algorithms = policy_schemes;
  policy.num_signature_algorithms = sizeof policy_schemes / 2;
  policy.alpn = policy_alpn;
  policy.num_alpn_bytes = sizeof policy_alpn - 1;
  for (i = 0; i < sizeof flags / sizeof flags[0]; i++) {
    policy.flags = flags[i];
    prediction.size = sizeof prediction;
    CHECK(tlsdiag_predict(ch, &policy, &prediction) >= 0);
    CHECK(tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, prediction.cause) != NULL);
  }
}

/* An old caller's smaller struct: nothing behind it is touched. */
static void check_small_struct(const uint8_t *msg, size_t len, unsigned format)
{
  tlsdiag_client_hello small;
  const size_t size = offsetof(tlsdiag_client_hello, alpn);
  const uint8_t *bytes = (const uint8_t *)&small;
  size_t i;

  memset(&small, 0xa5, sizeof small);
  small.size = (uint32_t)size;
  (void)tlsdiag_client_hello_decode(msg, len, format, &small, NULL);
  CHECK(small.size == size);
  for (i = size; i < sizeof small; i++) {
    CHECK(bytes[i] == 0xa5);
  }
}

static int decode_client(const uint8_t *msg, size_t len, unsigned format,
                         tlsdiag_client_hello *ch)
{
  tlsdiag_where where;
  tlsdiag_client_hello again;
  int status;

  memset(&where, 0, sizeof where);
  memset(ch, 0, sizeof *ch);
  ch->size = sizeof *ch;
  status = tlsdiag_client_hello_decode(msg, len, format, ch, &where);
  if (status == TLSDIAG_STATUS_E_ABSENT) {
    return 0;
  }
  CHECK(status == TLSDIAG_STATUS_OK || status == TLSDIAG_STATUS_E_MALFORMED);
  check_where(&where, status, len);
  check_anomalies(ch->anomalies, ch->num_anomalies, len);
  check_views(&ch->message, ch + 1, msg, len);
  memset(&again, 0xa5, sizeof again);
  again.size = sizeof again;
  CHECK(tlsdiag_client_hello_decode(msg, len, format, &again, NULL) == status);
  CHECK(memcmp(&again, ch, sizeof again) == 0);
  check_small_struct(msg, len, format);
  use_client_hello(ch);
  return 1;
}

static void decode_server(const uint8_t *msg, size_t len, unsigned format)
{
  tlsdiag_where where;
  tlsdiag_server_hello sh;
  int status;

  memset(&where, 0, sizeof where);
  sh.size = sizeof sh;
  status = tlsdiag_server_hello_decode(msg, len, format, &sh, &where);
  if (status == TLSDIAG_STATUS_E_ABSENT) {
    return;
  }
  CHECK(status == TLSDIAG_STATUS_OK || status == TLSDIAG_STATUS_E_MALFORMED);
  check_where(&where, status, len);
  check_anomalies(sh.anomalies, sh.num_anomalies, len);
  check_views(&sh.message, &sh + 1, msg, len);
}

static void decode_all(const uint8_t *msg, size_t len)
{
  tlsdiag_client_hello hello[3];
  tlsdiag_difference difference[8];
  size_t count;
  unsigned format;
  int is_there[3];

  for (format = TLSDIAG_FORMAT_TLS; format <= TLSDIAG_FORMAT_DTLS; format++) {
    is_there[format] = decode_client(msg, len, format, &hello[format]);
    if (format != TLSDIAG_FORMAT_SSLV2) {
      decode_server(msg, len, format);
    }
  }
  for (format = 1; format < 3; format++) {
    if (is_there[0] && is_there[format]) {
      count = 8;
      CHECK(tlsdiag_hello_diff(&hello[0], &hello[format], difference,
                               &count) == TLSDIAG_STATUS_OK);
    }
  }
}

/* The message in a stream, with just enough scratch to gather it. */
static void find(const uint8_t *in, size_t len)
{
  tlsdiag_bytes msg = {NULL, 0};
  tlsdiag_where where;
  uint8_t *scratch = NULL;
  size_t scratch_len = 0;
  int status;

  memset(&where, 0, sizeof where);
  status = tlsdiag_find_handshake(in, len, NULL, 0, &msg, &where);
  if (status == TLSDIAG_STATUS_E_STORAGE) {
    CHECK(where.want > 0 && where.want <= len);
    scratch_len = where.want;
    scratch = exact_copy(in, scratch_len);
    status = tlsdiag_find_handshake(in, len, scratch, scratch_len, &msg,
                                    &where);
    CHECK(status != TLSDIAG_STATUS_E_STORAGE);
  }
  if (status == TLSDIAG_STATUS_OK) {
    CHECK(lies_in(&msg, in, len) || lies_in(&msg, scratch, scratch_len));
    decode_all(msg.ptr, msg.len);
  } else if (status == TLSDIAG_STATUS_MORE) {
    CHECK(where.want > 0);
  } else {
    CHECK(status == TLSDIAG_STATUS_E_NOT_TLS ||
          status == TLSDIAG_STATUS_E_ABSENT ||
          status == TLSDIAG_STATUS_E_MALFORMED);
  }
  free(scratch);
}

static void recognise(const uint8_t *in, size_t len)
{
  unsigned from, protocol;
  int status;

  for (from = TLSDIAG_FROM_CLIENT; from <= TLSDIAG_FROM_SERVER; from++) {
    status = tlsdiag_recognise(in, len, from, &protocol);
    CHECK(status == TLSDIAG_STATUS_OK ||
          (status == TLSDIAG_STATUS_MORE && len < 32));
    CHECK(tlsdiag_name(TLSDIAG_REGISTRY_PROTOCOL, protocol) != NULL);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  uint8_t *copy = exact_copy(data, size);
  tlsdiag_bytes all;

  all.ptr = copy;
  all.len = size;
  walk(&all);
  recognise(copy, size);
  find(copy, size);
  decode_all(copy, size);
  free(copy);
  return 0;
}
