#!/usr/bin/env bash
# CMake consumers: find_package of an installed and moved tree (C, C++, shared,
# static), the version check, the adapter's own package, add_subdirectory and
# FetchContent.
. "$(dirname "$0")/kit.sh"
need cmake c++

consumers=$top/examples/consumers

# build_consumer DIRECTORY CMAKE-OPTIONS...
build_consumer()
{
  local from=$1
  shift
  cmake -S "$from" -B "$work/$(basename "$from")" "$@" >"$work/log" 2>&1 &&
    cmake --build "$work/$(basename "$from")" -j2 >>"$work/log" 2>&1
}

# says_name PROGRAM
says_name()
{
  [ "$("$1" <"$consumers/hello.bin")" = a.example ] ||
    fail "$1 does not print the name"
}

cmake --install "$build" --prefix "$work/there" >/dev/null
mv "$work/there" "$work/moved"
build_consumer "$consumers/find_package" -DCMAKE_PREFIX_PATH="$work/moved" ||
  { cat "$work/log"; fail "find_package"; }
says_name "$work/find_package/name"
says_name "$work/find_package/name_static"
"$work/find_package/why" <"$consumers/hello.bin" | tee "$work/why" >/dev/null
grep -q '^reset_after_client_hello$' "$work/why" || fail "why: $(cat "$work/why")"
echo "find_package: moved tree, shared, static, C++"

sed 's/tlsdiag 0.1/tlsdiag 9.0/' "$consumers/find_package/CMakeLists.txt" \
  >"$work/CMakeLists.txt"
mkdir "$work/newer" && mv "$work/CMakeLists.txt" "$work/newer/"
build_consumer "$work/newer" -DCMAKE_PREFIX_PATH="$work/moved" &&
  fail "version 9.0 was found"
grep -q 'not accepted\|compatible' "$work/log" || fail "no word of the version"
echo "find_package: a version that is not there is refused"

if [ -e "$build/libtlsdiag-openssl.a" ]; then
  mkdir "$work/adapter"
  cat >"$work/adapter/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.16)
project(consumer LANGUAGES C)
find_package(tlsdiag-openssl 0.1 REQUIRED)
add_executable(server $top/examples/openssl/server.c)
target_link_libraries(server PRIVATE tlsdiag::openssl)
END
  build_consumer "$work/adapter" -DCMAKE_PREFIX_PATH="$work/moved" ||
    { cat "$work/log"; fail "find_package(tlsdiag-openssl)"; }
  echo "find_package: the OpenSSL adapter"
fi

build_consumer "$consumers/add_subdirectory" ||
  { cat "$work/log"; fail "add_subdirectory"; }
says_name "$work/add_subdirectory/name"
build_consumer "$consumers/fetchcontent" ||
  { cat "$work/log"; fail "FetchContent"; }
says_name "$work/fetchcontent/name"
echo "add_subdirectory, FetchContent"
