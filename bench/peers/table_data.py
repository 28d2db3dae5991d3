"""Writes the table of the `table` job: x.npy float32 (rows, columns), y.npy int64 (rows).

    table_data.py FOLDER --rows 1000000 --columns 30 --classes 5

Columns are drawn from a normal distribution; classes are as frequent as one another and follow from
a weighted sum of the columns and its square, so that there is something to learn.
"""

import argparse
from pathlib import Path

import numpy as np


def main():
    """Writes both files."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--classes", type=int, default=2)
    options = parser.parse_args()
    rng = np.random.default_rng(1)
    x = rng.standard_normal((options.rows, options.columns), np.float32)
    score = x @ rng.standard_normal(options.columns, np.float32) / options.columns**0.5
    score += 0.5 * score**2
    bounds = np.quantile(score, np.arange(1, options.classes) / options.classes)
    options.folder.mkdir(parents=True, exist_ok=True)
    np.save(options.folder / "x.npy", x)
    np.save(options.folder / "y.npy", np.searchsorted(bounds, score).astype(np.int64))


if __name__ == "__main__":
    main()
