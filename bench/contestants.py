"""What is measured: our program and the peers, as whole processes and as training steps alone."""

import csv
import gzip
import itertools
import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import measure

PEERS = ("numpy_f32", "torch_eager", "torch_compile", "jax_scan", "sklearn_mlp")
LIBRARIES = {"numpy": "numpy", "torch": "torch", "jax": "jax", "sklearn": "scikit-learn"}
SPLITS = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")


class Bench:
    """Where everything is, and how long to measure."""

    def __init__(self, root, program, python, rounds, quick):
        self.folder = root / "bench"
        self.scratch = root / "build" / "bench"
        self.program = program
        self.python = python  # of the peers; None: there are none
        self.rounds = rounds
        self.quick = quick
        self.wanted = 0.5 if quick else 1.2  # seconds of a turn of steps
        self.turns = rounds * (1 if quick else 4)  # of steps
        self.against = None  # another build's folder, in the place of the peers
        self.mnist = None
        shared_memory = Path("/dev/shm")
        self.fast_scratch = shared_memory if shared_memory.is_dir() else None

    def own_program(self, name):
        """A program of bench/*.c, beside our own."""
        return self.program.parent / f"bench_{name}"

    def blas(self):
        """The fastest OpenBLAS at hand: NumPy's own, else Debian's; None."""
        folder = self.python.parent.parent if self.python else Path("nowhere")
        own = list(folder.glob("lib/python3*/site-packages/numpy.libs/libscipy_openblas*.so"))
        debian = sorted(Path("/usr/lib").glob("*/openblas-pthread/libopenblas.so.0"))
        return next(iter(own + debian), None)

    def data_config(self):
        """The config that the others include: MNIST's, or the built-in digits'."""
        name = "mnist_two_layer" if self.mnist else "two_layer"
        return self.folder.parent / "configs" / f"{name}.yaml"

    def config(self, name):
        """The path of one of our configs; without MNIST a copy of it that includes the digits."""
        path = self.folder / "configs" / f"{name}.yaml"
        if self.mnist:
            return path
        text = path.read_text(encoding="utf-8")
        copy = self.scratch / "configs" / path.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        included = "../../configs/mnist_two_layer.yaml"
        copy.write_text(text.replace(included, str(self.data_config())), encoding="utf-8")
        return copy

    def subset(self, count):
        """A folder with the first `count` training samples of MNIST, repeated where it has less."""
        folder = self.scratch / f"mnist-{count}"
        folder.mkdir(exist_ok=True)
        for split in SPLITS:
            source, target = (place / f"{split}-ubyte" for place in (self.mnist, folder))
            if split.startswith("t10k"):
                unpack(source, target)
            elif not target.exists():
                write_part(source, target, count)
        return folder

    def find_mnist(self, folders):
        """Unpacks MNIST, so that nobody's time has gzip's in it. False where there is none."""
        for folder in folders:
            if all(find_file(folder, split) for split in SPLITS):
                self.mnist = self.scratch / "mnist"
                self.mnist.mkdir(parents=True, exist_ok=True)
                for split in SPLITS:
                    unpack(find_file(folder, split), self.mnist / f"{split}-ubyte")
                return True
        return False

    def peers(self):
        """Names of the peers whose library is installed; none against another build."""
        if self.against:
            return []
        return [peer for peer in PEERS if self.has(LIBRARIES[peer.split("_")[0]])]

    def has(self, library):
        """Whether the peers' Python has that library."""
        if not self.python:
            return False
        name = {"scikit-learn": "sklearn"}.get(library, library)
        found = "import importlib.util as u, sys; sys.exit(u.find_spec(sys.argv[1]) is None)"
        try:
            measure.run([self.python, "-c", found, name], measure.environment())
        except measure.MeasureError:
            return False
        return True


def find_file(folder, split):
    """An IDX file or its packed form; None where neither is there."""
    names = (folder / f"{split}-ubyte", folder / f"{split}-ubyte.gz")
    return next((path for path in names if path.is_file()), None)


