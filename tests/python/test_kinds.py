"""The same numbers train to the same weights, whatever kind of file they are in."""
import gzip
import os
import subprocess
import tempfile
import unittest

import h5py
import numpy as np

SOURCE = os.environ.get("TRAINER_SOURCE_DIR", os.getcwd())
PROGRAM = os.environ.get("TRAINER_PROGRAM", os.path.join(SOURCE, "build/trainer"))
NETWORK = """
model: {layers: [{type: Affine, units: 23}, {type: ReLU}, {type: Affine, units: 2},
                 {type: SoftmaxWithLoss}]}
optimizer: {type: sgd, learning_rate: 0.1}
"""


def samples(count, seed):
    """Mostly zeros, of 40 columns, the last of which is there; labels -1 and 1."""
    draw = np.random.default_rng(seed)
    x = np.where(draw.random((count, 40)) < 0.3, draw.normal(size=(count, 40)).round(4), 0)
    x[0, 39] = 1.5
    return x, np.where(x[:, :3].sum(axis=1) > 0, 1, -1)


class Kinds(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        for name, seed in ("a", 1), ("b", 2):
            x, y = samples(150, seed)
            with open(self.path(name + ".csv"), "w", encoding="utf-8") as file:
                file.write(",".join(f"c{i}" for i in range(40)) + ",y\n")
                file.writelines(",".join(map(str, row)) + f",{label}\n" for row, label in zip(x, y))
            with gzip.open(self.path(name + ".svm.gz"), "wt", encoding="utf-8") as file:
                for row, label in zip(x, y):
                    text = " ".join(f"{i + 1}:{v}" for i, v in enumerate(row) if v)
                    file.write(f"{label:+d} {text}\n")

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_program(self, *words):
        done = subprocess.run([PROGRAM, *words], cwd=self.folder, check=True, text=True,
                              stdout=subprocess.PIPE)
        return done.stdout

    def train(self, name, data, trainer=""):
        """The weights of a run: name of a dataset to its bytes."""
        with open(self.path(name + ".yaml"), "w", encoding="utf-8") as file:
            file.write(f"name: {name}\ndata: {{{data}}}{NETWORK}"
                       f"trainer: {{batch_size: 15, max_epochs: 3{trainer}}}\n")
        self.run_program(name + ".yaml")
        weights = {}
        with h5py.File(self.path(f"runs/{name}/latest/run.h5")) as file:
            file["model"].visititems(
                lambda path, at: weights.update({path: at[()].tobytes()})
                if isinstance(at, h5py.Dataset) else None)
        return weights

    def test_libsvm_trains_as_csv(self):
        for more in "", ", normalize: maxabs":
            more += ", split: {validation: 0.2}"
            csv = self.train("csv", "type: csv, train: a.csv, test: b.csv, labels: y" + more)
            for trainer in "", ", sparse_input: never", ", threads: 2":
                with self.subTest(more=more, trainer=trainer):
                    svm = self.train("svm", "type: libsvm, train: a.svm, test: b.svm" + more,
                                     trainer)
                    self.assertEqual(svm, csv)

    def test_a_run_predicts_from_either(self):
        self.train("csv", "type: csv, train: a.csv, labels: y")
        self.train("svm", "type: libsvm, train: a.svm")
        wanted = self.run_program("predict", "runs/csv/latest", "b.csv")
        for run, file in ("svm", "b.svm.gz"), ("csv", "b.svm.gz"):
            self.assertEqual(
                self.run_program("predict", f"runs/{run}/latest", file, "--type", "libsvm"), wanted)


if __name__ == "__main__":
    unittest.main()
