#!/bin/sh
# The table of bench/gradcheck_rules.c: broken gradients that each rule calls wrong, and right ones
# that it calls wrong too. PROGRAM is that program; it is linked anew with each broken source.
set -eu
program=$1
source=${TRAINER_SOURCE_DIR:-$(cd "$(dirname "$0")/.." && pwd)}
TRAINER_BUILD_DIR=${TRAINER_BUILD_DIR:-$(dirname "$program")}
TRAINER_SOURCE_DIR=$source
export TRAINER_BUILD_DIR TRAINER_SOURCE_DIR
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "broken gradients found by      ours  Caffe's  torch's"
sh "$source/tests/check_mutants.sh" --rules "$program" >"$work/broken"
for network in "$source"/tests/every_layer/*.yaml "$source"/configs/*.yaml; do
    case $network in *mnist*) continue ;; esac
    echo "right - $("$program" "$network")" >>"$work/broken"
done

# A line is a class, a kind of layer, and three words for each network that was tried.
awk '
    $1 == "quick" { $1 = "structural" }
    {
        all[$1]++
        for (rule = 0; rule < 3; rule++) {
            found = 0
            for (i = 3 + rule; i <= NF; i += 3) found = found || $i == "wrong"
            count[$1, rule] += found
        }
    }
    function row(class, words) {
        if (all[class])
            printf "%-24s %9s %8s %8s\n", words, count[class, 0] "/" all[class],
                count[class, 1] "/" all[class], count[class, 2] "/" all[class]
    }
    END {
        row("structural", "structural")
        row("one", "one element x 1.01")
        row("coarse", "all x 1.0005")
        row("fine", "all x (1 + 1e-5)")
        row("right", "right ones called wrong")
    }' "$work/broken"
