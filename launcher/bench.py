"""`./auto-crm bench`: run benchmarks/run.py on throw-away databases."""

from . import databases, odoo_run, runtime
from .cache import REPOSITORY
from .console import Problem, run_in_foreground

_SCRIPT = REPOSITORY / "benchmarks" / "run.py"


def run(arguments):
    """Run the benchmarks with `arguments`, such as ["P1", "--write"]; all without.

    Returns their exit code.

    benchmarks/run.py finds in its environment: AUTO_CRM_BENCH_DB (a copy with our
    addons), AUTO_CRM_BENCH_PLAIN_DB (a copy with Odoo's only), ODOO_RC (configuration
    for the first), and libpq's variables. Further databases it makes itself are
    dropped too if their names begin with AUTO_CRM_BENCH_PREFIX.
    """
    if not _SCRIPT.exists():
        raise Problem("benchmarks/run.py is missing.")
    with runtime.prepared() as found, databases.throw_away(found) as prefix:
        plain, with_ours, _ = databases.layers(found)
        databases.ensure(found, with_ours)
        ours, others = f"{prefix}-ours", f"{prefix}-plain"
        databases.copy(found, with_ours.name, ours)
        databases.copy(found, plain.name, others)
        environment = found.environment()
        environment.update(
            AUTO_CRM_BENCH_DB=ours,
            AUTO_CRM_BENCH_PLAIN_DB=others,
            AUTO_CRM_BENCH_PREFIX=prefix,
            ODOO_RC=str(odoo_run.write_config(found, ours, max_cron_threads=0)),
        )
        command = [found.python, _SCRIPT, *arguments]
        return run_in_foreground(command, env=environment)
