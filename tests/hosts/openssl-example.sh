# openssl-example.sh: part of openssl.sh: the example server against real
# clients.
need openssl
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
  -subj /CN=good.example -keyout "$work/key.pem" -out "$work/cert.pem" \
  2>/dev/null
"$cc" -std=gnu99 "${cflags[@]}" "$top/examples/openssl/server.c" \
  "${libs[@]}" -ltlsdiag-openssl -ltlsdiag -lssl -lcrypto -o "$work/server"
"$work/server" "$work/cert.pem" "$work/key.pem" >"$work/out" 2>"$work/err" &
pids+=($!)
for _ in $(seq 50); do grep -q port "$work/err" && break; sleep 0.1; done
port=$(awk '/port/ {print $2}' "$work/err")

client()
{
  timeout 10 openssl s_client -connect "127.0.0.1:$port" "$@" \
    </dev/null >/dev/null 2>&1 || true
}
# RSA suites only, and the server's key is of another kind.
client -tls1_2 -cipher AES128-SHA
client -CAfile "$work/cert.pem" -verify_return_error -verify_hostname bad.example
client -verify_return_error
timeout 10 bash -c "printf 'GET / HTTP/1.0\r\n\r\n' >/dev/tcp/127.0.0.1/$port"  || true
client -CAfile "$work/cert.pem" -verify_return_error
sleep 0.3
cat >"$work/want" <<'END'
no_usable_server_certificate
server_certificate_rejected
server_certificate_untrusted
plain_http_to_tls_port
END
sed -n 's/^\([a-z_]*\) ([0-9]* %): .*/\1/p' "$work/out" >"$work/got"
diff "$work/want" "$work/got" || fail "the example server says
$(cat "$work/out")"
echo "== the example server names four failures and no success"
