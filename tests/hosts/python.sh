#!/usr/bin/env bash
# The Python package: sdist and wheel built and installed offline, the tests
# against the installed one, captures beside the tool, the examples of its
# pages, its types, the asyncio server, speed beside dpkt.
. "$(dirname "$0")/kit.sh"
. "$(dirname "$0")/pki.sh"
# Debian's own: it has setuptools, wheel and dpkt.
python=/usr/bin/python3
[ -x "$python" ] || python=python3
need "$python" openssl
"$python" -c 'import setuptools, wheel, pip, venv' 2>/dev/null ||
  skip "no setuptools, wheel, pip or venv for $python"
[ -e "$build/libtlsdiag.so" ] || fail "no shared library"

"$python" "$top/examples/bindings/generate.py" --check || fail "drift"
cp -r "$top/examples/python" "$work/src"
cd "$work/src"
"$python" -c 'from setuptools import build_meta as b; print(b.build_sdist(".."))' \
  >"$work/sdist.log" 2>&1 || { cat "$work/sdist.log"; fail "sdist"; }
"$python" -m venv --without-pip --system-site-packages "$work/venv"
env="$work/venv/bin/python"
"$env" -m pip wheel --quiet --no-build-isolation --no-index --no-deps \
  -w "$work" "$work"/tlsdiag-*.tar.gz >"$work/wheel.log" 2>&1 ||
  { cat "$work/wheel.log"; fail "wheel out of the sdist"; }
"$env" -m pip install --quiet --no-index --ignore-installed \
  "$work"/tlsdiag-*.whl >"$work/pip.log" 2>&1 ||
  { cat "$work/pip.log"; fail "pip install"; }
cd "$work"
echo "sdist, wheel, install without a network: $(basename "$work"/*.whl)"

# Without the library the import says what is missing.
if "$env" -c 'import tlsdiag' 2>"$work/missing" &&
  ! ldconfig -p | grep -q libtlsdiag.so.0; then
  fail "imported a library that is not there"
fi
# Beside the package.
where=$("$env" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
cp "$build/libtlsdiag.so" "$where/tlsdiag/libtlsdiag.so.0"
"$env" -c 'import tlsdiag; print("beside the package:", tlsdiag.__version__)'
rm "$where/tlsdiag/libtlsdiag.so.0"
# By SONAME, by name.
LD_LIBRARY_PATH=$build "$env" -c \
  'import tlsdiag; print("by SONAME:", tlsdiag.__version__)'
# Another library than the one it was made for.
moved_library "$work/moved.so"
TLSDIAG_LIBRARY=$work/moved.so "$env" -c 'import tlsdiag' 2>"$work/err" &&
  fail "a library with another layout was loaded"
grep -q 'ImportError: tlsdiag_verdict.outcome lies elsewhere' "$work/err" ||
  fail "no word of the struct: $(tail -1 "$work/err")"
export TLSDIAG_LIBRARY=$build/libtlsdiag.so
"$env" "$top/tests/hosts/python/test_tlsdiag.py"
"$env" "$top/tests/hosts/python/test_docs.py"
if [ -x "$build/tlsdiag" ]; then
  TLSDIAG_TOOL=$build/tlsdiag "$env" "$top/tests/hosts/python/test_capture.py"
else
  echo "no tlsdiag tool: captures are not compared with it"
fi
if command -v mypy >/dev/null; then
  mypy --strict --python-version 3.8 --cache-dir "$work/mypy" \
    "$top/examples/python/src/tlsdiag" || fail "types"
else
  echo "no mypy: types are not checked"
fi
"$env" "$top/tests/hosts/python/bench.py"

make_pki "$work/pki"
"$env" "$top/examples/python/asyncio_server.py" "$work/pki/good.example.pem" \
  "$work/pki/good.example.key" >"$work/verdicts" 2>"$work/err" &
pids+=($!)
for _ in $(seq 100); do grep -q port "$work/err" && break; sleep 0.1; done
port=$(awk '/port/ {print $2}' "$work/err")
good=(-servername good.example -CAfile "$work/pki/ca.pem")
s_client "$port" "${good[@]}"
s_client "$port" "${good[@]}" -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256
s_client "$port" -servername good.example -verify_return_error -tls1_2
raw "$port" 's.sendall(b"GET / HTTP/1.0\r\n\r\n"); s.recv(999)'
sleep 0.5
cat >"$work/want" <<'END'
no_shared_cipher
server_certificate_untrusted
plain_http_to_tls_port
END
"$env" -c 'import json, sys
for line in open(sys.argv[1]):
    print(json.loads(line)["cause"])' "$work/verdicts" >"$work/got"
same_lines "$work/want" "$work/got" "asyncio server"
echo "the asyncio server names three failures"
