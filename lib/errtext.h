/* errtext.h: from a text to hints (internal).
 *
 * The way of a text: bytes -> words (errtext_words.c) -> matches against the
 * tree of known wordings (errtext_match.c) -> numbers decoded (errtext_code.c)
 * -> judged together, since the lines of one text explain each other
 * (errtext_judge.c) -> hints.  Every step is bounded: a fixed number of words
 * ahead, a fixed number of matches at a time. */
#ifndef TLSDIAG_LIB_ERRTEXT_H
#define TLSDIAG_LIB_ERRTEXT_H

#include <stddef.h>
#include <stdint.h>

#include "tlsdiag/tlsdiag.h"

/* One line of the table of meanings: what a text allows, by its writer:
 * [0] unknown, [1] the client, [2] the server. */
struct et_causes {
  uint8_t cause[4];
  uint8_t weight[4];
};
struct et_meaning {
  struct et_causes by[3];
  uint8_t alert; /* 255: not an alert */
};

/* One wording. */
struct et_pattern {
  uint8_t meaning;
  uint8_t stack;
  uint8_t how; /* nature | side << 3 | needs << 5 | usual << 7 */
  uint8_t stage;
  uint8_t value; /* ET_VALUE_*: what its number is */
};
enum { ET_NEEDS_TLS = 1, ET_NEEDS_OPENSSL = 2 };
/* A side that a wording makes likely and does not prove. */
enum { ET_USUAL = 4, ET_SIDES = 3 };

/* One word.  Numbers of words beyond the table's are slots. */
enum {
  ET_NO_WORD = 0xffff,
  ET_BREAK = 0x1,   /* no wording goes on across the gap before it */
  ET_SPACE = 0x2,   /* white space before it */
  ET_DIGITS = 0x4,  /* decimal digits only */
  ET_HEX = 0x8,     /* hexadecimal digits only, perhaps behind 0x */
  ET_PREFIX = 0x10, /* behind 0x */
  ET_MINUS = 0x20,  /* a minus sign before it */
  ET_PAREN = 0x40   /* an opening parenthesis before it */
};
struct et_token {
  uint32_t at;
  uint32_t line;
  uint16_t word;
  uint8_t len; /* 255: or longer */
  uint8_t flags;
};

struct et_reader {
  const uint8_t *text;
  size_t len;
  size_t at;
  uint32_t line;
};
/* Stores the next word, or returns 0 at the end. */
int et_next_token(struct et_reader *r, struct et_token *t);
/* The number in a token, decimal or hexadecimal; saturates. */
uint32_t et_token_decimal(const uint8_t *text, const struct et_token *t);
uint32_t et_token_hex(const uint8_t *text, const struct et_token *t);

/* Something found. */
enum {
  ET_MATCH_TLS = 0x1,      /* words nearby speak of TLS ... */
  ET_MATCH_OPENSSL = 0x2,  /* ... and of OpenSSL */
  ET_MATCH_FUNCTION = 0x4, /* its code names an OpenSSL function */
  ET_MATCH_DROP = 0x8,
  ET_MATCH_OURS = 0x10,    /* an alert-range code that was raised locally */
  ET_MATCH_QUIET = 0x20,   /* nothing nearby speaks of TLS: believe it less */
  ET_MATCH_NO_NAME = 0x40, /* the client sent no server_name */
  ET_MATCH_CAPITAL = 0x80  /* it begins with a capital */
};
enum { ET_MAX_MATCHES = 96 };    /* judged together */
enum { ET_NO_PATTERN = 0xffff }; /* a number outside any wording */
struct et_match {
  uint32_t at;
  uint32_t end;
  uint32_t line;
  uint32_t code;
  uint16_t pattern;
  uint8_t meaning;
  uint8_t stack;
  uint8_t side; /* 0 unknown, 1 client, 2 server, perhaps | ET_USUAL */
  uint8_t nature;
  uint8_t stage;
  uint8_t needs;
  uint8_t alert; /* 255 none */
  uint8_t value;
  uint8_t flags;
  uint8_t reserved_;
};

/* Tables (errtext_tables.c). */
uint16_t et_word_number(const uint8_t *lower, size_t len, uint32_t hash);
unsigned et_word_marks(uint16_t word);
/* ET_CONCEPT_*, 0 none. */
unsigned et_word_concept(uint16_t word);
/* The child of a node by word or slot, 0 none; node 0 is the root. */
uint16_t et_child(uint16_t node, uint16_t word);
uint16_t et_slot(unsigned slot);       /* word number of a slot */
uint16_t et_node_value(uint16_t node); /* pattern or alert + 1, 0 none */
const struct et_pattern *et_pattern_of(unsigned number);
const struct et_meaning *et_meaning_of(unsigned meaning);
/* Meaning of a code, -1 unknown. */
int et_code_meaning(unsigned family, uint32_t number);
/* side << 8 | stage of an OpenSSL function number, 0 unknown. */
unsigned et_function(unsigned number);
/* The meaning of an alert by number. */
unsigned et_alert_meaning(unsigned alert);

