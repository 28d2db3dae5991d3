#!/bin/sh
# The house's rules of includes, and that this test would see each of them broken.
#
#     1  a wing includes only the wings that the table of arrows gives it
#     2  a header *_internal.h is included only in its own wing
#     3  a file's name is unique within framework/ and trainer/, the folders of kinds apart
#     4  includes of another wing are rooted ("graph/graph.h"); those of kinds/ are bare ("layer.h")
#     5  hdf5.h is seen by hdf5/, runfile/, *_file*.c and datasets/hdf5.c; yaml.h by config_yaml.c;
#        png.h and jpeglib.h by the decoders, png.h by the contact sheet too
#     6  the framework names no kind
#     7  no two files include each other, however long the way
#
#     sh tests/check_arrows.sh         checks the tree, then copies of it with one breach planted
set -u
cd "${TRAINER_SOURCE_DIR:-$(dirname "$0")/..}" || exit 1

# A line: a wing, and the wings that its files may include beside their own. A file at the root of
# framework/ or trainer/ belongs to the wing of that name.
arrows='
base:
engine:        base
distributed:   base engine
kernels:       base engine
config:        base
kinds:         base engine config
hdf5:          base
drawing:       base
pictures:      base
report:        base
arrays:        base kinds
table:         base config kinds
data:          base engine kernels config kinds
graph:         base engine kernels config kinds data distributed
evaluate:      base engine config kinds data graph distributed
runfile:       base config kinds data hdf5 graph evaluate
train:         base engine config kinds data graph evaluate runfile distributed
gradcheck:     base engine config kinds data graph train hdf5 runfile
sweep:         base engine config kinds data graph train hdf5 runfile evaluate
framework:     base train
layers:        base kinds kernels
optimizers:    base kinds
metrics:       base kinds
schedules:     base kinds
initializers:  base kinds
datasets:      base kinds table hdf5 pictures arrays
system:        base hdf5 runfile evaluate distributed
mpi:           base engine distributed system
display:       base kinds data drawing evaluate train system distributed
runs:          base engine config kinds data drawing evaluate train runfile sweep system display
runs:          distributed
trainer/sweep: base engine hdf5 config kinds data evaluate train sweep runfile system display runs
trainer/sweep: distributed
pages:         base engine config kinds data graph evaluate train runfile drawing report system
pages:         display runs sweep trainer/sweep
commands:      base engine config kinds hdf5 data graph evaluate train runfile gradcheck sweep
commands:      table drawing report system display runs trainer/sweep pages distributed
trainer:       base engine system commands
'

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# The tree's own sources, a path a line.
sources() {
    find framework layers datasets trainer -name '*.[ch]' | sort
}

# Prints "FILE LINE PATH NAME" for each #include "NAME", PATH being the file that it means; rules 1,
# 2, 4 and 7 are judged from these lines.
edges() {
    sources >"$work/files"
    sources | tr '\n' '\0' | xargs -0 grep -Hno '^ *# *include *"[^"]*' |
        sed 's/: *# *include *"/:/' |
        awk -F: -v list="$work/files" '
            BEGIN { while ((getline path <list) > 0) known[path] = 1 }
            {
                folder = $1
                sub(/[^\/]*$/, "", folder)
                path = "?"
                if ((folder $3) in known) path = folder $3
                else if (("framework/" $3) in known) path = "framework/" $3
                else if (("framework/kinds/" $3) in known) path = "framework/kinds/" $3
                else if (("trainer/" $3) in known) path = "trainer/" $3
                print $1, $2, path, $3
            }'
}

