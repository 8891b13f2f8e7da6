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
MUTUAL_PORT=$(free_port) PASS_PORT=$(free_port)
export LOG_PORT TLS_PORT MUTUAL_PORT PASS_PORT
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
sleep 1
cat >"$work/want" <<'END'
no_shared_cipher
version_client_too_old
sni_unrecognized
server_certificate_untrusted
plain_http_to_tls_port
client_certificate_missing
client_certificate_rejected
END
causes "$work/errors.json" >"$work/got"
same_lines "$work/want" "$work/got" "JSON of the error log"
echo "seven failures named, a success silent"

echo "== TCP frontend"
s_client "$PASS_PORT" "${good[@]}"
s_client "$PASS_PORT" -noservername
s_client "$PASS_PORT" "${good[@]}" -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256
raw "$PASS_PORT" 's.sendall(b"GET / HTTP/1.0\r\n\r\n"); s.recv(999)'
raw "$PASS_PORT" 's.sendall(b"SSH-2.0-x\r\n"); s.recv(999)'
s_client "$PASS_PORT" -servername very.good.example
sleep 1
causes "$work/pass.json" >"$work/got"
cat >"$work/want" <<'END'
unknown
sni_missing
no_shared_cipher
plain_http_to_tls_port
non_tls_to_tls_port
sni_unrecognized
END
same_lines "$work/want" "$work/got" "JSON of the TCP frontend"
head -1 "$work/pass.json" | grep -q '"outcome":"incomplete"' ||
  fail "a handshake that went on is called more than incomplete"
echo "five failures named"
