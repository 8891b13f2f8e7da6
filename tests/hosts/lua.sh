#!/usr/bin/env bash
# The LuaJIT module: the check of the layout, hellos, verdicts.
. "$(dirname "$0")/kit.sh"
need luajit
export TLSDIAG_HEADER=$top/include/tlsdiag/tlsdiag.h
export TLSDIAG_LIBRARY=$build/libtlsdiag.so LUA_PATH="$top/examples/lua/?.lua"
luajit "$top/tests/hosts/lua/test.lua" "$top/examples/consumers/hello.bin"

moved_library "$work/moved.so"
TLSDIAG_LIBRARY=$work/moved.so luajit -e 'require("tlsdiag")' 2>"$work/err" &&
  fail "a library with another layout was loaded"
grep -q 'tlsdiag_verdict.* lies elsewhere' "$work/err" ||
  fail "no word of the struct: $(cat "$work/err")"
echo "a library with another layout is refused"
