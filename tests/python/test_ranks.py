"""One training by several processes: `mpirun -np N trainer-mpi` has the bits of `trainer`.

    TRAINER_BUILD_DIR=build python tests/python/test_ranks.py

Without mpirun, or where build/trainer-mpi was not built, the tests are skipped.
"""

import contextlib
import ctypes
import json
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
import numpy as np

BUILD = os.path.abspath(os.environ.get("TRAINER_BUILD_DIR", "build"))
TRAINER = os.path.join(BUILD, "trainer")
TOGETHER = os.path.join(BUILD, "trainer-mpi")
LONG = 60  # seconds after which a run is thought to hang
SESSIONS = tempfile.TemporaryDirectory()  # where a launcher that is killed leaves files behind
ENVIRONMENT = dict(os.environ, OMPI_MCA_orte_tmpdir_base=SESSIONS.name,
                   OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                   OMPI_MCA_rmaps_base_oversubscribe="1", TRAINER_KERNELS="")
del ENVIRONMENT["TRAINER_KERNELS"]

def chain(*layers):
    """The model section of layers that stand one behind the other."""
    return "model: {layers: [" + ", ".join(f"{{type: {layer}}}" for layer in layers) + "]}\n"


# 203 samples: the ranks' rows are uneven, and the last batch of an epoch is short.
DIGITS = "data: {type: digits, train: 203, test: 57}\n"
CLASSES = ("Affine, units: 10", "SoftmaxWithLoss")
NETS = {
    "lists": DIGITS + chain("Affine, units: 50", "ReLU", *CLASSES) + """
optimizer: {type: sgd, learning_rate: 0.1}
trainer: {batch_size: 30, max_steps: 20, evaluate: {every: 7 steps}}
""",
    "dag": DIGITS + """
model:
  layers:
    - {name: a, type: Affine, units: 40}
    - {name: r, type: ReLU}
    - {name: d, type: Dropout}
    - {name: b, type: Affine, units: 40}
    - {name: s, type: Sigmoid}
    - {name: add, type: Add, input: [r, s]}
    - {name: mul, type: Mul, input: [add, b]}
    - {name: all, type: Concat, input: [mul, r]}
    - {name: norm, type: LayerNorm}
    - {name: c, type: Affine, units: 10}
    - {name: loss, type: SoftmaxWithLoss}
optimizer: {type: adam, learning_rate: 0.01, clip_norm: 0.5, average: 0.9}
trainer: {batch_size: 17, accumulate: 2, sampling: with_replacement, sparse_input: never,
          max_steps: 12, evaluate: {every: 5 steps}}
""",
    "large": DIGITS + chain("Affine, units: 150", "ReLU", "Affine, units: 500", "Tanh", *CLASSES)
             + """
optimizer: {type: momentum, learning_rate: 0.05, weight_decay: 0.001}
trainer: {batch_size: 24, sampling: sequential, sparse_input: never, max_steps: 10}
""",
    "pictures": DIGITS + chain("Conv2D, filters: 4, kernel: 5, stride: 2", "BatchNorm", "ReLU",
                               "MaxPool, kernel: 2", "Flatten", "BatchNorm", *CLASSES) + """
optimizer: {type: adam, learning_rate: 0.01, schedule: {type: cosine}}
trainer: {batch_size: 19, max_steps: 12, on_nan: skip}
""",
    "one row": DIGITS + chain("Affine, units: 8", "ReLU", *CLASSES) + """
optimizer: {type: sgd, learning_rate: 0.1}
trainer: {batch_size: 1, sampling: sequential, max_steps: 9}
""",
    "table": """
data: {type: csv, train: table.csv, labels: y, columns: {town: index}, split: {test: 20}}
model:
  layers:
    - {name: place, type: Embedding, size: 3, input: town}
    - {name: all, type: Concat, input: [place, inputs]}
    - {type: Affine, units: 8}
    - {type: Tanh}
    - {type: Affine, units: 1}
    - {type: HuberWithLoss}
optimizer: {type: rmsprop, learning_rate: 0.01, schedule: {type: plateau, monitor: test_loss}}
trainer: {batch_size: 13, max_steps: 30, evaluate: {every: 3 steps},
          early_stopping: {monitor: test_loss, patience: 50, restore: true}}
""",
}
LISTS = """
data: {type: libsvm, train: /proc/self/cwd/lists.svm, labels_as: classes, split: {test: 20}}
""" + chain("Affine, units: 3", "SoftmaxWithLoss") + """
optimizer: {type: sgd, learning_rate: 0.1}
trainer: {batch_size: 7, max_steps: 20, evaluate: {every: 6 steps}}
"""
# Of these all numbers of ranks and threads are tried, of the others some.
WHOLE = ("lists", "pictures")
SOME = ((2, 2), (3, 1), (5, 1))
ALL = tuple((ranks, threads) for ranks in (2, 3, 5) for threads in (1, 2))

