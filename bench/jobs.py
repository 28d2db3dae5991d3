"""The jobs: each measures one claim and adds rows and goals to the report.

Goals are ratios to what the same run measured on the same machine; absolute ones are said to be.
"""

import contextlib
import math
import re
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import machine
import measure
from contestants import (
    LAUNCHED,
    PEERS,
    Forward,
    OursSteps,
    OursSweep,
    OursWhole,
    PeerSteps,
    PeerSweep,
    PeerWhole,
    Sgemm,
    launch,
    started,
    step_operations,
)
from data_jobs import data
from measure import MeasureError, interleave

SMALL = [784, 50, 10]
WIDE = [784, 2048, 2048, 2048, 10]
SGEMM_SIZE = 2048
DENSE, SPARSE = "trainer.sparse_input=never", "trainer.sparse_input=always"
ACCURACY = (0.965, 0.975)  # that the headline run reaches on MNIST's test images


def best_ratio(samples, ours, peers, quantity):
    """How many times the best peer's time is ours; NaN without peers."""
    ratios = [samples.ratio(ours, peer, quantity) for peer in peers]
    return min(ratios, default=float("nan"))


def both_paths(make):
    """Ours twice: the dense path and the one that skips zeros."""
    return [make(who, setting) for who, setting in (("dense", DENSE), ("sparse", SPARSE))]


# --- whole processes ------------------------------------------------------------------------------


def whole_ours(bench, threads, steps, cpus):
    """The headline run of our program, dense and sparse."""
    return both_paths(
        lambda who, setting: OursWhole(
            bench,
            bench.config("headline"),
            threads,
            [setting, f"trainer.max_steps={steps}"],
            f"trainer {who}",
            cpus,
        )
    )


def check_accuracy(samples, who, steps):
    """Says so where a contestant did not learn what the others did."""
    for contestant, figures in samples.figures.items():
        accuracy = statistics.median(figures["accuracy"])
        if steps == 10_000 and not ACCURACY[0] <= accuracy <= ACCURACY[1]:
            print(f"*** {who}: {contestant.who} reached {accuracy:.4f}, not {ACCURACY}", flush=True)


def headline_on(bench, report, threads, steps):
    """The headline on so many threads."""
    case = f"{threads} threads" if threads > 1 else "1 thread"
    cpus = machine.processors()[:threads]
    ours = whole_ours(bench, threads, steps, cpus)
    names = bench.peers() + (["numpy_book"] if bench.has("numpy") else [])
    peers = [PeerWhole(bench, name, threads, steps, cpus) for name in names]
    for peer in peers:
        peer.steps = 600
        peer.measure()  # compiles what libraries keep on disk
        peer.steps = steps
    samples = interleave(ours, peers, bench.rounds)
    report.add_samples("headline", case, samples)
    if bench.mnist:
        check_accuracy(samples, case, steps)
    rivals = [peer for peer in peers if peer.who != "numpy_book"]
    for own in ours:
        best = best_ratio(samples, own, rivals, "seconds")
        report.goal("headline", f"{own.who}, {case}: times the best peer", ">=", 3, best)
        book = best_ratio(samples, own, peers[len(rivals) :], "seconds")
        report.goal("headline", f"{own.who}, {case}: times the book's code", ">=", 10, book)


def headline(bench, report):
    """784-50-10, 10,000 steps of 100, accuracy on 70,000 images each epoch: the whole process."""
    steps = 1200 if bench.quick else 10_000
    for threads in (2, 1):
        if threads <= len(machine.processors()):
            headline_on(bench, report, threads, steps)


def memory(bench, report):
    """Peak memory of the headline run."""
    threads = min(2, len(machine.processors()))
    cpus = machine.processors()[:threads]
    steps = 1200 if bench.quick else 10_000
    ours = whole_ours(bench, threads, steps, cpus)
    peers = [PeerWhole(bench, name, threads, 600, cpus) for name in bench.peers()]
    samples = interleave(ours, [], 1)
    for peer in peers:
        samples.add(peer, peer.measure())
    for contestant, figures in samples.figures.items():
        name, peak = contestant.who, figures["peak_mb"]
        report.add("memory", "headline", name, threads, "peak_mb", peak)
    for own in ours:
        report.goal("memory", f"{own.who}: MB", "<=", 120, samples.median(own, "peak_mb"))


def start(bench, report):
    """From the call to the end: --version; one step on MNIST with reading it and the final save."""
    rounds = 5 if bench.quick else 50
    env = measure.environment()
    for case, command, who in (
        ("start", ["/bin/true"], "/bin/true"),
        ("start", [bench.program, "--version"], "trainer --version"),
    ):
        seconds = [measure.run(command, env)["seconds"] for _ in range(rounds)]
        report.add("start", case, who, None, "seconds", seconds)
    limit = 0.005
    report.goal("start", "--version: s", "<=", limit, statistics.median(seconds))
    first = OursWhole(
        bench,
        bench.config("headline"),
        None,
        ["trainer.max_steps=1", "trainer.evaluate.every=never"],
        "trainer, one step",
    )
    seconds = [first.measure()["seconds"] for _ in range(bench.rounds)]
    report.add("start", "first step", first.who, None, "seconds", seconds)
    report.goal("start", "first step: s", "<=", 0.1, statistics.median(seconds))


# --- training steps -------------------------------------------------------------------------------


