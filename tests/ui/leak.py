#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""No message contacts a host when it is shown (THREATS H-01).

    leak.py [CONTEXT...]      all of them when none is named here nor in BARUA_LEAK (names with commas between)

Everything runs in a network namespace of its own, whose every address is ours: a sinkhole answers every name, takes every
connection at the usual ports, and reads every packet that goes anywhere but to 127.0.0.0/8. The namespace has an address and
a default route that are not loopback's, else the C library looks nothing up and all looks clean.

First a web view as it comes must contact at least 60 hosts with the same vectors, else the sinkhole proves nothing; it also shows
how long they take. Then come the contexts, each on its own:
  unsanitised   past the sanitiser in the program's message view, so that the walls behind it are proven on their own
  message       delivered, and its source
  dark          while it is shown, mail is no longer darkened, and is again
  reload        the web process dies, the page is loaded again
  window        in a window of its own
  print         the dialog to print it
  pdf           printed into a file
  embedded      as a message inside another
  conversation  two messages with all vectors at once, with zoom, folded and opened again
  switching     from message to message while they load
  consented     the person agrees to pictures: only hosts of pictures may be contacted then, by the program itself, and none inside

Environment: BARUA, BARUA_CLI, BARUA_FAKE (window-on-fake), BARUA_LEAK_CONTROL, BARUA_HTML_VIEW, BARUA_CORPUS. With CI set a
missing corpus is a failure, else it is told and the test counts as skipped after the project's own vectors were tried.
"""

import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "server")]
DISPLAY = os.path.join(HERE, "..", "..", "build-aux", "lib", "with-display")
EXTRA = os.path.join(HERE, "..", "mime", "leak-extra.html")
ADDRESS = "10.99.0.1"
# An address of the outside world, as far as anybody in the namespace can tell: where all names stand but those called inside.
OUTSIDE = "203.0.113.1"
# Where a picture of the outside sends us, and where one stands: inside.
REDIRECTED = "inside.redirected.leaking.via.invalid"
INSIDE = "inside.leaking.via.invalid"
# How long an open view may take to contact hosts; it is over when it contacted enough of them and then so long no new one.
SECONDS = 60
PAUSE = 3
# A context is looked at for as long as the open view needed, but not shorter nor longer than this.
LEAST = 3
MOST = 12
# What a web view as it comes must contact at least: of the 217 vectors of the corpus, and of our own.
CONTROL_HOSTS = {"leak": 60, "extra": 15}
# Pictures of them that are fetched at least, once the person agreed.
PICTURE_HOSTS = {"leak": 10, "extra": 1}
ETH_P_ALL = 3
USER = "qresync"


def server_name(data):
    """The host that a TLS hello asks for, or None."""
    at = data.find(b"\0\0")
    while 0 <= at < len(data) - 9:
        whole, names, kind, length = struct.unpack_from(">HHBH", data, at + 2)
        if kind == 0 and whole == names + 2 and names == length + 3 and 0 < length <= len(data) - at - 9:
            return data[at + 9:at + 9 + length].decode("latin-1")
        at = data.find(b"\0\0", at + 1)
    return None


class Sinkhole:
    """Answers every name with its own address, listens at the usual ports, sees every packet, and remembers who was asked for."""

    def __init__(self):
        self.names = set()
        self.connections = set()
        self.packets = set()
        self.heads = []
        self.lock = threading.Lock()
        self.dns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.dns.bind((ADDRESS, 53))
        threading.Thread(target=self._answer, daemon=True).start()
        self.wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        threading.Thread(target=self._watch, daemon=True).start()
        for port in (21, 25, 53, 80, 110, 143, 443, 445, 993, 3478, 5222, 8000, 8080, 8443):
            for address in (ADDRESS, OUTSIDE):
                listener = socket.socket()
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind((address, port))
                listener.listen(64)
                threading.Thread(target=self._accept, args=(listener, port), daemon=True).start()

    def _answer(self):
        while True:
            query, peer = self.dns.recvfrom(4096)
            labels, at = [], 12
            while at < len(query) and query[at]:
                labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1"))
                at += 1 + query[at]
            with self.lock:
                self.names.add(".".join(labels).lower())
            address = ADDRESS if labels and labels[0] == "inside" else OUTSIDE
            kind = query[at + 1:at + 3]
            answer = query[:2] + b"\x81\x80" + query[4:6] + (b"\0\1" if kind == b"\0\1" else b"\0\0") + b"\0\0\0\0" + query[12:at + 5]
            if kind == b"\0\1":
                answer += b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton(address)
            self.dns.sendto(answer, peer)

    def _watch(self):
        """Every opened connection and every datagram that is not for 127.0.0.0/8, whatever address and port it is for."""
        while True:
            packet, about = self.wire.recvfrom(65535)
            if about[1] != 0x0800 or len(packet) < 20:
                continue
            kind, source, target = packet[9], packet[12:16], packet[16:20]
            body = packet[(packet[0] & 15) * 4:]
            if target[0] == 127 or len(body) < 8 or kind not in (6, 17):
                continue
            ports = struct.unpack_from(">HH", body)
            if kind == 6 and (len(body) < 14 or body[13] & 0x12 != 0x02):
                continue
            if kind == 17 and (source, ports[0]) == (socket.inet_aton(ADDRESS), 53):
                continue
            with self.lock:
                self.packets.add(f"{'tcp' if kind == 6 else 'udp'} {socket.inet_ntoa(target)}:{ports[1]}")

    def _accept(self, listener, port):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=self._serve, args=(connection, port), daemon=True).start()

    def _serve(self, connection, port):
        with connection:
            connection.settimeout(3)
            try:
                data = connection.recv(4096)
            except OSError:
                data = b""
            found = re.search(rb"(?i)\r\nhost: *([^\r\n:]+)", data)
            host = found.group(1).decode("latin-1").lower() if found else server_name(data)
            with self.lock:
                self.connections.add((port, host or "?"))
                self.heads.append(data.decode("latin-1"))
            answer = b"HTTP/1.1 404 No\r\nSet-Cookie: leak=1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            if data.startswith(b"GET /inside"):
                answer = b"HTTP/1.1 302 Go\r\nLocation: http://" + REDIRECTED.encode() + b"/x\r\nContent-Length: 0\r\n\r\n"
            try:
                connection.sendall(answer)
            except OSError:
                pass

    def count(self):
        with self.lock:
            return len({name for name in self.names if "." in name} | {host for _, host in self.connections if host != "?"})

    def take(self):
        """What was contacted since the last time: the names of hosts (looked up, or named in a connection), and the rest: what
        went to an address without a name."""
        # What is under way on the wire arrives.
        time.sleep(0.3)
        with self.lock:
            hosts = {name for name in self.names if "." in name} | {host for _, host in self.connections if host != "?"}
            rest = {packet for packet in self.packets if not hosts or (ADDRESS not in packet and OUTSIDE not in packet)}
            self.names.clear()
            self.heads.clear()
            self.connections.clear()
            self.packets.clear()
        return hosts, rest


def vectors():
    """[(name, html)]: a host of its own for every vector of the shared corpus, and our own ones."""
    found = []
    corpus = os.path.join(os.environ.get("BARUA_CORPUS", ""), "html", "httpleaks", "leak.html")
    if os.path.exists(corpus):
        with open(corpus, encoding="utf-8", errors="replace") as source:
            text = source.read()
        # The same name may not count twice, nor hide a vector: its path becomes its host.
        text = re.sub(r"leaking\.via/([A-Za-z0-9-]+)", r"\1.leaking.via.invalid/x", text)
        found.append(("leak", text))
    else:
        print(f"note: {corpus} is absent; only the project's own vectors are tried", flush=True)
    with open(EXTRA, encoding="utf-8") as source:
        found.append(("extra", source.read()))
    return found


def control(sink, page, enough):
    """What an open view contacts, and how long it takes to."""
    process = subprocess.Popen([os.environ["BARUA_LEAK_CONTROL"], page, str(2 * SECONDS)], stderr=subprocess.DEVNULL)
    start = last = time.monotonic()
    n = 0
    while time.monotonic() < start + SECONDS and (n < enough or time.monotonic() < last + PAUSE):
        time.sleep(0.1)
        if sink.count() > n:
            n, last = sink.count(), time.monotonic()
    process.kill()
    process.wait()
    return *sink.take(), last - start


def scroll(window, view, seconds):
    """What loads when it comes into sight comes into sight."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        window.scroll(view, 5)
        time.sleep(0.4)


