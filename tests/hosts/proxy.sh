#!/usr/bin/env bash
# The SNI-routing proxy under the sanitizers: routes by name and protocol;
# split, giant and slow hellos; half closes, resets, a server that does not
# read; IPv6; an orderly end; and what died is named.  Its load test is
# tests/bench/proxy_test.sh.
. "$(dirname "$0")/kit.sh"
. "$(dirname "$0")/pki.sh"
. "$(dirname "$0")/proxy/kit.sh"
need openssl python3

[ "$(wc -l <"$top/examples/proxy/sni_proxy.c")" -le 400 ] ||
  fail "sni_proxy.c is longer than 400 lines"
build_proxy "$work/proxy" "${checked[@]}"
make_pki "$work/pki"
one=$(free_port) two=$(free_port) nowhere=$(free_port)
serve()
{
  background openssl s_server -accept "127.0.0.1:$1" -www -quiet \
    -cert "$work/pki/good.example.pem" -key "$work/pki/good.example.key" \
    "${@:2}" >/dev/null 2>&1
}
serve "$one" -tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384
serve "$two"
start_proxy "$work/proxy" main 0 "good.example=127.0.0.1:$one" \
  "*.two.example=127.0.0.1:$two" "any.example/special=127.0.0.1:$two" \
  "gone.example=127.0.0.1:$nowhere"
main=$proxy
wait_port "$one"
wait_port "$two"

# version NAME OPTIONS...: what a client gets to speak through the proxy.
version()
{
  timeout 10 openssl s_client -connect "127.0.0.1:$port" -servername "$@" \
    </dev/null 2>/dev/null | sed -n 's/^New, \([^,]*\),.*/\1/p'
}
[ "$(version good.example)" = TLSv1.2 ] || fail "good.example is not server one"
[ "$(version a.two.example)" = TLSv1.3 ] || fail "*.two.example is not server two"
[ "$(version any.example -alpn special)" = TLSv1.3 ] || fail "the ALPN route"
[ "$(version GOOD.example)" = TLSv1.2 ] || fail "case of the name"
raw "$port" 'h = hello("a.two.example")
for i in range(len(h)): s.sendall(h[i:i+1]); time.sleep(0.002)
print("split", s.recv(9999)[:1])'
grep -q "^split b'\\\\x1[56]'" "$work/clients.log" || fail "a split hello"
raw "$port" 's.sendall(hello("a.two.example", "c02c", 40000))
print("giant", s.recv(9999)[:1])'
grep -q "^giant b'\\\\x1[56]'" "$work/clients.log" || fail "a giant hello"
echo "routes by name, wildcard, protocol; a hello byte by byte, one of 40 kB"

sleep 0.5
before=$(wc -l <"$work/main.json")
version good.example -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256 >/dev/null || true
version other.example >/dev/null || true
version gone.example >/dev/null || true
raw "$port" 's.sendall(hello("")); s.recv(99)'
raw "$port" 's.sendall(b"GET / HTTP/1.0\r\n\r\n"); s.recv(99)'
raw "$port" 'h = hello("good.example", "c02c", 65000)
h = h.replace(b"\x01\x00\xfe", b"\x01\x02\xfe", 1)
s.sendall(h + h[:9000]); s.recv(99)'
raw "$port" 's.sendall(hello("good.example", "c02c")); s.recv(9)
s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))'
raw "$port" 's.sendall(hello("good.example", "c02c")); s.recv(9); s.close()'
timeout 10 openssl s_client -connect "127.0.0.1:$port" -tls1_2 \
  -servername good.example -verify_return_error </dev/null >/dev/null 2>&1 || true
sleep 0.5
cat >"$work/want" <<'END'
no_shared_cipher
sni_unrecognized
internal_error
sni_missing
plain_http_to_tls_port
record_overflow
client_aborted
client_aborted
server_certificate_untrusted
END
causes "$work/main.json" "$before" >"$work/got"
same_lines "$work/want" "$work/got" "verdicts"
end_proxy "$main" main
valid_lines "$work/main.json"
echo "nine deaths named"

python3 "$top/tests/hosts/proxy/streams.py" "$work/proxy" "$work"
