"""`./auto-crm test`: lint, then all tests on a fresh copy of a cached template."""

import os
from pathlib import Path

from . import chromium, databases, lint, odoo_run, runtime
from .cache import REPOSITORY
from .console import Problem, run_in_foreground, say

TEMPLATE_VARIABLE = "AUTO_CRM_TEST_TEMPLATE"
PREFIX_VARIABLE = "AUTO_CRM_TEST_PREFIX"
_WORKERS = 2
# Reads checklog-odoo.cfg; an addon without anything to load logs nothing.
CHECKLOG = ["-m", "checklog_odoo", "--no-echo", "--no-err-if-empty"]


def run(arguments):
    """Run the tests with pytest's `arguments`; the exit code is pytest's.

    With a path or -k, only what matches runs, without lint (--lint brings it back)
    and in one process.
    """
    wants_lint = "--lint" in arguments
    arguments = [argument for argument in arguments if argument != "--lint"]
    everything = not _selects(arguments)
    browser = chromium.obtain()
    with runtime.prepared() as found:
        if everything or wants_lint:
            lint.run(found.python)
        template = _template(found)
        with databases.throw_away(found) as prefix:
            databases.copy(found, template, prefix)
            command = _command(found, prefix, arguments, everything)
            environment = _environment(found, template, prefix, browser)
            say()
            return run_in_foreground(command, env=environment, cwd=REPOSITORY)


def _selects(arguments):
    """True if `arguments` choose tests: a path, -k or -m."""
    return any(
        argument.startswith(("-k", "-m"))
        or (not argument.startswith("-") and Path(argument.split("::")[0]).exists())
        for argument in arguments
    )


def _template(found):
    """The template for tests. Problem if Odoo complained while it was installed."""
    _, with_ours, for_tests = databases.layers(found)
    databases.ensure(found, for_tests)
    for layer in (with_ours, for_tests):
        if not lint.passes(found.python, [*CHECKLOG, layer.log]):
            raise Problem(
                f"Odoo complained while it installed {layer.title} (see above; "
                f"log: {layer.log})."
            )
    return for_tests.name


def _command(found, database, arguments, everything):
    """The command line of pytest."""
    config = odoo_run.write_config(found, database, max_cron_threads=0)
    command = [
        *[found.python, "-m", "pytest", "-p", "launcher.pytest_strict"],
        *[f"--odoo-config={config}", f"--odoo-database={database}", "--odoo-http"],
        *["--odoo-log-level=warn"],
    ]
    if everything and not any(argument.startswith("-n") for argument in arguments):
        command += ["-n", str(_WORKERS), "--dist", "loadscope"]
    return [*command, *arguments]


def _environment(found, template, prefix, browser):
    """The environment of pytest: what the fixtures of tests/conftest.py read."""
    environment = found.environment()
    environment[TEMPLATE_VARIABLE] = template
    environment[PREFIX_VARIABLE] = prefix
    # `python -m pytest` finds the launcher's plugin here.
    paths = [str(REPOSITORY), environment["PYTHONPATH"]]
    environment["PYTHONPATH"] = os.pathsep.join(paths)
    if browser:
        environment["PATH"] = f"{browser}{os.pathsep}{environment['PATH']}"
    return environment
