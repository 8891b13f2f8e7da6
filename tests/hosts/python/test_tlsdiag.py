"""The Python package against the library; run by ../python.sh, which says
where both are."""
import ctypes
import subprocess
import sys
import unittest
from pathlib import Path

import tlsdiag
from tlsdiag import (Anomaly, Cause, ClientHello, Close, Error, Field, Flow,
                     Format, From, Has, Incomplete, Outcome, Party, Protocol,
                     Registry, Section, ServerHello, Stage, Track, cause_text,
                     explain, name, recognise, scan)
from tlsdiag import _api, _library

TOP = Path(__file__).resolve().parents[3]
HELLO = (TOP / "examples/consumers/hello.bin").read_bytes()
ALERT_112 = bytes([21, 3, 3, 0, 2, 2, 112])


class Layout(unittest.TestCase):
    def refused(self, **structs):
        with self.assertRaises(ImportError) as caught:
            _library.check_layout(structs)
        return str(caught.exception)

    def test_drifted_struct_is_noticed(self):
        class Longer(_api.Verdict):
            _fields_ = [("more", ctypes.c_uint32)]

        class Swapped(ctypes.Structure):
            _fields_ = list(reversed(_api.Bytes._fields_))

        class Narrow(ctypes.Structure):
            _fields_ = [("kind", ctypes.c_uint8), ("field", ctypes.c_uint16)]

        self.assertIn("tlsdiag_verdict has ",
                      self.refused(tlsdiag_verdict=Longer))
        self.assertIn("tlsdiag_bytes.len lies elsewhere",
                      self.refused(tlsdiag_bytes=Swapped))
        self.assertIn("tlsdiag_anomaly.kind lies elsewhere",
                      self.refused(tlsdiag_anomaly=Narrow))
        self.assertIn("knows no tlsdiag_gone",
                      self.refused(tlsdiag_gone=_api.Bytes))
        _library.check_layout(_api.STRUCTS)

    def test_library_that_has_grown_is_fine(self):
        class Older(ctypes.Structure):
            _fields_ = _api.Anomaly._fields_[:2]

        _library.check_layout({"tlsdiag_anomaly": Older})

    def test_every_prototype_is_there(self):
        for function in _api.PROTOTYPES:
            self.assertTrue(hasattr(_library.LIB, function), function)

    def test_version(self):
        self.assertRegex(tlsdiag.__version__, r"^\d+\.\d+\.\d+$")


