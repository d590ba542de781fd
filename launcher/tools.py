"""`./auto-crm shell` and `./auto-crm psql`: inside the demo's database."""

from . import demo, odoo_run, runtime
from .console import run_in_foreground


def shell():
    """Open Odoo's Python shell on the demo's database. Returns its exit code."""
    with runtime.prepared() as found:
        database = demo.existing_database(found)
        config = odoo_run.write_config(
            found, f"{database}-shell", db_name=database, dbfilter=f"^{database}$"
        )
        command = found.odoo_command("shell", "-c", config, "--no-http")
        return run_in_foreground(command, env=found.environment())


def psql():
    """Open psql on the demo's database. Returns its exit code."""
    with runtime.prepared() as found:
        database = demo.existing_database(found)
        return run_in_foreground(["psql", "-d", database], env=found.environment())