def unsanitised(sink, pages, folder, seconds, failures):
    from barua_window import Window, until
    for name, _ in pages:
        window = Window(os.environ["BARUA_FAKE"], "40", os.path.join(folder, "fake-cache"),
                        environment={"BARUA_FAKE_HTML": os.path.join(folder, name + ".html")})
        with window:
            window.click(window.find("list item", " 40[.]"))
            window.see("Unsanitised")
            view = window.find(None, "^Message Text$")
            until(lambda item=view: item.get_extents(1).height > 50, 20, "the page shown")
            scroll(window, view, seconds)
        judge(f"unsanitised behind the walls, {name}", sink.take(), failures)


def mail(name, text, subject=None):
    made = (f"From: Leak <leak@barua.example>\r\nTo: me@barua.example\r\nSubject: {subject or 'Vectors ' + name}\r\n"
            f"Message-ID: <{name}@barua.example>\r\n"
            "Disposition-Notification-To: receipt@receipt.leaking.via.invalid\r\n"
            "List-Id: Leaks <leaks.barua.example>\r\nList-Unsubscribe: <https://unsub.leaking.via.invalid/u>\r\n"
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
            "X-Face: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
            + re.sub("\r?\n", "\r\n", text))
    return made.encode("utf-8", "replace")


def embedding(name, text):
    """A letter that carries the vectors as a message inside."""
    return (f"From: Leak <leak@barua.example>\r\nTo: me@barua.example\r\nSubject: Inside {name}\r\nMessage-ID: <inside-{name}@barua.example>\r\n"
            "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n"
            "--b\r\nContent-Type: message/rfc822\r\n\r\n").encode() + mail(f"in-{name}", text) + b"\r\n--b--\r\n"


