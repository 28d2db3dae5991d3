/*
 * test_layer_global_average_pool.c - the mean of each channel; a vector refused.
 */
#include "support/network.h"
#include "support/suite.h"

START_TEST(each_channel_gives_its_mean)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[[[1, 2], [3, 6]], [[-1, 0], [5, 8]]]], "
                    "k: [[4, 12]]}}\n"
                    "model: {layers: [{name: y, type: GlobalAveragePool, input: x}, "
                    "{name: o, type: Mul, input: [y, k]}]}\n");
    const double y[] = {3, 3}, dx[] = {1, 1, 1, 1, 3, 3, 3, 3};
    network_check_values(&network, "y", y, 2);
    network_check_edges(&network, "y", 0, dx, 8);
    network_check_gradients(&network);
    network_check_teams(&network);
    network_close(&network);
}
END_TEST

START_TEST(a_value_of_rank_2_is_one_channel)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[[1, 2, 3], [4, 5, 9]]]}}\n"
                    "model: {layers: [{name: y, type: GlobalAveragePool}]}\n");
    ck_assert_uint_eq(shape_size(graph_layer_facts(network.graph, 0).out), 1);
    ck_assert_double_eq(network_value(&network, "y", 0), 4);
    network_close(&network);
}
END_TEST

START_TEST(a_vector_is_refused)
{
    ck_assert_str_eq(network_refusal("data: {type: inline, inputs: {x: [[1, 2]]}}\n"
                                     "model: {layers: [{name: y, type: GlobalAveragePool}]}\n"),
                     "test.yaml:2:18: GlobalAveragePool 'y': input 'x' has shape (2), not "
                     "(channels, height, width); add Reshape before");
}
END_TEST

int main(void)
{
    return suite_main("layer global average pool", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){each_channel_gives_its_mean,
                                        a_value_of_rank_2_is_one_channel, a_vector_is_refused,
                                        NULL});
}
