/* flow_server_hello.c: a ServerHello becomes an observation, and is held
 * against what the client offered. */
#include <string.h>

#include "flow_hello.h"
#include "reader.h"

/* RFC 8446 section 4.2: a server may answer only what was offered. */
static const struct {
  uint32_t answered; /* TLSDIAG_HAS_*: which extension of the ServerHello */
  uint32_t offered;  /* TLSDIAG_HELLO_* */
} answers[] = {
    {TLSDIAG_HAS_ALPN, TLSDIAG_HELLO_ALPN},
    {TLSDIAG_HAS_EXTENDED_MASTER_SECRET, TLSDIAG_HELLO_EXTENDED_MASTER_SECRET},
    {TLSDIAG_HAS_ENCRYPT_THEN_MAC, TLSDIAG_HELLO_ENCRYPT_THEN_MAC},
    {TLSDIAG_HAS_SERVER_NAME, TLSDIAG_HELLO_SERVER_NAME},
    {TLSDIAG_HAS_STATUS_REQUEST, TLSDIAG_HELLO_STATUS_REQUEST},
    {TLSDIAG_HAS_PRE_SHARED_KEY, TLSDIAG_HELLO_PSK},
    {TLSDIAG_HAS_RENEGOTIATION_INFO, TLSDIAG_HELLO_RENEGOTIATION},
};

static int is_unsolicited(const struct flow *f, const tlsdiag_server_hello *sh)
{
  uint32_t offered;
  size_t i;

  for (i = 0; i < f->num_observations; i++) {
    if (f->observed[i].kind == TLSDIAG_OBS_CLIENT_HELLO) {
      break;
    }
  }
  if (i == f->num_observations ||
      (f->observed[i].a & TLSDIAG_HELLO_PARTIAL) != 0) {
    return 0;
  }
  offered = f->observed[i].a;
  for (i = 0; i < sizeof answers / sizeof answers[0]; i++) {
    if ((sh->present >> answers[i].answered & 1) != 0 &&
        (offered & answers[i].offered) == 0) {
      return 1;
    }
  }
  return 0;
}

/* Extensions that are ServerHello flags too. */
static const struct {
  uint32_t has;
  uint32_t bits;
} server_bits[] = {
    {TLSDIAG_HAS_EXTENDED_MASTER_SECRET,
     TLSDIAG_SERVER_HELLO_EXTENDED_MASTER_SECRET},
    {TLSDIAG_HAS_RENEGOTIATION_INFO, TLSDIAG_SERVER_HELLO_RENEGOTIATION_INFO},
    {TLSDIAG_HAS_ALPN, TLSDIAG_SERVER_HELLO_ALPN},
    {TLSDIAG_HAS_ENCRYPT_THEN_MAC, TLSDIAG_SERVER_HELLO_ENCRYPT_THEN_MAC},
    {TLSDIAG_HAS_SESSION_TICKET, TLSDIAG_SERVER_HELLO_TICKET},
    {TLSDIAG_HAS_STATUS_REQUEST, TLSDIAG_SERVER_HELLO_STATUS_REQUEST},
    {TLSDIAG_HAS_SERVER_NAME, TLSDIAG_SERVER_HELLO_SERVER_NAME},
    {TLSDIAG_HAS_PRE_SHARED_KEY,
     TLSDIAG_SERVER_HELLO_PSK | TLSDIAG_SERVER_HELLO_RESUMED},
};

/* RFC 5246 section 7.3: a session of TLS 1.2 or older is resumed where the
 * server says the client's session_id back.  Servers of TLS 1.3 always do. */
static int resumes(const struct flow *f, const tlsdiag_server_hello *sh)
{
  const tlsdiag_bytes *id = &sh->session_id;

  return sh->version < 0x0304 && id->len != 0 &&
         id->len == f->hello_session_id_len &&
         memcmp(id->ptr, f->hello_session_id, id->len) == 0;
}

/* RFC 8446 section 4.1.3: the last bytes of the server's random warn a client
 * that could do better than the version chosen. */
static uint32_t downgrade_flag(const struct flow *f,
                               const tlsdiag_server_hello *sh)
{
  if (sh->downgrade == 1 && f->offered_max >= 0x0304) {
    return TLSDIAG_SERVER_HELLO_DOWNGRADE_TLS12;
  }
  if (sh->downgrade == 2 && f->offered_max >= 0x0303) {
    return TLSDIAG_SERVER_HELLO_DOWNGRADE_TLS11;
  }
  return 0;
}

