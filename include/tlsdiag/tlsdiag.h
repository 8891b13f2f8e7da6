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
 *             of causes.  Section 6.  All numbers stand in section 7.
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
 * the list, trimmed to whole elements: walk it with the iterators below.
 * Absent and empty differ: ask `present`.  After a fault every member decoded
 * before it is kept; an extension block that was cut short is not `present`,
 * but `extensions` shows those that came whole.  Odd or empty lists and bytes
 * behind the end are anomalies, not faults. */
typedef struct tlsdiag_client_hello {
  uint32_t size;   /* in: sizeof(tlsdiag_client_hello) */
  uint32_t length; /* body length as the handshake header claims it */
  uint64_t present; /* bit TLSDIAG_HAS_*: seen, whole and well-formed */
  uint16_t format;  /* TLSDIAG_FORMAT_* */
  uint16_t legacy_version; /* the version field itself */
  uint16_t version_min; /* lowest and highest version really offered: */
  uint16_t version_max; /* supported_versions wins, GREASE is ignored; a
                           hello without it states no minimum: 0 */
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
 * gathered into `scratch`.  *msg lives as long as both.  MORE: at least
 * where.want more bytes are needed; *msg is what there is of the message, and
 * may be decoded.  E_STORAGE: lend where.want bytes of scratch.
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
 * of another type; where is then empty. */
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
  uint16_t ecdsa_group; /* the curve of the ECDSA certificate, 0 unknown */
  uint16_t reserved_;
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
/* What the caller knows of a text. */
typedef struct tlsdiag_text_options {
  uint32_t size;
  uint8_t side; /* who wrote it: TLSDIAG_PARTY_CLIENT or _SERVER; 0 unknown */
  uint8_t reserved_[3];
} tlsdiag_text_options;

/* tlsdiag_text_scan_with is the same for a caller who knows more of the text.
 * The same words mean different things by side: "certificate has expired" in
 * a server's log is about the client's certificate.  What a line proves of its
 * own writer (nginx: "while SSL handshaking to upstream") counts for more. */
TLSDIAG_API int
tlsdiag_text_scan_with(const uint8_t *text, size_t len,
                       const tlsdiag_text_options *options /*[opt]*/,
                       tlsdiag_hint *hints, size_t elem_size, size_t *count);
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
 * section 4.1.1 and RFC 5246 section 7.4.1 tell a server to.  Resumption and
 * PSK-only suites are not followed. */
TLSDIAG_API int tlsdiag_predict(const tlsdiag_client_hello *ch,
                                const tlsdiag_policy *server,
                                tlsdiag_prediction *out);

/* One difference between two hellos: `value` is in the list or field `has` of
 * one of them only.  has EXTENSIONS: an extension type that one side lacks.
 * has SERVER_NAME, only_in 2: both have one and they differ.  has ALPN: value
 * is the index of the name.  has PADDING: value is the length of the hello
 * that needs more than 1460 bytes while the other does not.  Fixed layout. */
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
  uint8_t end_by;  /* who sent that alert, else who closed first */
  uint8_t end_how; /* TLSDIAG_CLOSE_*, 0 not seen */
  uint8_t alert;   /* that ended it; 0xff none, 0xfe encrypted */
  uint16_t version_min;  /* offered */
  uint16_t server_flags; /* TLSDIAG_SERVER_HELLO_* */
  uint32_t duration_ms;  /* from the first event to the last */
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
  uint32_t explained; /* bit i: it is why attempts[i] failed */
} tlsdiag_group;
/* tlsdiag_track_classify finds the best pattern in a track.  Give it to the
 * flows of the `explained` attempts, newer or older, by tlsdiag_flow_group. */
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
/* tlsdiag_layout says where the library in memory has a member of a public
 * struct, for bindings, which cannot see this header: "tlsdiag_verdict.causes"
 * gives its offset and size, "tlsdiag_verdict" 0 and the size of the struct.
 * A newer library may have a longer struct; members stay where they are.
 * E_ABSENT: it knows none of that name. */
TLSDIAG_API int tlsdiag_layout(const char *name, uint32_t *offset,
                               uint32_t *size);

/* ------------------------------------------------------------------------
 * 7. Numbers.  All of them are API: a value never changes its meaning.
 * Names for any of them: tlsdiag_name(TLSDIAG_REGISTRY_*, value).
 * ------------------------------------------------------------------------ */

/* BEGIN GENERATED enums: lib/tables/generate.py */
/* clang-format off */
/* registry: the registries themselves. */
enum {
  /* TLS cipher suites by their IANA names */
  TLSDIAG_REGISTRY_CIPHER_SUITE = 1,
  /* TLS cipher suites by their OpenSSL names */
  TLSDIAG_REGISTRY_CIPHER_SUITE_OPENSSL = 2,
  /* key exchange groups (supported_groups and key_share) */
  TLSDIAG_REGISTRY_GROUP = 3,
  /* signature schemes (signature_algorithms) */
  TLSDIAG_REGISTRY_SIGNATURE_SCHEME = 4,
  /* extension types */
  TLSDIAG_REGISTRY_EXTENSION = 5,
  /* alert descriptions */
  TLSDIAG_REGISTRY_ALERT = 6,
  /* alert levels */
  TLSDIAG_REGISTRY_ALERT_LEVEL = 7,
  /* protocol versions on the wire */
  TLSDIAG_REGISTRY_VERSION = 8,
  /* handshake message types */
  TLSDIAG_REGISTRY_HANDSHAKE_TYPE = 9,
  /* record content types */
  TLSDIAG_REGISTRY_CONTENT_TYPE = 10,
  /* compression methods */
  TLSDIAG_REGISTRY_COMPRESSION = 11,
  /* certificate compression algorithms */
  TLSDIAG_REGISTRY_CERT_COMPRESSION = 12,
  /* psk_key_exchange_modes */
  TLSDIAG_REGISTRY_PSK_MODE = 13,
  /* EC point formats */
  TLSDIAG_REGISTRY_EC_POINT_FORMAT = 14,
  /* ECCurveType of a ServerKeyExchange */
  TLSDIAG_REGISTRY_EC_CURVE_TYPE = 15,
  /* max_fragment_length codes (the name is the length) */
  TLSDIAG_REGISTRY_MAX_FRAGMENT_LENGTH = 16,
  /* NameType of server_name */
  TLSDIAG_REGISTRY_SERVER_NAME_TYPE = 17,
  /* CertificateStatusType of status_request */
  TLSDIAG_REGISTRY_CERTIFICATE_STATUS_TYPE = 18,
  /* certificate types (RFC 7250) */
  TLSDIAG_REGISTRY_CERTIFICATE_TYPE = 19,
  /* ClientCertificateType of a TLS 1.2 CertificateRequest */
  TLSDIAG_REGISTRY_CLIENT_CERTIFICATE_TYPE = 20,
  /* three-byte cipher kinds of an SSLv2 hello */
  TLSDIAG_REGISTRY_SSLV2_CIPHER_KIND = 21,
  /* SSLv2 message types */
  TLSDIAG_REGISTRY_SSLV2_MESSAGE = 22,
  /* SSLv2 error codes */
  TLSDIAG_REGISTRY_SSLV2_ERROR = 23,
  /* QUIC transport parameters */
  TLSDIAG_REGISTRY_QUIC_TRANSPORT_PARAMETER = 24,
  /* ECHClientHelloType */
  TLSDIAG_REGISTRY_ECH_CLIENT_HELLO_TYPE = 25,
  /* HPKE KDF of an ECH cipher suite */
  TLSDIAG_REGISTRY_HPKE_KDF = 26,
  /* HPKE AEAD of an ECH cipher suite */
  TLSDIAG_REGISTRY_HPKE_AEAD = 27,
  /* SRTP protection profiles */
  TLSDIAG_REGISTRY_SRTP_PROFILE = 28,
  /* heartbeat modes */
  TLSDIAG_REGISTRY_HEARTBEAT_MODE = 29,
  /* the registries themselves */
  TLSDIAG_REGISTRY_REGISTRY = 64,
  /* why a handshake failed; docs/CAUSES.md has a section on each */
  TLSDIAG_REGISTRY_CAUSE = 65,
  /* families of causes */
  TLSDIAG_REGISTRY_CAUSE_GROUP = 66,
  /* what a function returns */
  TLSDIAG_REGISTRY_STATUS = 67,
  /* the side something came from */
  TLSDIAG_REGISTRY_FROM = 68,
  /* how a handshake ended */
  TLSDIAG_REGISTRY_OUTCOME = 69,
  /* who has to change something */
  TLSDIAG_REGISTRY_PARTY = 70,
  /* how far a handshake came */
  TLSDIAG_REGISTRY_STAGE = 71,
  /* how a side ended the connection */
  TLSDIAG_REGISTRY_CLOSE = 72,
  /* what a hello was wrapped in */
  TLSDIAG_REGISTRY_FORMAT = 73,
  /* bit numbers in `present` of a decoded hello */
  TLSDIAG_REGISTRY_HAS = 74,
  /* odd but decodable */
  TLSDIAG_REGISTRY_ANOMALY = 75,
  /* where a decode stopped */
  TLSDIAG_REGISTRY_FIELD = 76,
  /* what first bytes look like */
  TLSDIAG_REGISTRY_PROTOCOL = 77,
  /* kinds of observations and what their numbers a and b mean */
  TLSDIAG_REGISTRY_OBS = 78,
  /* bits of obs reset_evidence */
  TLSDIAG_REGISTRY_PATH = 79,
  /* steps of a plaintext prologue */
  TLSDIAG_REGISTRY_PROLOGUE = 80,
  /* bits of obs client_hello */
  TLSDIAG_REGISTRY_HELLO = 81,
  /* bits of obs offered_suites */
  TLSDIAG_REGISTRY_SUITES = 82,
  /* bits of obs offered_groups */
  TLSDIAG_REGISTRY_GROUPS = 83,
  /* bits of obs offered_sigalgs */
  TLSDIAG_REGISTRY_SIGALGS = 84,
  /* bits of obs server_hello and hello_retry_request */
  TLSDIAG_REGISTRY_SERVER_HELLO = 85,
  /* bits of obs certificate */
  TLSDIAG_REGISTRY_CERT = 86,
  /* bits of obs alert and encrypted_alert */
  TLSDIAG_REGISTRY_ALERT_FLAG = 87,
  /* what an error text is to its writer */
  TLSDIAG_REGISTRY_NATURE = 88,
  /* sections of the cause catalogue */
  TLSDIAG_REGISTRY_SECTION = 89,
  /* TLS stacks and the products that report for them */
  TLSDIAG_REGISTRY_STACK = 90,
};

