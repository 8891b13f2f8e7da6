#!/usr/bin/env bash
# The LuaJIT module: layout of every struct, hello, verdicts.
. "$(dirname "$0")/kit.sh"
need luajit python3
export TLSDIAG_HEADER=$top/include/tlsdiag/tlsdiag.h
export TLSDIAG_LIBRARY=$build/libtlsdiag.so LUA_PATH="$top/examples/lua/?.lua"
# The layout as Lua statements.
python3 - "$top/examples/bindings/layout.json" >"$work/layout.lua" <<'END'
import json, sys
for name, entry in json.load(open(sys.argv[1])).items():
    print(f'same("{name}", nil, {entry["size"]})')
    for member, (offset, _) in entry["members"].items():
        print(f'same("{name}", "{member}", {offset})')
END
cat >"$work/test.lua" <<'END'
local tlsdiag = require("tlsdiag")
local checks = 0
function same(struct, member, want)
  local got = tlsdiag.layout(struct, member)
  assert(got == want, struct .. "." .. (member or "size") .. ": " .. got)
  checks = checks + 1
end
dofile(arg[1])
local file = io.open(arg[2], "rb")
local bytes = file:read("*a")
local hello = assert(tlsdiag.hello(bytes))
assert(hello.server_name == "a.example" and hello.version_max == 0x303)
assert(hello.num_suites == 1 and hello.ja4:sub(1, 4) == "t12d")
local none, why = tlsdiag.hello("GET / HTTP/1.1")
assert(none == nil and why == "e_not_tls", why)
local flow = tlsdiag.flow()
for i = 1, #bytes do flow:feed("client", bytes:sub(i, i)) end
flow:feed("server", "\21\3\3\0\2\2\112")
flow:close("server", "fin")
local verdict = flow:verdict()
assert(verdict.outcome == "failed" and verdict.cause == "sni_unrecognized")
assert(verdict.confidence >= 50 and #verdict.text > 0 and #verdict.advice > 0)
flow = tlsdiag.flow()
flow:hint("error:0A0000C1:SSL routines::no shared cipher")
assert(flow:verdict().cause == "no_shared_cipher")
print(checks .. " places of the layout, a hello, two verdicts")
END
luajit "$work/test.lua" "$work/layout.lua" "$top/examples/consumers/hello.bin"
