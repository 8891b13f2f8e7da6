# Shared by the scripts beside it: three network namespaces in a row,
#
#   client 192.0.2.7 --- device --- servers 203.0.113.11 .12 .13
#
# The device forwards, so whatever it does to a connection happens on the path
# and not at either end. Everything is removed again on exit.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=${OUT:-$here/..}
tag=tlsd$$
cli=$tag-c
dev=$tag-d
srv=$tag-s
tmp=$(mktemp -d)
pids=

need() {
  for tool in "$@"; do
    command -v "$tool" >/dev/null || { echo "$tool is missing" >&2; exit 1; }
  done
  [ "$(id -u)" = 0 ] || { echo "network namespaces need root" >&2; exit 1; }
}

in_client() { ip netns exec "$cli" "$@"; }
in_device() { ip netns exec "$dev" "$@"; }
in_server() { ip netns exec "$srv" "$@"; }

# set_device NAME VALUE: a network setting of the device.
set_device() { in_device sh -c "echo $2 >/proc/sys/net/$1"; }

# background NAMESPACE COMMAND: runs it until cleanup.
background() {
  ip netns exec "$@" >>"$tmp/background.log" 2>&1 &
  pids="$pids $!"
}

cleanup() {
  for pid in $pids; do kill "$pid" 2>/dev/null || true; done
  for ns in "$cli" "$dev" "$srv"; do
    ip netns del "$ns" 2>/dev/null || true
  done
  rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

network() {
  for ns in "$cli" "$dev" "$srv"; do
    ip netns add "$ns"
    ip -n "$ns" link set lo up
  done
  ip link add c0 netns "$cli" type veth peer name d0 netns "$dev"
  ip link add s0 netns "$srv" type veth peer name d1 netns "$dev"
  ip -n "$cli" addr add 192.0.2.7/24 dev c0
  ip -n "$dev" addr add 192.0.2.1/24 dev d0
  ip -n "$dev" addr add 203.0.113.1/24 dev d1
  for host in 11 12 13; do
    ip -n "$srv" addr add "203.0.113.$host/24" dev s0
  done
  ip -n "$cli" link set c0 up
  ip -n "$dev" link set d0 up
  ip -n "$dev" link set d1 up
  ip -n "$srv" link set s0 up
  ip -n "$cli" route add default via 192.0.2.1
  ip -n "$srv" route add default via 203.0.113.1
  set_device ipv4/ip_forward 1
}

# A CA, www.example.test signed by it, and a client certificate of another CA.
certificates() {
  (
    cd "$tmp"
    openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt \
      -subj "/O=Example/CN=Example CA" -days 3650
    printf 'subjectAltName=DNS:www.example.test,DNS:shop.example.test\n' >ext
    openssl req -newkey rsa:2048 -nodes -keyout www.key -out www.csr \
      -subj "/O=Example/CN=www.example.test"
    openssl x509 -req -in www.csr -CA ca.crt -CAkey ca.key -set_serial 2 \
      -days 3650 -extfile ext -out www.crt
  ) >"$tmp/certificates.log" 2>&1
}

# capture FILE: records at the client until stop_capture.
capture() {
  ip netns exec "$cli" tcpdump -i c0 -U --immediate-mode -w "$tmp/raw.pcap" \
    tcp 2>"$tmp/tcpdump.log" &
  dump=$!
  pids="$pids $dump"
  target=$out/$1
  wait_for grep -q 'listening on' "$tmp/tcpdump.log"
}

stop_capture() {
  sleep 0.5
  kill -INT "$dump"
  wait "$dump" 2>/dev/null || true
  cp "$tmp/raw.pcap" "$target"
  echo "wrote $(basename "$target")"
}

# wait_for COMMAND: tries for five seconds.
wait_for() {
  n=0
  until "$@" >/dev/null 2>&1; do
    n=$((n + 1))
    [ "$n" -lt 100 ] || { echo "gave up waiting for: $*" >&2; exit 1; }
    sleep 0.05
  done
}

listening() { in_server ss -Hltn "sport = :443" | grep -q "$1"; }

# expect TEXT FILE: the program said so, or the capture is not what its label
# claims.
expect() {
  grep -q -- "$1" "$2" || {
    echo "expected '$1' in $2:" >&2
    cat "$2" >&2
    exit 1
  }
}

# s_client LOG ARGUMENTS: one request, whatever comes of it.
s_client() {
  log=$1
  shift
  printf 'GET / HTTP/1.0\r\n\r\n' |
    in_client timeout 8 openssl s_client -ign_eof "$@" >"$log" 2>&1 || true
}
