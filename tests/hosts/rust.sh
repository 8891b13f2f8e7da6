#!/usr/bin/env bash
# The Rust crate: the check of the layout, hellos, verdicts, without cargo's
# registry; generated files as the generator leaves them.
. "$(dirname "$0")/kit.sh"
need rustc python3
python3 "$top/examples/bindings/generate.py" --check || fail "drift"
rustc --version
if command -v rustfmt >/dev/null; then
  rustfmt --check --edition 2021 "$top/examples/rust/src/lib.rs" ||
    fail "rustfmt would change it"
fi
# cargo writes beside the manifest.
cp -r "$top"/examples/{rust,consumers} "$work/"
if command -v cargo >/dev/null; then
  TLSDIAG_LIB_DIR=$build CARGO_TARGET_DIR=$work/target cargo test --offline \
    --quiet --manifest-path "$work/rust/Cargo.toml"
else
  rustc --edition 2021 --test "$top/examples/rust/src/lib.rs" -L "$build" \
    -l static=tlsdiag -o "$work/test"
  "$work/test"
fi
