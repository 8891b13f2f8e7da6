#!/usr/bin/env bash
# Several servers, one truth: three proxies on three addresses share what they
# saw of a client in a Redis of this test.  A real client's fallback dance over
# all three, through a filter that resets newer hellos, is told by the last as
# a capture of all of it is told; Redis may be stopped, hang or not be there.
. "$(dirname "$0")/kit.sh"
. "$(dirname "$0")/pki.sh"
. "$(dirname "$0")/proxy/kit.sh"
need redis-server redis-cli openssl python3

"$cc" -std=gnu99 "${cflags[@]}" "$top/tests/hosts/redis/merge.c" \
  "${libs[@]}" -ltlsdiag -o "$work/merge"
"$work/merge"
build_proxy "$work/proxy" "${checked[@]}"
"$cc" -std=gnu99 "${cflags[@]}" "$top/tests/bench/proxy_load.c" -luv \
  -o "$work/load"
make_pki "$work/pki"

redis=$(free_port)
start_redis()
{
  redis-server --port "$redis" --bind 127.0.0.1 --save '' --appendonly no \
    --dir "$work" >>"$work/redis.log" 2>&1 &
  redis_pid=$!
  pids+=($redis_pid)
  wait_port "$redis"
}
cli() { redis-cli -p "$redis" "$@"; }
start_redis

# The server knows TLS 1.0 to 1.3 and minds TLS_FALLBACK_SCSV; before it a
# filter resets each hello above TLS 1.0.
server=$(free_port)
background openssl s_server -accept "127.0.0.1:$server" -www -quiet \
  -cipher DEFAULT@SECLEVEL=0 -cert "$work/pki/good.example.pem" \
  -key "$work/pki/good.example.key" >/dev/null 2>&1
wait_port "$server"
background python3 "$top/tests/hosts/redis/filter.py" "$server" \
  >"$work/filter.port" 2>"$work/filter.err"
for _ in $(seq 100); do [ -s "$work/filter.port" ] && break; sleep 0.1; done
behind=$(cat "$work/filter.port")

# Three addresses, one port, as round-robin DNS would give them.
farm=$(free_port)
start_farm()
{
  proxies=() complaints=0
  local i
  for i in 1 2 3; do
    start_proxy "$work/proxy" "farm$i" --redis "127.0.0.1:$1" \
      "127.0.0.$i:$farm" "*=127.0.0.1:$behind"
    proxies+=("$proxy")
  done
}
end_farm()
{
  local i
  for i in 1 2 3; do
    end_proxy "${proxies[i - 1]}" "farm$i"
  done
}
start_farm "$redis"

# try ADDRESS OPTIONS...: one handshake.
try()
{
  timeout 10 openssl s_client -connect "$1:$farm" -servername good.example \
    -cipher DEFAULT@SECLEVEL=0 "${@:2}" </dev/null >>"$work/clients.log" 2>&1 ||
    true
}
# The fallback dance of a real client, each step at another address.  Waits
# until each proxy has told its connection.
dance()
{
  : >"$work/farm1.json"
  : >"$work/farm2.json"
  : >"$work/farm3.json"
  try 127.0.0.1 -tls1_2
  wait_lines "$work/farm1.json" 1
  try 127.0.0.2 -tls1_1
  wait_lines "$work/farm2.json" 1
  try 127.0.0.3 -tls1 -fallback_scsv
  wait_lines "$work/farm3.json" "$1"
}
# told FILE TYPE KEY: of the last such line, nothing if there is none.
told()
{
  python3 - "$@" <<'END'
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
lines = [line for line in lines if line["type"] == sys.argv[2]]
if lines:
    value = lines[-1][sys.argv[3]]
    print(" ".join(value) if isinstance(value, list) else value)
END
}

# A capture of the whole dance, where this user may capture: what it says of
# the three is what the last of the proxies has to say.
want=reset_after_client_hello
tcpdump -i lo -U --immediate-mode -w - "tcp port $farm" \
  >"$work/dance.pcap" 2>"$work/tcpdump.log" &
recorder=$!
pids+=($recorder)
for _ in $(seq 50); do
  grep -q listening "$work/tcpdump.log" && break
  kill -0 $recorder 2>/dev/null || break
  sleep 0.1
done
dance 2
if kill $recorder 2>/dev/null; then
  wait $recorder 2>/dev/null || true
  "$build/tlsdiag" --json "$work/dance.pcap" >"$work/capture.json" || true # 1: it found failures
  want=$(told "$work/capture.json" group cause)
  echo "a capture of all three blames: $want"
else
  echo "no capture as this user: the cause is one that a capture had before"
fi
[ "$(told "$work/farm3.json" connection cause)" = inappropriate_fallback ] ||
  fail "the last connection's own cause: $(cat "$work/farm3.json")"
