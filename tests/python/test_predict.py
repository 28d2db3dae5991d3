"""A trained network reads further data from any kind of file that has its arrays."""
import os
import subprocess
import tempfile
import unittest

import h5py
import numpy as np

SOURCE = os.environ.get("TRAINER_SOURCE_DIR", os.getcwd())
PROGRAM = os.environ.get("TRAINER_PROGRAM", os.path.join(SOURCE, "build/trainer"))

NET = """
model:
  layers:
    - {name: a, type: Affine, units: 3, input: left}
    - {name: b, type: Affine, units: 3, input: right}
    - {name: both, type: Concat, input: [a, b]}
    - {type: Affine, units: 2}
    - {type: SoftmaxWithLoss}
trainer: {batch_size: 10, max_epochs: 1}
"""


class Predict(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        rng = np.random.default_rng(0)
        self.left = rng.integers(0, 256, (40, 3), np.uint8)
        self.right = rng.normal(size=40).astype(np.float32)
        self.label = rng.integers(1, 3, 40)

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_program(self, *words, status=0):
        done = subprocess.run([PROGRAM, *words], cwd=self.folder, check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr if status else done.stdout

    def write_files(self):
        np.savez(self.path("d.npz"), left=self.left, right=self.right, labels=self.label)
        np.savez(self.path("other.npz"), l=self.left, r=self.right)
        with h5py.File(self.path("d.h5"), "w") as file:
            file["left"], file["right"], file["labels"] = self.left, self.right, self.label
        table = np.column_stack([self.left, self.right.astype(np.float64), self.label])
        np.savetxt(self.path("d.csv"), table, delimiter=",")
        np.savetxt(self.path("x.csv"), table[:, :4], delimiter=",")
        for name in ("left", "right", "label"):
            np.save(self.path(f"{name}.npy"), getattr(self, name))

    def train(self, train):
        with open(self.path("net.yaml"), "w", encoding="utf-8") as file:
            file.write("name: net\ndata: {type: npy, train: {%s}}%s" % (train, NET))
        self.run_program("net.yaml", "--force")

    def test_archives_hdf5_and_tables_give_the_same_numbers(self):
        self.write_files()
        archive = "file: d.npz, inputs: {left: left, right: right}, labels: labels"
        files = "inputs: {left: left.npy, right: right.npy}, labels: label.npy"
        for train in (archive, files):
            self.train(train)
            run = "runs/net/latest"
            whole = self.run_program("eval", run).splitlines()[2].replace("train", "", 1)
            said = self.run_program("predict", run, "d.npz")
            for name in ("d.h5", "x.csv"):
                self.assertEqual(self.run_program("predict", run, name), said, name)
            for name in ("d.npz", "d.h5", "d.csv"):
                got = self.run_program("eval", run, name).splitlines()[2].replace("file", "", 1)
                self.assertEqual(got.split(), whole.split(), name)
            starter = self.run_program("data", "d.npz", "data.train.inputs=left", "--labels",
                                       "labels", "--starter")
            self.assertIn('train: {file: "d.npz", inputs: "left", labels: "labels"}', starter)
            error = self.run_program("predict", run, "other.npz", status=2)
            self.assertIn("no array 'left'; it has l, r", error)

    def test_a_number_that_an_embedding_has_no_row_for_is_told_with_its_place(self):
        def train(data, layers):
            with open(self.path("net.yaml"), "w") as file:
                file.write("name: net\ndata: {%s}\nmodel: {layers: [%s{type: Affine, units: 2}, "
                           "{type: SoftmaxWithLoss}]}\n"
                           "trainer: {batch_size: 2, max_steps: 1}\n" % (data, layers))
            self.run_program("net.yaml")

        np.save(self.path("x.npy"), np.array([[0, 1], [2, 3], [4, 0]]))
        np.save(self.path("y.npy"), np.array([0, 1, 0]))
        np.save(self.path("new.npy"), np.array([[0, 1], [9, 3]]))
        train("type: npy, train: {inputs: x.npy, labels: y.npy}", "{type: Embedding, size: 3}, ")
        error = self.run_program("predict", "runs/net/latest", "new.npy", status=2)
        self.assertIn("'inputs' is 9 in sample 1 of the file; expected below 5", error)

        for name, text in (("d", "city,y\n0,p\n3,q\n1,p\n"), ("new", "city\n1\n\n7\n")):
            with open(self.path(f"{name}.csv"), "w") as file:
                file.write(text)
        train("type: csv, train: d.csv, labels: y, columns: {city: index}",
              "{type: Embedding, size: 3, input: city}, ")
        error = self.run_program("predict", "runs/net/latest", "new.csv", status=2)
        self.assertIn("new.csv:4:1: '7' in column 'city'; expected a whole number from 0 to 3",
                      error)


if __name__ == "__main__":
    unittest.main()
