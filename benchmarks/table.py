"""The result of a run as a table."""

from dataclasses import dataclass

HEADER = (
    "| # | workload | ours: queries / CPU ms (Python + PG) | peer | "
    "ratio of CPU | to beat | |\n|---|---|---|---|---|---|---|"
)


@dataclass
class Row:
    """One line: what was done, what it cost us and the peer, what was promised."""

    number: str
    workload: str
    ours: object
    peer: object
    target: str
    reached: bool
    note: str = ""

    @property
    def ratio(self):
        """Our CPU for a unit divided by the peer's."""
        return self.ours.cpu / self.peer.cpu if self.peer.cpu else float("inf")

    def render(self):
        """Return the line in Markdown."""
        verdict = "reached" if self.reached else "missed"
        note = f"{verdict}; {self.note}" if self.note else verdict
        cells = (
            self.number,
            self.workload,
            _cost(self.ours),
            _cost(self.peer),
            f"{self.ratio:.3g}",
            self.target,
            note,
        )
        return "| " + " | ".join(cells) + " |"


def _cost(cost):
    queries, python, postgres = cost.per_unit()
    return f"{queries:.3g} / {python:.3g} + {postgres:.3g}"


def render(rows):
    """Return the whole table in Markdown."""
    return "\n".join([HEADER, *(row.render() for row in rows)])


def merge(old, rows, names):
    """Return the table ``old`` (Markdown) with ``rows`` for the scenarios ``names``."""
    kept = [
        line
        for line in old.splitlines()
        if line.startswith("| P") and _number(line) not in names
    ]
    lines = sorted(
        [*kept, *(row.render() for row in rows)],
        key=lambda line: int(_number(line)[1:]),
    )
    return "\n".join([HEADER, *lines])


def _number(line):
    return line.split("|")[1].strip()
