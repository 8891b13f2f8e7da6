"""A network of three namespaces in a row: client, device, server.

A worker makes one and keeps it for all its scenarios. The device forwards; a
scenario may hand its forwarding to labkit/box.py, which sees every packet.
"""
import os
import re
import shutil
import signal
import subprocess
import time

# A scenario's own client address keeps what the programs before it still send
# out of its capture.
CLIENTS = tuple(f"192.0.2.{last}" for last in range(7, 250))
CLIENT6 = "2001:db8:1::7"
SERVERS = ("203.0.113.10", "203.0.113.11", "203.0.113.12")
SERVER6 = "2001:db8:2::10"
NAMES = ("www.example.test", "api.example.test", "blocked.example.test",
         "other.example.net", "unknown.example.test")


class LabError(Exception):
    """A scenario could not be set up."""


def quiet(*command, stdin=""):
    done = subprocess.run(command, capture_output=True, text=True,
                          input=stdin)
    if done.returncode:
        raise LabError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def delete(namespace):
    # In a session of its own: whoever ends the lab's group spares it.
    subprocess.run(["ip", "netns", "del", namespace], capture_output=True,
                   start_new_session=True)


def sweep():
    """Removes what a killed lab left: its programs and its namespaces."""
    for namespace in quiet("ip", "netns", "list").split():
        owner = re.fullmatch(r"tld(\d+)w\d+[cds]", namespace)
        if owner and not os.path.exists(f"/proc/{owner.group(1)}"):
            for pid in quiet("ip", "netns", "pids", namespace).split():
                os.kill(int(pid), signal.SIGKILL)
            delete(namespace)
            shutil.rmtree(f"/etc/netns/{namespace}", ignore_errors=True)


class Network:
    def __init__(self, name):
        self.client, self.device, self.server = (
            f"{name}{suffix}" for suffix in "cds")
        self.made = []
        self.turn = 0

    def __enter__(self):
        try:
            self._build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for namespace in self.made:
            delete(namespace)
            shutil.rmtree(f"/etc/netns/{namespace}", ignore_errors=True)

    def _build(self):
        for namespace in (self.client, self.server):
            os.makedirs(f"/etc/netns/{namespace}")
            with open(f"/etc/netns/{namespace}/hosts", "w") as hosts:
                hosts.write("127.0.0.1 localhost\n")
                hosts.writelines(f"{SERVERS[0]} {name}\n" for name in NAMES)
            # Nothing listens there: a look-up fails at once.
            with open(f"/etc/netns/{namespace}/resolv.conf", "w") as resolver:
                resolver.write("nameserver 127.0.0.1\n")
        for namespace in (self.client, self.device, self.server):
            quiet("ip", "netns", "add", namespace)
            self.made.append(namespace)
        self._cable(self.client, "c0", "d0")
        self._cable(self.server, "s0", "d1")
        self._address(self.client, "c0", CLIENT6 + "/64",
                      *(client + "/24" for client in CLIENTS))
        self._address(self.device, "d0", "192.0.2.1/24", "2001:db8:1::1/64")
        self._address(self.device, "d1", "203.0.113.1/24", "2001:db8:2::1/64")
        self._address(self.server, "s0", SERVER6 + "/64",
                      *(server + "/24" for server in SERVERS))
        for namespace, gateway in ((self.client, "192.0.2.1"),
                                   (self.server, "203.0.113.1")):
            quiet("ip", "-n", namespace, "route", "add", "default", "via",
                  gateway)
        for namespace, gateway in ((self.client, "2001:db8:1::1"),
                                   (self.server, "2001:db8:2::1")):
            quiet("ip", "-n", namespace, "-6", "route", "add", "default",
                  "via", gateway)
        # PostgreSQL refuses to run as root and still wants port 443.
        self.set(self.server, "ipv4/ip_unprivileged_port_start", 0)
        self.forward(True)

    def _cable(self, outer, end, device_end):
        quiet("ip", "link", "add", end, "netns", outer, "type", "veth",
              "peer", "name", device_end, "netns", self.device)
        for namespace, interface in ((outer, end), (self.device, device_end)):
            self.run(namespace, "ethtool", "-K", interface, "tso", "off",
                     "gso", "off", "gro", "off", "tx", "off")
            quiet("ip", "-n", namespace, "link", "set", interface, "up")
            quiet("ip", "-n", namespace, "link", "set", "lo", "up")

    @staticmethod
    def _address(namespace, interface, *addresses):
        lines = "".join(
            f"addr add {address} dev {interface}"
            f"{' nodad' if ':' in address else ''}\n"
            for address in addresses)
        quiet("ip", "-n", namespace, "-batch", "-", stdin=lines)

    def next_client(self):
        """The address that the client's connections come from now on."""
        address = CLIENTS[self.turn % len(CLIENTS)]
        self.turn += 1
        quiet("ip", "-n", self.client, "route", "replace", "default", "via",
              "192.0.2.1", "src", address)
        return address

    @staticmethod
    def run(namespace, *command):
        quiet("ip", "netns", "exec", namespace, *command)

    def set(self, namespace, name, value):
        """A setting below /proc/sys/net, which each namespace has its own."""
        self.run(namespace, "sh", "-c", f"echo {value} >/proc/sys/net/{name}")

    def forward(self, by_kernel):
        self.set(self.device, "ipv4/ip_forward", int(by_kernel))
        self.set(self.device, "ipv6/conf/all/forwarding", int(by_kernel))


class Process:
    """A program in a namespace, its output in a file, ended with its group."""

    def __init__(self, namespace, command, log, stdin=None, env=None, cwd=None):
        self.log = log
        self.command = command
        self.output = open(log, "ab")
        self.popen = subprocess.Popen(
            ["ip", "netns", "exec", namespace, *command], stdout=self.output,
            stderr=subprocess.STDOUT, stdin=stdin or subprocess.DEVNULL,
            env={**os.environ, **(env or {})}, cwd=cwd, start_new_session=True)

    def wait(self, seconds):
        """The exit status, or None when it had to be ended."""
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.stop()
            return None

    def stop(self, sig=signal.SIGTERM):
        for attempt in (sig, signal.SIGKILL):
            try:
                os.killpg(self.popen.pid, attempt)
            except ProcessLookupError:
                break
            try:
                self.popen.wait(1.0)
            except subprocess.TimeoutExpired:
                continue
            # A daemon may leave children behind: the group still has them.
            if attempt == signal.SIGKILL:
                break
        self.popen.wait()
        self.output.close()

    def text(self):
        with open(self.log, "rb") as log:
            return log.read().decode("utf-8", "replace")

    def wait_for_port(self, port, seconds=10.0):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if port in self._listening():
                return
            if self.popen.poll() is not None:
                break
            time.sleep(0.02)
        raise LabError(f"nothing listens on {port}: {self.text()[-400:]}")

    def _listening(self):
        ports = set()
        for table in ("tcp", "tcp6"):
            try:
                with open(f"/proc/{self.popen.pid}/net/{table}") as rows:
                    for row in list(rows)[1:]:
                        fields = row.split()
                        if fields[3] == "0A":
                            ports.add(int(fields[1].rsplit(":", 1)[1], 16))
            except OSError:
                pass
        return ports

    def wait_for_text(self, text, seconds=10.0):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if text in self.text():
                return
            if self.popen.poll() is not None:
                break
            time.sleep(0.02)
        raise LabError(f"'{text}' never came: {self.text()[-400:]}")
