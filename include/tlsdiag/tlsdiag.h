/* tlsdiag.h: why did this TLS handshake fail, who ended it, and what fixes it?
 *
 * This is the whole stable API of libtlsdiag.  Four things to do with it:
 *
 *   decode    tlsdiag_client_hello_decode() and friends: bytes of one message
 *             in, views of its fields out.  Section 1.
 *   watch     tlsdiag_flow_*(): one connection, fed with whatever you have
 *             (stream bytes, TCP facts, error texts), in slices of any size.
 *             Section 2.
 *   ask why   tlsdiag_classify(): ranked causes with confidence, party and
 *             evidence; tlsdiag_explain() puts one into words.  Section 3.
 *   look up   tlsdiag_name(), tlsdiag_cause_text(): names and the catalogue
 *             of causes.  Section 6.
 *
 * CONVENTIONS, stated once and true of every function here:
 *  Units      Lengths and offsets are bytes.  Times are microseconds on any
 *             clock the caller likes, as long as it is one clock per flow.
 *  Ownership  The library never allocates and never frees.  It keeps input
 *             bytes only in memory you lent it.  Every tlsdiag_bytes is
 *             borrowed: the function that fills it says how long it lives.
 *             There are no destructors: drop the memory.
 *  Status     0 = done; > 0 = not an error (wants more, stopped, end);
 *             < 0 = failed.  See TLSDIAG_STATUS_*.  Values never change.
 *             Bytes from the wire never make a flow function fail: what is
 *             wrong with them becomes an observation.
 *  Structs    Those that start with `size` are versioned: set size to
 *             sizeof(the struct) before the call.  The library touches only
 *             min(size, its own) bytes.  An input struct that is larger than
 *             the library knows must be zero beyond that; an output struct's
 *             unknown tail is set to zero.  Members are only ever appended.
 *             Arrays of versioned structs are passed with elem_size.
 *  NULL       Allowed only for parameters marked [opt], and for a pointer
 *             whose length is 0.
 *  Threads    No hidden state: different objects may be used from different
 *             threads without locks; one object by one thread at a time.
 *  Input      Every byte string of every length is a valid input.  Work is
 *             linear in the input, stack use is bounded.
 *
 * RFC numbers in comments name the document a rule rests on. */
#ifndef TLSDIAG_TLSDIAG_H
#define TLSDIAG_TLSDIAG_H

#include <stddef.h>
#include <stdint.h>

#define TLSDIAG_VERSION_MAJOR 0
#define TLSDIAG_VERSION_MINOR 1
#define TLSDIAG_VERSION_PATCH 0
#define TLSDIAG_VERSION_NUMBER 0x000100

#ifndef TLSDIAG_API
#if defined(_WIN32) && defined(TLSDIAG_SHARED)
#define TLSDIAG_API __declspec(dllimport)
#elif defined(__GNUC__)
#define TLSDIAG_API __attribute__((visibility("default")))
#else
#define TLSDIAG_API
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------
 * 0. Numbers.  All of them are API: a value never changes its meaning.
 * Names for any of them: tlsdiag_name(TLSDIAG_REGISTRY_*, value).
 * ------------------------------------------------------------------------ */

/* BEGIN GENERATED enums: lib/tables/generate.py */
/* END GENERATED enums */

/* ------------------------------------------------------------------------
 * 1. Decode: one message, zero copy.
 * ------------------------------------------------------------------------ */

/* tlsdiag_bytes is a view: bytes that somebody else owns.  ptr may be NULL
 * only when len is 0. */
typedef struct tlsdiag_bytes {
  const uint8_t *ptr;
  size_t len;
} tlsdiag_bytes;

/* tlsdiag_where says where a decode stopped and why: reading `field` at
 * `offset` wanted `want` bytes where only `have` were left.  field is
 * TLSDIAG_FIELD_NONE when nothing is wrong.  Fixed layout. */
typedef struct tlsdiag_where {
  uint64_t offset; /* from the first byte of the input of that call */
  uint32_t want;
  uint32_t have;
  uint16_t field; /* TLSDIAG_FIELD_* */
  uint16_t reserved_[3];
} tlsdiag_where;

/* tlsdiag_anomaly is something odd that did not stop the decode.  offset
 * counts from the first byte of the message.  Fixed layout. */
typedef struct tlsdiag_anomaly {
  uint16_t kind;  /* TLSDIAG_ANOMALY_* */
  uint16_t field; /* TLSDIAG_FIELD_* */
  uint32_t offset;
} tlsdiag_anomaly;

