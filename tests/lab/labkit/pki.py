"""Certificates for the lab, made with the openssl program.

Every certificate gets NAME.crt (itself), NAME.pem (itself and the issuing CA)
and NAME.key. roots.pem is what a careful client trusts.
"""
import os
import shutil
import subprocess

CONFIG = """
[ca]
default_ca = {ca}
[{ca}]
dir = {dir}
database = {dir}/{ca}.db
new_certs_dir = {dir}
rand_serial = yes
policy = any
default_md = sha256
unique_subject = no
default_crl_days = 3650
[any]
commonName = supplied
organizationName = optional
"""
NAMES = "DNS:www.example.test,DNS:example.test,DNS:api.example.test"
SERVER = f"""basicConstraints=critical,CA:false
keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage={{eku}}
subjectAltName={{san}}
"""
CA_EXTENSIONS = """basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
"""
RSA, WEAK, EC = ("rsa", "2048"), ("rsa", "1024"), ("ec", "P-256")

# name: what differs from an ordinary server certificate
LEAVES = {
    "rsa": {},
    "ecdsa": {"key": EC},
    "p384": {"key": ("ec", "P-384")},
    "ed25519": {"key": ("ed25519", "")},
    "expired": {"start": "20200101000000Z", "end": "20240101000000Z"},
    "expiredec": {"key": EC, "start": "20200101000000Z",
                  "end": "20240101000000Z"},
    "notyet": {"start": "20350101000000Z"},
    "evil": {"ca": "evilca"},
    "evilec": {"ca": "evilca", "key": EC},
    "other": {"san": "DNS:other.example.net", "cn": "other.example.net"},
    "wild": {"san": "DNS:*.example.test", "cn": "*.example.test"},
    "weak": {"key": WEAK},
    "sha1": {"md": "sha1"},
    "eku": {"eku": "clientAuth"},
    "revoked": {},
    "staple": {"more": "tlsfeature=status_request\n"},
    "big": {"san": NAMES + "".join(f",DNS:host-{n:03}.example.test"
                                   for n in range(120))},
    "cl": {"eku": "clientAuth", "cn": "client one"},
    "clec": {"eku": "clientAuth", "cn": "client two", "key": EC},
    "clexpired": {"eku": "clientAuth", "cn": "client three",
                  "start": "20200101000000Z", "end": "20240101000000Z"},
    "clnotyet": {"eku": "clientAuth", "cn": "client four",
                 "start": "20350101000000Z"},
    "clevil": {"eku": "clientAuth", "cn": "client five", "ca": "evilca"},
    "cleku": {"eku": "serverAuth", "cn": "client six"},
    "clrevoked": {"eku": "clientAuth", "cn": "client seven"},
    "clweak": {"eku": "clientAuth", "cn": "client eight", "key": WEAK},
}


class Pki:
    def __init__(self, directory):
        self.dir = directory

    def __getitem__(self, name):
        return os.path.join(self.dir, name)

    def openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], cwd=self.dir, text=True,
                              capture_output=True, env={**os.environ,
                                                        "OPENSSL_CONF": ""})
        if done.returncode:
            raise RuntimeError(f"openssl {arguments}: {done.stderr}")

    def write(self, name, text):
        with open(self[name], "w") as out:
            out.write(text)

    def read(self, name):
        with open(self[name]) as text:
            return text.read()

    def make_key(self, name, kind):
        algorithm, size = kind
        if algorithm == "rsa":
            options = ["rsa", "-pkeyopt", f"rsa_keygen_bits:{size}"]
        elif algorithm == "ec":
            options = ["ec", "-pkeyopt", f"ec_paramgen_curve:{size}"]
        else:
            options = [algorithm]
        self.openssl("genpkey", "-out", name + ".key", "-algorithm", *options)

    def make_authority(self, name, subject, issuer=None):
        self.make_key(name, RSA)
        self.write(name + ".db", "")
        self.write(name + ".cnf", CONFIG.format(ca=name, dir=self.dir))
        self.openssl("req", "-new", "-key", name + ".key", "-subj", subject,
                     "-out", name + ".csr")
        self.write(name + ".ext", CA_EXTENSIONS)
        self.sign(name, issuer or name, "20200101000000Z", "20400101000000Z",
                  self_sign=issuer is None)

    def sign(self, name, ca, start, end, md="sha256", self_sign=False):
        self.openssl("ca", "-batch", "-notext", "-config", ca + ".cnf",
                     "-in", name + ".csr", "-out", name + ".crt", "-md", md,
                     "-keyfile", ca + ".key", "-extfile", name + ".ext",
                     "-startdate", start, "-enddate", end,
                     *(["-selfsign"] if self_sign else ["-cert", ca + ".crt"]))

    def make_leaf(self, name, key=RSA, ca="int", cn="www.example.test",
                  san=NAMES, eku="serverAuth", md="sha256", more="",
                  start="20250101000000Z", end="20390101000000Z"):
        self.make_key(name, key)
        self.openssl("req", "-new", "-key", name + ".key", "-out",
                     name + ".csr", "-subj", f"/O=Lab/CN={cn}")
        self.write(name + ".ext", SERVER.format(eku=eku, san=san) + more)
        self.sign(name, ca, start, end, md)
        self.write(name + ".pem", self.read(name + ".crt")
                   + self.read(ca + ".crt"))

    def make_self_signed(self, name, eku):
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
                     name + ".key", "-out", name + ".crt", "-days", "3650",
                     "-subj", "/O=Lab/CN=www.example.test", "-addext",
                     f"subjectAltName={NAMES}", "-addext",
                     f"extendedKeyUsage={eku}")
        self.write(name + ".pem", self.read(name + ".crt"))

    def make(self):
        shutil.rmtree(self.dir, ignore_errors=True)
        os.makedirs(self.dir)
        self.make_authority("root", "/O=Lab/CN=Lab Root")
        self.make_authority("int", "/O=Lab/CN=Lab Issuing", issuer="root")
        self.make_authority("evilca", "/O=Elsewhere/CN=Other Root")
        for name, differs in LEAVES.items():
            self.make_leaf(name, **differs)
        self.make_self_signed("self", "serverAuth")
        self.make_self_signed("clself", "clientAuth")
        self.write("nochain.pem", self.read("rsa.crt"))
        self.write("nochain.key", self.read("rsa.key"))
        self.write("roots.pem", self.read("root.crt"))
        self.write("clients.pem", self.read("int.crt") + self.read("root.crt"))
        self.openssl("dhparam", "-out", "dh512.pem", "512")
        self.openssl("dhparam", "-dsaparam", "-out", "dh1024.pem", "1024")
        self.write("rsadh.pem", self.read("rsa.pem") + self.read("dh1024.pem"))
        self.write("rsadh.key", self.read("rsa.key"))
        for name in ("revoked", "clrevoked"):
            self.openssl("ca", "-config", "int.cnf", "-revoke", name + ".crt",
                         "-keyfile", "int.key", "-cert", "int.crt")
        for ca in ("int", "root"):
            self.openssl("ca", "-config", ca + ".cnf", "-gencrl", "-keyfile",
                         ca + ".key", "-cert", ca + ".crt", "-out",
                         ca + ".crl")
        self.write("crls.pem", self.read("int.crl") + self.read("root.crl"))
        self.write("roots+crl.pem", self.read("clients.pem")
                   + self.read("crls.pem"))
        return self
