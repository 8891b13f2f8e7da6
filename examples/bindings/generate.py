#!/usr/bin/env python3
"""Derives from include/tlsdiag/tlsdiag.h what the bindings would otherwise copy.

    generate.py            writes the files below
    generate.py --check    writes nothing; exit status 1 when one has drifted

  bindings/layout.json           size of every public struct and the offset and
                                 size of every member, as a C compiler sees them
  python/src/tlsdiag/_api.py     ctypes structs, prototypes and the layout
  python/src/tlsdiag/enums.py    the numbers as enums
  rust/src/api.rs                #[repr(C)] structs, prototypes, constants
  node/api.js                    koffi types, prototypes, constants

Needs a C compiler (CC, or cc) and nothing else."""
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import header
import targets

TOP = Path(__file__).resolve().parents[2]


def measure(api):
    """Asks the compiler where each member of each struct lies."""
    lines = ["#include <stddef.h>", "#include <stdio.h>",
             "#include <tlsdiag/tlsdiag.h>", "int main(void) {"]
    for struct in api.structs:
        lines.append(f'printf("{struct.name} size %zu\\n", '
                     f"sizeof({struct.name}));")
        for member in struct.members:
            lines.append(
                f'printf("{struct.name} {member.name} %zu %zu\\n", '
                f"offsetof({struct.name}, {member.name}), "
                f"sizeof((({struct.name} *)0)->{member.name}));")
    lines.append("return 0; }")
    with tempfile.TemporaryDirectory() as where:
        source, program = Path(where, "layout.c"), Path(where, "layout")
        source.write_text("\n".join(lines) + "\n")
        subprocess.run([os.environ.get("CC", "cc"), "-I", TOP / "include",
                        source, "-o", program], check=True)
        out = subprocess.run([program], check=True, capture_output=True,
                             text=True).stdout
    layout = {}
    for line in out.splitlines():
        name, member, *numbers = line.split()
        numbers = [int(number) for number in numbers]
        if member == "size" and len(numbers) == 1:
            layout[name] = {"size": numbers[0], "members": {}}
        else:
            layout[name]["members"][member] = numbers
    return layout


def main():
    api = header.read(TOP / "include/tlsdiag/tlsdiag.h")
    layout = measure(api)
    text = json.dumps(layout, indent=1)
    # One member a line is enough.
    text = re.sub(r"\[\s+(\d+),\s+(\d+)\s+\]", r"[\1, \2]", text) + "\n"
    files = {
        "bindings/layout.json": text,
        "python/src/tlsdiag/_api.py": targets.python_api(api, layout),
        "python/src/tlsdiag/enums.py": targets.python_enums(api),
        "rust/src/api.rs": targets.rust(api),
        "node/api.js": targets.node(api),
    }
    drifted = 0
    for name, content in files.items():
        path = TOP / "examples" / name
        if path.exists() and path.read_text() == content:
            continue
        drifted += 1
        if "--check" in sys.argv[1:]:
            print(f"examples/{name} has drifted: run "
                  "examples/bindings/generate.py")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
            print(f"examples/{name} written")
    return 1 if drifted and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