#define TLSDIAG_MAX_ANOMALIES 8

/* tlsdiag_client_hello is one decoded ClientHello: TLS, SSLv2-format or DTLS.
 *
 * Every view points into the message given to the decoder and lives as long
 * as it.  A list view holds the elements only, without the length prefix of
 * the list: walk it with the iterators below.  Absent and empty differ: ask
 * `present`.  After a fault every member decoded before it is kept. */
typedef struct tlsdiag_client_hello {
  uint32_t size;   /* in: sizeof(tlsdiag_client_hello) */
  uint32_t length; /* body length as the handshake header claims it */
  uint64_t present; /* bit TLSDIAG_HAS_*: seen, whole and well-formed */
  uint16_t format;  /* TLSDIAG_FORMAT_* */
  uint16_t legacy_version; /* the version field itself */
  uint16_t version_min; /* lowest and highest version really offered: */
  uint16_t version_max; /* supported_versions wins; GREASE is ignored */
  uint16_t num_cipher_suites;
  uint16_t num_extensions;
  uint16_t record_size_limit;  /* 0 when absent */
  uint16_t padding_len;        /* of the padding extension */
  uint32_t max_fragment_length; /* code 1..4, 0 when absent */
  uint32_t num_anomalies; /* found; only the first 8 are kept below */
  tlsdiag_anomaly anomalies[TLSDIAG_MAX_ANOMALIES];
  tlsdiag_bytes message;     /* handshake header and body */
  tlsdiag_bytes random;      /* SSLv2 format: the challenge */
  tlsdiag_bytes session_id;
  tlsdiag_bytes dtls_cookie;
  tlsdiag_bytes cipher_suites; /* u16 each; SSLv2 format: 3 bytes each */
  tlsdiag_bytes compression_methods; /* u8 each */
  tlsdiag_bytes extensions;          /* tlsdiag_next_extension */
  tlsdiag_bytes server_name;         /* the first host_name */
  tlsdiag_bytes alpn;                /* tlsdiag_next_name each */
  tlsdiag_bytes supported_versions;  /* u16 each */
  tlsdiag_bytes supported_groups;    /* u16 each */
  tlsdiag_bytes key_shares;          /* tlsdiag_next_key_share */
  tlsdiag_bytes signature_algorithms;      /* u16 each */
  tlsdiag_bytes signature_algorithms_cert; /* u16 each */
  tlsdiag_bytes delegated_credential;      /* u16 each */
  tlsdiag_bytes ec_point_formats;          /* u8 each */
  tlsdiag_bytes psk_key_exchange_modes;    /* u8 each */
  tlsdiag_bytes psk_identities;            /* tlsdiag_next_psk_identity */
  tlsdiag_bytes psk_binders;               /* tlsdiag_next_name each */
  tlsdiag_bytes cookie;                    /* of a HelloRetryRequest */
  tlsdiag_bytes session_ticket;
  tlsdiag_bytes renegotiation_info; /* renegotiated_connection */
  tlsdiag_bytes compress_certificate;      /* u16 each */
  tlsdiag_bytes status_request;            /* whole body */
  tlsdiag_bytes encrypted_client_hello;    /* whole body */
  tlsdiag_bytes quic_transport_parameters; /* whole body */
  tlsdiag_bytes certificate_authorities;   /* whole list */
  tlsdiag_bytes application_settings;      /* tlsdiag_next_name each */
} tlsdiag_client_hello;

/* tlsdiag_server_hello is one decoded ServerHello or HelloRetryRequest.
 * Views as in tlsdiag_client_hello. */
typedef struct tlsdiag_server_hello {
  uint32_t size;
  uint32_t length;
  uint64_t present;
  uint16_t format;
  uint16_t legacy_version;
  uint16_t version;      /* negotiated: supported_versions wins */
  uint16_t cipher_suite;
  uint16_t group;        /* of key_share, 0 when absent */
  uint16_t selected_psk; /* when TLSDIAG_HAS_PRE_SHARED_KEY */
  uint16_t record_size_limit;
  uint16_t num_extensions;
  uint8_t compression_method;
  uint8_t is_hello_retry_request; /* 1: random is the RFC 8446 4.1.3 value */
  uint8_t downgrade; /* sentinel in random: 0 none, 1 to TLS 1.2, 2 older */
  uint8_t max_fragment_length;
  uint32_t num_anomalies;
  tlsdiag_anomaly anomalies[TLSDIAG_MAX_ANOMALIES];
  tlsdiag_bytes message;
  tlsdiag_bytes random;
  tlsdiag_bytes session_id;
  tlsdiag_bytes extensions;
  tlsdiag_bytes alpn;      /* the selected protocol's name */
  tlsdiag_bytes key_share; /* the server's key, empty in a retry request */
  tlsdiag_bytes cookie;
  tlsdiag_bytes renegotiation_info;
  tlsdiag_bytes ec_point_formats;
  tlsdiag_bytes encrypted_client_hello;
} tlsdiag_server_hello;

