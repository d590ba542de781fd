"""Run the scoreboard: ``./auto-crm bench [P1 P2 …] [--rows N] [--write]``.

Finds the Odoo configuration in ``ODOO_RC`` and the names of two throw-away databases
with demo data, one with our addons in ``AUTO_CRM_BENCH_DB`` and one with Odoo's alone
in ``AUTO_CRM_BENCH_PLAIN_DB``. Prints one table; ``--write`` keeps it in
``docs/developer/performance.md``.
"""

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config

from benchmarks import table
from benchmarks.scenarios import ALL

RESULTS = Path(__file__).parent.parent / "docs" / "developer" / "performance.md"
MARK = "<!-- results -->"


def main(arguments):
    """Run the scenarios named in ``arguments`` and print their table."""
    options = parse(arguments)
    database = os.environ["AUTO_CRM_BENCH_DB"]
    config.parse_config(
        ["-c", os.environ["ODOO_RC"], "-d", database, "--log-level=error"],
        setup_logging=True,
    )
    plain = os.environ["AUTO_CRM_BENCH_PLAIN_DB"]
    rows = []
    for name in options.names:
        sys.stderr.write(f"{name} …\n")
        with Registry(database).cursor() as cr, Registry(plain).cursor() as peer_cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            # What ours is measured against must not run any of our code.
            options.plain = api.Environment(peer_cr, SUPERUSER_ID, {})
            rows += ALL[name].run(env, options)
    text = table.render(rows)
    sys.stdout.write(f"{text}\n")
    if options.write:
        write(rows, options.names)
    sql_db.close_all()


def parse(arguments):
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="auto-crm bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*ALL, []], default=list(ALL))
    parser.add_argument(
        "--rows", type=int, default=1_000_000, help="size of the large table (P3)"
    )
    parser.add_argument("--rounds", type=int, default=60, help="repetitions")
    parser.add_argument(
        "--write", action="store_true", help=f"keep the rows in {RESULTS.name}"
    )
    options = parser.parse_args(arguments)
    options.names = options.names or list(ALL)
    return options


def write(rows, names):
    """Put ``rows`` in the table of the developer's page on performance.

    The rows of other scenarios than ``names`` stay as an earlier run left them.
    """
    head, _mark, old = RESULTS.read_text().partition(MARK)
    text = table.merge(old, rows, names)
    RESULTS.write_text(f"{head}{MARK}\n\n{text}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
