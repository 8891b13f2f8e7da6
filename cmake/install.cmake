# cmake --install: header, libraries, CMake package, tlsdiag.pc, tool.
include(CMakePackageConfigHelpers)

install(FILES include/tlsdiag/tlsdiag.h
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/tlsdiag)
install(TARGETS tlsdiag_static EXPORT tlsdiag
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET tlsdiag_shared)
  install(TARGETS tlsdiag_shared EXPORT tlsdiag
          LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
          ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
          RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
if(TARGET tlsdiag_cli)
  install(TARGETS tlsdiag_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(FILES examples/cli/tlsdiag.1
          DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()

set(TLSDIAG_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/tlsdiag)
install(EXPORT tlsdiag NAMESPACE tlsdiag:: FILE tlsdiagTargets.cmake
        DESTINATION ${TLSDIAG_CMAKE_DIR})
configure_package_config_file(cmake/tlsdiagConfig.cmake.in
                              ${PROJECT_BINARY_DIR}/tlsdiagConfig.cmake
                              INSTALL_DESTINATION ${TLSDIAG_CMAKE_DIR})
# Before 1.0 a new minor release may break its users.
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/tlsdiagConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tlsdiagConfig.cmake
              ${PROJECT_BINARY_DIR}/tlsdiagConfigVersion.cmake
        DESTINATION ${TLSDIAG_CMAKE_DIR})

# The .pc file finds its prefix from where it lies, so that an installed tree
# may be moved.
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(TLSDIAG_PC_PREFIX ${CMAKE_INSTALL_PREFIX})
  set(TLSDIAG_PC_LIBDIR ${CMAKE_INSTALL_LIBDIR})
else()
  file(RELATIVE_PATH TLSDIAG_PC_UP
       /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
  string(REGEX REPLACE "/$" "" TLSDIAG_PC_UP "${TLSDIAG_PC_UP}")
  set(TLSDIAG_PC_PREFIX "\${pcfiledir}/${TLSDIAG_PC_UP}")
  set(TLSDIAG_PC_LIBDIR "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
endif()
configure_file(tlsdiag.pc.in ${PROJECT_BINARY_DIR}/tlsdiag.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/tlsdiag.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
