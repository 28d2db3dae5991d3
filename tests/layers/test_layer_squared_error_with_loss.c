/*
 * test_layer_squared_error_with_loss.c - loss and gradients by hand, what does not fit.
 */
#include "support/network.h"
#include "support/suite.h"

#define DATA "data: {type: inline, inputs: {x: [[1, 2], [-1, 0.5]], t: [[0, 4], [-1, 1]]}}\n"

START_TEST(loss_and_gradient_by_hand)
{
    struct network network = network_run(
        DATA "model: {layers: [{name: loss, type: SquaredErrorWithLoss, input: [x, t]}]}\n");
    ck_assert_double_eq(network_value(&network, "loss", 0), (1 + 4) / 2.0);
    ck_assert_double_eq(network_value(&network, "loss", 1), 0.25 / 2);
    const double dy[] = {0.5, -1, 0, -0.25};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_double_eq(network_edge(&network, "loss", 0, i), dy[i]);
        ck_assert_double_eq(network_edge(&network, "loss", 1, i), -dy[i]);
    }
    struct prediction said = graph_prediction(network.graph);
    ck_assert_int_eq(said.task, TASK_VALUES);
    ck_assert_double_eq(((const double *)said.x)[3], 0.5);
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(a_unit_reads_a_column_of_targets)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[1], [3]], t: [2, 0]}}\n"
                    "model: {layers: [{name: loss, type: MSELoss, input: [x, t]}]}\n");
    ck_assert_double_eq(graph_loss(network.graph, 2), (1 + 9) / 2.0);
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(targets_of_another_size_are_refused)
{
    ck_assert_str_eq(
        network_refusal(DATA
                        "model:\n  layers:\n    - {name: a, type: Affine, units: 3, input: x}\n"
                        "    - {name: loss, type: SquaredErrorWithLoss, input: [a, t]}\n"),
        "test.yaml:5:7: SquaredErrorWithLoss 'loss': targets 't' have shape (2), 'a' has shape "
        "(3)");
}
END_TEST

START_TEST(classes_are_refused)
{
    ck_assert_str_eq(
        network_refusal("data: {type: inline, inputs: {x: [[1], [2], [3]]}, labels: [0, 2, 1], "
                        "labels_as: classes}\n"
                        "model:\n  layers:\n    - {name: loss, type: SquaredErrorWithLoss}\n"),
        "test.yaml:4:7: SquaredErrorWithLoss 'loss' reads 'labels', which are 3 classes; expected "
        "values (labels_as: values)");
}
END_TEST

int main(void)
{
    return suite_main("layer squared_error_with_loss", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){loss_and_gradient_by_hand, a_unit_reads_a_column_of_targets,
                                        targets_of_another_size_are_refused, classes_are_refused,
                                        NULL});
}