/* cause: why a handshake failed; docs/CAUSES.md has a section on each. */
enum {
  /* The handshake completed */
  TLSDIAG_CAUSE_NONE = 0,
  /* The handshake failed and nothing observed tells why */
  TLSDIAG_CAUSE_UNKNOWN = 1,
  /* Every version the client offers is below the server's minimum */
  TLSDIAG_CAUSE_VERSION_CLIENT_TOO_OLD = 2,
  /* The server answers below the client's minimum or knows nothing as new as
   * the client needs */
  TLSDIAG_CAUSE_VERSION_SERVER_TOO_OLD = 3,
  /* The server breaks on a hello that offers newer versions although it
   * would accept an older one */
  TLSDIAG_CAUSE_VERSION_INTOLERANCE = 4,
  /* The client retried at a lower version with TLS_FALLBACK_SCSV and the
   * server refused because it supports more */
  TLSDIAG_CAUSE_INAPPROPRIATE_FALLBACK = 5,
  /* The client found the downgrade sentinel of RFC 8446 4.1.3 in
   * ServerHello.random */
  TLSDIAG_CAUSE_DOWNGRADE_DETECTED = 6,
  /* The client opened with an SSLv2-format hello and the server refuses the
   * format */
  TLSDIAG_CAUSE_SSLV2_HELLO_REFUSED = 7,
  /* No cipher suite in common */
  TLSDIAG_CAUSE_NO_SHARED_CIPHER = 8,
  /* No key-exchange group in common */
  TLSDIAG_CAUSE_NO_SHARED_GROUP = 9,
  /* No signature algorithm both sides may use */
  TLSDIAG_CAUSE_NO_SHARED_SIGNATURE_ALGORITHM = 10,
  /* The server holds no certificate that fits what the client offers (none
   * loaded; RSA against ECDSA) */
  TLSDIAG_CAUSE_NO_USABLE_SERVER_CERTIFICATE = 11,
  /* The server's finite-field DH prime is smaller than the client allows */
  TLSDIAG_CAUSE_WEAK_DH_PARAMETERS = 12,
  /* A side demands stronger parameters than the other offers */
  TLSDIAG_CAUSE_INSUFFICIENT_SECURITY = 13,
  /* No ALPN protocol in common */
  TLSDIAG_CAUSE_NO_APPLICATION_PROTOCOL = 14,
  /* One side insists on extended_master_secret (RFC 7627) and the other
   * lacks it */
  TLSDIAG_CAUSE_EXTENDED_MASTER_SECRET_REQUIRED = 15,
  /* The server or a box breaks on one extension group or GREASE value */
  TLSDIAG_CAUSE_EXTENSION_INTOLERANCE = 16,
  /* The client refuses a server without secure renegotiation (RFC 5746) */
  TLSDIAG_CAUSE_LEGACY_RENEGOTIATION_REFUSED = 17,
  /* A renegotiation was asked for and refused */
  TLSDIAG_CAUSE_RENEGOTIATION_REFUSED = 18,
  /* HelloRetryRequest was not handled */
  TLSDIAG_CAUSE_HELLO_RETRY_FAILED = 19,
  /* A mandatory extension is absent */
  TLSDIAG_CAUSE_MISSING_EXTENSION = 20,
  /* A side answered with an extension that was not offered */
  TLSDIAG_CAUSE_UNSUPPORTED_EXTENSION = 21,
  /* The client resumes a session but no longer offers that session's cipher
   * suite */
  TLSDIAG_CAUSE_RESUMPTION_CIPHER_MISSING = 22,
  /* Resumption was accepted but the keys do not agree (stale ticket; ticket
   * keys not shared by a farm; version or EMS changed) */
  TLSDIAG_CAUSE_RESUMPTION_FAILED = 23,
  /* The server does not know the PSK identity */
  TLSDIAG_CAUSE_PSK_UNKNOWN_IDENTITY = 24,
  /* The PSK identity is known but the key or binder is wrong */
  TLSDIAG_CAUSE_PSK_MISMATCH = 25,
  /* ECH was offered and refused */
  TLSDIAG_CAUSE_ECH_REJECTED = 26,
  /* The client sent no server_name and the server or an SNI router needs one */
  TLSDIAG_CAUSE_SNI_MISSING = 27,
  /* The server does not know the requested name */
  TLSDIAG_CAUSE_SNI_UNRECOGNIZED = 28,
  /* The server sent warning 112 and continued; the client gave up */
  TLSDIAG_CAUSE_SNI_WARNING_TREATED_AS_FATAL = 29,
  /* A device on the path cuts connections by requested name */
  TLSDIAG_CAUSE_SNI_BLOCKED = 30,
  /* The server's certificate is past notAfter */
  TLSDIAG_CAUSE_SERVER_CERTIFICATE_EXPIRED = 31,
  /* notBefore lies ahead of the client's clock (usually a wrong clock) */
  TLSDIAG_CAUSE_SERVER_CERTIFICATE_NOT_YET_VALID = 32,
  /* The client does not trust the issuer (private or self-signed CA;
   * interception proxy) */
  TLSDIAG_CAUSE_SERVER_CERTIFICATE_UNTRUSTED = 33,
  /* The intermediate certificate is missing */
  TLSDIAG_CAUSE_SERVER_CERTIFICATE_CHAIN_INCOMPLETE = 34,
  /* The certificate does not cover the requested name */
  TLSDIAG_CAUSE_SERVER_CERTIFICATE_NAME_MISMATCH = 35,
  /* The certificate is revoked */
  TLSDIAG_CAUSE_SERVER_CERTIFICATE_REVOKED = 36,
  /* Key or digest too weak for the client */
  TLSDIAG_CAUSE_SERVER_CERTIFICATE_WEAK = 37,
  /* Wrong type or purpose */
  TLSDIAG_CAUSE_SERVER_CERTIFICATE_UNSUPPORTED = 38,
  /* The client refused the certificate and the exact reason is not
   * observable */
  TLSDIAG_CAUSE_SERVER_CERTIFICATE_REJECTED = 39,
  /* Stapled OCSP response bad or required and missing */
  TLSDIAG_CAUSE_OCSP_RESPONSE_INVALID = 40,
  /* The server requires a client certificate and got none */
  TLSDIAG_CAUSE_CLIENT_CERTIFICATE_MISSING = 41,
  /* The client's certificate is expired */
  TLSDIAG_CAUSE_CLIENT_CERTIFICATE_EXPIRED = 42,
  /* The server does not trust the client certificate's issuer */
  TLSDIAG_CAUSE_CLIENT_CERTIFICATE_UNTRUSTED = 43,
  /* The client's certificate is revoked */
  TLSDIAG_CAUSE_CLIENT_CERTIFICATE_REVOKED = 44,
  /* Client certificate of the wrong type or purpose */
  TLSDIAG_CAUSE_CLIENT_CERTIFICATE_UNSUPPORTED = 45,
  /* The server refused the client's certificate and the exact reason is not
   * observable */
  TLSDIAG_CAUSE_CLIENT_CERTIFICATE_REJECTED = 46,
  /* The proof of possession (CertificateVerify) failed */
  TLSDIAG_CAUSE_CLIENT_CERTIFICATE_VERIFY_FAILED = 47,
  /* A protected record failed its integrity check */
  TLSDIAG_CAUSE_BAD_RECORD_MAC = 48,
  /* A signature Finished or binder check failed */
  TLSDIAG_CAUSE_DECRYPT_ERROR = 49,
  /* An inspecting device that holds the server key does not know
   * extended_master_secret and derives other keys */
  TLSDIAG_CAUSE_INSPECTION_EXTENDED_MASTER_SECRET = 50,
  /* The two sides saw different hellos: something on the path edited the
   * handshake */
  TLSDIAG_CAUSE_HANDSHAKE_TAMPERED = 51,
  /* The ClientHello breaks the syntax */
  TLSDIAG_CAUSE_MALFORMED_CLIENT_HELLO = 52,
  /* A server message breaks the syntax */
  TLSDIAG_CAUSE_MALFORMED_SERVER_MESSAGE = 53,
  /* A peer could not decode a message that looks well formed from here */
  TLSDIAG_CAUSE_DECODE_ERROR = 54,
  /* A message came out of order */
  TLSDIAG_CAUSE_UNEXPECTED_MESSAGE = 55,
  /* A field is out of range or inconsistent */
  TLSDIAG_CAUSE_ILLEGAL_PARAMETER = 56,
  /* A record or message exceeds a limit */
  TLSDIAG_CAUSE_RECORD_OVERFLOW = 57,
  /* A peer failed for reasons of its own */
  TLSDIAG_CAUSE_INTERNAL_ERROR = 58,
  /* Negotiation failed and the exact reason is not observable */
  TLSDIAG_CAUSE_HANDSHAKE_FAILURE = 59,
  /* A valid certificate was refused by access control */
  TLSDIAG_CAUSE_ACCESS_DENIED = 60,
  /* Any other fatal alert */
  TLSDIAG_CAUSE_OTHER_ALERT = 61,
  /* The client speaks plain HTTP to a TLS port */
  TLSDIAG_CAUSE_PLAIN_HTTP_TO_TLS_PORT = 62,
  /* The client speaks something else to a TLS port (SSH; SMTP; RDP; binary) */
  TLSDIAG_CAUSE_NON_TLS_TO_TLS_PORT = 63,
  /* TLS spoken to a plain HTTP port or proxy port */
  TLSDIAG_CAUSE_TLS_TO_PLAIN_HTTP_PORT = 64,
  /* TLS spoken to some other plaintext service */
  TLSDIAG_CAUSE_TLS_TO_NON_TLS_PORT = 65,
  /* Implicit TLS spoken to a port that wants STARTTLS */
  TLSDIAG_CAUSE_STARTTLS_EXPECTED = 66,
  /* The client waits for a plaintext banner on an implicit-TLS port */
  TLSDIAG_CAUSE_IMPLICIT_TLS_EXPECTED = 67,
  /* STARTTLS (or its kin) was asked for and refused */
  TLSDIAG_CAUSE_STARTTLS_REFUSED = 68,
  /* A PROXY protocol header reaches a listener that does not expect it */
  TLSDIAG_CAUSE_PROXY_PROTOCOL_UNEXPECTED = 69,
  /* The listener expects a PROXY header and got a ClientHello */
  TLSDIAG_CAUSE_PROXY_PROTOCOL_MISSING = 70,
  /* No TCP connection (refused or unanswered SYN) */
  TLSDIAG_CAUSE_TCP_CONNECT_FAILED = 71,
  /* The client connected and left without sending a byte (health check; port
   * scan) */
  TLSDIAG_CAUSE_CONNECTION_PROBE = 72,
  /* A reset came where the ServerHello should be and nothing says who sent
   * it */
  TLSDIAG_CAUSE_RESET_AFTER_CLIENT_HELLO = 73,
  /* An orderly close came where the ServerHello should be */
  TLSDIAG_CAUSE_CLOSED_AFTER_CLIENT_HELLO = 74,
  /* The hello was acknowledged by TCP but never answered */
  TLSDIAG_CAUSE_NO_RESPONSE_TO_CLIENT_HELLO = 75,
  /* The hello never reached the server's TCP */
  TLSDIAG_CAUSE_CLIENT_HELLO_LOST = 76,
  /* A hello longer than one segment or record breaks a device or server */
  TLSDIAG_CAUSE_LARGE_CLIENT_HELLO_DROPPED = 77,
  /* Full-size segments of the server's flight vanish */
  TLSDIAG_CAUSE_PATH_MTU_BLACK_HOLE = 78,
  /* A reset was forged by a device on the path */
  TLSDIAG_CAUSE_INJECTED_RESET = 79,
  /* An orderly close in mid-handshake without an alert */
  TLSDIAG_CAUSE_CLOSED_DURING_HANDSHAKE = 80,
  /* A reset in mid-handshake without an alert */
  TLSDIAG_CAUSE_RESET_DURING_HANDSHAKE = 81,
  /* Mid-handshake silence until a side gave up */
  TLSDIAG_CAUSE_HANDSHAKE_TIMEOUT = 82,
  /* The client gave up or cancelled without a TLS reason (speculative
   * connect; user closed; pinning) */
  TLSDIAG_CAUSE_CLIENT_ABORTED = 83,
  /* The handshake completed and one side then closed without any data
   * (application veto on name pin or certificate; probe; user) */
  TLSDIAG_CAUSE_REJECTED_AFTER_HANDSHAKE = 84,
};

