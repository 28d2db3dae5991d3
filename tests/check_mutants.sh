#!/bin/sh
# The gradient check is checked: each edit of tests/mutants/table.txt breaks backward in a copy of
# the sources, and `trainer gradcheck` on tests/every_layer/*.yaml must say so. Optimizers and
# schedules, which have no gradient, are broken too: their own tests must fail.
#
#     sh tests/check_mutants.sh                       the quick ones
#     TRAINER_LONG=1 sh tests/check_mutants.sh        all of them
#     TRAINER_MUTANTS='^conv2d ' ...                  those of them whose title matches
#     sh tests/check_mutants.sh --rules PROGRAM       all of them, by bench/gradcheck_rules.c
#
# Only the edited file is compiled, with the flags of the build and -O0 behind them, and linked in
# front of the build's own libraries; of its variants those of the baseline, which are then the only
# ones that the program knows.
set -eu
source=${TRAINER_SOURCE_DIR:-$(cd "$(dirname "$0")/.." && pwd)}
build=${TRAINER_BUILD_DIR:-$source/build}
networks=$source/tests/every_layer
rules=
[ "${1:-}" != --rules ] || rules=$2
main=$build/CMakeFiles/$(basename "${rules:-trainer}").dir/link.txt
if [ ! -f "$main" ] || [ ! -f "$build/compile_commands.json" ]; then
    echo "skipped: needs a build by make, with compile_commands.json"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tree"
cp -R "$source/framework" "$source/layers" "$work/tree"

# split_table: the table as files $work/1, $work/2, ...: a line `WHAT CLASS WORDS`, a line `FILE
# FUNCTION`, the edit. Prints how many there are.
split_table() {
    awk -v work="$work/" '
        /^#/ || NF == 0 { next }
        /^[^ ]/ { close(work edits); edits++ }
        { sub(/^    /, ""); print >(work edits) }
        END { print edits }' "$source/tests/mutants/table.txt"
}

# compile FILE OBJECTS: the objects that the build makes of it, from the copy, into that folder.
compile() {
    rm -rf "$2"
    mkdir "$2"
    sed -n "s|^ *\"command\": \"\(.* -c $1\)\",*\$|\1|p" "$build/compile_commands.json" |
        sed 's/\\"/"/g' |
        awk -v source="$source/" -v copy="$work/tree/" -v generated="$build/generated/" \
            -v objects="$2/" '!/-DTRAINER_ISA=avx/ {
            sub(/ -o [^ ]+/, " -O0 -g0 -w -o " objects NR ".o")
            gsub(source "framework", copy "framework")
            gsub(source "layers", copy "layers")
            gsub(generated, copy)
            print
        }' >"$work/commands"
    [ -s "$work/commands" ] || fail "no compile command for $1"
    (cd "$build" && xargs -P "$(nproc)" -I{} sh -c '{}' <"$work/commands")
}

# The list of engines without those whose code is not broken.
list_baselines() {
    title=registry_once.c
    sed -e '/&engine_.*_avx/d' -e 's/\(engine_count =\) [0-9]*/\1 2/' \
        "$build/generated/registry_once.c" >"$work/tree/registry_once.c"
    compile "$build/generated/registry_once.c" "$work/engines"
}

# link WHAT: the program with those objects, $work/program; of a kind without gradients, its test.
link() {
    objects=$(echo "$work"/engines/*.o "$work"/objects/*.o)
    command=$main
    ! has_test "$1" || command=$build/CMakeFiles/test_$1.dir/link.txt
    sed "s| -o [^ ]*| $objects -Wl,-s -o $work/program|" "$command" >"$work/link"
    (cd "$build" && sh "$work/link")
}

has_test() {
    case $1 in
    optimizer_* | schedule_*) true ;;
    *) false ;;
    esac
}

fail() {
    echo "$title: $1"
    [ ! -f "$work/out" ] || cat "$work/out"
    exit 1
}

# try WHAT: the broken program on the networks of WHAT, until one says that a gradient is wrong.
# Sets caught; with rules, seen gets the words of all networks.
try() {
    caught=no
    seen=
    if has_test "$1"; then
        CK_FORK=no timeout 60 "$work/program" >"$work/out" 2>&1 || caught=yes
        return
    fi
    for network in "$networks/$1.yaml" "$networks/$1".*.yaml; do
        [ -f "$network" ] || continue
        status=0
        if [ -n "$rules" ]; then
            timeout 60 "$work/program" "$network" >"$work/out" 2>&1 || fail "failed on $network"
            seen="$seen $(cat "$work/out")"
            continue
        fi
        samples=$(sed -n 's/^# samples: //p' "$network")
        timeout 60 "$work/program" gradcheck "$network" --samples "${samples:-5}" \
            >"$work/out" 2>&1 || status=$?
        case $status in
        0 | 3) ;;
        1) grep -q '^Wrong: ' "$work/out" || fail "failed on $network"
            caught=yes
            return ;;
        *) fail "exit status $status on $network" ;;
        esac
    done
}

# break_and_try NUMBER: one edit of the table.
break_and_try() {
    title=$(head -n 1 "$work/$1")
    what=${title%% *}
    class=${title#* }
    class=${class%% *}
    [ -n "${TRAINER_LONG:-}$rules" ] || [ "$class" = quick ] || return 0
    [ -z "$rules" ] || ! has_test "$what" || return 0
    echo "$title" | grep -qE -- "${TRAINER_MUTANTS:-.}" || return 0
    target=$(sed -n 2p "$work/$1")
    file=${target% *}
    sed 1,2d "$work/$1" >"$work/edit"
    rm -f "$work/out"
    awk -v name="${target#* }" -f "$source/tests/mutants/edit.awk" "$work/edit" "$source/$file" \
        >"$work/tree/$file" || fail "outdated: it finds nothing to change in $file"
    compile "$source/$file" "$work/objects"
    link "$what"
    try "$what"
    cp "$source/$file" "$work/tree/$file"
    echo "$class $what ${seen:-$caught}" >>"$work/results"
    if [ "$caught$rules" = no ]; then
        echo "not caught: $title"
    fi
}

list_baselines
edits=$(split_table)
number=0
while [ "$number" -lt "$edits" ]; do
    number=$((number + 1))
    break_and_try "$number"
done
if [ -n "$rules" ]; then
    cat "$work/results"
    exit 0
fi
for class in quick structural one coarse fine; do
    all=$(grep -c "^$class " "$work/results") || continue
    yes=$(grep -c "^$class .* yes" "$work/results") || true
    echo "$class: $yes of $all caught"
done
! grep -E '^(quick|structural) .* no$' "$work/results"
