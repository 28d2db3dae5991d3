"""PyTorch, eager: nn.Sequential, cross_entropy, SGD, on tensors that share NumPy's memory."""

import torch
from common import main
from torch import nn
from torch.nn import functional


def make_model(job):
    """Linear layers with the activation between them, from the job's first weights."""
    activation = {"relu": nn.ReLU, "tanh": nn.Tanh}[job.activation]
    modules = []
    for weight, bias in job.first_weights():
        linear = nn.Linear(*weight.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weight.T))
            linear.bias.copy_(torch.from_numpy(bias))
        modules += [linear, activation()]
    return nn.Sequential(*modules[:-1])


def make_optimizer(job, model):
    """The fused one of that name."""
    kind = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[job.optimizer]
    return kind(model.parameters(), lr=job.rate, fused=True)


class TorchEager:
    """The training loop of PyTorch's tutorials, without its DataLoader, which is slower."""

    versions = {"torch": torch.__version__}

    def __init__(self, job):
        torch.set_num_threads(job.threads)
        torch.manual_seed(job.seed)
        self.job = job
        self.images = {split: torch.from_numpy(job.images[split]) for split in job.images}
        self.labels = {split: torch.from_numpy(job.labels[split]) for split in job.labels}
        self.model = make_model(job)
        self.optimizer = make_optimizer(job, self.model)

    def loss(self, x, labels):
        if self.job.net[-1] == 1:
            targets = labels.unsqueeze(1).float()
            return functional.binary_cross_entropy_with_logits(self.model(x), targets)
        return functional.cross_entropy(self.model(x), labels)

    def train(self, steps):
        images, labels = self.images["train"], self.labels["train"]
        for _ in range(steps):
            batch = torch.randint(self.job.samples, (self.job.batch,))
            loss = self.loss(images[batch], labels[batch])
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()

    @torch.inference_mode()
    def accuracy(self, split):
        guess = self.model(self.images[split]).argmax(dim=1)
        return (guess == self.labels[split]).float().mean().item()


if __name__ == "__main__":
    main(TorchEager)