got=$(told "$work/farm3.json" group cause)
[ "$got" = "$want" ] || fail "the group's cause is $got, not $want"
members=$(told "$work/farm3.json" group connections)
ids=
for i in 1 2 3; do
  ids="$ids$(told "$work/farm$i.json" connection id) "
done
[ "$members" = "${ids% }" ] || fail "members $members, connections $ids"
[ "$(told "$work/farm3.json" group first)" = "${ids%% *}" ] ||
  fail "not the first one is blamed"
cat "$work/farm3.json"
valid_lines "$work/farm3.json"
echo "the third proxy blames the first one's connection: $got"

[ "$(cli hlen tlsdiag:127.0.0.1)" = 3 ] || fail "not one field for each proxy"

# Any of them can: the dance begins at another one.
for i in 2 3; do
  cli flushall >/dev/null
  end_farm
  start_farm "$redis"
  : >"$work/farm1.json"
  try "127.0.0.$i" -tls1_2
  wait_lines "$work/farm$i.json" 1
  try "127.0.0.$((i % 3 + 1))" -tls1_1
  try "127.0.0.$(((i + 1) % 3 + 1))" -tls1 -fallback_scsv
  wait_lines "$work/farm$(((i + 1) % 3 + 1)).json" 2
  [ "$(told "$work/farm$(((i + 1) % 3 + 1)).json" group cause)" = "$want" ] ||
    fail "a dance that begins at $i"
done

# A client that steps down and is answered stays connected: the group is told
# when its handshake is over, not when it hangs up.
cli flushall >/dev/null
end_farm
start_farm "$redis"
: >"$work/farm3.json"
try 127.0.0.1 -tls1_2
sleep 20 | timeout 30 openssl s_client -connect "127.0.0.3:$farm" -tls1 \
  -servername good.example -cipher DEFAULT@SECLEVEL=0 \
  >>"$work/clients.log" 2>&1 &
client=$!
pids+=($client)
wait_lines "$work/farm3.json" 1
kill -0 $client 2>/dev/null || fail "told only after the client had left"
[ "$(told "$work/farm3.json" group cause)" = version_intolerance ] ||
  fail "a step down: $(cat "$work/farm3.json")"
kill $client 2>/dev/null || true
echo "a step down that was answered explains the failure before it"

ttl=$(cli ttl tlsdiag:127.0.0.1)
[ "$ttl" -gt 0 ] && [ "$ttl" -le 600 ] || fail "the key does not expire: $ttl"
cli hset tlsdiag:127.0.0.1 stranger rubbish >/dev/null
dance 2
[ "$(told "$work/farm3.json" group cause)" = "$want" ] ||
  fail "rubbish in a field stops the sharing"
cli del tlsdiag:127.0.0.1 >/dev/null
cli set tlsdiag:127.0.0.1 'not a hash' >/dev/null
dance 1
cli del tlsdiag:127.0.0.1 >/dev/null
echo "the key expires in $ttl s; rubbish in it is passed over"

# alone WHAT: the dance while Redis is WHAT.  Each proxy has its own verdict at
# once, and the group is what is lost: each has seen one step only.
alone()
{
  local now
  dance 1
  [ "$(told "$work/farm3.json" connection cause)" = inappropriate_fallback ] ||
    fail "no verdict while Redis is $1"
  [ -z "$(told "$work/farm3.json" group cause)" ] ||
    fail "a group that nobody can know while Redis is $1"
  now=$(grep -c 'redis: .*only own' "$work/farm3.err" || true)
  [ "$now" -gt "$complaints" ] || fail "no word that Redis is $1"
  complaints=$now
  echo "Redis is $1: the same verdicts, no correlation"
}
# together WHAT
together()
{
  sleep 2.2 # the pause after a failure
  dance 2
  [ "$(told "$work/farm3.json" group cause)" = "$want" ] ||
    fail "no correlation after Redis was $1"
}
end_farm
start_farm "$redis"
together "restarted"
kill -STOP $redis_pid
alone "hanging"
kill -CONT $redis_pid
together "hanging"
kill -KILL $redis_pid
wait $redis_pid 2>/dev/null || true
alone "stopped"
end_farm
start_farm "$redis"
alone "absent at the start"
start_redis
together "absent"
# Many wait for an answer that does not come, and a proxy ends meanwhile.
kill -STOP $redis_pid
start_proxy "$work/proxy" load --redis "127.0.0.1:$redis" 0 "*=127.0.0.1:$behind"
"$work/load" "$port" 500 >/dev/null || true # the filter resets, as it should
wait_lines "$work/load.json" 500
try 127.0.0.3 -tls1 -fallback_scsv
end_proxy "$proxy" load
end_farm
kill -CONT $redis_pid
echo "and together again when it is back; no leak, no overrun"
