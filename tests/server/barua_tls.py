# SPDX-License-Identifier: GPL-3.0-or-later
"""Private certificate authorities and server certificates for tests, made by the openssl command line tool."""

import datetime
import os
import subprocess


def _openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise RuntimeError("openssl " + " ".join(arguments) + ": " + done.stdout.decode("utf-8", "replace"))
    return done.stdout


class Authority:
    """A certificate authority kept in one folder: ca.pem, ca.key and whatever it issues."""

    def __init__(self, directory, name="Barua test authority"):
        self.directory = os.path.abspath(directory)
        self.certificate = os.path.join(self.directory, "ca.pem")
        self.key = os.path.join(self.directory, "ca.key")
        os.makedirs(self.directory, mode=0o700, exist_ok=True)
        if not os.path.exists(self.certificate):
            _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-sha256",
                     "-days", "3650", "-subj", "/CN=" + name, "-keyout", self.key, "-out", self.certificate,
                     "-addext", "keyUsage=critical,keyCertSign,cRLSign")
            os.chmod(self.key, 0o600)

    def issue(self, stem, hosts=("127.0.0.1", "localhost"), not_before=None, not_after=None, common_name=None):
        """Returns (certificate file, key file) for a server known by the names and addresses in hosts.

        not_before and not_after are datetime values in UTC; by default the certificate is valid from yesterday for two
        years.
        """
        certificate = os.path.join(self.directory, stem + ".pem")
        key = os.path.join(self.directory, stem + ".key")
        if os.path.exists(certificate) and os.path.exists(key):
            return certificate, key
        now = datetime.datetime.now(datetime.timezone.utc)
        not_before = not_before or now - datetime.timedelta(days=1)
        not_after = not_after or now + datetime.timedelta(days=730)
        names = ",".join(("IP:" if host.replace(".", "").isdigit() or ":" in host else "DNS:") + host for host in hosts)
        request = os.path.join(self.directory, stem + ".csr")
        extensions = os.path.join(self.directory, stem + ".ext")
        with open(extensions, "w", encoding="ascii") as output:
            output.write("basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
                         "extendedKeyUsage=serverAuth\nsubjectAltName=" + names + "\n")
        _openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-sha256",
                 "-subj", "/CN=" + (common_name or hosts[0]), "-keyout", key, "-out", request)
        os.chmod(key, 0o600)
        form = "%Y%m%d%H%M%SZ"
        try:
            _openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-sha256",
                     "-set_serial", str(int.from_bytes(os.urandom(8), "big") >> 1), "-extfile", extensions,
                     "-not_before", not_before.strftime(form), "-not_after", not_after.strftime(form),
                     "-out", certificate)
        except RuntimeError:
            # OpenSSL before 3.4 has no -not_before; only certificates that are valid now can be made with it.
            days = (not_after - now).days
            if days < 1 or not_before > now:
                raise
            _openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-sha256",
                     "-set_serial", str(int.from_bytes(os.urandom(8), "big") >> 1), "-extfile", extensions,
                     "-days", str(days), "-out", certificate)
        os.unlink(request)
        os.unlink(extensions)
        return certificate, key


def self_signed(directory, stem="self-signed", hosts=("127.0.0.1", "localhost")):
    """Returns (certificate file, key file) of a server certificate that nobody but itself vouches for."""
    os.makedirs(directory, mode=0o700, exist_ok=True)
    certificate = os.path.join(directory, stem + ".pem")
    key = os.path.join(directory, stem + ".key")
    names = ",".join(("IP:" if host.replace(".", "").isdigit() else "DNS:") + host for host in hosts)
    _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-sha256", "-days", "365",
             "-subj", "/CN=" + hosts[0], "-addext", "subjectAltName=" + names, "-keyout", key, "-out", certificate)
    os.chmod(key, 0o600)
    return certificate, key
