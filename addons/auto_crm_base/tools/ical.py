"""A time at the store as a calendar file (RFC 5545) that every phone understands."""


def _escape(text):
    text = (text or "").replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def _fold(line):
    """Return the line in pieces of at most 75 bytes, without breaking a letter."""
    pieces, piece = [], b""
    for letter in line:
        encoded = letter.encode()
        if len(piece) + len(encoded) > 74:
            pieces.append(piece)
            piece = b" "
        piece += encoded
    return b"\r\n".join([*pieces, piece])


def _moment(date):
    return date.strftime("%Y%m%dT%H%M%SZ")


def event(uid, stamp, start, stop, summary, **details):
    """Return the bytes of a calendar file with one event.

    :param str uid: the same for each version of the event
    :param datetime stamp: when this version was written, in UTC as the other moments
    :param details: ``location``, ``description``, ``organizer`` (address),
        ``sequence`` (number of the version), ``cancelled`` (whether it is off)
    """
    cancelled = details.get("cancelled")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//auto-crm//visit//EN",
        f"METHOD:{'CANCEL' if cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:{_escape(uid)}",
        f"DTSTAMP:{_moment(stamp)}",
        f"DTSTART:{_moment(start)}",
        f"DTEND:{_moment(stop)}",
        f"SEQUENCE:{int(details.get('sequence') or 0)}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        f"SUMMARY:{_escape(summary)}",
    ]
    lines += [
        f"{name.upper()}:{_escape(details[name])}"
        for name in ("location", "description")
        if details.get(name)
    ]
    if details.get("organizer"):
        address = "".join(details["organizer"].split())
        lines.append(f"ORGANIZER:mailto:{address}")
    lines += ["END:VEVENT", "END:VCALENDAR", ""]
    return b"\r\n".join(_fold(line) for line in lines)
