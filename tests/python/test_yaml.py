"""The configs that trainer writes, read by PyYAML (YAML 1.1) and ruamel.yaml (1.2): both see the
same values, names are texts whatever they look like, and small numbers are numbers.

    TRAINER_PROGRAM=build/trainer python tests/python/test_yaml.py
"""

import glob
import os
import random
import re
import subprocess
import tempfile
import unittest

import yaml
from ruamel.yaml import YAML

SOURCE = os.path.abspath(os.environ.get("TRAINER_SOURCE_DIR", "."))
TRAINER = os.environ.get("TRAINER_PROGRAM", os.path.join(SOURCE, "build", "trainer"))
CONFIGS = sorted(glob.glob(os.path.join(SOURCE, "configs", "*.yaml")))
TYPED = """no No NO yes on off y n true False null Null ~ 010 0x10 0o17 0b1 1.5 1e3 1e-05 1_000
    2026-11-27 12-30 .5x 1. 5e +1 -1 -0 007 0.0 nan inf""".split()


def resolve(*arguments, folder=None):
    return subprocess.run([TRAINER, "config", *arguments], cwd=folder, check=True, text=True,
                          capture_output=True).stdout


def read_both(test, text):
    """What YAML 1.1 sees; a reader of 1.2 must see the same."""
    first, second = yaml.safe_load(text), YAML(typ="safe", pure=True).load(text)
    test.assertEqual(repr(first), repr(second))
    return first


class Written(unittest.TestCase):
    def test_every_shipped_config_reads_alike_and_resolves_to_itself(self):
        for path in CONFIGS:
            with self.subTest(path), tempfile.TemporaryDirectory() as folder:
                try:
                    text = resolve(path)
                except subprocess.CalledProcessError as error:
                    self.assertIn("No such file", error.stderr)  # data that is to be fetched
                    continue
                self.assertIsInstance(read_both(self, text)["name"], str)
                with open(os.path.join(folder, "again.yaml"), "w", encoding="utf-8") as file:
                    file.write(text)
                self.assertEqual(resolve("again.yaml", folder=folder), text)

    def names(self, name):
        """A config in which the run, a layer and a column are called so, as far as each may be."""
        word = name if re.fullmatch("[A-Za-z_][A-Za-z0-9_-]*", name) else "word"
        layer, column = word, word + "_"
        self.named(name, layer, column)
        self.named(name, "layer", word)

    def named(self, name, layer, column):
        text = (
            f"name: '{name}'\n"
            f"data: {{type: inline, inputs: {{'{column}': [[1e-05, .5], [-.5, 1E5]]}},"
            " labels: [0, 1]}\n"
            f"model: {{layers: [{{name: '{layer}', type: Affine, units: 2, input: '{column}'}},"
            f" {{type: SoftmaxWithLoss, input: ['{layer}', labels]}}]}}\n"
            "optimizer: {type: sgd, learning_rate: 1e-05}\n"
            "trainer: {max_steps: 1}\n"
        )
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "x.yaml"), "w", encoding="utf-8") as file:
                file.write(text)
            written = resolve("x.yaml", folder=folder)
        read = read_both(self, written)
        self.assertEqual(read["name"], name)
        first, second = read["model"]["layers"]
        self.assertEqual(first["name"], layer)
        self.assertEqual(first["input"], column)
        self.assertEqual(second["input"], [layer, "labels"])
        self.assertEqual(read["optimizer"]["learning_rate"], 1e-5)
        values = read["data"]["inputs"][column]
        self.assertEqual(values, [[1e-5, 0.5], [-0.5, 1e5]])
        self.assertEqual({type(x) for row in values for x in row}, {float})

    def test_names_that_look_like_something_else_are_texts(self):
        usable = [word for word in TYPED if word[0] not in "~+."]
        for word in usable:
            with self.subTest(word):
                self.names(word)

    def test_generated_names_are_texts(self):
        letters = "0123456789.-_eExXoOnNyYtTfF"
        draw = random.Random(1)
        for _ in range(60):
            rest = "".join(draw.choices(letters, k=draw.randrange(6)))
            word = draw.choice("0123456789eno") + rest
            with self.subTest(word):
                self.names(word)

    def test_a_run_called_null_is_called_null_after_it_is_resumed(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(SOURCE, "configs", "xor.yaml")
            run = [TRAINER, path, 'name="null"', "trainer.max_steps=20", "--output", "r"]
            subprocess.run(run, cwd=folder, check=True, capture_output=True)
            subprocess.run([TRAINER, "resume", "r", "max_steps=30"], cwd=folder, check=True,
                           capture_output=True)
            with open(os.path.join(folder, "r", "config.yaml"), encoding="utf-8") as file:
                self.assertEqual(read_both(self, file.read())["name"], "null")


if __name__ == "__main__":
    unittest.main()
