"""Collects what was measured; prints it as tables; writes it as CSV.

A row is median, least and greatest of a quantity of one contestant in one case of a job; of a ratio
of two contestants, median and quartiles.
A goal is a figure that is to be reached, with whether it was.
"""

import csv
import dataclasses
import statistics

UNITS = {
    "seconds": "s",
    "loop_seconds": "s",
    "step_us": "µs",
    "steps_per_second": "1/s",
    "rows_per_second": "1/s",
    "mb_per_second": "MB/s",
    "gflops": "GFLOP/s",
    "peak_mb": "MB",
    "accuracy": "",
    "ratio": "",
    "per_minute": "1/min",
    "busy": "",
    "parent_busy": "",
    "core_ms": "ms",
    "exchange_share": "",
    "sent_mb": "MB",
}


@dataclasses.dataclass
class Row:
    """One figure. `x` is what grows, in jobs that plot growth."""

    job: str
    case: str
    x: object
    who: str
    threads: object
    quantity: str
    unit: str
    median: float
    low: float
    high: float
    runs: int


@dataclasses.dataclass
class Goal:
    """A figure that is to be reached."""

    job: str
    what: str
    sign: str  # ">=" or "<="
    wanted: float
    got: float

    @property
    def verdict(self):
        """A figure is NaN where nothing could be compared."""
        if self.got != self.got:
            return "not measured"
        reached = self.got >= self.wanted if self.sign == ">=" else self.got <= self.wanted
        return "reached" if reached else "MISSED"


def number(value):
    """Four significant digits, without an exponent where that is short."""
    if isinstance(value, str) or value is None:
        return value or ""
    if value != value:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def align(rows, left):
    """Lines of a table; the first `left` columns are words, the others numbers."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths))
        ]
        yield "  ".join(cells).rstrip()


class Report:
    """Rows, goals and notes, in the order measured."""

    def __init__(self):
        self.rows, self.goals, self.versions = [], [], {}

    def add(self, job, case, who, threads, quantity, values, x=None):
        """Adds a row; values: of all runs."""
        median = statistics.median(values)
        unit = UNITS[quantity]
        row = (job, case, x, who, threads, quantity, unit)
        self.rows.append(Row(*row, median, min(values), max(values), len(values)))

    def add_ratio(self, job, case, who, threads, ratios):
        """Adds a row of a ratio; its low and high are quartiles."""
        ordered = sorted(ratios)
        low, median, high = (ordered[round(q * (len(ordered) - 1))] for q in (0.25, 0.5, 0.75))
        row = (job, case, None, who, threads, "ratio", "")
        self.rows.append(Row(*row, median, low, high, len(ordered)))

    def add_samples(self, job, case, samples, x=None):
        """Adds a row for each contestant and quantity."""
        for contestant, figures in samples.figures.items():
            self.versions.update(getattr(contestant, "versions", {}))
            for quantity, values in figures.items():
                self.add(job, case, contestant.who, contestant.threads, quantity, values, x)

    def goal(self, job, what, sign, wanted, got):
        """Adds a goal."""
        self.goals.append(Goal(job, what, sign, wanted, got))

    def print_job(self, job):
        """The rows of a job."""
        table = [["case", "who", "quantity", "threads", "median", "least", "most", "", "runs"]]
        for row in (row for row in self.rows if row.job == job):
            figures = [number(row.median), number(row.low), number(row.high), row.unit]
            case = row.case if row.x is None else f"{row.case} {row.x}"
            words = [case, row.who, row.quantity, str(row.threads or "")]
            table.append([*words, *figures, str(row.runs)])
        if len(table) > 1:
            print("\n".join(align(table, 3)), flush=True)

    def print_goals(self):
        """What was to be reached, and whether it was."""
        table = [["job", "what", "", "goal", "got"]]
        for goal in self.goals:
            figures = [f"{goal.sign} {number(goal.wanted)}", number(goal.got)]
            table.append([goal.job, goal.what, goal.verdict, *figures])
        if len(table) > 1:
            print("\n".join(align(table, 3)), flush=True)

    def write(self, path, facts):
        """Writes all rows and goals as CSV; lines with '#' at the top tell of the machine."""
        with open(path, "w", newline="", encoding="utf-8") as file:
            for name, text in facts:
                file.write(f"# {name}: {text}\n")
            writer = csv.writer(file)
            writer.writerow(field.name for field in dataclasses.fields(Row))
            for row in self.rows:
                writer.writerow(dataclasses.astuple(row))
            for goal in self.goals:
                what = f"{goal.what} (goal {goal.sign} {goal.wanted:g})"
                row = (goal.job, what, None, "goal", None, "ratio", "", goal.got, None, None, None)
                writer.writerow(row)
