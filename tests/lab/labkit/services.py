"""Servers that talk plainly first: mail, directory, database, proxy. The same
vocabulary of options as labkit/servers.py; `tls: False` leaves TLS out.
"""
import os
import shutil
import subprocess

from labkit.net import LabError
from labkit.servers import TLSV

POSTGRES = "/usr/lib/postgresql/15/bin"


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode:
        raise LabError(f"{command[0]}: {done.stderr[-300:]}")


def exim(at, o):
    """Debian's Exim speaks TLS through GnuTLS."""
    cert, key = at.certificate(o)
    tls = f"""
tls_advertise_hosts = *
tls_certificate = {cert}
tls_privatekey = {key}
{o.get('conf', '')}
""" if o.get("tls", True) else "tls_advertise_hosts =\n"
    if o.get("auth") == "require":
        tls += (f"tls_verify_hosts = *\n"
                f"tls_verify_certificates = {at.clients_ca(o)}\n")
    conf = at.file("exim.conf", f"""
primary_hostname = mail.example.test
spool_directory = {at.run}
log_file_path = {at.run}/%slog
pid_file_path = {at.run}/pid
exim_user = root
exim_group = root
never_users =
daemon_smtp_ports = {at.port}
local_interfaces = {at.host}
log_selector = +tls_cipher +smtp_protocol_error
host_lookup =
rfc1413_query_timeout = 0s
acl_smtp_rcpt = accept
keep_environment =
{tls}
""")
    return ["exim4", "-C", conf, "-bdf"], {"log": at.run + "/mainlog"}


def dovecot(at, o):
    cert, key = at.certificate(o)
    conf = at.file("dovecot.conf", f"""
base_dir = {at.run}/base
state_dir = {at.run}/base
protocols = imap
listen = {at.host}
ssl = {'yes' if o.get('tls', True) else 'no'}
ssl_cert = <{cert}
ssl_key = <{key}
ssl_min_protocol = {TLSV[o.get('min', '1.2')]}
log_path = {at.run}/dovecot.log
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home=/nonexistent
}}
service imap-login {{
  inet_listener imap {{
    port = {at.port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
{o.get('conf', '')}
""")
    return ["dovecot", "-F", "-c", conf], {"log": at.run + "/dovecot.log"}


def slapd(at, o):
    cert, key = at.certificate(o)
    tls = f"""
TLSCertificateFile {cert}
TLSCertificateKeyFile {key}
TLSCACertificateFile {at.clients_ca(o)}
TLSVerifyClient {'demand' if o.get('auth') else 'never'}
""" if o.get("tls", True) else ""
    conf = at.file("slapd.conf", f"pidfile {at.run}/pid\n{tls}")
    scheme = o.get("scheme", "ldap")
    return ["slapd", "-d", "256", "-f", conf, "-h",
            f"{scheme}://{at.host}:{at.port}"], {}


def postgres(at, o):
    """Needs a user of its own: its files lie where that user can reach."""
    cert, key = at.certificate(o)
    data = os.path.join(at.run, "data")
    os.mkdir(data, 0o700)
    shutil.chown(data, "postgres", "postgres")
    become = ["setpriv", "--reuid=postgres", "--regid=postgres",
              "--clear-groups"]
    run(*become, POSTGRES + "/initdb", "-D", data, "-A", "trust", "-N",
        "--no-locale", "-E", "UTF8", cwd="/")
    owner = ("install", "-m", "600", "-o", "postgres")
    for source, name in ((cert, "server.crt"), (key, "server.key"),
                         (at.clients_ca(o), "root.crt")):
        run(*owner, source, os.path.join(data, name))
    with open(data + "/pg_hba.conf", "a") as rules:
        rules.write("hostssl all all all trust"
                    + (" clientcert=verify-ca" if o.get("auth") else "")
                    + "\nhostnossl all all all trust\n")
    words = {"listen_addresses": at.host, "fsync": "off",
             "unix_socket_directories": "", "log_connections": "on",
             "ssl": "on" if o.get("tls", True) else "off",
             "ssl_ciphers": o.get("suites", "DEFAULT:@SECLEVEL=0"),
             "ssl_min_protocol_version": TLSV[o.get("min", "1.2")],
             "ssl_max_protocol_version": TLSV[o.get("max", "1.3")]}
    if o.get("auth"):
        words["ssl_ca_file"] = "root.crt"
    return [*become, POSTGRES + "/postgres", "-D", data, "-p", str(at.port),
            *(word for name, value in words.items()
              for word in ("-c", f"{name}={value}"))], {}


SERVICES = {"exim": exim, "dovecot": dovecot, "slapd": slapd,
            "postgres": postgres}
