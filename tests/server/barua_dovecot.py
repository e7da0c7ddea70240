# SPDX-License-Identifier: GPL-3.0-or-later
"""A private, real Dovecot 2.4 on loopback, run by an ordinary user, for tests, benchmarks and the demo.

    with Dovecot(directory) as server:
        server.deliver("qresync", b"From: ...")          # by LMTP
        mail = server.imap("qresync")                    # imaplib over verified TLS
        server.doveadm("mailbox", "status", "-u", "qresync", "all", "INBOX")

Three users, one for each way to synchronise (PROTOCOLS 3.5-3.7):
    qresync     everything Dovecot has
    condstore   QRESYNC is hidden
    plain       the capabilities of Outlook.com: no MODSEQ, no ESEARCH, no LIST-STATUS, ...
Hidden commands still work in Dovecot, so a test that cares also looks at a recording (tap.py) of what was sent.

Everything lives below one directory. The state is kept in server.json there, so that another process can attach to a
server that runs, and so that starting again first ends what an earlier, killed run left behind.
"""

import contextlib
import ctypes
import email.utils
import imaplib
import json
import os
import pwd
import re
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from barua_tls import Authority  # noqa: E402

PASSWORD = "siri-ya-majaribio"

HIDDEN_FOR_CONDSTORE = ["QRESYNC"]

HIDDEN_FOR_PLAIN = [
    "CONDSTORE", "QRESYNC", "ESEARCH", "ESORT", "SEARCHRES", "CONTEXT=SEARCH", "WITHIN", "LIST-EXTENDED", "LIST-STATUS",
    "SPECIAL-USE", "STATUS=SIZE", "COMPRESS=DEFLATE", "SORT", "SORT=DISPLAY", "THREAD=REFERENCES", "THREAD=REFS",
    "THREAD=ORDEREDSUBJECT", "NOTIFY", "BINARY", "CATENATE", "URL-PARTIAL", "MULTIAPPEND", "REPLACE", "PREVIEW",
    "PREVIEW=FUZZY", "SNIPPET=FUZZY", "SAVEDATE", "INPROGRESS", "ENABLE",
]

# name -> capability words taken away
USERS = {
    "qresync": [],
    "condstore": HIDDEN_FOR_CONDSTORE,
    "plain": HIDDEN_FOR_PLAIN,
}

CONFIGURATION = """\
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = {run}
state_dir = {directory}/state
log_path = {directory}/dovecot.log
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
default_vsz_limit = 4G
protocols {{
  imap = yes
  lmtp = yes
}}
hostname = localhost
mail_home = {mail}/%{{user}}
mail_driver = {driver}
mail_path = ~/{driver}
mail_uid = {user}
mail_gid = {group}
mail_fsync = {fsync}
first_valid_uid = 1
mail_cache_fields {{
  hdr.list-id = yes
  hdr.content-type = yes
  hdr.auto-submitted = yes
  hdr.list-unsubscribe = yes
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Drafts {{
    auto = subscribe
    special_use = \\Drafts
  }}
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
  mailbox Archive {{
    auto = subscribe
    special_use = \\Archive
  }}
  mailbox Junk {{
    auto = subscribe
    special_use = \\Junk
  }}
  mailbox Trash {{
    auto = subscribe
    special_use = \\Trash
  }}
}}
auth_mechanisms = {mechanisms}
auth_allow_cleartext = yes
auth_failure_delay = 0
auth_username_format = %{{user | username | lower}}
passdb passwd-file {{
  passwd_file_path = {directory}/users
}}
userdb prefetch {{
}}
userdb static {{
}}
ssl = yes
ssl_server_cert_file = {certificate}
ssl_server_key_file = {key}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  restart_request_count = unlimited
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  user = {user}
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
protocol imap {{
  mail_max_userip_connections = 200
}}
{oauth}
{extra}
"""

OAUTH = """\
oauth2 {{
  introspection_mode = post
  introspection_url = {introspection}
  force_introspection = yes
  username_attribute = username
  active_attribute = active
  active_value = true
  openid_configuration_url = {introspection}
}}
"""


class ServerError(Exception):
    """Dovecot could not be started or did not do what it was asked; the text holds the end of its log."""


