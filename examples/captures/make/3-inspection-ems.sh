#!/bin/sh
# 3-inspection-ems.pcap: a device that holds the server's RSA key and has not
# heard of RFC 7627 kills a handshake that uses extended_master_secret, and lets
# the same pair through without it.

. "$(dirname "$0")/common.sh"
need ip tcpdump openssl python3 ss
network
certificates

background "$srv" openssl s_server -accept 203.0.113.11:8443 -tls1_2 \
  -cert "$tmp/www.crt" -key "$tmp/www.key" -cipher AES256-SHA -no_etm -www
wait_for in_server ss -Hltn 'sport = :8443'
background "$srv" python3 -u "$here/inspector.py" 203.0.113.12 443 \
  203.0.113.11 8443 "$tmp/www.key"
wait_for listening 443

capture 3-inspection-ems.pcap
in_client python3 "$here/ems_client.py" 203.0.113.12 443 www.example.test \
  yes >"$tmp/with" 2>&1 || true
in_client python3 "$here/ems_client.py" 203.0.113.12 443 www.example.test \
  no >"$tmp/without" 2>&1 || true
stop_capture
expect 'ALERT_HANDSHAKE_FAILURE' "$tmp/with"
expect 'HTTP/1.0 200' "$tmp/without"
expect 'client Finished does not open' "$tmp/background.log"
expect 'client Finished opens' "$tmp/background.log"
