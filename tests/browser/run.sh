#!/bin/sh
# Runs all tests of this folder in one browser. Without Chromium or build/venv, or with BROWSER=no,
# the test counts as skipped (77).
here=$(dirname "$0")
if [ "${BROWSER:-yes}" = no ]; then
    echo "*** SKIPPED: the pages in a browser, because of BROWSER=no"
    exit 77
fi
if ! { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null
then
    echo "*** SKIPPED: Chromium is missing; cmake/packages.sh browser installs it"
    exit 77
fi
exec sh "$here/../python/run.sh" -B -m unittest discover -s "$here" -t "$here"
