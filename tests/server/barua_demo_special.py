# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of the demo mailbox that no sane program would write: broken MIME, no headers to speak of, odd charsets."""

import datetime
import email.utils

LEAVE = {"en": "Unsubscribe", "sw": "Jiondoe", "id": "Berhenti berlangganan", "de": "Abmelden", "te": "సభ్యత్వం రద్దు",
         "bn": "সদস্যপদ বাতিল"}


def _when(now, days, hour, minute):
    date = (now - datetime.timedelta(days=days)).replace(hour=hour, minute=minute, second=11, microsecond=0)
    return date if date <= now else date - datetime.timedelta(days=1)


def messages(now):
    """[(folder, raw bytes, flags, time stamp)]."""
    items = []

    def add(folder, flags, date, lines):
        head = [] if any(line.startswith("Date:") for line in lines) else [f"Date: {email.utils.format_datetime(date)}"]
        raw = "\r\n".join(head + lines).encode("utf-8", "surrogateescape")
        items.append((folder, raw, flags, date.timestamp()))

    # The boundary named in the header never comes; a part claims base64 and holds none.
    add("INBOX", "\\Seen", _when(now, 37, 11, 20), [
        "From: Printer in the hallway <scanner@ofisi.example>",
        "To: baraka.mwangi@posta.example",
        "Subject: Scan from the hallway printer",
        "Message-ID: <scan-000417@ofisi.example>",
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="----=_Part_417"',
        "",
        "This device sends mail in MIME format.",
        "------=_Part_418",
        "Content-Type: text/plain; charset=us-ascii; charset=utf-8",
        "",
        "Your scan (2 pages) is attached.",
        "",
        "------=_Part_418",
        'Content-Type: application/pdf; name="SCAN_000417.PDF',
        "Content-Transfer-Encoding: base64",
        "",
        "JVBERi0xLjQKJeLjz9MK!!this is where the paper tray ran empty!!",
        "",
    ])
    # No subject header, no message id, raw Latin-1 bytes in a message that says nothing of a charset.
    add("INBOX", "\\Seen", _when(now, 112, 6, 2), [
        "From: cron@alte-kiste.example",
        "To: baraka.mwangi@posta.example",
        "",
        "R\udcfccksicherung: 3 \udcc4nderungen, keine Fehler.",
        "",
    ])
    # An old list robot: bare LF line ends, a charset nobody knows, an encoding nobody knows.
    date = _when(now, 203, 22, 41)
    items.append(("Lists/Maji Safi", (
        f"Date: {email.utils.format_datetime(date)}\n"
        "From: maji-owner@lists.majisafi.example\n"
        "To: maji@lists.majisafi.example\n"
        "Subject: [maji] Monthly reminder of your subscription\n"
        "Message-ID: <reminder-88@lists.majisafi.example>\n"
        "List-Id: Water technology for small towns <maji.lists.majisafi.example>\n"
        "MIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=x-old-robot\n"
        "Content-Transfer-Encoding: 9bit\n"
        "\n"
        "You are subscribed to maji as baraka.mwangi@posta.example.\n"
        "Your password is not kept by this list; there is none to forget.\n").encode("ascii"), "\\Seen", date.timestamp()))
    # A sender's name that ends in another address before a NUL, a date in the far future, a forged verdict of our own
    # server below the real one, and an attachment whose name turns round and wants to climb.
    date = _when(now, 27, 3, 12)
    add("Junk", "$Junk", date, [
        "Return-Path: <b7@rechnung-hafen.example>",
        "Received: from unknown (unknown [203.0.113.99]) by mx.posta.example with SMTP id 7F0A; " + email.utils.format_datetime(date),
        "Authentication-Results: mx.posta.example; dkim=none; spf=fail smtp.mailfrom=b7@rechnung-hafen.example;",
        "\tdmarc=fail header.from=rechnung-hafen.example",
        "Authentication-Results: mx.posta.example; dkim=pass header.d=umojabank.example; dmarc=pass",
        "From: =?utf-8?b?YWxlcnRzQHVtb2phYmFuay5leGFtcGxl?==?utf-8?q?=00?= <b7@rechnung-hafen.example>",
        "Reply-To: <collect@hafen-konto.example>",
        "To: baraka.mwangi@posta.example",
        "Date: Fri, 31 Dec 2099 23:59:59 +0000",
        "Subject: =?utf-8?q?Invoice_4417_=E2=80=AEfdp=2Eexe?=",
        "Message-ID: <b7b7b7@rechnung-hafen.example>",
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="=_b7"',
        "",
        "--=_b7",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "Open the attached invoice at once.",
        "--=_b7",
        "Content-Type: application/octet-stream",
        "Content-Disposition: attachment; filename*=utf-8''..%2F..%2Finvoice%E2%80%AEfdp.exe",
        "Content-Transfer-Encoding: base64",
        "",
        "VGhpcyBpcyBubyBwcm9ncmFtLgo=",
        "--=_b7--",
        "",
    ])
    return items
