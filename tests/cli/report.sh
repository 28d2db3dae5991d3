#!/bin/sh
# Pages of runs: where they are written, of which paths, and over what.
# shellcheck source=tests/cli/lib/cli.sh
. "$(dirname "$0")/lib/cli.sh"
small_config

expect 0 small.yaml trainer.max_epochs=2
expect 0 report runs/small/latest
expect_out '^runs/small/0001/report.html, [0-9.]* kB$'
cp runs/small/0001/report.html whole
grep -q '<strong>Completed.</strong>' whole || fail "no status"
grep -q '^<p>40 steps in .* s; test accuracy 0\..*, best 0\..* at epoch' whole || fail "no result"
[ "$(wc -c <whole)" -le 400000 ] || fail "a page of a small run is large"

for id in status curves classes network config provenance; do
    grep -q "<h2 id=\"$id\">" whole || fail "no section $id"
done
grep -q 'optimizer.learning_rate<.*<bdi>0.1</bdi></td><td><bdi>file small.yaml:10<' whole ||
    fail "not where a value comes from"
grep -q 'trainer.max_epochs<.*<bdi>2</bdi></td><td><bdi>command line<' whole ||
    fail "not that an argument has set a value"
grep -q '^<pre>trainer resume runs/small/0001 ' whole || fail "no command to resume"

# Bold is what was set to something else than the default, of sections, layers and kinds.
cat >bold.yaml <<'END'
name: bold
data: {type: inline, inputs: {x: [[0, 1], [1, 0]]}, labels: [1, 0]}
model:
  layers: [{name: thin, type: Dropout, rate: 0.5}, {name: one, type: Affine, units: 2, init: he,
            bias_init: {type: constant, value: 0}},
           {name: more, type: Dropout, rate: 0.25}, {type: SoftmaxWithLoss}]
optimizer: {type: momentum, learning_rate: 1e-2, momentum: 9e-1}
trainer: {max_steps: 2, batch_size: 2, sampling: shuffle}
END
expect 0 bold.yaml --output bold --quiet
expect 0 report bold
for key in one.units one.init.type more.rate; do
    grep -q "^<tr class=\"mark\"><th scope=\"row\"><bdi>model.layers.$key<" bold/report.html ||
        fail "$key is not bold"
done
for key in model.layers.thin.rate model.layers.one.type model.layers.one.bias_init.type \
    model.layers.one.bias_init.value optimizer.type optimizer.momentum trainer.sampling; do
    grep -q "^<tr><th scope=\"row\"><bdi>$key</bdi></th>.*<bdi>file bold.yaml:" bold/report.html ||
        fail "$key has its default, and is bold or not there"
done

# Where the default is a kind with values of its own, those count, not the kind's.
for std in 1 0.01; do
    cat >words.yaml <<END
data: {type: inline, inputs: {word: [0, 3, 1]}, labels: [1, 0, 1]}
model:
  layers: [{name: table, type: Embedding, size: 2, init: {type: normal, std: $std}},
           {type: Affine, units: 2}, {type: SoftmaxWithLoss}]
optimizer: {type: sgd, learning_rate: 0.1}
trainer: {max_steps: 2, batch_size: 2}
END
    expect 0 words.yaml --output "words$std" --quiet
    expect 0 report "words$std"
done
grep -q '^<tr><th scope="row"><bdi>model.layers.table.init.std<' words1/report.html ||
    fail "the first weights of every Embedding are bold"
grep -q '^<tr class="mark"><th scope="row"><bdi>model.layers.table.init.std<' \
    words0.01/report.html || fail "other first weights than those of an Embedding are not bold"

# Every path of the run, and another name.
for path in runs/small/0001/ runs/small/0001/run.h5 runs/small runs; do
    expect 0 report "$path"
    expect_out '^runs/small/0001/report.html, '
done
expect 0 report runs/small/latest -o other.html
cmp -s other.html whole || fail "the same run gives another page"

# What is no report stays.
echo mine >mine.html
expect 2 report runs/small/latest -o mine.html
grep -q '^trainer: mine.html: is there and was not written by .trainer report.' err ||
    fail "nothing is said of a file that stays"
[ "$(cat mine.html)" = mine ] || fail "a file was written over"
expect 2 report runs/small/latest -o page.pdf
expect_err "trainer: page.pdf: expected a file's name that ends in .html"
[ ! -e page.pdf ] || fail "a page under the name of something else"
expect 2 report runs/small/latest -o missing/page.html
expect_err "trainer: missing/page.html: no folder 'missing'"
expect 2 report nowhere
expect_err 'trainer: nowhere: No such file or directory'
expect 2 report small.yaml
grep -q "^trainer: small.yaml: expected a run's folder, its run.h5 or a checkpoint" err ||
    fail "nothing is said of a path that is no run"

# A run that failed, and one that has saved nothing.
cat >wild.yaml <<'END'
name: wild
data: {type: inline, inputs: {x: [[1e38, 1], [1, 2]]}, labels: [1, 0]}
model: {layers: [{type: Affine, units: 2}, {type: SoftmaxWithLoss}]}
optimizer: {type: sgd, learning_rate: 1000000}
trainer: {max_steps: 9, batch_size: 1, sampling: sequential}
END
expect 1 wild.yaml
expect 0 report runs/wild/latest -o wild.html
grep -q '<strong>Failed.</strong>' wild.html || fail "no status of a failure"
grep -q '<p class="warning">step 3: .* is inf in row 0' wild.html || fail "no reason of a failure"
mkdir empty && cp small.yaml empty/config.yaml && : >empty/lock
expect 0 report empty
grep -q 'The run has saved nothing yet' empty/report.html || fail "no word of a run without file"

