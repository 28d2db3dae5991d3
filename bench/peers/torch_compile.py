"""PyTorch with torch.compile on forward, loss and backward.

The update is the eager one's, a single fused call.
Inductor keeps what it compiled on disk, so only the first run on a machine compiles it all; run.py
has that run before its clock counts.
"""

import torch
from common import main
from torch_eager import TorchEager


class TorchCompile(TorchEager):
    """The eager loop with a compiled loss. Evaluation stays eager: one large product a layer."""

    def __init__(self, job):
        super().__init__(job)
        self.compiled_loss = torch.compile(super().loss, dynamic=False)

    def loss(self, x, labels):
        return self.compiled_loss(x, labels)


if __name__ == "__main__":
    main(TorchCompile)