/* What was chosen and not offered.  Without the offer nobody can tell. */
static uint32_t not_offered(const struct flow *f,
                            const tlsdiag_server_hello *sh)
{
  uint32_t flags = 0;

  if (f->offered_max == 0) {
    return 0;
  }
  if ((f->state & FLOW_OFFER_WHOLE) != 0 &&
      !offer_has_suite(f, sh->cipher_suite)) {
    flags |= TLSDIAG_SERVER_HELLO_SUITE_NOT_OFFERED;
  }
  if (sh->format == TLSDIAG_FORMAT_TLS &&
      (sh->version > f->offered_max || sh->version < f->offered_min)) {
    flags |= TLSDIAG_SERVER_HELLO_NOT_OFFERED;
  }
  return flags;
}

static uint32_t server_hello_flags(const struct flow *f,
                                   const struct message *m,
                                   const tlsdiag_server_hello *sh)
{
  uint32_t flags = downgrade_flag(f, sh) | not_offered(f, sh);
  size_t i;

  for (i = 0; i < sizeof server_bits / sizeof server_bits[0]; i++) {
    if ((sh->present >> server_bits[i].has & 1u) != 0) {
      flags |= server_bits[i].bits;
    }
  }
  flags |= m->len < m->full_len ? TLSDIAG_SERVER_HELLO_PARTIAL : 0u;
  flags |= is_unsolicited(f, sh) ? TLSDIAG_SERVER_HELLO_UNSOLICITED : 0u;
  flags |= resumes(f, sh) ? TLSDIAG_SERVER_HELLO_RESUMED : 0u;
  return flags;
}

enum { EXTENSION_KEY_SHARE = 51 };

/* A ServerHello of which the room held only the beginning: a post-quantum key
 * share may stand before supported_versions and fill it.  Nothing but TLS 1.3
 * answers with a key share (RFC 8446 section 4.2.8), so its header tells. */
static void version_of_part(const struct message *m, tlsdiag_server_hello *sh)
{
  struct rd_fault fault;
  struct reader r;

  if (m->len >= m->full_len || sh->version != 0x0303 ||
      sh->extensions.ptr == NULL) {
    return;
  }
  memset(&fault, 0, sizeof fault);
  rd_init(&r, m->ptr, m->len, &fault);
  (void)rd_take(&r, (size_t)(sh->extensions.ptr - m->ptr) + sh->extensions.len,
                TLSDIAG_FIELD_EXTENSIONS);
  if (rd_u16(&r, TLSDIAG_FIELD_EXTENSION_TYPE) == EXTENSION_KEY_SHARE &&
      rd_ok(&r)) {
    sh->version = 0x0304;
  }
}

void server_hello_read(struct flow *f, const struct message *m)
{
  tlsdiag_server_hello sh;
  tlsdiag_where where;
  uint32_t choice, detail;
  int rc;

  memset(&sh, 0, sizeof sh);
  sh.size = sizeof sh;
  memset(&where, 0, sizeof where);
  rc = tlsdiag_server_hello_decode(m->ptr, m->len, m->format, &sh, &where);
  version_of_part(m, &sh);
  choice = ((uint32_t)sh.version << 16) | sh.cipher_suite;
  detail = (server_hello_flags(f, m, &sh) << 16) | sh.group;
  if (sh.is_hello_retry_request != 0) {
    f->state |= FLOW_RETRY;
    f->stage = TLSDIAG_STAGE_HELLO_RETRY_REQUEST;
    observe_at(f, TLSDIAG_OBS_HELLO_RETRY_REQUEST, m->from, choice, detail,
               m->offset, m->t);
  } else {
    f->version = sh.version;
    f->cipher = sh.cipher_suite;
    f->state |= sh.version >= 0x0304 && sh.version < 0x8000 ? FLOW_TLS13 : 0u;
    f->stage = TLSDIAG_STAGE_SERVER_HELLO;
    observe_at(f, TLSDIAG_OBS_SERVER_HELLO, m->from, choice, detail, m->offset,
               m->t);
  }
  hello_note_fault(f, m, rc, &where);
  hello_note_anomalies(f, m, sh.anomalies, sh.num_anomalies);
}