def shown(window, name):
    """The page of the message is on screen; the view."""
    window.find("heading", f"^Vectors {name}$")
    return page(window)


def page(window):
    from barua_window import until
    view = window.find(None, "^Message Text$", seconds=30)
    until(lambda: view.get_extents(1).height > 50, 30, "the page shown")
    return view


class Shown:
    """The program with all vectors as mail. Each context takes it from where the one before left it."""

    def __init__(self, sink, pages, folder, seconds, failures):
        import barua_dovecot
        from barua_client import Client
        from barua_window import Window
        self.sink, self.pages, self.folder, self.seconds, self.failures = sink, pages, folder, seconds, failures
        self.home = os.path.join(folder, "home")
        self.config = os.path.join(folder, "config")
        os.makedirs(self.home)
        self.darken(True)
        self.server = barua_dovecot.Dovecot(os.path.join(folder, "server")).start()
        for name, text in pages:
            self.server.append(USER, "INBOX", embedding(name, text))
            self.server.append(USER, "INBOX", mail(name, text))
        for number, (name, text) in enumerate(pages):
            threaded = f"Message-ID: <all-{number}@barua.example>\r\nReferences: <all@barua.example>\r\n"
            self.server.append(USER, "INBOX", re.sub(rb"Message-ID: [^\r]*\r\n", threaded.encode(), mail(name, text, "Vectors all"), count=1))
        profile = os.path.join(folder, "profile")
        Client(profile).add(self.server, USER)
        sink.take()
        self.window = Window(os.environ["BARUA"], "--profile", profile, environment={
            "LANGUAGE": "en", "ADW_DEBUG_COLOR_SCHEME": "prefer-dark", "HOME": self.home, "GSETTINGS_BACKEND": "keyfile",
            "XDG_CONFIG_HOME": self.config})
        self.window.start()

    def stop(self):
        try:
            self.window.stop()
        finally:
            self.server.stop()

    # Small words

    def darken(self, on):
        folder = os.path.join(self.config, "glib-2.0", "settings")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "keyfile"), "w", encoding="utf-8") as file:
            file.write(f"[io/github/barua_mail/Barua]\ndarken-messages={str(on).lower()}\n")

    def open(self, name):
        if not self.window.all("heading", f"^Vectors {name}$"):
            self.window.click(self.window.find("list item", f"Vectors {name}", seconds=30))
        return shown(self.window, name)

    def judge(self, what):
        judge(what, self.sink.take(), self.failures)

    def menu(self, place):
        """An item of the card's menu, counted from its end: GTK 4.18 tells their names to nobody."""
        from barua_window import until
        self.window.click(self.window.find("toggle button", "^Message Menu$"))
        items = until(lambda: [item for item in self.window.walk() if "menu item" in item.get_role_name()], 10, "the menu")
        self.window.activate(items[place])

    def windows(self):
        from barua_window import run
        return set(run("xdotool", "search", "--onlyvisible", "--pid", str(self.window.process.pid)).stdout.split())

    def new_window(self, before):
        from barua_window import run, until
        xid = until(lambda: next(iter(self.windows() - before), None), 20, "another window")
        run("xdotool", "windowfocus", "--sync", xid)
        return xid

    def close(self, before, *keys):
        from barua_window import run, until
        run("xdotool", "key", "--delay", "40", *keys)
        until(lambda: self.windows() <= before, 15, "the window closed")

    # Contexts

    def message(self, name):
        scroll(self.window, self.open(name), self.seconds)
        self.window.key("ctrl+u")
        self.window.find("text", "^Message Source$")
        time.sleep(LEAST / 2)
        self.escape("text", "^Message Source$")
        self.judge(f"message, {name}")

    def dark(self, name):
        self.open(name)
        for on in (False, True):
            self.darken(on)
            time.sleep(1)
            scroll(self.window, page(self.window), self.seconds / 2)
        self.judge(f"light and dark again, {name}")

    def reload(self, name):
        from barua_window import until
        self.open(name)
        pids = self.window.kill_web_processes()
        self.window.click(self.window.find("button", "^Try Again$"))
        scroll(self.window, page(self.window), self.seconds)
        until(lambda: set(self.window.web_processes()) - set(pids), 5, "another web process")
        self.judge(f"loaded again, {name}")

    def own_window(self, name):
        self.open(name)
        before = self.windows()
        self.menu(-1)
        self.new_window(before)
        time.sleep(self.seconds)
        self.close(before, "ctrl+w")
        self.judge(f"window of its own, {name}")

    def print(self, name):
        self.open(name)
        before = self.windows()
        self.menu(-3)
        self.new_window(before)
        time.sleep(self.seconds)
        self.close(before, "Escape")
        self.judge(f"print, {name}")

    def pdf(self, name):
        from barua_window import run, until
        self.open(name)
        before, target = self.windows(), os.path.join(self.home, f"{name}.pdf")
        self.menu(-2)
        self.new_window(before)
        self.window.find("button", "^_?Save$")
        run("xdotool", "key", "ctrl+a")
        run("xdotool", "type", "--delay", "4", target)
        self.close(before, "Return")
        until(lambda: os.path.exists(target) and os.path.getsize(target) > 1000, 30, "the PDF")
        time.sleep(LEAST / 2)
        with open(target, "rb") as file:
            assert file.read(5) == b"%PDF-"
        self.judge(f"PDF, {name}")

    def embedded(self, name):
        self.window.click(self.window.find("list item", f"Inside {name}", seconds=30))
        self.window.find("heading", f"^Inside {name}$")
        self.window.click(self.window.find("button", r"^Open .*[.]eml$", seconds=30))
        scroll(self.window, page(self.window), self.seconds)
        self.judge(f"message inside, {name}")

    def conversation(self):
        from barua_window import until
        window = self.window
        window.click(window.find("list item", "Vectors all", seconds=30))
        window.find("heading", "^Vectors all$")
        views = until(lambda: len(window.all(None, "^Message Text$", showing=False)) >= len(self.pages)
                      and window.all(None, "^Message Text$"), 30, "all open")
        until(lambda: views[0].get_extents(1).height > 50, 30, "the page shown")
        scroll(window, views[0], self.seconds * len(self.pages))
        window.key("ctrl+plus", "ctrl+plus", "ctrl+0")
        # Folded and opened again.
        window.key("p", "Return", "Return")
        time.sleep(LEAST)
        self.judge("conversation")

    def switching(self):
        self.open(self.pages[0][0])
        self.window.key(*["j", "k", "j", "j", "k", "k"] * 6)
        time.sleep(LEAST)
        self.judge("switching")

    def escape(self, role, name):
        from barua_window import run
        run("xdotool", "key", "Escape")
        self.window.gone(role, name)


