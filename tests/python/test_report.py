"""Pages of `trainer report`: strict markup, the numbers of run.h5, hostile names, sizes.

    TRAINER_PROGRAM=build/trainer python tests/python/test_report.py
"""
import base64
import csv
import hashlib
import html
import html.parser
import io
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree
import zlib

import h5py
import numpy as np

SOURCE = os.environ.get("TRAINER_SOURCE_DIR", os.getcwd())
PROGRAM = os.environ.get("TRAINER_PROGRAM", os.path.join(SOURCE, "build/trainer"))
VOID = {"meta", "img", "br", "input", "link"}
HOSTILE = ["<script>alert(1)</script>", "</script>", "\"><img src=x onerror=alert(1)>", "${x}",
           "x" * 10240, "\u202eabc", "a&amp;b", "'`=+-@", "\x1b[31m\x01\x9b\tred"]
# What names of files and folders may hold.
BYTES = b"</script><b>\"'&\x1b[31m\x9b\x01\r\xff\xc3${x}" + "\u202e".encode()


class Page(html.parser.HTMLParser):
    """Every element is closed in its turn, every id is one element's, no attribute is one of style
    or an event's."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.links, self.tables = [], set(), [], []
        self.scripts, self.styles, self.elements, self.images = [], [], [], []
        self.headings = []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        given = dict(attributes)
        assert len(set(names)) == len(names), (tag, names)
        assert "style" not in names, tag
        assert not [name for name in names if name.startswith("on")], (tag, names)
        if "id" in given:
            assert given["id"] not in self.ids, given["id"]
            self.ids.add(given["id"])
        if tag == "a":
            self.links.append(given["href"])
        if tag == "img":
            assert given["alt"] and given["src"].startswith("data:image/png;base64,"), given
            self.images.append(base64.b64decode(given["src"].split(",")[1]))
        if tag == "table":
            self.tables.append((given.get("data-name"), []))
        if tag == "tr":
            self.tables[-1][1].append([])
        if tag in ("td", "th"):
            self.tables[-1][1][-1].append("")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.elements.append((tag, given))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        assert "svg" in self.open, tag  # of SVG alone
        self.handle_starttag(tag, attributes)
        self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, (tag, self.open, self.getpos())

    def handle_data(self, text):
        if self.open and self.open[-1] in ("script", "style"):
            attributes = self.elements[-1][1]
            {"script": self.scripts, "style": self.styles}[self.open[-1]].append(
                (attributes.get("type"), text))
        elif "table" in self.open and {"td", "th"} & set(self.open):
            self.tables[-1][1][-1][-1] += text

    def table(self, name):
        return next(rows for given, rows in self.tables if given == name)

    def data(self):
        return json.loads(next(text for kind, text in self.scripts if kind == "application/json"))


def column(text):
    return np.frombuffer(base64.b64decode(text), "<f4")


def pixels(png):
    """(height, width, 3) of a PNG of one chunk of data without filters."""
    width, height = (int.from_bytes(png[at:at + 4], "big") for at in (16, 20))
    at = png.index(b"IDAT")
    length = int.from_bytes(png[at - 4:at], "big")
    body = png[at + 4:at + 4 + length]
    assert int.from_bytes(png[at + 4 + length:at + 8 + length], "big") == zlib.crc32(b"IDAT" + body)
    rows = np.frombuffer(zlib.decompress(body), np.uint8).reshape(height, 1 + 3 * width)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape(height, width, 3)


class Report(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def trainer(self, *words):
        return subprocess.run([PROGRAM, *words], cwd=self.folder, check=True, capture_output=True,
                              text=True)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def page(self, run="run"):
        self.trainer("report", run, "-o", "page.html")
        with open(os.path.join(self.folder, "page.html"), encoding="utf-8") as file:
            self.text = file.read()
        return Page(self.text)

    def digits(self, *words):
        self.write("digits.yaml", """
