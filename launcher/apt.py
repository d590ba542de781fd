"""Debian packages without pinned hashes: apt with a state of its own.

Nothing of the system's apt is read or changed and no root is needed. Trust comes
from Debian's signing key, as for every `apt install`.
"""

import platform
import shutil
from pathlib import Path

from . import cache, debs
from .console import Problem, last_line, run
from .download import DEBIAN

_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# For other distributions, whose libraries may be older than Debian's newest.
_DEFAULT_RELEASE = "bookworm"


def machine_release():
    """The code name of the Debian whose packages run here."""
    try:
        system = platform.freedesktop_os_release()
    except OSError:
        system = {}
    if system.get("ID") == "debian" and system.get("VERSION_CODENAME"):
        return system["VERSION_CODENAME"]
    return _DEFAULT_RELEASE


def sources(release):
    """The lines of a sources.list for `release`, with its security updates."""
    signed = f"[signed-by={_keyring()}]"
    lines = [f"deb {signed} {DEBIAN}/debian {release} main"]
    if release != "sid":
        security = f"{DEBIAN}/debian-security {release}-security main"
        lines.append(f"deb {signed} {security}")
    return lines


def _keyring():
    """Debian's public keys: the system's, else those of the pinned package."""
    if _KEYRING.exists():
        return _KEYRING

    def unpack(into):
        debs.unpack(debs.fetch("debian-archive-keyring"), into)

    unpacked = cache.built(cache.root() / "debian-archive-keyring", unpack)
    return unpacked / _KEYRING.relative_to("/")


def download(source_lines, packages, with_dependencies=False):
    """Download `packages` (and all they depend on) and return the paths.

    The state is made anew for each call. Raises Problem if apt is missing, the
    network is away or a signature is wrong.
    """
    if not shutil.which("apt-get"):
        raise Problem("The program apt-get is missing.")
    state = cache.root() / "apt"
    shutil.rmtree(state, ignore_errors=True)
    options = _options(state, source_lines)
    run(["apt-get", *options, "update"], explain)
    command = ["apt-get", *options]
    if with_dependencies:
        command += ["install", "--download-only", "--no-install-recommends"]
        folder = state / "cache" / "archives"
    else:
        command += ["download"]
        folder = cache.make_folder(state / "download")
    run([*command, *packages], explain, cwd=folder)
    return sorted(folder.glob("*.deb"))


def explain(output):
    """One line for what made apt-get fail: its first error, which names the cause."""
    errors = [line for line in output.splitlines() if line.startswith("E: ")]
    return errors[0].removeprefix("E: ") if errors else last_line(output)


def _options(state, source_lines):
    """apt options for a state below the folder `state`; makes what apt expects."""
    for name in ("lists/partial", "cache/archives/partial", "etc"):
        (state / name).mkdir(parents=True)
    (state / "status").touch()
    (state / "sources.list").write_text("\n".join(source_lines) + "\n")
    settings = {
        "Dir::Etc": state / "etc",
        "Dir::Etc::SourceList": state / "sources.list",
        "Dir::Etc::SourceParts": "-",
        "Dir::State": state,
        "Dir::State::Lists": state / "lists",
        "Dir::State::Status": state / "status",
        "Dir::Cache": state / "cache",
        "Dir::Cache::Archives": state / "cache" / "archives",
        "APT::Sandbox::User": "root",
        "APT::Get::Assume-Yes": "true",
        "APT::Update::Error-Mode": "any",
        "Debug::NoLocking": "true",
        "Acquire::Languages": "none",
        "Acquire::Retries": "2",
    }
    return [f"-o{name}={value}" for name, value in settings.items()]
