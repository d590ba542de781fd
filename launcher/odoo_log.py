"""Reading Odoo's log: whatever is WARNING or worse."""

import re

_ENTRY = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) (?P<rest>.*)"
)
_BAD = {"WARNING", "ERROR", "CRITICAL"}


def problems(text):
    """The entries of WARNING or worse in the log `text`, each with its traceback."""
    entries = []
    for line in text.splitlines():
        found = _ENTRY.match(line)
        if found:
            entries.append([found["level"], line])
        elif entries:
            entries[-1][1] += "\n" + line
    return [entry for level, entry in entries if level in _BAD]


def not_allowed(entries, patterns):
    """Those `entries` in which none of the regular expressions `patterns` is found."""
    return [
        entry
        for entry in entries
        if not any(re.search(pattern, entry) for pattern in patterns)
    ]
