#!/usr/bin/env bash
# The nginx modules in Debian's stock nginx: TLS-terminating server and stream
# proxy, failures by real clients, the lines they leave.
. "$(dirname "$0")/kit.sh"
. "$(dirname "$0")/pki.sh"
need nginx openssl python3 curl
need_file "nginx-dev" /usr/share/nginx/src/configure
need_file "libnginx-mod-stream" /usr/lib/nginx/modules/ngx_stream_module.so
[ -e "$build/libtlsdiag-openssl.a" ] || skip "the OpenSSL adapter is not built"

export TLSDIAG_CFLAGS="-I$top/include"
export TLSDIAG_LIBS="$build/libtlsdiag-openssl.a $build/libtlsdiag.a"
"$top/examples/nginx/build" "$work" >"$work/build.log" 2>&1 ||
  { tail -20 "$work/build.log"; fail "the modules do not build"; }
make_pki "$work/pki"
https=$(free_port) mutual=$(free_port) optional=$(free_port)
stream=$(free_port) behind=$(free_port) failing=$(free_port)
terminating=$(free_port) datagrams=$(free_port)
user=
[ "$(id -u)" != 0 ] || user="user root;" # the workers write into $work
cat >"$work/nginx.conf" <<END
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
load_module $work/ngx_http_tlsdiag_module.so;
load_module $work/ngx_stream_tlsdiag_module.so;
daemon off;
worker_processes 2;
$user
pid $work/pid;
error_log $work/error.log warn;
events {}
http {
  access_log off;
  client_body_temp_path $work/body; proxy_temp_path $work/proxy;
  fastcgi_temp_path $work/fastcgi; uwsgi_temp_path $work/uwsgi;
  scgi_temp_path $work/scgi;
  tlsdiag on;
  tlsdiag_log $work/json.log;
  log_format why '\$status \$tlsdiag_cause \$tlsdiag_party \$tlsdiag_ja4 '
                 '\$tlsdiag_confidence \$tlsdiag_ja3 \$server_protocol '
                 '\$ssl_session_reused';
  ssl_certificate $work/pki/good.example.pem;
  ssl_certificate_key $work/pki/good.example.key;
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_ciphers ECDHE-ECDSA-AES256-GCM-SHA384;
  client_header_timeout 2s;
  server {
    listen 127.0.0.1:$https ssl http2 default_server;
    ssl_reject_handshake on;
    access_log $work/why.log why;
  }
  server {
    listen 127.0.0.1:$https ssl http2;
    server_name good.example;
    access_log $work/why.log why;
    return 200 "hello\n";
  }
  server {
    listen 127.0.0.1:$mutual ssl http2;
    ssl_client_certificate $work/pki/ca.pem;
    ssl_verify_client on;
    access_log $work/why.log why;
    return 200 "hello\n";
  }
  server {
    listen 127.0.0.1:$optional ssl;
    ssl_client_certificate $work/pki/ca.pem;
    ssl_verify_client optional;
    access_log $work/why.log why;
    return 200 "hello\n";
  }
}
stream {
  map \$ssl_preread_server_name \$there {
    good.example 127.0.0.1:$https;
    behind.example 127.0.0.1:$behind;
    failing.example 127.0.0.1:$failing;
  }
  log_format each '\$tlsdiag_cause \$tlsdiag_party \$tlsdiag_confidence '
                  '\$tlsdiag_sni \$tlsdiag_ja4';
  log_format json escape=none '\$tlsdiag_json';
  preread_timeout 2s;
  server {
    listen 127.0.0.1:$stream;
    tlsdiag on;
    access_log $work/stream.log json;
    access_log $work/each.log each;
    ssl_preread on;
    proxy_timeout 3s;
    proxy_pass \$there;
  }
  server { # its TLS is its own: what comes out of it is no hello
    listen 127.0.0.1:$terminating ssl;
    ssl_certificate $work/pki/good.example.pem;
    ssl_certificate_key $work/pki/good.example.key;
    ssl_ciphers ECDHE-ECDSA-AES256-GCM-SHA384;
    tlsdiag on;
    access_log $work/each.log each;
    return "hello\\n";
  }
  server {
    listen 127.0.0.1:$datagrams udp;
    tlsdiag on;
    access_log $work/each.log each;
    return "hello\\n";
  }
}
END
nginx -p "$work" -c "$work/nginx.conf" -t 2>"$work/test.log" ||
  { cat "$work/test.log"; fail "nginx does not take the modules"; }
