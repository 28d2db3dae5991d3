#!/bin/sh
# A sweep as its user sees it: the dry run, the lines printed, the folder, the terminal, messages.
# shellcheck source=tests/cli/lib/cli.sh
. "$(dirname "$0")/lib/cli.sh"
small_config
sed -i 's/max_epochs: 3/max_epochs: 2/; s/type: Affine, units: 20/name: first, &/' small.yaml
cat >study.yaml <<'END'
config: small.yaml
name: study
method: grid
metric: {name: test_accuracy, goal: maximize}
parameters:
  model.layers.first.units: [5, 10]
  optimizer.learning_rate: [0.05, 0.2]
END

# A dry run lists the trials with what they cost, and writes nothing.
expect 0 sweep study.yaml --dry-run
expect_out '^trial  units    lr  parameters  FLOPs/step  steps  *time  *memory$'
expect_out '^    1      5  0.05       3,985 '
expect_out '^4 trials, [0-9]* at a time (.*), 1 thread each: about .*, .* of memory$'
expect_out '^dry run: '
[ ! -e runs ] || fail "a dry run wrote something"

# However long a trial is, and however often it evaluates, measuring it takes a moment.
expect 0 sweep study.yaml --dry-run trainer.max_epochs=1000000
expect_out '^4 trials, .*: about [1-9].* of memory$'
expect 0 sweep study.yaml --dry-run trainer.max_epochs=1000000 trainer.evaluate.every='1000 steps'
expect_out '^4 trials, .*: about [1-9]'

# Piped: a line for each trial, the best ones, where it all is; no control characters.
expect 0 sweep study.yaml --jobs 2
no_control_characters out
[ ! -s err ] || fail "something on standard error"
expect_out '^study: 4 trials, 2 at a time (as configured), 1 thread each, 1 data set of '
[ "$(grep -c '^[1-4]/4  completed    test_accuracy 0\.[0-9]* ' out)" -eq 4 ] || fail "not 4 lines"
expect_out '^trial  *units    lr  test_accuracy  *best  epochs  seconds  status$'
expect_out '^best: runs/study/trials/[0-9a-f]*, test_accuracy 0\.[0-9]*, units=[0-9]* lr=0\.[0-9]*$'
expect_out '^4 trials: 4 completed; [0-9.]* s, [0-9.]* a minute$'
expect_out '^results: runs/study/sweep.h5, runs/study/sweep.csv$'
expect_out '^look at it: trainer report runs/study$'
for file in sweep.h5 sweep.csv log.jsonl sweep.yaml base.yaml; do
    [ -s "runs/study/$file" ] || fail "no $file in the sweep's folder"
