/* hello.c: the shell of a handshake message, shared by all hellos. */
#include "hello.h"

const uint8_t hello_nothing[1] = {0};

void hello_anomaly(struct hello *h, unsigned kind, unsigned field,
                   size_t offset)
{
  if (h->num_anomalies < TLSDIAG_MAX_ANOMALIES) {
    tlsdiag_anomaly *anomaly = &h->anomalies[h->num_anomalies];

    anomaly->kind = (uint16_t)kind;
    anomaly->field = (uint16_t)field;
    anomaly->offset = (uint32_t)offset;
  }
  h->num_anomalies++;
}

/*   uint16 message_seq;
 *   uint24 fragment_offset;
 *   uint24 fragment_length;                       RFC 9147 section 5.2
 * A fragment from the middle of a DTLS message holds nothing that could be
 * read; a first fragment is read as far as it goes. */
void dtls_header_read(struct hello *h, struct reader *r)
{
  uint32_t offset;
  uint32_t fragment;

  rd_u16(r, TLSDIAG_FIELD_DTLS_HEADER);
  offset = rd_u24(r, TLSDIAG_FIELD_DTLS_HEADER);
  fragment = rd_u24(r, TLSDIAG_FIELD_DTLS_HEADER);
  if (rd_ok(r) && (offset != 0 || fragment > h->length)) {
    rd_fail(r, h->length, TLSDIAG_FIELD_DTLS_HEADER);
  }
  if (fragment < rd_left(r)) {
    r->end = r->pos + fragment;
  }
}

int hello_close(struct hello *h, int status, tlsdiag_where *where)
{
  if (h->body_have < h->length && h->fault.field == 0) {
    h->fault.field = TLSDIAG_FIELD_HANDSHAKE_BODY;
    h->fault.offset = h->body_offset;
    h->fault.want = h->length;
    h->fault.have = h->body_have;
  }
  if (status != TLSDIAG_STATUS_OK) {
    h->fault.field = TLSDIAG_FIELD_NONE; /* another message is no fault */
  }
  where_set(where, &h->fault);
  return h->fault.field != 0 ? TLSDIAG_STATUS_E_MALFORMED : status;
}

static uint32_t clamp(size_t n)
{
  return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

void where_set(tlsdiag_where *where, const struct rd_fault *fault)
{
  static const tlsdiag_where nowhere;

  if (where == NULL) {
    return;
  }
  *where = nowhere;
  if (fault->field == TLSDIAG_FIELD_NONE) {
    return;
  }
  where->field = (uint16_t)fault->field;
  where->offset = fault->offset;
  where->want = clamp(fault->want);
  where->have = clamp(fault->have);
}
