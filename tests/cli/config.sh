#!/bin/sh
# What a config becomes: values that override others, kinds that replace kinds; and what is refused.
# shellcheck source=tests/cli/lib/cli.sh
. "$(dirname "$0")/lib/cli.sh"

cat >x.yaml <<'END'
name: x
data: {type: digits, train: 200, test: 50}
model:
  layers:
    - {name: first, type: Affine, units: 10, init: {type: normal, std: 1, mean: 0.5}}
    - {type: SoftmaxWithLoss}
optimizer: {type: sgd, learning_rate: 0.1}
trainer: {max_steps: 5, batch_size: 10}
END

# --- empty values -------------------------------------------------------------------------------

# A shell's variable that is not set must not mean the default.
for command in train config summary; do
    expect 2 $command x.yaml optimizer.learning_rate=
    grep -q "optimizer.learning_rate" err || fail "$command takes an empty value"
done
expect 2 x.yaml optimizer.learning_rate=
expect_err "command line: optimizer.learning_rate=: 'optimizer.learning_rate' is empty; write null \
for the default"
expect 0 config x.yaml optimizer.learning_rate=null
expect_out '^  learning_rate: 0.01'
sed 's/learning_rate: 0.1/learning_rate: /' x.yaml >none.yaml
expect 0 config none.yaml
expect_out '^  learning_rate: 0.01'

# --- kinds in the place of kinds ----------------------------------------------------------------

expect 0 config x.yaml 'model.layers.first.init={type: uniform, min: -1}'
expect_out '^      type: uniform'
expect_out '^      min: -1'
expect 0 config x.yaml 'model.layers.first.init={type: NORMAL, std: 2}'
expect_out '^      mean: 0.5'
expect 0 config x.yaml 'data={type: inline, inputs: {a: [[1]]}, labels: [0]}'
expect_out '^  type: Inline'
expect 2 config x.yaml model.layers.first.init.type=uniform
expect_err "x.yaml:5:67: unknown key 'std' in init of Affine 'first'; it is an option of \
type: normal, truncated_normal; the type 'uniform' is from the command line: \
model.layers.first.init.type=uniform" \
    "x.yaml:5:75: unknown key 'mean' in init of Affine 'first'; it is an option of \
type: normal, truncated_normal; the type 'uniform' is from the command line: \
model.layers.first.init.type=uniform"
# A key of another kind: which one has it, and where this one is named.
printf 'include: x.yaml\noptimizer: {beta1: 0.5}\n' >over.yaml
expect 2 config over.yaml
expect_err "over.yaml:2:13: unknown key 'beta1' in optimizer; it is an option of type: adam, \
adamw; the type 'sgd' is from x.yaml:7:19"
expect 2 config x.yaml data.delimiter=x data.classes=5
expect_err "command line: data.delimiter=x: unknown key 'delimiter' in data; it is an option of \
type: csv; the type 'digits' is from x.yaml:2:14" \
    "command line: data.classes=5: unknown key 'classes' in data; it is an option of type: idx, \
inline; the type 'digits' is from x.yaml:2:14"
# Several numbers for one.
expect 2 config x.yaml optimizer.learning_rate=0.1,1
expect_err "command line: optimizer.learning_rate=0.1,1: 'learning_rate' in optimizer must be a \
number > 0 and <= 1000000, not '0.1,1'; to try several values: trainer sweep CONFIG key=value,value"
printf 'include: x.yaml\ndata: {type: inline, inputs: {a: [[1]]}, labels: [0]}\n' >over.yaml
expect 0 config over.yaml
expect_out '^  type: Inline'
cat >over.yaml <<'END'
include: x.yaml
model: {layers: [{type: Affine, units: 3, init: uniform}, {type: ReLU, name: r}]}
END
expect 0 config over.yaml 'model.layers.affine1.init={max: 2}' \
    'model.layers.r={type: Affine, units: 2}'
expect_out '^      max: 2'
expect_out '^  - name: r'
cat >kinds.yaml <<'END'
config: x.yaml
metric: {name: test_accuracy, goal: maximize}
parameters:
  model.layers.first.init: [{type: normal, std: 0.1}, {type: uniform, min: -1, max: 1}, uniform]
END
expect 0 sweep kinds.yaml --output kinds
[ "$(grep -l 'type: uniform' kinds/trials/*/config.yaml | wc -l)" -eq 2 ] || fail "no swept kinds"

# --- configs from streams -----------------------------------------------------------------------

