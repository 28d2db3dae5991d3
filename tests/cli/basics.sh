#!/bin/sh
# Help, versions, lists of kinds; wrong command lines; what a lost standard output costs.
# shellcheck source=tests/cli/lib/cli.sh
. "$(dirname "$0")/lib/cli.sh"

expect 2
head -n 1 err | grep -q '^usage: trainer CONFIG' || fail "no usage without arguments"
[ ! -s out ] || fail "usage went to standard output"

expect 0 --help
expect_out '^  train  *Train the network'
expect 0 help train
expect_out '^  --threads N .*(trainer.threads)$'
cp out help_train
expect 0 train --help
cmp -s out help_train || fail "train --help differs from help train"
expect 2 help trian
expect_err "trainer: unknown command 'trian'; did you mean 'train'?"

expect 0 --version
expect_out '^trainer [0-9]'
expect_out '^commit   '
expect_out '^compiler '
expect_out '^HDF5     [0-9]'
expect_out '^float32  .*(available: baseline'

# Each kind is listed, and each one's own page prints.
for family in layers datasets optimizers schedules initializers metrics; do
    expect 0 "$family"
    [ "$(wc -l <out)" -ge 2 ] || fail "$family lists nothing"
    sed 1d out | cut -d ' ' -f 1 >kinds
    while read -r kind; do
        expect 0 "$family" "$kind"
        expect_out "^$kind: "
    done <kinds
done
expect 0 layers AFFINE
expect_out '^units  *integer .*required'
expect 2 layers Afine
grep -q "^trainer: unknown layer 'Afine'; did you mean 'Affine'? known: Add, Affine," err ||
    fail "wrong message for Afine"

expect 2 elephant
neither='is neither a command nor a config file;'
expect_err "trainer: 'elephant' $neither \`trainer help\` lists the commands"
small_config
expect 2 smal.yaml
expect_err "trainer: 'smal.yaml' $neither did you mean the file 'small.yaml'?"
expect 2 sumary
expect_err "trainer: 'sumary' $neither did you mean the command 'summary'?"
expect 2 small.yaml --thread 2 --quite
expect_err "trainer: unknown option '--thread'; did you mean '--threads'?" \
    "trainer: unknown option '--quite'; did you mean '--quiet'?"
expect 2 small.yaml trainer.max_step=3
expect_err "command line: trainer.max_step=3: unknown key 'max_step' in trainer;\
 did you mean 'max_steps'?"
[ ! -e runs ] || fail "a wrong command line left a folder"

# Results that could not be written are a failure.
if [ -w /dev/full ]; then
    "$trainer" layers >/dev/full 2>err
    [ $? -eq 1 ] || fail "a full standard output went unnoticed"
    expect_err "trainer: standard output: No space left on device"
fi
"$trainer" layers >&- 2>err
[ $? -eq 1 ] || fail "a closed standard output went unnoticed"
mkfifo pipe
"$trainer" layers >pipe 2>err &
exec 3<pipe 3<&-
wait $!
status=$?
[ $status -eq 0 ] || fail "a reader that left: exit status $status"
[ ! -s err ] || fail "a reader that left is no news"
