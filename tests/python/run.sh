#!/bin/sh
# Runs a test that is written in Python, in the environment that make test has set up. Without one
# the test counts as skipped (77).
python=$TRAINER_SOURCE_DIR/build/venv/bin/python
if [ ! -f "$TRAINER_SOURCE_DIR/build/venv/installed" ]; then
    echo "*** SKIPPED: build/venv is missing; make test sets it up"
    exit 77
fi
exec "$python" "$@"
