#!/bin/sh
# fetch_mnist.sh - downloads MNIST into datasets/mnist, for configs/mnist_two_layer.yaml.
#
#     datasets/fetch_mnist.sh [FOLDER]
#     MNIST_URL=https://example.org/mnist datasets/fetch_mnist.sh
#
# Each file is checked by the SHA-256 of its unpacked bytes, which are the same for every mirror,
# and gets its name only when it is right. Files that are there and right are not downloaded again.
# Run by people only: no build and no test calls it.
set -eu

url=${MNIST_URL:-https://ossci-datasets.s3.amazonaws.com/mnist}
folder=${1:-$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)/mnist}
part=

fail() {
    printf 'fetch_mnist.sh: %s\n' "$1" >&2
    exit 1
}

# fetch URL FILE
fetch() {
    if command -v curl >/dev/null; then
        curl --fail --location --silent --show-error --output "$2" -- "$1"
    elif command -v wget >/dev/null; then
        wget --quiet --output-document="$2" -- "$1"
    else
        fail 'needs curl or wget'
    fi
}

# unpacked_sum FILE.gz: the SHA-256 of what it holds; nothing where it is no gzip file.
unpacked_sum() {
    gzip --test -- "$1" 2>/dev/null || return 0
    if command -v sha256sum >/dev/null; then
        gzip --decompress --stdout -- "$1" | sha256sum
    else
        gzip --decompress --stdout -- "$1" | shasum --algorithm 256
    fi | cut -d ' ' -f 1
}

# get NAME SHA256
get() {
    file=$folder/$1.gz
    if [ -f "$file" ] && [ "$(unpacked_sum "$file")" = "$2" ]; then
        printf '%s: there already\n' "$file"
        return
    fi
    part=$file.part
    fetch "$url/$1.gz" "$part" || fail "cannot download $url/$1.gz; another mirror? MNIST_URL=..."
    sum=$(unpacked_sum "$part")
    [ "$sum" = "$2" ] ||
        fail "$url/$1.gz is not MNIST's: unpacked SHA-256 '$sum', expected '$2'"
    mv -f -- "$part" "$file"
    printf '%s: downloaded\n' "$file"
}

command -v gzip >/dev/null || fail 'needs gzip'
command -v sha256sum >/dev/null || command -v shasum >/dev/null || fail 'needs sha256sum or shasum'
mkdir -p -- "$folder" || fail "cannot make the folder $folder"
trap 'rm -f -- "$part"' EXIT
trap 'exit 1' HUP INT TERM
get train-images-idx3-ubyte ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db
get train-labels-idx1-ubyte 65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5
get t10k-images-idx3-ubyte 0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7
get t10k-labels-idx1-ubyte ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2
