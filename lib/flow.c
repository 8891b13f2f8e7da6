/* flow.c: one connection: its memory, and the record layer of each direction
 * (RFC 8446 section 5, RFC 5246 section 6.2).
 *
 * Bytes come in slices of any size.  Nothing is kept of them but the current
 * record header; of messages see flow_gather.c. */
#include <string.h>

#include "flow.h"
#include "versioned.h"

size_t tlsdiag_flow_size(size_t room)
{
  return TLSDIAG_FLOW_MIN + (room + 7) / 8 * 8;
}

int tlsdiag_flow_init(tlsdiag_flow *flow, size_t mem_len,
                      const tlsdiag_flow_options *opts)
{
  struct flow *f = flow_of(flow);
  tlsdiag_flow_options o;
  int rc;

  if (flow == NULL) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  if (mem_len < TLSDIAG_FLOW_MIN) {
    return TLSDIAG_STATUS_E_STORAGE;
  }
  memset(&o, 0, sizeof o);
  if (opts != NULL) {
    rc = versioned_in(&o, sizeof o, opts);
    if (rc != 0) {
      return rc;
    }
  }
  memset(f, 0, sizeof *f);
  f->flags = (uint8_t)o.flags;
  f->policy = o.server_policy;
  f->room_len = saturate32(mem_len - sizeof *f);
  return TLSDIAG_STATUS_OK;
}

/* ---- records ---- */

/* From here on the direction's handshake and alert records are ciphertext?
 * TLS 1.3 hides them in application_data records, so the question is only for
 * TLS 1.2 and older. */
static int is_encrypted(const struct flow *f, const struct side *s)
{
  return s->ccs != 0 && (f->state & FLOW_TLS13) == 0;
}

static void note_protected(struct flow *f, unsigned from, uint32_t t)
{
  struct side *s = &f->side[from];

  if (s->num_records < UINT8_MAX) {
    s->num_records++;
  }
  if (s->num_records <= NUM_RECORDS_KEPT) {
    observe_at(f, TLSDIAG_OBS_PROTECTED_RECORD, from, s->record_len,
               s->num_records, s->record_at, t);
  }
}

static void note_application_data(struct flow *f, unsigned from, uint32_t t)
{
  struct side *s = &f->side[from];

  if ((f->state & FLOW_TLS13) != 0 || f->version == 0) {
    note_protected(f, from, t);
    return;
  }
  if ((s->flags & SIDE_APP_DATA) == 0) {
    s->flags |= SIDE_APP_DATA;
    observe_at(f, TLSDIAG_OBS_APPLICATION_DATA, from, s->record_len, 0,
               s->record_at, t);
    if (f->stage == TLSDIAG_STAGE_FINISHED) {
      f->stage = TLSDIAG_STAGE_APPLICATION_DATA;
    }
  }
}

/* TLS <= 1.2: the first encrypted handshake record is Finished, a later one
 * belongs to a renegotiation. */
static void note_encrypted_handshake(struct flow *f, unsigned from, uint32_t t)
{
  struct side *s = &f->side[from];

  if (s->finished == 0) {
    s->finished = 1;
    f->stage = TLSDIAG_STAGE_FINISHED;
    observe_at(f, TLSDIAG_OBS_FINISHED, from, 0, s->record_len, s->record_at,
               t);
    if (f->side[from ^ 1].finished != 0) {
      f->state |= FLOW_COMPLETED;
    }
    return;
  }
  if (observed_find(f, TLSDIAG_OBS_RENEGOTIATION, from) == NULL) {
    observe_at(f, TLSDIAG_OBS_RENEGOTIATION, from, 0, s->record_len,
               s->record_at, t);
  }
}

/* 1: the peer had closed and this side knew it when it sent what follows.
 * With TCP facts "knew" is exact: the FIN was acknowledged. */
static unsigned alert_flags(const struct flow *f, unsigned from)
{
  const struct side *peer = &f->side[from ^ 1];
  unsigned flags = 0;

  if (peer->closed == TLSDIAG_CLOSE_RST ||
      (peer->closed == TLSDIAG_CLOSE_FIN &&
       ((f->state & FLOW_HAS_TCP) == 0 || peer->acked > peer->fin_at))) {
    flags |= TLSDIAG_ALERT_FLAG_AFTER_PEER_CLOSE;
  }
  if (f->side[0].num_alerts + f->side[1].num_alerts != 0) {
    flags |= TLSDIAG_ALERT_FLAG_AFTER_ALERT;
  }
  return flags;
}

