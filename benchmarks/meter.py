"""Counts what a piece of work costs: queries, and CPU of Python and PostgreSQL.

Wall time on a shared machine says little; CPU seconds and query counts repeat. The
CPU of PostgreSQL is read from the kernel's account of the backend process, so the
server must run on the same machine; where it cannot be read, it counts as zero and
the table says so.
"""

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass

from odoo import sql_db

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Cost:
    """Cost of ``units`` pieces of work; ratios compare costs for each unit."""

    units: int = 0
    queries: int = 0
    python: float = 0.0
    postgres: float = 0.0
    wall: float = 0.0

    def per_unit(self):
        """Return (queries, CPU milliseconds of Python, of PostgreSQL) for one unit."""
        units = self.units or 1
        return (
            self.queries / units,
            1000 * self.python / units,
            1000 * self.postgres / units,
        )

    @property
    def cpu(self):
        """CPU seconds for one unit, Python and PostgreSQL together."""
        return (self.python + self.postgres) / (self.units or 1)


class Meter:
    """Adds up the cost of the work done inside ``with meter.measure(...)``."""

    def __init__(self):
        self.cost = Cost()

    @contextmanager
    def measure(self, cr, units=1):
        """Measure the block as ``units`` pieces of work done through ``cr``."""
        backend = cr._cnx.info.backend_pid
        before = (_backend_cpu(backend), sql_db.sql_counter)
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        self.cost.python += time.process_time() - cpu
        self.cost.wall += time.perf_counter() - wall
        self.cost.postgres += _backend_cpu(backend) - before[0]
        self.cost.queries += sql_db.sql_counter - before[1]
        self.cost.units += units


def _backend_cpu(pid):
    """Return the CPU seconds that process ``pid`` has used, 0 when unknown."""
    try:
        with open(f"/proc/{pid}/schedstat") as schedstat:
            return int(schedstat.read().split()[0]) / 1e9
    except (OSError, ValueError, IndexError):
        return _backend_cpu_in_ticks(pid)


def _backend_cpu_in_ticks(pid):
    """The same where the kernel keeps no finer account: in hundredths of a second."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS
