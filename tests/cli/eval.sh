#!/bin/sh
# trainer eval: the numbers of the run's last row, as a table, JSON, CSV and HDF5.
# shellcheck source=tests/cli/lib/cli.sh
. "$(dirname "$0")/lib/cli.sh"
small_config

# The last row has the accuracies of the training and the test data, four decimals each.
expect 0 small.yaml data.validation=200 trainer.checkpoint.keep_best=validation_macro_f1
row=$(sed -n '/^ *3  /p' out | tail -n 1)
expect 0 eval runs/small/latest
expect_out '^runs/small/latest/run.h5: step 54$'
expect_out '^split  *samples  *loss  *accuracy  *macro F1  *top-5 accuracy  *baseline$'
for split in train:3:4 validation:5:6 test:7:8; do
    name=${split%%:*}
    loss=$(echo "$row" | awk -v at="$(echo "$split" | cut -d: -f2)" '{ print $at }')
    accuracy=$(echo "$row" | awk -v at="${split##*:}" '{ print $at }')
    expect_out "^$name  *[0-9,]*  *$loss  *$accuracy  *0\.[0-9]*  *0\.[0-9]*  *0\.1"
done
expect_out '^test by class; on the right the confusion matrix'
expect_out '^class  *precision  *recall  *f1  *support  *0  *1 .* 9$'

# The same from its file, on any number of threads, and of one split alone.
cp out whole
expect 0 eval runs/small/latest/run.h5 --threads 1
cmp -s out whole || fail "one thread gives other numbers"
expect 0 eval runs/small/latest --split test
grep -q '^train' out && fail "--split test shows the training data"
expect_out '^test  *500 '
expect 0 eval runs/small/latest/best.h5 --split validation
expect_out '^validation  *200 '

expect 0 eval runs/small/latest --output all.csv
head -n 1 all.csv | grep -q '^split,metric,value$' || fail "the CSV has no header"
grep -q '^test,samples,500$' all.csv || fail "the CSV has no test samples"
grep -q '^test,accuracy,0\.[0-9]*$' all.csv || fail "the CSV has no accuracy"
grep -q '^test,per_class\.9\.f1,' all.csv || fail "the CSV has no class"
sum=$(awk -F, '/^test,per_class.*support/ { sum += $3 } END { print sum }' all.csv)
[ "$sum" -eq 500 ] || fail "the supports are $sum in all, not 500"

expect 0 eval runs/small/latest -o all.json
for key in run steps classes splits samples loss accuracy macro_f1 top_5 baseline \
    confusion_matrix per_class precision recall f1 support; do
    grep -q "\"$key\":" all.json || fail "the JSON has no $key"
done
grep -q NaN all.json && fail "NaN is no JSON"
expect 0 eval runs/small/latest -o all.h5
[ "$(head -c 4 all.h5 | tail -c 3)" = HDF ] || fail "all.h5 is no HDF5 file"

# A regression: RMSE beside the deviation of the targets.
cat >line.yaml <<'END'
name: line
data:
  type: inline
  inputs: {x: [[0], [1], [2], [3]]}
  labels: [[1.0], [3.5], [4.5], [7.0]]
  normalize: {inputs: zscore, labels: zscore}
model: {layers: [{type: Affine, units: 1}, {type: SquaredErrorWithLoss}]}
optimizer: {type: sgd, learning_rate: 0.2}
trainer: {max_epochs: 200, batch_size: 4, evaluate: {train: true}}
END
expect 0 line.yaml
expect_out 'train loss  train RMSE'
expect_out 'training RMSE 0.3'
expect 0 eval runs/line/latest
expect_out '^split  *samples  *loss  *MAE  *R2  *RMSE  *baseline$'
expect_out '^train  *4  *0.0243  *0.3000  *0.9757  *0.3354  *2.1506$'

# What is refused.
expect 2 eval runs/small/latest --split val
expect 2 eval runs/line/latest --split test
expect_err 'trainer: --split test: the data has no such samples'
expect 2 eval runs/small/latest -o all.txt
expect_err "trainer: --output 'all.txt': expected a name in .json, .csv or .h5"
expect 2 eval runs/none
expect_err 'trainer: runs/none: No such file or directory'
expect 2 eval small.yaml
expect_err "trainer: small.yaml: expected a run's folder, its run.h5 or a checkpoint"
expect 2 eval runs
expect_err "trainer: runs: no run.h5 in this folder"
expect 2 eval runs/small/latest -o missing/all.csv
expect_err "trainer: missing/all.csv: no folder 'missing'"
expect 2 eval runs/small/latest -o runs/small/0001/run.h5
expect_err "trainer: runs/small/0001/run.h5: is what is read; expected another name"

