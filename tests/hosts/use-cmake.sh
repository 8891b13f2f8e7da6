#!/usr/bin/env bash
# CMake consumers: find_package of an installed and moved tree (C, C++, shared,
# static), the version check, the adapter's own package, add_subdirectory and
# FetchContent of a directory and of an archive.
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

# asks_for VERSION: a consumer that wants that version, configured.
asks_for()
{
  local from=$work/asks/$1
  mkdir -p "$from"
  cat >"$from/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.19)
project(consumer LANGUAGES C)
find_package(tlsdiag $1 REQUIRED)
END
  cmake -S "$from" -B "$from/build" -DCMAKE_PREFIX_PATH="$work/moved" \
    >"$work/log" 2>&1
}

version=$(sed -n 's/^#define TLSDIAG_VERSION_[MP][A-Z]* //p' \
  "$top/include/tlsdiag/tlsdiag.h" | paste -sd.)
for good in 0.1 "$version" "$version EXACT" 0.1...0.1.9; do
  asks_for "$good" || { cat "$work/log"; fail "version $good is not found"; }
done
for bad in 9.0 0.0 0.2 0.1.9 "0.1.1 EXACT" 0.2...1.0; do
  asks_for "$bad" && fail "version $bad was found"
  grep -q 'not accepted\|compatible\|requested' "$work/log" ||
    fail "no word of the version"
done
echo "find_package: versions that fit are found, others are refused"

for standard in 17 20; do
  build_consumer "$consumers/find_package" -DCMAKE_PREFIX_PATH="$work/moved" \
    -DCMAKE_CXX_STANDARD=$standard -DCMAKE_CXX_EXTENSIONS=OFF \
    -DCMAKE_CXX_FLAGS="-fno-exceptions -fno-rtti -Wall -Wextra -Wpedantic \
-Wconversion -Wshadow -Werror" || { cat "$work/log"; fail "C++$standard"; }
  "$work/find_package/why" <"$consumers/hello.bin" | diff "$work/why" - ||
    fail "C++$standard answers otherwise"
done
echo "find_package: C++17 and C++20 without exceptions, without a warning"

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
# A release as it would be fetched: an archive with its hash, here from a file.
tar -C "$top" -czf "$work/release.tar.gz" --exclude=./build --exclude=./.git \
  --transform 's,^\.,tlsdiag-release,' .
mkdir "$work/archive"
cat >"$work/archive/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.16)
project(consumer LANGUAGES C)
include(FetchContent)
FetchContent_Declare(tlsdiag URL file://$work/release.tar.gz
  URL_HASH SHA256=$(sha256sum "$work/release.tar.gz" | cut -d' ' -f1))
FetchContent_MakeAvailable(tlsdiag)
add_executable(name $consumers/name.c)
target_link_libraries(name PRIVATE tlsdiag::tlsdiag)
END
mkdir "$work/fetched"
cmake -S "$work/archive" -B "$work/fetched" >"$work/log" 2>&1 &&
  cmake --build "$work/fetched" -j2 >>"$work/log" 2>&1 ||
  { cat "$work/log"; fail "FetchContent of an archive"; }
says_name "$work/fetched/name"
find "$work/fetched" -name 'tlsdiag' -type f -perm -1 | grep -q . &&
  fail "a consumer builds the tool"
echo "add_subdirectory, FetchContent of a directory and of an archive"