done
cmp -s study.yaml runs/study/sweep.yaml || fail "the sweep's copy differs"
[ "$(wc -l <runs/study/sweep.csv)" -eq 5 ] || fail "not 5 lines in sweep.csv"
for trial in runs/study/trials/*; do
    for file in run.h5 config.yaml log.txt; do
        [ -s "$trial/$file" ] || fail "no $file in $trial"
    done
done

# Again: nothing is left to do. With repeats the table is of points.
expect 0 sweep study.yaml
expect_out '^study: 4 trials (4 done already)'
echo 'repeats: {seed: [1, 2]}' >>study.yaml
expect 0 sweep study.yaml
expect_out '^study: 8 trials (4 done already)'
expect_out '^units    lr  n  test_accuracy  deviation  *best  deviation$'
expect_out '^ *10  *0.2  2  *0\.'

expect 0 sweep study.yaml --quiet --output quiet
[ ! -s out ] || fail "--quiet printed something"
expect 0 runs quiet
expect_out '^quiet/trials/[0-9a-f]*  completed '

# Mistakes are told before anything is written.
sed 's/0.05, 0.2/0.05, -1/' study.yaml >wrong.yaml
expect 2 sweep wrong.yaml --output wrong
grep -q "^wrong.yaml:7:35: 'learning_rate' in optimizer must be " err ||
    fail "no place of the wrong value"
[ ! -e wrong ] || fail "a wrong sweep wrote something"
expect 2 sweep study.yaml modle.x=1 --output wrong
[ ! -e wrong ] || fail "a wrong setting wrote something"

# A config is swept by the words beside it; the same words go on in the same folder.
expect 0 sweep small.yaml optimizer.learning_rate=0.05,0.2 seed=1,2 trainer.max_epochs=1 \
    --metric test_accuracy
expect_out '^small-learning_rate: 4 trials, '
expect_out '^ *lr  n  test_accuracy'
expect 0 sweep small.yaml optimizer.learning_rate=0.05,0.2 seed=1,2 trainer.max_epochs=1 \
    --metric test_accuracy
expect_out '^small-learning_rate: 4 trials (4 done already)'
rm runs/small-learning_rate/sweep.csv
expect 0 sweep --collect runs/small-learning_rate
[ "$(wc -l <runs/small-learning_rate/sweep.csv)" -eq 5 ] || fail "not 5 lines in sweep.csv"
expect 2 sweep small.yaml optimizer.learning_rate=0.05,0.2 --output none
expect_err "trainer: small.yaml is a config, not a sweep; to vary its keys: trainer sweep \
small.yaml optimizer.learning_rate=0.01,0.1 --metric test_accuracy"
expect 2 sweep small.yaml optimizer.learning_rate=0.05,0.2 --metric validation_loss --output none
grep -q "^command line: --metric validation_loss: metric 'validation_loss' is never measured: the \
data has no validation samples; known: batch_loss, " err || fail "no reason"
[ ! -e none ] || fail "a wrong sweep wrote something"

# A config may come through a pipe.
"$trainer" sweep - optimizer.learning_rate=0.05,0.2 trainer.max_epochs=1 --metric test_accuracy \
    --output piped <small.yaml >out 2>err || fail "a config from a pipe is not swept"
expect_out '^2 trials: 2 completed; '
expect 2 sweep --collect piped

# A sweep's name is its file's but for the last ending; two sweeps never share a folder.
sed '/^name/d; /^repeats/d; s/: \[.*\]/: [0.05, 0.05]/; /units/d' study.yaml |
    sed 's/test_accuracy/test_loss/; s/maximize/minimize/' >exp1.1.yaml
cp exp1.1.yaml exp1.2.yaml
mkdir -p runs/exp1 other
echo "$PWD/exp1.1.yaml" >runs/exp1/arguments.txt
expect 0 sweep exp1.1.yaml
expect_out '^exp1.1: 1 trial, '
expect_out '^1 of 2 points and repeats give a trial that is there already: left out$'
expect_err "trainer: warning: an earlier sweep of exp1.1.yaml lies in runs/exp1, which was named \
up to the first dot; this one goes to runs/exp1.1"
expect 0 sweep exp1.2.yaml
expect_out '^exp1.2: 1 trial, '
[ ! -s err ] || fail "a sweep of another file is named"
sed 's/small/..\/small/' exp1.1.yaml >other/exp1.1.yaml
expect 2 sweep other/exp1.1.yaml
expect_err "trainer: runs/exp1.1: has the sweep of $(realpath exp1.1.yaml); for the one of \
other/exp1.1.yaml name another folder: --output DIR"
sed -i 's/0.05, 0.05/0.05, 0.1/' exp1.1.yaml
expect 0 sweep exp1.1.yaml
expect_out '^exp1.1: 2 trials (1 done already)'

# Trials that fail make the exit status 1, each time; so does a batch that is larger than the data,
# but before anything is written.
sed 's/0.05, 0.05/0.05/; s/optimizer.learning_rate/trainer.batch_size/; s/0.05/10, 3000/' \
    exp1.2.yaml >batch.yaml
expect 2 sweep batch.yaml
grep -q 'a batch of 3000 samples, but there are 2000 to choose from' err || fail "no batch is named"
[ ! -e runs/batch ] || fail "a wrong sweep wrote something"

# Shards by a job array: the first one's kernels are all others', the table may be made meanwhile.
expect 2 sweep study.yaml --shard auto
export SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_COUNT=2
expect 0 sweep study.yaml --shard auto --output array --kernels baseline
expect_out '^study: 4 trials of shard 1 of 2, '
[ "$(cat array/kernels)" = baseline ] || fail "other kernels are kept"
expect 0 sweep --collect array
expect_out '^missing: 4 trials (shard 2 of 2)$'
[ "$(wc -l <array/sweep.csv)" -eq 5 ] || fail "not 5 lines in sweep.csv"
SLURM_ARRAY_TASK_ID=1
expect 0 sweep study.yaml --shard auto --output array
expect 0 sweep --collect array
expect_out '^8 trials: 8 completed$'
unset SLURM_ARRAY_TASK_ID SLURM_ARRAY_TASK_MIN SLURM_ARRAY_TASK_COUNT
# A machine that lacks them says so and ends; the table is made anywhere.
echo sse >array/kernels
for words in "--shard 2/2" ""; do
    # shellcheck disable=SC2086  # words
    expect 2 sweep study.yaml $words --output array
    grep -q "^trainer: array: keeps the kernels that the sweep began with: unknown kernels 'sse'; \
known: .*; --output DIR begins another one$" err || fail "no reason"
    [ "$(wc -l <err)" -eq 1 ] || fail "not one line"
done
expect 0 sweep --collect array
expect_out '^missing: 8 trials (shards 1, 2 of 2)$'
expect 2 sweep study.yaml --shard 2/2 --output array --kernels baseline
expect_err "trainer: array: its first shard chose the kernels 'sse' for all; leave out --kernels, \
or begin another sweep with --output DIR"
sed '$a early_stopping: {type: asha}' study.yaml >asha.yaml
expect 2 sweep asha.yaml --shard 1/2 --output none
expect_err "trainer: early_stopping compares trials while they run, and shards don't see each \
other's; leave it out, or run the sweep as a whole"
expect 2 sweep asha.yaml --slurm 2
[ ! -s out ] || fail "a script of shards that stop early"

# A script for sbatch goes to standard output, and nothing else happens.
expect 0 sweep study.yaml trainer.max_epochs=1 --slurm 8 --threads 2 --sbatch "--time=2:00:00" \
    --output 'a folder'
expect_out '^#SBATCH --array=1-8$'
expect_out '^#SBATCH --cpus-per-task=2$'
expect_out '^#SBATCH --time=2:00:00$'
expect_out "^exec /.* sweep /.*/study.yaml trainer.max_epochs=1 --threads=2 --output '/.*/a folder'\
 --shard \"\$SLURM_ARRAY_TASK_ID/8\" --quiet\$"