# Row 3 of 4 makes the network's output infinite: the second of two ranks has it.
HUGE = """
data:
  type: inline
  inputs: [[1, 0], [0, 1], [1, 1], [3e38, 3e38]]
  labels: [0, 1, 1, 0]
""" + chain("Affine, units: 4, name: a", "ReLU", "Affine, units: 2", "SoftmaxWithLoss") + """
optimizer: {type: sgd, learning_rate: 0.1}
trainer: {batch_size: 4, sampling: sequential, max_steps: 3}
"""

# Of the last two samples one is taken for the other's class: row 1 of the weight becomes infinite.
STEEP = """
data:
  type: inline
  inputs: [[1, 0], [0, 1], [0, 1e35], [0, 1e35]]
  labels: [0, 1, 0, 1]
""" + chain("Affine, units: 2, name: a", "SoftmaxWithLoss") + """
optimizer: {type: sgd, learning_rate: 1e6}
trainer: {batch_size: 4, sampling: sequential, sparse_input: never, max_steps: 3}
"""


def numbers(path):
    """All that a run file holds of the run, as bytes by name; what the clock said is left out."""
    found = {}

    def visit(name, item):
        clock = re.search(r"seconds|samples_per_second|config", name)
        if isinstance(item, h5py.Dataset) and not clock:
            value = np.asarray(item[()])
            found[name] = repr(value.tolist()) if value.dtype.kind == "O" else value.tobytes()

    with h5py.File(path) as file:
        file.visititems(visit)
    return found


def ranks_of(pid):
    """The ranks that an mpirun has started, itself or by a process between, as MPICH's does."""
    with open(f"/proc/{pid}/comm", encoding="ascii") as file:
        if file.read().strip() == os.path.basename(TOGETHER):
            return [pid]
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [rank for word in file.read().split() for rank in ranks_of(int(word))]


