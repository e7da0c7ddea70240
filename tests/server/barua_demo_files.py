# SPDX-License-Identifier: GPL-3.0-or-later
"""Attachments of the demo mail, all drawn or written by this code: PDF, PNG, text, CSV, vCard, iCalendar, zip."""

import datetime
import hashlib
import io
import math
import struct
import zipfile
import zlib

TYPES = {
    "pdf": "application/pdf", "png": "image/png", "txt": "text/plain; charset=utf-8", "csv": "text/csv; charset=utf-8",
    "vcf": "text/vcard; charset=utf-8", "zip": "application/zip", "ics": "text/calendar; charset=utf-8",
    "gpx": "application/gpx+xml",
}


def make(name, message):
    """Returns (file name, content type, bytes) for an attachment; underscores in the name are spaces."""
    name = name.replace("_", " ")
    kind = name.rsplit(".", 1)[-1].lower()
    text = message.text
    if kind == "pdf":
        data = pdf(name.rsplit(".", 1)[0], [line for line in text.split("\n") if line.strip()])
    elif kind == "png":
        data = picture(name)
    elif kind == "csv":
        data = table(name)
    elif kind == "vcf":
        data = card(message.sender)
    elif kind == "zip":
        data = archive(name, message)
    elif kind == "ics":
        data = invitation(message, name.rsplit(".", 1)[0]).replace("\n", "\r\n").encode("utf-8")
    elif kind == "gpx":
        data = track(name)
    else:
        data = (text + "\n").encode("utf-8")
    return name, TYPES[kind], data


def _chance(seed):
    """An endless, repeatable row of numbers from 0 to 1."""
    counter = 0
    while True:
        block = hashlib.sha256(f"{seed}/{counter}".encode()).digest()
        for offset in range(0, 32, 4):
            yield int.from_bytes(block[offset:offset + 4], "big") / 2**32
        counter += 1


# -- PNG --------------------------------------------------------------------------------------------------------------

def png(width, height, rows):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    raw = b"".join(b"\0" + bytes(row) for row in rows)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(raw, 6)) + chunk(b"IEND", b""))


def picture(name):
    """A small picture that looks like something: a chart for names with "chart" or "grafu", else hills under a sun."""
    if any(word in name.lower() for word in ("chart", "grafu", "grafik", "diagram")):
        return chart(name)
    dice = _chance(name)
    width, height = 320, 200
    hue = next(dice)
    sky_top = (int(60 + 80 * hue), int(120 + 50 * next(dice)), int(190 + 50 * next(dice)))
    sky_low = (250, int(190 + 50 * next(dice)), int(140 + 80 * next(dice)))
    sun_x, sun_y, sun_r = 40 + next(dice) * 240, 30 + next(dice) * 50, 14 + next(dice) * 12
    hills = []
    for layer in range(4):
        shade = 0.85 - 0.18 * layer
        tint = (int(90 * shade + 30 * next(dice)), int(150 * shade), int(80 * shade + 20 * next(dice)))
        hills.append((90 + 28 * layer, 10 + 14 * next(dice), 0.012 + 0.02 * next(dice), next(dice) * 6, tint))
    rows = []
    edges = [[base + swing * math.sin(x * rate + phase) + 4 * math.sin(x * rate * 3.1 + phase)
              for x in range(width)] for base, swing, rate, phase, _ in hills]
    for y in range(height):
        part = min(1.0, y / 130)
        sky = [int(sky_top[i] + (sky_low[i] - sky_top[i]) * part) for i in range(3)]
        row = bytearray()
        for x in range(width):
            pixel = sky
            if (x - sun_x) ** 2 + (y - sun_y) ** 2 < sun_r ** 2:
                pixel = (255, 236, 170)
            for edge, hill in zip(edges, hills):
                if y > edge[x]:
                    pixel = hill[4]
            row += bytes(pixel)
        rows.append(row)
    return png(width, height, rows)


def chart(name):
    dice = _chance(name)
    width, height, count = 360, 200, 12
    heights = [int(30 + 130 * next(dice)) for _ in range(count)]
    rows = []
    for y in range(height):
        row = bytearray()
        for x in range(width):
            pixel = (255, 255, 255)
            index, inside = divmod(x - 24, 27)
            if x < 22 or y > height - 20:
                pixel = (245, 245, 245)
            elif x == 22 or y == height - 20:
                pixel = (60, 60, 60)
            elif 0 <= index < count and inside < 18 and height - 20 - y < heights[index]:
                pixel = (29, 122, 99) if index % 2 else (51, 85, 170)
            elif (height - 20 - y) % 40 == 0:
                pixel = (225, 225, 225)
            row += bytes(pixel)
        rows.append(row)
    return png(width, height, rows)


