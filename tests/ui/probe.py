# SPDX-License-Identifier: GPL-3.0-or-later
"""A program with a window, started and told what to do through window-probe.c, which measures in it.

    with Probe([program, ...], folder, settings={"list-grouped": False}) as probe:
        probe.wait("rows", 20)["since_start_ms"]
        probe.ask("jump 5000", "jump")["ms"]
"""

import json
import os
import subprocess
import time

SCHEMA_PATH = "io/github/barua_mail/Barua"


class ProbeError(Exception):
    """The program did not do what was expected of it; the text says what it did."""


class Probe:
    """One running program; the folder holds what it says, its settings, and is to be empty or of an earlier run."""

    def __init__(self, words, folder, settings=None, environment=None):
        self.words, self.folder = words, folder
        self.out, self.fifo = os.path.join(folder, "probe"), os.path.join(folder, "commands")
        self.trace, self.log = os.path.join(folder, "trace"), os.path.join(folder, "log")
        self.environment = dict(os.environ, LANGUAGE="en", BARUA_TEST_TRACE=self.trace, GSETTINGS_BACKEND="keyfile",
                                XDG_CONFIG_HOME=os.path.join(folder, "config"), **probe_environment(self.out, self.fifo),
                                **(environment or {}))
        self.settings = settings or {}
        self.process = None
        self.start_ms = 0.0
        self.mark = 0

    def __enter__(self):
        os.makedirs(self.folder, exist_ok=True)
        for path in (self.out, self.fifo, self.trace):
            if os.path.exists(path):
                os.unlink(path)
        os.mkfifo(self.fifo)
        self._write_settings()
        with open(self.log, "ab") as log:
            self.start_ms = time.monotonic() * 1000
            self.process = subprocess.Popen(self.words, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.tell("quit")
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _write_settings(self):
        folder = os.path.join(self.folder, "config", "glib-2.0", "settings")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "keyfile"), "w", encoding="utf-8") as output:
            output.write(f"[{SCHEMA_PATH}]\n")
            for key, value in self.settings.items():
                output.write(f"{key}={str(value).lower() if isinstance(value, bool) else repr(value)}\n")

    def tell(self, command):
        self.mark = len(self.events())
        with open(self.fifo, "w", encoding="ascii") as fifo:
            fifo.write(command + "\n")

    def events(self):
        return lines_of(self.out)

    def traced(self):
        """What the program itself tells: messages that are shown."""
        return [entry for entry in lines_of(self.trace) if "event" in entry]

    def wait(self, name, seconds, start=0):
        """The first event of that name; "since_start_ms" is when it was, from the start of the process."""
        end = time.monotonic() + seconds
        while True:
            for event in self.events()[start:]:
                if event["event"] == name:
                    event["since_start_ms"] = event["us"] / 1000 - self.start_ms
                    return event
            if self.process.poll() is not None:
                raise ProbeError(f"{self.words[0]} ended with {self.process.returncode}: {self.said()}")
            if time.monotonic() > end:
                raise ProbeError(f"no {name} from {self.words[0]} within {seconds} s: {self.said()}")
            time.sleep(0.01)

    def ask(self, command, name, seconds=20):
        """Tells the command and waits for what it answers."""
        self.tell(command)
        return self.wait(name, seconds, self.mark)

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()[-2000:]

    def inboxes(self):
        """Positions of the inboxes in the list of folders, account by account."""
        self.ask("folders", "folders")
        rows = [event for event in self.events()[self.mark:] if event["event"] == "folder-row"]
        return [after["position"] for row, after in zip(rows, rows[1:]) if row["type"] == "BaruaAccountItem"] or [0]

    def rest(self, seconds=120):
        """Until it uses less than a fiftieth of a core for two seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            before = cpu_ms(self.process.pid)
            time.sleep(2)
            if cpu_ms(self.process.pid) - before < 40:
                return
        raise ProbeError(f"{self.words[0]} does not come to rest within {seconds} s")

    def memory(self):
        """Bytes by the kernel's names: Rss, Pss, Pss_Anon, ..."""
        with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="ascii") as source:
            fields = (line.split() for line in source.readlines()[1:])
            return {name[:-1]: int(value) * 1024 for name, value, _ in fields}


def probe_environment(out, fifo):
    return {"LD_PRELOAD": os.environ["BARUA_PROBE"], "BARUA_PROBE_OUT": out, "BARUA_PROBE_IN": fifo}


def lines_of(path):
    """The whole lines of a file that is being written."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.endswith("\n")]


def cpu_ms(pid):
    """Processor time of another process with all its threads: its clock of clock_getcpuclockid(3)."""
    return time.clock_gettime(~pid << 3 | 2) * 1000
