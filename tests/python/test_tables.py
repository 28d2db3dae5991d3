"""Networks on the tables of scikit-learn's wheel beside its own, on the same split."""
import os
import subprocess
import tempfile
import unittest
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")  # threads that wait for each other cost more here

import h5py
import numpy as np
from sklearn import datasets
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

SOURCE = os.environ.get("TRAINER_SOURCE_DIR", os.getcwd())
PROGRAM = os.environ.get("TRAINER_PROGRAM", os.path.join(SOURCE, "build/trainer"))
EPOCHS, BATCH, HIDDEN, RATE = 25, 16, 16, 0.02


class Tables(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_program(self, *words):
        return subprocess.run([PROGRAM, *words], cwd=self.folder, check=True, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout

    def write(self, table, units, loss, normalize):
        names = [str(name) for name in getattr(table, "feature_names", [])]
        names = names or [f"pixel{i}" for i in range(table.data.shape[1])]
        targets = table.target
        if units > 1:
            targets = [str(table.target_names[label]) for label in targets]
        with open(self.path("t.csv"), "w", encoding="utf-8") as file:
            file.write(",".join(f'"{name}"' for name in names) + ",target\n")
            for row, target in zip(table.data, targets):
                file.write(",".join(repr(float(value)) for value in row) + f",{target}\n")
        with open(self.path("t.yaml"), "w", encoding="utf-8") as file:
            file.write(f"""
name: t
data: {{type: csv, train: t.csv, labels: target, split: {{test: 0.25}}, normalize: {normalize}}}
model:
  layers: [{{type: Affine, units: {HIDDEN}}}, {{type: ReLU}}, {{type: Affine, units: {units}}},
           {{type: {loss}}}]
optimizer: {{type: momentum, learning_rate: {RATE}}}
trainer: {{batch_size: {BATCH}, max_epochs: {EPOCHS}}}
""")

    def measure(self, metric):
        """Trains: the test data's metric, at the end; and the split as the network got it."""
        self.run_program("t.yaml")
        self.run_program("data", "t.yaml", "--write", "t.h5")
        with h5py.File(self.path("runs/t/latest/run.h5")) as file:
            value = file["metrics/epoch/test_" + metric][-1]
        with h5py.File(self.path("t.h5")) as file:
            parts = [file[part][:] for part in ("train/inputs", "train/labels", "test/inputs",
                                                "test/labels")]
        return value, parts

    def theirs(self, kind, parts):
        network = kind(hidden_layer_sizes=(HIDDEN,), solver="sgd", alpha=0, batch_size=BATCH,
                       learning_rate_init=RATE, max_iter=EPOCHS, nesterovs_momentum=False,
                       n_iter_no_change=EPOCHS, random_state=1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            network.fit(parts[0], parts[1].ravel())
        return network.score(parts[2], parts[3].ravel())

    def check_classes(self, table, least):
        self.write(table, len(table.target_names), "SoftmaxWithLoss", "zscore")
        ours, parts = self.measure("accuracy")
        self.assertEqual(len(parts[1]) + len(parts[3]), len(table.target))
        self.assertGreaterEqual(ours, least)
        self.assertGreaterEqual(ours, self.theirs(MLPClassifier, parts) - 0.05)
        # The numbers are the table's, normalised by the training part alone.
        np.testing.assert_allclose(parts[0].mean(axis=0), 0, atol=1e-5)
        deviation = parts[0].std(axis=0)
        np.testing.assert_allclose(deviation[deviation > 0], 1, rtol=1e-4)

    def test_iris(self):
        self.check_classes(datasets.load_iris(), 0.9)

    def test_wine(self):
        self.check_classes(datasets.load_wine(), 0.9)

    def test_breast_cancer(self):
        self.check_classes(datasets.load_breast_cancer(), 0.93)

    def test_digits(self):
        self.check_classes(datasets.load_digits(), 0.93)

    def test_diabetes(self):
        table = datasets.load_diabetes(scaled=False)
        self.write(table, 1, "SquaredErrorWithLoss", "{inputs: zscore, labels: zscore}")
        ours, parts = self.measure("r2")
        # Here labels are normalised as the network gets them, there too; R2 is the same of both.
        self.assertGreaterEqual(ours, self.theirs(MLPRegressor, parts) - 0.1)
        scaled = StandardScaler().fit_transform(parts[0])
        np.testing.assert_allclose(scaled, parts[0], atol=1e-4)


if __name__ == "__main__":
    unittest.main()
