#!/bin/sh
# 1-fallback-dance.pcap: a device on the path resets two hellos, the client
# falls back, and the third server refuses the fallback (RFC 7507).
#
# Three addresses as behind round-robin DNS. The device is nftables: it answers
# the first two ClientHellos with a reset that carries the server's address and
# the device's own hop count, then lets everything pass.

. "$(dirname "$0")/common.sh"
need ip nft tcpdump openssl nginx ss
network
certificates

cat >"$tmp/nginx.conf" <<EOF
daemon off;
master_process off;
pid $tmp/nginx.pid;
error_log $tmp/error.log info;
events { worker_connections 64; }
http {
  access_log off;
  server {
    listen 443 ssl;
    server_name www.example.test;
    ssl_certificate $tmp/www.crt;
    ssl_certificate_key $tmp/www.key;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2;
    ssl_ciphers ALL:@SECLEVEL=0;
    return 200 "hello\n";
  }
}
EOF
background "$srv" nginx -p "$tmp" -c "$tmp/nginx.conf" -e "$tmp/error.log"
wait_for listening 443

# The payload starts 32 bytes into the TCP header (timestamps are on): 22 is a
# handshake record, and the byte after the record header is 1 for ClientHello.
set_device ipv4/ip_default_ttl 128
in_device nft -f - <<'EOF'
table ip middlebox {
  chain forward {
    type filter hook forward priority 0;
    tcp dport 443 @th,256,8 22 @th,296,8 1 limit rate 1/hour burst 2 packets \
      counter reject with tcp reset
  }
}
EOF

capture 1-fallback-dance.pcap
weak='ALL:@SECLEVEL=0'
s_client "$tmp/one" -connect 203.0.113.11:443 -servername www.example.test \
  -tls1_2 -cipher "$weak"
s_client "$tmp/two" -connect 203.0.113.12:443 -servername www.example.test \
  -tls1_1 -cipher "$weak" -fallback_scsv
s_client "$tmp/three" -connect 203.0.113.13:443 -servername www.example.test \
  -tls1 -cipher "$weak" -fallback_scsv
stop_capture
expect 'errno=104' "$tmp/one"
expect 'errno=104' "$tmp/two"
expect 'SSL alert number 86' "$tmp/three"
expect 'inappropriate fallback' "$tmp/error.log"
