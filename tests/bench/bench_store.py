# SPDX-License-Identifier: GPL-3.0-or-later
"""The mailboxes that the benchmarks read: made once, kept in the user's cache folder, never changed by a benchmark.

Each is marked with the digest of the generator and its texts; one of another digest is deleted and made again.

    with BenchServer() as server:
        server.prepare(100_000)            # user "bench100k" and its aliases "bench100k-condstore", "bench100k-plain"
        server.copy_user("bench100k", "removals", hidden)    # a copy that may be changed, gone at the end
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "server"), HERE]
import barua_dovecot  # noqa: E402
import generate  # noqa: E402
from barua_dovecot import HIDDEN_FOR_CONDSTORE, HIDDEN_FOR_PLAIN, Dovecot  # noqa: E402

MILLION = 1_000_000
COPIED = 100_000
SIZES = (1_000, 10_000, 100_000, MILLION)


def say(text):
    print(text, file=sys.stderr, flush=True)


def size_name(count):
    return f"bench{count // MILLION}m" if count >= MILLION else f"bench{count // 1000}k"


def cache_folder():
    base = os.environ.get("BARUA_BENCH_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "barua", "bench")
    return os.path.join(base, f"v{generate.VERSION}")


def limit_program():
    return os.environ.get("BARUA_IMAPLIMIT", "imaplimit")


class BenchServer(Dovecot):
    """The fixture's server on the kept mailboxes; one benchmark at a time has it."""

    def __init__(self):
        folder = cache_folder()
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self.lock = open(os.path.join(folder, "lock"), "w", encoding="ascii")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        users = {}
        for count in SIZES:
            name = size_name(count)
            users[name] = []
            users[name + "-condstore"] = HIDDEN_FOR_CONDSTORE
            users[name + "-plain"] = HIDDEN_FOR_PLAIN
        users.update({"empty": [], "empty-condstore": HIDDEN_FOR_CONDSTORE, "empty-plain": HIDDEN_FOR_PLAIN,
                      "scratch": [], "scratch-plain": HIDDEN_FOR_PLAIN})
        super().__init__(folder, users=users, fsync="never", tied=True)
        self._warm = set()

    def start(self):
        # Before the server has them open.
        self.drop_stale()
        super().start()
        for name in ("empty", "empty-condstore", "empty-plain", "scratch", "scratch-plain"):
            shutil.rmtree(os.path.join(self.mail, name), ignore_errors=True)
        return self

    def stop(self):
        super().stop()
        for name in ("empty", "empty-condstore", "empty-plain", "scratch", "scratch-plain"):
            shutil.rmtree(os.path.join(self.mail, name), ignore_errors=True)

    # -- mail ---------------------------------------------------------------------------------------------------------

    def _made_file(self, user):
        return os.path.join(self.mail, user + ".made")

    def _is_fresh(self, user):
        try:
            with open(self._made_file(user), encoding="ascii") as made:
                return json.load(made).get("digest") == generate.digest()
        except (OSError, ValueError, AttributeError):
            return False

    def drop_stale(self):
        """Deletes what was made of other texts, by another generator or not to its end."""
        for count in SIZES:
            user = size_name(count)
            if os.path.exists(os.path.join(self.mail, user)) and not self._is_fresh(user):
                say(f"{user} was made by another generator: deleted")
                self._drop(user)

    def _drop(self, user):
        # The mark goes first: a deletion cut short leaves nothing that passes for whole.
        try:
            os.unlink(self._made_file(user))
        except FileNotFoundError:
            pass
        shutil.rmtree(os.path.join(self.mail, user), ignore_errors=True)

    def prepare(self, count):
        """Makes the mailbox with so many messages if it is not there, and warms the server's caches. Returns the user."""
        user = size_name(count)
        if not self._is_fresh(user):
            self._make(user, count)
        for suffix in ("-condstore", "-plain"):
            link = os.path.join(self.mail, user + suffix)
            if not os.path.islink(link):
                shutil.rmtree(link, ignore_errors=True)
                os.symlink(user, link)
        if user not in self._warm:
            self.warm(user)
            self._warm.add(user)
        return user

    def _make(self, user, count):
        begun = time.monotonic()
        say(f"making {count:,} messages, once (kept in {self.directory})")
        # Of the texts as they are now: changed ones are seen when the next benchmark starts.
        digest = generate.digest()
        self._drop(user)
        if count > COPIED:
            # A million is ten copies of a hundred thousand; the server links the files.
            self.prepare(COPIED)
            self.copy_user(size_name(COPIED), user)
            mail = self.imap(user)
            mail.sock.settimeout(1200)
            mail.create("Source")
            mail.select("INBOX")
            mail.uid("COPY", "1:*", "Source")
            mail.select("Source")
            for turn in range(count // COPIED - 1):
                kind, data = mail.uid("COPY", "1:*", "INBOX")
                if kind != "OK":
                    raise barua_dovecot.ServerError(f"COPY: {data}")
                say(f"  {(turn + 2) * COPIED:,}")
            mail.close()
            mail.delete("Source")
            mail.logout()
        else:
            self.fill(user, "INBOX", generate.Generator().messages(count))
        with open(self._made_file(user), "w", encoding="ascii") as output:
            json.dump({"count": count, "digest": digest}, output)
        say(f"made in {time.monotonic() - begun:.0f} s")

    def warm(self, user):
        """Fills Dovecot's caches and the page cache; without it the first pass is four times slower."""
        modes = [["slim"], ["flags"], ["reopen-qresync"], ["slim"]]
        if user != size_name(MILLION):
            modes = [["structure"], ["full"], *modes]
        for mode in modes:
            self.limit(user, *mode)

    def copy_user(self, source, target):
        """A copy of a mailbox that may be changed: messages are linked, indexes copied."""
        top = os.path.join(self.mail, source)
        other = os.path.join(self.mail, target)
        shutil.rmtree(other, ignore_errors=True)
        for folder, _, files in os.walk(top):
            place = os.path.join(other, os.path.relpath(folder, top))
            os.makedirs(place, mode=0o700, exist_ok=True)
            for name in files:
                if name.startswith("u."):
                    os.link(os.path.join(folder, name), os.path.join(place, name))
                else:
                    shutil.copy2(os.path.join(folder, name), os.path.join(place, name))

    # -- the limit ----------------------------------------------------------------------------------------------------

    def limit(self, user, *mode, port=None, folder="INBOX"):
        """One run of imaplimit; its JSON."""
        done = subprocess.run([limit_program(), "--port", str(port or self.imaps_port), "--ca", self.ca, "--user", user,
                               "--password", self.password(user), "--folder", folder, "--server-session", str(self.pid),
                               *[str(word) for word in mode]],
                              capture_output=True, text=True, check=False, timeout=600)
        if done.returncode != 0:
            raise barua_dovecot.ServerError(f"imaplimit {' '.join(map(str, mode))}: {done.stderr}")
        return json.loads(done.stdout)


class Line:
    """barua-line in front of a port."""

    def __init__(self, to, rtt_ms=40, mbit=50):
        self.process = subprocess.Popen([os.environ.get("BARUA_LINE", "barua-line"), "--to", str(to), "--rtt-ms", str(rtt_ms),
                                         "--mbit", str(mbit)], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().partition("=")[2])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
