"""What is fetched is whole and right, or it is not there and one line says why."""

import hashlib
import socket
import threading

import pytest

from launcher import debs, download
from launcher.console import Problem

CONTENT = b"some content" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def _fetch(address, target, sha256=SHA256):
    """Fetch package.deb from `address`."""
    return download.fetch(f"{address}/package.deb", sha256, target)


def test_right_file_is_kept(file_server, tmp_path):
    folder, address = file_server
    (folder / "package.deb").write_bytes(CONTENT)
    assert _fetch(address, tmp_path / "got").read_bytes() == CONTENT


def test_wrong_hash(file_server, tmp_path):
    folder, address = file_server
    (folder / "package.deb").write_bytes(b"not what was pinned")
    with pytest.raises(Problem, match=r"download of package\.deb is broken"):
        _fetch(address, tmp_path / "got")
    assert sorted(tmp_path.iterdir()) == [folder]


def test_missing_file(file_server, tmp_path):
    with pytest.raises(Problem, match="answers 404"):
        _fetch(file_server[1], tmp_path / "got")


def test_no_network(tmp_path):
    with pytest.raises(Problem, match=r"No network to fetch package\.deb"):
        _fetch("http://127.0.0.1:9", tmp_path / "got")


def test_connection_lost_halfway(tmp_path):
    """A server that hangs up early: nothing half-fetched is kept."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_hang_up, args=(listener, 3))
        thread.start()
        with pytest.raises(Problem, match=r"No network to fetch package\.deb"):
            _fetch(f"http://127.0.0.1:{listener.getsockname()[1]}", tmp_path / "got")
        thread.join()
    assert list(tmp_path.iterdir()) == []


def _hang_up(listener, times):
    """Promise 100 bytes, send three and close; `times` over."""
    for _ in range(times):
        connection, _address = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")


def test_broken_package(tmp_path):
    package = tmp_path / "broken.deb"
    package.write_bytes(b"<html>sign in to this hotel's network</html>")
    with pytest.raises(Problem, match=r"broken\.deb is broken"):
        debs.unpack(package, tmp_path / "unpacked")


def test_every_pinned_package_has_a_hash():
    for name, (sha256, path) in debs.locked().items():
        assert len(sha256) == 64, name
        assert path.endswith(".deb"), name


def test_every_package_serves_a_purpose():
    purposes = {name: debs.locked(name) for name in ("odoo", "pip", "keyring")}
    assert all(purposes.values())
    assert sum(map(len, purposes.values())) == len(debs.locked())