expect 0 config x.yaml
cp out resolved
"$trainer" config - <x.yaml >out 2>err || fail "no config from -"
sed 's/^name: .*/name: x/' out | cmp -s - resolved || fail "a config from - is another one"
sed -n p x.yaml | "$trainer" config /dev/stdin >out 2>err || fail "no config from a pipe"
cmp -s out resolved || fail "a config from a pipe is another one"
mkfifo pipe
cat x.yaml >pipe &
expect 0 config pipe
cmp -s out resolved || fail "a config from a FIFO is another one"
sed -n p x.yaml | "$trainer" - --output streamed >out 2>err || fail "no training from -"
[ -f streamed/run.h5 ] || fail "no run from a pipe"
echo 'include: x.yaml' | "$trainer" config - >out 2>err || fail "no include beside a stream"
echo 'include: y.yaml' | "$trainer" config - >out 2>err && fail "an include that is not there"
expect_err "/dev/stdin:1:10: cannot read 'y.yaml': No such file or directory"
"$trainer" sweep - --dry-run <kinds.yaml >out 2>err || fail "no sweep from -"

# --- mistakes at their own line -----------------------------------------------------------------

printf 'trainer:\n  batch_size:4\n  max_steps: 5\n' >blank.yaml
expect 2 blank.yaml
expect_err "blank.yaml:2:13: a blank is missing behind the ':' of 'batch_size'"
printf 'trainer:\n  batch_size: 4\n   max_steps: 5\n' >indent.yaml
expect 2 indent.yaml
expect_err "indent.yaml:3:4: 'max_steps' is indented otherwise than the keys above it; the keys of \
a mapping begin in one column"
for name in '%x' '*a' '&a' '@a' '!a' '`a'; do
    expect 2 config x.yaml "name=$name"
    grep -q "quotes" err || fail "name=$name is not told to stand in quotes"
    expect 2 config x.yaml "name='$name'"
    grep -q "'name' must be letters" err || fail "name='$name' is no text"
done

# --- the run's folder is what the command line says -----------------------------------------------

# shellcheck disable=SC2016  # no variable is meant
expect 0 x.yaml --output 'o/d${HOME}x'
# shellcheck disable=SC2016
[ -f 'o/d${HOME}x/run.h5' ] || fail "a variable in --output is expanded"
latin=$(printf 'o/l\351t')
expect 0 x.yaml --output "$latin"
[ -f "$latin/run.h5" ] || fail "a folder's name in Latin-1 is lost"
expect 0 resume "$latin" max_steps=6
expect 2 x.yaml --output ''
expect_err "trainer: --output must be a DIR, not ''"
mkdir gone
(cd gone && rmdir ../gone && "$trainer" config "$work/x.yaml" >../out 2>../err) ||
    fail "absolute paths need the current folder"

# --- what was meant -----------------------------------------------------------------------------

# meant ARGUMENT KEY: the message names the full key.
meant() {
    expect 2 config x.yaml "$1"
    [ "$(wc -l <err)" -eq 1 ] || fail "$1 is told in several lines"
    grep -q "did you mean $2?\$" err || fail "$1 is not told as $2"
}
meant epochs=5 "'trainer.max_epochs'"
meant max_epochs=5 "'trainer.max_epochs'"
meant lr=0.1 "'optimizer.learning_rate'"
meant optimizer.lr=0.1 "'learning_rate'"
meant trainer.epochs=5 "'max_epochs'"
meant trainer.lr=1 "'optimizer.learning_rate'"
meant first.units=5 "'model.layers.first.units'"
meant units=5 "'model.layers.first.units'"
meant early_stopping.patience=3 "'trainer.early_stopping.patience'"
meant stratify=true "'data.split.stratify'"
for command in train config summary graph data gradcheck; do
    expect 2 $command kinds.yaml
    expect_err "kinds.yaml:1:1: this is a sweep, not a config; to run it: trainer sweep kinds.yaml"
done

# --- folders where a file is meant --------------------------------------------------------------

expect 0 x.yaml --output run
expect 0 sweep x.yaml seed=1,2 --metric test_accuracy --output swept
expect 2 sweep swept
expect_err "trainer: swept: is the folder of a sweep; the same \`trainer sweep\` goes on with it"
expect 2 sweep run
expect_err "trainer: run: is the folder of a run; to vary keys of its config: trainer sweep \
run/config.yaml key=value,value"
expect 2 sweep run/run.h5
expect_err "trainer: run/run.h5: is an HDF5 file, not a sweep"
expect 2 sweep .
expect_err "trainer: .: is a folder, not a sweep"
expect 2 eval swept
expect_err "trainer: swept: is the folder of a sweep; its trials are runs: swept/trials/ID"
expect 2 data run
grep -q '^trainer: run: is the folder of a run, not a config' err || fail "a run is no data"

# --- every key is listed ------------------------------------------------------------------------

expect 0 options
# Every key, command and option that a text of the program names is there.
sed -n 's/^\([a-z_.]*\)  .*/\1/p' out >keys
for family in datasets optimizers schedules; do
    case $family in
    datasets) section=data ;;
    optimizers) section=optimizer ;;
    *) section=optimizer.schedule ;;
    esac
    for kind in $("$trainer" $family | awk 'NR > 1 { print tolower($1) }'); do
        "$trainer" $family "$kind" | sed -n "s/^\([a-z_0-9]*\)  .*/$section.\1/p"
    done
