#!/bin/sh
# timeout: 120
# What other tools print of a handshake leads to the cause, by the file alone
# and through `explain -`.
set -u
tool=${TLSDIAG_TOOL:?}
here=$(dirname "$0")/dumps
failed=0

expect() { # file, a pattern that its JSON must have
  for way in file explain; do
    if [ $way = file ]; then
      answer=$("$tool" --json "$here/$1")
    else
      answer=$("$tool" explain --json - <"$here/$1")
    fi
    if echo "$answer" | grep -q "$2"; then
      echo "$1 ($way): $2"
    else
      echo "$1 ($way) lacks $2: $answer"
      failed=1
    fi
  done
}

expect s_client_msg.txt '"cause":"no_shared_cipher"'
expect s_client_msg_old.txt '"cause":"version_client_too_old"'
expect s_client_msg_untrusted.txt '"cause":"server_certificate_untrusted"'
expect s_client_debug.txt '"cause":"no_shared_cipher"'
expect s_client_trace.txt '"cause":"no_shared_cipher"'
expect s_client_trace_version.txt '"cause":"version_server_too_old"'
expect s_client_trace_fallback.txt '"cause":"inappropriate_fallback"'
expect s_client_trace_untrusted.txt '"cause":"server_certificate_untrusted"'
expect s_client_trace_no_certificate.txt '"cause":"client_certificate_missing"'
expect s_client_twice.txt '"cause":"inspection_extended_master_secret"'
expect s_client_twice.txt '"outcome":"completed"'
expect s_client_three.txt '"cause":"reset_after_client_hello"'
expect s_client_three.txt '"outcome":"failed","cause":"inappropriate_fallback"'
expect ssldump_record.txt '"cause":"inspection_extended_master_secret"'
expect ssldump.txt '"cause":"inspection_extended_master_secret"'
expect ssldump_joined.txt '"cause":"inspection_extended_master_secret"'
expect ssldump_two.txt '"group":{"cause":"inspection_extended_master_secret"'
expect ssldump_x.txt '"cause":"no_shared_cipher"'
expect curl_v.txt '"cause":"server_certificate_untrusted"'
expect curl_v_twice.txt '"group":{"cause":"version_intolerance"'
expect curl_v_version.txt '"cause":"version_server_too_old"'
expect curl_v_client_certificate.txt '"cause":"client_certificate_missing"'
expect curl_trace.txt '"cause":"no_shared_cipher"'
expect curl_trace_ascii.txt '"cause":"server_certificate_untrusted"'
expect gnutls_version.txt '"cause":"version_server_too_old"'
expect gnutls_client_certificate.txt '"cause":"client_certificate_missing"'
expect java_version.txt '"cause":"version_client_too_old"'
expect java_client_certificate.txt '"cause":"client_certificate_missing"'
expect java_all.txt '"cause":"server_certificate_untrusted"'
expect tshark.txt '"cause":"inspection_extended_master_secret"'
expect tshark_V.txt '"cause":"no_shared_cipher"'
expect tshark_x.txt '"cause":"no_shared_cipher"'
expect tcpdump_X.txt '"cause":"no_shared_cipher"'
expect xxd.txt '"stage":"client_hello"'
expect hex_stream.txt '"stage":"client_hello"'
expect hello_c.txt '"cause":"version_client_too_old"'
expect proxy_log.txt '"cause":"version_client_too_old"'
expect python_repr.txt '"cause":"version_client_too_old"'
expect nmap.txt '"cause":"unknown"'
expect nginx_plain_port.txt '"cause":"tls_to_plain_http_port"'

# The hellos of two connections in one text, and of two texts.
differ() { # what, files
  what=$1
  shift
  if "$tool" diff --json "$@" | head -1 | grep -q "$what"; then
    echo "diff $*: $what"
  else
    echo "diff $* lacks $what"
    failed=1
  fi
}
differ '"value":23,"name":"extended_master_secret","only_in":"a"' \
  "$here/ssldump_two.txt"
differ '"fallback_scsv"' "$here/s_client_trace.txt" \
  "$here/s_client_trace_fallback.txt"
exit $failed
