#!/bin/sh
# Copies archives so that what they call malloc is fault_malloc, and so on for each fault_* function
# of the object:
#
#     NM=nm OBJCOPY=objcopy copy.sh FAULTS_OBJECT FOLDER ARCHIVE...
set -eu
object=$1
folder=$2
shift 2
"${NM:-nm}" --defined-only "$object" |
    sed -n 's/.* T fault_\(.*\)/\1 fault_\1/p' >"$folder/symbols.txt"
for archive; do
    "${OBJCOPY:-objcopy}" --redefine-syms="$folder/symbols.txt" "$archive" \
        "$folder/faulty_$(basename "$archive")"
done
