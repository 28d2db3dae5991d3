"""The job `data`: how fast tables, lists, arrays and pictures come in and predictions go out.

Reading is measured in processes that stay (bench/reading.c, peers/read_files.py): no start, no
import. Ours finds types in the whole file, checks that every row is whole and ends with float32 as
a network reads them; peers end with their own frames.
"""

import contextlib
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import data_files
import machine
import measure
from contestants import OursWhole, peer_environment, started
from measure import interleave

TABLE_PEERS = ("polars", "pandas", "duckdb")
LOSS = "{layers: [{type: Affine, units: 1}, {type: SquaredErrorWithLoss}]}"


class Reading:
    """Readings of a file by a process that stays: {"seconds"}, of ours "peak_mb" too."""

    def __init__(self, who, command, env, threads, cpus):
        self.who, self.threads = who, threads
        self.server = measure.Server(command, env, cpus)
        self.versions = self.server.ready.get("versions", {})
        self.server.ask(1)  # the file is in the kernel's cache, and libraries are warm

    def measure(self):
        """One reading."""
        return self.server.ask(1)

    def close(self):
        """Ends the process."""
        self.server.close()


class Place:
    """A folder with the files of the job, and who reads them."""

    def __init__(self, bench, report, folder, stack):
        self.bench, self.report, self.folder, self.stack = bench, report, folder, stack

    def count(self, whole):
        """So many rows; a fiftieth of them for a smoke test."""
        return max(100, whole // 50) if self.bench.quick else whole

    def config(self, name, data, more=""):
        """A config of that `data` section."""
        path = self.folder / f"{name}.yaml"
        path.write_text(f"name: {name}\ndata: {{{data}}}\n{more}", encoding="utf-8")
        return path

    def reading(self, who, command, env, threads):
        """A process that reads; it ends with the job."""
        contestant = Reading(who, command, env, threads, machine.processors()[:threads])
        self.stack.callback(contestant.close)
        return contestant

    def ours(self, config, threads=1):
        """Our reader of a config's data."""
        command = [self.bench.own_program("reading"), config]
        who = "trainer" if threads == 1 else f"trainer, {threads} threads"
        return self.reading(who, command, measure.environment(threads), threads)

    def bytes(self, path):
        """The yardstick: the bytes of a file."""
        command = [self.bench.own_program("reading"), "--bytes", path]
        return self.reading("its bytes", command, measure.environment(1), 1)

    def script(self, name, *options):
        """The command of one of peers/*.py."""
        return [self.bench.python, self.bench.folder / "peers" / f"{name}.py", *options]

    def peers(self, libraries, what, path, threads=1):
        """Those of the libraries that are installed."""
        found = []
        for library in libraries:
            if not self.bench.has({"pillow": "PIL"}.get(library, library)):
                print(f"*** {library} is not installed: make bench-peers", flush=True)
                continue
            options = ["--library", library, "--what", what, "--threads", threads, path]
            command = self.script("read_files", *options)
            env = {**peer_environment(self.bench, threads), "POLARS_MAX_THREADS": str(threads)}
            peer = started(
                lambda command=command, env=env, library=library: self.reading(
                    library, command, env, threads
                ),
                library,
            )
            found += [peer] if peer else []
        return found

    def compare(self, case, own, others, megabytes):
        """Takes turns and adds rows; returns the samples."""
        samples = interleave([own], others, self.bench.rounds)
        self.report.add_samples("data", case, samples)
        for contestant, figures in samples.figures.items():
            rates = [megabytes / seconds for seconds in figures["seconds"]]
            name, threads = contestant.who, contestant.threads
            self.report.add("data", case, name, threads, "mb_per_second", rates)
        for other in others:
            ratios = samples.ratios(own, other, "seconds")
            self.report.add_ratio("data", case, f"{other.who} by {own.who}", own.threads, ratios)
        return samples

    def goals(self, case, samples, own, others, wanted):
        """Goals that are times of another's seconds: {who: times}."""
        for other in others:
            ratio = samples.ratio(own, other, "seconds")
            what = f"{case}: times {other.who}"
            self.report.goal("data", what, ">=", wanted[other.who], ratio)


# --- reading --------------------------------------------------------------------------------------


def two_threads(place, case, config, own, megabytes):
    """Two threads beside one."""
    if len(machine.processors()) < 2:
        return
    both = place.ours(config, 2)
    samples = place.compare(f"{case}, by two threads", both, [own], megabytes)
    ratio = samples.ratio(both, own, "seconds")
    place.report.goal("data", f"{case}: times one thread on two", ">=", 1.7, ratio)


def peak(place, case, own, final_mb):
    """Peak memory of loading beside the data as it is held at the end."""
    got = own.measure()["peak_mb"]
    place.report.add("data", case, "trainer", own.threads, "peak_mb", [got])
    place.report.goal("data", f"{case}: peak MB", "<=", 2 * final_mb + 64, got)


def numbers(place, digits):
    """A table of numbers; its path."""
    count = place.count(1_000_000)
    case = f"csv, {count:,} x {data_files.COLUMNS} of {digits} digits"
    path = place.folder / f"numbers{digits}.csv"
    megabytes = data_files.table(path, count, digits)
    config = place.config(f"numbers{digits}", f"type: csv, train: {path}")
    own = place.ours(config)
    others = place.peers(TABLE_PEERS, "table", path)
    samples = place.compare(case, own, others, megabytes)
    rate = megabytes / samples.median(own, "seconds")
    place.report.goal("data", f"{case}: MB/s", ">=", 200, rate)
    wanted = {"polars": 1.5, "pandas": 2, "duckdb": 2}
    place.goals(case, samples, own, others, wanted)
    two_threads(place, case, config, own, megabytes)
    final_mb = count * data_files.COLUMNS * 4 / 1e6
    peak(place, case, own, final_mb)
    zscore = place.config(f"zscore{digits}", f"type: csv, train: {path}, normalize: zscore")
    peak(place, f"{case}, zscore", place.ours(zscore), 2 * final_mb)
    return path


def texts(place):
    """The same with ten columns of text."""
    count = place.count(1_000_000)
    case = f"csv, {count:,} x {data_files.COLUMNS} and 10 of text to one-hot"
    path = place.folder / "texts.csv"
    megabytes = data_files.table(path, count, 6, 10)
    config = place.config("texts", f"type: csv, train: {path}")
    own = place.ours(config)
    others = place.peers(("polars",), "dummies", path)
    samples = place.compare(case, own, others, megabytes)
    place.goals(case, samples, own, others, {"polars": 1})
    two_threads(place, case, config, own, megabytes)
    peak(place, case, own, count * (data_files.COLUMNS + 80) * 4 / 1e6)


def lists(place):
    """Lists of libsvm."""
    path = place.folder / "lists.svm"
    megabytes = data_files.lists(path, place.count(300_000))
    case = f"libsvm, {megabytes:.0f} MB"
    own = place.ours(place.config("lists", f"type: libsvm, train: {path}"))
    others = place.peers(("sklearn",), "libsvm", path)
    samples = place.compare(case, own, others, megabytes)
    place.goals(case, samples, own, others, {"sklearn": 10})


def arrays(place):
    """An array of NumPy's and the same in HDF5, each beside its bytes."""
    path, h5 = place.folder / "x.npy", place.folder / "x.h5"
    megabytes = data_files.npy(path, place.count(1_000_000), 50)
    npy = place.config("npy", f"type: npy, train: {{inputs: {path}}}, memory: 64 GiB")
    command = [place.bench.program, "data", npy, "--write", h5]
    measure.run(command, measure.environment())
    train = f"train: {{file: {h5}, inputs: /train/inputs}}"
    hdf5 = place.config("hdf5", f"type: hdf5, {train}, memory: 64 GiB")
    for case, config, file in (("npy", npy, path), ("hdf5", hdf5, h5)):
        own, bytes_read = place.ours(config), place.bytes(file)
        samples = place.compare(case, own, [bytes_read], megabytes)
        place.goals(case, samples, own, [bytes_read], {"its bytes": 0.8})
        peak(place, case, own, megabytes)


def pictures(place):
    """JPEG files by all processors, beside as many processes of Pillow's."""
    if not place.bench.has("PIL"):
        print("*** no pictures: Pillow comes with make bench-peers", flush=True)
        return
    threads, count = machine.cores(), place.count(10_000)
    folder = place.folder / "pictures"
    options = [folder, "--count", count, "--different", min(200, count // 2)]
    command = place.script("draw_pictures", *options)
    measure.run(command, peer_environment(place.bench, 1))
    data = f"type: images, train: {folder}, size: [64, 64]"
    own = place.ours(place.config("pictures", data), threads)
    others = place.peers(("pillow",), "pictures", folder, threads)
    megabytes = sum(file.stat().st_size for file in folder.glob("*/*.jpg")) / 1e6
    case = f"{count:,} JPEG of 256x256 to 64x64"
    samples = place.compare(case, own, others, megabytes)
    place.goals(case, samples, own, others, {"pillow": 1.5})


# --- training from a file -------------------------------------------------------------------------


def larger_than_memory(place):
    """784-50-10 on a set of twice `memory`, whole processes."""
    bench, count = place.bench, place.count(60_000)
    inputs, labels = place.folder / "large.npy", place.folder / "labels.npy"
    megabytes = data_files.npy(inputs, count, 784)
    data_files.npy(labels, count, 0, "q")
    data = f"type: npy, train: {{inputs: {inputs}, labels: {labels}}}, memory: 64 GiB"
    layers = "[{type: Affine, units: 50}, {type: ReLU}, {type: Affine, units: 10}, "
    net = f"model: {{layers: {layers}{{type: SoftmaxWithLoss}}]}}\n"
    net += "trainer: {batch_size: 100, max_epochs: 5, evaluate: {every: never}}\n"
    config = place.config("large", data, net)
    threads = min(2, machine.cores())
    cpus = machine.processors()[:threads]
    memory = f"data.memory={megabytes / 2 * 1e6:.0f}"
    held = OursWhole(bench, config, threads, (), "in memory", cpus)
    kept = OursWhole(bench, config, threads, [memory], "in its file", cpus)
    samples = interleave([held], [kept], bench.rounds)
    case = "a set of twice `memory`, 784-50-10"
    place.report.add_samples("data", case, samples)
    ratio = samples.ratio(held, kept, "seconds")
    place.report.goal("data", f"{case}: times the time in memory", "<=", 1.3, ratio)


# --- predictions ----------------------------------------------------------------------------------


def train(place, config, settings=()):
    """The run's folder."""
    output = place.folder / f"run-{config.stem}"
    own = OursWhole(place.bench, config, 1, settings)
    measure.run(own.command(output, ()), own.environment())
    return output


def answers(place, run, header, line, rounds):
    """Seconds until each of some lines on standard input is answered."""
    command = [str(place.bench.program), "predict", str(run), "-"]
    pipe = subprocess.PIPE
    seconds = []
    with subprocess.Popen(command, text=True, bufsize=1, stdin=pipe, stdout=pipe) as process:
        process.stdin.write(header)
        process.stdout.readline()
        for row in range(1, rounds + 2):
            begin = time.perf_counter()
            process.stdin.write(line)
            answer = process.stdout.readline()
            seconds.append(time.perf_counter() - begin)
            if not answer.startswith(f"{row},"):
                raise measure.MeasureError(f"row {row} is answered by {answer!r}")
        process.stdin.close()
    return seconds[1:]


def flowers(place):
    """Iris: a whole process, and one line."""
    configs = place.bench.folder.parent / "configs"
    run = train(place, configs / "iris.yaml", ["trainer.max_epochs=20"])
    rounds = 5 if place.bench.quick else 50
    command = [place.bench.program, "predict", run, configs / "iris.csv"]
    whole = [measure.run(command, measure.environment())["seconds"] for _ in range(rounds)]
    header, line = (configs / "iris.csv").read_text(encoding="utf-8").splitlines(True)[:2]
    single = answers(place, run, header, line, rounds)
    for case, seconds, limit in (
        ("predict iris, whole process", whole, 0.010),
        ("predict one line of standard input", single, 0.001),
    ):
        place.report.add("data", case, "trainer", None, "seconds", seconds)
        place.report.goal("data", f"{case}: s", "<=", limit, statistics.median(seconds))


class Predicting:
    """A whole process that predicts a table: {"seconds", "peak_mb"}."""

    who, threads = "trainer predict", 1

    def __init__(self, place, run, path):
        output = place.folder / "predicted.csv"
        program = place.bench.program
        self.command = [program, "predict", run, path, "--threads", 1, "-o", output]

    def measure(self):
        """One run."""
        cpus = machine.processors()[:1]
        result = measure.run(self.command, measure.environment(1), cpus)
        del result["output"]
        return result


def predicting(place, table):
    """A whole table, beside reading it."""
    few = place.folder / "few.csv"
    with open(table, encoding="ascii") as file:
        few.write_text("".join(next(file) for _ in range(90)), encoding="ascii")
    net = f"model: {LOSS}\ntrainer: {{batch_size: 10, max_epochs: 1}}\n"
    config = place.config("few", f"type: csv, train: {few}, labels: x0", net)
    read = place.ours(place.config("all", f"type: csv, train: {table}"))
    own = Predicting(place, train(place, config), table)
    megabytes = table.stat().st_size / 1e6
    samples = place.compare("predict csv", own, [read], megabytes)
    ratio = samples.ratio(own, read, "seconds")
    place.report.goal("data", "predict csv: times reading it", ">=", 0.7, ratio)
    got = samples.median(own, "peak_mb")
    place.report.goal("data", "predict csv: peak MB", "<=", 64, got)


def data(bench, report):
    """Tables, lists, arrays and pictures read beside their peers, one thread each; predictions."""
    with (
        tempfile.TemporaryDirectory(dir=bench.scratch, prefix="data-") as folder,
        contextlib.ExitStack() as stack,
    ):
        place = Place(bench, report, Path(folder), stack)
        table = numbers(place, 6)
        predicting(place, table)
        table.unlink()
        numbers(place, 17).unlink()
        for part in (texts, lists, arrays, pictures, larger_than_memory, flowers):
            part(place)