nginx -p "$work" -c "$work/nginx.conf" &
master=$!
pids+=($master)
wait_port "$https"
: >"$work/error.log" # the wait was a connection too
causes()
{
  sed -n 's/.*tlsdiag: cause=\([a-z_]*\).*/\1/p' "${1:-$work/error.log}"
}
# new_log: what is in the error log has been looked at; a crash is never well.
new_log()
{
  # nginx 1.22 itself minds a client that talks on after `return` has closed.
  if grep -E 'exited on signal|\[(alert|emerg|crit)\]' "$work/error.log" |
      grep -v 'SSL_shutdown() failed.*while returning text'; then
    fail "nginx is not well"
  fi
  : >"$work/error.log"
}

echo "== TLS-terminating server"
good=(-servername good.example -CAfile "$work/pki/ca.pem")
s_client "$https" "${good[@]}"
s_client "$https" "${good[@]}" -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256
s_client "$https" "${good[@]}" -tls1_1 -cipher DEFAULT@SECLEVEL=0
s_client "$https" -servername bad.example
s_client "$https" -servername good.example -verify_return_error
s_client "$https" "${good[@]}" -alpn nonsense
raw "$https" 's.sendall(b"GET / HTTP/1.0\r\n\r\n"); s.recv(999)'
raw "$https" 's.sendall(hello("good.example", "c02c"))
while s.recv(9999): pass'
s_client "$mutual" "${good[@]}"
s_client "$mutual" "${good[@]}" -cert "$work/pki/stranger.pem" \
  -key "$work/pki/stranger.key"
s_client "$mutual" "${good[@]}" -cert "$work/pki/client.pem" \
  -key "$work/pki/client.key"
sleep 0.5
cat >"$work/want" <<'END'
no_shared_cipher
version_client_too_old
sni_unrecognized
server_certificate_untrusted
no_application_protocol
plain_http_to_tls_port
handshake_timeout
client_certificate_missing
client_certificate_rejected
END
causes >"$work/got"
same_lines "$work/want" "$work/got" "error log"
grep -q 'cause=no_shared_cipher.*sni=good.example versions=TLS 1.2..TLS 1.2' \
  "$work/error.log" || fail "no name or version in the error log"
valid_lines "$work/json.log"
python3 - "$work/json.log" "$work/want" <<'END' || fail "tlsdiag_log"
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
assert [line["cause"] for line in lines] == open(sys.argv[2]).read().split()
assert lines[0]["sni"] == "good.example" and lines[0]["ja4"]
assert all(line["client"].startswith("127.0.0.1:") for line in lines)
END
cat >"$work/want" <<'END'
200 none none
400 plain_http_to_tls_port client
400 client_certificate_missing client
400 client_certificate_rejected client
200 none none
END
cut -d' ' -f1-3 "$work/why.log" >"$work/got"
same_lines "$work/want" "$work/got" "\$tlsdiag_* variables"
grep -qE '^200 none none t13d[0-9a-z]+_[0-9a-f]{12}_[0-9a-f]{12} 97 [0-9a-f]{32} ' \
  "$work/why.log" || fail "\$tlsdiag_ja4, _confidence, _ja3"

# What nginx answers in HTTP over TLS 1.2 and HTTP/2 as well; a certificate that
# is asked for and not needed is not missing; a resumed session is well.
: >"$work/why.log"
new_log
request() # OPTIONS...: HTTP/2
{
  curl -sk -o /dev/null --max-time 10 "$@" || true
}
request --http2 --connect-to "good.example::127.0.0.1:$https" https://good.example/
request --http2 --tls-max 1.2 "https://127.0.0.1:$mutual/"
request --http2 --cert "$work/pki/stranger.pem" --key "$work/pki/stranger.key" \
  --tls-max 1.2 "https://127.0.0.1:$mutual/"