class Hello(unittest.TestCase):
    def test_fields(self):
        hello = ClientHello.from_stream(HELLO)
        self.assertEqual(hello.server_name, "a.example")
        self.assertEqual(hello.format, Format.TLS)
        self.assertEqual(hello.legacy_version, 0x0303)
        self.assertEqual(hello.version_max, 0x0303)
        self.assertEqual(hello.random, b"\xa5" * 32)
        self.assertEqual(hello.session_id, b"")
        self.assertEqual(hello.cipher_suites, (0xc02b,))
        self.assertEqual(hello.cipher_suite_names,
                         ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"])
        self.assertEqual(hello.compression_methods, (0,))
        self.assertEqual([e.name for e in hello.extensions], ["server_name"])
        self.assertEqual(hello.alpn, [])
        self.assertEqual(hello.key_shares, [])
        self.assertIsNone(hello.fault)
        self.assertTrue(hello.has(Has.SERVER_NAME))
        self.assertFalse(hello.has(Has.ALPN))
        self.assertIn(Has.CIPHER_SUITES, hello.present)
        self.assertEqual(len(hello.ja3), 32)
        self.assertTrue(hello.ja4.startswith("t12d0101"))
        self.assertEqual(hello.message, HELLO[5:])

    def test_every_prefix(self):
        for end in range(len(HELLO)):
            with self.assertRaises((Incomplete, Error)):
                ClientHello.from_stream(HELLO[:end])

    def test_fault_keeps_what_came_before(self):
        message = bytearray(HELLO[5:])
        message[-11:-9] = b"\x7f\xff"  # the name claims to be longer
        hello = ClientHello.from_message(bytes(message))
        self.assertIsNotNone(hello.fault)
        self.assertEqual(hello.fault.field, Field.SERVER_NAME)
        self.assertEqual(hello.cipher_suites, (0xc02b,))
        self.assertIsNone(hello.server_name)

    def test_anomaly(self):
        message = bytearray(HELLO[5:]) + b"\0"
        message[3] += 1
        hello = ClientHello.from_message(bytes(message))
        self.assertIn(Anomaly.TRAILING_BYTES,
                      [odd.kind for odd in hello.anomalies])

    def test_other_type(self):
        with self.assertRaises(Error):
            ServerHello.from_message(HELLO[5:])

    def test_recognise(self):
        self.assertEqual(recognise(b"GET / HTTP/1.1\r\n"),
                         Protocol.HTTP_REQUEST)
        self.assertEqual(recognise(HELLO), Protocol.TLS)
        self.assertEqual(recognise(b"220 mail ESMTP\r\n", From.SERVER),
                         Protocol.SMTP)


class Why(unittest.TestCase):
    def test_flow(self):
        with Flow() as flow:
            for byte in HELLO:
                flow.feed(From.CLIENT, bytes([byte]))
            flow.feed(From.SERVER, ALERT_112, 1000)
            flow.close(From.SERVER, Close.FIN, 2000)
        verdict = flow.verdict()
        self.assertTrue(verdict.failed)
        self.assertEqual(verdict.best.cause, Cause.SNI_UNRECOGNIZED)
        self.assertEqual(verdict.best.id, "sni_unrecognized")
        self.assertEqual(verdict.best.party, Party.CLIENT)
        self.assertEqual(verdict.stage, Stage.CLIENT_HELLO)
        self.assertEqual(verdict.alert.code, 112)
        self.assertEqual(verdict.alert.name, "unrecognized_name")
        self.assertEqual(verdict.end, Close.FIN)
        self.assertTrue(verdict.best.text)
        self.assertTrue(verdict.best.advice)
        seen = list(flow.observations)
        self.assertTrue(verdict.best.evidence)
        for index in verdict.best.evidence:
            self.assertTrue(seen[index].text)

    def test_reset(self):
        with Flow() as flow:
            flow.feed(From.CLIENT, HELLO)
            flow.close(From.SERVER, Close.RST, 1000)
        self.assertEqual(flow.verdict().best.cause,
                         Cause.RESET_AFTER_CLIENT_HELLO)

    def test_left_open(self):
        with Flow() as flow:
            flow.feed(From.CLIENT, HELLO)
        self.assertEqual(flow.verdict().outcome, Outcome.INCOMPLETE)

    def test_text(self):
        line = ("SSL_do_handshake() failed (SSL: error:0A0000C1:SSL "
                "routines::no shared cipher) while SSL handshaking")
        self.assertTrue(scan(line))
        verdict = explain(line)
        self.assertEqual(verdict.best.cause, Cause.NO_SHARED_CIPHER)
        self.assertEqual(scan("the weather is fine"), [])

    def test_who_wrote_a_text(self):
        line = "certificate has expired"
        for side, cause in (
                (Party.UNKNOWN, Cause.SERVER_CERTIFICATE_EXPIRED),
                (Party.CLIENT, Cause.SERVER_CERTIFICATE_EXPIRED),
                (Party.SERVER, Cause.CLIENT_CERTIFICATE_EXPIRED)):
            self.assertEqual(explain(line, side).best.cause, cause)
        self.assertEqual(scan(line, Party.SERVER)[0].side, Party.SERVER)
        with self.assertRaises(ValueError):
            scan(line, Party.NETWORK)

    def test_command_takes_a_side(self):
        for options, cause in (
                ([], b"server_certificate_expired"),
                (["--side", "client"], b"server_certificate_expired"),
                (["--side=server"], b"client_certificate_expired")):
            done = subprocess.run(
                [sys.executable, "-m", "tlsdiag", *options, "-"],
                input=b"certificate has expired\n", capture_output=True,
                timeout=60, check=False)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn(cause, done.stdout)
        done = subprocess.run(
            [sys.executable, "-m", "tlsdiag", "--side=middle", "-"],
            capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 2)

    def test_names(self):
        self.assertEqual(name(Registry.CIPHER_SUITE, 0x1301),
                         "TLS_AES_128_GCM_SHA256")
        self.assertEqual(name(Registry.CIPHER_SUITE, 0xfafb), "0xfafb")
        self.assertTrue(cause_text(Cause.SNI_MISSING, Section.TITLE))


class Tracks(unittest.TestCase):
    def track(self, *identities):
        track = Track()
        for identity in identities:
            with Flow() as flow:
                flow.feed(From.CLIENT, HELLO, identity * 1000000)
                flow.close(From.SERVER, Close.RST, identity * 1000000 + 1000)
            track.add(flow, identity)
        return track

    def test_merge_in_any_order(self):
        one, two = self.track(1, 3), self.track(2, 3)
        there, back = Track(bytes(one)), Track(bytes(two))
        there.merge(two)
        back.merge(one)
        self.assertEqual(len(there), 3)
        self.assertEqual(bytes(there), bytes(back))
        there.group()

    def test_rubbish_is_refused(self):
        with self.assertRaises(Error):
            Track(b"rubbish")


class Command(unittest.TestCase):
    def run_it(self, data):
        return subprocess.run([sys.executable, "-m", "tlsdiag", "-"],
                              input=data, capture_output=True, check=False)

    def test_hello_and_log(self):
        done = self.run_it(HELLO)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"a.example", done.stdout)
        self.assertIn(b"a.example", self.run_it(HELLO.hex().encode()).stdout)
        done = self.run_it(b"fine\nerror:0A0000C1:SSL routines::no shared "
                           b"cipher\n")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"line 2: no_shared_cipher", done.stdout)
        self.assertEqual(self.run_it(b"fine\n").returncode, 0)


if __name__ == "__main__":
    unittest.main()