/* tlsdiag_find_handshake finds the first handshake message in raw stream
 * bytes (records, or an SSLv2-format hello, or one DTLS datagram) and makes it
 * contiguous in *msg: a view into `in` where one record holds it, else it is
 * gathered into `scratch`.  *msg lives as long as both.  MORE: where.want more
 * bytes are needed to go on.  E_STORAGE: lend where.want bytes of scratch.
 * E_NOT_TLS: the first bytes are something else, see tlsdiag_recognise.
 * E_ABSENT: a record of another type comes first. */
TLSDIAG_API int tlsdiag_find_handshake(const uint8_t *in, size_t in_len,
                                       uint8_t *scratch, size_t scratch_len,
                                       tlsdiag_bytes *msg,
                                       tlsdiag_where *where /*[opt]*/);

/* tlsdiag_client_hello_decode decodes and validates one ClientHello message
 * from its handshake header on (format TLS or DTLS), or an SSLv2-format hello
 * from its two-byte record header on: `format` is TLSDIAG_FORMAT_*.  On
 * E_MALFORMED *out holds all that was decoded, and a fault inside one
 * extension does not hide the extensions behind it.  E_ABSENT: the message is
 * of another type. */
TLSDIAG_API int tlsdiag_client_hello_decode(const uint8_t *msg, size_t msg_len,
                                            unsigned format,
                                            tlsdiag_client_hello *out,
                                            tlsdiag_where *where /*[opt]*/);

/* tlsdiag_server_hello_decode does the same for ServerHello and
 * HelloRetryRequest; format TLS or DTLS. */
TLSDIAG_API int tlsdiag_server_hello_decode(const uint8_t *msg, size_t msg_len,
                                            unsigned format,
                                            tlsdiag_server_hello *out,
                                            tlsdiag_where *where /*[opt]*/);

/* tlsdiag_recognise says what protocol the first bytes of one direction
 * (TLSDIAG_FROM_*) speak: OK with *protocol = TLSDIAG_PROTOCOL_*, or MORE
 * while they could still become several things, with the best guess so far.
 * It never wants more than 32. */
TLSDIAG_API int tlsdiag_recognise(const uint8_t *in, size_t in_len,
                                  unsigned from, unsigned *protocol);

/* Iterators.  An iterator is a position in a list view; copying it saves the
 * position.  next returns 1 (stored) or 0 (end).  They cannot fail: decode has
 * validated the list; on any other bytes they stop at the first misfit. */
typedef struct tlsdiag_iter {
  const uint8_t *pos;
  const uint8_t *end;
} tlsdiag_iter;

typedef struct tlsdiag_extension {
  uint32_t offset; /* of the type field, from the start of the list */
  uint16_t type;
  uint16_t reserved_;
  tlsdiag_bytes body;
} tlsdiag_extension;

TLSDIAG_API void tlsdiag_iter_init(tlsdiag_iter *it, const tlsdiag_bytes *list);
TLSDIAG_API int tlsdiag_next_u8(tlsdiag_iter *it, uint8_t *out);
TLSDIAG_API int tlsdiag_next_u16(tlsdiag_iter *it, uint16_t *out);
TLSDIAG_API int tlsdiag_next_u24(tlsdiag_iter *it, uint32_t *out);
/* tlsdiag_next_name yields the next element with a one-byte length. */
TLSDIAG_API int tlsdiag_next_name(tlsdiag_iter *it, tlsdiag_bytes *out);
TLSDIAG_API int tlsdiag_next_extension(tlsdiag_iter *it,
                                       const tlsdiag_bytes *list,
                                       tlsdiag_extension *out);
TLSDIAG_API int tlsdiag_next_key_share(tlsdiag_iter *it, uint16_t *group,
                                       tlsdiag_bytes *key);