def step_rates(samples, contestant, net, batch):
    """GFLOP/s of each measurement; all products count in full, for the sparse path too."""
    operations = step_operations(net, batch)
    return [operations / us / 1e3 for us in samples.figures[contestant]["step_us"]]


def start_steps(bench, stack, who, config, threads, settings, cpus, **more):
    """Our training steps, closed with the stack."""
    own = OursSteps(bench, config, threads, settings, who, cpus, **more)
    stack.callback(own.close)
    return own


def start_peers(bench, stack, net, batch, std, chunk, threads, cpus, options=(), names=PEERS):
    """Those of the peers that run here, closed with the stack."""
    peers = []
    for name in bench.peers():
        if name not in names:
            continue
        peer = started(
            lambda name=name: PeerSteps(
                bench, name, threads, net, batch, std, chunk, cpus, options
            ),
            name,
        )
        if peer:
            stack.callback(peer.close)
            peers.append(peer)
    return peers


def start_sgemm(bench, stack, threads, cpus):
    """The libraries' own products, closed with the stack."""
    products = []
    for library in ("numpy", "torch", "jax"):
        if bench.has(library):
            product = Sgemm(bench, library, threads, SGEMM_SIZE, cpus)
            stack.callback(product.close)
            products.append(product)
    return products


def steps_of(bench, report, job, config, net, batch, std, chunk, yardstick=False):
    """Training steps on all cores, ours with `threads: auto`, in turns of a second: (samples, ours,
    the rivals of each of ours, products)."""
    threads = machine.cores()
    cpus = machine.processors()[:threads]
    case = f"{'-'.join(map(str, net))} x {batch}"
    batch_size = f"trainer.batch_size={batch}"
    with contextlib.ExitStack() as stack:

        def both(name, **more):
            return both_paths(
                lambda who, setting: start_steps(
                    bench,
                    stack,
                    f"{name} {who}",
                    config,
                    "auto",
                    [setting, batch_size],
                    cpus,
                    **more,
                )
            )

        ours = both("trainer")
        if bench.against:
            peers = both("other build", program=bench.against / "bench_steps")
            rivals = {own: [other] for own, other in zip(ours, peers)}
        else:
            peers = start_peers(bench, stack, net, batch, std, chunk, threads, cpus)
            rivals = {own: peers for own in ours}
        products = start_sgemm(bench, stack, threads, cpus) if yardstick else []
        samples = interleave(ours, peers + products, bench.turns)
    report.add_samples(job, case, samples)
    for contestant in ours + peers:
        rates = step_rates(samples, contestant, net, batch)
        report.add(job, case, contestant.who, contestant.threads, "gflops", rates)
    add_ratios(report, job, case, samples, rivals)
    return samples, ours, rivals, products


def add_ratios(report, job, case, samples, rivals):
    """How many times each rival's step is ours, with quartiles."""
    for own, others in rivals.items():
        for other in others:
            ratios = samples.ratios(own, other, "step_us")
            report.add_ratio(job, case, f"{other.who} by {own.who}", own.threads, ratios)


def against_peers(bench, report, job, config, net, batch, std, chunk, wanted):
    """Both paths against the best peer; wanted: of each."""
    samples, ours, rivals, _ = steps_of(bench, report, job, config, net, batch, std, chunk)
    for own, goal in zip(ours, wanted):
        best = best_ratio(samples, own, rivals[own], "step_us")
        what = f"{own.who}, {'-'.join(map(str, net))} x {batch}: times the best rival"
        report.goal(job, what, ">=", goal, best)


def wide(bench, report):
    """784-2048-2048-2048-10, batches of 256, beside the best sgemm of any library."""
    samples, ours, rivals, products = steps_of(
        bench, report, "wide", bench.config("wide"), WIDE, 256, 0.03, 2, yardstick=True
    )
    sgemm = max((samples.median(p, "gflops") for p in products), default=float("nan"))
    for own in ours:
        rate = step_operations(WIDE, 256) / samples.median(own, "step_us") / 1e3
        report.goal("wide", f"{own.who}: share of the best sgemm", ">=", 0.9, rate / sgemm)
        best = best_ratio(samples, own, rivals[own], "step_us")
        report.goal("wide", f"{own.who}: times the best rival", ">=", 1.05, best)


def middle(bench, report):
    """784-512-512-10 in batches of 128; 784-4096-4096-10 in batches of 64."""
    for units, batch, chunk in ((512, 128, 20), (4096, 64, 2)):
        config = bench.config(f"middle_{units}")
        net = [784, units, units, 10]
        against_peers(bench, report, "middle", config, net, batch, 0.03, chunk, (1.15, 1.15))


def batches(bench, report):
    """784-50-10 in small batches."""
    for batch, chunk, wanted in ((1, 2000, (0.8, 1.3)), (8, 1000, (2.5, 4)), (32, 500, (2.5, 4))):
        config = bench.config("headline")
        against_peers(bench, report, "batches", config, SMALL, batch, 0.01, chunk, wanted)


def million(bench, report):
    """784-50-10, training alone: seconds for 1,000,000 samples."""
    samples, ours, rivals, _ = steps_of(
        bench, report, "million", bench.config("headline"), SMALL, 100, 0.01, 200
    )
    for contestant in samples.figures:
        seconds = [us * 10_000 / 1e6 for us in samples.figures[contestant]["step_us"]]
        name, threads = contestant.who, contestant.threads
        report.add("million", "1,000,000 samples", name, threads, "seconds", seconds)
    for own in ours:
        best = best_ratio(samples, own, rivals[own], "step_us")
        report.goal("million", f"{own.who}: times the best rival", ">=", 3, best)


