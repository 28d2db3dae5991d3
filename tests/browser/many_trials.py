"""A sweep of many trials without training any: sweep.h5 as the program writes it, and its folder.

    make("runs/many", trials=10000, evaluations=20, like="runs/small/sweep.h5")

Six parameters: a whole number, three drawn ones (one of them on a log scale), words, and a list.
The accuracy depends mostly on the learning rate. Attributes of the file are those of `like`, which
the program wrote.
"""

import hashlib
import json
import os

import h5py
import numpy as np

SWEEP = """config: base.yaml
name: {name}
method: random
max_trials: {trials}
metric: {{name: test_accuracy, goal: maximize}}
parameters:
  model.layers.affine1.units: {{distribution: int_uniform, min: 10, max: 200}}
  optimizer.learning_rate: {{distribution: log_uniform, min: 1e-3, max: 1}}
  optimizer.momentum: {{distribution: uniform, min: 0, max: 1}}
  model.layers.affine1.init.type: {{values: [xavier, he, normal]}}
  trainer.batch_size: {{values: [16, 32, 64, 128]}}
  model.layers.dropout1.ratio: {{distribution: uniform, min: 0, max: 0.5}}
"""
START = 1795803310.0
TEXT = h5py.string_dtype()


def drawn(values):
    """With six significant digits, as a sweep draws them."""
    return np.array([float(f"{v:.6g}") for v in values])


def parameters(random, trials):
    return {
        "model.layers.affine1.units": random.integers(10, 201, trials),
        "optimizer.learning_rate": drawn(10 ** random.uniform(-3, 0, trials)),
        "optimizer.momentum": drawn(random.uniform(0, 1, trials)),
        "model.layers.affine1.init.type": random.choice(["xavier", "he", "normal"], trials),
        "trainer.batch_size": 2 ** random.integers(4, 8, trials),
        "model.layers.dropout1.ratio": drawn(random.uniform(0, 0.5, trials)),
    }


def curves(random, values, trials, evaluations):
    """Accuracies (trials, evaluations)."""
    rate = values["optimizer.learning_rate"]
    reached = (0.95 - 0.05 * (np.log10(rate) + 1) ** 2 +
               0.0002 * values["model.layers.affine1.units"] + random.normal(0, 0.01, trials))
    pace = 0.2 + np.sqrt(rate)
    epochs = np.arange(evaluations) + 0.5
    accuracy = reached[:, None] * (1 - np.exp(-epochs * pace[:, None]))
    return np.clip(accuracy + random.normal(0, 0.004, accuracy.shape), 0.05, 0.999)


def put(group, name, values):
    values = np.asarray(values)
    if values.dtype.kind in "UO":
        group.create_dataset(name, data=values.astype(object), dtype=TEXT)
    else:
        group[name] = values


def make(folder, trials, evaluations, like, status="completed"):
    random = np.random.default_rng(1)
    name = os.path.basename(folder)
    os.makedirs(os.path.join(folder, "trials"))
    values = parameters(random, trials)
    accuracy = curves(random, values, trials, evaluations)
    states = random.choice(["completed", "stopped", "failed", "interrupted"], trials,
                           p=[0.9, 0.07, 0.02, 0.01])
    measured = np.where(states == "stopped", evaluations // 2, evaluations)
    measured[states == "failed"] = random.integers(0, evaluations, (states == "failed").sum())
    missing = np.arange(evaluations)[None] >= measured[:, None]
    accuracy[missing] = np.nan
    epochs = np.tile(np.arange(evaluations, dtype=float), (trials, 1))
    epochs[missing] = np.nan
    ids = [hashlib.sha256(str(i).encode()).hexdigest()[:16] for i in range(trials)]
    text = SWEEP.format(name=name, trials=trials)
    with h5py.File(like) as model, h5py.File(os.path.join(folder, "sweep.h5"), "w") as file:
        for key, value in model.attrs.items():
            file.attrs[key] = value
        for key, value in (("name", name), ("metric", "test_accuracy"), ("status", status)):
            file.attrs.create(key, value, dtype=TEXT)
        file.attrs["trials"] = np.uint64(trials if status == "completed" else 2 * trials)
        file.create_dataset("sweep", data=text, dtype=TEXT)
        file.create_dataset("config", data="trainer: {max_epochs: 20}\n", dtype=TEXT)
        runs, group = file.create_group("runs"), file.create_group("curves")
        runs.attrs.create("keys", list(values), dtype=TEXT)
        columns = {
            "run": np.arange(trials), "id": ids, "path": ["trials/" + i for i in ids],
            "status": states, "point": np.arange(trials), "seed": np.ones(trials, np.int64),
            "error": np.where(states == "failed", "step 120: loss is nan", ""),
            **values, "epochs": np.maximum(measured - 1, 0).astype(float),
            "steps": 600 * measured, "seconds": random.gamma(3, 2, trials),
            "evaluations": measured,
        }
        for key, column in columns.items():
            put(runs, key, column)
        put(group, "run", np.arange(trials))
        put(group, "epoch", np.arange(evaluations, dtype=float))
        for key, column in (("epochs", epochs), ("test_accuracy", accuracy),
                            ("test_loss", -np.log(accuracy)), ("train_accuracy", accuracy),
                            ("train_loss", -0.9 * np.log(accuracy))):
            put(group, key, column)
    with open(os.path.join(folder, "sweep.yaml"), "w", encoding="utf-8") as file:
        file.write(text)
    with open(os.path.join(folder, "log.jsonl"), "w", encoding="utf-8") as file:
        for i, trial in enumerate(ids):
            event = {"time": START + 0.3 * (i + 1), "event": "ended", "trial": trial,
                     "status": str(states[i]), "seconds": 1, "text": ""}
            file.write(json.dumps(event) + "\n")
