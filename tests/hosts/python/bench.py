"""hello -> object: this package against dpkt, in one process, best of five."""
import ssl
import sys
import timeit

from tlsdiag import ClientHello



def real_hello():
    """What this machine's OpenSSL sends."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    out = ssl.MemoryBIO()
    tls = context.wrap_bio(ssl.MemoryBIO(), out,
                           server_hostname="www.tlsdiag-example.test")
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return out.read()


data = real_hello()
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
    from dpkt.ssl import TLSClientHello
except ImportError:
    sys.exit("dpkt: not installed, no comparison")
theirs = best(lambda: TLSClientHello(message[4:]), 2000)
print(f"dpkt: {theirs:.2f} us, {theirs / ours:.1f} times as long")
if theirs < 10 * ours:
    sys.exit("less than ten times as fast as dpkt")