enum {
  ET_NUMBER,
  ET_NEGATIVE,
  ET_ENCLOSED,
  ET_CODE,
  ET_ALERT,
  ET_ANY,
  ET_ALERT_NAMES
};
/* Families of codes and kinds of values, in the order of the generator. */
enum {
  ET_SSL_OLD,
  ET_SSL_NEW,
  ET_BORINGSSL,
  ET_X509,
  ET_GNUTLS,
  ET_NSS,
  ET_MBEDTLS,
  ET_WOLFSSL,
  ET_WINDOWS,
  ET_APPLE,
  ET_CURL,
  ET_HAPROXY,
  ET_ERRNO,
  ET_CHROME,
  ET_EVENT
};
enum {
  ET_VALUE_IS_ALERT = 1,
  ET_VALUE_IS_CODE = 2,
  ET_VALUE_IS_REASON = 3,
  ET_VALUE_IS_VERSION = 4,
  ET_VALUE_IS_GUESS = 255 /* made of concepts, not a known wording */
};
/* Meanings the code asks for by name. */
enum et_known {
  ET_IS_CONTEXT,
  ET_IS_UNKNOWN_CODE,
  ET_IS_TOO_VAGUE,
  ET_IS_SECONDARY,
  ET_IS_CERT_VERIFY,
  ET_IS_ALERT_OTHER,
  ET_IS_COMPLETED,
  ET_IS_ASKED_40,
  ET_IS_ASKED_42,
  ET_IS_ASKED_50,
  ET_IS_CL_REJECTED,
  ET_IS_SV_REJECTED,
  ET_IS_EOF,
  ET_IS_EOF_HELLO,
  ET_IS_EOF_MID,
  ET_IS_RST,
  ET_IS_RST_HELLO,
  ET_IS_RST_MID,
  ET_IS_TIMEOUT,
  ET_IS_TIMEOUT_HELLO,
  ET_IS_TIMEOUT_MID,
  ET_IS_CALLBACK,
  ET_IS_SNI_ABSENT,
  ET_IS_AFTER_HANDSHAKE,
  ET_IS_ASKED_END,
  ET_IS_VERSION_CLIENT,
  ET_IS_VERSION_SERVER,
  ET_IS_OLD_RECORD,
  ET_IS_NOT_TLS_RECORD,
  ET_IS_TIMEOUT_CONNECT,
  ET_IS_VAGUE_RECEIVED,
  ET_IS_HELLO_AS_TEXT,
  ET_IS_HELLO_AS_REQUEST,
  ET_IS_HTTP_TO_TLS,
  ET_IS_PROXY_REQUEST,
  ET_IS_PROXY_UNEXPECTED,
  ET_IS_NON_TLS_CLIENT,
  ET_IS_CERT_REVOKED,
  ET_IS_CL_REVOKED,
  ET_IS_CERT_NOT_YET,
  ET_IS_CERT_EXPIRED,
  ET_IS_CL_EXPIRED,
  ET_IS_SV_EXPIRED,
  ET_IS_CERT_SELF_SIGNED,
  ET_IS_CL_UNKNOWN_CA,
  ET_IS_SV_UNKNOWN_CA,
  ET_IS_CERT_NAME,
  ET_IS_CERT_UNKNOWN_CA,
  ET_IS_CL_MISSING,
  ET_IS_NO_SHARED_CIPHER,
  ET_IS_VER_REJECT,
  ET_IS_SNI_UNKNOWN,
  ET_IS_SERVER_CERT_ABSENT
};
unsigned et_known(enum et_known which);
/* 1 for meanings that only tell how a connection ended (eof, rst, ...). */
int et_is_transport(unsigned meaning);
/* 1 for meanings that say what is wrong with a certificate. */
int et_is_certificate(unsigned meaning);

/* Matching (errtext_match.c): the longest wording that starts at tokens[0].
 * Returns the number of tokens it covers, 0 none. */
unsigned et_match(const uint8_t *text, const struct et_token *tokens,
                  unsigned num_tokens, struct et_match *found);

/* Codes (errtext_code.c). */
void et_decode(struct et_match *m);
/* A number outside any wording; 0 if it says nothing. */
int et_plain_number(const uint8_t *text, const struct et_token *t, int is_all,
                    struct et_match *found);

/* Cues beside the wordings (errtext_cues.c); 1 if *m is one. */
int et_address_cue(const uint8_t *text, size_t len, const struct et_token *t,
                   unsigned num_tokens, struct et_match *m);
int et_no_name_cue(const uint8_t *text, size_t len, const struct et_token *t,
                   struct et_match *m);

/* Bytes of TLS that a text shows (errtext_bytes.c); 1 if *m is one.  The first
 * looks at what stands between words, the second at a word of digits. */
int et_escaped_record(const uint8_t *text, size_t len, size_t from, size_t to,
                      uint32_t line, struct et_match *m);
int et_hex_cue(const uint8_t *text, size_t len, const struct et_token *t,
               struct et_match *m);

/* ET_CONCEPT_*: what a word stands for. */
#include "tables/errtext_concepts.inc"

/* What one clause has said so far (errtext_concepts.c). */
struct et_clause {
  uint32_t at;
  uint32_t end;
  uint32_t line;
  uint32_t concepts;
  uint8_t owner; /* the last side named, and how many words ago */
  uint8_t since_owner;
  uint8_t certificate_of;
  uint8_t last; /* concept of the word before */
};
void et_clause_begin(struct et_clause *c, const struct et_token *t);
int et_clause_ends(const struct et_clause *c, const struct et_token *t);
/* is_state: the word belongs to what is known to be no fault. */
void et_clause_add(struct et_clause *c, const struct et_token *t, int is_state);
/* 1 if it speaks of another protocol that shakes hands. */
int et_clause_is_foreign(const struct et_clause *c);
/* 1 if it says that all is well. */
int et_clause_is_fine(const struct et_clause *c);
/* 1 if what it says makes a fault. */
int et_clause_guess(const struct et_clause *c, struct et_match *m);

/* Judging (errtext_judge.c): matches of one text, in order, and who wrote it as
 * the caller knows (0 unknown, 1 client, 2 server). */
void et_judge(struct et_match *matches, unsigned num_matches, unsigned told);
/* Turns one judged match into a hint. */
void et_hint(const struct et_match *m, tlsdiag_hint *hint);

#endif
