"""Runs the examples of docs/python.md and of the package's README."""
import contextlib
import doctest
import io
import os
import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
FENCE = re.compile(r"^```python\n(.*?)^```$", re.S | re.M)


def run_page(path):
    """The examples of one page, top down, in one namespace."""
    page = path.read_text()
    blocks = FENCE.findall(page)
    runner, names = doctest.DocTestRunner(), {}
    for number, block in enumerate(blocks, 1):
        name = f"{path.name}, block {number}"
        if ">>>" not in block:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(block, name, "exec"), names)
            continue
        test = doctest.DocTestParser().get_doctest(block, names, name,
                                                   str(path), 0)
        runner.run(test, clear_globs=False)
        names = test.globs
    print(f"{path.name}: {len(blocks)} blocks, {runner.tries} examples")
    return runner.failures + (not blocks)


def main():
    os.chdir(TOP / "examples")
    failures = sum(run_page(TOP / page) for page in (
        "docs/python.md", "examples/python/README.md"))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
