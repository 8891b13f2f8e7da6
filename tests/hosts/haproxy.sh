#!/usr/bin/env bash
# HAProxy with the Lua module: a TLS frontend whose error log ends in JSON, and a
# TCP frontend judged by its bytes; failures by real clients.
. "$(dirname "$0")/kit.sh"
. "$(dirname "$0")/pki.sh"
need haproxy openssl python3 pkg-config
pkg-config --exists lua5.3 || skip "no Lua headers (liblua5.3-dev)"
haproxy -vv | grep 'Lua 5.3' >/dev/null || skip "this haproxy has another Lua"

read -ra lua <<<"$(pkg-config --cflags lua5.3)"
"$cc" -std=gnu99 "${cflags[@]}" -fPIC -shared "${lua[@]}" \
  -I"$top/examples/hosts" "$top/examples/haproxy/tlsdiag_lua.c" \
  "$top/examples/hosts/verdict_json.c" "$build/libtlsdiag.a" \
  -o "$work/tlsdiag_lua.so"
make_pki "$work/pki"
cat "$work/pki/good.example.pem" "$work/pki/good.example.key" >"$work/cert.pem"
export TLSDIAG_DIR=$work TLSDIAG_LUA=$top/examples/haproxy/tlsdiag.lua
export TLSDIAG_LOG=$work/errors.json CERT=$work/cert.pem CA=$work/pki/ca.pem
LOG_PORT=$(free_port) TLS_PORT=$(free_port)
MUTUAL_PORT=$(free_port) PASS_PORT=$(free_port) BEHIND_PORT=$(free_port)
export LOG_PORT TLS_PORT MUTUAL_PORT PASS_PORT BEHIND_PORT
haproxy -c -q -f "$top/examples/haproxy/haproxy.cfg" ||
  fail "haproxy does not take the configuration"
haproxy -db -f "$top/examples/haproxy/haproxy.cfg" >"$work/pass.json" \
  2>"$work/err" &
pids+=($!)
wait_port "$TLS_PORT"
sleep 1 # the ring connects
good=(-servername good.example -CAfile "$work/pki/ca.pem")

causes()
{
  python3 -c 'import json, sys
for line in open(sys.argv[1]):
    if line.startswith("{"):
        print(json.loads(line)["cause"])' "$1"
}

echo "== TLS frontend"
rm -f "$work/errors.json"
s_client "$TLS_PORT" "${good[@]}"
s_client "$TLS_PORT" "${good[@]}" -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256
s_client "$TLS_PORT" "${good[@]}" -tls1_1 -cipher DEFAULT@SECLEVEL=0
s_client "$TLS_PORT" -servername bad.example
s_client "$TLS_PORT" -servername good.example -verify_return_error
raw "$TLS_PORT" 's.sendall(b"GET / HTTP/1.0\r\n\r\n"); s.recv(999)'
s_client "$MUTUAL_PORT" "${good[@]}" -tls1_2
s_client "$MUTUAL_PORT" "${good[@]}" -cert "$work/pki/stranger.pem" \
  -key "$work/pki/stranger.key"
raw "$TLS_PORT" 's.settimeout(9); s.sendall(hello("good.example", "c02c"))
while s.recv(9999): pass'
s_client "$TLS_PORT" "${good[@]}" -tls1_3 -curves X448
raw "$TLS_PORT" 's.sendall(b"SSH-2.0-x\r\n"); s.recv(999)'
s_client "$TLS_PORT" -servername 'no shared cipher'
sleep 1
cat >"$work/want" <<'END'
no_shared_cipher
version_client_too_old
sni_unrecognized
server_certificate_untrusted
plain_http_to_tls_port
client_certificate_missing
client_certificate_rejected
handshake_timeout
no_shared_group
non_tls_to_tls_port
sni_unrecognized
END
causes "$work/errors.json" >"$work/got"
same_lines "$work/want" "$work/got" "JSON of the error log"
python3 - "$work/errors.json" <<'END' || fail "the names in the error log"
import json, sys
names = [json.loads(line)["sni"] for line in open(sys.argv[1])]
assert names[0] == "good.example" and names[2] == "bad.example", names
assert names[4] is None and "no shared cipher" in names[10], names
END
echo "eleven failures named, a success silent; a name that words an error is a name"

echo "== TCP frontend"
background python3 "$top/tests/hosts/behind.py" "$BEHIND_PORT"
wait_port "$BEHIND_PORT"
s_client "$PASS_PORT" "${good[@]}"
s_client "$PASS_PORT" -noservername
s_client "$PASS_PORT" "${good[@]}" -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256
raw "$PASS_PORT" 's.sendall(b"GET / HTTP/1.0\r\n\r\n"); s.recv(999)'
raw "$PASS_PORT" 's.sendall(b"SSH-2.0-x\r\n"); s.recv(999)'
s_client "$PASS_PORT" -servername very.good.example
# What comes after the server's first bytes: its certificate, alerts of both
# sides, how either side closed.
s_client "$PASS_PORT" "${good[@]}" -tls1_2
s_client "$PASS_PORT" -servername good.example -verify_return_error -tls1_2
s_client "$PASS_PORT" -servername good.example -verify_return_error -tls1_3
raw "$PASS_PORT" 's.sendall(hello("good.example", "c02c")); s.recv(9); time.sleep(0.2)
s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); s.close()'
for _ in fin rst silent alert; do
  raw "$PASS_PORT" 's.settimeout(9); s.sendall(hello("behind.example")); s.recv(999)'
done
raw "$PASS_PORT" 'h = hello("good.example")
for i in range(len(h)): s.sendall(h[i:i+1]); time.sleep(0.005)
s.recv(999)'
raw "$PASS_PORT" 's.settimeout(9); s.sendall(hello("good.example")[:20]); s.recv(999)'
raw "$PASS_PORT" 's.settimeout(9); s.recv(999)'
sleep 1
causes "$work/pass.json" >"$work/got"
cat >"$work/want" <<'END'
none
sni_missing
no_shared_cipher
plain_http_to_tls_port
non_tls_to_tls_port
sni_unrecognized
none
server_certificate_untrusted
server_certificate_untrusted
client_aborted
closed_after_client_hello
reset_after_client_hello
no_response_to_client_hello
no_shared_cipher
no_shared_cipher
handshake_timeout
connection_probe
END
same_lines "$work/want" "$work/got" "JSON of the TCP frontend"
grep -q 'Lua filter' "$work/err" && fail "the filter: $(head -1 "$work/err")"
echo "fifteen failures and probes named, two successes told as such"

# What passes is not touched, also when it is no longer looked at.
head -c 20000000 /dev/urandom >"$work/bulk"
(cd "$work" && exec openssl s_server -accept "127.0.0.1:$BEHIND_PORT" -WWW \
  -quiet -cert pki/good.example.pem -key pki/good.example.key) \
  >/dev/null 2>&1 &
pids+=($!)
wait_port "$BEHIND_PORT"
{ printf 'GET /bulk HTTP/1.0\r\n\r\n'; sleep 3; } |
  timeout 20 openssl s_client -connect "127.0.0.1:$PASS_PORT" -quiet \
    -servername behind.example 2>/dev/null >"$work/bulk.got" || true
tail -c 20000000 "$work/bulk.got" | cmp - "$work/bulk" || fail "20 MB changed"
for _ in $(seq 50); do
  [ "$(causes "$work/pass.json" | tail -1)" = none ] && break
  sleep 0.1
done
[ "$(causes "$work/pass.json" | tail -1)" = none ] || fail "no verdict on 20 MB"
echo "20 MB pass unchanged"
valid_lines "$work/errors.json" "$work/pass.json"
