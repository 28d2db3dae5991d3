"""NumPy as "Deep Learning from Scratch", chapter 5, trains its two-layer network.

Layers are objects with forward and backward, weights are float64, labels are one-hot, and the loss
is computed again after each update. Only for nets of three sizes: 784-50-10. As in the book, images
are float32, so every product with the weights converts them first.
"""

import numpy as np
from common import main


def one_hot(labels, classes):
    """(samples, classes) of 0 and 1."""
    return np.eye(classes)[labels]


class Affine:
    """y = x W + b."""

    def __init__(self, weight, bias):
        self.weight, self.bias = weight, bias
        self.x = self.weight_gradient = self.bias_gradient = None

    def forward(self, x):
        self.x = x
        return np.dot(x, self.weight) + self.bias

    def backward(self, dy):
        self.weight_gradient = np.dot(self.x.T, dy)
        self.bias_gradient = np.sum(dy, axis=0)
        return np.dot(dy, self.weight.T)


class Relu:
    """y = max(x, 0)."""

    def __init__(self):
        self.mask = None

    def forward(self, x):
        self.mask = x <= 0
        y = x.copy()
        y[self.mask] = 0
        return y

    def backward(self, dy):
        dy[self.mask] = 0
        return dy


class SoftmaxWithLoss:
    """Mean cross entropy of the softmax."""

    def __init__(self):
        self.prediction = self.target = None

    def forward(self, x, target):
        exponential = np.exp(x - x.max(axis=1, keepdims=True))
        self.prediction = exponential / exponential.sum(axis=1, keepdims=True)
        self.target = target
        return -np.sum(target * np.log(self.prediction + 1e-7)) / len(x)

    def backward(self):
        return (self.prediction - self.target) / len(self.target)


class NumpyBook:
    """The book's training loop."""

    versions = {"numpy": np.__version__}

    def __init__(self, job):
        self.job = job
        self.rng = np.random.RandomState(job.seed)
        weights = job.first_weights(np.float64)
        self.layers = [Affine(*weights[0]), Relu(), Affine(*weights[1])]
        self.loss = SoftmaxWithLoss()
        self.images = job.images
        self.targets = {split: one_hot(job.labels[split], job.net[-1]) for split in job.labels}

    def predict(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def gradient(self, x, target):
        self.loss.forward(self.predict(x), target)
        dy = self.loss.backward()
        for layer in reversed(self.layers):
            dy = layer.backward(dy)

    def train(self, steps):
        for _ in range(steps):
            batch = self.rng.choice(self.job.samples, self.job.batch)
            x, target = self.images["train"][batch], self.targets["train"][batch]
            self.gradient(x, target)
            for affine in self.layers[::2]:
                affine.weight -= self.job.rate * affine.weight_gradient
                affine.bias -= self.job.rate * affine.bias_gradient
            self.loss.forward(self.predict(x), target)

    def accuracy(self, split):
        guess = np.argmax(self.predict(self.images[split]), axis=1)
        return np.mean(guess == np.argmax(self.targets[split], axis=1))


if __name__ == "__main__":
    main(NumpyBook)
