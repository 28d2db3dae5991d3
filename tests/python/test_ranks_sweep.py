"""Many trainings by several processes: rank 0 of `mpirun -np N trainer-mpi sweep` deals them out.

    TRAINER_BUILD_DIR=build python tests/python/test_ranks_sweep.py

Without mpirun, or where build/trainer-mpi was not built, the tests are skipped.
"""

import csv
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from test_ranks import ENVIRONMENT, LONG, TOGETHER, TRAINER, ranks_of

BASE = """
seed: 5
data: {type: digits, train: 300, test: 100}
model:
  layers:
    - {name: affine1, type: Affine, units: 16}
    - {type: ReLU}
    - {type: Affine, units: 10}
    - {type: SoftmaxWithLoss}
optimizer: {type: sgd, learning_rate: 0.1}
trainer: {batch_size: 32, max_epochs: 20, checkpoint: {every: 1000 steps}}
"""
STUDY = """
config: base.yaml
metric: {name: test_accuracy, goal: maximize}
parameters:
  model.layers.affine1.units: [4, 8, 16]
  optimizer.learning_rate: [0.02, 0.2]
"""
TRIALS = 6


@unittest.skipUnless(shutil.which("mpirun"), "*** SKIPPED: mpirun is not installed")
@unittest.skipUnless(os.path.exists(TOGETHER), "*** SKIPPED: build/trainer-mpi was not built")
class SweepOfRanks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.write("base.yaml", BASE)
        self.write("study.yaml", STUDY)

    def path(self, *words):
        return os.path.join(self.folder, *words)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)

    def command(self, ranks, *words):
        launch = ["mpirun", "-np", str(ranks), "--bind-to", "none", TOGETHER]
        return [*(launch if ranks > 1 else [TRAINER]), "sweep", "study.yaml", *words]

    def sweep(self, ranks, *words, status=0):
        done = subprocess.run(self.command(ranks, *words), cwd=self.folder, env=ENVIRONMENT,
                              capture_output=True, text=True, timeout=LONG, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def start(self, ranks, *words):
        """A sweep whose trials have all begun on the ranks. Open MPI's SIGKILL comes 4 seconds
        after SIGTERM: on a busy disk a save takes more than its usual one."""
        env = dict(ENVIRONMENT, OMPI_MCA_odls_base_sigkill_timeout="4")
        process = subprocess.Popen(self.command(ranks, *words), cwd=self.folder, env=env,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        for _ in range(10 * LONG):
            if len(glob.glob(self.path("parts", "trials", "*", "log.txt"))) >= ranks:
                return process
            time.sleep(0.1)
        self.fail("the sweep did not begin")

    def table(self, folder):
        with open(self.path(folder, "sweep.csv"), encoding="ascii") as file:
            return [{name: cell for name, cell in row.items() if name != "seconds"}
                    for row in csv.DictReader(file)]

    def events(self, folder, event):
        with open(self.path(folder, "log.jsonl"), encoding="ascii") as file:
            return [line for line in map(json.loads, file) if line["event"] == event]

    def test_the_table_is_one_machines(self):
        self.sweep(1, "--output", "whole", "--quiet")
        for ranks in 2, 5:
            folder = f"of {ranks}"
            done = self.sweep(ranks, "--output", folder)
            self.assertIn(f"study: 6 trials, {ranks} at a time (ranks), ", done.stdout)
            self.assertIn("6 trials: 6 completed; ", done.stdout)
            self.assertEqual(self.table(folder), self.table("whole"))
        again = self.sweep(3, "--output", folder)
        self.assertIn("study: 6 trials (6 done already)", again.stdout)

    def test_what_is_missing_is_gone_on_with_by_other_ranks(self):
        longer = "trainer.max_epochs=1000"
        self.sweep(1, longer, "--output", "whole", "--quiet")
        for kind in signal.SIGTERM, signal.SIGKILL:
            process = self.start(3, longer, "--output", "parts")
            os.kill(ranks_of(process.pid)[2], kind)
            self.assertNotEqual(process.wait(timeout=15 + 8), 0)
            if kind == signal.SIGTERM:
                self.assertEqual([row["status"] for row in self.table("parts")].count("running"), 0)
            self.sweep(2 if kind == signal.SIGTERM else 1, longer, "--output", "parts")
            self.assertEqual(self.table("parts"), self.table("whole"))
            shutil.rmtree(self.path("parts"))

    def test_a_rank_that_stops_ends_the_sweep_and_is_named(self):
        process = self.start(2, "trainer.max_epochs=1000000", "--output", "parts", "--stall", "1")
        ranks = ranks_of(process.pid)
        os.kill(ranks[1], signal.SIGSTOP)
        text = process.communicate(timeout=30)[0]
        self.assertNotEqual(process.returncode, 0)
        self.assertRegex(text, "rank 0 on .* has waited [0-9]+ s for rank 1 on .*; the run ends")

    def test_early_stopping_compares_the_trials_of_all_ranks(self):
        self.write("study.yaml", STUDY + "early_stopping: {type: asha, min_epochs: 1, eta: 2}\n")
        self.sweep(3, "--output", "parts")
        rows = self.table("parts")
        self.assertEqual({row["status"] for row in rows}, {"completed", "stopped"})
        self.assertEqual(len(rows), TRIALS)
        reports = self.events("parts", "reported")
        self.assertEqual(len({line["trial"] for line in reports}), TRIALS)

    def test_what_trials_fail_of_is_told(self):
        self.write("weights.h5", "none")
        done = self.sweep(3, "model.weights=weights.h5", "--output", "parts", status=1)
        self.assertIn("trainer: 6 of 6 trials failed\n", done.stderr)
        for row in self.table("parts"):
            self.assertEqual(row["status"], "failed")
            self.assertIn("weights.h5: is not an HDF5 file", row["error"])

    def test_ranks_that_would_train_other_trials_are_named(self):
        self.write("base2.yaml", BASE.replace("seed: 5", "seed: 6"))
        self.write("study2.yaml", STUDY.replace("base", "base2"))
        first = ["mpirun", "-np", "1", TOGETHER, "sweep", "study.yaml", ":", "-np", "1", TOGETHER]
        done = subprocess.run([*first, "sweep", "study2.yaml"], cwd=self.folder, env=ENVIRONMENT,
                              capture_output=True, text=True, timeout=LONG, check=False)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(f"trainer: rank 1 on {os.uname().nodename}: has other trials than rank 0",
                      done.stderr)
        self.assertFalse(os.path.exists(self.path("runs")))
        done = self.sweep(2, "--jobs", "2", status=2)
        self.assertIn("trainer: --jobs: each rank trains one trial at a time\n", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