/* cause_group: families of causes. */
enum {
  TLSDIAG_CAUSE_GROUP_OUTCOME = 0,
  TLSDIAG_CAUSE_GROUP_VERSION = 1,
  TLSDIAG_CAUSE_GROUP_PARAMETERS = 2,
  TLSDIAG_CAUSE_GROUP_SESSION = 3,
  TLSDIAG_CAUSE_GROUP_NAME = 4,
  TLSDIAG_CAUSE_GROUP_SERVER_CERTIFICATE = 5,
  TLSDIAG_CAUSE_GROUP_CLIENT_CERTIFICATE = 6,
  TLSDIAG_CAUSE_GROUP_INTEGRITY = 7,
  TLSDIAG_CAUSE_GROUP_PROTOCOL = 8,
  TLSDIAG_CAUSE_GROUP_NOT_TLS = 9,
  TLSDIAG_CAUSE_GROUP_TRANSPORT = 10,
};

/* status: what a function returns. */
enum {
  TLSDIAG_STATUS_E_ABSENT = -22,    /* What was asked for is not there */
  TLSDIAG_STATUS_E_MALFORMED = -21, /* The message breaks the syntax; all
                                     * that was decoded before the fault is
                                     * kept */
  TLSDIAG_STATUS_E_NOT_TLS = -20,   /* The bytes are not TLS SSLv2 or DTLS */
  TLSDIAG_STATUS_E_STORAGE = -2,    /* The lent memory is too small;
                                     * where.want says how much is needed */
  TLSDIAG_STATUS_E_USAGE = -1,      /* The call is wrong: a NULL or an
                                     * impossible size; nothing was written */
  TLSDIAG_STATUS_OK = 0,            /* Done */
  TLSDIAG_STATUS_MORE = 1,          /* Not an error: the input ends before
                                     * the message does; where.want more
                                     * bytes are needed */
  TLSDIAG_STATUS_MESSAGE = 2,       /* Not an error: feed stopped at a
                                     * complete handshake message */
  TLSDIAG_STATUS_END = 3,           /* Not an error: nothing is left */
};

/* from: the side something came from. */
enum {
  TLSDIAG_FROM_CLIENT = 0, /* The side that opened the connection */
  TLSDIAG_FROM_SERVER = 1, /* The side that accepted it */
};

/* outcome: how a handshake ended. */
enum {
  TLSDIAG_OUTCOME_INCOMPLETE = 0, /* The observation ends before the
                                   * handshake does */
  TLSDIAG_OUTCOME_COMPLETED = 1,  /* The handshake completed */
  TLSDIAG_OUTCOME_FAILED = 2,     /* The handshake failed */
  TLSDIAG_OUTCOME_NOT_TLS = 3,    /* One side does not speak TLS */
};

/* party: who has to change something. */
enum {
  TLSDIAG_PARTY_NONE = 0,      /* Nobody is to blame */
  TLSDIAG_PARTY_CLIENT = 1,    /* The client */
  TLSDIAG_PARTY_SERVER = 2,    /* The server */
  TLSDIAG_PARTY_MIDDLEBOX = 3, /* A device on the path */
  TLSDIAG_PARTY_NETWORK = 4,   /* The network */
  TLSDIAG_PARTY_EITHER = 5,    /* One of the two sides; the observation does
                                * not tell which */
  TLSDIAG_PARTY_UNKNOWN = 6,   /* Nothing tells who */
};

/* stage: how far a handshake came. */
enum {
  TLSDIAG_STAGE_TCP = 0,                  /* No handshake message was seen */
  TLSDIAG_STAGE_CLIENT_HELLO = 1,         /* ClientHello (also in SSLv2
                                           * format) */
  TLSDIAG_STAGE_HELLO_VERIFY_REQUEST = 2, /* DTLS HelloVerifyRequest */
  TLSDIAG_STAGE_HELLO_RETRY_REQUEST = 3,  /* HelloRetryRequest */
  TLSDIAG_STAGE_CLIENT_HELLO_RETRY = 4,   /* The second ClientHello that
                                           * answers a HelloRetryRequest */
  TLSDIAG_STAGE_SERVER_HELLO = 5,         /* ServerHello */
  TLSDIAG_STAGE_ENCRYPTED_EXTENSIONS = 6, /* The server's encrypted flight of
                                           * TLS 1.3 began */
  TLSDIAG_STAGE_CERTIFICATE = 7,          /* The server's Certificate */
  TLSDIAG_STAGE_CERTIFICATE_STATUS = 8,   /* CertificateStatus (a stapled
                                           * OCSP response) */
  TLSDIAG_STAGE_SERVER_KEY_EXCHANGE = 9,  /* ServerKeyExchange */
  TLSDIAG_STAGE_CERTIFICATE_REQUEST = 10, /* CertificateRequest */
  TLSDIAG_STAGE_SERVER_HELLO_DONE = 11,   /* ServerHelloDone */
  TLSDIAG_STAGE_CLIENT_CERTIFICATE = 12,  /* The client's Certificate */
  TLSDIAG_STAGE_CLIENT_KEY_EXCHANGE = 13, /* ClientKeyExchange */
  TLSDIAG_STAGE_CERTIFICATE_VERIFY = 14,  /* CertificateVerify */
  TLSDIAG_STAGE_CHANGE_CIPHER_SPEC = 15,  /* ChangeCipherSpec of TLS 1.2 and
                                           * older */
  TLSDIAG_STAGE_NEW_SESSION_TICKET = 16,  /* NewSessionTicket of TLS 1.2
                                           * before the server's Finished */
  TLSDIAG_STAGE_FINISHED = 17,            /* Finished (or its encrypted
                                           * equivalent) */
  TLSDIAG_STAGE_APPLICATION_DATA = 18,    /* Application data */
};

