"""What PyTorch, in float64, makes of networks that test_torch.py describes.

    build/peers/bin/python tests/python/asked/nets.py <nets.json >answers.json

A network is {"layers": [{"type", "name", options}], "weights": {"layer/name": nested list}, "x",
"labels"}; the answer is {"loss", "gradient": {"layer/name": flat list}} of one pass in training.
"""

import json
import sys

import torch
from torch.nn import functional as F

ACTIVATIONS = {
    "ReLU": F.relu,
    "Sigmoid": torch.sigmoid,
    "Tanh": torch.tanh,
    "LeakyReLU": lambda x: F.leaky_relu(x, 0.01),
    "ELU": F.elu,
    "GELU": F.gelu,
    "SiLU": F.silu,
    "Softplus": F.softplus,
    "Softmax": lambda x: F.softmax(x, -1),
}


def loss_of(layer, x, labels):
    x = x.flatten(1)
    smoothing = layer.get("label_smoothing", 0)
    if layer["type"] == "SoftmaxWithLoss":
        return F.cross_entropy(x, torch.tensor(labels), label_smoothing=smoothing)
    target = torch.tensor(labels, dtype=torch.float64)
    if layer["type"] == "SigmoidWithLoss":
        return F.binary_cross_entropy_with_logits(x, target * (1 - smoothing) + smoothing / 2)
    if layer["type"] == "HuberWithLoss":
        return F.huber_loss(x, target, delta=layer.get("delta", 1))
    return F.mse_loss(x, target)


def forward(layer, x, weight):
    kind, gamma, beta = layer["type"], weight("gamma"), weight("beta")
    picture = x if x.dim() != 3 else x[:, None]
    if kind == "Conv2D":
        return F.conv2d(picture, weight("weight"), weight("bias"), layer.get("stride", 1),
                        layer.get("padding", 0), layer.get("dilation", 1), layer.get("groups", 1))
    if kind == "Affine":
        y = x.flatten(1) @ weight("weight")
        return y if weight("bias") is None else y + weight("bias")
    if kind == "MaxPool":
        return F.max_pool2d(picture, layer["kernel"], layer["stride"], layer["padding"])
    if kind == "AveragePool":
        return F.avg_pool2d(picture, layer["kernel"], layer["stride"], layer["padding"])
    if kind == "GlobalAveragePool":
        return picture.mean((2, 3))
    if kind == "BatchNorm":
        return F.batch_norm(picture, None, None, gamma, beta, training=True, eps=1e-5)
    if kind == "LayerNorm":
        return F.layer_norm(x, x.shape[1:], gamma, beta, 1e-5)
    return ACTIVATIONS[kind](x)


def answer(net):
    weights = {name: torch.tensor(values, dtype=torch.float64, requires_grad=True)
               for name, values in net["weights"].items()}
    x = torch.tensor(net["x"], dtype=torch.float64)
    for layer in net["layers"][:-1]:
        x = forward(layer, x, lambda name: weights.get(f"{layer['name']}/{name}"))
    loss = loss_of(net["layers"][-1], x, net["labels"])
    loss.backward()
    return {"loss": loss.item(), "version": torch.__version__,
            "gradient": {name: w.grad.flatten().tolist() for name, w in weights.items()}}


if __name__ == "__main__":
    torch.set_num_threads(1)
    json.dump([answer(net) for net in json.load(sys.stdin)], sys.stdout)
