"""Writes JPEG files as cameras give them: blurred noise of 256 x 256.

draw_pictures.py FOLDER --count 10000 --different 200

Two folders, a class each; `different` pictures, of which the others are further names.
"""

import argparse
import os
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter


def main():
    """Writes them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--different", type=int, default=200)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    folders = [options.folder / name for name in ("even", "odd")]
    for folder in folders:
        folder.mkdir(parents=True)
    paths = [folders[i % 2] / f"{i:06}.jpg" for i in range(options.count)]
    for i, path in enumerate(paths):
        if i >= options.different:
            os.link(paths[i % options.different], path)
            continue
        coarse = Image.fromarray(rng.integers(0, 256, (32, 32, 3), np.uint8))
        picture = coarse.resize((256, 256), Image.BICUBIC).filter(ImageFilter.DETAIL)
        picture.save(path, quality=90)


if __name__ == "__main__":
    main()
