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
    network_check_edges(&network, "loss", 0, dx, 6);
    network_close(&network);
}
END_TEST

START_TEST(labels_without_a_score_are_refused)
{
    ck_assert_str_eq(
        network_refusal("data: {type: inline, inputs: {x: [[1, 2]]}, labels: [2]}\n"
                        "model:\n  layers:\n    - {name: loss, type: SoftmaxWithLoss}\n"),
        "test.yaml:4:7: SoftmaxWithLoss 'loss': labels 'labels' have 3 classes, 0 to 2, but "
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

/* Probabilities 1/3, 2/3 and 1/2, 1/2. */
#define TWO                                                                                        \
    "data: {type: inline, inputs: {x: [[0, 0.6931471805599453], [0, 0]], w: [3, 0.5]}, "           \
    "labels: [1, 0]}\n"

START_TEST(a_smoothed_label_is_spread_over_all_classes)
{
    struct network network = network_run(TWO "model: {layers: [{name: loss, type: SoftmaxWithLoss, "
                                             "input: [x, labels], label_smoothing: 0.2}]}\n");
    ck_assert_double_eq_tol(network_value(&network, "loss", 0), 0.9 * log(1.5) + 0.1 * log(3),
                            1e-15);
    ck_assert_double_eq_tol(network_value(&network, "loss", 1), log(2), 1e-15);
    const double dx[] = {(1.0 / 3 - 0.1) / 2, (2.0 / 3 - 0.9) / 2, (0.5 - 0.9) / 2,
                         (0.5 - 0.1) / 2};
    for (size_t i = 0; i < 4; i++)
        ck_assert_double_eq_tol(network_edge(&network, "loss", 0, i), dx[i], 1e-15);
    network_close(&network);
}
END_TEST

START_TEST(classes_and_samples_have_weights)
{
    struct network network = network_run(
        TWO "model: {layers: [{name: loss, type: SoftmaxWithLoss, input: [x, labels, w], "
            "class_weights: [4, 2]}]}\n");
    ck_assert_double_eq_tol(network_value(&network, "loss", 0), 3 * 2 * log(1.5), 1e-15);
    ck_assert_double_eq_tol(network_value(&network, "loss", 1), 0.5 * 4 * log(2), 1e-15);
    ck_assert_double_eq_tol(network_edge(&network, "loss", 0, 1), 3 * 2 * -1.0 / 6, 1e-15);
    ck_assert_double_eq_tol(network_edge(&network, "loss", 2, 0), 2 * log(1.5) / 2, 1e-15);
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(balanced_weights_are_inverse_to_how_often_a_class_occurs)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[0, 0], [0, 0], [0, 0], [0, 0]]}, "
                    "labels: [0, 1, 0, 0]}\n"
                    "model: {layers: [{name: loss, type: SoftmaxWithLoss, class_weights: "
                    "balanced}]}\n");
    ck_assert_double_eq_tol(network_value(&network, "loss", 0), 4.0 / (2 * 3) * log(2), 1e-15);
    ck_assert_double_eq_tol(network_value(&network, "loss", 1), 4.0 / (2 * 1) * log(2), 1e-15);
    ck_assert_double_eq_tol(graph_loss(network.graph, 4), log(2), 1e-15);
    network_close(&network);
}
END_TEST

START_TEST(a_column_of_weights_is_read_unasked_unless_it_is_somebody_elses)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[0, 0]], weights: [5]}, labels: [0]}\n"
                    "model: {layers: [{name: loss, type: SoftmaxWithLoss}]}\n");
    ck_assert_double_eq_tol(network_value(&network, "loss", 0), 5 * log(2), 1e-15);
    network_close(&network);
    network = network_run("data: {type: inline, inputs: {x: [[0, 0]], weights: [5]}, labels: [0]}\n"
                          "model: {layers: [{name: m, type: Mul, input: [x, weights]}, "
                          "{name: loss, type: SoftmaxWithLoss}]}\n");
    ck_assert_double_eq_tol(network_value(&network, "loss", 0), log(2), 1e-15);
    network_close(&network);
}
END_TEST

/* Options that are refused, and the message. */
static const struct {
    const char *options, *message;
} refused[] = {
    {"class_weights: [1, 2, 3]",
     "test.yaml:4:7: SoftmaxWithLoss 'loss': class_weights are 3 numbers; 2 are needed"},
    {"class_weights: [1, 0]",
     "test.yaml:4:62: 'class_weights' in SoftmaxWithLoss 'loss' must be a list of numbers > 0 or "
     "balanced, not 0"},
    {"input: [x, t], class_weights: [1, 2]",
     "test.yaml:4:7: SoftmaxWithLoss 'loss': class_weights need labels that are classes"},
    {"input: [x, labels, x]",
     "test.yaml:4:7: SoftmaxWithLoss 'loss': weights 'x' have shape (2); one number a sample is "
     "needed"},
    {"input: [x, labels], class_weights: balanced",
     "test.yaml:4:7: SoftmaxWithLoss 'loss': class_weights: balanced, but the training data has "
     "no sample of class 1"},
};

START_TEST(weights_that_do_not_fit_are_refused)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        char yaml[512];
        snprintf(yaml, sizeof yaml,
                 "data: {type: inline, inputs: {x: [[1, 2]], t: [[0, 1]]}, labels: [0]}\n"
                 "model:\n  layers:\n    - {name: loss, type: SoftmaxWithLoss, %s}\n",
                 refused[i].options);
        ck_assert_str_eq(network_refusal(yaml), refused[i].message);
    }
}
END_TEST

int main(void)
{
    return suite_main(
        "layer softmax_with_loss", SUITE_IN_PROCESS, 1,
        (const TTest *[]){
            loss_and_gradient_by_hand, one_hot_targets_give_the_same_as_labels,
            soft_targets_have_gradients_of_their_own, large_scores_neither_overflow_nor_give_nan,
            labels_without_a_score_are_refused, targets_of_another_shape_are_refused,
            data_without_labels_is_refused, a_smoothed_label_is_spread_over_all_classes,
            classes_and_samples_have_weights,
            balanced_weights_are_inverse_to_how_often_a_class_occurs,
            a_column_of_weights_is_read_unasked_unless_it_is_somebody_elses,
            weights_that_do_not_fit_are_refused, NULL});
}
