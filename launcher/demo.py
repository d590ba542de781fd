"""`./auto-crm demo`: a running Odoo with our addons and demo data."""

import hashlib
import json
import os
import signal
import time
from pathlib import Path

from . import addons, cache, databases, odoo_run, postgres, runtime
from .console import Problem, Stopped, say, step

DEFAULT_PORT = 8069
# Made by the addons' demo data. Password = login.
LOGINS = {
    "hq": "head office",
    "auditor": "auditor, reads everything",
    "store1_manager": "store 1: store manager",
    "store1_sales_manager": "store 1: sales manager",
    "store1_consultant": "store 1: sales consultant",
    "store1_consultant2": "store 1: sales consultant",
    "store1_adviser": "store 1: service adviser",
    "store1_technician": "store 1: technician",
    "store1_service_manager": "store 1: service manager",
    "store1_complaint": "store 1: complaint desk",
    "store1_callcentre": "store 1: call centre",
    "store2_manager": "store 2: store manager",
    "store2_consultant": "store 2: sales consultant",
    "store2_adviser": "store 2: service adviser",
    "store3_manager": "store 3: store manager",
    "store3_consultant": "store 3: sales consultant",
}
ADMIN = {"admin": "administrator of Odoo"}


def database_name():
    """The demo's database; each clone of the repository has its own on each server."""
    key = hashlib.sha256(str(addons.folder()).encode()).hexdigest()[:6]
    server = postgres.named().prefix if os.environ.get("PGHOST") else ""
    return f"{server}auto-crm-demo-{key}"


def run(port, lang, workers, fresh):
    """Serve the demo until Ctrl-C. Returns the exit code."""
    database = database_name()
    with cache.lock(database, wait=False) as free:
        if not free:
            raise Problem(f"The demo is already running{_running_address(database)}.")
        try:
            _serve(database, port, lang, workers, fresh)
        except (KeyboardInterrupt, Stopped):
            say("\nStopped.")
    return 0


def _running_address(database):
    """ " at http://…" of the demo that another launcher runs, as far as known."""
    note = cache.folder("config") / f"{database}.json"
    try:
        return f" at {json.loads(note.read_text())['url']}"
    except (OSError, ValueError, KeyError):
        return ""


def _serve(database, port, lang, workers, fresh):
    """Start everything, say where it is, and wait."""
    _end_orphan(database)
    _require_port(port)
    with runtime.prepared() as found:
        if fresh:
            _state_file(database).unlink(missing_ok=True)
        _prepare_database(found, database)
        if lang:
            _set_language(found.postgres, database, lang)
        server = odoo_run.OdooServer(
            found, database, port, workers=workers, max_cron_threads=1
        )
        server.log.unlink(missing_ok=True)
        try:
            with step("Starting Odoo"):
                server.start()
            _note(database, server)
            _announce(server, workers)
            _wait(server)
        finally:
            server.stop()


def _require_port(port):
    """Raise Problem if `port` is taken."""
    if not odoo_run.is_free(port):
        raise Problem(
            f"Port {port} is taken by another program. Choose a free one: "
            f"./auto-crm demo --port {odoo_run.free_port()}"
        )


def _note(database, server):
    """Remember the server's process and address for the next start."""
    note = cache.folder("config") / f"{database}.json"
    cache.write(note, json.dumps({"process": server.process.pid, "url": server.url}))


def _end_orphan(database):
    """End a server of this demo whose launcher was killed, should one be left."""
    note = cache.folder("config") / f"{database}.json"
    try:
        process = json.loads(note.read_text())["process"]
        command = Path(f"/proc/{process}/cmdline").read_bytes()
    except (OSError, ValueError, KeyError):
        return
    until = time.monotonic() + 10
    while f"{database}.conf".encode() in command:
        try:
            late = time.monotonic() > until
            os.killpg(process, signal.SIGKILL if late else signal.SIGTERM)
            time.sleep(0.3)
            command = Path(f"/proc/{process}/cmdline").read_bytes()
        except OSError:
            return


def existing_database(found):
    """The name of the demo's database, brought up to date as a start of it would.

    Problem if it was not made yet. A demo that runs is left as it is.
    """
    database = database_name()
    if not databases.exists(found.postgres, database):
        raise Problem("There is no demo database yet. Start the demo: ./auto-crm demo")
    with cache.lock(database, wait=False) as free:
        if free:
            _end_orphan(database)
            _prepare_database(found, database)
        elif any(_differences(database)):
            say("  The addons have changed since the demo started; restart it.")
    return database


def _state_file(database):
    """The file that says which state of the addons is in `database`."""
    return cache.folder("templates") / f"{database}.json"


def _prepare_database(found, database):
    """Make the database if it is missing, or bring it up to the addons' state."""
    state = _state_file(database)
    if not state.exists() or not databases.exists(found.postgres, database):
        _make_database(found, database)
    else:
        _upgrade_database(found, database)
    cache.write(state, json.dumps(addons.fingerprints(addons.names())))


def _make_database(found, database):
    """Make the demo's database anew."""
    _, with_ours, _ = databases.layers(found)
    template = databases.ensure(found, with_ours)
    _state_file(database).unlink(missing_ok=True)
    with step("Making the demo database"):
        databases.copy(found, template, database)


def _differences(database):
    """(new, changed): names of addons that came or changed since `database` was."""
    before = json.loads(_state_file(database).read_text())
    now = addons.fingerprints(addons.names())
    new = [name for name in now if name not in before]
    changed = [name for name in now if name in before and now[name] != before[name]]
    return new, changed


def _upgrade_database(found, database):
    """Install the addons that are new and upgrade those that have changed."""
    new, changed = _differences(database)
    if not new and not changed:
        return
    arguments = ["--with-demo"]
    arguments += ["-i", ",".join(new)] if new else []
    arguments += ["-u", ",".join(changed)] if changed else []
    log = cache.folder("logs") / f"{database}-upgrade.log"
    with step(f"Bringing the demo up to date ({', '.join(new + changed)})") as progress:
        try:
            odoo_run.install(found, database, arguments, log, progress)
        except Problem as problem:
            again = "./auto-crm demo --fresh makes the demo anew."
            raise Problem(f"{problem} {again}") from problem


def _set_language(server, database, lang):
    """Give all demo users the language `lang`."""
    logins = ", ".join(f"'{login}'" for login in [*LOGINS, *ADMIN])
    server.sql(
        f"UPDATE res_partner SET lang = '{lang}' WHERE id IN "
        f"(SELECT partner_id FROM res_users WHERE login IN ({logins}))",
        database,
    )


def _announce(server, workers):
    """Print the address and the logins that are in the database."""
    rows = server.runtime.postgres.sql(
        "SELECT login FROM res_users WHERE active", server.database
    )
    present = {row[0] for row in rows}
    say(f"\nOdoo runs at {server.url}")
    say("Log in with one of these; the password is the login.\n")
    for login, role in {**LOGINS, **ADMIN}.items():
        if login in present:
            say(f"  {login:<24}{role}")
    if workers:
        say("\nWith workers, live notifications need a proxy (see docs/admin.md).")
    say(f"\nLog: {server.log}")
    say("Ctrl-C stops everything.")


def _wait(server):
    """Return never; Problem if the server ends by itself."""
    code = server.process.wait()
    raise Problem(f"Odoo ended by itself with code {code}. Log: {server.log}")
