#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy that ends the client's TLS, so that a test sees, times and disturbs what client and server say.

    with Tap(server) as tap:                       # server: a running barua_dovecot.Dovecot
        ... the client connects to imaps://USER@127.0.0.1:{tap.port} and trusts server.ca ...
        tap.wait_for("S", rb"\\* \\d+ EXISTS", 5)    # the time on CLOCK_MONOTONIC, in nanoseconds
        tap.sent()                                  # everything that clients sent, as bytes

Directions are named after who speaks: "C" the client, "S" the server. From the command line:

    tap.py --dir DIR [--log FILE] [--hide WORD]... [--starttls] [--cut-after S:1000] [--stall-after S:1000] [--delay-ms 20]

where DIR is that of a running server; prints PORT=N and runs until it is interrupted. Each line of the log is
{"ns": monotonic time, "connection": n, "from": "C" or "S", "data": text as Latin-1}.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import ssl
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import barua_dovecot  # noqa: E402

SLICE = 64 * 1024
# For Tap.replace: makes Dovecot's "plain" user plain also in what SELECT tells.
NO_MODSEQ = (rb"\* OK \[HIGHESTMODSEQ \d+\][^\r\n]*\r\n", b"")


class Tap:
    """See the module's text. All attributes may be changed while it runs; they count from the next bytes on.

    hide: capability words taken out of what the server says. replace: [(regular expression, bytes)] for the server's
    lines. cut_after / stall_after: {"C" or "S": bytes counted from the start of each connection}; a cut is a reset.
    delay: seconds that every piece waits, each way. refuse: close every new connection at once.
    """

    def __init__(self, server=None, target_port=None, certificate=None, key=None, starttls=False, log=None, keep=True):
        tls = os.path.join(server.directory, "tls") if server else None
        self.target_port = target_port or (server.imap_port)
        self.certificate = certificate or os.path.join(tls, "server.pem")
        self.key = key or os.path.join(tls, "server.key")
        self.starttls = starttls
        self.keep = keep
        self.port = 0
        self.events = []
        self.connections = 0
        self.hide = set()
        self.replace = []
        self.cut_after = {}
        self.stall_after = {}
        self.delay = 0.0
        self.refuse = False
        self._log = open(log, "w", encoding="utf-8") if log else None
        self._news = threading.Condition()
        self._loop = None
        self._thread = None
        self._writers = set()

    # -- life ---------------------------------------------------------------------------------------------------------

    def start(self):
        ready = threading.Event()

        def run():
            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(self.certificate, self.key)
            listener = self._loop.run_until_complete(asyncio.start_server(
                self._serve, "127.0.0.1", self.port, ssl=None if self.starttls else self._context, limit=SLICE))
            self.port = listener.sockets[0].getsockname()[1]
            ready.set()
            self._loop.run_forever()
            listener.close()
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.run_until_complete(asyncio.sleep(0))
            self._loop.close()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        ready.wait(10)
        return self

    def stop(self):
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)
            self._thread = None
        if self._log is not None:
            self._log.close()
            self._log = None

    def cut_all(self):
        """Resets every connection now, as a network that goes away does."""
        def cut():
            for writer in list(self._writers):
                writer.transport.abort()
        self._loop.call_soon_threadsafe(cut)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    # -- what was seen ------------------------------------------------------------------------------------------------

    def sent(self, who="C"):
        with self._news:
            return b"".join(event[3] for event in self.events if event[2] == who)

    def count(self):
        """(bytes that clients sent, bytes that the server sent), inside TLS."""
        with self._news:
            return tuple(sum(len(event[3]) for event in self.events if event[2] == who) for who in "CS")

    def forget(self):
        with self._news:
            self.events.clear()

    def wait_for(self, who, pattern, seconds, after_ns=0):
        """Waits for a match in one piece said by who; returns its time in ns. TimeoutError when it does not come."""
        end = time.monotonic() + seconds
        seen = 0
        expression = re.compile(pattern)
        with self._news:
            while True:
                for ns, _, speaker, data in self.events[seen:]:
                    if speaker == who and ns > after_ns and expression.search(data):
                        return ns
                seen = len(self.events)
                if not self._news.wait(max(0.0, end - time.monotonic())) and time.monotonic() >= end:
                    raise TimeoutError(f"{pattern!r} from {who} was not seen within {seconds} s")

    def round_trips(self):
        """How often a client spoke after the server had spoken: turns of the talk, over all connections."""
        turns = {}
        last = {}
        with self._news:
            for _, connection, who, _ in self.events:
                if who == "C" and last.get(connection, "S") == "S":
                    turns[connection] = turns.get(connection, 0) + 1
                last[connection] = who
        return sum(turns.values())

    # -- work ---------------------------------------------------------------------------------------------------------

    def _record(self, connection, who, data):
        now = time.monotonic_ns()
        with self._news:
            if self.keep:
                self.events.append((now, connection, who, data))
            if self._log is not None:
                json.dump({"ns": now, "connection": connection, "from": who, "data": data.decode("latin-1")}, self._log)
                self._log.write("\n")
                self._log.flush()
            self._news.notify_all()

    def _disturb(self, data):
        """Takes words out of capability lists and replaces what is to be replaced."""
        if self.hide and b"CAPABILITY" in data:
            def thin(found):
                words = found.group(0).split(b" ")
                return b" ".join(word for word in words if word.upper().decode("latin-1") not in self.hide)
            data = re.sub(rb"CAPABILITY [^\]\r\n]*", thin, data)
        for pattern, text in self.replace:
            data = re.sub(pattern, text, data)
        return data

    async def _serve(self, reader, writer):
        if self.refuse:
            writer.transport.abort()
            return
        connection = self.connections
        self.connections += 1
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.target_port, limit=SLICE)
        except OSError:
            writer.transport.abort()
            return
        self._writers.update((writer, server_writer))
        try:
            if self.starttls and not await self._until_tls(connection, reader, writer, server_reader, server_writer):
                return
            await asyncio.gather(self._relay(connection, "C", reader, server_writer, writer),
                                 self._relay(connection, "S", server_reader, writer, server_writer))
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            self._writers.difference_update((writer, server_writer))
            for end in writer, server_writer:
                end.transport.abort()

    async def _until_tls(self, connection, reader, writer, server_reader, server_writer):
        """Relays lines until the client asks for TLS, which begins here and not at the server. False: it hung up."""
        while True:
            line = await server_reader.readline()
            if not line:
                return False
            self._record(connection, "S", line)
            writer.write(self._disturb(line))
            if line.startswith(b"* ") and b"* CAPABILITY" not in line or not line.startswith(b"* "):
                command = await reader.readline()
                if not command:
                    return False
                self._record(connection, "C", command)
                tag, _, word = command.strip().partition(b" ")
                if word.upper() == b"STARTTLS" and "STARTTLS" in self.hide:
                    # A server that does not offer it does not do it.
                    writer.write(tag + b" BAD Unknown command.\r\n")
                    await writer.drain()
                    await self._continue_plain(connection, reader, writer)
                    return False
                if word.upper() == b"STARTTLS":
                    answer = tag + b" OK Begin TLS negotiation now.\r\n"
                    self._record(connection, "S", answer)
                    writer.write(answer)
                    await writer.drain()
                    await writer.start_tls(self._context)
                    return True
                server_writer.write(command)

    async def _continue_plain(self, connection, reader, writer):
        """Refuses whatever else the client says without TLS, and keeps it for the test to see."""
        while command := await reader.readline():
            self._record(connection, "C", command)
            tag = command.split(None, 1)[0] if command.split() else b"*"
            writer.write(tag + b" BAD No.\r\n")
            await writer.drain()

    async def _relay(self, connection, who, reader, writer, opposite):
        passed = 0
        while True:
            data = await reader.read(SLICE)
            if not data:
                break
            if self.delay:
                await asyncio.sleep(self.delay)
            if who == "S":
                data = self._disturb(data)
            cut = self.cut_after.get(who)
            if cut is not None and passed + len(data) >= cut:
                rest = data[:max(0, cut - passed)]
                self._record(connection, who, rest)
                writer.write(rest)
                await writer.drain()
                writer.transport.abort()
                opposite.transport.abort()
                return
            stall = self.stall_after.get(who)
            if stall is not None and passed + len(data) >= stall:
                rest = data[:max(0, stall - passed)]
                self._record(connection, who, rest)
                writer.write(rest)
                await writer.drain()
                while self.stall_after.get(who) == stall:
                    await asyncio.sleep(0.05)
                data = data[len(rest):]
            passed += len(data)
            self._record(connection, who, data)
            writer.write(data)
            await writer.drain()
        writer.close()
        opposite.close()


def pair(text):
    who, _, number = text.partition(":")
    return {who: int(number)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", required=True)
    parser.add_argument("--log")
    parser.add_argument("--hide", action="append", default=[], metavar="WORD")
    parser.add_argument("--starttls", action="store_true")
    parser.add_argument("--cut-after", type=pair, default={}, metavar="WHO:BYTES")
    parser.add_argument("--stall-after", type=pair, default={}, metavar="WHO:BYTES")
    parser.add_argument("--delay-ms", type=float, default=0.0)
    options = parser.parse_args()
    tap = Tap(barua_dovecot.Dovecot.attach(options.dir), starttls=options.starttls, log=options.log, keep=False)
    tap.hide = {word.upper() for word in options.hide}
    tap.cut_after, tap.stall_after, tap.delay = options.cut_after, options.stall_after, options.delay_ms / 1000
    tap.start()
    print(f"PORT={tap.port}", flush=True)
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    tap.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