/* close: how a side ended the connection. */
enum {
  TLSDIAG_CLOSE_FIN = 1,            /* TCP FIN: an orderly close */
  TLSDIAG_CLOSE_RST = 2,            /* TCP RST: a reset */
  TLSDIAG_CLOSE_TIMEOUT = 3,        /* A timer of the observer's host program
                                     * expired */
  TLSDIAG_CLOSE_LOCAL = 4,          /* The observer's own host program closed */
  TLSDIAG_CLOSE_END_OF_CAPTURE = 5, /* The observation stopped; the
                                     * connection may have gone on */
};

/* format: what a hello was wrapped in. */
enum {
  TLSDIAG_FORMAT_TLS = 0,   /* A TLS or SSLv3 message in a 4-byte handshake
                             * header */
  TLSDIAG_FORMAT_SSLV2 = 1, /* An SSLv2-format CLIENT-HELLO (RFC 5246
                             * appendix E.2) */
  TLSDIAG_FORMAT_DTLS = 2,  /* A DTLS message in a 12-byte handshake header */
};

/* has: bit numbers in `present` of a decoded hello. */
enum {
  /* The legacy_version field */
  TLSDIAG_HAS_LEGACY_VERSION = 0,
  /* The random field */
  TLSDIAG_HAS_RANDOM = 1,
  /* The session_id field */
  TLSDIAG_HAS_SESSION_ID = 2,
  /* The cookie field of a DTLS ClientHello */
  TLSDIAG_HAS_DTLS_COOKIE = 3,
  /* The cipher suite list (ServerHello: the one suite) */
  TLSDIAG_HAS_CIPHER_SUITES = 4,
  /* The compression method list (ServerHello: the one method) */
  TLSDIAG_HAS_COMPRESSION_METHODS = 5,
  /* The extension block even if empty */
  TLSDIAG_HAS_EXTENSIONS = 6,
  /* Extension 0 */
  TLSDIAG_HAS_SERVER_NAME = 7,
  /* Extension 1 */
  TLSDIAG_HAS_MAX_FRAGMENT_LENGTH = 8,
  /* Extension 5 */
  TLSDIAG_HAS_STATUS_REQUEST = 9,
  /* Extension 10 */
  TLSDIAG_HAS_SUPPORTED_GROUPS = 10,
  /* Extension 11 */
  TLSDIAG_HAS_EC_POINT_FORMATS = 11,
  /* Extension 13 */
  TLSDIAG_HAS_SIGNATURE_ALGORITHMS = 12,
  /* Extension 14 */
  TLSDIAG_HAS_USE_SRTP = 13,
  /* Extension 15 */
  TLSDIAG_HAS_HEARTBEAT = 14,
  /* Extension 16 */
  TLSDIAG_HAS_ALPN = 15,
  /* Extension 18 */
  TLSDIAG_HAS_SIGNED_CERTIFICATE_TIMESTAMP = 16,
  /* Extension 21 */
  TLSDIAG_HAS_PADDING = 17,
  /* Extension 22 */
  TLSDIAG_HAS_ENCRYPT_THEN_MAC = 18,
  /* Extension 23 */
  TLSDIAG_HAS_EXTENDED_MASTER_SECRET = 19,
  /* Extension 27 */
  TLSDIAG_HAS_COMPRESS_CERTIFICATE = 20,
  /* Extension 28 */
  TLSDIAG_HAS_RECORD_SIZE_LIMIT = 21,
  /* Extension 34 */
  TLSDIAG_HAS_DELEGATED_CREDENTIAL = 22,
  /* Extension 35 */
  TLSDIAG_HAS_SESSION_TICKET = 23,
  /* Extension 41 */
  TLSDIAG_HAS_PRE_SHARED_KEY = 24,
  /* Extension 42 */
  TLSDIAG_HAS_EARLY_DATA = 25,
  /* Extension 43 */
  TLSDIAG_HAS_SUPPORTED_VERSIONS = 26,
  /* Extension 44 (the HelloRetryRequest cookie) */
  TLSDIAG_HAS_COOKIE = 27,
  /* Extension 45 */
  TLSDIAG_HAS_PSK_KEY_EXCHANGE_MODES = 28,
  /* Extension 47 */
  TLSDIAG_HAS_CERTIFICATE_AUTHORITIES = 29,
  /* Extension 49 */
  TLSDIAG_HAS_POST_HANDSHAKE_AUTH = 30,
  /* Extension 50 */
  TLSDIAG_HAS_SIGNATURE_ALGORITHMS_CERT = 31,
  /* Extension 51 */
  TLSDIAG_HAS_KEY_SHARE = 32,
  /* Extension 57 */
  TLSDIAG_HAS_QUIC_TRANSPORT_PARAMETERS = 33,
  /* Extension 0xfe0d */
  TLSDIAG_HAS_ENCRYPTED_CLIENT_HELLO = 34,
  /* Extension 0xff01 */
  TLSDIAG_HAS_RENEGOTIATION_INFO = 35,
  /* Extension 13172 */
  TLSDIAG_HAS_NEXT_PROTOCOL_NEGOTIATION = 36,
  /* Extension 17513 or 17613 (ALPS) */
  TLSDIAG_HAS_APPLICATION_SETTINGS = 37,
  /* Cipher suite value 0x5600 TLS_FALLBACK_SCSV (RFC 7507) */
  TLSDIAG_HAS_FALLBACK_SCSV = 48,
  /* Cipher suite value 0x00ff TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746) */
  TLSDIAG_HAS_RENEGOTIATION_SCSV = 49,
  /* At least one GREASE value (RFC 8701) */
  TLSDIAG_HAS_GREASE = 50,
};

/* anomaly: odd but decodable. */
enum {
  /* The same extension type twice (RFC 8446 section 4.2) */
  TLSDIAG_ANOMALY_DUPLICATE_EXTENSION = 1,
  /* Bytes after the end of the message or of a structure */
  TLSDIAG_ANOMALY_TRAILING_BYTES = 2,
  /* A list whose length is not a multiple of its element size */
  TLSDIAG_ANOMALY_ODD_LIST = 3,
  /* A list that must not be empty is empty */
  TLSDIAG_ANOMALY_EMPTY_LIST = 4,
  /* The body of a known extension breaks its syntax */
  TLSDIAG_ANOMALY_BAD_EXTENSION = 5,
  /* pre_shared_key is not the last extension (RFC 8446 section 4.2.11) */
  TLSDIAG_ANOMALY_PSK_NOT_LAST = 6,
  /* server_name holds more than one name */
  TLSDIAG_ANOMALY_SEVERAL_NAMES = 7,
  /* server_name holds a name type other than host_name */
  TLSDIAG_ANOMALY_NAME_NOT_HOST = 8,
  /* The host name is empty or too long or holds bytes that no DNS name has
   * or is an IP address */
  TLSDIAG_ANOMALY_ODD_NAME = 9,
  /* The null compression method is not offered */
  TLSDIAG_ANOMALY_NO_NULL_COMPRESSION = 10,
  /* The cipher suite list is empty */
  TLSDIAG_ANOMALY_NO_CIPHER_SUITES = 11,
  /* A key_share group is not in supported_groups (RFC 8446 section 4.2.8) */
  TLSDIAG_ANOMALY_KEY_SHARE_NOT_IN_GROUPS = 12,
  /* Two key shares for one group (RFC 8446 section 4.2.8) */
  TLSDIAG_ANOMALY_DUPLICATE_KEY_SHARE = 13,
  /* session_id longer than 32 bytes */
  TLSDIAG_ANOMALY_LONG_SESSION_ID = 14,
  /* TLS 1.3 is offered without an extension it needs (RFC 8446 section 9.2) */
  TLSDIAG_ANOMALY_TLS13_MISSING_EXTENSION = 15,
  /* A record version that no TLS stack sends */
  TLSDIAG_ANOMALY_RECORD_VERSION = 16,
  /* A handshake record without content */
  TLSDIAG_ANOMALY_EMPTY_FRAGMENT = 17,
  /* A handshake or content type nobody assigned */
  TLSDIAG_ANOMALY_UNASSIGNED_TYPE = 18,
  /* The handshake header and the content disagree about the length */
  TLSDIAG_ANOMALY_LENGTH_MISMATCH = 19,
};

