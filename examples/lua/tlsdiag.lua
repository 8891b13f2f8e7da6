-- tlsdiag.lua: libtlsdiag for LuaJIT, through its FFI.
--
--   local tlsdiag = require("tlsdiag")
--   print(tlsdiag.hello(bytes).server_name)
--   local flow = tlsdiag.flow()
--   flow:feed("client", bytes)
--   flow:close("server", "rst")
--   print(flow:verdict().cause)
--
-- The declarations are the C header itself, read at load: TLSDIAG_HEADER names
-- it, or the usual places are tried.  TLSDIAG_LIBRARY names the library.
local ffi = require("ffi")

local function read_header()
  local names = { os.getenv("TLSDIAG_HEADER") or "",
    "/usr/include/tlsdiag/tlsdiag.h", "/usr/local/include/tlsdiag/tlsdiag.h" }
  for _, name in ipairs(names) do
    local file = name ~= "" and io.open(name)
    if file then
      local text = file:read("*a")
      file:close()
      return text
    end
  end
  error("tlsdiag.h was not found: set TLSDIAG_HEADER")
end

-- What is left of the header without comments and preprocessor is what
-- ffi.cdef reads; its few numeric macros are put in by hand.
local function declare(text)
  local macros = {}
  text = text:gsub("/%*.-%*/", " "):gsub("\\\n", " ")
  for name, value in text:gmatch("#define (TLSDIAG_[%w_]+) ([%w]+)") do
    macros[name] = tonumber(value)
  end
  text = text:gsub('#ifdef __cplusplus\nextern "C" {\n#endif', "")
  text = text:gsub("#ifdef __cplusplus\n}\n#endif", "")
  text = text:gsub("#[^\n]*", ""):gsub("TLSDIAG_API", "")
  text = text:gsub("%[(TLSDIAG_[%w_]+)%]", function(name)
    return "[" .. macros[name] .. "]"
  end)
  ffi.cdef(text)
  return macros
end

local macros = declare(read_header())
local C = ffi.load(os.getenv("TLSDIAG_LIBRARY") or "libtlsdiag.so.0")
local here = macros.TLSDIAG_VERSION_NUMBER
assert(bit.rshift(C.tlsdiag_version(), 8) == bit.rshift(here, 8),
  "libtlsdiag and tlsdiag.h are of different releases")

local M = {}
local sides = { client = C.TLSDIAG_FROM_CLIENT, server = C.TLSDIAG_FROM_SERVER }
local ways = { fin = C.TLSDIAG_CLOSE_FIN, rst = C.TLSDIAG_CLOSE_RST,
  timeout = C.TLSDIAG_CLOSE_TIMEOUT, ["local"] = C.TLSDIAG_CLOSE_LOCAL }

local function text(pointer)
  return pointer ~= nil and ffi.string(pointer) or nil
end

local function view(bytes)
  return ffi.string(bytes.ptr, bytes.len)
end

local function new(name)
  local object = ffi.new(name)
  object.size = ffi.sizeof(name)
  return object
end

-- Decodes the first message of stream bytes; nil and a status name on failure.
function M.hello(stream)
  local scratch = ffi.new("uint8_t[?]", #stream)
  local msg, protocol = ffi.new("tlsdiag_bytes"), ffi.new("unsigned[1]")
  local rc = C.tlsdiag_find_handshake(stream, #stream, scratch, #stream, msg,
    nil)
  local hello, format = new("tlsdiag_client_hello"), C.TLSDIAG_FORMAT_TLS
  if rc == C.TLSDIAG_STATUS_OK then
    C.tlsdiag_recognise(stream, #stream, C.TLSDIAG_FROM_CLIENT, protocol)
    if protocol[0] == C.TLSDIAG_PROTOCOL_SSLV2 then
      format = C.TLSDIAG_FORMAT_SSLV2
    end
    rc = C.tlsdiag_client_hello_decode(msg.ptr, msg.len, format, hello, nil)
  end
  if rc ~= C.TLSDIAG_STATUS_OK then
    return nil, text(C.tlsdiag_name(C.TLSDIAG_REGISTRY_STATUS,
      ffi.cast("uint32_t", rc)))
  end
  local ja4 = ffi.new("char[37]")
  C.tlsdiag_ja4(hello, ja4, 37)
  local out = { server_name = view(hello.server_name), alpn = {},
    version_max = hello.version_max, num_suites = hello.num_cipher_suites,
    ja4 = ffi.string(ja4) }
  local it, name = ffi.new("tlsdiag_iter"), ffi.new("tlsdiag_bytes")
  C.tlsdiag_iter_init(it, hello.alpn)
  while C.tlsdiag_next_name(it, name) == 1 do
    out.alpn[#out.alpn + 1] = view(name)
  end
  return out
end

local Flow = {}
Flow.__index = Flow

function M.flow()
  local memory = ffi.new("tlsdiag_flow")
  C.tlsdiag_flow_init(memory, ffi.sizeof(memory), nil)
  return setmetatable({ memory = memory }, Flow)
end

function Flow:feed(from, bytes)
  C.tlsdiag_flow_feed(self.memory, sides[from], 0, bytes, #bytes, nil)
end

function Flow:close(from, how)
  C.tlsdiag_flow_close(self.memory, sides[from], ways[how], 0)
end

function Flow:hint(line)
  local hints, count = ffi.new("tlsdiag_hint[8]"), ffi.new("size_t[1]", 8)
  for i = 0, 7 do
    hints[i].size = ffi.sizeof("tlsdiag_hint")
  end
  C.tlsdiag_text_scan(line, #line, hints, ffi.sizeof("tlsdiag_hint"), count)
  for i = 0, math.min(tonumber(count[0]), 8) - 1 do
    C.tlsdiag_flow_hint(self.memory, hints[i], 0)
  end
end

function Flow:verdict()
  local raw, words = new("tlsdiag_verdict"), ffi.new("char[4096]")
  C.tlsdiag_classify(self.memory, raw)
  C.tlsdiag_explain(self.memory, raw, 0, words, 4096)
  local best = raw.causes[0]
  return { outcome = text(C.tlsdiag_name(C.TLSDIAG_REGISTRY_OUTCOME,
      raw.outcome)),
    cause = text(C.tlsdiag_name(C.TLSDIAG_REGISTRY_CAUSE, best.id)),
    confidence = best.confidence, text = ffi.string(words),
    advice = text(C.tlsdiag_cause_text(best.id, C.TLSDIAG_SECTION_ADVICE)) }
end

-- What LuaJIT made of a struct, for the test.
function M.layout(struct, member)
  return member and ffi.offsetof(struct, member) or ffi.sizeof(struct)
end

return M
