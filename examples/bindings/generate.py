#!/usr/bin/env python3
"""Derives from include/tlsdiag/tlsdiag.h what the bindings would otherwise copy.

    generate.py            writes the files below
    generate.py --check    writes nothing; exit status 1 when one has drifted

  python/src/tlsdiag/_api.py     ctypes structs and prototypes
  python/src/tlsdiag/enums.py    the numbers as enums
  rust/src/api.rs                #[repr(C)] structs, prototypes, constants
  node/api.js                    koffi types, prototypes, constants
  ../lib/layout.inc              the structs and members of tlsdiag_layout()
"""
import sys
from pathlib import Path

import header
import targets

TOP = Path(__file__).resolve().parents[2]


def main():
    api = header.read(TOP / "include/tlsdiag/tlsdiag.h")
    files = {
        "python/src/tlsdiag/_api.py": targets.python_api(api),
        "python/src/tlsdiag/enums.py": targets.python_enums(api),
        "rust/src/api.rs": targets.rust(api),
        "node/api.js": targets.node(api),
        "../lib/layout.inc": targets.library(api),
    }
    drifted = 0
    for name, content in files.items():
        path = (TOP / "examples" / name).resolve()
        name = path.relative_to(TOP)
        if path.exists() and path.read_text() == content:
            continue
        drifted += 1
        if "--check" in sys.argv[1:]:
            print(f"{name} has drifted: run "
                  "examples/bindings/generate.py")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
            print(f"{name} written")
    return 1 if drifted and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
