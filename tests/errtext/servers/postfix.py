"""Postfix, without installing it: Debian lets it stand beside no other mail
server, and the lab has one.  Where it is installed that one is used.
"""
import grp
import os
import pwd
import subprocess

LIB = 'usr/lib/postfix'
OWNER = 'daemon'  # of the queue: any but root and nobody
GROUP = 'mail'  # of the programs that hand mail in, none of which runs here
QUEUES = ('active', 'bounce', 'corrupt', 'defer', 'deferred', 'flush', 'hold',
          'incoming', 'private', 'saved', 'trace')
SERVICES = """
{host}:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
rewrite unix - - n - - trivial-rewrite
tlsmgr unix - - n - 1 tlsmgr
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


class Missing(Exception):
    """There is no Postfix, and it cannot be had."""


def unpack(directory):
    """The package's files, of the archive that apt knows."""
    for command in (
            # The directory is root's: apt's own user may not write there.
            ['apt-get', '-qq', '-o', 'APT::Sandbox::User=root', 'download',
             'postfix'],
            ['sh', '-c', 'dpkg -x postfix_*.deb root']):
        try:
            done = subprocess.run(command, cwd=directory, timeout=60,
                                  capture_output=True, check=False, text=True)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Missing('postfix: %s' % error) from error
        if done.returncode:
            raise Missing('postfix: ' + done.stderr.strip()[-200:])


def find(directory):
    """Where its files begin."""
    if os.geteuid() != 0:
        raise Missing('root, for postfix')
    if os.path.exists('/%s/sbin/master' % LIB):
        return '/'
    if not os.path.exists(directory):
        os.mkdir(directory)
        unpack(directory)
    return os.path.join(directory, 'root')


def make_queue(queue, data):
    """The directories it wants, owned as it wants them."""
    owner = pwd.getpwnam(OWNER).pw_uid
    group = grp.getgrnam(GROUP).gr_gid
    for name in ('', 'pid', 'public', 'maildrop', *QUEUES):
        path = os.path.join(queue, name)
        os.mkdir(path)
        os.chmod(path, 0o755 if name in ('', 'pid') else 0o700)
        if name not in ('', 'pid'):
            os.chown(path, owner, 0)
    for name, mode in (('public', 0o710), ('maildrop', 0o730)):
        os.chown(os.path.join(queue, name), owner, group)
        os.chmod(os.path.join(queue, name), mode)
    os.mkdir(data)
    os.chown(data, owner, 0)


def start(at, options):
    """The command, its log and its environment; TLS from the first byte
    unless options say `wrapper: no`."""
    root = find(os.path.join(os.path.dirname(at.run), 'package'))
    lib = os.path.join(root, LIB)
    conf, queue, data = (os.path.join(at.run, name)
                         for name in ('conf', 'queue', 'data'))
    os.mkdir(conf)
    make_queue(queue, data)
    cert, key = at.certificate(options)
    with open(conf + '/main.cf', 'w', encoding='ascii') as file:
        file.write(f"""
compatibility_level = 3.6
daemon_directory = {lib}/sbin
command_directory = {root}/usr/sbin
shlib_directory = {lib}
queue_directory = {queue}
data_directory = {data}
mail_owner = {OWNER}
setgid_group = {GROUP}
import_environment = MAIL_CONFIG LANG=C LD_LIBRARY_PATH={lib}
maillog_file = {at.run}/maillog
maillog_file_prefixes = {at.run}
inet_interfaces = {at.host}
inet_protocols = ipv4
myhostname = mail.example.test
mydestination =
alias_maps =
local_recipient_maps =
smtpd_peername_lookup = no
smtpd_relay_restrictions = reject
smtpd_tls_wrappermode = {options.get('wrapper', 'yes')}
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {cert}
smtpd_tls_key_file = {key}
smtpd_tls_mandatory_protocols = >=TLSv1.2
smtpd_tls_loglevel = 1
{options.get('conf', '')}
""")
        if options.get('auth'):
            file.write('smtpd_tls_req_ccert = yes\n'
                       'smtpd_tls_CAfile = %s\n' % at.clients_ca(options))
    with open(conf + '/master.cf', 'w', encoding='ascii') as file:
        file.write(SERVICES.format(host=at.host, port=at.port))
    return [lib + '/sbin/master', '-c', conf], {
        'log': at.run + '/maillog', 'env': {'LD_LIBRARY_PATH': lib}}