# -- PDF --------------------------------------------------------------------------------------------------------------

def pdf(title, lines):
    """One or more pages A4 in Helvetica; characters outside of Windows-1252 become question marks."""
    def text(line):
        data = line.encode("cp1252", "replace")
        return b"(" + data.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"

    import textwrap
    wrapped = []
    for line in lines:
        wrapped += textwrap.wrap(line, 84) or [""]
        wrapped.append("")
    pages = [wrapped[start:start + 42] for start in range(0, max(1, len(wrapped)), 42)]
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"",
               b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
               b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>"]
    kids = []
    for number, page in enumerate(pages):
        stream = b"BT /F2 18 Tf 64 770 Td " + text(title if number == 0 else f"{title} ({number + 1})") + b" Tj ET\n"
        stream += b"0.2 0.33 0.66 rg 64 758 467 2 re f 0 g\nBT /F1 11 Tf 64 730 Td 15 TL\n"
        stream += b"".join(text(line) + b" Tj T*\n" for line in page) + b"ET\n"
        objects.append(b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"endstream")
        kids.append(len(objects) + 1)
        objects.append(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
                       b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>" % len(objects))
    objects[1] = (b"<< /Type /Pages /Count %d /Kids [" % len(kids) + b" ".join(b"%d 0 R" % kid for kid in kids) + b"] >>")
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


# -- others -----------------------------------------------------------------------------------------------------------

def table(name):
    dice = _chance(name)
    lines = ["station,date,flow_l_s,turbidity_ntu,chlorine_mg_l"]
    for day in range(1, 29):
        for station in ("Kijito", "Mlima", "Bwawa"):
            lines.append(f"{station},2026-02-{day:02d},{2 + 6 * next(dice):.2f},{0.4 + 4 * next(dice):.1f},{0.2 + next(dice):.2f}")
    return ("\r\n".join(lines) + "\r\n").encode("utf-8")


def card(person):
    given, _, family = person.name.rpartition(" ")
    return ("BEGIN:VCARD\r\nVERSION:4.0\r\n" f"FN:{person.name}\r\nN:{family};{given};;;\r\n"
            f"EMAIL;TYPE=work:{person.address}\r\nTEL;TYPE=cell;VALUE=uri:tel:+254-700-000-{len(person.name):03d}\r\n"
            "END:VCARD\r\n").encode("utf-8")


def archive(name, message):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for inner, data in (("README.txt", (message.text + "\n").encode("utf-8")), ("readings.csv", table(name)),
                            ("pictures/station.png", picture(name))):
            entry = zipfile.ZipInfo(inner, (2026, 1, 5, 9, 30, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, data)
    return out.getvalue()


def track(name):
    dice = _chance(name)
    points = "".join(f'<trkpt lat="{47.99 + 0.002 * i:.5f}" lon="{7.85 + 0.003 * i * next(dice):.5f}"/>' for i in range(60))
    return ('<?xml version="1.0"?><gpx version="1.1" creator="demo"><trk><trkseg>' + points
            + "</trkseg></trk></gpx>\n").encode("ascii")


def invitation(message, title):
    """An iCalendar request (RFC 5545, 5546) for an hour and a half, six days after the message."""
    start = (message.date + datetime.timedelta(days=6)).astimezone(datetime.timezone.utc).replace(hour=13, minute=0, second=0)
    end = start + datetime.timedelta(minutes=90)
    form = "%Y%m%dT%H%M%SZ"
    people = "".join(f"ATTENDEE;CN={person.name};PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{person.address}\n"
                     for person in message.to)
    where = str(message.options.get("where", "Office")).replace("_", " ")
    summary = str(message.talk.subject).replace(",", "\\,").replace(";", "\\;")
    return ("BEGIN:VCALENDAR\nPRODID:-//Barua//Demo mailbox//EN\nVERSION:2.0\nMETHOD:REQUEST\nBEGIN:VEVENT\n"
            f"UID:{hashlib.sha256(message.message_id.encode()).hexdigest()[:24]}\nDTSTAMP:{message.date.astimezone(datetime.timezone.utc).strftime(form)}\n"
            f"DTSTART:{start.strftime(form)}\nDTEND:{end.strftime(form)}\nSUMMARY:{summary}\nLOCATION:{where}\n"
            f"ORGANIZER;CN={message.sender.name}:mailto:{message.sender.address}\n{people}SEQUENCE:0\nSTATUS:CONFIRMED\n"
            "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT15M\nDESCRIPTION:" + summary + "\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR\n")
