"""Reads a file with one library, as often as each line of standard input says.

    read_files.py --library polars --what table FILE
    read_files.py --library polars --what dummies FILE      columns of text become one of 0/1 each
    read_files.py --library sklearn --what libsvm FILE
    read_files.py --library pillow --what pictures FOLDER   each to 64 x 64, in --threads processes

Each library reads as its documentation shows, into its own frame, matrix or array; types are found
by its own rules. The environment limits its threads.
"""

import argparse
import multiprocessing
from pathlib import Path

from common import serve

SIDE = 64  # of a picture that was resized


def pandas_reader(what, path, _threads):
    """(read(), versions)."""
    import pandas

    return lambda: pandas.read_csv(path), {"pandas": pandas.__version__}


def polars_reader(what, path, _threads):
    """The same of Polars."""
    import polars

    def dummies():
        frame = polars.read_csv(path)
        texts = [name for name, kind in frame.schema.items() if kind == polars.String]
        return frame.to_dummies(columns=texts)

    read = dummies if what == "dummies" else lambda: polars.read_csv(path)
    return read, {"polars": polars.__version__}


def duckdb_reader(what, path, threads):
    """The same of DuckDB."""
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET threads = {threads}")
    read = connection.read_csv
    return lambda: read(str(path)).fetchnumpy(), {"duckdb": duckdb.__version__}


def sklearn_reader(what, path, _threads):
    """The same of scikit-learn."""
    import numpy
    import sklearn
    from sklearn.datasets import load_svmlight_file

    return (
        lambda: load_svmlight_file(path, dtype=numpy.float32),
        {"scikit-learn": sklearn.__version__},
    )


def read_picture(task):
    """Decodes one picture into its place of the array that all processes share."""
    import numpy
    from PIL import Image

    index, path = task
    with Image.open(path) as picture:
        pixels = numpy.asarray(picture.convert("RGB").resize((SIDE, SIDE), Image.BILINEAR))
    numpy.frombuffer(read_picture.shared, numpy.uint8).reshape(-1, SIDE, SIDE, 3)[index] = pixels


def pillow_reader(what, path, threads):
    """The same of Pillow; the processes are there before the clock runs."""
    import PIL

    paths = sorted(path.glob("*/*.jpg"))
    read_picture.shared = multiprocessing.RawArray("B", len(paths) * SIDE * SIDE * 3)
    pool = multiprocessing.get_context("fork").Pool(threads)
    tasks = list(enumerate(paths))
    return lambda: pool.map(read_picture, tasks, 64), {"pillow": PIL.__version__}


LIBRARIES = {
    "pandas": pandas_reader,
    "polars": polars_reader,
    "duckdb": duckdb_reader,
    "sklearn": sklearn_reader,
    "pillow": pillow_reader,
}


def main():
    """Serves readings by one library."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", choices=LIBRARIES, required=True)
    parser.add_argument("--what", choices=("table", "dummies", "libsvm", "pictures"), required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("path", type=Path)
    options = parser.parse_args()
    read, versions = LIBRARIES[options.library](options.what, options.path, options.threads)

    def repeat(count):
        for _ in range(count):
            read()

    serve(repeat, 1, versions)


if __name__ == "__main__":
    main()
