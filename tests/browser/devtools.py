"""Chromium, driven over the DevTools protocol; needs nothing but Python and Debian's `chromium`.

    with Browser() as browser:
        page = browser.open("report.html", width=400, dark=True)
        page.run("document.title")          # JavaScript in the page; what it gives comes back
        page.problems()                     # errors of the console, requests that left the page

The protocol is JSON, each message ended by a zero byte, over two pipes that are descriptors 3 and 4
of the browser (--remote-debugging-pipe): no port, no server. The messages are described at
https://chromedevtools.github.io/devtools-protocol. A window cannot be narrower than 500 pixels, so
widths are emulated.
"""

import base64
import fcntl
import json
import os
import pathlib
import select
import shutil
import signal
import tempfile
import time

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
HEIGHT = 900
SECONDS = 30  # that an answer may take on a busy machine


def program():
    """The browser's path; None where there is none."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class BrowserError(Exception):
    pass


def high(descriptor):
    """A copy of the descriptor out of the way of 3 and 4."""
    copy = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 16)
    os.close(descriptor)
    return copy


class Browser:
    """One process. Pages are tabs of it, one at a time."""

    def __init__(self, path=None):
        self.profile = tempfile.mkdtemp(prefix="trainer_browser_")
        self.downloads = os.path.join(self.profile, "downloads")
        os.mkdir(self.downloads)
        self.events, self.rest, self.count = [], b"", 0
        theirs, self.out = map(high, os.pipe())
        self.into, their_out = map(high, os.pipe())
        words = [path or program(), "--headless=new", "--no-sandbox", "--disable-gpu",
                 "--remote-debugging-pipe", "--no-first-run", "--disable-extensions",
                 "--disable-background-networking", "--disable-component-update",
                 "--disable-dev-shm-usage", "--hide-scrollbars=false",
                 "--user-data-dir=" + self.profile, "about:blank"]
        self.process = os.posix_spawn(
            words[0], words, dict(os.environ, HOME=self.profile), file_actions=[
                (os.POSIX_SPAWN_DUP2, theirs, 3), (os.POSIX_SPAWN_DUP2, their_out, 4),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)], setpgroup=0)
        os.close(theirs)
        os.close(their_out)
        self.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=self.downloads,
                  eventsEnabled=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.process:
            os.killpg(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
            self.process = None
            os.close(self.out)
            os.close(self.into)
            shutil.rmtree(self.profile, ignore_errors=True)

    def receive(self, until):
        """The next message; None when none came in time."""
        while b"\0" not in self.rest:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.into], [], [], left)[0]:
                return None
            read = os.read(self.into, 1 << 20)
            if not read:
                raise BrowserError("the browser has ended")
            self.rest += read
        message, _, self.rest = self.rest.partition(b"\0")
        return json.loads(message)

    def call(self, method, session=None, **parameters):
        """Sends a command and returns its result; events that come meanwhile are kept."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.out, data):]
        until = time.monotonic() + SECONDS
        while True:
            answer = self.receive(until)
            if answer is None:
                raise BrowserError(f"{method}: no answer in {SECONDS} s")
            if answer.get("id") == self.count:
                break
            if "method" in answer:
                self.events.append(answer)
        if "error" in answer:
            raise BrowserError(f"{method}: {answer['error'].get('message')}")
        return answer["result"]

    def open(self, path, width=1000, dark=False, scripts=True):
        """A new page of that file (or address), loaded."""
        page = Page(self, scripts)
        page.view(width, dark)
        page.load(path)
        return page


