"""PyTorch's DistributedDataParallel with gloo: each process trains on its part of the batch, the
gradients are averaged. Started by mpirun, whose environment numbers the processes; the first one
reads what is asked.

The answer has the bytes that this host sent over its link, where it has one to others.
"""

import os
import sys
from pathlib import Path

import torch
from common import main
from torch import distributed
from torch_eager import TorchEager


def sent_bytes():
    """What this host's link has sent so far; 0 without one."""
    lines = Path("/proc/net/dev").read_text(encoding="ascii").splitlines()
    own = [line.split(":")[1].split() for line in lines if line.strip().startswith("eth0:")]
    return int(own[0][8]) if own else 0


class TorchDdp(TorchEager):
    """TorchEager's loop, each process on its share of the rows."""

    def __init__(self, job):
        self.rank = int(os.environ["OMPI_COMM_WORLD_RANK"])
        self.ranks = int(os.environ["OMPI_COMM_WORLD_SIZE"])
        distributed.init_process_group("gloo", rank=self.rank, world_size=self.ranks)
        job.batch = job.batch // self.ranks
        super().__init__(job)
        torch.manual_seed(job.seed + self.rank)
        self.model = torch.nn.parallel.DistributedDataParallel(self.model)
        if self.rank > 0:
            self.follow()

    def train(self, steps):
        """The first process tells the others how many steps there are."""
        if self.rank == 0:
            distributed.broadcast(torch.tensor([steps]), 0)
        before = sent_bytes()
        super().train(steps)
        return {"sent_bytes": sent_bytes() - before}

    def follow(self):
        """Trains what the first process is asked for, until that one has gone."""
        steps = torch.zeros(1, dtype=torch.int64)
        while True:
            try:
                distributed.broadcast(steps, 0)
            except RuntimeError:
                sys.exit(0)
            self.train(int(steps))


if __name__ == "__main__":
    main(TorchDdp)
