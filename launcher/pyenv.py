"""The virtual environment: exactly the packages of requirements.txt, by hash."""

import hashlib
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from . import cache, debs
from .console import Problem, Progress, end_with_us, last_line, run, step

_HERE = Path(__file__).parent
REQUIREMENTS = _HERE / "requirements.txt"
_COMPLETE = "complete"
_KEPT = 1


def python():
    """The environment's interpreter, whether it is there yet or not."""
    lock = REQUIREMENTS.read_bytes() + platform.python_version().encode()
    key = hashlib.sha256(lock + sys.base_prefix.encode()).hexdigest()[:12]
    return cache.root() / f"python-{key}" / "bin" / "python"


def is_complete():
    """True if the environment is there whole."""
    return (python().parent.parent / _COMPLETE).exists()


def obtain():
    """Return the environment's interpreter; make the environment if it is missing."""
    folder = python().parent.parent
    with cache.lock(folder.name):
        if not is_complete():
            _make(folder)
    return python()


def _make(folder):
    """Make the environment in its final place, since its scripts name that place.

    Only the mark set at the end makes it count; an unmarked rest is removed.
    """
    cache.require_space(1.5)
    shutil.rmtree(folder, ignore_errors=True)
    with step("Installing Odoo's Python packages") as progress:
        run([sys.executable, "-m", "venv", "--without-pip", folder])
        command = [*_pip(python()), "install", "--requirement", REQUIREMENTS]
        pip_install(command, progress)
    (folder / _COMPLETE).touch()
    _remove_old(folder)


def _remove_old(newest):
    """Keep the environment before the `newest` one (another clone may use it)."""
    others = [path for path in cache.root().glob("python-*") if path != newest]
    for path in sorted(others, key=lambda path: path.stat().st_mtime)[:-_KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def install_into(folder, requirements, title):
    """Install the locked `requirements` into the plain folder `folder`."""
    with step(title) as progress:
        command = [*_pip(sys.executable), "install", "--requirement", requirements]
        pip_install([*command, "--target", folder], progress)


def _pip(interpreter):
    """The start of a pip command for `interpreter`, with the pinned pip."""

    def unpack(into):
        debs.unpack(debs.fetch("python3-pip-whl"), into)

    unpacked = cache.built(cache.root() / "pip", unpack)
    wheel = next(unpacked.glob("usr/share/python-wheels/pip-*.whl"))
    return [interpreter, wheel / "pip"]


def pip_install(command, progress: Progress):
    """Run a pip install `command`, showing each package; Problem if it fails."""
    strict = ["--require-hashes", "--no-deps", "--only-binary=:all:"]
    quick = ["--no-cache-dir", "--no-compile", "--disable-pip-version-check"]
    quiet = ["--no-input", "--progress-bar=off"]
    command = [str(part) for part in [*command, *strict, *quick, *quiet]]
    output = []
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        preexec_fn=end_with_us,  # noqa: PLW1509
    ) as process:
        for line in process.stdout:
            output.append(line)
            if line.startswith("Collecting "):
                progress.show(line.split()[1].split("==")[0])
    if process.returncode:
        raise Problem(explain("".join(output)))


def explain(output):
    """One line for what made pip fail, from its whole `output`."""
    if "DO NOT MATCH THE HASHES" in output:
        return (
            "A Python package does not have the hash of requirements.txt: the download "
            "is broken or was changed on its way. Try again."
        )
    if "No space left on device" in output:
        return f"The disk of {cache.root()} is full. Make room and start again."
    if "CERTIFICATE_VERIFY_FAILED" in output or "certificate verify failed" in output:
        return (
            "The certificate of PyPI, or of your mirror or proxy, is not trusted here. "
            "Name the right one: export PIP_CERT=/path/to/certificates.pem"
        )
    if "Failed to establish a new connection" in output or "resolution" in output:
        return "No network to fetch the Python packages (or no mirror set for pip)."
    errors = [line for line in output.splitlines() if line.startswith("ERROR:")]
    return "The Python packages cannot be installed. " + (
        errors[0] if errors else last_line(output)
    )
