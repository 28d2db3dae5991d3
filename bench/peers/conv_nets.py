"""The convolutional networks of configs/mnist_convnet.yaml and configs/mnist_deep_convnet.yaml."""

# ("conv", filters, kernel, padding), ("affine", units), ("dropout", rate)
NETS = {
    "convnet": [("conv", 30, 5, 0), "relu", "pool", ("affine", 100), "relu", ("affine", 10)],
    "deep_convnet": [
        *(("conv", 16, 3, 1), "relu", ("conv", 16, 3, 1), "relu", "pool"),
        *(("conv", 32, 3, 1), "relu", ("conv", 32, 3, 2), "relu", "pool"),
        *(("conv", 64, 3, 1), "relu", ("conv", 64, 3, 1), "relu", "pool"),
        *(("affine", 50), "relu", ("dropout", 0.5), ("affine", 10)),
    ],
}


def shapes(name):
    """Each layer of the net with the shape that comes in: (channels, height, width) or (units,)."""
    shape = (1, 28, 28)
    for layer in NETS[name]:
        kind, *sizes = [layer] if isinstance(layer, str) else layer
        yield kind, sizes, shape
        if kind == "conv":
            filters, kernel, padding = sizes
            shape = (filters, *(side + 2 * padding - kernel + 1 for side in shape[1:]))
        elif kind == "pool":
            shape = (shape[0], *(side // 2 for side in shape[1:]))
        elif kind == "affine":
            shape = (sizes[0],)
