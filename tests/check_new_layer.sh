#!/bin/sh
# A new layer is one new file: a copy of the tree with tests/new_layer/scale.c in layers/, nothing
# else changed, knows the layer, checks its options and trains with it.
set -eu
source=${TRAINER_SOURCE_DIR:-$(cd "$(dirname "$0")/.." && pwd)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for part in CMakeLists.txt cmake framework layers datasets trainer; do
    cp -R "$source/$part" "$work"
done
cp "$source/tests/new_layer/scale.c" "$work/layers"

# The documentation shows that very file.
awk '/^## / { here = $0 == "## Add a layer" } /^```$/ { inside = 0 } inside && here { print }
     /^```c$/ { inside = 1 }' "$source/docs/extending.md" |
    cmp - "$source/tests/new_layer/scale.c"

# Says nothing unless it fails.
quietly() {
    "$@" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
}

# Hardly optimised, without tests, for one kind of processor: seconds.
quietly cmake -S "$work" -B "$work/build" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG=-O1 \
    -DTRAINER_TESTS=OFF "-DTRAINER_VARIANTS=float_baseline;double_baseline"
quietly cmake --build "$work/build" --target trainer -j 2
trainer=$work/build/trainer

"$trainer" layers scale >"$work/options"
cat "$work/options"
grep -q "^Scale" "$work/options"
grep -q "start .*first factors" "$work/options"

# An option that the layer's table does not have is found by that table.
if "$trainer" "$source/tests/new_layer/scale.yaml" model.layers.scale1.stat=1 --dry-run \
    2>"$work/message"; then
    echo "an unknown option was accepted"
    exit 1
fi
grep "unknown key 'stat' in Scale 'scale1'; did you mean 'start'?" "$work/message"

"$trainer" "$source/tests/new_layer/scale.yaml" --output "$work/run" --threads 2
[ -s "$work/run/run.h5" ]
