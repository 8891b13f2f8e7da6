-- tlsdiag.lua: HAProxy says why TLS handshakes fail, as JSON.
--
-- Two ways, because HAProxy shows two different things:
--   a TCP frontend     `filter lua.tlsdiag` sees the bytes of both sides to the
--                      end and leaves the verdict in var(txn.tlsdiag)
--   a TLS frontend     its error log goes over a ring to the service
--                      lua.tlsdiag_log, which appends JSON to TLSDIAG_LOG
local tlsdiag = require("tlsdiag_lua")

-- A completed handshake is not looked at for longer.
local ENOUGH = 65536
-- Microseconds, less than any inspect-delay.
local WAITED = 1000000

-- -- a TCP frontend -------------------------------------------------------

local Watch = { id = "tlsdiag" }
Watch.__index = Watch

function Watch:new()
  return setmetatable({ flow = tlsdiag.flow(), seen = 0, open = {},
    began = tlsdiag.now() }, Watch)
end

local function side_of(chn)
  return chn:is_resp() and "server" or "client"
end

function Watch:start_analyze(txn, chn)
  self.client = self.client or txn.f:src() .. ":" .. txn.f:src_port()
  self.connected = self.connected or chn:is_resp()
  filter.register_data_filter(self, chn)
end

function Watch:look(side, bytes, at)
  if bytes and #bytes > 0 then
    self.flow:feed(side, bytes, at)
    self.seen = self.seen + #bytes
    self.last = side
  end
end

-- Is called for bytes and, once more, for the end of them.
function Watch:tcp_payload(txn, chn)
  local side = side_of(chn)
  self:look(side, chn:data())
  if not chn:may_recv() and not self.closed then
    self.flow:close(side, "fin")
    self.closed = true
  end
  if self.seen > ENOUGH and self.flow:verdict() == "completed" then
    filter.unregister_data_filter(self, chn)
  end
end

-- How it ended if no side closed in order.  HAProxy leaves the side that did
-- not break able to receive; when it gave up waiting, neither is.
function Watch:broken()
  local client, server = self.open.client, self.open.server
  if client == server then
    return self.last == "client" and "server" or "client", "timeout"
  end
  return client and "server" or "client", "rst"
end

-- Is called for each side, but for the client alone if a rule refused it.  The
-- JSON goes without its opening brace: the log format puts fields of its own
-- first, which also makes HAProxy wait with the line until the end.
function Watch:end_analyze(txn, chn)
  self.open[side_of(chn)] = chn:may_recv()
  if self.connected then
    if self.open.client == nil or self.open.server == nil then
      return
    elseif not self.closed then
      self.flow:close(self:broken())
    end
  elseif not self.closed then -- refused, or no server was there
    if self.seen == 0 then
      self:look("client", txn.f:req_payload(0, 0), self.began)
    end
    -- Refused at once it said what is wrong, later it was waited for.
    if tlsdiag.now() - self.began < WAITED then
      self.flow:close("server", "fin")
    else
      self.flow:close("client", "timeout")
    end
    self.closed = true
  end
  txn:set_var("txn.tlsdiag", self.flow:json(self.client):sub(2))
end

core.register_filter("tlsdiag", Watch, function(watch)
  return watch
end)

-- -- a TLS frontend -------------------------------------------------------

-- A line of the error log, as haproxy.cfg words it.  The name is in hex, and
-- taken out before the rest is read: it is what a client likes to say.
local function explain(line)
  local flow = tlsdiag.flow()
  local hex = line:match("sni=(%x*)")
  local name = hex and hex:gsub("%x%x", function(digits)
    return string.char(tonumber(digits, 16))
  end)
  flow:hint("server", (line:gsub("sni=%x*", "")))
  return flow:json(line:match("client=(%S+)"), nil, name)
end

core.register_service("tlsdiag_log", "tcp", function(applet)
  while true do
    local line = applet:getline()
    if not line or line == "" then
      return
    end
    if line:find("tls_error", 1, true) then
      local out = io.open(os.getenv("TLSDIAG_LOG"), "a")
      out:write(explain(line), "\n")
      out:close()
    end
  end
end)
