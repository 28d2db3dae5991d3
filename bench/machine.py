"""What a measurement was taken on: processor, cores, load, versions."""

import contextlib
import os
import platform
from pathlib import Path


def cpu_model():
    """The processor's name, or what is known of it."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() in ("model name", "Model"):
            return value.strip()
    return platform.machine()


def core_of(cpu):
    """Names the physical core of a logical processor."""
    siblings = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
    return siblings.read_text().strip() if siblings.exists() else str(cpu)


def processors():
    """Logical processors that this process may use; one of each physical core comes first."""
    first, second, seen = [], [], set()
    for cpu in sorted(os.sched_getaffinity(0)):
        core = core_of(cpu)
        (second if core in seen else first).append(cpu)
        seen.add(core)
    return first + second


def cores():
    """Number of physical cores among them."""
    return len({core_of(cpu) for cpu in os.sched_getaffinity(0)})


def memory_gib():
    """Memory of the machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def instruction_sets():
    """The kernels that are tuned, of those that this machine runs; the fastest first."""
    flags = set()
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("flags"):
                flags.update(line.split())
    return [isa for isa, flag in (("avx512", "avx512bw"), ("avx2", "avx2")) if flag in flags] or [
        "auto"
    ]


def facts():
    """[(name, text)], as printed above the tables."""
    load = os.getloadavg()[0]
    quiet = "" if load < 0.5 else ": NOT QUIET, figures are too low"
    return [
        ("processor", cpu_model()),
        ("cores", f"{cores()} ({len(processors())} logical)"),
        ("memory", f"{memory_gib():.0f} GiB"),
        ("system", f"{platform.system()} {platform.release()}"),
        ("load before", f"{load:.2f}{quiet}"),
    ]
