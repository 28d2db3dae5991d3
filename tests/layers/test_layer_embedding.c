/*
 * test_layer_embedding.c - rows of a table by hand, their gradients, and which numbers are refused.
 */
#include "data/data.h"
#include "support/network.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CITIES "data: {type: inline, inputs: {city: [2, 0, 2]}}\n"
#define WORDS  "data: {type: inline, inputs: {word: [[1, 0], [1, 3]]}}\n"

START_TEST(a_number_gets_its_row_of_the_table)
{
    struct network network =
        network_run(CITIES "model: {layers: [{name: e, type: Embedding, size: 2}]}\n");
    ck_assert_uint_eq(graph_parameter(network.graph, 0)->shape.dim[0], 3);
    for (size_t i = 0; i < 6; i++)
        network_set(&network, "e", "weight", i, (double)i + 1);
    network_pass(&network, 1);
    const double y[] = {5, 6, 1, 2, 5, 6};
    network_check_values(&network, "e", y, 6);
    network_close(&network);
}
END_TEST

START_TEST(a_row_sums_the_gradients_of_its_places_and_others_have_none)
{
    struct network network =
        network_run(CITIES "model: {layers: [{name: e, type: Embedding, size: 2, classes: 5}, "
                           "{name: r, type: Reshape, shape: [2]}]}\n");
    const double dw[] = {1, 1, 0, 0, 2, 2, 0, 0, 0, 0};
    ck_assert_uint_eq(graph_parameter(network.graph, 0)->count, 10);
    for (size_t i = 0; i < 10; i++)
        ck_assert_double_eq(network_gradient(&network, "e", "weight", i), dw[i]);
    network_close(&network);
}
END_TEST

START_TEST(several_numbers_become_rows_of_one_sample)
{
    struct network network =
        network_run(WORDS "model: {layers: [{name: e, type: Embedding, size: 3}, {name: a, type: "
                          "Affine, units: 2, init: {type: normal, std: 1}}]}\n");
    struct shape out = graph_layer_facts(network.graph, 0).out;
    ck_assert(shape_equal(out, shape_matrix(2, 3)));
    for (size_t j = 0; j < 3; j++) {
        ck_assert_double_eq(network_value(&network, "e", j),
                            network_parameter(&network, "e", "weight", 3 + j));
        ck_assert_double_eq(network_value(&network, "e", 9 + j),
                            network_parameter(&network, "e", "weight", 9 + j));
    }
    network_check_gradients(&network);
    network_check_teams(&network);
    network_close(&network);
}
END_TEST

START_TEST(its_weights_decay)
{
    struct network network =
        network_run(CITIES "model: {layers: [{name: e, type: Embedding, size: 2}]}\n");
    ck_assert(graph_parameter(network.graph, 0)->decays);
    network_close(&network);
}
END_TEST

START_TEST(first_weights_have_deviation_1)
{
    struct network network = network_run(
        CITIES "model: {layers: [{name: e, type: Embedding, size: 100, classes: 1000}]}\n");
    double square = 0;
    for (size_t i = 0; i < 100000; i++) {
        double w = network_parameter(&network, "e", "weight", i);
        square += w * w / 100000;
    }
    ck_assert_double_eq_tol(square, 1, 0.02);
    network_close(&network);
}
END_TEST

/* A model line that stands at line 2, column 19 of test.yaml. */
#define MODEL(layer) "model: {layers: [" layer "]}\n"

START_TEST(numbers_that_have_no_class_are_refused_with_their_sample)
{
    ck_assert_str_eq(
        network_refusal(WORDS MODEL("{name: e, type: Embedding, size: 2, classes: 3}")),
        "test.yaml:2:18: Embedding 'e': 'word' is 3 in sample 1 of the training data; expected "
        "below 3");
}
END_TEST

START_TEST(what_is_no_whole_number_is_refused_with_its_sample)
{
    ck_assert_str_eq(network_refusal("data: {type: inline, inputs: {city: [2, 0.5]}}\n" MODEL(
                         "{type: Embedding, size: 2}")),
                     "test.yaml:2:18: Embedding reads 'city', which is 0.5 in sample 1 of the "
                     "training data; expected whole numbers >= 0");
    ck_assert_str_eq(network_refusal("data: {type: inline, inputs: {city: [-1]}}\n" MODEL(
                         "{type: Embedding, size: 2, input: city}")),
                     "test.yaml:2:18: Embedding reads 'city', which is -1 in sample 0 of the "
                     "training data; expected whole numbers >= 0");
}
END_TEST

START_TEST(values_of_layers_are_no_classes)
{
    ck_assert_str_eq(network_refusal(CITIES MODEL("{name: r, type: ReLU}, {name: e, type: "
                                                  "Embedding, size: 2}")),
                     "test.yaml:2:41: Embedding 'e': input 'r' is no column of whole numbers");
}
END_TEST

START_TEST(other_layers_do_not_read_its_column)
{
    ck_assert_str_eq(network_refusal(CITIES MODEL("{name: e, type: Embedding, size: 2}, {name: m, "
                                                  "type: Mul, input: [e, city]}")),
                     "test.yaml:2:55: Mul 'm': input 'city' holds class labels, not numbers");
}
END_TEST

/* Images of bytes, as they are stored: pixel 7 is class 7, not 7 / 255. */
START_TEST(bytes_are_not_scaled)
{
    static const unsigned char idx[] = {0, 0, 8, 1, 0, 0, 0, 2, 7, 1};
    char folder[] = "/tmp/embedding.XXXXXX", yaml[512], path[64];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/x", folder);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(idx, 1, sizeof idx, file), sizeof idx);
    ck_assert_int_eq(fclose(file), 0);
    snprintf(yaml, sizeof yaml,
             "data: {type: idx, train: {inputs: %s}, normalize: zscore}\n"
             "model: {layers: [{name: e, type: Embedding, size: 2}]}\n",
             path);
    struct network network = network_run(yaml);
    ck_assert_uint_eq(graph_parameter(network.graph, 0)->shape.dim[0], 8);
    ck_assert_double_eq(network_value(&network, "e", 0),
                        network_parameter(&network, "e", "weight", 14));
    network_close(&network);
    unlink(path);
    rmdir(folder);
}
END_TEST

int main(void)
{
    return suite_main("layer embedding", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){a_number_gets_its_row_of_the_table,
                                        a_row_sums_the_gradients_of_its_places_and_others_have_none,
                                        several_numbers_become_rows_of_one_sample,
                                        its_weights_decay, first_weights_have_deviation_1,
                                        numbers_that_have_no_class_are_refused_with_their_sample,
                                        what_is_no_whole_number_is_refused_with_its_sample,
                                        values_of_layers_are_no_classes,
                                        other_layers_do_not_read_its_column, bytes_are_not_scaled,
                                        NULL});
}
