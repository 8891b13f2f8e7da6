#!/usr/bin/env bash
# The SNI-routing proxy: routes by name and protocol, survives split, giant and
# slow hellos, resets and floods of nonsense, names what died; then ten thousand
# handshakes, with the memory they took.
. "$(dirname "$0")/kit.sh"
. "$(dirname "$0")/pki.sh"
need_file "libuv (libuv1-dev)" /usr/include/uv.h
need openssl python3

[ "$(wc -l <"$top/examples/proxy/sni_proxy.c")" -le 400 ] ||
  fail "sni_proxy.c is longer than 400 lines"
sources=("$top"/examples/proxy/*.c "$top/examples/hosts/verdict_json.c")
"$cc" -std=gnu99 "${cflags[@]}" -O1 -fsanitize=address,undefined \
  -fno-sanitize-recover=all "${sources[@]}" "${libs[@]}" -ltlsdiag -luv \
  -o "$work/checked"
"$cc" -std=gnu99 "${cflags[@]}" "${sources[@]}" "${libs[@]}" -ltlsdiag -luv \
  -o "$work/plain"
"$cc" -std=gnu99 "${cflags[@]}" "$top/tests/hosts/proxy/load.c" -luv \
  -o "$work/load"

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
"$work/checked" 0 "good.example=127.0.0.1:$one" "*.two.example=127.0.0.1:$two" \
  "any.example/special=127.0.0.1:$two" "gone.example=127.0.0.1:$nowhere" \
  >"$work/verdicts" 2>"$work/err" &
proxy=$!
pids+=($proxy)
wait_port "$one"
wait_port "$two"
for _ in $(seq 50); do grep -q port "$work/err" && break; sleep 0.1; done
port=$(awk '/port/ {print $2}' "$work/err")

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
# What the proxy lets pass is not touched: 300 kB each way, slowly read.
raw "$port" 'h = hello("a.two.example"); s.sendall(h + bytes(300000))
time.sleep(0.5); print("flood", len(s.recv(100)))'
echo "routes by name, wildcard, protocol; a hello byte by byte; a flood"

sleep 0.5
before=$(wc -l <"$work/verdicts")
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
python3 - "$work/verdicts" "$before" >"$work/got" <<'END'
import json, sys
for line in list(open(sys.argv[1]))[int(sys.argv[2]):]:
    print(json.loads(line)["cause"])
END
same_lines "$work/want" "$work/got" "verdicts"
kill -TERM $proxy
wait $proxy || fail "the proxy under the sanitizers: $(cat "$work/err")"
echo "nine deaths named; no leak, no overrun"

"$work/load" listen >"$work/load.port" &
pids+=($!)
for _ in $(seq 50); do grep -q port "$work/load.port" && break; sleep 0.1; done
behind=$(awk '/port/ {print $2}' "$work/load.port")
"$work/plain" 0 "load.example=127.0.0.1:$behind" >"$work/load.verdicts" \
  2>"$work/load.err" &
proxy=$!
pids+=($proxy)
for _ in $(seq 50); do grep -q port "$work/load.err" && break; sleep 0.1; done
port=$(awk '/port/ {print $2}' "$work/load.err")
rss() { awk '/^VmRSS/ {print $2}' "/proc/$proxy/status"; }
"$work/load" "$port" 2000
before=$(rss)
"$work/load" "$port" 10000
after=$(rss)
echo "memory of the proxy: $before kB before, $after kB after"
[ $((after - before)) -lt 1024 ] || fail "the proxy grows"
kill -TERM $proxy
wait $proxy || fail "the proxy under load"
tail -1 "$work/load.err"
[ "$(grep -c '"code":40' "$work/load.verdicts")" -eq 12000 ] ||
  fail "not one verdict for each handshake"
echo "twelve thousand verdicts"
