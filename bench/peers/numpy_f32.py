"""NumPy at its best: float32, every array of a step allocated once and written with out=.

The loss of a step is left out: its gradient does not need it. So is the gradient of the input.
"""

import numpy as np
from common import main


class NumpyFloat32:
    """Dense layers with ReLU between them and softmax with cross entropy behind the last."""

    versions = {"numpy": np.__version__}

    def __init__(self, job):
        self.job = job
        self.rng = np.random.default_rng(job.seed)
        self.weights = job.first_weights()
        self.gradients = [(np.empty_like(w), np.empty_like(b)) for w, b in self.weights]
        shapes = [(job.batch, units) for units in job.net]
        self.x = [np.empty(shape, np.float32) for shape in shapes]  # of each layer, input first
        self.dx = [np.empty(shape, np.float32) for shape in shapes]
        self.masks = [np.empty(shape, bool) for shape in shapes]
        self.row = np.empty((job.batch, 1), np.float32)
        self.rows = np.arange(job.batch)

    def forward(self):
        last = len(self.weights) - 1
        for i, (weight, bias) in enumerate(self.weights):
            y = self.x[i + 1]
            np.dot(self.x[i], weight, out=y)
            y += bias
            if i < last:
                np.maximum(y, 0, out=y)

    def loss_gradient(self, labels):
        """(softmax - one-hot) / batch, into the last dx."""
        logits, dy = self.x[-1], self.dx[-1]
        np.max(logits, axis=1, keepdims=True, out=self.row)
        np.subtract(logits, self.row, out=dy)
        np.exp(dy, out=dy)
        np.sum(dy, axis=1, keepdims=True, out=self.row)
        self.row *= self.job.batch
        dy /= self.row
        dy[self.rows, labels] -= np.float32(1 / self.job.batch)

    def backward(self):
        for i in reversed(range(len(self.weights))):
            weight_gradient, bias_gradient = self.gradients[i]
            np.dot(self.x[i].T, self.dx[i + 1], out=weight_gradient)
            np.sum(self.dx[i + 1], axis=0, out=bias_gradient)
            if i > 0:
                np.dot(self.dx[i + 1], self.weights[i][0].T, out=self.dx[i])
                np.greater(self.x[i], 0, out=self.masks[i])
                self.dx[i] *= self.masks[i]

    def update(self):
        for parameters, gradients in zip(self.weights, self.gradients):
            for parameter, gradient in zip(parameters, gradients):
                gradient *= np.float32(self.job.rate)
                parameter -= gradient

    def train(self, steps):
        images, labels = self.job.images["train"], self.job.labels["train"]
        for _ in range(steps):
            batch = self.rng.integers(self.job.samples, size=self.job.batch)
            np.take(images, batch, axis=0, out=self.x[0], mode="clip")  # "raise" would copy twice
            self.forward()
            self.loss_gradient(labels[batch])
            self.backward()
            self.update()

    def accuracy(self, split):
        x = self.job.images[split]
        last = len(self.weights) - 1
        for i, (weight, bias) in enumerate(self.weights):
            x = x @ weight
            x += bias
            if i < last:
                np.maximum(x, 0, out=x)
        return np.mean(x.argmax(axis=1) == self.job.labels[split])


if __name__ == "__main__":
    main(NumpyFloat32)
