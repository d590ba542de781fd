"""Running Odoo: one configuration file a database, installing, serving."""

import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from . import cache, odoo_log
from .console import Problem, last_line

HOST = "127.0.0.1"
_LOADING = re.compile(r"Loading module (\S+) \((\d+)/(\d+)\)")
_SECONDS_TO_START = 300
_SECONDS_TO_STOP = 30


def data_folder():
    """Odoo's data folder: filestores and sessions."""
    return cache.folder("odoo-data")


def free_port():
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def is_free(port):
    """True if a server could listen on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def write_config(runtime, database, **options):
    """Write Odoo's configuration for `database` and return its path.

    `options` are added to, or replace, what every database of ours has.
    """
    server = runtime.postgres
    settings = {
        "addons_path": ",".join(str(path) for path in runtime.addons_path()),
        "data_dir": data_folder(),
        "db_name": database,
        "db_host": server.variables.get("PGHOST"),
        "db_port": server.variables.get("PGPORT"),
        "db_user": server.variables.get("PGUSER"),
        "db_template": "template0",
        "pg_path": server.programs,
        "dbfilter": f"^{database}$",
        "list_db": False,
        "http_interface": HOST,
        "with_demo": True,
        "screenshots": cache.folder("screenshots"),
        "limit_time_real": 1200,
        "limit_time_cpu": 600,
        **options,
    }
    given = {name: value for name, value in settings.items() if value is not None}
    lines = [f"{name} = {value}" for name, value in given.items()]
    path = cache.folder("config") / f"{database}.conf"
    path.write_text("[options]\n" + "\n".join(lines) + "\n")
    return path


def install(runtime, database, arguments, log, progress):
    """Run Odoo on `database` with `arguments` (-i, -u …) until it is done.

    Writes Odoo's output to the file `log`, shows the module being loaded, and raises
    Problem if it fails.
    """
    config = write_config(runtime, database, max_cron_threads=0)
    command = runtime.odoo_command(
        "-c", config, *arguments, "--no-http", "--stop-after-init"
    )
    _follow(runtime, command, log, progress)
    errors = [
        entry
        for entry in odoo_log.problems(log.read_text(errors="replace"))
        if " WARNING " not in entry.splitlines()[0]
    ]
    if errors:
        raise Problem(f"Odoo cannot load the addons: {_short(errors[0])} (log: {log})")


def run_script(runtime, database, script, log):
    """Feed the file `script` to `odoo shell` on `database`; Problem if it fails."""
    config = write_config(runtime, database, max_cron_threads=0)
    command = runtime.odoo_command("shell", "-c", config, "--no-http")
    with script.open() as source, log.open("a") as output:
        done = subprocess.run(
            command,
            check=False,
            stdin=source,
            stdout=output,
            stderr=output,
            env=runtime.environment(),
        )
    if done.returncode:
        reason = last_line(log.read_text(errors="replace"))
        raise Problem(f"{script.name} failed: {reason} (log: {log})")


def _follow(runtime, command, log, progress):
    """Run `command` to its end, copying its output to `log`."""
    environment = runtime.environment()
    with (
        log.open("w") as output,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment,
            start_new_session=True,
        ) as process,
    ):
        try:
            for line in process.stdout:
                output.write(line)
                if found := _LOADING.search(line):
                    progress.show("{1} of {2}, {0}".format(*found.groups()))
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        entries = odoo_log.problems(log.read_text(errors="replace"))
        reason = _short(entries[-1]) if entries else f"exit {process.returncode}"
        raise Problem(f"Odoo failed: {reason} (log: {log})")


def _short(entry):
    """The message of a log `entry`, and the last line of its traceback."""
    first, *rest = entry.splitlines()
    message = first.split(": ", 1)[-1][:200]
    return f"{message} … {last_line(entry)[:200]}" if rest else message


class OdooServer:
    """One Odoo server process on one database.

    `url`, `port`, `database` and `log` (a path) may be read at any time; `options`
    are further lines of Odoo's configuration (workers=2, …).
    """

    def __init__(self, runtime, database, port=None, **options):
        self.runtime = runtime
        self.database = database
        self.port = port or free_port()
        self.options = options
        self.log = cache.folder("logs") / f"{database}.log"
        self.process = None

    @property
    def url(self):
        """The address without a slash at its end."""
        return f"http://{HOST}:{self.port}"

    def start(self):
        """Start the server and wait until it answers. Problem if it does not."""
        config = write_config(
            self.runtime,
            self.database,
            **{"http_port": self.port, "gevent_port": free_port(), **self.options},
        )
        with self.log.open("a") as output:
            self.process = subprocess.Popen(
                self.runtime.odoo_command("-c", config),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self.runtime.environment(),
                start_new_session=True,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise

    def _wait_until_ready(self):
        """Return when the server answers with its database loaded."""
        until = time.monotonic() + _SECONDS_TO_START
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > until:
                reason = last_line(self.log.read_text(errors="replace"))
                raise Problem(f"Odoo does not start: {reason} (log: {self.log})")
            time.sleep(0.2)

    def answers(self):
        """True if the server answers a request that needs the database."""
        try:
            with urllib.request.urlopen(f"{self.url}/web/login", timeout=60) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def is_running(self):
        """True while the process lives."""
        return self.process is not None and self.process.poll() is None

    def stop(self):
        """End the server as a system would (SIGTERM), by force if it lingers."""
        if not self.is_running():
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self):
        """End the server and its workers at once, as a crash would (SIGKILL)."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def problems(self):
        """The entries of WARNING or worse that the server has logged so far."""
        if not Path(self.log).exists():
            return []
        return odoo_log.problems(self.log.read_text(errors="replace"))
