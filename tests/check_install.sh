#!/bin/sh
# make install, into a staging folder whose name has a space: the program runs from there, and C
# programs find header and library through pkg-config and through CMake.
set -eu
build=${TRAINER_BUILD_DIR:-$(cd "$(dirname "$0")/../build" && pwd)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

DESTDIR="$work/staging area" cmake --install "$build" --prefix /opt/trainer >/dev/null
# The staged tree moved: nothing in it may know where it was made for.
mv "$work/staging area/opt/trainer" "$work/installed"
prefix=$work/installed
version=$("$prefix/bin/trainer" --version | sed -n '1s/^trainer \([0-9.]*\).*/\1/p')
[ -n "$version" ]

cat >"$work/user.c" <<'END'
#include <stdio.h>
#include <trainer.h>

int main(int count, char **word)
{
    trainer_session *session;
    printf("%s\n", trainer_version());
    int failed = trainer_session_open(&session, count > 1 ? word[1] : "", NULL, 0) ||
                 trainer_session_train(session, NULL);
    if (failed)
        fprintf(stderr, "%s\n", trainer_error());
    else
        printf("%g\n", trainer_session_metric(session, "train_accuracy"));
    trainer_session_close(session);
    return failed;
}
END
source=${TRAINER_SOURCE_DIR:-$(cd "$(dirname "$0")/.." && pwd)}
expected=$(printf '%s\n1' "$version")

export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
[ "$(pkg-config --modversion trainer)" = "$version" ]
# shellcheck disable=SC2046  # flags are words
"${CC:-cc}" -Wall -Wextra -Werror "$work/user.c" -o "$work/user" \
    $(pkg-config --cflags --libs trainer)
[ "$(LD_LIBRARY_PATH="$prefix/lib" "$work/user" "$source/configs/xor.yaml")" = "$expected" ]

mkdir "$work/project"
cat >"$work/project/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.22)
project(user C)
find_package(trainer 0.1 REQUIRED)
add_executable(user ../user.c)
target_link_libraries(user trainer::trainer)
END
cmake -S "$work/project" -B "$work/project/build" "-DCMAKE_PREFIX_PATH=$prefix" >/dev/null
cmake --build "$work/project/build" >/dev/null
[ "$("$work/project/build/user" "$source/configs/xor.yaml")" = "$expected" ]

# The configs come along, and run from where they were put.
(cd "$source/configs" && find . -name '*.yaml' | sort) >"$work/configs"
(cd "$prefix/share/trainer/configs" && find . -name '*.yaml' | sort) | diff "$work/configs" -
(cd "$work" && "$prefix/bin/trainer" "$prefix/share/trainer/configs/xor.yaml" --quiet)
[ -s "$work/runs/xor/latest/run.h5" ]

# bash completes commands, and the options of one.
completions() {
    bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _trainer
             echo "${COMPREPLY[*]}"' bash \
        "$prefix/share/bash-completion/completions/trainer" "$prefix/bin/trainer" "$@"
}
[ "$(completions gradc)" = gradcheck ]
[ "$(completions gradcheck --rto)" = --rtol ]
[ "$(completions x.yaml --thr)" = --threads ]

# What is visible is what the header says, and nothing else.
nm -D --defined-only "$prefix/lib/libtrainer.so" | sed 's/.* //' | sort >"$work/visible"
sed -n 's/^TRAINER_API .*[ *]\(trainer_[a-z0-9_]*\)(.*/\1/p' "$prefix/include/trainer.h" |
    sort >"$work/documented"
diff "$work/documented" "$work/visible"
echo "installed: trainer $version"
