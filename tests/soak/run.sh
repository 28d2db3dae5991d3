#!/bin/sh
# The long version of the tests that kill, stop and starve runs: the same code, larger counts. About
# an hour; one word runs only the tests whose names hold it.
#
#     tests/soak/run.sh [BUILD_FOLDER [WORD]]
set -eu
build=${1:-build}
word=${2:-}

# times WORD [PROGRAM]: that many times what `make test` does.
soak() {
    case $2 in *"$word"*) ;; *) return 0 ;; esac
    echo "--- $2, $1 times as many"
    TRAINER_SOAK=$1 CK_TIMEOUT_MULTIPLIER=100 "$build/${3:-test_resume}" "$2"
}

soak 10 again_and_again                # 200 random kills
soak 100 before_any_change              # 1,000 kills, each before another change of a file
soak 17 while_loading                  # 50 signals or more in each phase
soak 17 while_training
soak 17 while_evaluating
soak 17 while_saving
soak 17 second_signal
soak 20 disk_that_fails
soak 20 last_save_that_fails
soak 100 limit_on_the_size             # every 512 bytes

# soak_all TIMES TEST: all of another test program.
soak_all() {
    case $2 in *"$word"*) ;; *) return 0 ;; esac
    echo "--- $2, $1 times as many"
    TRAINER_SOAK=$1 CK_TIMEOUT_MULTIPLIER=100 "$build/$2" 2>/dev/null
}

soak_all 1000 test_faults              # every call of every scenario fails
soak_all 100 test_sandbox              # 6,000 damaged checkpoints
soak 20 sweep_that_is_killed test_sweep # 120 random kills of sweeps and of their trials

case ranks_that_die in
*"$word"*)
    echo "--- ranks_that_die"
    here=$(dirname "$0")
    TRAINER_SOURCE_DIR=$here/../.. TRAINER_BUILD_DIR=$build \
        sh "$here/../python/run.sh" "$here/ranks_that_die.py" 50 || [ $? -eq 77 ] ;;
esac