TLSDIAG_API int tlsdiag_next_psk_identity(tlsdiag_iter *it,
                                          tlsdiag_bytes *identity,
                                          uint32_t *obfuscated_ticket_age);
/* tlsdiag_find_extension finds a type in an extension list (any hello's
 * `extensions`).  Returns OK or E_ABSENT. */
TLSDIAG_API int tlsdiag_find_extension(const tlsdiag_bytes *list, uint16_t type,
                                       tlsdiag_extension *out);
/* tlsdiag_is_grease is 1 for the sixteen u16 values of RFC 8701. */
TLSDIAG_API int tlsdiag_is_grease(uint16_t value);

/* tlsdiag_ja3 and tlsdiag_ja4 write the fingerprint of a ClientHello as a
 * NUL-terminated string.  JA3: 32 hex digits, 33 bytes.  JA4 (client only):
 * 36 characters, 37 bytes.  E_STORAGE when `len` is smaller. */
TLSDIAG_API int tlsdiag_ja3(const tlsdiag_client_hello *ch, char *out,
                            size_t len);
TLSDIAG_API int tlsdiag_ja4(const tlsdiag_client_hello *ch, char *out,
                            size_t len);

/* ------------------------------------------------------------------------
 * 2. Flow: one connection, from whatever is known of it.
 * ------------------------------------------------------------------------ */

/* A flow lives in one block of memory of yours, 8-aligned.  Its head is state;
 * the rest is room to reassemble messages that arrive split.  A message inside
 * one feed() and one record needs no room.  Too little room costs detail (a
 * field not read), never the verdict. */
#define TLSDIAG_FLOW_MIN 1536     /* state alone, room 0 */
#define TLSDIAG_FLOW_STORAGE 4096 /* room for today's largest browser hello */

typedef union tlsdiag_flow { /* never look inside */
  uint64_t align_u64_;
  void *align_ptr_;
  unsigned char opaque_[TLSDIAG_FLOW_STORAGE];
} tlsdiag_flow;

/* What one side accepts, in the order it prefers.  Borrowed for as long as the
 * flow lives; may be shared by any number of flows.  A list of length 0 is
 * unknown, not empty. */
typedef struct tlsdiag_policy {
  uint32_t size;
  uint32_t flags; /* TLSDIAG_POLICY_* */
  uint16_t version_min;
  uint16_t version_max;
  uint16_t num_cipher_suites;
  uint16_t num_groups;
  uint16_t num_signature_algorithms;
  uint16_t num_alpn_bytes;
  uint32_t reserved_;
  const uint16_t *cipher_suites;
  const uint16_t *groups;
  const uint16_t *signature_algorithms;
  const uint8_t *alpn; /* names with one-byte lengths, as on the wire */
} tlsdiag_policy;

enum {
  TLSDIAG_POLICY_RSA_CERTIFICATE = 0x1,   /* an RSA certificate is loaded */
  TLSDIAG_POLICY_ECDSA_CERTIFICATE = 0x2, /* an ECDSA certificate is loaded */
  TLSDIAG_POLICY_NO_CERTIFICATE = 0x4,    /* none at all */
  TLSDIAG_POLICY_REQUIRES_SNI = 0x8,
  TLSDIAG_POLICY_REQUIRES_EMS = 0x10, /* RFC 7627 insisted on */
  TLSDIAG_POLICY_REQUIRES_ALPN = 0x20, /* no common ALPN name is fatal */
  TLSDIAG_POLICY_IGNORES_FALLBACK_SCSV = 0x40
};

enum {
  TLSDIAG_FLOW_STOP_AT_MESSAGE = 0x1, /* feed returns MESSAGE after each */
  TLSDIAG_FLOW_WALL_CLOCK = 0x2, /* t_us is microseconds since 1970 UTC: lets
                                    the validity of certificates be judged */
  TLSDIAG_FLOW_DATAGRAM = 0x4    /* DTLS: each feed is one datagram */
};

typedef struct tlsdiag_flow_options {
  uint32_t size;
  uint32_t flags; /* TLSDIAG_FLOW_* */
  const tlsdiag_policy *server_policy; /*[opt]*/
} tlsdiag_flow_options;

/* tlsdiag_flow_size returns the bytes to lend for `room` bytes of reassembly
 * room (room 0: TLSDIAG_FLOW_MIN is always enough). */
