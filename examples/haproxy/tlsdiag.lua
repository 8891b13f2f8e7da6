-- tlsdiag.lua: HAProxy says why TLS handshakes fail, as JSON.
--
-- Two ways, because HAProxy shows two different things:
--   a TCP frontend     lua.tlsdiag_request and lua.tlsdiag_response read the
--                      first bytes of both sides into var(txn.tlsdiag)
--   a TLS frontend     its error log goes over a ring to the service
--                      lua.tlsdiag_log, which appends JSON to TLSDIAG_LOG
local tlsdiag = require("tlsdiag_lua")

-- The JSON goes without its opening brace: the log format puts fields of its
-- own first, which also makes HAProxy wait with the line until the end.
local function set(txn, flow)
  local client = txn.f:src() .. ":" .. txn.f:src_port()
  txn:set_var("txn.tlsdiag", flow:json(client):sub(2))
end

core.register_action("tlsdiag_request", { "tcp-req" }, function(txn)
  local flow = tlsdiag.flow()
  flow:feed("client", txn.f:req_payload(0, 0) or "")
  txn:set_priv(flow)
  -- What is known if the server never answers: it closed, or was not there.
  local silent = tlsdiag.flow()
  silent:feed("client", txn.f:req_payload(0, 0) or "")
  silent:close("server", "fin")
  set(txn, silent)
end)

core.register_action("tlsdiag_response", { "tcp-res" }, function(txn)
  local flow = txn:get_priv()
  if flow then
    flow:feed("server", txn.f:res_payload(0, 0) or "")
    set(txn, flow)
    txn:set_priv(nil)
  end
end)

-- A line of the error log, as haproxy.cfg words it.
local function explain(line)
  local flow = tlsdiag.flow()
  flow:hint("server", line)
  return flow:json(line:match("client=(%S+)"))
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
