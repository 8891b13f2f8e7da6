"""Runs one scenario in a worker's network: capture, logs and label."""
import json
import os
import random
import re
import shutil
import signal
import tempfile
import time

from labkit import net, wire
from labkit.clients import CLIENTS
from labkit.net import LabError, Process
from labkit.servers import SERVERS, Place, filled
from labkit.services import SERVICES
from labkit.tools import PROJECT

STARTERS = {**SERVERS, **SERVICES}
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PORT = 443
# What a client prints that got its answer.
WORKED = r"(?m)^OK|^hello$|200 OK"


def complete(seen):
    """Both sides finished, as far as the wire shows."""
    messages = seen["messages"]
    if seen["version"] == "TLS1.3":
        return any(message.startswith("c:encrypted_")
                   for message in messages)
    return "c:finished" in messages and "s:finished" in messages


class Run:
    def __init__(self, scenario, network, pki, tools, out):
        self.scenario, self.network = scenario, network
        self.pki, self.tools = pki, tools
        self.out = os.path.join(out, scenario.name)
        self.live = []
        self.commands = []
        self.facts = []
        self.host = scenario.host or net.SERVERS[0]
        # Botan does not reuse an address that still lies in TIME_WAIT.
        stacks = {stack for stack, _ in scenario.servers}
        self.port = random.randrange(20000, 30000) if "botan" in stacks \
            else PORT

    def go(self):
        shutil.rmtree(self.out, ignore_errors=True)
        os.makedirs(self.out)
        self.tmp = tempfile.mkdtemp(prefix="tlsdiag-lab-")
        os.chmod(self.tmp, 0o755)
        try:
            self.address = self.network.next_client()
            self._servers()
            self._box()
            self._capture()
            for number, client in enumerate(self.scenario.clients):
                self._client(number, *client)
            time.sleep(self.scenario.settle)
            self._stop()
            self._collect()
            return self._label()
        finally:
            self._stop()
            if self.scenario.box:
                self.network.forward(True)
            shutil.rmtree(self.tmp, ignore_errors=True)

    def _place(self, name, port, host=None):
        run = os.path.join(self.tmp, name)
        os.makedirs(run, exist_ok=True)
        os.chmod(run, 0o777)
        return Place(run, host or self.host, port, self.pki, self.tools)

    def _servers(self):
        """The last server faces the client; those before it stand behind it
        on loopback, each one port further up."""
        behind = len(self.scenario.servers) - 1
        for number, (stack, options) in enumerate(self.scenario.servers):
            back = behind - number
            port = options.get("port", self.port + back)
            place = self._place(f"server{number}", port,
                                "127.0.0.1" if back else self.host)
            command, facts = STARTERS[stack](place, filled(place, options))
            if command is None:
                continue
            log = os.path.join(self.tmp, f"server{number}.log")
            process = self._start(self.network.server, command, log,
                                  facts.get("env"), "server")
            process.wait_for_port(port)
            self.facts.append(facts)

    def _start(self, namespace, command, log, env, role):
        process = Process(namespace, command, log, env=env, cwd=self.tmp)
        self.live.append(process)
        if role:
            self.commands.append(f"{role}: {' '.join(map(str, command))}")
        return process

    def _box(self):
        if not self.scenario.box:
            return
        rules = os.path.join(self.tmp, "rules.json")
        with open(rules, "w") as out:
            json.dump(self.scenario.box, out)
        self.network.forward(False)
        log = os.path.join(self.tmp, "box.log")
        box = self._start(self.network.device,
                          ["python3", "-u", HERE + "/labkit/box.py", "d0",
                           "d1", rules], log, None, None)
        box.wait_for_text("forwarding")
        self.commands.append("device: " + json.dumps(self.scenario.box))

    def _capture(self):
        namespace, interface = {
            "client": (self.network.client, "c0"),
            "server": (self.network.server, "s0")}[self.scenario.vantage]
        self.capture = os.path.join(self.out, "capture.pcap")
        self.dump = self._start(
            namespace, ["tcpdump", "-i", interface, "-U", "--immediate-mode",
                        "-w", self.capture, f"tcp and (ip6 or host "
                        f"{self.address}) {self.scenario.filter}"],
            os.path.join(self.tmp, "tcpdump.log"), None, None)
        self.dump.wait_for_text("listening on")

    def _client(self, number, stack, options):
        options = dict(options)
        host = options.pop("host", self.host)
        place = self._place(f"client{number}", options.pop("port", self.port),
                            host)
        hold = options.pop("hold", None)
        command, facts = CLIENTS[stack](place, filled(place, options))
        # "@/" is the directory that all programs of the scenario share.
        command = [word.replace("@/", self.tmp + "/") for word in command]
        stdin = os.path.join(place.run, "stdin")
        with open(stdin, "wb") as out:
            out.write(facts.get("stdin", b""))
        log = os.path.join(self.tmp, "client.log")
        with open(stdin, "rb") as source:
            process = Process(self.network.client, command, log, stdin=source,
                              env=facts.get("env"), cwd=self.tmp)
            self.live.append(process)
            self.commands.append(f"client: {' '.join(map(str, command))}")
            if hold is not None:
                time.sleep(hold)
                process.stop(signal.SIGKILL)
            else:
                process.wait(self.scenario.seconds)
        time.sleep(0.05)

    def _stop(self):
        """Ends everything; the recorder last, so that it sees the closes."""
        dump = getattr(self, "dump", None)
        for process in reversed(self.live):
            if process is not dump:
                process.stop()
        if dump in self.live:
            time.sleep(0.05)
            dump.stop(signal.SIGINT)
        self.live = []

    def _collect(self):
        logs = {"client": ["client.log"], "box": ["box.log"],
                "server": [f"server{number}.log" for number in
                           range(len(self.scenario.servers))]}
        self.text = {}
        for role, names in logs.items():
            paths = [os.path.join(self.tmp, name) for name in names]
            if role == "server":
                paths += [facts["log"] for facts in self.facts
                          if "log" in facts]
            text = ""
            for path in paths:
                if os.path.exists(path):
                    with open(path, "rb") as log:
                        text += log.read().decode("utf-8", "replace")
            self.text[role] = text
            if text:
                with open(os.path.join(self.out, role + ".log"), "w") as out:
                    out.write(text[:20000])

    def _label(self):
        scenario = self.scenario
        every = [connection.summary()
                 for connection in wire.connections(self.capture)]
        if scenario.focus >= len(every):
            raise LabError(f"{len(every)} connections in the capture")
        seen = every[scenario.focus]
        self._check(seen)
        clear = [alert for alert in seen["alerts"]
                 if not alert["encrypted"] and alert["level"] == 2]
        label = {
            "cause": scenario.cause, "acceptable": scenario.accept,
            "party": scenario.party, "stage": seen["stage"],
            "outcome": scenario.outcome,
            "client_stack": scenario.clients[scenario.focus
                                             if len(scenario.clients)
                                             == len(every) else 0][0],
            "server_stack": scenario.servers[-1][0],
            "tls_version": seen["version"],
            "alert": clear[0] if clear else None, "how": scenario.how,
            "connections": len(every), "focus": scenario.focus,
            "vantage": scenario.vantage, "wire": seen,
            "commands": [self._clean(command) for command in self.commands]}
        with open(os.path.join(self.out, "label.json"), "w") as out:
            json.dump(label, out, indent=1)
            out.write("\n")
        return label

    def _clean(self, command):
        for path, name in ((self.tmp, "RUN"), (self.pki.dir, "PKI"),
                           (self.tools.dir, "BIN"), (HERE, "LAB"),
                           (PROJECT, "PROJECT")):
            command = command.replace(path, name)
        return command

    def _must_not_work(self):
        return (self.scenario.outcome != "completed"
                and len(self.scenario.clients) == 1
                and "none" not in self.scenario.accept)

    def _check(self, seen):
        """The label is only given when this proves it."""
        expect = self.scenario.expect
        problems = []
        for role in ("client", "server", "box"):
            if role in expect and not re.search(expect[role],
                                                self.text[role]):
                problems.append(f"{role} log lacks {expect[role]!r}")
        if "alert" in expect:
            who, code = expect["alert"]
            codes = code if isinstance(code, tuple) else (code,)
            if not any(alert["from"] == who and alert["code"] in codes
                       for alert in seen["alerts"]):
                problems.append(f"no alert {expect['alert']}")
        for field in ("stage", "version"):
            if field in expect and seen[field] != expect[field]:
                problems.append(f"{field} is {seen[field]}")
        if "end" in expect and seen["end"][:1] != [expect["end"]]:
            problems.append(f"ends with {seen['end']}")
        for message in expect.get("messages", ()):
            if not any(re.fullmatch(message, found)
                       for found in seen["messages"]):
                problems.append(f"no message {message}")
        if not expect:
            problems.append("nothing proves this label")
        if self.scenario.outcome == "completed" and not complete(seen):
            problems.append("the handshake did not complete")
        if self._must_not_work() and re.search(WORKED, self.text["client"]):
            problems.append("the client got its answer")
        if problems:
            raise LabError("; ".join(problems) + f" | wire: {seen['messages']}"
                           f" {seen['alerts']} {seen['end']}")
