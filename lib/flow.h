/* flow.h: the state of one connection (internal).
 *
 *   feed ──► flow.c          records of one direction
 *              ├► flow_first.c    first bytes: TLS, SSLv2 or something else
 *              ├► flow_prologue.c plaintext before TLS: STARTTLS, PROXY, ...
 *              │    ├► flow_starttls.c who asks for TLS, who refuses
 *              │    └► flow_socks.c    the units of SOCKS
 *              ├► flow_dtls.c     the same for datagrams
 *              ├► flow_gather.c   messages that come split
 *              └► flow_message.c  one handshake message ► observations
 *   segment, gap, close ──► flow_tcp.c
 *   hint, group ──► flow_hint.c
 *   all of them ──► observe.c     the list of observations
 *
 * Nothing here judges: that is classify.c's work, and it reads observations
 * only. */
#ifndef TLSDIAG_LIB_FLOW_H
#define TLSDIAG_LIB_FLOW_H

#include <stddef.h>
#include <stdint.h>

#include "tlsdiag/tlsdiag.h"

/* RFC 8446 section 5: the record layer. */
enum {
  RECORD_CHANGE_CIPHER_SPEC = 20,
  RECORD_ALERT = 21,
  RECORD_HANDSHAKE = 22,
  RECORD_APPLICATION_DATA = 23,
  RECORD_HEARTBEAT = 24,
  RECORD_TLS12_CID = 25,
  RECORD_ACK = 26
};

/* RFC 8446 section 4, RFC 5246 section 7.4, RFC 6347 section 4.2.1. */
enum {
  HS_HELLO_REQUEST = 0,
  HS_CLIENT_HELLO = 1,
  HS_SERVER_HELLO = 2,
  HS_HELLO_VERIFY_REQUEST = 3,
  HS_NEW_SESSION_TICKET = 4,
  HS_CERTIFICATE = 11,
  HS_SERVER_KEY_EXCHANGE = 12,
  HS_CERTIFICATE_REQUEST = 13,
  HS_SERVER_HELLO_DONE = 14,
  HS_CERTIFICATE_VERIFY = 15,
  HS_CLIENT_KEY_EXCHANGE = 16,
  HS_FINISHED = 20,
  HS_CERTIFICATE_STATUS = 22
};

enum {
  MAX_RECORD = 16384 + 2048, /* RFC 5246 section 6.2.3: the larger limit */
  NUM_OBSERVATIONS = 40,
  /* The last places are kept for what decides a verdict. */
  NUM_ORDINARY = 31,
  NUM_RECORDS_KEPT = 8, /* protected records noted one by one, a side */
  HEAD_MAX = 32         /* first bytes, or a record header */
};

/* One observation as it is stored: 20 bytes. */
struct observed {
  uint8_t kind, from, stage, reserved_;
  uint32_t a, b;
  uint32_t offset; /* saturates */
  uint32_t t;      /* units of 10 us since the first event; saturates */
};

enum side_mode {
  MODE_FIRST = 0,  /* the first bytes are not yet recognised */
  MODE_RECORDS,    /* records follow each other */
  MODE_SSLV2,      /* inside an SSLv2-format hello */
  MODE_PROLOGUE,   /* plaintext that may end in TLS */
  MODE_LOST,       /* behind a gap: the next record is looked for */
  MODE_OPAQUE      /* not TLS, and will not be */
};