TLSDIAG_API size_t tlsdiag_flow_size(size_t room);
/* tlsdiag_flow_init makes a fresh flow in mem_len bytes at `flow`.  Call it
 * again to reuse the memory.  E_STORAGE below TLSDIAG_FLOW_MIN. */
TLSDIAG_API int tlsdiag_flow_init(tlsdiag_flow *flow, size_t mem_len,
                                  const tlsdiag_flow_options *opts /*[opt]*/);

/* tlsdiag_flow_feed takes the next bytes of one direction (TLSDIAG_FROM_*), in
 * stream order and in slices of any size.  OK: all consumed.  MESSAGE (only
 * with STOP_AT_MESSAGE): *used bytes are consumed and tlsdiag_flow_message
 * shows a whole plaintext handshake message; feed the rest afterwards.  `data`
 * is not kept. */
TLSDIAG_API int tlsdiag_flow_feed(tlsdiag_flow *flow, unsigned from,
                                  uint64_t t_us, const uint8_t *data,
                                  size_t len, size_t *used /*[opt]*/);

/* tlsdiag_flow_gap says that `missing` bytes of this direction, next in order,
 * will never be seen.  The flow finds the next record by itself. */
TLSDIAG_API int tlsdiag_flow_gap(tlsdiag_flow *flow, unsigned from,
                                 uint64_t t_us, uint64_t missing);

/* tlsdiag_flow_close ends one direction in stream order (all its bytes have
 * been fed): FIN, RST, timeout, local close, or the end of what is observed.
 * `from` is the side that closed; for TIMEOUT the side that was waited for;
 * for LOCAL and END_OF_CAPTURE it does not matter. */
TLSDIAG_API int tlsdiag_flow_close(tlsdiag_flow *flow, unsigned from,
                                   unsigned how, uint64_t t_us);

/* TCP facts of one packet, for observers that have packets.  Call it for each
 * packet in the order of capture, before feeding what the packet completes.
 * Sequence numbers are relative to the first payload byte of that side (the
 * SYN is -1, so a SYN has seq 0 and payload_len 0). */
enum {
  TLSDIAG_TCP_FIN = 0x01, /* the bits of the TCP header */
  TLSDIAG_TCP_SYN = 0x02,
  TLSDIAG_TCP_RST = 0x04,
  TLSDIAG_TCP_PSH = 0x08,
  TLSDIAG_TCP_ACK = 0x10
};
enum {
  TLSDIAG_SEGMENT_RETRANSMITTED = 0x1, /* carries bytes seen before */
  TLSDIAG_SEGMENT_OUT_OF_WINDOW = 0x2, /* seq is not where it could be */
  TLSDIAG_SEGMENT_DONT_FRAGMENT = 0x4, /* IPv4 DF */
  TLSDIAG_SEGMENT_NO_IP_ID = 0x8       /* ip_id is not known (IPv6) */
};
typedef struct tlsdiag_segment {
  uint32_t size;
  uint8_t from;      /* TLSDIAG_FROM_* */
  uint8_t tcp_flags; /* TLSDIAG_TCP_* */
  uint8_t ttl;       /* IPv4 TTL or IPv6 hop limit; 0 unknown */
  uint8_t flags;     /* TLSDIAG_SEGMENT_* */
  uint16_t ip_id;
  uint16_t window;
  uint16_t mss; /* of the MSS option; 0 none */
  uint16_t reserved_;
  uint32_t payload_len;
  uint32_t reserved2_;
  uint64_t seq; /* of the first payload byte */
  uint64_t ack; /* bytes of the other side acknowledged; with ACK only */
  uint64_t t_us;
} tlsdiag_segment;
TLSDIAG_API int tlsdiag_flow_segment(tlsdiag_flow *flow,
                                     const tlsdiag_segment *segment);

/* One thing recognised in a text (log line, error message) or a number. */
typedef struct tlsdiag_hint {
  uint32_t size;
  uint32_t offset; /* where in the text */
  uint32_t len;
  uint32_t code;    /* the number decoded, 0 none */
  uint32_t pattern; /* row of the table that matched */
  uint16_t stack;   /* TLSDIAG_STACK_*, 0 unknown */
  uint16_t alert;   /* alert number, 0xffff none */
  uint8_t side;     /* who wrote the text: TLSDIAG_PARTY_* */
  uint8_t nature;   /* TLSDIAG_NATURE_* */
  uint8_t stage;    /* TLSDIAG_STAGE_*, 0 not proved */
  uint8_t num_causes;
  uint16_t cause[4]; /* TLSDIAG_CAUSE_*, best first */
  uint8_t weight[4]; /* 0..100 each */
} tlsdiag_hint;

