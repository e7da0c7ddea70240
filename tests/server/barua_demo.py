# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo mailbox: reads the conversations in tests/server/demo/*.txt and makes real messages of them.

The format of those files is told in tests/server/demo/README.md. Everything but the dates is the same at every start;
dates are relative to today.
"""

import base64
import datetime
import email.header
import email.utils
import glob
import hashlib
import html
import os
import random
import re
import textwrap

import barua_demo_files as files
import barua_demo_special as special

ME = "me"
MY_NAME = "Baraka Mwangi"
MY_ADDRESS = "baraka.mwangi@posta.example"
HOST = "posta.example"
DIRECTORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "demo")

FOLDERS = ["Family", "Family/School", "Family/కుటుంబం", "Kamati", "Newsletters", "Lists/Maji Safi", "Pesa",
           "Projects", "Projects/R&D", "Projects/Yogyakarta", "Projects/খুলনা", "Steuern & Verträge", "Verein"]

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "sw": "Januari Februari Machi Aprili Mei Juni Julai Agosti Septemba Oktoba Novemba Desemba",
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "te": "జనవరి ఫిబ్రవరి మార్చి ఏప్రిల్ మే జూన్ జూలై ఆగస్టు సెప్టెంబర్ అక్టోబర్ నవంబర్ డిసెంబర్",
    "bn": "জানুয়ারি ফেব্রুয়ারি মার্চ এপ্রিল মে জুন জুলাই আগস্ট সেপ্টেম্বর অক্টোবর নভেম্বর ডিসেম্বর",
}

AGENTS = ["Evolution 3.56.1", "K-9 Mail for Android", "iPhone Mail (21F90)", "Mozilla Thunderbird", "Mutt/2.2.13",
          "Microsoft Outlook 16.0"]

THEMES = [
    {"back": "#f3efe6", "card": "#ffffff", "ink": "#2d2a26", "accent": "#b4552d", "font": "Georgia, serif"},
    {"back": "#eef3f1", "card": "#ffffff", "ink": "#1f2d2a", "accent": "#1d7a63", "font": "Verdana, sans-serif"},
    {"back": "#eceff6", "card": "#ffffff", "ink": "#1e2433", "accent": "#3355aa", "font": "Helvetica, Arial, sans-serif"},
    {"back": "#f7f0f4", "card": "#fffdfd", "ink": "#33222c", "accent": "#9a2f63", "font": "Trebuchet MS, sans-serif"},
]


class Person:
    def __init__(self, key, text):
        # NAME <ADDRESS> [+ZONE] [style words]
        found = re.match(r"(.*?)\s*<([^>]+)>\s*([+-]\d{4})?\s*(.*)$", text)
        self.key = key
        self.name, self.address = found.group(1), found.group(2)
        zone = found.group(3) or "+0100"
        self.zone = datetime.timezone(datetime.timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[3:])))
        self.style = set(found.group(4).split())

    @property
    def domain(self):
        return self.address.partition("@")[2]


class Message:
    """One message as told in a file; date and raw bytes are filled in by build()."""

    def __init__(self, talk, number, sender, to, when, options):
        self.talk, self.number = talk, number
        self.sender, self.to, self.when = sender, to, when
        self.options = {}
        for option in options:
            name, _, value = option.partition("=")
            self.options[name] = value or True
        self.lines = []
        self.date = None
        self.parent = None
        self.repeat_index = 0

    @property
    def text(self):
        return "\n".join(self.lines).strip("\n")

    @property
    def is_mine(self):
        return self.sender.key == ME

    @property
    def message_id(self):
        seed = f"{self.talk.identity}/{self.number}/{self.repeat_index}"
        return "<" + hashlib.sha256(seed.encode()).hexdigest()[:20] + "@" + self.sender.domain + ">"


class Talk:
    def __init__(self, language, attribution, identity, folder, subject):
        self.language, self.attribution, self.identity = language, attribution, identity
        self.folder, self.subject = folder, subject
        self.messages = []


def read_file(path):
    """The conversations of one file."""
    people = {ME: Person(ME, f"{MY_NAME} <{MY_ADDRESS}> +0100 flowed")}
    talks = []
    language = "en"
    attribution = "On {date}, {name} wrote:"
    current = None
    stem = os.path.splitext(os.path.basename(path))[0]
    with open(path, encoding="utf-8") as source:
        for number, line in enumerate(source, 1):
            line = line.rstrip("\n")
            try:
                if line.startswith("#!"):
                    continue
                if line.startswith("@lang "):
                    language = line[6:].strip()
                elif line.startswith("@attribution "):
                    attribution = line[13:].strip()
                elif line.startswith("@person "):
                    key, _, text = line[8:].partition("=")
                    people[key.strip()] = Person(key.strip(), text.strip())
                elif line.startswith("=== "):
                    folder, _, subject = line[4:].partition("|")
                    talks.append(Talk(language, attribution, f"{stem}{len(talks)}", folder.strip(), subject.strip()))
                    current = None
                elif line.startswith("--- "):
                    current = read_head(line[4:], talks[-1], people)
                    talks[-1].messages.append(current)
                elif current is not None:
                    current.lines.append(line)
            except (KeyError, IndexError, AttributeError) as error:
                raise ValueError(f"{path}:{number}: {error!r}: {line}") from error
    return talks


def read_head(text, talk, people):
    fields = [field.strip() for field in text.split("|")]
    who, _, targets = fields[0].partition(">")
    sender = people[who.strip()]
    to = [people[key.strip()] for key in targets.split(",") if key.strip()]
    if not to:
        seen = {ME: people[ME]}
        for earlier in talk.messages:
            for person in [earlier.sender, *earlier.to]:
                seen.setdefault(person.key, person)
        to = [person for person in seen.values() if person.key != sender.key] or [people[ME]]
    return Message(talk, len(talk.messages), sender, to, fields[1], fields[2].split() if len(fields) > 2 else [])


# -- dates ------------------------------------------------------------------------------------------------------------

def place_in_time(talk, now):
    """Gives every message of the conversation its date; nothing lies in the future."""
    previous = None
    for message in talk.messages:
        when = message.when
        if when == "arrive":
            continue
        zone = message.sender.zone
        found = re.match(r"(?:(\d+)d|today|yesterday)\s+(\d+):(\d+)$", when)
        if found:
            days = int(found.group(1)) if found.group(1) else (1 if when.startswith("y") else 0)
            local = now.astimezone(zone) - datetime.timedelta(days=days)
            date = local.replace(hour=int(found.group(2)), minute=int(found.group(3)), second=0, microsecond=0)
        else:
            found = re.match(r"\+(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m?)?(?:\s+(\d+):(\d+))?$", when)
            if not found or previous is None:
                raise ValueError(f"{talk.identity}: bad time {when!r}")
            days, hours, minutes = (int(value or 0) for value in found.groups()[:3])
            date = previous + datetime.timedelta(days=days, hours=hours, minutes=minutes)
            if found.group(4):
                date = date.astimezone(zone).replace(hour=int(found.group(4)), minute=int(found.group(5)))
            if date <= previous:
                date = previous + datetime.timedelta(minutes=7)
        seconds = int(hashlib.sha256(message.message_id.encode()).hexdigest()[:4], 16) % 60
        message.date = date.replace(second=seconds)
        previous = message.date
    dated = [message for message in talk.messages if message.date is not None]
    while dated and dated[-1].date > now:
        for message in dated:
            message.date -= datetime.timedelta(days=1)


def repeated(talks):
    """Monthly statements and the like: one text, several messages."""
    for talk in talks:
        count = int(talk.messages[0].options.get("repeat", 1)) if talk.messages else 0
        if count <= 1:
            yield talk
            continue
        first = talk.messages[0]
        step = int(first.options.get("step", "30d")[:-1])
        days, clock = first.when.split(" ", 1)
        for index in range(count):
            copy = Talk(talk.language, talk.attribution, f"{talk.identity}.{index}", talk.folder, talk.subject)
            message = Message(copy, 0, first.sender, first.to, f"{int(days[:-1]) + index * step}d {clock}", [])
            message.options = dict(first.options)
            if index > 0:
                message.options.pop("unread", None)
            message.repeat_index = index + 1
            message.lines = first.lines
            copy.messages.append(message)
            yield copy


def fill_in(text, message):
    """{month}, {year}, {day}, {amount}, {order}, {count}: for texts that repeat."""
    if "{" not in text:
        return text
    dice = random.Random(message.message_id)
    date = message.date
    if "repeat" in message.options:
        monthly = int(message.options.get("step", "30d")[:-1]) >= 28
        about = date - datetime.timedelta(days=date.day) if monthly else date
    else:
        about = date
    comma = message.talk.language in ("de", "id")
    values = {"month": MONTHS[message.talk.language].split()[about.month - 1], "year": str(about.year),
              "day": f"{date.day:02d}.{date.month:02d}.{date.year}",
              "amount": f"{dice.randint(12, 480)}{',' if comma else '.'}{dice.randint(0, 99):02d}",
              "order": f"{dice.randint(100000, 999999)}", "count": str(dice.randint(3, 28))}
    return re.sub(r"\{(month|year|day|amount|order|count)\}", lambda found: values[found.group(1)], text)


# -- bodies -----------------------------------------------------------------------------------------------------------

def wrapped(text, width=72):
    """Hard line breaks, as many programs write them; quotes and lists keep their shape."""
    out = []
    for line in text.split("\n"):
        if len(line) <= width or line.startswith(">") or line.startswith("|"):
            out.append(line)
        else:
            indent = "  " if line.startswith("- ") else ""
            out += textwrap.wrap(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return "\n".join(out)


def flowed(text, width=72):
    """RFC 3676: a space at the end of a line says that the paragraph goes on; quotes are flowed at their own depth."""
    out = []
    for line in text.split("\n"):
        found = re.match(r"(>+) ?(.*)$", line)
        mark, rest = (found.group(1) + " ", found.group(2)) if found else ("", line)
        if not found and (rest.startswith(" ") or rest.startswith("From ")):
            rest = " " + rest
        if rest == "-- ":
            out.append(rest)
            continue
        pieces = textwrap.wrap(rest, width - len(mark), break_long_words=False, break_on_hyphens=False) or [""]
        out += [mark + piece + " " for piece in pieces[:-1]] + [(mark + pieces[-1]).rstrip()]
    return "\n".join(out)


def quoted(message):
    """The parent as a reply quotes it, with a line above in the language of the conversation."""
    parent = message.parent
    date = parent.date.astimezone(message.sender.zone)
    months = MONTHS[message.talk.language].split()
    day = {"de": f"{date.day}. {months[date.month - 1]} {date.year}"}.get(
        message.talk.language, f"{date.day} {months[date.month - 1]} {date.year}")
    line = message.talk.attribution.format(date=f"{day}, {date:%H:%M}", name=parent.sender.name)
    body = [("> " + text if text and not text.startswith(">") else ">" + text).rstrip()
            for text in plain_of(fill_in(parent.text, parent)).split("\n")]
    if len(body) > 24:
        body = body[:22] + ["> [...]"]
    return line + "\n" + "\n".join(body)


def plain_of(text):
    """Mark-up of newsletters as plain text."""
    text = re.sub(r"^!\[([^\]]*)\]\([^)]*\)$", r"[\1]", text, flags=re.M)
    text = re.sub(r"\[(?:button: )?([^\]]*)\]\(([^)]*)\)", r"\1: \2", text)
    text = re.sub(r"\*\*([^*]+)\*\*", r"*\1*", text)
    text = re.sub(r"^#+ (.*)$", lambda found: found.group(1) + "\n" + "-" * min(len(found.group(1)), 60), text, flags=re.M)
    return re.sub(r"^\*\*\*$", "* * *", text, flags=re.M)


def inline_html(text):
    text = html.escape(text, quote=False)
    text = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text)
    text = re.sub(r"\[button: ([^\]]*)\]\(([^)]*)\)", r'<a class="button" href="\2">\1</a>', text)
    return re.sub(r"\[([^\]]*)\]\(([^)]*)\)", r'<a href="\2">\1</a>', text)


def newsletter_html(text, language, theme, footer):
    """The mark-up of our files as the kind of HTML that newsletters are made of: a table, a style sheet, pictures."""
    out = []
    table = []
    items = []

    def close():
        if table:
            head, *rows = table
            out.append("<table class=\"grid\" cellspacing=\"0\"><tr>" + "".join(f"<th>{cell}</th>" for cell in head) + "</tr>")
            out.extend("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
            out.append("</table>")
            table.clear()
        if items:
            out.append("<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>")
            items.clear()

    for line in text.split("\n"):
        picture = re.match(r"!\[([^\]]*)\]\(([^)]*)\)$", line)
        if line.startswith("|"):
            table.append([inline_html(cell.strip()) for cell in line.strip("|").split("|")])
            continue
        if line.startswith("- "):
            items.append(inline_html(line[2:]))
            continue
        close()
        if picture:
            out.append(f'<p><img src="{picture.group(2)}" alt="{html.escape(picture.group(1))}" width="560"></p>')
        elif line.startswith("## "):
            out.append(f"<h2>{inline_html(line[3:])}</h2>")
        elif line.startswith("# "):
            out.append(f"<h1>{inline_html(line[2:])}</h1>")
        elif line == "***":
            out.append("<hr>")
        elif line.strip():
            out.append(f"<p>{inline_html(line)}</p>")
    close()
    style = ("body{{margin:0;background:{back};color:{ink};font-family:{font};font-size:16px;line-height:1.5}}"
             ".card{{max-width:600px;margin:0 auto;background:{card};padding:24px}}"
             "h1{{color:{accent};font-size:26px;line-height:1.25;margin:8px 0 16px}}h2{{font-size:19px;margin:24px 0 8px}}"
             "a{{color:{accent}}}a.button{{display:inline-block;background:{accent};color:#fff;padding:10px 18px;"
             "border-radius:6px;text-decoration:none;font-weight:bold}}img{{max-width:100%;height:auto;border-radius:4px}}"
             "table.grid{{width:100%;border-collapse:collapse}}table.grid th{{text-align:left;border-bottom:2px solid {accent};"
             "padding:6px}}table.grid td{{border-bottom:1px solid #ddd;padding:6px}}"
             ".foot{{color:#777;font-size:13px;text-align:center;padding:16px}}"
             "@media (max-width:480px){{.card{{padding:12px}}}}").format(**theme)
    return ("<!DOCTYPE html>\n<html lang=\"" + language + "\"><head><meta charset=\"utf-8\">"
            "<meta name=\"viewport\" content=\"width=device-width\">\n<style>" + style + "</style></head>\n<body>\n"
            "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\"><tr><td>\n<div class=\"card\">\n"
            + "\n".join(out) + "\n</div>\n<div class=\"foot\">" + footer + "</div>\n"
            "<img src=\"https://pixel.takwimu.example/open.gif?id=" + hashlib.sha256(text.encode()).hexdigest()[:16]
            + "\" width=\"1\" height=\"1\" alt=\"\">\n</td></tr></table>\n</body></html>\n")


def letter_html(text, quote):
    """What a telephone or a web mailer makes of a plain letter."""
    paragraphs = "".join("<div>" + (inline_html(line) if line.strip() else "<br>") + "</div>\n" for line in text.split("\n"))
    rest = ""
    if quote:
        head, _, body = quote.partition("\n")
        lines = re.sub(r"^> ?", "", body, flags=re.M)
        rest = ("<br><div class=\"quote\">" + html.escape(head) + "<blockquote style=\"margin:0 0 0 .8ex;"
                "border-left:1px solid #ccc;padding-left:1ex\">" + html.escape(lines).replace("\n", "<br>\n")
                + "</blockquote></div>")
    return "<html><head></head><body><div dir=\"ltr\">" + paragraphs + rest + "</div></body></html>\n"


# -- MIME -------------------------------------------------------------------------------------------------------------

def header(name, value):
    """One header line, RFC 2047 where needed, folded."""
    return f"{name}: " + (value if value.isascii() and len(value) < 900 else
                          email.header.Header(value, "utf-8", header_name=name, maxlinelen=75).encode(linesep="\r\n"))


def mailbox(person, charset="utf-8"):
    name = person.name
    if not name:
        return person.address
    if not name.isascii():
        return email.header.Header(name, charset, maxlinelen=72).encode(linesep="\r\n") + f" <{person.address}>"
    if re.search(r"[^\w\s-]", name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{person.address}>"


def folded(name, values):
    return f"{name}: " + ",\r\n\t".join(values)


def text_part(text, kind, charset, coding, extra=""):
    """Returns (header lines, body bytes) of one text part."""
    data = text.replace("\n", "\r\n").encode(charset, "replace")
    if not data.endswith(b"\r\n"):
        data += b"\r\n"
    if coding == "7bit" and (not data.isascii() or max(map(len, data.split(b"\r\n"))) > 900):
        coding = "quoted-printable"
    if coding == "8bit" and max(map(len, data.split(b"\r\n"))) > 900:
        coding = "quoted-printable"
    if coding == "base64":
        body = base64.encodebytes(data).replace(b"\n", b"\r\n")
    elif coding == "quoted-printable":
        import quopri
        body = quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    else:
        body = data
    return [f"Content-Type: {kind}; charset={charset}{extra}", f"Content-Transfer-Encoding: {coding}"], body


def multipart(kind, parts, seed, extra=""):
    boundary = "=_" + hashlib.sha256((seed + kind).encode()).hexdigest()[:22]
    body = b""
    for head, data in parts:
        body += b"--" + boundary.encode() + b"\r\n" + "\r\n".join(head).encode("utf-8") + b"\r\n\r\n" + data
        if not body.endswith(b"\r\n"):
            body += b"\r\n"
    body += b"--" + boundary.encode() + b"--\r\n"
    return [f"Content-Type: multipart/{kind};\r\n\tboundary=\"{boundary}\"{extra}"], body


def attachment(name, kind, data, disposition="attachment", identity=None):
    if name.isascii():
        named = [f'Content-Disposition: {disposition};\r\n\tfilename="{name}"']
        typed = f'Content-Type: {kind};\r\n\tname="{name}"'
    else:
        import urllib.parse
        named = [f"Content-Disposition: {disposition};\r\n\tfilename*=utf-8''{urllib.parse.quote(name)}"]
        typed = f"Content-Type: {kind}"
    if kind.startswith("message/"):
        return [typed, *named], data
    head = [typed, "Content-Transfer-Encoding: base64", *named]
    if identity:
        head.append(f"Content-ID: <{identity}>")
    return head, base64.encodebytes(data).replace(b"\n", b"\r\n")


def coding_of(message, charset):
    if "cte" in message.options:
        return message.options["cte"]
    style = message.sender.style
    if "b64" in style:
        return "base64"
    if charset.lower() != "utf-8" or "qp" in style:
        return "quoted-printable"
    return "8bit" if "flowed" in style or "8bit" in style else "quoted-printable"


def body_of(message):
    """Returns (header lines, body bytes) of the whole message."""
    options, style = message.options, message.sender.style
    charset = options.get("charset", "utf-8")
    coding = coding_of(message, charset)
    text = fill_in(message.text, message)
    quote = ""
    if message.parent is not None and "noquote" not in options and ("quote" in options or message.number % 2 == 1):
        quote = quoted(message)
    whole = text + ("\n\n" + quote if quote else "")
    seed = message.message_id
    if "html" in options:
        theme = THEMES[int(hashlib.sha256(message.sender.address.encode()).hexdigest(), 16) % len(THEMES)]
        footer = html.escape(message.sender.name) + f' &middot; <a href="https://{message.sender.domain}/ondoka">{special.LEAVE[message.talk.language]}</a>'
        main = multipart("alternative", [
            text_part(wrapped(plain_of(text)), "text/plain", "utf-8", coding),
            text_part(newsletter_html(text, message.talk.language, theme, footer), "text/html", "utf-8", "quoted-printable"),
        ], seed)
    elif "rich" in style or "inline" in options:
        page = letter_html(text, quote)
        if "inline" in options:
            name = options["inline"]
            identity = hashlib.sha256(seed.encode()).hexdigest()[:12] + "@" + message.sender.domain
            page = page.replace("</div></body>", f'<div><img src="cid:{identity}" alt="{html.escape(name)}"></div></div></body>', 1)
            html_part = multipart("related", [text_part(page, "text/html", charset, coding),
                                              attachment(name, "image/png", files.picture(name), "inline", identity)], seed)
        else:
            html_part = text_part(page, "text/html", charset, coding)
        main = multipart("alternative", [text_part(wrapped(whole), "text/plain", charset, coding), html_part], seed)
    elif "flowed" in style or "flowed" in options:
        main = text_part(flowed(whole), "text/plain", charset, coding, "; format=flowed")
    else:
        main = text_part(wrapped(whole), "text/plain", charset, coding)
    if "invite" in options:
        ics = files.invitation(message, text.split("\n")[0])
        main = multipart("alternative", [main, text_part(ics, "text/calendar", "utf-8", "8bit", "; method=REQUEST")], seed + "c")
    parts = [attachment(*files.make(value, message)) for name, value in options.items() if name.startswith("file")]
    if "forward" in options:
        original = find_forwarded(message)
        parts.append((["Content-Type: message/rfc822", "Content-Disposition: inline"], original))
    if parts:
        main = multipart("mixed", [main, *parts], seed)
    return main


def find_forwarded(message):
    """The first message of the conversation whose subject holds the word given by forward=WORD."""
    wanted = message.options["forward"].replace("_", " ")
    for talk in message.talk.all_talks:
        if wanted in talk.subject and talk.messages[0].raw is not None and talk is not message.talk:
            return talk.messages[0].raw
    raise ValueError(f"nothing to forward for {wanted!r}")


def subject_of(message):
    subject = fill_in(message.options.get("subject", message.talk.subject), message)
    if message.options.get("subject"):
        return subject.replace("_", " ")
    if message.number == 0:
        return subject
    return {"de": "AW: ", "id": "Re: "}.get(message.talk.language, "Re: ") + subject


def render(message):
    """The whole message as bytes."""
    sender = message.sender
    charset = message.options.get("charset", "utf-8")
    top = []
    if not message.is_mine and message.talk.folder != "Drafts":
        queue = hashlib.sha256(message.message_id.encode()).hexdigest()[:10].upper()
        stamp = email.utils.format_datetime(message.date + datetime.timedelta(seconds=4))
        domain = message.options.get("auth", sender.domain)
        verdict = message.options.get("verdict", "pass")
        top.append(f"Return-Path: <{sender.address}>")
        top.append(f"Received: from mx1.{domain} (mx1.{domain} [192.0.2.{int(queue[:2], 16) % 250 + 1}])\r\n"
                   f"\tby mx.{HOST} with ESMTPS id {queue}\r\n\tfor <{MY_ADDRESS}>; {stamp}")
        top.append(f"Authentication-Results: mx.{HOST};\r\n\tdkim={verdict} header.d={domain} header.s=k1;\r\n"
                   f"\tspf={verdict} smtp.mailfrom={sender.address};\r\n\tdmarc={verdict} header.from={sender.domain}")
    lines = [*top, f"Date: {email.utils.format_datetime(message.date.astimezone(sender.zone))}",
             "From: " + mailbox(sender, charset if charset in ("iso-8859-15", "koi8-r") else "utf-8")]
    if "sender" in message.options:
        lines.append("Sender: " + message.options["sender"])
    if "replyto" in message.options:
        lines.append("Reply-To: " + message.options["replyto"])
    if "list" in message.options:
        lines.append("To: Maji Safi water technology <maji@lists.majisafi.example>")
        lines.append("List-Id: Water technology for small towns <maji.lists.majisafi.example>")
        lines.append("List-Post: <mailto:maji@lists.majisafi.example>")
        lines.append("List-Unsubscribe: <mailto:maji-leave@lists.majisafi.example>, <https://lists.majisafi.example/leave>")
        lines.append("Precedence: list")
    else:
        lines.append(folded("To", [mailbox(person) for person in message.to[:3]]))
        if len(message.to) > 3:
            lines.append(folded("Cc", [mailbox(person) for person in message.to[3:]]))
    if "nosubject" not in message.options:
        subject = subject_of(message)
        if "list" in message.options and not subject.startswith("Re:"):
            subject = "[maji] " + subject
        if charset in ("koi8-r", "shift_jis", "iso-8859-15", "windows-1252"):
            lines.append("Subject: " + email.header.Header(subject, charset, header_name="Subject").encode(linesep="\r\n"))
        else:
            lines.append(header("Subject", subject))
    lines.append("Message-ID: " + message.message_id)
    chain = []
    step = message.parent
    while step is not None:
        chain.insert(0, step.message_id)
        step = step.parent
    if chain:
        lines.append("In-Reply-To: " + chain[-1])
        lines.append("References: " + "\r\n\t".join(chain))
    if "html" in message.options:
        lines.append(f"List-Unsubscribe: <https://{sender.domain}/ondoka?u=baraka>")
        lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    elif "auto" in message.options:
        lines.append("Auto-Submitted: auto-generated")
    else:
        agent = AGENTS[int(hashlib.sha256(sender.address.encode()).hexdigest(), 16) % len(AGENTS)]
        lines.append(("X-Mailer: " if "Outlook" in agent or "iPhone" in agent else "User-Agent: ") + agent)
    lines.append(f"Content-Language: {message.talk.language}")
    lines.append("MIME-Version: 1.0")
    head, body = body_of(message)
    return "\r\n".join(lines + head).encode("utf-8") + b"\r\n\r\n" + body


def flags_of(message, answered):
    flags = []
    options = message.options
    if "unread" not in options and message.when != "arrive":
        flags.append("\\Seen")
    if message in answered:
        flags.append("\\Answered")
    if "flagged" in options:
        flags.append("\\Flagged")
    if "forwarded" in options:
        flags.append("$Forwarded")
    if message.talk.folder == "Drafts":
        flags.append("\\Draft")
    if message.talk.folder == "Junk":
        flags.append("$Junk")
    return " ".join(flags)


def load(now, whole=True):
    """All conversations with their dates and parents and, if whole, the raw bytes of their messages."""
    talks = []
    for path in sorted(glob.glob(os.path.join(DIRECTORY, "*.txt"))):
        talks += repeated(read_file(path))
    for talk in talks:
        talk.all_talks = talks
        place_in_time(talk, now)
        for number, message in enumerate(talk.messages):
            message.raw = None
            if number > 0 and "new" not in message.options:
                back = int(message.options.get("parent", number - 1))
                message.parent = talk.messages[back]
    for delayed in (False, True) if whole else ():
        for talk in talks:
            for message in talk.messages:
                if message.date is not None and ("forward" in message.options) == delayed:
                    message.raw = render(message)
    return talks


def build(now=None):
    """The mailbox at start: [(folder, raw message, flags, date as time stamp)], oldest first in each folder."""
    now = now or datetime.datetime.now(datetime.timezone.utc)
    items = []
    for talk in load(now):
        answered = {message.parent for message in talk.messages if message.is_mine and message.parent is not None}
        for message in talk.messages:
            if message.date is None:
                continue
            folder = talk.folder
            if message.is_mine and folder != "Drafts":
                folder = "Sent"
            items.append((folder, message.raw, flags_of(message, answered), message.date.timestamp()))
    items += special.messages(now)
    items.sort(key=lambda item: item[3])
    return items


def arrivals(now=None):
    """What comes while one looks, in order."""
    now = now or datetime.datetime.now(datetime.timezone.utc)
    found = []
    for talk in load(now, whole=False):
        for message in talk.messages:
            if message.when == "arrive":
                found.append(message)
    found.sort(key=lambda message: int(message.options.get("order", "50")))
    return found


def arrival(number):
    """The raw message that is delivered as number (0, 1, ...); after the last text the first comes again."""
    now = datetime.datetime.now(datetime.timezone.utc)
    waiting = arrivals(now)
    message = waiting[number % len(waiting)]
    message.repeat_index = number // len(waiting) + (1000 if number >= len(waiting) else 0)
    message.date = now
    # The parent of one arrival may be another, which has come already.
    step = message.parent
    while step is not None and step.date is None:
        step.date = now - datetime.timedelta(minutes=2)
        step = step.parent
    return render(message)
