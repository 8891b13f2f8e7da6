"""hello -> object: this package against dpkt, in one process, best of five."""
import sys
import timeit
from pathlib import Path

from tlsdiag import ClientHello

TOP = Path(__file__).resolve().parents[3]
SHARED = TOP.parent / "shared/captures/hellos/curl788_openssl.bin"
real = SHARED.exists()
data = (SHARED if real else TOP / "examples/consumers/hello.bin").read_bytes()
message = ClientHello.from_stream(data).message


def best(call, number=20000):
    return min(timeit.repeat(call, number=number, repeat=5)) / number * 1e6


def with_fields():
    hello = ClientHello.from_message(message)
    return hello.server_name, hello.version_max, hello.cipher_suites


ours = best(lambda: ClientHello.from_message(message))
print(f"{len(message)}-byte hello to object: {ours:.2f} us; "
      f"with name, version and suites read: {best(with_fields):.2f} us")
try:
    from dpkt import ssl
except ImportError:
    sys.exit("dpkt: not installed, no comparison")
theirs = best(lambda: ssl.TLSClientHello(message[4:]), 2000)
print(f"dpkt: {theirs:.2f} us, {theirs / ours:.1f} times as long")
if real and theirs < 10 * ours:
    sys.exit("less than ten times as fast as dpkt")
