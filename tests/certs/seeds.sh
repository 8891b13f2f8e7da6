#!/bin/sh
# Joins the certificates beside it into the seeds of fuzz/certificate.c: three
# bytes of switches, then the body of a Certificate message.
#
# usage: seeds.sh DIRECTORY
set -eu
out=$(cd "$1" && pwd)
cd "$(dirname "$0")"

# length N: N in three bytes.
length()
{
  printf "\\$(printf %03o $(($1 / 65536)))"
  printf "\\$(printf %03o $(($1 / 256 % 256)))"
  printf "\\$(printf %03o $(($1 % 256)))"
}

# seed SWITCHES CERTIFICATE...: named after its first certificate.
seed()
{
  switches=$1 total=0
  shift
  for name; do
    total=$((total + 3 + $(wc -c <"$name.der")))
  done
  {
    printf "$switches"
    length "$total"
    for name; do
      length "$(wc -c <"$name.der")"
      cat "$name.der"
    done
  } >"$out/${1:-empty}"
}

seed '\000\200\006'
seed '\000\200\006' ec256 issuing root
seed '\001\120\002' must-staple issuing
seed '\002\300\000' eku-client issuing-expired
seed '\020\300\000' ip
seed '\004\300\006' rsa2048
seed '\000\300\006' pss-sha1 issuing-rsa1024
seed '\010\100\006' by-neutral-aia
seed '\000\100\006' self-signed-sha1
seed '\000\340\004' far-future issuing-rekeyed
seed '\000\340\004' wildcard
seed '\000\340\005' ku-agree root issuing-spelt
seed '\003\340\006' dsa1024
seed '\000\340\006' critical-crl
seed '\000\340\006' ed25519
seed '\000\340\006' v1
seed '\000\340\006' no-subject