/* field: where a decode stopped. */
enum {
  /* No fault */
  TLSDIAG_FIELD_NONE = 0,
  /* Content type of a record */
  TLSDIAG_FIELD_RECORD_TYPE = 1,
  /* Version of a record */
  TLSDIAG_FIELD_RECORD_VERSION = 2,
  /* Length of a record */
  TLSDIAG_FIELD_RECORD_LENGTH = 3,
  /* Content of a record */
  TLSDIAG_FIELD_RECORD_FRAGMENT = 4,
  /* Type of a handshake message */
  TLSDIAG_FIELD_HANDSHAKE_TYPE = 5,
  /* Length of a handshake message */
  TLSDIAG_FIELD_HANDSHAKE_LENGTH = 6,
  /* Body of a handshake message */
  TLSDIAG_FIELD_HANDSHAKE_BODY = 7,
  /* DTLS record or handshake header */
  TLSDIAG_FIELD_DTLS_HEADER = 8,
  /* Alert level and description */
  TLSDIAG_FIELD_ALERT = 9,
  /* legacy_version of a hello */
  TLSDIAG_FIELD_LEGACY_VERSION = 10,
  /* random of a hello */
  TLSDIAG_FIELD_RANDOM = 11,
  /* session_id of a hello */
  TLSDIAG_FIELD_SESSION_ID = 12,
  /* cookie of a DTLS hello */
  TLSDIAG_FIELD_DTLS_COOKIE = 13,
  /* Cipher suite list or choice */
  TLSDIAG_FIELD_CIPHER_SUITES = 14,
  /* Compression method list or choice */
  TLSDIAG_FIELD_COMPRESSION_METHODS = 15,
  /* The extension block */
  TLSDIAG_FIELD_EXTENSIONS = 16,
  /* Type of an extension */
  TLSDIAG_FIELD_EXTENSION_TYPE = 17,
  /* Body of an extension */
  TLSDIAG_FIELD_EXTENSION_BODY = 18,
  /* Body of server_name */
  TLSDIAG_FIELD_SERVER_NAME = 19,
  /* Body of max_fragment_length */
  TLSDIAG_FIELD_MAX_FRAGMENT_LENGTH = 20,
  /* Body of status_request */
  TLSDIAG_FIELD_STATUS_REQUEST = 21,
  /* Body of supported_groups */
  TLSDIAG_FIELD_SUPPORTED_GROUPS = 22,
  /* Body of ec_point_formats */
  TLSDIAG_FIELD_EC_POINT_FORMATS = 23,
  /* Body of signature_algorithms */
  TLSDIAG_FIELD_SIGNATURE_ALGORITHMS = 24,
  /* Body of application_layer_protocol_negotiation */
  TLSDIAG_FIELD_ALPN = 25,
  /* Body of compress_certificate */
  TLSDIAG_FIELD_COMPRESS_CERTIFICATE = 26,
  /* Body of record_size_limit */
  TLSDIAG_FIELD_RECORD_SIZE_LIMIT = 27,
  /* Body of pre_shared_key */
  TLSDIAG_FIELD_PRE_SHARED_KEY = 28,
  /* Body of early_data */
  TLSDIAG_FIELD_EARLY_DATA = 29,
  /* Body of supported_versions */
  TLSDIAG_FIELD_SUPPORTED_VERSIONS = 30,
  /* Body of cookie */
  TLSDIAG_FIELD_COOKIE = 31,
  /* Body of psk_key_exchange_modes */
  TLSDIAG_FIELD_PSK_KEY_EXCHANGE_MODES = 32,
  /* Body of certificate_authorities */
  TLSDIAG_FIELD_CERTIFICATE_AUTHORITIES = 33,
  /* Body of signature_algorithms_cert */
  TLSDIAG_FIELD_SIGNATURE_ALGORITHMS_CERT = 34,
  /* Body of key_share */
  TLSDIAG_FIELD_KEY_SHARE = 35,
  /* Body of encrypted_client_hello */
  TLSDIAG_FIELD_ENCRYPTED_CLIENT_HELLO = 36,
  /* Body of renegotiation_info */
  TLSDIAG_FIELD_RENEGOTIATION_INFO = 37,
  /* Body of an extension that must be empty */
  TLSDIAG_FIELD_FLAG_EXTENSION = 38,
  /* Body of use_srtp */
  TLSDIAG_FIELD_USE_SRTP = 39,
  /* Body of heartbeat */
  TLSDIAG_FIELD_HEARTBEAT = 40,
  /* Body of delegated_credential */
  TLSDIAG_FIELD_DELEGATED_CREDENTIAL = 41,
  /* Body of quic_transport_parameters */
  TLSDIAG_FIELD_QUIC_TRANSPORT_PARAMETERS = 42,
  /* Header of an SSLv2-format hello */
  TLSDIAG_FIELD_SSLV2_HEADER = 43,
  /* Cipher kinds of an SSLv2-format hello */
  TLSDIAG_FIELD_SSLV2_CIPHER_SPECS = 44,
  /* Challenge of an SSLv2-format hello */
  TLSDIAG_FIELD_SSLV2_CHALLENGE = 45,
  /* Bytes behind the end */
  TLSDIAG_FIELD_TRAILING = 46,
  /* Certificate message */
  TLSDIAG_FIELD_CERTIFICATE_LIST = 47,
  /* DER of an X.509 certificate */
  TLSDIAG_FIELD_CERTIFICATE_DER = 48,
  /* ServerKeyExchange message */
  TLSDIAG_FIELD_SERVER_KEY_EXCHANGE = 49,
  /* CertificateRequest message */
  TLSDIAG_FIELD_CERTIFICATE_REQUEST = 50,
  /* First bytes of a direction */
  TLSDIAG_FIELD_FIRST_BYTES = 51,
  /* Body of application_settings */
  TLSDIAG_FIELD_APPLICATION_SETTINGS = 52,
};

/* protocol: what first bytes look like. */
enum {
  TLSDIAG_PROTOCOL_UNKNOWN = 0,       /* Not recognised */
  TLSDIAG_PROTOCOL_TLS = 1,           /* A TLS or SSLv3 record */
  TLSDIAG_PROTOCOL_SSLV2 = 2,         /* An SSLv2-format hello */
  TLSDIAG_PROTOCOL_DTLS = 3,          /* A DTLS record */
  TLSDIAG_PROTOCOL_HTTP_REQUEST = 4,  /* An HTTP/1 request line */
  TLSDIAG_PROTOCOL_HTTP_RESPONSE = 5, /* An HTTP/1 status line */
  TLSDIAG_PROTOCOL_HTML = 6,          /* HTML or XML text without a status
                                       * line */
  TLSDIAG_PROTOCOL_HTTP2_PREFACE = 7, /* The HTTP/2 connection preface or a
                                       * SETTINGS frame */
  TLSDIAG_PROTOCOL_HTTP_CONNECT = 8,  /* An HTTP CONNECT request (proxy) */
  TLSDIAG_PROTOCOL_SSH = 9,           /* An SSH identification string */
  TLSDIAG_PROTOCOL_SMTP = 10,         /* An SMTP banner or command */
  TLSDIAG_PROTOCOL_IMAP = 11,         /* An IMAP greeting or command */
  TLSDIAG_PROTOCOL_POP3 = 12,         /* A POP3 greeting or command */
  TLSDIAG_PROTOCOL_FTP = 13,          /* An FTP banner or command */
  TLSDIAG_PROTOCOL_LDAP = 14,         /* An LDAP message */
  TLSDIAG_PROTOCOL_XMPP = 15,         /* An XMPP stream */
  TLSDIAG_PROTOCOL_POSTGRES = 16,     /* A PostgreSQL startup or SSLRequest */
  TLSDIAG_PROTOCOL_MYSQL = 17,        /* A MySQL handshake packet */
  TLSDIAG_PROTOCOL_RDP = 18,          /* An RDP (TPKT/X.224) request */
  TLSDIAG_PROTOCOL_PROXY_V1 = 19,     /* A PROXY protocol version 1 header */
  TLSDIAG_PROTOCOL_PROXY_V2 = 20,     /* A PROXY protocol version 2 header */
  TLSDIAG_PROTOCOL_IRC = 21,          /* An IRC line */
  TLSDIAG_PROTOCOL_NNTP = 22,         /* An NNTP banner or command */
  TLSDIAG_PROTOCOL_SIEVE = 23,        /* A ManageSieve greeting */
  TLSDIAG_PROTOCOL_REDIS = 24,        /* A Redis request or reply */
  TLSDIAG_PROTOCOL_SOCKS = 25,        /* A SOCKS4 or SOCKS5 request */
  TLSDIAG_PROTOCOL_MQTT = 26,         /* An MQTT CONNECT */
  TLSDIAG_PROTOCOL_RTSP_SIP = 27,     /* An RTSP or SIP line */
  TLSDIAG_PROTOCOL_TEXT = 28,         /* Some other line of text */
  TLSDIAG_PROTOCOL_BINARY = 29,       /* Some other binary protocol */
  TLSDIAG_PROTOCOL_ZEROS = 30,        /* Only zero bytes */
  TLSDIAG_PROTOCOL_MSSQL = 31,        /* A TDS (SQL Server) packet */
  TLSDIAG_PROTOCOL_TELNET = 32,       /* Telnet option negotiation */
  TLSDIAG_PROTOCOL_VNC = 33,          /* An RFB (VNC) banner */
  TLSDIAG_PROTOCOL_TLCP = 34,         /* A TLCP record (GB/T 38636) */
  TLSDIAG_PROTOCOL_LMTP = 35,         /* An LMTP command */
};

