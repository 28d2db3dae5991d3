"""The checks see what is wrong: pages with one planted fault each, and a page without any."""

import os
import tempfile
import unittest

import checks
import shared

GOOD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title><style>
body { color: #222; background: #fff; color-scheme: light dark }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #111 } }
.box { overflow-x: auto } .wide { width: 2000px } button { color: #000; background: #eee }
CSS</style></head><body><main><h1>A</h1><p id="p">text</p><h2>B</h2>
<div class="box"><div class="wide">wide</div></div>
<svg role="img" aria-label="a drawing" width="100" height="50"><rect width="100" height="50"
fill="#006"/><text x="10" y="30" fill="#fff">on blue</text></svg>
<table><tr><td>1</td></tr></table>
<button id="b">press</button> <button id="save">save</button>
<label>find <input id="find"></label>
BODY</main><script>
document.getElementById("b").onclick = e => e.target.classList.toggle("on");
document.getElementById("save").onclick = () => { const a = document.createElement("a");
    a.href = "data:text/csv,1"; a.download = "x.csv"; a.click(); };
SCRIPT</script></body></html>"""


class Checks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = shared.browser()
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)

    def page(self, css="", body="", script=""):
        path = os.path.join(self.folder.name, "page.html")
        with open(path, "w", encoding="utf-8") as file:
            file.write(GOOD.replace("CSS", css).replace("BODY", body).replace("SCRIPT", script))
        return path

    def assert_seen(self, words, *check, **planted):
        found = checks.some_of(self.browser, self.page(**planted), *check)
        self.assertTrue(any(words in c for c in found), found)

    def test_a_good_page_has_no_complaint(self):
        self.assertEqual(checks.all_of(self.browser, self.page()), [])
        self.assertEqual(checks.without_scripts(self.browser, self.page()), [])

    def test_a_request_is_seen(self):
        self.assert_seen("request: https://example.invalid/x.png",
                         body='<img alt="x" src="https://example.invalid/x.png">')

    def test_a_request_that_a_policy_refused_is_seen(self):
        self.assert_seen("log: ", body="""<meta http-equiv="Content-Security-Policy"
            content="img-src 'none'">""", script="new Image().src = 'https://example.invalid/y'")

    def test_an_error_is_seen(self):
        self.assert_seen("exception: Error: planted", script="throw Error('planted')")
        self.assert_seen("console: planted", script="console.error('planted')")

    def test_an_error_at_a_press_is_seen(self):
        self.assert_seen("exception: Error: pressed", checks.buttons,
                         body="""<button id="c">c</button>""",
                         script="document.getElementById('c').onclick = e => {"
                                "e.target.textContent = 'd'; throw Error('pressed'); };")

    def test_sideways_scrolling_is_seen(self):
        self.assert_seen("400 px, light: 700 px wide in 400", checks.views,
                         css="#p { width: 692px }")
        self.assert_seen("hides what is too wide", checks.views, css="body { overflow-x: hidden }")

    def test_low_contrast_is_seen(self):
        for words, css in (("1000 px, light: p#p 'text': contrast 2.85", "#p { color: #999 }"),
                           ("dark: p#p", "#p { color: #333 }"),
                           ("on blue", "text { fill: #228 }"),
                           ("p#p", "#p { opacity: 0.4 }")):
            self.assert_seen(words, checks.views, css=css)

    def test_a_dead_button_is_seen(self):
        self.assert_seen("button#dead 'dead' does nothing", checks.buttons,
                         body='<button id="dead">dead</button>')

    def test_what_tab_passes_over_is_seen(self):
        self.assert_seen("the focus on button#b", checks.keyboard,
                         css="button:focus { outline: none }")
        self.assert_seen("comes after", checks.keyboard,
                         body='<button id="early" tabindex="1">x</button>')

    def test_faults_of_the_structure_are_seen(self):
        for words, body in (("follows a heading of level 2", "<h4>deep</h4>"),
                            ("twice the id p", '<i id="p">i</i>'),
                            ("leads nowhere", '<a href="#gone">gone</a>'),
                            ("has no name", "<input>"),
                            ("has no text", '<canvas width="9" height="9"></canvas>')):
            self.assert_seen(words, checks.structure, body=body)

    def test_a_page_that_is_empty_without_scripts_is_seen(self):
        path = self.page(css="table { display: none }")
        self.assertIn("without scripts: 0 of tables", checks.without_scripts(self.browser, path))


if __name__ == "__main__":
    unittest.main()
