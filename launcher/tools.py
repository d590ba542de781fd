"""`./auto-crm shell` and `./auto-crm psql`: inside the demo's database."""

from . import databases, odoo_run, runtime
from .console import Problem, run_in_foreground
from .demo import database_name


def shell():
    """Open Odoo's Python shell on the demo's database. Returns its exit code."""
    with runtime.prepared() as found:
        database = _demo_database(found)
        config = odoo_run.write_config(
            found, f"{database}-shell", db_name=database, dbfilter=f"^{database}$"
        )
        command = found.odoo_command("shell", "-c", config, "--no-http")
        return run_in_foreground(command, env=found.environment())


def psql():
    """Open psql on the demo's database. Returns its exit code."""
    with runtime.prepared() as found:
        database = _demo_database(found)
        return run_in_foreground(["psql", "-d", database], env=found.environment())


def _demo_database(found):
    """The name of the demo's database. Problem if it was not made yet."""
    database = database_name()
    if not databases.exists(found.postgres, database):
        raise Problem("There is no demo database yet. Start the demo: ./auto-crm demo")
    return database