name: digits
seed: 1
data: {type: digits, train: 500, test: 200}
model: {layers: [{type: Affine, units: 12}, {type: ReLU}, {type: Affine, units: 10},
                 {type: SoftmaxWithLoss}]}
optimizer: {type: sgd, learning_rate: 0.1}
trainer: {max_epochs: 3, batch_size: 50, evaluate: {train: true}}
""")
        self.trainer("digits.yaml", "--output", "run", "--quiet", *words)
        return self.page()

    def file(self):
        return h5py.File(os.path.join(self.folder, "run/run.h5"))

    def test_the_numbers_are_those_of_the_run_file(self):
        page = self.digits()
        with self.file() as file:
            epochs, steps = file["metrics/epoch"], file["metrics/step"]
            rows = page.table("accuracy")
            self.assertEqual(rows[0], ["epoch", "step", "seconds", "training accuracy",
                                       "test accuracy"])
            for i, name in enumerate(["epoch", "step", "seconds", "train_accuracy",
                                      "test_accuracy"]):
                self.assertEqual([float(row[i]) for row in rows[1:]], list(epochs[name][:]), name)
            listed = page.table("loss of each step's batch at steps")
            self.assertEqual([float(row[2]) for row in listed[1:]], list(steps["train_loss"][:]))
            losses = page.table("loss")
            self.assertEqual(losses[0][3:], ["training loss", "test loss"])
            for i, name in enumerate(["train_loss", "test_loss"], 3):
                self.assertEqual([float(row[i]) for row in losses[1:]], list(epochs[name][:]))
            for i, name in enumerate(["precision", "recall", "f1", "support"], 1):
                np.testing.assert_allclose([float(row[i].replace("-", "nan"))
                                            for row in page.table("classes")[1:]],
                                           file["evaluation"][name][:], atol=0.5e-4)
            curves = page.data()["plots"][0]["series"]
            np.testing.assert_array_equal(column(curves[-1]["y"]),
                                          steps["train_loss"][:].astype("f4"))
            np.testing.assert_array_equal(column(curves[-1]["step"]), steps["step"][:])
            matrix = [[int(cell) for cell in row[1:]] for row in page.table("confusion")[1:]]
            np.testing.assert_array_equal(matrix, file["evaluation/confusion_matrix"][:])
            facts = dict(row for row in page.table("provenance")[1:])
            for name in ("status", "seed", "command_line", "data_fingerprint", "version"):
                self.assertEqual(facts[name], str(file.attrs[name]))
            weights = file["model/affine1/weight"][:]
        tensors = {row[0]: row for row in page.table("tensors")[1:]}
        self.assertAlmostEqual(float(tensors["affine1.weight"][3]), weights.mean(), 5)
        self.assertAlmostEqual(float(tensors["affine1.weight"][4]), weights.std(), 3)
        self.assertEqual([row[0] for row in page.table("layers")[1:-1]],
                         ["affine1", "relu1", "affine2", "softmax_with_loss1"])

    def test_several_runs_side_by_side_have_the_numbers_of_their_files(self):
        self.digits()
        self.trainer("digits.yaml", "--output", "other", "--quiet", "seed=2")
        table = list(csv.DictReader(io.StringIO(self.trainer("compare", "run", "other",
                                                             "--csv").stdout)))
        for row in table:
            with h5py.File(os.path.join(self.folder, row["run"], "run.h5")) as file:
                for name in ("step", "train_loss", "test_loss", "test_accuracy", "seconds"):
                    self.assertEqual(float(row[name]), file["metrics/epoch"][name][-1], name)
        self.trainer("report", "run", "other", "-o", "page.html")
        curves = {(number, series["name"]): column(series["y"])
                  for number, plot in enumerate(self.checked().data()["plots"])
                  for series in plot["series"]}
        self.assertEqual(len(curves), 8)
        for folder, seed in (("run", 1), ("other", 2)):
            with h5py.File(os.path.join(self.folder, folder, "run.h5")) as file:
                for number, name in enumerate(("loss", "accuracy")):
                    for split in ("train", "test"):
                        np.testing.assert_array_equal(
                            curves[number, f"seed={seed} {split}"],
                            file[f"metrics/epoch/{split}_{name}"][:].astype("f4"))

    def test_the_page_of_a_sweep_has_the_numbers_of_its_file(self):
        shutil.copy(os.path.join(SOURCE, "configs/xor.yaml"), self.folder)
        self.trainer("sweep", "xor.yaml", "optimizer.learning_rate=0.125,2", "seed=1,2",
                     "name=rates", "--metric", "train_accuracy", "--quiet")
        self.trainer("report", "runs/rates", "-o", "page.html")
        page = self.checked()
        sweep = page.data()["sweep"]
        with h5py.File(os.path.join(self.folder, "runs/rates/sweep.h5")) as file:
            columns = {**{key["name"]: key for key in sweep["keys"]},
                       **{measured["name"]: measured for measured in sweep["measured"]}}
            for name in ("optimizer.learning_rate", "final_train_accuracy", "final_train_loss"):
                kind = "<f%d" % columns[name]["bytes"]
                np.testing.assert_array_equal(
                    np.frombuffer(base64.b64decode(columns[name]["data"]), kind),
                    file["runs"][name][:].astype(kind))
            best = dict(row[:2] for row in page.table("best") if len(row) == 2)
            self.assertIn(float(best["optimizer.learning_rate"]), (0.125, 2))

    def test_samples_are_counted_anew_where_the_file_has_no_confusion_matrix(self):
        before = self.digits()
        self.assertNotIn("counted anew", self.text)
        with h5py.File(os.path.join(self.folder, "run/run.h5"), "r+") as file:
            del file["evaluation"]
        page = self.page()
        self.assertIn("counted anew from the data", self.text)
        for name in ("confusion", "confusion_shares", "classes"):
            self.assertEqual(page.table(name), before.table(name))

    def test_pictures_are_xml(self):
        self.digits()
        static = re.sub("<script.*?</script>", "", self.text, flags=re.DOTALL)
        pictures = re.findall("<svg.*?</svg>", static, re.DOTALL)
        self.assertGreaterEqual(len(pictures), 4)
        self.trainer("plot", "run", "-o", "plot.svg")
        with open(os.path.join(self.folder, "plot.svg"), encoding="utf-8") as file:
            pictures.append(file.read())
        for picture in pictures:
            xml.etree.ElementTree.fromstring(picture)  # raises where it is not XML
            if shutil.which("xmllint"):
                done = subprocess.run(["xmllint", "--noout", "-"], input=picture, text=True,
                                      capture_output=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_the_first_layer_is_drawn_from_its_weights(self):
        page = self.digits()
        with self.file() as file:
            weights = file["model/affine1/weight"][:].astype(float)
        pictures = [pixels(png) for png in page.images[-12:]]
        for unit, picture in enumerate(pictures):
            part = np.abs(weights[:, unit] / np.abs(weights).max()).reshape(28, 28)
            np.testing.assert_allclose(picture[..., 1], 255 + np.where(
                weights[:, unit].reshape(28, 28) < 0, 102 - 255, 24 - 255) * part, atol=0.51)

    def test_nothing_else_may_run_and_headings_stand_in_order(self):
        page = self.digits()
        policy = next(given["content"] for tag, given in page.elements
                      if given.get("http-equiv") == "Content-Security-Policy")
        self.assertTrue(policy.startswith("default-src 'none'; img-src data:;"))
        allowed = set(re.findall("sha256-[^']*", policy))
        own = {"sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
               for kind, text in page.scripts + page.styles if kind != "application/json"}
        self.assertEqual(own, allowed)
        self.assertEqual(page.headings[0], 1)
        self.assertEqual(page.headings.count(1), 1)
        for before, after in zip(page.headings, page.headings[1:]):
            self.assertLessEqual(after, before + 1)
        for link in page.links:
            self.assertIn(link[1:], page.ids)

    def test_hostile_names_of_classes_and_columns_are_text(self):
        quoted = ['"%s"' % name.replace('"', '""') for name in HOSTILE]
        self.write("table.csv", "\n".join([",".join(quoted + ["kind"])] + [
            ",".join([str(i)] * len(quoted) + [name]) for name in quoted for i in range(4)]) + "\n")
        config = """