# A labelled file of its own: read as the training data was, which is gone.
awk 'BEGIN {
    print "x,state,y"
    for (i = 0; i < 40; i++)
        printf "%d,%s,%.1f\n", i, i % 2 ? "Ohio" : "Iowa", 3 * i + (i % 2 ? 10 : 0)
}' >train.csv
cat >table.yaml <<'END'
name: table
data: {type: csv, train: train.csv, labels: y, normalize: {inputs: zscore, labels: zscore}}
model: {layers: [{type: Affine, units: 1}, {type: SquaredErrorWithLoss}]}
optimizer: {type: sgd, learning_rate: 0.2}
trainer: {max_epochs: 100, batch_size: 40}
END
expect 0 table.yaml
expect 0 eval runs/table/latest
expect_out '^train  *40 '
sed -n 's/^train/file/p' out >expected
! grep -q 'warning' err || fail "the data is called another one"
sed '2d;3p' train.csv >gone.csv
mv train.csv whole.csv
mv gone.csv train.csv
expect 0 eval runs/table/latest
grep -q 'warning: the data has changed since runs/table/latest/run.h5 was trained' err ||
    fail "changed data is not told"
rm train.csv
mv whole.csv gone.csv
expect 0 eval runs/table/latest gone.csv -o file.csv
grep '^file' out | tr -s ' ' >file
tr -s ' ' <expected | cmp -s - file || fail "the file gives other numbers than the training data"
grep -q '^file,samples,40$' file.csv || fail "the CSV has no split named file"
awk -F, '{ print $3 "," $1 "," $2 }' gone.csv >order.csv
expect 0 eval runs/table/latest order.csv
grep '^file' out | tr -s ' ' | cmp -s - file || fail "the order of columns matters"
cut -d, -f1,2 gone.csv >unlabelled.csv
expect 2 eval runs/table/latest unlabelled.csv
expect_err "unlabelled.csv:1:1: no column 'y'; expected the 3 columns of the training data"
sed '3s/[^,]*$//' gone.csv >hole.csv
expect 2 eval runs/table/latest hole.csv
expect_err "hole.csv:3:8: nothing in column 'y'; expected a label (missing: drop goes on)"
expect 0 eval runs/table/latest hole.csv data.missing=drop
expect_out '^file  *39 '
head -n 1 gone.csv >none.csv
expect 2 eval runs/table/latest none.csv
expect_err 'trainer: none.csv: there is no row'
expect 2 eval runs/table/latest gone.csv --split test
expect_err "trainer: --split: 'gone.csv' is a split of its own, \`file\`"

# Labels in a file beside it.
printf '\000\000\010\002\000\000\000\003\000\000\000\002\000\377\377\000\012\372' >i
printf '\000\000\010\001\000\000\000\003\001\000\001' >l
cat >idx.yaml <<'END'
name: idx
data: {type: idx, train: {inputs: i, labels: l}}
model: {layers: [{type: Affine, units: 2, init: {type: normal, std: 0.1}}, {type: SoftmaxWithLoss}]}
optimizer: {type: sgd, learning_rate: 1}
trainer: {max_epochs: 50, batch_size: 3}
END
expect 0 idx.yaml
printf '\000\000\010\001\000\000\000\003\001\001\001' >wrong
mv l labels
expect 0 eval runs/idx/latest i data.test.labels=labels
expect_out '^file  *3  *0\.[0-9]*  *1.0000 '
expect 0 eval runs/idx/latest i data.test.labels=wrong
expect_out '^file  *3  *[0-9.]*  *0.6667 '
expect 2 eval runs/idx/latest i
grep -q "needs labels, and the data set has no column 'labels'" err || fail "no labels, no message"

# A network that was trained on arrays reads a labelled table: labels last, or where they are named.
expect 0 eval runs/idx/latest i data.test.labels=labels
mv out array
for text in '0,255,1\n255,0,0\n10,250,1\n' 'label,left,right\n1,0,255\n0,255,0\n1,10,250\n' \
    'inputs[1],labels,id,inputs[0]\n255,1.0,a,0\n0,0.0,b,255\n250,1.0,c,10\n'; do
    # shellcheck disable=SC2059
    printf "$text" >table.csv
    expect 0 eval runs/idx/latest table.csv
    cmp -s out array || fail "a table gives other numbers than the array: $text"
done
printf '1,0,255\n0,255,0\n1,10,250\n' >first.csv
expect 0 eval runs/idx/latest first.csv data.labels=1
cmp -s out array || fail "labels in the first column are not read"
expect 2 eval runs/idx/latest first.csv data.labels=class
expect_err "first.csv:1:1: no column 'class', which is to be the labels"
expect 2 eval runs/idx/latest first.csv data.labels=4
expect_err 'first.csv:1:1: no column 4, which is to be the labels'
expect 2 eval runs/idx/latest first.csv
expect_err "first.csv:1:5: class '255' of 'c3'; expected 0 or 1" \
    "first.csv:3:6: class '250' of 'c3'; expected 0 or 1"
printf '0,255\n' >unlabelled.csv
expect 2 eval runs/idx/latest unlabelled.csv
expect_err 'unlabelled.csv:1:1: 2 fields; expected 3, the inputs and labels of the network'

# Classes that the config names may stand in a file by their numbers, as they did in training.
printf '0,0\n1,1\n2,1\n' >listed.csv
cat >listed.yaml <<'END'
data: {type: csv, train: listed.csv, header: false, labels: -1, classes: [no, yes]}
model: {layers: [{type: Affine, units: 2}, {type: SoftmaxWithLoss}]}
trainer: {max_epochs: 1, batch_size: 3}
END
expect 0 listed.yaml
expect 0 eval runs/listed/latest listed.csv
expect_out '^yes '
