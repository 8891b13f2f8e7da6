# pki.sh: certificates for the tests of servers; sourced after kit.sh.

# issue DIRECTORY NAME EXTENSION [ISSUER]: NAME.pem and NAME.key.
issue()
{
  local dir=$1 name=$2 extension=$3 by=(-x509)
  [ $# -gt 3 ] && by=(-x509 -CA "$dir/$4.pem" -CAkey "$dir/$4.key")
  # req -CA needs OpenSSL 3; older ones sign in two steps.
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout "$dir/$name.key" -subj "/CN=$name" -days 2 \
    -addext "$extension" "${by[@]}" -out "$dir/$name.pem" 2>/dev/null
}

# make_pki DIRECTORY: ca, good.example, client, and a stranger of its own.
make_pki()
{
  mkdir -p "$1"
  issue "$1" ca basicConstraints=critical,CA:TRUE
  issue "$1" good.example subjectAltName=DNS:good.example ca
  issue "$1" client extendedKeyUsage=clientAuth ca
  issue "$1" stranger extendedKeyUsage=clientAuth
}

# s_client PORT OPTIONS...: one handshake and a request.
s_client()
{
  local port=$1
  shift
  { printf 'GET / HTTP/1.0\r\nHost: good.example\r\n\r\n'; sleep 0.3; } |
    timeout 10 openssl s_client -connect "127.0.0.1:$port" "$@" -quiet \
      >>"$work/clients.log" 2>&1 || true
}

# raw PORT PYTHON: a client of its own; `s` is the connected socket.
raw()
{
  timeout 20 python3 - "$1" "$2" <<'END' >>"$work/clients.log" 2>&1 || true
import socket, struct, sys, time
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.settimeout(5)
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

def hello(name, suite="c02b", padding=0):
    """A TLS 1.2 ClientHello, in as many records as it takes."""
    name = name.encode()
    sni = struct.pack(">HHHBH", 0, len(name) + 5, len(name) + 3, 0,
                      len(name)) + name if name else b""
    ext = sni + bytes.fromhex("000a00060004001d0017" "000b00020100"
                              "000d000400020403" "00170000" "ff01000100")
    if padding:
        ext += struct.pack(">HH", 21, padding) + bytes(padding)
    body = (b"\x03\x03" + bytes(32) + b"\0" + bytes.fromhex("0002" + suite + "0100")
            + struct.pack(">H", len(ext)) + ext)
    msg = b"\x01" + len(body).to_bytes(3, "big") + body
    parts = [msg[i:i + 16384] for i in range(0, len(msg), 16384)]
    return b"".join(b"\x16\x03\x01" + struct.pack(">H", len(part)) + part
                    for part in parts)

exec(sys.argv[2])
END
}

# free_port: one that was free a moment ago.
free_port()
{
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# wait_port PORT: until something listens there.
wait_port()
{
  local _
  for _ in $(seq 100); do
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0
    sleep 0.1
  done
  fail "nothing listens on port $1"
}

# same_lines WANT GOT WHAT
same_lines()
{
  diff "$1" "$2" || fail "$3 (< wanted, > logged)"
}
