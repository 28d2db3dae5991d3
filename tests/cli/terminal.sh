#!/bin/sh
# The live line, on a terminal made by script(1): where there are escape sequences and where not.
# shellcheck source=tests/cli/lib/cli.sh
. "$(dirname "$0")/lib/cli.sh"
command -v script >/dev/null || exit 77
small_config

# Trains on a terminal of $1 columns with the environment after it; what the terminal got is in out.
on_terminal() {
    columns=$1
    shift
    script -q -e -c "stty cols $columns; env $* '$trainer' small.yaml" out \
        >/dev/null 2>&1 </dev/null || fail "training on a terminal failed"
    sed -i '/^Script started/d; /^Script done/d' out
}

unset NO_COLOR
on_terminal 80 TERM=xterm LC_ALL=C.UTF-8
expect_out "$escape\\[K"
expect_out "$escape\\[32m█"
expect_out '^run file: runs/small/0001/run.h5'
no_control_characters runs/small/0001/log.txt

on_terminal 80 TERM=xterm LC_ALL=C.UTF-8 NO_COLOR=1
expect_out "$escape\\[K"
! grep -q "$escape\\[[0-9]*m" out || fail "colours in spite of NO_COLOR"

on_terminal 80 TERM=xterm LC_ALL=C
! LC_ALL=C grep -q '[^ -~[:cntrl:]]' out || fail "more than ASCII in the C locale"
expect_out '##'

on_terminal 80 TERM=dumb LC_ALL=C.UTF-8
! grep -q "$escape" out || fail "escape sequences on a dumb terminal"

# What stands between two movements of the cursor to the left edge is no wider than the terminal.
# Sentences below it are broken between words, but not on the narrowest; paths and commands never.
for columns in 1 7 20 43 200; do
    sentences='^ended: \|steps in\|^  '
    [ "$columns" -lt 20 ] || sentences='^$'
    on_terminal $columns TERM=xterm LC_ALL=C NO_COLOR=1
    widest=$(sed "s/$escape\\[K//g" out | tr '\r' '\n' |
        grep -v "^run file\|^look at it\|$sentences" |
        awk '{ if (length > widest) widest = length } END { print widest + 0 }')
    [ "$widest" -le "$columns" ] || fail "$widest columns on a terminal of $columns"
done
