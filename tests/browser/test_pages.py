"""Pages that `trainer report` writes, looked at in Chromium: checks.py on each, and what is special
to a sweep. BROWSER_PICTURES=FOLDER keeps what was seen, to be looked at by a person.

Times are printed, not judged: they depend on what else the machine does.
"""

import os
import shutil
import subprocess
import tempfile
import time
import unittest
import xml.etree.ElementTree

import checks
import many_trials
import shared

SOURCE = os.environ.get("TRAINER_SOURCE_DIR", os.getcwd())
PROGRAM = os.environ.get("TRAINER_PROGRAM", os.path.join(SOURCE, "build/trainer"))
PICTURES = os.environ.get("BROWSER_PICTURES")
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>${x}\u202egnirts &amp; =1+1"

GOOD = """
name: good
data: {type: digits}
model: {layers: [{type: Affine, units: 20}, {type: ReLU}, {type: Affine, units: 10},
                 {type: SoftmaxWithLoss}]}
optimizer: {type: sgd, learning_rate: 0.1}
trainer: {batch_size: 100, max_steps: 300, evaluate: {every: 100 steps, train: true}}
"""
REGRESSION = """
name: regression
data: {type: csv, train: line.csv, labels: y, split: {test: 0.25}}
model: {layers: [{type: Affine, units: 1}, {type: SquaredErrorWithLoss}]}
optimizer: {type: sgd, learning_rate: 0.05}
trainer: {batch_size: 10, max_epochs: 20}
"""
FAILED = """
name: failed
data: {type: inline, inputs: {x: [[1e38, 1], [1, 2]]}, labels: [1, 0]}
model: {layers: [{type: Affine, units: 2}, {type: SoftmaxWithLoss}]}
optimizer: {type: sgd, learning_rate: 1000000}
trainer: {max_steps: 9, batch_size: 1, sampling: sequential}
"""
STRANGE = """
name: strange
data: {type: csv, train: strange.csv, labels: kind}
model: {layers: [{type: Affine, units: 2}, {type: SoftmaxWithLoss}]}
optimizer: {type: sgd, learning_rate: 0.1}
trainer: {batch_size: 4, max_epochs: 3}
"""
SWEEP = """
config: configs/xor.yaml
name: small
method: random
max_trials: 24
seed: 1
metric: {name: train_accuracy, goal: maximize}
parameters:
  model.layers.affine1.units: {values: [2, 4, 8, 16]}
  model.layers.affine1.init: {values: [{type: normal, std: 1}, {type: xavier}]}
  optimizer.learning_rate: {distribution: log_uniform, min: 1e-2, max: 10}
repeats: {seed: [1, 2]}
"""


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = shared.browser()
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        shutil.copytree(os.path.join(SOURCE, "configs"), os.path.join(cls.folder, "configs"))
        cls.write("small.yaml", SWEEP)
        cls.trainer("sweep", "small.yaml")

    @classmethod
    def path(cls, *parts):
        return os.path.join(cls.folder, *parts)

    @classmethod
    def write(cls, name, text):
        with open(cls.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    @classmethod
    def trainer(cls, *words, status=0):
        done = subprocess.run([PROGRAM, *words], cwd=cls.folder, text=True, capture_output=True,
                              check=False, env=dict(os.environ, TRAINER_THREADS="1"))
        if done.returncode != status:
            raise AssertionError(f"trainer {' '.join(words)}: {done.returncode}\n{done.stderr}")
        return done.stdout

    def train(self, name, text, *words, status=0):
        self.write(name + ".yaml", text)
        self.trainer(name + ".yaml", "trainer.threads=1", *words, status=status)

    def look(self, *paths, tables=1, drawings=0):
        """Writes the page of these paths and has it checked; returns its file."""
        page = self.path("report.html")
        if os.path.exists(page):
            os.remove(page)
        self.trainer("report", *paths, "-o", "report.html")
        pictures = PICTURES and os.path.join(PICTURES, self.id().rsplit(".", 1)[-1])
        if PICTURES:
            os.makedirs(PICTURES, exist_ok=True)
        self.assertEqual(checks.all_of(self.browser, page, pictures), [])
        self.assertEqual(checks.without_scripts(self.browser, page, tables, drawings), [])
        return page

    # --- runs ---

    def test_a_run(self):
        self.train("good", GOOD)
        self.look("runs/good/latest")  # has pressed all that saves
        for name, words in (("confusion", "predicted"), ("network-graph", "affine1"),
                            ("tensors", "affine1.weight: Weights: from")):
            path = os.path.join(self.browser.downloads, name + ".svg")
            with open(path, encoding="utf-8") as file:
                text = file.read()
            xml.etree.ElementTree.fromstring(text)
            self.assertIn(words, text)
            self.assertNotIn(" class=", text)

    def test_a_run_that_failed(self):
        self.train("failed", FAILED, status=1)
        self.look("runs/failed/latest", tables=0)

    def test_a_run_of_regression_whose_data_are_gone(self):
        self.write("line.csv", "x,y\n" + "".join(f"{i / 40},{i / 20 - 1}\n" for i in range(40)))
        self.train("regression", REGRESSION)
        self.look("runs/regression/latest")
        os.remove(self.path("line.csv"))
        self.look("runs/regression/latest")

    def test_a_run_of_four_samples(self):
        self.trainer("configs/xor.yaml")
        self.look("runs/xor/latest")

    def test_a_run_of_one_epoch(self):
        self.train("one", GOOD, "name=one", "trainer.max_steps=600", "trainer.evaluate.every=epoch")
        self.look("runs/one/latest")

    def test_names_that_are_markup(self):
        quoted = '"' + HOSTILE.replace('"', '""') + '"'
        self.write("strange.csv", "a,b,kind\n" + f"1,2,{quoted}\n2,1,'><b>\n" * 4)
        self.train("strange", STRANGE)
        folder = os.path.join("runs", HOSTILE.replace("/", "|"))
        shutil.copytree(self.path("runs/strange/0001"), self.path(folder))
        page = self.look(folder)
        with open(page, encoding="utf-8") as file:
            self.assertNotIn("<img", file.read())

    def test_three_runs(self):
        for rate in ("0.1", "1", "5"):
            self.trainer("configs/xor.yaml", "name=rates", "optimizer.learning_rate=" + rate)
        page = self.browser.open(self.look("runs/rates", tables=3, drawings=2))
        names = page.run("page.data.plots[0].series.map(s => s.name)")
        self.assertEqual(names, ["learning_rate=0.1", "learning_rate=1", "learning_rate=5"])
        for plot in (0, 1):
            self.assertEqual(page.run(f"page.data.plots[{plot}].series.map(s => s.colour)"),
                             [0, 1, 2])
            self.assertEqual(page.run(f"page.data.plots[{plot}].series.map(s => s.dash)"),
                             [0, 1, 2])  # nor do colours alone tell them apart
        page.close()

    # --- sweeps ---

    def test_a_sweep(self):
        page = self.browser.open(self.look("runs/small", drawings=5))
        self.assertEqual(page.run("keys.map(k => k.label)"), ["units", "init", "learning_rate"])
        self.assertEqual(page.run("keys.map(k => Number(k.log))"), [0, 0, 1])
        self.assertEqual(page.run("keys[1].words"), ["{type: normal, std: 1}", "{type: xavier}"])
        page.close()

    def test_a_sweep_is_filtered_sorted_and_brushed(self):
        self.trainer("report", "runs/small")
        page = self.browser.open(self.path("runs/small/report.html"))

        def passing(text):
            page.run("t => { find.value = t; find.oninput(); }", (text,))
            return page.run("passing.length")

        units = page.run("[...keys[0].values]")
        self.assertEqual(passing("units>4"), sum(u > 4 for u in units))
        self.assertEqual(passing("units=2|16"), sum(u in (2, 16) for u in units))
        self.assertEqual(passing("units>=2 units<=4 completed"), sum(u <= 4 for u in units))
        self.assertEqual(passing("xavier"), page.run("keys[1].values.filter(v => v === 1).length"))
        self.assertEqual(passing("units=none"), 0)
        before = passing("")
        self.assertEqual(passing("beauty>1"), before)
        self.assertEqual(page.run("found.textContent"), 'no column "beauty"')
        passing("")
        page.run("choose_best()")
        best = page.run("passing.map(i => metric.values[i])")
        self.assertEqual(set(best), {max(page.run("[...metric.values]"))})

        passing("")
        page.run("[...table.tHead.querySelectorAll('button')]"
                 ".find(b => b.textContent === 'units').click()")
        self.assertEqual(page.run("[...order].map(i => keys[0].values[i])"),
                         sorted(units, reverse=True))

        page.run("document.getElementById('sweep-parallel').scrollIntoView()")
        page.settle()
        where = page.run("""(() => { const p = figures.find(f => f.axes);
            const r = p.canvas.getBoundingClientRect();
            return [r.left + p.x_of(0), r.top + p.top - 5, r.top + (p.top + p.bottom) / 2]; })()""")
        page.drag(where[:2], (where[0], where[2]))
        page.settle()
        self.assertRegex(page.run("find.value"), r"^units>=\S+ units<=\S+$")
        self.assertEqual(page.run("passing.length"), sum(u > 9 for u in units))
        page.close()

    def test_a_sweep_that_was_interrupted(self):
        many_trials.make(self.path("runs/interrupted"), 15, 5, self.path("runs/small/sweep.h5"),
                         status="running")
        page = self.look("runs/interrupted")
        with open(page, encoding="utf-8") as file:
            text = file.read()
        self.assertIn("interrupted: 15 of 30 trials have begun", text)
        self.assertIn("Too few trials to say", text)

    def test_a_sweep_of_ten_thousand_trials(self):
        many_trials.make(self.path("runs/many"), 10000, 20, self.path("runs/small/sweep.h5"))
        start = time.monotonic()
        self.trainer("report", "runs/many")
        written = time.monotonic() - start
        page_file = self.path("runs/many/report.html")
        self.assertLess(os.path.getsize(page_file), 10e6)
        start = time.monotonic()
        page = self.browser.open(page_file)
        page.settle()
        rows = page.run("document.querySelectorAll('#sweep-rows tbody tr').length")
        usable = time.monotonic() - start
        self.assertTrue(10 < rows < 100, rows)
        page.run("""globalThis.idle = () => new Promise(done => {
            const look = () => waiting.size ? requestAnimationFrame(look) : done(); look(); })""")
        page.run("idle()")

        def timed(script):
            start = time.monotonic()
            page.run(script)
            return time.monotonic() - start

        filtering = timed("find.value = 'units>100 xavier'; find.oninput()")
        self.assertTrue(0 < page.run("passing.length") < 10000)
        sorting = timed("table.tHead.querySelectorAll('button')[2].click()")
        page.run("idle()")
        frame = page.run("""new Promise(done => {
            let last = performance.now(), worst = 0, count = 0;
            const step = () => {
                const now = performance.now();
                worst = Math.max(worst, now - last);
                last = now;
                box.scrollTop += 500;
                if (++count < 40) requestAnimationFrame(step); else done(worst / 1000);
            };
            requestAnimationFrame(step); })""")
        copied = page.run("table_rows(all_columns).length")
        self.assertEqual(copied, page.run("passing.length") + 1)
        print(f"10,000 trials: {os.path.getsize(page_file) / 1e6:.1f} MB written in "
              f"{written:.2f} s, usable in {usable:.2f} s, filtered in {filtering:.2f} s, "
              f"sorted in {sorting:.2f} s, the longest frame of scrolling {frame:.2f} s")
        self.assertEqual(page.problems(), [])
        page.close()


if __name__ == "__main__":
    unittest.main()
