"""Auto-lead data format (ADF 1.0): prospects as XML, read as the world sends it.

What is sent is often not quite XML: no prolog, a namespace, tags in capitals,
dates that no calendar knows, an encoding that is not the declared one. All that
is read; only what holds no prospect at all is refused. Entities are not resolved.
"""

import html
import re
from datetime import datetime, timezone

from lxml import etree

from odoo.tools.translate import LazyTranslate

from odoo.addons.auto_crm_base.tools.sheet import guess

from .horizon import months_of

_lt = LazyTranslate(__name__)

MAX_BYTES = 1024 * 1024
MAX_PROSPECTS = 500

_PROLOG = re.compile(r"<\?.*?\?>", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*>", re.IGNORECASE)
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9_.:-]+)["']""")
_MESSAGE = re.compile(r"<(?:\w+:)?adf\b.*</(?:\w+:)?adf\s*>", re.IGNORECASE | re.DOTALL)
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_ENTITY = re.compile(r"&(?:(#\w{1,8}|[A-Za-z]\w{1,30});)?")
XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_CJK = re.compile(r"[\u3400-\u9fff]")


class AdfError(ValueError):
    """The text holds no prospect that can be read; the message says why.

    :param message: a lazy translation; :meth:`in_words` gives it in a language
    """

    def in_words(self, env):
        """Return the message in the language of ``env``."""
        return env._(self.args[0])


def looks_like_adf(text):
    """Return whether ``text`` (``str``) holds an ADF message, also HTML-escaped."""
    head = text[:MAX_BYTES].lower()
    return ("<adf" in head or ":adf" in head or "&lt;adf" in head) and (
        "prospect" in head
    )


def extract(text):
    """Return the ADF message inside ``text``, such as a mail's body, or ``""``."""
    for candidate in (text, html.unescape(text)):
        match = _MESSAGE.search(candidate)
        if match:
            return match.group(0)
    return ""


def parse(body):
    """Return the prospects in an ADF message.

    :param body: ``bytes`` as received, or ``str``
    :return: list of intake values (as ``crm.lead._intake`` takes them), each
        with ``external_ref`` = the sender's id and its source, where given
    :raise AdfError: when there is no prospect to be read
    """
    text = body if isinstance(body, str) else decode(body)
    if len(text) > MAX_BYTES:
        raise AdfError(_lt("The message is longer than 1 MiB."))
    if "<!ENTITY" in text.upper():
        raise AdfError(_lt("The message declares entities, which are not accepted."))
    text = _DOCTYPE.sub("", _PROLOG.sub("", text)).replace("\x00", "").strip()
    if not text.startswith("<"):
        text = extract(text)
    if not text:
        raise AdfError(_lt("There is no XML in the body."))
    text = _mend_ampersands(text)
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        strip_cdata=True,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise AdfError(_lt("The body is not XML: %s", error)) from error
    if root is None:
        raise AdfError(_lt("The body is not XML."))
    prospects = [node for node in root.iter() if _tag(node) == "prospect"]
    if not prospects:
        raise AdfError(_lt("There is no prospect in the message."))
    if len(prospects) > MAX_PROSPECTS:
        raise AdfError(
            _lt("There are more than %s prospects in the message.", MAX_PROSPECTS)
        )
    return [_prospect(node) for node in prospects]


