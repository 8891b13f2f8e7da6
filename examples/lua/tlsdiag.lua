-- tlsdiag.lua: libtlsdiag for LuaJIT, through its FFI.
--
--   local tlsdiag = require("tlsdiag")
--   print(tlsdiag.hello(bytes).server_name)
--   local flow = tlsdiag.flow()
--   flow:feed("client", bytes)
--   flow:close("server", "rst")
--   print(flow:verdict().cause)
--   print(tlsdiag.explain("alert number 40").cause)
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

-- The structs that a C text defines and their members: { struct = { member } }.
local function structs_of(text)
  local structs = {}
  for name, body in text:gmatch("typedef struct (tlsdiag_[%w_]+) (%b{})") do
    local members = {}
    for part in body:gmatch("([^;,{}]+)[;,]") do
      members[#members + 1] = part:match("([%w_]+)%s*$") or
        part:match("([%w_]+)%s*%[[^%]]*%]%s*$")
    end
    structs[name] = members
  end
  return structs
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
  return macros, structs_of(text)
end

local macros, structs = declare(read_header())
local C = ffi.load(os.getenv("TLSDIAG_LIBRARY") or "libtlsdiag.so.0")
local here = macros.TLSDIAG_VERSION_NUMBER
assert(bit.rshift(C.tlsdiag_version(), 8) == bit.rshift(here, 8),
  "libtlsdiag and tlsdiag.h are of different releases")

local M = {}

-- Where the library has a struct or member.
local function place(name)
  local offset, size = ffi.new("uint32_t[1]"), ffi.new("uint32_t[1]")
  if C.tlsdiag_layout(name, offset, size) ~= C.TLSDIAG_STATUS_OK then
    error("libtlsdiag knows no " .. name, 0)
  end
  return offset[0], size[0]
end

-- The structs of the header must be the library's, whose own may go on behind;
-- returns how many places were compared.  `types` names other C types.
function M.check_layout(all, types)
  local count = 0
  for name, members in pairs(all) do
    local ctype = types and types[name] or name
    local _, size = place(name)
    if ffi.sizeof(ctype) > size then
      error(("%s has %d bytes here and %d in libtlsdiag"):format(name,
        ffi.sizeof(ctype), size), 0)
    end
    for _, member in ipairs(members) do
      local full = name .. "." .. member
      if ffi.offsetof(ctype, member) ~= place(full) then
        error(full .. " lies elsewhere in libtlsdiag", 0)
      end
      count = count + 1
    end
  end
  return count
end
M.num_places = M.check_layout(structs)

local sides = { client = C.TLSDIAG_FROM_CLIENT, server = C.TLSDIAG_FROM_SERVER }
local writers = { client = C.TLSDIAG_PARTY_CLIENT,
  server = C.TLSDIAG_PARTY_SERVER }
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

local function check(status)
  if status ~= C.TLSDIAG_STATUS_OK then
    error("tlsdiag: " .. text(C.tlsdiag_name(C.TLSDIAG_REGISTRY_STATUS,
      ffi.cast("uint32_t", status))), 3)
  end
end

local function registry(name)
  return C["TLSDIAG_REGISTRY_" .. name:upper()]
end

-- The name of a number: name("cipher_suite", 0x1301); nil when it has none.
function M.name(kind, value)
  return text(C.tlsdiag_name(registry(kind), value))
end

-- The number behind a name, whatever its case; nil when there is none.
function M.lookup(kind, name)
  local value = ffi.new("uint32_t[1]")
  if C.tlsdiag_name_lookup(registry(kind), name, #name, value) ==
     C.TLSDIAG_STATUS_OK then
    return value[0]
  end
end

-- The release of the library in memory.
function M.version()
  local number = C.tlsdiag_version()
  return ("%d.%d.%d"):format(bit.rshift(number, 16),
    bit.band(bit.rshift(number, 8), 255), bit.band(number, 255))
end

local function format_of(stream)
  local protocol = ffi.new("unsigned[1]")
  C.tlsdiag_recognise(stream, #stream, C.TLSDIAG_FROM_CLIENT, protocol)
  if protocol[0] == C.TLSDIAG_PROTOCOL_SSLV2 then
    return C.TLSDIAG_FORMAT_SSLV2
  elseif protocol[0] == C.TLSDIAG_PROTOCOL_DTLS then
    return C.TLSDIAG_FORMAT_DTLS
  end
  return C.TLSDIAG_FORMAT_TLS
end

local function numbers(list)
  local out, it, value = {}, ffi.new("tlsdiag_iter"), ffi.new("uint16_t[1]")
  C.tlsdiag_iter_init(it, list)
  while C.tlsdiag_next_u16(it, value) == 1 do
    out[#out + 1] = value[0]
  end
  return out
end

local function names(list)
  local out, it, name = {}, ffi.new("tlsdiag_iter"), ffi.new("tlsdiag_bytes")
  C.tlsdiag_iter_init(it, list)
  while C.tlsdiag_next_name(it, name) == 1 do
    out[#out + 1] = view(name)
  end
  return out
end

-- A hello as a table.  `fault` says where a broken one broke.
local function describe(hello, format, fault)
  local ja4 = ffi.new("char[37]")
  C.tlsdiag_ja4(hello, ja4, 37)
  return { server_name = hello.server_name.len > 0 and view(hello.server_name)
      or nil,
    alpn = names(hello.alpn), version_max = hello.version_max,
    -- those of the SSLv2 format have three bytes
    cipher_suites = format ~= C.TLSDIAG_FORMAT_SSLV2 and
      numbers(hello.cipher_suites) or {},
    groups = numbers(hello.supported_groups), ja4 = ffi.string(ja4),
    fault = fault }
end

-- Decodes the first message of stream bytes; nil and a status name on failure.
function M.hello(stream)
  local scratch = ffi.new("uint8_t[?]", #stream)
  local msg, where = ffi.new("tlsdiag_bytes"), ffi.new("tlsdiag_where")
  local hello, format = new("tlsdiag_client_hello"), format_of(stream)
  local rc = C.tlsdiag_find_handshake(stream, #stream, scratch, #stream, msg,
    nil)
  local out, fault
  if rc == C.TLSDIAG_STATUS_OK then
    rc = C.tlsdiag_client_hello_decode(msg.ptr, msg.len, format, hello, where)
    if rc == C.TLSDIAG_STATUS_E_MALFORMED then
      fault = { field = M.name("field", where.field),
        offset = tonumber(where.offset) }
      rc = C.TLSDIAG_STATUS_OK
    end
  end
  if rc == C.TLSDIAG_STATUS_OK then
    out = describe(hello, format, fault)
  end
  -- Views point into scratch: it is named behind them, to be alive till then.
  return scratch and out, rc ~= C.TLSDIAG_STATUS_OK and
    M.name("status", ffi.cast("uint32_t", rc)) or nil
end

local Flow = {}
Flow.__index = Flow

function M.flow()
  local memory = ffi.new("tlsdiag_flow")
  check(C.tlsdiag_flow_init(memory, ffi.sizeof(memory), nil))
  return setmetatable({ memory = memory }, Flow)
end

local function number(words, word)
  return words[word] or error("tlsdiag: no " .. tostring(word), 3)
end

function Flow:feed(from, bytes, time_us)
  check(C.tlsdiag_flow_feed(self.memory, number(sides, from), time_us or 0,
    bytes, #bytes, nil))
end

function Flow:close(from, how, time_us)
  check(C.tlsdiag_flow_close(self.memory, number(sides, from),
    number(ways, how), time_us or 0))
end

-- Adds what an error text says; returns how much of it was recognised.  side:
-- who wrote it, "client" or "server", where the text does not show that.
function Flow:hint(line, side)
  local told = new("tlsdiag_text_options")
  told.side = side and number(writers, side) or 0
  local hints, count = ffi.new("tlsdiag_hint[8]"), ffi.new("size_t[1]", 8)
  for i = 0, 7 do
    hints[i].size = ffi.sizeof("tlsdiag_hint")
  end
  check(C.tlsdiag_text_scan_with(line, #line, told, hints,
    ffi.sizeof("tlsdiag_hint"), count))
  local found = math.min(tonumber(count[0]), 8)
  for i = 0, found - 1 do
    check(C.tlsdiag_flow_hint(self.memory, hints[i], 0))
  end
  return found
end

-- All that was learnt, in words, in order.
function Flow:observations()
  local out, one, words = {}, new("tlsdiag_observation"), ffi.new("char[1024]")
  while C.tlsdiag_flow_observation(self.memory, #out, one) ==
        C.TLSDIAG_STATUS_OK do
    C.tlsdiag_observation_text(one, words, 1024)
    out[#out + 1] = ffi.string(words)
  end
  return out
end

function Flow:verdict()
  local raw, words = new("tlsdiag_verdict"), ffi.new("char[4096]")
  check(C.tlsdiag_classify(self.memory, raw))
  C.tlsdiag_explain(self.memory, raw, 0, words, 4096)
  local best = raw.causes[0]
  return { outcome = M.name("outcome", raw.outcome),
    cause = M.name("cause", best.id), party = M.name("party", best.party),
    confidence = best.confidence, text = ffi.string(words),
    advice = text(C.tlsdiag_cause_text(best.id, C.TLSDIAG_SECTION_ADVICE)) }
end

-- Why, from an error text alone.
function M.explain(line, side)
  local flow = M.flow()
  flow:hint(line, side)
  return flow:verdict()
end

return M
