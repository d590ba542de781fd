"""Lists as files: CSV in whatever encoding, or XLSX, read and written."""

import csv
import datetime
import io
import re
import zipfile

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

MAX_BYTES = 20 * 1024 * 1024
#: What an XLSX may unfold to; more is a trap rather than a list.
MAX_UNPACKED = 200 * 1024 * 1024
MAX_ROWS = 50000
MAX_COLUMNS = 100
MAX_CELL = 20000
DELIMITERS = ",;\t|"


class SheetError(ValueError):
    """The file cannot be read; the message says why."""


def read(data, filename=""):
    """Return what a file holds.

    :param bytes data: the file
    :return: tuple of ``csv`` or ``xlsx``, and the list of rows, each a list of
        texts; blank rows are left in, so that row numbers are those of the file
    :raise SheetError: when it is too large or no list
    """
    if not data:
        raise SheetError(_lt("The file is empty."))
    if len(data) > MAX_BYTES:
        raise SheetError(_lt("The file is larger than 20 MiB."))
    if data[:4] == b"PK\x03\x04":
        return "xlsx", _read_xlsx(data)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise SheetError(
            _lt("Old Excel files (.xls) cannot be read: save it as .xlsx.")
        )
    return "csv", _read_csv(data)


def write(kind, rows):
    """Return ``rows`` (the first is the header) as a file of ``kind``.

    What a spreadsheet would take for a formula is made text.
    """
    rows = [[neutralise(cell) for cell in row] for row in rows]
    if kind == "csv":
        buffer = io.StringIO()
        csv.writer(buffer).writerows(rows)
        return buffer.getvalue().encode("utf-8-sig")
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("List")
    for row in rows:
        sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def neutralise(cell):
    """Return ``cell`` so that no spreadsheet runs it."""
    text = "".join(char for char in str(cell) if char >= " " or char in "\t\n\r")
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def guess(data):
    """Return the encodings to try for ``data`` that is not UTF-8, likeliest first.

    Chinese characters take two bytes of the upper half each, so that upper bytes
    come in even runs; accents stand alone between letters.
    """
    runs = re.findall(rb"[\x80-\xff]+", data)
    even = sum(len(run) % 2 == 0 for run in runs)
    western = ["cp1252", "latin-1"]
    return ["gb18030", *western] if even * 2 > len(runs) else western


def _read_csv(data):
    text = _decode(data)
    if "\x00" in text:
        raise SheetError(_lt("The file is neither a CSV nor an XLSX file."))
    head = "\n".join(text.splitlines()[:20])
    delimiter = max(DELIMITERS, key=head.count)
    csv.field_size_limit(MAX_BYTES)
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            _add(rows, row)
    except csv.Error as error:
        raise SheetError(_lt("The file is no list that can be read.")) from error
    return rows


def _decode(data):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    for name in ("utf-8-sig", *guess(data)):
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    return data.decode("gb18030", "replace")


def _read_xlsx(data):
    import openpyxl

    if _unpacked_size(data) > MAX_UNPACKED:
        raise SheetError(_lt("The file unfolds to more than a list can be."))
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, data_only=True, keep_links=False
        )
    except Exception as error:
        raise SheetError(_lt("The file is no XLSX file that can be read.")) from error
    rows = []
    try:
        for row in book.worksheets[0].iter_rows(max_col=MAX_COLUMNS, values_only=True):
            _add(rows, row)
    finally:
        book.close()
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _unpacked_size(data):
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, ValueError):
        return 0


def _add(rows, row):
    if len(rows) > MAX_ROWS:
        raise SheetError(_lt("The list has more than 50,000 rows; divide it."))
    cells = [_text(cell) for cell in row[:MAX_COLUMNS]]
    while cells and not cells[-1]:
        cells.pop()
    rows.append(cells)


def _text(cell):
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, datetime.datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    text = str(cell).replace("\x00", "").strip()
    # A leading apostrophe is how spreadsheets say that a number is text.
    return text.removeprefix("'").strip()[:MAX_CELL]
