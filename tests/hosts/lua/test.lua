-- The LuaJIT module; run by ../lua.sh: luajit test.lua HELLO
local tlsdiag = require("tlsdiag")
local ffi = require("ffi")

local function refused(pattern, ...)
  local good, why = pcall(...)
  assert(not good and tostring(why):find(pattern), tostring(why))
end

-- the layout
assert(tlsdiag.num_places > 150, tlsdiag.num_places)
ffi.cdef("typedef struct { size_t len; const uint8_t *ptr; } swapped;"
  .. "typedef struct { uint16_t kind, field; } older;")
local check = tlsdiag.check_layout
refused("^tlsdiag_bytes%.len lies elsewhere in libtlsdiag$", check,
  { tlsdiag_bytes = { "len", "ptr" } }, { tlsdiag_bytes = "swapped" })
refused("^tlsdiag_bytes has 24 bytes here and 16 in libtlsdiag$", check,
  { tlsdiag_bytes = {} }, { tlsdiag_bytes = "tlsdiag_where" })
refused("knows no tlsdiag_gone$", check, { tlsdiag_gone = {} })
check({ tlsdiag_anomaly = { "kind", "field" } }, { tlsdiag_anomaly = "older" })

-- hellos
local file = io.open(arg[1], "rb")
local bytes = file:read("*a")
local hello = assert(tlsdiag.hello(bytes))
assert(hello.server_name == "a.example" and hello.version_max == 0x303)
assert(#hello.cipher_suites == 1 and hello.cipher_suites[1] == 0xc02b)
assert(#hello.alpn == 0 and hello.ja4:sub(1, 4) == "t12d" and not hello.fault)
local broken = bytes:sub(1, -12) .. "\127" .. bytes:sub(-10)
hello = assert(tlsdiag.hello(broken)) -- the name claims to be longer
assert(hello.fault.field == "server_name" and hello.server_name == nil)
assert(hello.cipher_suites[1] == 0xc02b)
local none, why = tlsdiag.hello("GET / HTTP/1.1")
assert(none == nil and why == "e_not_tls", why)
for size = 0, #bytes - 1 do
  none, why = tlsdiag.hello(bytes:sub(1, size))
  assert(none == nil and why, size)
end

-- a flow
local flow = tlsdiag.flow()
for i = 1, #bytes do flow:feed("client", bytes:sub(i, i)) end
assert(flow:verdict().outcome == "incomplete")
flow:feed("server", "\21\3\3\0\2\2\112", 1000)
flow:close("server", "fin", 2000)
local verdict = flow:verdict()
assert(verdict.outcome == "failed" and verdict.cause == "sni_unrecognized")
assert(verdict.party == "client" and verdict.confidence >= 50)
assert(#verdict.text > 0 and #verdict.advice > 0)
assert(table.concat(flow:observations(), "\n"):find("unrecognized_name"))
refused("no middlebox", flow.feed, flow, "middlebox", bytes)

-- texts, names, version
verdict = tlsdiag.explain("error:0A0000C1:SSL routines::no shared cipher")
assert(verdict.cause == "no_shared_cipher", verdict.cause)
assert(tlsdiag.flow():hint("the weather is fine") == 0)

-- who wrote a text decides
local function cause_by(side)
  return tlsdiag.explain("certificate has expired", side).cause
end
assert(cause_by(nil) == "server_certificate_expired", cause_by(nil))
assert(cause_by("client") == "server_certificate_expired")
assert(cause_by("server") == "client_certificate_expired", cause_by("server"))
refused("no middlebox", tlsdiag.explain, "x", "middlebox")
assert(tlsdiag.name("cipher_suite", 0x1301) == "TLS_AES_128_GCM_SHA256")
assert(tlsdiag.name("cipher_suite", 0xfafb) == nil)
assert(tlsdiag.lookup("cipher_suite", "tls_aes_128_gcm_sha256") == 0x1301)
assert(tlsdiag.lookup("cipher_suite", "no such suite") == nil)
assert(tlsdiag.version():find("^0%.1%.%d+$"))
print(tlsdiag.num_places .. " places of the layout, hellos, verdicts, names")
