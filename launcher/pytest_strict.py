"""A pytest plugin: what would pass in silence fails.

- A test in which Odoo logs a WARNING or worse fails, unless the test expects it with
  assertLogs (or hushes it with mute_logger).
- A test that is skipped because a browser or a package is missing fails.
- A run in which no test passed or failed has failed.

And what fails by chance passes: the files of one worker's test are kept while another
worker's test ends.
"""

import logging
import os
import re
import sys
from contextlib import contextmanager

import pytest

_WATCHED = ("odoo", "werkzeug", "py.warnings")
_MISSING = re.compile(r"chrome|websocket|--odoo-http|not found$", re.IGNORECASE)


class _Collector(logging.Handler):
    """Keeps the records of WARNING and worse that reach it."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.entries = []

    def emit(self, record):
        """Keep `record` if it is of Odoo."""
        if record.name.split(".")[0] in _WATCHED or record.name in _WATCHED:
            self.entries.append(
                f"{record.levelname} {record.name}: {record.getMessage()}"
            )


@contextmanager
def _no_complaints(phase):
    """Fail the test if Odoo complains in its log within the block."""
    collector = _Collector()
    logging.getLogger().addHandler(collector)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(collector)
    if collector.entries:
        listed = "\n".join(collector.entries)
        pytest.fail(f"Odoo logged during {phase}:\n{listed}", pytrace=False)


@pytest.fixture(scope="session", autouse=True)
def _files_outlive_classes():
    """Keep the files of the other workers' tests.

    All workers share one folder of attachments, which goes when the run is over. At its
    end each of Odoo's test classes would delete what its own database does not know:
    the scripts of a page that another worker's browser is about to load.
    """
    common = sys.modules.get("odoo.tests.common")
    with pytest.MonkeyPatch.context() as patch:
        if common and "PYTEST_XDIST_WORKER" in os.environ:
            keep = classmethod(lambda cls: None)
            patch.setattr(common.TransactionCase, "_gc_filestore", keep)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup():
    """Watch Odoo's log while the test is prepared."""
    with _no_complaints("setup"):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call():
    """Watch Odoo's log during the test."""
    with _no_complaints("the test"):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown():
    """Watch Odoo's log while the test is cleaned up."""
    with _no_complaints("teardown"):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """Turn a skip for want of a program or package into a failure."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2]
        if _MISSING.search(reason):
            report.outcome = "failed"
            report.longrepr = f"Skipped where it must run. {reason}"
    return report


def pytest_sessionfinish(session, exitstatus):
    """Fail a run that executed no test at all."""
    config = session.config
    if hasattr(config, "workerinput") or config.option.collectonly or exitstatus:
        return
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    counted = reporter.stats if reporter else {}
    if not counted.get("passed") and not counted.get("xfailed"):
        session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED
