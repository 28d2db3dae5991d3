#!/bin/sh
# C files are as .clang-format lays them out; no line is longer than 100 columns; no function is
# longer than 60 lines.
set -u
cd "${TRAINER_SOURCE_DIR:-$(dirname "$0")/..}" || exit 1
sources=$(find . -name '*.[ch]' ! -path './build/*' ! -path './runs/*' | sort)
others=$(find CMakeLists.txt Makefile CMakePresets.json .ci cmake configs tests -type f \
    ! -name '*.[ch]' ! -path 'tests/bad_input/*' | sort)
failed=0
places=$(mktemp) || exit 1
trap 'rm -f "$places"' EXIT

# Columns are characters, not bytes.
# shellcheck disable=SC2086  # a list of names without spaces, here and below
if LC_ALL=C.UTF-8 grep -nE '^.{101}' $sources $others; then
    echo "*** these lines have more than 100 columns"
    failed=1
fi

# The brace of a function stands alone on its line, and nothing else's does.
# shellcheck disable=SC2086
awk '
    /^{/ { start = FNR }
    /^}/ && start {
        if (FNR - start - 1 > 60) {
            print FILENAME ":" start ": a function of " FNR - start - 1 " lines"
            found = 1
        }
        start = 0
    }
    END { exit found }' $sources || failed=1

# Releases differ in what they do with the same settings.
for tool in clang-format-14 clang-format ""; do
    case $("$tool" --version 2>/dev/null) in *"version 14."*) break ;; esac
done
if [ -n "$tool" ]; then
    # shellcheck disable=SC2086
    if ! "$tool" --dry-run -Werror $sources 2>"$places"; then
        grep 'error:' "$places"
        failed=1
    fi
else
    echo "*** SKIPPED: the layout of C files; clang-format 14 is not installed"
fi
exit $failed
