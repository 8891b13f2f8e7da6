#!/usr/bin/env bash
# The Apache module in Debian's stock httpd: failures by real clients, the lines
# they leave.
. "$(dirname "$0")/kit.sh"
. "$(dirname "$0")/pki.sh"
need apxs openssl python3
need_file "mod_ssl headers (apache2-ssl-dev)" \
  /usr/include/apache2/mod_ssl_openssl.h
[ -e "$build/libtlsdiag-openssl.a" ] || skip "the OpenSSL adapter is not built"
modules=/usr/lib/apache2/modules
need_file "mod_ssl" $modules/mod_ssl.so

cp "$top/examples/apache/mod_tlsdiag.c" "$top/examples/hosts/verdict_json.c" \
  "$work/"
(cd "$work" && apxs -c -I"$top/include" -I"$top/examples/hosts" \
  mod_tlsdiag.c verdict_json.c "$build/libtlsdiag-openssl.a" \
  "$build/libtlsdiag.a") >"$work/build.log" 2>&1 ||
  { tail -20 "$work/build.log"; fail "the module does not build"; }
make_pki "$work/pki"
port=$(free_port) mutual=$(free_port) late=$(free_port)
mkdir -p "$work/www"
echo hello >"$work/www/index.html"
cat >"$work/httpd.conf" <<END
ServerRoot $work
ServerName localhost
PidFile $work/pid
DefaultRuntimeDir $work
Mutex file:$work
Listen 127.0.0.1:$port https
Listen 127.0.0.1:$mutual https
Listen 127.0.0.1:$late https
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule dir_module $modules/mod_dir.so
LoadModule socache_shmcb_module $modules/mod_socache_shmcb.so
LoadModule ssl_module $modules/mod_ssl.so
LoadModule tlsdiag_module $work/.libs/mod_tlsdiag.so
User www-data
Group www-data
ErrorLog $work/error.log
LogLevel warn
DocumentRoot $work/www
SSLSessionCache none
TLSDiag on
TLSDiagLog $work/json.log
SSLEngine on
SSLCertificateFile $work/pki/good.example.pem
SSLCertificateKeyFile $work/pki/good.example.key
SSLProtocol -all +TLSv1.2 +TLSv1.3
SSLCipherSuite ECDHE-ECDSA-AES256-GCM-SHA384
<VirtualHost 127.0.0.1:$port>
</VirtualHost>
<VirtualHost 127.0.0.1:$mutual>
  SSLCACertificateFile $work/pki/ca.pem
  SSLVerifyClient require
</VirtualHost>
<VirtualHost 127.0.0.1:$late>
  SSLCACertificateFile $work/pki/ca.pem
  <Location /private>
    SSLVerifyClient require
  </Location>
</VirtualHost>
END
[ "$(id -u)" -eq 0 ] || sed -i '/^User\|^Group/d' "$work/httpd.conf"
sed -i '/^SSLEngine\|^SSLCert\|^SSLProtocol\|^SSLCipher/{H;d};/^<Virtual/{G}' \
  "$work/httpd.conf"
apache2 -f "$work/httpd.conf" -t 2>"$work/test.log" ||
  { cat "$work/test.log"; fail "Apache does not take the module"; }
background apache2 -f "$work/httpd.conf" -DFOREGROUND >"$work/out" 2>&1
wait_port "$port"
sleep 0.5
: >"$work/error.log"
: >"$work/json.log"

good=(-servername good.example -CAfile "$work/pki/ca.pem")
s_client "$port" "${good[@]}"
s_client "$port" "${good[@]}" -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256
s_client "$port" "${good[@]}" -tls1_1 -cipher DEFAULT@SECLEVEL=0
s_client "$port" -servername good.example -verify_return_error
s_client "$port" -servername good.example -verify_return_error -tls1_2
raw "$port" 's.sendall(b"SSH-2.0-x\r\n"); s.recv(999)'
raw "$port" 's.sendall(b"GET / HTTP/1.0\r\n\r\n"); s.recv(999)'
s_client "$mutual" "${good[@]}" -tls1_2
s_client "$mutual" "${good[@]}" -cert "$work/pki/stranger.pem" \
  -key "$work/pki/stranger.key"