# Data that are gone or others are told in a line; the rest is there.
printf 'x,y,kind\n0,1,a\n1,0,b\n2,1,a\n3,0,b\n' >table.csv
cat >table.yaml <<'END'
name: table
data: {type: csv, train: table.csv, labels: kind, split: {test: 2}}
model: {layers: [{type: Affine, units: 2}, {type: SoftmaxWithLoss}]}
optimizer: {type: sgd, learning_rate: 0.1}
trainer: {batch_size: 2, max_epochs: 2}
END
expect 0 table.yaml
expect 0 report runs/table/latest -o table.html
grep -q '<h2 id="network">' table.html && ! grep -q "can't be read" table.html || fail "no network"
printf 'x,y,kind\n0,1,a\n1,0,b\n2,1,a\n3,9,b\n' >table.csv
expect 0 report runs/table/latest -o table.html
grep -q 'the data are not those of the run' table.html || fail "other data are taken for the run's"
rm table.csv
expect 0 report runs/table/latest -o table.html
grep -q 'table.csv: cannot open: No such file' table.html || fail "nothing is said of missing data"
grep -q '<h2 id="provenance">' table.html || fail "without its data a page is not whole"

# A file that was cut anywhere is told in a line, and no page is written.
told() {
    echo "trainer: cut/run.h5: is cut short: only the first $1 bytes are there of an HDF5 file"
}
mkdir cut
size=$(wc -c <runs/small/0001/run.h5)
at=0
while [ "$at" -lt "$size" ]; do
    head -c "$at" runs/small/0001/run.h5 >cut/run.h5
    expect 2 report cut/run.h5
    [ "$(wc -l <err)" -eq 1 ] || fail "more than a line of a file cut at $at"
    [ "$at" -eq 0 ] || expect_err "$(told "$at")"
    at=$((at + 1000))
done
[ ! -e cut/report.html ] || fail "a page of a damaged file"

# What else of such a run is there is said, and serves.
head -c 9 runs/small/0001/run.h5 >cut/run.h5
cp runs/small/0001/checkpoint.h5 cut/checkpoint.h5.prev
expect 2 report cut
expect_err "$(told 9); cut/checkpoint.h5.prev can be given in its place"
cp runs/small/0001/checkpoint.h5 cut
for command in report plot eval; do
    expect 2 "$command" cut
    expect_err "$(told 9); cut/checkpoint.h5 can be given in its place"
    expect 0 "$command" cut/checkpoint.h5
done
expect 2 compare cut runs/small/0001
expect_err "$(told 9); cut/checkpoint.h5 can be given in its place"
head -c 9000 runs/small/0001/checkpoint.h5 >cut/checkpoint.h5
expect 2 eval cut/checkpoint.h5
grep -q '; cut/checkpoint.h5.prev can be given in its place$' err ||
    fail "no word of the one before"

# A sweep: its page, of every path of it, and of a file that was cut.
expect 0 sweep small.yaml optimizer.learning_rate=0.1,0.2 --metric test_accuracy name=rates
expect 0 report runs/rates
expect_out '^runs/rates/report.html, [0-9.]* kB$'
grep -q '^<p>completed: 2 of 2 trials have begun, 2 completed\.' runs/rates/report.html ||
    fail "no summary of a sweep"
grep -q '^<pre><code>trainer runs/rates/trials/[0-9a-f]*/config.yaml trainer.max_epochs=' \
    runs/rates/report.html || fail "no command for the best config"
[ "$(grep -c '<div class="static picture">' runs/rates/report.html)" -eq 3 ] ||
    fail "not a picture of the parameter, the curves and the seconds"
grep -q 'Too few trials to say: 2 have a last test_accuracy, and 20 are needed' \
    runs/rates/report.html || fail "shares of two trials"
command=$(sed -n 's|^<pre><code>trainer \(runs/rates/.*\)</code>$|\1|p' runs/rates/report.html)
# shellcheck disable=SC2086  # words
expect 0 $command
size=$(wc -c <runs/rates/sweep.h5)
cp runs/rates/sweep.h5 whole.h5
at=0
while [ "$at" -lt "$size" ]; do
    head -c "$at" whole.h5 >runs/rates/sweep.h5
    expect 2 report runs/rates
    [ "$(wc -l <err)" -eq 1 ] || fail "more than a line of a sweep.h5 cut at $at"
    at=$((at + 2000))
done
rm runs/rates/sweep.h5
expect 2 report runs/rates
expect_err 'trainer: runs/rates: no trial has ended yet'

# Several runs: one page here, with the keys that differ and no others.
expect 0 small.yaml optimizer.learning_rate=0.3
expect 0 report runs/small
expect_out '^report.html, [0-9.]* kB$'
grep -q '<h1>2 runs</h1>' report.html || fail "no page of two runs"
grep -q '<th scope="row"><bdi>optimizer.learning_rate</bdi></th>' report.html ||
    fail "no key that differs"
! grep -q '<th scope="row"><bdi>trainer.batch_size</bdi></th>' report.html ||
    fail "a key that is the same everywhere"
cp report.html several.html
expect 0 report runs/small/0001 runs/small/0002/run.h5 -o named.html
cmp -s named.html several.html || fail "the same runs by other paths give another page"
