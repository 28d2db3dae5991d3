#!/bin/sh
# trainer predict: rows of every form, the same bits alone and in a file.
# shellcheck source=tests/cli/lib/cli.sh
. "$(dirname "$0")/lib/cli.sh"

# idx NAME COUNT SIDE BYTES...: COUNT samples of (SIDE) bytes.
idx() {
    name=$1
    # shellcheck disable=SC2059  # octal escapes
    printf "\\000\\000\\010\\002\\000\\000\\000\\00$2\\000\\000\\000\\00$3" >"$name"
    shift 3
    for byte in "$@"; do
        # shellcheck disable=SC2059
        printf "\\$(printf '%03o' "$byte")" >>"$name"
    done
}

idx i 6 2 0 255 255 0 10 250 240 5 3 200 220 30
printf '\000\000\010\001\000\000\000\006\001\000\001\000\001\000' >l
cat >two.yaml <<'END'
name: two
data: {type: idx, train: {inputs: i, labels: l}}
model: {layers: [{type: Affine, units: 2, init: {type: normal, std: 0.1}}, {type: SoftmaxWithLoss}]}
optimizer: {type: sgd, learning_rate: 1}
trainer: {max_epochs: 50, batch_size: 6}
END
expect 0 two.yaml
expect 0 predict runs/two/latest i
[ "$(sed -n 1p out)" = row,prediction,probability ] || fail "the header is wrong"
[ "$(cut -d, -f1,2 out | tr '\n' ' ')" = 'row,prediction 1,1 2,0 3,1 4,0 5,1 6,0 ' ] ||
    fail "the predictions are wrong"
cp out whole
cp out array

# A row alone, and on other numbers of threads, has the same bits; nothing else is needed than the
# run's file and the input.
mkdir elsewhere
cp runs/two/latest/run.h5 elsewhere
mv l labels
idx one 1 2 3 200
expect 0 predict elsewhere/run.h5 one
[ "$(sed -n 2p out | cut -d, -f2-)" = "$(sed -n 6p whole | cut -d, -f2-)" ] ||
    fail "a row alone has other bits"
for threads in 1 2 3; do
    expect 0 predict elsewhere i --threads "$threads"
    cmp -s out whole || fail "$threads threads give other bits"
done

expect 0 predict runs/two/latest i --probabilities -o out.csv
[ ! -s out ] || fail "something was printed"
[ "$(sed -n 1p out.csv)" = row,prediction,probability,p_0,p_1 ] || fail "the header is wrong"
awk -F, 'NR > 1 { s = $4 + $5; if (s < 0.999999 || s > 1.000001 || $3 < 0.5) exit 1 }' out.csv ||
    fail "the probabilities are wrong"
[ ! -e out.csv.tmp ] || fail "a temporary file was left"
expect 0 predict runs/two/latest i -o out.h5
[ "$(head -c 4 out.h5 | tail -c 3)" = HDF ] || fail "out.h5 is no HDF5 file"
expect 0 predict runs/two/latest i -o out.npy
grep -q "'shape': (6, 2)" out.npy || fail "the npy has another shape"
[ "$(wc -c <out.npy)" -eq $((128 + 6 * 2 * 4)) ] || fail "the npy has another size"

# What is refused leaves no file.
expect 2 predict runs/two/latest i -o out.txt
expect_err "trainer: --output 'out.txt': expected a name in .csv, .h5 or .npy"
expect 2 predict runs/two/latest missing -o not.csv
expect_err 'trainer: missing: No such file or directory'
idx wide 1 3 1 2 3
expect 2 predict runs/two/latest wide -o not.csv
expect 2 predict runs/two/latest i --type idy -o not.csv
expect_err "trainer: --type: unknown dataset 'idy'; did you mean 'IDX'? known: $(
    sed -n "s/.*known: //p" err)"
[ ! -e not.csv ] || fail "a refused prediction left a file"
expect 2 predict runs/two/latest i -o missing/out.csv
expect_err "trainer: missing/out.csv: no folder 'missing'"
cp i same.csv
expect 2 predict runs/two/latest same.csv -o ./same.csv
expect_err "trainer: ./same.csv: is what is read; expected another name"
cmp -s i same.csv || fail "a refused prediction wrote over its input"
ln runs/two/latest/run.h5 run.h5
expect 2 predict runs/two/latest i -o run.h5
expect_err "trainer: run.h5: is what is read; expected another name"

