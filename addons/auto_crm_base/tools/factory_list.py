"""What factories send as files: CSV, XLSX or XML, read into rows of texts."""

import re

from lxml import etree

from odoo.tools import LazyTranslate

from . import sheet
from .sheet import MAX_BYTES, MAX_CELL, MAX_ROWS, SheetError

_lt = LazyTranslate(__name__)

_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")


def read(data, filename, titles, plain):
    """Return the rows of a file.

    :param bytes data: the file
    :param dict titles: plain title → name of the value
    :param plain: function that makes a title plain
    :return: tuple of the kind (``csv``, ``xlsx`` or ``xml``), list of tuples of the
        row's number in the file and its values by name, and the titles left out
    :raise SheetError: when it cannot be read, or says nothing about cars
    """
    head = (
        (data or b"")[:512].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\0", b"")
    )
    if head.startswith(b"<"):
        return "xml", *_read_xml(data, titles, plain)
    kind, lines = sheet.read(data, filename)
    return kind, *_read_table(lines, titles, plain)


def _read_table(lines, titles, plain):
    header = lines[0] if lines else []
    columns, unknown = {}, []
    for position, title in enumerate(header):
        name = titles.get(plain(title))
        if name and name not in columns.values():
            columns[position] = name
        elif title:
            unknown.append(title)
    if "production_number" not in columns.values():
        raise SheetError(_lt("The list has no column with the production number."))
    rows = []
    for number, cells in enumerate(lines[1:], 2):
        values = {
            name: cells[position]
            for position, name in columns.items()
            if position < len(cells) and cells[position]
        }
        if values:
            rows.append((number, values))
    return rows, unknown


def _read_xml(data, titles, plain):
    if len(data) > MAX_BYTES:
        raise SheetError(_lt("The file is larger than 20 MiB."))
    root = _root(data)
    rows, unknown = [], {}
    for element in root.iter(etree.Element):
        values = _row(element, titles, plain)
        if "production_number" not in values:
            continue
        if len(rows) >= MAX_ROWS:
            raise SheetError(_lt("The list has more than 50,000 rows; divide it."))
        rows.append((element.sourceline or len(rows) + 1, values))
        for child in element:
            path = plain(etree.QName(child).localname)
            if len(child) == 0 and path not in titles:
                unknown[etree.QName(child).localname] = True
    if not rows:
        raise SheetError(_lt("The file has no element with a production number."))
    return rows, list(unknown)


def _root(data):
    """Return the root element; entities and document types are not accepted."""
    try:
        root = etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError):
        # Without a declared encoding, or with a wrong one.
        root = None
        for encoding in sheet.guess(data):
            try:
                text = _DECLARED.sub("", data.decode(encoding))
                root = etree.fromstring(text.encode(), _parser("utf-8"))
                break
            except (UnicodeDecodeError, etree.XMLSyntaxError, ValueError):
                continue
        if root is None:
            raise SheetError(_lt("The file is no XML that can be read.")) from None
    info = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        raise SheetError(
            _lt("The file declares a document type, which is not accepted.")
        )
    return root


def _parser(encoding=None):
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding=encoding,
    )


def _row(element, titles, plain):
    """Return the values that an element has as attributes and children."""
    values = {}

    def add(title, text):
        name = titles.get(title)
        text = (text or "").strip()[:MAX_CELL]
        if name and text:
            values.setdefault(name, text)

    for key, text in element.attrib.items():
        add(plain(etree.QName(key).localname), text)
    for child in element:
        outer = plain(etree.QName(child).localname)
        if len(child) == 0:
            add(outer, child.text)
        for key, text in child.attrib.items():
            add(f"{outer}/{plain(etree.QName(key).localname)}", text)
        for inner in child:
            if len(inner) == 0:
                add(f"{outer}/{plain(etree.QName(inner).localname)}", inner.text)
    return values
