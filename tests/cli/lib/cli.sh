# What the tests of the program share: a folder of their own, and checks that say what they saw.
set -u
trainer=${TRAINER_PROGRAM:-$(cd "$(dirname "$0")/../../build" && pwd)/trainer}
source_dir=${TRAINER_SOURCE_DIR:-$(cd "$(dirname "$0")/../.." && pwd)}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
escape=$(printf '\033')
return_key=$(printf '\r')

fail() {
    echo "FAILED: $*" >&2
    for stream in out err; do
        [ ! -s "$stream" ] || sed "s/^/  $stream: /" "$stream" >&2
    done
    exit 1
}

# Runs the program with the arguments after the expected exit status; what it printed is in out and
# err then.
expect() {
    status=$1
    shift
    "$trainer" "$@" >out 2>err
    got=$?
    [ "$got" -eq "$status" ] || fail "trainer $*: exit status $got, not $status"
}

# The whole of standard error, of one line or several.
expect_err() {
    printf '%s\n' "$@" | cmp -s - err || fail "standard error is not: $*"
}

# A line of standard output that matches.
expect_out() {
    grep -q -e "$1" out || fail "no line of standard output matches: $1"
}

no_control_characters() {
    ! grep -q -e "$escape" -e "$return_key" "$1" || fail "$1 has control characters"
}

# A network that trains in a fraction of a second.
small_config() {
    cat >small.yaml <<'END'
name: small
seed: 1
data: {type: digits, train: 2000, test: 500}
model:
  layers:
    - {type: Affine, units: 20}
    - {type: ReLU}
    - {type: Affine, units: 10}
    - {type: SoftmaxWithLoss}
optimizer: {type: sgd, learning_rate: 0.1}
trainer: {max_epochs: 3, evaluate: {train: true}}
END
}