def remote_pictures(profile, uid):
    """The hosts of the pictures that the sanitiser left in the message: what may be fetched, and nothing else."""
    from barua_client import Client
    shown = json.dumps(Client(profile).run("show", "inbox", str(uid)).check().lines)
    return {re.sub(r"^https?://([^/:]+).*", r"\1", urllib.parse.unquote(found)).lower()
            for found in re.findall(r"barua-remote:([A-Za-z0-9%._~-]+)", shown)}


def consented(sink, pages, folder, seconds, failures):
    """The person agrees: the pictures are fetched, by the program itself, and nothing but the pictures."""
    import barua_dovecot
    from barua_client import Client
    from barua_window import Window, until
    server = barua_dovecot.Dovecot(os.path.join(folder, "consented")).start()
    try:
        for name, text in pages:
            server.append(USER, "INBOX", mail(name, text + "".join(
                f'<img src="http://{there}">' for there in ("outside.leaking.via.invalid/inside", f"{INSIDE}/first", f"{ADDRESS}/number"))))
        profile = os.path.join(folder, "consented-profile")
        client = Client(profile)
        client.add(server, USER)
        client.sync()
        sink.take()
        window = Window(os.environ["BARUA"], "--profile", profile, environment={"LANGUAGE": "en"})
        for number, (name, _) in enumerate(pages):
            allowed = remote_pictures(profile, number + 1)
            with window:
                window.click(window.find("list item", f"Vectors {name}", seconds=30))
                shown(window, name)
                judge(f"before consent, {name}", sink.take(), failures)
                window.click(window.find("button", "^Show Pictures$"))
                until(lambda: len({host for _, host in sink.connections} & allowed) >= min(len(allowed), PICTURE_HOSTS[name]), 40,
                      "the pictures fetched")
                time.sleep(max(seconds, 2 * LEAST))
            heads, connections = list(sink.heads), set(sink.connections)
            hosts, rest = sink.take()
            print(f"after consent, {name}: {len(hosts)} hosts of {len(allowed)} with pictures, {len(heads)} requests", flush=True)
            if "outside.leaking.via.invalid" not in hosts:
                failures.append(f"{name}: the picture that leads inside was not asked for: it proves nothing")
            # Their names had to be looked up to know that they stand inside.
            for host in sorted({host for _, host in connections} & {REDIRECTED, INSIDE, ADDRESS}):
                failures.append(f"after consent, {name}: connected to {host}, inside")
            if not {REDIRECTED, INSIDE} <= hosts:
                failures.append(f"{name}: what stands inside was not looked up: it proves nothing")
            for host in hosts - allowed - {REDIRECTED}:
                failures.append(f"after consent, {name}: {host} is no picture")
            for packet in rest:
                failures.append(f"after consent, {name}: {packet}")
            for head in heads:
                if head.startswith("GET ") and (re.search(r"(?im)^(cookie|referer|authorization|accept-language):", head)
                                                or "\r\nUser-Agent: Mozilla/5.0\r\n" not in head):
                    failures.append(f"after consent, {name}: it said {head!r}")
    finally:
        server.stop()