static void note_encrypted_alert(struct flow *f, unsigned from, uint32_t t)
{
  struct side *s = &f->side[from];

  observe_at(f, TLSDIAG_OBS_ENCRYPTED_ALERT, from, s->record_len,
             alert_flags(f, from) | TLSDIAG_ALERT_FLAG_ENCRYPTED, s->record_at,
             t);
  s->num_alerts++;
}

void alert_read(struct flow *f, unsigned from, const struct alert *a)
{
  struct side *s = &f->side[from];
  unsigned flags = alert_flags(f, from) | a->flags;

  if ((f->state & FLOW_TLS13) != 0) {
    flags |= TLSDIAG_ALERT_FLAG_PLAIN_IN_TLS13;
  }
  if (s->num_alerts < 3) { /* a flood of warnings says nothing new */
    observe_at(f, TLSDIAG_OBS_ALERT, from,
               ((uint32_t)a->level << 8) | a->description, flags, a->offset,
               a->t);
  }
  if (s->num_alerts < UINT8_MAX) {
    s->num_alerts++;
  }
}

static void note_change_cipher_spec(struct flow *f, unsigned from, uint32_t t)
{
  struct side *s = &f->side[from];

  /* RFC 8446 appendix D.4: in TLS 1.3 it means nothing.  A client that offers
   * TLS 1.3 may send it before it knows the version. */
  if ((f->state & FLOW_TLS13) != 0 ||
      (f->version == 0 && f->offered_max >= 0x0304)) {
    return;
  }
  if (s->ccs == 0) {
    s->ccs = 1;
    f->stage = TLSDIAG_STAGE_CHANGE_CIPHER_SPEC;
    observe_at(f, TLSDIAG_OBS_CHANGE_CIPHER_SPEC, from, 0, 0, s->record_at, t);
  }
}

static void note_heartbeat(struct flow *f, unsigned from, uint32_t t)
{
  if (observed_find(f, TLSDIAG_OBS_HEARTBEAT, from) == NULL) {
    observe_at(f, TLSDIAG_OBS_HEARTBEAT, from, f->side[from].record_len, 0,
               f->side[from].record_at, t);
  }
}

/* What a record's header alone says. */
static void record_begin(struct flow *f, unsigned from, uint32_t t)
{
  struct side *s = &f->side[from];
  int encrypted = is_encrypted(f, s);

  switch (s->record_type) {
  case RECORD_CHANGE_CIPHER_SPEC:
    note_change_cipher_spec(f, from, t);
    break;
  case RECORD_ALERT:
    if (s->record_len != 2 &&
        (encrypted || (f->state & FLOW_TLS13) != 0 || s->record_len > 16)) {
      note_encrypted_alert(f, from, t);
      s->flags |= SIDE_SKIP;
    }
    break;
  case RECORD_HANDSHAKE:
    if (encrypted) {
      note_encrypted_handshake(f, from, t);
      s->flags |= SIDE_SKIP;
    }
    break;
  case RECORD_APPLICATION_DATA:
    note_application_data(f, from, t);
    break;
  default:
    note_heartbeat(f, from, t);
    break;
  }
}

/* A record header that cannot be one: the stream has left TLS. */
static void record_refuse(struct flow *f, unsigned from, uint32_t t,
                          const uint8_t *p, unsigned len)
{
  struct side *s = &f->side[from];
  unsigned protocol = TLSDIAG_PROTOCOL_UNKNOWN;

  s->mode = MODE_OPAQUE;
  if (p[0] - 20u <= 4u && p[1] == 3 && len > MAX_RECORD) {
    observe_at(f, TLSDIAG_OBS_OVERSIZED, from, len, p[0], s->record_at, t);
    return;
  }
  (void)tlsdiag_recognise(p, 5, from, &protocol);
  observe_at(f, TLSDIAG_OBS_FIRST_BYTES, from, protocol,
             ((uint32_t)p[0] << 24) | ((uint32_t)p[1] << 16) |
                 ((uint32_t)p[2] << 8) | p[3],
             s->record_at, t);
}

