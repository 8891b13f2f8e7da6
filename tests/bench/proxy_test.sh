#!/usr/bin/env bash
# The SNI proxy under load: ten thousand short handshakes; memory of an open
# connection; no growth between one thousand and ten thousand, and no leak seen
# by the sanitizers.  Memory is what the kernel says it keeps for the process.
# timeout: 300
. "$(dirname "$0")/../hosts/kit.sh"
. "$top/tests/hosts/proxy/kit.sh"
ulimit -n 8192 2>/dev/null || skip "no 8,192 open files for a process here"

build_proxy "$work/checked" "${checked[@]}"
build_proxy "$work/plain"
"$cc" -std=gnu99 "${cflags[@]}" "$top/tests/bench/proxy_load.c" -luv \
  -o "$work/load"

# upstream MODE: a server; its port in behind.
upstream()
{
  "$work/load" "$1" >"$work/$1.port" &
  pids+=($!)
  for _ in $(seq 100); do grep -q port "$work/$1.port" && break; sleep 0.1; done
  behind=$(awk '/port/ {print $2}' "$work/$1.port")
}
rss() { awk '/^VmRSS/ {print $2}' "/proc/$proxy/status"; }
# verdicts NAME: how many handshakes it told of.
verdicts() { grep -c '"code":40' "$work/$1.json"; }

upstream listen
start_proxy "$work/checked" checked 0 "load.example=127.0.0.1:$behind"
"$work/load" "$port" 1000
end_proxy "$proxy" checked
[ "$(verdicts checked)" -eq 1000 ] || fail "not one verdict for each handshake"
echo "under the sanitizers: no leak, no overrun"

start_proxy "$work/plain" plain 0 "load.example=127.0.0.1:$behind"
"$work/load" "$port" 1000
after_1k=$(rss)
"$work/load" "$port" 9000
after_10k=$(rss)
echo "memory of the proxy: $after_1k kB after 1,000 handshakes," \
  "$after_10k kB after 10,000"
[ $((after_10k - after_1k)) -lt 1024 ] || fail "the proxy grows"
end_proxy "$proxy" plain
tail -1 "$work/plain.err"
[ "$(verdicts plain)" -eq 10000 ] || fail "not one verdict for each handshake"

# What it keeps for connections that stay open, their hellos routed.
upstream silent
start_proxy "$work/plain" open --patience 60 0 "load.example=127.0.0.1:$behind"
before=$(rss)
mkfifo "$work/stay"
"$work/load" "$port" 2000 hold <"$work/stay" >"$work/open.log" &
pids+=($!)
exec 9>"$work/stay"
for _ in $(seq 200); do grep -q open "$work/open.log" && break; sleep 0.1; done
grep -q open "$work/open.log" || fail "not all are open"
sleep 1
each=$((($(rss) - before) * 1024 / 2000))
echo "memory per open connection: $each bytes, the mean of 2,000"
[ "$each" -gt 0 ] && [ "$each" -le 4096 ] || fail "more than 4 KiB each"
exec 9>&-
end_proxy "$proxy" open
