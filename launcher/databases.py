"""Databases: cached templates in layers, and copies of them.

    odoo     Odoo's own addons that ours build on, with demo data and both languages
    addons   the same plus our addons
    tests    the same plus the addon that only tests need

Each layer is a database named after a hash of what is in it, so a change makes a new
one. A copy takes a fraction of a second: PostgreSQL copies files, and filestores are
hard-linked. Every database we make carries a mark; no other is ever dropped.
"""

import hashlib
import os
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import addons, cache, odoo_run
from .console import Problem, step

LANGUAGES = "zh_CN,en_US"
MARK = "made by auto-crm"
_KEPT_OF_A_LAYER = 3
_BUILD_ASSETS = Path(__file__).parent / "scripts" / "build_assets.py"


@dataclass(frozen=True)
class Layer:
    """A template: `modules` installed on top of the template `parent`."""

    name: str
    title: str
    modules: tuple
    parent: "Layer | None" = None

    @property
    def log(self):
        """Where Odoo's output of the installation is kept."""
        return cache.folder("templates") / f"{self.name}.log"

    @property
    def assets_mark(self):
        """The file that says: scripts and styles are built in this template."""
        return self.log.with_suffix(".assets")


def layers(runtime):
    """Return the layers (odoo, addons, tests) for the addons as they are now."""
    kind = f"{runtime.postgres.prefix}template"
    foreign = tuple(addons.foreign_dependencies())
    if "sale_stock" in foreign:
        # The books of the demo group, which is in China.
        foreign = (*foreign, "l10n_cn")
    home = str(runtime.odoo.path)
    odoo = _layer(f"{kind}-odoo", "Odoo's addons", foreign, home, None)
    own = tuple(addons.names())
    ours = _layer(f"{kind}-addons", "our addons", own, _contents(own), odoo)
    extra = tuple(set(addons.manifests()) - set(own))
    tests = _layer(f"{kind}-tests", "the test addon", extra, _contents(extra), ours)
    return odoo, ours, tests


def _layer(kind, title, modules, content, parent):
    """A Layer named after everything that goes into it."""
    parts = [kind, *modules, content, parent.name if parent else LANGUAGES]
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:10]
    return Layer(f"{kind}-{key}", title, modules, parent)


def _contents(names):
    """The fingerprints of the addons `names` as one text."""
    return " ".join(addons.fingerprints(names).values())


def exists(postgres, database):
    """True if `database` is there."""
    return bool(postgres.sql(f"SELECT 1 FROM pg_database WHERE datname = '{database}'"))


def all_ours(postgres):
    """The names of all databases that carry our mark."""
    rows = postgres.sql(
        "SELECT datname FROM pg_database "
        f"WHERE shobj_description(oid, 'pg_database') = '{MARK}' ORDER BY 1"
    )
    return [row[0] for row in rows]


