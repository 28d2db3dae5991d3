"""Random networks, one step of sgd each, beside PyTorch in float64.

    TRAINER_PROGRAM=build/trainer python tests/python/test_torch.py
    python tests/python/test_torch.py --record      makes tests/python/recorded/torch.json anew

Where `make bench-peers` has installed PyTorch, 200 networks are asked of it; elsewhere that part
says that it is skipped. What it answered of the first 20, recorded with its version in
recorded/torch.json, is always compared. Weights move by 0.1 times the gradient; they must come
within 1e-3 of the distance travelled, and losses within 2e-5.
"""

import hashlib
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np

HERE = Path(__file__).resolve().parent
PROGRAM = os.environ.get("TRAINER_PROGRAM", "build/trainer")
PEERS = Path(os.environ.get("TRAINER_SOURCE_DIR", HERE.parents[1])) / "build/peers"
RECORDED = HERE / "recorded/torch.json"
PARAMETERS = {"weight", "bias", "gamma", "beta"}
NETS, KEPT, RATE = 200, 20, 0.1
SMOOTH = ["Sigmoid", "Tanh", "ELU", "GELU", "SiLU", "Softplus"]
SHARP = ["ReLU", "LeakyReLU"]


class Net:
    """A network drawn by its number, for both programs."""

    def __init__(self, number):
        self.random = random.Random(number)
        self.layers, self.rows = [], self.random.randint(3, 6)
        pick = self.random.randint
        self.shape = (pick(1, 3), pick(5, 8), pick(5, 8)) if number % 2 else (pick(3, 8),)
        self.x = self.numbers((self.rows, *self.shape))
        for _ in range(pick(1, 4) if number % 2 else 0):
            self.add_picture_layer()
        if self.random.random() < 0.2 and len(self.shape) == 3:
            self.add("GlobalAveragePool", shape=self.shape[:1])
        for _ in range(pick(0, 3)):
            self.add_vector_layer()
        self.outputs = pick(2, 4)
        self.add("Affine", units=self.outputs, shape=(self.outputs,))
        self.add_loss()

    def numbers(self, shape):
        count = math.prod(shape)
        return np.array([round(self.random.gauss(0, 1), 3) for _ in range(count)]).reshape(shape)

    def add(self, kind, shape=None, **options):
        self.layers.append({"name": f"l{len(self.layers)}", "type": kind, **options})
        self.shape = shape or self.shape

    def window(self, kernel, stride, padding, dilation):
        return [(size + 2 * p - d * (k - 1) - 1) // s + 1
                for size, k, s, p, d in zip(self.shape[1:], kernel, stride, padding, dilation)]

    def add_picture_layer(self):
        draw, pick = self.random.choice, self.random.randint
        kind = draw(["Conv2D", "Conv2D", "Conv2D", "MaxPool", "AveragePool", "BatchNorm",
                     "LayerNorm", *SMOOTH, *SHARP])
        pair = lambda low, high: [pick(low, high), pick(low, high)]
        if kind == "Conv2D":
            options = {"kernel": pair(1, 3), "stride": pair(1, 2), "padding": pair(0, 1),
                       "dilation": pair(1, 2)}
            out = self.window(**options)
            groups = draw([g for g in (1, 2, 3) if self.shape[0] % g == 0])
            filters = groups * pick(1, 3)
            if min(out) > 0:
                self.add(kind, (filters, *out), filters=filters, groups=groups,
                         bias=self.random.random() < 0.7, **options)
        elif kind in ("MaxPool", "AveragePool"):
            options = {"kernel": pair(2, 3), "stride": pair(1, 2), "padding": pair(0, 1)}
            out = self.window(**options, dilation=[1, 1])
            if min(out) > 0:
                self.add(kind, (self.shape[0], *out), **options)
        else:
            self.add(kind)

    def add_vector_layer(self):
        kind = self.random.choice(["Affine", "Affine", "BatchNorm", "LayerNorm", "Softmax",
                                   *SMOOTH, *SHARP])
        if kind == "Affine":
            units = self.random.randint(2, 7)
            self.add(kind, (units,), units=units, bias=self.random.random() < 0.7)
        else:
            self.add(kind)

    def add_loss(self):
        kind = self.random.choice(["SoftmaxWithLoss", "SigmoidWithLoss", "SquaredErrorWithLoss",
                                   "HuberWithLoss"])
        options = {"delta": 0.5} if kind == "HuberWithLoss" else {}
        if kind.startswith("S") and "Error" not in kind and self.random.random() < 0.5:
            options["label_smoothing"] = 0.1
        pick = self.random.randrange
        if kind == "SoftmaxWithLoss":
            self.labels = [pick(self.outputs) for _ in range(self.rows)]
            self.labels[0] = self.outputs - 1
        elif kind == "SigmoidWithLoss":
            self.labels = [[pick(2) for _ in range(self.outputs)] for _ in range(self.rows)]
        else:
            self.labels = self.numbers((self.rows, self.outputs)).tolist()
        self.add(kind, **options)

    def config(self):
        layers = "\n".join(f"    - {json.dumps(layer)}" for layer in self.layers)
        return f"""
data: {{type: inline, inputs: {{x: {self.x.tolist()}}}, labels: {json.dumps(self.labels)}}}
model:
  layers:
{layers}
optimizer: {{type: sgd, learning_rate: {RATE}}}
trainer: {{batch_size: {self.rows}, sampling: sequential, threads: 1, evaluate: {{every: never}}}}
"""

    def train(self, folder):
        """Sets the weights before and after a step, and its loss."""
        path = Path(folder) / "net.yaml"
        path.write_text(self.config())
        taken = []
        for steps in (0, 1):
            command = [PROGRAM, path, "--output", Path(folder) / "run", "--force", "--quiet"]
            done = subprocess.run([*command, f"trainer.max_steps={steps}"], capture_output=True,
                                  text=True)
            if done.returncode:
                raise AssertionError(f"{done.stderr}{self.config()}")
            with h5py.File(Path(folder) / "run/run.h5") as file:
                taken.append({f"{layer}/{name}": values[:].astype(float)
                              for layer, group in file["model"].items()
                              for name, values in group.items() if name in PARAMETERS})
                loss = file["metrics/step/train_loss"][:]
        self.before, self.after = taken
        self.loss = loss[0]

    def question(self):
        return {"layers": self.layers, "x": self.x.tolist(), "labels": self.labels,
                "weights": {name: w.tolist() for name, w in self.before.items()}}

    def print_of_weights(self):
        text = b"".join(name.encode() + w.tobytes() for name, w in sorted(self.before.items()))
        return hashlib.sha256(text).hexdigest()[:16]


