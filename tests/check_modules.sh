#!/bin/sh
# Every module has a test of its name in the folder that mirrors its own, or a line in
# tests/elsewhere.txt that says where it is tested:
#
#     framework/graph/graph_plan   graph/test_graph: shapes, gradients and memory of whole graphs
#
# A line is wrong whose module is gone or has a test by now, or whose test is not there.
set -u
cd "${TRAINER_SOURCE_DIR:-$(dirname "$0")/..}" || exit 1
failed=0
complain() {
    echo "*** $*"
    failed=1
}

# The test that mirrors a module: framework/graph/graph.c and layers/add.c have
# tests/graph/test_graph.c and tests/layers/test_layer_add.c.
mirror() {
    folder=${1%/*}
    name=${1##*/}
    name=${name%.c}
    case $folder in
    framework/optimizers | framework/initializers | framework/metrics | framework/schedules | \
        layers | datasets)
        family=${folder##*/}
        echo "tests/$family/test_${family%s}_$name.c tests/$family/test_$name.c" ;;
    *) echo "tests/${folder#framework/}/test_$name.c" ;;
    esac
}

has_test() {
    for test in $(mirror "$1"); do
        [ ! -f "$test" ] || return 0
    done
    return 1
}

modules=$(find framework/*/ trainer/*/ layers datasets -name '*.c' | sed 's|//|/|' | sort)
for module in $modules; do
    listed=$(grep -c "^${module%.c} " tests/elsewhere.txt)
    if has_test "$module"; then
        [ "$listed" -eq 0 ] || complain "$module has a test of its own: tests/elsewhere.txt"
    elif [ "$listed" -ne 1 ]; then
        complain "$module has neither a test of its name nor one line in tests/elsewhere.txt"
    fi
done

while read -r module where; do
    case $module in '' | '#'*) continue ;; esac
    [ -f "$module.c" ] || complain "$module is gone: tests/elsewhere.txt"
    test=${where%%:*}
    [ "$where" != "$test" ] || complain "$module: no words behind the test: tests/elsewhere.txt"
    for one in $(echo "$test" | tr ',' ' '); do
        [ -e "tests/$one.c" ] || [ -e "tests/$one.sh" ] || [ -e "tests/$one.py" ] ||
            [ -d "tests/$one" ] || complain "$module: there is no test $one: tests/elsewhere.txt"
    done
done <tests/elsewhere.txt
[ $failed -ne 0 ] || echo "every module has a test, or a line that says where it is tested"
exit $failed