/* obs: kinds of observations and what their numbers a and b mean. */
enum {
  TLSDIAG_OBS_NONE = 0,                  /* No observation */
  TLSDIAG_OBS_SYN = 1,                   /* TCP SYN; a: MSS offered; b: TTL
                                          * or hop limit */
  TLSDIAG_OBS_SYN_ACK = 2,               /* TCP SYN/ACK; a: MSS offered; b:
                                          * TTL or hop limit */
  TLSDIAG_OBS_SYN_REPEATED = 3,          /* TCP SYN sent again; a: how often */
  TLSDIAG_OBS_REFUSED = 4,               /* RST in answer to the SYN; a: 1
                                          * when TTL is unlike the path's */
  TLSDIAG_OBS_RETRANSMITTED = 5,         /* Bytes of this side were sent
                                          * again; a: how often; b: size of
                                          * the largest such segment */
  TLSDIAG_OBS_UNACKNOWLEDGED = 6,        /* At the end bytes of this side
                                          * were not acknowledged; a: how
                                          * many; b: how many were sent */
  TLSDIAG_OBS_RESET_EVIDENCE = 7,        /* A reset that does not look like
                                          * the peer's own; a: TLSDIAG_PATH_*
                                          * bits; b: its TTL << 8 | the usual
                                          * TTL */
  TLSDIAG_OBS_CLOSE = 8,                 /* This side ended the connection;
                                          * a: TLSDIAG_CLOSE_*; b:
                                          * milliseconds of silence before it */
  TLSDIAG_OBS_GAP = 9,                   /* Bytes of this side are missing
                                          * from the observation; a: how many */
  TLSDIAG_OBS_MIDSTREAM = 10,            /* The observation starts in mid-
                                          * connection */
  TLSDIAG_OBS_ONE_SIDED = 11,            /* Only this side's packets were
                                          * seen */
  TLSDIAG_OBS_FIRST_BYTES = 12,          /* This side's first bytes are not
                                          * TLS; a: TLSDIAG_PROTOCOL_*; b:
                                          * first four bytes (of an HTTP
                                          * response its status) */
  TLSDIAG_OBS_STARTTLS = 13,             /* A plaintext prologue; a:
                                          * TLSDIAG_PROTOCOL_*; b:
                                          * TLSDIAG_PROLOGUE_* */
  TLSDIAG_OBS_CLIENT_HELLO = 14,         /* ClientHello; a: TLSDIAG_HELLO_*
                                          * bits; b: its length */
  TLSDIAG_OBS_OFFERED_VERSIONS = 15,     /* Versions offered; a: highest <<
                                          * 16 | lowest; b: legacy_version <<
                                          * 16 | record version */
  TLSDIAG_OBS_OFFERED_SUITES = 16,       /* Cipher suites offered; a:
                                          * TLSDIAG_SUITES_* bits; b: how
                                          * many */
  TLSDIAG_OBS_OFFERED_GROUPS = 17,       /* Groups offered; a:
                                          * TLSDIAG_GROUPS_* bits; b: how
                                          * many << 16 | key shares */
  TLSDIAG_OBS_OFFERED_SIGALGS = 18,      /* Signature algorithms offered; a:
                                          * TLSDIAG_SIGALGS_* bits; b: how
                                          * many */
  TLSDIAG_OBS_SERVER_NAME = 19,          /* server_name; a and b: 64-bit hash
                                          * of the lower-case name (high then
                                          * low half) */
  TLSDIAG_OBS_HELLO_RETRY_REQUEST = 20,  /* HelloRetryRequest; a: version <<
                                          * 16 | suite; b:
                                          * TLSDIAG_SERVER_HELLO_* bits << 16
                                          * | group */
  TLSDIAG_OBS_SERVER_HELLO = 21,         /* ServerHello; a: version << 16 |
                                          * suite; b: TLSDIAG_SERVER_HELLO_*
                                          * bits << 16 | group */
  TLSDIAG_OBS_HELLO_VERIFY_REQUEST = 22, /* DTLS HelloVerifyRequest */
  TLSDIAG_OBS_CERTIFICATE = 23,          /* Certificate; a: TLSDIAG_CERT_*
                                          * bits; b: key bits << 16 | number
                                          * of certificates */
  TLSDIAG_OBS_CERTIFICATE_STATUS = 24,   /* CertificateStatus; b: length */
  TLSDIAG_OBS_SERVER_KEY_EXCHANGE = 25,  /* ServerKeyExchange; a: curve group
                                          * or 0; b: bits of the DH prime or
                                          * 0 */
  TLSDIAG_OBS_CERTIFICATE_REQUEST = 26,  /* CertificateRequest; b: number of
                                          * CA names */
  TLSDIAG_OBS_SERVER_HELLO_DONE = 27,    /* ServerHelloDone */
  TLSDIAG_OBS_CLIENT_KEY_EXCHANGE = 28,  /* ClientKeyExchange; b: length */
  TLSDIAG_OBS_CERTIFICATE_VERIFY = 29,   /* CertificateVerify; b: length */
  TLSDIAG_OBS_CHANGE_CIPHER_SPEC = 30,   /* ChangeCipherSpec */
  TLSDIAG_OBS_NEW_SESSION_TICKET = 31,   /* NewSessionTicket in clear (TLS
                                          * 1.2); b: length */
  TLSDIAG_OBS_FINISHED = 32,             /* Finished of TLS 1.2 or older
                                          * (encrypted after
                                          * ChangeCipherSpec); b: record
                                          * length */
  TLSDIAG_OBS_PROTECTED_RECORD = 33,     /* An encrypted record; a: length;
                                          * b: number of such records of this
                                          * side so far */
  TLSDIAG_OBS_APPLICATION_DATA = 34,     /* Application data after the
                                          * handshake; a: length of the first
                                          * record */
  TLSDIAG_OBS_ALERT = 35,                /* Alert; a: level << 8 |
                                          * description; b:
                                          * TLSDIAG_ALERT_FLAG_* bits */
  TLSDIAG_OBS_ENCRYPTED_ALERT = 36,      /* An encrypted record of alert
                                          * type; a: length; b:
                                          * TLSDIAG_ALERT_FLAG_* bits */
  TLSDIAG_OBS_MALFORMED = 37,            /* A message breaks the syntax; a:
                                          * TLSDIAG_FIELD_*; b: wanted << 16
                                          * | had */
  TLSDIAG_OBS_ANOMALY = 38,              /* Odd but decodable; a:
                                          * TLSDIAG_ANOMALY_*; b:
                                          * TLSDIAG_FIELD_* */
  TLSDIAG_OBS_RENEGOTIATION = 39,        /* A new handshake was asked for
                                          * inside the connection; a:
                                          * handshake type */
  TLSDIAG_OBS_UNEXPECTED = 40,           /* A message out of order; a:
                                          * handshake or content type; b: the
                                          * stage it came in */
  TLSDIAG_OBS_OVERSIZED = 41,            /* A record or message longer than
                                          * allowed; a: length; b: content
                                          * type */
  TLSDIAG_OBS_OTHER_MESSAGE = 42,        /* Another handshake message; a:
                                          * type; b: length */
  TLSDIAG_OBS_POLICY = 43,               /* What the known policy says of
                                          * this hello; a: TLSDIAG_CAUSE_*;
                                          * b: selected version << 16 | suite */
  TLSDIAG_OBS_GROUP = 44,                /* Other connections of the same
                                          * client say; a: TLSDIAG_CAUSE_*;
                                          * b: confidence */
  TLSDIAG_OBS_TEXT_STACK = 45,           /* A text names its TLS stack; a:
                                          * TLSDIAG_STACK_*; b: side that
                                          * wrote it */
  TLSDIAG_OBS_TEXT_CAUSE = 46,           /* A text says why; a:
                                          * TLSDIAG_CAUSE_*; b: weight << 8 |
                                          * TLSDIAG_NATURE_* */
  TLSDIAG_OBS_TEXT_STATE = 47,           /* A text says how far it came or
                                          * how it ended; a: TLSDIAG_STAGE_*;
                                          * b: TLSDIAG_NATURE_* */
  TLSDIAG_OBS_DATA_AFTER_RESET = 48,     /* Data of this side arrived after
                                          * its own reset */
  TLSDIAG_OBS_HEARTBEAT = 49,            /* A heartbeat record */
  TLSDIAG_OBS_PATH = 50,                 /* What the path shows of this side;
                                          * a: round-trip time in
                                          * microseconds as far as known; b:
                                          * largest segment */
  TLSDIAG_OBS_VERIFY_RESULT = 51,        /* The host program's certificate
                                          * verification said; a: its
                                          * X509_V_ERR_* number; b:
                                          * TLSDIAG_CAUSE_* */
};

/* path: bits of obs reset_evidence. */
enum {
  TLSDIAG_PATH_TTL = 1,           /* TTL or hop limit unlike the other
                                   * packets of that side */
  TLSDIAG_PATH_IP_ID = 2,         /* IP identification does not continue the
                                   * other packets of that side */
  TLSDIAG_PATH_SEQUENCE = 4,      /* Sequence number unlike what that side
                                   * would send next */
  TLSDIAG_PATH_TOO_FAST = 8,      /* It came sooner than the round-trip time
                                   * allows */
  TLSDIAG_PATH_DATA_FOLLOWS = 16, /* Data of the same side arrived after it */
  TLSDIAG_PATH_SEVERAL = 32,      /* Several resets with different numbers */
  TLSDIAG_PATH_BOTH_SIDES = 64,   /* Both sides were reset and neither by the
                                   * other */
  TLSDIAG_PATH_NO_OPTIONS = 128,  /* Other header traits differ: window or
                                   * don't-fragment */
};

/* prologue: steps of a plaintext prologue. */
enum {
  TLSDIAG_PROLOGUE_BANNER = 1,    /* The server greeted in plaintext */
  TLSDIAG_PROLOGUE_COMMAND = 2,   /* The client spoke in plaintext */
  TLSDIAG_PROLOGUE_REQUESTED = 3, /* TLS was asked for (STARTTLS and its kin) */
  TLSDIAG_PROLOGUE_ACCEPTED = 4,  /* The server agreed */
  TLSDIAG_PROLOGUE_REFUSED = 5,   /* The server refused */
};