def train_all(count):
    nets = [Net(number) for number in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        for net in nets:
            net.train(folder)
    return nets


def ask_torch(nets):
    questions = json.dumps([net.question() for net in nets])
    done = subprocess.run([PEERS / "bin/python", HERE / "asked/nets.py"], input=questions,
                          text=True, capture_output=True, check=True)
    return json.loads(done.stdout)


class Torch(unittest.TestCase):
    def compare(self, nets, answers):
        for number, (net, answer) in enumerate(zip(nets, answers)):
            with self.subTest(net=number):
                self.assertLess(abs(net.loss - answer["loss"]), 2e-5 * max(1, answer["loss"]))
                apart = travelled = 0
                for name, before in net.before.items():
                    step = RATE * np.array(answer["gradient"][name]).reshape(before.shape)
                    apart += ((net.after[name] - before + step) ** 2).sum()
                    travelled += (step**2).sum()
                self.assertGreater(travelled, 0)
                self.assertLess(math.sqrt(apart), 1e-3 * math.sqrt(travelled))

    def test_what_torch_answered_once(self):
        nets, recorded = train_all(KEPT), json.loads(RECORDED.read_text())["answers"]
        for number, (net, answer) in enumerate(zip(nets, recorded)):
            self.assertEqual(net.print_of_weights(), answer["first_weights"],
                             f"network {number} starts from other weights: --record makes anew")
        self.compare(nets, recorded)

    def test_what_torch_answers_now(self):
        if not (PEERS / "installed").exists():
            print("*** SKIPPED: PyTorch is not installed; make bench-peers installs it")
            self.skipTest("PyTorch is not installed")
        nets = train_all(NETS)
        self.compare(nets, ask_torch(nets))


def record():
    nets = train_all(KEPT)
    answers = ask_torch(nets)
    version = {answer.pop("version") for answer in answers}
    for net, answer in zip(nets, answers):
        answer["first_weights"] = net.print_of_weights()
        answer["gradient"] = {name: [float(f"{g:.7g}") for g in values]
                              for name, values in answer["gradient"].items()}
    how = f"PyTorch {version.pop()}, float64: python tests/python/test_torch.py --record"
    RECORDED.write_text(json.dumps({"made_by": how, "answers": answers}, indent=0) + "\n")


if __name__ == "__main__":
    if "--record" in sys.argv:
        record()
    else:
        unittest.main(argv=sys.argv[:1], verbosity=1)
