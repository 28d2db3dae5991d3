#!/bin/sh
# Threads and processors: what `auto` counts, what bounds it, where threads and trials run; time
# for which a run is stopped; a run in the background of a terminal.
# shellcheck source=tests/cli/lib/cli.sh
. "$(dirname "$0")/lib/cli.sh"
small_config
unset OMP_NUM_THREADS OMP_THREAD_LIMIT OMP_PROC_BIND OMP_PLACES GOMP_CPU_AFFINITY
unset SLURM_CPUS_PER_TASK
processors=$(nproc)

# A network whose steps are worth a thread for each processor; it trains until it is ended.
sed 's/units: 20/units: 300/; s/max_epochs: 3, /max_epochs: 100000, batch_size: 1000, /' \
    small.yaml >large.yaml

# The threads that the first line of a dry run says.
threads_of() {
    env "$@" "$trainer" summary large.yaml >out 2>err || fail "summary with $*"
    sed -n 's/.*\b\([0-9][0-9]*\) threads\{0,1\} (\(.*\)).*/\1 (\2)/p' out
}
expect_threads() {
    wanted=$1
    shift
    found=$(threads_of "$@")
    [ "$found" = "$wanted" ] || fail "with $*: $found, not $wanted"
}
everything="$processors (all of $processors processors)"
expect_threads "$everything" A=1
for binding in OMP_PROC_BIND=true OMP_PROC_BIND=close OMP_PROC_BIND=spread OMP_PROC_BIND=master \
    OMP_PLACES=cores OMP_PLACES=threads "GOMP_CPU_AFFINITY=0-$((processors - 1))"; do
    expect_threads "$everything" "$binding"
done
if [ "$processors" -gt 1 ]; then
    expect_threads "1 (of $processors processors, as OMP_NUM_THREADS says)" OMP_NUM_THREADS=1
    expect_threads "1 (of $processors processors, as OMP_THREAD_LIMIT says)" OMP_THREAD_LIMIT=1
    expect_threads '1 (of 1 processors, as SLURM_CPUS_PER_TASK says)' SLURM_CPUS_PER_TASK=1
fi

# What is asked for is granted, beyond OMP_NUM_THREADS too, but not beyond OMP_THREAD_LIMIT; the
# run says the number that trains.
export OMP_NUM_THREADS=1
expect 0 small.yaml --threads 2 --output two
unset OMP_NUM_THREADS
expect_out ' 2 threads, '
export OMP_THREAD_LIMIT=1
expect 0 small.yaml --threads 2 --output one
unset OMP_THREAD_LIMIT
expect_out ' 1 thread (OMP_THREAD_LIMIT), '
expect 0 small.yaml --threads $((processors + 1)) --output many
grep -q "^trainer: warning: $((processors + 1)) threads take turns on $processors processor" err ||
    fail "no warning of too many threads"
grep -q '^warning: .* take turns' many/log.txt || fail "the log has no warning"

# The gradient check says nothing of a team that it was not granted.
export OMP_THREAD_LIMIT=1
expect 0 gradcheck "$TRAINER_SOURCE_DIR/configs/xor.yaml"
unset OMP_THREAD_LIMIT
expect_out '^1 thread alone, as OMP_THREAD_LIMIT says: not compared with more$'
expect 0 gradcheck "$TRAINER_SOURCE_DIR/configs/xor.yaml" --threads $((processors + 1))
grep -q "^trainer: warning: $((processors + 1)) threads take turns on $processors processor" err ||
    fail "no warning of too many threads in a gradient check"
expect_out "^1 and $((processors + 1)) threads: the same bits\$"

# So it is with each trial of a sweep.
cat >limited.yaml <<'END'
config: small.yaml
metric: {name: test_accuracy, goal: maximize}
parameters: {optimizer.learning_rate: [0.1, 0.2]}
parallel: {trials: 1, threads_per_trial: 2}
END
export OMP_THREAD_LIMIT=1
expect 0 sweep limited.yaml --output limited
unset OMP_THREAD_LIMIT
expect_out ', 1 thread each, '

# Each thread of a team runs on a processor that no other one is bound to.
lists_of_threads() {
    for task in /proc/"$1"/task/*; do
        sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' "$task/status"
    done
}
wait_for_file() {
    for _ in $(seq 400); do
        [ ! -e "$1" ] || return 0
        sleep 0.05
    done
    fail "$1 was never written"
}
if [ "$processors" -gt 1 ]; then
    for binding in OMP_PROC_BIND=true OMP_PROC_BIND=master OMP_PLACES=cores; do
        env "$binding" "$trainer" large.yaml --threads 2 --quiet --output bound --force &
        run=$!
        wait_for_file bound/run.h5
        bound=$(lists_of_threads $run | grep -cv '[-,]')
        different=$(lists_of_threads $run | grep -v '[-,]' | sort -u | wc -l)
        kill -TERM $run
        wait $run
        [ "$processors" -gt 2 ] || [ "$bound $different" = '2 2' ] ||
            fail "$binding: $bound threads are bound, to $different processors"
        rm -r bound
    done

    # The trials of a sweep, too.
    cat >sweep.yaml <<'END'
config: large.yaml
metric: {name: test_accuracy, goal: maximize}
parameters: {optimizer.learning_rate: [0.1, 0.2]}
parallel: {trials: 2, threads_per_trial: 1}
END
    OMP_PROC_BIND=true "$trainer" sweep sweep.yaml --quiet --output bound &
    run=$!
    for _ in $(seq 400); do
        [ "$(find bound -name checkpoint.h5 2>/dev/null | wc -l)" -lt 2 ] || break
        sleep 0.05
    done
    for child in $(ps -o pid= --ppid $run); do
        [ ! -e "/proc/$child/fd" ] || lists_of_threads "$child" | head -n 1
    done | sort -u >lists
    kill -TERM $run
    wait $run
    [ "$(wc -l <lists)" -ge 2 ] || fail "the trials share processors: $(cat lists)"
fi

# Time for which a run is stopped is not training time.
"$trainer" small.yaml trainer.max_epochs=null trainer.max_seconds=2 --output stopped >out 2>err &
run=$!
sleep 0.7
kill -STOP $run
sleep 3
kill -CONT $run
wait $run || fail "the run that was stopped failed"
seconds=$(sed -n 's/.* steps in \([0-9]*\)\.[0-9]* s.*/\1/p' out)
[ "$seconds" = 2 ] || [ "$seconds" = 1 ] || fail "stopped for 3 s of 2: $seconds s"

# The background of a terminal gets the rows, no live line, and does not stop a run that writes.
command -v script >/dev/null || exit 0
cat >background.sh <<END
set -m
stty tostop
'$trainer' small.yaml --output back &
wait \$!
echo "ended: \$?"
END
TERM=xterm script -q -e -c 'bash background.sh' out >/dev/null 2>&1 </dev/null &
script=$!
for _ in $(seq 600); do
    [ -e /proc/$script ] || break
    sleep 0.05
done
[ ! -e /proc/$script ] || {
    kill $script
    fail "a run in the background of a terminal stood still"
}
expect_out '^ended: 0'
expect_out '^60 steps in '
! grep -q "$escape\[K" out || fail "a live line from the background"
