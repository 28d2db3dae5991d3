/*
 * test_layer_softmax_with_loss.c - probabilities and loss by hand, (y - t) / batch, one-hot and
 * soft targets, large scores, labels that do not fit.
 */
#include "support/network.h"
#include "support/suite.h"
#include <math.h>
#include <stdio.h>

START_TEST(loss_and_gradient_by_hand)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[0, 0.6931471805599453], [0, 0]]}, "
                    "labels: [1, 0]}\n"
                    "model: {layers: [{name: loss, type: SoftmaxWithLoss}]}\n");
    /* Probabilities 1/3, 2/3 and 1/2, 1/2. */
    ck_assert_double_eq_tol(network_value(&network, "loss", 0), log(1.5), 1e-15);
    ck_assert_double_eq_tol(network_value(&network, "loss", 1), log(2), 1e-15);
    const double dx[] = {1.0 / 6, -1.0 / 6, -0.25, 0.25};
    for (size_t i = 0; i < 4; i++)
        ck_assert_double_eq_tol(network_edge(&network, "loss", 0, i), dx[i], 1e-15);
    ck_assert_double_eq_tol(graph_loss(network.graph, 2), (log(1.5) + log(2)) / 2, 1e-15);
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(one_hot_targets_give_the_same_as_labels)
{
    static const char yaml[] = "data: {type: inline, inputs: {x: [[1, 2, 3], [3, 1, -2]]}, "
                               "labels: %s}\n"
                               "model: {layers: [{name: loss, type: SoftmaxWithLoss}]}\n";
    char labels[512], targets[512];
    snprintf(labels, sizeof labels, yaml, "[2, 0]");
    snprintf(targets, sizeof targets, yaml, "[[0, 0, 1], [1, 0, 0]]");
    struct network a = network_run(labels), b = network_run(targets);
    for (size_t i = 0; i < 6; i++)
        ck_assert_double_eq_tol(network_edge(&a, "loss", 0, i), network_edge(&b, "loss", 0, i),
                                1e-16);
    ck_assert_double_eq_tol(graph_loss(a.graph, 2), graph_loss(b.graph, 2), 1e-15);
    network_check_gradients(&b);
    network_close(&a);
    network_close(&b);
}
END_TEST

START_TEST(soft_targets_have_gradients_of_their_own)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[1, 2, 3]], t: [[0.2, 0.5, 0.7]]}}\n"
                    "model: {layers: [{name: loss, type: SoftmaxWithLoss, input: [x, t]}]}\n");
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(large_scores_neither_overflow_nor_give_nan)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[1e4, 0, -1e4], [-1e30, 0, 1e30]]}, "
                    "labels: [0, 0]}\n"
                    "model: {layers: [{name: loss, type: SoftmaxWithLoss}]}\n");
    ck_assert_double_eq(network_value(&network, "loss", 0), 0);
    ck_assert_double_eq(network_value(&network, "loss", 1), 2e30);
    const double dx[] = {0, 0, 0, -0.5, 0, 0.5};
    for (size_t i = 0; i < 6; i++)
        ck_assert_double_eq(network_edge(&network, "loss", 0, i), dx[i]);
    network_close(&network);
}
END_TEST

START_TEST(labels_without_a_score_are_refused)
{
    ck_assert_str_eq(
        network_refusal("data: {type: inline, inputs: {x: [[1, 2]]}, labels: [2]}\n"
                        "model:\n  layers:\n    - {name: loss, type: SoftmaxWithLoss}\n"),
        "test.yaml:4:7: SoftmaxWithLoss 'loss': labels 'labels' have 3 classes, but "
        "'x' gives scores of shape (2) for 2");
}
END_TEST

START_TEST(targets_of_another_shape_are_refused)
{
    ck_assert_str_eq(
        network_refusal("data: {type: inline, inputs: {x: [[1, 2]]}, labels: [[0, 0, 1]]}\n"
                        "model:\n  layers:\n    - {name: loss, type: SoftmaxWithLoss}\n"),
        "test.yaml:4:7: SoftmaxWithLoss 'loss': targets 'labels' have shape (3), scores 'x' have "
        "shape (2)");
}
END_TEST

START_TEST(data_without_labels_is_refused)
{
    ck_assert_str_eq(
        network_refusal("data: {type: inline, inputs: {x: [[1, 2]]}}\n"
                        "model:\n  layers:\n    - {name: loss, type: SoftmaxWithLoss}\n"),
        "test.yaml:4:7: SoftmaxWithLoss 'loss' needs labels, and the data set has no "
        "column 'labels'");
}
END_TEST

int main(void)
{
    return suite_main(
        "layer softmax_with_loss", SUITE_IN_PROCESS, 1,
        (const TTest *[]){loss_and_gradient_by_hand, one_hot_targets_give_the_same_as_labels,
                          soft_targets_have_gradients_of_their_own,
                          large_scores_neither_overflow_nor_give_nan,
                          labels_without_a_score_are_refused, targets_of_another_shape_are_refused,
                          data_without_labels_is_refused, NULL});
}
