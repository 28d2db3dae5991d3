/*
 * test_layer_batch_norm.c - both modes by hand, running statistics, pictures, frozen, one number,
 * a large mean.
 */
#include "support/network.h"
#include "support/suite.h"
#include <math.h>
#include <string.h>

static const char vectors[] =
    "data: {type: inline, inputs: {x: [[1, 10], [2, 30], [3, 20], [6, 60]], "
    "k: [[3, 1], [5, -1], [7, 2], [-2, 4]]}}\n"
    "model: {layers: [{name: y, type: BatchNorm, input: x}, {name: o, type: Mul, input: [y, "
    "k]}]}\n";

static void commit(struct network *network)
{
    struct graph_pass pass = {.training = true, .rows = network->rows, .worker = WORKER_ALONE};
    graph_commit(network->graph, &pass);
}

START_TEST(training_takes_the_statistics_of_the_batch)
{
    struct network network = network_run(vectors);
    const double y[] = {-1.0690434404458735, -1.0690449523776269, -0.5345217202229368, 0.0, 0.0,
                        -0.5345224761888134, 1.6035651606688104,  1.6035674285664403};
    const double dx[] = {-1.4317508988243843,  0.03436215743818711, 0.28635277600581427,
                         -0.13363061904720336, 2.0044564508360128,  0.057270264433254565,
                         -0.8590583280174428,  0.041998197175761684};
    const double dgamma[] = {-9.086869243789925, 4.2761798095105075}, dbeta[] = {13.0, 6.0};
    for (size_t i = 0; i < 8; i++) {
        ck_assert_double_eq_tol(network_value(&network, "y", i), y[i], 1e-14);
        ck_assert_double_eq_tol(network_edge(&network, "y", 0, i), dx[i], 1e-14);
    }
    for (size_t c = 0; c < 2; c++) {
        ck_assert_double_eq_tol(network_gradient(&network, "y", "gamma", c), dgamma[c], 1e-13);
        ck_assert_double_eq_tol(network_gradient(&network, "y", "beta", c), dbeta[c], 1e-13);
    }
    network_check_gradients(&network);
    network_check_teams(&network);
    network_close(&network);
}
END_TEST

/* Batch: means 3 and 30, variances 3.5 and 350, unbiased 14 / 3 and 1400 / 3. */
START_TEST(running_statistics_move_by_momentum_behind_a_good_step)
{
    struct network network = network_run(vectors);
    ck_assert_double_eq(network_parameter(&network, "y", "running_mean", 0), 0);
    ck_assert_double_eq(network_parameter(&network, "y", "running_var", 1), 1);
    commit(&network);
    ck_assert_double_eq_tol(network_parameter(&network, "y", "running_mean", 0), 0.3, 1e-15);
    ck_assert_double_eq_tol(network_parameter(&network, "y", "running_mean", 1), 3, 1e-14);
    ck_assert_double_eq_tol(network_parameter(&network, "y", "running_var", 0), 0.9 + 1.4 / 3,
                            1e-14);
    commit(&network);
    ck_assert_double_eq_tol(network_parameter(&network, "y", "running_mean", 0), 0.57, 1e-15);
    ck_assert_double_eq_tol(network_parameter(&network, "y", "running_var", 1),
                            0.9 * (0.9 + 140.0 / 3) + 140.0 / 3, 1e-12);
    network_close(&network);
}
END_TEST

START_TEST(evaluation_takes_the_running_statistics)
{
    struct network network = network_run(vectors);
    commit(&network);
    network_set(&network, "y", "gamma", 0, 2);
    network_set(&network, "y", "beta", 0, -1);
    network_pass_mode(&network, 1, false);
    double inverse = 1 / sqrt(0.9 + 1.4 / 3 + 1e-5);
    ck_assert_double_eq_tol(network_value(&network, "y", 0), 2 * (1 - 0.3) * inverse - 1, 1e-14);
    ck_assert_double_eq_tol(network_value(&network, "y", 6), 2 * (6 - 0.3) * inverse - 1, 1e-14);
    ck_assert_double_eq_tol(network_edge(&network, "y", 0, 2), 5 * 2 * inverse, 1e-14);
    network_check_gradients(&network);
    network_check_teams(&network);
    commit(&network);
    network_close(&network);
}
END_TEST