request --http2 --cert "$work/pki/client.pem" --key "$work/pki/client.key" \
  "https://127.0.0.1:$mutual/"
request "https://127.0.0.1:$optional/"
raw_tls() # PORT TEXT: over TLS
{
  { printf '%b' "$2"; sleep 0.3; } | timeout 10 openssl s_client -quiet \
    -connect "127.0.0.1:$1" >>"$work/clients.log" 2>&1 || true
}
raw_tls "$optional" 'nonsense\r\n\r\n'
for version in -tls1_2 -tls1_3; do
  rm -f "$work/session"
  for with in -sess_out -sess_in; do
    s_client "$https" "${good[@]}" $version $with "$work/session"
  done
done
sleep 0.5
cat >"$work/want" <<'END'
200 none none HTTP/2.0 .
400 client_certificate_missing client HTTP/2.0 .
400 client_certificate_rejected client HTTP/2.0 .
200 none none HTTP/2.0 .
200 none none HTTP/1.1 .
400 none none - .
200 none none HTTP/1.0 .
200 none none HTTP/1.0 r
200 none none HTTP/1.0 .
200 none none HTTP/1.0 r
END
cut -d' ' -f1-3,7,8 "$work/why.log" >"$work/got"
same_lines "$work/want" "$work/got" "HTTP/2, optional certificates, resumption"
printf '%s\n' client_certificate_missing client_certificate_rejected >"$work/want"
causes >"$work/got"
same_lines "$work/want" "$work/got" "error log of these"
echo "nine failures named, two successes silent, variables right"
echo "HTTP/2, an optional certificate, resumption: told as they are"

echo "== workers"
has_other_workers()
{
  [ "$(pgrep -P $master | sort | tr '\n' ' ')" != "$pid_before" ]
}
has_causes() # COUNT
{
  [ "$(causes | wc -l)" -ge "$1" ]
}
# A configuration is loaded while one client is in the middle of its hello: the
# old worker judges it, a new one the next; the logs are opened again.
pid_before=$(pgrep -P $master | sort | tr '\n' ' ')
new_log
raw "$https" 'h = hello("good.example", "c02b"); s.sendall(h[:40])
import os, time; os.chdir("'"$work"'"); time.sleep(0.3); open("half", "w")
for _ in range(100):
    if not os.path.exists("go"): time.sleep(0.1)
s.sendall(h[40:]); s.recv(99)' &
slow=$!
within 10 test -e "$work/half"
kill -HUP $master
within 10 has_other_workers
s_client "$https" "${good[@]}" -tls1_1 -cipher DEFAULT@SECLEVEL=0
within 10 has_causes 1
: >"$work/go"
wait $slow
within 10 has_causes 2
printf '%s\n' version_client_too_old no_shared_cipher >"$work/want"
causes >"$work/got"
same_lines "$work/want" "$work/got" "verdicts over a reload"
[ "$(pgrep -P $master | sort | tr '\n' ' ')" != "$pid_before" ] ||
  fail "no worker was replaced"
mv "$work/json.log" "$work/json.old"
kill -USR1 $master
sleep 0.5
for _ in 1 2 3 4 5 6; do
  s_client "$https" -servername bad.example
done
sleep 0.3
[ "$(grep -c sni_unrecognized "$work/json.log")" = 6 ] ||
  fail "tlsdiag_log after the logs were opened again"
new_log
kill -KILL "$(pgrep -P $master | head -1)"
sleep 1
: >"$work/error.log" # it says so
for _ in 1 2 3 4; do
  s_client "$https" "${good[@]}" -tls1_1 -cipher DEFAULT@SECLEVEL=0
done
sleep 0.3
[ "$(causes | sort | uniq -c | tr -s ' ')" = ' 4 version_client_too_old' ] ||
  fail "verdicts after a worker was killed: $(causes)"
echo "a reload in mid-hello, logs opened again, a worker killed: all is told"

