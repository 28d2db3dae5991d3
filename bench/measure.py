"""Starts processes, times them, and takes turns between what is compared.

A contestant has `who`, `threads` and measure(), which returns one dict of quantities, such as
{"seconds": 1.2, "peak_mb": 70}. Whatever is compared is measured in turns (ours, peer, ours,
peer), so that a change of the machine's speed meets both; ratios are medians over these pairs.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager

# The environment limits the threads of the peers' libraries. OpenBLAS's own choice of kernels is
# the fastest; some machines override it for the sake of old versions.
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
DROPPED_VARIABLES = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OMP_WAIT_POLICY", "GOMP_SPINCOUNT")


# Threads of some libraries look for work for a while before they sleep; none should do so while the
# next contestant is measured.
PAUSE_SECONDS = 0.3


class MeasureError(Exception):
    """A program failed; the text says which, and what it wrote."""


def environment(threads=None, **more):
    """A copy of this process's environment for what is measured."""
    env = {key: value for key, value in os.environ.items() if key not in DROPPED_VARIABLES}
    for name in THREAD_VARIABLES:
        env.pop(name, None)
        if threads:
            env[name] = str(threads)
    return {**env, **more}


@contextmanager
def affinity(cpus):
    """Processes started within may use these processors only; None: all."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cpus or before)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def run(command, env, cpus=None):
    """Runs a command to its end: {"seconds", "peak_mb", "output"}.

    The clock runs from before the process is made until it is gone. peak_mb is the most memory it
    held; the kernel counts in the caller's own at that moment, about 15 MB, so less can't be seen.
    """
    command = [str(word) for word in command]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, affinity(cpus):
        files = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, out.fileno(), 1),
            (os.POSIX_SPAWN_DUP2, err.fileno(), 2),
        ]
        begin = time.perf_counter()
        pid = os.posix_spawnp(command[0], command, env, file_actions=files)
        _, status, usage = os.wait4(pid, 0)
        seconds = time.perf_counter() - begin
        out.seek(0)
        err.seek(0)
        output, errors = out.read().decode(), err.read().decode()
    if os.waitstatus_to_exitcode(status) != 0:
        raise MeasureError(f"{' '.join(command)}\n{errors.strip()[-2000:]}")
    return {"seconds": seconds, "peak_mb": usage.ru_maxrss * 1024 / 1e6, "output": output}


class Server:
    """A process that does as much work as each line says and answers with one line of JSON."""

    def __init__(self, command, env, cpus=None):
        self.command = [str(word) for word in command]
        with affinity(cpus):
            self.process = subprocess.Popen(
                self.command,
                env=env,
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        self.ready = self.answer()

    def answer(self):
        """The next line of its output."""
        line = self.process.stdout.readline()
        if not line:
            errors = self.process.communicate()[1]
            raise MeasureError(f"{' '.join(self.command)}\n{errors.strip()[-2000:]}")
        return json.loads(line)

    def seconds(self, count):
        """What so much work takes."""
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        return self.answer()["seconds"]

    def close(self):
        """Ends the process."""
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


def enough(seconds_of, chunk, wanted):
    """How much work, a multiple of chunk, takes about `wanted` seconds. Noise may make some look
    like less than none."""
    count = chunk
    while True:
        seconds = seconds_of(count)
        if seconds >= wanted / 4:
            return max(chunk, round(count * wanted / seconds / chunk) * chunk)
        growth = min(10, wanted / 2 / max(seconds, 1e-6))
        count = max(2 * chunk, round(count * growth / chunk) * chunk)


@contextmanager
def busy_processes(count, cpus=None):
    """So many processes that do nothing but compute, while the block runs."""
    with affinity(cpus):
        busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        time.sleep(0.2)
        yield
    finally:
        for process in busy:
            process.send_signal(signal.SIGKILL)
            process.wait()


class Samples:
    """All that was measured of some contestants: figures, and pairs of ours with each peer."""

    def __init__(self):
        self.figures = {}  # contestant -> quantity -> [number]
        self.pairs = {}  # (ours, peer) -> [(ours' figures, peer's figures)]

    def add(self, contestant, figures):
        """Keeps one measurement."""
        own = self.figures.setdefault(contestant, {})
        for quantity, value in figures.items():
            own.setdefault(quantity, []).append(value)

    def median(self, contestant, quantity):
        """NaN where nothing was measured."""
        values = self.figures.get(contestant, {}).get(quantity, [])
        return statistics.median(values) if values else float("nan")

    def ratio(self, ours, peer, quantity):
        """Median over the pairs of the peer's figure divided by ours."""
        pairs = self.pairs[ours, peer]
        return statistics.median(theirs[quantity] / own[quantity] for own, theirs in pairs)


def interleave(ours, peers, rounds):
    """Measures in turns: in each round, each of ours goes before each peer."""
    samples = Samples()

    def rested(contestant):
        time.sleep(PAUSE_SECONDS)
        return contestant.measure()

    for _ in range(rounds):
        for peer in peers or [None]:
            own = [(contestant, rested(contestant)) for contestant in ours]
            for contestant, figures in own:
                samples.add(contestant, figures)
            if peer is None:
                continue
            theirs = rested(peer)
            samples.add(peer, theirs)
            for contestant, figures in own:
                samples.pairs.setdefault((contestant, peer), []).append((figures, theirs))
    return samples
