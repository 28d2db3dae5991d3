"""Folders of pictures as `trainer data --write` gives them beside PIL."""
import os
import subprocess
import tempfile
import unittest

import h5py
import numpy as np
from PIL import Image, ImageOps

SOURCE = os.environ.get("TRAINER_SOURCE_DIR", os.getcwd())
PROGRAM = os.environ.get("TRAINER_PROGRAM", os.path.join(SOURCE, "build/trainer"))
HEIGHT, WIDTH = 37, 53


def noise(channels, seed=0):
    """Smooth colours with some noise: what JPEG can show, and rounding can't hide."""
    draw = np.random.default_rng(seed)
    y, x, c = np.mgrid[:HEIGHT, :WIDTH, :channels]
    smooth = 128 + 100 * np.sin(x / (7 + c)) * np.cos(y / (5 + 2 * c))
    return np.clip(smooth + draw.normal(scale=20, size=smooth.shape), 0, 255).astype("u1")


class Images(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.paths = []
        os.mkdir(os.path.join(self.folder, "p"))

    def save(self, picture, ending=".png", **how):
        """A class of one picture; classes are numbers, and so stand in this order."""
        folder = os.path.join(self.folder, "p", str(len(self.paths)))
        os.mkdir(folder)
        self.paths.append(os.path.join(folder, "x" + ending))
        picture.save(self.paths[-1], **how)

    def read(self, color, more=""):
        """(picture, height, width, channel) of all that were saved."""
        with open(os.path.join(self.folder, "c.yaml"), "w", encoding="utf-8") as file:
            file.write(f"data: {{type: images, train: p, color: {color}{more}}}\n")
        subprocess.run([PROGRAM, "data", "c.yaml", "--write", "o.h5"], cwd=self.folder, check=True,
                       stdout=subprocess.DEVNULL)
        with h5py.File(os.path.join(self.folder, "o.h5")) as file:
            inputs = np.rint(file["train/inputs"][:] * 255).astype(int)
        return inputs[..., None] if color == "gray" else inputs.transpose(0, 2, 3, 1)

    def opened(self, background):
        """As PIL has them: turned, over the background, RGB."""
        for path in self.paths:
            with Image.open(path) as file:
                picture = ImageOps.exif_transpose(file)
                if "A" in picture.getbands() or "transparency" in picture.info:
                    picture = picture.convert("RGBA")
                    below = Image.new("RGBA", picture.size, background)
                    picture = Image.alpha_composite(below, picture)
                elif picture.mode.startswith("I"):
                    picture = Image.fromarray((np.array(picture) >> 8).astype("u1"))
                yield picture.convert("RGB")

    def check(self, color, most, more="", background=(255, 255, 255), resize=None):
        mode = "L" if color == "gray" else "RGB"
        found = self.read(color, more)
        for path, here, picture in zip(self.paths, found, self.opened(background)):
            wanted = picture.convert(mode)
            if resize:
                wanted = resize(wanted)
            wanted = np.atleast_3d(np.array(wanted)).astype(int)
            self.assertEqual(here.shape, wanted.shape, path)
            self.assertLessEqual(abs(here - wanted).max(), most, path)

    def save_modes(self):
        rgb = Image.fromarray(noise(3))
        gray = Image.fromarray(noise(1)[..., 0])
        self.save(rgb)
        self.save(gray)
        self.save(rgb.quantize(16))
        self.save(rgb.quantize(200))
        self.save(gray.convert("1"))
        self.save(Image.fromarray(noise(1)[..., 0].astype("u2") * 257))
        self.save(rgb, ".jpg", quality=90)
        self.save(rgb, ".jpeg", quality=90, progressive=True, subsampling=2)
        self.save(gray, ".JPG", quality=80)
        self.save(rgb.convert("CMYK"), ".jpg", quality=95)

    def test_modes_are_pils(self):
        self.save_modes()
        self.check("rgb", 0)
        self.check("gray", 0)

    def test_alpha_lies_over_the_background(self):
        self.save(Image.fromarray(noise(4)))
        self.save(Image.fromarray(noise(2)))
        transparent = Image.fromarray(noise(3)).quantize(32)
        self.save(transparent, transparency=5)
        self.check("rgb", 0)
        self.check("rgb", 0, ", background: '#204080'", (0x20, 0x40, 0x80))

    def test_exif_turns(self):
        for orientation in range(1, 9):
            exif = Image.Exif()
            exif[0x0112] = orientation
            side = Image.fromarray(noise(3)[:, :HEIGHT])
            self.save(side, ".jpg", quality=90, exif=exif)
        self.check("rgb", 0)

    def test_sizes_are_pils_bilinear(self):
        self.save_modes()
        for height, width in (16, 16), (64, 90), (37, 20), (1, 7):
            for color in "rgb", "gray":
                with self.subTest((height, width, color)):
                    self.check(color, 1, f", size: [{height}, {width}]", resize=lambda p: p.resize(
                        (width, height), Image.Resampling.BILINEAR))

    def test_content_decides_what_a_file_is(self):
        self.save(Image.fromarray(noise(3)), ".png", format="JPEG", quality=90)
        self.save(Image.fromarray(noise(3)), ".jpg", format="PNG")
        self.check("rgb", 0)


if __name__ == "__main__":
    unittest.main()
