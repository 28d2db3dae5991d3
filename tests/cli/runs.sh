#!/bin/sh
# Lists of runs and sweeps, what differs between them, runs of another host, watching.
# shellcheck source=tests/cli/lib/cli.sh
. "$(dirname "$0")/lib/cli.sh"
small_config

expect 2 runs
expect_err "trainer: runs: No such file or directory"
expect 0 small.yaml trainer.max_epochs=1
expect 0 small.yaml trainer.max_epochs=1 optimizer.learning_rate=0.01 --threads 1
expect 0 small.yaml trainer.max_epochs=2 name=other
expect 0 runs
expect_out '^run  *status  *epochs  *steps  *differs  *result  *age$'
expect_out '^runs/small/0001  completed  *1  *20  learning_rate=0.1   test accuracy 0\.'
expect_out '^runs/small/0002  completed  *1  *20  learning_rate=0.01  test accuracy 0\.'
expect_out '^runs/other/0001  completed  *2  *40  *test accuracy 0\.'
! grep -q latest out || fail "a link is listed"

# Order, and a list for programs.
expect 0 runs --sort result
sed -n 's/.*accuracy \(0[0-9.]*\).*/\1/p' out >given
sort -rn given | cmp -s - given || fail "not the best first"
expect 0 runs --sort steps
[ "$(sed -n '2s/ .*//p' out)" = runs/other/0001 ] || fail "not the longest run first"
expect 2 runs --sort size
expect_err "trainer: --sort must be name, age, result, steps or status, not 'size'"
expect 0 runs --json
expect_out '^    "folder": "runs/small/0002",$'
expect_out '^      "optimizer.learning_rate": "0.01"$'
! command -v python3 >/dev/null || python3 -m json.tool out >/dev/null || fail "no JSON"

# A sweep is one row; its trials are listed where it is named.
cat >study.yaml <<'END'
config: small.yaml
metric: {name: test_accuracy, goal: maximize}
parameters: {optimizer.learning_rate: [0.01, 0.1], model.layers.affine1.units: [4, 8]}
END
expect 0 sweep study.yaml trainer.max_epochs=1 --quiet
expect 0 runs
expect_out '^runs/study  *completed  *-  4 trials  learning_rate, units  test accuracy 0\.'
[ "$(wc -l <out)" -eq 5 ] || fail "a sweep is not one row"
expect 0 runs runs/study
expect_out '^runs/study/trials/[0-9a-f]*  completed  *1  *20  .*learning_rate=0.01.* test acc'
expect_out 'units=8'

# Watching what has ended tells how.
expect 0 watch runs/study
[ "$(grep -c '^[0-9a-f]*  completed    test_accuracy 0\..*learning_rate=' out)" -eq 4 ] ||
    fail "not a line for each trial"
expect_out '^study: 4 trials begun: 4 completed$'
expect_out '^best: test_accuracy 0\.'
expect_out '^its run: runs/study/trials/[0-9a-f]*$'
no_control_characters out
expect 2 watch runs
expect_err "trainer: runs: there is no run in this folder"

# Curves while a run trains need a run and a terminal.
expect 2 watch runs/study --plot
expect_err 'trainer: --plot: runs/study is a sweep; expected a run, such as one of its trials'
trial=$(ls -d runs/study/trials/* | head -n 1)
expect 2 watch "$trial" --plot
expect_err "trainer: --plot draws on a terminal; expected one, or \`trainer plot $trial\` to print \
the curves once"

# A run that was killed: at once, and before it had saved anything.
"$trainer" small.yaml trainer.max_epochs=100000 --output killed >/dev/null 2>&1 &
while [ ! -s killed/run.h5 ]; do sleep 0.05; done
kill -9 $!
wait $! 2>/dev/null
mkdir early && touch early/lock && cp killed/config.yaml early
expect 0 runs .
expect_out '^./killed  *interrupted '
expect_out '^./early  *interrupted  *-  *- '

# The same of another host, which has not saved for a week: nobody here can tell, nobody waits.
echo "othernode 4711" >killed/lock
expect 0 runs killed
expect_out '^killed  running '
today=$(date -u +%Y-%m-%d)
last_week=$(date -u -d '7 days ago' +%Y-%m-%d)
sed -i "s/$today/$last_week/g" killed/run.h5
expect 0 runs killed
expect_out '^killed  silent for 7 d on othernode '
expect 0 watch killed
expect_out '^silent for 7 d on othernode: nobody here can tell whether it goes on$'

command -v script >/dev/null || exit 0

# One that was killed before it saved is listed, and told as well.
mkdir unsaved && cp small.yaml unsaved/config.yaml && : >unsaved/lock
expect 0 watch unsaved
expect_out '^interrupted before anything was saved; again from the start: trainer unsaved/config'

# What a terminal of $1 columns and $2 lines got from `watch --plot` of a run that has ended, with
# the environment after it, is in out, as lines.
curves() {
    size="cols $1 rows $2"
    shift 2
    script -q -e -c "stty $size; env TERM=xterm $* '$trainer' watch '$trial' --plot" out \
        >/dev/null 2>&1 </dev/null || fail "watch --plot failed"
    sed -i '/^Script started/d; /^Script done/d' out
}
curves 80 40 LC_ALL=C.UTF-8
grep -q '⠉\|⠒\|⠤\|⣀\|⡀' out || fail "no dots of braille"
expect_out '38;5;'
expect_out '^accuracy'
expect_out '^look at it: trainer report '
! grep -q 'train loss' out || fail "lines of evaluations below the curves"
curves 60 14 LC_ALL=C NO_COLOR=1
! grep -q "$escape\[[0-9]*m" out || fail "colours in spite of NO_COLOR"
expect_out '^loss'
! grep -q '^accuracy' out || fail "more curves than the screen has lines for"
widest=$(sed "s/$escape\[K//g" out | tr -d '\r' | sed '/steps in/,$d' |
    awk '{ if (length > widest) widest = length } END { print widest + 0 }')
[ "$widest" -le 60 ] || fail "$widest columns on a terminal of 60"

# A run that goes on is drawn anew in the same place.
"$trainer" small.yaml trainer.max_epochs=100000 --output live >/dev/null 2>&1 &
process=$!
while [ ! -s live/run.h5 ]; do sleep 0.05; done
script -q -e -c "stty cols 80 rows 40; env TERM=xterm '$trainer' watch live --plot" out \
    >/dev/null 2>&1 </dev/null &
tries=0
while [ "$(grep -c "$escape\[[0-9]*A" out)" -lt 1 ] && [ $tries -lt 300 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
kill -INT $process
wait $process
wait $!
expect_out "$escape\[[0-9]*A"
expect_out 'interrupted after '

# On a narrow terminal columns give way; nothing wraps.
for columns in 60 80 200; do
    script -q -e -c "stty cols $columns; env TERM=xterm LC_ALL=C '$trainer' runs" out \
        >/dev/null 2>&1 </dev/null || fail "runs on a terminal failed"
    widest=$(sed '/^Script started/d; /^Script done/d' out | tr -d '\r' |
        awk '{ if (length > widest) widest = length } END { print widest + 0 }')
    [ "$widest" -le "$columns" ] || fail "$widest columns on a terminal of $columns"
done
