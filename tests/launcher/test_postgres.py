"""The embedded server: survives crashes, and no foreign database is ever dropped."""

import os
import shutil
import signal
from dataclasses import replace

import pytest

from launcher import databases, postgres, runtime
from launcher.console import Problem


@pytest.fixture
def found():
    """The launcher's runtime, if its PostgreSQL is the embedded one."""
    found = runtime.Runtime.from_environment()
    if not found.postgres.is_embedded:
        pytest.skip("the tests run on an external PostgreSQL")
    return found


@pytest.fixture
def server(found, own_cache):
    """An embedded server with a cluster of its own, not started."""
    server = postgres.EmbeddedServer.of(found.postgres.programs)
    yield server
    server.stop()
    shutil.rmtree(server.home)


def test_starts_and_stops(server):
    server.start()
    assert server.answers()
    server.start()
    server.stop()
    assert not server.answers()


def test_starts_after_a_crash(server):
    """kill -9 leaves a lock file and a socket; neither is in the way."""
    server.start()
    server.postgres().sql("SET synchronous_commit = on; CREATE TABLE kept (id int)")
    os.kill(server.process(), signal.SIGKILL)
    server.start()
    assert server.postgres().sql("SELECT count(*) FROM kept") == [["0"]]


def test_lock_file_of_another_process(server):
    """After a restart of the machine the number may belong to any process."""
    server.start()
    server.stop()
    lock_file = server.data / "postmaster.pid"
    lock_file.write_text(f"{os.getpid()}\n{server.data}\n")
    server.start()
    assert server.answers()


def test_cluster_is_private(server):
    server.start()
    assert server.data.stat().st_mode & 0o077 == 0
    assert server.sockets.stat().st_mode & 0o077 == 0


def test_long_path_gets_a_short_socket(server):
    long = replace(server, home=server.home / ("x" * 100))
    assert len(str(long.sockets)) < 100


def test_foreign_database_is_not_dropped(server):
    """On a server that is not ours, only what we made may go."""
    server.start()
    foreign = replace(server.postgres(), programs=None)
    path = f"{server.programs}:{os.environ['PATH']}"
    os.environ["PATH"], before = path, os.environ["PATH"]
    try:
        foreign.sql("CREATE DATABASE theirs")
        with pytest.raises(Problem, match="was not made by auto-crm"):
            databases.drop(foreign, "theirs")
        databases.create(foreign, "ours")
        assert databases.all_ours(foreign) == ["ours"]
        databases.drop(foreign, "ours")
        assert not databases.exists(foreign, "ours")
        assert databases.exists(foreign, "theirs")
    finally:
        os.environ["PATH"] = before


def test_unreachable_external_server(monkeypatch):
    monkeypatch.setenv("PGHOST", "127.0.0.1")
    monkeypatch.setenv("PGPORT", "9")
    with pytest.raises(Problem, match=r"PostgreSQL at PGHOST=127\.0\.0\.1: psql"):
        postgres.external()


def test_names_differ_by_server(found, monkeypatch):
    """States and filestores in the cache bear the names of databases."""
    monkeypatch.setenv("PGHOST", "one")
    one = postgres.named()
    monkeypatch.setenv("PGHOST", "two")
    two = postgres.named()
    names = {
        databases.layers(replace(found, postgres=server))[1].name
        for server in (found.postgres, one, two)
    }
    assert len(names) == 3
