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
  log_format json escape=none '\$tlsdiag_json';
  preread_timeout 2s;
  server {
    listen 127.0.0.1:$stream;
    tlsdiag on;
    access_log $work/stream.log json;
    ssl_preread on;
    proxy_timeout 3s;
    proxy_pass \$there;
  }
  log_format each '\$tlsdiag_cause \$tlsdiag_party \$tlsdiag_confidence '
                  '\$tlsdiag_sni \$tlsdiag_ja4';
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
  sed -n 's/.*tlsdiag: cause=\([a-z_]*\).*/\1/p' "$work/error.log"
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
grep -qE '^200 none none t13d' "$work/why.log" || fail "\$tlsdiag_ja4"
echo "nine failures named, two successes silent, variables right"

echo "== stream proxy"
: >"$work/error.log"
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
END
python3 - "$work/stream.log" >"$work/got" <<'END'
import json, sys
for line in open(sys.argv[1]):
    print(json.loads(line)["cause"])
END
same_lines "$work/want" "$work/got" "\$tlsdiag_json"
# A client that gives up is noise: in the JSON, not in the error log.
grep -vxE 'none|client_aborted' "$work/want" >"$work/failures"
grep "server: 127.0.0.1:$stream" "$work/error.log" >"$work/error2.log"
mv "$work/error2.log" "$work/error.log"
causes >"$work/got"
same_lines "$work/failures" "$work/got" "error log of the proxy"
echo "eight failures named, split hello put together"
if grep -E 'exited on signal|\[(alert|emerg|crit)\]' "$work/error.log"; then
  fail "nginx is not well"
fi
