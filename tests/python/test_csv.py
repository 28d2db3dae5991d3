"""Tables as `trainer data --write` gives them beside Python's float, NumPy, scikit-learn."""
import csv
import gzip
import os
import random
import subprocess
import tempfile
import unittest

import h5py
import numpy as np

SOURCE = os.environ.get("TRAINER_SOURCE_DIR", os.getcwd())
PROGRAM = os.environ.get("TRAINER_PROGRAM", os.path.join(SOURCE, "build/trainer"))


def texts(count, seed):
    """Numbers as people and programs write them."""
    draw = random.Random(seed)
    ways = [lambda: repr(draw.gauss(0, 1)), lambda: f"{draw.gauss(0, 1e3):.6g}",
            lambda: str(draw.randrange(-10**15, 10**15)), lambda: f"{draw.random():.25f}",
            lambda: f"{draw.random()}e{draw.randrange(-44, 38)}", lambda: f"+{draw.random():.3f}",
            lambda: repr(np.float32(draw.random())).split("(")[-1].strip(")")]
    return [draw.choice(ways)() for _ in range(count)]


class Csv(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, config, split="train"):
        with open(os.path.join(self.folder, "c.yaml"), "w", encoding="utf-8") as file:
            file.write(config)
        subprocess.run([PROGRAM, "data", "c.yaml", "--write", "o.h5"], cwd=self.folder, check=True,
                       stdout=subprocess.DEVNULL)
        with h5py.File(os.path.join(self.folder, "o.h5")) as file:
            return file[split + "/inputs"][:], file.get(split + "/labels", [None])[:]

    def test_numbers_are_float32_of_float(self):
        rows = [texts(7, row) for row in range(3000)]
        with open(os.path.join(self.folder, "a.csv"), "w", encoding="utf-8") as file:
            csv.writer(file).writerows([[f"c{i}" for i in range(7)]] + rows)
        inputs, _ = self.write("data: {type: csv, train: a.csv}")
        wanted = np.array([[np.float32(float(text)) for text in row] for row in rows])
        np.testing.assert_array_equal(inputs.view(np.uint32), wanted.view(np.uint32))

    def test_zscore_is_of_the_training_part(self):
        draw = np.random.default_rng(3)
        data = draw.normal(size=(500, 4)) * [1, 1e3, 1e-3, 1] + [0, 5, 0, 1.7e9]
        with gzip.open(os.path.join(self.folder, "a.csv.gz"), "wt") as file:
            csv.writer(file).writerows([["a", "b", "c", "d"]] + data.tolist())
        config = "data: {type: csv, train: a.csv.gz, split: {test: 100, order: last}"
        train, _ = self.write(config + ", normalize: zscore}")
        test, _ = self.write(config + ", normalize: zscore}", "test")
        part = data[:400]
        wanted = (data - part.mean(0)) / part.std(0)
        np.testing.assert_allclose(train, wanted[:400], rtol=2e-6, atol=2e-7)
        np.testing.assert_allclose(test, wanted[400:], rtol=2e-6, atol=2e-7)
        try:
            from sklearn.preprocessing import StandardScaler
        except ImportError:
            return
        np.testing.assert_allclose(train, StandardScaler().fit(part).transform(part), rtol=2e-6,
                                   atol=2e-7)

    def test_fields_are_those_of_csv_reader(self):
        words = ["a", 'q"q', "x,y", "two\nlines", "é", " b "]
        draw = random.Random(1)
        rows = [[draw.choice(words), draw.choice(words), draw.choice("uvw")] for _ in range(300)]
        for end in "\n", "\r\n":
            with open(os.path.join(self.folder, "a.csv"), "w", encoding="utf-8", newline="") as f:
                csv.writer(f, lineterminator=end).writerows([["s", "t", "y"]] + rows)
            inputs, labels = self.write("data: {type: csv, train: a.csv, labels: y}")
            names = [sorted(set(row[i] for row in rows), key=lambda s: s.encode()) for i in (0, 1)]
            wanted = [[float(name == row[i]) for i in (0, 1) for name in names[i]] for row in rows]
            np.testing.assert_array_equal(inputs, wanted)
            np.testing.assert_array_equal(labels, ["uvw".index(row[2]) for row in rows])


if __name__ == "__main__":
    unittest.main()