# --- threads and load -----------------------------------------------------------------------------


def thread_counts():
    """1, 2, 4, ... up to the cores, and the cores themselves."""
    cores = machine.cores()
    counts = {2**i for i in range(11) if 2**i <= cores}
    return sorted(counts | {cores})


def scaling(bench, report):
    """Training steps on 1, 2, 4, ... threads, a core for each, measured in turns."""
    for name, batch, goals in (
        ("wide", 256, {2: 1.8, 16: 12}),
        ("headline", 100, {2: 1.5}),
    ):
        with contextlib.ExitStack() as stack:
            ours = [
                start_steps(
                    bench,
                    stack,
                    "trainer dense",
                    bench.config(name),
                    threads,
                    [f"trainer.batch_size={batch}", DENSE],
                    machine.processors()[:threads],
                )
                for threads in thread_counts()
            ]
            samples = interleave(ours, [], bench.turns)
        for own in ours:
            steps = samples.figures[own]["step_us"]
            report.add("scaling", name, own.who, own.threads, "step_us", steps, own.threads)
            speedup = samples.median(ours[0], "step_us") / samples.median(own, "step_us")
            report.add("scaling", name, own.who, own.threads, "ratio", [speedup], own.threads)
            if own.threads in goals:
                what = f"{name}: times one thread on {own.threads}"
                report.goal("scaling", what, ">=", goals[own.threads], speedup)


def paired_seconds(bench, first, second):
    """Calls two functions in turns, each of which returns seconds; (seconds, seconds)."""
    times = ([], [])
    for _ in range(bench.rounds):
        times[0].append(first())
        times[1].append(second())
    return times


def loaded(bench, report):
    """The headline run beside processes that keep cores busy."""
    steps = 1200 if bench.quick else 10_000
    settings = [f"trainer.max_steps={steps}"]
    cpus = machine.processors()[:2]

    def seconds(threads, busy, where):
        own = OursWhole(bench, bench.config("headline"), threads, settings, cpus=where)
        with measure.busy_processes(busy, where):
            return own.measure()["seconds"]

    every = machine.processors()
    idle, busy = paired_seconds(
        bench, lambda: seconds(None, 0, every), lambda: seconds(None, len(every), every)
    )
    report.add("loaded", "idle", "trainer", "auto", "seconds", idle)
    report.add("loaded", "a busy process a core", "trainer", "auto", "seconds", busy)
    ratio = statistics.median(b / a for a, b in zip(idle, busy))
    report.goal("loaded", "a busy process a core: times the idle time", "<=", 2.2, ratio)
    if len(cpus) < 2:
        return
    one, two = paired_seconds(bench, lambda: seconds(1, 1, cpus), lambda: seconds(2, 1, cpus))
    for threads, times in ((1, one), (2, two)):
        report.add("loaded", "one busy process, two cores", "trainer", threads, "seconds", times)
    ratio = statistics.median(b / a for a, b in zip(one, two))
    report.goal("loaded", "one busy process: two threads' time by one's", "<=", 1.1, ratio)


# --- tables ---------------------------------------------------------------------------------------

TABLE_PEERS = ("torch_eager", "torch_compile", "jax_scan", "sklearn_mlp")


def table_folder(bench, rows, columns, classes):
    """A folder with the table of peers/table_data.py; it is written once."""
    folder = bench.scratch / f"table-{rows}x{columns}-{classes}"
    if not (folder / "y.npy").exists():
        script = bench.folder / "peers" / "table_data.py"
        sizes = ["--rows", rows, "--columns", columns, "--classes", classes]
        measure.run([bench.python, script, folder, *sizes], measure.environment())
    return folder