/* Two channels of 1x2 pixels, two samples: statistics over four numbers each. */
START_TEST(channels_of_a_picture_share_their_statistics)
{
    struct network network = network_run(
        "data: {type: inline, inputs: {x: [[[[1, 2]], [[10, 30]]], [[[3, 6]], [[20, 60]]]], "
        "k: [[[[3, 5]], [[1, -1]]], [[[7, -2]], [[2, 4]]]]}}\n"
        "model: {layers: [{name: y, type: BatchNorm, input: x}, "
        "{name: o, type: Mul, input: [y, k]}]}\n");
    const double y[] = {-1.0690434404458735, -0.5345217202229368, -1.0690449523776269, 0.0, 0.0,
                        1.6035651606688104,  -0.5345224761888134, 1.6035674285664403};
    const double dx[] = {-1.4317508988243843,  0.28635277600581427, 0.03436215743818711,
                         -0.13363061904720336, 2.0044564508360128,  -0.8590583280174428,
                         0.057270264433254565, 0.041998197175761684};
    for (size_t i = 0; i < 8; i++) {
        ck_assert_double_eq_tol(network_value(&network, "y", i), y[i], 1e-14);
        ck_assert_double_eq_tol(network_edge(&network, "y", 0, i), dx[i], 1e-14);
    }
    network_check_gradients(&network);
    network_check_teams(&network);
    network_close(&network);
}
END_TEST

START_TEST(frozen_it_uses_its_running_statistics_and_keeps_them)
{
    struct network network = network_run(
        "data: {type: inline, inputs: {x: [[1, 10], [2, 30]]}}\n"
        "model: {layers: [{name: a, type: Affine, units: 2}, {name: y, type: BatchNorm, frozen: "
        "true}]}\n");
    for (size_t i = 0; i < 4; i++)
        ck_assert_double_eq_tol(network_value(&network, "y", i),
                                network_value(&network, "a", i) / sqrt(1 + 1e-5), 1e-14);
    network_check_gradients(&network);
    commit(&network);
    ck_assert_double_eq(network_parameter(&network, "y", "running_mean", 0), 0);
    ck_assert_double_eq(network_parameter(&network, "y", "running_var", 0), 1);
    network_close(&network);
}
END_TEST

START_TEST(one_number_a_channel_changes_no_running_statistics)
{
    struct network network = network_run("data: {type: inline, inputs: {x: [[5, 7]]}}\n"
                                         "model: {layers: [{name: y, type: BatchNorm}]}\n");
    ck_assert_double_eq(network_value(&network, "y", 0), 0);
    commit(&network);
    ck_assert_double_eq(network_parameter(&network, "y", "running_mean", 0), 0);
    ck_assert_double_eq(network_parameter(&network, "y", "running_var", 0), 1);
    network_close(&network);
}
END_TEST

START_TEST(a_large_mean_costs_no_digits_of_the_variance)
{
    struct network network = network_run(
        "data: {type: inline, inputs: {x: [[1000000001, 0], [1000000002, 0], [1000000003, 0], "
        "[1000000006, 0]]}}\n"
        "model: {layers: [{name: y, type: BatchNorm, affine: false}]}\n");
    const double y[] = {-1.0690434404458735, -0.5345217202229368, 0.0, 1.6035651606688104};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_double_eq_tol(network_value(&network, "y", 2 * i), y[i], 1e-14);
        ck_assert_double_eq(network_value(&network, "y", 2 * i + 1), 0);
    }
    network_close(&network);
}
END_TEST

START_TEST(options_out_of_range_are_refused)
{
    ck_assert_ptr_nonnull(
        strstr(network_refusal("data: {type: inline, inputs: {x: [[1, 2]]}}\n"
                               "model: {layers: [{name: y, type: BatchNorm, epsilon: 0}]}\n"),
               "test.yaml:2:54: 'epsilon' in BatchNorm 'y' must be"));
    ck_assert_ptr_nonnull(
        strstr(network_refusal("data: {type: inline, inputs: {x: [[1, 2]]}}\n"
                               "model: {layers: [{name: y, type: BatchNorm, momentum: 1.5}]}\n"),
               "test.yaml:2:55: 'momentum' in BatchNorm 'y' must be"));
}
END_TEST

int main(void)
{
    return suite_main("layer batch norm", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){training_takes_the_statistics_of_the_batch,
                                        running_statistics_move_by_momentum_behind_a_good_step,
                                        evaluation_takes_the_running_statistics,
                                        channels_of_a_picture_share_their_statistics,
                                        frozen_it_uses_its_running_statistics_and_keeps_them,
                                        one_number_a_channel_changes_no_running_statistics,
                                        a_large_mean_costs_no_digits_of_the_variance,
                                        options_out_of_range_are_refused, NULL});
}
