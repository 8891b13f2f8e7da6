# libtlsdiag, static and shared.  Needs a C99 compiler and nothing else.

# The library calls memcpy, memmove, memset and memcmp only, so it may be
# compiled -ffreestanding as well: tests/objects/run does.
function(tlsdiag_library target)
  target_include_directories(${target}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
           $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${PROJECT_SOURCE_DIR}/lib)
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:tlsdiag_options>)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME tlsdiag
    C_STANDARD 99
    C_STANDARD_REQUIRED ON
    C_EXTENSIONS OFF
    C_VISIBILITY_PRESET hidden
    ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endfunction()

add_library(tlsdiag_static STATIC ${TLSDIAG_SOURCES})
tlsdiag_library(tlsdiag_static)
# A shared library of somebody else may hold it.
set_target_properties(tlsdiag_static PROPERTIES
                      EXPORT_NAME static POSITION_INDEPENDENT_CODE ON)
add_library(tlsdiag::static ALIAS tlsdiag_static)

if(TLSDIAG_BUILD_SHARED)
  add_library(tlsdiag_shared SHARED ${TLSDIAG_SOURCES})
  tlsdiag_library(tlsdiag_shared)
  set_target_properties(tlsdiag_shared PROPERTIES
                        EXPORT_NAME tlsdiag
                        VERSION ${PROJECT_VERSION}
                        SOVERSION ${TLSDIAG_ABI})
  target_compile_definitions(tlsdiag_shared INTERFACE TLSDIAG_SHARED)
  if(UNIX AND NOT APPLE)
    set(TLSDIAG_MAP ${PROJECT_SOURCE_DIR}/lib/tlsdiag.map)
    target_link_options(tlsdiag_shared PRIVATE
                        -Wl,--version-script=${TLSDIAG_MAP})
    if(NOT TLSDIAG_SANITIZE)
      target_link_options(tlsdiag_shared PRIVATE -Wl,-z,defs)
    endif()
    set_target_properties(tlsdiag_shared PROPERTIES
                          LINK_DEPENDS ${TLSDIAG_MAP})
  endif()
  add_library(tlsdiag::tlsdiag ALIAS tlsdiag_shared)
else()
  add_library(tlsdiag::tlsdiag ALIAS tlsdiag_static)
endif()
