#!/bin/sh
# 2-*.pcap: six handshakes that look alike from afar (a hello, then an alert, a
# FIN or a reset) and fail for six reasons.

. "$(dirname "$0")/common.sh"
need ip tcpdump openssl nginx ss python3
network
certificates

cat >"$tmp/nginx.conf" <<EOF
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off;
master_process off;
pid $tmp/nginx.pid;
error_log $tmp/error.log info;
events { worker_connections 64; }
http {
  access_log off;
  server {
    listen 203.0.113.11:443 ssl;
    server_name www.example.test;
    ssl_certificate $tmp/www.crt;
    ssl_certificate_key $tmp/www.key;
    ssl_protocols TLSv1.2;
    ssl_ciphers ECDHE+AESGCM;
    return 200 "hello\n";
  }
}
stream {
  map \$ssl_preread_server_name \$upstream {
    www.example.test 203.0.113.11:443;
  }
  server {
    listen 203.0.113.12:443;
    ssl_preread on;
    proxy_pass \$upstream;
  }
}
EOF
background "$srv" nginx -p "$tmp" -c "$tmp/nginx.conf" -e "$tmp/error.log"
wait_for listening 203.0.113.12

capture 2-no-shared-cipher.pcap
s_client "$tmp/log" -connect 203.0.113.11:443 -servername www.example.test \
  -tls1_2 -cipher DHE-RSA-AES128-SHA256
stop_capture
expect 'SSL alert number 40' "$tmp/log"
expect 'no shared cipher' "$tmp/error.log"

capture 2-version-refused.pcap
s_client "$tmp/log" -connect 203.0.113.11:443 -servername www.example.test \
  -tls1_1 -cipher 'ALL:@SECLEVEL=0'
stop_capture
expect 'SSL alert number 70' "$tmp/log"
expect 'unsupported protocol' "$tmp/error.log"

# OpenSSL no longer speaks SSLv3, so the hello of the story is sent as bytes.
capture 2-sslv3-refused.pcap
in_client python3 "$here/raw_hello.py" 203.0.113.11 443 sslv3 >"$tmp/log" 2>&1
stop_capture
expect '15 03 00 00 02 02 28' "$tmp/log"

# A hello without SNI: the map of the stream proxy has no entry for it.
capture 2-sni-missing.pcap
s_client "$tmp/log" -connect 203.0.113.12:443 -noservername -tls1_2
stop_capture
expect 'no host in upstream ""' "$tmp/error.log"

# Mutual TLS 1.2. The client certificate carries a 1024-bit key, which the
# server's security level refuses: "security of the client certificate is too
# low", as the story puts it, and alert 42.
(
  cd "$tmp"
  openssl req -newkey rsa:1024 -nodes -keyout weak.key -out weak.csr \
    -subj "/O=Example/CN=phone"
  openssl x509 -req -in weak.csr -CA ca.crt -CAkey ca.key -set_serial 3 \
    -days 3650 -out weak.crt
) >"$tmp/weak.log" 2>&1
background "$srv" openssl s_server -accept 203.0.113.13:443 -tls1_2 \
  -cert "$tmp/www.crt" -key "$tmp/www.key" -CAfile "$tmp/ca.crt" \
  -cipher 'DEFAULT:@SECLEVEL=2' -Verify 2 -verify_return_error -www
wait_for listening 203.0.113.13
capture 2-client-certificate-refused.pcap
s_client "$tmp/log" -connect 203.0.113.13:443 -servername www.example.test \
  -tls1_2 -cert "$tmp/weak.crt" -key "$tmp/weak.key" \
  -cipher 'DEFAULT:@SECLEVEL=1'
stop_capture
expect 'SSL alert number 42' "$tmp/log"
expect 'EE certificate key too weak' "$tmp/background.log"

# A device that reads the name and resets at once; it forwards everything else.
# The second connection asks the same address for another name and succeeds.
set_device ipv4/ip_forward 0
background "$dev" python3 "$here/sni_device.py" d0 d1 blocked.example.test
sleep 0.5
capture 2-sni-blocked.pcap
s_client "$tmp/log" -connect 203.0.113.11:443 -tls1_2 \
  -servername blocked.example.test
s_client "$tmp/log2" -connect 203.0.113.11:443 -tls1_2 \
  -servername www.example.test
stop_capture
expect 'errno=104' "$tmp/log"
expect 'Verify return code' "$tmp/log2"
