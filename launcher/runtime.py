"""What is needed to run Odoo, gathered: Odoo, its Python, a PostgreSQL server."""

import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import addons, cache, odoo, postgres, pyenv

_VARIABLE = "AUTO_CRM_RUNTIME"
_START_ODOO = Path(__file__).parent / "scripts" / "start_odoo.py"
# Whatever the user's shell says about other Odoos and Pythons stays outside.
_NOT_PASSED_ON = {"ODOO_RC", "OPENERP_SERVER", "PYTHONHOME", "PYTHONSTARTUP"}


@dataclass(frozen=True)
class Runtime:
    """Everything to start Odoo, and programs beside it, the same way each time."""

    odoo: odoo.Odoo
    python: Path
    postgres: postgres.Postgres

    def environment(self):
        """The environment for Odoo and for programs that import it."""
        environment = self.postgres.environment()
        for name in _NOT_PASSED_ON:
            environment.pop(name, None)
        programs = [str(self.python.parent), environment["PATH"]]
        environment.update(
            PATH=os.pathsep.join(programs),
            PYTHONPATH=str(self.odoo.path),
            PYTHONUTF8="1",
            LC_ALL="C.UTF-8",
        )
        environment[_VARIABLE] = self._as_text()
        return environment

    def odoo_command(self, *arguments):
        """The command line for Odoo with `arguments`."""
        return [str(self.python), str(_START_ODOO), *map(str, arguments)]

    def addons_path(self):
        """All addons folders, ours first."""
        return [addons.folder(), *self.odoo.addons]

    def _as_text(self):
        """This runtime as one line, for a program that we start."""
        return json.dumps(
            {
                "odoo": str(self.odoo.path),
                "python": str(self.python),
                "variables": self.postgres.variables,
                "programs": str(self.postgres.programs or ""),
                "origin": self.postgres.origin,
            }
        )

    @classmethod
    def from_environment(cls):
        """The runtime of the launcher that started this program, or None."""
        text = os.environ.get(_VARIABLE)
        if not text:
            return None
        found = json.loads(text)
        programs = Path(found["programs"]) if found["programs"] else None
        server = postgres.Postgres(found["variables"], programs, found["origin"])
        return cls(
            odoo.Odoo(Path(found["odoo"]), "launcher"), Path(found["python"]), server
        )


@contextmanager
def prepared():
    """Give a Runtime whose PostgreSQL server answers; fetch whatever is missing."""
    cache.root()
    found = odoo.obtain()
    python = pyenv.obtain()
    with postgres.running() as server:
        yield Runtime(found, python, server)
