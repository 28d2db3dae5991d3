"""Fifty steps of every optimizer and schedule, beside the same formulas in NumPy float64.

    TRAINER_PROGRAM=build/trainer python tests/python/test_optimizers.py

A network of two layers (sigmoid between) is trained by the program from the weights that it writes
for 0 steps; the weights behind 50 steps must be NumPy's to 3e-3 of the distance travelled. The
formulas are PyTorch's, written out here. Where `make bench-peers` has installed PyTorch its own
optimizers and schedules are asked too; elsewhere that part says that it is skipped. What they
answered once, with their version in recorded/optimizers.json, is always compared:

    python tests/python/test_optimizers.py --record     asks them and writes that file anew
"""

import json
import math
import os
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
RECORDED = HERE / "recorded/optimizers.json"
SAMPLES, INPUTS, HIDDEN, CLASSES, BATCH, STEPS = 13, 3, 6, 4, 5, 50
STEPS_PER_EPOCH = -(-SAMPLES // BATCH)
rng = np.random.default_rng(7)
X = np.round(rng.normal(size=(SAMPLES, INPUTS)), 3)
LABELS = rng.integers(0, CLASSES, SAMPLES)
NAMES = (("affine1", "weight"), ("affine1", "bias"), ("affine2", "weight"), ("affine2", "bias"))


def config(optimizer, trainer="", first=""):
    return f"""
seed: 3
data:
  type: inline
  inputs: {{x: {X.tolist()}}}
  labels: {LABELS.tolist()}
model:
  layers:
    - {{name: affine1, type: Affine, units: {HIDDEN}, init: {{type: normal, std: 1}}{first}}}
    - {{type: Sigmoid}}
    - {{name: affine2, type: Affine, units: {CLASSES}, init: {{type: normal, std: 1}}}}
    - {{type: SoftmaxWithLoss}}
optimizer: {optimizer}
trainer: {{batch_size: {BATCH}, sampling: sequential, threads: 1{trainer}}}
"""


def train(folder, text, steps):
    path = os.path.join(folder, "c.yaml")
    with open(path, "w") as file:
        file.write(text)
    run = os.path.join(folder, f"run{steps}")
    done = subprocess.run([PROGRAM, path, f"trainer.max_steps={steps}", "--output", run, "--quiet"],
                          capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(done.stderr)
    with h5py.File(os.path.join(run, "run.h5")) as file:
        weights = [file["model"][layer][name][:].astype(float) for layer, name in NAMES]
        return weights, file["metrics/step/learning_rate"][:]


def gradient(weights, rows):
    """Of the mean loss over the samples of these rows."""
    w1, b1, w2, b2 = weights
    x, t = X[rows], LABELS[rows]
    h = 1 / (1 + np.exp(-(x @ w1 + b1)))
    z = h @ w2 + b2
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    p[np.arange(len(t)), t] -= 1
    dz = p / len(t)
    dh = dz @ w2.T * h * (1 - h)
    return [x.T @ dh, dh.sum(0), h.T @ dz, dz.sum(0)]


class Rule:
    """One tensor's optimizer."""

    def __init__(self, **options):
        self.o = options
        self.s = {}

    def state(self, key, x):
        return self.s.setdefault(key, np.zeros_like(x))

    def sgd(self, x, g, rate, t):
        return x - rate * g

    def momentum(self, x, g, rate, t):
        mu = self.o.get("momentum", 0.9)
        v = self.s["v"] = mu * self.state("v", x) + g
        return x - rate * (g + mu * v if self.o.get("nesterov") else v)

    def adagrad(self, x, g, rate, t):
        h = self.s["h"] = self.state("h", x) + g * g
        return x - rate * g / (np.sqrt(h) + self.o.get("epsilon", 1e-10))

    def rmsprop(self, x, g, rate, t):
        rho = self.o.get("rho", 0.99)
        h = self.s["h"] = rho * self.state("h", x) + (1 - rho) * g * g
        if self.o.get("centered"):
            a = self.s["a"] = rho * self.state("a", x) + (1 - rho) * g
            h = np.maximum(h - a * a, 0)
        d = g / (np.sqrt(h) + self.o.get("epsilon", 1e-8))
        if self.o.get("momentum"):
            d = self.s["b"] = self.o["momentum"] * self.state("b", x) + d
        return x - rate * d

    def adadelta(self, x, g, rate, t):
        rho, e = self.o.get("rho", 0.9), self.o.get("epsilon", 1e-6)
        h = self.s["h"] = rho * self.state("h", x) + (1 - rho) * g * g
        d = np.sqrt(self.state("u", x) + e) / np.sqrt(h + e) * g
        self.s["u"] = rho * self.s["u"] + (1 - rho) * d * d
        return x - rate * d

    def adam(self, x, g, rate, t):
        b1, b2 = self.o.get("beta1", 0.9), self.o.get("beta2", 0.999)
        m = self.s["m"] = b1 * self.state("m", x) + (1 - b1) * g
        v = self.s["v"] = b2 * self.state("v", x) + (1 - b2) * g * g
        if self.o.get("amsgrad"):
            v = self.s["M"] = np.maximum(self.state("M", x), v)
        root = np.sqrt(v / (1 - b2**t)) + self.o.get("epsilon", 1e-8)
        return x - rate * (m / (1 - b1**t)) / root

    def adamw(self, x, g, rate, t):
        return self.adam(x - rate * self.o["decay"] * x, g, rate, t)


DEFAULT_RATE = {"sgd": 0.01, "momentum": 0.01, "adagrad": 0.01, "rmsprop": 0.01, "adadelta": 1,
                "adam": 0.001, "adamw": 0.001}


def reference(weights, kind, rate=None, schedule=lambda t: 1, decay=0, biases=False, l1=0,
              clip_value=math.inf, clip_norm=math.inf, passes=1, average=0, factor=1, spared=False,
              drop=False, **options):
    """The weights behind 50 steps; those of the average where there is one."""
    x = [w.copy() for w in weights]
    mean = [w.copy() for w in weights]
    rules = [Rule(decay=0, **options) for _ in x]
    rate = rate or DEFAULT_RATE[kind]
    batch = BATCH * passes
    an_epoch = SAMPLES // batch if drop else -(-SAMPLES // batch)
    for step in range(STEPS):
        first = step % an_epoch * batch
        g = gradient(x, np.arange(first, min(first + batch, SAMPLES)))
        g = [np.clip(v, -clip_value, clip_value) for v in g]
        norm = math.sqrt(sum((v * v).sum() for v in g))
        g = [v * min(1, clip_norm / norm) for v in g]
        for i, (layer, name) in enumerate(NAMES):
            decays = (name == "weight" or biases) and not (spared and layer == "affine1")
            if decays:
                g[i] = g[i] + l1 * np.sign(x[i]) + (0 if kind == "adamw" else decay * x[i])
            rules[i].o["decay"] = decay if decays else 0
            r = rate * schedule(step) * (factor if layer == "affine1" else 1)
            x[i] = getattr(rules[i], kind)(x[i], g[i], r, step + 1)
            mean[i] = average * mean[i] + (1 - average) * x[i]
    return mean if average else x


def falling(t):
    return 0.5 ** (t // (2 * STEPS_PER_EPOCH))


def between(a, b, share):
    """Half a cosine from a to b."""
    return b + (a - b) * (1 + math.cos(math.pi * share)) / 2


CASES = {
    "sgd": ("{type: sgd, learning_rate: 0.3}", dict(kind="sgd", rate=0.3)),
    "sgd, decay": ("{type: sgd, learning_rate: 0.3, weight_decay: 0.1}",
                   dict(kind="sgd", rate=0.3, decay=0.1)),
    "sgd, decay of biases": (
        "{type: sgd, learning_rate: 0.3, weight_decay: 0.1, decay_biases: true}",
        dict(kind="sgd", rate=0.3, decay=0.1, biases=True)),
    "sgd, l1": ("{type: sgd, learning_rate: 0.3, l1: 0.01}", dict(kind="sgd", rate=0.3, l1=0.01)),
    "sgd, clip_value": ("{type: sgd, learning_rate: 0.3, clip_value: 0.02}",
                        dict(kind="sgd", rate=0.3, clip_value=0.02)),
    "sgd, clip_norm": ("{type: sgd, learning_rate: 0.3, clip_norm: 0.1}",
                       dict(kind="sgd", rate=0.3, clip_norm=0.1)),
    "all of it": ("{type: sgd, learning_rate: 0.3, clip_value: 0.05, clip_norm: 0.1, l1: 0.01, "
                  "weight_decay: 0.1}",
                  dict(kind="sgd", rate=0.3, clip_value=0.05, clip_norm=0.1, l1=0.01, decay=0.1)),
    "sgd, average": ("{type: sgd, learning_rate: 0.3, average: 0.9}",
                     dict(kind="sgd", rate=0.3, average=0.9)),
    "momentum": ("momentum", dict(kind="momentum")),
    "nesterov": ("{type: momentum, momentum: 0.8, nesterov: true, learning_rate: 0.1}",
                 dict(kind="momentum", momentum=0.8, nesterov=True, rate=0.1)),
    "momentum, a rate that changes": (
        "{type: momentum, learning_rate: 0.1, schedule: {type: step, every: 2 epochs, gamma: 0.5}}",
        dict(kind="momentum", rate=0.1, schedule=falling)),
    "adagrad": ("adagrad", dict(kind="adagrad")),
    "rmsprop": ("rmsprop", dict(kind="rmsprop")),
    "rmsprop, centered, momentum": (
        "{type: rmsprop, centered: true, momentum: 0.5, rho: 0.9, epsilon: 1e-2}",
        dict(kind="rmsprop", centered=True, momentum=0.5, rho=0.9, epsilon=1e-2)),
    "adadelta": ("adadelta", dict(kind="adadelta")),
    "adam": ("adam", dict(kind="adam")),
    "adam, epsilon": ("{type: adam, epsilon: 0.1, learning_rate: 0.01}",
                      dict(kind="adam", epsilon=0.1, rate=0.01)),
    "adam, amsgrad, decay": ("{type: adam, amsgrad: true, beta2: 0.9, weight_decay: 0.1}",
                             dict(kind="adam", amsgrad=True, beta2=0.9, decay=0.1)),
    "adamw": ("{type: adamw, weight_decay: 0.5, learning_rate: 0.01, l1: 0.01}",
              dict(kind="adamw", decay=0.5, rate=0.01, l1=0.01)),
    "adam, average, clip": ("{type: adam, average: 0.95, clip_norm: 0.05}",
                            dict(kind="adam", average=0.95, clip_norm=0.05)),
}

SCHEDULES = {
    "constant": ("{type: constant, warmup: 7}", lambda t: min(1, (t + 1) / 7)),
    "step": ("{type: step, every: 2 epochs, gamma: 0.5}", falling),
    "exponential": ("{type: exponential, gamma: 0.9}", lambda t: 0.9 ** (t / STEPS_PER_EPOCH)),
    "polynomial": ("{type: polynomial, power: 2, end: 0.1}",
                   lambda t: 0.1 + 0.9 * (1 - t / STEPS) ** 2),
    "cosine": ("{type: cosine, warmup: 2 epochs}",
               lambda t: (t + 1) / 6 if t < 6 else (1 + math.cos(math.pi * (t - 6) / 44)) / 2),
    "one_cycle": ("one_cycle",
                  lambda t: (between(0.04, 1, t / 14) if t < 14 else
                             between(1, 4e-6, (t - 14) / 35))),
}


SGD = ["SGD", {"lr": 0.3}]


def scheduled(text, kind, **options):
    return (f"{{type: sgd, learning_rate: 0.3, schedule: {text}}}",
            dict(optimizer=SGD, schedule=[kind, options]))


# What the program is told, and PyTorch (asked/optimizers.py).
TORCH = {
    "sgd": ("{type: sgd, learning_rate: 0.3, weight_decay: 0.1}", dict(optimizer=SGD, decay=0.1)),
    "clip_value, clip_norm": (
        "{type: sgd, learning_rate: 0.3, clip_value: 0.05, clip_norm: 0.1}",
        dict(optimizer=SGD, clip_value=0.05, clip_norm=0.1)),
    "momentum": ("momentum", dict(optimizer=["SGD", {"lr": 0.01, "momentum": 0.9}])),
    "nesterov": (
        "{type: momentum, momentum: 0.8, nesterov: true, learning_rate: 0.1, weight_decay: 0.1}",
        dict(optimizer=["SGD", {"lr": 0.1, "momentum": 0.8, "nesterov": True}], decay=0.1)),
    "momentum, a rate that changes": (
        "{type: momentum, learning_rate: 0.1, schedule: {type: step, every: 2 epochs, gamma: 0.5}}",
        dict(optimizer=["SGD", {"lr": 0.1, "momentum": 0.9}],
             schedule=["StepLR", {"step_size": 2 * STEPS_PER_EPOCH, "gamma": 0.5}])),
    "adagrad": ("{type: adagrad, epsilon: 0.1}", dict(optimizer=["Adagrad", {"eps": 0.1}])),
    "rmsprop": ("{type: rmsprop, epsilon: 0.01}", dict(optimizer=["RMSprop", {"eps": 0.01}])),
    "rmsprop, centered, momentum": (
        "{type: rmsprop, centered: true, momentum: 0.5, rho: 0.9, epsilon: 1e-2}",
        dict(optimizer=["RMSprop", {"centered": True, "momentum": 0.5, "alpha": 0.9,
                                    "eps": 1e-2}])),
    "adadelta": ("{type: adadelta, epsilon: 1e-3}", dict(optimizer=["Adadelta", {"eps": 1e-3}])),
    "adam": ("{type: adam, epsilon: 0.1, learning_rate: 0.01}",
             dict(optimizer=["Adam", {"eps": 0.1, "lr": 0.01}])),
    "adam, amsgrad, decay": (
        "{type: adam, amsgrad: true, beta2: 0.9, weight_decay: 0.1}",
        dict(optimizer=["Adam", {"amsgrad": True, "betas": [0.9, 0.9]}], decay=0.1)),
    "adamw": ("{type: adamw, weight_decay: 0.5, learning_rate: 0.01}",
              dict(optimizer=["AdamW", {"lr": 0.01}], decay=0.5)),
    "warmup": scheduled("{type: constant, warmup: 7}", "LinearLR", start_factor=1 / 7,
                        total_iters=6),
    "step": scheduled("{type: step, every: 2 epochs, gamma: 0.5}", "StepLR",
                      step_size=2 * STEPS_PER_EPOCH, gamma=0.5),
    "exponential": scheduled("{type: exponential, gamma: 0.9}", "ExponentialLR",
                             gamma=0.9 ** (1 / STEPS_PER_EPOCH)),
    "polynomial": scheduled("{type: polynomial, power: 2}", "PolynomialLR", power=2,
                            total_iters=STEPS),
    "cosine": scheduled("cosine", "CosineAnnealingLR", T_max=STEPS),
    "one_cycle": scheduled("one_cycle", "OneCycleLR", max_lr=0.3, total_steps=STEPS,
                           cycle_momentum=False),
    "plateau": (
        "{type: sgd, learning_rate: 0.3, schedule: {type: plateau, monitor: train_loss, "
        "factor: 0.5, patience: 1, min_delta: 0.05, cooldown: 1}}",
        dict(optimizer=SGD, every=5,
             schedule=["ReduceLROnPlateau", {"factor": 0.5, "patience": 1, "threshold": 0.05,
                                             "cooldown": 1}])),
}
# Seen by the schedule that watches a metric, and by no other.
EVALUATED = ", evaluate: {every: 5 steps, train: true}"


def first_weights():
    with tempfile.TemporaryDirectory() as folder:
        return train(folder, config("sgd"), 0)[0]


def ask_torch(first):
    question = {"x": X.tolist(), "labels": LABELS.tolist(), "batch": BATCH, "steps": STEPS,
                "weights": [w.tolist() for w in first],
                "cases": {name: case for name, (_, case) in TORCH.items()}}
    done = subprocess.run([PEERS / "bin/python", HERE / "asked/optimizers.py"],
                          input=json.dumps(question), text=True, capture_output=True, check=True)
    return json.loads(done.stdout)


class Optimizers(unittest.TestCase):
    def compare(self, text, **options):
        with tempfile.TemporaryDirectory() as folder:
            first, _ = train(folder, config("sgd"), 0)
            last, rates = train(folder, text, STEPS)
        self.assert_near(first, reference(first, **options), last)
        return rates

    def assert_near(self, first, wanted, last):
        travelled = math.sqrt(sum(((w - f) ** 2).sum() for w, f in zip(wanted, first)))
        apart = math.sqrt(sum(((w - l) ** 2).sum() for w, l in zip(wanted, last)))
        self.assertGreater(travelled, 1e-3)
        self.assertLess(apart, 3e-3 * travelled)

    def test_every_optimizer(self):
        for name, (optimizer, options) in CASES.items():
            with self.subTest(name):
                self.compare(config(optimizer), **options)

    def test_every_schedule(self):
        for name, (schedule, f) in SCHEDULES.items():
            with self.subTest(name):
                text = config(f"{{type: sgd, learning_rate: 0.3, schedule: {schedule}}}")
                rates = self.compare(text, kind="sgd", rate=0.3, schedule=f)
                np.testing.assert_allclose(rates, [0.3 * f(t) for t in range(STEPS)], rtol=1e-12)

    def test_passes_of_a_step_are_averaged_over_all_samples(self):
        self.compare(config("{type: sgd, learning_rate: 0.3}", ", accumulate: 2"), kind="sgd",
                     rate=0.3, passes=2)
        self.compare(config("adam", ", accumulate: 2"), kind="adam", passes=2)

    def test_a_short_step_can_be_left_out(self):
        self.compare(config("{type: sgd, learning_rate: 0.3}", ", last_batch: drop"), kind="sgd",
                     rate=0.3, drop=True)

    def test_a_layer_has_a_rate_and_a_decay_of_its_own(self):
        for optimizer, options in (("{type: sgd, learning_rate: 0.3}", dict(rate=0.3)),
                                   ("{type: sgd, learning_rate: 0.3, weight_decay: 0.1, l1: 0.01}",
                                    dict(rate=0.3, decay=0.1, l1=0.01))):
            text = config(optimizer, first=", rate_factor: 0.1, decay: false")
            self.compare(text, kind="sgd", factor=0.1, spared=True, **options)

    def compare_with_torch(self, first, answers):
        self.assertEqual(set(answers), set(TORCH))
        for name, (optimizer, _) in TORCH.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                last, _ = train(folder, config(optimizer, EVALUATED), STEPS)
                self.assert_near(first, [np.array(w) for w in answers[name]], last)

    def test_what_torch_answered_once(self):
        recorded = json.loads(RECORDED.read_text())
        for w, f in zip(recorded["first"], first_weights()):
            np.testing.assert_array_equal(w, f, "other first weights: --record makes anew")
        self.compare_with_torch(first_weights(), recorded["weights"])

    def test_what_torch_answers_now(self):
        if not (PEERS / "installed").exists():
            print("*** SKIPPED: PyTorch is not installed; make bench-peers installs it")
            self.skipTest("PyTorch is not installed")
        first = first_weights()
        self.compare_with_torch(first, ask_torch(first)["weights"])


def record():
    first = first_weights()
    answer = ask_torch(first)
    how = f"PyTorch {answer['version']}, float64: python tests/python/test_optimizers.py --record"
    RECORDED.write_text(json.dumps({"made_by": how, "first": [w.tolist() for w in first],
                                    "weights": answer["weights"]}, indent=0) + "\n")


if __name__ == "__main__":
    if "--record" in sys.argv:
        record()
    else:
        unittest.main(argv=sys.argv[:1], verbosity=1)
