"""A scenario: two programs, what stands between them, and what it should be
called. scenarios/*.py hold them as data.
"""
import csv
import os

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CAUSES = os.path.join(os.path.dirname(os.path.dirname(HERE)), "lib", "tables",
                      "causes.csv")
INCOMPLETE = {"connection_probe"}
NOT_TLS = {"plain_http_to_tls_port", "non_tls_to_tls_port",
           "tls_to_plain_http_port", "tls_to_non_tls_port",
           "starttls_expected", "implicit_tls_expected", "starttls_refused",
           "proxy_protocol_unexpected"}
ALL = []


def parties():
    with open(CAUSES) as rows:
        return {row["id"]: row["party"] for row in csv.DictReader(rows)}


PARTIES = parties()


class Scenario:
    """
    server, client   (stack, options); client may be a list of them, run in
                     turn, and server a list of which the last faces the client
    accept           causes that are also right from the wire alone
    party            when it is not the cause's own
    box              rules of labkit/box.py
    expect           what proves the label:
                       client, server  regular expressions their logs match
                       alert           (who, code) seen in clear
                       stage, end, version, messages   parts of wire.summary
    focus            which connection the label speaks of
    host             address of the server (default the first)
    vantage          "client" or "server": where the capture is taken
    filter           what the recorder takes, as "and ..." for tcpdump
    """

    def __init__(self, name, cause, server, client, accept=(), party=None,
                 box=None, expect=None, focus=0, host=None, vantage="client",
                 outcome=None, how="", settle=0.15, seconds=12, filter=""):
        assert cause in PARTIES, cause
        self.name, self.cause, self.how = name, cause, how
        self.servers = server if isinstance(server, list) else [server]
        self.clients = client if isinstance(client, list) else [client]
        self.accept = list(accept)
        assert all(other in PARTIES for other in self.accept), self.accept
        self.party = party or PARTIES[cause]
        self.box, self.expect = box, expect or {}
        self.focus, self.host, self.vantage = focus, host, vantage
        self.outcome = outcome or self._outcome()
        self.settle, self.seconds = settle, seconds
        self.filter = filter

    def _outcome(self):
        if self.cause in ("none", "rejected_after_handshake"):
            return "completed"
        if self.cause in NOT_TLS:
            return "not_tls"
        return "incomplete" if self.cause in INCOMPLETE else "failed"

    def stacks(self):
        return {stack for stack, _ in self.servers + self.clients}


def scenario(name, cause, server, client, **more):
    assert all(known.name != name for known in ALL), name
    ALL.append(Scenario(name, cause, server, client, **more))
