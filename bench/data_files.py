"""The files that the job `data` reads, made with Python alone.

Tables and lists have some thousand different rows, which are repeated: that is enough for no
reader to know them by heart, and takes seconds to write.
"""

import array
import random
import struct

DIFFERENT = 20_000
COLUMNS = 20


def repeat_rows(path, header, rows, count):
    """Writes a header and `count` rows, those given again and again; returns its megabytes."""
    whole, rest = divmod(count, len(rows))
    block = "".join(rows)
    with open(path, "w", encoding="ascii", newline="\n") as file:
        file.write(header)
        for _ in range(whole):
            file.write(block)
        file.writelines(rows[:rest])
    return path.stat().st_size / 1e6


def table(path, count, digits, texts=0):
    """A table of COLUMNS numbers and so many columns of 8 words each."""
    draw = random.Random(digits)
    header = [f"x{i}" for i in range(COLUMNS)] + [f"t{i}" for i in range(texts)]
    rows = []
    for _ in range(min(DIFFERENT, count)):
        cells = [f"{draw.gauss(0, 1):.{digits}g}" for _ in range(COLUMNS)]
        cells += [f"word{draw.randrange(8)}" for _ in range(texts)]
        rows.append(",".join(cells) + "\n")
    return repeat_rows(path, ",".join(header) + "\n", rows, count)


def lists(path, count, width=1000, entries=30):
    """libsvm: each row has so many of `width` numbers."""
    draw = random.Random(1)
    rows = []
    for i in range(min(DIFFERENT // 4, count)):
        indices = sorted(draw.sample(range(1, width + 1), entries))
        cells = " ".join(f"{index}:{draw.random():.6g}" for index in indices)
        rows.append(f"{i % 2} {cells}\n")
    return repeat_rows(path, "", rows, count)


def npy(path, count, width, kind="f"):
    """An array (count, width) of float32, or (count) of int64 (kind "q"), as numpy.save does."""
    draw = random.Random(2)
    shape = f"({count}, {width})" if width else f"({count},)"
    dtype = {"f": "<f4", "q": "<i8"}[kind]
    head = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}"
    head += " " * (-(len(head) + 11) % 64) + "\n"
    different = min(DIFFERENT // 10, count)
    if kind == "f":
        block = array.array("f", (draw.gauss(0, 1) for _ in range(different * width)))
    else:
        block = array.array("q", (i % 10 for i in range(different)))
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode())
        for _ in range(count // different):
            block.tofile(file)
        block[: count % different * max(width, 1)].tofile(file)
    return path.stat().st_size / 1e6
