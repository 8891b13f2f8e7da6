#!/usr/bin/env python3
"""lines_test.py FILE...: JSON lines that hosts wrote, against the schema of the
tool's.  No file may be empty."""
import json
import os
import sys

try:
    import jsonschema
except ImportError:
    jsonschema = None

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
SCHEMA = os.path.join(TOP, 'docs', 'tlsdiag-json.schema.json')


def main():
    """Prints what is invalid; the exit status says whether anything was."""
    if jsonschema is None:
        print('skipped: no python3-jsonschema: JSON lines are not validated')
        return 0
    with open(SCHEMA, encoding='ascii') as file:
        validator = jsonschema.Draft7Validator(json.load(file))
    wrong = 0
    for name in sys.argv[1:]:
        with open(name, encoding='ascii') as file:
            lines = file.readlines()
        wrong += not lines
        for line in lines:
            for error in validator.iter_errors(json.loads(line)):
                wrong += 1
                print('%s: %s: %s' % (name, error.message, line.strip()))
        print('%s: %d lines against the schema' % (
            os.path.basename(name), len(lines)))
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
