#!/bin/sh
# The book's run on real MNIST: near 10 % before the first step, 96.5 to 97.5 % at the end, for five
# seeds. Skipped, loudly, where the data is not there; it is never downloaded for a test.
. "${TRAINER_SOURCE_DIR:-$(dirname "$0")/..}/tests/cli/lib/cli.sh"
TRAINER_MNIST=${TRAINER_MNIST:-$source_dir/../shared/mnist}
export TRAINER_MNIST
if [ ! -f "$TRAINER_MNIST/train-images-idx3-ubyte.gz" ] &&
    [ ! -f "$TRAINER_MNIST/train-images-idx3-ubyte" ]; then
    echo "*** SKIPPED: no MNIST in $TRAINER_MNIST; TRAINER_MNIST names another folder"
    exit 77
fi

# The sixth column of the rows that a run prints is the accuracy on the test set.
for seed in 1 2 3 4 5; do
    expect 0 "$source_dir/configs/mnist_two_layer.yaml" --seed $seed --output "seed$seed"
    awk -v seed=$seed '
        NF == 7 && $2 == 0 { first = $6 }
        NF == 7 && $2 == 10000 { last = $6 }
        NF == 7 && $2 ~ /^[0-9]+$/ { rows++ }
        END {
            printf "seed %d: test accuracy %s before, %s after, %d rows\n", seed, first, last, rows
            exit !(rows == 18 && first > 0.05 && first < 0.16 && last >= 0.965 && last <= 0.975)
        }' out || fail "seed $seed is not within the bounds"
done
