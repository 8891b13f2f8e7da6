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
expect s_client_trace.txt '"code":40'
expect ssldump.txt '"cause":"inspection_extended_master_secret"'
expect ssldump_joined.txt '"cause":"inspection_extended_master_secret"'
expect ssldump_x.txt '"cause":"no_shared_cipher"'
expect curl_v.txt '"cause":"server_certificate_untrusted"'
expect xxd.txt '"stage":"client_hello"'
expect hex_stream.txt '"stage":"client_hello"'
exit $failed