/* hello: bits of obs client_hello. */
enum {
  /* server_name is there */
  TLSDIAG_HELLO_SERVER_NAME = 0x1,
  /* ALPN is there */
  TLSDIAG_HELLO_ALPN = 0x2,
  /* extended_master_secret is there */
  TLSDIAG_HELLO_EXTENDED_MASTER_SECRET = 0x4,
  /* encrypt_then_mac is there */
  TLSDIAG_HELLO_ENCRYPT_THEN_MAC = 0x8,
  /* renegotiation_info or its SCSV is there */
  TLSDIAG_HELLO_RENEGOTIATION = 0x10,
  /* TLS_FALLBACK_SCSV is there */
  TLSDIAG_HELLO_FALLBACK_SCSV = 0x20,
  /* GREASE values are there */
  TLSDIAG_HELLO_GREASE = 0x40,
  /* A session_id that is not empty */
  TLSDIAG_HELLO_SESSION_ID = 0x80,
  /* A session ticket that is not empty */
  TLSDIAG_HELLO_TICKET = 0x100,
  /* pre_shared_key is there */
  TLSDIAG_HELLO_PSK = 0x200,
  /* early_data is there */
  TLSDIAG_HELLO_EARLY_DATA = 0x400,
  /* encrypted_client_hello is there */
  TLSDIAG_HELLO_ECH = 0x800,
  /* status_request is there */
  TLSDIAG_HELLO_STATUS_REQUEST = 0x1000,
  /* key_share is there */
  TLSDIAG_HELLO_KEY_SHARE = 0x2000,
  /* signature_algorithms is there */
  TLSDIAG_HELLO_SIGNATURE_ALGORITHMS = 0x4000,
  /* supported_groups is there */
  TLSDIAG_HELLO_SUPPORTED_GROUPS = 0x8000,
  /* supported_versions is there */
  TLSDIAG_HELLO_SUPPORTED_VERSIONS = 0x10000,
  /* No extension block */
  TLSDIAG_HELLO_NO_EXTENSIONS = 0x20000,
  /* The second ClientHello of the connection */
  TLSDIAG_HELLO_SECOND = 0x40000,
  /* It did not fit one TCP segment */
  TLSDIAG_HELLO_SEVERAL_SEGMENTS = 0x80000,
  /* It was split over records */
  TLSDIAG_HELLO_SEVERAL_RECORDS = 0x100000,
  /* A cookie is there */
  TLSDIAG_HELLO_COOKIE = 0x200000,
  /* post_handshake_auth is there */
  TLSDIAG_HELLO_POST_HANDSHAKE_AUTH = 0x400000,
  /* It renegotiates: renegotiation_info is not empty */
  TLSDIAG_HELLO_RENEGOTIATING = 0x800000,
  /* psk_ke is the only PSK mode */
  TLSDIAG_HELLO_PSK_ONLY = 0x1000000,
  /* It was not seen whole */
  TLSDIAG_HELLO_PARTIAL = 0x2000000,
  /* server_name holds an IP address */
  TLSDIAG_HELLO_NAME_IS_ADDRESS = 0x4000000,
  /* compress_certificate is there */
  TLSDIAG_HELLO_COMPRESS_CERTIFICATE = 0x8000000,
  /* SSLv2 format */
  TLSDIAG_HELLO_SSLV2_FORMAT = 0x10000000,
  /* The only suites offered are PSK suites */
  TLSDIAG_HELLO_PSK_SUITES = 0x20000000,
  /* The first PSK identity is short: agreed by hand; not a ticket */
  TLSDIAG_HELLO_SHORT_PSK = 0x40000000,
};

/* suites: bits of obs offered_suites. */
enum {
  TLSDIAG_SUITES_TLS13 = 0x1,          /* TLS 1.3 suites */
  TLSDIAG_SUITES_ECDHE_ECDSA = 0x2,    /* ECDHE with ECDSA */
  TLSDIAG_SUITES_ECDHE_RSA = 0x4,      /* ECDHE with RSA */
  TLSDIAG_SUITES_DHE_RSA = 0x8,        /* DHE with RSA or DSS */
  TLSDIAG_SUITES_RSA = 0x10,           /* Static RSA key exchange */
  TLSDIAG_SUITES_PSK = 0x20,           /* A PSK key exchange */
  TLSDIAG_SUITES_ANON = 0x40,          /* Anonymous */
  TLSDIAG_SUITES_EXPORT_NULL = 0x80,   /* Export or NULL encryption */
  TLSDIAG_SUITES_RC4_DES = 0x100,      /* RC4 DES or 3DES */
  TLSDIAG_SUITES_CBC = 0x200,          /* CBC mode of TLS 1.2 and older */
  TLSDIAG_SUITES_AEAD12 = 0x400,       /* AEAD of TLS 1.2 */
  TLSDIAG_SUITES_GOST_SM = 0x800,      /* GOST SM or other national suites */
  TLSDIAG_SUITES_UNKNOWN = 0x1000,     /* Values in no registry */
  TLSDIAG_SUITES_ECDH_STATIC = 0x2000, /* Static ECDH or DH */
  TLSDIAG_SUITES_SRP_KRB = 0x4000,     /* SRP or Kerberos */
};

/* groups: bits of obs offered_groups. */
enum {
  TLSDIAG_GROUPS_X25519 = 0x1,   /* x25519 or x448 */
  TLSDIAG_GROUPS_P256 = 0x2,     /* secp256r1 */
  TLSDIAG_GROUPS_P384 = 0x4,     /* secp384r1 */
  TLSDIAG_GROUPS_P521 = 0x8,     /* secp521r1 */
  TLSDIAG_GROUPS_FFDHE = 0x10,   /* A finite-field group of RFC 7919 */
  TLSDIAG_GROUPS_PQ = 0x20,      /* A post-quantum or hybrid group */
  TLSDIAG_GROUPS_LEGACY = 0x40,  /* Another assigned group */
  TLSDIAG_GROUPS_UNKNOWN = 0x80, /* Values in no registry */
};

/* sigalgs: bits of obs offered_sigalgs. */
enum {
  TLSDIAG_SIGALGS_RSA_PKCS1 = 0x1, /* RSA PKCS#1 with SHA-256 or better */
  TLSDIAG_SIGALGS_RSA_PSS = 0x2,   /* RSA-PSS */
  TLSDIAG_SIGALGS_ECDSA = 0x4,     /* ECDSA with SHA-256 or better */
  TLSDIAG_SIGALGS_EDDSA = 0x8,     /* Ed25519 or Ed448 */
  TLSDIAG_SIGALGS_SHA1_MD5 = 0x10, /* SHA-1 MD5 or SHA-224 */
  TLSDIAG_SIGALGS_DSA = 0x20,      /* DSA */
  TLSDIAG_SIGALGS_UNKNOWN = 0x40,  /* Values in no registry or national ones */
};

/* server_hello: bits of obs server_hello and hello_retry_request. */
enum {
  /* extended_master_secret is there */
  TLSDIAG_SERVER_HELLO_EXTENDED_MASTER_SECRET = 0x1,
  /* renegotiation_info is there */
  TLSDIAG_SERVER_HELLO_RENEGOTIATION_INFO = 0x2,
  /* It echoes the client's session_id or accepts its PSK */
  TLSDIAG_SERVER_HELLO_RESUMED = 0x4,
  /* random ends in the sentinel for TLS 1.2 */
  TLSDIAG_SERVER_HELLO_DOWNGRADE_TLS12 = 0x8,
  /* random ends in the sentinel for TLS 1.1 or older */
  TLSDIAG_SERVER_HELLO_DOWNGRADE_TLS11 = 0x10,
  /* The version was not offered */
  TLSDIAG_SERVER_HELLO_NOT_OFFERED = 0x20,
  /* early_data accepted */
  TLSDIAG_SERVER_HELLO_EARLY_DATA = 0x40,
  /* ALPN selected */
  TLSDIAG_SERVER_HELLO_ALPN = 0x80,
  /* encrypt_then_mac is there */
  TLSDIAG_SERVER_HELLO_ENCRYPT_THEN_MAC = 0x100,
  /* A ticket will follow */
  TLSDIAG_SERVER_HELLO_TICKET = 0x200,
  /* A stapled response will follow */
  TLSDIAG_SERVER_HELLO_STATUS_REQUEST = 0x400,
  /* A PSK was selected */
  TLSDIAG_SERVER_HELLO_PSK = 0x800,
  /* server_name acknowledged */
  TLSDIAG_SERVER_HELLO_SERVER_NAME = 0x1000,
  /* It answers an extension that was not offered */
  TLSDIAG_SERVER_HELLO_UNSOLICITED = 0x2000,
  /* The cipher suite was not offered */
  TLSDIAG_SERVER_HELLO_SUITE_NOT_OFFERED = 0x4000,
  /* Only its beginning was seen: what is absent is not known */
  TLSDIAG_SERVER_HELLO_PARTIAL = 0x8000,
};

