"""The results of a sweep, opened by the tools that people use: h5py, xarray (both engines), pandas.

    TRAINER_BUILD_DIR=build python tests/python/test_sweep.py

The program test_sweep_file in that folder is called with `--write FOLDER` and writes s.h5 and
s.csv: eight trials, the i-th with i % 3 rows of a curve. Any warning is an error.
"""

import os
import subprocess
import tempfile
import unittest
import warnings

import h5py
import numpy as np
import pandas as pd
import xarray as xr

MAKER = os.path.join(os.environ.get("TRAINER_BUILD_DIR", "build"), "test_sweep_file")
ENGINES = ("h5netcdf", "netcdf4")
RATE = "optimizer.learning_rate"
TRAIN = "trainer.evaluate.train"
UNITS = "model.layers.affine1.units"


class Sweep(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.path = os.path.join(cls.folder.name, "s.h5")
        cls.csv = os.path.join(cls.folder.name, "s.csv")
        subprocess.run([MAKER, "--write", cls.folder.name], check=True)

    def open(self, group, engine="h5netcdf"):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with xr.open_dataset(self.path, group=group, engine=engine) as dataset:
                return dataset.load()

    def test_h5py_gives_facts_and_typed_columns(self):
        with h5py.File(self.path) as file:
            self.assertEqual(file.attrs["kind"], "sweep")
            self.assertEqual(file.attrs["status"], "interrupted")
            self.assertEqual(file.attrs["metric"], "test_accuracy")
            self.assertEqual(file.attrs["goal"], "maximize")
            self.assertRegex(file.attrs["updated_time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
            self.assertIn("repeats: {seed: [1, 2]}", file["sweep"].asstr()[()])
            self.assertIn("type: SoftmaxWithLoss", file["config"].asstr()[()])
            runs = file["runs"]
            self.assertEqual(runs[UNITS].dtype, np.int64)
            self.assertEqual(runs[RATE].dtype, np.float64)
            self.assertEqual(runs[TRAIN].dtype, np.uint8)
            self.assertEqual(runs["trainer.max_epochs"].asstr()[0], "unlimited")
            self.assertEqual(runs["error"].asstr()[3], 'a "strange", ü\nerror')
            self.assertEqual(runs["path"].asstr()[0], "trials/" + runs["id"].asstr()[0])
            self.assertEqual(list(runs.attrs["keys"]),
                             [RATE, UNITS, TRAIN, "trainer.max_epochs", "seed"])

    def test_xarray_opens_every_group_without_a_warning(self):
        for engine in ENGINES:
            for group in ("runs", "curves", "points", "/"):
                self.open(group, engine)
        self.assertEqual(self.open("runs")[TRAIN].dtype, bool)

    def test_a_question_of_a_sweep_is_one_line(self):
        for engine in ENGINES:
            frame = self.open("runs", engine).to_dataframe()
            best = frame.groupby(RATE)["final_test_accuracy"].max()
            self.assertEqual(list(best.index), [0.5, 1.0])
            self.assertEqual(best[1.0], 7 / 8 + 1 / 16)

    def test_curves_are_padded_with_nan(self):
        for engine in ENGINES:
            curves = self.open("curves", engine)
            self.assertEqual(curves["test_accuracy"].dims, ("run", "epoch"))
            self.assertEqual(list(curves["epoch"].values), [1, 2])
            nan = np.nan
            np.testing.assert_array_equal(
                curves["test_accuracy"].values[:3],
                [[nan, nan], [1 / 8 + 1 / 16, nan], [2 / 8 + 1 / 16, 2 / 8 + 2 / 16]])
            np.testing.assert_array_equal(curves["epochs"].values[1:3], [[1, nan], [1, 2]])

    def test_points_have_mean_and_deviation_over_repeats(self):
        points = self.open("points").to_dataframe()
        self.assertEqual(list(points["n"]), [2, 1, 2, 2])
        self.assertEqual(list(points[RATE]), [0.5, 0.5, 1, 1])
        # Trials 4 and 5 ended with 4/8 + 1/16 and 5/8 + 2/16.
        self.assertAlmostEqual(points["mean_final_test_accuracy"][2], (9 / 16 + 12 / 16) / 2)
        self.assertAlmostEqual(points["std_final_test_accuracy"][2], 3 / 16 / 2**0.5)

    def test_pandas_reads_the_csv_as_the_same_table(self):
        frame = pd.read_csv(self.csv)
        runs = self.open("runs").to_dataframe().reset_index()
        self.assertEqual(list(frame.columns), list(runs.columns))
        self.assertEqual(frame[TRAIN].dtype, bool)
        self.assertEqual(frame["error"][3], 'a "strange", ü\nerror')
        for column in frame.columns:
            if column != "error":
                pd.testing.assert_series_equal(frame[column], runs[column], check_dtype=False)


if __name__ == "__main__":
    unittest.main()
