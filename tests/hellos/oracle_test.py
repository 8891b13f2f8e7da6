#!/usr/bin/env python3
# Compares what the library reads in the hellos of public captures with what
# tshark reads in them, field by field.
# timeout: 120
# builds: release asan
"""The captures are not part of the project: without them the test is skipped.

A difference is a failure unless differences.csv beside this file lists the
message and the field with the reason.  A row there that no longer differs is
a failure too.
"""
import csv
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

PROJECT = pathlib.Path(__file__).resolve().parents[2]
PUBLIC = PROJECT.parent / "shared" / "captures" / "public"
FIELDS = {
    "client_hello": """msg length legacy_version random session_id ciphers
        compression extensions extension_lengths sni alpn groups sigalgs
        sigalgs_cert supported_versions key_share_groups key_share_selected
        psk_modes ec_point_formats cert_compression ja3 ja4""".split(),
    "server_hello": """msg length legacy_version random session_id ciphers
        compression extensions extension_lengths alpn supported_versions
        key_share_groups key_share_selected ec_point_formats""".split(),
}
FIELDS["hello_retry_request"] = FIELDS["server_hello"]
NAMES = ("sni", "alpn")


def build(where):
    """Compiles dump.c with the library that the other tests use."""
    program = where / "dump"
    build_dir = pathlib.Path(os.environ["TLSDIAG_BUILD_DIR"])
    command = [os.environ.get("CC", "cc"), "-std=c99", "-O1",
               f"-I{PROJECT / 'include'}",
               str(PROJECT / "tests/hellos/dump.c"),
               str(build_dir / "libtlsdiag.a"), "-o", str(program)]
    library = (build_dir / "libtlsdiag.a").read_bytes()
    if b"__asan_" in library:
        command.insert(1, "-fsanitize=address,undefined")
    subprocess.run(command, check=True)
    return program


def grease(value):
    return value & 0x0F0F == 0x0A0A and value >> 8 == value & 0xFF


def age(version):
    """Drafts lie between TLS 1.2 and TLS 1.3, DTLS counts downwards."""
    if version >> 8 in (0x7F, 0xFB):
        return 0x0303 + (version & 0xFF) / 256
    if version >> 8 == 0xFE:
        return 0x0400 - (version & 0xFF)
    return version if version >> 8 <= 4 else 0  # others are no versions


def ja4(hello):
    """JA4 of what tshark read, by another hand than the library's."""
    def values(key):
        return [v for v in hello[key] if not grease(v)]

    def digest(text):
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    extensions = values("extensions")
    names = {0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10",
             0x0300: "s3", 0x0002: "s2", 0xFEFF: "d1", 0xFEFD: "d2",
             0xFEFC: "d3"}
    offered = values("supported_versions")
    best = max(offered, key=age) if offered else hello["legacy_version"]
    transport = "d" if hello["dir"].startswith("dtls") else \
        "q" if 57 in extensions else "t"
    alpn = "00"
    if hello["alpn"]:
        first, last = hello["alpn"][0][0], hello["alpn"][0][-1]
        alpn = first + last
    parts = [transport, names.get(best, "00"),
             "d" if 0 in extensions else "i",
             f"{min(len(values('ciphers')), 99):02}",
             f"{min(len(extensions), 99):02}", alpn]
    ciphers = ",".join(f"{v:04x}" for v in sorted(values("ciphers")))
    hashed = ",".join(f"{v:04x}" for v in sorted(extensions)
                      if v not in (0, 16))
    if hashed and values("sigalgs"):
        hashed += "_" + ",".join(f"{v:04x}" for v in values("sigalgs"))
    return "_".join(["".join(parts),
                     digest(ciphers) if ciphers else "0" * 12,
                     digest(hashed) if hashed else "0" * 12])


def decode_names(values):
    """Names travel in hexadecimal, since a name may hold any byte."""
    return [bytes.fromhex(v).decode("utf-8", "backslashreplace")
            for v in values]


def main():
    if not (PUBLIC / "hellos.jsonl").exists():
        print("skipped: ../shared/captures/public is not there")
        return 77
    with open(PUBLIC / "hellos.jsonl", encoding="utf-8") as lines:
        oracle = [json.loads(line) for line in lines]
    for hello in oracle:
        if hello["msg"] == "client_hello":
            hello["ja4"] = ja4(hello)
    with tempfile.TemporaryDirectory() as scratch:
        program = build(pathlib.Path(scratch))
        paths = [str(PUBLIC / hello["file"]) for hello in oracle]
        out = subprocess.run([program, *paths], check=True,
                             stdout=subprocess.PIPE, text=True).stdout
    ours = [json.loads(line) for line in out.splitlines()]
    assert len(ours) == len(oracle), (len(ours), len(oracle))

    listed = {}
    with open(pathlib.Path(__file__).with_name("differences.csv"),
              newline="", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            listed[row["file"], row["field"]] = row["reason"]
    fields = failed = excused = 0
    seen = set()
    for theirs, mine in zip(oracle, ours):
        name = theirs["file"].split("/")[-1]
        for key in FIELDS[theirs["msg"]]:
            value = mine[key]
            if key in NAMES:
                value = decode_names(value)
            fields += 1
            if value == theirs[key]:
                continue
            seen.add((name, key))
            if (name, key) in listed:
                excused += 1
                continue
            failed += 1
            print(f"{name} {key}:\n  tshark  {theirs[key]}\n  tlsdiag {value}")
    for name, key in sorted(set(listed) - seen):
        failed += 1
        print(f"{name} {key}: listed in differences.csv and does not differ")
    print(f"{len(oracle)} messages, {fields} fields: "
          f"{fields - failed - excused} agree, {excused} differ as listed, "
          f"{failed} failed")
    print(f"{fields - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
