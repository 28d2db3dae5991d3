#!/bin/sh
# `make bench ARGS="--quick ranks"`: small networks, a turn of each, no peers. What is measured
# means nothing; all cases must be there, those over links where hosts can be simulated. Skipped
# (77) without an MPI. Two minutes.
# shellcheck source=tests/cli/lib/cli.sh
. "$(dirname "$0")/../cli/lib/cli.sh"
build=$source_dir/build
if [ ! -x "$build/trainer-mpi" ] || ! command -v mpirun >/dev/null; then
    echo "*** SKIPPED: the bench of ranks; mpirun or build/trainer-mpi is missing"
    exit 77
fi
cmake --build "$build" -j "$(nproc)" --target bench_steps bench_steps-mpi >build.txt 2>&1 ||
    fail "no build: $(tail -n 3 build.txt)"
python3 -B "$source_dir/bench/run.py" --quick --python none --results results ranks >out 2>err ||
    fail "bench/run.py fails"

rows_of() { # CASE QUANTITY
    expect_out "^784-[0-9-]* x [0-9]*, $1  *trainer-mpi, 2 ranks$2"
}
expect_out '^784-50-10 x 100, one rank  *trainer, 1 thread  *step_us'
expect_out '^first step  *trainer-mpi, 2 ranks  *seconds'
links="1 Gbit/s:10 Gbit/s:"
! grep '^\*\*\* no links' out || links=""
IFS=:
for case in "one machine" $links; do
    rows_of "$case" '  *step_us'
    rows_of "$case" ', rows  *sent_mb'
    rows_of "$case" ', weights  *exchange_share'
done