def unpack(source, target):
    """Copies an IDX file, unpacked. One that is there already stays."""
    if target.exists():
        return
    partial = target.with_suffix(".part")
    opener = gzip.open if source.suffix == ".gz" else open
    with opener(source, "rb") as packed, open(partial, "wb") as unpacked:
        shutil.copyfileobj(packed, unpacked)
    partial.rename(target)


def write_part(source, target, count):
    """Writes an IDX file of `count` samples, taken from the source's again and again."""
    data = source.read_bytes()
    header = data[: 4 + 4 * data[3]]
    samples = int.from_bytes(header[4:8], "big")
    size = (len(data) - len(header)) // samples
    whole, rest = divmod(count, samples)
    body = data[len(header) :]
    with open(target, "wb") as file:
        file.write(header[:4] + count.to_bytes(4, "big") + header[8:])
        for _ in range(whole):
            file.write(body)
        file.write(body[: rest * size])


def started(make, who):
    """A contestant, or None with a line where it can't run here."""
    try:
        return make()
    except measure.MeasureError as error:
        print(f"*** {who} is left out: {error}", flush=True)
        return None


class OursWhole:
    """Our program from start to end, evaluation and files included."""

    launch = ()  # what starts its processes, where those are several

    def __init__(self, bench, config, threads, settings=(), who="trainer", cpus=None, env=None):
        self.bench, self.config, self.threads = bench, config, threads
        self.settings, self.who, self.cpus = list(settings), who, cpus
        self.more = env or {}

    def run(self, settings=(), folder=None):
        """What measure.run() gives of a run in a folder of its own, which is removed."""
        folder = folder or self.bench.scratch
        with tempfile.TemporaryDirectory(dir=folder, prefix="run-") as output:
            return measure.run(self.command(output, settings), self.environment(), self.cpus)

    def measure(self):
        """{"seconds", "peak_mb"} and, where it was measured, "accuracy"."""
        result = self.run()
        text = result.pop("output")
        found = re.search(r"test accuracy ([0-9.]+)", text)
        return {**result, "accuracy": float(found[1])} if found else result

    def command(self, output, settings):
        """The command line of a run in that folder."""
        program = [*self.launch, f"{self.bench.program}{'-mpi' if self.launch else ''}"]
        command = [*program, self.config, "--force", "--output", output]
        if self.threads:
            command += ["--threads", self.threads]
        return [*command, *self.settings, *settings]

    def environment(self):
        """Built-in digits take the place of MNIST where there is none."""
        mnist = {"TRAINER_MNIST": str(self.bench.mnist)} if self.bench.mnist else {}
        return measure.environment(**{**mnist, **self.more})


class OursSteps(OursWhole):
    """Our training steps alone, in a process that stays (bench/steps.c): start, data and the final
    save are not counted, as with the peers, nor what is cold at first. Nothing is evaluated."""

    def __init__(self, *arguments, program=None, launch=(), seconds=None, **keywords):
        super().__init__(*arguments, **keywords)
        self.seconds = seconds or self.bench.wanted
        command = [*launch, program or self.bench.own_program("steps"), self.config]
        command += [f"trainer.threads={self.threads or 'auto'}", *self.settings]
        self.server = measure.Server(command, self.environment(), self.cpus)

    def measure(self):
        """{"step_us": microseconds of a step}, over a turn of so many seconds; of ranks also
        {"exchange_share", "sent_mb": of a step}."""
        figures = self.server.ask(self.seconds)
        figures.pop("steps")
        if "sent_bytes" in figures:
            figures["sent_mb"] = figures.pop("sent_bytes") / 1e6
        return figures

    def close(self):
        """Ends the process."""
        self.server.close()