s_client "$mutual" "${good[@]}" -cert "$work/pki/client.pem" \
  -key "$work/pki/client.key"
sleep 1
cat >"$work/want" <<'END'
no_shared_cipher
version_client_too_old
server_certificate_untrusted
server_certificate_untrusted
non_tls_to_tls_port
plain_http_to_tls_port
client_certificate_missing
client_certificate_untrusted
END
sed -n 's/.*tlsdiag: cause=\([a-z_]*\).*/\1/p' "$work/error.log" >"$work/got"
same_lines "$work/want" "$work/got" "error log"
valid_lines "$work/json.log"
python3 - "$work/json.log" "$work/want" <<'END' || fail "TLSDiagLog"
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
assert [line["cause"] for line in lines] == open(sys.argv[2]).read().split()
assert lines[0]["sni"] == "good.example"
END
grep -q 'cause=no_shared_cipher.*sni=good.example versions=TLS 1.2..TLS 1.2' \
  "$work/error.log" || fail "no name or version in the error log"
well()
{
  grep -qiE 'segmentation|exit signal' "$work/error.log" &&
    fail "Apache is not well"
  kill -0 "${pids[-1]}" 2>/dev/null || fail "Apache is gone"
}
well
echo "eight failures named, two successes silent"

# Only after the request is a certificate asked for (TLS 1.3 post-handshake
# authentication), and this one does not please.
late_request()
{
  { printf 'GET /private/ HTTP/1.0\r\nHost: good.example\r\n\r\n'; sleep 1; } |
    timeout 5 openssl s_client -connect "127.0.0.1:$late" "${good[@]}" -quiet \
      -tls1_3 -enable_pha "$@" >/dev/null 2>&1 || true
}
: >"$work/error.log"
: >"$work/json.log"
late_request -cert "$work/pki/client.pem" -key "$work/pki/client.key"
late_request -cert "$work/pki/stranger.pem" -key "$work/pki/stranger.key"
late_request
sleep 1
printf '%s\n' client_certificate_untrusted client_certificate_missing \
  >"$work/want"
sed -n 's/.*tlsdiag: cause=\([a-z_]*\).*/\1/p' "$work/error.log" >"$work/got"
same_lines "$work/want" "$work/got" "error log of late certificates"
echo "two certificates refused after the handshake named, one success silent"

# A graceful restart unloads the module and loads it again.
for round in 1 2 3; do
  kill -USR1 "${pids[-1]}"
  sleep 2
  wait_port "$port"
  : >"$work/error.log"
  : >"$work/json.log"
  s_client "$port" "${good[@]}"
  s_client "$port" "${good[@]}" -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256
  s_client "$mutual" "${good[@]}" -tls1_2
  sleep 1
  printf '%s\n' no_shared_cipher client_certificate_missing >"$work/want"
  sed -n 's/.*tlsdiag: cause=\([a-z_]*\).*/\1/p' "$work/error.log" \
    >"$work/got"
  same_lines "$work/want" "$work/got" "error log after restart $round"
  [ "$(wc -l <"$work/json.log")" -eq 2 ] || fail "TLSDiagLog after a restart"
  well
done
echo "the same after three graceful restarts"

# And without the module: nothing of it may be called any more.
sed -i '/^LoadModule tlsdiag/d;/^TLSDiag/d' "$work/httpd.conf"
kill -USR1 "${pids[-1]}"
sleep 2
wait_port "$port"
: >"$work/error.log"
: >"$work/clients.log"
s_client "$port" "${good[@]}"
s_client "$port" "${good[@]}" -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256
s_client "$port" "${good[@]}"
sleep 1
[ "$(grep -c '^hello' "$work/clients.log")" -eq 2 ] ||
  fail "no answers once the module is gone"
grep -q tlsdiag: "$work/error.log" && fail "the module is still at work"
well
echo "unloaded without a trace"
