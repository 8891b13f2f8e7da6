#!/usr/bin/env bash
# Three servers that share tracks through a Redis of their own: the fallback
# dance over all three is told by the last; keys expire; Redis may stop.
. "$(dirname "$0")/kit.sh"
. "$(dirname "$0")/pki.sh"
need redis-server redis-cli openssl python3
need_file "hiredis (libhiredis-dev)" /usr/include/hiredis/hiredis.h
[ -e "$build/libtlsdiag-openssl.so" ] || skip "the OpenSSL adapter is not built"

"$cc" -std=gnu99 "${cflags[@]}" "$top/tests/hosts/redis/merge.c" \
  "${libs[@]}" -ltlsdiag -o "$work/merge"
"$work/merge"
"$cc" -std=gnu99 "${cflags[@]}" "$top"/examples/redis/*.c "${libs[@]}" \
  -ltlsdiag-openssl -ltlsdiag -lssl -lcrypto -lhiredis -o "$work/server"
make_pki "$work/pki"
redis=$(free_port)
redis-server --port "$redis" --bind 127.0.0.1 --save '' --appendonly no \
  --dir "$work" >"$work/redis.log" 2>&1 &
redis_pid=$!
pids+=($redis_pid)
wait_port "$redis"
cli() { redis-cli -p "$redis" "$@"; }

ports=()
for name in one two three; do
  background "$work/server" "$work/pki/good.example.pem" \
    "$work/pki/good.example.key" $name "$redis" \
    >>"$work/verdicts" 2>"$work/$name.err"
  for _ in $(seq 50); do grep -q port "$work/$name.err" && break; sleep 0.1; done
  ports+=("$(awk '/port/ {print $2}' "$work/$name.err")")
done

# A device on the path resets TLS 1.2 and 1.1; the third try says it falls back.
dance()
{
  local script='import re
def lower(h, version, scsv):
    h = bytearray(h)
    h[10] = version
    if scsv:  # TLS_FALLBACK_SCSV in place of the suite
        h = h.replace(b"\x00\x02\xc0\x2b", b"\x00\x02\x56\x00")
    return bytes(h)
'
  raw "${ports[0]}" "$script"'
s.sendall(lower(hello("good.example"), 3, False))
s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
time.sleep(0.1); s.close()'
  raw "${ports[1]}" "$script"'
s.sendall(lower(hello("good.example"), 2, False))
s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
time.sleep(0.1); s.close()'
  raw "${ports[2]}" "$script"'
s.sendall(lower(hello("good.example"), 1, True)); s.recv(99)'
  sleep 0.3
}
# last FIELD: of the newest line.
last()
{
  tail -1 "$work/verdicts" | python3 -c \
    'import json, sys; print(json.loads(sys.stdin.read())[sys.argv[1]])' "$1"
}

dance
cat "$work/verdicts"
[ "$(last server)" = three ] || fail "the third server did not speak last"
[ "$(last cause)" = inappropriate_fallback ] || fail "its own cause: $(last cause)"
[ "$(last attempts)" = 3 ] || fail "it knows $(last attempts) attempts, not 3"
[ "$(last group)" != none ] || fail "no word on the group"
[ "$(last group)" != inappropriate_fallback ] || fail "the symptom is blamed"
echo "the third server blames $(last group), seen by the first"
ttl=$(cli ttl tlsdiag:127.0.0.1)
[ "$ttl" -gt 0 ] && [ "$ttl" -le 60 ] || fail "the key does not expire: $ttl"
cli hset tlsdiag:127.0.0.1 stranger rubbish >/dev/null
dance
[ "$(last shared)" = True ] || fail "rubbish in a field stops the sharing"
cli del tlsdiag:127.0.0.1 >/dev/null
dance
[ "$(last attempts)" = 3 ] || fail "an expired key is not forgotten"
echo "the key expires in $ttl s; rubbish in it is passed over"

kill $redis_pid
wait $redis_pid 2>/dev/null || true
before=$(date +%s%N)
dance
took=$((($(date +%s%N) - before) / 1000000))
[ "$(last cause)" = inappropriate_fallback ] || fail "no verdict without Redis"
[ "$(last shared)" = False ] && [ "$(last attempts)" = 1 ] ||
  fail "Redis is away and the line says otherwise: $(tail -1 "$work/verdicts")"
echo "without Redis: the same verdicts ($took ms for three), no correlation"
