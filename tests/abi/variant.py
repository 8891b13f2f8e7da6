"""The public header as a past or a coming release might have it.

    variant.py shorter|longer HEADER >OTHER

shorter: structs that begin with `size` lack their last member, and a verdict
holds fewer causes; a hint stays, since a verdict needs all of it.  longer: each
has three members more, and a verdict holds more causes."""
import re
import sys

STRUCT = re.compile(r"(typedef struct (\w+) \{\n  uint32_t size;.*?)(\n\} \2;)",
                    re.S)
MEMBER = re.compile(r"\n  [\w ]+[ *]\w+(\[\w+\])?;[^;]*$")
CAUSES = re.compile(r"(#define TLSDIAG_MAX_CAUSES) \d+")


def main():
    kind, path = sys.argv[1:]
    with open(path, encoding="ascii") as file:
        text = file.read()

    def change(match):
        body, name, end = match.groups()
        if kind == "longer" and name != "tlsdiag_verdict":
            body += ("\n  uint64_t later_;\n  uint32_t later2_;"
                     "\n  uint32_t later3_;")
        elif kind == "shorter" and name not in ("tlsdiag_verdict",
                                                "tlsdiag_hint"):
            body, count = MEMBER.subn("", body)
            assert count == 1, name
        return body + end

    text, structs = STRUCT.subn(change, text)
    assert structs >= 10, structs
    text, macros = CAUSES.subn(r"\1 " + {"longer": "16", "shorter": "2"}[kind],
                               text)
    assert macros == 1
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
