"""Runs the built tool for the tests in this directory."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
TOOL = os.environ.get('TLSDIAG_TOOL') or os.path.join(TOP, 'build', 'tlsdiag')
SCHEMA = os.path.join(TOP, 'docs', 'tlsdiag-json.schema.json')
SHARED = os.path.join(TOP, '..', 'shared')
SECONDS = 120

try:
    import jsonschema
except ImportError:
    jsonschema = None


class Result:
    def __init__(self, done):
        self.status = done.returncode
        self.raw = done.stdout
        self.out = done.stdout.decode('ascii')  # never anything else
        self.err = done.stderr.decode('utf-8', 'replace')

    def json(self):
        return [json.loads(line) for line in self.out.splitlines()]


class ToolTest(unittest.TestCase):
    """A test case with a directory of its own and a checked way to run."""

    @classmethod
    def setUpClass(cls):
        cls.validator = None
        if jsonschema is not None:
            with open(SCHEMA) as file:
                schema = json.load(file)
            jsonschema.Draft7Validator.check_schema(schema)
            cls.validator = jsonschema.Draft7Validator(schema)

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='tlsdiag-cli-')
        self.addCleanup(shutil.rmtree, self.dir)

    def save(self, name, data):
        path = os.path.join(self.dir, name)
        with open(path, 'wb') as file:
            file.write(data)
        return path

    def run_tool(self, *args, stdin=b'', env=None):
        """Runs the tool.  A sanitizer's abort, a signal or a status that the
        manual does not know fails the test at once."""
        environment = dict(os.environ, **(env or {}))
        done = subprocess.run([TOOL, *args], input=stdin, env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=SECONDS, check=False)
        result = Result(done)
        self.assertIn(result.status, (0, 1, 2), result.err)
        self.assertNotIn('Sanitizer', result.err)
        self.assertNotIn('runtime error', result.err)
        return result

    def objects(self, *args, status=None, stdin=b''):
        """The JSON objects for these arguments, checked by the schema."""
        result = self.run_tool('--json', *args, stdin=stdin)
        if status is not None:
            self.assertEqual(result.status, status, result.err)
        found = result.json()
        for item in found:
            if self.validator is not None:
                self.validator.validate(item)
        return found

    def one(self, data, *args, name='a.pcap', status=1):
        """The only object that a capture of these bytes gives."""
        found = self.objects(*args, self.save(name, data), status=status)
        self.assertEqual(len(found), 1, found)
        return found[0]


def main():
    if not os.access(TOOL, os.X_OK):
        print('skipped: the tool is not built (libpcap-dev missing?): ' + TOOL)
        sys.exit(77)
    if jsonschema is None:
        print('note: no python3-jsonschema: objects are not validated')
    unittest.main(verbosity=1)