def launch(bench, ranks, rate=None, cpus=()):
    """What a command line begins with whose processes are ranks: of this machine, or each on a
    simulated host of its own, with a link of that rate and one of the processors."""
    mpirun = ["mpirun", "-np", ranks, "--bind-to", "none"]
    if not rate:
        return mpirun
    script = bench.folder.parent / "tests" / "support" / "simulated_hosts.py"
    hosts = ",".join(f"h{i + 1}" for i in range(ranks))
    words = ["--rate", rate, "--processors", ",".join(map(str, cpus))]
    return [sys.executable, script, "--hosts", ranks, *words, *mpirun, "--host", hosts]


# mpirun refuses root otherwise; where the processes of PyTorch meet on one machine.
LAUNCHED = {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "MASTER_ADDR": "127.0.0.1",
    "MASTER_PORT": "29517",
}


def peer_command(bench, peer, *options):
    """Runs one of bench/peers."""
    script = bench.folder / "peers" / f"{peer}.py"
    return [bench.python, script, *(["--mnist", bench.mnist] if bench.mnist else []), *options]


def peer_environment(bench, threads):
    """PyTorch keeps compiled code in its own cache; bytecode stays out of the source tree."""
    return measure.environment(
        threads,
        TORCHINDUCTOR_CACHE_DIR=str(bench.scratch / "inductor"),
        PYTHONPYCACHEPREFIX=str(bench.scratch / "bytecode"),
        CUDA_VISIBLE_DEVICES="",
        JAX_PLATFORMS="cpu",
    )


class PeerWhole:
    """A peer's script from start to end, import and compilation included."""

    def __init__(self, bench, peer, threads, steps, cpus=None, more=()):
        self.bench, self.who, self.script, self.threads = bench, peer, peer, threads
        self.steps, self.cpus, self.versions, self.more = steps, cpus, {}, more

    def measure(self):
        """{"seconds", "peak_mb", "loop_seconds", "accuracy"}."""
        options = ["--steps", self.steps, "--threads", self.threads, *self.more]
        command = peer_command(self.bench, self.script, *options)
        result = measure.run(command, peer_environment(self.bench, self.threads), self.cpus)
        printed = json.loads(result.pop("output").splitlines()[-1])
        self.versions = printed["versions"]
        result["loop_seconds"] = printed["seconds"]
        if "test_accuracy" in printed:
            result["accuracy"] = printed["test_accuracy"]
        return result


SWEEP_PARAMETERS = """
  model.layers.affine1.init.std: [0.003, 0.01, 0.03, 0.1]
  optimizer.learning_rate: [0.03, 0.1, 0.2, 0.4]
  seed: [1, 2, 3, 4]"""


