"""Fetching files that are known beforehand by their SHA-256."""

import hashlib
import http.client
import os
import urllib.error
import urllib.request

from .console import Problem, Progress

_TRIES = 3
_SECONDS_WITHOUT_DATA = 60
_BLOCK = 1 << 18

# The one place that names Debian's server. A nearer mirror, or a company's own,
# goes into AUTO_CRM_DEBIAN; what comes from it is checked all the same.
DEBIAN = os.environ.get("AUTO_CRM_DEBIAN", "http://deb.debian.org").rstrip("/")


def fetch(url, sha256, target):
    """Download `url` to the path `target`, which appears only if its hash is right.

    Raises Problem when the file is missing, the network is away or the hash differs.
    """
    partial = target.with_name(target.name + ".partial")
    name = url.rsplit("/", 1)[-1]
    try:
        found = _download_with_retries(url, partial, name)
        if found != sha256:
            raise Problem(
                f"The download of {name} is broken: its SHA-256 is {found[:12]}…, not "
                f"{sha256[:12]}…. Nothing of it was kept; try again."
            )
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    return target


def _download_with_retries(url, partial, name):
    """Write `url` to `partial` and return its SHA-256; Problem after the last try."""
    attempt = 0
    while True:
        attempt += 1
        try:
            return _download(url, partial, name)
        except urllib.error.HTTPError as error:
            raise Problem(f"{url} answers {error.code} {error.reason}.") from error
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            if isinstance(error, OSError) and error.errno == 28:
                raise
            reason = getattr(error, "reason", None) or error
            if attempt == _TRIES or _is_hopeless(reason):
                raise Problem(f"No network to fetch {name}: {reason}.") from error


def _is_hopeless(reason):
    """True for failures that trying again at once does not cure."""
    return isinstance(reason, ConnectionRefusedError) or "resolution" in str(reason)


def _download(url, partial, name):
    """Write `url` to `partial` once and return its SHA-256."""
    digest = hashlib.sha256()
    progress = Progress(name)
    with (
        urllib.request.urlopen(url, timeout=_SECONDS_WITHOUT_DATA) as answer,
        partial.open("wb") as output,
    ):
        size = int(answer.headers.get("Content-Length") or 0)
        received = 0
        while block := answer.read(_BLOCK):
            output.write(block)
            digest.update(block)
            received += len(block)
            progress.show(f"{received / 1e6:.0f} of {size / 1e6:.0f} MB")
    progress.clear()
    if size and received < size:
        raise http.client.IncompleteRead(b"", size - received)
    return digest.hexdigest()