[ ! -e 'a folder' ] && [ ! -s err ] || fail "a script did more than to be printed"
odd="it's \$HOME \"q\" 100% b\\s"
mkdir "$odd"
cp small.yaml "$odd"
(cd "$odd" && "$trainer" sweep small.yaml 'optimizer={type: sgd, learning_rate: 0.1},{type: adam}' \
    trainer.max_epochs=1 --metric test_accuracy --output 'a folder' --slurm 2 >job.sh) ||
    fail "no script in an odd folder"
for task in 1 2; do
    SLURM_ARRAY_TASK_ID=$task sh "$odd/job.sh" >out 2>err || fail "the script of task $task failed"
    [ ! -s out ] && [ ! -s err ] || fail "task $task says something"
done
expect 0 sweep --collect "$odd/a folder"
expect_out '^2 trials: 2 completed$'
"$trainer" sweep - seed=1,2 --metric test_accuracy --slurm 2 <small.yaml >out 2>err
[ $? -eq 2 ] && [ ! -s out ] || fail "a script of a pipe"
expect_err "trainer: --slurm: what comes through a pipe is gone when the job runs; name a file"
expect 2 sweep study.yaml --slurm 8 --dry-run
expect 2 sweep study.yaml --sbatch --mem=4G

# On a terminal the running trials are drawn anew; no line is wider than it. They take a moment in a
# sanitizer's build (TRAINER_SOAK) even when they are short.
epochs=${TRAINER_SOAK:+6}
command -v script >/dev/null || exit 0
for columns in 20 80 200; do
    script -q -e -c "stty cols $columns; env TERM=xterm LC_ALL=C.UTF-8 '$trainer' sweep study.yaml \
        trainer.max_epochs=${epochs:-30} --output terminal$columns" out \
        >/dev/null 2>&1 </dev/null ||
        fail "a sweep on a terminal failed"
    sed -i '/^Script started/d; /^Script done/d' out
    expect_out "$escape\\[[0-9]*A"
    widest=$(sed "s/$escape\\[[0-9;]*[A-Za-z]//g" out | tr '\r' '\n' |
        sed -n '/^units=/p; /^8 trials: .*running/p; /^best: /p' |
        LC_ALL=C.UTF-8 sed 's/[^ -~]/#/g' |
        awk '{ if (length > widest) widest = length } END { print widest + 0 }')
    [ "$widest" -le "$columns" ] || fail "$widest columns on a terminal of $columns"
done
[ "$widest" -gt 80 ] || fail "a wide terminal is not used: $widest columns"
