"""Lint finds what it is there for, and the log of an installation is read."""

import sys

import pytest

from launcher import lint, style, testing

LINE = "2026-01-02 03:04:05,678 1 {} db odoo.modules.loading: something\n"


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("a.xml", "<odoo>\n    <data />\n</odoo>\n", None),
        ("a.xml", "<odoo>\n    <!-- a\n         b -->\n</odoo>\n", None),
        ("a.xml", "<odoo>\n  <data />\n</odoo>\n", "2: indented"),
        ("a.xml", "<odoo>\n\t<data />\n</odoo>\n", "2: a tab"),
        ("a.xml", "<odoo />", "1: a file ends with one newline"),
        ("a.xml", "<odoo />\n\n", "2: a file ends with one newline"),
        ("a.js", "call(\n      1, \n);\n", "2: blanks at the end"),
        ("a.scss", ".a {\n  color: red;\n}\n", "2: indented"),
        ("a.md", "text \n", None),
    ],
)
def test_style(tmp_path, name, text, fault):
    (tmp_path / name).write_text(text)
    found = style.faults(tmp_path)
    if fault:
        assert len(found) == 1
        assert f"{name}:{fault}" in found[0]
    else:
        assert not found


@pytest.mark.parametrize(
    ("text", "fine"),
    [("", True), (LINE.format("INFO"), True), (LINE.format("WARNING"), False)],
)
def test_log_of_an_installation(tmp_path, capsys, text, fine):
    log = tmp_path / "odoo.log"
    log.write_text(text)
    assert lint.passes(sys.executable, [*testing.CHECKLOG, log]) == fine
    assert ("something" in capsys.readouterr().out) != fine
