#!/bin/sh
# Makes the certificates of the unit tests with OpenSSL's command line tool.
# The DER files are committed: run this only to add or change one.  Keys are
# made anew each time and not kept, so every file changes.
#
# usage: make.sh [DIRECTORY]   (where to write; this directory by default)
set -eu
out=$(cd "${1:-$(dirname "$0")}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >ca.cnf <<'END'
[ca]
default_ca = any
[any]
database = index
new_certs_dir = .
unique_subject = no
rand_serial = yes
policy = anything
default_md = sha256
string_mask = utf8only
[anything]
commonName = optional
organizationName = optional
organizationalUnitName = optional
emailAddress = optional
END
cat >req.cnf <<'END'
[req]
distinguished_name = dn
[dn]
END

# key NAME ALGORITHM [OPTION...]: a private key.
key()
{
  name=$1
  shift
  openssl genpkey -quiet -out "$name.key" -algorithm "$@" 2>/dev/null ||
    openssl genpkey -out "$name.key" -algorithm "$@" 2>/dev/null
}

# Validity of all that need no other: both ends as UTCTime.
start=20250101000000Z
end=20350101000000Z

# certificate NAME ISSUER KEY SUBJECT [OPTION...]: reads the extensions, one
# a line, from standard input.  ISSUER may be the name itself.
certificate()
{
  name=$1 issuer=$2 key=$3 subject=$4
  shift 4
  cat >"$name.ext"
  : >index
  openssl req -new -config req.cnf -key "$key.key" -subj "$subject" \
    -out "$name.csr"
  if [ "$issuer" = "$name" ]; then
    set -- "$@" -selfsign -keyfile "$key.key"
  else
    set -- "$@" -cert "$issuer.pem" -keyfile "$(cat "$issuer.keyname").key"
  fi
  openssl ca -config ca.cnf -batch -notext -in "$name.csr" \
    -startdate "$start" -enddate "$end" -extfile "$name.ext" \
    -out "$name.pem" "$@" 2>log || { cat log >&2; exit 1; }
  printf %s "$key" >"$name.keyname"
  openssl x509 -in "$name.pem" -outform DER -out "$out/$name.der"
}

ca_extensions='basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid'

# leaf NAME KEY EXTENSIONS [OPTION...]: for www.example.com, from the issuing
# CA; EXTENSIONS are added to the usual ones.
leaf()
{
  name=$1 key=$2 extensions=$3
  shift 3
  certificate "$name" issuing "$key" "/O=Example/CN=www.example.com" "$@" <<END
basicConstraints = critical, CA:FALSE
authorityKeyIdentifier = keyid
$extensions
END
}

san='subjectAltName = DNS:www.example.com, DNS:example.com'
server='extendedKeyUsage = serverAuth
keyUsage = critical, digitalSignature, keyEncipherment'

ec='EC -pkeyopt ec_param_enc:named_curve -pkeyopt ec_paramgen_curve'
for name in root issuing other leaf neutral sub; do
  key $name $ec:P-256
done
key p192 $ec:prime192v1
key p224 $ec:secp224r1
key p384 $ec:P-384
key p521 $ec:P-521
key rsa2048 RSA -pkeyopt rsa_keygen_bits:2048
key rsa1024 RSA -pkeyopt rsa_keygen_bits:1024
key rsa2047 RSA -pkeyopt rsa_keygen_bits:2047
key rsapss RSA-PSS -pkeyopt rsa_keygen_bits:2048
key ed25519 ED25519
key ed448 ED448
openssl dsaparam -genkey -noout -out dsa.key 1024 2>/dev/null

# --- authorities ---
printf '%s\n' "$ca_extensions" |
  certificate root root root '/O=Example/CN=Example Root CA'
printf '%s\n' "$ca_extensions" |
  certificate issuing root issuing '/O=Example/CN=Example Issuing CA 1'
# The same name and key in other letters and spacing.
printf '%s\n' "$ca_extensions" |
  certificate issuing-spelt root issuing '/O=EXAMPLE/CN=example  issuing ca 1 '
# The same name, another key.
printf '%s\n' "$ca_extensions" |
  certificate issuing-rekeyed root other '/O=Example/CN=Example Issuing CA 1'
# Names that say nothing of the place in the hierarchy.
printf '%s\n' "$ca_extensions" |
  certificate neutral root neutral '/O=Example/CN=Example TLS CA 7'
printf '%s\n' "$ca_extensions" |
  certificate neutral-root neutral-root neutral '/O=Example/CN=Example TLS CA 7'
printf '%s\n' "$ca_extensions" |
  certificate issuing-sha1 root issuing '/O=Example/CN=Example Issuing CA 1' \
    -md sha1
printf '%s\n' "$ca_extensions" |
  certificate issuing-rsa1024 root rsa1024 \
    '/O=Example/CN=Example Issuing CA 1024'
printf '%s\n' "$ca_extensions" |
  certificate root-sha1 root-sha1 root '/O=Example/CN=Example Root CA' -md sha1
# Another name, by a blank.
printf '%s\n' "$ca_extensions" |
  certificate issuing-joined root issuing '/O=Example/CN=ExampleIssuing CA 1'
# Its issuer has its name, but another key: a change of keys.
printf '%s\n' "$ca_extensions" |
  certificate rollover issuing other '/O=Example/CN=Example Issuing CA 1'
printf '%s\n1.3.6.1.4.1.99999.1 = critical, DER:05:00\n' "$ca_extensions" |
  certificate issuing-critical root issuing '/O=Example/CN=Example Issuing CA 1'
printf '%s\n1.3.6.1.4.1.99999.1 = critical, DER:05:00\n' "$ca_extensions" |
  certificate root-critical root-critical root '/O=Example/CN=Example Root CA'
# Two certificates of one authority, neither of them from a root by its name.
printf '%s\n' "$ca_extensions" |
  certificate cross cross other '/O=Example/CN=Example Cross CA 9'
printf '%s\nauthorityInfoAccess = caIssuers;URI:http://example.com/ca\n' \
  "$ca_extensions" |
  certificate sub-aia neutral sub '/O=Example/CN=Example TLS CA 8'
printf '%s\n' "$ca_extensions" |
  certificate sub-cross cross sub '/O=Example/CN=Example TLS CA 8'
start=20200101000000Z end=20220101000000Z
printf '%s\n' "$ca_extensions" |
  certificate issuing-expired root issuing '/O=Example/CN=Example Issuing CA 1'
start=20250101000000Z end=20350101000000Z

# --- keys and signatures ---
leaf ec256 leaf "$san
$server"
leaf p192 p192 "$san"
leaf p224 p224 "$san"
leaf p384 p384 "$san"
leaf p521 p521 "$san"
leaf rsa2048 rsa2048 "$san
$server"
leaf rsa1024 rsa1024 "$san"
leaf rsa2047 rsa2047 "$san"
leaf rsapss rsapss "$san"
leaf ed25519 ed25519 "$san"
leaf ed448 ed448 "$san"
leaf dsa1024 dsa "$san"
leaf sha1 leaf "$san" -md sha1
leaf sha512 leaf "$san" -md sha512
printf '%s\n' "$san" | certificate rsa-md5 issuing-rsa1024 leaf \
  /CN=www.example.com -md md5
printf '%s\n' "$san" | certificate rsa-sha1 issuing-rsa1024 leaf \
  /CN=www.example.com -md sha1
printf '%s\n' "$san" | certificate rsa-sha256 issuing-rsa1024 leaf \
  /CN=www.example.com
printf '%s\n' "$san" | certificate pss-sha1 issuing-rsa1024 leaf \
  /CN=www.example.com -md sha1 -sigopt rsa_padding_mode:pss
printf '%s\n' "$san" | certificate pss-sha256 issuing-rsa1024 leaf \
  /CN=www.example.com -md sha256 -sigopt rsa_padding_mode:pss

# --- validity ---
start=20230101000000Z end=20240101000000Z
leaf expired leaf "$san"
start=20400101000000Z end=20490101000000Z
leaf not-yet-valid leaf "$san"
start=20500101000000Z end=20510101000000Z # GeneralizedTime
leaf far-future leaf "$san"
start=19600101000000Z end=20510101000000Z # UTCTime of 1960, and Generalized
leaf long leaf "$san"
start=20250101000000Z end=20350101000000Z

# --- names ---
leaf wildcard leaf 'subjectAltName = DNS:*.example.com'
leaf wildcard-inner leaf 'subjectAltName = DNS:www.*.com'
leaf wildcard-part leaf 'subjectAltName = DNS:w*.example.com'
leaf wildcard-top leaf 'subjectAltName = DNS:*.com'
leaf other-name leaf 'subjectAltName = DNS:www.example.net, DNS:example.org'
leaf upper leaf 'subjectAltName = DNS:WWW.Example.COM'
leaf idn leaf 'subjectAltName = DNS:xn--bcher-kva.example'
leaf ip leaf 'subjectAltName = IP:192.0.2.1, IP:2001:db8::1'
leaf ip-as-dns leaf 'subjectAltName = DNS:192.0.2.1, DNS:abcd'
leaf no-san leaf ''
leaf email leaf 'subjectAltName = email:admin@example.com'
printf 'basicConstraints = CA:FALSE\n' |
  certificate no-san-other issuing leaf '/CN=www.example.net'
printf 'basicConstraints = CA:FALSE\n' |
  certificate no-san-wildcard issuing leaf '/CN=*.example.com'
printf 'subjectAltName = critical, DNS:www.example.com\n' |
  certificate no-subject issuing leaf '/'

# --- purpose ---
leaf eku-client leaf "$san
extendedKeyUsage = clientAuth"
leaf eku-both leaf "$san
extendedKeyUsage = serverAuth, clientAuth"
leaf eku-any leaf "$san
extendedKeyUsage = anyExtendedKeyUsage"
leaf eku-email leaf "$san
extendedKeyUsage = emailProtection"
leaf ku-sign leaf "$san
keyUsage = digitalSignature"
leaf ku-agree leaf "$san
keyUsage = keyAgreement"
leaf ku-cert leaf "$san
keyUsage = keyCertSign, cRLSign"
leaf ku-rsa-encipher rsa2048 "$san
keyUsage = keyEncipherment"
leaf ku-rsa-sign rsa2048 "$san
keyUsage = digitalSignature"
leaf ku-decipher-only leaf "$san
keyUsage = keyAgreement, decipherOnly"
leaf must-staple leaf "$san
tlsfeature = status_request"
leaf staple-other leaf "$san
1.3.6.1.5.5.7.1.24 = DER:30:03:02:01:17"
leaf critical leaf "$san
1.3.6.1.4.1.99999.1 = critical, DER:05:00"
leaf not-critical leaf "$san
1.3.6.1.4.1.99999.1 = DER:05:00"
leaf critical-crl leaf "$san
crlDistributionPoints = critical, URI:http://example.com/crl"
printf 'basicConstraints = critical, CA:TRUE\n%s\n' "$san" |
  certificate ca-leaf issuing leaf '/CN=www.example.com'

# --- place in the chain ---
printf '%s\n' "$san" |
  certificate self-signed self-signed leaf '/CN=www.example.com'
printf '%s\n' "$san" |
  certificate self-signed-sha1 self-signed-sha1 leaf '/CN=www.example.com' \
    -md sha1
printf '%s\n' "$san" | certificate by-root root leaf '/CN=www.example.com'
printf '%s\nauthorityInfoAccess = caIssuers;URI:http://example.com/ca\n' \
  "$san" | certificate by-root-aia root leaf '/CN=www.example.com'
printf '%s\n' "$san" | certificate by-neutral neutral leaf '/CN=www.example.com'
printf '%s\nauthorityInfoAccess = caIssuers;URI:http://example.com/ca\n' \
  "$san" | certificate by-neutral-aia neutral leaf '/CN=www.example.com'
printf '%s\nauthorityInfoAccess = caIssuers;URI:ldap:///CN=ca\n' \
  "$san" | certificate by-neutral-ldap neutral leaf '/CN=www.example.com'
printf '%s\nauthorityInfoAccess = OCSP;URI:http://example.com/ocsp\n' \
  "$san" | certificate by-neutral-ocsp neutral leaf '/CN=www.example.com'
printf '%s\n' "$san" | certificate by-sub sub-aia leaf '/CN=www.example.com'
printf '%s\nauthorityKeyIdentifier = keyid\n' "$san" |
  certificate by-issuing issuing leaf '/CN=www.example.com'

# Version 1: no extensions at all.
openssl x509 -req -in ec256.csr -CA issuing.pem -CAkey issuing.key -days 3650 \
  -out v1.pem 2>/dev/null
openssl x509 -in v1.pem -outform DER -out "$out/v1.der"
