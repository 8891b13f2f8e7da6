# The sources of libtlsdiag.
file(GLOB TLSDIAG_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/*.c)
