# The sources of libtlsdiag.
set(TLSDIAG_SOURCE_NAMES
  attempt.c
  catalogue.c
  causes.c
  certificate.c
  classify.c
  client_hello.c
  der.c
  diff.c
  errtext.c
  errtext_bytes.c
  errtext_code.c
  errtext_concepts.c
  errtext_cues.c
  errtext_hint.c
  errtext_join.c
  errtext_judge.c
  errtext_match.c
  errtext_sides.c
  errtext_tables.c
  errtext_words.c
  explain.c
  explain_policy.c
  extension_bodies.c
  extensions.c
  facts.c
  facts_hello.c
  facts_shape.c
  first_bytes.c
  flow.c
  flow_dtls.c
  flow_first.c
  flow_gather.c
  flow_hello.c
  flow_hint.c
  flow_message.c
  flow_offer.c
  flow_prologue.c
  flow_server_hello.c
  flow_socks.c
  flow_starttls.c
  flow_tcp.c
  hello.c
  iterate.c
  ja3.c
  ja4.c
  key_exchange.c
  key_shares.c
  layout.c
  md5.c
  names.c
  observation_text.c
  observe.c
  oid.c
  patterns.c
  predict.c
  record.c
  record_looks.c
  rules.c
  server_hello.c
  sha256.c
  sight.c
  sslv2_hello.c
  suites.c
  text.c
  track.c
  tracker.c
  traits.c
  traits_attempt.c
  trigger.c
  values.c
  x509.c
  x509_ext.c)

set(TLSDIAG_SOURCES ${TLSDIAG_SOURCE_NAMES})
list(TRANSFORM TLSDIAG_SOURCES PREPEND ${PROJECT_SOURCE_DIR}/lib/)

# A file that is not listed is easier to see here than in a linker's message.
file(GLOB tlsdiag_found RELATIVE ${PROJECT_SOURCE_DIR}/lib
     CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/*.c)
list(REMOVE_ITEM tlsdiag_found ${TLSDIAG_SOURCE_NAMES})
if(tlsdiag_found)
  message(WARNING "tlsdiag: not listed in cmake/sources.cmake: ${tlsdiag_found}")
endif()