/* tlsdiag_text_scan finds what it knows in any text, in one pass.  *count: in
 * the capacity of hints, out the number found (may exceed it). */
TLSDIAG_API int tlsdiag_text_scan(const uint8_t *text, size_t len,
                                  tlsdiag_hint *hints, size_t elem_size,
                                  size_t *count);
/* tlsdiag_flow_hint adds a fact from elsewhere.  A flow may hold hints and no
 * bytes. */
TLSDIAG_API int tlsdiag_flow_hint(tlsdiag_flow *flow, const tlsdiag_hint *hint,
                                  uint64_t t_us);

/* tlsdiag_flow_message shows the message that feed stopped at, from its
 * handshake header on.  *msg is a view into the fed data or the flow's room
 * and lives until the next call on this flow.  E_ABSENT when there is none. */
TLSDIAG_API int tlsdiag_flow_message(const tlsdiag_flow *flow, unsigned *from,
                                     unsigned *format, tlsdiag_bytes *msg);

/* ------------------------------------------------------------------------
 * 3. Why: observations, then causes.
 * ------------------------------------------------------------------------ */

/* One fact, in the order it was learnt.  a and b mean what TLSDIAG_OBS_* says
 * of the kind. */
typedef struct tlsdiag_observation {
  uint32_t size;
  uint16_t kind;   /* TLSDIAG_OBS_* */
  uint8_t from;    /* TLSDIAG_FROM_* */
  uint8_t stage;   /* TLSDIAG_STAGE_* of the handshake at that moment */
  uint32_t a;
  uint32_t b;
  uint64_t offset; /* in the stream of `from` */
  uint64_t t_us;
} tlsdiag_observation;

#define TLSDIAG_MAX_OBSERVATIONS 64

/* tlsdiag_flow_num_observations counts them; at most
 * TLSDIAG_MAX_OBSERVATIONS are kept (the first of their kind win). */
TLSDIAG_API unsigned tlsdiag_flow_num_observations(const tlsdiag_flow *flow);
/* tlsdiag_flow_observation copies number `index`.  END behind the last. */
TLSDIAG_API int tlsdiag_flow_observation(const tlsdiag_flow *flow,
                                         unsigned index,
                                         tlsdiag_observation *out);

/* One possible cause.  Fixed layout. */
typedef struct tlsdiag_cause {
  uint16_t id;        /* TLSDIAG_CAUSE_* */
  uint8_t confidence; /* 0..100 */
  uint8_t party;      /* TLSDIAG_PARTY_* */
  uint16_t rule;      /* row of the rule table: tlsdiag_rule_text */
  uint16_t reserved_;
  uint64_t evidence; /* bit i: observation i supports this */
  uint64_t against;  /* bit i: observation i argues against it */
} tlsdiag_cause;

#define TLSDIAG_MAX_CAUSES 8

/* The answer.  causes[0] is the best, causes[1..] are what else it could be. */
typedef struct tlsdiag_verdict {
  uint32_t size;
  uint8_t outcome;    /* TLSDIAG_OUTCOME_* */
  uint8_t stage;      /* TLSDIAG_STAGE_*: last handshake message seen */
  uint8_t noise;      /* 1: probe, scan or a client that changed its mind */
  uint8_t num_causes; /* >= 1 after classify */
  uint16_t version;   /* negotiated, 0 unknown */
  uint16_t cipher;    /* negotiated, 0 unknown */
  uint8_t has_alert;  /* 1: the next four are set */
  uint8_t alert_from; /* of the alert that counts: not an echo */
  uint8_t alert_level;
  uint8_t alert_code;  /* meaningless when encrypted */
  uint8_t alert_flags; /* TLSDIAG_ALERT_FLAG_* */
  uint8_t end_how;     /* TLSDIAG_CLOSE_*, 0: not seen */
  uint8_t end_by;      /* TLSDIAG_FROM_* */
  uint8_t reserved_[5];
  tlsdiag_cause causes[TLSDIAG_MAX_CAUSES];
} tlsdiag_verdict;

/* tlsdiag_classify says why.  Pure: call it at any time, as often as you like;
 * before the end of the connection the outcome is INCOMPLETE unless it is
 * already certain. */