# --- tables ---------------------------------------------------------------------------------------

awk 'BEGIN {
    print "age,state,ok"
    for (i = 0; i < 60; i++)
        printf "%d,%s,%s\n", 20 + i, i % 3 == 0 ? "Ohio" : i % 3 == 1 ? "Iowa" : "Utah",
            i < 30 ? "no" : "yes"
}' >train.csv
cat >table.yaml <<'END'
name: table
data: {type: csv, train: train.csv, labels: ok, normalize: zscore}
model: {layers: [{type: Affine, units: 2, init: {type: normal, std: 0.1}}, {type: SoftmaxWithLoss}]}
optimizer: {type: sgd, learning_rate: 1}
trainer: {max_epochs: 50, batch_size: 20}
END
expect 0 table.yaml
mv train.csv gone.csv
run=runs/table/latest
expect 0 predict "$run" gone.csv
[ "$(sed -n '2p;60p' out | cut -d, -f1,2 | tr '\n' ' ')" = '1,no 59,yes ' ] ||
    fail "the predictions are wrong"
cp out whole

# Any order of columns, labels left out, others ignored; alone, and from standard input.
awk -F, '{ print $2 "," (NR == 1 ? "more" : NR) "," $1 }' gone.csv >order.csv
expect 0 predict "$run" order.csv
cmp -s out whole || fail "the order of columns matters"
expect_err 'trainer: note: order.csv: 1 column of it is ignored'
"$trainer" predict "$run" - <order.csv >out 2>err || fail "standard input is refused"
cmp -s out whole || fail "standard input gives other bits"
sed -n '1p;42p' gone.csv | "$trainer" predict "$run" - >out 2>err || fail "a pipe is refused"
[ "$(sed -n 2p out | cut -d, -f2-)" = "$(sed -n 42p whole | cut -d, -f2-)" ] ||
    fail "a row alone has other bits"
for threads in 1 3; do
    expect 0 predict "$run" gone.csv --threads "$threads"
    cmp -s out whole || fail "$threads threads give other bits"
done

# Each line of a pipe is answered before the next one comes.
mkfifo questions answers
"$trainer" predict "$run" - <questions >answers 2>err &
exec 3>questions 4<answers
echo 'age,state' >&3
read -r answer <&4
[ "$answer" = row,prediction,probability ] || fail "no header, but $answer"
for age in 21 78; do
    echo "$age,Ohio" >&3
    read -r answer <&4
    case $age,$answer in
    21,1,no,* | 78,2,yes,*) ;;
    *) fail "age $age is answered by $answer" ;;
    esac
done
exec 3>&- 4<&-
wait $!

# Columns that are kept, wrong rows that are left blank, categories that training never saw.
printf 'id,age,state\n"a,1",25,Ohio\nb,x,Ohio\nc,30\nd,70, Ohio\n' >wrong.csv
expect 2 predict "$run" wrong.csv -o not.csv
hint="did you mean 'Ohio'? (--unseen zeros goes on)"
expect_err 'trainer: note: wrong.csv: 1 column of it is ignored' \
    "wrong.csv:3:3: 'x' in column 'age'; expected a number" \
    'wrong.csv:4:1: 2 fields; expected 3, as in line 1' \
    "wrong.csv:5:6: ' Ohio' is none of the 3 categories of 'state'; $hint"
[ ! -e not.csv ] || fail "a wrong row left a file"
expect 0 predict "$run" wrong.csv --keep id,state --bad-rows blank --unseen zeros
[ "$(sed -n 1p out)" = row,id,state,prediction,probability ] || fail "the header is wrong"
[ "$(sed 's/,0\.[0-9]*$/,P/; s/,1$/,P/' out | tail -n 4 | tr '\n' ' ')" = \
    '1,"a,1",Ohio,no,P 2,b,Ohio,, 3,c,,, 4,d, Ohio,yes,P ' ] || fail "the rows are wrong"
! grep -q ignored err || fail "a column that is kept is called ignored"
grep -q '2 of 4 rows are wrong and have no prediction$' err || fail "wrong rows are not counted"

