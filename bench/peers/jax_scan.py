"""JAX: one jitted function trains a chunk of steps with lax.scan on data that is on the device.

The weights are donated, so that a chunk updates them in place, and the samples of a chunk are drawn
before its scan. JAX takes its number of threads from the processors that the process may use.
"""

from functools import partial

import jax
from common import main
from jax import lax
from jax import numpy as jnp


ACTIVATIONS = {"relu": jax.nn.relu, "tanh": jnp.tanh}


def logits(weights, x, activation):
    """(rows, classes)."""
    for weight, bias in weights[:-1]:
        x = ACTIVATIONS[activation](x @ weight + bias)
    weight, bias = weights[-1]
    return x @ weight + bias


def mean_loss(weights, x, labels, activation):
    """Mean cross entropy."""
    scores = logits(weights, x, activation)
    if scores.shape[1] == 1:
        return jnp.mean(jax.nn.softplus(scores[:, 0]) - scores[:, 0] * labels)
    log_probability = jax.nn.log_softmax(scores)
    return -jnp.mean(jnp.take_along_axis(log_probability, labels[:, None], axis=1))


def first_state(weights, optimizer):
    """What is carried from step to step: weights, and Adam's two averages and count."""
    zeros = partial(jax.tree.map, jnp.zeros_like)
    if optimizer == "sgd":
        return (weights,)
    return weights, zeros(weights), zeros(weights), jnp.zeros((), jnp.int32)


def sgd_step(state, gradient, rate):
    """Plain descent."""
    return (jax.tree.map(lambda w, g: w - rate * g, state[0], gradient),)


def adam_step(state, gradient, rate, keep=(0.9, 0.999), epsilon=1e-8):
    """Adam as optax has it."""
    weights, first, second, count = state
    count = count + 1
    first = jax.tree.map(lambda m, g: keep[0] * m + (1 - keep[0]) * g, first, gradient)
    second = jax.tree.map(lambda v, g: keep[1] * v + (1 - keep[1]) * g * g, second, gradient)
    scale = [1 / (1 - b ** count.astype(jnp.float32)) for b in keep]
    weights = jax.tree.map(
        lambda w, m, v: w - rate * m * scale[0] / (jnp.sqrt(v * scale[1]) + epsilon),
        weights,
        first,
        second,
    )
    return weights, first, second, count


STEPS = {"sgd": sgd_step, "adam": adam_step}
STATIC = ("chunk", "batch", "rate", "activation", "optimizer")


@partial(jax.jit, static_argnames=STATIC, donate_argnames="state")
def train_chunk(state, key, images, labels, chunk, batch, rate, activation, optimizer):
    """The state after `chunk` steps."""

    def step(state, index):
        gradient = jax.grad(mean_loss)(state[0], images[index], labels[index], activation)
        return STEPS[optimizer](state, gradient, rate), None

    index = jax.random.randint(key, (chunk, batch), 0, len(labels))
    return lax.scan(step, state, index)[0]


@partial(jax.jit, static_argnames="activation")
def right_answers(weights, images, labels, activation):
    """Share of samples whose largest logit is their class's."""
    return jnp.mean(jnp.argmax(logits(weights, images, activation), axis=1) == labels)


class JaxScan:
    """The training loop: a call for each chunk."""

    versions = {"jax": jax.__version__}

    def __init__(self, job):
        self.job = job
        self.key = jax.random.key(job.seed)
        self.state = first_state(jax.device_put(job.first_weights()), job.optimizer)
        self.images = jax.device_put(job.images)
        labels = {split: job.labels[split].astype("int32") for split in job.labels}
        self.labels = jax.device_put(labels)

    def train(self, steps):
        for _ in range(steps // self.job.chunk):
            self.key, key = jax.random.split(self.key)
            self.state = self.train_chunk(key)
        jax.block_until_ready(self.state)

    def train_chunk(self, key):
        """The state after the job's chunk of steps."""
        return train_chunk(
            self.state,
            key,
            self.images["train"],
            self.labels["train"],
            chunk=self.job.chunk,
            batch=self.job.batch,
            rate=self.job.rate,
            activation=self.job.activation,
            optimizer=self.job.optimizer,
        )

    def accuracy(self, split):
        split_data = self.images[split], self.labels[split]
        return right_answers(self.state[0], *split_data, self.job.activation)


if __name__ == "__main__":
    main(JaxScan)
