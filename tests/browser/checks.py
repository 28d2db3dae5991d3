"""What is asked of every page that `trainer report` writes. Each check gives a list of complaints.

    views      at 400, 1000 and 1600 px, light and dark: nothing scrolls sideways, text has contrast
    structure  headings in order, no id twice, no link that leads nowhere, a name for every control
    buttons    each changes the page, what is drawn, or saves a file; a choice that stands already
               may change nothing at the first press
    keyboard   Tab reaches every control in the order of the document, and shows where it is
    printed    A4 and Letter give pages
    quiet      nothing in the console, no request
"""

import pathlib
import re
import time

WIDTHS = (400, 1000, 1600)
SCRIPT = pathlib.Path(__file__).with_name("checks.js").read_text(encoding="utf-8")
PAPERS = {"A4": (8.27, 11.69), "Letter": (8.5, 11)}
TAB = 9
STRAY = 60  # stops of Tab that are no controls: boxes that scroll
SAVES, SAVE_SECONDS = 9, 1.1  # Chromium drops what a page saves beyond ten files in a second


def prepare(page):
    page.run(SCRIPT)


def views(page, pictures=None):
    """pictures: a path without its ending, to save what is seen."""
    found = []
    for dark in (False, True):
        for width in WIDTHS:
            page.view(width, dark)
            page.settle()
            where = f"{width} px, {'dark' if dark else 'light'}: "
            found += [where + c for c in page.run("checks.sideways()")]
            found += [where + c for c in page.run("checks.contrast()")]
            if pictures:
                page.picture(f"{pictures}-{width}-{'dark' if dark else 'light'}.png")
    page.view(1000, False)
    page.settle()
    return found


def structure(page):
    return page.run("checks.headings()") + page.run("checks.structure()")


def press(page, index, saves):
    """Whether anything came of it; None where there is nothing to press. saves: when files were
    saved."""
    if len(saves) >= SAVES:
        time.sleep(max(0, saves[-SAVES] + SAVE_SECONDS - time.monotonic()))
    saved = len(page.downloads())
    done = page.run("i => checks.press(i)", (index,))
    if not done:
        return None
    for wait in range(10):
        page.settle()
        if len(page.downloads()) > saved:
            saves.append(time.monotonic())
            return True
        if page.run("d => checks.changed(d)", (wait > 0,)):  # to compare drawings takes long
            return True
    return None if done == "chosen" else False


def buttons(page):
    page.run("checks.watch()")
    names, saves = page.run("checks.controls()"), []
    return [f"{name} does nothing" for i, name in enumerate(names)
            if press(page, i, saves) is False]


def keyboard(page):
    names = page.run("checks.stops()")
    found, order, unseen = [], [], set()
    for _ in range(len(names) + STRAY):
        page.key("Tab", TAB)
        focus = page.run("checks.focus()")
        if focus["end"] or focus["index"] in order:
            break
        if focus["index"] >= 0:
            order.append(focus["index"])
        if not focus["shown"]:
            unseen.add(focus["index"])
    found += [f"Tab doesn't reach {names[i]}" for i in range(len(names)) if i not in order]
    found += [f"{names[b]} comes after {names[a]}" for a, b in zip(order, order[1:]) if b < a]
    found += [f"the focus on {names[i]} isn't seen" for i in sorted(unseen)]
    return found


def printed(page):
    found = []
    for paper, size in PAPERS.items():
        pdf = page.pdf(*size)
        if not pdf.startswith(b"%PDF") or not re.search(rb"/Type\s*/Page\b", pdf):
            found.append(f"printed on {paper} it has no pages")
    return found


def quiet(page):
    return page.problems()


def some_of(browser, path, *chosen):
    """What these checks say of the page in that file, and `quiet` at the end."""
    page = browser.open(path)
    prepare(page)
    page.settle()
    found = [complaint for check in (*chosen, quiet) for complaint in check(page)]
    page.close()
    return found


def all_of(browser, path, pictures=None):
    """Every complaint about the page in that file."""
    return some_of(browser, path, lambda page: views(page, pictures), structure, keyboard, printed,
                   buttons)


def without_scripts(browser, path, tables=1, drawings=1):
    """The page as a preview of mail shows it: headings, sentences, tables, drawings."""
    page = browser.open(path, scripts=False)
    count = page.run("""['h1', 'h2', 'table', 'svg', 'p'].map(tag =>
        [...document.querySelectorAll(tag)].filter(e => e.getClientRects().length).length)""")
    found = [f"without scripts: {have} of {what}" for what, have, least in zip(
        ("h1", "h2", "tables", "drawings", "sentences"), count, (1, 1, tables, drawings, 1))
        if have < least]
    prepare(page)
    for width in WIDTHS[:2]:
        page.view(width, False)
        page.settle()
        found += ["without scripts: " + c for c in page.run("checks.sideways()")]
    found += ["without scripts: " + c for c in page.run("checks.contrast()")] + quiet(page)
    page.close()
    return found