TLSDIAG_API int tlsdiag_classify(const tlsdiag_flow *flow,
                                 tlsdiag_verdict *out);

/* Texts.  All follow the rules of snprintf: at most len bytes with the NUL are
 * written, the length wanted is returned, buf may be NULL when len is 0.  The
 * text is printable ASCII and newlines whatever came from the wire.
 * tlsdiag_explain: a paragraph on causes[index] of a verdict with its evidence.
 * tlsdiag_observation_text: one line on one observation.
 * tlsdiag_rule_text: the sentence of a rule and what it rests on. */
TLSDIAG_API size_t tlsdiag_explain(const tlsdiag_flow *flow,
                                   const tlsdiag_verdict *verdict,
                                   unsigned index, char *buf, size_t len);
TLSDIAG_API size_t
tlsdiag_observation_text(const tlsdiag_observation *observation, char *buf,
                         size_t len);
TLSDIAG_API size_t tlsdiag_rule_text(unsigned rule, char *buf, size_t len);

/* ------------------------------------------------------------------------
 * 4. What if: compare and predict without a connection.
 * ------------------------------------------------------------------------ */

typedef struct tlsdiag_prediction {
  uint32_t size;
  uint16_t cause; /* TLSDIAG_CAUSE_NONE if the hello should succeed */
  uint16_t version;
  uint16_t cipher_suite;
  uint16_t group;
  uint16_t signature_algorithm;
  uint16_t alert; /* the alert most stacks send, 0xffff none */
} tlsdiag_prediction;
/* tlsdiag_predict negotiates a hello against a server's policy, as RFC 8446
 * section 4.1.1 and RFC 5246 section 7.4.1 tell a server to. */
TLSDIAG_API int tlsdiag_predict(const tlsdiag_client_hello *ch,
                                const tlsdiag_policy *server,
                                tlsdiag_prediction *out);

/* One difference between two hellos: `value` is in the list or field `field`
 * of one of them only. Fixed layout. */
typedef struct tlsdiag_difference {
  uint16_t has;     /* TLSDIAG_HAS_*: which field or list */
  uint16_t value;   /* list element, extension type, or the number itself */
  uint8_t only_in;  /* 0: in a, 1: in b, 2: both, in another order or size */
  uint8_t weight;   /* how often such a difference breaks handshakes, 0..100 */
  uint8_t reserved_[2];
} tlsdiag_difference;
/* tlsdiag_hello_diff lists what differs between a working and a failing hello,
 * weightiest first.  *count: in the capacity, out the number found. */
TLSDIAG_API int tlsdiag_hello_diff(const tlsdiag_client_hello *a,
                                   const tlsdiag_client_hello *b,
                                   tlsdiag_difference *out, size_t *count);

/* ------------------------------------------------------------------------
 * 5. Tracker: patterns across the connections of one client.
 * ------------------------------------------------------------------------ */

/* What is kept of one connection.  Filled by tlsdiag_attempt_from_flow; plain
 * data that may be copied, stored and sent to another machine of any byte
 * order by way of tlsdiag_track_export.  Fixed layout. */
typedef struct tlsdiag_attempt {
  uint64_t t_us;        /* when it began, on a clock all observers share */
  uint64_t id;          /* unique per connection: yours */
  uint64_t name_hash;   /* of the server_name, 0 none */
  uint64_t hello_hash;  /* of the hello's shape: suites and extension types */
  uint32_t server;      /* your key or hash of the server's address */
  uint32_t hello_flags; /* TLSDIAG_HELLO_* */
  uint16_t hello_len;
  uint16_t version_max; /* offered */
  uint16_t version;     /* negotiated */
  uint16_t cipher;
  uint16_t cause; /* this connection's own verdict */
  uint8_t confidence;
  uint8_t outcome;
  uint8_t stage;
  uint8_t end_by;
  uint8_t end_how;
  uint8_t alert; /* 0xff none */
} tlsdiag_attempt;

/* tlsdiag_attempt_from_flow boils a flow down.  `id` and `server` are set as
 * given; t_us is the time of the flow's first event. */
TLSDIAG_API int tlsdiag_attempt_from_flow(const tlsdiag_flow *flow,
                                          uint64_t id, uint32_t server,
                                          tlsdiag_attempt *out);

