/* record.h: what a TLS record looks like (internal). */
#ifndef TLSDIAG_LIB_RECORD_H
#define TLSDIAG_LIB_RECORD_H

#include "reader.h"

#define RECORD_HEADER 5
#define RECORD_MAX_PLAIN 16384  /* RFC 8446 section 5.1 */
#define RECORD_MAX_CIPHER 18432 /* RFC 5246 section 6.2.3 */

/* record_is_wrong is 1 if no TLS record can begin with the bytes that are
 * there, however few.  Any minor version of major version 3 is one, 0x0101 is
 * TLCP, and a record of another version is one while it holds a hello. */
int record_is_wrong(struct reader r);

/* dtls_is_wrong is the same for a DTLS record, its version included. */
int dtls_is_wrong(struct reader r);

/* sslv2_is_wrong is the same for an SSLv2-format CLIENT-HELLO: the lengths in
 * it must add up. */
int sslv2_is_wrong(struct reader r);

/* sslv2_answer_is_wrong is the same for an SSLv2 SERVER-HELLO. */
int sslv2_answer_is_wrong(struct reader r);

/* handshake_type_is_known is 1 for the handshake types in use. */
int handshake_type_is_known(unsigned type);

#endif
