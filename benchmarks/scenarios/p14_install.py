"""P14: installing our addons against crm, and starting a registry with and without."""

import os
import resource
import subprocess
import sys
import time

from odoo import sql_db

from ..meter import Cost
from ..table import Row

OURS = ("auto_crm_base", "auto_crm_lead")
BELOW = "contacts,fleet,phone_validation,resource,stock,crm"


def run(env, options):
    """Install on fresh databases in child processes and compare their CPU.

    The CPU of PostgreSQL's backends is not known for child processes, so these
    rows count Python alone, for both sides.
    """
    name = f"{os.environ['AUTO_CRM_BENCH_PREFIX']}p14"
    peer = _fresh(name, lambda: _odoo(name, "-i", "crm"))
    rows = []
    with _Database(name):
        _odoo(name, "-i", BELOW)
        plain = min((_odoo(name) for _ in range(3)), key=lambda cost: cost.cpu)
        for addon in OURS:
            ours = _odoo(name, "-i", addon)
            rows.append(
                Row(
                    "P14",
                    f"install {addon} / install crm",
                    ours,
                    peer,
                    "≤ 1.0",
                    ours.cpu <= peer.cpu,
                )
            )
        loaded = min((_odoo(name) for _ in range(3)), key=lambda cost: cost.cpu)
    rows.append(
        Row(
            "P14",
            "start of the registry, with ours / without",
            loaded,
            plain,
            "≤ 1.2",
            loaded.cpu <= 1.2 * plain.cpu,
        )
    )
    return rows


class _Database:
    """A database of its own that is dropped at the end."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self._execute(f'DROP DATABASE IF EXISTS "{self.name}"')
        self._execute(f'CREATE DATABASE "{self.name}" TEMPLATE template0')

    def __exit__(self, *error):
        sql_db.close_db(self.name)
        self._execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _execute(self, statement):
        connection = sql_db.db_connect("postgres")
        with connection.cursor() as cr:
            cr._cnx.autocommit = True
            cr._obj.execute(statement)


def _fresh(name, work):
    with _Database(name):
        _odoo(name, "-i", "base")
        return work()


def _odoo(database, *arguments):
    """Run Odoo once on ``database`` and return what its process cost."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(
        [
            sys.executable,
            "-m",
            "odoo",
            "server",
            "-c",
            os.environ["ODOO_RC"],
            "-d",
            database,
            "--stop-after-init",
            "--no-http",
            "--max-cron-threads=0",
            "--log-level=error",
            *arguments,
        ],
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(
        units=1,
        python=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        wall=time.perf_counter() - start,
    )
