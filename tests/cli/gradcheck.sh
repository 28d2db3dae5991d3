#!/bin/sh
# The gradient check as its user sees it: options, the table, each verdict's line and exit status.
# shellcheck source=tests/cli/lib/cli.sh
. "$(dirname "$0")/lib/cli.sh"

# Writes $1.yaml: the inline data $2 and the layers $3.
network() {
    printf 'data: {type: inline, inputs: {%s}}\nmodel: {layers: [%s]}\n' "$2" "$3" >"$1.yaml"
}

xor=$source_dir/configs/xor.yaml
expect 0 gradcheck "$xor"
expect_out '^xor: 3 samples, float64 .*, 1 thread, '
expect_out '^affine1/weight  2x8 .*right$'
expect_out '^1 and 2 threads: the same bits$'
expect_out '^Right: all 48 gradients checked agree to '

expect 0 gradcheck "$xor" --mode eval --book
expect_out '^tensor .*mean |a-n|  verdict$'
expect_out '^float32 against float64: baseline (eval) '

expect 0 gradcheck "$xor" --after 5 --layer affine1 --output g.h5 optimizer.learning_rate=0.5
expect_out '^inputs  *3x2 .*right$'
! grep -q '^affine2' out || fail "another layer than affine1 was checked"
[ -s g.h5 ] || fail "no g.h5"

# All wrong options are told.
expect 2 gradcheck "$xor" --samples 0 --rtol 2 --atol 0 --step x --mode test
expect_err "trainer: --samples must be an integer from 1 to 16777216, not '0'" \
    "trainer: --rtol must be a number above 0 and at most 1, not '2'" \
    "trainer: --atol must be a number above 0 and at most 1, not '0'" \
    "trainer: --step must be a number above 0 and at most 1, not 'x'" \
    "trainer: --mode must be train or eval, not 'test'"

# A kink or two are skipped and counted; where there are more, nothing is said of the rest.
network few 'x: [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3]]' \
    '{type: ReLU, input: x}'
expect 0 gradcheck few.yaml
expect_out '^x *1x22  *21/22 '
expect_out '; 1 at kinks skipped\.$'
network many 'x: [[0, 0, 1], [1, 2, -1]]' '{type: ReLU, input: x}'
expect 3 gradcheck many.yaml
expect_out '^Inconclusive: 33.3 % of the elements of x lie at kinks\.$'

# Nobody can tell gradients apart that differ by less than differences can show.
expect 3 gradcheck "$xor" --rtol 1e-15 --atol 1e-300
! grep -q ' wrong$' out || fail "an error that can't be seen was called one"

network zero 'x: [[1, 2], [3, 4]], zero: [[0, 0], [0, 0]]' \
    '{name: a, type: Affine, units: 2, input: x}, {type: Mul, input: [a, zero]}'
expect 3 gradcheck zero.yaml
expect_out '^Inconclusive: the gradient of a/weight is too small .* (weights drawn 4 times)\.$'

network frozen 'x: [[1, 2], [3, 4]]' \
    '{name: a, type: Affine, units: 2, frozen: true}, {type: Affine, units: 30}'
expect 0 gradcheck frozen.yaml --layer a
expect_out '^a/weight  *2x2  *0  *-  .*frozen$'
expect_out '^float32 against float64: baseline has no gradient to compare'

# x^3 at 1e20: its gradient is no float32.
network cube 'x: [[1e20, 2]]' \
    '{name: square, type: Mul, input: [x, x]}, {type: Mul, input: [square, x]}'
expect 1 gradcheck cube.yaml
expect_out '^float32 against float64: baseline .* WRONG in x'
expect_out '^Wrong: float32 gives other gradients than float64\.$'

# On a terminal it says how far it is, and takes that away again.
command -v script >/dev/null || exit 0
script -q -e -c "'$trainer' gradcheck '$xor'" out >/dev/null 2>&1 </dev/null ||
    fail "a check on a terminal failed"
expect_out "$return_key$escape\\[Kxor: 3 samples"
