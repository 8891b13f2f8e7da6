# What every target of the project is compiled with.

if(TLSDIAG_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

add_library(tlsdiag_options INTERFACE)

if(CMAKE_C_COMPILER_ID MATCHES "GNU|Clang")
  target_compile_options(tlsdiag_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes
    -Wpointer-arith -Wcast-qual -Wwrite-strings -Wundef -Wvla)
  if(TLSDIAG_WERROR)
    target_compile_options(tlsdiag_options INTERFACE -Werror)
  endif()
endif()

if(TLSDIAG_SANITIZE)
  target_compile_options(tlsdiag_options INTERFACE
    -g -O1 -fno-omit-frame-pointer -fsanitize=${TLSDIAG_SANITIZE}
    -fno-sanitize-recover=all)
  target_link_options(tlsdiag_options INTERFACE
    -fsanitize=${TLSDIAG_SANITIZE})
endif()

# libFuzzer sees only code that is instrumented for it: fuzz/CMakeLists.txt.
if(TLSDIAG_BUILD_FUZZ AND CMAKE_C_COMPILER_ID MATCHES "Clang"
   AND NOT DEFINED ENV{LIB_FUZZING_ENGINE})
  target_compile_options(tlsdiag_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