static void record_header(struct flow *f, unsigned from, uint32_t t,
                          const uint8_t *p)
{
  struct side *s = &f->side[from];
  unsigned len = ((unsigned)p[3] << 8) | p[4];
  int version_ok = p[1] == 3 || (p[1] == 1 && p[2] == 1); /* TLCP: 0x0101 */

  if (p[0] - 20u > 6u || !version_ok || len > MAX_RECORD) {
    record_refuse(f, from, t, p, len);
    return;
  }
  s->record_type = p[0];
  s->record_version = (uint16_t)(((unsigned)p[1] << 8) | p[2]);
  s->record_len = (uint16_t)len;
  s->record_left = (uint16_t)len;
  s->flags &= (uint8_t)~SIDE_SKIP;
  if (s->msg_have != 0) {
    s->flags |= SIDE_SPLIT;
  }
  if (len > 16384 && s->record_type != RECORD_APPLICATION_DATA) {
    observe_at(f, TLSDIAG_OBS_OVERSIZED, from, len, p[0], s->record_at, t);
  }
  if (len == 0 && s->record_type == RECORD_HANDSHAKE && !is_encrypted(f, s)) {
    observe_at(f, TLSDIAG_OBS_ANOMALY, from, TLSDIAG_ANOMALY_EMPTY_FRAGMENT,
               TLSDIAG_FIELD_RECORD_LENGTH, s->record_at, t);
  }
  record_begin(f, from, t);
}

/* Collects the five bytes of a record header; returns the bytes used. */
static size_t header_feed(struct flow *f, unsigned from, uint32_t t,
                          const uint8_t *data, size_t len)
{
  struct side *s = &f->side[from];
  size_t n = 0;

  s->record_at = saturate32(s->offset - s->head_len);
  if (s->head_len == 0 && len >= 5) {
    record_header(f, from, t, data);
    return 5;
  }
  while (n < len && s->head_len < 5) {
    s->head[s->head_len++] = data[n++];
  }
  if (s->head_len == 5) {
    s->head_len = 0;
    record_header(f, from, t, s->head);
  }
  return n;
}

/* An alert is two bytes; they may come in two records (RFC 8446 section 5.1
 * forbids it, RFC 5246 does not). */
static size_t alert_feed(struct flow *f, unsigned from, uint32_t t,
                         const uint8_t *data, size_t len)
{
  struct side *s = &f->side[from];
  size_t before = (size_t)s->record_len - s->record_left;
  struct alert a;
  size_t i;

  for (i = 0; i < len; i++) {
    if (s->alert_have == 0) {
      s->alert_level = data[i];
      s->alert_have = 1;
      continue;
    }
    s->alert_have = 0;
    a.level = s->alert_level;
    a.description = data[i];
    a.flags = before + i == 0 ? TLSDIAG_ALERT_FLAG_SPLIT : 0u;
    a.offset = s->offset + i - (before + i != 0);
    a.t = t;
    alert_read(f, from, &a);
  }
  return len;
}

/* Takes bytes of the current record's content; returns the bytes used. */
static size_t body_feed(struct flow *f, unsigned from, uint32_t t,
                        const uint8_t *data, size_t len)
{
  struct side *s = &f->side[from];

  if ((s->flags & SIDE_SKIP) != 0) {
    return len;
  }
  if (s->record_type == RECORD_HANDSHAKE) {
    return handshake_feed(f, from, t, data, len);
  }
  if (s->record_type == RECORD_ALERT) {
    return alert_feed(f, from, t, data, len);
  }
  return len;
}

size_t records_feed(struct flow *f, unsigned from, uint32_t t,
                    const uint8_t *data, size_t len)
{
  struct side *s = &f->side[from];
  size_t used = 0;
  size_t n;

  while (used < len && f->message == NULL && s->mode == MODE_RECORDS) {
    if (s->record_left == 0) {
      n = header_feed(f, from, t, data + used, len - used);
    } else {
      n = len - used < s->record_left ? len - used : s->record_left;
      n = body_feed(f, from, t, data + used, n);
      s->record_left = (uint16_t)(s->record_left - n);
    }
    used += n;
    s->offset += n;
  }
  return used;
}

/* Behind a gap: a slice that starts like a record is taken for one. */
static int resumes_here(const uint8_t *data, size_t len)
{
  return len >= 5 && data[0] - 20u <= 3u && data[1] == 3 && data[2] <= 4 &&
         (((unsigned)data[3] << 8) | data[4]) <= MAX_RECORD;
}

static size_t lost_feed(struct flow *f, unsigned from, const uint8_t *data,
                        size_t len)
{
  struct side *s = &f->side[from];

  if (resumes_here(data, len)) {
    s->mode = MODE_RECORDS;
    s->head_len = 0;
    s->record_left = 0;
    return 0;
  }
  s->offset += len;
  return len;
}

