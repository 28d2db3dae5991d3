#!/bin/sh
# A run whose numbers overflow says how to see it again, and replay shows every tensor of that step.
# shellcheck source=tests/cli/lib/cli.sh
. "$(dirname "$0")/lib/cli.sh"
cat >big.yaml <<'END'
name: big
seed: 1
data: {type: inline, inputs: {x: [[1e38, 1], [1, 2]]}, labels: [1, 0]}
model:
  layers:
    - {name: first, type: Affine, units: 2}
    - {type: SoftmaxWithLoss}
optimizer: {type: sgd, learning_rate: 1000000}
trainer: {max_steps: 9, batch_size: 1, sampling: sequential}
END
expect 1 big.yaml --output run --quiet
grep -q '; see how it came to this: trainer replay .*run/failure.h5$' err ||
    fail "nothing is said of a replay"
said=$(sed -n 's/^trainer: \(.*\); see how .*/\1/p' err)

expect 0 replay run/failure.h5
expect_out '^from step [0-9]* to step [1-9]'
grep -qF "$said: the same again" out || fail "not the same: $said"
expect_out '^samples of the batch: [01]$'
expect_out '^layer  *tensor  *least  *most  *nan  *infinite$'
expect_out '^first  *weight  '
expect_out '^first  *output  *nan  *nan  *0  *2$'

expect 2 replay run/checkpoint.h5
expect_err "trainer: run/checkpoint.h5: is not a failure but a checkpoint file"
expect 2 replay none.h5
expect_err "trainer: none.h5: No such file or directory"
