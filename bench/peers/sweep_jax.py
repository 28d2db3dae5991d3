"""JAX: all trials in one jitted function, mapped over their weights, rates and keys by vmap.

An epoch is one call: lax.scan over its steps, each step vmap over the trials. Weights are donated.
"""

from functools import partial

import jax
from common import load_mnist
from jax import lax
from jax import numpy as jnp
from jax_scan import logits, mean_loss
from sweep_common import BATCH, NET, main


def first_weights(std, key):
    """A trial's [(weight (in, out), bias (out))]."""
    shapes = list(zip(NET, NET[1:]))
    keys = jax.random.split(key, len(shapes))
    return [
        (std * jax.random.normal(own, shape), jnp.zeros(shape[1]))
        for own, shape in zip(keys, shapes)
    ]


@partial(jax.jit, static_argnames="steps", donate_argnames="weights")
def train_epoch(weights, rates, keys, images, labels, steps):
    """The weights of all trials after an epoch."""

    def step(weights, keys):
        def one(weights, rate, key):
            index = jax.random.randint(key, (BATCH,), 0, len(labels))
            gradient = jax.grad(mean_loss)(weights, images[index], labels[index])
            return jax.tree.map(lambda w, g: w - rate * g, weights, gradient)

        return jax.vmap(one)(weights, rates, keys), None

    each = jax.vmap(lambda key: jax.random.split(key, steps), out_axes=1)(keys)
    return lax.scan(step, weights, each)[0]


@jax.jit
def accuracies(weights, images, labels):
    """Shares of right answers, (trials)."""

    def one(weights):
        return jnp.mean(jnp.argmax(logits(weights, images), axis=1) == labels)

    return lax.map(one, weights)


def run(options, trials):
    """The accuracies of all trials, trained at once."""
    images, labels = load_mnist(options.mnist)
    images = jax.device_put(images)
    labels = {split: jax.device_put(labels[split].astype("int32")) for split in labels}
    stds, rates, seeds = (jnp.array(column) for column in zip(*trials))
    keys = jax.vmap(jax.random.key)(seeds)
    weights = jax.jit(jax.vmap(first_weights))(stds, keys)
    scores = []
    for epoch in range(options.epochs):
        own = jax.vmap(jax.random.fold_in, in_axes=(0, None))(keys, epoch)
        steps = len(labels["train"]) // BATCH
        weights = train_epoch(weights, rates, own, images["train"], labels["train"], steps)
        scores = accuracies(weights, images["test"], labels["test"])
    return scores


if __name__ == "__main__":
    main(run, {"jax": jax.__version__})