echo "== stream proxy"
new_log
: >"$work/stream.log"
s_client "$stream" "${good[@]}"
s_client "$stream" -noservername
s_client "$stream" "${good[@]}" -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256
raw "$stream" 's.sendall(b"GET / HTTP/1.0\r\n\r\n"); s.recv(999)'
raw "$stream" 'h = hello("good.example")
for i in range(len(h)): s.sendall(h[i:i+1]); time.sleep(0.005)
s.recv(999)'
raw "$stream" 's.sendall(b"SSH-2.0-x\r\n"); s.recv(999)'
raw "$stream" 's.sendall(hello("behind.example")); s.recv(999)'
s_client "$stream" -servername good.example -verify_return_error -tls1_2
raw "$stream" 's.sendall(hello("good.example", "c02c"))
while s.recv(9999):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    break
s.close()'
background python3 "$top/tests/hosts/behind.py" "$failing"
wait_port "$failing"
for _ in fin rst silent alert; do
  raw "$stream" 's.settimeout(9); s.sendall(hello("failing.example")); s.recv(999)'
done
raw "$stream" 's.sendall(hello("good.example")[:20]); s.recv(999)'
raw "$stream" 's.recv(999)'
sleep 0.5
cat >"$work/want" <<'END'
none
sni_missing
no_shared_cipher
plain_http_to_tls_port
no_shared_cipher
non_tls_to_tls_port
closed_after_client_hello
server_certificate_untrusted
client_aborted
closed_after_client_hello
reset_after_client_hello
no_response_to_client_hello
no_shared_cipher
handshake_timeout
connection_probe
END
cp "$work/want" "$work/endings"
python3 - "$work/stream.log" >"$work/got" <<'END'
import json, sys
for line in open(sys.argv[1]):
    print(json.loads(line)["cause"])
END
same_lines "$work/want" "$work/got" "\$tlsdiag_json"
valid_lines "$work/stream.log"
# A client that gives up is noise: in the JSON, not in the error log.
grep -vxE 'none|client_aborted|connection_probe' "$work/want" >"$work/failures"
grep "server: 127.0.0.1:$stream" "$work/error.log" >"$work/proxy.log"
causes "$work/proxy.log" >"$work/got"
same_lines "$work/failures" "$work/got" "error log of the proxy"
cut -d' ' -f1 "$work/each.log" >"$work/got"
same_lines "$work/endings" "$work/got" "\$tlsdiag_cause of the proxy"
grep -qE '^none none 97 good.example t13d[0-9a-z]+_[0-9a-f]{12}_[0-9a-f]{12}$' \
  "$work/each.log" || fail "the variables of a stream that went well"
grep -qE '^no_shared_cipher client [0-9]+ good.example t12d' "$work/each.log" ||
  fail "the variables of a stream that failed"
grep -qE '^plain_http_to_tls_port client [0-9]+ - -$' "$work/each.log" ||
  fail "the variables of a stream without a hello"
echo "fourteen endings named, split hello put together"

# Neither a stream server's own TLS nor UDP is a hello that passes through.
: >"$work/each.log"
new_log
s_client "$terminating" "${good[@]}"
python3 - "$datagrams" <<'END'
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(5)
s.sendto(b"not a hello", ("127.0.0.1", int(sys.argv[1])))
assert s.recv(99) == b"hello\n"
END
sleep 0.3
printf '%s\n' '- - - - -' '- - - - -' >"$work/want"
same_lines "$work/want" "$work/each.log" "TLS of the stream server's own, and UDP"
[ -z "$(causes)" ] || fail "verdicts on what is no hello: $(causes)"
s_client "$terminating" "${good[@]}" -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256
s_client "$terminating" -servername good.example -verify_return_error
raw "$terminating" 's.sendall(b"GET / HTTP/1.0\r\n\r\n"); s.recv(999)'
sleep 0.3
printf '%s\n' no_shared_cipher server_certificate_untrusted \
  plain_http_to_tls_port >"$work/want"
causes >"$work/got"
same_lines "$work/want" "$work/got" "error log of the stream server's own TLS"
echo "a stream server's own TLS: what it decrypts is left alone, as is UDP;" \
  "three failures named"
new_log
