#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail by the hundred thousand for benchmarks, the same at every run.

10 kB on average; 45 % plain, 40 % alternative with HTML, 15 % with an attachment; six languages; RFC 2047 headers;
60 % replies in threads of up to 40; dates over ten years. Words and sentences come from the demo mail.

    generate.py COUNT               prints the messages' sizes and kinds (a check of the mixture)
    generate.py COUNT --dir DIR     writes them as files 000000.eml ... into DIR
"""

import argparse
import base64
import email.header
import email.utils
import hashlib
import os
import quopri
import random
import re
import sys

VERSION = 1
TEN_YEARS = 10 * 365 * 86400
END = 1795219200  # 2026-11-21
DEMO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "server", "demo")
LANGUAGES = ["en", "sw", "de", "id", "bn", "te"]
DOMAINS = ["nyumbani.example", "barua.example", "ofisi.example", "majisafi.example", "post.example", "lists.example"]


def text_path(language):
    return os.path.join(DEMO, language + ".txt")


def digest():
    """Of all that decides what is generated, this file and the texts: two mailboxes of the same digest and size are equal."""
    state = hashlib.sha256()
    for path in [os.path.abspath(__file__)] + [text_path(language) for language in LANGUAGES]:
        with open(path, "rb") as source:
            data = source.read()
        state.update(b"%s %d\n" % (os.path.basename(path).encode(), len(data)) + data)
    return state.hexdigest()[:32]


class Texts:
    """Sentences, subjects and names of one language, and paragraphs in every encoding that the mail needs."""

    def __init__(self, language, dice):
        with open(text_path(language), encoding="utf-8") as source:
            lines = source.read().split("\n")
        self.names = [match.group(1).strip() for line in lines if (match := re.match(r"@person \S+ = ([^<]+)<", line))]
        prose = [line for line in lines if line and not re.match(r"[@#=|!*-]|--- ", line) and "{" not in line]
        sentences = [piece for line in prose for piece in re.findall(r"[^.!?।]+[.!?।]", line) if len(piece) > 20]
        words = [word for line in prose for word in line.split()]
        self.subjects = []
        for line in lines:
            match = re.match(r"=== [^|]*\| ([^{]{4,70})$", line)
            if match:
                self.subjects.append(match.group(1).strip())
        for _ in range(400):
            start = dice.randrange(len(words) - 6)
            self.subjects.append(" ".join(words[start:start + dice.randint(3, 6)]).strip(".,:;"))
        self.subjects_encoded = [email.header.Header(subject, "utf-8", maxlinelen=70).encode(linesep="\r\n")
                                 if not subject.isascii() else subject for subject in self.subjects]
        self.names_encoded = [email.header.Header(name, "utf-8").encode(linesep="\r\n") if not name.isascii() else '"' + name + '"'
                              for name in self.names]
        self.plain, self.quoted, self.base64, self.html = [], [], [], []
        for _ in range(600):
            pieces = [dice.choice(sentences).strip() for _ in range(dice.randint(2, 4))]
            pieces.append(" ".join(dice.choice(words) for _ in range(dice.randint(6, 14))))
            text = " ".join(pieces)
            import textwrap
            wrapped = "\r\n".join(textwrap.wrap(text, 74, break_long_words=False)) + "\r\n\r\n"
            data = wrapped.encode("utf-8")
            self.plain.append(data)
            self.quoted.append(quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n"))
            self.base64.append(base64.encodebytes(data).replace(b"\n", b"\r\n"))
            page = ('<tr><td style="padding:12px 24px;font-family:Helvetica,Arial,sans-serif;font-size:15px;line-height:22px;'
                    'color:#222222"><p style="margin:0 0 12px 0">' + text + "</p></td></tr>\n").encode("utf-8")
            self.html.append(quopri.encodestring(page).replace(b"\n", b"\r\n"))


HTML_HEAD = quopri.encodestring(
    b'<!DOCTYPE html><html><head><meta charset="utf-8"><style>body{margin:0;background:#f4f4f4}table{border-collapse:collapse}'
    b'.button{background:#3355aa;color:#fff;padding:10px 18px;border-radius:4px;text-decoration:none}'
    b'@media(max-width:480px){.wide{display:none}}</style></head><body><table width="100%"><tbody>\n').replace(b"\n", b"\r\n")
HTML_TAIL = b"</tbody></table></body></html>\r\n"


class Generator:
    """messages(count) yields (raw bytes, flags, date) in the order of arrival."""

    def __init__(self, seed=VERSION):
        dice = random.Random(seed)
        self.texts = {language: Texts(language, dice) for language in LANGUAGES}
        noise = dice.randbytes(96 * 1024)
        self.noise = base64.encodebytes(noise).replace(b"\n", b"\r\n")
        self.seed = seed

    def messages(self, count):
        dice = random.Random(self.seed * 1000003 + 17)
        threads = []
        for number in range(count):
            date = END - TEN_YEARS + int(TEN_YEARS * (number + dice.random()) / count)
            if threads and dice.random() < 0.6:
                # Mostly the youngest threads go on.
                index = len(threads) - 1 - min(int(dice.expovariate(1 / 12.0)), len(threads) - 1)
                thread = threads[index]
                if len(thread["ids"]) >= 40:
                    thread = self._thread(dice, threads)
            else:
                thread = self._thread(dice, threads)
            yield self._message(dice, number, date, thread)

    def _thread(self, dice, threads):
        language = LANGUAGES[min(int(dice.random() * 7), 5)]
        texts = self.texts[language]
        thread = {"language": language, "subject": dice.randrange(len(texts.subjects)), "ids": [],
                  "list": dice.random() < 0.2}
        threads.append(thread)
        if len(threads) > 400:
            del threads[:200]
        return thread

    def _message(self, dice, number, date, thread):
        texts = self.texts[thread["language"]]
        who = dice.randrange(len(texts.names))
        domain = DOMAINS[(who + number) % 3]
        identity = f"<{dice.getrandbits(72):018x}.{number}@{domain}>"
        stamp = email.utils.formatdate(date)
        subject = texts.subjects_encoded[thread["subject"]]
        reply = bool(thread["ids"])
        key = dice.getrandbits(160)
        head = [
            f"Return-Path: <u{who}@{domain}>",
            "Delivered-To: bench@post.example",
            f"Received: from mx{who}.{domain} (mx{who}.{domain} [192.0.2.{who + 1}])",
            f"\tby mx.post.example with ESMTPS id {key:040X}",
            f"\tfor <bench@post.example>; {stamp}",
            f"Received: from [198.51.100.{number % 250}] (dsl-{number % 9999}.{domain})",
            f"\tby mx{who}.{domain} with ESMTPSA id {key >> 80:020x}; {stamp}",
            f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=k1; t={date};",
            "\th=date:from:to:subject:message-id:references:in-reply-to:mime-version:content-type;",
            f"\tbh={base64.b64encode(key.to_bytes(20, 'big') + b'0123456789ab').decode()};",
            "\tb=" + self.noise[who * 78:who * 78 + 76].decode(),
            "\t " + self.noise[7800 + (number % 500) * 78:7800 + (number % 500) * 78 + 76].decode(),
            "\t " + self.noise[20046 + (number % 300) * 78:20046 + (number % 300) * 78 + 76].decode(),
            f"Authentication-Results: mx.post.example; dkim=pass header.d={domain};",
            f"\tspf=pass smtp.mailfrom=u{who}@{domain}; dmarc=pass header.from={domain}",
            f"Date: {stamp}",
            f"From: {texts.names_encoded[who]} <u{who}@{domain}>",
            "To: Bench <bench@post.example>" + (f",\r\n\t{texts.names_encoded[(who + 3) % len(texts.names)]} <u{who + 3}@{domain}>"
                                                if dice.random() < 0.4 else ""),
            "Subject: " + ("Re: " if reply else "") + subject,
            "Message-ID: " + identity,
        ]
        if dice.random() < 0.15:
            head.append(f"Cc: team@{DOMAINS[3]}, u{(who + 5) % 20}@{DOMAINS[0]}")
        if reply:
            chain = thread["ids"][-8:]
            head.append("In-Reply-To: " + chain[-1])
            head.append("References: " + "\r\n\t".join(chain))
        if thread["list"]:
            head.append("List-Id: <maji.lists.example>")
            head.append("List-Unsubscribe: <mailto:maji-leave@lists.example>, <https://lists.example/leave>")
        head += ["MIME-Version: 1.0", "User-Agent: Generator/1"]
        thread["ids"].append(identity)
        kind = dice.random()
        if kind < 0.45:
            body = self._plain(dice, texts, head)
        elif kind < 0.85:
            body = self._alternative(dice, texts, head, key)
        else:
            body = self._attachment(dice, texts, head, key, number)
        flags = []
        if dice.random() < 0.8:
            flags.append("\\Seen")
        if dice.random() < 0.15:
            flags.append("\\Answered")
        if dice.random() < 0.05:
            flags.append("\\Flagged")
        return "\r\n".join(head).encode("utf-8") + b"\r\n\r\n" + body, " ".join(flags), date

    @staticmethod
    def _pick(dice, pool, low, high):
        return b"".join(dice.choice(pool) for _ in range(dice.randint(low, high)))

    def _plain(self, dice, texts, head):
        coding = dice.random()
        if coding < 0.5:
            head += ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
            return self._pick(dice, texts.plain, 2, 10)
        head += ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable"]
        return self._pick(dice, texts.quoted, 1, 5)

    def _alternative(self, dice, texts, head, key):
        boundary = f"=_{key:040x}"
        head.append(f'Content-Type: multipart/alternative;\r\n\tboundary="{boundary}"')
        return self._alternative_body(dice, texts, boundary.encode())

    def _alternative_body(self, dice, texts, boundary):
        return (b"--" + boundary + b"\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable"
                b"\r\n\r\n" + self._pick(dice, texts.quoted, 1, 3) + b"--" + boundary
                + b"\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + HTML_HEAD
                + self._pick(dice, texts.html, 2, 8) + HTML_TAIL + b"--" + boundary + b"--\r\n")

    def _attachment(self, dice, texts, head, key, number):
        boundary = f"=-{key:040x}"
        mark = boundary.encode()
        head.append(f'Content-Type: multipart/mixed;\r\n\tboundary="{boundary}"')
        if dice.random() < 0.5:
            text = (b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
                    + self._pick(dice, texts.quoted, 1, 3))
        else:
            inner = b"=_in" + mark[2:30]
            text = (b'Content-Type: multipart/alternative;\r\n\tboundary="' + inner + b'"\r\n\r\n'
                    + self._alternative_body(dice, texts, inner))
        lines = dice.randint(40, 560)
        start = 78 * dice.randrange(1, len(self.noise) // 78 - lines - 1)
        kind = (b"application/pdf", b"image/png", b"text/csv", b"application/zip")[number % 4]
        name = b"file-%d.%s" % (number, (b"pdf", b"png", b"csv", b"zip")[number % 4])
        return (b"--" + mark + b"\r\n" + text + b"\r\n--" + mark + b'\r\nContent-Type: ' + kind + b'; name="' + name
                + b'"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n\tfilename="' + name
                + b'"\r\n\r\n' + self.noise[start:start + 78 * lines] + b"--" + mark + b"--\r\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("--dir")
    options = parser.parse_args()
    total = heads = 0
    for number, (raw, _, _) in enumerate(Generator().messages(options.count)):
        total += len(raw)
        heads += raw.index(b"\r\n\r\n")
        if options.dir:
            os.makedirs(options.dir, exist_ok=True)
            with open(os.path.join(options.dir, f"{number:06d}.eml"), "wb") as output:
                output.write(raw)
    print(f"{options.count} messages, {total / options.count:.0f} bytes on average, headers {heads / options.count:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
