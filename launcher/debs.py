"""Debian packages as mere archives: fetched by hash, unpacked without dpkg or root."""

import lzma
import os
import tarfile
from pathlib import Path

from . import cache, download
from .console import Problem

_LOCK = Path(__file__).with_name("debs.lock")


def locked(purpose=None):
    """The pinned packages: {package name: (sha256, path under Debian's pool)}.

    With a `purpose`, a section of debs.lock ("odoo"), only those it needs.
    """
    found = {}
    section = None
    for line in _LOCK.read_text().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#") and purpose in (None, section):
            sha256, path = line.split()
            found[path.rsplit("/", 1)[-1].split("_")[0]] = (sha256, path)
    return found


def fetch(package):
    """Return the path of the pinned `package`, downloaded if it is not there yet."""
    sha256, path = locked()[package]
    target = cache.folder("downloads") / path.rsplit("/", 1)[-1]
    if not target.exists():
        url = f"{download.DEBIAN}/debian/pool/main/{path}"
        download.fetch(url, sha256, target)
    return target


def unpack(deb, target, wanted=lambda name: True, progress=None):
    """Unpack the files of the package `deb` under `target`.

    `wanted` says by its name ("usr/bin/x") whether a member is unpacked. Raises
    Problem if the package is broken. Owners are ours; modes and links are kept.
    """
    try:
        with deb.open("rb") as archive, _data_tar(archive, deb) as members:
            for count, member in enumerate(members):
                member.name = os.path.normpath(member.name)
                if member.name != "." and wanted(member.name):
                    members.extract(member, target, set_attrs=not member.isdir())
                if progress and count % 500 == 0:
                    progress.show(f"{count} files read")
    except (tarfile.TarError, lzma.LZMAError, EOFError) as error:
        raise Problem(f"The package {deb.name} is broken: {error}.") from error


def _data_tar(archive, deb):
    """Open the inner data.tar.xz of the open file `archive` as a stream."""
    if archive.read(8) != b"!<arch>\n":
        raise Problem(f"The package {deb.name} is broken: not a Debian package.")
    while header := archive.read(60):
        name = header[:16].decode("ascii", "replace").strip().rstrip("/")
        size = int(header[48:58])
        if name == "data.tar.xz":
            return tarfile.open(fileobj=archive, mode="r|xz")
        archive.seek(size + size % 2, os.SEEK_CUR)
    raise Problem(f"The package {deb.name} is broken: no data.tar.xz in it.")
