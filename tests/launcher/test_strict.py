"""What would pass in silence fails: warnings, missing browsers, no tests at all."""

import subprocess
import sys

import pytest

from launcher import odoo_log
from launcher.cache import REPOSITORY

LOG = """\
2026-01-02 03:04:05,678 123 INFO db odoo.modules.loading: fine
2026-01-02 03:04:05,678 123 WARNING db odoo.models: no good
2026-01-02 03:04:06,678 123 ERROR ? odoo.http: worse
Traceback (most recent call last):
ValueError: reason
2026-01-02 03:04:07,678 123 INFO db odoo.http: fine again
"""


def _pytest(tmp_path, content):
    """Run pytest on a file with `content`. Returns (exit code, output)."""
    path = tmp_path / "test_inner.py"
    path.write_text("import logging, unittest\n" + content)
    options = [
        "-p",
        "launcher.pytest_strict",
        "-p",
        "no:odoo",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--rootdir", tmp_path, path],
        cwd=REPOSITORY,
        capture_output=True,
        check=False,
        text=True,
    )
    return done.returncode, done.stdout


WARNS = "logging.getLogger('odoo.x').warning('oh no')"


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        ("def test_a(): pass", 0, "1 passed"),
        (f"def test_a(): {WARNS}", 1, "WARNING odoo.x: oh no"),
        (
            "class TestA(unittest.TestCase):\n"
            "    def test_a(self):\n"
            "        with self.assertLogs('odoo.x'):\n"
            f"            {WARNS}",
            0,
            "1 passed",
        ),
        (
            "class TestA(unittest.TestCase):\n"
            "    @classmethod\n"
            f"    def setUpClass(cls): {WARNS}\n"
            "    def test_a(self): pass",
            1,
            "Odoo logged during setup",
        ),
        (
            "class TestA(unittest.TestCase):\n"
            "    def test_a(self):\n"
            "        raise unittest.SkipTest('Chrome executable not found')",
            1,
            "Skipped where it must run",
        ),
        ("x = 1", 5, "no tests ran"),
        (
            "class TestA(unittest.TestCase):\n"
            "    @unittest.skip('not today')\n"
            "    def test_a(self): pass",
            5,
            "1 skipped",
        ),
    ],
)
def test_outcome(tmp_path, content, code, said):
    found, output = _pytest(tmp_path, content)
    assert said in output
    assert found == code


def test_log_problems():
    found = odoo_log.problems(LOG)
    assert [entry.split()[3] for entry in found] == ["WARNING", "ERROR"]
    assert found[1].endswith("ValueError: reason")
    assert len(odoo_log.not_allowed(found, [r"odoo\.models: no"])) == 1