def judge(what, contacted, failures):
    hosts, rest = contacted
    print(f"{what}: {len(hosts)} hosts, {len(rest)} addresses without a name {sorted(hosts | rest)[:6] if hosts | rest else ''}", flush=True)
    if hosts or rest:
        failures.append(f"{what}: {' '.join(sorted(hosts | rest))}")


# Each with every page, but for those at the end.
PAGED = {"message": Shown.message, "dark": Shown.dark, "reload": Shown.reload, "window": Shown.own_window, "print": Shown.print,
         "pdf": Shown.pdf, "embedded": Shown.embedded}
ONCE = {"conversation": Shown.conversation, "switching": Shown.switching}
CONTEXTS = ["unsanitised", *PAGED, *ONCE, "consented"]


def shown_contexts(wanted, *arguments):
    """One program for all of them."""
    session = Shown(*arguments)
    try:
        for name, _ in session.pages:
            for context, function in PAGED.items():
                if context in wanted:
                    function(session, name)
        for context, function in ONCE.items():
            if context in wanted:
                function(session)
    except Exception:
        sys.stderr.write(session.window.describe() + "\n" + session.window.said()[-4000:] + "\n")
        session.window.shot(os.path.join(os.environ.get("BARUA_PICTURES") or session.folder, "leak-failed.png"))
        raise
    finally:
        session.stop()


