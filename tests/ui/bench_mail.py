# SPDX-License-Identifier: GPL-3.0-or-later
"""The messages that bench_list.py opens: usual ones, and large ones of each kind."""

import base64
import email.utils
import time

EVENTS = {"plain": "message-shown", "HTML": "html-measured", "HTML of 5 MB": "html-measured", "100 attachments": "message-shown",
          "500 recipients": "message-shown", "2 MB of plain text": "message-shown"}
# Milliseconds to the screen; None: only the main loop is watched.
BARS = {"plain": 30, "HTML": 150, "HTML of 5 MB": 600, "100 attachments": None, "500 recipients": None, "2 MB of plain text": None}

LINE = "The garden plan is in the report; we shall talk of the budget, the contract and the photos after lunch."


def make():
    """{kind: [message, ...]}; each message (headers, type, body) without a date."""
    plain = [head(f"Plain {number}") + text("plain", "\r\n".join([LINE] * 30)) for number in range(3)]
    html = [head(f"Page {number}") + text("html", page(40)) for number in range(3)]
    return {
        "plain": plain,
        "HTML": html,
        "HTML of 5 MB": [head("Long page") + text("html", page(5_000_000 // 172))],
        "100 attachments": [head("Files") + attachments(100)],
        "500 recipients": [head("Everyone", ",\r\n ".join(f"Person {number} <person{number}@barua.example>" for number in range(500)))
                           + text("plain", LINE)],
        "2 MB of plain text": [head("Long text") + text("plain", "\r\n".join([LINE] * (2_000_000 // (len(LINE) + 2))))],
    }


def head(subject, to="scratch@barua.example"):
    return (f"From: Asha <asha@barua.example>\r\nTo: {to}\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
            f"Message-ID: {email.utils.make_msgid(domain='barua.example')}\r\n")


def text(kind, body):
    return f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n"


def page(rows):
    """About 172 bytes a row."""
    row = f'<tr><td style="padding:4px 8px;color:#333333">{LINE}</td><td>12</td></tr>\r\n'
    return f"<html><body><h1>Report</h1><table>\r\n{row * rows}</table></body></html>"


def attachments(count):
    data = base64.encodebytes(b"x" * 3000).decode().replace("\n", "\r\n")
    parts = "".join(f"--b\r\nContent-Type: application/pdf; name=file{number}.pdf\r\nContent-Transfer-Encoding: base64\r\n"
                    f"Content-Disposition: attachment; filename=file{number}.pdf\r\n\r\n{data}" for number in range(count))
    return f"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n{text('plain', LINE)}{parts}--b--\r\n"


def in_order(kinds):
    """(message, date) from the oldest: the first kind's first message becomes the first row of the list."""
    all_of = [raw for messages in kinds.values() for raw in messages]
    now = int(time.time())
    for number, raw in reversed(list(enumerate(all_of))):
        date = now - 60 * (number + 1)
        yield f"Date: {email.utils.formatdate(date)}\r\n{raw}".encode(), date


def positions(kinds):
    """{kind: [row, ...]}."""
    found, first = {}, 0
    for kind, messages in kinds.items():
        found[kind] = list(range(first, first + len(messages)))
        first += len(messages)
    return found
