/*
 * test_layer_huber_with_loss.c - both branches by hand, delta, what does not fit.
 */
#include "support/network.h"
#include "support/suite.h"

#define DATA "data: {type: inline, inputs: {x: [[1, 2], [-5, 0.5]], t: [[0.5, 4], [-1, 1]]}}\n"

/* Errors 0.5 -2, -4 -0.5. */
START_TEST(loss_and_gradient_by_hand)
{
    struct network network =
        network_run(DATA "model: {layers: [{name: loss, type: HuberWithLoss, input: [x, t]}]}\n");
    ck_assert_double_eq(network_value(&network, "loss", 0), (0.125 + 1.5) / 2);
    ck_assert_double_eq(network_value(&network, "loss", 1), (3.5 + 0.125) / 2);
    const double dy[] = {0.125, -0.25, -0.25, -0.125};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_double_eq(network_edge(&network, "loss", 0, i), dy[i]);
        ck_assert_double_eq(network_edge(&network, "loss", 1, i), -dy[i]);
    }
    ck_assert_int_eq(graph_prediction(network.graph).task, TASK_VALUES);
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(delta_is_where_the_straight_part_begins)
{
    struct network network = network_run(
        DATA "model: {layers: [{name: loss, type: HuberWithLoss, delta: 3, input: [x, t]}]}\n");
    ck_assert_double_eq(network_value(&network, "loss", 0), (0.125 + 2) / 2);
    ck_assert_double_eq(network_value(&network, "loss", 1), (3 * (4 - 1.5) + 0.125) / 2);
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(a_delta_of_zero_is_refused)
{
    ck_assert_str_eq(
        network_refusal(DATA "model:\n  layers:\n"
                             "    - {name: loss, type: HuberWithLoss, delta: 0, input: [x, t]}\n"),
        "test.yaml:4:48: 'delta' in HuberWithLoss 'loss' must be a number > 0 and <= 1e+30, not 0");
}
END_TEST

int main(void)
{
    return suite_main("layer huber_with_loss", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){loss_and_gradient_by_hand,
                                        delta_is_where_the_straight_part_begins,
                                        a_delta_of_zero_is_refused, NULL});
}