printf 'state\nOhio\n' >lacks.csv
expect 2 predict "$run" lacks.csv
expect_err "lacks.csv:1:1: no column 'age'; expected the 2 columns of $run/run.h5"
expect 2 predict "$run" gone.csv --keep aeg
expect_err "trainer: --keep: no column 'aeg' in gone.csv; did you mean 'age'?"
expect 2 predict "$run" gone.csv --keep age -o not.h5
expect_err 'trainer: --keep: only an --output of .csv has room for columns'

# A network that was trained on arrays reads a table of numbers by position, names or none.
printf '0,255\n255,0\n10,250\n240,5\n3,200\n220,30\n' >plain.csv
expect 0 predict runs/two/latest plain.csv
cmp -s out array || fail "a table gives other bits than the array"
expect 0 predict runs/two/latest plain.csv --keep c2
[ "$(sed -n 1,2p out | cut -d, -f1-3 | tr '\n' ' ')" = 'row,c2,prediction 1,255,1 ' ] ||
    fail "columns without names are not kept"
sed '1i left,right' plain.csv >named.csv
"$trainer" predict runs/two/latest - <named.csv >out 2>err || fail "standard input is refused"
cmp -s out array || fail "the names of a table are no names"
printf '1,2,3\n' >wide.csv
expect 2 predict runs/two/latest wide.csv
expect_err 'wide.csv:1:1: 3 fields; expected 2, the inputs of runs/two/latest/run.h5'
printf '1,2\n3,0.5\n4,256\n' >parts.csv
expect 2 predict runs/two/latest parts.csv
bytes='expected a whole number from 0 to 255, as in the training data'
expect_err "parts.csv:2:3: '0.5' in column 'c2'; $bytes" \
    "parts.csv:3:3: '256' in column 'c2'; $bytes"

# Several arrays are read one behind the other, or by the names of their elements; labels are none.
cat >arrays.yaml <<'END'
name: arrays
data: {type: inline, inputs: {a: [[0, 1], [1, 0]], b: [3, 4]}, labels: [1, 0]}
model:
  layers:
    - {name: left, type: Affine, units: 3, input: a}
    - {name: right, type: Affine, units: 3, input: b}
    - {type: Concat, input: [left, right]}
    - {type: Affine, units: 2}
    - {type: SoftmaxWithLoss}
trainer: {max_epochs: 2, batch_size: 2}
END
expect 0 arrays.yaml
printf '0,1,3\n1,0.5,-2\n' >arrays.csv
expect 0 predict runs/arrays/latest arrays.csv
mv out arrays
printf 'a[1],b,a[0]\n1,3,0\n0.5,-2,1\n' >arrays.csv
expect 0 predict runs/arrays/latest arrays.csv
cmp -s out arrays || fail "the elements of arrays are not found by name"
printf 'p,q,labels,r\n0,1,1,3\n1,0.5,0,-2\n' >arrays.csv
expect 0 predict runs/arrays/latest arrays.csv
cmp -s out arrays || fail "labels are read as inputs"
expect_err 'trainer: note: arrays.csv: its labels are ignored'
printf '0,1\n' >arrays.csv
expect 2 predict runs/arrays/latest arrays.csv
expect_err 'arrays.csv:1:1: 2 fields; expected 3, the inputs of runs/arrays/latest/run.h5'

# A config is no data, and what the network learned from is no file where it was in its config.
expect 2 predict runs/two/latest two.yaml
files='a file of samples: .csv, .tsv, .npy, .npz, .h5, .svm, .png, .jpg'
expect_err "trainer: two.yaml: a config, not data; expected $files"
cat >given.yaml <<'END'
data: {type: inline, inputs: {x: [[0, 255], [255, 0]]}, labels: [1, 0]}
model: {layers: [{type: Affine, units: 2}, {type: SoftmaxWithLoss}]}
optimizer: {type: sgd}
trainer: {max_epochs: 2, batch_size: 2}
END
expect 0 given.yaml
expect 0 predict runs/given/latest plain.csv
[ "$(wc -l <out)" -eq 7 ] || fail "a network of inline data reads no table"
expect 2 predict runs/given/latest i
expect_err "trainer: i: expected $files, or --type KIND; the run's own data, inline, is of no file"
expect 2 predict runs/two/latest -
