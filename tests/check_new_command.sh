#!/bin/sh
# A new command is one new file: a copy of the tree with tests/new_command/command_size.c in
# trainer/commands/, nothing else changed, runs it, lists it in help and suggests it.
set -eu
source=${TRAINER_SOURCE_DIR:-$(cd "$(dirname "$0")/.." && pwd)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for part in CMakeLists.txt cmake framework layers datasets trainer; do
    cp -R "$source/$part" "$work"
done
cp "$source/tests/new_command/command_size.c" "$work/trainer/commands"

# The documentation shows that very file.
awk '/^## / { here = $0 == "## Add a command" } /^```$/ { inside = 0 } inside && here { print }
     /^```c$/ { inside = 1 }' "$source/docs/extending.md" |
    cmp - "$source/tests/new_command/command_size.c"

# Says nothing unless it fails.
quietly() {
    "$@" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
}

# Hardly optimised, without tests, for one kind of processor: seconds.
quietly cmake -S "$work" -B "$work/build" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG=-O1 \
    -DTRAINER_TESTS=OFF "-DTRAINER_VARIANTS=float_baseline;double_baseline"
quietly cmake --build "$work/build" --target trainer -j 2
trainer=$work/build/trainer

[ "$("$trainer" size "$source/configs/two_layer.yaml")" = 39760 ]
[ "$("$trainer" size "$source/configs/two_layer.yaml" model.layers.affine1.units=10)" = 7960 ]
"$trainer" help >"$work/help"
grep -q "^  size  *Print how many numbers a network learns$" "$work/help"
"$trainer" size --help >"$work/help"
grep -q "^  trainer size configs/two_layer.yaml$" "$work/help"
if (cd "$work" && "$trainer" sise) 2>"$work/message"; then
    echo "an unknown command was accepted"
    exit 1
fi
grep -q "did you mean the command 'size'?" "$work/message"