def is_gone(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def open_files(pid):
    folder, files = f"/proc/{pid}/fd", []
    for name in os.listdir(folder):
        with contextlib.suppress(FileNotFoundError):
            files.append(os.readlink(os.path.join(folder, name)))
    return files


@contextlib.contextmanager
def held_in_read(pid):
    """The first thread of a process gets nothing from its next read(), the others go on."""
    if os.uname().machine != "x86_64":
        raise unittest.SkipTest("system calls are known by their numbers on x86-64")
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    seize, interrupt, to_next_call, detach = 0x4206, 0x4207, 24, 17
    if ptrace(seize, pid, None, None) < 0:
        raise unittest.SkipTest(f"ptrace: {os.strerror(ctypes.get_errno())}")
    ptrace(interrupt, pid, None, None)
    call = None
    while call not in ("0", "17"):  # read, pread64
        os.waitpid(pid, 0x40000000)  # __WALL: it has stopped
        with open(f"/proc/{pid}/syscall", encoding="ascii") as file:
            call = file.read().split()[0]
        if call not in ("0", "17"):
            ptrace(to_next_call, pid, None, None)
    try:
        yield
    finally:
        ptrace(detach, pid, None, None)


@unittest.skipUnless(shutil.which("mpirun"), "*** SKIPPED: mpirun is not installed")
@unittest.skipUnless(os.path.exists(TOGETHER), "*** SKIPPED: build/trainer-mpi was not built")
class Ranks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        with open(self.path("table.csv"), "w", encoding="ascii") as file:
            file.write("town,size,age,y\n")
            for i in range(90):
                file.write(f"{i * 7 % 5},{i % 11},{i * i % 13},{(i * 37 % 23) / 23}\n")

    def path(self, *words):
        return os.path.join(self.folder, *words)

    def config(self, text, name="net.yaml"):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)
        return name

    def command(self, ranks, *words):
        if ranks == 1:
            return [TRAINER, *words]
        return ["mpirun", "-np", str(ranks), "--bind-to", "none", TOGETHER, *words]

    def run_on(self, ranks, *words, status=0):
        done = subprocess.run(self.command(ranks, *words), cwd=self.folder, env=ENVIRONMENT,
                              capture_output=True, text=True, timeout=LONG, check=False)
        if status is not None:
            self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def start(self, ranks, *words, patience=1):
        """A run that goes on until it is ended; returns when its first checkpoint is there. Open
        MPI's SIGTERM comes `patience` seconds after its own end began, its SIGKILL as many later:
        on a busy disk a save takes more than one."""
        env = dict(ENVIRONMENT, OMPI_MCA_odls_base_sigkill_timeout=str(patience))
        process = subprocess.Popen(self.command(ranks, *words, "--output", "run"), cwd=self.folder,
                                   env=env, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        for _ in range(10 * LONG):
            if os.path.exists(self.path("run", "checkpoint.h5")):
                return process
            time.sleep(0.1)
        self.fail("the run did not begin")

    def expect_gone(self, pids):
        for _ in range(150):
            if all(is_gone(pid) for pid in pids):
                return
            time.sleep(0.1)
        self.fail("15 seconds later a rank is still there")

    def expect_same(self, folder, other):
        here, there = (numbers(self.path(name, "run.h5")) for name in (folder, other))
        self.assertEqual(list(here), list(there))
        self.assertEqual([name for name in here if here[name] != there[name]], [])

    def test_any_number_of_ranks_and_threads_gives_the_bits_of_one_process(self):
        for name, text in NETS.items():
            config = self.config(text)
            self.run_on(1, config, "--threads", "1", "--output", "alone", "--force")
            for ranks, threads in ALL if name in WHOLE else SOME:
                with self.subTest(net=name, ranks=ranks, threads=threads):
                    self.run_on(ranks, config, "--threads", str(threads), "--output", "together",
                                "--force")
                    self.expect_same("alone", "together")

    def test_ranks_that_share_weights_have_the_bits_of_those_that_do_not(self):
        plain = NETS["large"].replace("momentum", "sgd").replace(", weight_decay: 0.001", "")
        for text in (plain, NETS["large"], NETS["dag"], NETS["table"], NETS["pictures"]):
            config = self.config(text)
            self.run_on(1, config, "--threads", "1", "--output", "alone", "--force")
            for ranks, threads in SOME:
                with self.subTest(net=text, ranks=ranks, threads=threads):
                    self.run_on(ranks, config, "--threads", str(threads), "--output", "together",
                                "--force", "--exchange", "weights")
                    self.expect_same("alone", "together")

    def test_a_step_that_one_rank_takes_and_is_not_finite_ends_all(self):
        config = self.config(STEEP)
        alone = self.run_on(1, config, "--output", "alone", status=1)
        said = re.search("trainer: step [0-9]+: .*;", alone.stderr).group()
        self.assertIn("'a' weight became", said)
        self.assertIn("at (1, ", said)  # in the row that is the second rank's
        for exchange in ("rows", "weights"):
            done = self.run_on(2, config, "--output", "together", "--force", "--exchange", exchange,
                               status=1)
            self.assertEqual(done.stderr.count(said), 1, done.stderr)

    def test_the_summary_tells_what_ranks_exchange(self):
        config = self.config(NETS["large"])
        alone = self.run_on(1, "summary", config, "--json").stdout
        self.assertNotIn("exchange", json.loads(alone))
        rows = 4 * 24 * np.array([150, 150 + 500, 500 + 10])  # what came in was sent once
        weights = 4 * np.array([784 * 150, 150 * 500, 500 * 10])
        for wish, bytes_sent in (("rows", rows), ("weights", rows + weights)):
            told = json.loads(self.run_on(2, "summary", config, "--json", "--exchange",
                                          wish).stdout)["exchange"]
            self.assertEqual(told["ranks"], 2)
            self.assertEqual([layer["row_bytes"] for layer in told["layers"]], list(rows))
            self.assertEqual([layer["shared_bytes"] for layer in told["layers"]], list(weights))
            self.assertEqual(told["step_bytes_sent"], bytes_sent.sum() / 2)
            self.assertGreater(told["bytes_per_second"], 0)
            self.assertGreater(told["step_work_seconds"], 0)
        text = self.run_on(2, "summary", config, "--exchange", "weights").stdout
        self.assertRegex(text, r"\n2 ranks, each .* GFLOP/s, sending .*/s, .* us an exchange:\n")
        self.assertRegex(text, r"affine2 +62.4 kB +300 kB +rows and weights\n")
        pictures = self.run_on(2, "summary", self.config(NETS["pictures"]), "--exchange", "weights")
        self.assertRegex(pictures.stdout, r"conv2d1 +0 B +[0-9.]+ kB +slices\n")
        self.assertRegex(text, r"a step: about .* of exchange, .* sent; one process: .* ms\n$")

    def test_one_rank_prints_and_the_file_tells_of_all(self):
        config = self.config(NETS["lists"])
        done = self.run_on(2, config, "--threads", "1", "--output", "run")
        self.assertEqual(done.stdout.count("run file:"), 1)
        self.assertIn("2 ranks x 1 thread,", done.stdout)
        self.assertNotIn("\x1b", done.stdout)
        with h5py.File(self.path("run", "run.h5")) as file:
            self.assertEqual(file.attrs["ranks"], 2)
            self.assertEqual(file.attrs["hosts"], os.uname().nodename)
            self.assertGreater(file.attrs["exchange_share"], 0)
            self.assertLess(file.attrs["exchange_share"], 1)
        self.assertEqual(self.run_on(3, "version").stdout, self.run_on(1, "version").stdout)

    def test_a_run_is_resumed_by_any_number_of_ranks(self):
        config = self.config(NETS["lists"])  # a row each 7 steps, and at the end
        self.run_on(1, config, "--output", "whole")
        self.run_on(3, config, "trainer.max_steps=7", "--output", "parts")
        self.run_on(1, "resume", "parts", "max_steps=14")
        self.run_on(5, "resume", "parts", "max_steps=20")
        self.expect_same("whole", "parts")

    def test_what_is_not_finite_on_one_rank_ends_all_in_the_words_of_one_process(self):
        config = self.config(HUGE)
        alone = self.run_on(1, config, "--output", "alone", status=1)
        together = self.run_on(2, config, "--output", "together", status=1)
        said = re.search("trainer: step 1: .*;", alone.stderr).group()
        self.assertIn("sample 3 of the training data", said)
        self.assertEqual(together.stderr.count(said), 1, together.stderr)
        replayed = self.run_on(1, "replay", "together/failure.h5")
        self.assertEqual(replayed.stdout.replace("together", "alone"),
                         self.run_on(1, "replay", "alone/failure.h5").stdout)

    def test_a_step_that_is_skipped_on_one_rank_is_skipped_on_all(self):
        config = self.config(HUGE)
        self.run_on(1, config, "trainer.on_nan=skip", "--output", "alone")
        done = self.run_on(3, config, "trainer.on_nan=skip", "--output", "together")
        self.assertIn("the step is skipped", done.stderr)
        self.expect_same("alone", "together")

    def test_a_killed_rank_ends_all(self):
        process = self.start(3, self.config(NETS["lists"]), "trainer.max_steps=100000000",
                             "trainer.checkpoint.every=1 steps")
        ranks = ranks_of(process.pid)
        self.assertEqual(len(ranks), 3)
        os.kill(ranks[1], signal.SIGKILL)
        self.assertNotEqual(process.wait(timeout=15), 0)
        self.expect_gone(ranks)
        with h5py.File(self.path("run", "checkpoint.h5")) as file:
            done = int(file.attrs["steps_done"])
        self.run_on(1, "resume", "run", f"max_steps={done + 1}")

    def test_a_rank_that_is_silent_ends_all_and_is_named_by_each(self):
        process = self.start(3, self.config(NETS["lists"]), "trainer.max_steps=100000000",
                             "--quiet", "--stall", "1")
        ranks = ranks_of(process.pid)
        os.kill(ranks[1], signal.SIGSTOP)
        text = process.communicate(timeout=30)[0]
        self.assertNotEqual(process.returncode, 0)
        host = os.uname().nodename
        end = f" on {host} has waited [0-9]+ s for rank 1 on {host}; the run ends"
        for rank in (0, 2):
            self.assertRegex(text, f"rank {rank}{end}")
        with open(self.path("run", "log.txt"), encoding="utf-8") as log:
            self.assertRegex(log.read(), f"rank 0{end}")
        self.expect_gone(ranks)

    def test_a_signal_to_any_of_them_saves_and_ends_all(self):
        for to_launcher in (True, False):
            config = self.config(NETS["lists"])
            shutil.rmtree(self.path("run"), ignore_errors=True)
            process = self.start(2, config, "trainer.max_steps=100000000",
                                 "trainer.evaluate.every=1 steps", patience=4)
            time.sleep(0.5)
            os.kill(process.pid if to_launcher else ranks_of(process.pid)[1], signal.SIGTERM)
            text = process.communicate(timeout=15 + 8)[0]
            self.assertNotEqual(process.returncode, 0)
            with h5py.File(self.path("run", "run.h5")) as file:
                self.assertEqual(file.attrs["status"], "interrupted", text)
            if not to_launcher:
                self.assertEqual(text.count("go on with: trainer resume /"), 1)

    def test_a_launcher_that_reads_nothing_holds_up_no_save(self):
        config = self.config(NETS["lists"])
        env = dict(ENVIRONMENT, OMPI_COMM_WORLD_SIZE="1", OMPI_COMM_WORLD_RANK="0")
        process = subprocess.Popen([TRAINER, config, "--threads", "1", "--output", "run",
                                    "trainer.evaluate.every=1 steps",
                                    "trainer.max_steps=100000000"],
                                   cwd=self.folder, env=env, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        written = -1  # bytes of the log, which gets the rows as well
        while written != (written := self.size_of("run", "log.txt")):
            time.sleep(1)
        process.send_signal(signal.SIGTERM)
        for _ in range(150):
            if "interrupted after" in self.read("run", "log.txt"):
                break
            time.sleep(0.1)
        with h5py.File(self.path("run", "run.h5")) as file:
            self.assertEqual(file.attrs["status"], "interrupted")
        self.assertIn("go on with: trainer resume /", process.communicate(timeout=15)[0])
        self.assertEqual(process.returncode, 128 + signal.SIGTERM)

    def size_of(self, *words):
        return os.path.getsize(self.path(*words)) if os.path.exists(self.path(*words)) else 0

    def read(self, *words):
        with open(self.path(*words), encoding="utf-8") as file:
            return file.read()

    def test_one_rank_says_how_the_program_is_called(self):
        done = self.run_on(3, status=2)
        self.assertEqual(done.stderr.count("usage"), 1, done.stderr)

    def folders(self, second="table.csv"):
        """Two folders: first/ has all, second/ only a table, `second`, as table.csv."""
        for name, table in (("first", "table.csv"), ("second", second)):
            os.mkdir(self.path(name))
            shutil.copy(self.path(table), self.path(name, "table.csv"))
        # A path that is the same for both, and not the same file.
        text = NETS["table"].replace("table.csv", "/proc/self/cwd/table.csv")
        self.config(text, "first/net.yaml")

    def start_apart(self, *words):
        """Two ranks, each in its own of these folders."""
        one, other = (["-np", "1", "--wdir", self.path(name), TOGETHER, *words]
                      for name in ("first", "second"))
        process = subprocess.Popen(["mpirun", "--bind-to", "none", *one, ":", *other],
                                   cwd=self.folder, env=ENVIRONMENT, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.stdout.close)
        return process

    def run_apart(self, *words, status=0):
        """What they said."""
        process = self.start_apart(*words)
        text = process.communicate(timeout=LONG)[0]
        self.assertEqual(process.returncode, status, text)
        return text

    def test_rank_0_alone_needs_config_weights_and_checkpoint_and_a_folder_to_write_in(self):
        self.folders()
        for folder, more in (("alone", []), ("again", ["model.weights=alone/run.h5"])):
            subprocess.run([TRAINER, "net.yaml", *more, "--output", folder, "--quiet"],
                           cwd=self.path("first"), env=ENVIRONMENT, check=True)
        self.run_apart("net.yaml", "model.weights=alone/run.h5", "trainer.max_steps=15",
                       "--output", "together")
        self.run_apart("resume", "together", "max_steps=30")
        self.expect_same("first/again", "first/together")
        self.assertEqual(os.listdir(self.path("second")), ["table.csv"])

    def test_rank_0_sends_the_data_where_that_is_asked_for(self):
        self.folders()
        os.remove(self.path("second", "table.csv"))
        with open(self.path("first", "lists.svm"), "w", encoding="ascii") as file:
            for i in range(60):
                file.write(f"{i % 3} {i % 7 + 1}:0.5 {i % 5 + 9}:{i % 11}\n")
        self.config(LISTS, "first/lists.yaml")
        for name, first, last in (("net", 15, 30), ("lists", 6, 20)):
            with self.subTest(data=name):
                subprocess.run([TRAINER, f"{name}.yaml", "--output", f"{name}-alone", "--quiet"],
                               cwd=self.path("first"), env=ENVIRONMENT, check=True)
                self.run_apart(f"{name}.yaml", "--data-from-rank-0", f"trainer.max_steps={first}",
                               "--output", f"{name}-together")
                self.run_apart("resume", f"{name}-together", "--data-from-rank-0",
                               f"max_steps={last}")
                self.expect_same(f"first/{name}-alone", f"first/{name}-together")
        text = self.run_apart("net.yaml", "--output", "each", status=2)
        self.assertIn("rank 1 on ", text)

    def start_reading(self):
        """Two ranks, of which the second reads its table: the run, and the ranks."""
        head, *rows = self.read("table.csv").splitlines(keepends=True)
        with open(self.path("table.csv"), "w", encoding="ascii") as file:
            file.writelines([head, *(10000 * rows)])
        self.folders()
        process = self.start_apart("net.yaml", "--output", "run", "--stall", "1")
        self.addCleanup(process.kill)
        table = os.path.realpath(self.path("second", "table.csv"))
        while process.poll() is None:
            ranks = ranks_of(process.pid)
            if len(ranks) == 2 and table in open_files(ranks[1]):
                return process, ranks
        self.fail(process.stdout.read())

    def test_a_rank_that_reads_for_long_is_waited_for(self):
        process, ranks = self.start_reading()
        with held_in_read(ranks[1]):
            time.sleep(5)  # --stall 1
            self.assertIsNone(process.poll(), process.poll() and process.stdout.read())
        text = process.communicate(timeout=LONG)[0]
        self.assertEqual(process.returncode, 0, text)
        self.assertNotIn("has waited", text)

    def test_a_rank_that_stops_while_it_reads_ends_all_and_is_named(self):
        process, ranks = self.start_reading()
        os.kill(ranks[1], signal.SIGSTOP)
        text = process.communicate(timeout=30)[0]
        self.assertNotEqual(process.returncode, 0)
        host = os.uname().nodename
        self.assertRegex(text, f"rank 0 on {host} has waited [0-9]+ s for rank 1 on {host}; the run"
                               " ends")
        self.expect_gone(ranks)

    def test_ranks_that_differ_are_refused_before_the_first_step(self):
        with open(self.path("table.csv"), encoding="ascii") as file:
            text = file.read()
        with open(self.path("other.csv"), "w", encoding="ascii") as file:
            file.write(text.replace("\n3,", "\n2,", 1))
        self.folders("other.csv")
        said = self.run_apart("net.yaml", "trainer.threads=1", status=2)
        lines = [line for line in said.splitlines() if line.startswith("trainer: ")]
        self.assertEqual(len(lines), 1, said)
        host = os.uname().nodename
        self.assertRegex(lines[0], f"^trainer: rank 1 on {host}: its data is [0-9a-f]+, "
                         f"that of rank 0 on {host} is [0-9a-f]+$")
        self.assertFalse(os.path.exists(self.path("first", "runs")))

    def test_a_rank_that_the_launcher_has_bound_says_how_it_gets_all_processors(self):
        config, processors = self.config(NETS["one row"]), os.cpu_count()
        if processors == 1:
            self.skipTest("one processor cannot be told from all")
        for ranks, bound in (1, "hwthread"), (2, "hwthread"), (1, "none"):
            done = subprocess.run(["mpirun", "-np", str(ranks), "--bind-to", bound, TOGETHER,
                                   config, "--threads", str(processors + 1), "--quiet",
                                   "--output", "run", "--force"], cwd=self.folder, timeout=LONG,
                                  env=ENVIRONMENT, capture_output=True, text=True, check=True)
            self.assertIn("take turns on", done.stderr)
            self.assertEqual("mpirun --bind-to none gives a rank all processors" in done.stderr,
                             bound != "none", done.stderr)

    def test_a_program_without_mpi_names_the_one_with_it(self):
        config = self.config(NETS["lists"])
        done = subprocess.run(["mpirun", "-np", "2", TRAINER, config], cwd=self.folder,
                              env=ENVIRONMENT, capture_output=True, text=True, timeout=LONG,
                              check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("trainer-mpi shares it", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