done >>keys
sources=$TRAINER_SOURCE_DIR
cat "$sources"/framework/*/*.[ch] "$sources"/trainer/*/*.[ch] "$sources"/layers/*.c \
    "$sources"/datasets/*.c | grep -v '^ \*\|^/\*' | grep -oE '"([^"\\]|\\.)*"' >texts
grep -ohE '\b(trainer|optimizer|data|model|output)\.[a-z][a-z_]*(\.[a-z_0-9]+)*\b' texts |
    grep -vE '\.h$|\.type$|^model\.layers|^data\.test\.' | sort -u >named
[ "$(wc -l <named)" -gt 10 ] || fail "texts name no keys"
while read -r key; do
    grep -qE "^$key(\.|\$)" keys || fail "$key is named, and there is no such key"
done <named
"$trainer" help >commands
grep -ohE '\btrainer [a-z_]+\b(\.yaml)?' texts | sort -u | grep -v ' configs$\|yaml$' >named
while read -r program command; do
    grep -q "^  $command " commands || fail "$program $command is named and not there"
    "$trainer" help "$command"
done <named | grep -ohE -- '--[a-z-]+' | sort -u >options
grep -hoE '`trainer[^`]*`' texts | grep -ohE -- '--[a-z-]+' | sort -u >named
while read -r option; do
    grep -qxF -e "$option" options || fail "$option is named, and no command has it"
done <named

expect 0 options
for key in seed data.normalize model.weights model.layers.frozen optimizer.clip_norm \
    optimizer.schedule.warmup trainer.max_epochs trainer.evaluate.every \
    trainer.early_stopping.patience trainer.checkpoint.keep_best output.folder parallel.trials \
    metric.goal; do
    expect_out "^$key  "
done
expect 0 options early_stopping
expect_out '^trainer.early_stopping.monitor  *text  *validation_loss  '
if grep -q '^trainer.batch_size' out; then fail "other sections are listed too"; fi
expect 0 options trainer.max_epochs
[ "$(grep -c '^trainer' out)" -eq 1 ] || fail "one key is not one row"
expect 0 options sweep
expect_out '^early_stopping.eta  '
expect 0 options --json
expect_out '"key": "trainer.max_epochs",'
expect 2 options trianer
grep -q "did you mean 'trainer'?" err || fail "a section is not suggested"
for family in layers datasets optimizers schedules; do # as `trainer options` says
    expect 0 $family
done

# --- configs to start from ----------------------------------------------------------------------

mkdir new
cd new || exit 1
for kind in two_layer convnet regression; do
    expect 0 new --kind $kind
    expect 0 $kind.yaml trainer.max_epochs=null trainer.max_steps=3 --output $kind
done
# Those for data of one's own say what to fill in, and train where the data are there.
expect 0 new --kind csv
expect_out '^csv.yaml is written; fill in the lines marked <-, and run it: trainer csv.yaml$'
grep -q '^  labels: target  *# <- ' csv.yaml || fail "no line is marked"
expect 2 csv.yaml
grep -q "^trainer: table.csv: cannot open: No such file or directory" err ||
    fail "it is not said that the table is missing"
{ echo a,target; for i in 1 2 3 4 5 6 7 8 9; do echo "$i,yes"; echo "-$i,no"; done } >table.csv
expect 0 csv.yaml --output csv
expect 0 new --kind images
mkdir photos photos/cat photos/dog
for class in cat dog; do
    expect 0 data "$TRAINER_SOURCE_DIR/configs/two_layer.yaml" --sheet photos/$class/1.png \
        data.train=20 data.test=1
    for i in 2 3 4 5 6 7; do cp photos/$class/1.png photos/$class/$i.png; done
done
expect 0 images.yaml trainer.max_epochs=1 --output images
expect 0 new --kind sweep
expect 0 sweep sweep.yaml --dry-run
expect 2 new
expect_err "trainer: two_layer.yaml: is there already; name another file"
expect 0 new - --kind regression
cmp -s out regression.yaml || fail "standard output gets another config"
expect 0 regression.yaml --output whole
expect 0 new mine.yaml
expect 0 config mine.yaml
cd .. || exit 1

# --- a resolved config, resolved again ----------------------------------------------------------

for config in "$TRAINER_SOURCE_DIR"/configs/[!m]*.yaml; do
    case $config in */buy_*) continue ;; esac # graphs, which nothing trains
    expect 0 config "$config"
    cp out resolved.yaml
    expect 0 config resolved.yaml
    cmp -s out resolved.yaml || fail "$config is another text when it is read again"
done
