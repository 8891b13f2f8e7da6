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
        psk_modes ec_point_formats cert_compression ja3""".split(),
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
