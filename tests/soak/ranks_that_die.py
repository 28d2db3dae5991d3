"""Runs of several ranks that die at random moments, and go on with other numbers of ranks.

    TRAINER_BUILD_DIR=build python tests/soak/ranks_that_die.py [DEATHS [SEED]]

Each rank in turn is killed, then mpirun, then a rank is stopped once they train, so that the others
give it up: while they read data they would wait for it.
Fifteen seconds later no rank may be left. A run that has come to its end in that way has the bytes
of one that nobody disturbed. Prints a line a death, and the seed to repeat it with.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python"))

from test_ranks import ENVIRONMENT, LONG, NETS, TOGETHER, TRAINER, is_gone, numbers, ranks_of

COUNTS = (2, 3, 4, 5)  # of ranks
STEPS = 1000
SETTINGS = [f"trainer.max_steps={STEPS}", "trainer.checkpoint.every=20 steps",
            "trainer.evaluate.every=200 steps"]
LATEST = 5  # seconds from the start to a death
STALL = 2


def launch(folder, ranks, *words):
    command = ["mpirun", "-np", str(ranks), "--bind-to", "none", TOGETHER, *words, "--threads",
               "1", "--quiet", "--stall", str(STALL)]
    return subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, text=True)


def start(folder, ranks):
    """Goes on with the run where it has anything to go on from."""
    if os.path.exists(os.path.join(folder, "parts", "checkpoint.h5")):
        return launch(folder, ranks, "resume", "parts")
    return launch(folder, ranks, "net.yaml", *SETTINGS, "--output", "parts", "--force")


def family_of(process):
    """Its ranks, as many as there are by now."""
    try:
        return ranks_of(process.pid)
    except FileNotFoundError:
        return []


def wait_for_steps(process, folder, since):
    """Until a checkpoint that was written since then is there, or the run is over."""
    path = os.path.join(folder, "parts", "checkpoint.h5")
    while process.poll() is None:
        if os.path.exists(path) and os.stat(path).st_mtime > since:
            return
        time.sleep(0.1)


def die(process, ranks, turn, folder, since):
    """What dies by turns; says so."""
    victim = turn % (ranks + 2)
    if victim > ranks:
        wait_for_steps(process, folder, since)
    family = family_of(process)
    if victim == ranks or victim >= len(family) and victim < ranks:
        process.kill()
        return "mpirun killed", family
    if victim < ranks:
        os.kill(family[victim], signal.SIGKILL)
        return f"rank {victim} killed", family
    stopped = turn % max(len(family), 1)
    if family:
        os.kill(family[stopped], signal.SIGSTOP)
    return f"rank {stopped} stopped", family


def expect_gone(process, family):
    """All ranks have ended, in time. Open MPI 4.1's mpirun may itself wait for ever for one that
    died while they met; it has none left then."""
    until = time.monotonic() + 15 + STALL
    while not all(is_gone(pid) for pid in family):
        if time.monotonic() > until:
            sys.exit("*** a rank is left")
        time.sleep(0.1)
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        print("     mpirun goes on without ranks, and is killed", flush=True)
        process.kill()
        process.wait()


def compare(folder):
    """A run that has come to its end beside the undisturbed one."""
    whole, parts = (numbers(os.path.join(folder, name, "run.h5")) for name in ("whole", "parts"))
    differing = [name for name in whole if whole[name] != parts.get(name)]
    if differing or list(whole) != list(parts):
        sys.exit(f"*** not the undisturbed run: {differing}")
    shutil.rmtree(os.path.join(folder, "parts"))


def finish(folder, ranks):
    """Lets the run come to its end."""
    process = start(folder, ranks)
    errors = process.communicate(timeout=10 * LONG)[1]
    if process.returncode != 0:
        sys.exit(f"*** exit status {process.returncode}\n{errors}")
    compare(folder)
    print(f"     at its end with {ranks} ranks: the same bytes", flush=True)


def soak(folder, deaths):
    """So many deaths; after each fifth the run comes to its end."""
    with open(os.path.join(folder, "net.yaml"), "w", encoding="ascii") as file:
        file.write(NETS["lists"])
    subprocess.run([TRAINER, "net.yaml", *SETTINGS, "--output", "whole", "--quiet"], cwd=folder,
                   env=ENVIRONMENT, check=True, timeout=LONG)
    ranks = 0
    for turn in range(deaths):
        ranks = random.choice([count for count in COUNTS if count != ranks])
        since, moment = time.time(), random.uniform(0, LATEST)
        process = start(folder, ranks)
        try:
            process.communicate(timeout=moment)
            what, family = "at its end already", []
        except subprocess.TimeoutExpired:
            what, family = die(process, ranks, turn, folder, since)
        print(f"{turn + 1:3}: {ranks} ranks, {what} after {moment:.2f} s", flush=True)
        expect_gone(process, family)
        if turn % 5 == 4:
            finish(folder, random.choice([count for count in COUNTS if count != ranks]))


def main():
    if not shutil.which("mpirun") or not os.path.exists(TOGETHER):
        print("*** SKIPPED: ranks that die; mpirun or build/trainer-mpi is missing")
        sys.exit(77)
    deaths = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)
    print(f"seed {seed}")
    random.seed(seed)
    with tempfile.TemporaryDirectory() as folder:
        soak(folder, deaths)


if __name__ == "__main__":
    main()
