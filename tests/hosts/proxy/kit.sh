# kit.sh: builds and starts the proxy; sourced after ../kit.sh.

need_file "libuv (libuv1-dev)" /usr/include/uv.h
need_file "hiredis (libhiredis-dev)" /usr/include/hiredis/adapters/libuv.h

# build_proxy OUT FLAGS...
build_proxy()
{
  "$cc" -std=gnu99 "${cflags[@]}" "${@:2}" "$top"/examples/proxy/*.c \
    "$top"/examples/redis/*.c "$top/examples/hosts/verdict_json.c" \
    "${libs[@]}" -ltlsdiag -luv -lhiredis -o "$1"
}
checked=(-O1 -fsanitize=address,undefined -fno-sanitize-recover=all)

# start_proxy PROGRAM NAME ARGUMENTS...: writes NAME.json and NAME.err; leaves
# its number in proxy and where it listens in address and port.
start_proxy()
{
  local program=$1 name=$2
  shift 2
  rm -f "$work/$name.err" # what one before it said is not its word
  "$program" "$@" >>"$work/$name.json" 2>"$work/$name.err" &
  proxy=$!
  pids+=($proxy)
  for _ in $(seq 100); do grep -qs listens "$work/$name.err" && break; sleep 0.1; done
  address=$(awk '/listens/ {print $3}' "$work/$name.err")
  port=${address##*:}
  [ -n "$port" ] || fail "the proxy $name: $(cat "$work/$name.err")"
}

# end_proxy PID NAME: it has to end well, also for the sanitizers.
end_proxy()
{
  kill -TERM "$1"
  wait "$1" || fail "the proxy $2: $(cat "$work/$2.err")"
}

# causes FILE [SKIP]: of the connections told there, one a line.
causes()
{
  python3 - "$1" "${2:-0}" <<'END'
import json, sys
for line in list(open(sys.argv[1]))[int(sys.argv[2]):]:
    told = json.loads(line)
    if told["type"] == "connection":
        print(told["cause"])
END
}

# wait_lines FILE COUNT: until so many lines are there, 10 s at most.
wait_lines()
{
  for _ in $(seq 100); do
    [ "$(wc -l <"$1")" -ge "$2" ] && return 0
    sleep 0.1
  done
  cat "$1" >&2
  fail "$(wc -l <"$1") lines in $1, not $2"
}
