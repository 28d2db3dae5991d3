#!/bin/sh
# Ranks of MPICH: the tests of trainer-mpi (tests/python/test_ranks*.py), of a build with MPICH's
# mpicc and under its mpiexec; and that a program of one MPI tells the other's launcher apart.
# Minutes. Skipped (77) where MPICH is not installed, or Python's packages are not.
# shellcheck source=tests/cli/lib/cli.sh
. "$(dirname "$0")/../cli/lib/cli.sh"
build=$source_dir/build/mpich
python=$source_dir/build/venv/bin/python
for tool in mpicc.mpich mpiexec.mpich "$python"; do
    command -v $tool >/dev/null && continue
    echo "*** SKIPPED: ranks of MPICH; $tool is missing (cmake/packages.sh cluster, make test)"
    exit 77
done
cmake -S "$source_dir" -B "$build" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DTRAINER_TESTS=OFF \
    -DMPI_C_COMPILER="$(command -v mpicc.mpich)" >cmake.txt &&
    cmake --build "$build" -j "$(nproc)" --target trainer trainer-mpi >build.txt 2>&1 ||
    fail "no build: $(tail -n 3 cmake.txt build.txt)"

# The tests say mpirun, and mpirun is MPICH's.
mkdir bin
printf '#!/bin/sh\nexec mpiexec.mpich "$@"\n' >bin/mpirun
chmod +x bin/mpirun
for test in test_ranks test_ranks_sweep; do
    PATH=$work/bin:$PATH TRAINER_BUILD_DIR=$build \
        "$python" "$source_dir/tests/python/$test.py" >tests.txt 2>&1 ||
        fail "$test: $(cat tests.txt)"
done

# Each launcher with the other's program: its ranks would each be the first of one.
small_config
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
other_program() { # LAUNCHER PROGRAM MPI: is refused, and nothing is trained
    "$1" -np 2 "$2" small.yaml --threads 1 >out 2>&1
    [ $? -ne 0 ] || fail "$1 with a program of $3: exit status 0"
    grep -q "started 2 processes, and this trainer-mpi sees 1; it was built for $3" out ||
        fail "$1 does not say that the program is $3's: $(cat out)"
    [ ! -e runs ] || fail "$1 has trained"
}
other_program mpirun.openmpi "$build/trainer-mpi" MPICH
[ ! -x "$source_dir/build/trainer-mpi" ] ||
    other_program mpiexec.mpich "$source_dir/build/trainer-mpi" "Open MPI"