/* One direction of the stream. */
struct side {
  uint64_t offset;   /* bytes fed or skipped so far */
  uint64_t sent;     /* end of the data seen in segments */
  uint64_t acked;    /* acknowledged by the peer; the FIN counts as a byte */
  uint64_t fin_at;   /* where it closed */
  uint32_t msg_len;  /* bytes of the current message, with its header */
  uint32_t msg_have; /* of them seen */
  uint32_t kept;     /* of them in the room */
  uint32_t msg_offset; /* where it started in the stream */
  uint32_t last_data;  /* time of the last payload, as in struct observed */
  uint32_t record_at;  /* where the current record starts; saturates */
  uint16_t record_len;
  uint16_t record_left;
  uint16_t record_version;
  uint16_t ip_id;
  uint16_t mss;
  uint16_t largest; /* segment */
  uint8_t record_type;
  uint8_t mode;
  uint8_t head_len;
  uint8_t closed;    /* TLSDIAG_CLOSE_* */
  uint8_t ttl;
  uint8_t ccs;       /* ChangeCipherSpec seen: what follows is encrypted */
  uint8_t finished;
  uint8_t num_alerts;
  uint8_t num_records; /* protected ones; saturates */
  uint8_t num_messages;
  uint8_t num_syns;
  uint8_t num_segments; /* with payload; saturates */
  uint8_t was_reset; /* RESET_* */
  uint8_t alert_have; /* bytes of a split alert */
  uint8_t alert_level;
  uint8_t flags; /* SIDE_* */
  uint8_t msg_head[4];
  uint8_t head[HEAD_MAX];
};

enum {
  SIDE_ID_STEADY = 0x1,  /* its IP-ID counts up */
  SIDE_SEEN = 0x2,       /* at least one packet or byte of it was seen */
  SIDE_SPLIT = 0x4,      /* the current message came in several records */
  SIDE_HOLE = 0x8,       /* the current message has a hole */
  SIDE_APP_DATA = 0x10,  /* application data seen */
  SIDE_READ = 0x20,      /* the current message was read before its end */
  SIDE_SKIP = 0x40,      /* the rest of the record cannot be read */
  SIDE_BEYOND_SYN = 0x80 /* it went on after its SYN: TCP was opened */
};

enum {
  RESET_SEEN = 1,
  RESET_BEHIND_HOLE = 2 /* between the last bytes and it some were not seen */
};

struct flow {
  uint64_t start_us; /* time of the first event */
  uint64_t name_hash;
  uint64_t parent_hash;
  uint64_t hello_hash;
  const tlsdiag_policy *policy;
  const uint8_t *message; /* what feed stopped at */
  uint32_t message_len;
  uint32_t room_len;
  uint32_t rtt; /* SYN to SYN/ACK, as in struct observed; 0 unknown */
  uint32_t hello_len;
  uint16_t version;
  uint16_t cipher;
  uint16_t offered_max;
  uint16_t offered_min;
  uint8_t flags; /* TLSDIAG_FLOW_* */
  uint8_t stage;
  uint16_t state; /* FLOW_* */
  uint8_t num_observations;
  uint8_t message_from;
  uint8_t message_format;
  uint8_t room_owner; /* 0 free, 1 + TLSDIAG_FROM_* */
  uint8_t prologue;   /* TLSDIAG_PROLOGUE_*, how far STARTTLS came */
  uint8_t hello_session_id[32]; /* to see an abbreviated handshake */
  uint8_t hello_session_id_len;
  uint8_t first_close; /* 1 + index of that observation */
  uint8_t padding_[5];
  uint8_t suites_offered[32]; /* a Bloom filter: bit set for each suite */
  struct side side[2];
  struct observed observed[NUM_OBSERVATIONS];
};

enum {
  FLOW_STARTED = 0x1,   /* start_us is set */
  FLOW_HAS_TCP = 0x2,   /* segments are reported */
  FLOW_RETRY = 0x4,     /* a HelloRetryRequest was seen */
  FLOW_COMPLETED = 0x8, /* both Finished of TLS 1.2 or older were seen */
  FLOW_ENDED = 0x10,    /* the summary observations were made */
  FLOW_SYN = 0x20,
  FLOW_SYN_ACK = 0x40,
  FLOW_TLS13 = 0x80, /* ServerHello chose TLS 1.3 */
  FLOW_OFFER_WHOLE = 0x100 /* all suites offered are known */
};

static inline struct flow *flow_of(tlsdiag_flow *flow)
{
  return (struct flow *)(void *)flow;
}

static inline const struct flow *flow_of_const(const tlsdiag_flow *flow)
{
  return (const struct flow *)(const void *)flow;
}