/* cert: bits of obs certificate. */
enum {
  /* No certificate in the message */
  TLSDIAG_CERT_EMPTY = 0x1,
  /* The leaf is its own issuer */
  TLSDIAG_CERT_SELF_SIGNED = 0x2,
  /* An intermediate certificate is lacking */
  TLSDIAG_CERT_INCOMPLETE = 0x4,
  /* Only a leaf that is not self-signed is sent */
  TLSDIAG_CERT_SINGLE = 0x8,
  /* notAfter lies before the time of the observation */
  TLSDIAG_CERT_EXPIRED = 0x10,
  /* notBefore lies after the time of the observation */
  TLSDIAG_CERT_NOT_YET_VALID = 0x20,
  /* notBefore lies less than a day before the observation */
  TLSDIAG_CERT_RECENT = 0x40,
  /* No name covers the requested server_name */
  TLSDIAG_CERT_NAME_MISMATCH = 0x80,
  /* A name covers the requested server_name */
  TLSDIAG_CERT_NAME_MATCH = 0x100,
  /* RSA or DSA below 2048 bits or a curve below 224 */
  TLSDIAG_CERT_WEAK_KEY = 0x200,
  /* Signed with SHA-1 or MD5 */
  TLSDIAG_CERT_WEAK_SIGNATURE = 0x400,
  /* The key is an elliptic-curve key */
  TLSDIAG_CERT_ECDSA = 0x800,
  /* The key is an RSA key */
  TLSDIAG_CERT_RSA = 0x1000,
  /* extendedKeyUsage lacks serverAuth */
  TLSDIAG_CERT_NOT_FOR_SERVER = 0x2000,
  /* extendedKeyUsage lacks clientAuth */
  TLSDIAG_CERT_NOT_FOR_CLIENT = 0x4000,
  /* The TLS feature extension demands a stapled response */
  TLSDIAG_CERT_MUST_STAPLE = 0x8000,
  /* The leaf is a CA certificate */
  TLSDIAG_CERT_IS_CA = 0x10000,
  /* A certificate is not issued by the one after it */
  TLSDIAG_CERT_UNORDERED = 0x20000,
  /* The DER breaks its syntax */
  TLSDIAG_CERT_MALFORMED = 0x40000,
  /* The message was not seen whole */
  TLSDIAG_CERT_NOT_READ = 0x80000,
  /* keyUsage does not allow the key exchange */
  TLSDIAG_CERT_BAD_KEY_USAGE = 0x100000,
  /* Several certificates of which the last is self-signed */
  TLSDIAG_CERT_ROOT_INCLUDED = 0x200000,
  /* A critical extension that few stacks know */
  TLSDIAG_CERT_CRITICAL_UNKNOWN = 0x400000,
  /* No host name in subjectAltName */
  TLSDIAG_CERT_NO_NAMES = 0x800000,
  /* A certificate behind the leaf is outside its validity */
  TLSDIAG_CERT_INTERMEDIATE_EXPIRED = 0x1000000,
};

/* alert_flag: bits of obs alert and encrypted_alert. */
enum {
  TLSDIAG_ALERT_FLAG_AFTER_PEER_CLOSE = 0x1, /* It came after the other side
                                              * had closed: an echo */
  TLSDIAG_ALERT_FLAG_ENCRYPTED = 0x2,        /* It was encrypted; the
                                              * description is not known */
  TLSDIAG_ALERT_FLAG_FROM_TEXT = 0x4,        /* A text said so; it was not on
                                              * the wire */
  TLSDIAG_ALERT_FLAG_AFTER_ALERT = 0x8,      /* An earlier alert went before
                                              * it */
  TLSDIAG_ALERT_FLAG_SENT = 0x10,            /* The host program's own side
                                              * sent it */
  TLSDIAG_ALERT_FLAG_PLAIN_IN_TLS13 = 0x20,  /* In clear although TLS 1.3
                                              * keys were in place */
  TLSDIAG_ALERT_FLAG_SPLIT = 0x40,           /* Its two bytes came in two
                                              * records */
};

/* nature: what an error text is to its writer. */
enum {
  TLSDIAG_NATURE_DETECTED = 1,  /* The writer found the fault itself */
  TLSDIAG_NATURE_RECEIVED = 2,  /* The writer was told by its peer */
  TLSDIAG_NATURE_SENT = 3,      /* The writer tells what it sent */
  TLSDIAG_NATURE_SECONDARY = 4, /* It follows from an earlier error */
  TLSDIAG_NATURE_STATE = 5,     /* Context; not an error */
};

/* section: sections of the cause catalogue. */
enum {
  TLSDIAG_SECTION_TITLE = 1,         /* Headline */
  TLSDIAG_SECTION_MEANING = 2,       /* What it means in one sentence */
  TLSDIAG_SECTION_WHAT_HAPPENED = 3, /* What happened */
  TLSDIAG_SECTION_ON_THE_WIRE = 4,   /* How it looks on the wire */
  TLSDIAG_SECTION_CONFIRM = 5,       /* How to confirm it */
  TLSDIAG_SECTION_FIX_CLIENT = 6,    /* What to change at the client */
  TLSDIAG_SECTION_FIX_SERVER = 7,    /* What to change at the server */
  TLSDIAG_SECTION_ADVICE = 8,        /* The one change that fixes it */
  TLSDIAG_SECTION_DECIDE = 9,        /* What would decide between it and its
                                      * look-alikes */
  TLSDIAG_SECTION_GROUP = 10,        /* The group of causes it belongs to */
  TLSDIAG_SECTION_WORDINGS = 11,     /* How well-known products word it */
};

/* stack: TLS stacks and the products that report for them. */
enum {
  TLSDIAG_STACK_UNKNOWN = 0,       /* Not known which */
  TLSDIAG_STACK_OPENSSL = 1,       /* Openssl */
  TLSDIAG_STACK_BORINGSSL = 2,     /* Boringssl */
  TLSDIAG_STACK_LIBRESSL = 3,      /* Libressl */
  TLSDIAG_STACK_GNUTLS = 4,        /* Gnutls */
  TLSDIAG_STACK_NSS = 5,           /* NSS */
  TLSDIAG_STACK_CHROME = 6,        /* Chrome and Chromium */
  TLSDIAG_STACK_FIREFOX = 7,       /* Firefox */
  TLSDIAG_STACK_SCHANNEL = 8,      /* Windows SChannel */
  TLSDIAG_STACK_APPLE = 9,         /* Apple Secure Transport and
                                    * Network.framework */
  TLSDIAG_STACK_JSSE = 10,         /* Java JSSE */
  TLSDIAG_STACK_GO = 11,           /* Go crypto/tls */
  TLSDIAG_STACK_RUSTLS = 12,       /* Rustls */
  TLSDIAG_STACK_NODE = 13,         /* Node */
  TLSDIAG_STACK_PYTHON = 14,       /* Python ssl */
  TLSDIAG_STACK_RUBY = 15,         /* Ruby */
  TLSDIAG_STACK_PHP = 16,          /* Php */
  TLSDIAG_STACK_DOTNET = 17,       /* .NET SslStream */
  TLSDIAG_STACK_CURL = 18,         /* Curl */
  TLSDIAG_STACK_WGET = 19,         /* Wget */
  TLSDIAG_STACK_MBEDTLS = 20,      /* Mbedtls */
  TLSDIAG_STACK_WOLFSSL = 21,      /* Wolfssl */
  TLSDIAG_STACK_ERLANG = 22,       /* Erlang/OTP ssl */
  TLSDIAG_STACK_S2N = 23,          /* S2n */
  TLSDIAG_STACK_NGINX = 24,        /* Nginx */
  TLSDIAG_STACK_HAPROXY = 25,      /* Haproxy */
  TLSDIAG_STACK_APACHE = 26,       /* Apache */
  TLSDIAG_STACK_ENVOY = 27,        /* Envoy */
  TLSDIAG_STACK_TRAEFIK = 28,      /* Traefik */
  TLSDIAG_STACK_CADDY = 29,        /* Caddy */
  TLSDIAG_STACK_STUNNEL = 30,      /* Stunnel */
  TLSDIAG_STACK_POSTFIX = 31,      /* Postfix */
  TLSDIAG_STACK_DOVECOT = 32,      /* Dovecot */
  TLSDIAG_STACK_EXIM = 33,         /* Exim */
  TLSDIAG_STACK_POSTGRESQL = 34,   /* Postgresql */
  TLSDIAG_STACK_MYSQL = 35,        /* Mysql */
  TLSDIAG_STACK_OPENVPN = 36,      /* Openvpn */
  TLSDIAG_STACK_BEARSSL = 37,      /* Bearssl */
  TLSDIAG_STACK_CONSCRYPT = 38,    /* Conscrypt */
  TLSDIAG_STACK_BOUNCYCASTLE = 39, /* Bouncycastle */
  TLSDIAG_STACK_SQUID = 40,        /* Squid */
  TLSDIAG_STACK_LIGHTTPD = 41,     /* Lighttpd */
  TLSDIAG_STACK_GIT = 42,          /* Git */
  TLSDIAG_STACK_PERL = 43,         /* Perl */
  TLSDIAG_STACK_MONGODB = 44,      /* Mongodb */
  TLSDIAG_STACK_REDIS = 45,        /* Redis */
  TLSDIAG_STACK_KUBERNETES = 46,   /* Kubernetes */
  TLSDIAG_STACK_JAVA_APP = 47,     /* Java_app */
  TLSDIAG_STACK_OPENLDAP = 48,     /* Openldap */
  TLSDIAG_STACK_ANDROID = 49,      /* Android */
};
/* clang-format on */
/* END GENERATED enums */

#ifdef __cplusplus
}
#endif
#endif
