#!/bin/sh
# data: what it says of tables, with a config and without; and what it writes.
# shellcheck source=tests/cli/lib/cli.sh
. "$(dirname "$0")/lib/cli.sh"

i=0
echo 'length,state,kind' >t.csv
while [ $i -lt 40 ]; do
    echo "$i.5,Ohio,small"
    echo "$((i + 100)),Iowa,large"
    i=$((i + 1))
done >>t.csv
cat >t.yaml <<'EOF'
seed: 7
data: {type: csv, train: t.csv, labels: kind, split: {test: 0.2, stratify: true}, normalize: zscore}
EOF

# Only data and seed are read: there is no model yet.
expect 0 data t.yaml
[ ! -s err ] || fail "something on standard error"
read='1.* kB read in [0-9.e-]* s ([0-9.]* [kMG]B/s)'
expect_out "^csv: 80 rows, 3 columns, $read, delimiter ','\$"
expect_out '^length  *number  *inputs  *0  *80  *0\.5  *139  *69\.75  *[0-9.]*$'
expect_out '^state  *category  *inputs  *0  *2  *-  *-  *-  *-$'
expect_out '^kind  *category  *labels  *0  *2 '
expect_out '^  large  *32  *8$'
expect_out '^  the commonest, large, is 50.0 % of the training samples$'
expect_out '^0 training samples have the inputs of another one, 0 test samples those'

# The split is that of the run: by its seed.
expect 0 data t.yaml --head 2
expect_out '^length,state=Iowa,state=Ohio,labels$'
[ "$(wc -l <out)" -eq 3 ] || fail "not two rows"
cp out first
expect 0 data t.yaml --head 2 seed=8
! cmp -s out first || fail "the seed changes nothing"

# A bare file, and a config that trains on it.
expect 0 data t.csv
expect_out '^kind  *category  *inputs '
expect 2 data t.csv --starter
expect_err 'trainer: --starter: which column is to be predicted? --labels NAME says it'
# No key is passed over.
expect 2 data t.csv delimiter=x
grep -q "unknown key 'delimiter' in the config; did you mean 'data.delimiter'?" err ||
    fail "a key is passed over"
expect 2 data t.yaml seed=x
expect 0 data t.csv --labels kind --starter
cp out starter.yaml
expect 0 starter.yaml trainer.max_epochs=20
expect_out '; test accuracy 1.0000'
expect 2 data t.yaml --starter
expect_err 'trainer: --starter takes a data file, and t.yaml is a config already'
# Its name is the file's, up to the last dot, and a name to every reader; a path holds no variable.
# shellcheck disable=SC2016
mkdir 'd${HOME}'
# shellcheck disable=SC2016
for name in lr0.1 no 'd${HOME}/q"'; do
    cp t.csv "$name.csv"
    expect 0 data "$name.csv" --labels kind --starter
    cp out starter.yaml
    expect 0 config starter.yaml
    case $name in
    lr0.1) expect_out '^name: lr0.1$' ;;
    no) grep -q '^name: "no"$' starter.yaml || fail "a boolean for a name" ;;
    *) expect_out '^name: q_$' ;;
    esac
done
printf 'a,b\n1,x\n2,y\n3,x\n4,y\n' >few.csv
expect 0 data few.csv --labels b --starter
cp out starter.yaml
expect 0 starter.yaml trainer.max_epochs=2
expect 2 data t.csv --labels kin
expect_err "command line: --labels: no column 'kin' in t.csv; did you mean 'kind'?"

# Values: the starter normalises them and takes their loss.
expect 0 data t.csv --labels length --starter
expect_out 'SquaredErrorWithLoss'
cp out starter.yaml
expect 0 starter.yaml trainer.max_epochs=2

expect 0 data t.yaml --write all.h5
expect_out '^all.h5: all samples as the network gets them$'
expect 2 data all.h5 --write all.h5
expect_err "trainer: all.h5: is what is read; expected another name"
[ "$(head -c 4 all.h5 | tail -c 3)" = HDF ] || fail "no HDF5 file"
expect 0 data all.h5 --labels /train/labels
expect_out '^HDF5: 2 columns'
expect 0 data all.h5 --labels /train/labels --starter
expect_out '^  train: {file: "all.h5", inputs: "/train/inputs", labels: "/train/labels"}'

# Decimal commas are told; the starter says what was said of the file.
printf 'a;b;y\n"1.234,5";x;p\n2,25;x;q\n3;x;p\n' >comma.csv
expect 0 data comma.csv --labels -1
hint='with decimal: "," (and thousands: ".") its fields are numbers'
expect_err "trainer: warning: comma.csv:2:1: '1.234,5' makes 'a' categories; $hint"
expect 0 data comma.csv --labels a
expect_err "trainer: warning: comma.csv:2:1: '1.234,5' makes 'a' classes; $hint"
expect 0 data comma.csv 'data.decimal=","' data.thousands=. --labels -1 --starter
cp out starter.yaml
expect 0 data starter.yaml --head 1
[ "$(sed -n 1p out)" = 'a,b=x,labels' ] || fail "the starter does not read its file"

# Zip codes are no decimal commas; what was excluded is nothing to tell, however often it is read.
printf 'zip,x,name\n01730,1,a\n02139,b,c\n' >zip.csv
expect 0 data zip.csv data.exclude=name
! grep -q 'decimal\|ignored' err || fail "$(cat err)"

# A mistake of the file has its place there.
echo '1,2' >>t.csv
expect 2 data t.yaml
grep -q 't.csv:82:1: 2 fields; expected 3, as in line 1$' err || fail "no place"
