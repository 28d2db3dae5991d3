"""What every peer shares: its command line, its data, its clock.

A net that ends in one unit is trained with the sigmoid's cross entropy, else with softmax's.

A peer is a class made with the Job below that has

    train(steps)            steps of the job's batch; returns when they are done; a dict that it
                            returns is a part of the answer
    accuracy(split)         share of right answers on all of "train" or "test"
    versions                {"numpy": "2.4.6"}

and whose script ends in `main(Peer)`. There are two ways to run it:

    peer.py --steps 10000 --every 600       a whole run: accuracy at the start, every 600 steps and
                                            at the end; prints one line of JSON
    peer.py --serve                         warms up, then trains as many steps as each line of
                                            standard input says and answers with the seconds

A whole run's `seconds` are those of the loop: data are loaded and the network is built before, and
what a library compiles at the first call counts. With --serve compilation is over before the
clock runs. The whole process is timed by who starts it.

The environment limits the threads of the libraries (OMP_NUM_THREADS and its like) and must be set
before a peer starts; run.py does.
"""

import argparse
import dataclasses
import json
import math
import sys
import time
from pathlib import Path

import numpy as np


@dataclasses.dataclass
class Job:
    """What is to be trained: the same numbers for every peer."""

    net: list  # units of each layer, input first: [784, 50, 10]; or the name of one of conv_nets
    batch: int
    rate: float
    std: float  # of the first weights, drawn from a normal distribution
    threads: int
    chunk: int  # steps that train() is always given a multiple of
    images: dict  # "train", "test": float32 (samples, 784), 0..1
    labels: dict  # "train", "test": int64 (samples)
    activation: str = "relu"  # between the layers; or "tanh"
    optimizer: str = "sgd"  # or "adam"
    how: str = "eager"  # of conv_torch.py
    seed: int = 42

    @property
    def samples(self):
        """Number of training samples."""
        return len(self.labels["train"])

    def first_weights(self, dtype=np.float32):
        """A list of (weight (in, out), bias (out)), as all peers start from."""
        rng = np.random.default_rng(self.seed)
        return [
            (rng.normal(0, self.std, shape).astype(dtype), np.zeros(shape[1], dtype))
            for shape in zip(self.net, self.net[1:])
        ]


def read_idx(path, header):
    """The bytes of an IDX file behind its header."""
    return np.fromfile(path, np.uint8, offset=header)


def load_mnist(folder):
    """(images, labels), each a dict with "train" and "test"."""
    images, labels = {}, {}
    for split, prefix in (("train", "train"), ("test", "t10k")):
        pixels = read_idx(folder / f"{prefix}-images-idx3-ubyte", 16).reshape(-1, 784)
        images[split] = np.multiply(pixels, np.float32(1 / 255), dtype=np.float32)
        labels[split] = read_idx(folder / f"{prefix}-labels-idx1-ubyte", 8).astype(np.int64)
    return images, labels


def load_table(folder):
    """The same of the table that table_data.py has written; it is tested on its first rows."""
    x, y = (np.load(folder / name) for name in ("x.npy", "y.npy"))
    return {"train": x, "test": x[:1000]}, {"train": y, "test": y[:1000]}


def whole_run(peer, steps, every):
    """Trains and evaluates as the headline job asks, or only trains; returns what is printed."""
    begin = time.perf_counter()
    if every == 0:
        peer.train(steps)
        return {"seconds": time.perf_counter() - begin}
    done = 0
    scores = {split: peer.accuracy(split) for split in ("train", "test")}
    while done < steps:
        count = min(every, steps - done)
        peer.train(count)
        done += count
        scores = {split: peer.accuracy(split) for split in ("train", "test")}
    seconds = time.perf_counter() - begin
    return {"seconds": seconds, **{f"{split}_accuracy": float(scores[split]) for split in scores}}


def serve(train, chunk, versions):
    """Trains on request. The first chunk, untimed, compiles and warms up."""
    train(chunk)
    print(json.dumps({"versions": versions}), flush=True)
    for line in sys.stdin:
        begin = time.perf_counter()
        more = train(int(line)) or {}
        print(json.dumps({"seconds": time.perf_counter() - begin, **more}), flush=True)


def arguments():
    """The command line, which is the same for all peers."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mnist", type=Path, help="folder of the unpacked files")
    parser.add_argument("--table", type=Path, help="folder of table_data.py's files, instead")
    parser.add_argument("--activation", choices=("relu", "tanh"), default="relu")
    parser.add_argument("--optimizer", choices=("sgd", "adam"), default="sgd")
    parser.add_argument("--how", choices=("eager", "channels_last", "compile"), default="eager")
    parser.add_argument("--net", default="784-50-10")
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--rate", type=float, default=0.1)
    parser.add_argument("--std", type=float, default=0.01)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=10000)
    parser.add_argument("--every", type=int, default=600, help="0: no accuracy at all")
    parser.add_argument("--chunk", type=int, help="with --serve: requests are multiples of it")
    parser.add_argument("--serve", action="store_true")
    return parser.parse_args()


def main(kind):
    """Runs the peer of this class as the command line says."""
    options = arguments()
    images, labels = load_table(options.table) if options.table else load_mnist(options.mnist)
    chunk = options.chunk or math.gcd(options.steps, options.every)
    job = Job(
        net=[int(part) if part.isdigit() else part for part in options.net.split("-")],
        batch=options.batch,
        rate=options.rate,
        std=options.std,
        threads=options.threads,
        chunk=chunk,
        images=images,
        labels=labels,
        activation=options.activation,
        optimizer=options.optimizer,
        how=options.how,
    )
    peer = kind(job)
    if options.serve:
        serve(peer.train, chunk, peer.versions)
    else:
        result = whole_run(peer, options.steps, options.every)
        print(json.dumps({**result, "versions": peer.versions}))
