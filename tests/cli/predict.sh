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
expect 1 predict runs/two/latest i -o missing/out.csv