judge_edges() {
    edges | awk -v table="$arrows" '
        function wing(path, part, count) {
            count = split(path, part, "/")
            if (path ~ /^trainer\/sweep\//) return "trainer/sweep"
            return count > 2 ? part[2] : part[1]
        }
        BEGIN {
            rows = split(table, row, "\n")
            for (i = 1; i <= rows; i++) {
                count = split(row[i], word, " ")
                sub(/:$/, "", word[1])
                for (j = 2; j <= count; j++) allowed[word[1], word[j]] = 1
            }
        }
        $3 == "?" { print $1 ":" $2 ": no file of the tree is " $4; next }
        {
            from = wing($1)
            to = wing($3)
            if (from == to) next
            if (!((from, to) in allowed))
                print $1 ":" $2 ": " from " may not include " to " (" $4 ")"
            if ($3 ~ /_internal\.h$/) print $1 ":" $2 ": " $4 " is private to " to
            bare = to == "kinds"
            if (bare != ($4 !~ /\//))
                print $1 ":" $2 ": write " (bare ? "it bare" : "its wing") ": " $4
        }'
}

# Rule 7: takes away whatever includes only files that are gone already; what stays is a circle.
judge_circles() {
    edges | awk '$3 ~ /\.h$/ && $1 ~ /\.h$/ { print $1, $3 }' | sort -u | tsort 2>&1 >/dev/null |
        sed -n 's/^tsort: \(.*\.h\)$/\1: in a circle of includes/p'
}

judge_names() {
    find framework trainer -name '*.[ch]' ! -path 'framework/optimizers/*' \
        ! -path 'framework/initializers/*' ! -path 'framework/metrics/*' \
        ! -path 'framework/schedules/*' | sed 's|.*/||' | sort | uniq -d |
        sed 's/$/: two files have this name/'
}

judge_system() {
    sources | tr '\n' '\0' | xargs -0 grep -Hno '^ *# *include *<[^>]*' |
        sed 's/: *# *include *</:/' |
        awk -F: '
            $3 == "yaml.h" && $1 != "framework/config/config_yaml.c" ||
            $3 ~ /^(png|jpeglib)\.h$/ && $1 !~ /^framework\/pictures\// &&
            $1 != "trainer/display/contact_sheet.c" ||
            $3 ~ /^hdf5(_hl)?\.h$/ && $1 !~ /^framework\/(hdf5|runfile)\// &&
            $1 !~ /_file(_[a-z]+)?\.[ch]$/ && $1 != "datasets/hdf5.c" {
                print $1 ":" $2 ": " $3 " is not for this file"
            }'
}

# Rule 6. A kind's name in code: as a symbol (layer_relu) or as a whole string ("relu"). Comments
# may name one: awk drops what stands from /* to the end of each piece that ends in */. Schedules'
# names are left out: "step" is a word of the framework's own.
judge_kinds() {
    names=""
    for kind in layers/*.c datasets/*.c framework/optimizers/*.c framework/metrics/*.c; do
        [ -f "$kind" ] || continue
        name=$(basename "$kind" .c)
        family=$(basename "$(dirname "$kind")")
        names="$names|\b${family%s}_$name\b|\"$(echo "$name" | sed 's/_/_?/g')\""
    done
    find framework -name '*.[ch]' ! -path 'framework/optimizers/*' ! -path 'framework/metrics/*' \
        ! -path 'framework/initializers/*' ! -path 'framework/schedules/*' | sort |
        while IFS= read -r file; do
            awk -v 'RS=\\*/' '{ sub(/\/\*.*/, ""); printf "%s", $0 }' "$file" |
                grep -i -E "${names#|}" | sed "s|^ *|$file: names a kind: |"
        done
}

judge() {
    judge_edges
    judge_circles
    judge_names
    judge_system
    judge_kinds
}

judge >"$work/breaches"
cat "$work/breaches"
[ ! -s "$work/breaches" ] || exit 1
echo "all includes point one way"

# plant WORDS FILE LINE JUDGE: LINE at the end of FILE, in a copy, is a breach that JUDGE tells with
# WORDS.
failed=0
mkdir "$work/tree"
cp -R framework layers datasets trainer "$work/tree"
plant() {
    [ ! -f "$2" ] || cp "$2" "$work/before"
    printf '%s\n' "$3" >>"$work/tree/$2"
    if ! (cd "$work/tree" && "$4") | grep -q -- "$1"; then
        echo "*** not seen: $3 in $2"
        failed=1
    fi
    if [ -f "$2" ]; then cp "$work/before" "$work/tree/$2"; else rm "$work/tree/$2"; fi
}

plant 'base may not include engine' framework/base/arena.c \
    '#include "engine/team.h"' judge_edges
plant 'kernels may not include graph' framework/kernels/gemm.c \
    '#include "graph/graph.h"' judge_edges
plant 'graph may not include train' framework/graph/graph.h \
    '#include "train/train.h"' judge_edges
plant 'system may not include commands' trainer/system/signals.c \
    '#include "commands/command.h"' judge_edges
plant 'is private to graph' framework/train/train.c \
    '#include "graph/graph_internal.h"' judge_edges
plant 'two files have this name' trainer/display/arena.c \
    '/* another arena */' judge_names
plant 'no file of the tree' framework/train/train.c \
    '#include "error.h"' judge_edges
plant 'write it bare' framework/train/train.c \
    '#include "kinds/layer.h"' judge_edges
plant 'hdf5.h is not for' framework/base/arena.c \
    '#include <hdf5.h>' judge_system
plant 'yaml.h is not for' framework/config/options.c \
    '#include <yaml.h>' judge_system
plant 'png.h is not for' framework/base/arena.c \
    '#include <png.h>' judge_system
plant 'names a kind' framework/train/train.c \
    'int a = sizeof "relu";' judge_kinds
plant 'in a circle' framework/base/arena.h \
    '#include "config/config.h"' judge_circles
exit $failed
