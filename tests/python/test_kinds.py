"""The same numbers train to the same weights, whatever kind of file they are in."""
import gzip
import os
import subprocess
import sys
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


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_program(self, *words):
        done = subprocess.run([PROGRAM, *words], cwd=self.folder, check=True, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.told = done.stderr
        return done.stdout

    def weights(self, name):
        """Of the last run: name of a dataset to its bytes."""
        weights = {}
        with h5py.File(self.path(f"runs/{name}/latest/run.h5")) as file:
            file["model"].visititems(
                lambda path, at: weights.update({path: at[()].tobytes()})
                if isinstance(at, h5py.Dataset) else None)
        return weights

    def train(self, name, data, trainer=""):
        with open(self.path(name + ".yaml"), "w", encoding="utf-8") as file:
            file.write(f"name: {name}\ndata: {{{data}}}{NETWORK}"
                       f"trainer: {{batch_size: 15, max_epochs: 3{trainer}}}\n")
        self.run_program(name + ".yaml")
        return self.weights(name)


class Kinds(Folder):
    def setUp(self):
        super().setUp()
        for name, seed in ("a", 1), ("b", 2):
            x, y = samples(150, seed)
            with open(self.path(name + ".csv"), "w", encoding="utf-8") as file:
                file.write(",".join(f"c{i}" for i in range(40)) + ",y\n")
                file.writelines(",".join(map(str, row)) + f",{label}\n" for row, label in zip(x, y))
            with gzip.open(self.path(name + ".svm.gz"), "wt", encoding="utf-8") as file:
                for row, label in zip(x, y):
                    text = " ".join(f"{i + 1}:{v}" for i, v in enumerate(row) if v)
                    file.write(f"{label:+d} {text}\n")

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


class Memory(Folder):
    """Inputs that stay in their file train as those in memory do."""

    SETS = {"long": "type: npy, train: {inputs: x.npy, labels: y.npy}, "
                    "test: {inputs: tx.npy, labels: ty.npy}",
            "swapped": "type: npy, train: {inputs: big.npy, labels: y.npy}",
            "archive": "type: npy, train: {file: all.npz, inputs: x, labels: y}",
            "bytes": "type: hdf5, train: {file: d.h5, inputs: /x, labels: /y}",
            "chunks": "type: hdf5, train: {file: d.h5, inputs: /packed, labels: /y}",
            "integers": "type: hdf5, train: {file: d.h5, inputs: /big, labels: /y}"}

    def setUp(self):
        super().setUp()
        x, y = samples(700, 3)
        x = (x * 10).round().astype("i8")
        np.save(self.path("x.npy"), x + (1 << 40))
        np.save(self.path("tx.npy"), x[:130] + 1)
        np.save(self.path("ty.npy"), y[:130])
        np.save(self.path("big.npy"), x.astype(">f8"))
        np.save(self.path("y.npy"), y)
        np.savez(self.path("all.npz"), x=x.astype("f2"), y=y)
        np.savez_compressed(self.path("packed.npz"), x=x.astype("f4"), y=y)
        with h5py.File(self.path("d.h5"), "w") as file:
            file["x"] = x.astype("u1")
            file["y"] = y
            file.create_dataset("packed", data=x.astype("f4"), chunks=(600, 40), compression=4)
            file["big"] = x.astype(">i4")

    def check(self, name, data, trainer=""):
        data += ", memory: "
        held = self.train(name, data + "1 GiB", trainer)
        self.assertEqual(self.train(name, data + "1000", trainer), held)

    def test_every_file(self):
        for name, data in self.SETS.items():
            with self.subTest(name):
                self.check(name, data + ", split: {validation: 0.2}, normalize: zscore")

    def test_every_order_of_samples(self):
        for sampling in "shuffle", "with_replacement", "sequential":
            for more in ", threads: 1", ", threads: 2", ", accumulate: 3, threads: 2":
                with self.subTest(sampling + more):
                    self.check("long", self.SETS["long"], f", sampling: {sampling}{more}")

    def test_a_run_goes_on(self):
        data = self.SETS["long"] + ", normalize: minmax, memory: "
        held = self.train("long", data + "1 GiB")
        self.train("long", data + "1000", ", max_steps: 61")
        self.run_program("resume", "runs/long/latest", "max_steps=unlimited")
        self.assertEqual(self.weights("long"), held)

    def test_what_is_told(self):
        self.train("chunks", self.SETS["chunks"] + ", memory: 1 kB")
        self.assertIn("h5repack -l CONTI -f NONE", self.told)
        self.train("packed",
                   "type: npy, train: {file: packed.npz, inputs: x, labels: y}, memory: 9")
        self.assertIn("is held in memory, although 'memory' allows less: it is packed", self.told)
        told = [self.run_program("data", "chunks.yaml", "data.memory=" + memory)
                for memory in ("1 kB", "1 GB")]
        self.assertEqual(told[0].replace("in the file, ", "").split(), told[1].split())
        self.run_program("data", "chunks.yaml", "--write", "some.h5")
        self.run_program("data", "chunks.yaml", "data.memory=1 GB", "--write", "all.h5")
        with h5py.File(self.path("some.h5")) as some, h5py.File(self.path("all.h5")) as held:
            np.testing.assert_array_equal(some["train/inputs"], held["train/inputs"])

    def peak_mb(self, *words):
        """Peak memory of the program; a child's begins with that of who forks it."""
        code = ("import resource, subprocess, sys;"
                "subprocess.run(sys.argv[1:], check=True, stdout=2);"
                "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
        done = subprocess.run([sys.executable, "-c", code, PROGRAM, *words], cwd=self.folder,
                              check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return int(done.stdout) / 1024

    def test_what_is_larger_than_memory_is_written_in_little_memory(self):
        x = np.random.default_rng(1).normal(size=(40000, 200)).astype("f4")
        with h5py.File(self.path("large.h5"), "w") as file:
            file["x"], file["y"] = x, np.arange(40000) % 2
        with open(self.path("large.svm"), "w", encoding="utf-8") as file:
            file.writelines(f"{i % 2} {1 + i % 199}:{i % 7}.5 200:1\n" for i in range(40000))
        for name, data in (("h5", "type: hdf5, memory: 1 MB, normalize: zscore, "
                                  "train: {file: large.h5, inputs: /x, labels: /y}"),
                           ("svm", "type: libsvm, train: large.svm")):
            with open(self.path("c.yaml"), "w", encoding="utf-8") as file:
                file.write(f"data: {{{data}, split: {{test: 0.2, order: last}}}}")
            peak = self.peak_mb("data", "c.yaml", "--write", f"{name}.out")
            self.assertLess(peak, 30, name)
        with h5py.File(self.path("h5.out")) as file:
            train = x[:32000].astype("f8")
            wanted = ((x - train.mean(axis=0)) / train.std(axis=0))[32000:]
            np.testing.assert_allclose(file["test/inputs"], wanted, atol=1e-5)
            self.assertEqual(file["train/inputs"].shape, (32000, 200))
        with h5py.File(self.path("svm.out")) as file:
            self.assertEqual(file["train/inputs"][3].nonzero()[0].tolist(), [3, 199])
            self.assertEqual(file["train/inputs"][3, 3], 3.5)


if __name__ == "__main__":
    unittest.main()
