/*
 * test_layer_sigmoid_with_loss.c - probabilities and loss by hand, classes and several targets,
 * large scores, what does not fit.
 */
#include "support/network.h"
#include "support/suite.h"
#include <math.h>

#define MODEL "model:\n  layers:\n    - {name: loss, type: SigmoidWithLoss}\n"

START_TEST(loss_and_gradient_of_two_classes_by_hand)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[0.6931471805599453], "
                    "[0], [-0.6931471805599453]]}, labels: [1, 0, 1]}\n" MODEL);
    /* Probabilities of class 1: 2/3, 1/2, 1/3. */
    const double loss[] = {log(1.5), log(2), log(3)};
    const double dx[] = {(2.0 / 3 - 1) / 3, 0.5 / 3, (1.0 / 3 - 1) / 3};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(network_value(&network, "loss", i), loss[i], 1e-15);
        ck_assert_double_eq_tol(network_edge(&network, "loss", 0, i), dx[i], 1e-15);
    }
    ck_assert_double_eq_tol(graph_loss(network.graph, 3), log(9) / 3, 1e-15);
    struct prediction said = graph_prediction(network.graph);
    ck_assert_int_eq(said.task, TASK_BINARY);
    ck_assert_uint_eq(said.width, 1);
    ck_assert_double_eq_tol(((const double *)said.x)[0], 2.0 / 3, 1e-15);
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(several_targets_count_by_their_mean)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[0.6931471805599453, 0], [0, 0]], "
                    "t: [[1, 0], [0.25, 1]]}}\n"
                    "model: {layers: [{name: loss, type: SigmoidWithLoss, input: [x, t]}]}\n");
    ck_assert_double_eq_tol(network_value(&network, "loss", 0), (log(1.5) + log(2)) / 2, 1e-15);
    ck_assert_double_eq_tol(network_value(&network, "loss", 1), log(2), 1e-15);
    const double dx[] = {-1.0 / 12, 1.0 / 8, 1.0 / 16, -1.0 / 8};
    for (size_t i = 0; i < 4; i++)
        ck_assert_double_eq_tol(network_edge(&network, "loss", 0, i), dx[i], 1e-15);
    ck_assert_double_eq_tol(network_edge(&network, "loss", 1, 0), -log(2) / 4, 1e-15);
    ck_assert_int_eq(graph_prediction(network.graph).task, TASK_LABELS);
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(large_scores_neither_overflow_nor_give_nan)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[1e30], [-1e30], [1e4], [-50]]}, "
                    "labels: [1, 1, 0, 0]}\n" MODEL);
    ck_assert_double_eq(network_value(&network, "loss", 0), 0);
    ck_assert_double_eq(network_value(&network, "loss", 1), 1e30);
    ck_assert_double_eq(network_value(&network, "loss", 2), 1e4);
    /* What is left of 1 after adding exp(-50) is nothing; the loss is exp(-50) all the same. */
    ck_assert_double_eq_tol(network_value(&network, "loss", 3), exp(-50), 1e-15 * exp(-50));
    const double dx[] = {0, -0.25, 0.25, 0};
    network_check_edges(&network, "loss", 0, dx, 3);
    network_close(&network);
}
END_TEST

START_TEST(small_losses_keep_their_digits)
{
    struct network network = network_run(
        "data: {type: inline, inputs: {x: [[20], [10], [30]]}, labels: [1, 1, 1]}\n" MODEL);
    const double x[] = {20, 10, 30};
    for (size_t i = 0; i < 3; i++)
        ck_assert_double_eq_tol(network_value(&network, "loss", i), log1p(exp(-x[i])),
                                4e-15 * exp(-x[i]));
    network_close(&network);
}
END_TEST

START_TEST(classes_labels_and_samples_have_weights)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[0.6931471805599453], [0]], w: [3, 0.5]}, "
                    "labels: [1, 0]}\n"
                    "model: {layers: [{name: loss, type: SigmoidWithLoss, input: [x, labels, w], "
                    "class_weights: [4, 2], label_smoothing: 0.2}]}\n");
    ck_assert_double_eq_tol(network_value(&network, "loss", 0),
                            3 * 2 * (0.9 * log(1.5) + 0.1 * log(3)), 1e-14);
    ck_assert_double_eq_tol(network_value(&network, "loss", 1), 0.5 * 4 * log(2), 1e-15);
    ck_assert_double_eq_tol(network_edge(&network, "loss", 0, 0), 3 * 2 * (2.0 / 3 - 0.9) / 2,
                            1e-15);
    network_check_gradients(&network);
    network_close(&network);
    network = network_run("data: {type: inline, inputs: {x: [[0.6931471805599453, 0]], "
                          "t: [[1, 0]]}}\n"
                          "model: {layers: [{name: loss, type: SigmoidWithLoss, input: [x, t], "
                          "class_weights: [4, 2]}]}\n");
    ck_assert_double_eq_tol(network_value(&network, "loss", 0), (4 * log(1.5) + log(2)) / 2, 1e-15);
    ck_assert_double_eq_tol(network_edge(&network, "loss", 0, 0), 4 * (2.0 / 3 - 1) / 2, 1e-15);
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

/* Data and model that do not go together, and the message. */
static const struct {
    const char *yaml, *message;
} refused[] = {
    {"data: {type: inline, inputs: {x: [[1]]}, labels: [2]}\n" MODEL,
     "test.yaml:4:7: SigmoidWithLoss 'loss': labels 'labels' have 3 classes; one unit tells two "
     "apart"},
    {"data: {type: inline, inputs: {x: [[1, 2]]}, labels: [1]}\n" MODEL,
     "test.yaml:4:7: SigmoidWithLoss 'loss': labels 'labels' are classes, scores 'x' have shape "
     "(2); expected one unit for two classes (SoftmaxWithLoss has a unit a class)"},
    {"data: {type: inline, inputs: {x: [[1, 2]]}, labels: [[0, 0, 1]]}\n" MODEL,
     "test.yaml:4:7: SigmoidWithLoss 'loss': targets 'labels' have shape (3), scores 'x' have "
     "shape "
     "(2)"},
};

START_TEST(targets_that_do_not_fit_are_refused)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        ck_assert_str_eq(network_refusal(refused[i].yaml), refused[i].message);
}
END_TEST

int main(void)
{
    return suite_main(
        "layer sigmoid_with_loss", SUITE_IN_PROCESS, 1,
        (const TTest *[]){
            loss_and_gradient_of_two_classes_by_hand, several_targets_count_by_their_mean,
            large_scores_neither_overflow_nor_give_nan, small_losses_keep_their_digits,
            classes_labels_and_samples_have_weights, targets_that_do_not_fit_are_refused, NULL});
}
