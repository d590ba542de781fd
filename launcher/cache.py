"""The one folder everything is kept in, and how it stays whole.

Whatever takes long to make is built beside its final place and renamed when it is
complete, under a file lock: a broken or killed build is never seen, and two commands
at once do not build the same thing twice.
"""

import errno
import fcntl
import os
import shutil
from contextlib import contextmanager
from pathlib import Path

from .console import Problem, say

REPOSITORY = Path(__file__).resolve().parent.parent


def root():
    """The cache folder (AUTO_CRM_CACHE, else ~/.cache/auto-crm), made if missing."""
    chosen = os.environ.get("AUTO_CRM_CACHE")
    path = Path(chosen or Path.home() / ".cache" / "auto-crm").absolute()
    return make_folder(path)


def folder(name):
    """The folder `name` of the cache, made if missing."""
    return make_folder(root() / name)


def make_folder(path):
    """Make `path` for its owner only and return it; Problem if that is refused."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        raise Problem(
            f"The folder {path} cannot be made ({error.strerror}). Set AUTO_CRM_CACHE "
            "to a folder of yours."
        ) from error
    return path


def write(path, text):
    """Write the file `path` so that it always holds either the old or the new text."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text)
    partial.rename(path)


def require_space(gigabytes):
    """Raise Problem if the cache's disk has less than `gigabytes` free."""
    free = shutil.disk_usage(root()).free / 1e9
    if free < gigabytes:
        raise Problem(
            f"The disk of {root()} is too full: {gigabytes:.1f} GB are needed and "
            f"{free:.1f} GB are free. Make room, or set AUTO_CRM_CACHE to a folder on "
            "another disk."
        )


@contextmanager
def lock(name, shared=False, wait=True):
    """Hold the file lock `name` for the time of a `with` block.

    With wait=False, gives False instead of waiting when somebody else holds it.
    The system frees the lock when its holder dies, however it dies.
    """
    path = folder("locks") / f"{name}.lock"
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if not wait:
                yield False
                return
            say(f"  waiting for another auto-crm to finish ({name})")
            fcntl.flock(handle, kind)
        yield True


def built(path, build):
    """Return `path`; make it first with build(temporary folder) if it is missing.

    `build` fills the folder it is given; only a complete one gets the final name.
    """
    if path.exists():
        return path
    with lock(f"build-{path.name}"):
        if path.exists():
            return path
        temporary = path.with_name(f".{path.name}.partial")
        shutil.rmtree(temporary, ignore_errors=True)
        make_folder(temporary)
        try:
            build(temporary)
            temporary.rename(path)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return path
