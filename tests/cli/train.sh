#!/bin/sh
# A training run as its user sees it: the folder, the lines printed, the options, signals.
# shellcheck source=tests/cli/lib/cli.sh
. "$(dirname "$0")/lib/cli.sh"
small_config

expect 0 small.yaml --dry-run
expect_out '^affine1  *Affine  *(20)  *15,700 '
expect_out '^dry run: '
[ ! -e runs ] || fail "a dry run wrote something"

# Piped: a line for each epoch and for step 0, no control characters.
expect 0 small.yaml --threads 1
no_control_characters out
[ ! -s err ] || fail "something on standard error"
[ "$(grep -c '^ *[0-9][0-9]*  *[0-9][0-9]*  *[0-9]\.' out)" -eq 4 ] || fail "not 4 lines of epochs"
expect_out '^ epoch  *step  train loss  train acc  test loss  test acc  *seconds$'
expect_out '^60 steps in [0-9.]* s; test accuracy 0\.[0-9]*, best 0\.[0-9]* at epoch [1-3]$'
expect_out '^run file: runs/small/0001/run.h5$'
expect_out '^look at it: trainer report runs/small/0001$'
for file in run.h5 config.yaml log.txt lock; do
    [ -e "runs/small/latest/$file" ] || fail "no $file in the run's folder"
done
cmp -s out runs/small/0001/log.txt || fail "the log is not what was printed"

# Where OpenMP grants fewer threads than asked for, the run goes on alone.
export OMP_THREAD_LIMIT=1
expect 0 small.yaml --threads 4 --output limited
unset OMP_THREAD_LIMIT
expect_out '^60 steps in '

# A reader that leaves after the first line ends no run, and is no failure.
{
    "$trainer" small.yaml --output left 2>err
    echo $? >status
} | head -n 1 >out
expect_out '^small: '
[ "$(cat status)" -eq 0 ] || fail "a reader that left: exit status $(cat status)"
[ ! -s err ] || fail "a reader that left is no news"
grep -q '^60 steps in ' left/log.txt || fail "a reader that left ended the run"

# Folders that are not there, or no longer.
ln -s nowhere dangling
expect 2 small.yaml --output dangling
expect_err "trainer: $work/dangling: this is a link that leads nowhere"
mkdir deleted
cp small.yaml absolute.yaml
(
    cd deleted && rmdir ../deleted &&
        "$trainer" "$work/absolute.yaml" --quiet --output "$work/from_nowhere" 2>"$work/err"
) || fail "training from a folder that was deleted"
[ -s from_nowhere/run.h5 ] || fail "no run file of a run from a folder that was deleted"

# The stored config repeats the run, whoever asks for it.
expect 0 config runs/small/0001
cmp -s out runs/small/0001/config.yaml || fail "the stored config differs from config.yaml"
expect 0 config small.yaml -- trainer.threads=1
cmp -s out runs/small/0001/config.yaml || fail "the resolved config differs from config.yaml"
expect 2 config runs/small/0001/run.h5 seed=3
expect_err "trainer: 'seed=3': a run's stored config takes no key=value"
expect 2 config runs/small
expect_err "trainer: runs/small: no run.h5 in this folder; did you mean runs/small/latest?"
expect 0 runs/small/0001/config.yaml
epochs() {
    sed -n '/^60 steps/d; s/^\( *[0-9].*\)  *[0-9.]*$/\1/p' "$1"
}
[ -d runs/small/0002 ] || fail "the second run has no folder of its own"
epochs runs/small/0001/log.txt >first
epochs runs/small/0002/log.txt >second
cmp -s first second || fail "the resolved config trains to other numbers"

expect 0 small.yaml --quiet --output mine
[ ! -s out ] || fail "--quiet printed something"
[ -s mine/log.txt ] || fail "--quiet kept the log empty"
expect 2 small.yaml --quiet --output=mine
expect_err "trainer: $work/mine: there is a run in this folder; --force overwrites it"
expect 0 small.yaml --quiet --output mine --force --seed 2
grep -q '^seed: 2$' mine/config.yaml || fail "--force did not overwrite the run"

expect 2 small.yaml --kernels sse9
grep -q "^trainer: unknown kernels 'sse9'" err || fail "wrong message for --kernels sse9"

