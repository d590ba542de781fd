"""Lint: ruff for Python, pylint-odoo for addons, our own look at the other files."""

import subprocess

from . import addons, style
from .cache import REPOSITORY
from .console import Problem, say, step

# Not our taste: OCA's README template, short manifests, no label where it equals the
# name, and one class for each extended model (a big one may be split by topic).
_NOT_OURS = (
    "missing-readme,manifest-superfluous-key,attribute-string-redundant,"
    "consider-merging-classes-inherited"
)
_PYLINT = ["--disable=all", "--enable=odoolint", f"--disable={_NOT_OURS}"]


def run(python):
    """Check the whole repository with the tools beside `python`; Problem if unfit."""
    paths = sorted(str(path) for path in addons.folder().glob("auto_crm_*"))
    checks = {
        "ruff check": ["-m", "ruff", "check", "."],
        "ruff format": ["-m", "ruff", "format", "--check", "."],
    }
    if paths:
        checks["pylint-odoo"] = ["-m", "pylint", *_PYLINT, *paths]
    with step("Lint"):
        failed = [name for name, check in checks.items() if not passes(python, check)]
        if faults := style.faults(addons.folder()):
            say("\n".join(faults))
            failed.append("style of XML, JavaScript or SCSS")
        if failed:
            raise Problem(f"Lint failed: {', '.join(failed)}. The reasons are above.")


def passes(python, check):
    """Run `python` with the arguments `check`; True if it finds no fault.

    Else what it says is printed.
    """
    done = subprocess.run(
        [str(python), *check],
        check=False,
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode:
        say(done.stdout)
    return done.returncode == 0
