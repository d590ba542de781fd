"""The look of XML, JavaScript and style sheets: what no tool of the lock checks.

Four spaces a level, no tabs, no blanks at the end of a line, one newline at the end of
a file. That the XML is well-formed, pylint-odoo checks.
"""

import re

_SUFFIXES = {".xml", ".js", ".scss"}
# Lines that start with something else continue a comment, an attribute or an
# expression and are aligned with its beginning.
_ASKEW = {
    ".xml": re.compile(r"(    )* {1,3}<"),
    ".scss": re.compile(r"(    )* {1,3}[^ *]"),
}


def faults(folder):
    """A line ("path:7: a tab") for each fault in the files below `folder`."""
    return [
        f"{path}:{line}: {fault}"
        for path in sorted(folder.rglob("*"))
        if path.suffix in _SUFFIXES
        for line, fault in _of(path)
    ]


def _of(path):
    """(line, fault) for each fault in the file `path`."""
    text = path.read_text()
    lines = text.splitlines()
    if not text.endswith("\n") or text.endswith("\n\n"):
        yield len(lines), "a file ends with one newline"
    askew = _ASKEW.get(path.suffix)
    for number, line in enumerate(lines, start=1):
        if "\t" in line:
            yield number, "a tab"
        if line != line.rstrip():
            yield number, "blanks at the end of the line"
        if askew and askew.match(line):
            yield number, "indented by other than four spaces a level"
