/*
 * test_nonfinite.c - what is not finite is found in its layer, row and place, and named.
 */
#include "base/error.h"
#include "engine/engine.h"
#include "support/network.h"
#include "support/suite.h"
#include "train/nonfinite.h"
#include <math.h>
#include <string.h>

static const char yaml[] =
    "data: {type: inline, inputs: {x: [[1, 2], [3, 4], [5, 6]]}}\n"
    "model:\n"
    "  layers:\n"
    "    - {name: a, type: Affine, units: 2, init: {type: constant, value: 1}}\n"
    "    - {name: b, type: ReLU}\n";

static const uint32_t samples[] = {40, 50, 60};

static const char *describe(const struct network *network)
{
    static char text[256];
    nonfinite_describe(network->graph, 57, samples, 3, text, sizeof text);
    return text;
}

START_TEST(all_is_finite_at_first)
{
    struct network network = network_run(yaml);
    char text[256];
    ck_assert(nonfinite_outputs_ok(network.graph, 3, &WORKER_ALONE));
    ck_assert(!nonfinite_describe_weight(network.graph, 57, text, sizeof text));
    network_close(&network);
}
END_TEST

START_TEST(an_output_is_named_with_row_and_sample)
{
    struct network network = network_run(yaml);
    void *x = (void *)(uintptr_t)graph_layer_facts(network.graph, 1).x;
    graph_engine(network.graph)->set(x, 3, (double)INFINITY);
    ck_assert(!nonfinite_outputs_ok(network.graph, 3, &WORKER_ALONE));
    ck_assert(nonfinite_outputs_ok(network.graph, 1, &WORKER_ALONE));
    ck_assert_str_eq(describe(&network), "step 57: the output of 'b' is inf in row 1 of the batch, "
                                         "sample 50 of the training data");
    network_close(&network);
}
END_TEST

START_TEST(a_weight_comes_before_outputs)
{
    struct network network = network_run(yaml);
    network_set(&network, "a", "weight", 2, (double)NAN);
    network_pass(&network, 1);
    ck_assert_str_eq(describe(&network), "step 57: 'a' weight became nan at (1, 0)");
    network_set(&network, "a", "weight", 2, -(double)INFINITY);
    ck_assert_str_eq(describe(&network), "step 57: 'a' weight became -inf at (1, 0)");
    network_close(&network);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {all_is_finite_at_first, an_output_is_named_with_row_and_sample,
                                  a_weight_comes_before_outputs, NULL};
    return suite_main("nonfinite", SUITE_IN_PROCESS, 1, tests);
}
