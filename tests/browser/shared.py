"""The one browser that all tests of this folder share."""

import atexit

import devtools

started = []


def browser():
    if not started:
        started.append(devtools.Browser())
        atexit.register(started[0].close)
    return started[0]
