"""Every failure is one clear line, and the exit code is not zero."""

import errno
import os
import shlex
import shutil
import socket
import subprocess
import sys
from collections import namedtuple

import pytest

from launcher import apt, cache, chromium, cli, demo, doctor, download, odoo, pyenv
from launcher.cache import REPOSITORY
from launcher.console import Problem

Usage = namedtuple("Usage", "total used free")


def _run(*arguments, **environment):
    """Run the launcher as a user does. Returns (exit code, stderr)."""
    done = subprocess.run(
        [sys.executable, REPOSITORY / "auto-crm", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stderr.strip()


def test_old_python():
    """The launcher's first file is read by old Pythons too."""
    pretend = "import sys; sys.version_info = (3, 9, 2); exec(open('auto-crm').read())"
    done = subprocess.run(
        [sys.executable, "-c", pretend],
        cwd=REPOSITORY,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("auto-crm: Python 3.11 or newer is needed")


def test_taken_port(own_cache):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, error = _run("demo", "--port", port)
    assert code == 1
    assert error.startswith(f"auto-crm: Port {port} is taken by another program.")
    assert error.count("\n") == 0


def test_impossible_port():
    code, error = _run("demo", "--port", "70000")
    assert code == 2
    assert "between 1 and 65535" in error


def test_no_network(own_cache, tmp_path):
    """Nothing is in the cache and nothing can be fetched."""
    (tmp_path / "bin").mkdir()
    code, error = _run(
        "demo",
        AUTO_CRM_DEBIAN="http://127.0.0.1:9",
        PATH=str(tmp_path / "bin"),
        ODOO_HOME="",
    )
    assert code == 1
    assert "cannot be fetched. No network to fetch" in error
    assert "ODOO_HOME" in error
    assert error.count("\n") == 0
    assert not list(own_cache.glob("*odoo*"))


@pytest.mark.parametrize("version", ["18, 0", "'saas~18', 4", "20, 0"])
def test_wrong_odoo_version(tmp_path, monkeypatch, version):
    _make_odoo(tmp_path, version)
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    with pytest.raises(Problem, match=r"is Odoo .*, not 19\.0"):
        odoo.find()


def test_folder_without_odoo(tmp_path, monkeypatch):
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    with pytest.raises(Problem, match="holds no Odoo"):
        odoo.find()


def test_odoo_home(tmp_path, monkeypatch):
    """ODOO_HOME comes first, and may name the inner folder too."""
    _make_odoo(tmp_path, "19, 0")
    for home in (tmp_path, tmp_path / "odoo"):
        monkeypatch.setenv("ODOO_HOME", str(home))
        assert odoo.find().path == tmp_path
        assert odoo.find().version == "19.0"


def test_odoo_on_path(own_cache, tmp_path, monkeypatch):
    """An installed `odoo` is used without the packages that lie beside it."""
    _make_odoo(tmp_path / "site", "19, 0")
    (tmp_path / "site" / "lxml").mkdir()
    _make_program(tmp_path / "bin" / "odoo", tmp_path / "site")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.delenv("ODOO_HOME", raising=False)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    found = odoo.find()
    assert found.version == "19.0"
    assert sorted(path.name for path in found.path.iterdir()) == ["odoo"]


def _make_odoo(folder, version):
    """Make the least that looks like an Odoo of `version` in `folder`."""
    (folder / "odoo").mkdir(parents=True)
    release = f"version_info = ({version}, 0, FINAL, 0, '')\n"
    (folder / "odoo" / "release.py").write_text("FINAL = 'final'\n" + release)


def _make_program(path, site):
    """Make the script `path`, run by a Python that sees the folder `site`."""
    path.parent.mkdir()
    python = path.parent / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={site} exec {sys.executable} "$@"\n')
    path.write_text(f"#!{python}\n")
    for program in (python, path):
        program.chmod(0o755)


def test_full_disk_is_seen_before(own_cache, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(1e9, 9e8, 1e8))
    with pytest.raises(Problem, match=r"too full: 3\.0 GB are needed and 0\.1 GB"):
        cache.require_space(3)


def test_disk_fills_up_meanwhile(monkeypatch, capsys):
    def fail(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(demo, "run", fail)
    monkeypatch.setattr(cli, "end_cleanly_on_signals", lambda: None)
    assert cli.main(["demo"]) == 1
    assert capsys.readouterr().err == (
        "auto-crm: The disk is full. Make room and start again.\n"
    )


def test_cache_that_cannot_be_made(monkeypatch):
    monkeypatch.setenv("AUTO_CRM_CACHE", "/proc/no-such/cache")
    code, error = _run("psql")
    assert code == 1
    assert "Set AUTO_CRM_CACHE to a folder of yours" in error


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM …", "does not have the"),
        ("OSError: [Errno 28] No space left on device", "disk of .* is full"),
        ("SSLError: [SSL: CERTIFICATE_VERIFY_FAILED] …", "PIP_CERT"),
        ("Failed to establish a new connection: [Errno 101]", "No network"),
        ("ERROR: No matching distribution found for x", "No matching distribution"),
    ],
)
def test_pip_failures(own_cache, output, expected):
    with pytest.raises(Problem, match=expected):
        raise Problem(pyenv.explain(output))


def test_no_browser(own_cache, monkeypatch, tmp_path):
    """Browser tests are not skipped where no browser can be had."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Problem, match="The browser tests need Chromium"):
        chromium.obtain()


def test_no_keys_of_debian(own_cache, monkeypatch, tmp_path):
    """Where Debian's keys are neither there nor to be had, one line says so."""
    monkeypatch.setattr(chromium, "installed", lambda: None)
    monkeypatch.setattr(apt, "_KEYRING", tmp_path / "none")
    monkeypatch.setattr(download, "DEBIAN", "http://127.0.0.1:9")
    with pytest.raises(Problem, match="No network to fetch debian-archive-keyring"):
        chromium.obtain()


def test_reason_of_apt():
    output = "Err:1 http://x\nE: Failed to fetch http://x\nE: Some index files failed\n"
    assert apt.explain(output) == "Failed to fetch http://x"
    assert apt.explain("odd\n") == "odd"


def test_wrong_odoo_home_is_named_once(own_cache, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    assert doctor.run() == 1
    assert capsys.readouterr().out.count("holds no Odoo") == 1


def test_reader_goes_away(own_cache):
    """`./auto-crm doctor | head -1` ends without a traceback."""
    program = shlex.join([sys.executable, str(REPOSITORY / "auto-crm"), "doctor"])
    done = subprocess.run(
        ["sh", "-c", f"{program} | true"], capture_output=True, check=False, text=True
    )
    assert done.stderr == ""


def test_psql_before_demo(capsys, monkeypatch):
    """Commands on the demo say so when there is none."""
    monkeypatch.setenv("AUTO_CRM_ADDONS", "/nowhere")
    monkeypatch.setattr(cli, "end_cleanly_on_signals", lambda: None)
    assert cli.main(["psql"]) == 1
    assert "Start the demo: ./auto-crm demo" in capsys.readouterr().err