def inside(wanted):
    sink = Sinkhole()
    failures = []
    with tempfile.TemporaryDirectory(prefix="barua-leak-") as folder:
        pages = vectors()
        seconds = LEAST
        for name, text in pages:
            with open(os.path.join(folder, name + ".html"), "w", encoding="utf-8") as file:
                file.write(text)
            hosts, rest, took = control(sink, file.name, CONTROL_HOSTS[name])
            seconds = max(seconds, min(took, MOST))
            print(f"control, {name}: {len(hosts)} hosts, {len(rest)} addresses without a name, the last after {took:.1f} s", flush=True)
            if len(hosts) < CONTROL_HOSTS[name]:
                failures.append(f"{name}: the sinkhole saw only {len(hosts)} hosts of an open web view: it proves nothing")
        if "unsanitised" in wanted:
            unsanitised(sink, pages, folder, seconds, failures)
        if wanted & {*PAGED, *ONCE}:
            shown_contexts(wanted, sink, pages, folder, seconds, failures)
        if "consented" in wanted:
            consented(sink, pages, folder, seconds, failures)
    for failure in failures:
        print("FAIL: " + failure)
    if failures:
        return 1
    if "leak" not in dict(pages):
        print("SKIP: without the shared corpus only the project's own vectors were tried")
        return 1 if os.environ.get("CI") else 77
    return 0


NAMESPACE = f"""
ip link set lo up && ip addr add {ADDRESS}/24 dev lo && ip addr add {OUTSIDE}/32 dev lo && ip route add default via {ADDRESS} dev lo src {ADDRESS} || exit 77
printf 'nameserver {ADDRESS}\\noptions timeout:1 attempts:1\\n' >"$1/resolv.conf" && mount --bind "$1/resolv.conf" /etc/resolv.conf || exit 77
shift; exec "$@"
"""


def main():
    if len(sys.argv) > 1 and sys.argv[1] == "--inside":
        return inside(set(sys.argv[2:]))
    wanted = sys.argv[1:] or [name for name in os.environ.get("BARUA_LEAK", "").split(",") if name] or CONTEXTS
    if not set(wanted) <= set(CONTEXTS):
        print("contexts: " + " ".join(CONTEXTS))
        return 2
    with tempfile.TemporaryDirectory(prefix="barua-leak-net-") as folder:
        enter = ["unshare", "--user", "--map-root-user", "--net", "--mount", "sh", "-c", NAMESPACE, "sh", folder]
        if not shutil.which("unshare") or not shutil.which("ip") or subprocess.run([*enter, "true"], check=False).returncode != 0:
            print("SKIP: network namespaces are not permitted here: that no message contacts a host was NOT tested")
            return 77
        if not shutil.which("dovecot"):
            print("SKIP: there is no dovecot here: that no message contacts a host was NOT tested")
            return 77
        return subprocess.run([*enter, DISPLAY, sys.executable, os.path.abspath(__file__), "--inside", *wanted], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
