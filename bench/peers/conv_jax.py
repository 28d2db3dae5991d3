"""JAX's convolutions: one jitted function trains a chunk of steps with lax.scan, as jax_scan.py."""

import math
from functools import partial

import jax
import numpy as np
from common import main
from conv_nets import shapes
from jax import lax
from jax import numpy as jnp
from jax_scan import JaxScan, adam_step, first_state


def first_weights(name, seed):
    """He's, as (weight, bias) of each layer that has some."""
    rng = np.random.default_rng(seed)
    weights = []
    for kind, sizes, shape in shapes(name):
        if kind == "conv":
            form = (sizes[0], shape[0], sizes[1], sizes[1])
            scale = math.sqrt(2 / math.prod(form[1:]))
        elif kind == "affine":
            form = (math.prod(shape), sizes[0])
            scale = math.sqrt(2 / form[0])
        else:
            continue
        weights.append((rng.normal(0, scale, form).astype("f4"), np.zeros(sizes[0], "f4")))
    return weights


def logits(weights, x, name, key):
    """(rows, classes); key: None leaves dropout out."""
    rest = iter(weights)
    for kind, sizes, _ in shapes(name):
        if kind == "conv":
            weight, bias = next(rest)
            padding = [(sizes[2], sizes[2])] * 2
            x = lax.conv_general_dilated(x, weight, (1, 1), padding) + bias[:, None, None]
        elif kind == "affine":
            weight, bias = next(rest)
            x = x.reshape(len(x), -1) @ weight + bias
        elif kind == "relu":
            x = jax.nn.relu(x)
        elif kind == "pool":
            window = (1, 1, 2, 2)
            x = lax.reduce_window(x, -jnp.inf, lax.max, window, window, "VALID")
        elif key is not None:
            keep = 1 - sizes[0]
            x = jnp.where(jax.random.bernoulli(key, keep, x.shape), x / keep, 0)
    return x


def mean_loss(weights, x, labels, name, key):
    """Mean cross entropy."""
    log_probability = jax.nn.log_softmax(logits(weights, x, name, key))
    return -jnp.mean(jnp.take_along_axis(log_probability, labels[:, None], axis=1))


@partial(jax.jit, static_argnames=("chunk", "batch", "rate", "name"), donate_argnames="state")
def train_chunk(state, key, images, labels, chunk, batch, rate, name):
    """The state after `chunk` steps."""

    def step(state, drawn):
        index, key = drawn
        gradient = jax.grad(mean_loss)(state[0], images[index], labels[index], name, key)
        return adam_step(state, gradient, rate), None

    index = jax.random.randint(key, (chunk, batch), 0, len(labels))
    return lax.scan(step, state, (index, jax.random.split(key, chunk)))[0]


@partial(jax.jit, static_argnames="name")
def right_answers(weights, images, labels, name):
    """How many samples have their class's logit as the largest."""
    return jnp.sum(jnp.argmax(logits(weights, images, name, None), axis=1) == labels)


class ConvJax(JaxScan):
    """The loop of dense nets, with another net and adam."""

    def __init__(self, job):
        self.job, self.name = job, job.net[0]
        self.key = jax.random.key(job.seed)
        self.state = first_state(jax.device_put(first_weights(self.name, job.seed)), "adam")
        self.images = {
            split: jax.device_put(x.reshape(-1, 1, 28, 28)) for split, x in job.images.items()
        }
        self.labels = {split: jax.device_put(y.astype("i4")) for split, y in job.labels.items()}

    def train_chunk(self, key):
        return train_chunk(
            self.state,
            key,
            self.images["train"],
            self.labels["train"],
            chunk=self.job.chunk,
            batch=self.job.batch,
            rate=self.job.rate,
            name=self.name,
        )

    def accuracy(self, split):
        images, labels = self.images[split], self.labels[split]
        right = sum(
            right_answers(self.state[0], images[i : i + 1000], labels[i : i + 1000], self.name)
            for i in range(0, len(labels), 1000)
        )
        return right / len(labels)


if __name__ == "__main__":
    main(ConvJax)
