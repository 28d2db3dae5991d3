#!/bin/sh
# Runs the fuzzers of a build with TRAINER_SANITIZE=fuzzer, each for some seconds:
#
#     tests/fuzz/run.sh BUILD_FOLDER SECONDS [TARGET ...]
#
# A TARGET is config, csv, hdf5, idx, libsvm, npy, picture, checkpoint, report or predict; all
# unless named. What they find new goes to BUILD_FOLDER/corpus/, where the next run begins. Exit
# status 1 where a target crashed, hung or took too much memory; the input is in
# BUILD_FOLDER/findings/.
#
# libhdf5 itself crashes on some files. Those whose stack ends in it are counted, and the
# program must say of each in one line that it cannot be read.
set -u
build=$(cd "$1" && pwd) || exit 1
seconds=$2
shift 2
source=$(cd "$(dirname "$0")/../.." && pwd)
[ $# -gt 0 ] || set -- config csv hdf5 idx libsvm npy picture checkpoint report predict
export ASAN_OPTIONS=allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS="suppressions=$source/tests/fuzz/leaks.txt:print_suppressions=0"

# The keys of every table of options, and what YAML is made of.
make_dictionary() {
    {
        (cd "$source" && grep -rhoE '\{"[a-z0-9_]+", OPTION_' framework layers datasets) |
            sed 's/{\("[^"]*"\).*/\1/'
        printf '"%s"\n' layers include type base.yaml loop.yaml '&a ' '*a' '- ' ': ' '? ' '| ' \
            '> ' '!!' '<<' '${' '$${' ':-' '}' '---' '...' '[' ']' '{' \
            '\x00' '\xef\xbb\xbf' '\x0d\x0a' \
            '\x09' 1e308 0x7fffffffffffffff .inf Affine ReLU Sigmoid SoftmaxWithLoss Add Mul sgd \
            digits inline idx normal uniform constant auto unlimited
    } | sort -u
}

# Whether the innermost function of the stack that is neither a run-time's nor libc's is libhdf5's.
# An address without a name tells nothing.
is_contained() {
    awk '/^ *#[0-9]+ / && $3 == "in" &&
         $4 !~ /^(__|fuzzer::|gsignal|abort|raise|[a-z]*alloc$|mem[a-z]*$)/ &&
         $0 !~ /\(\/lib|libc_start/ { exit $4 !~ /^H5/ }' "$1"
}

# Of a target's file on which libhdf5 crashes: whether the program tells so in one line, with status
# 2.
is_told() {
    if [ "$1" = checkpoint ]; then
        "$build/trainer" replay "$2" >"$work/out" 2>"$work/err"
    elif [ "$1" = report ]; then
        "$build/trainer" report "$2" -o "$work/report.html" >"$work/out" 2>"$work/err"
    else
        cp "$2" "$work/data.h5"
        "$build/trainer" data "$work/data.h5" data.train.inputs=/x data.train.labels=/y \
            >"$work/out" 2>"$work/err"
    fi
    [ $? -eq 2 ] && [ "$(wc -l <"$work/err")" -eq 1 ]
}

# Whether libhdf5 reads what a target gets.
is_of_libhdf5() {
    [ "$1" = checkpoint ] || [ "$1" = report ] || [ "$1" = hdf5 ]
}

# Looks at the inputs on which a target crashed; false where one is a finding.
judge() {
    contained=0
    bad=0
    for input in "$work"/found/*; do
        [ -e "$input" ] || continue
        "$build/fuzz_$1" -timeout=10 -rss_limit_mb=1024 "$input" >"$work/log" 2>&1 && continue
        if is_of_libhdf5 "$1" && is_contained "$work/log" && is_told "$1" "$input"; then
            contained=$((contained + 1))
        else
            bad=$((bad + 1))
            mkdir -p "$build/findings"
            cp "$input" "$build/findings/$1-$(basename "$input")"
            grep -aE '^ *#[0-9]+ |SUMMARY|ERROR' "$work/log" | head -n 12
            echo "*** fuzz_$1: finding: $build/findings/$1-$(basename "$input")"
        fi
    done
    ! is_of_libhdf5 "$1" ||
        echo "fuzz_$1: $contained inputs crash or hang libhdf5, each told in one line"
    [ $bad -eq 0 ]
}

# libFuzzer's own words in short: "fuzz_idx: 120000 executions, 310 edges covered, 95 inputs kept".
# False where it did not run to its end. Its exit status is the last job's: that may be a crash,
# which is judged with the others.
sum_up() {
    words="fuzz_$1: \\1 executions, \\2 edges covered, \\3 inputs kept"
    grep -aq '^INFO: exiting: ' "$work/fuzz.log" &&
        grep -aE '^#[1-9][0-9]*: cov: [1-9]' "$work/fuzz.log" | tail -n 1 |
        sed -E "s/^#([0-9]+).*cov: ([0-9]+).* corp: ([0-9]+).*/$words/" | grep .
}

# In memory where that can be: the fuzzers write thousands of small files a second.
work=$(mktemp -d /dev/shm/fuzz.XXXXXX 2>/dev/null || mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export TMPDIR="$work"
status=0
mkdir -p "$build/seeds/config"
"$build/make_seeds" "$build/seeds" || exit 1
cp "$source"/configs/*.yaml "$source"/tests/fuzz/seeds/*.yaml "$build/seeds/config" || exit 1
mkdir -p "$build/seeds/report"
cp "$build"/seeds/checkpoint/* "$build/seeds/report" || exit 1
"$build/trainer" "$source/configs/xor.yaml" trainer.max_steps=8 --output "$work/run" --quiet ||
    exit 1
mv "$work/run/run.h5" "$build/seeds/report/trained" || exit 1
make_dictionary >"$work/config.dict"
for target; do
    mkdir -p "$build/corpus/$target" "$work/found"
    rm -f "$work"/found/*
    words=""
    [ "$target" != config ] || words="-dict=$work/config.dict"
    "$build/fuzz_$target" -fork=1 -ignore_crashes=1 -ignore_timeouts=1 -ignore_ooms=1 $words \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=65536 -close_fd_mask=0 \
        -artifact_prefix="$work/found/" "$build/corpus/$target" "$build/seeds/$target" \
        >"$work/fuzz.log" 2>&1
    sum_up "$target" || { tail -n 40 "$work/fuzz.log"; status=1; }
    judge "$target" || status=1
done
exit $status