name: %s
data: {type: csv, train: table.csv, labels: kind, split: {test: 12}}
model: {layers: [{name: %s, type: Affine, units: 9}, {type: SoftmaxWithLoss}]}
optimizer: {type: sgd, learning_rate: 0.1}
trainer: {batch_size: 4, max_epochs: 2}
"""
        for name in HOSTILE:
            quoted = json.dumps(name.replace("${", "$${"))
            self.write("hostile.yaml", config % (quoted, "l"))
            self.assertIsNone(self.printed("hostile.yaml"), name)  # no run may have such a name
            self.write("hostile.yaml", config % ("x", quoted))
            self.assertIsNone(self.printed("hostile.yaml"), name)  # nor a layer
        self.write("hostile.yaml", config % ("x", "l" * 255))
        self.assertIsNotNone(self.printed("hostile.yaml", "--output", "run"))
        page = self.page()
        self.checked()
        self.assertEqual([row[0] for row in page.table("classes")[1:]], [
            re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f]", "\ufffd", name) for name in sorted(
                HOSTILE, key=lambda name: name.encode())])
        self.assertIn(">%s</bdi>" % html.escape(HOSTILE[2]), self.text)
        for words in (("eval", "run"), ("data", "hostile.yaml"), ("predict", "run", "table.csv")):
            self.assertTrue(self.printed(*words), words)

    def hostile_runs(self):
        """A run, and copies of it in folders of hostile names; their paths."""
        self.digits("trainer.max_epochs=1", "name=two")
        folders = [b"./run"]
        for number, name in enumerate(HOSTILE + [BYTES, b"=1+1", b"-\nx"]):
            name = name if isinstance(name, bytes) else name.encode()
            folders.append(b"./%d" % number + name.replace(b"/", b"|")[:250])
            shutil.copytree(os.path.join(os.fsencode(self.folder), b"run"),
                            os.path.join(os.fsencode(self.folder), folders[-1]))
        return folders

    def printed(self, *words):
        """What the program prints on any input: UTF-8 that drives no terminal; errors in one line,
        then None."""
        done = subprocess.run([PROGRAM, *words], cwd=self.folder, capture_output=True,
                              env=dict(os.environ, LC_ALL="C.UTF-8", COLUMNS="100"))
        self.assertIn(done.returncode, (0, 2), done.stderr)
        said = [line for line in done.stderr.splitlines() if b": warning: " not in line]
        self.assertEqual(len(said), done.returncode // 2, done.stderr[:1000])
        for text in (done.stdout.decode(), done.stderr.decode()):  # which are UTF-8
            self.assertNotRegex(text[:9999], "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u202a-\\u202e]")
        return done.stdout.decode() if done.returncode == 0 else None

    def checked(self, path="page.html"):
        """The page in that file: strict UTF-8 and markup, without an element from a name."""
        with open(os.path.join(self.folder, path), encoding="utf-8", newline="") as file:
            text = file.read()
        self.assertNotRegex(text, "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]")
        page = Page(text)
        self.assertEqual([tag for tag, given in page.elements if tag == "b" or
                          (tag == "img" and not given["src"].startswith("data:"))], [])
        self.assertTrue(page.data())
        return page

    def test_hostile_folders_are_text_on_pages_in_pictures_and_terminals(self):
        folders = self.hostile_runs()
        for folder in folders[-3:]:
            self.assertTrue(self.printed("report", folder, "-o", "page.html"), folder)
            with open(os.path.join(self.folder, "page.html"), encoding="utf-8") as file:
                Page(file.read())
        self.assertTrue(self.printed("report", *folders, "-o", "page.html"))
        self.checked()
        for words in (("runs", "."), ("runs", ".", "--json"), ("compare", *folders),
                      ("compare", "--csv", *folders), ("plot", *folders)):
            self.assertTrue(self.printed(*words), words)
        self.assertEqual(len(json.loads(self.printed("runs", ".", "--json"))), len(folders))
        table = list(csv.reader(io.StringIO(self.printed("compare", "--csv", *folders))))
        self.assertEqual(len(table), 1 + len(folders))
        self.printed("plot", *folders, "-o", "plot.svg")
        xml.etree.ElementTree.parse(os.path.join(self.folder, "plot.svg"))

    def test_hostile_texts_in_a_run_file_are_text(self):
        self.digits("trainer.max_epochs=1")
        path, text = os.path.join(self.folder, "run/run.h5"), h5py.string_dtype()
        with h5py.File(path, "r+") as file:
            kept = {"format", "kind", "status", "updated_time"}
            for name in [n for n in file.attrs if isinstance(file.attrs[n], str) and n not in kept]:
                file.attrs.create(name, BYTES * 500, dtype=text)
            for name in ("config", "config_origins"):
                file[name][()] = BYTES * 500
            file["config_resolved"][()] = file["config_resolved"][()].replace(
                b"name: digits", b"name: digits\ndescription: \"</script>\\e[31m\"")
        for words in (("report", "run", "-o", "page.html"), ("runs", "."), ("watch", "run"),
                      ("compare", "run", "run"), ("plot", "run"), ("plot", "run", "-o", "a.svg")):
            self.assertIsNotNone(self.printed(*words), words)
        facts = dict(row for row in self.checked().table("provenance")[1:])
        self.assertTrue(facts["command_line"].startswith("</script><b>\"'&\ufffd[31m\ufffd"))
        xml.etree.ElementTree.parse(os.path.join(self.folder, "a.svg"))

    def test_sizes(self):
        self.digits("trainer.max_epochs=1000", "trainer.evaluate.every=100 epochs")
        self.assertLessEqual(len(self.text), 1e6)
        path = os.path.join(self.folder, "run/run.h5")
        with h5py.File(path, "r+") as file:  # a million steps, without training them
            group, rows = file["metrics/step"], 1000000
            for name in list(group):
                attributes = dict(group[name].attrs)
                kind = group[name].dtype
                del group[name]
                group[name] = (np.arange(rows) if name == "step" else
                               np.random.default_rng(1).random(rows)).astype(kind)
        page = self.page()
        self.assertLessEqual(len(self.text), 3e6)
        self.assertIn("Of 1000000 points of a curve at most 2000 are drawn and listed", self.text)
        steps = column(page.data()["plots"][0]["series"][-1]["step"])
        self.assertEqual((steps[0], steps[-1], len(steps)), (0, 999999, 2000))

    def test_values_are_those_of_a_regression(self):
        x = np.arange(40) / 40
        self.write("line.csv", "x,y\n" + "".join("%r,%r\n" % (a, 1000 + 50 * a)
                                                 for a in x.tolist()))
        self.write("line.yaml", """
name: line
data: {type: csv, train: line.csv, labels: y, split: {test: 10}, normalize: {labels: zscore}}
model: {layers: [{type: Affine, units: 1}, {type: SquaredErrorWithLoss}]}
optimizer: {type: sgd, learning_rate: 0.1}
trainer: {batch_size: 10, max_epochs: 100}
""")
        self.trainer("line.yaml", "--output", "run", "--quiet")
        page = self.page()
        rows = np.array([[float(cell) for cell in row] for row in page.table("y")[1:]])
        self.assertEqual(len(rows), 10)
        self.assertTrue(set(rows[:, 0].round(4)) <= set((1000 + 50 * x).round(4)))
        np.testing.assert_allclose(rows[:, 1], rows[:, 0], atol=5)


if __name__ == "__main__":
    unittest.main()
