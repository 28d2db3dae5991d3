"""Draws a CSV of run.py, as PNG and SVG beside it.

`plots.py bench/results/NAME.csv` leaves NAME-headline.png, NAME-growth-width.png, ...
"""

import csv
import sys
from collections import defaultdict
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402  (the backend comes first)

OURS, THEIRS = "#d1495b", "#6c8ead"
BARS = {  # job: (quantity, label)
    "headline": ("seconds", "whole process, seconds"),
    "wide": ("gflops", "GFLOP/s"),
    "middle": ("gflops", "GFLOP/s"),
    "batches": ("step_us", "µs a step"),
    "million": ("seconds", "seconds for 1,000,000 samples"),
    "memory": ("peak_mb", "peak memory, MB"),
}
GROWTH = {  # case: label of x
    "samples": "training samples",
    "width": "hidden units",
    "depth": "hidden layers of 256",
    "batch": "batch size",
}


def read(path):
    """Rows as dicts with numbers."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    for row in rows:
        for column in ("median", "low", "high", "x"):
            row[column] = float(row[column]) if row[column] else None
    return rows


def save(figure, path, name):
    """As PNG and SVG."""
    figure.tight_layout()
    for ending in ("png", "svg"):
        figure.savefig(f"{path.with_suffix('')}-{name}.{ending}", dpi=130)
    plt.close(figure)


def draw_bars(rows, label, title, axes):
    """A bar for each contestant, with its range, the shortest on top."""
    rows = sorted(rows, key=lambda row: row["median"], reverse=True)
    names = [row["who"] for row in rows]
    values = [row["median"] for row in rows]
    ranges = [
        [row["median"] - row["low"] for row in rows],
        [row["high"] - row["median"] for row in rows],
    ]
    colours = [OURS if name.startswith("trainer") else THEIRS for name in names]
    bars = axes.barh(names, values, xerr=ranges, color=colours, error_kw={"ecolor": "#555555"})
    axes.bar_label(bars, [f" {value:.3g}" for value in values], padding=4, fontsize=8)
    axes.margins(x=0.15)
    axes.set_xlabel(label)
    axes.set_title(title, fontsize=10)


def plot_job(rows, job, path):
    """The bars of a job, one panel a case."""
    quantity, label = BARS[job]
    cases = defaultdict(list)
    for row in rows:
        if row["job"] == job and row["quantity"] == quantity:
            cases[row["case"]].append(row)
    if not cases:
        return
    size = (6 * len(cases), 1 + 0.4 * max(map(len, cases.values())))
    figure, panels = plt.subplots(1, len(cases), figsize=size, squeeze=False)
    for axes, (case, own) in zip(panels[0], cases.items()):
        draw_bars(own, label, f"{job}: {case}", axes)
    save(figure, path, job)


def plot_growth(rows, case, path):
    """Time of a step and GFLOP/s over what grows."""
    figure, panels = plt.subplots(1, 2, figsize=(10, 4))
    views = (("step_us", "µs a step", "log"), ("gflops", "GFLOP/s", "linear"))
    for axes, (quantity, label, scale) in zip(panels, views):
        own = [row for row in rows if row["case"] == case and row["quantity"] == quantity]
        x = [row["x"] for row in own]
        axes.plot(x, [row["median"] for row in own], "o-", color=OURS)
        lows, highs = ([row[end] for row in own] for end in ("low", "high"))
        axes.fill_between(x, lows, highs, color=OURS, alpha=0.2)
        axes.set(xscale="log", yscale=scale, xlabel=GROWTH[case], ylabel=label)
        axes.set_xticks(x, [f"{value:g}" for value in x], rotation=45)
        axes.minorticks_off()
        if scale == "linear":
            axes.set_ylim(bottom=0)
        axes.grid(True, which="both", alpha=0.3)
    figure.suptitle(f"growth: {GROWTH[case]}", fontsize=10)
    save(figure, path, f"growth-{case}")


def plot_scaling(rows, path):
    """Times one thread's speed over threads."""
    figure, axes = plt.subplots(figsize=(5, 4))
    cases = defaultdict(list)
    for row in rows:
        if row["job"] == "scaling" and row["quantity"] == "ratio":
            cases[row["case"]].append(row)
    most = max(row["x"] for own in cases.values() for row in own)
    axes.plot([1, most], [1, most], ":", color="#555555", label="as many times as threads")
    for case, own in cases.items():
        axes.plot([row["x"] for row in own], [row["median"] for row in own], "o-", label=case)
    axes.set(xlabel="threads, a core for each", ylabel="times one thread")
    axes.legend()
    axes.grid(True, alpha=0.3)
    save(figure, path, "growth-threads")


def main():
    """Draws whatever the file has."""
    path = Path(sys.argv[1])
    rows = [row for row in read(path) if row["who"] != "goal"]
    for job in BARS:
        plot_job(rows, job, path)
    for case in GROWTH:
        if any(row["job"] == "growth" and row["case"] == case for row in rows):
            plot_growth([row for row in rows if row["job"] == "growth"], case, path)
    if any(row["job"] == "scaling" for row in rows):
        plot_scaling(rows, path)


if __name__ == "__main__":
    main()
