"""PyTorch's convolutions: eager, with channels last in memory, or compiled (--how)."""

import math

import torch
from common import main
from conv_nets import shapes
from torch import nn
from torch_eager import TorchEager, functional


def make_model(name):
    """The modules of a net, with PyTorch's own first weights."""
    modules = []
    for kind, sizes, shape in shapes(name):
        if kind == "conv":
            modules.append(nn.Conv2d(shape[0], sizes[0], sizes[1], padding=sizes[2]))
        elif kind == "affine":
            modules += [nn.Flatten()] if len(shape) == 3 else []
            modules.append(nn.Linear(math.prod(shape), sizes[0]))
        else:
            kinds = {"relu": nn.ReLU, "pool": lambda: nn.MaxPool2d(2), "dropout": nn.Dropout}
            modules.append(kinds[kind](*sizes))
    return nn.Sequential(*modules)


class ConvTorch(TorchEager):
    """The eager loop of dense nets, with another model and adam."""

    def __init__(self, job):
        torch.set_num_threads(job.threads)
        torch.manual_seed(job.seed)
        self.job = job
        layout = torch.channels_last if job.how == "channels_last" else torch.contiguous_format
        self.images = {
            split: torch.from_numpy(x).view(-1, 1, 28, 28) for split, x in job.images.items()
        }
        self.labels = {split: torch.from_numpy(y) for split, y in job.labels.items()}
        self.model = make_model(job.net[0]).to(memory_format=layout)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=job.rate, fused=True)
        self.forward_loss = self.eager_loss
        if job.how == "compile":
            self.forward_loss = torch.compile(self.eager_loss, dynamic=False)

    def eager_loss(self, x, labels):
        return functional.cross_entropy(self.model(x), labels)

    def loss(self, x, labels):
        return self.forward_loss(x, labels)

    @torch.inference_mode()
    def accuracy(self, split):
        self.model.eval()
        right = sum(
            (self.model(x).argmax(dim=1) == y).sum().item()
            for x, y in zip(self.images[split].split(1000), self.labels[split].split(1000))
        )
        self.model.train()
        return right / len(self.labels[split])


if __name__ == "__main__":
    main(ConvTorch)
