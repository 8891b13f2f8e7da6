# Finds libpcap: PCAP_FOUND and the imported target tlsdiag_pcap.
find_path(PCAP_INCLUDE_DIR pcap/pcap.h)
find_library(PCAP_LIBRARY pcap)
mark_as_advanced(PCAP_INCLUDE_DIR PCAP_LIBRARY)

if(PCAP_INCLUDE_DIR AND PCAP_LIBRARY)
  set(PCAP_FOUND ON)
  if(NOT TARGET tlsdiag_pcap)
    add_library(tlsdiag_pcap INTERFACE IMPORTED GLOBAL)
    set_target_properties(tlsdiag_pcap PROPERTIES
      INTERFACE_INCLUDE_DIRECTORIES ${PCAP_INCLUDE_DIR}
      INTERFACE_LINK_LIBRARIES ${PCAP_LIBRARY})
  endif()
else()
  set(PCAP_FOUND OFF)
endif()