def free_ports(count):
    """Ports on 127.0.0.1 that nobody listens on now; all different, because all are held while they are looked for."""
    sockets = []
    try:
        for _ in range(count):
            listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            listener.bind(("127.0.0.1", 0))
            sockets.append(listener)
        return [listener.getsockname()[1] for listener in sockets]
    finally:
        for listener in sockets:
            listener.close()


def wait_until(condition, seconds, what):
    """Polls condition() until it is true; ServerError after so many seconds."""
    end = time.monotonic() + seconds
    pause = 0.002
    while not condition():
        if time.monotonic() > end:
            raise ServerError(f"timed out after {seconds} s: {what}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)


def quote(name):
    """A mailbox name (unicode) as a quoted IMAP string in modified UTF-7."""
    return '"' + encode_mutf7(name).replace("\\", "\\\\").replace('"', '\\"') + '"'


def encode_mutf7(name):
    """RFC 3501 section 5.1.3."""
    out = []
    for piece in re.findall(r"[\x20-\x7e]+|[^\x20-\x7e]+", name):
        if " " <= piece[0] <= "~":
            out.append(piece.replace("&", "&-"))
        else:
            import base64
            packed = base64.b64encode(piece.encode("utf-16-be")).rstrip(b"=").decode("ascii").replace("/", ",")
            out.append("&" + packed + "-")
    return "".join(out)


def _session_of(pid):
    """The session id of a process, or None when it is gone (a zombie that nobody reaps is gone, too)."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return None if fields[0] == "Z" else int(fields[3])
    except (OSError, ValueError, IndexError):
        return None


def _die_with_parent():
    """Between fork and exec: SIGTERM when the parent is gone (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM, 0, 0, 0)


class _Person:
    """Who runs Dovecot. It refuses to give root's uid to mail, so that root steps down to the user nobody."""

    def __init__(self):
        self.prefix = []
        self.own = None
        if os.geteuid() != 0:
            try:
                self.user = pwd.getpwuid(os.geteuid()).pw_name
            except KeyError:
                self.user = str(os.geteuid())
            import grp
            try:
                self.group = grp.getgrgid(os.getegid()).gr_name
            except KeyError:
                self.group = str(os.getegid())
            return
        nobody = pwd.getpwnam("nobody")
        self.user = "nobody"
        import grp
        self.group = grp.getgrgid(nobody.pw_gid).gr_name
        # A user namespace in which root is called nobody needs no change of owners and reaches every folder.
        # Containers often forbid it; there the files are given to nobody.
        space = ["unshare", "--user", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}", "--"]
        with contextlib.suppress(OSError):
            if subprocess.run([*space, "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
                self.prefix = space
                return
        self.prefix = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups", "--"]
        self.own = (nobody.pw_uid, nobody.pw_gid)

    def give(self, *paths):
        """Hands the files over to who runs the server, where that is somebody else."""
        if self.own is None:
            return
        for top in paths:
            os.chown(top, *self.own)
            for folder, folders, files in os.walk(top):
                for name in folders + files:
                    os.chown(os.path.join(folder, name), *self.own, follow_symlinks=False)


class Dovecot:
    """One private server. See the module's text; start() and stop(), or a with block."""

    def __init__(self, directory, users=None, driver="sdbox", fsync="optimized", passwords=None, mail=None,
                 mechanisms="plain login scram-sha-256", introspection=None, extra="", tied=False):
        """users: {name: [hidden capability words]}. mail: the folder with the mail of all users (default: in directory).

        introspection: URL of an RFC 7662 server; adds XOAUTH2 and OAUTHBEARER. extra: more configuration text. tied: the
        server ends with the thread that starts it, even when that is killed.
        """
        self.directory = os.path.abspath(directory)
        self.users = dict(USERS if users is None else users)
        self.passwords = passwords or {}
        self.driver = driver
        self.fsync = fsync
        self.mechanisms = mechanisms + (" xoauth2 oauthbearer" if introspection else "")
        self.introspection = introspection
        self.extra = extra
        self.tied = tied
        self.person = _Person()
        self.home = self.directory
        if self.person.own is not None:
            # nobody must be able to enter every folder above; /tmp is the place where it always can.
            self.home = os.path.join(tempfile.gettempdir(), "barua-dovecot-" + re.sub(r"\W+", "-", self.directory)[-60:])
        self.mail = os.path.abspath(mail) if mail else os.path.join(self.home, "mail")
        self.configuration = os.path.join(self.home, "dovecot.conf")
        self.ca = os.path.join(self.directory, "tls", "ca.pem")
        self.pid = None
        self.imap_port = self.imaps_port = self.lmtp_port = 0
        self._process = None

    # -- life ---------------------------------------------------------------------------------------------------------

    @property
    def state_file(self):
        return os.path.join(self.directory, "server.json")

    @classmethod
    def attach(cls, directory):
        """The server that another process started with this directory; ServerError if there is none."""
        try:
            with open(os.path.join(directory, "server.json"), encoding="utf-8") as source:
                state = json.load(source)
        except (OSError, ValueError) as error:
            raise ServerError(f"no server was started with {directory}") from error
        server = cls(directory, users=state["users"], driver=state["driver"], passwords=state["passwords"],
                     mail=state["mail"])
        server.pid = state["pid"]
        server.imap_port, server.imaps_port, server.lmtp_port = state["ports"]
        return server

    def password(self, user):
        return self.passwords.get(user, PASSWORD)

    def set_password(self, user, password):
        """Returns when the server takes the new password (it looks at its file once a second)."""
        self.passwords[user] = password
        self._write_users()
        self._save()

        def is_taken():
            try:
                self.imap(user).logout()
            except imaplib.IMAP4.error:
                return False
            return True

        wait_until(is_taken, 10, "new password")

    def _write_users(self):
        path = os.path.join(self.home, "users")
        with open(path + ".new", "w", encoding="utf-8") as output:
            for user, hidden in self.users.items():
                # In the name of a setting "=" is written \\e.
                fields = " ".join("userdb_imap_capability/" + word.replace("=", "\\e") + "=no" for word in hidden)
                output.write(f"{user}:{{PLAIN}}{self.password(user)}::::::{fields}\n")
        os.chmod(path + ".new", 0o600)
        if self.person.own is not None:
            os.chown(path + ".new", *self.person.own)
        os.replace(path + ".new", path)

    def _save(self):
        state = {"pid": self.pid, "ports": [self.imap_port, self.imaps_port, self.lmtp_port], "users": self.users,
                 "passwords": self.passwords, "driver": self.driver, "mail": self.mail}
        with open(self.state_file + ".new", "w", encoding="utf-8") as output:
            json.dump(state, output)
        os.chmod(self.state_file + ".new", 0o600)
        os.replace(self.state_file + ".new", self.state_file)

    def _log_tail(self):
        with contextlib.suppress(OSError):
            with open(os.path.join(self.home, "dovecot.log"), encoding="utf-8", errors="replace") as log:
                return "".join(log.readlines()[-20:])
        return "(no log)"

    def start(self):
        """Starts the server and returns when it answers on all ports. An older one with this directory is ended first."""
        with contextlib.suppress(ServerError):
            Dovecot.attach(self.directory).stop()
        for folder in {self.directory, self.home}:
            os.makedirs(folder, mode=0o700, exist_ok=True)
        # The path of a unix socket may be 107 bytes long; Dovecot adds up to 40 of its own.
        run = os.path.join(self.home, "run")
        self._short_run = None
        if len(run) > 60:
            self._short_run = tempfile.mkdtemp(prefix="barua-run-")
            os.chmod(self._short_run, 0o755)
            with contextlib.suppress(OSError):
                old = os.readlink(run)
                os.unlink(run)
                if os.path.basename(old).startswith("barua-run-"):
                    shutil.rmtree(old, ignore_errors=True)
            shutil.rmtree(run, ignore_errors=True)
            os.symlink(self._short_run, run)
            run = self._short_run
        else:
            shutil.rmtree(run, ignore_errors=True)
            os.makedirs(run, mode=0o755)
        os.makedirs(self.mail, mode=0o700, exist_ok=True)
        authority = Authority(os.path.join(self.directory, "tls"))
        certificate, key = authority.issue("server")
        if self.person.own is not None:
            shutil.copy(certificate, os.path.join(self.home, "server.pem"))
            shutil.copy(key, os.path.join(self.home, "server.key"))
            certificate, key = (os.path.join(self.home, name) for name in ("server.pem", "server.key"))
        self._write_users()
        with contextlib.suppress(OSError):
            os.unlink(os.path.join(self.home, "dovecot.log"))
        for attempt in range(5):
            self.imap_port, self.imaps_port, self.lmtp_port = free_ports(3)
            oauth = OAUTH.format(introspection=self.introspection) if self.introspection else ""
            with open(self.configuration, "w", encoding="utf-8") as output:
                output.write(CONFIGURATION.format(
                    directory=self.home, run=run, user=self.person.user, group=self.person.group, mail=self.mail,
                    driver=self.driver, fsync=self.fsync, mechanisms=self.mechanisms, certificate=certificate, key=key,
                    imap_port=self.imap_port, imaps_port=self.imaps_port, lmtp_port=self.lmtp_port, oauth=oauth,
                    extra=self.extra))
            self.person.give(self.home, run)
            if self._run_master():
                self._save()
                return self
        raise ServerError("Dovecot found no free ports\n" + self._log_tail())

    def _run_master(self):
        """True when it runs and answers, False when another program took one of the ports meanwhile."""
        self._process = subprocess.Popen([*self.person.prefix, "dovecot", "-F", "-c", self.configuration],
                                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                         start_new_session=True, preexec_fn=_die_with_parent if self.tied else None)
        self.pid = self._process.pid
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if self._process.poll() is not None:
                text = self._process.stderr.read().decode("utf-8", "replace") + self._log_tail()
                if "Address already in use" in text:
                    return False
                raise ServerError("Dovecot did not start: " + text)
            if all(self._answers(port) for port in (self.imap_port, self.imaps_port, self.lmtp_port)):
                return True
            time.sleep(0.005)
        self.stop()
        raise ServerError("Dovecot does not answer\n" + self._log_tail())

    @staticmethod
    def _answers(port):
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return True
        except OSError:
            return False

    def _processes(self):
        """Every process of the session that the master began; checked against our configuration where it is the master."""
        found = []
        for name in os.listdir("/proc"):
            if name.isdigit() and _session_of(int(name)) == self.pid:
                found.append(int(name))
        return found

    def _is_ours(self):
        try:
            with open(f"/proc/{self.pid}/cmdline", "rb") as line:
                return self.configuration.encode() in line.read()
        except OSError:
            return False

    def stop(self):
        """Ends the master and every child; returns when they are gone. Harmless when nothing runs."""
        if self.pid is None:
            return
        if self._is_ours():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
            self._wait_gone(5)
        # Children of a master that was killed have lost their parent, not their session.
        for number in (signal.SIGTERM, signal.SIGKILL):
            for pid in self._processes():
                if self._belongs(pid):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, number)
            self._wait_gone(3)
        if self._process is not None:
            self._process.wait(5)
            self._process.stderr.close()
            self._process = None
        with contextlib.suppress(OSError):
            run = os.readlink(os.path.join(self.home, "run"))
            if os.path.basename(run).startswith("barua-run-"):
                shutil.rmtree(run, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.unlink(self.state_file)
        self.pid = None

    @staticmethod
    def _belongs(pid):
        """Process ids are used again: only Dovecot's own programs are ended."""
        try:
            return "dovecot" in os.readlink(f"/proc/{pid}/exe")
        except OSError:
            return False

    def _wait_gone(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self._process is not None:
                self._process.poll()
            if not [pid for pid in self._processes() if self._belongs(pid)]:
                return
            time.sleep(0.005)

    def clear(self):
        """Forgets all mail; only while the server is stopped."""
        shutil.rmtree(self.mail, ignore_errors=True)
        if self.home != self.directory:
            shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    # -- use ----------------------------------------------------------------------------------------------------------

    def url(self, user):
        return f"imaps://{user}@127.0.0.1:{self.imaps_port}"

    def tls(self):
        """A client's context that trusts our authority only."""
        return ssl.create_default_context(cafile=self.ca)

    def imap(self, user, folder=None):
        """A signed-in imaplib connection over TLS."""
        mail = imaplib.IMAP4_SSL("127.0.0.1", self.imaps_port, ssl_context=self.tls(), timeout=60)
        mail.login(user, self.password(user))
        if folder is not None:
            kind, data = mail.select(quote(folder))
            if kind != "OK":
                raise ServerError(f"SELECT {folder}: {data}")
        return mail

    def deliver(self, user, *messages, sender="fixture@barua.example"):
        """Delivers messages (bytes) by LMTP into the inbox."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port, local_hostname="localhost") as lmtp:
            for message in messages:
                lmtp.sendmail(sender, [user], message, mail_options=["BODY=8BITMIME"])

    def append(self, user, folder, message, flags="", date=None):
        """Appends one message; flags as in '\\Seen $Forwarded', date in seconds since 1970. Returns its UID."""
        mail = self.imap(user)
        try:
            when = imaplib.Time2Internaldate(date if date is not None else time.time())
            kind, data = mail.append(quote(folder), f"({flags})" if flags else None, when, message)
            if kind != "OK":
                raise ServerError(f"APPEND to {folder}: {data}")
            found = re.search(rb"APPENDUID \d+ (\d+)", data[0])
            return int(found.group(1)) if found else None
        finally:
            mail.logout()

    def append_many(self, user, items):
        """Appends [(folder, message, flags, date)] through one connection, pipelined; folders must exist.

        Returns the UIDs in order.
        """
        import threading
        items = list(items)
        # Not over TLS: one thread reads while the other writes, which Python's connections cannot bear now and then.
        sock = socket.create_connection(("127.0.0.1", self.imap_port))
        sock.settimeout(60)
        reader = sock.makefile("rb")
        uids = []
        failed = []

        def read_answers():
            for line in reader:
                if line.startswith(b"a"):
                    found = re.match(rb"a\d+ OK \[APPENDUID \d+ (\d+)\]", line)
                    if found:
                        uids.append(int(found.group(1)))
                    else:
                        failed.append(line)
                elif line.startswith(b"z OK"):
                    return
                elif line.startswith(b"* BYE") or not line.startswith(b"* "):
                    failed.append(line)
                    return

        reader.readline()
        import base64
        plain = base64.b64encode(b"\0" + user.encode() + b"\0" + self.password(user).encode()).decode()
        sock.sendall(f"s AUTHENTICATE PLAIN {plain}\r\n".encode())
        while True:
            line = reader.readline()
            if line.startswith(b"s "):
                break
            if not line:
                raise ServerError("the server hung up while signing in")
        if not line.startswith(b"s OK"):
            raise ServerError(line.decode("utf-8", "replace"))
        listener = threading.Thread(target=read_answers)
        listener.start()
        buffered = []
        size = 0
        for number, (folder, message, flags, date) in enumerate(items):
            when = imaplib.Time2Internaldate(date)
            head = f"a{number} APPEND {quote(folder)} ({flags}) {when} {{{len(message)}+}}\r\n".encode()
            buffered += [head, message, b"\r\n"]
            size += len(message)
            if size > 256 * 1024:
                sock.sendall(b"".join(buffered))
                buffered, size = [], 0
        buffered.append(b"z NOOP\r\n")
        sock.sendall(b"".join(buffered))
        listener.join()
        sock.sendall(b"y LOGOUT\r\n")
        reader.close()
        sock.close()
        if failed or len(uids) != len(items):
            raise ServerError(f"{len(items) - len(uids)} of {len(items)} appends failed: {failed[:3]}")
        return uids

    def fill(self, user, folder, items, batch=100):
        """Appends a long stream of (message, flags, date) fast: over the plain port, many in one command.

        For benchmarks: 100,000 messages do not fit into a list. Returns how many were appended.
        """
        import threading
        sock = socket.create_connection(("127.0.0.1", self.imap_port))
        sock.settimeout(600)
        reader = sock.makefile("rb")
        answers = {"ok": 0, "bad": []}

        def read_answers():
            for line in reader:
                if line.startswith(b"z "):
                    return
                if line.startswith(b"a"):
                    if b" OK" in line[:12]:
                        answers["ok"] += 1
                    else:
                        answers["bad"].append(line)

        sock.sendall(f's LOGIN "{user}" "{self.password(user)}"\r\n'.encode())
        listener = threading.Thread(target=read_answers)
        listener.start()
        pending = []
        count = commands = 0
        for message, flags, date in items:
            start = f"a{commands} APPEND {quote(folder)}" if not pending else ""
            pending.append(f"{start} ({flags}) {imaplib.Time2Internaldate(date)} {{{len(message)}+}}\r\n".encode())
            pending.append(message)
            count += 1
            if len(pending) >= 2 * batch:
                pending.append(b"\r\n")
                sock.sendall(b"".join(pending))
                pending = []
                commands += 1
        if pending:
            pending.append(b"\r\n")
            sock.sendall(b"".join(pending))
            commands += 1
        sock.sendall(b"z LOGOUT\r\n")
        listener.join()
        reader.close()
        sock.close()
        if answers["bad"] or answers["ok"] != commands:
            raise ServerError(f"filling {folder}: {answers['ok']} of {commands} commands succeeded; {answers['bad'][:2]}")
        return count

    def create(self, user, *folders):
        mail = self.imap(user)
        try:
            for folder in folders:
                kind, data = mail.create(quote(folder))
                if kind != "OK" and b"ALREADYEXISTS" not in data[0]:
                    raise ServerError(f"CREATE {folder}: {data}")
                mail.subscribe(quote(folder))
        finally:
            mail.logout()

    def doveadm(self, *arguments, check=True):
        """Runs doveadm against this server; returns its output."""
        done = subprocess.run([*self.person.prefix, "doveadm", "-c", self.configuration, *arguments],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if check and done.returncode != 0:
            raise ServerError(f"doveadm {' '.join(arguments)}: " + done.stderr.decode("utf-8", "replace"))
        return done.stdout.decode("utf-8", "replace")

    def truth(self, user):
        """{folder: {"uidvalidity": n, "messages": {uid: (flags, size, message-id)}}} as the server has it."""
        result = {}
        mail = self.imap(user)
        try:
            _, lines = mail.list()
            for line in lines:
                if line is None:
                    continue
                if isinstance(line, tuple):
                    raw = line[1].decode("ascii")
                    attributes = line[0]
                else:
                    found = re.match(rb'\(([^)]*)\) (?:"[^"]*"|NIL) (.*)$', line)
                    attributes = found.group(1)
                    raw = found.group(2).decode("ascii")
                    if raw.startswith('"'):
                        raw = raw[1:-1].replace('\\"', '"').replace("\\\\", "\\")
                if b"\\Noselect" in attributes or b"\\NonExistent" in attributes:
                    continue
                name = decode_mutf7(raw)
                kind, _ = mail.select(quote(name), readonly=True)
                if kind != "OK":
                    continue
                validity = int(mail.response("UIDVALIDITY")[1][0])
                messages = {}
                kind, data = mail.uid("FETCH", "1:*", "(UID FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
                for item in data if kind == "OK" else []:
                    if not isinstance(item, tuple):
                        continue
                    uid = int(re.search(rb"UID (\d+)", item[0]).group(1))
                    size = int(re.search(rb"RFC822.SIZE (\d+)", item[0]).group(1))
                    flags = re.search(rb"FLAGS \(([^)]*)\)", item[0]).group(1).decode().split()
                    identifier = re.sub(rb"(?i)^message-id:\s*", b"", item[1].strip()).decode("utf-8", "replace")
                    messages[uid] = (sorted(flag for flag in flags if flag != "\\Recent"), size, identifier)
                result[name] = {"uidvalidity": validity, "messages": messages}
        finally:
            mail.logout()
        return result


def decode_mutf7(name):
    """The reverse of encode_mutf7()."""
    import base64

    def decode(found):
        packed = found.group(1)
        if not packed:
            return "&"
        packed = packed.replace(",", "/")
        return base64.b64decode(packed + "=" * (-len(packed) % 4)).decode("utf-16-be")

    return re.sub(r"&([^-]*)-", decode, name)


def message(subject, text="Habari.\n", sender="Amina Yusuf <amina@barua.example>", to="qresync@barua.example",
            date=None, message_id=None, **headers):
    """A small plain message as bytes with CRLF, for tests. Header names: underscores become hyphens."""
    from email.header import Header
    lines = [
        "From: " + sender,
        "To: " + to,
        "Subject: " + (subject if subject.isascii() else Header(subject, "utf-8").encode()),
        "Date: " + email.utils.formatdate(date if date is not None else time.time()),
        "Message-ID: " + (message_id or email.utils.make_msgid(domain="barua.example")),
        *(name.replace("_", "-") + ": " + value for name, value in headers.items()),
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        *text.split("\n"),
    ]
    return "\r\n".join(lines).encode("utf-8")