def decode(data):
    """Return ``data`` as text, by what it is rather than what it says it is."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    declared = _DECLARED.search(data[:200])
    names = ["utf-8-sig"]
    if declared:
        name = declared.group(1).decode("ascii").lower()
        names.append("gb18030" if name in ("gb2312", "gbk", "gb18030") else name)
    names += guess(data)
    for name in names:
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    raise AdfError(_lt("The encoding of the body is unknown."))  # latin-1 never fails


def _mend_ampersands(text):
    """Return ``text`` with ``&`` escaped where it stands for itself."""

    def mend(match):
        name = match.group(1)
        if name and (name.startswith("#") or name in XML_ENTITIES):
            return match.group(0)
        character = html.unescape(match.group(0)) if name else "&"
        return html.escape(character, quote=False)

    parts = _CDATA.split(text)
    return "".join(
        part if index % 2 else _ENTITY.sub(mend, part)
        for index, part in enumerate(parts)
    )


def _tag(node):
    if not isinstance(node.tag, str):
        return ""
    return etree.QName(node).localname.lower().rpartition(":")[2]


def _children(node, *path):
    """Return the descendants of ``node`` along ``path``, whatever their case."""
    nodes = [] if node is None else [node]
    for name in path:
        nodes = [child for parent in nodes for child in parent if _tag(child) == name]
    return nodes


def _first(node, *path):
    nodes = _children(node, *path)
    return nodes[0] if nodes else None


def _text(node, *path):
    node = _first(node, *path) if path else node
    return " ".join("".join(node.itertext()).split()) if node is not None else ""


def _attr(node, name):
    if node is None:
        return ""
    values = {key.lower(): value for key, value in node.attrib.items()}
    return " ".join((values.get(name) or "").split())


def _prospect(node):
    contact = _first(node, "customer", "contact")
    if contact is None:
        contact = _first(node, "customer")
    values = {
        "name": _name(contact),
        "phone": _phone(contact),
        "email": next((_text(e) for e in _children(contact, "email") if _text(e)), ""),
        "message": _message(node),
        "external_ref": _reference(node),
        "campaign": "",
        "source": _text(node, "provider", "name")
        or _attr(_first(node, "id"), "source"),
        "date": _date(_text(node, "requestdate")),
        "purchase_months": months_of(
            _text(node, "customer", "timeframe", "description")
        ),
        "vehicle": _vehicle(node),
        **_address(contact),
    }
    return {key: value for key, value in values.items() if value or value in (0, 0.0)}


def _name(contact):
    parts = {}
    for name in _children(contact, "name"):
        text = _text(name)
        if text:
            parts.setdefault(_attr(name, "part").lower() or "full", text)
    if "full" in parts:
        return parts["full"]
    first, last = parts.get("first", ""), parts.get("last", "")
    if _CJK.search(last + first):
        return last + parts.get("middle", "") + first
    ordered = (first, parts.get("middle", ""), last, parts.get("suffix", ""))
    return " ".join(part for part in ordered if part)


def _phone(contact):
    """Return the number that the customer prefers, else mobile, else any voice."""

    def rank(node):
        kind = _attr(node, "type").lower()
        return (
            _attr(node, "preferredcontact") != "1",
            kind == "fax",
            kind not in ("cellphone", "mobile"),
        )

    numbers = [node for node in _children(contact, "phone") if _text(node)]
    return _text(min(numbers, key=rank)) if numbers else ""


def _reference(node):
    identifier = _first(node, "id")
    text = _text(identifier)
    if not text:
        return ""
    source = _attr(identifier, "source")
    return f"{source}:{text}" if source else text


def _wanted(node):
    """Return the vehicle asked about: not the one to be traded in or sold."""
    vehicles = _children(node, "vehicle")
    wanted = [
        vehicle
        for vehicle in vehicles
        if _attr(vehicle, "interest").lower() not in ("trade-in", "sell")
    ]
    return wanted[0] if wanted else None


def _vehicle(node):
    vehicle = _wanted(node)
    if vehicle is None:
        return {}
    condition = _attr(vehicle, "status").lower()
    values = {
        "brand": _text(vehicle, "make"),
        "model": _text(vehicle, "model"),
        "trim": _text(vehicle, "trim"),
        "year": _text(vehicle, "year"),
        "vin": _text(vehicle, "vin"),
        "condition": condition if condition in ("new", "used") else "",
    }
    return {key: value for key, value in values.items() if value}


def _message(node):
    lines = [
        _text(node, "customer", "comments"),
        *(_text(comment) for comment in _children(node, "vehicle", "comments")),
    ]
    lines.append(_text(node, "customer", "timeframe", "description"))
    for vehicle in _children(node, "vehicle"):
        if _attr(vehicle, "interest").lower() == "trade-in":
            parts = ("year", "make", "model", "vin", "odometer")
            car = " ".join(
                _text(vehicle, part) for part in parts if _text(vehicle, part)
            )
            lines.append(f"Trade-in: {car}")
        amount = _text(vehicle, "finance", "amount")
        method = _text(vehicle, "finance", "method")
        if amount or method:
            lines.append(f"Finance: {method} {amount}".rstrip())
    return "\n".join(dict.fromkeys(line for line in lines if line))


def _address(contact):
    address = _first(contact, "address")
    if address is None:
        return {}
    street = " ".join(_text(line) for line in _children(address, "street"))
    return {
        "street": " ".join(filter(None, (street, _text(address, "apartment")))),
        "city": _text(address, "city"),
        "region": _text(address, "regioncode"),
        "zip": _text(address, "postalcode"),
        "country": _text(address, "country"),
    }


def _date(text):
    """Return the moment ``text`` names, in UTC (``YYYY-MM-DD HH:MM:SS``), or ``""``.

    Senders write ``2026-03-01T12:00:00-8:00`` and ``+0800`` alike; what cannot
    be read, or lies in the future, is left out.
    """
    match = re.match(
        r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?)?"
        r"(?:\.\d+)?\s*(Z|[+-]\d{1,2}:?\d{2})?",
        text,
    )
    if not match:
        return ""
    year, month, day, hour, minute, second, offset = match.groups()
    try:
        moment = datetime(
            *(int(part or 0) for part in (year, month, day, hour, minute, second)),
            tzinfo=timezone.utc,
        )
    except ValueError:
        return ""
    if offset and offset != "Z":
        sign, digits = offset[0], offset[1:].replace(":", "").zfill(4)
        shift = int(digits[:2]) * 3600 + int(digits[2:]) * 60
        moment = datetime.fromtimestamp(
            moment.timestamp() - (shift if sign == "+" else -shift), timezone.utc
        )
    if moment > datetime.now(timezone.utc):
        return ""
    return moment.strftime("%Y-%m-%d %H:%M:%S")
