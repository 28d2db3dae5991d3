"""Ranks on three hosts, simulated ones (tests/support/simulated_hosts.py): a link that is taken
down; a host with other data; a host with another version of the program.

    TRAINER_BUILD_DIR=build python tests/python/test_ranks_hosts.py

Skipped, with the reason, where there is no mpirun or no trainer-mpi, or hosts cannot be simulated:
that needs root.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import h5py

SUPPORT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")
sys.path.insert(0, SUPPORT)

import simulated_hosts
from test_ranks import LONG, TOGETHER, is_gone

HOSTS = 3
NET = """
data: {type: csv, train: /proc/self/cwd/table.csv, labels: y, split: {test: 20}}
model:
  layers:
    - {type: Affine, units: 8}
    - {type: Tanh}
    - {type: Affine, units: 1}
    - {type: SquaredErrorWithLoss}
optimizer: {type: sgd, learning_rate: 0.01}
trainer: {batch_size: 13, max_steps: 30, evaluate: {every: never}}
"""
# Each rank in the folder of its host; what it says goes into a file there as well, past a launcher
# that may be cut off.
ON_HOST = 'cd "$0/$(hostname)" && exec ./trainer-mpi net.yaml --threads 1 "$@" 2>errors.txt'


class Hosts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hosts = simulated_hosts.Hosts(HOSTS)
        cls.addClassCleanup(cls.hosts.close)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        rows = [f"{i % 11},{i * i % 13},{(i * 37 % 23) / 23}" for i in range(90)]
        for host in self.hosts.names:
            os.mkdir(self.path(host))
            self.write(host, "net.yaml", NET)
            self.write(host, "table.csv", "\n".join(["size,age,y", *rows]) + "\n")
            os.symlink(TOGETHER, self.path(host, "trainer-mpi"))

    def path(self, *words):
        return os.path.join(self.folder, *words)

    def write(self, host, name, text):
        with open(self.path(host, name), "w", encoding="ascii") as file:
            file.write(text)

    def read(self, host):
        with open(self.path(host, "errors.txt"), encoding="utf-8") as file:
            return file.read()

    def start(self, *words):
        """Open MPI 4.1 can fail before it has started a rank; it then gets a second try, aloud."""
        process = self.launch(*words)
        while not os.path.exists(self.path("h1", "errors.txt")):
            if process.poll() is not None:
                print("*** mpirun started no rank:", process.stdout.read(), file=sys.stderr)
                return self.launch(*words)
            time.sleep(0.05)
        return process

    def launch(self, *words):
        mpirun = ["mpirun", "-np", str(HOSTS), "--host", ",".join(self.hosts.names), "--bind-to",
                  "none", "sh", "-c", ON_HOST, self.folder, *words]
        process = subprocess.Popen([*self.hosts.way_to("h1"), *mpirun], text=True,
                                   env=self.environment(), stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        return process

    def environment(self):
        """What a launcher that is killed leaves behind goes with this test's folder."""
        return dict(self.hosts.environment(), OMPI_MCA_orte_tmpdir_base=self.folder)

    def expect_refused(self, pattern):
        """The first host says this one line before anything was trained."""
        process = self.start()
        text = process.communicate(timeout=LONG)[0]
        self.assertEqual(process.returncode, 2, text + self.read("h1"))
        self.assertRegex(self.read("h1"), f"^trainer: {pattern}\n$")
        self.assertFalse(os.path.exists(self.path("h1", "runs")))

    def test_hosts_train_together_and_the_file_names_them(self):
        process = self.start("--output", "run")
        text = process.communicate(timeout=LONG)[0]
        said = [self.read(host) for host in self.hosts.names]
        self.assertEqual(process.returncode, 0, [text, *said])
        self.assertEqual(said[0], "")
        with h5py.File(self.path("h1", "run", "run.h5")) as file:
            self.assertEqual(file.attrs["hosts"], "h1,h2,h3")

    def test_a_host_with_other_data_is_named(self):
        with open(self.path("h2", "table.csv"), encoding="ascii") as file:
            text = file.read()
        self.write("h2", "table.csv", text.replace("\n3,", "\n2,", 1))
        self.expect_refused("rank 1 on h2: its data is [0-9a-f]+, that of rank 0 on h1 is "
                            "[0-9a-f]+")

    def test_a_host_with_another_version_of_the_program_is_named(self):
        version = subprocess.run([TOGETHER, "--version"], capture_output=True, text=True,
                                 check=True).stdout
        commit = re.search("commit +([0-9a-f]{12})", version).group(1)
        with open(TOGETHER, "rb") as file:
            program = file.read()
        other = commit[::-1]
        os.remove(self.path("h3", "trainer-mpi"))
        with open(self.path("h3", "trainer-mpi"), "wb") as file:
            file.write(program.replace(commit.encode(), other.encode()))
        os.chmod(self.path("h3", "trainer-mpi"), 0o755)
        self.expect_refused(f"rank 2 on h3: its program is [0-9.]+ {other}[^,]*, that of rank 0 on "
                            f"h1 is [0-9.]+ {commit}.*")

    def test_a_link_that_is_cut_ends_all_on_both_sides_in_words(self):
        process = self.start("--output", "run", "--stall", "2", "trainer.max_steps=100000000",
                             "trainer.checkpoint.every=1 steps", "trainer.evaluate.every=1 steps")
        self.addCleanup(self.hosts.mend, "h3")
        while not os.path.exists(self.path("h1", "run", "checkpoint.h5")):
            self.assertIsNone(process.poll(), "the run did not begin")
            time.sleep(0.1)
        self.hosts.cut("h3")
        text = process.communicate(timeout=30)[0]
        self.assertNotEqual(process.returncode, 0, text)
        for rank, silent in ((0, "rank 2 on h3"), (1, "rank 2 on h3"), (2, "rank [01] on h[12]")):
            self.assertRegex(self.read(f"h{rank + 1}"), f"trainer: rank {rank} on h{rank + 1} has "
                             f"waited [0-9]+ s for {silent}; the run ends\n")
        self.expect_none_left()

    def expect_none_left(self):
        """Of this process's own namespace, so none but ours can be found."""
        for _ in range(150):
            left = [pid for pid in os.listdir("/proc") if pid.isdigit() and self.is_rank(pid)]
            if not left:
                return
            time.sleep(0.1)
        for pid in left:
            os.kill(int(pid), signal.SIGKILL)
        self.fail(f"15 seconds later there still is {left}")

    def is_rank(self, pid):
        try:
            with open(f"/proc/{pid}/comm", encoding="ascii") as file:
                name = file.read().strip()
        except FileNotFoundError:
            return False
        return name in ("trainer-mpi", "mpirun", "orted") and not is_gone(int(pid))


def reason_to_skip():
    if not shutil.which("mpirun"):
        return "mpirun is not installed"
    if not os.path.exists(TOGETHER):
        return "build/trainer-mpi was not built"
    return simulated_hosts.missing()


if __name__ == "__main__":
    inside = simulated_hosts.INSIDE in os.environ
    REASON = None if inside else reason_to_skip()
    if REASON:
        print(f"*** SKIPPED: ranks on simulated hosts; {REASON}")
        sys.exit(77)
    simulated_hosts.enter()
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