class Page:
    """A tab. Whatever it logs and asks for since it was made is kept. scripts: whether its own run;
    those of `run` do in any case."""

    def __init__(self, browser, scripts=True):
        self.browser, self.scripts = browser, scripts
        self.target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=self.target,
                                    flatten=True)["sessionId"]
        self.address, self.seen, self.looks = "", [], {}
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def view(self, width, dark):
        """The width in pixels and the colour scheme that the system asks for."""
        self.emulate("Emulation.setDeviceMetricsOverride", width=width, height=HEIGHT,
                     deviceScaleFactor=1, mobile=False)
        self.emulate("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"}])

    def emulate(self, method, **look):
        """Asks for it, unless it is so already: to style and lay out a page again takes long."""
        if self.looks.get(method) != look:
            self.call(method, **look)
            self.looks[method] = look

    def load(self, path):
        self.address = path if ":" in path else pathlib.Path(path).resolve().as_uri()
        self.call("Page.navigate", url=self.address)
        until = time.monotonic() + SECONDS
        while not any(e["method"] == "Page.loadEventFired" for e in self.take()):
            if time.monotonic() > until:
                raise BrowserError(f"{self.address}: not loaded in {SECONDS} s")
            message = self.browser.receive(time.monotonic() + 0.1)
            if message:
                self.browser.events.append(message)

    def take(self):
        """Events of this page that came since the last take; all are kept in `seen`."""
        fresh = [e for e in self.browser.events if e.get("sessionId") == self.session]
        self.browser.events = [e for e in self.browser.events
                               if e.get("sessionId") != self.session]
        self.seen += fresh
        return fresh

    def run(self, script, arguments=()):
        """The value of an expression, or of a function called with the arguments; JSON both ways.
        A promise is waited for."""
        if arguments:
            script = f"({script})({', '.join(map(json.dumps, arguments))})"
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True,
                           returnByValue=True, userGesture=True)
        if "exceptionDetails" in answer:
            raise BrowserError(said(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def settle(self):
        """Waits until what was asked for is painted. Without scripts nothing happens later."""
        if self.scripts:
            self.run(
                "new Promise(d => requestAnimationFrame(() => requestAnimationFrame(d)))")

    def key(self, name, code=0, text="", modifiers=0):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name,
                      windowsVirtualKeyCode=code, modifiers=modifiers,
                      text=text if kind == "keyDown" else "")

    def mouse(self, kind, x, y, **more):
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def drag(self, start, end):
        """Presses the left button at one point and lets it go at another."""
        self.mouse("mousePressed", *start, button="left", clickCount=1)
        for part in (0.3, 0.7, 1):
            x, y = (a + part * (b - a) for a, b in zip(start, end))
            self.mouse("mouseMoved", x, y, button="left", buttons=1)
        self.mouse("mouseReleased", *end, button="left", clickCount=1)

    def problems(self):
        """What may not happen, in words: errors, and requests of anything but the page itself."""
        self.call("Runtime.evaluate", expression="0")  # what was on its way has come
        self.take()
        found = []
        for event in self.seen:
            facts = event["params"]
            if event["method"] == "Runtime.exceptionThrown":
                found.append("exception: " + said(facts["exceptionDetails"]))
            elif event["method"] == "Runtime.consoleAPICalled" and facts["type"] in (
                    "error", "warning", "assert"):
                found.append("console: " + " ".join(
                    str(a.get("value", a.get("description"))) for a in facts["args"]))
            elif event["method"] == "Log.entryAdded" and facts["entry"]["level"] in (
                    "error", "warning"):
                found.append("log: " + facts["entry"]["text"])
            elif event["method"] == "Network.requestWillBeSent":
                url = facts["request"]["url"]
                if url.split("#")[0] != self.address and not url.startswith(("data:", "blob:")):
                    found.append("request: " + url)
        return found

    def downloads(self):
        """Names of the files that the page has given to save."""
        return [e["params"]["suggestedFilename"] for e in self.browser.events + self.seen
                if e["method"].endswith(".downloadWillBegin")]

    def picture(self, path, whole=True):
        """Saves a PNG of the page, all of it or what is in view."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"clip": dict(x=0, y=0, width=size["width"], height=min(size["height"], 16000),
                             scale=1)} if whole else {}
        answer = self.call("Page.captureScreenshot", captureBeyondViewport=whole, **clip)
        pathlib.Path(path).write_bytes(base64.b64decode(answer["data"]))

    def pdf(self, width, height):
        """The page as printed on paper of that size in inches: its first sheet."""
        answer = self.call("Page.printToPDF", paperWidth=width, paperHeight=height,
                           printBackground=False, pageRanges="1")
        return base64.b64decode(answer["data"])


def said(details):
    thrown = details.get("exception", {})
    return thrown.get("description") or thrown.get("value") or details.get("text")
