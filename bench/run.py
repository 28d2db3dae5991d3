#!/usr/bin/env python3
"""Measures the trainer beside the peers that are installed, in one run, in turns.

    make bench                                   everything: two hours and more
    make bench ARGS="--rounds 1"                 everything once: 40 minutes
    make bench ARGS="headline wide"              some jobs
    make bench ARGS="--quick"                    a smoke test: figures mean nothing
    make bench ARGS="kernels wide --against ../old/build"     beside another build of ours

`make bench-peers` installs the peers. MNIST is taken from $TRAINER_MNIST, ../shared/mnist or
datasets/mnist (datasets/fetch_mnist.sh fetches it). Prints a table a job and whether the goals are
reached; leaves a CSV and plots in bench/results/. Needs Python 3.10 and nothing else; the peers and
the plots run in a Python of their own.
"""

import argparse
import datetime
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import machine
import measure
from contestants import Bench
from jobs import JOBS
from report import Report

ROOT = Path(__file__).resolve().parent.parent


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description="Measures the trainer beside its peers.")
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=f"default: all of {', '.join(JOBS)}")
    parser.add_argument("--quick", action="store_true", help="a smoke test, one round of little")
    parser.add_argument("--rounds", type=int, help="pairs of each comparison; default: 5")
    parser.add_argument(
        "--against",
        type=Path,
        metavar="BUILD",
        help="a build folder: its bench_kernels and bench_steps take the place of the peers",
    )
    parser.add_argument("--program", type=Path, default=ROOT / "build" / "trainer")
    parser.add_argument("--python", type=Path, default=ROOT / "build/peers/bin/python")
    parser.add_argument("--results", type=Path, default=ROOT / "bench" / "results")
    options = parser.parse_args()
    unknown = [job for job in options.jobs if job not in JOBS]
    if unknown:
        parser.error(f"no job '{unknown[0]}'; there are {', '.join(JOBS)}")
    return options


def make_bench(options):
    """Looks for the program, the peers and MNIST; says loudly what is missing."""
    if not options.program.exists():
        sys.exit(f"{options.program} is not there; make build makes it")
    python = options.python if options.python.exists() else None
    if not python:
        print("*** no peers: make bench-peers installs them (6 GB)")
    rounds = options.rounds or (1 if options.quick else 5)
    bench = Bench(ROOT, options.program.resolve(), python, rounds, options.quick)
    bench.against = options.against.resolve() if options.against else None
    given = os.environ.get("TRAINER_MNIST")
    usual = [ROOT.parent / "shared" / "mnist", ROOT / "datasets" / "mnist"]
    if not bench.find_mnist([Path(given)] if given else usual):
        print("*** NO MNIST: the built-in digits take its place, and there are no peers")
        bench.python = None
    return bench


def program_facts(bench):
    """What the program says of itself."""
    lines = measure.run([bench.program, "--version"], measure.environment())["output"]
    facts = [line.split(None, 1) for line in lines.splitlines()]
    return [(name, text.strip()) for name, text in facts]


def run_jobs(bench, report, names, save):
    """Runs the jobs one after another, and save() behind each. One that fails stops no other."""
    failed = []
    for name in names:
        print(f"\n== {name}: {JOBS[name].__doc__.splitlines()[0]}", flush=True)
        began = time.monotonic()
        try:
            JOBS[name](bench, report)
        except (measure.MeasureError, OSError) as error:
            print(f"*** {name} failed: {error}", flush=True)
            failed.append(name)
        report.print_job(name)
        save()
        print(f"({time.monotonic() - began:.0f} s)", flush=True)
    return failed


def draw(bench, path):
    """Plots, where the peers' Python has matplotlib."""
    if not bench.has("matplotlib"):
        print("*** no plots: matplotlib comes with make bench-peers")
        return
    subprocess.run([bench.python, bench.folder / "plots.py", path], check=False)


def main():
    """Measures, prints, writes."""
    options = arguments()
    bench = make_bench(options)
    bench.scratch.mkdir(parents=True, exist_ok=True)
    options.results.mkdir(parents=True, exist_ok=True)
    report = Report()
    facts = machine.facts() + program_facts(bench)
    for name, text in facts:
        print(f"{name:12} {text}", flush=True)
    stem = f"{datetime.datetime.now():%Y-%m-%d-%H%M}-{socket.gethostname()}"
    path = options.results / f"{stem}{'-quick' if options.quick else ''}.csv"

    def save():
        report.write(path, facts + sorted(report.versions.items()))

    failed = run_jobs(bench, report, options.jobs or JOBS, save)
    print("\n== goals", "(of a smoke test: they mean nothing)" if options.quick else "")
    report.print_goals()
    print("\npeers:", ", ".join(f"{name} {v}" for name, v in sorted(report.versions.items())))
    print(f"written: {path}")
    draw(bench, path)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
