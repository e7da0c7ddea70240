# SPDX-License-Identifier: GPL-3.0-or-later
"""barua-cli as tests and benchmarks drive it: one profile, JSON answers, what each run cost.

    client = Client(profile)                          # the program is $BARUA_CLI
    client.add(server, "qresync")
    run = client.run("sync")                          # run.code, run.lines, run.last, run.cpu_ms, run.wall_ms, run.rss_kb
    with client.watch() as watch:
        watch.wait(lambda line: line.get("event") == "arrived", 10)
"""

import json
import os
import signal
import subprocess
import tempfile
import threading
import time


class CliError(Exception):
    """barua-cli did not do what was expected; the text holds all it said."""


class Run:
    """What one run of barua-cli said and cost."""

    def __init__(self, words, code, output, errors, usage, wall_ms):
        self.words, self.code, self.output, self.errors = words, code, output, errors
        self.wall_ms = wall_ms
        self.cpu_ms = (usage.ru_utime + usage.ru_stime) * 1000
        self.rss_kb = usage.ru_maxrss
        self.lines = []
        for line in output.split(b"\n"):
            if line.strip():
                try:
                    self.lines.append(json.loads(line))
                except ValueError:
                    self.lines.append({"text": line.decode("utf-8", "replace")})

    @property
    def last(self):
        return self.lines[-1] if self.lines else {}

    @property
    def error(self):
        """The error object, or {} when there is none."""
        return self.last.get("error", {})

    def event(self, name):
        return next((line for line in self.lines if line.get("event") == name), {})

    def check(self, code=0):
        """Returns itself; CliError when the exit code is another one or the program complained of itself."""
        if self.code != code or b"CRITICAL" in self.errors or b"Sanitizer" in self.errors:
            raise CliError(f"barua-cli {' '.join(self.words)}: exit code {self.code}, not {code}\n"
                           f"{self.output[-2000:].decode('utf-8', 'replace')}\n{self.errors[-4000:].decode('utf-8', 'replace')}")
        return self


class Client:
    def __init__(self, profile, program=None, environment=None):
        self.profile = profile
        self.program = program or os.environ.get("BARUA_CLI", "barua-cli")
        self.environment = dict(os.environ, GSETTINGS_BACKEND="memory", LC_ALL="C.UTF-8", LANGUAGE="", **(environment or {}))
        self.environment.setdefault("G_DEBUG", "fatal-criticals")

    def words(self, *arguments):
        return [self.program, "--profile", self.profile, "--json", *arguments]

    def run(self, *arguments, timeout=60, environment=None):
        """Runs a command to its end; never raises for what the command does. CliError when it takes too long."""
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            start = time.monotonic()
            process = subprocess.Popen(self.words(*arguments), stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
                                       env=dict(self.environment, **(environment or {})))
            late = threading.Event()

            def end():
                late.set()
                process.kill()

            timer = threading.Timer(timeout, end)
            timer.start()
            _, status, usage = os.wait4(process.pid, 0)
            wall_ms = (time.monotonic() - start) * 1000
            timer.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            errors.seek(0)
            run = Run(arguments, process.returncode, output.read(), errors.read(), usage, wall_ms)
            if late.is_set():
                raise CliError(f"barua-cli {' '.join(arguments)} took longer than {timeout} s\n"
                               + (run.output[-2000:] + run.errors[-4000:]).decode("utf-8", "replace"))
            return run

    def start(self, *arguments, environment=None):
        """Starts a command and returns the process; for tests that kill it."""
        return subprocess.Popen(self.words(*arguments), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env=dict(self.environment, **(environment or {})))

    def add(self, server, user, port=None, scheme="imaps", password=None, ca=None, host="127.0.0.1"):
        """Adds the account of a user of barua_dovecot's server, perhaps through a proxy on another port."""
        folder = os.path.dirname(os.path.abspath(self.profile))
        os.makedirs(folder, exist_ok=True)
        secret = os.path.join(folder, f"password-{user}")
        with open(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as output:
            output.write((server.password(user) if password is None else password) + "\n")
        return self.run("account", "add", "--address", f"{user}@barua.example", "--name", user,
                        "--imap", f"{scheme}://{user}@{host}:{port or server.imaps_port}",
                        "--tls-ca", ca or server.ca, "--password-command", f"cat '{secret}'").check()

    def sync(self, *arguments, **named):
        return self.run("sync", *arguments, **named).check()

    def folders(self):
        """{path: folder object}."""
        return {line["path"]: line for line in self.run("folders").check().lines}

    def list(self, folder, limit=0):
        return self.run("list", folder, "--limit", str(limit)).check().lines

    def verify(self):
        """The verified object; CliError when something is found."""
        return self.run("verify").check().last

    def watch(self):
        return Watch(self)


class Watch:
    """A running "watch"; its lines are kept with the time on CLOCK_MONOTONIC, in ns, at which they were read."""

    def __init__(self, client):
        self.client = client
        self.lines = []
        self._news = threading.Condition()

    def __enter__(self):
        self.process = self.client.start("watch")
        self._ended = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self._errors = []
        self._error_thread = threading.Thread(target=lambda: self._errors.append(self.process.stderr.read()), daemon=True)
        self._error_thread.start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        self._thread.join(10)
        self._error_thread.join(10)
        self.process.stdout.close()
        self.process.stderr.close()

    def _read(self):
        for line in self.process.stdout:
            now = time.monotonic_ns()
            with self._news:
                self.lines.append((now, json.loads(line)))
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    @property
    def mark(self):
        """How many lines there are; wait(..., start=mark) looks at later ones only."""
        with self._news:
            return len(self.lines)

    def wait(self, condition, seconds, start=0):
        """(time in ns, line) of the first line for which condition(line) holds; CliError when it does not come."""
        end = time.monotonic() + seconds
        with self._news:
            while True:
                for now, line in self.lines[start:]:
                    if condition(line):
                        return now, line
                start = len(self.lines)
                if self._ended:
                    break
                if not self._news.wait(max(0.0, end - time.monotonic())) and time.monotonic() >= end:
                    break
        tail = "\n".join(str(line) for _, line in self.lines[-12:])
        raise CliError(f"watch {'ended' if self._ended else 'did not say it'} within {seconds} s; last lines:\n{tail}\n"
                       + b"".join(self._errors)[-3000:].decode("utf-8", "replace"))

    def wait_idle(self, seconds=30, start=0):
        return self.wait(lambda line: line.get("event") == "status" and line.get("state") == "idle", seconds, start)
