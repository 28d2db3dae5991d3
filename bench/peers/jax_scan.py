"""JAX: one jitted function trains a chunk of steps with lax.scan on data that is on the device.

The weights are donated, so that a chunk updates them in place, and the samples of a chunk are drawn
before its scan. JAX takes its number of threads from the processors that the process may use.
"""

from functools import partial

import jax
from common import main
from jax import lax
from jax import numpy as jnp


def logits(weights, x):
    """(rows, classes)."""
    for weight, bias in weights[:-1]:
        x = jax.nn.relu(x @ weight + bias)
    weight, bias = weights[-1]
    return x @ weight + bias


def mean_loss(weights, x, labels):
    """Mean cross entropy."""
    log_probability = jax.nn.log_softmax(logits(weights, x))
    return -jnp.mean(jnp.take_along_axis(log_probability, labels[:, None], axis=1))


@partial(jax.jit, static_argnames=("chunk", "batch", "rate"), donate_argnames="weights")
def train_chunk(weights, key, images, labels, chunk, batch, rate):
    """The weights after `chunk` steps."""

    def step(weights, index):
        gradient = jax.grad(mean_loss)(weights, images[index], labels[index])
        return jax.tree.map(lambda w, g: w - rate * g, weights, gradient), None

    index = jax.random.randint(key, (chunk, batch), 0, len(labels))
    return lax.scan(step, weights, index)[0]


@jax.jit
def right_answers(weights, images, labels):
    """Share of samples whose largest logit is their class's."""
    return jnp.mean(jnp.argmax(logits(weights, images), axis=1) == labels)


class JaxScan:
    """The training loop: a call for each chunk."""

    versions = {"jax": jax.__version__}

    def __init__(self, job):
        self.job = job
        self.key = jax.random.key(job.seed)
        self.weights = jax.device_put(job.first_weights())
        self.images = jax.device_put(job.images)
        labels = {split: job.labels[split].astype("int32") for split in job.labels}
        self.labels = jax.device_put(labels)

    def train(self, steps):
        for _ in range(steps // self.job.chunk):
            self.key, key = jax.random.split(self.key)
            self.weights = train_chunk(
                self.weights,
                key,
                self.images["train"],
                self.labels["train"],
                chunk=self.job.chunk,
                batch=self.job.batch,
                rate=self.job.rate,
            )
        jax.block_until_ready(self.weights)

    def accuracy(self, split):
        return right_answers(self.weights, self.images[split], self.labels[split])


if __name__ == "__main__":
    main(JaxScan)
