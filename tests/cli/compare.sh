#!/bin/sh
# Runs side by side: the keys that differ, the results, the best marked.
# shellcheck source=tests/cli/lib/cli.sh
. "$(dirname "$0")/lib/cli.sh"
small_config
expect 0 small.yaml --output one
expect 0 small.yaml optimizer.learning_rate=0.001 --output two
expect 0 small.yaml name=other trainer.evaluate.train=false --output three

expect 0 compare one two
expect_out '^run  *1  *2$'
expect_out '^optimizer.learning_rate  0.1  *0.001$'
expect_out '^test accuracy  *0\.[0-9]* \*  *0\.[0-9]*$'
expect_out '^test loss  *[0-9.]* \*  *[0-9.]*$'
expect_out '^status  *completed  *completed$'
! grep -q units out || fail "a key that is the same is listed"
no_control_characters out

# A run that measured less, and runs of two names.
expect 0 compare one three
expect_out '^trainer.evaluate.train  *true  *false$'
expect_out '^training accuracy  *0\.[0-9]*  *-$'

# Equal runs: nothing differs, nothing is best.
expect 0 compare one one/run.h5
! grep -q '\*' out || fail "one of two equal runs is best"

# Many runs take several tables.
expect 0 compare one two three one two three one two three one two three
[ "$(grep -c '^test accuracy ' out)" -ge 2 ] || fail "a table wider than its lines"
awk 'length > 80 { exit 1 }' out || fail "lines of more than 80 columns"

expect 0 compare one two --csv
expect_out '^run,optimizer.learning_rate,status,step,'
expect_out '^one,0.1,completed,60,'
expect 2 compare one
expect_err "trainer: one: is one run; expected two or more"
