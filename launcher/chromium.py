"""A headless Chromium for the browser tests: the machine's, else one in the cache."""

import platform
import shutil
from pathlib import Path

from . import apt, cache, debs
from .console import Problem, run, step

# The names under which Odoo's tests look for it.
_NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
_PACKAGES = ["chromium-headless-shell", "fonts-dejavu-core"]
_WRAPPER = """\
#!/bin/sh
# Runs the Chromium unpacked here with the libraries unpacked beside it. Its sandbox
# needs what root, containers and some systems do not allow; it only ever visits our
# own pages.
here=$(dirname "$(dirname "$(readlink -f "$0")")")
libraries="$here/usr/lib/{triplet}"
export LD_LIBRARY_PATH="$libraries:$here/lib/{triplet}:$libraries/pulseaudio"
export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/{program}" --no-sandbox "$@"
"""
_FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir prefix="relative">usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""
_PAGE = "data:text/html,<p>It works</p>"


def installed():
    """The path of the machine's own Chromium or Chrome, or None."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def cached():
    """The folder of the program `chromium` in the cache, there yet or not."""
    return cache.root() / "chromium" / "bin"


def obtain():
    """Return a folder to put on the PATH so that Odoo finds a browser, or None.

    None means the machine has one already. Raises Problem if one has to be fetched
    and cannot be: browser tests are never skipped.
    """
    if installed():
        return None
    try:
        cache.built(cached().parent, _build)
    except Problem as problem:
        raise Problem(
            f"The browser tests need Chromium. {str(problem).rstrip('.')}. You may "
            "install it yourself: apt install chromium"
        ) from problem
    return cached()


def _build(into):
    """Unpack Chromium and all its libraries into the folder `into`, and try it."""
    cache.require_space(1.5)
    with step("Downloading Chromium (160 MB)"):
        sources = apt.sources(apt.machine_release())
        packages = apt.download(sources, _PACKAGES, with_dependencies=True)
    with step("Unpacking Chromium") as progress:
        for package in packages:
            # The C library has to be the machine's own.
            if not package.name.startswith("libc6_"):
                progress.show(package.name.split("_")[0])
                debs.unpack(package, into, _is_wanted)
    shutil.rmtree(cache.root() / "apt", ignore_errors=True)
    _write_wrapper(into)
    with step("Trying Chromium"):
        _try(into)


def _is_wanted(name):
    """Leave out what a headless browser never opens."""
    return not name.startswith(
        ("usr/share/doc/", "usr/share/man/", "usr/share/locale/")
    )


def _write_wrapper(into):
    """Write the program bin/chromium, which finds its libraries and fonts."""
    triplet = f"{platform.machine()}-linux-gnu"
    program = next(into.glob("usr/lib/chromium/*headless*shell*"), None)
    if not program:
        raise Problem("Debian's package of Chromium has another layout than known.")
    wrapper = into / "bin" / "chromium"
    wrapper.unlink(missing_ok=True)
    wrapper.parent.mkdir(exist_ok=True)
    wrapper.write_text(
        _WRAPPER.format(triplet=triplet, program=program.relative_to(into))
    )
    wrapper.chmod(0o755)
    (into / "fonts.conf").write_text(_FONTS)


def _try(into):
    """Let the browser render a page. Problem if it cannot."""
    command = [into / "bin" / "chromium", "--headless", "--disable-gpu", "--dump-dom"]
    answer = run([*command, _PAGE], timeout=60)
    if "It works" not in answer:
        raise Problem("The unpacked Chromium does not render a page.")


def is_cached():
    """True if a browser is in the cache."""
    return Path(cached() / "chromium").exists()
