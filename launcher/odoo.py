"""Finding Odoo 19, or getting it."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import apt, cache, debs
from .console import Problem, run, say, step

SERIES = "19.0"
_PACKAGE = "odoo-19"
_GIT = "https://github.com/odoo/odoo.git"
_IN_PACKAGE = "usr/lib/python3/dist-packages"
_HELP = "Set ODOO_HOME to the folder of an Odoo 19 (it holds odoo/release.py)."


@dataclass(frozen=True)
class Odoo:
    """An Odoo on this machine: `path` is the folder to import `odoo` from."""

    path: Path
    origin: str

    @property
    def addons(self):
        """The folders of Odoo's own addons, as far as they exist."""
        folders = [self.path / "odoo" / "addons", self.path / "addons"]
        known = ("base", "web")
        return [f for f in folders if any((f / name).is_dir() for name in known)]

    @property
    def version(self):
        """The version as Odoo itself states it, for example "19.0"."""
        return read_version(self.path)


def read_version(path):
    """The series ("19.0") of the Odoo imported from `path`; None if there is none."""
    release = path / "odoo" / "release.py"
    if not release.is_file():
        return None
    pattern = r"^version_info = \(([^,]+), *([^,]+),"
    found = re.search(pattern, release.read_text(), re.MULTILINE)
    return ".".join(part.strip(" '\"") for part in found.groups()) if found else None


def find():
    """Return the Odoo to use without fetching anything, or None.

    In this order: ODOO_HOME, the `odoo` on the path, what was fetched before. Raises
    Problem if ODOO_HOME is set to something else than an Odoo 19.
    """
    return _from_home() or _from_path() or _from_cache()


def obtain():
    """Return an Odoo, fetched if there is none. Raises Problem if that fails."""
    return find() or _fetch()


def _from_home():
    """The Odoo that ODOO_HOME names; None if it is not set."""
    chosen = os.environ.get("ODOO_HOME")
    if not chosen:
        return None
    home = Path(chosen).expanduser().absolute()
    for path in (home, home / _IN_PACKAGE, home.parent):
        version = read_version(path)
        if version == SERIES:
            return Odoo(path, f"ODOO_HOME={chosen}")
        if version:
            found = f"ODOO_HOME={chosen} is Odoo {version}"
            raise Problem(f"{found}, not {SERIES}. {_HELP}")
    raise Problem(f"ODOO_HOME={chosen} holds no Odoo. {_HELP}")


def _from_path():
    """The Odoo behind the command `odoo`; None if there is none of this version."""
    program = shutil.which("odoo")
    if not program:
        return None
    path = _import_folder(Path(program))
    version = path and read_version(path)
    if version != SERIES:
        say(f"  {program} is Odoo {version or 'of unknown version'}: not used")
        return None
    return Odoo(_alone(path), program)


def _import_folder(program):
    """The folder from which the script `program` imports odoo, or None."""
    with program.open("rb") as script:
        first_line = script.readline().decode(errors="replace")
    if not first_line.startswith("#!"):
        return None
    ask = "import odoo.release as r; print(r.__file__)"
    try:
        answer = run([*first_line[2:].split(), "-c", ask])
    except Problem:
        return None
    return Path(answer.splitlines()[-1]).parent.parent


def _alone(path):
    """A folder that holds nothing but a link to the odoo of `path`.

    A shared folder (dist-packages) on PYTHONPATH would bring the system's other
    packages before those of the virtual environment.
    """
    name = re.sub(r"\W+", "-", str(path)).strip("-")
    folder = cache.folder("odoo-links") / name
    cache.make_folder(folder)
    for part in ("odoo", "addons"):
        link = folder / part
        if (path / part).is_dir() and not link.is_symlink():
            link.symlink_to(path / part)
    return folder


def _from_cache():
    """The Odoo fetched before; None if nothing was."""
    for name, path in _places().items():
        if read_version(path) == SERIES:
            return Odoo(path, name)
    return None


def _places():
    """Where each way of fetching leaves Odoo, best first."""
    root = cache.root()
    return {
        "pinned Debian package": root / "odoo-pinned" / _IN_PACKAGE,
        "current Debian package": root / "odoo-debian" / _IN_PACKAGE,
        "git": root / "odoo-git",
    }


def _fetch():
    """Fetch Odoo the first way that works."""
    cache.require_space(3)
    reasons = []
    for way in (_fetch_pinned, _fetch_current, _fetch_git):
        try:
            way()
            return _from_cache()
        except Problem as problem:
            say(f"  {problem}")
            reasons.append(str(problem))
    raise Problem(f"Odoo {SERIES} cannot be fetched. {reasons[0]} {_HELP}")


def _fetch_pinned():
    """Unpack the exact package this repository was tested with."""
    with step("Downloading Odoo 19 (125 MB)"):
        packages = [debs.fetch(name) for name in debs.locked("odoo")]
    cache.built(cache.root() / "odoo-pinned", lambda into: _unpack(packages, into))
    for package in packages:
        package.unlink(missing_ok=True)


def _fetch_current():
    """Unpack the package Debian has today, checked by Debian's signature."""
    with step("Asking Debian for its current package of Odoo 19"):
        package = apt.download(apt.sources("sid"), [_PACKAGE])[0]
        names = [name for name in debs.locked("odoo") if name != _PACKAGE]
        others = [debs.fetch(name) for name in names]
    if f"_{SERIES}." not in package.name:
        raise Problem(f"Debian's {package.name} is not Odoo {SERIES}.")
    packages = [*others, package]
    cache.built(cache.root() / "odoo-debian", lambda into: _unpack(packages, into))


def _fetch_git():
    """Clone the branch of the series."""

    def clone(into):
        run(["git", "clone", "--quiet", "--depth=1", "-b", SERIES, _GIT, into])

    with step("Cloning Odoo 19 with git"):
        cache.built(cache.root() / "odoo-git", clone)


def _unpack(packages, into):
    """Unpack Debian `packages` into the folder `into` and complete the tree."""
    with step("Unpacking Odoo 19") as progress:
        for package in packages:
            debs.unpack(package, into, _is_wanted, progress)
    # Debian leaves this file out; without it the browser logs an error on each page.
    stub = (
        into
        / _IN_PACKAGE
        / ("odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js")
    )
    if not stub.exists():
        stub.parent.mkdir(parents=True, exist_ok=True)
        stub.write_text("")


def _is_wanted(name):
    """Leave out Odoo's translations, three quarters of its size, but Chinese."""
    if "/i18n/" in name and name.endswith((".po", ".pot")):
        return name.endswith("/zh_CN.po")
    return not name.startswith(("etc/", "usr/share/doc/"))
