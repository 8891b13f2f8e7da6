/* extension_bodies.h: a reader for each structure in an extension (internal).
 *
 * Each reads one body, puts a view of it or a number where the row says, and
 * leaves in *body what is behind the structure. */
#ifndef TLSDIAG_LIB_EXTENSION_BODIES_H
#define TLSDIAG_LIB_EXTENSION_BODIES_H

#include "hello.h"

/* Where the row's view goes; the library's own struct, so it is aligned. */
static inline void *row_place(struct hello *h, const struct extension_row *row)
{
  return (uint8_t *)h->out + row->view;
}

static inline tlsdiag_bytes *row_view(struct hello *h,
                                      const struct extension_row *row)
{
  return (tlsdiag_bytes *)row_place(h, row);
}

typedef void extension_reader(struct hello *h, const struct extension_row *row,
                              struct reader *body);

extension_reader read_u16_list;
extension_reader read_u8_list;
extension_reader read_names;
extension_reader read_alpn_choice;
extension_reader read_authorities;
extension_reader read_server_name;
extension_reader read_u16_value;
extension_reader read_vector8;
extension_reader read_vector16;
extension_reader read_padding;
extension_reader read_max_fragment_length;
extension_reader read_status_request;
extension_reader read_use_srtp;
extension_reader read_versions_offer;
extension_reader read_key_shares;
extension_reader read_key_share;
extension_reader read_psk_offer;
extension_reader read_transport_parameters;
extension_reader read_ech_offer;

#endif
