"""Fixtures for the launcher's tests: a cache of their own, a server of files."""

import http.server
import threading
from functools import partial

import pytest

from launcher import cache


class _Silent(http.server.SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *arguments):
        """Say nothing."""


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """An empty cache folder for the launcher."""
    monkeypatch.setenv("AUTO_CRM_CACHE", str(tmp_path / "cache"))
    return cache.root()


@pytest.fixture
def file_server(tmp_path):
    """(folder, address) of a web server on this machine."""
    folder = tmp_path / "served"
    folder.mkdir()
    handler = partial(_Silent, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
