/*
 * test_layer_dropout.c - what is left out and scaled, evaluation, the mask's share and its key.
 */
#include "support/network.h"
#include "support/suite.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 1000, ROWS = 20 };

/* ROWS samples of WIDTH ones, of gradients k. */
static struct network open_ones(const char *options, const char *name)
{
    char *yaml = NULL;
    size_t size;
    FILE *text = open_memstream(&yaml, &size);
    fprintf(text, "data: {type: inline, inputs: {x: [");
    for (int r = 0; r < ROWS; r++)
        fprintf(text, "%s%d", r ? ", " : "", r + 1);
    fprintf(text,
            "]}}\nmodel:\n  layers:\n"
            "    - {name: wide, type: Affine, units: %d, init: {type: constant, value: 1}}\n"
            "    - {name: %s, type: Dropout%s}\n    - {name: o, type: Mul, input: [%s, wide]}\n",
            WIDTH, name, options, name);
    fclose(text);
    struct network network = network_run(yaml);
    free(yaml);
    return network;
}

START_TEST(what_stays_is_scaled_and_so_is_its_gradient)
{
    struct network network = open_ones(", rate: 0.25", "d");
    size_t dropped = 0;
    for (size_t i = 0; i < WIDTH * ROWS; i++) {
        double y = network_value(&network, "d", i), x = network_value(&network, "wide", i);
        double dx = network_edge(&network, "d", 0, i), dy = network_edge(&network, "o", 0, i);
        ck_assert(y == 0 || fabs(y - x / 0.75) < 1e-12 * x);
        ck_assert_double_eq_tol(dx, y == 0 ? 0 : dy / 0.75, 1e-12 * fabs(dy));
        dropped += y == 0;
    }
    /* 5,000 of 20,000, standard deviation 61 */
    ck_assert_uint_ge(dropped, 5000 - 250);
    ck_assert_uint_le(dropped, 5000 + 250);
    network_check_teams(&network);
    network_close(&network);
}
END_TEST

START_TEST(evaluation_changes_nothing)
{
    struct network network = open_ones("", "d");
    network_pass_mode(&network, 1, false);
    for (size_t i = 0; i < WIDTH * ROWS; i++) {
        ck_assert_double_eq(network_value(&network, "d", i), network_value(&network, "wide", i));
        ck_assert_double_eq(network_edge(&network, "d", 0, i), network_edge(&network, "o", 0, i));
    }
    network_check_teams(&network);
    network_close(&network);
}
END_TEST

/* How many elements of the batch two networks leave out alike. */
static size_t alike(struct network *a, const char *first, struct network *b, const char *second)
{
    size_t same = 0;
    for (size_t i = 0; i < WIDTH * ROWS; i++)
        same += (network_value(a, first, i) == 0) == (network_value(b, second, i) == 0);
    return same;
}

START_TEST(the_mask_follows_name_and_step_and_seed)
{
    struct network a = open_ones("", "d"), b = open_ones("", "d"), c = open_ones("", "e");
    ck_assert_uint_eq(alike(&a, "d", &b, "d"), WIDTH * ROWS);
    ck_assert_uint_lt(alike(&a, "d", &c, "e"), WIDTH * ROWS * 53 / 100);
    for (int what = 0; what < 2; what++) {
        struct graph_pass pass = {.training = true,
                                  .seed = what == 0,
                                  .step = what == 1,
                                  .rows = ROWS,
                                  .worker = WORKER_ALONE};
        graph_forward(b.graph, &pass);
        ck_assert_uint_lt(alike(&a, "d", &b, "d"), WIDTH * ROWS * 53 / 100);
    }
    network_close(&a);
    network_close(&b);
    network_close(&c);
}
END_TEST

/* Neither two samples nor two halves of one have a mask in common. */
START_TEST(samples_and_groups_have_masks_of_their_own)
{
    struct network network = open_ones("", "d");
    size_t rows = 0, groups = 0;
    for (size_t i = 0; i < WIDTH / 2; i++) {
        bool here = network_value(&network, "d", i) == 0;
        rows += here == (network_value(&network, "d", WIDTH + i) == 0);
        groups += here == (network_value(&network, "d", i + 128) == 0);
    }
    ck_assert_uint_lt(rows, WIDTH / 2 * 60 / 100);
    ck_assert_uint_lt(groups, WIDTH / 2 * 60 / 100);
    network_close(&network);
}
END_TEST

START_TEST(a_rate_out_of_range_is_refused)
{
    static const char *const rates[] = {"-0.1", "1", "1.5"};
    for (size_t i = 0; i < 3; i++) {
        char yaml[256];
        snprintf(yaml, sizeof yaml,
                 "data: {type: inline, inputs: {x: [[1], [2]]}}\n"
                 "model: {layers: [{name: y, type: Dropout, rate: %s}]}\n",
                 rates[i]);
        ck_assert_ptr_nonnull(
            strstr(network_refusal(yaml), "test.yaml:2:49: 'rate' in Dropout 'y' must be"));
    }
}
END_TEST

int main(void)
{
    return suite_main("layer dropout", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){what_stays_is_scaled_and_so_is_its_gradient,
                                        evaluation_changes_nothing,
                                        the_mask_follows_name_and_step_and_seed,
                                        samples_and_groups_have_masks_of_their_own,
                                        a_rate_out_of_range_is_refused, NULL});
}
