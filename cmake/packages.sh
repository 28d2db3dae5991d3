#!/bin/sh
# Installs the system packages that trainer needs, where one is missing:
#
#     cmake/packages.sh build           what `make run` needs
#     cmake/packages.sh build test      what `make test` needs, but for Chromium
#     cmake/packages.sh browser         Chromium, for the tests that look at pages
#     cmake/packages.sh cluster         SLURM and MPICH, for the tests of clusters
#
# Debian and Ubuntu only, by apt, through sudo for others than root. Where that can't be done it
# names the packages and fails. Where nothing is missing it takes milliseconds and calls no apt.
set -eu

packages_of() {
    case $1 in
    build) echo "gcc libc6-dev make cmake pkg-config git libyaml-dev libhdf5-dev libaec-dev" \
                "zlib1g-dev libpng-dev libjpeg-dev check libjs-chart.js" ;;
    test) echo "clang libomp-dev clang-format hdf5-tools python3-venv librsvg2-bin graphviz" \
               "libxml2-utils libopenmpi-dev openmpi-bin" ;;
    browser) echo "chromium" ;;
    coverage) echo "gcovr" ;;
    cluster) echo "slurmctld slurmd slurm-client munge mpich libmpich-dev" ;;
    *) echo "$0: unknown set of packages '$1'" >&2; exit 2 ;;
    esac
}

# What a system without dpkg must have, whatever its packages are called.
have_all() {
    for tool in cc make cmake pkg-config git; do
        command -v "$tool" >/dev/null || return 1
    done
    pkg-config --exists yaml-0.1 libpng libjpeg zlib check
}

wanted=""
for set in "$@"; do
    wanted="$wanted $(packages_of "$set")"
done

if ! command -v dpkg-query >/dev/null; then
    have_all && exit 0
    echo "trainer needs these packages (Debian's names); please install them:$wanted" >&2
    exit 1
fi

# shellcheck disable=SC2086  # lists of words, here and below
installed=" $(dpkg-query -W -f '${db:Status-Status}=${Package} ' $wanted 2>/dev/null || true)"
missing=""
for package in $wanted; do
    case $installed in
    *" installed=$package "*) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null || { [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; }; then
    echo "these packages are missing; please install them:$missing" >&2
    exit 1
fi

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_missing() {
    # Where they exist: clang's sanitizers, which clang's package only recommends, and a linker that
    # takes half of the time.
    extra=""
    case $missing in
    *" clang"*)
        for package in libclang-rt-dev mold; do
            ! apt-cache show $package >/dev/null 2>&1 || extra="$extra $package"
        done ;;
    esac
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y --no-install-recommends install $missing $extra
}

echo "installing:$missing"
# The lists of packages may be absent, or so old that the files they name are gone.
# shellcheck disable=SC2086
if ! apt-get -qq --simulate install $missing >/dev/null 2>&1 || ! install_missing; then
    as_root apt-get -q update
    install_missing
fi
