/* extension_bodies.h: a reader for each structure in an extension (internal).
 *
 * Each reads one body, writes a view of it or a number, and leaves in *body
 * what is behind the structure.  `field` names the extension in faults. */
#ifndef TLSDIAG_LIB_EXTENSION_BODIES_H
#define TLSDIAG_LIB_EXTENSION_BODIES_H

#include "hello.h"

void read_u16_list(struct hello *h, struct reader *body, tlsdiag_bytes *view,
                   unsigned prefix, unsigned field);
void read_u8_list(struct hello *h, struct reader *body, tlsdiag_bytes *view,
                  unsigned field);
void read_names(struct hello *h, struct reader *body, tlsdiag_bytes *view,
                unsigned field);
void read_alpn_choice(struct hello *h, struct reader *body,
                      tlsdiag_bytes *view);
void read_authorities(struct hello *h, struct reader *body,
                      tlsdiag_bytes *view);
void read_server_name(struct hello *h, struct reader *body,
                      tlsdiag_bytes *view);
void read_u16_value(struct reader *body, uint16_t *number, unsigned field);
void read_vector16(struct hello *h, struct reader *body, tlsdiag_bytes *view,
                   unsigned field);
void read_padding(struct hello *h, struct reader *body);
void read_max_fragment_length(struct hello *h, struct reader *body);
void read_status_request(struct reader *body, tlsdiag_bytes *view);
void read_use_srtp(struct hello *h, struct reader *body);
void read_versions_offer(struct hello *h, struct reader *body,
                         tlsdiag_bytes *view);
void read_key_shares(struct hello *h, struct reader *body, tlsdiag_bytes *view);
void read_key_share(struct hello *h, struct reader *body, tlsdiag_bytes *view);
void read_psk_offer(struct hello *h, struct reader *body, tlsdiag_bytes *view);
void read_transport_parameters(struct reader *body, tlsdiag_bytes *view);
void read_ech_offer(struct reader *body, tlsdiag_bytes *view);

#endif
