"""ClientHellos made by hand, for what no library sends."""
import os

SUITES12 = (0xC02F, 0xC030, 0xC02B, 0xC02C, 0x009C, 0x009D, 0xC013, 0xC014,
            0x002F, 0x0035)
SUITES13 = (0x1301, 0x1302, 0x1303)
SIGALGS = (0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601)
# A point of P-256: its generator will do where nobody derives keys.
P256_POINT = bytes.fromhex(
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")


def vector(size, data):
    return len(data).to_bytes(size, "big") + data


def u16s(values):
    return b"".join(value.to_bytes(2, "big") for value in values)


def extension(kind, body):
    return kind.to_bytes(2, "big") + vector(2, body)


def server_name(name):
    return extension(0, vector(2, b"\x00" + vector(2, name.encode())))


def groups(*values):
    return extension(10, vector(2, u16s(values)))


def signature_algorithms(*values):
    return extension(13, vector(2, u16s(values or SIGALGS)))


def supported_versions(*values):
    return extension(43, vector(1, u16s(values)))


def key_share(*pairs):
    shares = b"".join(group.to_bytes(2, "big") + vector(2, key)
                      for group, key in pairs)
    return extension(51, vector(2, shares))


X25519_SHARE = (29, bytes(range(1, 33)))
P256_SHARE = (23, P256_POINT)
COMMON = (extension(11, b"\x01\x00") + extension(23, b"")
          + extension(0xFF01, b"\x00"))


def client_hello(extensions, suites=SUITES12, version=0x0303, session=b"",
                 compression=b"\x00", record=0x0301):
    body = (version.to_bytes(2, "big") + os.urandom(32) + vector(1, session)
            + vector(2, u16s(suites)) + vector(1, compression))
    if extensions is not None:
        body += vector(2, extensions)
    message = b"\x01" + vector(3, body)
    return b"\x16" + record.to_bytes(2, "big") + vector(2, message)


def tls12(more=b"", name="www.example.test", **keys):
    return client_hello(server_name(name) + groups(29, 23) + COMMON
                        + signature_algorithms() + more, **keys)


def tls13(parts, **keys):
    keys.setdefault("suites", SUITES13)
    keys.setdefault("session", os.urandom(32))
    return client_hello(server_name("www.example.test") + parts, **keys)


def plain():
    return tls12()


def plain13():
    return tls13(groups(29, 23) + signature_algorithms()
                 + supported_versions(0x0304) + key_share(X25519_SHARE))


def sslv3():
    return client_hello(None, suites=(0x0035, 0x002F, 0x000A, 0x0005, 0x00FF),
                        version=0x0300, record=0x0300)


def sslv2():
    """An SSLv2-format hello (RFC 5246 appendix E.2) that allows SSLv3."""
    specs = bytes.fromhex("010080" "000039" "000035" "00002f" "0700c0"
                          "030080" "00000a")
    body = (b"\x01\x03\x00" + len(specs).to_bytes(2, "big") + b"\x00\x00"
            + b"\x00\x10" + specs + os.urandom(16))
    return (0x8000 | len(body)).to_bytes(2, "big") + body


def sslv2_only():
    specs = bytes.fromhex("010080" "0700c0" "030080")
    body = (b"\x01\x00\x02" + len(specs).to_bytes(2, "big") + b"\x00\x00"
            + b"\x00\x10" + specs + os.urandom(16))
    return (0x8000 | len(body)).to_bytes(2, "big") + body


def no_key_share():
    return tls13(groups(29, 23) + signature_algorithms()
                 + supported_versions(0x0304))


def no_groups():
    return tls13(signature_algorithms() + supported_versions(0x0304)
                 + key_share(X25519_SHARE))


def no_signature_algorithms():
    return tls13(groups(29) + supported_versions(0x0304)
                 + key_share(X25519_SHARE))


def sha1_only():
    return client_hello(server_name("www.example.test") + groups(29, 23)
                        + COMMON + signature_algorithms(0x0201, 0x0203))


def unknown_groups():
    return client_hello(server_name("www.example.test")
                        + groups(0x0009, 0x000A) + COMMON
                        + signature_algorithms(),
                        suites=(0xC02F, 0xC030, 0xC013))


def unknown_groups13():
    return tls13(groups(0xFE01, 0xFE02) + signature_algorithms()
                 + supported_versions(0x0304)
                 + key_share((0xFE01, bytes(range(56)))))


def duplicate_extension():
    return tls12(extension(23, b""))


def bad_sni():
    """A server_name whose inner length runs past the extension."""
    return client_hello(extension(0, b"\x00\x20\x00\x00\x40www")
                        + groups(29, 23) + COMMON + signature_algorithms())


def bad_extensions_length():
    """The extension block claims ten bytes more than the message holds."""
    data = bytearray(tls12())
    start = 5 + 4 + 2 + 32 + 1 + 2 + 2 * len(SUITES12) + 2
    claimed = int.from_bytes(data[start:start + 2], "big") + 10
    data[start:start + 2] = claimed.to_bytes(2, "big")
    return bytes(data)


def odd_suites():
    """A suite list of odd length."""
    body = (b"\x03\x03" + os.urandom(32) + b"\x00" + b"\x00\x03\xc0\x2f\x00"
            + b"\x01\x00")
    return b"\x16\x03\x01" + vector(2, b"\x01" + vector(3, body))


def long_session():
    return tls12(session=os.urandom(40))


def no_null_compression():
    return tls12(compression=b"\x01")


def trailing_bytes():
    data = tls12()
    body = data[9:] + b"\xaa\xbb\xcc"
    return b"\x16\x03\x01" + vector(2, b"\x01" + vector(3, body))


def oversize_record():
    """A record header that claims 20,000 bytes, and as many."""
    return b"\x16\x03\x01" + vector(2, b"\x01" + vector(3, os.urandom(19996)))


def finished_first():
    return b"\x16\x03\x03" + vector(2, b"\x14" + vector(3, bytes(12)))


def data_first():
    return b"\x17\x03\x03" + vector(2, os.urandom(40))


def key_exchange_first():
    """A good hello and, at once, a message that is not due."""
    return tls12() + b"\x16\x03\x03" + vector(
        2, b"\x0b" + vector(3, b"\x00\x00\x00"))


def key_share_not_in_groups():
    return tls13(groups(23) + signature_algorithms()
                 + supported_versions(0x0304) + key_share(X25519_SHARE))


def bad_key_share():
    """An x25519 share of the wrong length."""
    return tls13(groups(29) + signature_algorithms()
                 + supported_versions(0x0304) + key_share((29, bytes(20))))


def scsv(version, *_):
    """TLS_FALLBACK_SCSV at a lower version."""
    number = {"1.0": 0x0301, "1.1": 0x0302, "1.2": 0x0303}[version]
    return client_hello(server_name("www.example.test") + groups(29, 23)
                        + COMMON + signature_algorithms(),
                        suites=(*SUITES12, 0x5600), version=number)


def retry_loop():
    """Offers P-256 but brings an x25519 share; ignores the retry."""
    hello = tls13(groups(29, 23) + signature_algorithms()
                  + supported_versions(0x0304) + key_share())
    return hello


KINDS = {name: function for name, function in list(globals().items())
         if callable(function) and not name.startswith("_")}
