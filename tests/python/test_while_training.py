"""A run file is whole at any moment: h5py, xarray and h5dump read it while it is being replaced.

    TRAINER_PROGRAM=build/trainer python tests/python/test_while_training.py
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import warnings

import h5py
import xarray as xr

PROGRAM = os.environ.get("TRAINER_PROGRAM", "build/trainer")
SOURCE = os.environ.get("TRAINER_SOURCE_DIR", ".")
READS = 40
SECONDS = 60


class WhileTraining(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.run_file = os.path.join(folder.name, "run", "run.h5")
        self.training = subprocess.Popen(
            [PROGRAM, os.path.join(SOURCE, "configs", "two_layer.yaml"), "--quiet",
             "--output", os.path.dirname(self.run_file), "data.train=2000", "data.test=500",
             "trainer.max_steps=unlimited", f"trainer.max_seconds={SECONDS}",
             "trainer.threads=1"])
        self.addCleanup(self.training.wait)
        self.addCleanup(self.training.kill)
        deadline = time.monotonic() + SECONDS / 2
        while not os.path.exists(self.run_file) and time.monotonic() < deadline:
            time.sleep(0.01)

    def read(self):
        """Returns the steps done, by the attribute and by the last row of the metrics."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with h5py.File(self.run_file) as file:
                self.assertEqual(file.attrs["status"], "running")
                self.assertEqual(file["model/affine1/weight"][:].shape, (784, 50))
                steps = int(file.attrs["steps_done"])
                rows = file["metrics/step/step"].shape[0]
            with xr.open_dataset(self.run_file, group="metrics/epoch", engine="h5netcdf") as epochs:
                self.assertGreaterEqual(float(epochs.test_accuracy[0]), 0)
        return steps, rows

    def test_every_reader_finds_a_whole_file(self):
        seen = set()
        reads = 0
        deadline = time.monotonic() + SECONDS / 2
        while (reads < READS or len(seen) < 2) and time.monotonic() < deadline:
            steps, rows = self.read()
            self.assertEqual(steps, rows)
            seen.add(steps)
            reads += 1
            time.sleep(0.05)
        self.assertGreaterEqual(len(seen), 2, "the file did not change while it was read")
        self.assertIsNone(self.training.poll(), "the run ended before it was read")

    @unittest.skipUnless(shutil.which("h5dump"), "h5dump is not installed")
    def test_h5dump_reads_it_too(self):
        for _ in range(5):
            text = subprocess.run(["h5dump", "-a", "/status", self.run_file], check=True,
                                  capture_output=True, text=True).stdout
            self.assertIn('"running"', text)
            time.sleep(0.05)

    def test_an_interrupted_run_says_so(self):
        self.training.send_signal(signal.SIGINT)
        self.assertEqual(self.training.wait(SECONDS), 130)
        with h5py.File(self.run_file) as file:
            self.assertEqual(file.attrs["status"], "interrupted")


if __name__ == "__main__":
    unittest.main()
