"""Weights that h5py wrote train on as our own: the root's two attributes and /model are enough.

    TRAINER_PROGRAM=build/trainer python tests/python/test_foreign_weights.py
"""

import os
import subprocess
import tempfile
import unittest

import h5py
import numpy as np

PROGRAM = os.environ.get("TRAINER_PROGRAM", "build/trainer")
CONFIG = """
name: foreign
seed: 1
data: {type: inline, inputs: [[0, 1], [1, 0]], labels: [0, 1]}
model:
  layers:
    - {type: Affine, units: 2}
    - {type: SoftmaxWithLoss}
optimizer: {type: sgd, learning_rate: 1e-30}
trainer: {max_steps: 1, batch_size: 2}
"""
WEIGHT = np.array([[0.25, -1.5], [3.0, 0.125]])
BIAS = np.array([-0.5, 2.0])


class ForeignWeights(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        with open(os.path.join(self.folder, "x.yaml"), "w", encoding="utf-8") as file:
            file.write(CONFIG)

    def write(self, **attributes):
        with h5py.File(os.path.join(self.folder, "w.h5"), "w") as file:
            file.attrs.update(attributes)
            layer = file.create_group("model/affine1")
            layer["weight"] = WEIGHT
            layer.create_dataset("bias", data=BIAS, compression="gzip")

    def train(self):
        return subprocess.run(
            [PROGRAM, "x.yaml", "--quiet", "--output", "run", "model.weights=w.h5"],
            cwd=self.folder, capture_output=True, text=True)

    def test_the_stamp_and_the_layers_are_enough(self):
        self.write(format="trainer", format_version=1)
        done = self.train()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        with h5py.File(os.path.join(self.folder, "run", "run.h5")) as file:
            np.testing.assert_array_equal(file["model/affine1/weight"], WEIGHT)
            np.testing.assert_array_equal(file["model/affine1/bias"], BIAS)

    def test_without_the_stamp_the_message_says_what_is_needed(self):
        self.write()
        done = self.train()
        self.assertEqual(done.returncode, 2)
        self.assertIn("root attributes format = 'trainer' and format_version = 1", done.stderr)


if __name__ == "__main__":
    unittest.main()