static size_t stream_feed(struct flow *f, unsigned from, uint32_t t,
                          const uint8_t *data, size_t len)
{
  struct side *s = &f->side[from];
  size_t used = 0;

  while (used < len && f->message == NULL) {
    switch (s->mode) {
    case MODE_RECORDS:
      used += records_feed(f, from, t, data + used, len - used);
      break;
    case MODE_LOST:
      used += lost_feed(f, from, data + used, len - used);
      break;
    case MODE_PROLOGUE:
      used += prologue_feed(f, from, t, data + used, len - used);
      break;
    case MODE_OPAQUE:
      s->offset += len - used;
      used = len;
      break;
    default:
      used += first_bytes_feed(f, from, t, data + used, len - used);
      break;
    }
  }
  return used;
}

int tlsdiag_flow_feed(tlsdiag_flow *flow, unsigned from, uint64_t t_us,
                      const uint8_t *data, size_t len, size_t *used)
{
  struct flow *f = flow_of(flow);
  struct side *s;
  uint32_t t;
  size_t n;

  if (flow == NULL || from > 1 || (data == NULL && len != 0)) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  t = flow_time(f, t_us);
  f->message = NULL;
  s = &f->side[from];
  s->flags |= SIDE_SEEN;
  if (len != 0) {
    s->last_data = t;
  }
  if (s->was_reset != 0 && len != 0 &&
      observed_find(f, TLSDIAG_OBS_DATA_AFTER_RESET, from) == NULL) {
    observe_at(f, TLSDIAG_OBS_DATA_AFTER_RESET, from, 0, 0, s->offset, t);
  }
  if ((f->flags & TLSDIAG_FLOW_DATAGRAM) != 0) {
    datagram_feed(f, from, t, data, len);
    n = len;
  } else {
    n = stream_feed(f, from, t, data, len);
  }
  if (used != NULL) {
    *used = n;
  }
  return f->message != NULL ? TLSDIAG_STATUS_MESSAGE : TLSDIAG_STATUS_OK;
}

int tlsdiag_flow_message(const tlsdiag_flow *flow, unsigned *from,
                         unsigned *format, tlsdiag_bytes *msg)
{
  const struct flow *f = flow_of_const(flow);

  if (flow == NULL || from == NULL || format == NULL || msg == NULL) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  if (f->message == NULL) {
    return TLSDIAG_STATUS_E_ABSENT;
  }
  *from = f->message_from;
  *format = f->message_format;
  msg->ptr = f->message;
  msg->len = f->message_len;
  return TLSDIAG_STATUS_OK;
}

/* ---- holes ---- */

/* The hole lies inside the current message or the skipped rest of a record:
 * the framing survives it. */
static int gap_inside_record(struct flow *f, unsigned from, uint64_t missing)
{
  struct side *s = &f->side[from];
  uint32_t left = s->msg_len - s->msg_have;

  if (s->mode != MODE_RECORDS || s->record_left < missing) {
    return 0;
  }
  if ((s->flags & SIDE_SKIP) == 0 && s->record_type == RECORD_HANDSHAKE) {
    if (s->msg_len == 0 || missing >= left) {
      return 0;
    }
    s->flags |= SIDE_HOLE; /* what stands before the hole is kept */
    s->msg_have += (uint32_t)missing;
  }
  if ((s->flags & SIDE_SKIP) == 0 && s->record_type == RECORD_ALERT) {
    return 0;
  }
  s->record_left = (uint16_t)(s->record_left - missing);
  return 1;
}

int tlsdiag_flow_gap(tlsdiag_flow *flow, unsigned from, uint64_t t_us,
                     uint64_t missing)
{
  struct flow *f = flow_of(flow);
  struct side *s;
  struct observed *o;
  uint32_t t;

  if (flow == NULL || from > 1) {
    return TLSDIAG_STATUS_E_USAGE;
  }
  if (missing == 0) {
    return TLSDIAG_STATUS_OK;
  }
  t = flow_time(f, t_us);
  s = &f->side[from];
  f->message = NULL;
  o = observed_find(f, TLSDIAG_OBS_GAP, from);
  if (o != NULL) {
    o->a = saturate32((uint64_t)o->a + missing);
  } else if (s->finished == 0 || s->num_records < NUM_RECORDS_KEPT) {
    observe_at(f, TLSDIAG_OBS_GAP, from, saturate32(missing), 0, s->offset, t);
  }
  if (s->mode == MODE_PROLOGUE && f->prologue != TLSDIAG_PROLOGUE_ACCEPTED) {
    prologue_gap(f, from, t);
  } else if (!gap_inside_record(f, from, missing)) {
    message_cut(f, from, t); /* the part that is there still speaks */
    message_reset(f, from);
    s->mode = MODE_LOST;
    s->head_len = 0;
    s->record_left = 0;
    s->alert_have = 0;
  }
  s->offset += missing;
  return TLSDIAG_STATUS_OK;
}