# A signal ends a run; what it has reached is kept.
for signal in INT:130 TERM:143; do
    # A shell's background jobs ignore SIGINT unless they are told not to.
    (trap - INT; exec "$trainer" small.yaml trainer.max_epochs=1000000 --output "${signal%:*}") \
        >out 2>err &
    child=$!
    tries=0
    until grep -q '^  *3  ' out || [ $tries -gt 200 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
    kill -"${signal%:*}" $child
    wait $child
    status=$?
    [ $status -eq "${signal#*:}" ] || fail "SIG${signal%:*}: exit status $status"
    expect_out '^interrupted after [0-9,]* steps in '
    [ -s "${signal%:*}/run.h5" ] || fail "SIG${signal%:*}: no run file"
    expect 0 config "${signal%:*}"
done

# A run says how it ended; one with nothing left to do, how it trains longer.
expect 0 small.yaml trainer.max_epochs=1 --output ended
expect_out '^ended: max_epochs is 1$'
grep -q '^ended: max_epochs is 1$' ended/log.txt || fail "the log does not say how the run ended"
expect 0 resume ended
expect_out '^nothing left to do: max_epochs is 1; trainer resume ended max_epochs=N trains longer$'
expect 0 watch ended
expect_out '^nothing left to do: max_epochs is 1'
expect 0 small.yaml optimizer.learning_rate=1e-30 trainer.max_epochs=9 --output early \
    'trainer.early_stopping={monitor: train_loss, patience: 2}'
expect_out '^stopped early: train_loss has not improved for 2 evaluations'
expect 0 resume early max_epochs=20
expect_out '^nothing left to do: stopped early: .*; trainer CONFIG model.weights=early/run.h5 '

# A sweep's file given to train is one mistake, with the command that runs it.
printf 'config: small.yaml\nparameters: {seed: [1, 2]}\n' >study.yaml
for command in train summary data; do
    expect 2 $command study.yaml
    expect_err "study.yaml:1:1: this is a sweep, not a config; to run it: trainer sweep study.yaml"
done

# What is likely not meant, and no mistake, is warned of once.
cat >norm.yaml <<'EOF'
data: {type: digits, train: 101, test: 20}
model:
  layers:
    - {name: hidden, type: Affine, units: 8}
    - {name: norm, type: BatchNorm, momentum: 0.9}
    - {type: ReLU}
    - {type: Affine, units: 10}
    - {type: SoftmaxWithLoss}
trainer: {batch_size: 20, max_epochs: 2}
EOF
expect 0 norm.yaml --output norm
cat >warnings <<'EOF'
BatchNorm 'norm': momentum 0.9 is the share of the new batch; Keras's 0.99 is 0.01 here
'norm' has no statistics of a batch of one sample, the last of each epoch (last_batch: drop
EOF
sed 's/^trainer: warning: //; s/ leaves it out)$//' err >said
cmp -s said warnings || fail "wrong warnings: $(cat err)"
expect 0 norm.yaml trainer.last_batch=drop model.layers.norm.momentum=0.1 --output drop
[ ! -s err ] || fail "a warning without a reason: $(cat err)"
expect 0 summary norm.yaml trainer.last_batch=drop
expect_out "^the bias of 'hidden' has no effect: 'norm' takes it out (bias: false)$"
expect 0 summary norm.yaml trainer.last_batch=drop model.layers.norm.frozen=true
! grep -q 'no effect' out || fail "a frozen BatchNorm takes no bias out"

# A launcher that starts several processes would have each of them train the same: refused, before
# anything is written, unless they are shards or it is said to be meant.
rm -rf runs
for size in OMPI_COMM_WORLD_SIZE=4 PMI_SIZE=4 'SLURM_STEP_NUM_TASKS=4 PMIX_RANK=0'; do
    # shellcheck disable=SC2163,SC2086  # names and values, in words
    export $size
    for command in 'train small.yaml' 'resume ended' \
        'sweep small.yaml seed=1,2 --metric train_loss'; do
        # shellcheck disable=SC2086  # words
        expect 2 $command
        why="this is one of 4 processes (${size%%=*}), and each would do the whole work"
        expect_err \
            "trainer: ${command%% *}: $why; trainer-mpi shares it, --alone lets each do it"
    done
    expect 0 summary small.yaml
    unset OMPI_COMM_WORLD_SIZE PMI_SIZE SLURM_STEP_NUM_TASKS PMIX_RANK
done
[ ! -e runs ] || fail "a refused process wrote something"
export PMI_SIZE=2
expect 0 small.yaml --dry-run --alone
expect 0 resume ended --alone
expect 0 sweep small.yaml seed=1,2 --metric train_loss --dry-run --shard 1/2
expect 0 sweep small.yaml seed=1,2 --metric train_loss --dry-run --alone
export PMI_SIZE=1 SLURM_STEP_NUM_TASKS=4
expect 0 small.yaml --dry-run
unset PMI_SIZE SLURM_STEP_NUM_TASKS
