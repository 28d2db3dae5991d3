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


def process_times(pid):
    """Seconds of processor time that a process has used itself; 0 where it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            fields = file.read().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def family_memory(pid):
    """MB that a process and its children have, shared pages counted once."""
    total = 0
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as file:
            family = [pid, *map(int, file.read().split())]
    except OSError:
        return 0
    for member in family:
        try:
            with open(f"/proc/{member}/smaps_rollup", encoding="utf-8") as file:
                total += next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        except (OSError, StopIteration):
            pass  # it has just ended
    return total * 1024 / 1e6


def run_family(command, env, sign, memory=False):
    """Runs a command that works in child processes: {"seconds", "trial_seconds", "busy",
    "parent_busy"} and, with memory, "peak_mb".

    The children begin when the file `sign` is there; trial_seconds run from then on, and so do
    the shares: busy is processor time by the processors' time, parent_busy the process's own by
    that of one processor.
    """
    command = [str(word) for word in command]
    processors = len(os.sched_getaffinity(0))
    begin = time.perf_counter()
    with tempfile.TemporaryFile() as err:
        process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=err)
        trials, before, parent, peak = None, 0, 0, 0
        while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            if trials is None and sign.exists():
                trials, before = time.perf_counter(), process_times(process.pid)
            parent = max(parent, process_times(process.pid))
            peak = max(peak, family_memory(process.pid)) if memory else 0
            time.sleep(0.01 if trials is None or memory else 0.1)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        end = time.perf_counter()
        err.seek(0)
        if process.returncode != 0 or trials is None:
            errors = err.read().decode().strip()[-2000:]
            raise MeasureError(f"{' '.join(command)}\n{errors}")
    spent = usage.ru_utime + usage.ru_stime - before
    result = {
        "seconds": end - begin,
        "trial_seconds": end - trials,
        "busy": spent / (end - trials) / processors,
        "parent_busy": (parent - before) / (end - trials),
    }
    return {**result, "peak_mb": peak} if memory else result


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

    def ask(self, line):
        """What it answers to that line."""
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self.answer()

    def seconds(self, count):
        """What so much work takes."""
        return self.ask(count)["seconds"]

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

    def ratios(self, ours, peer, quantity):
        """The peer's figure divided by ours, of each pair."""
        pairs = self.pairs[ours, peer]
        return [theirs[quantity] / own[quantity] for own, theirs in pairs]

    def ratio(self, ours, peer, quantity):
        """Median over the pairs."""
        return statistics.median(self.ratios(ours, peer, quantity))


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