def write_table_net(bench, name, net, folder, activation, data="npy"):
    """A config of a net on such a table, in batches that are shuffled."""
    layers = []
    for i, units in enumerate(net[1:], 1):
        init = "init: {type: normal, std: 0.1}"
        layers.append(f"    - {{name: affine{i}, type: Affine, units: {units}, {init}}}")
        if i < len(net) - 1:
            layers.append(f"    - {{name: activation{i}, type: {activation}}}")
    loss = "SigmoidWithLoss" if net[-1] == 1 else "SoftmaxWithLoss"
    train = f"{{inputs: {folder / 'x.npy'}, labels: {folder / 'y.npy'}}}"
    lines = [f"name: {name}", f"data: {{type: {data}, train: {train}}}", "model:", "  layers:"]
    lines += [*layers, f"    - {{name: loss, type: {loss}}}"]
    lines += ["optimizer: {type: sgd, learning_rate: 0.01}", "trainer: {sampling: shuffle}"]
    path = bench.scratch / "configs" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def table_steps(bench, report, job, net, batch, folder, activation, optimizer, wanted):
    """Steps alone, in turns, beside the peers that train tables."""
    threads = machine.cores()
    cpus = machine.processors()[:threads]
    title = "-".join(map(str, net))
    case = f"{title} {optimizer} x {batch}"
    config = write_table_net(bench, f"{job}_{title}", net, folder, activation)
    settings = [f"trainer.batch_size={batch}", f"optimizer.type={optimizer}"]
    options = ["--table", folder, "--activation", activation.lower(), "--optimizer", optimizer]
    options += ["--rate", 0.01]
    chunk = max(1, min(500, 100_000 // batch))
    with contextlib.ExitStack() as stack:
        own = start_steps(bench, stack, "trainer", config, "auto", settings, cpus)
        if bench.against:
            program = bench.against / "bench_steps"
            peers = [
                start_steps(
                    bench, stack, "other build", config, "auto", settings, cpus, program=program
                )
            ]
        else:
            peers = start_peers(
                bench, stack, net, batch, 0.1, chunk, threads, cpus, options, TABLE_PEERS
            )
        samples = interleave([own], peers, bench.turns)
    report.add_samples(job, case, samples)
    add_ratios(report, job, case, samples, {own: peers})
    best = best_ratio(samples, own, peers, "step_us")
    report.goal(job, f"{case}: times the best rival's step", ">=", wanted, best)


def table_whole(bench, report, net, batch, folder, rows, optimizer):
    """One epoch, whole processes, nothing evaluated."""
    threads = machine.cores()
    cpus = machine.processors()[:threads]
    title = "-".join(map(str, net))
    config = write_table_net(bench, f"table_{title}", net, folder, "ReLU")
    settings = [f"trainer.batch_size={batch}", f"optimizer.type={optimizer}"]
    settings += ["trainer.max_epochs=1", "trainer.evaluate.every=never"]
    own = OursWhole(bench, config, threads, settings, "trainer", cpus)
    steps = rows // batch
    peers = [
        PeerWhole(
            bench,
            name,
            threads,
            steps,
            cpus,
            [
                "--table",
                folder,
                "--net",
                title,
                "--batch",
                batch,
                "--every",
                0,
                "--optimizer",
                optimizer,
                "--rate",
                0.01,
                "--chunk",
                math.gcd(steps, 250) or 1,
            ],
        )
        for name in bench.peers()
        if name in TABLE_PEERS
    ]
    samples = interleave([own], peers, max(1, bench.rounds // 2))
    report.add_samples("table", f"{title} {optimizer} x {batch}, whole epoch", samples)


def table(bench, report):
    """1,000,000 rows of 30 columns: nets of two small layers, batches of 32, 256 and 4096."""
    if not bench.has("numpy"):
        print("*** table needs NumPy: make bench-peers", flush=True)
        return
    rows = 20_000 if bench.quick else 1_000_000
    for net, classes in (([30, 64, 64, 1], 2), ([30, 128, 128, 5], 5)):
        folder = table_folder(bench, rows, 30, classes)
        for optimizer in ("sgd", "adam"):
            for batch, wanted in ((32, 5), (256, 2), (4096, 1.3)):
                table_steps(bench, report, "table", net, batch, folder, "ReLU", optimizer, wanted)
        if not bench.against:
            table_whole(bench, report, net, 256, folder, rows, "sgd")


def higgs(bench, report):
    """OpenNN's published comparison: 28 columns, five layers of 300 with tanh, batches of 100."""
    if not bench.has("numpy"):
        print("*** higgs needs NumPy: make bench-peers", flush=True)
        return
    net = [28, 300, 300, 300, 300, 300, 1]
    folder = table_folder(bench, 20_000 if bench.quick else 200_000, 28, 2)
    table_steps(bench, report, "higgs", net, 100, folder, "Tanh", "sgd", 2)


# --- prediction -----------------------------------------------------------------------------------


def predict(bench, report):
    """Rows a second of the forward pass, beside ONNX Runtime: one thread for small batches."""
    if not bench.has("onnxruntime") or not bench.mnist:
        print("*** predict needs ONNX Runtime and MNIST: make bench-peers", flush=True)
        return
    nets = [(SMALL, bench.config("headline"))]
    for net, classes in (([30, 64, 64, 1], 2), ([30, 128, 128, 5], 5)):
        folder = table_folder(bench, 20_000, 30, classes)
        title = "-".join(map(str, net))
        nets.append((net, write_table_net(bench, f"predict_{title}", net, folder, "ReLU")))
    for net, config in nets:
        for batch in (1, 32, 4096):
            predict_net(bench, report, net, config, batch)


def predict_net(bench, report, net, config, batch):
    """One net and batch."""
    threads = machine.cores() if batch > 1000 else 1
    title = "-".join(map(str, net))
    cpus = machine.processors()[:threads]
    settings = [f"trainer.batch_size={batch}", f"trainer.threads={threads}", DENSE]
    settings += ["trainer.max_steps=1"]
    env = OursWhole(bench, config, threads).environment()
    ours = [bench.own_program("forward"), config, *settings]
    script = bench.folder / "peers" / "onnx_forward.py"
    theirs = [bench.python, script, "--net", title, "--batch", batch, "--threads", threads]
    theirs += ["--file", bench.scratch / f"{title}.onnx"]
    with contextlib.ExitStack() as stack:
        own = Forward(bench, "trainer", ours, env, threads, batch, cpus)
        stack.callback(own.close)
        peer = Forward(bench, "onnxruntime", theirs, env, threads, batch, cpus)
        stack.callback(peer.close)
        samples = interleave([own], [peer], 2 * bench.turns)
    case = f"{title} x {batch}"
    report.add_samples("predict", case, samples)
    times = [1 / ratio for ratio in samples.ratios(own, peer, "rows_per_second")]
    report.add_ratio("predict", case, "trainer by onnxruntime", threads, times)
    report.goal("predict", f"{case}: times ONNX Runtime", ">=", 1.5, statistics.median(times))


# --- programs in C --------------------------------------------------------------------------------


def bench_program(bench, name):
    """The path of a program of bench/*.c; None with a line where it was not built."""
    path = bench.program.parent / f"bench_{name}"
    if not path.exists():
        print(f"*** {path} is not there; make bench builds it", flush=True)
        return None
    return path


def recording(bench, report):
    """The headline run with its files and without; the final save counts apart."""
    program = bench_program(bench, "recording")
    if not program:
        return
    steps = 1200 if bench.quick else 10_000
    env = OursWhole(bench, None, None, env={"TMPDIR": str(bench.scratch)}).environment()
    command = [program, bench.config("headline"), f"trainer.max_steps={steps}"]
    output = measure.run(command, env)["output"]
    pairs = re.findall(r"with files ([0-9.]+) s, without ([0-9.]+) s", output)
    for case, column in (("with files", 0), ("without", 1)):
        seconds = [float(pair[column]) for pair in pairs]
        report.add("recording", case, "trainer", "auto", "seconds", seconds)
    ratio = statistics.median(float(with_) / float(without) for with_, without in pairs)
    report.goal("recording", "with files, times without", "<=", 1.01, ratio)


def own_table(bench, name):
    """Runs a program that prints a table of its own."""
    program = bench_program(bench, name)
    if program and not bench.quick:
        print(measure.run([program], measure.environment())["output"], flush=True)


LINE_OF_KERNELS = re.compile(r" *(\d+) +(\d+) +(\d+)  (X W|X' dY|dY W') +" + r"([\d.]+) +" * 5)
NARROWEST = 50  # sizes that the goals of single products count from


def kernels_beside(bench, report, isa, threads, rival, env):
    """Our products beside a rival's, in turns: prints the program's table, keeps its figures."""
    program = bench.own_program("kernels")
    command = [program, "--kernels", isa, "--threads", threads, *rival]
    command += ["--turns", 8 if bench.quick else 60]
    output = measure.run(command, env)["output"]
    print(output, flush=True)
    logarithms, upper = [], []
    for m, n, k, form, ours, theirs, *ratios in LINE_OF_KERNELS.findall(output):
        case, job = f"{m}x{n}x{k} {form}", f"kernels {isa}"
        median, low, high = map(float, ratios)
        report.add(job, case, "trainer", threads, "gflops", [float(ours)])
        report.add(job, case, "rival", threads, "gflops", [float(theirs)])
        report.add_ratio(job, case, "rival by trainer", threads, [low, median, high])
        if min(int(m), int(n), int(k)) >= NARROWEST:
            logarithms.append(math.log(median))
            upper.append(high)
    what = f"{isa}, {threads} thread{'s' * (threads > 1)}"
    mean = math.exp(statistics.fmean(logarithms))
    report.goal("kernels", f"{what}: geometric mean of times the rival", ">=", 1, mean)
    report.goal("kernels", f"{what}: least upper quartile", ">=", 0.95, min(upper))


def kernels(bench, report):
    """Our products in turns with the best OpenBLAS at hand, in one process, or another build's; else
    as a share of the processor's peak."""
    library = bench.blas()
    if not bench_program(bench, "kernels"):
        return
    if not bench.against and not library:
        own_table(bench, "kernels")
        return
    for isa in machine.instruction_sets():
        # OpenBLAS of the same instruction set: what it would choose on a machine that has no more.
        core = {"OPENBLAS_CORETYPE": "Haswell"} if isa == "avx2" else {}
        for threads in sorted({1, machine.cores()}):
            rival = (
                ["--against", bench.against / "bench_kernels"]
                if bench.against
                else ["--blas", library]
            )
            kernels_beside(bench, report, isa, threads, rival, measure.environment(**core))


def convolutions(bench, report):
    """Convolutions as shares of our own products of the same size."""
    del report
    program = bench_program(bench, "convolutions")
    for isa in machine.instruction_sets() if program and not bench.quick else ():
        for threads in sorted({1, machine.cores()}):
            command = [program, "--kernels", isa, "--threads", threads]
            print(measure.run(command, measure.environment())["output"], flush=True)


def gradcheck(bench, report):
    """The gradient check's speed beside a forward pass, and what it finds beside other rules."""
    del report
    own_table(bench, "gradcheck_speed")
    own_table(bench, "gradcheck_rules")


# --- growth ---------------------------------------------------------------------------------------


def write_net(bench, name, net, std):
    """A config of a net of these sizes, among what the bench leaves behind."""
    lines = [f"include: [{bench.data_config()}]", f"name: {name}", "model:", "  layers:"]
    for i, units in enumerate(net[1:], 1):
        init = f"init: {{type: normal, std: {std}}}"
        lines.append(f"    - {{name: affine{i}, type: Affine, units: {units}, {init}}}")
        if i < len(net) - 1:
            lines.append(f"    - {{name: relu{i}, type: ReLU}}")
    lines.append("    - {name: loss, type: SoftmaxWithLoss}")
    path = bench.scratch / "configs" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def grow(bench, report, case, points):
    """Measures training steps; points: (x, config, net, batch, settings, env)."""
    threads = machine.cores()
    for x, config, net, batch, settings, env in points:
        own = OursSteps(
            bench,
            config,
            threads,
            [f"trainer.batch_size={batch}", DENSE, *settings],
            "trainer dense",
            env=env,
        )
        samples = interleave([own], [], bench.rounds)
        own.close()
        report.add_samples("growth", case, samples, x)
        rates = step_rates(samples, own, net, batch)
        report.add("growth", case, own.who, threads, "gflops", rates, x)


def grow_samples(bench):
    """784-50-10 on parts of MNIST and on copies of it: what does a larger data set cost a step?"""
    counts = (1000, 60_000) if bench.quick else (1000, 4000, 15_000, 60_000, 240_000)
    for count in counts:
        env = {"TRAINER_MNIST": str(bench.subset(count))}
        yield count, bench.config("headline"), SMALL, 100, [], env


def grow_width(bench):
    """784-W-10, batches of 100."""
    widths = (16, 256) if bench.quick else (16, 32, 50, 64, 128, 256, 512, 1024, 2048, 4096)
    for width in widths:
        net = [784, width, 10]
        yield width, write_net(bench, f"width_{width}", net, 0.03), net, 100, [], {}


def grow_depth(bench):
    """784-256-...-256-10 with 1 to 16 hidden layers, batches of 100."""
    for depth in (1, 4) if bench.quick else (1, 2, 4, 8, 16):
        net = [784, *[256] * depth, 10]
        yield depth, write_net(bench, f"depth_{depth}", net, 0.08), net, 100, [], {}


def grow_batch(bench):
    """784-50-10, batches of 1 to 4096."""
    sizes = (1, 100) if bench.quick else (1, 2, 4, 8, 16, 32, 64, 100, 256, 1024, 4096)
    for size in sizes:
        yield size, bench.config("headline"), SMALL, size, [], {}


def growth(bench, report):
    """How the time of a step grows with samples, width, depth and batch; threads: see scaling."""
    if bench.mnist:
        grow(bench, report, "samples", grow_samples(bench))
    grow(bench, report, "width", grow_width(bench))
    grow(bench, report, "depth", grow_depth(bench))
    grow(bench, report, "batch", grow_batch(bench))


# --- sweeps ---------------------------------------------------------------------------------------

# What such a trial takes is what any trial takes beside its training.
TINY = [
    "trainer.max_steps=1",
    "trainer.evaluate.every=never",
    "model.layers.affine1.units=2",
]


def sweep(bench, report):
    """64 trials of 784-50-10, two epochs each; a thousand; many of one step; eight at once."""
    if not bench.mnist:
        print("*** sweep needs MNIST", flush=True)
        return
    ours = OursSweep(bench)
    peers = [
        PeerSweep(bench, f"sweep_{name}")
        for name, wanted in (("torch", ("torch", "joblib")), ("jax", ("jax",)))
        if all(bench.has(library) for library in wanted)
    ]
    samples = interleave([ours], peers, bench.rounds)
    report.add_samples("sweep", "64 trials", samples)
    for peer, wanted in zip(peers, (4, 2)):
        ratio = samples.ratio(ours, peer, "seconds")
        report.goal("sweep", f"times {peer.who}", ">=", wanted, ratio)
    report.goal("sweep", "cores' busy share", ">=", 0.95, samples.median(ours, "busy"))

    rates = "\n  optimizer.learning_rate: {distribution: log_uniform, min: 1e-3, max: 1}"
    rates += "\nmethod: random"
    trials = 10 if bench.quick else 1000
    thousand = OursSweep(bench, ["--max-trials", trials], parameters=rates)
    samples = interleave([thousand], [], 1)
    report.add_samples("sweep", f"{trials} trials", samples)
    parent = samples.median(thousand, "parent_busy")
    report.goal("sweep", "the parent's share of a core", "<=", 0.01, parent)

    # In memory, where there is such a folder: what a disk takes for syncing is not the program's.
    memory = Path("/dev/shm")
    count = 100 if bench.quick else 10_000
    many = OursSweep(
        bench,
        ["--max-trials", count],
        TINY,
        rates,
        folder=memory if memory.is_dir() else None,
    )
    samples = interleave([many], [], 1)
    report.add_samples("sweep", f"{count} trials of one step", samples)
    report.goal("sweep", "a trial's overhead, ms", "<=", 10, samples.median(many, "core_ms"))

    eight = OursSweep(bench, ["--jobs", 8], memory=True)
    samples = interleave([eight], [], 1)
    report.add_samples("sweep", "8 side by side", samples)
    peak = samples.median(eight, "peak_mb")
    report.goal("sweep", "8 side by side and the data, MB", "<=", 8 * 25 + 55, peak)


# --- convolutions ---------------------------------------------------------------------------------


def conv_peers(bench):
    """The ways of the peers: (name, script, further options)."""
    ways = []
    if bench.has("torch") and not bench.against:
        hows = ("eager", "channels_last", "compile")
        ways += [(f"torch {how}", "conv_torch", ["--how", how]) for how in hows]
    if bench.has("jax") and not bench.against:
        ways.append(("jax", "conv_jax", []))
    return ways


def conv_steps(bench, report, name, threads, wanted):
    """Training steps of 100 samples with adam, in turns."""
    cpus = machine.processors()[:threads]
    config = bench.folder.parent / "configs" / f"mnist_{name}.yaml"
    settings = ["optimizer.schedule=constant"]
    case = f"{name}, {threads} threads" if threads > 1 else f"{name}, 1 thread"
    with contextlib.ExitStack() as stack:
        own = start_steps(bench, stack, "trainer", config, threads, settings, cpus)
        peers = []
        if bench.against:
            program = bench.against / "bench_steps"
            peers.append(
                start_steps(
                    bench, stack, "other build", config, threads, settings, cpus, program=program
                )
            )
        for who, script, more in conv_peers(bench):
            options = ["--rate", 0.001, *more]
            peer = started(
                lambda: PeerSteps(
                    bench, script, threads, [name], 100, 0, 2, cpus, options
                ),
                who,
            )
            if peer:
                stack.callback(peer.close)
                peer.who = who
                peers.append(peer)
        samples = interleave([own], peers, bench.turns)
    report.add_samples(name, case, samples)
    add_ratios(report, name, case, samples, {own: peers})
    best = best_ratio(samples, own, peers, "step_us")
    report.goal(name, f"{case}: times the best rival's step", ">=", wanted, best)


def conv_whole(bench, report, name, threads, wanted):
    """Two epochs with an evaluation of all images behind each, whole processes."""
    cpus = machine.processors()[:threads]
    config = bench.folder.parent / "configs" / f"mnist_{name}.yaml"
    settings = ["trainer.max_epochs=2", "trainer.evaluate.train=true"]
    own = OursWhole(bench, config, threads, settings, "trainer", cpus)
    peers = []
    for who, script, more in conv_peers(bench):
        options = ["--net", name, "--rate", 0.001, "--chunk", 100, *more]
        peer = PeerWhole(bench, script, threads, 1200, cpus, options)
        peer.who, peer.script = who, script
        peers.append(peer)
    case = f"{name}, two epochs"
    samples = interleave([own], peers, max(1, bench.rounds // 2))
    report.add_samples(name, case, samples)
    best = best_ratio(samples, own, peers, "seconds")
    report.goal(name, f"{case}: times the best rival's process", ">=", wanted, best)


def conv_net(bench, report, name, step, whole):
    """Steps on one and two threads, then whole runs; goals of both."""
    if not bench.mnist:
        print(f"*** {name} needs MNIST", flush=True)
        return
    threads = min(2, len(machine.processors()))
    for count in sorted({1, threads}):
        conv_steps(bench, report, name, count, step)
    if not bench.against:
        conv_whole(bench, report, name, threads, whole)


def convnet(bench, report):
    """The book's convolutional network (ch. 7) on MNIST, batches of 100, adam."""
    conv_net(bench, report, "convnet", 1.5, 2)


def deep_convnet(bench, report):
    """The book's deep one (ch. 8): six convolutions of 3x3."""
    conv_net(bench, report, "deep_convnet", 1.2, 1.3)


# --- ranks ----------------------------------------------------------------------------------------

# (net, batch, standard deviation, seconds of a turn, MB that all ranks together may send a step: 4
# bytes for each number of a row that is exchanged, and for each parameter)
RANKS_NETS = (
    (SMALL, 100, 0.01, None, 0.20),
    ([784, 1024, 256, 10], 256, 0.03, None, 6.9),
    ([784, 4096, 4096, 4096, 4096, 10], 256, 0.02, 8, 248),
)
RATES = {"1 Gbit/s": "1gbit", "10 Gbit/s": "10gbit"}


def ranks_rates(bench):
    """Links that can be simulated here; none with a line that says why."""
    script = bench.folder.parent / "tests" / "support" / "simulated_hosts.py"
    probe = [sys.executable, script, "--hosts", "2", "--rate", "1gbit", "true"]
    done = subprocess.run(probe, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return RATES
    print(f"*** no links: {done.stderr.strip()}", flush=True)
    return {}


def start_ddp(bench, stack, count, net, batch, std, cpus, launcher):
    """PyTorch's on as many processes; [] where it isn't installed."""
    if bench.against or not bench.has("torch") or not bench.mnist:
        return []
    peer = started(
        lambda: PeerSteps(
            bench, "torch_ddp", 1, net, batch, std, 1, cpus, ["--rate", 0.01], launcher
        ),
        "torch_ddp",
    )
    if not peer:
        return []
    stack.callback(peer.close)
    peer.who = f"torch_ddp, {count} processes"
    return [peer]


class RanksOf:
    """Who trains one of the nets: starts contestants of it."""

    def __init__(self, bench, stack, net, batch, std, seconds):
        self.bench, self.stack, self.net, self.batch, self.std = bench, stack, net, batch, std
        self.title = "-".join(map(str, net))
        self.config = write_net(bench, f"ranks_{self.title}", net, std)
        self.seconds = seconds if seconds and not bench.quick else max(bench.wanted, 1.2)

    def ours(self, who, threads, cpus, **more):
        """Our steps with so many threads, in each rank."""
        settings = [f"trainer.batch_size={self.batch}", "trainer.max_steps=1000000000"]
        return start_steps(
            self.bench,
            self.stack,
            who,
            self.config,
            threads,
            settings,
            cpus,
            seconds=self.seconds,
            **more,
        )

    def ranks(self, count, cpus, rate=None, exchange=None):
        """Ours on so many ranks of one thread; exchange: what they are told to, rows or weights."""
        way = launch(self.bench, count, rate, cpus)
        program = self.bench.own_program("steps-mpi")
        who = f"trainer-mpi, {count} rank{'s' * (count > 1)}" + f", {exchange}" * bool(exchange)
        env = {**LAUNCHED, **({"EXCHANGE": exchange} if exchange else {})}
        return self.ours(who, 1, cpus, launch=way, program=program, env=env)

    def ddp(self, count, cpus, rate):
        """DDP's on as many."""
        way = launch(self.bench, count, rate, cpus)
        return start_ddp(self.bench, self.stack, count, self.net, self.batch, self.std, cpus, way)


def ranks_case(bench, report, net, count, link, limit):
    """One net on so many ranks, beside ranks that are told what to exchange, and one process; link:
    "" on one machine, where that process has as many threads, else one."""
    sizes, batch, std, seconds = net
    cpus = machine.processors()[:count]
    with contextlib.ExitStack() as stack:
        who = RanksOf(bench, stack, sizes, batch, std, seconds)
        own = who.ranks(count, cpus, RATES.get(link))
        told = [who.ranks(count, cpus, RATES.get(link), what) for what in ("rows", "weights")]
        ddp = who.ddp(count, cpus, RATES.get(link))
        if link:
            alone = who.ours("trainer, 1 thread", 1, cpus[:1])
        else:
            alone = who.ours(f"trainer, {count} threads", count, cpus)
        turns = bench.rounds if seconds else bench.turns
        samples = interleave([own], [alone, *told, *ddp], turns)
    case = f"{who.title} x {batch}, {link or 'one machine'}"
    report.add_samples("ranks", case, samples)
    add_ratios(report, "ranks", case, samples, {own: [alone, *told, *ddp]})
    what = f"{who.title}, {count} ranks, {link or 'one machine'}"
    sent = samples.median(own, "sent_mb")
    report.goal("ranks", f"{what}: MB a rank sends a step", "<=", limit * (count - 1) / count, sent)
    for peer in ddp:
        report.goal("ranks", f"{what}: times DDP", ">=", 1, samples.ratio(own, peer, "step_us"))
    ratio = samples.ratio(own, alone, "step_us")
    if not link and sizes != SMALL:
        report.goal("ranks", f"{what}: times {count} threads", ">=", 0.9, ratio)
    if link == "10 Gbit/s" and seconds and count == 2:
        report.goal("ranks", f"{what}: times one", ">=", 1.7, ratio)


def ranks_alone(bench, report, net):
    """One rank beside the program without MPI: the same steps."""
    sizes, batch, std, seconds = net
    cpus = machine.processors()[:1]
    with contextlib.ExitStack() as stack:
        who = RanksOf(bench, stack, sizes, batch, std, seconds)
        own = who.ranks(1, cpus)
        alone = who.ours("trainer, 1 thread", 1, cpus)
        samples = interleave([own], [alone], bench.rounds if seconds else bench.turns)
    case = f"{who.title} x {batch}, one rank"
    report.add_samples("ranks", case, samples)
    add_ratios(report, "ranks", case, samples, {own: [alone]})
    ratio = samples.ratio(own, alone, "step_us")
    report.goal("ranks", f"{who.title}: one rank times trainer", ">=", 0.97, ratio)


def ranks_start(bench, report):
    """What joining costs: a whole process of one step, with MPI and without."""
    settings = ["trainer.max_steps=1", "trainer.evaluate.every=never", "--threads", 1]
    config, cpus = bench.config("headline"), machine.processors()[:2]
    for who, way in (("trainer", []), ("trainer-mpi, 2 ranks", launch(bench, 2))):
        first = OursWhole(bench, config, None, settings, who, cpus, LAUNCHED)
        first.launch = way
        seconds = [first.measure()["seconds"] for _ in range(bench.rounds)]
        report.add("ranks", "first step", who, None, "seconds", seconds)


def ranks(bench, report):
    """Ranks of trainer-mpi on one machine and over links of 1 and 10 Gbit/s, beside one process and
    PyTorch's DistributedDataParallel."""
    if not bench.own_program("steps-mpi").exists() or not shutil.which("mpirun"):
        print("*** ranks needs an MPI: libopenmpi-dev, openmpi-bin, make build-mpi", flush=True)
        return
    rates = ranks_rates(bench)
    for sizes, batch, std, seconds, limit in RANKS_NETS:
        if bench.quick:
            sizes = [784, *(max(size // 16, SMALL[1]) for size in sizes[1:-1]), 10]
        net = (sizes, batch, std, seconds)
        ranks_alone(bench, report, net)
        for count in (count for count in (2, 4) if count <= len(machine.processors())):
            for link in ("", *rates):
                ranks_case(bench, report, net, count, link, limit)
    ranks_start(bench, report)


JOBS = {
    "headline": headline,
    "wide": wide,
    "middle": middle,
    "batches": batches,
    "million": million,
    "table": table,
    "higgs": higgs,
    "convnet": convnet,
    "deep_convnet": deep_convnet,
    "predict": predict,
    "data": data,
    "start": start,
    "memory": memory,
    "scaling": scaling,
    "loaded": loaded,
    "recording": recording,
    "sweep": sweep,
    "ranks": ranks,
    "growth": growth,
    "kernels": kernels,
    "convolutions": convolutions,
    "gradcheck": gradcheck,
}
