#!/bin/sh
# Sweeps as job arrays of SLURM: slurmctld and slurmd run on this machine, out of a folder of the
# test's own. The script of `trainer sweep --slurm` is submitted, one of its tasks requeued, and the
# table compared with one machine's. About two minutes, most of them the scheduler's. Skipped (77)
# where SLURM is not installed.
# shellcheck source=tests/cli/lib/cli.sh
. "$(dirname "$0")/../cli/lib/cli.sh"
PATH=$PATH:/usr/sbin:/sbin
for tool in slurmctld slurmd munged sbatch; do
    command -v $tool >/dev/null && continue
    echo "*** SKIPPED: sweeps under SLURM; $tool is missing (cmake/packages.sh cluster)"
    exit 77
done

# --- a cluster of one ---------------------------------------------------------------------------

stop_cluster() {
    [ ! -s slurm/slurmctld.pid ] || scancel --user="$(id -un)" 2>/dev/null
    for daemon in slurmd slurmctld munged; do
        [ ! -s slurm/$daemon.pid ] || kill "$(cat slurm/$daemon.pid)" 2>/dev/null
    done
    for tries in 1 2 3 4 5 6 7 8 9 10; do
        [ -s slurm/slurmd.pid ] || [ -s slurm/slurmctld.pid ] || break
        sleep 0.2
    done
}
trap 'cd "$work" && stop_cluster; rm -rf "$work"' EXIT

# until_true COMMAND...: runs it until it succeeds.
until_true() {
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ $tries -lt 1500 ] || fail "never true: $*"
        sleep 0.1
    done
}

start_cluster() {
    mkdir -m 0755 slurm slurm/state slurm/spool
    host=$(hostname -s)
    port=$((20000 + $$ % 20000))
    cat >slurm/slurm.conf <<END
ClusterName=trainer
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$work/slurm/munged.socket
CredType=cred/munge
StateSaveLocation=$work/slurm/state
SlurmdSpoolDir=$work/slurm/spool
SlurmctldPidFile=$work/slurm/slurmctld.pid
SlurmdPidFile=$work/slurm/slurmd.pid
SlurmctldLogFile=$work/slurm/slurmctld.log
SlurmdLogFile=$work/slurm/slurmd.log
SlurmctldPort=$port
SlurmdPort=$((port + 1))
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,bf_interval=1
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc)
PartitionName=all Nodes=ALL Default=YES State=UP
END
    (umask 077 && head -c 1024 /dev/urandom >slurm/munge.key)
    munged --force --key-file="$work/slurm/munge.key" --socket="$work/slurm/munged.socket" \
        --pid-file="$work/slurm/munged.pid" --log-file="$work/slurm/munged.log" \
        --seed-file="$work/slurm/munged.seed" || fail "munged does not start"
    export SLURM_CONF="$work/slurm/slurm.conf"
    slurmctld -f "$SLURM_CONF" && slurmd -f "$SLURM_CONF" || fail "SLURM does not start"
    until_true sh -c 'sinfo --noheader --format=%t | grep -q -x idle'
}

# The states of a job's tasks, or of one of them, a line each.
states_of() {
    squeue --noheader --states=all --format=%T --jobs="$1"
}

is_pending() {
    states_of "$1" | grep -q -x PENDING
}

has_ended() {
    states_of "$1" >states && [ -s states ] &&
        ! grep -q -e PENDING -e RUNNING -e CONFIGURING -e COMPLETING states
}

# submit WORDS: sbatch with them; the job's number is in $job.
submit() {
    job=$(sbatch --parsable "$@") || fail "refused: sbatch $*"
}

# completed WORDS: the same, and whether all tasks came to a good end.
completed() {
    submit "$@"
    until_true has_ended "$job"
    ! grep -v -q -x COMPLETED states
}

# The table without its column of seconds.
table_of() {
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "seconds") left_out = i }
             { $left_out = ""; print }' "$1/sweep.csv"
}

same_table() {
    table_of whole >whole.txt
    table_of "$1" >other.txt
    cmp -s whole.txt other.txt || fail "the table of $1 is not the whole sweep's"
}

# --- what is submitted ----------------------------------------------------------------------------

start_cluster
small_config
# Trials of a second or more, so that one can be requeued while it trains.
sed -i 's/train: 2000, test: 500/train: 300, test: 100/
    s/^trainer: .*/trainer: {max_steps: 60000, checkpoint: {every: 1000 steps}}/' small.yaml
set -- small.yaml optimizer.learning_rate=0.05,0.1,0.15,0.2,0.25,0.3 --metric test_accuracy
expect 0 sweep "$@" --output whole --quiet

# The script: a task is requeued in its first trial and goes on with it; meanwhile the table is
# made; the command of the comment waits for both tasks and makes the last one.
expect 0 sweep "$@" --output parts --slurm 2 --sbatch "--time=10:00"
cp out job.sh
submit job.sh
until_true grep -q started parts/log-1-of-2.jsonl
sleep 0.5
expect 0 sweep --collect parts
expect_out '^missing: [0-9]* trials (shards 1, 2 of 2)$'
scontrol requeue "${job}_1" || fail "the task can not be requeued"
until_true is_pending "${job}_1"
grep -q '"status": "interrupted"' parts/log-1-of-2.jsonl || fail "the trial has not saved itself"
# In the second in which it was ended slurmd would refuse it, later SLURM waits two minutes.
scontrol update JobId="${job}_1" StartTime=now+3 || fail "the task can not be started again"
out_of_2=small-learning_rate-${job}_2.out
words=$(sed -n "s/^# collect:  sbatch \(.*\):ID /\1:$job /p" job.sh)
eval "completed --output=collected.txt $words" || fail "the table is not made: $words"
grep -q '^6 trials: 6 completed$' collected.txt || fail "not 6 trials: $(cat collected.txt)"
same_table parts
[ "$(cat parts/log-*.jsonl | grep -c '"status": "completed"')" -eq 6 ] ||
    fail "a trial was completed more than once"
[ -e "$out_of_2" ] && [ ! -s "$out_of_2" ] || fail "a quiet task says something"

# Submitted again, as a whole or in part, there is nothing left to do.
completed job.sh || fail "the script does not run again"
completed --array=2 job.sh || fail "a part of the script does not run again"
[ "$(cat parts/log-*.jsonl | grep -c '"event": "started"')" -eq 7 ] || fail "a trial was repeated"

# Arrays of other numbers: from 0 on by steps of 2; a part, by the number that it had.
task="$trainer sweep $(printf '%s ' "$@") --output steps --quiet"
completed --array=0-2:2 --wrap="$task --shard auto" || fail "--shard auto failed"
expect 0 sweep --collect steps
same_table steps
completed --array=2 --output=part.txt --wrap="$task --shard auto" &&
    fail "a part of an array is taken for a whole one"
grep -q 'SLURM_ARRAY_TASK_ID=2 does not say of how many shards' part.txt || fail "no reason"
completed --array=2 --wrap="$task --shard auto/2" || fail "--shard auto/2 failed"

# Before the time is up the task gets the signal itself, and its trial saves itself.
expect 0 sweep "$@" trainer.max_steps=100000000 --output late --slurm 1 \
    --sbatch "--time=1 --signal=B:TERM@30"
cp out job.sh
completed --output=late.txt job.sh && fail "a task that was told to end completed"
grep -q '"status": "interrupted"' late/log.jsonl || fail "the trial has not saved itself"