static inline uint8_t *flow_room(struct flow *f)
{
  return (uint8_t *)(void *)(f + 1);
}

/* observe.c */
uint32_t flow_time(struct flow *f, uint64_t t_us);
/* Adds an observation at stream offset `offset`; returns it, or NULL when the
 * list is full. */
struct observed *observe_at(struct flow *f, unsigned kind, unsigned from,
                            uint32_t a, uint32_t b, uint64_t offset,
                            uint32_t t);
/* The newest observation of that kind and side, or NULL. */
struct observed *observed_find(struct flow *f, unsigned kind, unsigned from);
uint32_t saturate32(uint64_t value);

/* flow_first.c: takes bytes while nothing is known of the direction; returns
 * how many it used.  It stops as soon as something else begins. */
size_t first_bytes_feed(struct flow *f, unsigned from, uint32_t t,
                        const uint8_t *data, size_t len);

/* At the end of a direction: first bytes too few to be sure of. */
void first_bytes_end(struct flow *f, unsigned from, uint32_t t);

/* flow_prologue.c: plaintext that may end in TLS; as above. */
size_t prologue_feed(struct flow *f, unsigned from, uint32_t t,
                     const uint8_t *data, size_t len);
void prologue_begin(struct flow *f, unsigned from, unsigned protocol);
void prologue_gap(struct flow *f, unsigned from, uint32_t t);

/* flow_starttls.c: whether the client's unit asks for TLS; whether the server's
 * refuses it, which the client asked for in protocol `asked`. */
int starttls_asks(const struct side *s);
int starttls_refuses(const struct side *s, unsigned asked);

/* flow_socks.c: the unit that starts with the kept head: its length, 0 while
 * it is not known; its end, where a zero byte is that; whether it greets, asks
 * for a connection or refuses one. */
size_t socks_unit_length(const struct side *s, unsigned from);
int socks_string_ends(const struct side *s, unsigned from, unsigned byte,
                      size_t seen);
int socks_is_greeting(const struct side *s);
int socks_asks(const struct side *s);
int socks_refuses(const struct side *s);

/* flow_gather.c: takes handshake bytes of one record up to the end of one
 * message at most; returns how many it used. */
size_t handshake_feed(struct flow *f, unsigned from, uint32_t t,
                      const uint8_t *data, size_t len);
/* Forgets the current message. */
void message_reset(struct flow *f, unsigned from);
/* The bytes of one message that is gathered, up to its end. */
size_t message_gather(struct flow *f, unsigned from, uint32_t t,
                      const uint8_t *data, size_t len);
void message_begin(struct flow *f, unsigned from, uint32_t t, size_t full_len);
/* No more will come of the current message: what there is of it is read. */
void message_cut(struct flow *f, unsigned from, uint32_t t);

/* flow.c: records of one direction; returns how many bytes it used, which are
 * all unless a message was completed and the flow stops at messages. */
size_t records_feed(struct flow *f, unsigned from, uint32_t t,
                    const uint8_t *data, size_t len);

/* flow_dtls.c: one datagram. */
void datagram_feed(struct flow *f, unsigned from, uint32_t t,
                   const uint8_t *data, size_t len);

/* flow_message.c */
struct message {
  const uint8_t *ptr; /* from the handshake header on */
  size_t len;         /* that are there */
  size_t full_len;    /* as the header claims */
  uint64_t offset;    /* in the stream */
  unsigned type, format, from;
  uint32_t t;
};
/* Turns one message, or the part of it that could be kept, into observations.
 * Returns 1 if it is one of those a caller may want to stop at. */
void message_read(struct flow *f, const struct message *m);
/* 1: the content of messages of this type matters, so they are gathered. */
int message_wanted(unsigned type);

struct alert {
  uint8_t level, description;
  unsigned flags; /* TLSDIAG_ALERT_FLAG_* known already */
  uint64_t offset;
  uint32_t t;
};
void alert_read(struct flow *f, unsigned from, const struct alert *a);

#endif
