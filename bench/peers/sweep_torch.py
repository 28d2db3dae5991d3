"""joblib and PyTorch: a process for each core, one thread each, which train trials one by one.

Each process reads the data once and keeps them. The training loop is torch_eager's.
"""

import functools
from types import SimpleNamespace

import joblib
import torch
from common import Job, load_mnist
from sweep_common import BATCH, NET, main
from torch_eager import TorchEager


@functools.cache
def data(folder):
    """MNIST, once a process."""
    return load_mnist(folder)


def train(options, std, rate, seed):
    """The test accuracy of a trial."""
    images, labels = data(options.mnist)
    job = Job(
        net=list(NET),
        batch=BATCH,
        rate=rate,
        std=std,
        threads=1,
        chunk=1,
        images=images,
        labels=labels,
        seed=seed,
    )
    peer = TorchEager(job)
    accuracy = float("nan")
    for _ in range(options.epochs):
        peer.train(job.samples // BATCH)
        accuracy = peer.accuracy("test")
    return accuracy


def run(options, trials):
    """The accuracies, of trials that run side by side."""
    # Workers import this file as a module; what is in the script itself would be sent by value.
    from sweep_torch import train as imported

    plain = SimpleNamespace(mnist=options.mnist, epochs=options.epochs)
    jobs = (joblib.delayed(imported)(plain, *trial) for trial in trials)
    return joblib.Parallel(n_jobs=options.workers)(jobs)


if __name__ == "__main__":
    main(run, {"torch": torch.__version__, "joblib": joblib.__version__})
