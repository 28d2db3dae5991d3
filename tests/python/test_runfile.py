"""A run file, opened by the tools that people use: h5py, xarray (both engines), netCDF4, h5dump.

    TRAINER_BUILD_DIR=build python tests/python/test_runfile.py

The program test_runfile_layout in that folder (or TRAINER_RUNFILE_MAKER) is called with `--write
PATH` and writes the run of tests/support/runfile_sample.h. Any warning is an error.
"""

import math
import os
import shutil
import subprocess
import tempfile
import unittest
import warnings

import h5py
import netCDF4
import numpy as np
import xarray as xr

MAKER = os.environ.get("TRAINER_RUNFILE_MAKER") or os.path.join(
    os.environ.get("TRAINER_BUILD_DIR", "build"), "test_runfile_layout")
ENGINES = ("h5netcdf", "netcdf4")
GROUPS = ("/", "metrics", "metrics/step", "metrics/epoch", "evaluation", "model", "model/affine1",
          "model/relu1", "model/conv1", "model/affine2", "model/scale1")


class RunFile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.path = os.path.join(cls.folder.name, "run.h5")
        subprocess.run([MAKER, "--write", cls.path], check=True)

    def open(self, group, engine):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with xr.open_dataset(self.path, group=group, engine=engine) as dataset:
                return dataset.load()

    def test_h5py_gives_texts_as_str(self):
        with h5py.File(self.path) as file:
            self.assertEqual(file.attrs["status"], "running")
            self.assertIsInstance(file.attrs["status"], str)
            self.assertEqual(file.attrs["command_line"], "trainer configs/ü.yaml")
            self.assertEqual(file["config"].asstr()[()], "name: two_layer\n")
            self.assertEqual(file.attrs["steps_done"] - 21, -1)
            self.assertEqual(file.attrs["seed"], 2**64 - 1)
            self.assertEqual(file["model/affine1/weight"][:].dtype, np.float32)

    def test_h5py_gives_the_order_in_which_things_were_made(self):
        layers = ["affine1", "relu1", "conv1", "affine2", "scale1"]
        with h5py.File(self.path) as file:
            self.assertEqual(list(file)[:2], ["config", "config_resolved"])
            self.assertEqual(list(file["model"]), layers)
            self.assertEqual(list(file["model"].attrs["layers"]), layers)

    def test_xarray_opens_every_group_without_a_warning(self):
        for group in GROUPS:
            for engine in ENGINES:
                with self.subTest(group=group, engine=engine):
                    self.open(group, engine)

    def test_epochs_become_a_table(self):
        for engine in ENGINES:
            table = self.open("metrics/epoch", engine).to_dataframe()
            self.assertEqual(table.index.name, "epoch")
            self.assertEqual(list(table.index), [0, 0.5, 1])
            self.assertEqual(list(table.train_loss), [2, 1, 0.5])
            self.assertTrue(math.isnan(table.test_accuracy[0.5]))

    def test_steps_have_an_integer_coordinate(self):
        for engine in ENGINES:
            steps = self.open("metrics/step", engine)
            self.assertEqual(steps.step.dtype, np.int64)
            self.assertEqual(float(steps.train_loss.sel(step=3)), 0.25)
            self.assertEqual(steps.train_loss.attrs["long_name"], "loss of the batch")

    def test_the_confusion_matrix_has_two_sides(self):
        for engine in ENGINES:
            evaluation = self.open("evaluation", engine)
            confusion = evaluation.confusion_matrix
            self.assertEqual(confusion.dims, ("true_class", "predicted_class"))
            self.assertEqual(int(confusion.sel(true_class=1, predicted_class=0)), 1)
            self.assertEqual(evaluation.recall.dims, ("true_class",))

    def test_weights_have_named_sides(self):
        for engine in ENGINES:
            layer = self.open("model/affine1", engine)
            self.assertEqual(layer.weight.dims, ("in", "out"))
            self.assertEqual(layer.bias.dims, ("out",))
            self.assertEqual(float(layer.weight[3, 2]), 1 + 11 / 64)

    def test_netcdf_sees_dimensions_and_no_variables_for_them(self):
        with netCDF4.Dataset(self.path) as file:
            layer = file["model/affine1"]
            self.assertEqual({name: len(d) for name, d in layer.dimensions.items()},
                             {"in": 4, "out": 3})
            self.assertEqual(list(layer.variables), ["weight", "bias"])

    def test_the_command_line_tools_read_it(self):
        for command in (["h5dump"], ["h5ls", "-rv"]):
            if shutil.which(command[0]) is None:
                self.skipTest(f"{command[0]} is not installed")
            done = subprocess.run([*command, self.path], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
