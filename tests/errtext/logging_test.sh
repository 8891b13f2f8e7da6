#!/bin/sh
# The logging snippets of docs/ are started for real, and what they make the
# servers log is enough for the tool to name the cause.
# timeout: 120
set -u
tool=${TLSDIAG_TOOL:?}
nginx=$(command -v nginx || command -v /usr/sbin/nginx)
haproxy=$(command -v haproxy || command -v /usr/sbin/haproxy)
if [ -z "$nginx" ] || [ -z "$haproxy" ] || ! command -v openssl >/dev/null; then
  echo "skipped: needs nginx, haproxy and openssl (apt-get install" \
       "nginx-light haproxy openssl)"
  exit 77
fi
work=$(mktemp -d) || exit 1
pids=
cleanup() {
  for pid in $pids; do kill "$pid" 2>/dev/null; done
  rm -rf "$work"
}
trap cleanup EXIT
failed=0

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=www.example.test \
  -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null || exit 1
cat "$work/cert.pem" "$work/key.pem" >"$work/both.pem"

free_port() {
  python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

wait_for() { # port
  tries=0
  until python3 -c "import socket
socket.create_connection(('127.0.0.1', $1), 1)" 2>/dev/null; do
    tries=$((tries + 1))
    if [ $tries -gt 50 ]; then
      echo "nothing listens on port $1"
      return 1
    fi
    sleep 0.1
  done
}

# One failure: a suite that no server has by default.
wrong_suite() { # port
  timeout 10 openssl s_client -connect "127.0.0.1:$1" -tls1_2 \
    -servername www.example.test -cipher CAMELLIA128-SHA:@SECLEVEL=0 \
    </dev/null >/dev/null 2>&1
}

wrong_version() { # port
  timeout 10 openssl s_client -connect "127.0.0.1:$1" -tls1_1 \
    -servername www.example.test -cipher DEFAULT:@SECLEVEL=0 \
    </dev/null >/dev/null 2>&1
}

expect() { # file cause
  sleep 0.5
  if "$tool" --json "$1" | grep -q "\"cause\":\"$2\""; then
    echo "$(basename "$1"): $2"
  else
    echo "$(basename "$1") does not lead to $2:"
    cat "$1"
    "$tool" "$1"
    failed=1
  fi
}

# ---- nginx ----
port=$(free_port)
sed "s|/var/log/nginx|$work|" docs/logging-nginx.conf >"$work/snippet.conf"
cat >"$work/nginx.conf" <<EOF
pid $work/nginx.pid;
error_log $work/error.log info;
daemon off;
events {}
http {
  include $work/snippet.conf;
  client_body_temp_path $work/a; proxy_temp_path $work/b;
  fastcgi_temp_path $work/c; uwsgi_temp_path $work/d; scgi_temp_path $work/e;
  server {
    listen 127.0.0.1:$port ssl;
    ssl_certificate $work/cert.pem;
    ssl_certificate_key $work/key.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256;
  }
}
EOF
"$nginx" -e "$work/error.log" -p "$work" -c "$work/nginx.conf" 2>"$work/start" &
pids="$pids $!"
if wait_for "$port"; then
  wrong_suite "$port"
  expect "$work/error.log" no_shared_cipher
  wrong_version "$port"
  expect "$work/error.log" version_client_too_old
  printf 'GET / HTTP/1.0\r\n\r\n' | timeout 10 openssl s_client -quiet \
    -connect "127.0.0.1:$port" >/dev/null 2>&1
  sleep 0.5
  if ! python3 -c "import json, sys
lines = [json.loads(line) for line in open('$work/tls.log')]
sys.exit(0 if any(l['version'] == 'TLSv1.3' for l in lines) else 1)"; then
    echo "the access log is not JSON, or has no completed handshake:"
    cat "$work/tls.log"
    failed=1
  fi
else
  cat "$work/start" "$work/error.log"
  failed=1
fi

# ---- HAProxy ----
port=$(free_port)
routed=$(free_port)
sed -n 's/^#    \(    \)/\1/p; s/^#    frontend by_name/frontend by_name/p' \
  docs/logging-haproxy.cfg | sed "s/bind :443/bind 127.0.0.1:$routed/" \
  >"$work/frontend.cfg"
cat >"$work/global.cfg" <<EOF
global
    log stdout format raw local0
EOF
cat >"$work/haproxy.cfg" <<EOF
frontend fe
    bind 127.0.0.1:$port ssl crt $work/both.pem ssl-min-ver TLSv1.2 ciphers ECDHE-RSA-AES128-GCM-SHA256
    http-request return status 200
EOF
cat "$work/frontend.cfg" >>"$work/haproxy.cfg"
"$haproxy" -db -f "$work/global.cfg" -f docs/logging-haproxy.cfg \
  -f "$work/haproxy.cfg" \
  >"$work/haproxy.log" 2>"$work/start" &
pids="$pids $!"
if wait_for "$port"; then
  wrong_suite "$port"
  expect "$work/haproxy.log" no_shared_cipher
  # No backend knows a name here, so the connection ends behind the hello.
  timeout 10 openssl s_client -connect "127.0.0.1:$routed" -noservername \
    </dev/null >/dev/null 2>&1
  expect "$work/haproxy.log" sni_missing
else
  cat "$work/start" "$work/haproxy.log"
  failed=1
fi
exit $failed