#define TLSDIAG_MAX_ATTEMPTS 8
/* The newest attempts of one client, oldest first. Fixed layout. */
typedef struct tlsdiag_track {
  uint32_t num_attempts;
  uint32_t reserved_;
  tlsdiag_attempt attempts[TLSDIAG_MAX_ATTEMPTS];
} tlsdiag_track;

/* tlsdiag_track_add puts one attempt in its place by time; the oldest falls
 * out of a full track; the same (t_us, id) twice counts once. */
TLSDIAG_API void tlsdiag_track_add(tlsdiag_track *track,
                                   const tlsdiag_attempt *attempt);
/* tlsdiag_track_merge adds all of `other`.  Associative, commutative and
 * idempotent: tracks of several servers may be joined in any order. */
TLSDIAG_API void tlsdiag_track_merge(tlsdiag_track *track,
                                     const tlsdiag_track *other);
/* tlsdiag_track_export writes a track in a fixed byte order and version;
 * returns the bytes wanted (snprintf rules).  tlsdiag_track_import reads it
 * back; E_MALFORMED for anything else. */
#define TLSDIAG_TRACK_EXPORT_MAX 640
TLSDIAG_API size_t tlsdiag_track_export(const tlsdiag_track *track,
                                        uint8_t *out, size_t len);
TLSDIAG_API int tlsdiag_track_import(tlsdiag_track *track, const uint8_t *in,
                                     size_t len);

/* What several connections say together. */
typedef struct tlsdiag_group {
  uint32_t size;
  uint16_t cause;     /* TLSDIAG_CAUSE_*; NONE: no pattern */
  uint8_t confidence;
  uint8_t party;
  uint16_t pattern;   /* row of the pattern table: tlsdiag_pattern_text */
  uint8_t first;      /* index of the attempt to blame */
  uint8_t last;       /* index of the attempt that shows it */
  uint32_t members;   /* bit i: attempts[i] belongs to it */
} tlsdiag_group;
/* tlsdiag_track_classify finds the best pattern in a track. */
TLSDIAG_API int tlsdiag_track_classify(const tlsdiag_track *track,
                                       tlsdiag_group *out);
TLSDIAG_API size_t tlsdiag_pattern_text(unsigned pattern, char *buf,
                                        size_t len);
/* tlsdiag_flow_group tells a flow what its group says, so that its own
 * verdict gains by it. */
TLSDIAG_API int tlsdiag_flow_group(tlsdiag_flow *flow,
                                   const tlsdiag_group *group, uint64_t t_us);

/* A tracker holds the tracks of many clients in fixed memory of yours
 * (8-aligned); the client that was silent longest is evicted.  One tracker
 * per thread. */
typedef struct tlsdiag_tracker tlsdiag_tracker;
TLSDIAG_API size_t tlsdiag_tracker_size(size_t max_clients);
TLSDIAG_API int tlsdiag_tracker_init(void *mem, size_t mem_len,
                                     size_t max_clients,
                                     tlsdiag_tracker **out);
/* tlsdiag_tracker_add adds an attempt to the track of `key` (any bytes that
 * name a client: its address, or address and JA4).  *track is a view valid
 * until the next call on the tracker. */
TLSDIAG_API int tlsdiag_tracker_add(tlsdiag_tracker *tracker,
                                    const uint8_t *key, size_t key_len,
                                    const tlsdiag_attempt *attempt,
                                    const tlsdiag_track **track /*[opt]*/);

/* ------------------------------------------------------------------------
 * 6. Names and the catalogue.  Static strings; NULL if unknown.
 * ------------------------------------------------------------------------ */

/* tlsdiag_name returns the name of a value of a TLSDIAG_REGISTRY_*. */
TLSDIAG_API const char *tlsdiag_name(uint32_t registry, uint32_t value);
/* tlsdiag_name_lookup finds the value of a name, whatever its case. */
TLSDIAG_API int tlsdiag_name_lookup(uint32_t registry, const char *name,
                                    size_t len, uint32_t *value);
/* tlsdiag_cause_text returns a section (TLSDIAG_SECTION_*) of the catalogue. */
TLSDIAG_API const char *tlsdiag_cause_text(uint32_t cause, uint32_t section);
/* tlsdiag_version returns 0x00MMmmpp of the library in memory, to be compared
 * with TLSDIAG_VERSION_NUMBER of the header that was compiled against. */
TLSDIAG_API uint32_t tlsdiag_version(void);

#ifdef __cplusplus
}
#endif
#endif
