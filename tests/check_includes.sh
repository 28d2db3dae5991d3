#!/bin/sh
# Includes point one way:
#
#     trainer -> framework;  layers, datasets -> their contract, helpers;  kernels -> real.h, team.h
#
# Only one file sees yaml.h, few see hdf5.h, and no file of the framework names a kind.
set -u
cd "${TRAINER_SOURCE_DIR:-$(dirname "$0")/..}" || exit 1
breaches=$(mktemp) || exit 1
trap 'rm -f "$breaches"' EXIT

# Notes each line of stdin as a breach of the rule $1.
breach() {
    sed "s|\$|: $1|" >>"$breaches"
}

# "file:line:name" of each #include "name" in the files, and of each #include <name>.
own_includes() {
    grep -Hno '^ *# *include *"[^"]*' "$@" /dev/null | sed 's/:[^:]*"/:/'
}
system_includes() {
    grep -Hno '^ *# *include *<[^>]*' "$@" /dev/null | sed 's/:[^:]*</:/'
}

# Of such lines, those whose name does not match the pattern $1.
but() {
    grep -v -E ":($1)\$"
}

own_includes layers/*.c | but 'layer\.h|kernels/[a-z0-9_]+\.h' |
    breach "a layer sees layer.h and kernels/ only"

own_includes datasets/*.c | but 'dataset\.h|random\.h|exact_math\.h|image\.h|runfile_hdf5\.h' |
    breach "a data set sees dataset.h and the helpers random.h, exact_math.h, image.h only"

kernels=$(cd framework/kernels && echo *.h | tr ' ' '|')
own_includes framework/kernels/*.[ch] | but "(kernels/)?($kernels)|(\.\./)?(real|team)\.h" |
    breach "a kernel sees real.h, team.h and other kernels only"

# framework/ is on the include path, so each name must be a file in it.
own_includes framework/*.[ch] framework/*/*.[ch] | while IFS=: read -r file line name; do
    [ -f "framework/$name" ] || [ -f "$(dirname "$file")/$name" ] || echo "$file:$line:$name"
done | breach "the framework sees its own headers only"

own_includes framework/*.[ch] framework/*/*.[ch] trainer/*.[ch] layers/*.c datasets/*.c |
    grep -E ':[^:]*(trainer|layers|datasets)/[^:]*$' |
    breach "nobody includes from trainer/, layers/ or datasets/"

find framework layers datasets trainer -name '*.[ch]' | while IFS= read -r file; do
    system_includes "$file"
done >"$breaches.all"
grep ':yaml\.h$' "$breaches.all" | grep -v '^framework/config_yaml\.c:' |
    breach "only framework/config_yaml.c sees yaml.h"
grep -E ':hdf5(_hl)?\.h$' "$breaches.all" |
    grep -v -E '^(framework/runfile[a-z0-9_]*\.[ch]|datasets/hdf5\.c):' |
    breach "only framework/runfile* and datasets/hdf5.c see hdf5.h"
rm -f "$breaches.all"

# A kind's name in code: as a symbol (layer_relu) or as a whole string ("relu"). Comments may name
# one: awk drops what stands from /* to the end of each piece that ends in */.
names=""
for kind in layers/*.c datasets/*.c framework/optimizers/*.c framework/metrics/*.c; do
    [ -f "$kind" ] || continue
    name=$(basename "$kind" .c)
    family=$(basename "$(dirname "$kind")")
    names="$names|\b${family%s}_$name\b|\"$(echo "$name" | sed 's/_/_?/g')\""
done
for file in framework/*.[ch]; do
    awk -v 'RS=\\*/' '{ sub(/\/\*.*/, ""); printf "%s", $0 }' "$file" |
        grep -i -E "${names#|}" | sed "s|^ *|$file: |"
done | breach "the framework names no kind"

cat "$breaches"
[ ! -s "$breaches" ] && echo "all includes point one way"
