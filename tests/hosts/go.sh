#!/usr/bin/env bash
# The Go package: the check of the layout, hellos, verdicts.
. "$(dirname "$0")/kit.sh"
need go
cp -r "$top/examples/go" "$top/examples/consumers" "$work/"
cd "$work/go"
export CGO_CFLAGS="-I$top/include" CGO_LDFLAGS="-L$build -Wl,-rpath,$build"
export GOCACHE=$work/cache GOFLAGS=-mod=mod GOPROXY=off
[ -z "$(gofmt -l .)" ] || fail "gofmt would change $(gofmt -l .)"
go vet ./...
go test -count=1 -bench=. -benchtime=2000x ./...

go test -c -o "$work/binary" .
mkdir "$work/moved"
moved_library "$work/moved/libtlsdiag.so.0"
LD_LIBRARY_PATH=$work/moved "$work/binary" 2>"$work/err" >&2 &&
  fail "a library with another layout was used"
grep -q 'tlsdiag_verdict.outcome lies elsewhere' "$work/err" ||
  fail "no word of the struct: $(head -3 "$work/err")"
echo "a library with another layout is refused"
