"""What the peers of the sweep share: 64 trials of 784-50-10, their command line, their report.

A trial is (std of the first weights, learning rate, seed), trained for so many epochs of MNIST in
batches of 100 drawn with replacement; the accuracy on the test images is measured after each
epoch. `run(trials)` in a peer's script returns the last accuracy of each.
"""

import argparse
import itertools
import json
import time
from pathlib import Path

STDS = (0.003, 0.01, 0.03, 0.1)
RATES = (0.03, 0.1, 0.2, 0.4)
SEEDS = (1, 2, 3, 4)
NET = (784, 50, 10)
BATCH = 100


def arguments():
    """The command line, which is the same for all peers."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mnist", type=Path, required=True, help="folder of the unpacked files")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--trials", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=2)
    return parser.parse_args()


def main(run, versions):
    """Runs the trials as the command line says; prints one line of JSON."""
    options = arguments()
    trials = list(itertools.product(STDS, RATES, SEEDS))[: options.trials]
    begin = time.perf_counter()
    accuracies = [float(accuracy) for accuracy in run(options, trials)]
    seconds = time.perf_counter() - begin
    print(json.dumps({"seconds": seconds, "accuracies": accuracies, "versions": versions}))
