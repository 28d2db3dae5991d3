#!/bin/sh
# What the book's chapters 6 to 8 show, on the built-in digits: first weights, BatchNorm, what is
# learnt by heart, convolutions.
# shellcheck source=tests/cli/lib/cli.sh
. "$(dirname "$0")/lib/cli.sh"

# accuracy NAME: trains configs/NAME.yaml with the arguments after it; leaves the last row's test
# accuracy times 10,000 in $test and that of training in $train.
accuracy() {
    name=$1
    shift
    rm -rf run
    expect 0 "$source_dir/configs/$name.yaml" --output run "$@"
    row=$(grep -E '^ *[0-9.]+ +[0-9,]+ +[0-9.]+ ' out | tail -n 1)
    test=$(echo "$row" | awk '{ print int($(NF - 1) * 10000) }')
    train=$(echo "$row" | awk '{ print NF == 7 ? int($4 * 10000) : 0 }')
}

# Each optimizer at its own rate: behind as many steps Adam is ahead of SGD.
accuracy optimizers
sgd=$test
accuracy optimizers optimizer=adam
[ "$test" -gt $((sgd + 500)) ] || fail "Adam is not ahead of SGD: $test, $sgd"

# Weights of 0.01 leave the deep net at chance level; those of he learn, and so does BatchNorm.
accuracy init
[ "$test" -lt 2000 ] || fail "first weights of 0.01 learn: $test"
he='{type: he}'
accuracy init "model.layers.affine1.init=$he" "model.layers.affine2.init=$he" \
    "model.layers.affine3.init=$he" "model.layers.affine4.init=$he" "model.layers.affine5.init=$he"
[ "$test" -gt 6000 ] || fail "first weights of he do not learn: $test"
accuracy batch_norm
[ "$test" -gt 9000 ] || fail "BatchNorm does not learn: $test"

# 300 samples are learnt by heart; weight decay narrows the gap to the test.
accuracy overfit
gap=$((train - test))
[ "$train" -gt 9900 ] || fail "300 samples are not learnt by heart: $train"
[ "$gap" -gt 2000 ] || fail "nothing is learnt by heart: $gap"
accuracy overfit optimizer.weight_decay=0.05
[ $((train - test)) -lt "$gap" ] || fail "weight decay leaves the gap as it is"

accuracy convnet data.train=2000 data.test=500 trainer.max_epochs=5
[ "$test" -gt 8500 ] || fail "the convolutional network does not learn: $test"
accuracy deep_convnet data.train=1000 data.test=200 trainer.max_epochs=5
[ "$test" -gt 2500 ] || fail "the deep convolutional network does not learn: $test"
accuracy deep_convnet_norm data.train=1000 data.test=200 trainer.max_epochs=4
[ "$test" -gt 2500 ] || fail "the deep convolutional network with BatchNorm does not learn: $test"
