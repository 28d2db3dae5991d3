"""README.md and docs/*.md: every command and snippet runs as printed, every link leads somewhere.

Blocks of a file run in order in one folder that has configs/ in it, and in there and beside it the
data that the pages name (tests/python/files):

    sh        each line; make is asked for the target, pip for what tests install; of mpirun where
              there is one, and trainer-mpi was built
    python    as a script
    yaml      a config or a sweep is opened; a part of one is laid over configs/two_layer.yaml
    (none)    "$ trainer ...": what is printed, numbers apart
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = os.environ.get("TRAINER_SOURCE_DIR", os.getcwd())
PROGRAM = os.environ.get("TRAINER_PROGRAM", os.path.join(SOURCE, "build/trainer"))
FENCE = re.compile(r"^( *)```([A-Za-z]*)\n(.*?)^ *```$", re.M | re.S)
PAGES = ["README.md"] + sorted(
    os.path.join("docs", name) for name in os.listdir(os.path.join(SOURCE, "docs"))
    if name.endswith(".md"))


def read(page):
    with open(os.path.join(SOURCE, page), encoding="utf-8") as file:
        return file.read()


def blocks(page):
    for match in FENCE.finditer(read(page)):
        indent = len(match[1])
        yield match[2], "\n".join(line[indent:] for line in match[3].splitlines()) + "\n"


def same_but_numbers(text):
    """The words of a line: numbers, threads and instruction sets are this machine's."""
    words = re.sub(r"[0-9][0-9.,e+-]*", "#", " ".join(text.split()))
    return re.sub(r"threads\b", "thread", re.sub(r",? ?\b(baseline|avx#)( #)?", "", words))


class Page:
    """One file's blocks, run in a folder of their own."""

    def __init__(self, test, page):
        self.test, self.page = test, page
        self.folder = tempfile.mkdtemp()
        test.addCleanup(shutil.rmtree, self.folder)
        shutil.copytree(os.path.join(SOURCE, "configs"), os.path.join(self.folder, "configs"))
        for place in (self.folder, os.path.join(self.folder, "configs")):
            shutil.copytree(os.path.join(SOURCE, "tests/python/files"), place, dirs_exist_ok=True)
        bin_folder = os.path.join(self.folder, "bin")
        os.mkdir(bin_folder)
        os.symlink(PROGRAM, os.path.join(bin_folder, "trainer"))
        os.symlink(PROGRAM + "-mpi", os.path.join(bin_folder, "trainer-mpi"))
        self.environment = dict(os.environ, PATH=bin_folder + ":" + os.environ["PATH"],
                                MPLBACKEND="Agg", NO_COLOR="1", COLUMNS="120",
                                OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                                OMPI_MCA_rmaps_base_oversubscribe="1")

    def run(self, command, what):
        done = subprocess.run(command, cwd=self.folder, env=self.environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.test.assertEqual(done.returncode, 0, f"{self.page}: {what}\n{done.stdout}")
        return done.stdout

    def sh(self, text):
        has_mpi = shutil.which("mpirun") and os.path.exists(PROGRAM + "-mpi")
        for line in text.splitlines():
            command = line.split("#")[0].strip()
            if command.startswith("make "):
                self.has_target(command)
            elif command.startswith("pip install "):
                self.has_packages(command.split()[2:])
            elif command and (has_mpi or not command.startswith("mpirun ")):
                self.run(["sh", "-c", command], line)

    def has_target(self, command):
        targets = re.findall(r"^([a-z-]+):", read("Makefile"), re.M)
        self.test.assertIn(command.split()[1], targets, f"{self.page}: {command}")

    def has_packages(self, packages):
        wanted = re.findall(r"^([A-Za-z0-9.]+)", read("tests/requirements.txt"), re.M)
        for package in packages:
            self.test.assertIn(package.lower(), [w.lower() for w in wanted], self.page)

    def python(self, text):
        self.run([sys.executable, "-c", text], text)

    def yaml(self, text):
        path = os.path.join(self.folder, "configs", "printed.yaml")
        keys = re.findall(r"^([a-z_]+):", text, re.M)
        if "config" in keys:
            command = ["trainer", "sweep", path, "--dry-run"]
        elif "model" in keys and "data" in keys:
            command = ["trainer", "summary", path]
        else:
            text = "include: [two_layer.yaml]\n" + text
            command = ["trainer", "config", path]
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        self.run(command, text)

    def transcript(self, text):
        shown, printed = [], []
        for line in text.splitlines() + ["$ "]:
            if not line.startswith("$ "):
                shown.append(line)
                continue
            for wanted in shown:
                if wanted.strip() not in ("", "..."):
                    self.test.assertIn(same_but_numbers(wanted), printed, f"{self.page}: {wanted}")
            shown = []
            command = line[2:].split("#")[0].strip()
            if command:
                output = self.run(["sh", "-c", command], line)
                printed = [same_but_numbers(one) for one in output.splitlines()]


class Docs(unittest.TestCase):
    def test_what_is_printed_runs(self):
        for name in PAGES:
            with self.subTest(name):
                page = Page(self, name)
                for language, text in blocks(name):
                    if language in ("sh", "python", "yaml"):
                        getattr(page, language)(text)
                    elif not language and text.startswith("$ "):
                        page.transcript(text)

    def test_links_lead_somewhere(self):
        for name in PAGES:
            folder = os.path.dirname(os.path.join(SOURCE, name))
            for target in re.findall(r"\]\(([^)#]+)\)", FENCE.sub("", read(name))):
                if "://" not in target:
                    self.assertTrue(os.path.exists(os.path.join(folder, target)),
                                    f"{name}: {target}")

    def test_the_readme_is_short_and_names_every_command(self):
        readme = read("README.md")
        self.assertLessEqual(len(readme.splitlines()), 250)
        help_text = subprocess.run([PROGRAM, "help"], stdout=subprocess.PIPE, text=True,
                                   check=True).stdout
        table = readme[readme.index("## Commands"):readme.index("## Where to read on")]
        for command in re.findall(r"^  ([a-z]+)  +[A-Z]", help_text, re.M):
            if command not in ("train", "version"):
                self.assertRegex(table, rf"\b{command}\b", f"no {command} in README's table")

    def test_every_page_is_named_in_the_readme(self):
        for page in PAGES[1:]:
            self.assertIn(f"]({page})", read("README.md"))


if __name__ == "__main__":
    unittest.main()
