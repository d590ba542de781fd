"""The addons of this repository: which there are, and whether they changed."""

import ast
import hashlib
import os
from pathlib import Path

from .cache import REPOSITORY
from .console import Problem

FOLDER = REPOSITORY / "addons"
TEST_ADDON = "auto_crm_test"
# Not in the database: a change there needs no new database.
_OUTSIDE_DATABASE = {"tests", "static", "__pycache__", "readme"}


def folder():
    """The folder of the addons; AUTO_CRM_ADDONS names another one."""
    return Path(os.environ.get("AUTO_CRM_ADDONS") or FOLDER).absolute()


def manifests():
    """The manifests of all installable addons, by name, in the order of names."""
    found = {}
    for path in sorted(folder().glob("*/__manifest__.py")):
        try:
            manifest = ast.literal_eval(path.read_text())
        except (SyntaxError, ValueError) as error:
            raise Problem(f"{path} is not a readable manifest: {error}.") from error
        if manifest.get("installable", True):
            found[path.parent.name] = manifest
    return found


def names():
    """The names of all addons that are for users."""
    return [name for name in manifests() if name != TEST_ADDON]


def foreign_dependencies():
    """What our addons need of Odoo's own, sorted; at least "web"."""
    own = manifests()
    needed = {name for manifest in own.values() for name in manifest.get("depends", ())}
    return sorted((needed | {"web"}) - set(own))


def fingerprint(name):
    """A hash over everything of the addon `name` that reaches the database."""
    digest = hashlib.sha256()
    for path in sorted((folder() / name).rglob("*")):
        inside = path.relative_to(folder() / name)
        if path.is_file() and not _OUTSIDE_DATABASE & set(inside.parts):
            digest.update(str(inside).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def fingerprints(wanted):
    """{name: fingerprint} of the addons `wanted`."""
    return {name: fingerprint(name) for name in wanted}
