"""The rate of a square float32 product of one library, the yardstick of dense layers.

    sgemm.py --library numpy --size 2048

Products of the same matrices are repeated as often as each line of standard input says; the result
is written to memory that is there already, where the library can.
"""

import argparse

import numpy as np
from common import serve


def numpy_product(a, b):
    """(repeat(count), versions)."""
    c = np.empty_like(a)

    def repeat(count):
        for _ in range(count):
            np.matmul(a, b, out=c)

    return repeat, {"numpy": np.__version__}


def torch_product(a, b):
    """The same of PyTorch."""
    import torch

    a, b = torch.from_numpy(a), torch.from_numpy(b)
    c = torch.empty_like(a)

    def repeat(count):
        for _ in range(count):
            torch.mm(a, b, out=c)

    return repeat, {"torch": torch.__version__}


def jax_product(a, b):
    """The same of JAX."""
    import jax

    a, b = jax.device_put((a, b))
    product = jax.jit(jax.numpy.matmul)

    def repeat(count):
        for _ in range(count):
            product(a, b).block_until_ready()

    return repeat, {"jax": jax.__version__}


LIBRARIES = {"numpy": numpy_product, "torch": torch_product, "jax": jax_product}


def main():
    """Serves products of one library."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", choices=LIBRARIES, required=True)
    parser.add_argument("--size", type=int, default=2048)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    shape = (2, options.size, options.size)
    a, b = rng.uniform(-1, 1, shape).astype(np.float32)
    repeat, versions = LIBRARIES[options.library](a, b)
    serve(repeat, 1, versions)


if __name__ == "__main__":
    main()
