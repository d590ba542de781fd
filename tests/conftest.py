"""Fixtures for tests across addons that talk to a real Odoo server.

`server` is an Odoo with two worker processes, as in production, on a database of its
own with all addons and the demo data. It is shared by all tests of one run (of one
worker, with pytest-xdist), so a test makes its own records and expects others':

    def test_health(server):
        assert requests.get(f"{server.url}/web/health", timeout=10).ok
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM crm_lead")

    server.url          "http://127.0.0.1:45678"
    server.database     the database's name
    server.dsn          for psycopg2.connect(server.dsn)
    server.connect()    a new psycopg2 connection, to be used with `with`
    server.log          the path of Odoo's log
    server.stop() / server.kill() / server.start()   end and start it, for fault tests
    server.allow_log("pattern")   a WARNING or ERROR that the test provokes on purpose

`server_factory(**options)` starts another one, with any line of Odoo's configuration
as option, on a database of its own; it is stopped after the test.

Whatever a server logs as WARNING or worse fails the test that was running, unless it
was allowed. The requests are real and so are the commits: nothing is rolled back, and
nothing is left behind when the run is over.
"""

import os
from contextlib import closing, contextmanager
from itertools import count

import psutil
import psycopg2
import pytest

from launcher import databases, odoo_log, odoo_run, runtime, testing

_numbers = count(1)
_processes = set()


class TestServer(odoo_run.OdooServer):
    """An Odoo server for tests: with database access and a strict eye on its log."""

    __test__ = False

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self._allowed = []
        self._seen = 0

    def start(self):
        """Start the server and wait until it answers."""
        super().start()
        _processes.add(self.process.pid)

    @property
    def dsn(self):
        """The connection string of the server's database."""
        variables = self.runtime.postgres.variables
        named = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER"}
        given = {
            key: variables[name] for key, name in named.items() if name in variables
        }
        return psycopg2.extensions.make_dsn(dbname=self.database, **given)

    @contextmanager
    def connect(self):
        """Give a connection; commits at the end of the block, then closes."""
        with closing(psycopg2.connect(self.dsn)) as connection, connection:
            yield connection

    def allow_log(self, pattern):
        """Accept log entries that match `pattern` until the end of the test."""
        self._allowed.append(pattern)

    def check_log(self):
        """Fail for what was logged since the last check and was not allowed."""
        entries = self.problems()
        new, self._seen = entries[self._seen :], len(entries)
        complaints = odoo_log.not_allowed(new, self._allowed)
        self._allowed.clear()
        if complaints:
            pytest.fail("The server logged:\n" + "\n".join(complaints), pytrace=False)


def _new_server(**options):
    """A started server on a fresh copy of the template."""
    found = runtime.Runtime.from_environment()
    if not found:
        pytest.fail("These tests need a server: run them by ./auto-crm test")
    prefix = os.environ[testing.PREFIX_VARIABLE]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = f"{prefix}-{worker}-server{next(_numbers)}"
    databases.copy(found, os.environ[testing.TEMPLATE_VARIABLE], database)
    server = TestServer(found, database, **options)
    server.start()
    return server


def _end(server):
    """Stop `server` and drop its database."""
    server.stop()
    databases.drop(server.runtime.postgres, server.database)


@pytest.fixture(scope="session")
def _servers_outlive_classes():
    """Hide our servers from Odoo's test classes.

    At its end each class terminates all child processes it finds; with pytest-xdist
    classes of addons run while our server waits for the next test.
    """
    children = psutil.Process.children

    def without_servers(process, recursive=False):
        found = children(process, recursive)
        return [child for child in found if child.pid not in _processes]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psutil.Process, "children", without_servers)
        yield


@pytest.fixture(scope="session")
def _shared_server(_servers_outlive_classes):
    """The one server of the session."""
    server = _new_server(workers=2, max_cron_threads=0)
    yield server
    _end(server)


@pytest.fixture
def server(_shared_server):
    """A running Odoo with two workers; see the top of this file."""
    if not _shared_server.is_running():
        _shared_server.start()
    yield _shared_server
    _shared_server.check_log()


@pytest.fixture
def server_factory():
    """A function that starts another server; all are stopped after the test."""
    started = []

    def start(**options):
        options = {"workers": 2, "max_cron_threads": 0, **options}
        started.append(_new_server(**options))
        return started[-1]

    yield start
    for server in started:
        _end(server)
    for server in started:
        server.check_log()