class OursSweep:
    """Our program's `sweep`: the trials of peers/sweep_common.py, or others of the headline's
    config. The whole process, data and files included."""

    who, threads = "trainer sweep", None

    def __init__(
        self, bench, options=(), settings=(), parameters=SWEEP_PARAMETERS, memory=False, folder=None
    ):
        self.bench, self.memory, self.folder = bench, memory, folder or bench.scratch
        self.options = [*options, *settings]
        self.path = bench.scratch / "configs" / "sweep.yaml"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        metric = (
            "{name: batch_loss, goal: minimize}"
            if settings
            else "{name: test_accuracy, goal: maximize}"
        )
        self.text = (
            f"config: {bench.config('headline')}\nname: sweep\nmetric: {metric}\n"
            f"parameters:{parameters}\n"
        )

    def measure(self):
        """{"seconds", "per_minute", "busy", "parent_busy"} and core_ms, or peak_mb.

        core_ms: milliseconds of all cores, busy or not, for each trial."""
        self.path.write_text(self.text, encoding="utf-8")
        with tempfile.TemporaryDirectory(dir=self.folder, prefix="sweep-") as folder:
            command = [self.bench.program, "sweep", self.path, "--output", folder, "--quiet"]
            command += ["trainer.max_steps=1200", "trainer.evaluate.train=false", *self.options]
            env = OursWhole(self.bench, None, None).environment()
            figures = measure.run_family(command, env, Path(folder) / "log.jsonl", self.memory)
            with open(Path(folder) / "sweep.csv", newline="", encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
        spent = figures.pop("trial_seconds") * len(os.sched_getaffinity(0))
        figures["per_minute"] = len(rows) / figures["seconds"] * 60
        if not self.memory:
            figures["core_ms"] = spent / len(rows) * 1e3
        return figures


class PeerSweep:
    """A peer's script that trains the same trials, from start to end."""

    threads = None

    def __init__(self, bench, peer):
        self.bench, self.who, self.versions = bench, peer, {}

    def measure(self):
        """{"seconds", "per_minute"}."""
        workers = len(os.sched_getaffinity(0))
        command = peer_command(self.bench, self.who, "--workers", workers)
        threads = 1 if self.who == "sweep_torch" else workers
        result = measure.run(command, peer_environment(self.bench, threads))
        printed = json.loads(result["output"].splitlines()[-1])
        self.versions = printed["versions"]
        trials = len(printed["accuracies"])
        return {"seconds": result["seconds"], "per_minute": trials / result["seconds"] * 60}


class PeerSteps:
    """A peer's training steps alone, in a process that stays: import and compilation are over."""

    def __init__(
        self, bench, peer, threads, net, batch, std, chunk, cpus=None, more=(), launcher=()
    ):
        self.who, self.threads = peer, threads
        options = ["--serve", "--net", "-".join(map(str, net)), "--batch", batch, "--std", std]
        options += more
        options += ["--chunk", chunk, "--threads", threads]
        command = [*launcher, *peer_command(bench, peer, *options)]
        env = {**peer_environment(bench, threads), **(LAUNCHED if launcher else {})}
        self.server = measure.Server(command, env, cpus)
        self.versions = self.server.ready["versions"]
        self.steps = measure.enough(self.server.seconds, chunk, bench.wanted)

    def measure(self):
        """{"step_us": microseconds of a step}; over a link also {"sent_mb": of a step}."""
        answer = self.server.ask(self.steps)
        figures = {"step_us": answer["seconds"] / self.steps * 1e6}
        if answer.get("sent_bytes"):
            figures["sent_mb"] = answer["sent_bytes"] / self.steps / 1e6
        return figures

    def close(self):
        """Ends the process."""
        self.server.close()


class Forward:
    """Forward passes alone, by a server of either side: {"rows_per_second"}."""

    def __init__(self, bench, who, command, env, threads, batch, cpus=None):
        self.who, self.threads, self.batch = who, threads, batch
        self.server = measure.Server(command, env, cpus)
        self.versions = self.server.ready.get("versions", {})
        self.passes = measure.enough(self.server.seconds, 1, min(bench.wanted, 0.3))

    def measure(self):
        """{"rows_per_second"}."""
        seconds = self.server.seconds(self.passes)
        return {"rows_per_second": self.passes * self.batch / seconds}

    def close(self):
        """Ends the process."""
        self.server.close()


class Sgemm:
    """Square products of a library, the yardstick of dense layers."""

    def __init__(self, bench, library, threads, size, cpus=None):
        self.who, self.threads, self.size = f"sgemm {library}", threads, size
        script = bench.folder / "peers" / "sgemm.py"
        command = [bench.python, script, "--library", library, "--size", size]
        self.server = measure.Server(command, peer_environment(bench, threads), cpus)
        self.versions = self.server.ready["versions"]
        self.count = measure.enough(self.server.seconds, 1, bench.wanted)

    def measure(self):
        """{"gflops"}."""
        return {"gflops": 2 * self.size**3 * self.count / self.server.seconds(self.count) / 1e9}

    def close(self):
        """Ends the process."""
        self.server.close()


def step_operations(net, batch):
    """Floating-point operations of a dense training step: forward, weight gradients, and input
    gradients of all layers but the first. Zeros in the data are counted in."""
    products = [a * b for a, b in itertools.pairwise(net)]
    return 2 * batch * (3 * sum(products) - products[0])