def create(postgres, database, template="template0"):
    """Create `database` as a copy of `template`, filestore included, and mark it."""
    postgres.sql(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
    postgres.sql(f"COMMENT ON DATABASE \"{database}\" IS '{MARK}'")
    filestore, source = _filestore(database), _filestore(template)
    shutil.rmtree(filestore, ignore_errors=True)
    if source.is_dir():
        shutil.copytree(source, filestore, copy_function=os.link)


def drop(postgres, database):
    """Drop `database` and its filestore, if it is there. Problem if it is not ours."""
    if exists(postgres, database):
        if not postgres.is_embedded and database not in all_ours(postgres):
            raise Problem(f"The database {database} was not made by auto-crm.")
        postgres.sql(f'DROP DATABASE "{database}" WITH (FORCE)')
    shutil.rmtree(_filestore(database), ignore_errors=True)


def _filestore(database):
    """The folder of a database's attachments."""
    return odoo_run.data_folder() / "filestore" / database


def ensure(runtime, layer):
    """Return the name of the template of `layer`, built if it is missing."""
    with cache.lock("templates"):
        _ensure(runtime, layer)
        _build_assets(runtime, layer)
        _drop_old(runtime.postgres, layer)
    return layer.name


def _ensure(runtime, layer):
    """Build `layer`, and what it stands on, as far as it is missing."""
    if not exists(runtime.postgres, layer.name):
        if layer.parent:
            _ensure(runtime, layer.parent)
        _build(runtime, layer)
    layer.log.touch()


def _build(runtime, layer):
    """Install the modules of `layer`; the final name is given at the very end."""
    cache.require_space(1)
    postgres = runtime.postgres
    partial = f"{layer.name}-partial"
    drop(postgres, partial)
    layer.assets_mark.unlink(missing_ok=True)
    create(postgres, partial, layer.parent.name if layer.parent else "template0")
    with step(f"Installing {layer.title}") as progress:
        arguments = ["--load-language", LANGUAGES, "--with-demo"]
        if layer.modules:
            arguments += ["-i", ",".join(layer.modules)]
            odoo_run.install(runtime, partial, arguments, layer.log, progress)
    if _filestore(partial).is_dir():
        shutil.rmtree(_filestore(layer.name), ignore_errors=True)
        _filestore(partial).rename(_filestore(layer.name))
    postgres.sql(f'ALTER DATABASE "{partial}" RENAME TO "{layer.name}"')


def _build_assets(runtime, layer):
    """Build what browsers need, once: only in a layer that is itself asked for."""
    if not layer.assets_mark.exists():
        with step("Building scripts and styles for the browser"):
            odoo_run.run_script(runtime, layer.name, _BUILD_ASSETS, layer.log)
        layer.assets_mark.touch()


def _drop_old(postgres, layer):
    """Keep the newest templates of each kind; those of `layer` count as used now."""
    while layer:
        kind = layer.name.rsplit("-", 1)[0]
        logs = cache.folder("templates").glob(f"{kind}-*.log")
        by_age = sorted(logs, key=lambda path: path.stat().st_mtime, reverse=True)
        for log in by_age[_KEPT_OF_A_LAYER:]:
            drop(postgres, log.stem)
            log.unlink()
            log.with_suffix(".assets").unlink(missing_ok=True)
        layer = layer.parent


def copy(runtime, template, database):
    """Make `database` a fresh copy of `template`, whatever it was before."""
    with cache.lock("templates"):
        drop(runtime.postgres, database)
        create(runtime.postgres, database, template)


@contextmanager
def throw_away(runtime):
    """Give a prefix for database names; whatever bears it is dropped at the end.

    Also drops what killed runs left: the lock of a living run is held by it.
    """
    prefix = f"{runtime.postgres.prefix}run-{os.getpid()}-{int(time.time())}"
    with cache.lock(prefix):
        _drop_leftovers(runtime.postgres)
        try:
            yield prefix
        finally:
            _drop_run(runtime.postgres, prefix)
    _lock_file(prefix).unlink(missing_ok=True)


def _drop_leftovers(postgres):
    """Remove the databases and logs of runs that are no more."""
    runs = f"{postgres.prefix}run-*"
    for path in cache.folder("locks").glob(f"{runs}.lock"):
        with cache.lock(path.stem, wait=False) as free:
            if free:
                _drop_run(postgres, path.stem)
                path.unlink(missing_ok=True)
    living = {path.stem for path in cache.folder("locks").glob(f"{runs}.lock")}
    for log in cache.folder("logs").glob(f"{runs}.log"):
        if not any(log.name.startswith(prefix) for prefix in living):
            log.unlink()


def _drop_run(postgres, prefix):
    """Drop the databases whose names begin with `prefix`; logs stay until later."""
    found = postgres.sql(
        f"SELECT datname FROM pg_database WHERE datname LIKE '{prefix}%'"
    )
    droppable = all_ours(postgres)
    for (database,) in found:
        if postgres.is_embedded or database in droppable:
            drop(postgres, database)
    for config in cache.folder("config").glob(f"{prefix}*"):
        config.unlink()


def _lock_file(prefix):
    """The lock file of a run."""
    return cache.folder("locks") / f"{prefix}.lock"
