#!/usr/bin/env bash
# The Go package: layout, hello, verdicts.
. "$(dirname "$0")/kit.sh"
need go
cp -r "$top/examples/go" "$top/examples/consumers" "$top/examples/bindings" \
  "$work/"
cd "$work/go"
export CGO_CFLAGS="-I$top/include" CGO_LDFLAGS="-L$build -Wl,-rpath,$build"
export GOCACHE=$work/cache GOFLAGS=-mod=mod GOPROXY=off
[ -z "$(gofmt -l .)" ] || fail "gofmt would change $(gofmt -l .)"
go vet ./...
go test -count=1 -bench=. -benchtime=2000x ./...
