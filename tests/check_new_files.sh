#!/bin/sh
# A new layer and a new command are a new file each: a copy of the tree with tests/new_files/scale.c
# in layers/ and command_size.c in trainer/commands/, nothing else changed, knows the layer, checks
# its options and trains with it; runs the command, lists it in help and suggests it.
set -eu
source=${TRAINER_SOURCE_DIR:-$(cd "$(dirname "$0")/.." && pwd)}
new=$source/tests/new_files
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for part in CMakeLists.txt cmake framework layers datasets trainer; do
    cp -R "$source/$part" "$work"
done
cp "$new/scale.c" "$work/layers"
cp "$new/command_size.c" "$work/trainer/commands"

# shown HEADING FILE: the documentation shows that very file.
shown() {
    awk -v heading="## $1" '
        /^## / { here = $0 == heading } /^```$/ { inside = 0 } inside && here { print }
        /^```c$/ { inside = 1 }' "$source/docs/extending.md" | cmp - "$new/$2"
}
shown "Add a layer" scale.c
shown "Add a command" command_size.c

# Says nothing unless it fails.
quietly() {
    "$@" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
}

# refused WORDS ARGUMENT...: the program must refuse them with a message that holds the words.
refused() {
    words=$1
    shift
    if (cd "$work" && "$trainer" "$@") 2>"$work/message"; then
        echo "accepted: $*"
        exit 1
    fi
    grep "$words" "$work/message"
}

# Not optimised, without tests, for one kind of processor: seconds.
quietly cmake -S "$work" -B "$work/build" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG=-O0 \
    -DTRAINER_TESTS=OFF "-DTRAINER_VARIANTS=float_baseline;double_baseline"
quietly cmake --build "$work/build" --target trainer -j 2
trainer=$work/build/trainer

"$trainer" layers scale >"$work/options"
cat "$work/options"
grep -q "^Scale" "$work/options"
grep -q "start .*first factors" "$work/options"

# An option that the layer's table does not have is found by that table.
refused "unknown key 'stat' in Scale 'scale1'; did you mean 'start'?" \
    "$new/scale.yaml" model.layers.scale1.stat=1 --dry-run

"$trainer" "$new/scale.yaml" --output "$work/run" --threads 2
[ -s "$work/run/run.h5" ]

[ "$("$trainer" size "$source/configs/two_layer.yaml")" = 39760 ]
[ "$("$trainer" size "$source/configs/two_layer.yaml" model.layers.affine1.units=10)" = 7960 ]
"$trainer" help >"$work/help"
grep -q "^  size  *Print how many numbers a network learns$" "$work/help"
"$trainer" size --help >"$work/help"
grep -q "^  trainer size configs/two_layer.yaml$" "$work/help"
refused "did you mean the command 'size'?" sise
